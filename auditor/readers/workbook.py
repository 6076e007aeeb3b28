"""Workbooks (XLSX, XLS, ODS): every visible sheet, numbers as their format shows them.

Values come from calamine. Of an XLSX the sheets' XML also tells what calamine does not: number formats, hidden rows
and columns, formulas that were saved without their result.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.document import Document
from auditor.errors import BadInputError
from auditor.facts import column_name
from auditor.readers.formats import general, is_date, shown
from auditor.readers.packages import Package
from auditor.readers.sheets import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Sheet, blocks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_SHEETS = 400
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy/m/d",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "yyyy/m/d h:mm", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 41: '#,##0;-#,##0;"-"', 42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: '#,##0.00;-#,##0.00;"-"', 57: "yyyy年m月", 58: "m月d日",
}  # fmt: skip


@dataclass(slots=True)
class _Look:
    """What the XML of one sheet adds to its values, by (row, column) counted from 0."""

    formats: dict[tuple[int, int], int] = field(default_factory=dict)  # index into the workbook's cell formats
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)  # formulas without a stored result
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    last: tuple[int, int] = (0, 0)


def read(data: bytes, *, file: str, sha256: str, kind: str) -> Document:
    """Read a workbook. Raises `BadInputError` when it is damaged, encrypted or beyond bounds."""
    import python_calamine

    document = Document(file, sha256)
    looks: dict[str, _Look] = {}
    codes: list[str] = []
    if kind == "XLSX":
        looks, codes, document.modified = _looks(data, file)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        metadata = list(book.sheets_metadata)
    except python_calamine.PasswordError:
        raise BadInputError("input.encrypted", file=file, kind=kind) from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise BadInputError("input.damaged", file=file, kind=kind) from None
    if len(metadata) > MAX_SHEETS:
        raise BadInputError("input.too_many_pages", file=file, limit=MAX_SHEETS)
    document.pages = len(metadata)
    for number, about in enumerate(metadata, 1):
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if about.visible != python_calamine.SheetVisibleEnum.Visible:
            document.remarks.append(("remark.hidden_sheet", {"sheet": about.name}))
            continue
        try:
            sheet = _sheet(book, about.name, number, file, looks.get(about.name, _Look()), codes)
        except (python_calamine.CalamineError, ValueError):
            raise BadInputError("input.damaged", file=file, kind=kind) from None
        _remarks(looks.get(about.name), about.name, document)
        document.blocks.extend(blocks_of(sheet))
    return document


def _remarks(look: _Look | None, name: str, document: Document) -> None:
    if look is None:
        return
    if look.formulas:
        first = min(look.formulas)
        count = str(len(look.formulas))
        document.remarks.append(("remark.no_result", {"sheet": name, "count": count, "cell": _cell_name(*first)}))
    hidden = len(look.hidden_rows) + len(look.hidden_columns)
    if hidden:
        document.remarks.append(("remark.hidden_rows", {"sheet": name, "count": str(hidden)}))


def _cell_name(row: int, column: int) -> str:
    return f"{column_name(column)}{row + 1}"


def _sheet(book: Any, name: str, number: int, file: str, look: _Look, codes: Sequence[str]) -> Sheet:
    table = book.get_sheet_by_name(name)
    if table.height > MAX_ROWS or table.width > MAX_COLUMNS or table.height * table.width > MAX_CELLS:
        raise BadInputError("input.too_many_cells", file=file, limit=MAX_CELLS)
    values = table.to_python(skip_empty_area=False)
    width = max((len(row) for row in values), default=0)
    rows = [row for row in range(len(values)) if row not in look.hidden_rows]
    columns = [column for column in range(width) if column not in look.hidden_columns]
    texts = [
        [
            _text(values[row][column], look, codes, row, column) if column < len(values[row]) else ""
            for column in columns
        ]
        for row in rows
    ]
    row_at, column_at = {row: n for n, row in enumerate(rows)}, {column: n for n, column in enumerate(columns)}
    merges = []
    for (top, left), (bottom, right) in table.merged_cell_ranges or ():
        kept_rows = [row_at[row] for row in range(top, min(bottom, len(values) - 1) + 1) if row in row_at]
        kept_columns = [column_at[c] for c in range(left, min(right, width - 1) + 1) if c in column_at]
        if kept_rows and kept_columns:
            merges.append((kept_rows[0], kept_columns[0], kept_rows[-1], kept_columns[-1]))
    return Sheet(file, name, number, texts, merges, rows, columns)


def _text(value: Any, look: _Look, codes: Sequence[str], row: int, column: int) -> str:
    """What a cell shows."""
    if value is None or value == "":
        return look.formulas.get((row, column), "")
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    number = look.formats.get((row, column))
    code = codes[number] if number is not None and number < len(codes) else ""
    if isinstance(value, (int, float)):
        if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 — not a number
            return "#N/A"
        return general(float(value)) if is_date(code) else shown(float(value), code)
    if isinstance(value, (dt.datetime, dt.date)):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


# -- what the XML of an XLSX adds -------------------------------------------------------------------------------


def _looks(data: bytes, file: str) -> tuple[dict[str, _Look], list[str], str]:
    package = Package(data, file, "XLSX")
    try:
        codes = _formats(package)
        paths = _sheet_paths(package)
        if len(paths) > MAX_SHEETS:
            raise BadInputError("input.too_many_pages", file=file, limit=MAX_SHEETS)
        return {name: _look(package, path) for name, path in paths.items()}, codes, modified(package)
    finally:
        package.close()


def modified(package: Package) -> str:
    """When an Office package says it was last changed, as digits, or ''."""
    root = package.xml("docProps/core.xml")
    if root is None:
        return ""
    for element in root.iter("{http://purl.org/dc/terms/}modified"):
        return "".join(char for char in element.text or "" if char.isdigit())[:14]
    return ""


def _formats(package: Package) -> list[str]:
    """The number format of every cell format of the workbook."""
    root = package.xml("xl/styles.xml")
    if root is None:
        return []
    own = {
        int(element.get("numFmtId", "0")): element.get("formatCode", "")
        for element in root.iter(f"{_MAIN}numFmt")
        if element.get("numFmtId", "").isdigit()
    }
    formats = root.find(f"{_MAIN}cellXfs")
    out = []
    for element in formats if formats is not None else ():
        identity = element.get("numFmtId", "0")
        number = int(identity) if identity.isdigit() else 0
        out.append(own.get(number, _BUILT_IN.get(number, "")))
    return out


def _sheet_paths(package: Package) -> dict[str, str]:
    """The part of each sheet, by the sheet's name."""
    book, relations = package.xml("xl/workbook.xml"), package.xml("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return {}
    targets = {element.get("Id"): element.get("Target", "") for element in relations}
    out = {}
    for element in book.iter(f"{_MAIN}sheet"):
        target = targets.get(element.get(f"{_REL}id"), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        out[element.get("name", "")] = path
    return out


def _look(package: Package, path: str) -> _Look:
    look = _Look()
    tags = tuple(_MAIN + name for name in ("row", "col"))
    count = 0
    for element in package.events(path, tags):
        if element.tag == f"{_MAIN}col":
            if element.get("hidden") in ("1", "true"):
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                look.hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS)))
            continue
        if element.get("hidden") in ("1", "true") and element.get("r", "").isdigit():
            look.hidden_rows.add(int(element.get("r")) - 1)
        for cell in element:
            found = _REFERENCE.fullmatch(cell.get("r", ""))
            if found is None:
                continue
            count += 1
            position = int(found[2]) - 1, _column_number(found[1])
            if _cell(cell, position, look):
                look.last = (max(look.last[0], position[0]), max(look.last[1], position[1]))
    if count > MAX_CELLS or look.last[0] >= MAX_ROWS * 6 or _span(look) > MAX_CELLS:
        raise BadInputError("input.too_many_cells", file=package.file, limit=MAX_CELLS)
    return look


def _span(look: _Look) -> int:
    """How many cells a dense table of the filled ones would have."""
    return (look.last[0] + 1) * (look.last[1] + 1)


def _cell(cell: Any, position: tuple[int, int], look: _Look) -> bool:
    """Note the look of one cell; tell whether anything stands in it."""
    style = cell.get("s", "")
    formula = cell.find(f"{_MAIN}f")
    value = cell.find(f"{_MAIN}v")
    filled = value is not None and value.text not in (None, "")
    if filled and style.isdigit():
        look.formats[position] = int(style)
    if formula is not None and not filled and cell.get("t") != "str":
        look.formulas[position] = f"={formula.text or ''}"
    return filled or formula is not None or cell.get("t") == "inlineStr"


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
