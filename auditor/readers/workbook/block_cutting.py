"""A rectangle of cells to blocks: titles and remarks as paragraphs, tables as grids with their merged cells.

Sheets, web pages and word processor tables come as one table, as many tables below or beside one another, and with
title, unit and owner in merged rows of the table itself. A table begins with the first row of several filled cells
and ends where the head of another, a note or the rectangle ends; blank rows inside belong to it, because official
forms print them.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.model.document import Grid, Paragraph, spans_kept
from auditor.model.numbers import State, parse_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Cell

LONG = 30  # characters from which a cell alone in its row is a note, not a label
AHEAD = 8  # rows looked at below a line that may be the head of a table

_FORM_NUMBER = re.compile(
    r"^[（(]?(?:(?:公开|预算|财决|附件?)\s*\d{1,2}\s*[-\d]*\s*表?|表[一二三四五六七八九十\d]+)[)）]?$"
)
_REMARK = re.compile(
    r"^(?:(?:编制|填报|公开|预算|填制|编报)?(?:单位|部门)(?:名称)?|(?:金额|货币|计量)单位|日期|填表日期|编制日期|年度)\s*[：:]|"
    r"^[（(]?单位\s*[：:]?\s*(?:人民币)?(?:万元|元|亿元|千元)[)）]?$"
)
_YEAR = re.compile(r"^[（(]?\s*20\d\d\s*年度?\s*[)）]?$")
_TITLE = re.compile(r"表(?:\s*[（(].{1,12}[)）])?$|^(?:附件?|表)\s*[一二三四五六七八九十\d]+[：:\s]\s*\S")
_NOTE = re.compile(r"^(?:注|说明|备注|填报说明)\s*\d*\s*[：:.、]")


class _Kind(Enum):
    """What a row of cells is by itself."""

    BLANK = "blank"
    LONE = "lone"  # one filled cell: a title, a remark, a note, or a label without figures
    HEAD = "head"  # only titles and remarks
    TABLE = "table"


def cut(cells: Sequence[Sequence[Cell]]) -> list[Paragraph | Grid]:
    """Cut rows of equal width into paragraphs and grids, in reading order.

    A merged cell must stand as the same object at every place that it covers.
    """
    return _Cutter(cells).blocks()


def is_title(text: str) -> bool:
    """Whether a line may be the title of a table; a number of a form alone is none."""
    return bool(_TITLE.search(text)) and not _FORM_NUMBER.match(text)


class _Cutter:
    def __init__(self, cells: Sequence[Sequence[Cell]]) -> None:
        self.cells = cells
        self.width = len(cells[0]) if cells else 0
        self.filled = [_filled(row) for row in cells]
        self.kinds = [_kind(filled) for filled in self.filled]
        for row in range(len(cells) - 2, -1, -1):  # a row that a merged cell ties to one of a table belongs to it
            if self.kinds[row + 1] is _Kind.TABLE and self._tied(row + 1):
                self.kinds[row] = _Kind.TABLE

    def blocks(self) -> list[Paragraph | Grid]:
        out: list[Paragraph | Grid] = []
        row = 0
        while row < len(self.cells):
            if self.kinds[row] is _Kind.TABLE:
                end = self._end(row)
                grid = self._grid(row, end)
                if grid is not None:
                    out.append(grid)
                row = end
                continue
            parts, end = self._side_by_side(row)
            if parts:
                out += parts
                row = end
                continue
            out += self._paragraphs(row)
            row += 1
        return out

    # -- where a table ends -------------------------------------------------------------------------------------

    def _end(self, start: int) -> int:
        """The row after the table that begins at `start`."""
        last = start
        for row in range(start + 1, len(self.cells)):
            kind = self.kinds[row]
            if kind in (_Kind.HEAD, _Kind.LONE) and not self._tied(row) and (kind is _Kind.HEAD or self._breaks(row)):
                break
            if kind is not _Kind.BLANK:
                last = row
        return last + 1

    def _breaks(self, row: int) -> bool:
        """Whether a row of one filled cell is no row of the table above it."""
        (cell,) = self.filled[row]
        text = cell.text
        if _NOTE.match(text) or _is_remark(text):
            return True
        if parse_literal(cell.raw).state is not State.UNREADABLE:
            return False
        after_blank = self.kinds[row - 1] is _Kind.BLANK
        apart = after_blank or (cell.colspan > 1 and cell.colspan * 2 >= self.width)
        if len(text) > LONG and (after_blank or not self._goes_on(row)):
            return True
        return (is_title(text) and apart) or ((is_title(text) or apart) and self._heads(row))

    def _tied(self, row: int) -> bool:
        """Whether a cell of the row above reaches into this one."""
        above = {id(cell) for cell in self.filled[row - 1]} if row else set()
        return any(id(cell) in above for cell in self.filled[row])

    def _goes_on(self, row: int) -> bool:
        """Whether rows of the table follow soon, with nothing like the head of another before them."""
        for below in range(row + 1, min(row + AHEAD, len(self.cells))):
            if self.kinds[below] is _Kind.TABLE:
                return True
            if self.kinds[below] is _Kind.HEAD or any(_is_head(cell) for cell in self.filled[below]):
                return False
        return False

    def _heads(self, row: int) -> bool:
        """Whether a line is the title of what follows: a remark (unit, owner), or at once the header of a table."""
        title = is_title(self.filled[row][0].text)
        for below in range(row + 1, min(row + AHEAD, len(self.cells))):
            filled = self.filled[below]
            kind = self.kinds[below]
            if kind is _Kind.TABLE:
                return title and all(parse_literal(cell.raw).state is State.UNREADABLE for cell in filled)
            if kind is _Kind.HEAD or any(_is_remark(cell.text) for cell in filled):
                return True
            if any(is_title(cell.text) for cell in filled):
                return title
        return False

    # -- tables beside one another ------------------------------------------------------------------------------

    def _side_by_side(self, row: int) -> tuple[list[Paragraph | Grid], int]:
        """Tables whose titles stand in one row, with an empty column between: each with what is below its title."""
        titles = [cell for cell in self.filled[row] if is_title(cell.text)]
        if self.kinds[row] is not _Kind.HEAD or len(titles) < 2:
            return [], row
        end = row + 1
        while end < len(self.cells) and not self._starts_over(end):
            end += 1
        starts = [self.cells[row].index(cell) for cell in titles]
        bounds = [0]
        for left, right in pairwise(starts):
            empty = [c for c in range(left + 1, right + 1) if self._is_empty(c, row, end)]
            if not empty:
                return [], row
            bounds.append(empty[-1])
        bounds.append(self.width)
        out: list[Paragraph | Grid] = []
        for left, right in pairwise(bounds):
            out += cut([line[left:right] for line in self.cells[row:end]])
        return out, end

    def _starts_over(self, row: int) -> bool:
        """Whether titles stand in a row: of one table, or of several."""
        if self.kinds[row] is _Kind.HEAD:
            return any(is_title(cell.text) for cell in self.filled[row])
        return self.kinds[row] is _Kind.LONE and is_title(self.filled[row][0].text) and self._breaks(row)

    def _is_empty(self, column: int, start: int, end: int) -> bool:
        return not any(line[column].raw.strip() for line in self.cells[start:end])

    # -- what the rows become -----------------------------------------------------------------------------------

    def _grid(self, start: int, end: int) -> Grid | None:
        rows = self.cells[start:end]
        used = [column for row in rows for column, cell in enumerate(row) if cell.raw.strip()]
        if not used:
            return None
        left, right = min(used), max(used)
        body = tuple(tuple(row[left : right + 1]) for row in rows)
        return Grid(body, body[0][0].place, spans_known=spans_kept(body))

    def _paragraphs(self, row: int) -> list[Paragraph]:
        above = {id(cell) for cell in self.filled[row - 1]} if row else set()
        return [
            Paragraph(line, cell.place)
            for cell in self.filled[row]
            if id(cell) not in above
            for line in cell.raw.splitlines()
            if line.strip()
        ]


def _filled(row: Sequence[Cell]) -> list[Cell]:
    """The distinct filled cells of a row."""
    out: list[Cell] = []
    for cell in row:
        if (not out or out[-1] is not cell) and cell.raw.strip():
            out.append(cell)
    return out


def _is_remark(text: str) -> bool:
    return bool(_REMARK.match(text) or _FORM_NUMBER.match(text))


def _is_head(cell: Cell) -> bool:
    return _is_remark(cell.text) or bool(_YEAR.match(cell.text)) or is_title(cell.text)


def _kind(filled: Sequence[Cell]) -> _Kind:
    if len(filled) < 2:
        return _Kind.LONE if filled else _Kind.BLANK
    return _Kind.HEAD if all(map(_is_head, filled)) or _is_owner_line(filled) else _Kind.TABLE


def _is_owner_line(filled: Sequence[Cell]) -> bool:
    """`编制单位： | 某局 | 单位：元`: the name of the owner in a cell of its own."""
    return (
        _is_remark(filled[0].text)
        and len(filled) <= 4
        and all(parse_literal(cell.raw).state is State.UNREADABLE for cell in filled)
    )
