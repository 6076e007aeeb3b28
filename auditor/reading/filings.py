"""From files to filings: read each file, find its tables, bind them, and put files of one filing together."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.forms.find_tables import recognise
from auditor.forms.table_facts import bind_table
from auditor.forms.unread_numbers import unread_of
from auditor.model.document import Document, Grid, Paragraph
from auditor.model.facts import Place, ReadBy
from auditor.model.filing import Filing, ReadTable, Remark, SourceFile, Unread
from auditor.outline.about_tables import tables_about
from auditor.outline.entity_kind import told_kind
from auditor.outline.file_outline import outline_of
from auditor.reading.families import family_of
from auditor.reading.filing_key import identify
from auditor.reading.versions import newest
from auditor.sandbox import read
from auditor.shapes.bind import PREFIX
from auditor.shapes.discover import footings_of
from auditor.shapes.whole import read_by_shape, read_rest, roles_read_more

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from pathlib import Path

    from auditor.forms.book import FormBook
    from auditor.forms.printed_table import Found
    from auditor.model.facts import FilingKey
    from auditor.model.tables import Table

_OF_BUDGET = re.compile("(?:预算|决算|收支|财政拨款|绩效目标|绩效自评|政府采购).{0,30}表$")
_FIGURE = re.compile(  # from the first digit of a run and without going back: hostile runs are millions long
    r"(?<!\d)\d++(?:\.\d|(?:\.\d++)?\s*+(?:[亿万千]?元|[%％]|个|辆|台|人次|批次|项|人|件))"
)


def read_filing(paths: Sequence[Path], book: FormBook, *, entity_kind: str = "") -> Filing:
    """Read the files of one filing. Raises `BadInputError` when nothing of a filing is recognised in them."""
    parts = [filing_of(read(path), book, entity_kind=entity_kind) for path in paths]
    return merge(parts, book)


def filing_of(document: Document, book: FormBook, *, entity_kind: str = "") -> Filing:
    """Make the filing of one document. Raises `BadInputError` when nothing of a filing is recognised in it."""
    filing = bind_document(document, identify(document), book, entity_kind=entity_kind)
    announced = filing.announced and (filing.key.report or filing.key.year)
    known = any(not table.table.startswith(PREFIX) for table in filing.tables)
    trees = any(table.codes for table in filing.dynamic.values())
    if not known and not trees and not announced and not _looks_like_filing(document, filing):
        if document.unread:
            pages = numbers_text(document.unread)
            raise BadInputError("input.nothing_recognised_in_part", file=document.file, pages=pages)
        raise BadInputError("input.nothing_recognised", file=document.file)
    return filing


def bind_document(document: Document, key: FilingKey, book: FormBook, *, entity_kind: str = "") -> Filing:
    """Bind what a document prints, whatever it is, as (a part of) the filing of a key."""
    found = recognise(document, book, key.report)
    source = SourceFile(
        document.file,
        document.sha256,
        document.modified,
        tuple(document.recognised),
        document.pages,
        tuple(document.unread),
    )
    filing = Filing(key, files=[source], entity_kind=entity_kind)
    filing.remarks = _remarks(document)
    pool = _wanted_report(found.tables, key.report, book)
    for place in found.tables:
        table = _table_of(place, pool, book)
        if table is not None:
            _bind(place, table, book, filing)
            continue
        unknown = _without_layout(place)
        if not read_by_shape(place, book, filing, unknown):
            filing.tables.append(unknown)
            filing.unread.extend(unread_of(place, "unread.no_layout"))
    for place in found.unknown:
        read_by_shape(place, book, filing)
    for page, numbers in document.lost.items():
        where = Place(document.file, page=page)
        filing.unread.extend(Unread(number, where, "unread.lost_page") for number in numbers)
    filing.announced = list(found.announced)
    filing.family = _family(filing, book)
    filing.texts = _texts(document, filing)
    filing.outlines = [outline_of(document, found, book, key.report)]
    return filing


def _remarks(document: Document) -> list[Remark]:
    """What the reader has to say, and which pages are pictures."""
    remarks = [Remark(key, values, document.file) for key, values in document.remarks]
    scans = "remark.scans_left" if _STOPPED & {key for key, _ in document.remarks} else "remark.scans"
    for key, pages in ((scans, document.scans), ("remark.recognised", document.recognised)):
        if pages:
            remarks.append(Remark(key, {"pages": numbers_text(pages)}, document.file))
    if document.lost:
        values = {"pages": numbers_text(sorted(document.lost)), "detail": "; ".join(document.faults)}
        remarks.append(Remark("remark.lost_pages", values, document.file))
    return remarks


_STOPPED = {"remark.scans_unlike", "remark.scans_time", "remark.many_scans", "remark.slow_scan"}


def numbers_text(numbers: Sequence[int]) -> str:
    """Write numbers in order with runs folded.

    >>> numbers_text([1, 2, 3, 7])
    '1–3、7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def _bind(place: Found, table: Table, book: FormBook, filing: Filing) -> None:
    """Read a table, the smaller ones inside its grid, and what its form does not know under the table's own labels."""
    read_table, unread = bind_table(place, table, book)
    poor = read_table.reason or not any(fact.is_figure for fact in read_table.facts)
    poor = poor or (bool(unread) and roles_read_more(place, read_table, book, filing))
    if poor and read_by_shape(place, book, filing, read_table):
        return
    filing.tables.append(read_table)
    bound = [read_table]
    for name in dict.fromkeys(inner for form in place.forms if form.table == table.name for inner in form.inner):
        part, _ = bind_table(place, book.tables[name], book, read_table.unit)
        if part.reason:
            continue
        part.view = []  # shown with the grid it stands in
        bound.append(part)
        filing.tables.append(part)
        taken = {fact.place.spot for fact in part.facts}
        unread = [item for item in unread if item.place.spot not in taken]
    filing.unread.extend(read_rest(place, bound, unread, book, filing))


