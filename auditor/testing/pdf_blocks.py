"""Blocks as a PDF file: paragraphs as lines, grids as ruled tables, which go on over page breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.document import Grid, Paragraph
from auditor.testing.drawing import TITLE, drawn
from auditor.testing.pdf_writer import ABOVE, LEFT, PAD, Page, width_of, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDE, HIGH, MARGIN = 842.0, 595.0, 45.0  # points: pages lie on their side, as the tables are wide
SIZE, STEP = 9.0, 17.0  # of type, and from line to line and row to row
NARROW, WIDEST = 16.0, 190.0  # points that a column takes at least, and at most before its texts are wrapped
LINE = 78  # characters of a line of running text
FEWEST = 2  # rows that a page must take below the header


def pdf_of(blocks: Iterable[Paragraph | Grid], *, heads: bool = False) -> bytes:
    """Print blocks; `heads` repeats the header of a table on every page that it goes on to."""
    printer = _Printer(heads=heads)
    for block in blocks:
        if isinstance(block, Grid):
            printer.table(block)
        else:
            printer.paragraph(block.text)
    return written(printer.pages)


class _Printer:
    """Fills one page after the other."""

    def __init__(self, *, heads: bool) -> None:
        self.heads = heads
        self.pages: list[Page] = []
        self.break_page()

    def break_page(self) -> None:
        self.page, self.y = Page(WIDE, HIGH), MARGIN
        self.pages.append(self.page)

    def paragraph(self, text: str) -> None:
        """Titles of tables stand in the middle; other text begins two characters in where it takes several lines."""
        first = LINE - 2 if len(text) > LINE else LINE
        lines = [text[:first], *(text[n : n + LINE] for n in range(first, len(text), LINE))]
        for number, line in enumerate(lines if text else ()):
            if self.y > HIGH - MARGIN:
                self.break_page()
            x = MARGIN + (2 * SIZE if len(lines) > 1 and number == 0 else 0.0)
            if TITLE.search(text):
                x = (WIDE - width_of(line, SIZE)) / 2
            self.page.text(x, self.y + SIZE, line, size=SIZE)
            self.y += STEP

    def table(self, grid: Grid) -> None:
        """Print a table over as many pages as it takes."""
        rows = _rows(grid)
        head = rows[: next((n for n, row in enumerate(rows) if any("." in text for text in row)), 1)]
        widths = _widths(rows)
        fewest = len(head) + FEWEST
        tall = max([2, *(_lines(row, widths) for row in rows)])  # lines that a row may take
        if self.y > HIGH - MARGIN - tall * fewest * STEP:
            self.break_page()
        while rows:
            room = max(fewest, int((HIGH - MARGIN - self.y) / (tall * STEP)))
            part, rows = rows[:room], rows[room:]
            part[0] = ["" if text == ABOVE else text for text in part[0]]  # a merged cell that the page break cuts
            self.y = self.page.table(MARGIN, self.y, widths, part, size=SIZE, height=STEP)
            if rows:
                self.break_page()
                rows = [*head, *rows] if self.heads else rows
        self.y += STEP


def _rows(grid: Grid) -> list[list[str]]:
    """The texts of a grid as the page draws them; rows that end early are filled up with empty boxes."""
    out = []
    for number, line in enumerate(drawn(grid)):
        row = []
        for column, cell in enumerate(line):
            here = grid.rows[number][column]
            if cell is not None:
                row.append(cell.text)
            else:
                row.append(LEFT if column and grid.rows[number][column - 1] is here else ABOVE)
        out.append(row + [""] * (grid.width - len(row)))
    return out


def _lines(row: Sequence[str], widths: Sequence[float]) -> int:
    """How many lines the longest text of a row takes; what is merged with its neighbours has room enough."""
    taken = [1]
    for text, beside, width in zip(row, [*row[1:], ""], widths, strict=True):
        if LEFT not in (text, beside):
            taken.append(int(width_of(text, SIZE) // max(1.0, width - 2 * PAD)) + 1)
    return max(taken)


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Columns as wide as their texts, and all together no wider than the page."""
    wanted = [
        min(
            WIDEST, max([NARROW, *(width_of(text, SIZE) + 2 * PAD + 2 for text in column if text not in (LEFT, ABOVE))])
        )
        for column in zip(*rows, strict=True)
    ]
    most = WIDE - 2 * MARGIN
    return [width * min(1.0, most / sum(wanted)) for width in wanted]
