"""Tables without row labels: one row of figures under a header (三公经费表), or several such blocks in one grid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.columns import Look, is_index_row, known_words, look, match_columns, read_header
from auditor.forms.labels import plain
from auditor.forms.plans import MIN_WORDS, UnmatchedError
from auditor.forms.printed import PrintedRow
from auditor.forms.rows import NamedRow, Naming
from auditor.forms.tables import Column, Layout
from auditor.units import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.document import Cell, Grid
    from auditor.forms.tables import Table


def read_cells(grids: Sequence[Grid], table: Table) -> list[PrintedRow]:
    """Read the one row of figures below the header. Raises `UnmatchedError`."""
    whole = _one_block(grids[0], table)
    if whole is not None:
        return [whole]
    rows = [row for grid in grids for row in _blocks(grid, table)]
    if not rows:
        figures = any(
            cell.text and look(cell.text) is Look.NUMBER for grid in grids for row in grid.rows for cell in row
        )
        raise UnmatchedError("unread.columns_unclear" if figures else "unread.no_rows")
    return rows


def across(grids: Sequence[Grid], table: Table) -> Naming:
    """Read a table of one lane whose rows are printed side by side. Raises `UnmatchedError`."""
    lane = table.lanes[0]
    columns = tuple(
        Column(row.name, row.headers or row.labels, row.line, row.kind or Kind.AMOUNT, optional=row.optional)
        for row in lane.rows
    )
    probe = replace(table, layout=Layout.CELLS, lanes=(), columns=columns, rows=())
    by_name = {row.name: row for row in lane.rows}
    figure = lane.columns[0].name
    naming = Naming()
    for printed in read_cells(grids, probe):
        for name, cell in printed.cells:
            row = by_name[name]
            single = PrintedRow(lane.name, row.labels[0], [(figure, cell)], cell.place)
            naming.rows.append(NamedRow(single, name, row))
    return naming


def _one_block(grid: Grid, table: Table) -> PrintedRow | None:
    """The whole grid is one header and one row of figures."""
    data = [
        number
        for number, cells in enumerate(grid.rows)
        if not is_index_row(cells) and all(look(cell.text) is not Look.TEXT for cell in cells)
    ]
    data = [number for number in data if number > 0]
    said = [number for number in data if any(cell.text for cell in grid.rows[number])]
    data = said or data[:1]  # blank rows stand for spacing, unless there is nothing else
    if not data:
        return None
    header = read_header(grid, data[0])
    if known_words(header, table.columns) < MIN_WORDS and len(header.index) < len(table.columns):
        return None
    mapping = match_columns(header, range(grid.width), table.columns)
    if mapping is None and len(header.index) == grid.width == len(table.columns):
        mapping = {p: c for p in range(grid.width) for c in table.columns if c.index == header.index.get(p)}
    if mapping is None or len(data) > 1:
        return None
    cells = grid.rows[data[0]]
    figures = [(column.name, cells[position]) for position, column in sorted(mapping.items())]
    return PrintedRow("", "", figures, cells[0].place)


def _blocks(grid: Grid, table: Table) -> list[PrintedRow]:
    """Blocks of header rows, each with a row of figures below, inside one large grid."""
    rows: list[PrintedRow] = []
    taken: set[str] = set()
    start = 0
    for number, cells in enumerate(grid.rows):
        if any(look(cell.text) is Look.TEXT for cell in cells) or not any(cell.text for cell in cells):
            continue
        block = [row for row in grid.rows[start:number] if row]
        figures = _block_figures(block[-4:], cells, [c for c in table.columns if c.name not in taken])
        taken |= {name for name, _ in figures}
        if figures:
            rows.append(PrintedRow("", "", figures, cells[0].place))
        start = number + 1
    return rows


def _block_figures(
    above: Sequence[Sequence[Cell]], cells: Sequence[Cell], columns: Sequence[Column]
) -> list[tuple[str, Cell]]:
    """Map the printed fields of a row to the leaves of the header above, which must be as many, in the form's order."""
    words = {plain(cell.text) for row in above for cell in row if cell.text}
    leaves = [column for column in columns if any(plain(h.rsplit("/", 1)[-1]) in words for h in column.headers)]
    groups: dict[str, list[Column]] = {}
    for column in leaves:
        groups.setdefault(column.name.split("/")[0], []).append(column)
    best = max(groups.values(), key=len, default=[])
    fields = [cell for cell in cells if cell.place.column is not None]
    while fields and not fields[-1].text and len(fields) > len(best):
        fields.pop()
    if len(best) < 2 or len(fields) != len(best):
        return []
    return [(column.name, cell) for column, cell in zip(best, fields, strict=True)]
