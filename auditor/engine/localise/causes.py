"""What may have happened to a figure, told by the printed digits, the digits it should have, and what stands around it.

Each cause is a suggestion with its evidence, never a correction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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
    SHIFTED = "shifted"  # the decimal point stands elsewhere: another power of ten
    BLANK = "blank"  # nothing is printed where a figure should be
    NEIGHBOUR = "neighbour"  # the figure of another column of the row, or of another row of the column
    OTHER_TABLE = "other_table"  # the figure of the same row or column in another table
    LAST_YEAR = "last_year"  # the figure of the year before
    SWAPPED = "swapped"  # two figures changed places
    OMITTED = "omitted"  # a total without one of its items
    DOUBLED = "doubled"  # a total with one of its items twice
    TRUNCATED = "truncated"  # cut off where it should have been rounded: one last digit too small
    FORCED = "forced"  # one last digit off, so that shares print a sum of 100 %


@dataclass(frozen=True, slots=True)
class Guess:
    """A cause and what supports it: the fact whose figure it is, or that was left out or counted twice.

    `printed` and `right` are the figure as printed and as it should be, in last digits of the print.
    """

    cause: Cause
    printed: int = 0
    right: int = 0
    fact: int | None = None

    @property
    def telling(self) -> int:
        """How much the cause says for its figure: other figures give one just like that by accident more often."""
        return 1 if self.cause in _WEAK else 2


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a figure, as (fact, value) in last digits of its print.

    `beside` are the figures of its row and column, `elsewhere` those of the same row or column in other tables,
    `before` those of the year before (None: of last year's filing), `items` what it adds up where it is a total.
    """

    blank: bool = False
    beside: Sequence[tuple[int, int]] = ()
    elsewhere: Sequence[tuple[int, int]] = ()
    before: Sequence[tuple[int | None, int]] = ()
    items: Mapping[int, int] = field(default_factory=dict)
    hundred: bool = False  # its shares print a sum of 100 %


_WEAK = frozenset({Cause.DIGIT, Cause.DROPPED, Cause.ADDED, Cause.OTHER_TABLE})
# the likelier a slip is to give just this figure by accident, the later it is tried
_SURE = (Cause.BLANK, Cause.UNIT, Cause.SIGN, Cause.TRANSPOSED, Cause.SHIFTED)
_LIKELY = (Cause.DROPPED, Cause.ADDED, Cause.DIGIT)


def guess(printed: int, right: int, around: Around) -> Guess | None:
    """Guess how `right` came to be printed as `printed` (both in last digits of the print).

    Returns None where no typical slip explains it.
    """
    if printed == right:
        return None
    if around.hundred and abs(printed - right) == 1:
        return Guess(Cause.FORCED, printed, right)
    found = next((cause for cause in _SURE if _fits(cause, printed, right, blank=around.blank)), None)
    cause, fact = (found, None) if found else _copied(printed, right, around)
    if cause is None and printed * right >= 0 and abs(right) - abs(printed) == 1:
        cause = Cause.TRUNCATED
    cause = cause or next((one for one in _LIKELY if _fits(one, printed, right, blank=False)), None)
    return Guess(cause, printed, right, fact) if cause else None


_FACTORS = (10, 100, 1000, 10_000)  # of a shifted point, the last one also of 元 for 万元


def slips(printed: int) -> list[int]:
    """The figures that a slip turns into this one: a wrong sign, a digit too many, two changed places, a shifted point.

    >>> slips(4312)
    [-4312, 312, 412, 432, 431, 3412, 4132, 4321, 43120, 431200, 4312000, 43120000]
    """
    sign, digits = (-1 if printed < 0 else 1), str(abs(printed))
    places = range(len(digits))
    shorter = [digits[:n] + digits[n + 1 :] for n in places if len(digits) > 1]
    turned = [digits[:n] + digits[n + 1] + digits[n] + digits[n + 2 :] for n in places[:-1]]
    shifted = [printed * factor for factor in _FACTORS]
    shifted += [printed // factor for factor in _FACTORS if printed % factor == 0]
    found = [-printed, *(sign * int(text) for text in (*shorter, *turned)), *shifted]
    return [value for value in dict.fromkeys(found) if value != printed]


def _copied(printed: int, right: int, around: Around) -> tuple[Cause | None, int | None]:
    """A figure that stands elsewhere too, or a total without an item or with one twice."""
    gap = printed - right
    values = (
        (Cause.OMITTED, around.items.items(), -gap),
        (Cause.LAST_YEAR, around.before, printed),
        (Cause.NEIGHBOUR, around.beside, printed),
        (Cause.DOUBLED, around.items.items(), gap),
        (Cause.OTHER_TABLE, around.elsewhere, printed),
    )
    for cause, known, wanted in values:
        for fact, value in known:
            if value and value == wanted:
                return cause, fact
    return None, None


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
        return any(printed == right * 10**n or right == printed * 10**n for n in range(1, 9))
    if cause is Cause.TRANSPOSED:
        return len(a) == len(b) and any(
            a[:n] + a[n + 1] + a[n] + a[n + 2 :] == b for n in range(len(a) - 1) if a[n] != a[n + 1]
        )
    if cause is Cause.DIGIT:
        return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
    shorter, longer = (a, b) if cause is Cause.DROPPED else (b, a)
    return len(longer) == len(shorter) + 1 and any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
