"""Choose among readings of one total: the sums that a label or the layout allows, tried in every place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.shapes.figures import Figures, LineSum, SumTally, tally

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_READINGS = 24  # of one total


@dataclass(slots=True)
class Reading:
    """One reading of a total that was tried."""

    sum: LineSum
    tally: SumTally

    @property
    def exact(self) -> bool:
        """Whether it is obeyed somewhere and contradicted nowhere."""
        return self.tally.held > 0 and self.tally.failed == 0


@dataclass(slots=True)
class Choice:
    """The reading taken for a total; `settled` says that no other reading that is allowed explains what it does not."""

    reading: Reading
    settled: bool


def choose(sums: Iterable[LineSum], figures: Figures) -> Choice | None:
    """The first reading that is obeyed wherever it can be tried, else the one obeyed most; None where none is tried.

    A reading that fails somewhere is only settled when every other fails where it can be tried: one that could
    explain all places, if what is unknown were known, speaks for the document (trust.md, law 3).
    """
    readings: list[Reading] = []
    seen = set()
    for one in sums:
        key = (one.total, tuple(sorted(one.parts)))
        if one.parts and key not in seen and len(readings) < MAX_READINGS:
            seen.add(key)
            readings.append(Reading(one, tally(one, figures)))
    tried = [r for r in readings if r.tally.held or r.tally.failed]
    exact = [r for r in tried if r.exact]
    if exact:
        strongest = max(int(r.tally.strong.sum()) > 0 for r in exact)
        return Choice(next(r for r in exact if (int(r.tally.strong.sum()) > 0) == strongest), settled=True)
    if not tried:
        return Choice(readings[0], settled=False) if readings else None
    best = max(tried, key=lambda r: (r.tally.held - r.tally.failed, -int(abs(r.tally.gap[r.tally.fails]).sum())))
    others = [r for r in readings if r is not best]
    return Choice(best, settled=not any(r.tally.failed == 0 and r.tally.doubtful for r in others))
