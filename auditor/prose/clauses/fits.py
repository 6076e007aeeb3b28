"""Whether some readings of a sentence make it exactly true: to choose between subjects that the words leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.facts import scale_of
from auditor.model.numbers import NUMERIC, parse_literal
from auditor.model.rates import growth_by_change_bounds, judge_ratio, share_bounds
from auditor.model.units import PERCENT_SCALE, Kind, Range, last_digit, printed_range, zero_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.model.rates import Bounds
    from auditor.prose.claims import Told

PAIR = 2  # digits that change places


def value_of(told: Told) -> tuple[int, int] | None:
    """The signed value of a number in its smallest step, and the worth of its last digit; None where it is none."""
    number = told.number
    literal = parse_literal(number.text)
    if literal.state not in NUMERIC:
        return None
    scale = scale_of(number.kind, number.unit) if number.kind is not Kind.COUNT else 10**literal.decimals
    value = literal.digits * scale // 10**literal.decimals
    return (-value if told.sign < 0 else value), last_digit(scale, literal.decimals)


def range_of(told: Told) -> Range | None:
    """The integers that a number may stand for; None where it is none."""
    value = value_of(told)
    if value is None:
        return None
    return printed_range(*value) if value[0] else zero_range(value[1])


def grows(amount: Told, change: Told, rate: Told) -> bool:
    """Whether an amount, its change and the rate of change agree."""
    return _agree(amount, change, rate, growth_by_change_bounds)


def shares(part: Told, whole: Told, rate: Told) -> bool:
    """Whether a part is the printed share of a whole."""
    return _agree(part, whole, rate, share_bounds)


def _agree(first: Told, second: Told, rate: Told, bounds_of: Callable[[Range, Range], Bounds | None]) -> bool:
    """Whether a printed rate lies within what two printed numbers may give."""
    a, b, printed = range_of(first), range_of(second), range_of(rate)
    if a is None or b is None or printed is None:
        return False
    bounds = bounds_of(a, b)
    return bounds is not None and judge_ratio(*bounds, printed)


def sums(whole: Told, parts: list[Told]) -> bool:
    """Whether parts add up to a whole, each known to its last digit."""
    total, low, high = range_of(whole), 0, 0
    if total is None:
        return False
    for part in parts:
        reach = range_of(part)
        if reach is None:
            return False
        low, high = low + reach.lo, high + reach.hi
    return low <= total.hi and high >= total.lo


def shares_make_a_whole(rates: list[Told]) -> bool:
    """Whether shares add up to a hundred percent, each known to its last digit."""
    low = high = 0
    for rate in rates:
        reach = range_of(rate)
        if reach is None:
            return False
        low, high = low + reach.lo, high + reach.hi + 1
    return low <= 100 * PERCENT_SCALE <= high


def slipped(whole: Told, parts: list[Told]) -> bool:
    """Whether one wrong digit of one number, or two digits in wrong order, is all that parts lack to add up."""
    values = [value_of(told) for told in (whole, *parts)]
    known = [value for value in values if value is not None]
    if len(known) != len(values):
        return False
    gap = known[0][0] - sum(value for value, _ in known[1:])
    finest = min(step for _, step in known)
    changes = [-gap, *(gap for _ in parts)]
    return any(
        gap % step == 0 and one_slip(value // step, (value + change) // step)
        for (value, step), change in zip(known, changes, strict=True)
        if step == finest or gap % step == 0
    )


def one_slip(printed: int, right: int) -> bool:
    """Whether two numbers of the same length differ in one digit, or in the order of two neighbours."""
    a, b = str(abs(printed)), str(abs(right))
    if len(a) != len(b) or (printed < 0) != (right < 0):
        return False
    other = [number for number, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    swapped = len(other) == 2 and other[1] - other[0] == 1 and a[other[0]] == b[other[1]] and a[other[1]] == b[other[0]]
    return len(other) == 1 or swapped
