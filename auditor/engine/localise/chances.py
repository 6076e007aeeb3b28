"""How likely one slip of the hand made what is printed, of a figure whose right value checks leave open.

Where any of several figures may be the wrong one, each could have been misprinted in many ways. The larger the share
of these ways that leads back to a value with which everything holds, the likelier it is the one: a short number, or
one that a wide range is open to, before a long one that a single digit in one place would have to have hit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WHOLE = 10_000  # chances are told in ten-thousandths
MAX_DIGITS = 14
_DIGIT, _TURNED, _LONGER, _SHORTER, _SHIFTED = 4, 2, 1, 1, 1  # how often slips of each kind happen
_FACTORS = (10, 100)


def slip_chance(printed: int, able: Callable[[int], bool]) -> tuple[int, list[int]]:
    """The share of the slips that would have to be undone with which a value fits, and the values that fit.

    >>> slip_chance(87, lambda value: value == 17)
    (2352, [17])
    """
    if not printed or len(str(abs(printed))) > MAX_DIGITS:
        return 0, []
    sign = -1 if printed < 0 else 1
    chance, found = 0, []
    for weight, values in _ways(str(abs(printed))):
        options = list(dict.fromkeys(sign * value for value in values if value and sign * value != printed))
        fitting = [value for value in options if able(value)]
        chance += weight * WHOLE * len(fitting) // max(1, len(options))
        found += fitting
    return chance, list(dict.fromkeys(found))


def _ways(digits: str) -> Iterator[tuple[int, Iterator[int]]]:
    places = range(len(digits))
    yield _DIGIT, (int(digits[:n] + new + digits[n + 1 :]) for n in places for new in "0123456789" if n or new != "0")
    yield _TURNED, (int(digits[:n] + digits[n + 1] + digits[n] + digits[n + 2 :]) for n in places[:-1])
    yield _LONGER, (int(digits[:n] + new + digits[n:]) for n in range(len(digits) + 1) for new in "0123456789")
    yield _SHORTER, (int(digits[:n] + digits[n + 1 :]) for n in places if len(digits) > 1)
    yield _SHIFTED, (value for factor in _FACTORS for value in _shifted(int(digits), factor))


def _shifted(value: int, factor: int) -> Iterator[int]:
    yield value * factor
    if value % factor == 0:
        yield value // factor
