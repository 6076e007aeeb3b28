"""Tables whose rows name themselves (tasks, projects): found by their header words, also inside a larger grid."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from auditor.forms.column_match import Look, look
from auditor.forms.printed_table import PrintedRow
from auditor.forms.read_plan import UnmatchedError
from auditor.forms.row_alignment import Slot, align_row
from auditor.model.labels import plain
from auditor.model.numbers import State, parse_literal
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Cell, Grid
    from auditor.model.tables import Table

_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z]")
MIN_SHARE = 0.6  # of the columns' words that two header rows must show


class _Places(NamedTuple):
    """Where a header of one line puts the names of the rows and the figures: positions in the grid."""

    label: int
    figures: dict[str, int]
    width: int


def read_list(grids: Sequence[Grid], table: Table) -> tuple[list[PrintedRow], bool]:
    """Read the rows below the header of a list, on to the next grid where it goes to the end of one.

    The flag says that the list was read to its end. Raises `UnmatchedError` when no header of it stands in the grids.
    """
    found: list[PrintedRow] = []
    ended = complete = False
    places: _Places | None = None
    for grid in grids:
        start = _below_header(grid, table) or (_repeated(grids[0], grid) if found else 0)
        places = _places(grid, start, table) if start else places
        if places is not None and grid.width == places.width:
            placed = _by_position(grid.rows[start:], places, table)
            found, complete = found + placed, bool(placed)
            places = places if placed else None
        elif not any(column.optional for column in table.columns) and not ended and (start or found):
            rows, ended, clear = _rows(grid.rows[start:], table)
            found += rows
            complete = clear
    if not found:
        raise UnmatchedError("unread.header_differs")
    return found, complete


def _repeated(first: Grid, grid: Grid) -> int:
    """How many lines at the top of a grid print those at the top of the first one again."""
    pairs = zip(first.rows, grid.rows, strict=False)
    same = takewhile(lambda pair: [cell.text for cell in pair[0]] == [cell.text for cell in pair[1]], pairs)
    return sum(1 for _ in same)


def _below_header(grid: Grid, table: Table) -> int:
    """The row after the (one or two) rows that name the columns, or 0."""
    always = [column for column in table.columns if not column.optional]
    words = [{plain(header.rsplit("/", 1)[-1]) for header in column.headers} for column in always]
    for number in range(len(grid.rows)):
        head = {plain(cell.text) for row in grid.rows[number : number + 2] for cell in row}
        first = {plain(cell.text) for cell in grid.rows[number]}
        hits = sum(bool(options & head) for options in words)
        if hits >= MIN_SHARE * len(words) and any(plain(row.labels[0]) in first for row in table.rows):
            return number + (1 if all(options & first for options in words) else 2)
    return 0


def _places(grid: Grid, start: int, table: Table) -> _Places | None:
    """What the header above a row tells of the columns; None where it does not name all that are always printed.

    Only lists with columns that may be left out need it: of others the figures of a row tell the columns by order.
    """
    if not any(column.optional for column in table.columns):
        return None
    head = {plain(cell.text): position for position, cell in reversed(list(enumerate(grid.rows[start - 1])))}
    label = next((head[name] for name in map(plain, table.rows[0].labels) if name in head), None)
    at = {c.name: head[name] for c in table.columns for name in map(plain, c.headers) if name in head}
    if label is None or any(column.name not in at for column in table.columns if not column.optional):
        return None
    return _Places(label, at, grid.width)


def _by_position(rows: Sequence[Sequence[Cell]], places: _Places, table: Table) -> list[PrintedRow]:
    """The rows of a list by the positions of its columns; none where a cell is of another kind than its column.

    Rows may print more cells than the header; what stands under no column is left to be told as unread.
    """
    kinds = {column.name: column.kind for column in table.columns}
    out: list[PrintedRow] = []
    for cells in rows:
        if not any(cell.text for cell in cells):
            continue
        figures = [(name, cells[position]) for name, position in places.figures.items()]
        label = plain(cells[places.label].text)
        if not _WORD.search(label) or not all(_fits(cell.text, kinds[name]) for name, cell in figures):
            return []
        total = next((row.name for row in table.rows[1:] if label in map(plain, row.labels)), "")
        out.append(PrintedRow("", total or cells[places.label].text, figures, cells[0].place))
    return out


def _fits(text: str, kind: Kind) -> bool:
    """Whether a cell may be a figure of a kind: no text, and no share among amounts."""
    return look(text) is not Look.TEXT and ("%" not in text or kind is Kind.PERCENT)


def _rows(rows: Sequence[Sequence[Cell]], table: Table) -> tuple[list[PrintedRow], bool, bool]:
    """The rows of a list; whether something else follows below, and whether no figure of that may be the list's."""
    found: list[PrintedRow] = []
    for cells in rows:
        if not any(cell.text for cell in cells):
            continue
        row = _one([cell for cell in cells if cell.place.column is not None], table)
        if row is None:
            return found, True, not any(_is_amount(cell) for cell in cells)
        found.append(row)
    return found, False, True


def _is_amount(cell: Cell) -> bool:
    literal = parse_literal(cell.text)
    return literal.state is State.VALUE and literal.decimals > 0


def _one(cells: Sequence[Cell], table: Table) -> PrintedRow | None:
    """One row: a label, perhaps a description, the figures, perhaps a remark; None where it prints no figure."""
    if not any(look(cell.text) is Look.NUMBER for cell in cells):
        return None
    figures = [Slot("", "figure", column.name) for column in table.columns]
    for texts_before in (2, 1):
        for after in (1, 0):
            first = Slot("", "label", most=2, group=True)
            texts = [first, Slot("", "label", most=3)][:texts_before]
            slots = [*texts, *figures, *[Slot("", "label")] * after]
            placed = align_row(cells, slots)
            cells_of = {slot.column: taken[0] for slot, taken in placed if slot.what == "figure" and taken}
            if any(look(cell.text) is Look.NUMBER for cell in cells_of.values()):
                label = next((c.text for slot, taken in placed if slot.what == "label" for c in taken if c.text), "")
                return PrintedRow("", label, list(cells_of.items()), cells[0].place)
    return None
