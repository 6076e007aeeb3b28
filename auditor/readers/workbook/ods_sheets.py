"""The sheets of an ODS, from its XML, which holds every cell's text as it is shown.

Source: OpenDocument 1.3 part 3, 9 (tables) and 6 (text).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.digits import digits_of, whole_number
from auditor.errors import BadInputError
from auditor.readers.office_packages import Package
from auditor.readers.workbook.sheets import MAX_CELLS, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.model.document import Document

_URI = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _TEXT, _OFFICE, _STYLE, _DRAW = (
    f"{{{_URI}{name}:1.0}}" for name in ("table", "text", "office", "style", "drawing")
)
_GROUPS = frozenset(
    f"{_TABLE}table-{name}"
    for name in ("row-group", "rows", "header-rows", "column-group", "columns", "header-columns")
)
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


def sheets(data: bytes, document: Document) -> Iterator[Sheet]:
    """Yield the sheets of an ODS; sets when it was changed. Raises `BadInputError`."""
    package = Package(data, document.file, "ODS")
    try:
        manifest = package.read("META-INF/manifest.xml") or b""
        if b"encryption-data" in manifest:
            raise BadInputError("input.encrypted", file=document.file, kind="ODS")
        document.modified = _modified(package)
        root = package.xml("content.xml")
        if root is None:
            raise package.damaged()
        if any(name.startswith(("Basic/", "Scripts/")) for name in package.names):
            document.remarks.append(("remark.macros", {}))
        hidden = _hidden_styles(root)
        body = next(root.iter(f"{_OFFICE}spreadsheet"), None)
        for number, table in enumerate(body.findall(f"{_TABLE}table") if body is not None else (), 1):
            sheet = Sheet(document.file, table.get(f"{_TABLE}name", ""), number)
            sheet.hidden = table.get(f"{_TABLE}style-name", "") in hidden
            _Reader(sheet).read(table)
            yield sheet
    finally:
        package.close()


def _modified(package: Package) -> str:
    root = package.xml("meta.xml")
    found = next(root.iter("{http://purl.org/dc/elements/1.1/}date"), None) if root is not None else None
    text = (found.text or "") if found is not None else ""
    return digits_of(text)[:14]


def _hidden_styles(root: Any) -> set[str]:
    """The styles whose sheets are not shown."""
    return {
        style.get(f"{_STYLE}name", "")
        for style in root.iter(f"{_STYLE}style")
        for about in style.findall(f"{_STYLE}table-properties")
        if about.get(f"{_TABLE}display") == "false"
    }


class _Reader:
    """Reads one sheet; equal rows and cells that follow one another are stored once, with how often they stand."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.row = self.column = 0

    def read(self, table: Any) -> None:
        for element in _inside(table):
            if element.tag == f"{_TABLE}table-column":
                count = _times(element, "number-columns-repeated", _MOST_COLUMNS)
                if element.get(f"{_TABLE}visibility", "visible") != "visible":
                    self.sheet.hidden_columns.update(range(self.column, min(self.column + count, _MOST_COLUMNS)))
                self.column += count
            elif element.tag == f"{_TABLE}table-row":
                self._rows(element)
            elif element.tag == f"{_TABLE}shapes":
                self.sheet.pictures = True

    def _rows(self, element: Any) -> None:
        count = _times(element, "number-rows-repeated", _MOST_ROWS)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            self.sheet.hidden_rows.update(range(self.row, min(self.row + count, _MOST_ROWS)))
        cells = list(self._cells(element))
        for row in range(self.row, self.row + count) if cells else ():
            for column, text, formula, height, width in cells:
                if text:
                    self.sheet.texts[row, column] = text
                if formula:
                    self.sheet.formulas.append((row, column))
                if height > 1 or width > 1:
                    self.sheet.merges.append((row, column, row + height - 1, column + width - 1))
            if len(self.sheet.texts) > MAX_CELLS:
                raise BadInputError("input.too_many_cells", file=self.sheet.file, limit=MAX_CELLS)
        self.row += count

    def _cells(self, row: Any) -> Iterator[tuple[int, str, bool, int, int]]:
        """Cells that hold anything: column, text, whether it is a formula without result, rows and columns covered."""
        column = 0
        for cell in row:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            count = _times(cell, "number-columns-repeated", _MOST_COLUMNS)
            height = _times(cell, "number-rows-spanned", _MOST_ROWS)
            width = _times(cell, "number-columns-spanned", _MOST_COLUMNS)
            covered = cell.tag == f"{_TABLE}covered-table-cell"
            text = "" if covered else "\n".join(_line(part) for part in cell.iterchildren(f"{_TEXT}p"))
            formula = cell.get(f"{_TABLE}formula", "")
            missing = bool(formula) and not text and cell.get(f"{_OFFICE}value-type") is None
            if missing:
                text = formula.partition(":")[2] or formula
            if text or height > 1 or width > 1:
                for at in range(column, min(column + count, _MOST_COLUMNS)):
                    yield at, text, missing, height, width
            column += count


def _inside(table: Any) -> Iterator[Any]:
    """The rows and columns of a table, also those in groups."""
    for child in table:
        if child.tag in _GROUPS:
            yield from _inside(child)
        else:
            yield child


def _times(element: Any, name: str, most: int) -> int:
    return max(1, min(whole_number(element.get(f"{_TABLE}{name}", "1"), 8) or 1, most))


def _line(paragraph: Any) -> str:
    """The text of a paragraph; notes that hang on it are left out."""
    out = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == f"{_TEXT}s":
            count = whole_number(child.get(f"{_TEXT}c", "1"), 8)
            out.append(" " * (1 if count is None else min(count, 200)))
        elif child.tag == f"{_TEXT}tab":
            out.append(" ")
        elif child.tag == f"{_TEXT}line-break":
            out.append("\n")
        elif child.tag in (f"{_TEXT}span", f"{_TEXT}a"):
            out.append(_line(child))
        out.append(child.tail or "")
    return "".join(out)
