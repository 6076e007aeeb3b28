"""What a sheet of any workbook shows, and from there to blocks: merged cells laid out, hidden ones out or unknown."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.model.document import Cell, Grid, Paragraph
from auditor.model.facts import Place, column_name
from auditor.model.numbers import LOST, State, parse_literal
from auditor.readers.printed_runs import Unsaid
from auditor.readers.workbook.block_cutting import cut, is_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.model.document import Document

MAX_SHEETS = 400
MAX_ROWS = 200_000
EMPTY = 50  # rows or columns kept of a stretch that holds nothing
MAX_COLUMNS = 2_000
MAX_CELLS = 1_000_000  # about 600 MB while they are read
OVERLAPS = 2  # times so many cells may lie in merged ranges, where these overlap

_SCIENTIFIC = re.compile(r"\s*[-+]?\d(?:\.\d{1,15})?[Ee]\+\d{1,3}\s*")
_VISIBLE = re.compile(r"\S")
LONG_NAME = 30  # characters of a cell that stand for one that is not seen
_NO_NAME = re.compile(r"(?:Sheet|工作表|表)\s*\d*(?:\s*\(\d+\))?", re.IGNORECASE)


@dataclass(slots=True)
class Sheet:
    """One sheet: its texts as shown, by (row, column) counted from 0, and what its reader saw besides.

    `formulas` are cells whose formula was saved without its result; `texts` holds the formula there.
    """

    file: str
    name: str
    number: int
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, first column, last, last
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    pictures: bool = False
    unsaid: Unsaid = field(default_factory=Unsaid)


def sheet_of_rows(file: str, name: str, number: int, rows: Iterable[Iterable[str]]) -> Sheet:
    """A sheet of rows of texts."""
    sheet = Sheet(file, name, number)
    for row, line in enumerate(rows):
        for column, text in enumerate(line):
            if text:
                sheet.texts[row, column] = text
    return sheet


def add_sheet(document: Document, sheet: Sheet) -> None:
    """Add the blocks of a sheet to a document, and remarks on what is not read. Raises `BadInputError`."""
    remarks = document.remarks
    if sheet.hidden:
        remarks.append(("remark.hidden_sheet", {"sheet": sheet.name}))
        return
    if sheet.formulas:
        count, first = str(len(sheet.formulas)), cell_name(*min(sheet.formulas))
        remarks.append(("remark.no_result", {"sheet": sheet.name, "count": count, "cell": first}))
    hidden = _hidden(sheet)
    if hidden:
        remarks.append(("remark.hidden_rows", {"sheet": sheet.name, "count": str(hidden)}))
    if sheet.pictures and not sheet.texts:
        remarks.append(("remark.sheet_pictures", {"sheet": sheet.name}))
    remarks += sheet.unsaid.remarks()
    remarks += scientific(sheet)
    document.blocks.extend(blocks_of(sheet))


def scientific(sheet: Sheet) -> list[tuple[str, dict[str, str]]]:
    """What is to be told of numbers like 2.08E+06, which have lost digits."""
    spots = sorted(spot for spot, text in sheet.texts.items() if "E" in text.upper() and _SCIENTIFIC.fullmatch(text))
    if not spots:
        return []
    name = f"{sheet.name}!{cell_name(*spots[0])}" if sheet.name else cell_name(*spots[0])
    return [("remark.scientific", {"count": str(len(spots)), "cell": name, "text": sheet.texts[spots[0]].strip()})]


def _hidden(sheet: Sheet) -> int:
    """How many hidden rows and columns hold anything."""
    rows = {row for row, _ in sheet.texts if row in sheet.hidden_rows}
    columns = {column for _, column in sheet.texts if column in sheet.hidden_columns}
    return len(rows) + len(columns)


def blocks_of(sheet: Sheet) -> list[Paragraph | Grid]:
    """Cut a sheet into paragraphs and grids. Raises `BadInputError` for a sheet beyond bounds."""
    blocks = cut(_cells(sheet))
    return named(blocks, sheet.name, Place(sheet.file, page=sheet.number, sheet=sheet.name))


def named(blocks: list[Paragraph | Grid], name: str, place: Place) -> list[Paragraph | Grid]:
    """Put a name before blocks whose first table has no title above it."""
    if not name or _NO_NAME.fullmatch(name.strip()):
        return blocks
    for block in blocks:
        if isinstance(block, Grid):
            return [Paragraph(name, place), *blocks]
        if is_title(block.text):
            break
    return blocks


def _cells(sheet: Sheet) -> list[list[Cell]]:
    """Every cell that is shown, up to the last row and column that hold anything.

    Hidden rows with amounts stand as rows that cannot be read: what they add to the sums of a table is unknown.
    """
    texts = {
        (row, column): text
        for (row, column), text in sheet.texts.items()
        if text.strip() and column not in sheet.hidden_columns
    }
    shown = {spot: text for spot, text in texts.items() if spot[0] not in sheet.hidden_rows}
    unknown = _hidden_amounts(sheet, texts, {row for row, _ in shown})
    shown |= {spot: _VISIBLE.sub(LOST, texts[spot][:LONG_NAME]) for spot in texts if spot[0] in unknown}
    last_row, last_column = (max((spot[at] for spot in shown), default=-1) for at in (0, 1))
    rows = _kept({row for row, _ in shown}, last_row, sheet.hidden_rows - unknown)
    columns = _kept({column for _, column in shown}, last_column, sheet.hidden_columns)
    if len(rows) > MAX_ROWS or len(columns) > MAX_COLUMNS or len(rows) * len(columns) > MAX_CELLS:
        raise BadInputError("input.too_many_cells", file=sheet.file, limit=MAX_CELLS)
    cells = [[Cell(shown.get((row, column), ""), _place(sheet, row, column)) for column in columns] for row in rows]
    covered = 0
    for top, left, bottom, right in sheet.merges:
        kept_rows = range(bisect_left(rows, top), bisect_right(rows, bottom))
        kept_columns = range(bisect_left(columns, left), bisect_right(columns, right))
        if not kept_rows or not kept_columns:
            continue
        covered += len(kept_rows) * len(kept_columns)
        if covered > OVERLAPS * MAX_CELLS:  # programs let no two of them overlap
            raise BadInputError("input.too_many_cells", file=sheet.file, limit=MAX_CELLS)
        # the text stands in the first cell, which may itself be hidden
        one = Cell(sheet.texts.get((top, left), ""), _place(sheet, top, left), len(kept_rows), len(kept_columns))
        for row in kept_rows:
            cells[row][kept_columns[0] : kept_columns[-1] + 1] = [one] * len(kept_columns)
    return cells


def _hidden_amounts(sheet: Sheet, texts: dict[tuple[int, int], str], shown: set[int]) -> set[int]:
    """The hidden rows of tables that hold amounts; rows above all that is shown, and numbers of columns, are none."""
    first = min(shown, default=0)
    rows: dict[int, list[str]] = {}
    for (row, _), text in sorted(texts.items()) if sheet.hidden_rows else ():
        if row in sheet.hidden_rows and row > first:
            rows.setdefault(row, []).append(text)
    return {row for row, line in rows.items() if _holds_amounts(line)}


def _holds_amounts(line: Sequence[str]) -> bool:
    """Whether a row of texts holds amounts other than zero, more than the numbers of its columns."""
    numbers = [number for number in map(parse_literal, line) if number.state is State.VALUE]
    counted = [number.digits for number in numbers if not number.decimals]
    steps = {right - left for left, right in pairwise(counted)}
    return bool(numbers) and not (len(counted) == len(numbers) > 1 and steps == {1})


def _kept(used: set[int], last: int, hidden: set[int]) -> list[int]:
    """The rows or columns up to the last that is used, without hidden ones; of a long empty stretch the beginning."""
    out: list[int] = []
    empty = 0
    for number in range(last + 1):
        empty = 0 if number in used else empty + 1
        if number not in hidden and empty <= EMPTY:
            out.append(number)
    return out


def _place(sheet: Sheet, row: int, column: int) -> Place:
    page = sheet.number if sheet.name else None  # a CSV has neither sheet nor page
    return Place(sheet.file, page=page, row=row + 1, column=column + 1, sheet=sheet.name)


def cell_name(row: int, column: int) -> str:
    """A cell as spreadsheets name it.

    >>> cell_name(0, 27)
    'AB1'
    """
    return f"{column_name(column)}{row + 1}"


def column_number(letters: str) -> int:
    """The column, counted from 0, that letters name; capitals or not.

    >>> column_number("A"), column_number("ab")
    (0, 27)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
