"""Align the cells of one row to the sequence of cells that its form prints, where merged cells came flattened.

A label may take several cells; blanks may be dropped at the end. The cheapest alignment wins, and a figure that any
other possible alignment puts under a different column is left out, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.forms.column_match import Look, look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.model.document import Cell


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell that a row of the form prints: `label`, `line` (行次) or `figure`.

    A label takes up to `most` cells; only one with a `group` column before it may begin with a blank and go on.
    """

    lane: str
    what: str
    column: str = ""
    most: int = 1
    group: bool = False


WRONG = 100  # text under a figure column, a number as a label
BLANK_LABEL = 2
_INFINITE = 10**9

Placed = list[tuple[Slot, tuple["Cell", ...]]]


def align_row(cells: Sequence[Cell], slots: Sequence[Slot]) -> Placed:
    """Return, for every slot, the cells that it takes; figures that could go elsewhere as well are left out."""
    looks = [look(cell.text) for cell in cells]
    before = _costs(looks, slots)
    after = [list(reversed(row)) for row in reversed(_backward(looks, slots))]
    best = after[0][0]
    if best >= WRONG:
        return [(slot, ()) for slot in slots]
    placed: Placed = []
    i = 0
    for j, slot in enumerate(slots):
        take = next((t for t, cost in _takes(looks, i, slot) if cost + after[i + t][j + 1] == after[i][j]), 0)
        taken = tuple(cells[i : i + take])
        if slot.what == "figure" and taken and looks[i] is Look.NUMBER and _elsewhere(i, j, slots, before, after):
            taken = ()
        placed.append((slot, taken))
        i += take
    return placed


def _elsewhere(
    i: int,
    j: int,
    slots: Sequence[Slot],
    before: list[list[int]],
    after: list[list[int]],
) -> bool:
    """Whether the number of cell i fits another figure slot than j in a possible alignment, cheap or not."""
    return any(
        k != j and slot.what == "figure" and before[i][k] + after[i + 1][k + 1] < WRONG for k, slot in enumerate(slots)
    )


def _takes(looks: Sequence[Look], i: int, slot: Slot) -> Iterator[tuple[int, int]]:
    """How many cells a slot may take from cell i on, and what that costs."""
    if i >= len(looks):
        yield 0, 0
        return
    first = looks[i]
    if slot.what == "figure":
        yield 1, WRONG if first is Look.TEXT else 0
    elif slot.what == "line":
        yield 1, {Look.NUMBER: 0, Look.EMPTY: 1, Look.TEXT: WRONG}[first]
    else:
        cost = {Look.TEXT: 0, Look.EMPTY: BLANK_LABEL, Look.NUMBER: WRONG}[first]
        yield 1, cost
        if first is Look.NUMBER or (first is Look.EMPTY and not slot.group):
            return
        for size in range(2, slot.most + 1):
            if i + size > len(looks) or looks[i + size - 1] is Look.NUMBER:
                return
            second = looks[i + 1] is Look.TEXT
            yield size, (0 if second and size == 2 else (size - 1 if first is Look.TEXT else cost + size))


def _costs(looks: Sequence[Look], slots: Sequence[Slot]) -> list[list[int]]:
    """`costs[i][j]`: the least cost of placing the first i cells into the first j slots."""
    costs = [[_INFINITE] * (len(slots) + 1) for _ in range(len(looks) + 1)]
    costs[0][0] = 0
    for j, slot in enumerate(slots):
        for i in range(len(looks) + 1):
            if costs[i][j] < _INFINITE:
                for take, cost in _takes(looks, i, slot):
                    costs[i + take][j + 1] = min(costs[i + take][j + 1], costs[i][j] + cost)
    return costs


def _backward(looks: Sequence[Look], slots: Sequence[Slot]) -> list[list[int]]:
    """The least cost of placing the cells from i on into the slots from j on, stored reversed: `[n−i][m−j]`."""
    n, m = len(looks), len(slots)
    rest = [[_INFINITE] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        if all(seen is Look.EMPTY for seen in looks[i:]):
            rest[n - i][0] = 0  # blanks may be left over
    for j in range(m - 1, -1, -1):
        for i in range(n, -1, -1):
            options = [cost + rest[n - i - take][m - j - 1] for take, cost in _takes(looks, i, slots[j])]
            rest[n - i][m - j] = min([*options, _INFINITE])
    return rest
