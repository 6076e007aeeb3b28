"""The sheets of an XLSX, from their XML: values, number formats, merged cells, what is hidden, formulas without result.

Source: ECMA-376 part 1, 18.3 (worksheets), 18.4 (shared strings), 18.8 (styles).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.errors import BadInputError
from auditor.readers.office_packages import Package, modified
from auditor.readers.workbook.number_formats import BUILT_IN, date_text, is_date, shown
from auditor.readers.workbook.sheets import MAX_CELLS, MAX_SHEETS, Sheet, column_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.model.document import Document

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_RANGE = re.compile(r"([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})")
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576
_LAST_DAY = 2_958_465  # 9999-12-31
_TRUE = ("1", "true")


@dataclass(slots=True)
class _Book:
    """What all sheets share."""

    strings: Sequence[str]
    codes: list[str]  # the number format of every cell format
    dates: list[bool]  # whether it shows dates
    centred: set[int]  # cell formats whose text runs over the empty cells to its right (跨列居中)
    base: dt.date  # day 0

    def number(self, text: str, style: int) -> str:
        """What a stored number shows; days before the first of March 1900 are one off, as everywhere."""
        try:
            value = float(text)
        except ValueError:
            return text
        if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 — not a number
            return "#N/A"
        code = self.codes[style] if style < len(self.codes) else ""
        if style < len(self.dates) and self.dates[style] and 1 <= value < _LAST_DAY:
            return date_text(self.base + dt.timedelta(days=int(value)), code)
        return shown(value, code)


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
        book = _book(package, root)
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


def _book(package: Package, root: Any) -> _Book:
    properties = root.find(f"{_MAIN}workbookPr")
    since_1904 = properties is not None and properties.get("date1904") in _TRUE
    codes, centred = _formats(package)
    base = dt.date(1904, 1, 1) if since_1904 else dt.date(1899, 12, 30)
    return _Book(_strings(package), codes, [is_date(code) for code in codes], centred, base)


def _strings(package: Package) -> list[str]:
    return [_text(item) for item in package.events("xl/sharedStrings.xml", (f"{_MAIN}si",))]


def _text(item: Any) -> str:
    """The text of a string, in one piece or in runs; how it is pronounced is left out."""
    out = []
    for child in item:
        if child.tag == f"{_MAIN}t":
            out.append(child.text or "")
        elif child.tag == f"{_MAIN}r":
            out += [part.text or "" for part in child if part.tag == f"{_MAIN}t"]
    return _escaped("".join(out))


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _escaped(text: str) -> str:
    """Characters that XML cannot hold are written `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _formats(package: Package) -> tuple[list[str], set[int]]:
    """The number format of every cell format, and the cell formats whose text runs over the cells to the right."""
    root = package.xml("xl/styles.xml")
    if root is None:
        return [], set()
    own = {element.get("numFmtId", ""): element.get("formatCode", "") for element in root.iter(f"{_MAIN}numFmt")}
    codes: list[str] = []
    centred: set[int] = set()
    formats = root.find(f"{_MAIN}cellXfs")
    for element in formats if formats is not None else ():
        identity = element.get("numFmtId", "0")
        number = int(identity) if identity.isdigit() and len(identity) < 6 else 0
        alignment = element.find(f"{_MAIN}alignment")
        if alignment is not None and alignment.get("horizontal") == "centerContinuous":
            centred.add(len(codes))
        codes.append(own.get(identity, BUILT_IN.get(number, "")))
    return codes, centred


class _Reader:
    """Reads one sheet, row by row."""

    def __init__(self, package: Package, path: str, book: _Book, sheet: Sheet) -> None:
        self.package, self.path, self.book, self.sheet = package, path, book, sheet
        self.row = -1
        self.count = 0

    def read(self) -> None:
        tags = tuple(_MAIN + name for name in ("row", "col", "mergeCell", "drawing"))
        for element in self.package.events(self.path, tags):
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
        if element.get("hidden") in _TRUE or _is_zero(element.get("width")):
            first, last = _whole(element.get("min")), _whole(element.get("max"))
            self.sheet.hidden_columns.update(range(max(first - 1, 0), min(last, _MOST_COLUMNS)))

    def _merge(self, reference: str) -> None:
        found = _RANGE.fullmatch(reference)
        if found is None:
            return
        left, right = column_number(found[1]), column_number(found[3])
        self.sheet.merges.append((int(found[2]) - 1, left, int(found[4]) - 1, right))

    def _row(self, element: Any) -> None:
        number = _whole(element.get("r"))
        self.row = number - 1 if number else self.row + 1
        if element.get("hidden") in _TRUE or _is_zero(element.get("ht")):
            self.sheet.hidden_rows.add(self.row)
        column = -1
        spread: tuple[int, int] | None = None  # a text that runs over the empty cells to its right: first, last column
        for cell in element:
            if cell.tag != f"{_MAIN}c":
                continue
            self.count += 1
            found = _REFERENCE.fullmatch(cell.get("r", ""))
            column = column_number(found[1]) if found else column + 1
            row = int(found[2]) - 1 if found else self.row
            if column >= _MOST_COLUMNS or row >= _MOST_ROWS or self.count > 4 * MAX_CELLS:
                raise BadInputError("input.too_many_cells", file=self.sheet.file, limit=MAX_CELLS)
            style = _whole(cell.get("s"))
            text = self._cell(cell, style, row, column)
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
                return _text(child)
        if not value:
            if formula is None or kind == "str":
                return ""
            self.sheet.formulas.append((row, column))
            return f"={formula}"
        return self._shown(value, kind, style)

    def _shown(self, value: str, kind: str, style: int) -> str:
        if kind == "s":
            number = _whole(value)
            return self.book.strings[number] if number < len(self.book.strings) else ""
        if kind == "b":
            return "TRUE" if value in _TRUE else "FALSE"
        if kind == "d":
            try:
                return date_text(dt.date.fromisoformat(value[:10]))
            except ValueError:
                return value
        return self.book.number(value, style) if kind == "n" else _escaped(value)


def _is_zero(text: str | None) -> bool:
    return bool(text) and not str(text).strip("0.")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
