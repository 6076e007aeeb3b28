"""From lines to passages: rejoined, without spaces, punctuation in one form, each under its heading.

Every character of a passage knows the paragraph it comes from, so that a number found in it has a place and a box.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from auditor.model.document import Paragraph, tidy
from auditor.model.numbers import LOST, MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.model.facts import Place
    from auditor.phrases.lexicon import Lexicon, Topic

_FOLD = str.maketrans("()，,：:；;０１２３４５６７８９％﹪．﹣－−〔〕", "（），,：：；；0123456789%%.---（）")
_DROPPED = re.compile(r"[\s\u3000\u00a0*#“”\"「」『』]")
_HEADING = re.compile(
    r"^[-•·#\s]*(?:(?P<part>第[一二三四五六七八九十]+部分)|(?P<chapter>[一二三四五六七八九十]{1,3}[、.．])"
    r"|(?P<section>[（(][一二三四五六七八九十]{1,3}[)）])|(?P<item>\d{1,2}[、.．](?!\d)|[（(]\d{1,2}[)）]))"
)
# no comma of a number; one of a number that is not seen whole stays, so that its parts are not two numbers
_COMMA = re.compile(rf",(?!\d{{3}}(?!\d)|[\d.,]{{0,{MAX_DIGITS}}}{LOST})|(?<![\d{LOST}]),")
_BARE = re.compile(r"^(?:20\d\d年(?:度)?)?[^，。；：、\d]{4,40}(?:情况|说明)$")  # a heading without a number
_RUN_IN = re.compile(r"^[^。：；，]{2,30}?(?:情况说明|情况|说明)")  # a heading at the beginning of its text
_ANNEX = re.compile(r"^附件[一二三四五六七八九十\d]{0,3}[：:]?(?:$|.{0,40}(?:报告|自评|绩效|评价))")
_ENDS = "。！？"
_OPEN = re.compile(r"[，、；：（,;:(]$")
_LEADER = re.compile(r"[.．·…⋯]{4,}\s*\d*\s*$")
MAX_HEADING = 46
MAX_PASSAGE = 20_000  # characters
MAX_QUOTE = 160
GLOSSARY = "名词解释"
OUTSIDE = (
    GLOSSARY,
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
    """One paragraph of prose; `origin[i]` tells for character i the piece it is in and its offset there.

    `raw` is the text as printed, its pieces one after the other.
    """

    text: str
    origin: list[tuple[int, int]]
    pieces: list[Paragraph]
    topic: Topic | None = None
    heading: str = ""
    chapter: str = ""  # the heading of its chapter
    outside: bool = False
    glossary: bool = False  # explains terms: its numbers claim nothing
    raw: str = field(default="", init=False)
    _begins: list[int] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self.raw = "".join(piece.raw for piece in self.pieces)
        self._begins = list(accumulate((len(piece.raw) for piece in self.pieces), initial=0))

    def printed(self, start: int, end: int) -> tuple[int, int]:
        """Where some of its characters stand in `raw`."""
        (first, at), (last, upto) = self.origin[start], self.origin[end - 1]
        return self._begins[first] + at, self._begins[last] + upto + 1

    def place(self, start: int, end: int) -> Place:
        """The place of some of its characters, with the sentence they stand in and the box of their line."""
        piece, at = self.origin[start]
        paragraph = self.pieces[piece]
        low, high = max(0, start - MAX_QUOTE), min(len(self.text), end + MAX_QUOTE)
        left = max((found + 1 for mark in _ENDS if (found := self.text.rfind(mark, low, start)) >= 0), default=low)
        right = min((found + 1 for mark in _ENDS if (found := self.text.find(mark, end, high)) >= 0), default=high)
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
    """Where the walk is: topic of the chapter, of the section and at hand, heading, and whether claims count here."""

    topic: Topic | None = None
    chapter: Topic | None = None
    section: Topic | None = None
    heading: str = ""
    chapter_heading: str = ""
    outside: bool = False
    part_outside: bool = False
    glossary: bool = False
    untitled: bool = False  # a part whose title stands on the next line
    begun: bool = False  # a section with a topic was opened
    pieces: list[Paragraph] = field(default_factory=list)
    size: int = 0  # characters of the pieces


def passages_of(paragraphs: Iterable[Paragraph], lexicon: Lexicon) -> Iterator[Passage]:
    """Yield the passages of the prose in reading order."""
    state = _State()
    for paragraph in paragraphs:
        text = paragraph.text
        if not text or _LEADER.search(text):
            continue
        if state.untitled and len(text) <= MAX_HEADING:
            state.outside = state.part_outside = any(word in text for word in OUTSIDE)
            state.glossary = GLOSSARY in text
        state.untitled = False
        heading = _HEADING.match(text)
        if state.begun and len(text) <= MAX_HEADING and _ANNEX.match(_plain(text)):
            yield from _close(state, lexicon)
            state.topic = state.chapter = state.section = None
            state.heading, state.outside, state.part_outside = tidy(text), True, True
            state.chapter_heading = state.heading
            state.glossary = False
            continue
        if heading and _is_heading(text):
            yield from _close(state, lexicon)
            _open(state, heading, tidy(text), lexicon)
            if heading["part"] or heading["chapter"] or heading["section"]:
                continue
        elif not heading and not _wants_more(state) and _BARE.match(text) and (topic := lexicon.topic_of(_plain(text))):
            yield from _close(state, lexicon)
            state.topic = state.chapter = state.section = topic
            state.heading, state.outside, state.begun = tidy(text), False, True
            continue
        starts = bool(heading) and not _OPEN.search(state.pieces[-1].text if state.pieces else "")
        if not (state.pieces and not starts and _goes_on(state)):
            yield from _close(state, lexicon)
        state.pieces.append(paragraph)
        state.size += len(paragraph.raw)
    yield from _close(state, lexicon)


def _wants_more(state: _State) -> bool:
    return bool(state.pieces) and state.pieces[-1].text[-1:] not in _ENDS


def _plain(text: str) -> str:
    return _DROPPED.sub("", text)


def _is_heading(text: str) -> bool:
    return (
        len(text) <= MAX_HEADING
        and not re.search(r"[；]|\d元|万元|\d%|，.*，", text)
        and text.rstrip()[-1:] not in "，；"
    )


def _goes_on(state: _State) -> bool:
    """Whether the text before is not at the end of a sentence (a line of a dump, or a list after a colon)."""
    return state.pieces[-1].text[-1:] not in _ENDS and state.size < MAX_PASSAGE


def _open(state: _State, heading: re.Match[str], text: str, lexicon: Lexicon) -> None:
    """Go to a new heading: each sets the topic of its level again, and falls back to that of the level above."""
    bare = text[heading.end() :]
    topic = lexicon.topic_of(_plain(text))
    outside = any(word in text for word in OUTSIDE)
    if heading["part"]:
        state.topic = state.chapter = state.section = None
        state.outside = state.part_outside = outside
        state.glossary = GLOSSARY in text
        state.untitled = not _plain(bare)
    elif heading["chapter"]:
        state.topic = state.chapter = state.section = topic
        state.outside = state.part_outside or (topic is None and outside)
        state.glossary = GLOSSARY in text or (state.glossary and state.part_outside)
    elif heading["section"]:
        state.topic = state.section = topic or state.chapter
    else:
        state.topic = topic or state.section
    state.begun = state.begun or (topic is not None and not state.outside)
    if heading["part"] or heading["chapter"]:
        state.chapter_heading = text
    if not heading["item"]:
        state.heading = bare.strip("。：") or text


def _close(state: _State, lexicon: Lexicon) -> Iterator[Passage]:
    pieces, state.pieces, state.size = state.pieces, [], 0
    if not pieces:
        return
    text: list[str] = []
    origin: list[tuple[int, int]] = []
    for number, paragraph in enumerate(pieces):
        kept = _DROPPED.sub("", paragraph.raw)
        text.append(kept.translate(_FOLD))
        offsets = range(len(kept)) if kept == paragraph.raw else _offsets(paragraph.raw)
        origin += [(number, offset) for offset in offsets]
    if origin:
        plain = _punctuated("".join(text))
        passage = Passage(
            plain, origin, pieces, state.topic, state.heading, state.chapter_heading, state.outside, state.glossary
        )
        _run_in(passage, state, lexicon)
        yield passage


def _offsets(raw: str) -> list[int]:
    """Where the characters stand that are not dropped."""
    return [offset for offset, char in enumerate(raw) if not _DROPPED.match(char)]


def _run_in(passage: Passage, state: _State, lexicon: Lexicon) -> None:
    """A heading that stands in one paragraph with its text: `2.政府采购情况。…`, `一、收入决算情况说明2023年度…`."""
    heading = _HEADING.match(passage.text)
    found = heading and _RUN_IN.match(passage.text[heading.end() :])
    topic = lexicon.topic_of(found.group()) if found else None
    if heading is None or found is None or topic is None:
        return
    passage.topic = topic
    if heading["chapter"]:
        state.topic = state.chapter = state.section = topic
        passage.outside = state.outside = state.part_outside
    elif heading["section"]:
        state.topic = state.section = topic
    passage.heading = state.heading = found.group()


def _punctuated(text: str) -> str:
    """Commas between figures stay, other half-width commas become full ones; every character keeps its position."""
    return _COMMA.sub("，", text)
