"""Workbooks as reports: the same bytes every time, texts never formulas or links, numbers as precise as printed."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import xlsxwriter

from auditor.digits import digits_of, real_number
from auditor.messages import clean, printable, say
from auditor.own import WORKBOOK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_TEXT = 32_000  # characters that a cell takes
MAX_ROWS = 1_000_000
MAX_COLUMNS = 16_000
MAX_NAME = 31
EXACT = 15  # digits that a spreadsheet keeps
# what a program may take for a formula once the sheet is saved as text, some Asian editions in full width too
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


class Book:
    """One workbook under construction. `styles` are cell formats by name; the style '' is the plain one."""

    def __init__(self, styles: Mapping[str, Mapping[str, Any]]) -> None:
        self._bytes = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book: Any = xlsxwriter.Workbook(self._bytes, options)
        properties = {"created": dt.datetime(2000, 1, 1), "comments": WORKBOOK}  # noqa: DTZ001 — the same bytes every time
        self._book.set_properties(properties)
        self._styles = styles
        self._formats: dict[tuple[str, bool, str], Any] = {}
        self._names: set[str] = set()

    def sheet(self, name: str) -> Any:
        """A new sheet under a name that `name` has given out."""
        return self._book.add_worksheet(name)

    def name(self, text: str) -> str:
        """A name that a sheet may have and no other has."""
        bare = _NAME.sub(" ", printable(text)).strip() or "-"
        number, name = 1, bare[:MAX_NAME]
        while name.casefold() in self._names or name.casefold() == "history":
            number += 1
            ending = f" ({number})"
            name = bare[: MAX_NAME - len(ending)] + ending
        self._names.add(name.casefold())
        return name

    def heads(self, sheet: Any, row: int, heads: Sequence[str]) -> None:
        """Write the headings of columns, given as keys of messages."""
        for column, key in enumerate(heads):
            self.text(sheet, row, column, say(key), "head")

    def text(self, sheet: Any, row: int, column: int, text: str, style: str = "") -> None:
        """Write a text as a text, whatever it begins with."""
        sheet.write_string(row, column, clean(text)[:MAX_TEXT], self.format(text, style))

    def number(self, sheet: Any, row: int, column: int, value: str, style: str = "", *, grouped: bool = False) -> None:
        """Write a decimal string as a number with its decimals; one that a spreadsheet cannot hold stays text.

        `grouped` puts commas between thousands.
        """
        number = real_number(value)
        if number is None or len(digits_of(value)) > EXACT:
            self.text(sheet, row, column, value, style)
        else:
            decimals = len(value.partition(".")[2])
            code = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
            sheet.write_number(row, column, number, self.format("", style, code))

    def format(self, text: str, style: str, code: str = "General") -> Any:
        """The cell format of a style with a number format; a text that looks like a formula is marked as a text."""
        key = style, text.startswith(RISKY), code
        if key not in self._formats:
            about = {"num_format": code, "quote_prefix": key[1]}
            self._formats[key] = self._book.add_format({**self._styles[style], **about})
        return self._formats[key]

    def close(self) -> bytes:
        """Finish the workbook and return its bytes."""
        self._book.close()
        return self._bytes.getvalue()
