"""What may have happened to a figure, told by the printed digits and the digits it should have.

Each cause is a suggestion with its evidence, never a correction.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Cause(StrEnum):
    """Typical slips of hand and of copying."""

    TRANSPOSED = "transposed"  # 61.32 for 63.12: two neighbouring digits changed places
    DIGIT = "digit"  # one digit is another one
    DROPPED = "dropped"  # a digit is missing
    ADDED = "added"  # a digit too many
    SIGN = "sign"
    UNIT = "unit"  # 万元 for 元: a factor of 10,000
    SHIFTED = "shifted"  # the decimal point stands elsewhere: a factor of 10, 100, 1,000
    BLANK = "blank"  # nothing is printed where a figure should be
    NEIGHBOUR = "neighbour"  # the figure of another column of the row, or of another row of the column
    OMITTED = "omitted"  # a total without one of its items
    DOUBLED = "doubled"  # a total with one of its items twice


@dataclass(frozen=True, slots=True)
class Guess:
    """A cause and what supports it: the fact whose figure it is, or that was left out or counted twice."""

    cause: Cause
    fact: int | None = None


# the likelier a slip is to give just this figure by accident, the later it is tried
_ORDER = (Cause.BLANK, Cause.UNIT, Cause.SIGN, Cause.TRANSPOSED, Cause.SHIFTED, Cause.DROPPED, Cause.ADDED, Cause.DIGIT)


def guess(
    printed: int, right: int, *, blank: bool, beside: Sequence[tuple[int, int]], items: Mapping[int, int]
) -> Guess | None:
    """Guess how `right` came to be printed as `printed` (both in last digits of the print).

    `beside` are (fact, value) of the same row and column, `items` the values of the addends where the figure is a
    total; both in last digits. Returns None where no typical slip explains it.
    """
    if printed == right:
        return None
    gap = printed - right
    for fact, value in items.items():
        if value and value == -gap:
            return Guess(Cause.OMITTED, fact)
    found = next((cause for cause in _ORDER if _fits(cause, printed, right, blank=blank)), None)
    if found in (Cause.BLANK, Cause.UNIT, Cause.SIGN, Cause.TRANSPOSED):
        return Guess(found)
    for fact, value in beside:
        if value and value == printed:
            return Guess(Cause.NEIGHBOUR, fact)
    for fact, value in items.items():
        if value and value == gap:
            return Guess(Cause.DOUBLED, fact)
    return Guess(found) if found else None


def _fits(cause: Cause, printed: int, right: int, *, blank: bool) -> bool:
    a, b = str(abs(printed)), str(abs(right))
    if cause is Cause.BLANK:
        return blank
    if cause is Cause.SIGN:
        return printed == -right
    if printed * right < 0 or not printed or not right:
        return False
    if cause is Cause.UNIT:
        return printed == right * 10_000 or right == printed * 10_000
    if cause is Cause.SHIFTED:
        return any(printed == right * 10**n or right == printed * 10**n for n in (1, 2, 3))
    if cause is Cause.TRANSPOSED:
        return len(a) == len(b) and any(
            a[:n] + a[n + 1] + a[n] + a[n + 2 :] == b for n in range(len(a) - 1) if a[n] != a[n + 1]
        )
    if cause is Cause.DIGIT:
        return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
    shorter, longer = (a, b) if cause is Cause.DROPPED else (b, a)
    return len(longer) == len(shorter) + 1 and any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
