"""What print shows and no fact tells: the numbers of a grid that went under no column, each to be told as unread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.forms.column_match import is_index_row
from auditor.forms.printed_table import LooseCell
from auditor.model.filing import Unread
from auditor.model.numbers import BROKEN, is_printed_number, may_be_amount, parse_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.forms.printed_table import Found, PrintedRow
    from auditor.forms.read_plan import GridPlan
    from auditor.model.document import Cell, Grid

_AMOUNT = re.compile(r"[\d０-９][.．][\d０-９]")
_IDENTIFIER = re.compile(r"20[0-4]\d|\d{6,8}|\d{11,}")
_NAMES_IDENTIFIER = re.compile(r"(?:编码|代码|编号|账号|电话|手机|邮编|年份|年度|日期|时间)$")
MAX_NAME = 12  # characters of a header that names codes or dates


def figures_in(grid: Grid) -> Iterator[Cell]:
    """The cells of a grid that may print a figure: numbers that no header or label calls a code, year or telephone."""
    named: set[int] = set()  # columns under such a header
    for cells in grid.rows:
        if is_index_row(cells):
            continue
        for column, cell in enumerate(cells):
            if column and cells[column - 1] is cell:
                continue
            if _may_be_figure(cell.raw):
                beside = column > 0 and _NAMES_IDENTIFIER.search(cells[column - 1].text)
                if not (_IDENTIFIER.fullmatch(cell.raw.strip()) and (beside or column in named)):
                    yield cell
            elif _NAMES_IDENTIFIER.search(cell.text) and len(cell.text) < MAX_NAME:
                named.add(column)


def _may_be_figure(raw: str) -> bool:
    return is_printed_number(parse_literal(raw))


def unread_of(found: Found, reason: str) -> list[Unread]:
    """All numbers of a table that could not be read, with one reason."""
    return [Unread(cell.text, cell.place, _why(cell, reason)) for grid in found.grids for cell in figures_in(grid)]


def _why(cell: Cell, reason: str) -> str:
    """Why a cell is not read: what it shows instead of a number, or else the reason given."""
    own = parse_literal(cell.raw).reason
    return own if own in BROKEN else reason


def leftover(grids: Sequence[Grid], rows: Sequence[PrintedRow], labels: set[int]) -> list[LooseCell]:
    """The numbers of the grids that went under no column of the table."""
    used = {id(cell) for row in rows for _, cell in row.cells} | labels
    return [
        LooseCell(cell, "", _why(cell, "unread.no_column"))
        for grid in grids
        for cell in figures_in(grid)
        if id(cell) not in used
    ]


def label_cells(grid: Grid, plan: GridPlan) -> set[int]:
    """The identities of cells that are labels: header rows, code, name and 行次 columns, rows that number columns."""
    columns = {position for segment in plan.segments for position in segment.labels}
    numbered = any(slot.what == "line" for slot in plan.slots)
    out: set[int] = set()
    for number, cells in enumerate(grid.rows):
        if number < plan.header.rows or is_index_row(cells):
            out.update(map(id, cells))
            continue
        out.update(
            id(cell)
            for position, cell in enumerate(cells)
            if position in columns or (numbered and whole_number(cell.text, 3) is not None)
        )
    return out


def lost_rows(grids: Sequence[Grid], rows: Sequence[PrintedRow], loose: Sequence[LooseCell]) -> bool:
    """Whether a row with figures gave nothing to the table: the table may lack it."""
    used = {id(cell) for row in rows for _, cell in row.cells}
    left = {id(item.cell) for item in loose if may_be_amount(parse_literal(item.cell.raw))}
    return any(
        any(id(cell) in left for cell in cells) and not any(id(cell) in used for cell in cells)
        for grid in grids
        for cells in grid.rows
    )


def amounts_inside(grid: Grid) -> list[LooseCell]:
    """The cells of text that hold amounts among other words: several cells that came as one."""
    return [
        LooseCell(cell, "", "unread.not_a_number") for cells in grid.rows for cell in cells if _AMOUNT.search(cell.text)
    ]
