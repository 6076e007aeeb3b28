"""How one file is built and worded: headings, what its contents announce, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.model.facts import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.model.facts import Place


_ONES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_DIGITS = {name: number for number, name in enumerate(_ONES) if name}


def chinese_number(text: str) -> int:
    """The value of a number up to 99 in Chinese characters.

    >>> chinese_number("九"), chinese_number("十二"), chinese_number("二十一")
    (9, 12, 21)
    """
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return 10 * (_DIGITS.get(tens, 1) if tens else 1) + _DIGITS.get(ones, 0)


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


@dataclass(frozen=True, slots=True)
class Titled:
    """A title, in the contents or above a table: as printed, the official one, the standard tables it may stand for."""

    text: str
    title: str
    tables: tuple[str, ...]
    place: Place
    unit: bool = False  # the unit of measure is stated with it


@dataclass(slots=True)
class Contents:
    """Announced titles and headings, shown titles and headings, titles without a table, pages without anything."""

    announced: list[Titled] = field(default_factory=list)
    listed: list[Titled] = field(default_factory=list)  # entries that are no title of a table
    shown: list[Titled] = field(default_factory=list)
    bodiless: list[Titled] = field(default_factory=list)  # titles of tables with a unit of measure and no table below
    headings: list[str] = field(default_factory=list)
    empty_pages: list[int] = field(default_factory=list)
    nameless: list[Place] = field(default_factory=list)  # grids like official tables, without a title


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing that a file says: the table and row it is told in, its text, its named parts, its place."""

    table: str
    row: str
    text: str
    parts: Mapping[str, str]
    place: Place


@dataclass(slots=True)
class Outline:
    """How one file is built and worded."""

    mentions: list[Mention] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    contents: Contents = field(default_factory=Contents)
    half_read: bool = False  # characters of the text or of heads of tables cannot be read
