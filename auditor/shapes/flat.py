"""Trees that no code, number or indentation shows: a row equals the sum of those right below it in every column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.shapes.figures import NUMBER, UNKNOWN
from auditor.shapes.trees import ASIDE, ROOT, addend, nameless

if TYPE_CHECKING:
    from auditor.shapes.figures import Figures, Flags
    from auditor.shapes.trees import Tree

MAX_ROWS = 1500
MAX_CHILDREN = 60
MIN_DIGITS = 1000  # last digits of a sum from which on it is not met by chance in a table of this length
MIN_ALONE = 1_000_000  # where one column alone shows it


def flat_tree(figures: Figures, *, chains: bool) -> Tree | None:
    """The tree that arithmetic shows, or None where it shows none.

    `chains` takes equal neighbours for parent and child. From the last row up, each row takes the fewest of the open
    rows below it whose sum it prints in every column.
    """
    rows = figures.rows
    if len(rows) > MAX_ROWS:
        return None
    usable = [addend(row) and not nameless(row) for row in rows]
    tree: Tree = [ROOT if use else ASIDE for use in usable]
    open_rows: list[int] = []
    found = False
    for number in range(len(rows) - 1, -1, -1):
        if not usable[number]:
            if rows[number].total:
                open_rows.clear()
            continue
        count = _children(number, open_rows[: -MAX_CHILDREN - 1 : -1], figures, least=1 if chains else 2)
        for _ in range(count):
            tree[open_rows.pop()] = number
        found = found or count > 1
        open_rows.append(number)
    return tree if found else None


def _children(number: int, below: list[int], figures: Figures, *, least: int) -> int:
    """How many of the open rows below a row it sums; 0 for none."""
    mine = figures.state[number]
    told = (mine == NUMBER) & (figures.value[number] != 0)
    if not below or not told.any() or (mine == UNKNOWN).any():
        return 0
    digits = np.abs(figures.value[number]) // figures.step[number]
    if digits[told].max() < (MIN_DIGITS if told.sum() > 1 else MIN_ALONE):
        return 0
    low, high = np.cumsum(figures.lo[below], axis=0), np.cumsum(figures.hi[below], axis=0)
    fits: Flags = (low <= figures.hi[number]) & (high >= figures.lo[number])
    fits |= (mine != NUMBER) & (figures.value[below].cumsum(axis=0) == 0)
    unknown = np.logical_or.accumulate((figures.state[below] == UNKNOWN).any(axis=1))
    for wrong in (0, 1):  # one figure may be wrong where enough others show the sum
        every = ((~fits).sum(axis=1) <= wrong) & ((fits & told).sum(axis=1) >= 2 * wrong) & ~unknown
        counts = np.nonzero(every)[0] + 1
        counts = counts[counts >= least]
        if len(counts):
            first: int = counts[0].item()
            return first
    return 0
