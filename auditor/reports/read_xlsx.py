"""What was read from one file as a workbook, to be held against the document.

One sheet per table: as printed, and below it every cell under its standard row and column with state, value, unit and
place; then the grids that are no known table, the paragraphs, what was not read, and the remarks. Texts are written
as texts, never as formulas or links, whatever they begin with; the same document gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import xlsxwriter

from auditor.facts import value_text
from auditor.messages import say
from auditor.reports.places import place_text, remark_text, table_notes
from auditor.reports.read_data import other_grids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.document import Document, Grid
    from auditor.facts import Fact
    from auditor.filing import Filing, ReadTable, ViewCell

MAX_TEXT = 32_000  # characters that a cell takes
MAX_ROWS = 1_000_000
MAX_COLUMNS = 16_000
MAX_NAME = 31
EXACT = 15  # digits that a spreadsheet keeps
_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a program may take for a formula once the sheet is saved as text


_BORDER = {"border": 1, "border_color": "#D0D7DE", "valign": "top"}
_STYLES: dict[str, dict[str, Any]] = {
    "": {"text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14},
    "head": {**_BORDER, "bold": True, "bg_color": "#F6F8FA"},
    "cell": _BORDER,
    "figure": {**_BORDER, "align": "right", "font_color": "#0F5323"},
}


def read_xlsx(document: Document, filing: Filing) -> bytes:
    """Write the workbook and return its bytes."""
    return _Book().written(document, filing)


class _Book:
    """One workbook under construction."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False}  # fmt: skip
        self.book: Any = xlsxwriter.Workbook(self.bytes, options)
        self.book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 — the same bytes every time
        self.formats: dict[tuple[str, bool], Any] = {}
        self.numbers: dict[int, Any] = {}
        self.names: set[str] = set()

    def written(self, document: Document, filing: Filing) -> bytes:
        names = [self._name(table.table or table.title) for table in filing.tables]
        self._overview(document, filing, names)
        for name, table in zip(names, filing.tables, strict=True):
            self._table(name, table)
        for grid in other_grids(document, filing):
            self._grid(grid)
        self._list(
            "xlsx.paragraphs",
            ("html.place", "xlsx.text"),
            ((place_text(p.place), p.text) for p in document.paragraphs()),
        )
        self._list(
            "html.unread", ("html.place", "xlsx.text", "html.reason", "xlsx.candidates"),
            ((place_text(i.place), i.text, say(i.reason), "、".join(i.candidates)) for i in filing.unread),
        )  # fmt: skip
        self._list("html.remarks", ("html.remarks",), ((remark_text(remark),) for remark in filing.remarks))
        self.book.close()
        return self.bytes.getvalue()

    # -- sheets ---------------------------------------------------------------------------------------------

    def _name(self, text: str) -> str:
        """A name that a sheet may have and no other has."""
        bare = _NAME.sub(" ", text).strip() or "-"
        number, name = 1, bare[:MAX_NAME]
        while name.casefold() in self.names or name.casefold() == "history":
            number += 1
            ending = f" ({number})"
            name = bare[: MAX_NAME - len(ending)] + ending
        self.names.add(name.casefold())
        return name

    def _overview(self, document: Document, filing: Filing, names: Sequence[str]) -> None:
        sheet = self.book.add_worksheet(self._name(say("xlsx.overview")))
        key = filing.key
        about = [
            (say("html.file"), document.file),
            ("SHA-256", document.sha256),
            (say("html.entity"), key.entity),
            (say("html.year"), str(key.year or "")),
            (say("xlsx.report"), (say(f"edition.{key.edition}") if key.edition else "")
             + (say(f"report.{key.report}") if key.report else "")),
            (say("xlsx.family"), filing.family),
        ]  # fmt: skip
        for row, (name, value) in enumerate(about):
            self._text(sheet, row, 0, name, "head")
            self._text(sheet, row, 1, value)
        top = len(about) + 1
        heads = ("html.table", "xlsx.title", "html.place", "xlsx.unit", "xlsx.figures", "html.remarks")
        self._heads(sheet, top, heads)
        for row, (name, table) in enumerate(zip(names, filing.tables, strict=True), top + 1):
            figures = sum(fact.is_figure for fact in table.facts)
            title = f"{table.number} {table.title}".strip()
            for column, text in enumerate((name, title, place_text(table.place), table.unit)):
                self._text(sheet, row, column, text)
            sheet.write_number(row, 4, figures)
            self._text(sheet, row, 5, "；".join(table_notes(table)))
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 50)
        sheet.set_column(2, 5, 24)

    def _table(self, name: str, table: ReadTable) -> None:
        sheet = self.book.add_worksheet(name)
        self._text(sheet, 0, 0, f"{table.title} {table.number}".strip(), "title")
        self._text(sheet, 1, 0, "；".join([place_text(table.place), table.unit, *table_notes(table), say("xlsx.key")]))
        row = self._printed(sheet, 3, table.view) + 1
        self._heads(sheet, row, ("xlsx.row", "xlsx.column", "html.printed", "xlsx.state", "xlsx.value", "xlsx.unit",
                                 "xlsx.read_by", "html.place"))  # fmt: skip
        for fact in table.facts[: MAX_ROWS - row]:
            row += 1
            self._fact(sheet, row, fact)
        sheet.set_column(0, 1, 26)
        sheet.set_column(2, 8, 16)

    def _printed(self, sheet: Any, top: int, view: Sequence[Sequence[ViewCell]]) -> int:
        """The table as it looks; returns the row below it."""
        taken: set[tuple[int, int]] = set()
        count = min(len(view), MAX_ROWS // 2)
        for number, cells in enumerate(view[:count]):
            column = 0
            for cell in cells:
                while (number, column) in taken:
                    column += 1
                high, wide = min(cell.rowspan, count - number), min(cell.colspan, MAX_COLUMNS - column)
                if wide < 1:
                    break
                area = {(r, c) for r in range(number, number + high) for c in range(column, column + wide)}
                style = "figure" if cell.fact is not None else "head" if cell.head else "cell"
                if len(area) > 1 and not area & taken:
                    taken |= area
                    sheet.merge_range(top + number, column, top + number + high - 1, column + wide - 1, "",
                                      self._format(cell.text, style))  # fmt: skip
                self._text(sheet, top + number, column, cell.text, style)
                column += wide
        return top + count

    def _fact(self, sheet: Any, row: int, fact: Fact) -> None:
        address = fact.address
        again = f"#{address.occurrence}" if address.occurrence > 1 else ""
        state = say(f"state.{fact.state.value}")
        state += f"（{say(fact.reason)}）" if fact.reason else ""
        texts = (address.row + again, address.column, fact.text, state, "", fact.unit,
                 say(f"read_by.{fact.read_by.value}"), place_text(fact.place))  # fmt: skip
        for column, text in enumerate(texts):
            self._text(sheet, row, column, text)
        if fact.is_figure:
            value = value_text(fact.value, fact.kind, fact.unit, fact.decimals)
            if sum(char.isdigit() for char in value) > EXACT:
                self._text(sheet, row, 4, value)
            else:
                sheet.write_number(row, 4, float(value), self._number(len(value.partition(".")[2])))

    def _grid(self, grid: Grid) -> None:
        """A grid that is no known table."""
        sheet = self.book.add_worksheet(self._name(place_text(grid.place)))
        self._text(sheet, 0, 0, say("unread.unknown_table"))
        for row, cells in enumerate(grid.rows[:MAX_ROWS], 2):
            for column, cell in enumerate(cells[:MAX_COLUMNS]):
                if not column or cells[column - 1] is not cell:
                    self._text(sheet, row, column, cell.text, "cell")

    def _list(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        sheet = self.book.add_worksheet(self._name(say(name)))
        self._heads(sheet, 0, heads)
        for row, texts in enumerate(rows, 1):
            if row > MAX_ROWS:
                break
            for column, text in enumerate(texts):
                self._text(sheet, row, column, text)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, len(heads), 60)

    # -- cells ----------------------------------------------------------------------------------------------

    def _heads(self, sheet: Any, row: int, heads: Sequence[str]) -> None:
        for column, key in enumerate(heads):
            self._text(sheet, row, column, say(key), "head")

    def _format(self, text: str, style: str) -> Any:
        key = style, text.startswith(_RISKY)
        if key not in self.formats:
            self.formats[key] = self.book.add_format({**_STYLES[style], "quote_prefix": key[1]})
        return self.formats[key]

    def _text(self, sheet: Any, row: int, column: int, text: str, style: str = "") -> None:
        sheet.write_string(row, column, text[:MAX_TEXT], self._format(text, style))

    def _number(self, decimals: int) -> Any:
        if decimals not in self.numbers:
            code = "0." + "0" * decimals if decimals else "0"
            self.numbers[decimals] = self.book.add_format({"num_format": code})
        return self.numbers[decimals]
