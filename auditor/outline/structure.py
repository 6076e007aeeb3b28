"""结构: the tables that a filing announces and shows and what is known of each; its headings; its pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auditor.messages import say
from auditor.model.facts import TOO_FINE, Place
from auditor.model.numbers import LOST, State
from auditor.model.tables import Layout
from auditor.outline.contents import is_shown, may_be_shown
from auditor.outline.table_lines import Lines
from auditor.phrases.wordings import MEANT, NAMED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing, ReadTable
    from auditor.model.outline import Titled

_NOTHING = ("无数据", "空表", "无相关")


@dataclass(slots=True)
class _Row:
    """All that is known of one table of the filing: where it is announced, where it is shown, what was read."""

    name: str
    announced: list[Titled] = field(default_factory=list)
    shown: list[Titled] = field(default_factory=list)
    read: list[ReadTable] = field(default_factory=list)


def structure(filing: Filing, book: FormBook) -> ReadTable:
    """The table 结构 of a filing."""
    lines = Lines("结构")
    rows = _rows(filing, book)
    printed = 0
    orders = _orders(rows)
    unread, open_numbers = filing.unread_pages, {item.place.table for item in filing.unread if item.place.table}
    half_read = any(outline.half_read for outline in filing.outlines)
    for row in rows:
        facts = [fact for table in row.read for fact in table.facts]
        figures = sum(fact.is_figure for fact in facts)
        printed += figures
        statement = "".join(table.statement for table in row.read)
        first = (row.shown or row.announced)[0]
        cells: dict[str, str | int | None] = {
            "题名": first.text,
            "目录次数": len(row.announced),
            "次数": _times(row, unread, half_read),
            "标准表": int(row.name in book.tables and book.tables[row.name].layout is not Layout.SHEET),
            "印数": figures,
            "数字": sum(fact.state is State.VALUE and fact.is_figure for fact in facts),
            "读全": int(bool(row.read) and all(_is_whole(table, open_numbers) for table in row.read)),
            "有说明": None if LOST in statement else int(bool(statement)),
            "说无数据": int(any(word in statement for word in _NOTHING)),
            "题名所指": "、".join(_meant(first.title or first.text, book)),
            "说明所指": "、".join(_meant(statement, book)),
            "有单位": int(any(title.unit for title in row.shown)),
            "过细": _too_fine(facts),
        }
        cells |= orders.get(row.name, {})
        lines.add(row.name, {name: value for name, value in cells.items() if value != ""}, _quoted(first))
    shown = len([row for row in rows if row.shown])
    _others(lines, filing, {"次数": shown, "印数": printed, "另附": _elsewhere(filing, shown, book)})
    return lines.read


def _is_whole(table: ReadTable, unread: set[str]) -> bool:
    """Whether a table was read to its end, every number of it under its name."""
    nameless = table.unknown_columns or bool(table.unknown_lanes) or bool(table.instead_of)
    return table.complete and not table.reason and not nameless and unread.isdisjoint((table.table, table.title))


def _elsewhere(filing: Filing, tables: int, book: FormBook) -> int | None:
    """1 where a part of the disclosure is in another file: its name says so, or text without tables does.

    None where text that cannot be read may say it.
    """
    if len(filing.files) == 1:
        name = "".join(filing.files[0].file.rpartition("/")[2].rpartition(".")[0].split())
        if any(next(wording.hits(name), None) for wording in book.wordings.of(NAMED)):
            return 1
    said = (mention for outline in filing.outlines for mention in outline.mentions)
    if tables:
        return 0
    if any(mention.table == "另附" for mention in said):
        return 1
    return None if filing.unread_pages or any(outline.half_read for outline in filing.outlines) else 0


def _too_fine(facts: Sequence[Fact]) -> int:
    """How many amounts of a table are finer than a 分, where most are: the unit it states is not theirs."""
    fine = sum(fact.reason == TOO_FINE for fact in facts)
    return fine if fine > sum(fact.state is State.VALUE for fact in facts) else 0


def _times(row: _Row, unread: Collection[tuple[str, int]], half_read: bool) -> int | None:
    """How often a table is shown: titles below which another table was read, whatever they are called, do not count.

    None where pages that were not read may show it, or part what is one table; where titles or heads that cannot be
    read (`half_read`) may be those of other tables.
    """
    as_such = sum(any(fact.is_figure for fact in table.facts) for table in row.read)
    count = min(len(row.shown), as_such) if as_such else len(row.shown)
    if half_read and count != 1:
        return None
    if not unread or count == 1:
        return count
    places = {(title.place.file, title.place.page or 0) for title in row.shown}
    parted = not places or any(min(places) < page < max(places) for page in unread)
    return None if parted else count


def _quoted(title: Titled) -> Place:
    return replace(title.place, quote=title.text)


def _rows(filing: Filing, book: FormBook) -> list[_Row]:
    """The tables of a filing, announced and shown, each under its standard table or, without one, under its title."""
    official: list[tuple[str, ReadTable]] = []
    for table in filing.tables:
        name = table.instead_of or table.table
        if table.instead_of or not name or (name in book.tables and not book.tables[name].prose):
            official.append((name or table.title, table))
    read = {name for name, _ in official if name in book.tables}
    rows: dict[str, _Row] = {}
    for outline in filing.outlines:
        for announced, titles in ((True, outline.contents.announced), (False, outline.contents.shown)):
            for title in titles:
                named = [name for name in title.tables if name]
                name = next((name for name in named if name in read), named[0] if named else title.title)
                row = rows.setdefault(name, _Row(name))
                (row.announced if announced else row.shown).append(title)
    for name, table in official:
        if name in rows:
            rows[name].read.append(table)
    return list(rows.values())


def _orders(rows: list[_Row]) -> dict[str, dict[str, str | int]]:
    """For every table that is announced and shown: its place in the body, and that of the one announced before it."""
    both = [row for row in rows if row.announced and row.shown]
    shown = sorted(both, key=lambda row: _position(row.shown[0].place))
    body = {row.name: number for number, row in enumerate(shown, 1)}
    out: dict[str, dict[str, str | int]] = {}
    before = 0
    for row in both:  # as announced
        out[row.name] = {"顺序": body[row.name], "前表顺序": before}
        before = body[row.name]
    return out


def _position(place: Place) -> tuple[str, int, int, int, float]:
    top = place.bbox[1] if place.bbox else 0.0
    return (place.file, place.page or 0, place.line or 0, place.paragraph or 0, top)


def _meant(text: str, book: FormBook) -> Iterator[str]:
    """What a title or a statement speaks of, in order."""
    squeezed = "".join(text.split())
    found = {wording.row: hit.start for wording in book.wordings.of(MEANT) for hit in list(wording.hits(squeezed))[:1]}
    return iter(sorted(found, key=lambda name: (found[name], name)))


def _others(lines: Lines, filing: Filing, tables: dict[str, int | None]) -> None:
    """What is no table of its own: the filing's tables as a whole, grids without a name, headings, pages."""
    nowhere = Place(filing.files[0].file if filing.files else "")
    contents = [outline.contents for outline in filing.outlines]
    unread = filing.unread_pages
    in_text = sum(bool(span.address) for passage in filing.passages for span in passage.spans)
    count = tables["次数"] or (None if unread else 0)
    whole = not unread and not any(LOST in passage.text for passage in filing.passages)
    text: dict[str, int | None] = {"文中数": in_text, "文字读全": 1 if whole else None}
    lines.add("公开表格", {**tables, "次数": count, **text}, nowhere)
    nameless = [place for part in contents for place in part.nameless]
    lines.add("无名表格", {"次数": len(nameless)}, nameless[0] if nameless else nowhere)
    lines.add("目录", {"次数": sum(len(part.announced) for part in contents)}, nowhere)
    headings = [heading for part in contents for heading in part.headings]
    for part in contents:
        for entry in part.listed:
            shown = is_shown(entry.text, headings, filing.key.entity)
            apart = not tables["次数"] and entry.text.endswith("表")  # no table at all is here: that is told once
            unknown = bool(unread) or apart or may_be_shown(entry.text, headings)
            lines.add("目录标题", {"题名": entry.text, "次数": 1 if shown else None if unknown else 0}, _quoted(entry))
        for title in part.bodiless:
            page = title.place.page or 0
            if not {(title.place.file, page), (title.place.file, page + 1)} & unread:
                lines.add("有题无表", {"题名": title.text, "次数": 1}, _quoted(title))
        for page in part.empty_pages:
            lines.add("空白页", {"题名": say("about.page", page=page), "次数": 1}, replace(nowhere, page=page))
    several = len(filing.outlines) > 1
    for outline in filing.outlines:
        for heading in outline.headings:
            expected = heading.number if several and heading.first else heading.expected
            cells: dict[str, str | int | None] = {"题名": heading.text, "号": heading.number, "应为号": expected}
            if heading.number != expected and any(
                file == heading.place.file and page <= (heading.place.page or 0) for file, page in unread
            ):
                cells["应为号"] = None
            elif heading.number != expected:
                cells["应为"] = heading.ordinal(expected)
            lines.add("序号", cells, replace(heading.place, quote=heading.text))
