"""The check matrix: which evaluated equalities of a chunk touch which figures, with which weight and how much room.

Rows are checks (equalities between amounts, rates, words that compare), columns figures; sorted by filing. Figures of
other filings (last year's, those of units) are given: they stand in the gap and in no column. Rows that
a rule asks only once per filing, alternatives of which one suffices, and sums that hold without parts that were not
read, accuse no figure and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.bind.equality import Equality
from auditor.engine.bind.leaf_counts import Leaves
from auditor.engine.judge.equalities import allowance
from auditor.engine.verdicts import Verdict
from auditor.model.units import Rounding
from auditor.rules.nodes import Relation

if TYPE_CHECKING:
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints, Longs
    from auditor.engine.judge.outcomes import Evaluation, Outcome


@dataclass
class MatrixRows:
    """The rows of one filing: `first` … cut `position` and `weight` by row."""

    matrix: CheckMatrix
    outcome: Ints  # number of the outcome in the evaluation
    instance: Longs  # and of its check
    verdict: Bytes
    first: Longs
    position: Ints  # in the long table
    weight: Longs

    def __len__(self) -> int:
        return len(self.outcome)

    def outcome_of(self, row: int) -> Outcome:
        """The outcome that a row belongs to."""
        return self.matrix.evaluation.outcomes[int(self.outcome[row])]

    def room(self, chosen: Longs) -> tuple[Longs, Longs]:
        """Gap and largest gap that rounding allows, of some rows that are no rates (0 for these).

        As judged, or (where a row was plainly consistent) as it would be judged; in the smallest step times the scale.
        """
        gap, slack = np.zeros(len(chosen), dtype=np.int64), np.zeros(len(chosen), dtype=np.int64)
        source = self.outcome[chosen]
        for number in np.unique(source):
            outcome = self.matrix.evaluation.outcomes[number]
            if outcome.forms is None:
                mine = np.nonzero(source == number)[0]
                instance = self.instance[chosen[mine]]
                gap[mine], slack[mine] = outcome.gap[instance], _slack(outcome, instance, self.matrix.evaluation.chunk)
        return gap, slack

    def widest(self, chosen: Longs) -> tuple[Longs, Longs]:
        """Gap and largest gap that any reading excuses: zeros that hide a remainder and coarse literals too."""
        gap, slack = self.room(chosen)
        facts = self.matrix.evaluation.chunk.facts
        fine, own = facts.step[self.position], facts.own_step[self.position]
        whole = self.matrix.evaluation.chunk.mode is Rounding.TRUNCATE
        reach = np.abs(self.weight) * np.where(whole, own - 1, own // 2)
        total, coarse = np.zeros(len(self), dtype=np.int64), np.zeros(len(self), dtype=np.bool_)
        np.add.at(total, self.owner, reach)
        np.logical_or.at(coarse, self.owner, own != fine)
        exact = np.array([self.outcome_of(row).equality is Equality.BALANCE for row in chosen], dtype=np.bool_)
        return gap, np.where(exact & ~coarse[chosen], slack, np.maximum(slack, total[chosen]))

    def touching(self, figures: Longs) -> Longs:
        """The rows in which some figures (positions in the long table) stand."""
        return np.unique(self.owner[np.isin(self.position, figures)])

    @cached_property
    def owner(self) -> Longs:
        """The row of each operand."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    def terms(self, row: int, start: int) -> dict[int, int]:
        """The figures of a row, counted from `start`, with their weights."""
        part = slice(int(self.first[row]), int(self.first[row + 1]))
        return dict(zip((self.position[part] - start).tolist(), self.weight[part].tolist(), strict=True))


