"""From lines to passages: rejoined, without spaces, punctuation in one form, each under its heading.

Every character of a passage knows the paragraph it comes from, so that a number found in it has a place and a box.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auditor.document import Paragraph, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.facts import Place
    from auditor.prose.lexicon import Lexicon, Topic

_FOLD = str.maketrans("()，,：:；;０１２３４５６７８９％．﹣－−〔〕", "（），,：：；；0123456789%.---（）")
_DROPPED = re.compile(r"[\s\u3000\u00a0*#“”\"「」『』]")
_HEADING = re.compile(
    r"^[-•·#\s]*(?:(?P<part>第[一二三四五六七八九十]+部分)|(?P<chapter>[一二三四五六七八九十]{1,3}[、.．])"
    r"|(?P<section>[（(][一二三四五六七八九十]{1,3}[)）])|(?P<item>\d{1,2}[、.．](?!\d)|[（(]\d{1,2}[)）]))"
)
_ENDS = "。！？"
_OPEN = re.compile(r"[，、；：（,;:(]$")
_LEADER = re.compile(r"[.．·…⋯]{4,}\s*\d*\s*$")
MAX_HEADING = 46
MAX_QUOTE = 160
MAX_PASSAGE = 20_000  # characters
OUTSIDE = (
    "名词解释",
    "附件",
    "概况",
    "职能",
    "职责",
    "基本情况",
    "机构设置",
    "工作任务",
    "单位构成",
)  # parts without claims


@dataclass(slots=True)
class Passage:
    """One paragraph of prose; `origin[i]` tells for character i the piece it is in and its offset there."""

    text: str
    origin: list[tuple[int, int]]
    pieces: list[Paragraph]
    topic: Topic | None = None
    heading: str = ""
    outside: bool = False

    @property
    def raw(self) -> str:
        """The text as printed, its pieces one after the other."""
        return "".join(piece.raw for piece in self.pieces)

    def printed(self, start: int, end: int) -> tuple[int, int]:
        """Where some of its characters stand in `raw`."""
        before = [0]
        for piece in self.pieces:
            before.append(before[-1] + len(piece.raw))
        (first, at), (last, upto) = self.origin[start], self.origin[end - 1]
        return before[first] + at, before[last] + upto + 1

    def place(self, start: int, end: int) -> Place:
        """The place of some of its characters, with the sentence they stand in and the box of their line."""
        piece, at = self.origin[start]
        paragraph = self.pieces[piece]
        left = max(self.text.rfind(mark, 0, start) for mark in _ENDS) + 1
        stops = [found for mark in _ENDS if (found := self.text.find(mark, end)) >= 0]
        right = min(min(stops, default=len(self.text)) + 1, len(self.text))
        if right - left > MAX_QUOTE:
            left, right = max(left, start - 60), min(right, end + 40)
        first_char, after = self.printed(left, right)
        quote = tidy(self.raw[first_char:after])
        last_piece, last = self.origin[end - 1]
        box = _box(paragraph, at, last + 1 if last_piece == piece else len(paragraph.raw))
        page = next((part.page for part in reversed(paragraph.parts) if part.start <= at), paragraph.place.page)
        return replace(paragraph.place, section=self.heading, quote=quote, bbox=box, page=page)


def _box(paragraph: Paragraph, start: int, end: int) -> tuple[float, float, float, float] | None:
    for part in reversed(paragraph.parts):
        if part.start <= start:
            first = min(start - part.start, len(part.edges) - 1)
            last = min(end - part.start, len(part.edges) - 1)
            return (part.edges[first], part.box[1], part.edges[last], part.box[3])
    return paragraph.place.bbox


@dataclass(slots=True)
class _State:
    topic: Topic | None = None
    heading: str = ""
    outside: bool = False
    chapter_outside: bool = False
    pieces: list[Paragraph] = field(default_factory=list)


def passages_of(paragraphs: Iterable[Paragraph], lexicon: Lexicon) -> Iterator[Passage]:
    """Yield the passages of the prose in reading order."""
    state = _State()
    for paragraph in paragraphs:
        text = paragraph.text
        if not text or _LEADER.search(text):
            continue
        heading = _HEADING.match(text)
        if heading and _is_heading(text):
            yield from _close(state)
            _open(state, heading, tidy(text), lexicon)
            if heading["part"] or heading["chapter"] or heading["section"]:
                continue
        starts = bool(heading) and not _OPEN.search(state.pieces[-1].text if state.pieces else "")
        if state.pieces and not starts and _goes_on(state.pieces):
            state.pieces.append(paragraph)
        else:
            yield from _close(state)
            state.pieces = [paragraph]
    yield from _close(state)


def _is_heading(text: str) -> bool:
    return (
        len(text) <= MAX_HEADING
        and not re.search(r"[；]|\d元|万元|\d%|，.*，", text)
        and text.rstrip()[-1:] not in "，；"
    )


def _goes_on(pieces: list[Paragraph]) -> bool:
    """Tell whether the text before is not at the end of a sentence (a line of a dump, or a list after a colon)."""
    last = pieces[-1].text
    return last[-1:] not in _ENDS and sum(len(piece.raw) for piece in pieces) < MAX_PASSAGE


def _open(state: _State, heading: re.Match[str], text: str, lexicon: Lexicon) -> None:
    """Go to a new heading: parts and chapters set the topic anew, smaller ones only where they name one."""
    bare = text[heading.end() :]
    topic = lexicon.topic_of(_DROPPED.sub("", text))
    if heading["part"]:
        state.topic, state.outside = None, any(word in text for word in OUTSIDE)
        state.chapter_outside = state.outside
    elif heading["chapter"]:
        state.topic = topic
        state.outside = state.chapter_outside or (topic is None and any(word in text for word in OUTSIDE))
    elif topic is not None:
        state.topic = topic
    if not heading["item"]:
        state.heading = bare.strip("。：") or text


def _close(state: _State) -> Iterator[Passage]:
    pieces, state.pieces = state.pieces, []
    if not pieces:
        return
    text: list[str] = []
    origin: list[tuple[int, int]] = []
    for number, paragraph in enumerate(pieces):
        for offset, char in enumerate(paragraph.raw):
            if not _DROPPED.match(char):
                text.append(char.translate(_FOLD))
                origin.append((number, offset))
    if text:
        yield Passage(_punctuated("".join(text)), origin, pieces, state.topic, state.heading, state.outside)


def _punctuated(text: str) -> str:
    """Commas between figures stay, other half-width commas become full ones; every character keeps its position."""
    return re.sub(r",(?!\d{3}(?!\d))|(?<!\d),", "，", text)
