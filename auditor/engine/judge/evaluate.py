"""Evaluate plans over a chunk: one path for one filing and for many thousands.

Each plan yields outcomes: one per statement, with a check for every instance, and for every filing without an
instance one check that says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.engine.bind.instances import Instances, bind_instances
from auditor.engine.bind.leaf_counts import Leaves
from auditor.engine.bind.linear_forms import build, equality_of
from auditor.engine.bind.reasons import reasons_of_status
from auditor.engine.bind.scopes import scope_of
from auditor.engine.bind.selections import Segments, bind_selection
from auditor.engine.judge.equalities import Judged, judge_relation
from auditor.engine.judge.footings import judge_footings
from auditor.engine.judge.outcomes import Evaluation, Outcome, Vacant
from auditor.engine.judge.rates import judge_call
from auditor.engine.judge.set_relations import judge_membership, judge_predicate, judge_sets
from auditor.engine.judge.withheld import spare_withheld
from auditor.engine.verdicts import Note, Reason, Verdict
from auditor.rules.nodes import Call, Expression, Membership, Negation, Predicate, Relation, SetRelation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from auditor.engine.bind.operands import Linear
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints
    from auditor.rules.plan import Plan, Ref


def evaluate(plans: Iterable[Plan], chunk: Chunk) -> Evaluation:
    """Evaluate every plan over a chunk of filings."""
    evaluation = Evaluation(chunk)
    told: dict[str, dict[str, Plan]] = {}  # rules on sections of the text: rule → table → plan
    footings = []
    for plan in plans:
        if plan.rule.footing:
            footings.append(plan)
            continue
        _evaluate_plan(plan, evaluation)
        if plan.table and chunk.tables[plan.table].prose:
            told.setdefault(plan.rule.id, {})[plan.table] = plan
    for sections in told.values():
        if len(sections) > 1:
            _one_vacancy(sections, evaluation)
    judge_footings(footings, evaluation)
    spare_withheld(evaluation)
    return evaluation


def _one_vacancy(sections: Mapping[str, Plan], evaluation: Evaluation) -> None:
    """A rule on the sections of the text that binds in none of them counts once, and not for every section."""
    order = {table: number for number, table in enumerate(sections)}
    rule = next(iter(sections.values())).rule.id
    reason = np.full((len(sections), evaluation.chunk.size), Reason.NONE, dtype=np.uint8)
    others = []
    for vacant in evaluation.vacant:
        if vacant.plan.rule.id == rule and vacant.plan.table in order:
            reason[order[vacant.plan.table], vacant.filing] = vacant.reason
        else:
            others.append(vacant)
    nowhere = (reason >= Reason.FOREIGN).all(axis=0)  # and nothing kept it from binding
    for number, plan in enumerate(sections.values()):
        lacking = (reason[number] > 0) & ((reason[number] < Reason.FOREIGN) | (nowhere & (number == 0)))
        filings = np.nonzero(lacking)[0].astype(np.int32)
        if len(filings):
            others.append(Vacant(plan, filings, reason[number][filings]))
    evaluation.vacant = others


def _evaluate_plan(plan: Plan, evaluation: Evaluation) -> None:
    chunk = evaluation.chunk
    scope, why = scope_of(plan.rule, chunk)
    gate = _gate(plan, chunk)
    usable = scope & (gate == Reason.NONE)
    instances, none = bind_instances(plan, chunk, usable)
    bound = np.zeros(chunk.size, dtype=np.bool_)
    bound[instances.filing] = True
    vacant = np.nonzero(~bound)[0].astype(np.int32)
    if len(vacant):
        outside = np.maximum(why, gate)  # a table that the family does not print outweighs an unknown kind
        reason = np.where(outside != Reason.NONE, outside, none).astype(np.uint8)
        evaluation.vacant.append(Vacant(plan, vacant, reason[vacant]))
    if not len(instances):
        return
    holds, reason = _conditions(plan, instances)
    then = np.nonzero(holds)[0]
    other = np.nonzero(~holds)[0]
    if len(then):
        part = instances.take(then) if len(then) < len(instances) else instances
        for statement in plan.statements:
            evaluation.outcomes.append(_judge(plan, statement, part))
        if plan.alternatives:
            evaluation.outcomes.append(_any_of(plan, part))
    if len(other):
        _without(plan, instances.take(other), reason[other], evaluation)


def _gate(plan: Plan, chunk: Chunk) -> Bytes:
    """Per filing: why a table that the plan needs keeps the whole rule from binding (NONE: nothing does)."""
    reason = np.zeros(chunk.size, dtype=np.uint8)
    asked = {ref.table for ref in plan.refs if ref.many and _only_asked(ref, plan)}
    for table in dict.fromkeys([*([plan.table] if plan.table else []), *plan.tables]):
        if table in asked and not chunk.tables[table].about:
            continue
        status = reasons_of_status(chunk.status(table))
        partial = status == Reason.UNREADABLE  # rows may be lost: what is printed still binds
        reason = np.maximum(reason, np.where(partial, 0, status))
    return reason


def _only_asked(ref: Ref, plan: Plan) -> bool:
    """Whether a table is only asked for (exists, blank …), so that its absence is an answer."""
    statements = (*plan.statements, *plan.alternatives, *plan.when, *plan.otherwise)
    return any(_asks(statement, ref) for statement in statements)


def _asks(statement: Any, ref: Ref) -> bool:
    if isinstance(statement, Negation):
        return _asks(statement.statement, ref)
    return isinstance(statement, Predicate) and statement.name in ("exists", "printed") and statement.selection is ref


# -- conditions -------------------------------------------------------------------------------------------------


def _conditions(plan: Plan, instances: Instances) -> tuple[Flags, Bytes]:
    """Whether every `when` (and the loop's `where`) holds; where not, the reason."""
    size = len(instances)
    holds = np.ones(size, dtype=np.bool_)
    reason = np.full(size, Reason.CONDITION, dtype=np.uint8)
    where = plan.rows.where if plan.rows is not None else ()
    for condition in (*where, *plan.when):
        outcome = _judge(plan, condition, instances, plain=True)
        unknown = outcome.verdict >= Verdict.NOT_EVALUATED
        true = outcome.verdict == Verdict.CONSISTENT
        first = holds & unknown
        reason[first] = np.minimum(outcome.reason[first], Reason.CONDITION)
        holds &= true
    return holds, reason


def _without(plan: Plan, instances: Instances, reason: Bytes, evaluation: Evaluation) -> None:
    """The checks whose condition does not hold: judged by `otherwise`, else not applicable."""
    if plan.otherwise:
        known = np.nonzero(reason == Reason.CONDITION)[0]
        if len(known):
            part = instances.take(known)
            evaluation.outcomes.extend(_judge(plan, statement, part) for statement in plan.otherwise)
        rest = np.nonzero(reason != Reason.CONDITION)[0]
        instances, reason = instances.take(rest), reason[rest]
    if len(instances):
        evaluation.outcomes.append(_unjudged(plan, plan.when[0] if plan.when else None, instances, reason))


def _unjudged(plan: Plan, statement: Any, instances: Instances, reason: Bytes) -> Outcome:
    size = len(instances)
    zero = np.zeros(size, dtype=np.int64)
    verdict = np.where(reason < Reason.FOREIGN, Verdict.NOT_EVALUATED, Verdict.NOT_APPLICABLE).astype(np.uint8)
    return Outcome(plan, statement, instances, verdict, reason, np.zeros(size, dtype=np.uint8), zero, zero, zero)


# -- statements -------------------------------------------------------------------------------------------------


def _judge(plan: Plan, statement: Any, instances: Instances, *, plain: bool = False) -> Outcome:
    """Judge one statement for all instances; `plain` (conditions) by the printed numbers alone."""
    if isinstance(statement, Relation):
        if any(isinstance(t.factor, Call) for e in (statement.left, statement.right) for t in e.terms):
            return _rate(plan, statement, instances)
        return _relation(plan, statement, instances, plain=plain)
    if isinstance(statement, Negation):
        outcome = _judge(plan, statement.statement, instances, plain=plain)
        flipped = outcome.verdict.copy()
        flipped[outcome.verdict <= Verdict.ROUNDING] = Verdict.INCONSISTENT
        flipped[outcome.verdict == Verdict.INCONSISTENT] = Verdict.CONSISTENT
        outcome.verdict = flipped
        outcome.statement = statement
        return outcome
    if isinstance(statement, SetRelation):
        verdict, reason, operands = judge_sets(statement, instances, filtered)
    elif isinstance(statement, Membership):
        verdict, reason, operands = judge_membership(statement, instances, filtered)
    else:
        assert isinstance(statement, Predicate)
        verdict, reason, operands = judge_predicate(statement, instances, filtered)
    return _plain(plan, statement, instances, verdict, reason, operands)


def _plain(
    plan: Plan, statement: Any, instances: Instances, verdict: Bytes, reason: Bytes, operands: tuple[Ints, Ints]
) -> Outcome:
    size = len(instances)
    zero = np.zeros(size, dtype=np.int64)
    verdict = _with_reasons(verdict, reason)
    return Outcome(
        plan,
        statement,
        instances,
        verdict,
        reason,
        np.zeros(size, dtype=np.uint8),
        zero,
        zero,
        zero,
        None,
        None,
        operands,
    )


def _with_reasons(verdict: Bytes, reason: Bytes) -> Bytes:
    """Put the reasons before the verdicts: what could not be evaluated is neither passed nor blamed."""
    out = verdict.copy()
    out[(reason > 0) & (reason < Reason.FOREIGN)] = Verdict.NOT_EVALUATED
    out[reason >= Reason.FOREIGN] = Verdict.NOT_APPLICABLE
    return out


def _rate(plan: Plan, statement: Relation, instances: Instances) -> Outcome:
    def value_of(expression: Expression) -> tuple[Linear, Bytes]:
        built = build(Relation("=", expression, Expression(())), instances, filtered)
        return built.linear, built.reason

    (verdict, reason, operands), rates, forms = judge_call(statement, instances, value_of)
    outcome = _plain(plan, statement, instances, verdict, reason, operands)
    outcome.rates, outcome.forms = rates, forms
    for number, rate in rates.items():
        if rate.near:
            outcome.note[number] = Note.ONE_DIGIT
    return outcome


def _relation(plan: Plan, statement: Relation, instances: Instances, *, plain: bool) -> Outcome:
    built = build(statement, instances, filtered)
    size = len(instances)
    equality = equality_of(statement, conditional=bool(plan.when))
    judged: Judged = judge_relation(
        statement.operator,
        built.linear,
        instances.chunk,
        size,
        equality=equality,
        leaves=None if plain else Leaves(statement, instances),
    )
    held = np.isin(built.reason, _LACKING) & (judged.verdict == Verdict.CONSISTENT)
    reason = np.where(held, Reason.NONE, built.reason).astype(np.uint8)
    verdict = _with_reasons(judged.verdict, reason)
    more = {"linear": built.linear, "equality": equality, "lacking": held}
    return Outcome.of(plan, statement, instances, judged, reason, verdict, **more)


_LACKING = (Reason.UNPRINTED, Reason.UNREAD_ROW)  # parts are not there: a gap proves nothing


def filtered(ref: Ref, instances: Instances) -> Segments:
    """Bind a selection and keep the rows that meet its `where`."""
    segments = bind_selection(ref, instances)
    if not ref.where or not len(segments.instance) or segments.block is None:
        return segments
    lines = instances.take(segments.instance.astype(np.int64))
    lines.rows, lines.selected = segments.rows, ref.table
    keep = np.ones(len(segments.instance), dtype=np.bool_)
    for condition in ref.where:
        outcome = _judge(instances.plan, condition, lines, plain=True)
        unknown = outcome.verdict == Verdict.NOT_EVALUATED
        np.maximum.at(segments.reason, segments.instance[unknown], outcome.reason[unknown])
        keep &= outcome.verdict == Verdict.CONSISTENT
    return Segments(
        segments.instance[keep], segments.position[keep], segments.reason, segments.rows[keep], segments.block
    )


# -- alternatives -----------------------------------------------------------------------------------------------


def _any_of(plan: Plan, instances: Instances) -> Outcome:
    """At least one alternative must hold; the first is shown where none does.

    Where one of them cannot be tried, because a figure of it was not read or the form does not print it, the others
    contradict nothing.
    """
    outcomes = [_judge(plan, statement, instances) for statement in plan.alternatives]
    best = outcomes[0]
    verdict, note, reason = best.verdict.copy(), best.note.copy(), best.reason.copy()
    for outcome in outcomes[1:]:
        better = _rank(outcome.verdict, outcome.reason) < _rank(verdict, reason)
        verdict[better], note[better] = outcome.verdict[better], outcome.note[better]
        reason[better] = outcome.reason[better]
    return Outcome(
        plan,
        best.statement,
        instances,
        verdict,
        reason,
        note,
        best.gap,
        best.lo,
        best.hi,
        best.allowed,
        best.linear,
        best.operands,
    )


_ORDER = np.array([0, 1, 4, 2, 5, 6], dtype=np.uint8)  # consistent, rounding, inconsistent, not evaluated, …
_UNTRIED = 3  # the form does not print what an alternative compares


def _rank(verdict: Bytes, reason: Bytes) -> Bytes:
    """Order of preference: a hold, then a tail, then what cannot be known before "contradicted"."""
    return np.where(reason == Reason.FOREIGN, np.uint8(_UNTRIED), _ORDER[verdict])
