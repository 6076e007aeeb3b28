"""The sheets of an XLSX, from their XML: values, number formats, merged cells, what is hidden, formulas without result.

Source: ECMA-376 part 1, 18.3 (worksheets).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from auditor.digits import whole_number
from auditor.errors import BadInputError
from auditor.model.numbers import LOST
from auditor.readers.office_packages import Package, modified
from auditor.readers.printed_runs import said
from auditor.readers.workbook.number_formats import date_text
from auditor.readers.workbook.sheets import MAX_CELLS, MAX_SHEETS, Sheet, cell_name, column_number
from auditor.readers.workbook.xlsx_styles import PLAIN, TRUE, Book, book_of, escaped, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.model.document import Document
    from auditor.readers.workbook.xlsx_styles import Words

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_RANGE = re.compile(r"([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})")
_EMPTY_ROW = re.compile(
    rb"<(?:\w{1,20}:)?row\s[^>]*+(?:(?<=/)>|(?<!/)>\s*+"
    rb"(?:<(?:\w{1,20}:)?c\b[^>]*+(?:(?<=/)>|(?<!/)></(?:\w{1,20}:)?c>)\s*+)*+</(?:\w{1,20}:)?row>)"
)
_UNNUMBERED = re.compile(rb"<(?:\w{1,20}:)?row(?:\s(?:(?!\br=)[^>])*+)?>")
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576


def sheets(data: bytes, document: Document) -> Iterator[Sheet]:
    """Yield the sheets of an XLSX; sets when it was changed. Raises `BadInputError`."""
    package = Package(data, document.file, "XLSX")
    try:
        document.modified = modified(package)
        if any(name.endswith("vbaProject.bin") for name in package.names):
            document.remarks.append(("remark.macros", {}))
        root = package.xml("xl/workbook.xml")
        if root is None:
            raise BadInputError("input.damaged", file=document.file, kind="XLSX")
        book = book_of(package, root)
        targets = package.relations("xl/workbook.xml")
        entries = list(root.iter(f"{_MAIN}sheet"))
        if len(entries) > MAX_SHEETS:
            raise BadInputError("input.too_many_pages", file=document.file, limit=MAX_SHEETS)
        for number, entry in enumerate(entries, 1):
            kind, path = targets.get(entry.get(f"{_REL}id", ""), ("", ""))
            sheet = Sheet(document.file, entry.get("name", ""), number)
            sheet.hidden = entry.get("state", "visible") != "visible"
            if kind == "worksheet":
                _Reader(package, path, book, sheet).read()
            yield sheet
    finally:
        package.close()


class _Reader:
    """Reads one sheet, row by row."""

    def __init__(self, package: Package, path: str, book: Book, sheet: Sheet) -> None:
        self.package, self.path, self.book, self.sheet = package, path, book, sheet
        self.row = -1
        self.count = 0

    def read(self) -> None:
        tags = tuple(_MAIN + name for name in ("row", "col", "mergeCell", "drawing"))
        for element in self.package.events(self.path, tags, _without_empty_rows):
            name = element.tag.rpartition("}")[2]
            if name == "row":
                self._row(element)
            elif name == "col":
                self._columns(element)
            elif name == "mergeCell":
                self._merge(element.get("ref", ""))
            else:
                self.sheet.pictures = True

    def _columns(self, element: Any) -> None:
        if element.get("hidden") in TRUE or _is_zero(element.get("width")):
            first, last = _whole(element.get("min")), _whole(element.get("max"))
            self.sheet.hidden_columns.update(range(max(first - 1, 0), min(last, _MOST_COLUMNS)))

    def _merge(self, reference: str) -> None:
        found = _RANGE.fullmatch(reference)
        if found is None:
            return
        left, right = column_number(found[1]), column_number(found[3])
        self.sheet.merges.append((_whole(found[2]) - 1, left, _whole(found[4]) - 1, right))

    def _row(self, element: Any) -> None:
        number = _whole(element.get("r"))
        self.row = number - 1 if number else self.row + 1
        if element.get("hidden") in TRUE or _is_zero(element.get("ht")):
            self.sheet.hidden_rows.add(self.row)
        column = -1
        spread: tuple[int, int] | None = None  # a text that runs over the empty cells to its right: first, last column
        for cell in element:
            if cell.tag != f"{_MAIN}c":
                continue
            self.count += 1
            found = _REFERENCE.fullmatch(cell.get("r", ""))
            column = column_number(found[1]) if found else column + 1
            row = _whole(found[2]) - 1 if found else self.row
            if column >= _MOST_COLUMNS or row >= _MOST_ROWS or self.count > 4 * MAX_CELLS:
                raise BadInputError("input.too_many_cells", file=self.sheet.file, limit=MAX_CELLS)
            style = _whole(cell.get("s"))
            text = self._cell(cell, style, row, column) if len(cell) else ""
            if text:
                self.sheet.texts[row, column] = text
            spread = self._spread(spread, row, column, text, centred=style in self.book.centred)
        self._close(spread, self.row)

    def _spread(
        self, spread: tuple[int, int] | None, row: int, column: int, text: str, *, centred: bool
    ) -> tuple[int, int] | None:
        """Follow a text that is shown in the middle of several cells: those to its right that look so and are empty."""
        if spread is not None and centred and not text and column == spread[1] + 1:
            return (spread[0], column)
        self._close(spread, row)
        return (column, column) if centred and text else None

    def _close(self, spread: tuple[int, int] | None, row: int) -> None:
        if spread is not None and spread[1] > spread[0]:
            self.sheet.merges.append((row, spread[0], row, spread[1]))

    def _cell(self, cell: Any, style: int, row: int, column: int) -> str:
        kind = cell.get("t", "n")
        value = formula = None
        for child in cell:
            if child.tag == f"{_MAIN}v":
                value = child.text
            elif child.tag == f"{_MAIN}f":
                formula = child.text or ""
            elif child.tag == f"{_MAIN}is" and kind == "inlineStr":
                return self._said(runs_of(child), style, row, column)
        if not value:
            if formula is None or kind == "str":
                return ""
            self.sheet.formulas.append((row, column))
            return f"={formula}"
        return self._said(self._shown(value, kind, style), style, row, column)

    def _said(self, words: Words, style: int, row: int, column: int) -> str:
        """What a text says in the look of its cell; runs have looks of their own, the cell has what is behind them."""
        look = self.book.looks[style] if style < len(self.book.looks) else PLAIN
        if isinstance(words, str):
            if look is PLAIN or not words:
                return words
            words = (look._replace(text=words),)
        elif style in self.book.filled:
            words = tuple(run._replace(pale=False) for run in words)
        return said(words, self.sheet.unsaid, f"{self.sheet.name}!{cell_name(row, column)}")

    def _shown(self, value: str, kind: str, style: int) -> Words:
        if kind == "s":
            number = _whole(value)
            if not self.book.strings:
                raise self.package.damaged()
            return self.book.strings[number] if number < len(self.book.strings) else LOST
        if kind == "b":
            return "TRUE" if value in TRUE else "FALSE"
        if kind == "d":
            try:
                return date_text(dt.date.fromisoformat(value[:10]))
            except ValueError:
                return value
        return self.book.number(value, style) if kind == "n" else escaped(value)


def _without_empty_rows(data: bytes) -> bytes:
    """The XML of a sheet without the rows that are formatted and hold nothing: there may be a million of them.

    Rows without a number follow the row before them, so that none may go.
    """
    return data if _UNNUMBERED.search(data) else _EMPTY_ROW.sub(b"", data)


def _is_zero(text: str | None) -> bool:
    return bool(text) and not str(text).strip("0.")


def _whole(text: str | None) -> int:
    return whole_number(text or "", 8) or 0
