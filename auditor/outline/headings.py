"""Headings and their numbers: which number each heading has, and which one should follow from those before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.outline.pieces import Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.facts import Place
    from auditor.outline.pieces import Piece

_ONES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_DIGITS = {name: number for number, name in enumerate(_ONES) if name}
_LEVELS = (
    ("部分", re.compile(r"^[-•·]*第([一二三四五六七八九十]{1,3})部分")),
    ("章", re.compile(r"^[-•·]*([一二三四五六七八九十]{1,3})[、.．]")),
    ("节", re.compile(r"^[-•·]*（([一二三四五六七八九十]{1,3})）")),
)
LONG = 6  # characters of a heading that nobody writes twice by chance
_RUN_IN = re.compile(r"(?<=[。；：])（([一二三四五六七八九十]{1,3})）")  # an item that begins within a paragraph


@dataclass(frozen=True, slots=True)
class Heading:
    """One numbered heading: its level, its number, the number that should stand there, its text."""

    level: str
    number: int
    expected: int
    first: bool  # no list of its level is open: it may go on in another file of the filing
    text: str
    place: Place

    def ordinal(self, number: int) -> str:
        """A number as headings of this level print it."""
        return _PRINTS[self.level].format(chinese(number))


_PRINTS = {"部分": "第{}部分", "章": "{}、", "节": "（{}）"}


def chinese(number: int) -> str:
    """A number up to 99 in Chinese characters.

    >>> chinese(9), chinese(12), chinese(20)
    ('九', '十二', '二十')
    """
    tens, ones = divmod(number, 10)
    ten = "十" if tens == 1 else _ONES[tens] + "十" if tens else ""
    return ten + _ONES[ones]


def chinese_number(text: str) -> int:
    """The value of a number up to 99 in Chinese characters.

    >>> chinese_number("九"), chinese_number("十二"), chinese_number("二十一")
    (9, 12, 21)
    """
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return 10 * (_DIGITS.get(tens, 1) if tens else 1) + _DIGITS.get(ones, 0)


def headings_of(pieces: Iterable[Piece]) -> Iterator[Heading]:
    """Yield the numbered headings and items of the body, each with the number that those before it lead to.

    A one begins a new list, inside the lists that are open (those of its own level stay open too: lists stand inside
    lists of the same look, and nothing tells where the inner one ends). Any other number goes on with the nearest
    open list that it follows; where it follows none, it goes on (wrongly) with the nearest list of its level. A one
    that says what the one before it said stands there twice.
    """
    lists: list[list[str | int]] = []  # level and last number of every open list, the innermost last
    opened: dict[str, str] = {}  # level → the first heading of its newest list
    pieces = list(pieces)
    listed = [number for piece in pieces if piece.sort is Sort.CONTENTS for number in _parts(piece)]
    for piece in pieces:
        if piece.sort in (Sort.CELL, Sort.CONTENTS, Sort.COVER, Sort.REMARK, Sort.NOTE):
            continue
        for level, number, start, end in _numbers(piece):
            first = all(name != level for name, _ in lists)
            if first and level == "部分" and number not in listed and number - 1 in listed:
                lists.append([level, number - 1])  # right behind the contents, which do not list parts
            text = piece.text[start : start + 40]
            doubled = number == 1 and len(text) > LONG and opened.get(level) == text and [level, 1] in lists[-1:]
            expected = 2 if doubled else _follow(lists, level, number)
            if number == 1 or level == "部分":
                opened[level] = text
            yield Heading(level, number, expected, first, text, piece.place(start, end))


def _parts(piece: Piece) -> Iterator[int]:
    return (number for level, number, _, _ in _numbers(piece) if level == "部分")


def _numbers(piece: Piece) -> Iterator[tuple[str, int, int, int]]:
    for level, pattern in _LEVELS:
        if found := pattern.match(piece.text):
            yield level, chinese_number(found.group(1)), found.start(), found.end()
            break
    for found in _RUN_IN.finditer(piece.text):
        yield "节", chinese_number(found.group(1)), found.start(), found.end()


def _follow(lists: list[list[str | int]], level: str, number: int) -> int:
    """Put a number into the open lists and return the number that should have stood there."""
    if number == 1:
        if level == "部分":
            lists.clear()
        lists.append([level, 1])
        return 1
    for at in range(len(lists) - 1, -1, -1):
        if lists[at][0] == level and lists[at][1] == number - 1:
            del lists[at + 1 :]
            lists[at][1] = number
            return number
    for at in range(len(lists) - 1, -1, -1):
        if lists[at][0] == level:
            expected = int(lists[at][1]) + 1
            del lists[at + 1 :]
            lists[at][1] = number
            return expected
    lists.append([level, number])
    return 1
