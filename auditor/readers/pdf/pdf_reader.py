"""PDF: ruled tables with their merged cells, running text as paragraphs, every piece with its page and box.

A table that goes on over the page break is put on the columns of the page before, so that a column which stays empty
on the next page, or an orphan total row with merged cells, is still the right column. Text that the page holds and
does not show is left out and reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import FAULTS, BadInputError, where
from auditor.model.document import Cell, Document, Grid, Paragraph, spans_kept
from auditor.model.facts import Place
from auditor.readers.pdf.aligned_tables import aligned_tables
from auditor.readers.pdf.line_flow import (
    TextLine,
    lead_of,
    margins_of,
    page_lines,
    paragraphs_of,
    text_of,
    without_furniture,
)
from auditor.readers.pdf.number_runs import mark_cut_numbers
from auditor.readers.pdf.page_breaks import columns_of, is_cut, mended
from auditor.readers.pdf.page_content import PageContent, Pdf
from auditor.readers.pdf.ruled_tables import RuledTable, fill, find_tables
from auditor.readers.pdf.scanned_pages import Scans
from auditor.readers.pdf.unseen_text import Unseen
from auditor.readers.pdf.watermarks import Watermarks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.readers.pdf.aligned_tables import AlignedTable
    from auditor.readers.pdf.elements import Box, Char


MAX_PAGES = 2000
HANGING = 0.8  # of a character: how far below the last ruling of a table a baseline is still one of the table
END, TAIL = b"%%EOF", 64 * 1024  # how a file ends, and how far from its last byte that may stand
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(slots=True)
class _Page:
    number: int
    width: float
    height: float
    tables: list[RuledTable]
    lines: list[TextLine]


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a PDF. Raises `BadInputError` when it is encrypted, damaged, or beyond bounds.

    Pages without text are recognised where the extra for that is installed.
    """
    document = Document(file, sha256)
    with Pdf(data, file) as pdf:
        if pdf.pages > MAX_PAGES:
            raise BadInputError("input.too_many_pages", file=file, limit=MAX_PAGES)
        if END not in data[-TAIL:]:
            document.remarks.append(("remark.truncated", {}))
        document.modified = pdf.modified()
        document.pages = pdf.pages
        scans = Scans(pdf, document)
        unseen = Unseen()
        watermarks = Watermarks()
        pages, faint = [], []
        for number in range(1, pdf.pages + 1):
            content, page = _read_page(pdf, number, document, (unseen, scans, watermarks))
            pages.append(page)
            if content.faint:
                faint.append(content)
        for content in faint:
            _strip(content, watermarks, document, pages)
        document.remarks.extend(unseen.remarks())
        document.remarks.extend(watermarks.remarks())
        for number, content in scans.recognised(map(_text_of, list(pages))):
            pages[number - 1] = _page(content)
    kept = without_furniture([(page.lines, page.height) for page in pages])
    for page, lines in zip(pages, kept, strict=True):
        page.lines = lines
    document.blocks.extend(scans.placed(_Assembler(pages, document).blocks()))
    return document


def _strip(content: PageContent, watermarks: Watermarks, document: Document, pages: list[_Page]) -> None:
    """Read a page again without the watermark over it."""
    count = len(content.chars)
    watermarks.strip(content)
    if len(content.chars) < count and content.number not in document.lost:
        try:
            pages[content.number - 1] = _page(content)
        except FAULTS as fault:
            _lose(document, content.number, content.chars, fault)
            pages[content.number - 1] = _Page(content.number, content.width, content.height, [], [])


def _read_page(
    pdf: Pdf, number: int, document: Document, watchers: Iterable[Unseen | Scans | Watermarks]
) -> tuple[PageContent, _Page]:
    """One page; a fault of the program loses this page, told as lost, and not the file."""
    content = PageContent(number, 0.0, 0.0)
    try:
        content = pdf.page(number - 1)
        document.remarks.extend(mark_cut_numbers(content))
        page = _page(content)
        for watcher in watchers:
            watcher.note(content)
    except FAULTS as fault:
        _lose(document, number, content.chars, fault)
        return content, _Page(number, content.width, content.height, [], [])
    return content, page


