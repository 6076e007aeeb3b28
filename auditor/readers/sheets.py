"""One sheet of cells to blocks: titles and remarks as paragraphs, tables as grids, merged cells with their spans.

Workbooks come as a sheet per table, as one sheet with many tables, as prose in single cells, and as exports of budget
systems. A table begins with the first row of several filled cells and ends where a title, a note or the sheet's end
follows; blank rows inside belong to it, because official forms print them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.document import Cell, Grid, Paragraph
from auditor.errors import BadInputError
from auditor.facts import Place
from auditor.numbers import State, parse_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ROWS = 200_000
MAX_COLUMNS = 2_000
MAX_CELLS = 2_000_000
LONG = 30  # characters from which a cell alone in its row is a note, not a label

_REMARK = re.compile(
    r"^(?:(?:编制|填报|公开|预算|填制|编报)?(?:单位|部门)(?:名称)?|金额单位|货币单位|日期|填表日期|编制日期|年度)\s*[：:]|"
    r"^[（(]?(?:公开|预算|财决|附件?)\s*\d{1,2}\s*[-\d]*\s*表?[)）]?$|^单位\s*[：:]?\s*(?:万元|元|亿元|千元)$"
)
_TITLE = re.compile(
    r"表(?:\s*[（(].{1,12}[)）])?$|^(?:附件?|表)\s*[一二三四五六七八九十\d]+|^[（(]?(?:公开|预算)\d{1,2}表"
)
_NOTE = re.compile(r"^(?:注|说明|备注|填报说明)\s*\d*\s*[：:.、]")


@dataclass(slots=True)
class Sheet:
    """What a sheet shows: texts by row and column (counted from 0), merged ranges, and its name and number.

    `rows` and `columns` map the positions in `texts` to those of the file, where hidden ones were left out.
    """

    file: str
    name: str
    number: int
    texts: list[list[str]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, first column, last, last
    rows: Sequence[int] = ()
    columns: Sequence[int] = ()


def blocks_of(sheet: Sheet) -> list[Paragraph | Grid]:
    """Cut a sheet into paragraphs and grids. Raises `BadInputError` for a sheet beyond bounds."""
    return _Cutter(sheet).blocks()


class _Cutter:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        texts = sheet.texts
        while texts and not any(text.strip() for text in texts[-1]):
            texts.pop()
        self.width = max((len(row) for row in texts), default=0)
        if len(texts) > MAX_ROWS or self.width > MAX_COLUMNS or len(texts) * self.width > MAX_CELLS:
            raise BadInputError("input.too_many_cells", file=sheet.file, limit=MAX_CELLS)
        self.cells = self._cells()

    def _place(self, row: int, column: int) -> Place:
        sheet = self.sheet
        at_row = sheet.rows[row] if sheet.rows else row
        at_column = sheet.columns[column] if sheet.columns else column
        page = sheet.number if sheet.name else None  # a CSV has neither sheet nor page
        return Place(sheet.file, page=page, row=at_row + 1, column=at_column + 1, sheet=sheet.name)

    def _cells(self) -> list[list[Cell]]:
        texts = self.sheet.texts
        cells = [
            [
                Cell(row[column] if column < len(row) else "", self._place(number, column))
                for column in range(self.width)
            ]
            for number, row in enumerate(texts)
        ]
        for top, left, bottom, right in self.sheet.merges:
            if top >= len(cells) or left >= self.width or bottom < top or right < left:
                continue
            height, width = min(bottom + 1, len(cells)) - top, min(right + 1, self.width) - left
            one = Cell(cells[top][left].raw, cells[top][left].place, height, width)
            for row in range(top, top + height):
                cells[row][left : left + width] = [one] * width
        return cells

    def blocks(self) -> list[Paragraph | Grid]:
        out: list[Paragraph | Grid] = []
        row = 0
        while row < len(self.cells):
            if self._is_table_row(row):
                end = self._end(row)
                grid = self._grid(row, end)
                if grid is not None:
                    out.append(grid)
                row = end
                continue
            out.extend(self._paragraphs(row))
            row += 1
        if out and isinstance(out[0], Grid) and self.sheet.name:
            out.insert(
                0, Paragraph(self.sheet.name, Place(self.sheet.file, page=self.sheet.number, sheet=self.sheet.name))
            )
        return out

    def _filled(self, row: int) -> list[Cell]:
        """The distinct filled cells of a row."""
        out: list[Cell] = []
        for cell in self.cells[row]:
            if cell.raw.strip() and (not out or out[-1] is not cell):
                out.append(cell)
        return out

    def _is_table_row(self, row: int) -> bool:
        filled = self._filled(row)
        if len(filled) < 2:
            return False
        return not all(_REMARK.match(cell.text) for cell in filled) and not self._is_head_line(filled)

    def _is_head_line(self, filled: Sequence[Cell]) -> bool:
        """`编制单位：某局 | 单位：元`, also with the name in a cell of its own."""
        remarks = sum(bool(_REMARK.match(cell.text)) for cell in filled)
        return bool(_REMARK.match(filled[0].text)) and remarks >= 1 and len(filled) <= 3 and all(
            parse_literal(cell.raw).state is State.UNREADABLE for cell in filled
        )  # fmt: skip

    def _is_blank(self, row: int) -> bool:
        return not self._filled(row)

    def _end(self, start: int) -> int:
        """The row after the table that begins at `start`."""
        row, last = start + 1, start
        while row < len(self.cells):
            if self._is_table_row(row):
                last = row
            elif not self._is_blank(row) and self._starts_something(row, after_blank=self._is_blank(row - 1)):
                break
            elif not self._is_blank(row):
                last = row
            row += 1
        return last + 1 if row >= len(self.cells) else row

    def _starts_something(self, row: int, *, after_blank: bool) -> bool:
        """Whether a row of one filled cell, or of remarks, is no row of the table above it."""
        filled = self._filled(row)
        if len(filled) > 1:
            return True  # remarks: the head of another table
        cell = filled[0]
        text = cell.text
        if _NOTE.match(text) or (len(text) > LONG and parse_literal(cell.raw).state is State.UNREADABLE):
            return True
        wide = cell.colspan * 2 >= self.width
        return bool(_TITLE.search(text)) and (wide or after_blank)

    def _grid(self, start: int, end: int) -> Grid | None:
        while end > start and self._is_blank(end - 1):
            end -= 1
        rows = self.cells[start:end]
        used = [column for row in rows for column, cell in enumerate(row) if cell.raw.strip()]
        if not used:
            return None
        left, right = min(used), max(used)
        # a merged cell at the edge may be filled on its left only: keep all of it
        right = max([right, *(self._reach(row, right) for row in rows)])
        body = tuple(tuple(row[left : right + 1]) for row in rows)
        return Grid(body, body[0][0].place, spans_known=True)

    @staticmethod
    def _reach(row: Sequence[Cell], right: int) -> int:
        cell = row[right]
        end = right
        while cell.colspan > 1 and end + 1 < len(row) and row[end + 1] is cell:
            end += 1
        return end

    def _paragraphs(self, row: int) -> list[Paragraph]:
        return [
            Paragraph(line, cell.place) for cell in self._filled(row) for line in cell.raw.splitlines() if line.strip()
        ]
