"""What was read from one file as a workbook, to be held against the document.

One sheet per table: as printed, and below it every cell under its standard row and column with state, value, unit and
place; then the grids that are no known table, the paragraphs, what was not read, and the remarks. Texts are written
as texts, never as formulas or links, whatever they begin with; the same document gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.messages import say
from auditor.model.facts import value_text
from auditor.reports.places import place_text, remark_text, table_notes
from auditor.reports.read_data import other_grids
from auditor.reports.workbook import MAX_COLUMNS, MAX_ROWS, Book

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.model.document import Document, Grid
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing, ReadTable, ViewCell

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


class _Book(Book):
    """The workbook of one file as read."""

    def __init__(self) -> None:
        super().__init__(_STYLES)

    def written(self, document: Document, filing: Filing) -> bytes:
        names = [self.name(table.table or table.title) for table in filing.tables]
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
            "html.unread",
            ("html.place", "xlsx.text", "html.reason", "xlsx.candidates"),
            ((place_text(i.place), i.text, say(i.reason), "、".join(i.candidates)) for i in filing.unread),
        )
        self._list("html.remarks", ("html.remarks",), ((remark_text(remark),) for remark in filing.remarks))
        return self.close()

    # -- sheets ---------------------------------------------------------------------------------------------

    def _overview(self, document: Document, filing: Filing, names: Sequence[str]) -> None:
        sheet = self.sheet(self.name(say("xlsx.overview")))
        key = filing.key
        about = [
            (say("html.file"), document.file),
            ("SHA-256", document.sha256),
            (say("html.entity"), key.entity),
            (say("html.year"), str(key.year or "")),
            (
                say("xlsx.report"),
                (say(f"edition.{key.edition}") if key.edition else "")
                + (say(f"report.{key.report}") if key.report else ""),
            ),
            (say("xlsx.family"), filing.family),
        ]
        for row, (name, value) in enumerate(about):
            self.text(sheet, row, 0, name, "head")
            self.text(sheet, row, 1, value)
        top = len(about) + 1
        heads = ("html.table", "xlsx.title", "html.place", "xlsx.unit", "xlsx.figures", "html.remarks")
        self.heads(sheet, top, heads)
        for row, (name, table) in enumerate(zip(names, filing.tables, strict=True), top + 1):
            figures = sum(fact.is_figure for fact in table.facts)
            title = f"{table.number} {table.title}".strip()
            for column, text in enumerate((name, title, place_text(table.place), table.unit)):
                self.text(sheet, row, column, text)
            sheet.write_number(row, 4, figures)
            self.text(sheet, row, 5, "；".join(table_notes(table)))
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 50)
        sheet.set_column(2, 5, 24)

    def _table(self, name: str, table: ReadTable) -> None:
        sheet = self.sheet(name)
        self.text(sheet, 0, 0, f"{table.title} {table.number}".strip(), "title")
        self.text(sheet, 1, 0, "；".join([place_text(table.place), table.unit, *table_notes(table), say("xlsx.key")]))
        row = self._printed(sheet, 3, table.view) + 1
        self.heads(
            sheet,
            row,
            (
                "xlsx.row",
                "xlsx.column",
                "html.printed",
                "xlsx.state",
                "xlsx.value",
                "xlsx.unit",
                "xlsx.read_by",
                "html.place",
            ),
        )
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
                    sheet.merge_range(
                        top + number,
                        column,
                        top + number + high - 1,
                        column + wide - 1,
                        "",
                        self.format(cell.text, style),
                    )
                self.text(sheet, top + number, column, cell.text, style)
                column += wide
        return top + count

    def _fact(self, sheet: Any, row: int, fact: Fact) -> None:
        address = fact.address
        again = f"#{address.occurrence}" if address.occurrence > 1 else ""
        state = say(f"state.{fact.state.value}")
        state += f"（{say(fact.reason)}）" if fact.reason else ""
        texts = (
            address.row + again,
            address.column,
            fact.text,
            state,
            "",
            fact.unit,
            say(f"read_by.{fact.read_by.value}"),
            place_text(fact.place),
        )
        for column, text in enumerate(texts):
            self.text(sheet, row, column, text)
        if fact.is_figure:
            self.number(sheet, row, 4, value_text(fact.value, fact.kind, fact.unit, fact.decimals))

    def _grid(self, grid: Grid) -> None:
        """A grid that is no known table."""
        sheet = self.sheet(self.name(place_text(grid.place)))
        self.text(sheet, 0, 0, say("unread.unknown_table"))
        for row, cells in enumerate(grid.rows[:MAX_ROWS], 2):
            for column, cell in enumerate(cells[:MAX_COLUMNS]):
                if not column or cells[column - 1] is not cell:
                    self.text(sheet, row, column, cell.text, "cell")

    def _list(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        sheet = self.sheet(self.name(say(name)))
        self.heads(sheet, 0, heads)
        for row, texts in enumerate(rows, 1):
            if row > MAX_ROWS:
                break
            for column, text in enumerate(texts):
                self.text(sheet, row, column, text)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, len(heads), 60)
