"""The document as a map: every table and passage as printed, every number marked by what is known of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from auditor.engine.findings import Mark
from auditor.messages import say
from auditor.reports.footings import footing_lines
from auditor.reports.html.atlas import is_told
from auditor.reports.places import place_text, table_notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.model.filing import ReadTable, TextSpan, TextView, ViewCell
    from auditor.reports.html.atlas import Atlas

MAX_VIEW_ROWS = 1500  # of one table; the rest is counted
BAD = (Mark.SUSPECT, Mark.CONTRADICTED)


def counted(marks: Iterable[Mark]) -> str:
    """How many figures have which mark, in words."""
    counts = Counter(marks)
    return " · ".join(f"{say(f'mark.{mark.value}')} {counts[mark]}" for mark in Mark if counts[mark])


def tables(atlas: Atlas) -> list[dict[str, Any]]:
    """The tables as printed."""
    relations = footing_lines(atlas.audit.filing)
    return [
        _table(table, number, atlas, relations.get(table.table, []))
        for number, table in enumerate(atlas.audit.filing.tables)
        if table.view or table.reason
    ]


def _table(table: ReadTable, number: int, atlas: Atlas, relations: Sequence[str]) -> dict[str, Any]:
    audit, start = atlas.audit, atlas.starts[number]
    marks = audit.marks[start : start + len(table.facts)]
    return {
        "id": f"t{number}",
        "title": table.title,
        "number": table.number,
        "place": place_text(table.place, file=len(audit.filing.files) > 1),
        "count": counted(
            mark for mark, fact in zip(marks, table.facts, strict=True) if fact.is_figure or mark is Mark.UNREAD
        ),
        "open": any(mark in (*BAD, Mark.UNREAD) for mark in marks),
        "reason": say(table.reason) if table.reason else "",
        "notes": _notes(table, relations),
        "rows": [[cell_data(cell, start, atlas, home=True) for cell in row] for row in table.view[:MAX_VIEW_ROWS]],
        "more": max(0, len(table.view) - MAX_VIEW_ROWS),
        "statement": table.statement,
    }


def _notes(table: ReadTable, relations: Sequence[str]) -> list[str]:
    notes = [note for note in table_notes(table) if not table.reason or note != say(table.reason)]
    if relations:
        notes.append(say("read.footings", relations="；".join(relations)))
    return notes + [
        say("html.misnamed", printed=table.names.get(row, ""), official=official)
        for row, official in table.misnamed.items()
    ]


def cell_data(
    cell: ViewCell,
    start: int,
    atlas: Atlas,
    *,
    home: bool = False,
    marks: dict[int, Mark] | None = None,
    rowspan: int = 0,
) -> dict[str, Any]:
    """A cell as plain data. At `home` (in the map) it has an anchor and leads to findings; elsewhere to its home.

    `marks` are the figures of a finding, which are framed there and marked as it says; `rowspan` overrides its own.
    """
    data: dict[str, Any] = {
        "text": cell.text,
        "mark": "",
        "links": [],
        "id": "",
        "href": "",
        "mine": False,
        "head": cell.head,
        "rowspan": rowspan or cell.rowspan,
        "colspan": cell.colspan,
    }
    if cell.fact is None:
        return data
    position = start + cell.fact
    mark = (marks or {}).get(position, atlas.audit.marks[position])
    if atlas.audit.facts[position].is_figure or mark is Mark.UNREAD:
        data["mark"] = mark.value
    anchor = atlas.anchor(position)
    if home:
        data |= {"id": anchor, "links": atlas.links.get(position, []) if anchor else []}
    elif marks is not None and position in marks:
        data |= {"mine": True, "href": anchor}
    return data


def sections(atlas: Atlas) -> list[dict[str, Any]]:
    """The prose by heading: the passages with numbers."""
    audit = atlas.audit
    out: list[dict[str, Any]] = []
    shown: set[int] = set()
    for passage in audit.filing.passages:
        if not is_told(passage):
            continue
        if not out or out[-1]["heading"] != passage.heading:
            place = place_text(passage.place, file=len(audit.filing.files) > 1)
            out.append({"id": f"s{len(out)}", "heading": passage.heading, "place": place, "passages": [], "marks": []})
        pieces = list(passage_data(passage, atlas, shown=shown))
        out[-1]["passages"].append(pieces)
        out[-1]["marks"] += [Mark(piece["mark"]) for piece in pieces if piece["mark"]]
    for section in out:
        marks = section.pop("marks")
        section["open"] = any(mark in BAD for mark in marks)
        section["count"] = counted(marks)
    return out


def passage_data(
    passage: TextView, atlas: Atlas, *, shown: set[int] | None = None, marks: dict[int, Mark] | None = None
) -> Iterator[dict[str, Any]]:
    """The text of a passage cut at its numbers, each marked.

    With `shown` (facts that have their anchor already) the map; with `marks` as a finding has it.
    """
    at = 0
    for span in passage.spans:
        if span.start < at:
            continue
        if span.start > at:
            yield plain_piece(passage.text[at : span.start])
        yield _number(passage, span, atlas, shown, marks)
        at = span.end
    if at < len(passage.text):
        yield plain_piece(passage.text[at:])


def plain_piece(text: str) -> dict[str, Any]:
    """A piece of text without a number."""
    return {"text": text, "mark": "", "links": [], "id": "", "href": "", "title": "", "mine": False}


def _number(
    passage: TextView, span: TextSpan, atlas: Atlas, shown: set[int] | None, marks: dict[int, Mark] | None
) -> dict[str, Any]:
    data = plain_piece(passage.text[span.start : span.end])
    known = atlas.positions.get(span.address)
    if known is None:
        return data | {"mark": Mark.UNREAD.value, "title": say(span.reason) if span.reason else ""}
    mark = (marks or {}).get(known, atlas.audit.marks[known])
    data |= {"mark": mark.value, "title": f"{span.address} · {say(f'mark.{mark.value}')}"}
    anchor = atlas.anchor(known)
    if shown is not None:
        data |= {"links": atlas.links.get(known, []) if anchor else [], "id": "" if known in shown else anchor}
        shown.add(known)
    elif marks is not None and known in marks:
        data |= {"mine": True, "href": anchor}
    return data
