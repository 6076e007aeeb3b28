"""The evaluated equalities of one filing over its printed figures: to localise errors in, and to prove tails by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.facts.fact_table import STATE_CODE
from auditor.engine.localise.equation import Equation
from auditor.engine.localise.proof import Identity, prove
from auditor.engine.verdicts import Note, Verdict
from auditor.model.numbers import State
from auditor.model.units import Range, printed_range, zero_range
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from auditor.engine.checks import Check
    from auditor.engine.facts.fact_table import FactTable, Longs
    from auditor.engine.localise.check_matrix import MatrixRows
    from auditor.engine.localise.proof import Proof


class Equations:
    """The rows of the check matrix of one filing, whose facts begin at `start` in the long table.

    `failing` are its checks that do not hold or have a tail, by the identity of outcome and instance.
    """

    def __init__(self, rows: MatrixRows, start: int, failing: Mapping[tuple[int, int], Check]) -> None:
        self.rows, self.start, self.failing = rows, start, failing

        bad = np.nonzero(rows.verdict == Verdict.INCONSISTENT)[0]
        self._core = np.array([row for row in bad if _accuses(rows, int(row))], dtype=np.int64)
        self._known: dict[int, Equation] = {}
        self._left_out: frozenset[int] = frozenset()

    def leave_out(self, checks: Iterable[Check]) -> None:
        """Look no more at failing checks that something else explains than a wrong figure."""
        self._left_out |= {id(check) for check in checks}

    @property
    def facts(self) -> FactTable:
        """The long table of the chunk."""
        return self.rows.matrix.evaluation.chunk.facts

    @property
    def core(self) -> list[Equation]:
        """The failing equalities that must hold."""
        return self._made(self._core)

    def touching(self, figures: Iterable[int]) -> list[Equation]:
        """All equalities in which some figures stand."""
        wanted = np.array(sorted(figures), dtype=np.int64) + self.start
        return self._made(self.rows.touching(wanted))

    def _made(self, rows: Longs) -> list[Equation]:
        new = np.array([row for row in rows.tolist() if row not in self._known], dtype=np.int64)
        if len(new):
            gap, slack = self.rows.room(new)
            for row, g, room in zip(new.tolist(), gap.tolist(), slack.tolist(), strict=True):
                self._known[row] = self._equation(row, g, room)
        made = (self._known[row] for row in rows.tolist())
        return [one for one in made if one.check is None or id(one.check) not in self._left_out]

    def _equation(self, row: int, gap: int, slack: int) -> Equation:
        outcome, instance = self.rows.outcome_of(row), int(self.rows.instance[row])
        bad = int(self.rows.verdict[row]) == Verdict.INCONSISTENT
        check = self.failing.get((id(outcome), instance)) if bad else None
        must = check is not None and _accuses(self.rows, row)
        terms = self.rows.terms(row, self.start)
        if outcome.forms is None:
            return Equation(terms, gap, gap - slack, gap + slack, check, must=must)
        rate = outcome.forms.at(instance, self.rows.matrix.evaluation.chunk, self.start)
        return Equation(terms, 0, 0, 0, check, rate, must)

    def proofs(self, repairs: Mapping[int, int]) -> list[Proof]:
        """Ledgers that satisfy exactly what holds, has a tail, or holds once some figures are repaired.

        `repairs` gives figures their suggested values: where a ledger prints these and all else as shown, it proves
        that the repair is enough. One proof for every group of equalities with a tail or a repair.
        """
        rows, chunk = self.rows, self.rows.matrix.evaluation.chunk
        ranges = self._ranges(repairs)
        identities = []
        for row in range(len(rows)):
            outcome, instance = rows.outcome_of(row), int(rows.instance[row])
            if outcome.linear is None or outcome.plan.rule.kind is not RuleKind.LOGICAL:
                continue
            if any(ref.context for ref in outcome.plan.refs):
                continue  # the ledger to be shown is that of one filing
            terms = dict(sorted(rows.terms(row, 0).items()))
            bad = int(rows.verdict[row]) == Verdict.INCONSISTENT
            if bad and not any(position - self.start in repairs for position in terms):
                continue
            tail = self.failing[id(outcome), instance] if rows.verdict[row] != Verdict.CONSISTENT else None
            identities.append(Identity(terms, int(outcome.linear.constant[instance]), tail))
        identities.sort(key=lambda identity: sorted(identity.terms.items()))  # whatever else is in the chunk
        zeros = rows.position[chunk.facts.state[rows.position] == STATE_CODE[State.ZERO]].tolist()
        hidden = {
            zero: zero_range(int(chunk.facts.step[zero]), chunk.mode)
            for zero in zeros
            if zero - self.start not in repairs
        }
        return [proof.shifted(-self.start) for proof in prove(identities, ranges, hidden)]

    def _ranges(self, repairs: Mapping[int, int]) -> dict[int, Range]:
        """What each figure may be: by its print, or by that of its repair."""
        rows, chunk = self.rows, self.rows.matrix.evaluation.chunk
        low, high = chunk.reach(rows.position)
        ranges = {
            position: Range(lo, hi)
            for position, lo, hi in zip(rows.position.tolist(), low.tolist(), high.tolist(), strict=True)
        }
        for figure, value in repairs.items():
            step = int(chunk.facts.step[figure + self.start])
            ranges[figure + self.start] = printed_range(value, step, chunk.mode)
        return ranges


def _accuses(rows: MatrixRows, row: int) -> bool:
    """Whether a failing row must hold: a question to be explained, or a rate one digit off, accuses no figure."""
    outcome = rows.outcome_of(row)
    near = int(outcome.note[int(rows.instance[row])]) == Note.ONE_DIGIT
    return outcome.plan.rule.kind is RuleKind.LOGICAL and not near
