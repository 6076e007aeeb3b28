"""A generated text document as a PDF file: lines with tabs become ruled tables, which go on over page breaks."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from auditor.testing.pdfwriter import LEFT, PAD, Page, width_of, written

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE, HIGH, MARGIN = 842.0, 595.0, 45.0  # points: pages lie on their side, as the tables are wide
SIZE, STEP = 9.0, 17.0  # of type, and from line to line and row to row
WIDEST = 190.0  # points that a column may take before its texts are wrapped
FEWEST = 2  # rows that a page must take below the header


def pdf_of_text(text: str, *, heads: bool = False, modified: str = "") -> bytes:
    """Print a text; `heads` repeats the header of a table on every page that it goes on to."""
    printer = _Printer(heads=heads)
    for tabbed, lines in groupby(text.split("\n"), key=lambda line: "\t" in line):
        if tabbed:
            printer.table([line.split("\t") for line in lines])
        else:
            for line in lines:
                printer.line(line.strip())
    return written(printer.pages, modified=modified)


class _Printer:
    """Fills one page after the other."""

    def __init__(self, *, heads: bool) -> None:
        self.heads = heads
        self.pages: list[Page] = []
        self.break_page()

    def break_page(self) -> None:
        self.page, self.y = Page(WIDE, HIGH), MARGIN
        self.pages.append(self.page)

    def line(self, text: str) -> None:
        if self.y > HIGH - MARGIN:
            self.break_page()
        if text:
            self.page.text(MARGIN, self.y + SIZE, text, size=SIZE)
            self.y += STEP

    def table(self, rows: list[list[str]]) -> None:
        """Print a table; empty boxes beside a heading in its first row belong to the heading."""
        width = max(map(len, rows))
        rows = [row + [""] * (width - len(row)) for row in rows]
        rows[0] = [LEFT if n and not text else text for n, text in enumerate(rows[0])]
        head = rows[: next((n for n, row in enumerate(rows) if any("." in text for text in row)), 1)]
        widths = _widths(rows)
        fewest = len(head) + FEWEST
        if self.y > HIGH - MARGIN - 2 * fewest * STEP:
            self.break_page()
        while rows:
            room = max(fewest, int((HIGH - MARGIN - self.y) / (2 * STEP)))  # a row may take two lines
            part, rows = rows[:room], rows[room:]
            self.y = self.page.table(MARGIN, self.y, widths, part, size=SIZE, height=STEP)
            if rows:
                self.break_page()
                rows = [*head, *rows] if self.heads else rows
        self.y += STEP


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Columns as wide as their texts, and all together no wider than the page."""
    wanted = [
        min(WIDEST, max(width_of(text, SIZE) for text in column if text != LEFT) + 2 * PAD + 2)
        for column in zip(*rows, strict=True)
    ]
    most = WIDE - 2 * MARGIN
    return [width * min(1.0, most / sum(wanted)) for width in wanted]