def _lose(document: Document, page: int, chars: Sequence[Char], fault: BaseException) -> None:
    """Note that a page is lost, what is printed on it as far as that is known, and what went wrong."""
    printed = "".join(char[5] for char in chars)
    document.lost[page] = _NUMBER.findall(printed)
    line = where(fault)
    if line not in document.faults:
        document.faults.append(line)


def _text_of(page: _Page) -> str:
    """All that a page says, roughly in its order."""
    cells = (char[5] for table in page.tables for cell in table.cells for char in cell.chars)
    return "\n".join([*(line.text for line in page.lines), "".join(cells)])


def _page(content: PageContent) -> _Page:
    tables = find_tables(content.across, content.down)
    rest = fill(tables, content.chars)
    return _Page(content.number, content.width, content.height, tables, page_lines(rest, content.number))


class _Assembler:
    """Puts the pieces of all pages in reading order, and joins what page breaks have cut."""

    def __init__(self, pages: Sequence[_Page], document: Document) -> None:
        self.pages = pages
        self.document = document
        self.file = document.file
        self.margins = margins_of([(page.lines, page.width) for page in pages])
        self.out: list[Grid | list[TextLine]] = []
        self.before: tuple[RuledTable, int] | None = None  # the table at the end of the last page, and its page
        self.columns: list[float] = []  # the columns of the table that may go on
        self.grids: list[list[list[Cell]]] = []  # the rows of every grid, until all are known
        self.kinds: list[tuple[int, bool, bool]] = []  # page, continues, borderless
        self.beside: list[TextLine] = []  # lines beside a table that may go on: they come after it

    def blocks(self) -> list[Grid | Paragraph]:
        order: list[int | list[TextLine]] = []
        for page in self.pages:
            self._page_or_none(page, order)
        self._flush(order)
        out: list[Grid | Paragraph] = []
        for item in order:
            if isinstance(item, int):
                out.append(self._finished(item))
            else:
                out.extend(paragraphs_of(item, self.margins, self.file))
        return out

    def _page_or_none(self, page: _Page, order: list[int | list[TextLine]]) -> None:
        """The pieces of a page, or, where the program fails on it, none of them; nothing goes on over an unread one."""
        if page.number in self.document.unread:
            self._break(order)
        if page.number not in self.document.lost:
            self._page_or_lost(page, order)
        if page.number in self.document.unread:
            self._break(order)

    def _break(self, order: list[int | list[TextLine]]) -> None:
        self.before = None
        order.append([])

    def _page_or_lost(self, page: _Page, order: list[int | list[TextLine]]) -> None:
        count, last = len(order), order[-1] if order else 0
        lines = len(last) if isinstance(last, list) else 0
        try:
            self._page(page, order)
        except FAULTS as fault:
            del order[count:]
            if isinstance(last, list):
                del last[lines:]
            self.before = None
            chars = [char for table in page.tables for cell in table.cells for char in cell.chars]
            _lose(self.document, page.number, chars, fault)

    def _page(self, page: _Page, order: list[int | list[TextLine]]) -> None:
        lines = page.lines
        position = 0
        top = True  # nothing on this page yet
        for table in page.tables:
            end = position
            while end < len(lines) and lines[end].base < table.ys[0] - 1:
                end += 1
            if end > position:
                self._text(lines[position:end], order)
                top = False
            position = end
            grid = self._table(table, page.number, follows=top and self.before is not None)
            order += [] if grid is None else [grid]
            top = False
            while position < len(lines) and _is_beside(lines[position], table):
                self.beside.append(lines[position])
                position += 1
        if position < len(lines):
            self._text(lines[position:], order)
            self.before = None

    def _flush(self, order: list[int | list[TextLine]]) -> None:
        if self.beside:
            self._lines(self.beside, order)
            self.beside = []

    def _text(self, lines: list[TextLine], order: list[int | list[TextLine]]) -> None:
        """Running text, and the tables without rulings in it."""
        self.before = None
        self._flush(order)
        at = 0
        for table in aligned_tables(lines):
            if table.first > at:
                self._lines(lines[at : table.first], order)
            order.append(self._aligned(table))
            at = table.last
        if at < len(lines):
            self._lines(lines[at:], order)

    @staticmethod
    def _lines(lines: list[TextLine], order: list[int | list[TextLine]]) -> None:
        if order and isinstance(order[-1], list):
            order[-1].extend(lines)
        else:
            order.append(list(lines))

    # -- tables ---------------------------------------------------------------------------------------------

    def _aligned(self, table: AlignedTable) -> int:
        rows = [
            [
                Cell(text, Place(self.file, page=table.page, row=r, column=c, bbox=box), 1, span)
                for c, (text, box, span) in enumerate(row, 1)
            ]
            for r, row in enumerate(table.rows, 1)
        ]
        self.grids.append([[cell for cell in row for _ in range(cell.colspan)] for row in rows])
        self.kinds.append((table.page, False, True))
        return len(self.grids) - 1

    def _table(self, table: RuledTable, page: int, *, follows: bool) -> int | None:
        """The number of the grid; None where all that this page has is the rest of the row above the break."""
        spans = columns_of(table.xs, self.columns) if follows else None
        if spans is None:
            self.columns = table.xs
            spans = list(range(len(table.xs)))
        first = self._rows_before() if follows else 0
        rows = self._rows(table, page, spans, first)
        if follows and self.grids and self.grids[-1] and rows and is_cut(self.grids[-1][-1], rows[0]):
            self.grids[-1][-1] = mended(self.grids[-1][-1], rows[0])
            rows = rows[1:]
            if not rows:
                self.before = (table, page)
                return None
        self.grids.append(rows)
        self.kinds.append((page, follows, False))
        self.before = (table, page)
        return len(self.grids) - 1

    def _rows_before(self) -> int:
        """How many rows the table that goes on has so far."""
        count = 0
        for rows, (_, continues, _) in zip(reversed(self.grids), reversed(self.kinds), strict=True):
            count += len(rows)
            if not continues:
                break
        return count

    def _rows(self, table: RuledTable, page: int, spans: list[int], first: int) -> list[list[Cell]]:
        cells: dict[int, Cell] = {}
        rows = []
        width = len(self.columns) - 1
        blank = Place(self.file, page=page)
        for line in table.grid():
            row = [Cell("", blank) for _ in range(spans[0])]  # a cell at the side goes on over the whole page
            for ruled in line:
                if id(ruled) not in cells:
                    start, end = spans[ruled.column], spans[ruled.column + ruled.colspan]
                    place = Place(
                        self.file, page=page, row=first + ruled.row + 1, column=start + 1, bbox=_rounded(ruled.box)
                    )
                    text = lead_of(ruled.chars, ruled.box) + text_of(ruled.chars, ruled.box)
                    cells[id(ruled)] = Cell(text, place, ruled.rowspan, end - start)
                cell = cells[id(ruled)]
                if not row or row[-1] is not cell:
                    row += [cell] * cell.colspan
            rows.append(row + [Cell("", blank) for _ in range(width - len(row))])
        return rows

    def _finished(self, number: int) -> Grid:
        rows = self.grids[number]
        page, continues, borderless = self.kinds[number]
        boxes = [cell.place.bbox for row in rows for cell in row if cell.place.bbox]
        box = (
            (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
            if boxes
            else None
        )
        place = Place(self.file, page=page, bbox=box)
        known = not borderless and (continues or spans_kept(rows))
        return Grid(tuple(map(tuple, rows)), place, spans_known=known, continues=continues, borderless=borderless)


def _rounded(box: Box) -> Box:
    return (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))


def _is_beside(line: TextLine, table: RuledTable) -> bool:
    """Whether a line stands beside a table or hangs over its edge: no text that parts it from its next page."""
    return line.base < table.ys[-1] + HANGING * line.size
