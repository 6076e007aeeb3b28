"""From the blocks of a document to pieces of text: what each is (heading, text, cell …), under which heading it stands.

White space is dropped, brackets and digits come in one form, sentences that were cut are rejoined; punctuation stays as
it is, because it is audited. Every character knows the paragraph and the offset that it comes from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.model.document import Document, Grid, Paragraph
from auditor.model.labels import plain
from auditor.phrases.pieces import Piece, Sort, squeezed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.forms.find_tables import Recognised

_STARTS = re.compile(
    r"^[-•·]*(?:第[一二三四五六七八九十]{1,3}(?:部分|章|条)|[一二三四五六七八九十]{1,3}[、.．]|（[一二三四五六七八九十\d]{1,3}）"
    r"|\d{1,2}[、.．](?:(?!\d)|(?=20\d\d年))|[①-⑳]|附[件表]|注[:：]|说明[:：]|备注)"
)
_HEADING_WORDS = re.compile(
    r"(?:说明|情况|概况|职能|职责|设置|构成|解释|决算表|预算表|总表|报表|附件|决算|预算|公开|报告|目标|周期|概述|依据|主体|方案|安排)$"
)
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十]{1,3}部分|[一二三四五六七八九十]{1,3}[、.．]|（[一二三四五六七八九十]{1,3}）)"
)
_NOTE = re.compile(r"^(?:注|说明|备注)\d*[：:]|无数据|空表|没有|无[^，。]{0,12}(?:收支|支出|收入|项目)")
_COVER = re.compile(r"20\d\d|二[〇○]|预算|决算|公开|部门|单位|附件|(?:局|委|会|厅|院|校|学|心|所|站|办|处|室|府)$")
_SENTENCE = re.compile(r"[。！？；，]|万元|\d元|%|原因|表$")  # no line of a cover
_PAGE_NUMBER = re.compile(r"^[-—–第]*\d{1,4}[-—–页/共\d]*$")
_LEADER = re.compile(r"[.．·…⋯]{3,}\d{0,4}$|[.．·…⋯]{2,}$")
MAX_HEADING = 60
MAX_JOINED = 20_000  # characters of one piece
COVER_LINES = 12
MIN_LONG = 20  # characters of a line that may have been cut
MANY = 8  # such lines, where there are fewer
WRAPPED = 0.5  # share of long lines that end within a sentence, from which a text is cut by width
RAGGED = 4  # characters that a full line of such a text may have less than most
FULL = 1.5  # of a line's height: what stays free at the end of a full line
CONTENTS = ("目录", "目次")


def bare(text: str) -> str:
    """A line of the contents without its leader and page number."""
    return _LEADER.sub("", text) if _LEADER.search(text) else text


def is_leader(text: str) -> bool:
    """Whether a line ends in a leader, as entries of contents do."""
    return bool(_LEADER.search(text))


def starts_item(text: str) -> bool:
    """Whether a text begins with an ordinal or another mark of a new item."""
    return bool(_STARTS.match(text))


@dataclass(slots=True)
class _State:
    heading: str = ""
    open: Piece | None = None
    out: list[Piece] = field(default_factory=list)


def pieces_of(document: Document, found: Recognised) -> list[Piece]:
    """The pieces of a document in reading order, cells of its grids included."""
    sorts = _sorts(document, found)
    margins, wrapped = _margins(document), wrapped_at(document)
    state = _State()
    for block in document.blocks:
        if isinstance(block, Grid):
            _close(state)
            state.out.extend(_cells(block, state.heading))
            continue
        text, offsets = squeezed(block.raw)
        if not text or _PAGE_NUMBER.match(text):
            continue
        full = bool(wrapped) and len(text) > wrapped - RAGGED
        sort = sorts.get(id(block)) or (Sort.HEADING if _is_heading(text) and not full else Sort.TEXT)
        if sort in (Sort.HEADING, Sort.TITLE):
            state.heading = bare(text)[:MAX_HEADING]
        if state.open is not None and sort is Sort.TEXT and _goes_on(state.open, text, block):
            state.open.join(text, offsets, block)
            continue
        _close(state)
        piece = Piece(sort, text, offsets, [block], state.heading)
        piece.ends = _ends(block, margins, wrapped=bool(wrapped))
        if sort is Sort.TEXT:
            state.open = piece
        else:
            state.out.append(piece)
    _close(state)
    return state.out


def _close(state: _State) -> None:
    if state.open is not None:
        state.out.append(state.open)
        state.open = None


def _goes_on(before: Piece, text: str, paragraph: Paragraph) -> bool:
    """Whether a paragraph goes on with the sentence before it; on paper the reader has joined what goes on."""
    return (
        not paragraph.parts
        and before.text[-1] not in "。！？：；:;"
        and not starts_item(text)
        and not any(line.startswith("（") and line.endswith("）") for line in (text, before.text))
        and len(before.text) < MAX_JOINED
    )


def _margins(document: Document) -> dict[int, float]:
    """The right end of the longest printed line of every page."""
    margins: dict[int, float] = {}
    for paragraph in document.paragraphs():
        for part in paragraph.parts:
            margins[part.page] = max(margins.get(part.page, 0.0), part.box[2])
    return margins


def wrapped_at(document: Document) -> int:
    """How many characters the full lines of a text have that was cut by a page's width; 0 where it was not.

    Most long lines of such a text end within a sentence.
    """
    lines = [squeezed(p.raw)[0] for p in document.paragraphs() if p.place.line is not None]
    long = [text for text in lines if len(text) >= MIN_LONG]
    cut = [len(text) for text in long if text[-1] not in "。！？；：:;，"]
    return sorted(cut)[len(cut) // 2] if len(cut) > WRAPPED * max(MANY, len(long)) else 0


def _ends(paragraph: Paragraph, margins: dict[int, float], *, wrapped: bool) -> bool:
    """Whether a paragraph surely ends: its last line stops before the margin, or its format knows paragraphs."""
    if paragraph.parts:
        last = paragraph.parts[-1]
        return last.box[2] < margins.get(last.page, 0.0) - FULL * (last.box[3] - last.box[1])
    return paragraph.place.line is None or not wrapped


def _is_heading(text: str) -> bool:
    if len(text) > MAX_HEADING or any(mark in text for mark in "。；，"):
        return False
    if text.endswith(("：", ":")):
        return False
    return starts_item(text) or bool(_HEADING_WORDS.search(text))


def _cells(grid: Grid, heading: str) -> Iterator[Piece]:
    """Every cell with text once, with the head of its column and its row beside it."""
    heads: list[str] = [""] * grid.width
    seen: set[int] = set()
    for number, cells in enumerate(grid.rows):
        row = "".join(dict.fromkeys(cell.text for cell in cells))[:200] if cells else ""
        for column, cell in enumerate(cells):
            if number < 3 and len(heads[column]) < 60:
                heads[column] += cell.text[:30]
            if id(cell) in seen or not cell.raw.strip():
                continue
            seen.add(id(cell))
            text, offsets = squeezed(cell.raw)
            if text:
                yield Piece(Sort.CELL, text, offsets, [cell], heading, f"{heads[column]}{row}")


def _sorts(document: Document, found: Recognised) -> dict[int, Sort]:
    """What is known of paragraphs (by identity): cover, contents, and what belongs to tables."""
    sorts = {id(paragraph): Sort.COVER for paragraph in _cover(document)}
    titles = {table.place for table in found.tables}
    sorts |= {id(paragraph): Sort.TITLE for paragraph in document.paragraphs() if paragraph.place in titles}
    for table in found.tables:
        for paragraph in table.above:
            if plain(paragraph.raw).endswith(plain(table.title)):
                sorts[id(paragraph)] = Sort.TITLE
            elif not _NUMBERED.match(squeezed(paragraph.raw)[0]):
                sorts[id(paragraph)] = Sort.REMARK
        sorts |= {id(p): Sort.NOTE for p in table.below if _NOTE.search(squeezed(p.raw)[0])}
        if not table.grids:
            sorts |= {id(paragraph): Sort.CELL for paragraph in table.lines}
    sorts |= {id(entry): Sort.CONTENTS for entry in contents_of(document)}
    return sorts


def _cover(document: Document) -> Iterator[Paragraph]:
    """The first lines, on the first page: until the contents, the first part, or a sentence."""
    first = next(iter(document.blocks), None)
    for number, paragraph in enumerate(document.paragraphs()):
        page = paragraph.place.page
        if number >= COVER_LINES or first is None or page != first.place.page:
            return
        text = squeezed(paragraph.raw)[0]
        if text in CONTENTS or _NUMBERED.match(text) or not _COVER.search(text) or _SENTENCE.search(text):
            return
        yield paragraph


def contents_of(document: Document) -> list[Paragraph]:
    """The entries of the list of contents: what follows 目录, until the first line that is no entry or begins again."""
    out: list[Paragraph] = []
    seen: set[str] = set()
    inside = False
    for block in document.blocks:
        if isinstance(block, Grid):
            if inside:
                break
            continue
        text = squeezed(block.raw)[0]
        if not inside:
            inside = text in CONTENTS
            continue
        entry = bare(text)
        if not text or _PAGE_NUMBER.match(text) or re.match(r"^公开(?:时间|日期)", text):
            continue
        if entry in seen or _begins_again(entry, out) or not _is_entry(text):
            break
        if out and starts_item(squeezed(out[0].raw)[0]) and not (starts_item(text) or is_leader(text)):
            if block.place.page is None or block.place.page != out[-1].place.page:
                break
            continue  # an entry that goes on in a second line
        seen.add(entry)
        out.append(block)
    return out


def _is_entry(text: str) -> bool:
    return len(text) < 200 and (is_leader(text) or ("。" not in text and (_is_heading(text) or starts_item(text))))


def _begins_again(entry: str, out: list[Paragraph]) -> bool:
    """Whether an entry is the first part again: the contents are over and the body begins."""
    part = re.match(r"^第一部分|^一、", entry)
    if part is None or not out:
        return False
    first = bare(squeezed(out[0].raw)[0])
    return first.startswith(part.group(0))
