"""Spreadsheet number formats: what a stored number looks like in print.

A workbook stores 833.6789 and shows 833.68; what is shown is what is disclosed, and its decimals say how exact it is.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

GENERAL_DIGITS = 11  # significant digits that the format General shows
MOST_DECIMALS = 6

_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_DIGITS = re.compile(r"[0#?](?:[0#?,]*[0#?])?(?:\.[0#?]*)?,*|\.[0#?]+")
_DATE = re.compile(r"[ymdhs年月日]", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[str, ...]:
    out, part, quoted = [], "", False
    for char in code:
        if char == '"':
            quoted = not quoted
        if char == ";" and not quoted:
            out.append(part)
            part = ""
        else:
            part += char
    return (*out, part)


def is_date(code: str) -> bool:
    """Tell whether a format shows dates."""
    return bool(_DATE.search(_QUOTED.sub("", code))) and "General" not in code


def shown(value: float, code: str) -> str:
    """Return a number as its format shows it; formats that are not understood count as General.

    >>> shown(833.6789, "#,##0.00"), shown(0.1234, "0.0%"), shown(0.0, '#,##0.00;-#,##0.00;"-"'), shown(12.5, "General")
    ('833.68', '12.3%', '-', '12.5')
    """
    if code in ("", "General", "@"):
        return general(value)
    sections = _sections(code)
    if value > 0 or len(sections) == 1:
        section, sign = sections[0], "-" if value < 0 else ""
    elif value < 0:
        section, sign = sections[1] or sections[0], "" if sections[1] else "-"
    else:
        section, sign = (sections[2] if len(sections) > 2 else sections[0]), ""
    return _filled(value, section, sign)


def _filled(value: float, section: str, sign: str) -> str:
    """One section of a format, filled with a number."""
    bare = _QUOTED.sub("\0", section)
    if "General" in bare:
        return sign + general(abs(value))
    found = _DIGITS.search(bare)
    if found is None:
        literals = "".join(m.group(1) or m.group(2) or "" for m in _QUOTED.finditer(section))
        return literals.strip() or bare.replace("\0", "").strip()
    if re.search(r"[Ee][+-]|/", bare):
        return general(value)
    digits = found.group()
    percent = "%" if "%" in bare else ""
    text = _digits(Decimal(repr(abs(value))) * (100 if percent else 1), digits)
    if not text:
        return ""  # `#` shows nothing for zero
    if bare.strip("\0 ").startswith("(") and value < 0:
        return f"({text}{percent})"
    if "-" in bare.split(digits)[0] and value < 0:
        sign = "-"
    return f"{sign}{text}{percent}"


def _digits(number: Decimal, digits: str) -> str:
    """A number in the digits of a format: `#,##0.00`, `0.0#`, `#,` (thousands)."""
    number = number.scaleb(-3 * (len(digits) - len(digits.rstrip(","))))
    whole, _, part = digits.rstrip(",").partition(".")
    text = format(number.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP), ",f" if "," in whole else "f")
    least = sum(char == "0" for char in part)
    if len(part) > least and "." in text:
        head, tail = text.split(".")
        tail = tail[:least] + tail[least:].rstrip("0")
        text = f"{head}.{tail}" if tail else head
    if "0" not in whole and whole and text.startswith("0") and number < 1:
        text = text[1:] if text[1:] not in ("", ".") else ""
        return f"0{text}" if text else ""
    return text


def general(value: float) -> str:
    """A number as the format General shows it, without the noise of binary fractions.

    >>> general(0.1 + 0.2), general(20374181.0), general(1e-9)
    ('0.3', '20374181', '0')
    """
    number = Decimal(repr(value))
    digits = max(0, min(MOST_DECIMALS, GENERAL_DIGITS - max(1, number.adjusted() + 1)))
    text = format(number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text
