"""Units of measure, rounding modes, and the integer range that a printed number stands for.

Money is counted in 分 (0.01 元); a percentage in millionths of one percent; a count in ones. What is printed as
`x` with last digit `u` stands for a range of integers (rounding.md of the project's design: half-up by default).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

FEN_PER = {"元": 100, "千元": 100_000, "万元": 1_000_000, "亿元": 10_000_000_000}
PERCENT_SCALE = 1_000_000  # one percent, in the smallest step kept for percentages


class Kind(StrEnum):
    """What a fact says: how much, or (a word) what."""

    AMOUNT = "amount"  # money, in 分
    PERCENT = "percent"  # in 1/PERCENT_SCALE percent
    COUNT = "count"  # in ones
    MEASURE = "measure"  # in millionths of its unit: areas, scores, what is counted in parts
    WORD = "word"  # no number: a word, or items with 、 between them


class Rounding(StrEnum):
    """How a ledger value became a printed one."""

    HALF_UP = "half_up"
    NEAREST = "nearest"
    TRUNCATE = "truncate"


class Range(NamedTuple):
    """A closed range of integers in the smallest step of its kind."""

    lo: int
    hi: int

    def __neg__(self) -> Range:
        return Range(-self.hi, -self.lo)

    def meets(self, other: Range) -> bool:
        """Whether the two ranges share an integer."""
        return self.lo <= other.hi and other.lo <= self.hi


def last_digit(scale: int, decimals: int) -> int:
    """Return the worth of the last printed digit, in the smallest step; at least 1.

    `scale` is the worth of one whole unit (`FEN_PER['万元']`), `decimals` the printed decimals.

    >>> last_digit(FEN_PER['万元'], 2), last_digit(FEN_PER['元'], 2)
    (10000, 1)
    """
    return max(1, scale // int(10**decimals))


def printed_range(value: int, step: int, mode: Rounding = Rounding.HALF_UP) -> Range:
    """Return the range of integers that print as `value` when the last digit is worth `step`.

    A printed zero is exactly zero here; its second reading is `zero_range`. Source: rounding.md.

    >>> printed_range(418_260_000, 10_000)
    Range(lo=418255000, hi=418264999)
    >>> printed_range(-30_000, 10_000)
    Range(lo=-34999, hi=-25000)
    """
    if value == 0 or step <= 1:
        return Range(value, value)
    if value < 0:
        return -printed_range(-value, step, mode)
    if mode is Rounding.TRUNCATE:
        return Range(value, value + step - 1)
    half = step // 2
    if mode is Rounding.NEAREST:
        return Range(value - half, value + half)
    return Range(value - half, value + half - 1)


def zero_range(step: int, mode: Rounding = Rounding.HALF_UP) -> Range:
    """Return what a printed zero could hide: everything that would print as 0 at this last digit."""
    if step <= 1:
        return Range(0, 0)
    if mode is Rounding.TRUNCATE:
        return Range(-(step - 1), step - 1)
    half = step // 2
    return Range(-half, half) if mode is Rounding.NEAREST else Range(-(half - 1), half - 1)


_UNIT = re.compile(r"(?:金额)?单位\s*[：:]?\s*(?:人民币)?\s*(亿元|万元|千元|元)(?![一-鿿])")


def money_unit(text: str) -> str | None:
    """Return the unit of measure that a line such as `金额单位：万元` states, or None."""
    found = _UNIT.search(text.replace(" ", "").replace("\u3000", ""))
    return found.group(1) if found else None
