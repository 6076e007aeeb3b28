"""Printed numbers: what a cell or a word of the text says, digit for digit.

Every trap here was met in a real filing: spaces inside numbers (`833. 68`), full-width digits, dashes for
"does not apply", `∞%`, parentheses for negatives. What is not surely one number is `unreadable`, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from auditor.digits import whole_number


class State(StrEnum):
    """What stands in a cell (`value` … `mark`), or why nothing can be said of it."""

    VALUE = "value"
    ZERO = "zero"  # 0, 0.00
    BLANK = "blank"
    DASH = "dash"  # —, ────
    MARK = "mark"  # ∞%, -%
    ABSENT = "absent"  # an open table was read to its end and does not list the code
    MISSING = "missing"  # should be there and is not
    HIDDEN = "hidden"
    UNREADABLE = "unreadable"


LOST = "\ufffd"  # stands for a character that is printed and cannot be read: a figure with one is unreadable
NUMERIC = frozenset({State.VALUE, State.ZERO})
# why a cell shows no number where it has one
BROKEN = frozenset({"unread.error_cell", "unread.hashes", "unread.unseen_part"})
_BROKEN = re.compile(r"(?P<error>#?(?:REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|N/A|SPILL!|CALC!))|[#＃]{2,}", re.IGNORECASE)
NOTHING = frozenset({State.BLANK, State.DASH})  # never hide an amount

MAX_DIGITS = 15  # what a spreadsheet keeps
MAX_PRINTED = 40  # with all zeros before and behind

_FULL = str.maketrans("０１２３４５６７８９．，％－﹣−﹪（）＋", "0123456789.,%---%()+")
_SPACE = re.compile(r"[\s\u3000\u00a0]+")
_DASH = re.compile(r"[-—─―–_~～]+")
_MARK = re.compile(r"[-—─]?∞%?|[-—─]+%|%|[*#]+")
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?(?P<percent>%?)")
_PARTS = frozenset("0123456789.,%()+-亿万千元" + LOST)  # of a number that is not seen whole
# where OCR and justified text put spaces: beside the point or comma, and before the last decimal of a pair
_LOOSE = re.compile(r"(?<=\d) ?([.,]) ?(?=\d)| (?=%$)|(?<=^[-+]) ")
_SPLIT = re.compile(r"(?<=\.\d) (?=\d%?$)")


@dataclass(frozen=True, slots=True)
class Literal:
    """One printed number or its absence.

    `digits` holds all digits as one signed integer and `decimals` how many of them stand behind the point, so
    `-2,940.05` is (-294005, 2). `repaired` says that a space between two digits was closed. For an unreadable
    literal `reason` is a key of the message catalogues.
    """

    raw: str
    state: State
    digits: int = 0
    decimals: int = 0
    percent: bool = False
    repaired: bool = False
    reason: str = ""


def is_printed_number(literal: Literal) -> bool:
    """Whether a cell shows a number, or that it cannot show the one it has (`#REF!`, `########`)."""
    return literal.state in NUMERIC or literal.reason in BROKEN


def may_be_amount(literal: Literal) -> bool:
    """Whether a cell prints something other than zero, or what cannot be read and may be that."""
    return literal.state is State.VALUE or literal.reason in BROKEN


@lru_cache(maxsize=65536)
def parse_literal(raw: str) -> Literal:
    """Read what one cell prints.

    >>> parse_literal("833. 68").digits, parse_literal("(1.23)").digits, parse_literal("────").state
    (83368, -123, <State.DASH: 'dash'>)
    >>> parse_literal("\N{REPLACEMENT CHARACTER}7.00").reason
    'unread.unseen_part'
    """
    text = _SPACE.sub(" ", raw.translate(_FULL)).strip()
    if not text:
        return Literal(raw, State.BLANK)
    bare = text.replace(" ", "")
    if _DASH.fullmatch(bare):
        return Literal(raw, State.DASH)
    broken = _BROKEN.fullmatch(bare)
    if broken is not None:
        return Literal(raw, State.MARK, reason="unread.error_cell" if broken["error"] else "unread.hashes")
    if _MARK.fullmatch(bare):
        return Literal(raw, State.MARK)
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    text = _LOOSE.sub(lambda m: m.group(1) or "", text)
    joined = _SPLIT.sub("", text)
    found = _NUMBER.fullmatch(joined)
    if not found:
        return Literal(raw, State.UNREADABLE, reason="unread.unseen_part" if _is_part(bare) else "unread.not_a_number")
    part = found["part"] or ""
    digits = found["whole"].replace(",", "") + part
    number = whole_number(digits.lstrip("0") or "0", MAX_DIGITS)
    if number is None or len(digits) > MAX_PRINTED:
        return Literal(raw, State.UNREADABLE, reason="unread.too_large")
    if negative or found["sign"] == "-":
        number = -number
    return Literal(
        raw,
        State.VALUE if number else State.ZERO,
        number,
        len(part),
        bool(found["percent"]),
        repaired=joined != text,
    )


def _is_part(bare: str) -> bool:
    """Whether a text is, or may be, a number of which not every character can be read."""
    return LOST in bare and _PARTS.issuperset(bare)


def decimal_text(value: int, scale: int, decimals: int) -> str:
    """Write `value` (smallest steps) in units of `scale` with at least `decimals` decimals, exactly.

    >>> decimal_text(4_182_600, 1_000_000, 2), decimal_text(-50, 100, 0)
    ('4.1826', '-0.5')
    """
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), scale)
    width = len(str(scale)) - 1
    part = str(rest).zfill(width) if width else ""
    part = part[:decimals] + part[decimals:].rstrip("0") if width else ""
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"
