"""Align the cells of one row to the sequence of cells that its form prints, where merged cells came flattened.

A label may take one or two cells; blanks may be dropped at the end. The cheapest alignment wins, and a figure that
two equally cheap alignments put under different columns is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.forms.columns import Look, look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.document import Cell


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell that a row of the form prints: `label`, `line` (行次) or `figure`."""

    lane: str
    what: str
    column: str = ""


WRONG = 100  # text under a figure column, a number as a label
BLANK_LABEL = 2
_INFINITE = 10**9


def _cost(what: str, seen: Look) -> int:
    if what == "figure":
        return WRONG if seen is Look.TEXT else 0
    if what == "line":
        return 0 if seen is Look.NUMBER else (1 if seen is Look.EMPTY else WRONG)
    return {Look.TEXT: 0, Look.EMPTY: BLANK_LABEL, Look.NUMBER: WRONG}[seen]


def align_row(cells: Sequence[Cell], slots: Sequence[Slot]) -> list[tuple[Slot, tuple[Cell, ...]]]:
    """Return, for every slot, the cells that it takes (none, one, or two for a label)."""
    looks = [look(cell.text) for cell in cells]
    count, total = len(cells), len(slots)

    @lru_cache(maxsize=None)
    def best(i: int, j: int) -> tuple[int, int]:
        """Cheapest cost of placing cells from i on into slots from j on, and how many cells slot j takes."""
        if j == total:
            return (0 if all(seen is Look.EMPTY for seen in looks[i:]) else _INFINITE), 0
        if i == count:
            return 0, 0
        what = slots[j].what
        options = [(_cost(what, looks[i]) + best(i + 1, j + 1)[0], 1)]
        if what == "label" and i + 1 < count and looks[i + 1] is not Look.NUMBER:
            both = 0 if looks[i + 1] is Look.TEXT else 1
            options.append((both + best(i + 2, j + 1)[0], 2))
        return min(options)

    placed: list[tuple[Slot, tuple[Cell, ...]]] = []
    i = 0
    if best(0, 0)[0] >= WRONG:
        return [(slot, ()) for slot in slots]
    for j, slot in enumerate(slots):
        take = best(i, j)[1]
        placed.append((slot, tuple(cells[i : i + take])))
        i += take
    best.cache_clear()
    return placed
