"""Tables without row labels: one row of figures under a header (三公经费表), or several such blocks in one grid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.column_match import Look, is_index_row, known_words, look, match_columns, read_header
from auditor.forms.column_plan import MIN_WORDS
from auditor.forms.printed_table import PrintedRow
from auditor.forms.read_plan import UnmatchedError
from auditor.forms.row_match import NamedRow, Naming
from auditor.model.labels import plain
from auditor.model.tables import Column, Layout
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Cell, Grid
    from auditor.model.tables import Table


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


def across(grids: Sequence[Grid], table: Table, *, partial: bool = False) -> Naming:
    """Read a table of one lane whose rows are printed side by side, `partial` ones perhaps not at all.

    Raises `UnmatchedError`.
    """
    lane = table.lanes[0]
    columns = tuple(
        Column(row.name, row.headers + row.labels, row.line, row.kind or Kind.AMOUNT, optional=row.optional or partial)
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
    """The whole grid is one header and one row of figures, perhaps beside its name; or several with one for all."""
    first, labels = _body(grid)
    if not first:
        return None
    header = read_header(grid, first)
    required = any(not column.optional for column in table.columns)
    if required and known_words(header, table.columns) < MIN_WORDS and len(header.index) < len(table.columns):
        return None
    figures = range(labels, grid.width)
    mapping = match_columns(header, figures, table.columns)
    if mapping is None and len(header.index) == len(figures) == len(table.columns):
        mapping = {p: c for p in figures for c in table.columns if c.index == header.index.get(p)}
    row = _the_row(grid.rows[first:], labels)
    if mapping is None or row is None or len(mapping) < MIN_WORDS * len(figures):
        return None
    cells = [(column.name, row[position]) for position, column in sorted(mapping.items())]
    return PrintedRow("", "", cells, row[0].place)


def _body(grid: Grid) -> tuple[int, int]:
    """The first row below the header, and how many columns of names stand before the figures; 0 where unclear."""
    numbered = [
        number
        for number, cells in enumerate(grid.rows)
        if number and not is_index_row(cells) and any(look(cell.text) is Look.NUMBER for cell in cells)
    ]
    blank = [number for number, cells in enumerate(grid.rows) if number and not any(cell.text for cell in cells)]
    first = min(numbered, default=min(blank, default=0))
    texts = [at for cells in grid.rows[first:] for at, cell in enumerate(cells) if look(cell.text) is Look.TEXT]
    labels = max(texts, default=-1) + 1
    return (first, labels) if labels <= MAX_LABELS else (0, 0)


MAX_LABELS = 2  # columns before the figures: code and name of a unit


def _the_row(rows: Sequence[Sequence[Cell]], labels: int) -> Sequence[Cell] | None:
    """The only row that says anything, or the one for all units; a blank one where nothing is said."""
    said = [cells for cells in rows if any(cell.text for cell in cells) and not is_index_row(cells)]
    if len(said) < 2:
        return said[0] if said else (rows[0] if rows else None)
    total = [cells for cells in said if {plain(cell.text) for cell in cells[:labels]} & {"合计", "总计"}]
    return total[0] if len(total) == 1 else None


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
