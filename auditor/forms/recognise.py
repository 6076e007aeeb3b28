"""Find the tables of a document: which title belongs to which grid, or to which lines.

A grid belongs to the nearest title above it when only remarks (unit, year, entity, number of the form) stand
between. A grid without a title above continues the table before it, or stands for itself; it never takes the
title of a neighbour. Titles in a list of contents are announcements, not tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.document import Grid, Paragraph
from auditor.forms.labels import plain
from auditor.forms.printed import Found

if TYPE_CHECKING:
    from auditor.document import Document
    from auditor.forms.tables import Form, FormBook

_YEAR = re.compile(r"^(?:20\d\d年度?|20\d\d)?")
_LEADER = re.compile(r"[.．·…⋯\-—\s]*\d{0,3}\s*$")
_NUMBER_OF_FORM = re.compile(
    r"^(?:附[件表]?\d*[:：]?|表[一二三四五六七八九十\d]+[:：]?|[(（]?(?:公开|预算)\d{2}表[)）]?)"
)
_OWNER = re.compile(
    r"^.{2,40}(?:局|中心|委员会|办公室|院|所|站|处|校|大学|园|政府|队|馆|会|厅|委|办|社|部|庭|台|场|库|区|县|市|省|镇|乡|街道|部门|单位)(?:（本级）)?$"
)
_PAGE = re.compile(r"^[-—–\s第]*\d{1,4}[-—–\s页/共\d]*$")
_NOTE = re.compile(r"^(?:注|说明|备注)\s*\d*\s*[:：]")
_SECTION = re.compile(r"^[一二三四五六七八九十]+、.*情况(?:的)?说明$|^目\s*录$")
MAX_TITLE = 70
MAX_REMARKS = 14  # lines between a title and its table


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
    return (title, fitting) if fitting else ("", ())


def _any_title(text: str, book: FormBook) -> tuple[str, tuple[Form, ...]]:
    text = _LEADER.sub("", text[:200])
    if len(text) > MAX_TITLE or any(mark in text for mark in "。，；"):
        return "", ()
    bare = _NUMBER_OF_FORM.sub("", plain(text))
    if bare in book.forms_by_title:
        return bare, book.forms_by_title[bare]
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
    for block in document.blocks:
        if isinstance(block, Grid):
            finder.grid(block)
        else:
            finder.paragraph(block)
    finder.close()
    return finder.result


class _Finder:
    """Walks the blocks in order and decides what each grid and each run of lines belongs to."""

    def __init__(self, book: FormBook, report: str) -> None:
        self.book = book
        self.report = report
        self.result = Recognised()
        self.current: Found | None = None  # the table whose title was seen last
        self.remarks: list[Paragraph] = []  # paragraphs since the last title or grid
        self.last: Found | None = None  # the table of the last grid, while it can go on

    def paragraph(self, paragraph: Paragraph) -> None:
        text = paragraph.text
        title, forms = title_forms(text, self.book, self.report)
        if title:
            if self.current is not None and self.current.title == title and not _has_data(self.current.lines):
                self.current.above.append(paragraph)  # heading and title of the same table
                self.result.announced.setdefault(title, paragraph)
                return
            self._end_lines()
            self.current = Found(title, forms, paragraph.place)
            self.last = None
            self.remarks = []
            return
        if self.last is not None:
            self.last.below.append(paragraph)
            if not _PAGE.match(text):
                self.last = None
        if _SECTION.match(text):
            self._end_lines()
        elif self.current is not None:
            self.current.lines.append(paragraph)
        self.remarks.append(paragraph)

    def grid(self, grid: Grid) -> None:
        found = self.current
        if found is not None and not found.grids and len(found.lines) <= MAX_REMARKS:
            found.above += found.lines
            found.lines = []
            found.grids.append(grid)
            self.result.tables.append(found)
            self.last = found
        elif self.last is not None:
            self.last.grids.append(grid)
            self.last.below.clear()
        else:
            self._end_lines()
            self.last = Found("", (), grid.place, above=self.remarks[-MAX_REMARKS:], grids=[grid])
            self.result.unknown.append(self.last)
        self.current = None
        self.remarks = []

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
    """Tell whether lines below a title look like a table: header words soon after it."""
    head = "".join(paragraph.text for paragraph in lines[:40]).replace(" ", "")
    return sum(word in head for word in _HEADER_WORDS) >= 3
