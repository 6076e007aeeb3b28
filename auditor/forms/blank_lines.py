"""Rows and columns of a grid that say nothing: print leaves them for spacing, and they must not shift the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.column_match import ColumnRole, Look, look, read_header, role_of
from auditor.forms.header_rows import header_height
from auditor.model.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Grid
    from auditor.model.tables import Table


def ways_to_read(grids: Sequence[Grid], table: Table) -> list[list[Grid]]:
    """The grids of one table without their empty columns, and as they are, in the order in which to try them.

    Where merged cells came flattened, a dump may print the header shifted against the columns below, so that a
    column that says nothing belongs to a header elsewhere: such grids are first read as they are.
    """
    whole = list(grids)
    if not whole:
        return [whole]
    if table.layout in (Layout.CELLS, Layout.LIST, Layout.SHEET):
        return _different([_without(grid, _empty_columns(grid)) for grid in whole], whole)
    empty, sure = _shared(whole, table)
    lean, spaced = ([_without(g, which) if g.width == whole[0].width else g for g in whole] for which in (empty, sure))
    if all(grid.spans_known for grid in whole):
        return _different(lean, whole)
    return _different(spaced, lean)


def _different(first: list[Grid], second: list[Grid]) -> list[list[Grid]]:
    return [first] if all(a is b for a, b in zip(first, second, strict=True)) else [first, second]


def _shared(grids: Sequence[Grid], table: Table) -> tuple[set[int], set[int]]:
    """The empty columns of the first grid that are empty in its continuations too; and those that are surely spacing.

    In a flattened grid, columns inside are left alone unless the header stands right above the columns, or a row of
    the header leaves a gap there.
    """
    first = grids[0]
    empty = _empty_columns(first)
    if not empty:
        return empty, empty
    height = header_height(first, table)
    sure = {column for column in empty if _gap(first, height, column)}
    if not first.spans_known and not _header_fits(first, height):
        empty = {column for column in empty if column in sure or _at_edge(column, empty, first.width)}
    for grid in grids[1:]:
        if empty and grid.width == first.width:
            empty &= _empty_columns(grid)
    return empty, sure & empty


def _gap(grid: Grid, height: int, column: int) -> bool:
    """Whether a row of the header has words on both sides of a column."""
    inside = 0 < column < grid.width - 1
    return inside and any(cells[column - 1].text and cells[column + 1].text for cells in grid.rows[:height])


def _without(grid: Grid, empty: set[int]) -> Grid:
    keep = [column for column in range(grid.width) if column not in empty]
    if not empty or not keep:
        return grid
    return replace(grid, rows=tuple(tuple(cells[column] for column in keep) for cells in grid.rows))


def _empty_columns(grid: Grid) -> set[int]:
    """The columns that say nothing that another column does not say: a merged cell stands in several."""
    kept = set(range(grid.width))
    for column in reversed(range(grid.width)):
        others = kept - {column}
        if all(not cells[column].text or any(cells[n] is cells[column] for n in others) for cells in grid.rows):
            kept = others
    return set(range(grid.width)) - kept


def _at_edge(column: int, empty: set[int], width: int) -> bool:
    return all(other in empty for other in range(column)) or all(other in empty for other in range(column, width))


def _header_fits(grid: Grid, height: int) -> bool:
    """Whether no column named as one of labels holds figures."""
    paths = read_header(grid, height).paths
    return not any(
        role_of(paths[column]) is ColumnRole.NAME and look(cells[column].text) is Look.NUMBER
        for cells in grid.rows[height:]
        for column in range(grid.width)
    )