def _wanted_report(tables: Iterable[Found], report: str, book: FormBook) -> str:
    """The kind of report that decides between forms of one title: as told by the text, else by most titles."""
    if report:
        return report
    votes = [book.families[form.family].report for found in tables for form in found.forms]
    return max(sorted(set(votes)), key=votes.count) if votes else ""


def _table_of(found: Found, report: str, book: FormBook) -> Table | None:
    names = [form.table for form in found.forms if form.table]
    fitting = [name for name in names if not report or book.tables[name].report == report]
    return book.tables[(fitting or names)[0]] if names else None


def _without_layout(found: Found) -> ReadTable:
    """A table whose title is known and whose layout is not: named, so that its absence is not reported."""
    return ReadTable("", found.title, found.place, complete=False, reason="unread.no_layout")


def _looks_like_filing(document: Document, filing: Filing) -> bool:
    if any(table.facts and _OF_BUDGET.search(table.title) for table in filing.tables):
        return True  # one table published by itself
    if not (filing.key.report and (filing.key.year or filing.key.entity)):
        return False
    return bool(filing.dynamic) or any(_FIGURE.search(p.text) for p in document.paragraphs())


def _texts(document: Document, filing: Filing) -> list[Paragraph]:
    """The paragraphs of the prose: lines that were read as rows of a table are none."""
    taken = {fact.place.line for fact in filing.facts if fact.place.line is not None}
    return [block for block in document.blocks if not isinstance(block, Grid) and block.place.line not in taken]


def finished(filing: Filing, book: FormBook) -> Filing:
    """Read what only the whole of a filing tells: its prose (with the codes of all files), and the tables about it."""
    from auditor.prose.claim_tables import prose_tables
    from auditor.prose.retold import retold_in_tables, retold_in_text

    prose = prose_tables(filing.texts, filing.tables, filing.key, book)
    filing.tables += prose.tables
    filing.unread += prose.unread
    filing.passages = prose.passages
    _leave_open(filing)
    filing.texts = []
    foot(filing)
    filing.footings += [*retold_in_tables(filing, book), *retold_in_text(filing, book)]
    filing.about = tables_about(filing, book)
    filing.entity_kind = filing.entity_kind or told_kind(filing)
    _mark_recognised(filing)
    return filing


def _leave_open(filing: Filing) -> None:
    """Of a table or list that stands beside a page of which nothing is known nobody knows where it begins and ends."""
    unread = filing.unread_pages
    if not unread:
        return
    for table in filing.tables:
        table.complete = table.complete and not _beside((fact.place for fact in table.facts), unread)
    for shape in filing.shapes:
        shape.whole = shape.whole and not _beside((row.place for row in shape.rows), unread)


def _beside(places: Iterable[Place], pages: Container[tuple[str, int]]) -> bool:
    """Whether any of some places stands on a page next to one of the given pages."""
    mine = {(place.file, place.page) for place in places if place.page is not None}
    return any((file, (page or 0) + step) in pages for file, page in mine for step in (-1, 1))


