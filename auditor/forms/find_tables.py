"""Find the tables of a document: which title belongs to which grid, or to which lines.

A grid belongs to the nearest title above it when only remarks (unit, year, entity, number of the form) stand
between; titles and remarks printed as rows of the grid itself are peeled off first. A grid without a title above
continues the table before it, or stands for itself; it never takes the title of a neighbour. Titles in a list of
contents are announcements, not tables.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auditor.forms.page_joins import goes_on, header_again, heading
from auditor.forms.printed_table import Found
from auditor.model.document import Grid, Paragraph
from auditor.model.labels import plain
from auditor.model.numbers import LOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.forms.book import FormBook
    from auditor.model.document import Cell, Document
    from auditor.model.tables import Form

_YEAR = re.compile(r"^(?:20\d\d年度?|20\d\d)?")
_BY = re.compile(
    r"（(?:按[^（）]*分类[^（）]*|功能科目|经济科目)）$"
)  # how the table is broken down: told by its codes
_LEADER = re.compile(r"[.．·…⋯\-—\s]*\d{0,3}\s*$")
_NUMBER_OF_FORM = re.compile(
    r"^(?:附[件表]?[一二三四五六七八九十\d]*[-—]?\d*[:：]?|\d{1,2}[、.．](?=20\d\d年)"
    r"|(?:公开|预算|决算|部门|单位)*表[一二三四五六七八九十\d]+(?:[-—]\d+)?[:：、.]?"
    r"|[(（]?(?:公开|预算|决算|部门公开)\d{1,2}表[)）]?[:：、.]?)"
)
_OWNER = re.compile(
    r"^.{2,40}(?:局|中心|委员会|办公室|院|所|站|处|校|大学|园|政府|队|馆|会|厅|委|办|社|部|庭|台|场|库|区|县|市|省|镇|乡|街道|部门|单位)(?:（本级）)?$"
)
_PAGE = re.compile(r"^[-—–\s第]*\d{1,4}[-—–\s页/共\d]*$")
_NOTE = re.compile(r"^(?:注|说明|备注)\s*\d*\s*[:：]")
_SECTION = re.compile(r"^[一二三四五六七八九十]+、.*情况(?:的)?说明$|^目\s*录$")
MAX_TITLE = 70
_ITEM = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d{1,2}[、.．](?!\d))"
)
MAX_NOTES = 4  # lines below a table that may belong to its notes
MAX_REMARKS = 14  # lines between a title and its table
MIN_LISTED = 3  # titles that make a grid a list of contents


@dataclass(slots=True)
class Recognised:
    """The tables found in one document, the titles announced, and the grids that are no known table."""

    tables: list[Found] = field(default_factory=list)
    announced: dict[str, Paragraph] = field(default_factory=dict)
    unknown: list[Found] = field(default_factory=list)


def title_forms(text: str, book: FormBook, report: str = "") -> tuple[str, tuple[Form, ...]]:
    """Return the title that a line prints, and the forms that carry it; empty where the line is no title.

    A year, the owner's name or a form number may stand before the title; nothing else. Forms of another kind of
    report than the document's are left aside, where that is known.
    """
    title, forms = _any_title(text, book)
    fitting = tuple(form for form in forms if not report or book.families[form.family].report == report)
    return (_official(title, fitting), fitting) if fitting else ("", ())


def _official(title: str, forms: Sequence[Form]) -> str:
    """The title as the forms write it, with its quotation marks."""
    return next((text for form in forms for text in (form.title, *form.titles) if plain(text) == title), title)


def _any_title(text: str, book: FormBook) -> tuple[str, tuple[Form, ...]]:
    text = _LEADER.sub("", text[:200])
    if len(text) > MAX_TITLE or any(mark in text for mark in "。，；"):
        return "", ()
    bare = _NUMBER_OF_FORM.sub("", plain(text))
    if bare in book.forms_by_title:
        return bare, book.forms_by_title[bare]
    short = _BY.sub("", bare)
    if short != bare and (found := _any_title(short, book))[0]:
        return found
    best = max((title for title in book.forms_by_title if bare.endswith(title)), key=len, default="")
    if not best:
        return "", ()
    before = _YEAR.sub("", bare[: -len(best)])
    before = re.sub(r"20\d\d年度?$", "", before)
    if before in ("", "部门", "单位") or _OWNER.match(before):
        return best, book.forms_by_title[best]
    return "", ()


def recognise(document: Document, book: FormBook, report: str = "") -> Recognised:
    """Find every table of the document; `report` is its kind, where known."""
    finder = _Finder(book, report)
    unread = document.unread
    last = 0
    for block in document.blocks:
        first = block.place.page or last
        if last != first and any(last <= page <= first for page in unread):
            finder.interrupted()
        last = max(first, _last_page(block)) if unread else 0
        for part in peeled(block, book, report) if isinstance(block, Grid) else (block,):
            if isinstance(part, Grid):
                finder.grid(part)
            else:
                finder.paragraph(part)
    if any(page >= last for page in unread):
        finder.interrupted()
    finder.close()
    return finder.result


def _last_page(block: Grid | Paragraph) -> int:
    """The page on which a block ends; 0 where its format has none."""
    if isinstance(block, Grid):
        return max((cell.place.page or 0 for cell in block.rows[-1]), default=0) if block.rows else 0
    return block.parts[-1].page if block.parts else 0


_REMARK = re.compile(
    r"^(?:[(（]?(?:公开|预算|决算|部门公开)?\s*+表?\s*+\d{1,2}\s*表?[)）]?|附[件表].{0,6}|表[一二三四五六七八九十\d]{1,3}"
    r"|[(（]?续表?[一二三四五六七八九十\d]*[)）]?|20\d\d年(?:度|\d+月\d*日?)?|(?:金额|货币|计量)?单位(?:名称)?[:：].*|(?:编制|填报|公开|预算)?(?:部门|单位)(?:名称|编码)?(?:[:：].*|(?<=名称))"
    r"|.{0,12}[:：](?:万|亿|千)?元)$"
)


def peeled(grid: Grid, book: FormBook, report: str = "") -> list[Grid | Paragraph]:
    """A grid without the titles, remarks and notes that stand in it as rows; titles inside cut it into tables."""
    out: list[Grid | Paragraph] = []
    start = 0
    head = True  # nothing but titles and remarks so far
    for number, cells in enumerate(grid.rows):
        lone = _lone(cells)
        title = lone is not None and bool(title_forms(lone.text, book, report)[0])
        if title or (head and _is_remark(cells)) or (lone is not None and _NOTE.match(lone.text)):
            whole = [Paragraph(lone.text, lone.place)] if lone is not None and title else _lines_of(cells)
            out += [*_part(grid, start, number), *whole]
            start = number + 1
            head = title or head
        elif any(cell.text for cell in cells):
            head = False
    if not start:
        return [grid]
    return [*out, *_part(grid, start, len(grid.rows))]


def _lone(cells: Sequence[Cell]) -> Cell | None:
    """The only cell of a row that says anything, where it is as wide as the row or stands at its beginning."""
    filled = list({id(cell): cell for cell in cells if cell.text}.values())
    if len(filled) != 1 or len(cells) < 2:
        return None
    return filled[0]


def _is_remark(cells: Sequence[Cell]) -> bool:
    """Whether a row holds only remarks on the table: its number, the year, whose it is, the unit of measure."""
    texts = [cell.text for cell in cells if cell.text]
    return bool(texts) and all(_says_little(text) for text in texts)


def _says_little(text: str) -> bool:
    """Whether a text is a remark on a table, not a line of its own."""
    return bool(_REMARK.match(text.replace(" ", "")))


def _part(grid: Grid, start: int, end: int) -> list[Grid | Paragraph]:
    rows = grid.rows[start:end]
    if not any(cell.text for cells in rows for cell in cells):
        return []
    place = next(cell.place for cells in rows for cell in cells if cell.text)
    place = replace(grid.place, row=place.row) if start else grid.place
    return [replace(grid, rows=rows, place=place, continues=grid.continues and not start)]


def _lines_of(cells: Sequence[Cell]) -> list[Grid | Paragraph]:
    filled = {id(cell): cell for cell in cells if cell.text}.values()
    return [Paragraph(line, cell.place) for cell in filled for line in cell.raw.splitlines() if line.strip()]


class _Finder:
    """Walks the blocks in order and decides what each grid and each run of lines belongs to."""

    def __init__(self, book: FormBook, report: str) -> None:
        self.book = book
        self.report = report
        self.result = Recognised()
        self.current: Found | None = None  # the table whose title was seen last
        self.remarks: list[Paragraph] = []  # paragraphs since the last title or grid
        self.last: Found | None = None  # the table of the last grid, while nothing but page numbers follows
        self.before: Found | None = None  # the table of the last grid
        self.noted: Found | None = None  # the table below which notes stand, while they go on
        self.spoken: list[str] = []  # what was said since, other than page numbers and remarks on tables
        self.since: list[tuple[int | None, str]] = []  # the same with the titles, as headings, and their pages
        self.above: set[str] = set()  # what stood like this above the table of the last grid

    def paragraph(self, paragraph: Paragraph) -> None:
        title, forms = self._title(paragraph.text)
        text = paragraph.text
        if title or (text and not _PAGE.match(text) and not _says_little(text)):
            self.since.append((paragraph.place.page, heading(text)))
        if title:
            self._titled(title, forms, paragraph)
        else:
            self._said(paragraph)

    def _title(self, text: str) -> tuple[str, tuple[Form, ...]]:
        """The title that a line prints, alone or with the line above it."""
        title, forms = title_forms(text, self.book, self.report)
        if not title and self.remarks and self.last is None and len(text) < MAX_TITLE / 2:
            above = self.remarks[-1].text  # no title itself, but perhaps one broken over two lines
            if 4 <= len(above) < MAX_TITLE / 2:
                title, forms = title_forms(above + text, self.book, self.report)
        return title, forms

    def _titled(self, title: str, forms: tuple[Form, ...], paragraph: Paragraph) -> None:
        if self.current is not None and self.current.title == title and not _has_data(self.current.lines):
            self.current.above.append(paragraph)  # heading and title of the same table
            self.result.announced.setdefault(title, paragraph)
            return
        self._end_lines()
        self.current = Found(title, forms, paragraph.place)
        self.last = None
        self.remarks = []

    def _said(self, paragraph: Paragraph) -> None:
        text = paragraph.text
        if text and not (_PAGE.match(text) or _says_little(text)):
            self.spoken.append(text)
        if self.last is not None:
            self.last.below.append(paragraph)
            if not _PAGE.match(text):
                self.noted, self.last = self.last if _NOTE.match(text) else None, None
        elif self.noted is not None and self._still_noted(text):
            self.noted.below.append(paragraph)
        else:
            self.noted = None
        if _SECTION.match(text):
            self._end_lines()
        elif self.current is not None:
            self.current.lines.append(paragraph)
        self.remarks.append(paragraph)

    def _still_noted(self, text: str) -> bool:
        """Whether a line below the notes of a table is another note, or goes on with the last one."""
        assert self.noted is not None
        return bool(_NOTE.match(text)) or (len(self.noted.below) < MAX_NOTES and not _ITEM.match(text))

    def grid(self, grid: Grid) -> None:
        found, before = self.current, self.before
        again = before is not None and bool(before.grids) and header_again(before.grids, grid) > 0
        joins = self._joins(grid)
        if joins and before is not None:
            self._join(before, grid)
        elif found is not None and not found.grids and len(found.lines) <= MAX_REMARKS:
            if before is not None and before.grids and before.title == found.title:
                before.open = found.open = grid.width == before.grids[-1].width  # one table in two parts, it may be
            found.above += found.lines
            found.lines = []
            found.grids.append(grid)
            self.result.tables.append(found)
            self.last = found
        elif self.last is not None and self._goes_on(grid):
            self._join(self.last, grid)
        elif titles := self._listed(grid):
            self._end_lines()
            self.last = None
            for title, paragraph in titles:
                self.result.announced.setdefault(title, paragraph)
        else:
            self._end_lines()
            if before is not None and any(LOST in cell.text for cell in grid.rows[0]):
                before.open = True
            elif before is not None and (again or not self.spoken):
                before.open = grid.width == before.grids[-1].width and not any(
                    text.endswith("表") for text in self.spoken
                )
            self.last = Found("", (), grid.place, above=self.remarks[-MAX_REMARKS:], grids=[grid])
            self.result.unknown.append(self.last)
        if self.last is not before:
            self.above = {text for page, text in self.since if page in (None, grid.place.page)}  # no list of contents
        self.current = None
        self.before = self.last
        self.spoken = []
        self.since = []
        self.remarks = []

    def _joins(self, grid: Grid) -> bool:
        """Whether a grid goes on with the table before it over a break of pages, under no title but the same."""
        before, titled = self.before, self.current
        if before is None or not before.grids or (titled is not None and titled.title != before.title):
            return False
        return goes_on(before.grids, grid, [text for _, text in self.since], self.above)

    def _join(self, found: Found, grid: Grid) -> None:
        found.grids.append(grid)
        found.below.clear()
        self.last = found

    def _goes_on(self, grid: Grid) -> bool:
        """Whether a grid without a title goes on with the last table: on the same page, or as its reader saw."""
        assert self.last is not None
        page = grid.place.page
        return page is None or not self.last.grids or page == self.last.grids[-1].place.page or grid.continues

    def _listed(self, grid: Grid) -> list[tuple[str, Paragraph]]:
        """The titles in a grid that is a list of contents."""
        out = []
        for cells in grid.rows:
            for cell in {id(cell): cell for cell in cells if cell.text}.values():
                title, _ = title_forms(cell.text, self.book, self.report)
                if title:
                    out.append((title, Paragraph(cell.raw, cell.place)))
        return out if len(out) >= MIN_LISTED else []

    def interrupted(self) -> None:
        """Begin again behind pages of which nothing is known: the last table may go on there, and others begin."""
        table = self.current or self.last or (None if self.spoken else self.before)
        if table is not None:
            table.open = True
        self._end_lines()
        self.last = self.before = self.noted = None
        self.remarks, self.spoken = [], []

    def close(self) -> None:
        self._end_lines()

    def _end_lines(self) -> None:
        """Close the table whose title was seen last and that had no grid: its lines may hold it."""
        found, self.current = self.current, None
        if found is None:
            return
        if _has_data(found.lines):
            body = found.lines
            for position, paragraph in enumerate(body):
                if _NOTE.match(paragraph.text):
                    found.lines, found.below = body[:position], body[position:]
                    break
            self.result.tables.append(found)
        else:
            self.result.announced.setdefault(found.title, Paragraph(found.title, found.place))


_HEADER_WORDS = ("栏次", "行次", "科目代码", "科目编码", "科目名称", "合计", "小计", "项目", "决算数", "预算数", "金额")


def _has_data(lines: list[Paragraph]) -> bool:
    """Whether lines below a title look like a table: header words soon after it, before any sentence."""
    said = itertools.takewhile(lambda line: "。" not in line.text or _NOTE.match(line.text), lines[:40])
    head = "".join(paragraph.text for paragraph in said).replace(" ", "")
    return sum(word in head for word in _HEADER_WORDS) >= 3
