"""Tables that no form describes: bound by a code column and header words, so that code trees are still checked."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.blank_lines import ways_to_read
from auditor.forms.codes import leading_code
from auditor.forms.column_match import Look, looks_below, read_header
from auditor.forms.header_rows import header_height
from auditor.model.facts import Place
from auditor.model.labels import plain
from auditor.model.tables import Column, Layout, Row, Table
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from auditor.forms.book import FormBook
    from auditor.forms.printed_table import Found
    from auditor.model.document import Grid
    from auditor.model.filing import ReadTable, Unread

MIN_CODES = 3
LABELS = 4  # columns at the left in which codes may stand
MOST_UNREAD = 0.25  # share of the figures that may stay unread in a table bound by its header words
_TOTAL = Row("合计", ("合计", "总计"), optional=True)


def bind_generic(found: Found, book: FormBook, taken: Container[str]) -> tuple[Table, ReadTable, list[Unread]] | None:
    """Bind a grid of unknown layout that has a code column, under a name not `taken`; None when it has none."""
    from auditor.forms.table_facts import bind_table

    namespace = _namespace(found.grids, book)
    if not namespace:
        return None
    probe = Table("", "", Layout.CODES, namespace, rows=(_TOTAL,))
    grids = ways_to_read(found.grids, probe)[0]
    grid = grids[0]
    height = header_height(grid, probe)
    header = read_header(grid, height)
    columns = _figure_columns(grid, height, header.paths)
    if not columns:
        return None
    table = Table(
        _name(found, taken), "", Layout.CODES, namespace, columns=tuple(columns), rows=(_TOTAL,), generic=True
    )
    place = Place(found.place.file, found.place.page, found.place.line)
    alone = replace(found, title=table.name.removeprefix(PREFIX), forms=(), place=place, grids=grids)
    read, unread = bind_table(alone, table, book)
    return None if read.reason or len(unread) > MOST_UNREAD * len(read.facts) else (table, read, unread)


PREFIX = "其他表/"
MAX_TITLE = 50
_TITLE = re.compile(r"表(?:（[^（）]*）)?$")


def _name(found: Found, taken: Container[str]) -> str:
    """A name for the table: its title, else its line or page; numbered where another table has it already."""
    place = found.place
    spot = f"第{place.page}页" if place.page and not place.line else f"第{place.line or place.row or 0}行"
    name = PREFIX + (found.title or _title(found) or spot)
    numbered = (f"{name}（{number}）" for number in itertools.count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def _namespace(grids: Sequence[Grid], book: FormBook) -> str:
    """The taxonomy to which most codes of the grids belong, told by their first digit; '' for too few codes."""
    cells = (cell for grid in grids for row in grid.rows for cell in row[:LABELS])
    codes = [code for cell in cells if (code := leading_code(cell.text))]
    fitting = {name: sum(code[:1] in taxonomy.leads for code in codes) for name, taxonomy in book.taxonomies.items()}
    best = max(fitting, key=fitting.__getitem__, default="")
    return best if best and fitting[best] >= max(MIN_CODES, len(codes) / 2) else ""


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
        if _TITLE.search(text) and len(text) < MAX_TITLE:
            return text
    return ""
