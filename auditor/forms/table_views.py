"""How a table looks in print, each cell with the position of its fact: what reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.document import tidy
from auditor.model.filing import ViewCell

if TYPE_CHECKING:
    from auditor.forms.printed_table import Found
    from auditor.forms.row_match import Naming
    from auditor.model.tables import Table


def grid_view(found: Found, positions: dict[int, int]) -> list[list[ViewCell]]:
    """The grids as printed; what stands above the first fact is header."""
    view = []
    for grid in found.grids:
        seen: set[int] = set()
        body = False
        for cells in grid.rows:
            body = body or any(id(cell) in positions for cell in cells)
            line = []
            for cell in cells:
                if id(cell) in seen and (cell.rowspan > 1 or cell.colspan > 1):
                    continue
                seen.add(id(cell))
                line.append(ViewCell(cell.text, positions.get(id(cell)), cell.rowspan, cell.colspan, not body))
            view.append(line)
    return view


def loose_view(naming: Naming, table: Table, positions: dict[int, int]) -> list[list[ViewCell]]:
    """A table read from lines has no print layout of its own: show rows by code, label and figures."""
    view: list[list[ViewCell]] = []
    lanes = {row.printed.lane for row in naming.rows}
    for lane in [lane.name for lane in table.lanes if lane.name in lanes] or [""]:
        rows = [named for named in naming.rows if named.printed.lane == lane]
        columns: list[str] = []
        for named in rows:
            columns += [column for column, _ in named.printed.cells if column not in columns]
        head = [lane or "", "项目", *columns]
        view.append([ViewCell(text.rsplit("/", 1)[-1], head=True) for text in head])
        for named in rows:
            cells = dict(named.printed.cells)
            key = named.printed.code or (str(named.printed.line) if named.printed.line else "")
            line = [ViewCell(key), ViewCell(tidy(named.printed.label))]
            line += [
                ViewCell(cells[column].text, positions.get(id(cells[column]))) if column in cells else ViewCell("")
                for column in columns
            ]
            view.append(line)
    return view
