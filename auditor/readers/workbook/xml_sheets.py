"""The sheets of a workbook that Excel 2003, or a program that exports for it, wrote as one XML file.

Source: XML Spreadsheet Reference (Microsoft Office 2003), `urn:schemas-microsoft-com:office:spreadsheet`.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.digits import real_number, whole_number
from auditor.errors import BadInputError
from auditor.readers.office_packages import MAX_TREE
from auditor.readers.printed_runs import Run, is_paper, said
from auditor.readers.workbook.number_formats import date_text, general, is_unseen, shown
from auditor.readers.workbook.sheets import MAX_CELLS, MAX_COLUMNS, MAX_SHEETS, Sheet, cell_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.model.document import Document

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_HTML = "{http://www.w3.org/TR/REC-html40}"
_MOST_ROWS = 1_048_576
_MAX_DEPTH = 50
_MOST_STYLES = 20  # that a style may be based on, one on another
_NAMED = {
    "General": "",
    "General Number": "",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Currency": "#,##0.00",
    "Euro Currency": "#,##0.00",
    "Short Date": "yyyy/m/d",
    "Long Date": "yyyy/m/d",
    "General Date": "yyyy/m/d",
    "Medium Date": "yyyy/m/d",
}


@dataclass(slots=True)
class _Style:
    code: str = ""
    struck: bool = False
    pale: bool = False
    filled: bool = False


def sheets(data: bytes, document: Document) -> Iterator[Sheet]:
    """Yield the sheets of the workbook. Raises `BadInputError` when it is damaged or beyond bounds."""
    from lxml import etree

    if len(data) > MAX_TREE:
        raise BadInputError("input.too_large", file=document.file, limit=MAX_TREE // 1024**2)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BadInputError("input.damaged", file=document.file, kind="XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInputError("input.damaged", file=document.file, kind="XML")
    styles = _styles(root)
    for number, element in enumerate(root.findall(f"{_SS}Worksheet"), 1):
        if number > MAX_SHEETS:
            raise BadInputError("input.too_many_pages", file=document.file, limit=MAX_SHEETS)
        sheet = Sheet(document.file, element.get(f"{_SS}Name", ""), number)
        visible = element.find(f"{_X}WorksheetOptions/{_X}Visible")
        sheet.hidden = visible is not None and (visible.text or "").strip() != "SheetVisible"
        table = element.find(f"{_SS}Table")
        if table is not None:
            _Reader(sheet, styles).read(table)
        yield sheet


def _styles(root: Any) -> dict[str, _Style]:
    """The looks of cells by the names of their styles, each with what it is based on."""
    elements = {element.get(f"{_SS}ID", ""): element for element in root.iterfind(f"{_SS}Styles/{_SS}Style")}
    out = {}
    for name, own in elements.items():
        out[name] = style = _Style()
        line = [own]
        while (parent := elements.get(line[-1].get(f"{_SS}Parent", ""))) is not None and len(line) < _MOST_STYLES:
            line.append(parent)
        for element in reversed(line):
            _add(style, element)
        style.pale = style.pale and not style.filled
    return out


def _add(style: _Style, element: Any) -> None:
    code, font, inside = (element.find(_SS + name) for name in ("NumberFormat", "Font", "Interior"))
    if code is not None:
        text = code.get(f"{_SS}Format", "")
        style.code = _NAMED.get(text, text)
    if font is not None:
        style.struck = font.get(f"{_SS}StrikeThrough") == "1"
        style.pale = is_paper(font.get(f"{_SS}Color"))
    if inside is not None:
        colour, pattern = inside.get(f"{_SS}Color"), inside.get(f"{_SS}Pattern", "None")
        style.filled = pattern != "None" and not is_paper(colour)


class _Reader:
    """Reads one sheet, row by row; rows and cells that are left out are told by the number of the next."""

    def __init__(self, sheet: Sheet, styles: dict[str, _Style]) -> None:
        self.sheet, self.styles = sheet, styles
        self.row = self.count = 0

    def read(self, table: Any) -> None:
        column = 0
        for element in table:
            if element.tag == f"{_SS}Column":
                column = _index(element, column)
                span = _whole(element.get(f"{_SS}Span"))
                if _is_hidden(element):
                    self.sheet.hidden_columns.update(range(column, min(column + span + 1, MAX_COLUMNS)))
                column += span + 1
            elif element.tag == f"{_SS}Row":
                self._row(element)

    def _row(self, element: Any) -> None:
        self.row = _index(element, self.row)
        span = _whole(element.get(f"{_SS}Span"))
        if _is_hidden(element):
            self.sheet.hidden_rows.update(range(self.row, min(self.row + span + 1, _MOST_ROWS)))
        column = 0
        for cell in element.iterchildren(f"{_SS}Cell"):
            column = _index(cell, column)
            right, down = _whole(cell.get(f"{_SS}MergeAcross")), _whole(cell.get(f"{_SS}MergeDown"))
            self.count += 1
            if self.count > MAX_CELLS or column + right > MAX_COLUMNS or self.row + down > _MOST_ROWS:
                raise BadInputError("input.too_many_cells", file=self.sheet.file, limit=MAX_CELLS)
            data = cell.find(f"{_SS}Data")
            text = self._text(data, cell.get(f"{_SS}StyleID", element.get(f"{_SS}StyleID", ""))) if len(cell) else []
            if text:
                self.sheet.texts[self.row, column] = said(text, self.sheet.unsaid, self._name(column))
            elif data is None and cell.get(f"{_SS}Formula"):
                self.sheet.formulas.append((self.row, column))
                self.sheet.texts[self.row, column] = cell.get(f"{_SS}Formula")
            if right or down:
                self.sheet.merges.append((self.row, column, self.row + down, column + right))
            column += right + 1
        self.row += span + 1

    def _name(self, column: int) -> str:
        return f"{self.sheet.name}!{cell_name(self.row, column)}"

    def _text(self, data: Any, name: str) -> list[Run]:
        """What a cell shows, in the look of its style or of its parts."""
        if data is None:
            return []
        style = self.styles.get(name) or self.styles.get("Default") or _Style()
        look = Run("", struck=style.struck, pale=style.pale)
        text, kind = data.text or "", data.get(f"{_SS}Type", "String")
        if len(data):
            return [run for run in _runs(data, look, filled=style.filled, depth=0) if run.text]
        if kind == "Number":
            value = real_number(text)
            if value is None or math.isinf(value):
                return [look._replace(text=text)]
            if value and is_unseen(value, style.code):
                return [look._replace(text=general(value), pale=True)]
            text = shown(value, style.code)
        elif kind == "DateTime":
            text = _date(text, style.code)
        elif kind == "Boolean":
            text = "TRUE" if text.strip() == "1" else "FALSE"
        return [look._replace(text=text)] if text else []


def _runs(element: Any, look: Run, *, filled: bool, depth: int) -> Iterator[Run]:
    """The parts of a text that look different, marked up as in a page."""
    if depth > _MAX_DEPTH or not isinstance(element.tag, str):
        return
    tag = element.tag.removeprefix(_HTML)
    colour = element.get(f"{_HTML}Color")
    inner = look._replace(
        raised=look.raised or tag in ("Sup", "Sub"),
        struck=look.struck or tag == "S",
        pale=look.pale if colour is None else is_paper(colour) and not filled,
    )
    yield inner._replace(text=element.text or "")
    for child in element:
        yield from _runs(child, inner, filled=filled, depth=depth + 1)
        yield inner._replace(text=child.tail or "")


def _date(text: str, code: str) -> str:
    try:
        return date_text(dt.date.fromisoformat(text.strip()[:10]), code)
    except ValueError:
        return text


def _index(element: Any, following: int) -> int:
    """Where an element stands, counted from 0: where it says, or after the one before."""
    return max(_whole(element.get(f"{_SS}Index")) - 1, following)


def _is_hidden(element: Any) -> bool:
    return element.get(f"{_SS}Hidden") == "1" or bool(not (element.get(f"{_SS}Width") or "1").strip("0."))


def _whole(text: str | None) -> int:
    return whole_number(text or "", most=7) or 0
