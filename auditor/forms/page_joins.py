"""One table is one table: which grid goes on with the table of the grid before, over a break of pages.

It does where nothing stands between but page numbers, remarks (unit, entity, number of the form) and the lines that
stood above the table itself, and where its columns fit: under the same header again, or without a header. A grid
whose rows begin like those of the table is another one of its kind (of the next unit, say), as is one under a title
of its own.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from auditor.digits import has_digit
from auditor.forms.codes import is_code
from auditor.forms.column_match import Look, is_index_row, look
from auditor.model.labels import plain
from auditor.model.numbers import LOST

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from auditor.model.document import Cell, Grid

_AGAIN = re.compile(
    r"[（(]续表?[\d一二三四五六七八九十]*[)）]|续表[\d一二三四五六七八九十]*|续$|第\d+页|共\d+页|[（(]\d{1,2}/\d{1,2}[)）]"
)
_SPACE = re.compile(r"[\s\u3000]+")
ALIKE = 2  # rows at the beginning that make two grids tables of one kind
SLACK = 4.0  # points by which the columns of two pages may differ


def heading(text: str) -> str:
    """A line above a table without what tells that it goes on: `支出总表（续）` is `支出总表`.

    >>> heading("支出 总表（续）"), heading("续表：收入总表")
    ('支出总表', '收入总表')
    """
    return _AGAIN.sub("", _SPACE.sub("", text)).strip(":：")


def goes_on(grids: Sequence[Grid], grid: Grid, between: Iterable[str], above: Container[str]) -> bool:
    """Whether a grid goes on with the table of some grids.

    `between` are the lines between them that are more than page numbers and remarks, as `heading` gives them, `above`
    those above the table.
    """
    between = list(between)
    if not grid.rows or not all(line in above for line in between) or columns_on(grids[0], grid) is None:
        return False
    height = header_again(grids, grid)
    if height:
        return not _same_start(grids, grid, height)
    if starts_with_header(grid) and not (grid.continues and _all_header(grids)):
        return False
    page, last = grid.place.page, grids[-1].place.page
    if page is None or last is None:
        return False  # nothing but the order of blocks says so: left to the finder
    return grid.continues or (page == last + 1 and _edges_fit(grids, grid))


def header_again(grids: Sequence[Grid], grid: Grid) -> int:
    """How many rows at the top of a grid repeat the rows at the top of the table; 0 where they say too little."""
    first = grids[0]
    height = 0
    while height < min(len(grid.rows), len(first.rows)):
        mine, other = words(grid.rows[height]), words(first.rows[height])
        if mine != other or _figures(grid.rows[height]):
            break
        height += 1
    return height if height and len(words(first.rows[0])) > 1 else 0


def _same_start(grids: Sequence[Grid], grid: Grid, height: int) -> bool:
    """Whether the rows below the header of a grid begin like those of the table."""
    body = _first_rows(grid, height, ALIKE)
    return not body or body == _first_rows(grids[0], height, len(body))


def _first_rows(grid: Grid, height: int, count: int) -> list[tuple[str, ...]]:
    """What the first rows below a header say."""
    rows = (cells for cells in itertools.islice(grid.rows, height, None) if not is_index_row(cells))
    return [words(cells) for cells in itertools.islice(rows, count)]


def _all_header(grids: Sequence[Grid]) -> bool:
    """Whether a table has no rows yet: its header stands alone at the end of a page."""
    return len(grids) == 1 and not any(_figures(cells) for cells in grids[0].rows)


def starts_with_header(grid: Grid) -> bool:
    """Whether the first row of a grid is a header: only texts, and more of them than the rows below it."""
    first = grid.rows[0]
    if _figures(first) or any(LOST in cell.text for cell in first):
        return False
    said = sum(bool(cell.text) for cell in first)
    merged = any(cell.colspan > 1 and cell.text for cell in first)
    return said == grid.width or (merged and 2 * said > grid.width)


def _edges_fit(grids: Sequence[Grid], grid: Grid) -> bool:
    """Whether the rulings of the columns stand where those of the table do."""
    wide, narrow = edges_of(grids[0]), edges_of(grid)
    columns = columns_on(grids[0], grid)
    if columns is None or not narrow:
        return False
    shared = [(narrow[at], wide[column]) for at, column in enumerate(columns) if at in narrow and column in wide]
    return len(shared) > 1 and all(abs(a[0] - b[0]) <= SLACK and abs(a[1] - b[1]) <= SLACK for a, b in shared)


def words(cells: Sequence[Cell]) -> tuple[str, ...]:
    """What a row says besides figures: its codes and labels."""
    distinct = {id(cell): cell for cell in cells if cell.text}.values()
    return tuple(plain(c.text) for c in distinct if is_code(c.text) or look(c.text) is Look.TEXT)


def _figures(cells: Sequence[Cell]) -> bool:
    """Whether a row prints numbers that are no numbers of columns."""
    numbers = [cell for cell in cells if cell.text and look(cell.text) is Look.NUMBER]
    return any(has_digit(cell.text) for cell in numbers) and not is_index_row(cells)


def columns_on(first: Grid, grid: Grid) -> list[int] | None:
    """For each column of a grid its column on the first page; None where they do not fit.

    Grids of one width fit as they are, narrower ones by where their columns stand, or by the words of a header that
    both print.
    """
    if grid.width == first.width:
        return list(range(grid.width))
    if grid.width > first.width or not grid.width:
        return None
    return _by_edges(first, grid) or _by_header(first, grid)


def _by_edges(first: Grid, grid: Grid) -> list[int] | None:
    wide, narrow = edges_of(first), edges_of(grid)
    if len(wide) < first.width or len(narrow) < grid.width:
        return None
    out: list[int] = []
    column = 0
    for at in range(grid.width):
        middle = (narrow[at][0] + narrow[at][1]) / 2
        while column < first.width and wide[column][1] <= middle:
            column += 1
        if column == first.width or middle < wide[column][0] or (out and out[-1] == column):
            return None
        out.append(column)
    return out


def edges_of(grid: Grid) -> dict[int, tuple[float, float]]:
    """The left and right edge of each column, by cells that stand in it alone and have a box."""
    out: dict[int, tuple[float, float]] = {}
    for cells in grid.rows:
        for column, cell in enumerate(cells):
            if column not in out and cell.colspan == 1 and cell.place.bbox is not None:
                out[column] = (cell.place.bbox[0], cell.place.bbox[2])
        if len(out) == grid.width:
            break
    return out


def _by_header(first: Grid, grid: Grid) -> list[int] | None:
    mine, wanted = ([cell.text for cell in one.rows[0]] for one in (grid, first))
    out: list[int] = []
    for text in mine:
        start = out[-1] + 1 if out else 0
        at = next((column for column in range(start, len(wanted)) if wanted[column] == text), None)
        if at is None:
            return None
        out.append(at)
    return out if len(set(mine)) > 1 else None
