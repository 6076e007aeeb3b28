"""Tables whose rows name themselves (tasks, projects): found by their header words, also inside a larger grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.forms.align import Slot, align_row
from auditor.forms.columns import Look, look
from auditor.forms.labels import plain
from auditor.forms.plans import UnmatchedError
from auditor.forms.printed import PrintedRow
from auditor.numbers import State, parse_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.document import Cell, Grid
    from auditor.forms.tables import Table

MIN_SHARE = 0.6  # of the columns' words that two header rows must show


def read_list(grids: Sequence[Grid], table: Table) -> tuple[list[PrintedRow], bool]:
    """Read the rows below the header of a list, on to the next grid where it goes to the end of one.

    The flag says that the list was read to its end. Raises `UnmatchedError` when no header of it stands in the grids.
    """
    found: list[PrintedRow] = []
    ended = complete = False
    for grid in grids:
        start = _below_header(grid, table)
        if not ended and (start or found):
            rows, ended, clear = _rows(grid.rows[start:], table)
            found += rows
            complete = clear
    if not found:
        raise UnmatchedError("unread.header_differs")
    return found, complete


def _below_header(grid: Grid, table: Table) -> int:
    """The row after the (one or two) rows that name the columns, or 0."""
    words = [{plain(header.rsplit("/", 1)[-1]) for header in column.headers} for column in table.columns]
    for number in range(len(grid.rows)):
        head = {plain(cell.text) for row in grid.rows[number : number + 2] for cell in row}
        first = {plain(cell.text) for cell in grid.rows[number]}
        hits = sum(bool(options & head) for options in words)
        if hits >= MIN_SHARE * len(words) and any(plain(row.labels[0]) in first for row in table.rows):
            return number + (1 if all(options & first for options in words) else 2)
    return 0


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
