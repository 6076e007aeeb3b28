"""疑点清单.xlsx: one row per finding, a sheet per kind, to be sorted, worked through and handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from auditor.engine.findings import Standing
from auditor.messages import say
from auditor.reports.listed_filing import listed
from auditor.reports.rows import TAIL, is_number, sort_text
from auditor.reports.workbook import MAX_ROWS, Book
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.engine.findings import Audit
    from auditor.reports.listed_filing import ListedFiling
    from auditor.reports.rows import FindingRow
    from auditor.reports.run import Run

_WRAP = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D0D7DE"}
_STYLES: dict[str, dict[str, Any]] = {
    "": _WRAP,
    "plain": {"valign": "top"},
    "head": {**_WRAP, "bold": True, "bg_color": "#E8EDF2", "valign": "vcenter"},
    "title": {"bold": True, "font_size": 14},
    "number": {**_WRAP, "align": "right"},
    "work": {**_WRAP, "bg_color": "#FFF9E5"},  # columns that are filled in by whoever works on the list
}
_COLUMNS = {  # column of a row → its width in characters
    "entity": 18,
    "year": 6,
    "severity": 7,
    "since": 6,
    "table": 16,
    "place": 16,
    "figure": 26,
    "printed": 11,
    "expected": 11,
    "difference": 10,
    "unit": 6,
    "at_stake": 13,
    "message": 42,
    "rule": 11,
    "basis": 18,
    "suggestion": 38,
    "state": 9,
    "reason": 18,
    "who": 9,
    "until": 11,
    "remark": 20,
    "formula": 50,
    "address": 36,
    "filing": 18,
    "file": 28,
    "id": 17,
}
_PRINTED = "remark"  # the last column that is printed: what follows is for the screen
_NUMBERS = frozenset(["printed", "expected", "difference", "at_stake"])
_WORK = frozenset(["state", "reason", "who", "until", "remark"])
_STATES = (Standing.OPEN, Standing.CONFIRMED, Standing.CHANGED, Standing.WAIVED)
_FREEZE = 2  # columns that stay while one scrolls: entity and year
_LINE = 15.0  # points of a line of text
_HIGHEST = 400.0  # points of a row


def filing_report(audit: Audit, run: Run) -> bytes:
    """The list of one filing."""
    return list_of([listed(audit, run.rounding)], run.tool, ())


def batch_report(run: Run) -> bytes:
    """The list of all filings of a run."""
    filings = [listed(audit, run.rounding) for _, audit in run.audits]
    return list_of(filings, run.tool, [why for _, why in run.failed])


def list_of(filings: Sequence[ListedFiling], tool: dict[str, Any], failed: Sequence[str]) -> bytes:
    """The list of some filings, in their order; `failed` says which could not be audited and why."""
    return _List().written(filings, tool, failed)


class _List(Book):
    """The workbook: an overview, the findings by kind, tails, and what was not checked."""

    def __init__(self) -> None:
        super().__init__(_STYLES)

    def written(self, filings: Sequence[ListedFiling], tool: dict[str, Any], failed: Sequence[str]) -> bytes:
        rows = [row for filing in filings for row in filing.rows]
        self._overview(filings, tool, failed)
        for sort in (*RuleKind, TAIL):
            mine = [row for row in rows if row.sort == sort]
            if mine:
                self._findings(sort_text(sort), mine)
        self._not_evaluated(filings)
        return self.close()

    def _overview(self, filings: Sequence[ListedFiling], tool: dict[str, Any], failed: Sequence[str]) -> None:
        sheet = self.sheet(self.name(say("xlsx.overview")))
        self.text(sheet, 0, 0, say("rows.list"), "title")
        self.text(sheet, 1, 0, say("rows.about", version=tool["version"], rules=tool["rules_sha256"]), "plain")
        self.heads(
            sheet,
            3,
            (
                "html.entity",
                "rows.filing",
                "severity.error",
                "severity.warning",
                "severity.info",
                "verdict.rounding",
                "standing.waived",
                "verdict.not_evaluated",
                "html.file",
            ),
        )
        row = 3
        for row, filing in enumerate(filings[:MAX_ROWS], 4):
            self.text(sheet, row, 0, filing.title)
            self.text(sheet, row, 1, filing.kind)
            for column, count in enumerate(filing.counts, 2):
                self.number(sheet, row, column, str(count), "number")
            self.text(sheet, row, 8, filing.files)
        _finish(sheet, 3, row, [28, 22, 8, 8, 8, 8, 8, 8, 60])
        for number, why in enumerate(failed, row + 2):
            self.text(sheet, number, 0, why, "plain")

    def _findings(self, name: str, rows: Sequence[FindingRow]) -> None:
        sheet = self.sheet(self.name(name))
        self.heads(sheet, 0, [f"rows.{column}" for column in _COLUMNS])
        for at, row in enumerate(rows[: MAX_ROWS - 1], 1):
            for place, column in enumerate(_COLUMNS):
                self._cell(sheet, at, place, column, getattr(row, column))
            sheet.set_row(at, _height(row))
        last = min(len(rows), MAX_ROWS - 1)
        _finish(sheet, 0, last, _COLUMNS.values(), _FREEZE)
        state = list(_COLUMNS).index("state")
        states = [say(f"standing.{state.value}") for state in _STATES]
        sheet.print_area(0, 0, last, list(_COLUMNS).index(_PRINTED))
        sheet.data_validation(1, state, last, state, {"validate": "list", "source": states, "error_type": "warning"})

    def _cell(self, sheet: Any, row: int, place: int, column: str, text: str) -> None:
        if column in _NUMBERS and is_number(text):
            self.number(sheet, row, place, text, "number", grouped=column == "at_stake")
        else:
            self.text(sheet, row, place, text, "work" if column in _WORK else "number" if column in _NUMBERS else "")

    def _not_evaluated(self, filings: Iterable[ListedFiling]) -> None:
        items = [line for filing in filings for line in filing.not_evaluated]
        if not items:
            return
        sheet = self.sheet(self.name(say("verdict.not_evaluated")))
        self.heads(
            sheet, 0, ("html.entity", "html.year", "html.rule", "rows.title", "html.table", "html.reason", "html.count")
        )
        for row, (*texts, count) in enumerate(items[: MAX_ROWS - 1], 1):
            for column, text in enumerate(texts):
                self.text(sheet, row, column, text)
            self.number(sheet, row, 6, count, "number")
        _finish(sheet, 0, min(len(items), MAX_ROWS - 1), [22, 7, 12, 36, 36, 40, 8], _FREEZE)


def _height(row: FindingRow) -> float:
    """How high a row must be for its printed texts, in points: not every program finds out by itself."""
    lines = 1
    for column, width in _COLUMNS.items():
        text = getattr(row, column)
        taken = sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
        lines = max(lines, -(-taken // (width - 1)))
        if column == _PRINTED:
            break
    return min(_HIGHEST, lines * _LINE)


def _finish(sheet: Any, head: int, last: int, widths: Iterable[int], freeze: int = 0) -> None:
    """Set widths, freeze the heading, put filters on it; print on landscape pages with the heading repeated."""
    columns = list(widths)
    for column, width in enumerate(columns):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(head + 1, freeze)
    sheet.autofilter(head, 0, max(last, head + 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
