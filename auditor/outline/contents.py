"""What the contents announce, and what the body shows: titles of tables, headings, pages, grids without a name."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.find_tables import title_forms
from auditor.forms.stated_unit import stated_unit
from auditor.model.document import Grid
from auditor.model.labels import plain
from auditor.model.numbers import LOST
from auditor.model.outline import Contents, Titled
from auditor.model.units import money_unit
from auditor.outline.pieces import bare
from auditor.phrases.pieces import Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.forms.find_tables import Recognised
    from auditor.model.document import Document
    from auditor.phrases.pieces import Piece

_HEADS = (
    "科目编码",
    "科目代码",
    "科目名称",
    "合计",
    "基本支出",
    "项目支出",
    "预算数",
    "决算数",
    "收入",
    "支出",
    "金额",
    "栏次",
    "因公出国",
    "公务接待",
)
_LOOSE_WORDS = re.compile(r"20\d\d年?度?|[的及和与、，：]|情况|说明|本?部门|本?单位|预算单位|主要|有关|相关|公开|概况")
_ORDINAL = re.compile(
    r"^(?:第[一二三四五六七八九十]{1,3}部分|[一二三四五六七八九十]{1,3}[、.．]|（[一二三四五六七八九十]{1,3}）)"
)
UNREAD = LOST * 2  # a heading may be what cannot be read
ALIKE = 0.7  # of the characters of two headings
SHORTEST = 4  # characters of a name without its place
HEAD_ROWS = 4
FEW_HEADS = 3  # words of official heads that make a grid without a title one that may have been announced


def contents_of_document(
    document: Document, pieces: Sequence[Piece], found: Recognised, book: FormBook, report: str
) -> Contents:
    """Compare nothing yet: only list what is announced and what is shown."""
    out = Contents()
    for piece in pieces:
        if piece.sort is Sort.CONTENTS:
            entry = _titled(bare(piece.text), piece, book, report)
            (out.announced if entry.title else out.listed).append(entry)
        elif piece.sort in (Sort.HEADING, Sort.TITLE, Sort.COVER) or (piece.sort is Sort.TEXT and len(piece.text) < 40):
            out.headings.append(piece.text)
        if piece.sort is not Sort.CELL and UNREAD in piece.text:
            out.headings.append(UNREAD)  # one may stand here, taken for an entry or joined with what follows it
    places = {paragraph.place for paragraph in document.paragraphs()}
    for title, paragraph in found.announced.items():
        if paragraph.place not in places and paragraph.place.row is not None:  # contents that stand in a grid
            out.announced.append(Titled(paragraph.text, title, _tables_of(title, book, report), paragraph.place))
    for table in found.tables:
        stated = bool(stated_unit(table))
        out.shown.append(
            Titled(table.title, table.title, tuple(form.table for form in table.forms), table.place, stated)
        )
    if any(title.unit for title in out.shown):  # on paper a line that stands on every page is read once
        out.shown = [replace(t, unit=t.unit or (t.place.page is not None and not t.place.sheet)) for t in out.shown]
    out.bodiless = list(_bodiless(pieces, found, book, report))
    out.empty_pages = _empty_pages(document)
    out.nameless = [table.place for table in found.unknown if table.grids and _may_be_official(table.grids[0])]
    if not any(paragraph.parts for paragraph in document.paragraphs()):
        tables = [table.grids for table in found.tables if table.grids]
        out.nameless += [grid.place for grids in tables for grid in grids[1:] if _is_other(grid, grids[0])]
    return out


def _titled(text: str, piece: Piece, book: FormBook, report: str) -> Titled:
    title, forms = title_forms(text, book, report)
    return Titled(text, title, tuple(form.table for form in forms), piece.place(0, len(piece.text)))


def _tables_of(title: str, book: FormBook, report: str) -> tuple[str, ...]:
    return tuple(form.table for form in title_forms(title, book, report)[1])


def _bodiless(pieces: Sequence[Piece], found: Recognised, book: FormBook, report: str) -> Iterator[Titled]:
    """Titles of tables below which a unit of measure stands and then no table."""
    known = {table.place for table in found.tables}
    for number, piece in enumerate(pieces):
        if piece.sort not in (Sort.HEADING, Sort.TEXT) or len(piece.text) > 60 or piece.sources[0].place in known:
            continue
        after = pieces[number + 1 : number + 4]
        if any(
            money_unit(next_one.text) and len(next_one.text) < 40
            for next_one in after
            if next_one.sort is not Sort.CELL
        ):
            entry = _titled(piece.text, piece, book, report)
            if entry.title and not any(next_one.sort is Sort.CELL for next_one in after):
                yield entry


def _is_other(grid: Grid, first: Grid) -> bool:
    """Whether a grid that follows a table, in a format without paper, may be another table without a title."""
    return not grid.continues and abs(grid.width - first.width) > 2 and _may_be_official(grid)


def _may_be_official(grid: Grid) -> bool:
    """Whether the head of a grid is like those of official tables."""
    head = "".join(cell.text for row in grid.rows[:HEAD_ROWS] for cell in row)
    return sum(word in head for word in _HEADS) >= FEW_HEADS


def _empty_pages(document: Document) -> list[int]:
    """Pages of paper with nothing on them, between others that have something; scanned pages are pictures."""
    places = [block.place for block in document.blocks]
    if not document.pages or any(place.sheet for place in places) or not any(place.page for place in places):
        return []
    filled = {place.page for place in places} | set(document.scans) | set(document.recognised) | set(document.lost)
    for block in document.blocks:
        if isinstance(block, Grid):
            filled |= {cell.place.page for row in block.rows for cell in row}
        else:
            filled |= {part.page for part in block.parts}
    last = max((page for page in filled if page), default=0)
    return [page for page in range(1, last) if page not in filled]


def may_be_shown(entry: str, headings: Iterable[str]) -> bool:
    """Whether a heading that cannot be read may be one that the contents list: all that is left of it fits.

    >>> may_be_shown("二、机构设置", ["\ufffd、\ufffd构设置"]), may_be_shown("二、机构设置", ["二、\ufffd收入"])
    (True, False)
    """
    letters = set(entry) | set(plain(entry))
    return any(LOST in heading and set(plain(heading.replace(LOST, ""))) <= letters for heading in headings)


def is_shown(entry: str, headings: Iterable[str], entity: str = "") -> bool:
    """Whether a heading that the contents list stands in the body, in the same or in like words.

    >>> is_shown("十一、其他重要事项说明", ["十一、其他重要事项的情况说明"])
    True
    """
    wanted = _core(entry, entity)
    part = re.match(r"第[一二三四五六七八九十]{1,3}部分", entry)
    for heading in headings:
        if plain(heading) == plain(entry) or (part and heading.startswith(part.group())):
            return True
        core = _core(heading, entity)
        if core == wanted or (len(wanted) >= 2 and wanted in core) or (len(core) >= 2 and core in wanted):
            return True
        if wanted and difflib.SequenceMatcher(None, wanted, core).ratio() >= ALIKE:
            return True
    return False


def _core(heading: str, entity: str) -> str:
    """What a heading says without its ordinal, the entity's name, the year and words that headings add."""
    text = plain(_ORDINAL.sub("", heading)).replace("职责", "职能")
    name = plain(entity)
    while len(name) >= SHORTEST and name not in text:
        name = name[1:]  # the place before a name is often left out
    return _LOOSE_WORDS.sub("", text.replace(name, "") if len(name) >= SHORTEST else text)
