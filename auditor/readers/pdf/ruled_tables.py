"""Ruling lines to tables: which lines cross, which boxes they close, which boxes are one merged cell.

Pure geometry, in points from the top left corner of the page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.readers.pdf.number_runs import BESIDE, is_one_number, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.readers.pdf.elements import Box, Char, Ruling


SNAP = 2.0  # rulings closer than this are one ruling
SHORTEST = 3.0
GAP = 3.0  # a broken ruling goes on over gaps of this size
OPEN = 8.0  # a ruling that reaches this far beyond the outermost one across it shows an open side
COVERED = 0.5  # share of an edge that must be ruled to part two boxes
MAX_RULINGS = 1500  # of one page and direction, after joining: of more, the longest are kept
MAX_BOXES = 60_000


@dataclass(slots=True)
class RuledCell:
    """One cell: its place in the grid, its box, and the characters inside."""

    row: int
    column: int
    rowspan: int
    colspan: int
    box: Box
    chars: list[Char] = field(default_factory=list)


@dataclass(slots=True)
class RuledTable:
    """One table: the positions of its vertical (xs) and horizontal (ys) rulings, and its cells."""

    xs: list[float]
    ys: list[float]
    cells: list[RuledCell]

    @property
    def box(self) -> Box:
        """The outer box."""
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def grid(self) -> list[list[RuledCell]]:
        """The cells by row and column; a merged cell stands at every place that it covers."""
        empty = self.cells[0]
        out = [[empty] * (len(self.xs) - 1) for _ in range(len(self.ys) - 1)]
        for cell in self.cells:
            for row in range(cell.row, cell.row + cell.rowspan):
                for column in range(cell.column, cell.column + cell.colspan):
                    out[row][column] = cell
        return out


def joined(segments: Iterable[Ruling]) -> list[Ruling]:
    """Snap segments to common positions and join those that overlap or nearly touch."""
    rest = sorted(segments)
    if not rest:
        return []
    groups: list[list[Ruling]] = [[rest[0]]]
    first = rest[0][0]
    for segment in rest[1:]:
        if segment[0] - groups[-1][-1][0] <= SNAP and segment[0] - first <= 2 * SNAP:
            groups[-1].append(segment)
        else:
            groups.append([segment])
            first = segment[0]
    out: list[Ruling] = []
    for group in groups:
        weight = sum(max(b - a, 0.01) for _, a, b in group)
        position = sum(p * max(b - a, 0.01) for p, a, b in group) / weight
        spans = sorted((a, b) for _, a, b in group)
        start, end = spans[0]
        for a, b in spans[1:]:
            if a <= end + GAP:
                end = max(end, b)
                continue
            if end - start >= SHORTEST:
                out.append((position, start, end))
            start, end = a, b
        if end - start >= SHORTEST:
            out.append((position, start, end))
    return out


def longest(segments: list[Ruling], most: int) -> list[Ruling]:
    """Of too many segments the longest: a table's rulings reach further than the strokes of a drawing beside it."""
    if len(segments) <= most:
        return segments
    return sorted(segments, key=lambda segment: (segment[1] - segment[2], segment))[:most]


def find_tables(across: Sequence[Ruling], down: Sequence[Ruling]) -> list[RuledTable]:
    """Find the tables that horizontal (`across`) and vertical (`down`) rulings draw, top to bottom."""
    across, down = (sorted(longest(joined(lines), MAX_RULINGS)) for lines in (across, down))
    if not across or not down:
        return []
    tables = []
    for component in _components(across, down):
        rows, columns = _closed(*component)
        xs, ys = _distinct(p for p, _, _ in columns), _distinct(p for p, _, _ in rows)
        if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > MAX_BOXES:
            continue
        table = RuledTable(xs, ys, _cells(rows, columns, xs, ys))
        if len(table.cells) > 1:
            tables.append(table)
    tables.sort(key=lambda table: (table.ys[0], table.xs[0]))
    return tables


