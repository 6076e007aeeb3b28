"""What all sheets of an XLSX share: strings with their looks, number formats, the looks of cells.

Source: ECMA-376 part 1, 18.4 (shared strings), 18.8 (styles).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.digits import hexadecimal, real_number, whole_number
from auditor.readers.printed_runs import Run, is_paper
from auditor.readers.workbook.number_formats import BUILT_IN, date_text, is_date, is_unseen, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.readers.office_packages import Package

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TRUE = ("1", "true")
PLAIN = Run("")
Words = str | tuple[Run, ...]  # a text, in runs where parts of it look different

_ENDLESS = ("inf", "infinity", "nan")
_LAST_DAY = 2_958_465  # 9999-12-31
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WHITE_THEME = "0"  # the colour of windows, which is that of paper
_INDEXED = {"1": "FFFFFF", "9": "FFFFFF", "65": "FFFFFF"}  # 65: what is behind windows


@dataclass(slots=True)
class Book:
    """What all sheets share."""

    strings: Sequence[Words]
    base: dt.date  # day 0
    codes: list[str] = field(default_factory=list)  # the number format of every cell format
    dates: list[bool] = field(default_factory=list)  # whether it shows dates
    centred: set[int] = field(default_factory=set)  # cell formats whose text runs over the empty cells to its right
    looks: list[Run] = field(default_factory=list)  # how the text of every cell format looks
    filled: set[int] = field(default_factory=set)  # cell formats that colour the cell

    def number(self, text: str, style: int) -> Words:
        """What a stored number shows; days before the first of March 1900 are one off, as everywhere."""
        value = real_number(text)
        if value is None or math.isinf(value):
            return text if value is None and text.strip(" +-").lower() not in _ENDLESS else "#N/A"
        code = self.codes[style] if style < len(self.codes) else ""
        if style < len(self.dates) and self.dates[style] and 1 <= value < _LAST_DAY:
            return date_text(self.base + dt.timedelta(days=math.floor(value)), code)
        if value and is_unseen(value, code):
            return (Run(shown(value, ""), pale=True),)
        return shown(value, code)


def book_of(package: Package, root: Any) -> Book:
    """What the sheets of the workbook with this root share."""
    properties = root.find(f"{_MAIN}workbookPr")
    since_1904 = properties is not None and properties.get("date1904") in TRUE
    strings = [runs_of(item) for item in package.events("xl/sharedStrings.xml", (f"{_MAIN}si",))]
    book = Book(strings, dt.date(1904, 1, 1) if since_1904 else dt.date(1899, 12, 30))
    styles = package.xml("xl/styles.xml")
    if styles is not None:
        _read_styles(styles, book)
    return book


def _read_styles(root: Any, book: Book) -> None:
    own = {element.get("numFmtId", ""): element.get("formatCode", "") for element in root.iter(f"{_MAIN}numFmt")}
    fonts = list(root.find(f"{_MAIN}fonts") if root.find(f"{_MAIN}fonts") is not None else ())
    fills = list(root.find(f"{_MAIN}fills") if root.find(f"{_MAIN}fills") is not None else ())
    formats = root.find(f"{_MAIN}cellXfs")
    for at, element in enumerate(formats if formats is not None else ()):
        identity = element.get("numFmtId", "0")
        number = whole_number(identity, 5) or 0
        alignment = element.find(f"{_MAIN}alignment")
        if alignment is not None and alignment.get("horizontal") == "centerContinuous":
            book.centred.add(at)
        book.codes.append(own.get(identity, BUILT_IN.get(number, "")))
        look, fill = _look(_at(fonts, element.get("fontId"))), _fill(_at(fills, element.get("fillId")))
        if fill:
            book.filled.add(at)
        book.looks.append(_plain(look._replace(pale=look.pale and not fill, raised=False)))
    book.dates = [is_date(code) for code in book.codes]


def _plain(look: Run) -> Run:
    """A look by itself: its size says nothing."""
    return PLAIN if not (look.struck or look.pale) else look


def _at(elements: Sequence[Any], number: str | None) -> Any:
    at = whole_number(number or "", 5)
    return elements[at] if at is not None and at < len(elements) else None


def _look(properties: Any) -> Run:
    """How a font, or the properties of a run, make text look."""
    if properties is None:
        return PLAIN
    align = properties.find(f"{_MAIN}vertAlign")
    size = properties.find(f"{_MAIN}sz")
    strike = properties.find(f"{_MAIN}strike")
    return Run(
        "",
        align is not None and align.get("val") in ("superscript", "subscript"),
        strike is not None and strike.get("val", "1") in TRUE,
        is_paper(_colour(properties.find(f"{_MAIN}color"))),
        _size(size.get("val", "")) if size is not None else 0.0,
    )


def _size(text: str) -> float:
    return max(0.0, min(real_number(text) or 0.0, 1000.0))


def _colour(element: Any) -> str:
    """A colour as hexadecimal digits, or '' where it is another that is not known."""
    if element is None:
        return ""
    if element.get("theme") == _WHITE_THEME and element.get("tint", "0").strip("0.") == "":
        return "FFFFFF"
    return str(element.get("rgb", "")) or _INDEXED.get(element.get("indexed", ""), "")


def _fill(element: Any) -> bool:
    """Whether a filling may be of another colour than paper."""
    if element is None:
        return False
    pattern = element.find(f"{_MAIN}patternFill")
    if pattern is None:
        return len(element) > 0
    if pattern.get("patternType", "none") == "none":
        return False
    return pattern.get("patternType") != "solid" or not is_paper(_colour(pattern.find(f"{_MAIN}fgColor")))


def runs_of(item: Any) -> Words:
    """A string, in one piece or in runs; how it is pronounced is left out."""
    runs = []
    for child in item:
        if child.tag == f"{_MAIN}t":
            runs.append(Run(escaped(child.text or "")))
        elif child.tag == f"{_MAIN}r":
            text = escaped("".join(part.text or "" for part in child if part.tag == f"{_MAIN}t"))
            runs.append(_look(child.find(f"{_MAIN}rPr"))._replace(text=text))
    if len(runs) < 2:
        return runs[0].text if runs and runs[0][1:4] == PLAIN[1:4] else tuple(runs) or ""
    return tuple(runs)


def escaped(text: str) -> str:
    """Characters that XML cannot hold are written `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(hexadecimal(found[1]) or 0), text) if "_x" in text else text
