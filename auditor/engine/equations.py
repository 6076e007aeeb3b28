"""The evaluated equalities of one filing over its printed figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.judge import Equality
from auditor.engine.localise import Equation
from auditor.engine.proof import Identity, prove
from auditor.engine.verdicts import Verdict
from auditor.rules.nodes import Relation
from auditor.rules.rule import RuleKind
from auditor.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.engine.evaluation import Evaluation, Outcome
    from auditor.engine.facttable import Ints, Longs
    from auditor.engine.proof import Proof
    from auditor.engine.results import Check


class Equations:
    """The evaluated equalities of one filing: as equations to localise errors in, as identities to prove tails by."""

    def __init__(self, evaluation: Evaluation, number: int, start: int, failing: dict[tuple[int, int], Check]) -> None:
        self.evaluation, self.number, self.start = evaluation, number, start
        self.failing = failing  # by the identity of outcome and instance

    def __call__(self, figures: set[int]) -> list[Equation]:
        """The equations that touch some figures."""
        wanted = np.array(sorted(figures), dtype=np.int64) + self.start
        out: list[Equation] = []
        for outcome, mine in self._mine(Verdict.INCONSISTENT):
            out += self._of(outcome, mine, wanted)
        return out

    def proofs(self) -> list[Proof]:
        """Ledgers that satisfy exactly what holds or has a tail, for every group of equalities with tails."""
        identities: list[Identity] = []
        ranges: dict[int, Range] = {}
        chunk = self.evaluation.chunk
        for outcome, mine in self._mine(Verdict.ROUNDING):
            if outcome.plan.rule.kind is not RuleKind.LOGICAL:
                continue
            assert outcome.linear is not None
            flat = outcome.linear.of(mine)
            low, high = chunk.reach(flat.position)
            for position, lo, hi in zip(flat.position, low, high, strict=True):
                ranges[int(position)] = Range(int(lo), int(hi))
            for n, i in enumerate(mine):
                first, last = np.searchsorted(flat.instance, [n, n + 1])
                terms: dict[int, int] = {}
                for position, weight in zip(flat.position[first:last], flat.coefficient[first:last], strict=True):
                    terms[int(position)] = terms.get(int(position), 0) + int(weight)
                tail = self.failing[id(outcome), int(i)] if outcome.verdict[i] == Verdict.ROUNDING else None
                identities.append(Identity(terms, int(outcome.linear.constant[i]), tail))
        return [proof.shifted(-self.start) for proof in prove(identities, ranges)]

    def _mine(self, worst: Verdict) -> Iterator[tuple[Outcome, Longs]]:
        """The outcomes of equalities with the checks of this filing that are no worse than a verdict."""
        for outcome in self.evaluation.outcomes:
            statement = outcome.statement
            if outcome.linear is None or not isinstance(statement, Relation) or statement.operator != "=":
                continue
            mine = np.nonzero((outcome.filing == self.number) & (outcome.verdict <= worst))[0]
            if len(mine):
                yield outcome, mine

    def _of(self, outcome: Outcome, mine: Longs, wanted: Longs) -> list[Equation]:
        assert outcome.linear is not None
        chunk = self.evaluation.chunk
        flat = outcome.linear.of(mine)
        touched = np.unique(flat.instance[np.isin(flat.position, wanted)])
        if not len(touched):
            return []
        low, high = chunk.reach(flat.position)
        out = []
        for n in touched:
            i = int(mine[n])
            first, last = np.searchsorted(flat.instance, [n, n + 1])
            part = slice(int(first), int(last))
            terms: dict[int, int] = {}
            for position, weight in zip(flat.position[part], flat.coefficient[part], strict=True):
                terms[int(position) - self.start] = terms.get(int(position) - self.start, 0) + int(weight)
            gap = int(outcome.gap[i])
            slack = self._slack(outcome, i, flat.coefficient[part], low[part], high[part], flat.position[part])
            check = self.failing.get((id(outcome), i)) if outcome.verdict[i] == Verdict.INCONSISTENT else None
            kept = {fact: weight for fact, weight in terms.items() if weight}
            out.append(Equation(kept, gap, gap - slack, gap + slack, check))
        return out

    def _slack(self, outcome: Outcome, i: int, weight: Longs, low: Longs, high: Longs, position: Ints) -> int:
        """How far the residual may be from zero: as judged, or (where it was plainly consistent) by its ranges."""
        if outcome.allowed is not None and outcome.verdict[i] != Verdict.CONSISTENT:
            return int(outcome.allowed[i])
        if outcome.equality is Equality.BALANCE:
            return 0
        values = self.evaluation.chunk.facts.value[position]
        reach = int((np.abs(weight) * np.maximum(high - values, values - low)).sum())
        if outcome.equality is Equality.SUM:
            return reach
        return max(reach, int(self.evaluation.chunk.facts.step[position].max(initial=0)))
