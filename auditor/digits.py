"""Digits in texts from outside: what is a digit, and whole numbers with a bound on their length.

The only place that turns such texts into integers. Of what Python calls digits only some are decimal (`²` is not), and
it refuses to read numbers of thousands of digits: both are met in damaged and hostile files.
"""

from __future__ import annotations

import re

MOST = 18  # digits of a whole number: it stays inside 64 bits
MOST_STORED = 400  # characters of a number that a file stores
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")
_HEX = re.compile(r"[0-9A-Fa-f]{1,8}")
_ZERO, _NINE = "0", "9"
_FULL = "０１２３４５６７８９"


def is_digits(text: str) -> bool:
    """Whether a text is digits and nothing else, in ASCII or in full width.

    >>> is_digits("208"), is_digits("２０８"), is_digits("2²"), is_digits("٣"), is_digits("")
    (True, True, False, False, False)
    """
    return text.isdecimal() and (text.isascii() or all(_ZERO <= sign <= _NINE or sign in _FULL for sign in text))


def has_digit(text: str) -> bool:
    """Whether a text has a digit anywhere."""
    return any(_ZERO <= sign <= _NINE or sign in _FULL for sign in text)


def begins_with_digit(text: str) -> bool:
    """Whether a text begins with a digit, as names of rows that are codes do."""
    return is_digits(text[:1])


def digits_of(text: str) -> str:
    """The ASCII digits of a text, without what stands between them.

    >>> digits_of("D:20240131T12²")
    '2024013112'
    """
    return "".join(sign for sign in text if _ZERO <= sign <= _NINE)


def whole_number(text: str, most: int = MOST) -> int | None:
    """The whole number that a text of up to `most` digits says; None for all else.

    >>> [whole_number(text) for text in ("0012", "２", "-1", "²", "9" * 5000)]
    [12, 2, None, None, None]
    """
    return int(text) if len(text) <= most and is_digits(text) else None


def real_number(text: str) -> float | None:
    """The number that a file stores in decimal or with an exponent, infinite where it is too large; None for all else.

    >>> [real_number(text) for text in ("-1.5", "2E3", "1e999", "1_000", "nan", "²")]
    [-1.5, 2000.0, inf, None, None, None]
    """
    return float(text) if len(text) <= MOST_STORED and _REAL.fullmatch(text.strip()) else None


def hexadecimal(text: str) -> int | None:
    """The whole number that up to eight hexadecimal digits say; None for all else.

    >>> hexadecimal("F0b7"), hexadecimal("0x10"), hexadecimal("1_0")
    (61623, None, None)
    """
    return int(text, 16) if _HEX.fullmatch(text) else None
