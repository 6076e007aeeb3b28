"""Forms about one project: its name beside a label, its figures in small blocks with headers of their own.

A column of such a table is named by the label of a line and the header above: `年度资金总额/全年执行数`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.forms.column_match import Look, look
from auditor.forms.printed_table import PrintedRow
from auditor.forms.read_plan import UnmatchedError
from auditor.model.labels import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.model.document import Cell, Grid
    from auditor.model.tables import Table

MIN_HEADS = 2  # headers that make a line the head of a block


def read_sheet(grids: Sequence[Grid], table: Table) -> list[PrintedRow]:
    """The one row of a sheet, named by its project. Raises `UnmatchedError` where no project or no figure stands."""
    lines = [line for grid in grids for line in grid.rows]
    named = _beside({plain(label) for label in table.rows[0].labels}, lines)
    figures = dict(_figures(lines, table))
    if named is None or not figures:
        raise UnmatchedError("unread.header_differs")
    return [PrintedRow("", named.text, list(figures.items()), named.place)]


def _beside(labels: set[str], lines: Sequence[Sequence[Cell]]) -> Cell | None:
    """The first cell with text to the right of a label."""
    for cells in lines:
        for at, cell in enumerate(cells):
            if plain(cell.text) in labels:
                return next((other for other in cells[at + 1 :] if other.text and other is not cell), None)
    return None


def _figures(lines: Sequence[Sequence[Cell]], table: Table) -> Iterator[tuple[str, Cell]]:
    """Every figure under a header of a block and beside a label, by the name of its column; the first of each."""
    wanted = {(row, head): column.name for column in table.columns for row, _, head in _paths(column.headers)}
    heads = {head for _, head in wanted}
    at: dict[str, int] = {}
    seen: set[str] = set()
    for cells in lines:
        here = {plain(cell.text): position for position, cell in reversed(list(enumerate(cells)))}
        found = {head: here[head] for head in sorted(heads & here.keys(), key=here.__getitem__)}  # as printed
        if len(found) >= MIN_HEADS:
            at = found
            continue
        label = next((text for cell in cells if (text := plain(cell.text)) in {row for row, _ in wanted}), "")
        for head, position in at.items() if label else ():
            name = wanted.get((label, head), "")
            if name and name not in seen and look(cells[position].text) is not Look.TEXT:
                seen.add(name)
                yield name, cells[position]


def _paths(headers: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The headers of a column as (label, '/', header), in plain form."""
    for header in headers:
        row, mark, head = header.partition("/")
        yield plain(row), mark, plain(head)
