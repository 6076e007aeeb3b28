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
    literals = [m.group(1) or m.group(2) or "" for m in _QUOTED.finditer(section)]
    bare = _QUOTED.sub("\0", section)
    if "General" in bare:
        return sign + general(abs(value))
    found = _DIGITS.search(bare)
    if found is None:
        return "".join(literals).strip() or ("" if bare.strip("\0 ") == "" else bare.replace("\0", "").strip())
    if re.search(r"[Ee][+-]|/", bare):
        return general(value)
    digits = found.group()
    number = Decimal(repr(abs(value)))
    percent = "%" in bare
    if percent:
        number *= 100
    trailing = len(digits) - len(digits.rstrip(","))
    number = number.scaleb(-3 * trailing)
    whole, _, part = digits.rstrip(",").partition(".")
    places = len(part)
    text = format(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), ",f" if "," in whole else "f")
    least = sum(char == "0" for char in part)
    if places > least and "." in text:
        head, tail = text.split(".")
        tail = tail[:least] + tail[least:].rstrip("0")
        text = f"{head}.{tail}" if tail else head
    if "0" not in whole and whole and text.startswith("0") and number < 1:
        text = text[1:] or ""
        if text in ("", "."):
            return ""  # `#` shows nothing for zero
        if text.startswith("."):
            text = f"0{text}"
    if bare.strip("\0 ").startswith("(") and value < 0:
        return f"({text}{'%' if percent else ''})"
    if "-" in bare.split(digits)[0] and value < 0:
        sign = "-"
    return f"{sign}{text}{'%' if percent else ''}"


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
