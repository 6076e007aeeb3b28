"""Headings and their numbers: which number each heading has, and which one should follow from those before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model.numbers import LOST
from auditor.model.outline import Heading, chinese_number
from auditor.outline.pieces import bare
from auditor.phrases.pieces import Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.phrases.pieces import Piece

_LEVELS = (
    ("部分", re.compile(r"^[-•·]*第([一二三四五六七八九十]{1,3})部分")),
    ("章", re.compile(r"^[-•·]*([一二三四五六七八九十]{1,3})[、.．]")),
    ("节", re.compile(r"^[-•·]*（([一二三四五六七八九十]{1,3})）")),
)
UNREAD_ITEM = LOST * 2  # the least of an item's number
BEGINNING = 6  # characters of a line in which its number stands
LONG = 6  # characters of a heading that nobody writes twice by chance
_RUN_IN = re.compile(r"(?<=[。；：])（([一二三四五六七八九十]{1,3})）")  # an item that begins within a paragraph


@dataclass(slots=True)
class _List:
    """A list that is open: its level, its last number, whether its items are headings, whether its one was seen."""

    level: str
    last: int
    heads: bool
    seen: bool = True
    gap: bool = False  # since its last item something stands that cannot be read


class _Lists:
    """The open lists of a text, the innermost last, and from which on they belong to the part that is being read."""

    def __init__(self) -> None:
        self.open: list[_List] = []
        self.part = 0
        self.ran: dict[str, int] = {}  # level → the last number of its first list in the part before

    def has(self, level: str) -> bool:
        """Whether a list of a level is open."""
        return any(one.level == level for one in self.open)

    def follow(self, level: str, number: int, *, heads: bool) -> int:
        """Put a number into the open lists and return the number that should have been printed there.

        Numbers of chapters may run on over the parts, and parts may stand inside chapters: any open list may go on.
        An item is held against a list only if the one of that list was seen, in the same part, as an item of the same
        look: of a list that begins in a passage that was not read as items nobody knows where it stands.
        """
        if number == 1:
            self._begin(_List(level, 1, heads))
            return 1
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at].level == level and self.open[at].last == number - 1:
                self._go_on(at, number)
                return number
        reach = 0 if level == "部分" else self.part
        for at in range(len(self.open) - 1, reach - 1, -1):
            one = self.open[at]
            if one.level == level and one.seen and one.heads == heads:
                expected = number if one.gap else one.last + 1
                self._go_on(at, number)
                return expected
        runs_on = self.ran.get(level) == number - 1
        self._begin(_List(level, number, heads, seen=runs_on))
        first = not runs_on and level == "章" and heads and self.part > 0 and len(self.open) == self.part + 1
        first = first and not self.open[self.part - 1].gap
        return 1 if first else number

    def pass_over(self, text: str, *, whole: bool) -> None:
        """Something stands here that cannot be read: it may be the next item of any open list."""
        if UNREAD_ITEM in text or (whole and LOST in text[:BEGINNING]):
            for one in self.open:
                one.gap = True

    def _begin(self, one: _List) -> None:
        self.open.append(one)
        if one.level == "部分":
            self.part = len(self.open)

    def _go_on(self, at: int, number: int) -> None:
        if self.open[at].level == "部分":
            self.ran = {one.level: one.last for one in reversed(self.open[at + 1 :])}
        del self.open[at + 1 :]
        self.open[at].last, self.open[at].gap = number, False
        self.part = at + 1 if self.open[at].level == "部分" else min(self.part, at)


def headings_of(pieces: Iterable[Piece]) -> Iterator[Heading]:
    """Yield the numbered headings and items of the body, each with the number that those before it lead to.

    A one begins a new list, inside the lists that are open (those of its own level stay open too: lists stand inside
    lists of the same look, and nothing tells where the inner one ends). Any other number goes on with the nearest
    open list that it follows; where it follows none, it goes on (wrongly) with the nearest list of its level. A one
    that says what the one before it said stands there twice. What the contents announce under its number is right.
    """
    lists = _Lists()
    opened: dict[str, str] = {}  # level → the first heading of its newest list
    pieces = list(pieces)
    entries = [piece for piece in pieces if piece.sort is Sort.CONTENTS]
    listed = [number for piece in entries for number in _parts(piece)]
    announced = {bare(piece.text) for piece in entries}
    half_read = any(UNREAD_ITEM in piece.text for piece in entries)  # they may announce any heading
    for piece in pieces:
        if piece.sort in (Sort.CELL, Sort.CONTENTS, Sort.COVER, Sort.REMARK, Sort.NOTE):
            if piece.sort is not Sort.CELL:
                lists.pass_over(piece.text, whole=True)
            continue
        before = 0
        for level, number, start, end in _numbers(piece):
            lists.pass_over(piece.text[before:start], whole=before == 0)
            before = end
            first = not lists.has(level)
            if first and level == "部分" and number not in listed and number - 1 in listed:
                lists.follow(level, number - 1, heads=True)  # right behind the contents, which do not list parts
            text = piece.text[start : start + 40]
            heads = start == 0 and piece.sort in (Sort.HEADING, Sort.TITLE)
            innermost = lists.open[-1] if lists.open else None
            doubled = (
                number == 1
                and len(text) > LONG
                and opened.get(level) == text
                and innermost is not None
                and (innermost.level, innermost.last) == (level, 1)
            )
            expected = 2 if doubled else lists.follow(level, number, heads=heads)
            if number == 1 or level == "部分":
                opened[level] = text
            if (piece.text in announced or (half_read and start == 0)) and not doubled:
                expected = number
            yield Heading(level, number, expected, first, text, piece.place(start, end))
        lists.pass_over(piece.text[before:], whole=before == 0)


def _parts(piece: Piece) -> Iterator[int]:
    return (number for level, number, _, _ in _numbers(piece) if level == "部分")


def _numbers(piece: Piece) -> Iterator[tuple[str, int, int, int]]:
    for level, pattern in _LEVELS:
        if found := pattern.match(piece.text):
            yield level, chinese_number(found.group(1)), found.start(), found.end()
            break
    for found in _RUN_IN.finditer(piece.text):
        yield "节", chinese_number(found.group(1)), found.start(), found.end()
