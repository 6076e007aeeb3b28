"""Judge the equations that the shapes of tables propose: one outcome of all footings of a kind in a chunk.

An equation that a rule of a standard table states over the same figures is that rule's: it is judged once.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.bind.equality import Equality
from auditor.engine.bind.instances import Instances
from auditor.engine.bind.leaf_counts import Leaves
from auditor.engine.bind.operands import Linear, TermFacts
from auditor.engine.bind.reasons import reasons_of_state
from auditor.engine.bind.scopes import scope_of
from auditor.engine.facts.fact_table import STATE_CODE
from auditor.engine.judge.equalities import judge_relation
from auditor.engine.judge.outcomes import Outcome, Vacant
from auditor.engine.verdicts import Reason, Verdict
from auditor.model.footing import TOLD, FootingKind
from auditor.model.numbers import NOTHING
from auditor.rules.nodes import Expression, Relation
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Flags, Ints, Longs
    from auditor.engine.facts.proposed import BoundFooting
    from auditor.engine.judge.outcomes import Evaluation
    from auditor.model.footing import Footing
    from auditor.rules.plan import Plan

FOOTS = Relation("=", Expression(()), Expression(()))  # its terms are told by the table
_NOTHING = [STATE_CODE[state] for state in NOTHING]
_EQUALITY = {FootingKind.LANES: Equality.BALANCE} | dict.fromkeys((FootingKind.SAME, *TOLD), Equality.SAME)
_SEED = 20_260_101


def judge_footings(plans: Iterable[Plan], evaluation: Evaluation) -> None:
    """Judge the footings of all plans that ask for them; `evaluation` holds the outcomes of all other rules."""
    plans = list(plans)
    if not plans:
        return
    known, others = _Known(evaluation), list(evaluation.outcomes)
    for plan in plans:
        _judge(plan, evaluation, known)
    _spare(others, evaluation)


def _spare(others: Iterable[Outcome], evaluation: Evaluation) -> None:
    """Take back what rules say of totals that fail by their reading and hold by that of the table (trust.md, law 3).

    Where the table lists one code in two rows, or a group without its code, a rule may add up what the table does not.
    """
    held = _held_totals(evaluation)
    if not len(held):
        return
    facts = evaluation.chunk.facts
    for outcome in others:
        bad = np.nonzero(outcome.verdict == Verdict.INCONSISTENT)[0]
        if outcome.linear is None or outcome.equality is not Equality.SUM or not len(bad):
            continue
        for check in bad.tolist():
            flat = outcome.linear.of(np.array([check]))
            total = flat.position[flat.left]
            down = len(np.unique(facts.column[flat.position])) == 1 == len(np.unique(facts.table[flat.position]))
            if len(total) == 1 and down and total[0] in held:
                outcome.verdict[check], outcome.reason[check] = Verdict.NOT_EVALUATED, Reason.OTHER_READING


def _held_totals(evaluation: Evaluation) -> Ints:
    """The totals of rows that the shapes of tables show to be what their parts give."""
    out = [np.zeros(0, dtype=np.int32)]
    for outcome in evaluation.outcomes:
        if outcome.footings and outcome.plan.rule.footing in (FootingKind.ROWS, FootingKind.TREE):
            assert outcome.linear is not None
            totals = next(iter(outcome.linear.pieces)).position
            out.append(totals[outcome.verdict <= Verdict.ROUNDING])
    return np.unique(np.concatenate(out))


def _judge(plan: Plan, evaluation: Evaluation, known: _Known) -> None:
    chunk, rule = evaluation.chunk, plan.rule
    scope, why = scope_of(rule, chunk)
    bound = [
        one
        for one in chunk.footings.get(FootingKind(rule.footing), ())
        if scope[one.filing] and not _is_ignored(one.footing, rule.ignore)
    ]
    kept = known.without(bound)
    there = np.zeros(chunk.size, dtype=np.bool_)
    there[[one.filing for one in bound]] = True
    vacant = np.nonzero(~there)[0].astype(np.int32)
    if len(vacant):
        reason = np.where(scope, Reason.NO_ROWS, why).astype(np.uint8)
        evaluation.vacant.append(Vacant(plan, vacant, reason[vacant]))
    if kept:
        evaluation.outcomes.append(_outcome(plan, kept, chunk))


def _is_ignored(one: Footing, patterns: Iterable[str]) -> bool:
    """Whether an author silenced a pattern: by wild cards over `表：关系`."""
    name = f"{one.total.table}：{one.pattern}"
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _outcome(plan: Plan, bound: Sequence[BoundFooting], chunk: Chunk) -> Outcome:
    filing = np.array([one.filing for one in bound], dtype=np.int32)
    texts = tuple(dict.fromkeys(one.footing.pattern for one in bound))
    number = {text: n for n, text in enumerate(texts)}
    which = np.array([number[one.footing.pattern] for one in bound], dtype=np.int32)
    instances = Instances(plan, chunk, filing, values={"": (texts, which)})
    linear = Linear(list(_pieces(bound)), np.zeros(len(bound), dtype=np.int64))
    equality = _EQUALITY.get(FootingKind(plan.rule.footing), Equality.SUM)
    leaves = Leaves(FOOTS, instances)
    judged = judge_relation("=", linear, chunk, len(bound), equality=equality, leaves=leaves)
    reason = np.zeros(len(bound), dtype=np.uint8)
    flat = linear.flat
    np.maximum.at(reason, flat.instance, reasons_of_state(chunk.facts.state[flat.position]))
    verdict = np.where(reason > 0, np.uint8(Verdict.NOT_EVALUATED), judged.verdict).astype(np.uint8)
    more = {"linear": linear, "equality": equality, "footings": tuple(one.footing for one in bound)}
    return Outcome.of(plan, FOOTS, instances, judged, reason, verdict, **more)


def _pieces(bound: Sequence[BoundFooting]) -> Iterable[TermFacts]:
    """The totals as one piece, then the parts by sign."""
    totals = np.array([one.operands[0][1] for one in bound], dtype=np.int32)
    yield TermFacts(np.arange(len(bound), dtype=np.int32), totals, 1, left=True)
    parts = [(n, weight, at) for n, one in enumerate(bound) for weight, at in one.operands[1:]]
    for sign in sorted({weight for _, weight, _ in parts}):
        mine = [(n, at) for n, weight, at in parts if weight == sign]
        instance, position = np.array(mine, dtype=np.int32).T
        yield TermFacts(instance, position, sign, left=False)


class _Known:
    """Equations that the rules of standard tables judged, told by a sum of random numbers over their figures."""

    def __init__(self, evaluation: Evaluation) -> None:
        facts = evaluation.chunk.facts
        self._key = np.random.default_rng(_SEED).integers(-(2**62), 2**62, len(facts), dtype=np.int64)
        self._key[np.isin(facts.state, _NOTHING)] = 0  # nothing printed adds nothing
        keys = [np.zeros(0, dtype=np.int64)]
        for outcome in evaluation.outcomes:
            linear = outcome.linear
            said = outcome.statement
            if linear is None or linear.scale != 1 or not isinstance(said, Relation) or said.operator != "=":
                continue
            if outcome.plan.rule.kind is RuleKind.LOGICAL and not outcome.plan.alternatives:
                keys.append(linear.sum(self._key)[_decided(outcome)])
        self._seen = np.concatenate([*keys, *(-one for one in keys)])

    def without(self, bound: Sequence[BoundFooting]) -> list[BoundFooting]:
        """The footings that no rule has judged."""
        if not bound:
            return []
        keys = np.array([self._sum(one.operands) for one in bound], dtype=np.int64)
        seen = np.isin(keys, self._seen)
        return [one for one, old in zip(bound, seen.tolist(), strict=True) if not old]

    def _sum(self, operands: Iterable[tuple[int, int]]) -> int:
        position: Ints = np.array([at for _, at in operands], dtype=np.int32)
        weight: Longs = np.array([weight for weight, _ in operands], dtype=np.int64)
        return int((self._key[position] * weight).sum())


def _decided(outcome: Outcome) -> Flags:
    return np.asarray(outcome.verdict <= Verdict.INCONSISTENT)
