"""Tables whose rows name themselves (tasks, projects): found by their header words, also inside a larger grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.forms.align import Slot, align_row
from auditor.forms.columns import Look, look
from auditor.forms.gridrows import UnmatchedError
from auditor.forms.labels import plain
from auditor.forms.printed import PrintedRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.document import Cell, Grid
    from auditor.forms.tables import Table

MIN_SHARE = 0.6  # of the columns' words that two header rows must show


def read_list(grids: Sequence[Grid], table: Table) -> list[PrintedRow]:
    """Read the rows below the header of a list. Raises `UnmatchedError` when no header of it stands in the grids."""
    for grid in grids:
        start = _below_header(grid, table)
        if start:
            rows = _rows(grid.rows[start:], table)
            if rows:
                return rows
    raise UnmatchedError("unread.header_differs")


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


def _rows(rows: Sequence[Sequence[Cell]], table: Table) -> list[PrintedRow]:
    found: list[PrintedRow] = []
    for cells in rows:
        if not any(look(cell.text) is Look.NUMBER for cell in cells):
            break
        printed = [cell for cell in cells if cell.place.column is not None]
        row = _one(printed, table)
        if row is None:
            break
        found.append(row)
    return found


def _one(cells: Sequence[Cell], table: Table) -> PrintedRow | None:
    """One row: a label, perhaps a description, the figures, perhaps a remark."""
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
