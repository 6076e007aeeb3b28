"""Evaluate plans over a chunk: one path for one filing and for many thousands.

Each plan yields outcomes: one per statement, with a check for every instance, and for every filing without an
instance one check that says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.engine.chunk import Block, Bytes, Chunk, Flags, Ints, Longs, Tree
from auditor.engine.instances import (
    Instances,
    Segments,
    bind_instances,
    bind_ref,
    bind_selection,
    reasons_of_status,
    row_numbers,
)
from auditor.engine.judge import Equality, Judged, Linear, judge_relation
from auditor.engine.ratios import judge_call
from auditor.engine.scopes import scope_of
from auditor.engine.sets import judge_membership, judge_predicate, judge_sets
from auditor.engine.verdicts import Reason, Verdict
from auditor.forms.tables import Layout
from auditor.rules.resolve import Plan, Ref
from auditor.rules.statement import (
    Aggregate,
    Call,
    Expression,
    Membership,
    Negation,
    Number,
    Predicate,
    Relation,
    SetRelation,
)
from auditor.units import FEN_PER, PERCENT_SCALE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(slots=True)
class Outcome:
    """The checks of one statement of one plan in a chunk, as parallel arrays over instances.

    `linear` (where the statement is linear) holds the operands; `gap`, `lo`, `hi` are in the smallest step times
    `linear.scale`. `operands` holds the positions of other statements' facts as (instance, position).
    """

    plan: Plan
    statement: Any
    instances: Instances
    verdict: Bytes
    reason: Bytes
    note: Bytes
    gap: Longs
    lo: Longs
    hi: Longs
    allowed: Longs | None = None
    linear: Linear | None = None
    operands: tuple[Ints, Ints] | None = None
    blame: Ints | None = None  # per instance: which reference of the plan caused the reason

    @property
    def filing(self) -> Ints:
        """The filing of each check."""
        return self.instances.filing

    def positions(self, check: int) -> list[int]:
        """The positions of the facts that a check compares."""
        pair = (self.linear.instance, self.linear.position) if self.linear is not None else self.operands
        if pair is None:
            return []
        first, last = np.searchsorted(pair[0], [check, check + 1])
        return [int(p) for p in pair[1][first:last]]


@dataclass(slots=True)
class Vacant:
    """The checks of a plan that bound nothing: one per filing, with its reason."""

    plan: Plan
    filing: Ints
    reason: Bytes


@dataclass(slots=True)
class Evaluation:
    """All outcomes of a rule book over one chunk."""

    chunk: Chunk
    outcomes: list[Outcome] = field(default_factory=list)
    vacant: list[Vacant] = field(default_factory=list)

    def counts(self) -> Longs:
        """How many checks of each filing have each verdict: shape (filings, verdicts)."""
        out = np.zeros((self.chunk.size, len(Verdict)), dtype=np.int64)
        for outcome in self.outcomes:
            key = outcome.filing.astype(np.int64) * len(Verdict) + outcome.verdict
            out += np.bincount(key, minlength=out.size).reshape(out.shape)
        for vacant in self.vacant:
            verdict = np.where(vacant.reason < Reason.FOREIGN, Verdict.NOT_EVALUATED, Verdict.NOT_APPLICABLE)
            key = vacant.filing.astype(np.int64) * len(Verdict) + verdict
            out += np.bincount(key, minlength=out.size).reshape(out.shape)
        return out

    def marks(self) -> tuple[Flags, Flags]:
        """Per fact: operand of an evaluated equality; and in a consistent check and in none that is not."""
        size = len(self.chunk.facts)
        checked, good, bad = (np.zeros(size, dtype=np.bool_) for _ in range(3))
        for outcome in self.outcomes:
            if not (isinstance(outcome.statement, Relation) and outcome.statement.operator == "="):
                continue
            pair = (outcome.linear.instance, outcome.linear.position) if outcome.linear else outcome.operands
            if pair is None:
                continue
            if not outcome.verdict.any():  # all consistent
                checked[pair[1]] = True
                good[pair[1]] = True
                continue
            verdict = outcome.verdict[pair[0]]
            checked[pair[1][verdict <= Verdict.INCONSISTENT]] = True
            good[pair[1][verdict == Verdict.CONSISTENT]] = True
            bad[pair[1][(verdict == Verdict.ROUNDING) | (verdict == Verdict.INCONSISTENT)]] = True
        return checked, good & ~bad


def evaluate(plans: Iterable[Plan], chunk: Chunk) -> Evaluation:
    """Evaluate every plan over a chunk of filings."""
    evaluation = Evaluation(chunk)
    for plan in plans:
        _evaluate_plan(plan, evaluation)
    return evaluation


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
    for table in dict.fromkeys([*( [plan.table] if plan.table else []), *plan.tables]):
        if table in asked:
            continue
        status = reasons_of_status(chunk.status(table))
        partial = status == Reason.UNREADABLE  # rows may be lost: what is printed still binds
        reason = np.maximum(reason, np.where(partial, 0, status))
    return reason


def _only_asked(ref: Ref, plan: Plan) -> bool:
    """Tell whether a table is only asked for (exists, blank …), so that its absence is an answer."""
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
        verdict, reason, operands = judge_sets(statement, instances)
    elif isinstance(statement, Membership):
        verdict, reason, operands = judge_membership(statement, instances)
    else:
        assert isinstance(statement, Predicate)  # noqa: S101 — the grammar has no other
        verdict, reason, operands = judge_predicate(statement, instances)
    return _plain(plan, statement, instances, verdict, reason, operands)


def _plain(
    plan: Plan, statement: Any, instances: Instances, verdict: Bytes, reason: Bytes, operands: tuple[Ints, Ints]
) -> Outcome:
    size = len(instances)
    zero = np.zeros(size, dtype=np.int64)
    verdict = _with_reasons(verdict, reason)
    return Outcome(
        plan, statement, instances, verdict, reason, np.zeros(size, dtype=np.uint8), zero, zero, zero, None, None,
        operands,
    )  # fmt: skip


def _with_reasons(verdict: Bytes, reason: Bytes) -> Bytes:
    """Put the reasons before the verdicts: what could not be evaluated is neither passed nor blamed."""
    out = verdict.copy()
    out[(reason > 0) & (reason < Reason.FOREIGN)] = Verdict.NOT_EVALUATED
    out[reason >= Reason.FOREIGN] = Verdict.NOT_APPLICABLE
    return out


def _rate(plan: Plan, statement: Relation, instances: Instances) -> Outcome:
    def value_of(expression: Expression) -> tuple[Linear, Bytes]:
        built = _build(Relation("=", expression, Expression(())), instances)
        return built.linear, built.reason

    verdict, reason, operands = judge_call(statement, instances, value_of)
    return _plain(plan, statement, instances, verdict, reason, operands)


_Piece = tuple[Ints, Ints, int, bool, bool]  # instance, position, coefficient, on the left, one fact at most


@dataclass(slots=True)
class _Built:
    linear: Linear
    reason: Bytes
    blame: Ints


def _relation(plan: Plan, statement: Relation, instances: Instances, *, plain: bool) -> Outcome:
    built = _build(statement, instances)
    size = len(instances)
    judged: Judged = judge_relation(
        statement.operator,
        built.linear,
        instances.chunk,
        size,
        equality=equality_of(statement),
        leaves=None if plain else _Leaves(statement, instances),
    )
    verdict = _with_reasons(judged.verdict, built.reason)
    return Outcome(
        plan, statement, instances, verdict, built.reason, judged.note, judged.gap, judged.lo, judged.hi,
        judged.allowed, built.linear, None, built.blame,
    )  # fmt: skip


def _build(statement: Relation, instances: Instances) -> _Built:
    """Bring both sides to one linear form: left − right."""
    size = len(instances)
    reason = np.zeros(size, dtype=np.uint8)
    blame = np.full(size, -1, dtype=np.int32)
    scale = _scale(statement)
    pieces: list[_Piece] = []
    constant = np.zeros(size, dtype=np.int64)
    number = 0
    for side, expression in ((1, statement.left), (-1, statement.right)):
        for term in expression.terms:
            weight = side * term.sign * term.digits * (scale // 10**term.decimals)
            if isinstance(term.factor, Number):
                constant += weight * _worth(term.factor)
                continue
            if isinstance(term.factor, Aggregate) and term.factor.function == "count":
                constant += weight * _counted(term.factor, instances, reason)
                continue
            for at, position, why in _factor_pieces(term.factor, instances):
                pieces.append((at, position, weight, side > 0, isinstance(term.factor, Ref)))
                worse = why > reason
                reason[worse] = why[worse]
                blame[worse] = number
                number += 1
    return _Built(_assemble(pieces, constant, scale), reason, blame)


def _factor_pieces(factor: Any, instances: Instances) -> Iterable[tuple[Ints, Ints, Bytes]]:
    if isinstance(factor, Ref):
        bound = bind_ref(factor, instances)
        at = np.nonzero(bound.position >= 0)[0].astype(np.int32)
        yield at, bound.position if len(at) == len(bound.position) else bound.position[at], bound.reason
    elif isinstance(factor, Aggregate):
        for item in factor.items:
            segments = filtered(item, instances)
            if factor.function != "sum":
                yield _picked(factor.function, segments, instances)
            else:
                yield segments.instance, segments.position, segments.reason


def _counted(factor: Aggregate, instances: Instances, reason: Bytes) -> Longs:
    """How many rows a selection has, per instance."""
    total = np.zeros(len(instances), dtype=np.int64)
    for item in factor.items:
        segments = filtered(item, instances)  # type: ignore[arg-type]
        pairs = np.unique(np.stack([segments.instance, segments.rows]), axis=1)
        total += np.bincount(pairs[0], minlength=len(instances))
        np.maximum(reason, segments.reason, out=reason)
    return total


def _picked(function: str, segments: Segments, instances: Instances) -> tuple[Ints, Ints, Bytes]:
    """`min` and `max` take one fact of each instance."""
    values = instances.chunk.facts.value[segments.position]
    order = np.lexsort((values if function == "min" else -values, segments.instance))
    instance = segments.instance[order]
    first = np.nonzero(np.diff(instance, prepend=-1))[0]
    return instance[first], segments.position[order][first], segments.reason


def filtered(ref: Ref, instances: Instances) -> Segments:
    """Bind a selection and keep the rows that meet its `where`."""
    segments = bind_selection(ref, instances)
    if not ref.where or not len(segments.instance) or segments.block is None:
        return segments
    lines = instances.take(segments.instance.astype(np.int64))
    lines.rows = segments.rows
    keep = np.ones(len(segments.instance), dtype=np.bool_)
    for condition in ref.where:
        outcome = _judge(instances.plan, condition, lines, plain=True)
        unknown = outcome.verdict == Verdict.NOT_EVALUATED
        np.maximum.at(segments.reason, segments.instance[unknown], outcome.reason[unknown])
        keep &= outcome.verdict == Verdict.CONSISTENT
    return Segments(
        segments.instance[keep], segments.position[keep], segments.reason, segments.rows[keep], segments.block
    )


def _assemble(pieces: Sequence[_Piece], constant: Longs, scale: int) -> Linear:
    """Sort all terms by instance, keeping their order within one."""
    if not pieces:
        empty = np.zeros(0, dtype=np.int32)
        return Linear(empty, empty, np.zeros(0, dtype=np.int64), constant, np.zeros(0, dtype=np.bool_), scale)
    size = len(constant)
    if all(len(piece[0]) == size and piece[4] for piece in pieces):  # one fact of each instance per term
        position = np.stack([piece[1] for piece in pieces], axis=1).ravel()
        instance = np.repeat(np.arange(size, dtype=np.int32), len(pieces))
        coefficient = np.tile(np.array([piece[2] for piece in pieces], dtype=np.int64), size)
        left = np.tile(np.array([piece[3] for piece in pieces], dtype=np.bool_), size)
        return Linear(instance, position, coefficient, constant, left, scale)
    instance = np.concatenate([piece[0] for piece in pieces])
    position = np.concatenate([piece[1] for piece in pieces])
    coefficient = np.concatenate([np.full(len(piece[0]), piece[2], dtype=np.int64) for piece in pieces])
    left = np.concatenate([np.full(len(piece[0]), piece[3]) for piece in pieces])
    order = np.argsort(instance, kind="stable")
    return Linear(instance[order], position[order], coefficient[order], constant, left[order], scale)


def _scale(statement: Relation) -> int:
    """The power of ten that makes every coefficient whole."""
    return 10 ** max((term.decimals for e in (statement.left, statement.right) for term in e.terms), default=0)


def _worth(number: Number) -> int:
    """A number written in a rule, in the smallest step of its unit."""
    scale = PERCENT_SCALE if number.unit == "%" else FEN_PER.get(number.unit, 1)
    return number.digits * scale // 10**number.decimals


def equality_of(statement: Relation) -> Equality:
    """Tell what kind of equality a relation states: the two sides of one account, a sum, or one quantity twice."""
    refs = list(_refs(statement))
    places = {(ref.table, ref.context) for ref in refs}
    if len(places) > 1:
        return Equality.SAME
    single = all(
        len(side.terms) == 1 and isinstance(side.terms[0].factor, Ref) for side in (statement.left, statement.right)
    )
    return Equality.BALANCE if single else Equality.SUM


def _refs(statement: Relation) -> Iterable[Ref]:
    for expression in (statement.left, statement.right):
        for term in expression.terms:
            if isinstance(term.factor, Ref):
                yield term.factor
            elif isinstance(term.factor, Aggregate):
                yield from term.factor.items  # type: ignore[misc]


class _Leaves:
    """How many printed leaves stand under the aggregates of instances; 0 where all figures are leaves."""

    def __init__(self, statement: Relation, instances: Instances) -> None:
        self.refs = [ref for ref in _refs(statement) if not ref.context]
        self.instances = instances

    def __call__(self, numbers: Longs) -> Longs:
        some = self.instances.take(numbers)
        counts = [count for ref in self.refs if (count := self._count(ref, some)) is not None]
        if not counts:
            return np.full(len(numbers), UNKNOWN_PARTS, dtype=np.int64)
        most = np.maximum.reduce(counts)
        return np.where(most < 0, UNKNOWN_PARTS, most)

    def _count(self, ref: Ref, some: Instances) -> Longs | None:
        """Leaves under what a reference means; −1 where it means no row of a table of codes."""
        chunk = some.chunk
        block, tree = chunk.block(ref.table), chunk.tree(ref.table)
        if block is None or tree is None:
            return None
        if ref.many:
            return np.bincount(bind_selection(ref, some).instance, minlength=len(some)).astype(np.int64)
        row = row_numbers(ref, some, block)
        if not len(block.rows):
            return np.full(len(row), -1, dtype=np.int64)
        safe = np.maximum(row, 0)
        number = tree.number[safe, some.filing]
        under = np.where(number >= 0, tree.leaves[np.maximum(number, 0)] if len(tree.row) else 0, _bare(block)[safe])
        totals = _totals(chunk, block, tree)
        for name, count in totals.items():
            under = np.where(safe == block.row_of.get(name, -1), count[some.filing], under)
        return np.where(row < 0, -1, under)


UNKNOWN_PARTS = 2  # an aggregate whose parts are not printed: at least two


def _bare(block: Block) -> Longs:
    """What a row without printed children counts as: 0 for a code (a leaf), else an aggregate of unknown parts."""
    return np.array([0 if name[:1].isdigit() else UNKNOWN_PARTS for name in block.plain_rows] or [0], dtype=np.int64)


def _totals(chunk: Chunk, block: Block, tree: Tree) -> dict[str, Longs]:
    """Leaves under the named totals of groups (人员经费合计 …): the printed codes of the group without children."""
    out: dict[str, Longs] = {}
    for group, codes in block.table.row_groups.items():
        name = f"{group}合计"
        if name in block.row_of and block.table.layout is Layout.CODES:
            member = block.mask(lambda row, codes=codes: row.startswith(codes))  # type: ignore[misc]
            leaf = block.present & member[:, None] & (tree.number < 0)
            out[name] = leaf.sum(axis=0).astype(np.int64)
    return out


# -- alternatives -----------------------------------------------------------------------------------------------


def _any_of(plan: Plan, instances: Instances) -> Outcome:
    """At least one alternative must hold; the first is shown where none does."""
    outcomes = [_judge(plan, statement, instances) for statement in plan.alternatives]
    best = outcomes[0]
    verdict, note, reason = best.verdict.copy(), best.note.copy(), best.reason.copy()
    for outcome in outcomes[1:]:
        better = _rank(outcome.verdict) < _rank(verdict)
        verdict[better], note[better] = outcome.verdict[better], outcome.note[better]
        reason[better] = outcome.reason[better]
    return Outcome(
        plan, best.statement, instances, verdict, reason, note, best.gap, best.lo, best.hi, best.allowed, best.linear,
        best.operands,
    )  # fmt: skip


_ORDER = np.array([0, 1, 3, 2, 4, 5], dtype=np.uint8)  # consistent, rounding, inconsistent, not evaluated, …


def _rank(verdict: Bytes) -> Bytes:
    """Order of preference: a hold, then a tail, then "not evaluated" before "contradicted"."""
    return _ORDER[verdict]

