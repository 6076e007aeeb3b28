"""The figures of one lane of a shape as arrays, and how a proposed sum fares in each of its places.

All amounts are integers in the smallest step of their kind (分 for money). A cell is NOTHING (blank or dash in a
printed row and column: zero), a NUMBER, or UNKNOWN (unread, hidden, cut, left aside).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from auditor.digits import whole_number
from auditor.model.numbers import LOST, NUMERIC, parse_literal
from auditor.model.numbers import NOTHING as NOTHING_STATES
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.model.document import Cell
    from auditor.model.facts import Address, Fact
    from auditor.model.shape import Shape, ShapeColumn, ShapeRow

    Facts = Mapping[Address, Fact]

Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

NOTHING, NUMBER, UNKNOWN = 0, 1, 2
SUMMED = (Kind.AMOUNT, Kind.COUNT)  # whatever else is printed has no total that must hold
COUNTED = 3  # columns from which on a row of whole numbers one after the other numbers them
DIGITS = 100  # last digits from which on a figure is no small number that anything may equal


@dataclass(slots=True)
class Figures:
    """The rows and columns of one lane with their figures: arrays of the shape (rows, columns).

    `step` is the worth of the last printed digit, `lo` and `hi` bound what prints like this. `address`
    names the fact of each figure, None where a cell became no fact.
    """

    rows: list[ShapeRow]
    columns: list[ShapeColumn]
    value: Longs
    lo: Longs
    hi: Longs
    step: Longs
    state: Bytes
    address: list[list[Address | None]]
    open_end: bool = False  # the table seems to go on after its last row
    mixed: bool = False  # two columns have one header: they may be those of lanes whose labels were not told apart
    across: bool = False  # turned: what is summed are its columns

    def turned(self) -> Figures:
        """The same with rows and columns exchanged; the lists of both stay as they are."""
        turned = [list(column) for column in zip(*self.address, strict=True)]
        arrays = (self.value.T, self.lo.T, self.hi.T, self.step.T, self.state.T)
        return Figures(self.rows, self.columns, *arrays, turned, across=True)


def lanes_of(shape: Shape, facts: Facts, *, open_end: bool = False) -> list[Figures]:
    """The lanes of a shape from left to right, each with the figures of its columns that may be summed."""
    left = {id(cell) for cell, _ in shape.left}
    out = []
    for lane in sorted({row.lane for row in shape.rows}):
        columns = [c for c in shape.columns if c.lane == lane and c.kind in SUMMED]
        numbers = [number for number, row in enumerate(shape.rows) if row.lane == lane and not _says_columns(row)]
        if numbers and _counts_columns(shape.rows[numbers[0]], columns):
            del numbers[0]
        if columns and numbers:
            out.append(_lane(shape, numbers, columns, facts, left))
            out[-1].open_end = open_end or not shape.whole
            out[-1].mixed = _has_twins(columns)
    return out


_AGAIN = re.compile(r"（\d+）$")


def _has_twins(columns: list[ShapeColumn]) -> bool:
    """Whether two columns have one header, so that only their number tells them apart."""
    names = [(*column.path[:-1], _AGAIN.sub("", column.path[-1])) for column in columns if column.path]
    return len(set(names)) < len(names)


def _says_columns(row: ShapeRow) -> bool:
    """Whether a row says that it numbers the columns: 栏次 | 1 | 2 | 3."""
    return any("栏次" in label for label in row.labels)


def _counts_columns(first: ShapeRow, columns: Sequence[ShapeColumn]) -> bool:
    """Whether the first row numbers the columns, whatever it is called: one by one, from the left."""
    texts = [cell.text for c in columns if (cell := first.cells.get(c.position)) is not None and cell.text]
    counted = [whole_number(text) for text in texts]
    return len(counted) >= COUNTED and counted == list(range(1, len(counted) + 1))


def _lane(shape: Shape, numbers: list[int], columns: list[ShapeColumn], facts: Facts, left: set[int]) -> Figures:
    rows = [shape.rows[number] for number in numbers]
    size = (len(rows), len(columns))
    value, lo, hi = (np.zeros(size, dtype=np.int64) for _ in range(3))
    step = np.ones(size, dtype=np.int64)
    state = np.zeros(size, dtype=np.uint8)
    address: list[list[Address | None]] = [[None] * len(columns) for _ in rows]
    seen: set[int] = set()
    for r, row in enumerate(rows):
        for c, column in enumerate(columns):
            cell = row.cells.get(column.position)
            if cell is None:
                continue
            named = shape.addresses.get((numbers[r], column.position))
            fact = facts.get(named) if named is not None else None
            if id(cell) in left or (id(cell) in seen and cell.raw.strip()):
                state[r, c] = UNKNOWN  # one figure printed over several rows or columns belongs to none of them alone
                continue
            seen.add(id(cell))
            state[r, c] = _state(cell, fact)
            if fact is None:
                continue
            address[r][c] = fact.address
            if any(LOST in text for text in column.path):
                state[r, c] = UNKNOWN  # it may be a total, a part of another, a rate
            if state[r, c] == NUMBER:
                value[r, c], step[r, c] = fact.value, max(fact.step, 1)
                lo[r, c], hi[r, c] = fact.range()
    return Figures(rows, columns, value, lo, hi, step, state, address)


def _state(cell: Cell, fact: Fact | None) -> int:
    if fact is None:
        return NOTHING if parse_literal(cell.raw).state in NOTHING_STATES else UNKNOWN
    if fact.kind not in SUMMED:
        return UNKNOWN
    if fact.state in NUMERIC:
        return NUMBER
    return NOTHING if fact.state in NOTHING_STATES else UNKNOWN


@dataclass(frozen=True, slots=True)
class LineSum:
    """One proposed sum along the first axis: the line `total` is Σ sign × part."""

    total: int
    parts: tuple[tuple[int, int], ...]  # (sign, line)
    style: str = ""  # by which reading its parts were told


@dataclass(slots=True)
class SumTally:
    """How a sum fares in each place along the other axis.

    `holds` where it is obeyed by more than zeros, `strong` where that is no copy of one addend and no small number,
    `fails` where it is contradicted, `unknown` where an operand is. Elsewhere nothing is said: no total is printed, or
    no part is (`bare` where the total is some amount all the same), all is zero, or they differ by a carry-over.
    `gap` is total minus parts.
    """

    holds: Flags
    strong: Flags
    fails: Flags
    unknown: Flags
    nothing: Flags
    bare: Flags
    gap: Longs

    @property
    def held(self) -> int:
        """In how many places it is obeyed."""
        return int(self.holds.sum())

    @property
    def failed(self) -> int:
        """In how many places it is contradicted."""
        return int(self.fails.sum())

    @property
    def doubtful(self) -> int:
        """In how many places it cannot be tried."""
        return int(self.unknown.sum())


def tally(one: LineSum, figures: Figures) -> SumTally:
    """Try a sum of lines (rows of `figures`) in every place along the other axis."""
    lines = np.array([line for _, line in one.parts], dtype=np.int64)
    signs = np.array([sign for sign, _ in one.parts], dtype=np.int64)[:, None]
    total, state, parts = one.total, figures.state, figures.state[lines]
    value = figures.value[lines]
    gap = figures.value[total] - (signs * value).sum(axis=0)
    low = figures.lo[total] - np.where(signs > 0, figures.hi[lines], -figures.lo[lines]).sum(axis=0)
    high = figures.hi[total] - np.where(signs > 0, figures.lo[lines], -figures.hi[lines]).sum(axis=0)
    unknown = (state[total] == UNKNOWN) | (parts == UNKNOWN).any(axis=0)
    nothing = ~unknown & ((state[total] == NOTHING) | (parts == NOTHING).all(axis=0))
    right = (low <= 0) & (high >= 0)
    carried = ~unknown & ~nothing & ~right & _carried(gap, total, figures)
    tried = ~unknown & ~nothing & ~carried
    right &= tried
    zero = (figures.value[total] == 0) & (value == 0).all(axis=0)
    digits = np.abs(figures.value[total]) // figures.step[total]
    several = (value != 0).sum(axis=0) > 1
    holds = right & ~zero
    strong, bare = holds & several & (digits >= DIGITS), nothing & ~zero
    return SumTally(holds, strong, tried & ~right, unknown, nothing | carried, bare, gap)


_CARRIED_OVER = re.compile("结转|结余")


def _carried(gap: Longs, total: int, figures: Figures) -> Flags:
    """Where a total and its parts differ by what the same table prints as carried over.

    合计 counts carry-over in or leaves it out: print seldom says which, and rows of one table do both.
    """
    beside = [n for n, column in enumerate(figures.columns) if _CARRIED_OVER.search("/".join(column.path))]
    if not beside:
        return np.zeros(len(gap), dtype=np.bool_)
    over = figures.value[beside] if figures.across else figures.value[total, beside][:, None]
    same: Flags = ((np.abs(gap) == np.abs(over)) & (over != 0)).any(axis=0)
    return same
