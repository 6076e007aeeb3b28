"""A piece of text: what it is, where each of its characters stands, and how it is quoted."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.model.document import Cell, Paragraph, tidy
from auditor.phrases.privacy import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.facts import Place


_SPACE = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]")
_PRINTED = re.compile(r"[^\s\u3000\u00a0\u200b\ufeff]")
_FOLD = str.maketrans("()０１２３４５６７８９％〔〕", "（）0123456789%（）")
_RADICAL = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
MAX_QUOTE = 60


class Sort(StrEnum):
    """What a piece of text is."""

    COVER = "cover"  # before the contents, or the first lines
    CONTENTS = "contents"  # an entry of the list of contents
    HEADING = "heading"
    TITLE = "title"  # of a table
    REMARK = "remark"  # between a table's title and its grid
    NOTE = "note"  # below a table
    TEXT = "text"
    CELL = "cell"


@dataclass(slots=True)
class Piece:
    """One piece of text; character i stands at `offsets[i]` in the raw text of its source.

    `beside` is what stands around a cell: the head of its column and its row.
    """

    sort: Sort
    text: str
    offsets: Sequence[int]
    sources: list[Paragraph | Cell]
    heading: str = ""
    beside: str = ""
    ends: bool = True  # the paragraph is known to end here
    starts: list[int] = field(default_factory=lambda: [0])  # where in the text each source begins

    def join(self, text: str, offsets: Sequence[int], source: Paragraph) -> None:
        """Add a paragraph that goes on with this text."""
        joined: list[int] = self.offsets if isinstance(self.offsets, list) else list(self.offsets)
        joined += offsets
        self.offsets = joined
        self.starts.append(len(self.text))
        self.text += text
        self.sources.append(source)

    def place(self, start: int, end: int) -> Place:
        """The place of some of its characters, quoted with what stands around them."""
        number, last_number = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 1) - 1
        at, last = self.offsets[start], self.offsets[end - 1]
        source = self.sources[number]
        place = replace(source.place, section=self.heading, quote=masked(self.quote(start, end)))
        if isinstance(source, Paragraph) and source.parts:
            stop = last + 1 if last_number == number else len(source.raw)
            boxes = source.boxes(at, stop)
            if boxes:
                place = replace(place, page=boxes[0][0], bbox=boxes[0][1])
        return place

    def quote(self, start: int, end: int) -> str:
        """The sentence of some characters, cut to what stands near them."""
        left = max(self.text.rfind(mark, 0, start) for mark in "。！？；") + 1
        stops = [at for mark in "。！？；" if (at := self.text.find(mark, end)) >= 0]
        right = min(stops, default=len(self.text)) + 1
        room = max(4, (MAX_QUOTE - (end - start)) // 2)
        before, after = max(left, start - room), min(right, end + room)
        head = "…" if before > left else ""
        tail = "…" if after < min(right, len(self.text)) else ""
        return f"{head}{self.text[before:after]}{tail}"


def squeezed(raw: str) -> tuple[str, Sequence[int]]:
    """A raw text without white space, brackets and digits in one form, and the offset of each character."""
    offsets: Sequence[int] = range(len(raw))
    if _SPACE.search(raw):
        offsets = [found.start() for found in _PRINTED.finditer(raw)]
        raw = _SPACE.sub("", raw)
    return _RADICAL.sub(lambda found: tidy(found.group()), raw).translate(_FOLD), offsets