def foot(filing: Filing) -> None:
    """Tell what must add up in the tables of a filing by their shapes; what looked like it and does not is told."""
    if not filing.shapes:
        return
    found = footings_of(filing.shapes, {fact.address: fact for fact in filing.facts})
    filing.footings = found.kept
    for one in (one for one in found.misread if one.held):  # what never held was no pattern of the document
        values = {"table": one.table, "pattern": one.pattern, "failed": str(one.failed), "held": str(one.held)}
        filing.remarks.append(Remark("remark.misread", values, filing.files[0].file if filing.files else ""))


def _mark_recognised(filing: Filing) -> None:
    """Say of every fact that stands on a recognised page that it was read from a picture.

    What is told of the filing as a whole was counted on all its pages.
    """
    pages: set[tuple[str, int | None]] = {
        (source.file, page) for source in filing.files for page in (*source.recognised, None) if source.recognised
    }
    if pages:
        for table in (*filing.tables, *filing.about):
            table.facts = [
                replace(fact, read_by=ReadBy.OCR) if (fact.place.file, fact.place.page) in pages else fact
                for fact in table.facts
            ]


def merge(parts: Sequence[Filing], book: FormBook) -> Filing:
    """Put the parts of one filing together: the key from the first that tells, tables and remarks in order."""
    first = parts[0]
    if len(parts) == 1:
        return finished(first, book)
    key = first.key._replace(
        entity=_fullest([part.key.entity for part in parts if part.key.entity]),
        year=next((p.key.year for p in parts if p.key.year), 0),
        report=next((p.key.report for p in parts if p.key.report), ""),
        edition=next((p.key.edition for p in parts if p.key.edition), ""),
    )
    whole = Filing(key, entity_kind=first.entity_kind)
    for part in parts:
        whole.files += part.files
        whole.tables += part.tables
        whole.unread += part.unread
        whole.remarks += part.remarks
        whole.dynamic |= part.dynamic
        whole.texts += part.texts
        whole.announced += [title for title in part.announced if title not in whole.announced]
        whole.outlines += part.outlines
        whole.shapes += part.shapes
    whole.family = _family(whole, book)
    return finished(whole, book)


def _fullest(names: Sequence[str]) -> str:
    """The first name, or a longer form of it with the place before: `洛阳市西工区某中心` for `西工区某中心`."""
    return max((name for name in names if name.endswith(names[0])), key=len, default="")


def _family(filing: Filing, book: FormBook) -> str:
    """The family of forms of a filing, by its tables, the titles it announces, and the place of its entity."""
    key = filing.key
    return family_of(
        [table.instead_of or table.table for table in filing.tables],
        filing.announced,
        key.report,
        book,
        entity=key.entity,
        read_by=[table.form for table in filing.tables if table.form],
    )


def group(parts: Sequence[Filing], book: FormBook, *, as_one: bool = False, separate: bool = False) -> list[Filing]:
    """Group parts into filings, and put those of each together."""
    return [merge(members, book) for members in grouped(parts, as_one=as_one, separate=separate)]


def grouped(parts: Sequence[Filing], *, as_one: bool = False, separate: bool = False) -> list[list[Filing]]:
    """Group parts by entity, year, report and edition; unknown parts of a key fit any.

    Of several versions of one file the newest counts; the others are named in a remark and left out.
    """
    if as_one and parts:
        return [list(parts)]
    if separate:
        return [[part] for part in parts]
    groups: list[list[Filing]] = []
    entities: dict[str, list[list[Filing]]] = {}
    for part in newest(parts):
        known = entities.setdefault(part.key.entity, [])
        home = next((members for members in known if all(_same(part, member) for member in members)), None)
        if home is None:
            groups.append([part])
            known.append(groups[-1])
        else:
            home.append(part)
    for known in entities.values():
        _add_undated(known)
    return [members for members in groups if members]


def _add_undated(groups: list[list[Filing]]) -> None:
    """Put files that do not say their year to the filing of their entity, where it can be but one."""
    dated = [members for members in groups if members[0].key.year]
    for members in groups:
        if members[0].key.year:
            continue
        fitting = [other for other in dated if all(_same(a, b, any_year=True) for a in members for b in other)]
        if len(fitting) == 1:
            fitting[0].extend(members)
            members.clear()


def _same(a: Filing, b: Filing, *, any_year: bool = False) -> bool:
    """Two parts belong together when their keys agree and they do not print the same table twice."""
    for mine, other in zip(a.key, b.key, strict=True):
        if mine and other and mine != other:
            return False
    if not (a.key.entity and a.key.entity == b.key.entity and (any_year or a.key.year == b.key.year)):
        return False
    return not (_printed(a) & _printed(b))


def _printed(part: Filing) -> set[str]:
    """What tells the tables of a file: the standard tables that they are, or else their titles."""
    return {table.instead_of or table.table or table.title for table in part.tables}