class _Union:
    """Disjoint sets of numbers."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, item: int) -> int:
        parent = self.parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, a: int, b: int) -> None:
        self.parent[self.find(b)] = self.find(a)


def _components(across: Sequence[Ruling], down: Sequence[Ruling]) -> list[tuple[list[Ruling], list[Ruling]]]:
    """Rulings that cross one another, group by group."""
    union = _Union(len(across) + len(down))
    size = len(across)
    positions = [x for x, _, _ in down]  # rising, as `joined` sorts by position
    for i, (y, a, b) in enumerate(across):
        for j in range(bisect_left(positions, a - SNAP), bisect_right(positions, b + SNAP)):
            _, top, bottom = down[j]
            if top - SNAP <= y <= bottom + SNAP:
                union.join(i, size + j)
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for number in range(size + len(down)):
        pair = groups.setdefault(union.find(number), ([], []))
        if number < size:
            pair[0].append(across[number])
        else:
            pair[1].append(down[number - size])
    return [pair for pair in groups.values() if pair[0] and pair[1]]


def _closed(rows: list[Ruling], columns: list[Ruling]) -> tuple[list[Ruling], list[Ruling]]:
    """Close the sides of a table that is open: where most rulings reach beyond the outermost one across them."""
    for lines, others in ((rows, columns), (columns, rows)):
        if len(lines) < 2:
            continue
        first, last = min(p for p, _, _ in others), max(p for p, _, _ in others)
        start, end = _middle([a for _, a, _ in lines]), _middle([b for _, _, b in lines])
        low, high = min(p for p, _, _ in lines), max(p for p, _, _ in lines)
        if start < first - OPEN:
            others.append((start, low, high))
        if end > last + OPEN:
            others.append((end, low, high))
    return sorted(rows), sorted(columns)


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _distinct(values: Iterable[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP:
            out.append(value)
    return out


def _ruled_edges(lines: Sequence[Ruling], positions: Sequence[float], marks: Sequence[float]) -> list[list[bool]]:
    """For every inner position, whether a ruling stands there between each pair of neighbouring marks."""
    out = []
    for position in positions[1:-1]:
        spans = [(a, b) for p, a, b in lines if abs(p - position) <= SNAP + 0.5]
        out.append(
            [
                sum(max(0.0, min(end, b) - max(start, a)) for a, b in spans) >= COVERED * (end - start)
                for start, end in pairwise(marks)
            ]
        )
    return out


def _cells(rows: Sequence[Ruling], columns: Sequence[Ruling], xs: list[float], ys: list[float]) -> list[RuledCell]:
    """Join boxes that no ruling parts; a shape that is no rectangle stays as single boxes."""
    high, wide = len(ys) - 1, len(xs) - 1
    parted_down, parted_across = _ruled_edges(columns, xs, ys), _ruled_edges(rows, ys, xs)
    union = _Union(high * wide)
    for row in range(high):
        for column in range(wide):
            here = row * wide + column
            if column + 1 < wide and not parted_down[column][row]:
                union.join(here, here + 1)
            if row + 1 < high and not parted_across[row][column]:
                union.join(here, here + wide)
    groups: dict[int, list[int]] = {}
    for box in range(high * wide):
        groups.setdefault(union.find(box), []).append(box)
    cells = []
    for boxes in groups.values():
        top, bottom = boxes[0] // wide, boxes[-1] // wide
        left, right = min(b % wide for b in boxes), max(b % wide for b in boxes)
        if len(boxes) == (bottom - top + 1) * (right - left + 1):
            cells.append(_cell(top, left, bottom + 1 - top, right + 1 - left, xs, ys))
        else:
            cells += [_cell(box // wide, box % wide, 1, 1, xs, ys) for box in boxes]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return cells


def _cell(row: int, column: int, rowspan: int, colspan: int, xs: list[float], ys: list[float]) -> RuledCell:
    return RuledCell(row, column, rowspan, colspan, (xs[column], ys[row], xs[column + colspan], ys[row + rowspan]))


def fill(tables: Sequence[RuledTable], chars: Sequence[Char]) -> list[Char]:
    """Give each character (in content order) to the cell that holds its centre; return those outside every table.

    Where a ruling goes through a number, each part of it is marked as cut.
    """
    if not tables:
        return list(chars)
    rest: list[Char] = []
    before = rest
    grids = [(table.xs, table.ys, table.grid()) for table in tables]
    for char in chars:
        base, x0, y0, x1, y1, _ = char
        x, y = (x0 + x1) / 2, base - 0.3 * (y1 - y0)
        home = rest
        for xs, ys, grid in grids:
            if xs[0] <= x <= xs[-1] and ys[0] <= y <= ys[-1]:
                row = min(bisect_right(ys, y) - 1, len(ys) - 2)
                column = min(bisect_right(xs, x) - 1, len(xs) - 2)
                home = grid[row][column].chars
                break
        if home is not before and before and is_one_number(before[-1], char):
            before.append(mark(before[-1], BESIDE))
            home.append(mark(char, -BESIDE))
        home.append(char)
        before = home
    return rest
