"""Numbers that tell a person: identity cards, bank cards, mobile telephones; and how a report shows them.

A report may be published: it must not repeat what should not have been published. First three and last four digits
remain.
"""

from __future__ import annotations

import re
from datetime import date

from auditor.digits import whole_number

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LETTERS = "10X98765432"
_LONG = re.compile(r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|\d{16,19}|1[3-9]\d{9})(?![\dA-Za-z])")
FIRST, LAST = 3, 4


def is_identity_number(digits: str) -> bool:
    """Whether 18 characters are an identity card number: a place, a possible date of birth, the check digit.

    >>> is_identity_number("11010519491231002X"), is_identity_number("110105194912310021")
    (True, False)
    """
    if not re.fullmatch(r"[1-9]\d{16}[\dXx]", digits) or digits[:2] not in _PROVINCES:
        return False
    try:
        born = date(*(whole_number(part) or 0 for part in (digits[6:10], digits[10:12], digits[12:14])))
    except ValueError:
        return False
    check = sum((whole_number(digit) or 0) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    return 1900 <= born.year <= 2100 and digits[17].upper() == _LETTERS[check]


_PROVINCES = frozenset(
    str(number)
    for block in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
    for number in range(block[0], block[1] + 1)
)


def is_bank_card(digits: str) -> bool:
    """Whether 16 to 19 digits may be a bank card: a known first digit, and the check digit of Luhn.

    >>> is_bank_card("6222020200112233446"), is_bank_card("6222020200112233445")
    (True, False)
    """
    if not re.fullmatch(r"(?:62|60|9|[3-5])\d{14,17}", digits) or not 16 <= len(digits) <= 19:
        return False
    total = 0
    for position, digit in enumerate(reversed(digits)):
        worth = (whole_number(digit) or 0) * (2 if position % 2 else 1)
        total += worth - 9 if worth > 9 else worth
    return total % 10 == 0


def mask(number: str) -> str:
    """A number with all but its first three and last four digits hidden.

    >>> mask("13812345678")
    '138****5678'
    """
    return f"{number[:FIRST]}{'*' * max(4, len(number) - FIRST - LAST)}{number[-LAST:]}"


def masked(text: str) -> str:
    """A text with every number that may tell a person masked."""
    return _LONG.sub(_mask_found, text)


def _mask_found(found: re.Match[str]) -> str:
    number = found.group()
    personal = len(number) == 11 or is_identity_number(number) or is_bank_card(number)
    return mask(number) if personal else number
