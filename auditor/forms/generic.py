"""Tables that no form describes: bound by a code column and header words, so that code trees are still checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.facts import Place
from auditor.forms.codes import is_code
from auditor.forms.columns import Look, looks_below, read_header
from auditor.forms.heads import header_height
from auditor.forms.labels import plain
from auditor.forms.tables import Column, Layout, Row, Table
from auditor.units import Kind

if TYPE_CHECKING:
    from auditor.document import Grid
    from auditor.filing import ReadTable
    from auditor.forms.printed import Found
    from auditor.forms.tables import FormBook

MIN_CODES = 3
_TOTAL = Row("合计", ("合计", "总计"), optional=True)


def bind_generic(found: Found, book: FormBook) -> tuple[Table, ReadTable] | None:
    """Bind a grid of unknown layout that has a code column; None when it has none."""
    from auditor.forms.bind import bind_table

    grid = found.grids[0]
    namespace = _namespace(grid)
    if not namespace:
        return None
    probe = Table("", "", Layout.CODES, namespace, rows=(_TOTAL,))
    height = header_height(grid, probe)
    header = read_header(grid, height)
    columns = _figure_columns(grid, height, header.paths)
    if not columns:
        return None
    title = _title(found)
    table = Table(
        f"其他表/{title}" if title else f"其他表/第{found.place.line or 0}行",
        "",
        Layout.CODES,
        namespace,
        columns=tuple(columns),
        rows=(_TOTAL,),
        generic=True,
    )
    found.place = Place(found.place.file, found.place.page, found.place.line)
    read, unread = bind_table(found, table, book)
    return None if read.reason or unread else (table, read)


def _namespace(grid: Grid) -> str:
    """The taxonomy whose codes stand in the grid: functional (2xx), economic (3xx), or '' for no codes."""
    codes = [cell.text for row in grid.rows for cell in row[:3] if is_code(cell.text)]
    if len(codes) < MIN_CODES:
        return ""
    return "economic" if sum(code.startswith("3") for code in codes) > len(codes) / 2 else "functional"


def _figure_columns(grid: Grid, height: int, paths: list[tuple[str, ...]]) -> list[Column]:
    columns: list[Column] = []
    counts = looks_below(grid, height)
    last_text = max((n for n, count in enumerate(counts) if count[Look.TEXT] > count[Look.NUMBER]), default=-1)
    names: set[str] = set()
    for position in range(last_text + 1, grid.width):
        name = "/".join(paths[position])
        if not name or name in names:
            return []
        names.add(name)
        of_which = plain(paths[position][-1]) != paths[position][-1] or "其中" in name
        columns.append(Column(name, (name,), None, Kind.AMOUNT, of_which))
    return columns


def _title(found: Found) -> str:
    """The nearest short line above the grid that ends like a title."""
    for paragraph in reversed(found.above):
        text = plain(paragraph.text)
        if text.endswith("表") and len(text) < 50:
            return text
    return ""