class CheckMatrix:
    """The rows of some filings of a chunk."""

    def __init__(self, evaluation: Evaluation, wanted: Flags | None = None) -> None:
        self.evaluation = evaluation
        self.wanted = np.ones(evaluation.chunk.size, dtype=np.bool_) if wanted is None else wanted
        blocks = [block for n, o in enumerate(evaluation.outcomes) if (block := self._block(n, o)) is not None]
        self._gather(blocks)

    def _block(self, number: int, outcome: Outcome) -> tuple[int, Longs, Ints, Ints, Longs] | None:
        statement = outcome.statement
        if not isinstance(statement, Relation) or statement.operator != "=" or outcome.plan.rule.once:
            return None
        if outcome.forms is None and (outcome.linear is None or outcome.equality is None):
            return None
        sure = outcome.verdict <= Verdict.INCONSISTENT
        if outcome.lacking is not None:
            sure &= ~outcome.lacking
        mine = np.nonzero(sure & self.wanted[outcome.filing])[0]
        if not len(mine):
            return None
        if outcome.forms is not None:
            instance, position, weight = outcome.forms.flat(mine, self.evaluation.chunk.facts.value)
        else:
            assert outcome.linear is not None
            instance, position, weight, _ = outcome.linear.of(mine)
        return number, mine, instance, position, weight

    def _gather(self, blocks: list[tuple[int, Longs, Ints, Ints, Longs]]) -> None:
        """Put the blocks together: operands of one figure merged, rows sorted by filing."""
        outcomes = self.evaluation.outcomes
        sizes = [len(block[1]) for block in blocks]
        starts = np.cumsum([0, *sizes])
        none = np.zeros(0, dtype=np.int64)
        source = np.repeat(np.array([block[0] for block in blocks], dtype=np.int32), sizes)
        instance = np.concatenate([none, *(block[1] for block in blocks)])
        filing = np.concatenate([none, *(outcomes[block[0]].filing[block[1]] for block in blocks)])
        order = np.argsort(filing, kind="stable")
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        row = np.concatenate([none, *(rank[block[2] + start] for block, start in zip(blocks, starts, strict=False))])
        position = np.concatenate([none, *(block[3] for block in blocks)])
        weight = np.concatenate([none, *(block[4] for block in blocks)])
        by = np.lexsort((position, row))
        row, position, weight = row[by], position[by], weight[by]
        new = np.nonzero((np.diff(row, prepend=-1) != 0) | (np.diff(position, prepend=-1) != 0))[0]
        weight = np.add.reduceat(weight, new) if len(new) else weight
        row, position = row[new], position[new]
        kept = weight != 0
        kept &= self.evaluation.chunk.facts.filing[position] == filing[order][row]
        self.row, self.position, self.weight = row[kept], position[kept].astype(np.int32), weight[kept]
        self.source, self.instance, self.filing = source[order], instance[order], filing[order]
        verdict = np.concatenate([none, *(outcomes[block[0]].verdict[block[1]] for block in blocks)])
        self.verdict = verdict[order].astype(np.uint8)
        self.first = np.searchsorted(self.row, np.arange(len(order) + 1))

    def rows(self, filing: int) -> MatrixRows:
        """The rows of one filing."""
        low, high = np.searchsorted(self.filing, [filing, filing + 1])
        begin, end = int(self.first[low]), int(self.first[high])
        source, instance = self.source[low:high], self.instance[low:high]
        return MatrixRows(
            self,
            source,
            instance,
            self.verdict[low:high],
            self.first[low : high + 1] - begin,
            self.position[begin:end],
            self.weight[begin:end],
        )


def _slack(outcome: Outcome, chosen: Longs, chunk: Chunk) -> Longs:
    """The largest gap that rounding allows in some checks of an equality."""
    assert outcome.linear is not None
    assert outcome.equality is not None
    assert outcome.allowed is not None
    out = outcome.allowed[chosen].copy()
    verdict = outcome.verdict[chosen]
    plain = np.nonzero(verdict == Verdict.CONSISTENT)[0]
    if len(plain):
        leaves = Leaves(outcome.statement, outcome.instances)
        out[plain] = allowance(outcome.linear, chosen[plain], chunk, outcome.equality, leaves)
    held = verdict == Verdict.ROUNDING  # by a second reading: the gap itself is the room it has
    return np.where(held, np.maximum(out, np.abs(outcome.gap[chosen])), out)
