"""Spreadsheet number formats: what a stored number looks like in print.

A workbook stores 833.6789 and shows 833.68; what is shown is what is disclosed, and its decimals say how exact it is.
Digits, sign, parentheses and percent are shown; words around them (¥, 万元) are left out, as numbers stand alone in a
table. Source: ECMA-376 part 1, 18.8.31; `!` escapes like a backslash in Chinese editions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

GENERAL_DIGITS = 11  # significant digits that the format General shows
MOST_DECIMALS = 6
MOST_CODE = 255  # characters of a format: what spreadsheets take
_EXACT = Context(prec=400)  # digits of a number with all the places that such a format can have
LARGEST = 30  # digits before the point: more is no amount, whatever its format

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*.|\[(?P<square>[^\]]*)\]|(?P<general>General)|(?P<digit>[0#?])|'
    r"(?P<mark>[.,%])|(?P<science>[Ee][+-]\d*)|(?P<date>[yYmMdDhHsS]|AM/PM|[aA]{3,4})|(?P<other>.)"
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_COLOUR = re.compile(r"red|color\s*3|红色", re.IGNORECASE)
_THOUSAND = re.compile(r"(\d)(?=(?:\d{3})+$)")
_DASH = re.compile(r"[-—─―–]+")
_MINUS = "-−－△▲"


@dataclass(slots=True)
class _Section:
    """One of the parts of a format that semicolons separate.

    `places` are the digits and what stands between them: placeholders, the point, and words.
    """

    places: list[str] = field(default_factory=list)
    before: str = ""  # words before the digits
    after: str = ""
    whole: int = 0  # placeholders before the point
    part: int = 0
    least: int = 0  # zeros behind the point
    grouped: bool = False
    thousands: int = 0
    percent: bool = False
    general: bool = False
    plain: bool = True  # no fractions, powers or dates
    date: bool = False
    red: bool = False
    condition: tuple[str, Decimal] | None = None


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[_Section, ...]:
    sections = [_Section()]
    pending = 0  # commas after a digit: group where digits follow, scale where none do
    inside: list[str] = []  # words that may stand between digits
    pointed = False
    for found in _TOKEN.finditer(code):
        section = sections[-1]
        if found["other"] == ";":
            _close(section, pending, inside)
            sections.append(_Section())
            pending, inside, pointed = 0, [], False
        elif found["digit"]:
            section.grouped = section.grouped or pending > 0
            section.places += [*inside, found["digit"]]
            if pointed:
                section.part += 1
                section.least += found["digit"] == "0"
            else:
                section.whole += 1
            pending, inside = 0, []
        elif found["mark"] == "." and not pointed:
            section.thousands += pending
            section.places += [*inside, "."]
            pending, inside, pointed = 0, [], True
        elif found["mark"] == ",":
            pending += bool(section.places)
        elif found["mark"] == "%":
            section.percent = True
        else:
            _about(section, found, inside)
    _close(sections[-1], pending, inside)
    return tuple(sections)


def _about(section: _Section, found: re.Match[str], inside: list[str]) -> None:
    """Take in what is no digit: words, colours, conditions, signs of other kinds of format."""
    if found["square"] is not None:
        section.red = section.red or bool(_COLOUR.search(found["square"]))
        condition = _CONDITION.fullmatch(found["square"].strip())
        if condition is not None:
            section.condition = (condition[1], Decimal(condition[2]))
        section.date = section.date or found["square"].lower() in ("h", "m", "s", "hh", "mm", "ss")
    elif found["general"]:
        section.general = True
    elif found["date"]:
        section.date = True
    elif found["science"] or found["other"] == "/":
        section.plain = False
    else:
        word = found["quoted"] or found["escaped"] or found["other"] or ""
        if section.places:
            inside.append(f"'{word}")
        else:
            section.before += word


def _close(section: _Section, pending: int, inside: list[str]) -> None:
    section.thousands += pending
    section.after = "".join(word[1:] for word in inside)


def is_date(code: str) -> bool:
    """Whether a format shows dates or times."""
    first = _sections(code[:MOST_CODE])[0]
    return first.date and not first.general and not first.places


def shown(value: float, code: str) -> str:
    """Return a number as its format shows it; formats that are not understood count as General.

    >>> shown(833.6789, "#,##0.00"), shown(0.1234, "0.0%"), shown(0.0, '#,##0.00;-#,##0.00;"-"'), shown(12.5, "General")
    ('833.68', '12.3%', '-', '12.5')
    >>> shown(12345678, "0!.0000"), shown(12345.6, "0.00,"), shown(-5, "0.00_);(0.00)"), shown(2, "00")
    ('1234.5678', '12.35', '(5.00)', '02')
    """
    if code in ("", "General", "@") or len(code) > MOST_CODE:
        return general(value)
    number = Decimal(repr(value))
    section, sign = _chosen(number, _sections(code))
    if section.general:
        return sign + general(abs(value))
    if not section.places:
        if section.date or not section.plain:
            return general(value)
        return (section.before + section.after).strip().removesuffix("@")
    if not section.plain or section.date or abs(number) >= Decimal(10) ** LARGEST:
        return general(value)
    text = _digits(abs(number), section)
    if not text:  # `#` and `?` show nothing for zero
        word = (section.before + section.after).strip()
        return word if _DASH.fullmatch(word) else ""
    if section.percent:
        text += "%"
    if value < 0 and section.before.rstrip().endswith(("(", "（")):
        return f"({text})"
    return sign + text


def is_unseen(value: float, code: str) -> bool:
    """Whether a format shows nothing of a number, on purpose.

    >>> is_unseen(5, ";;;"), is_unseen(-5, "0.00;;0.00"), is_unseen(0.2, "#"), is_unseen(5, "0.00")
    (True, True, False, False)
    """
    if ";" not in code:
        return False
    section, _ = _chosen(Decimal(repr(value)), _sections(code))
    words = section.before + section.after
    return not (section.places or section.general or section.date or words.strip()) and section.plain


def _chosen(number: Decimal, sections: tuple[_Section, ...]) -> tuple[_Section, str]:
    """The section that shows a number, and the minus sign that goes before it."""
    minus = "-" if number < 0 else ""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _holds(number, *section.condition):
                return section, minus
        return _Section(general=True), minus
    if number > 0 or len(sections) == 1:
        return sections[0], minus
    if number == 0:
        return sections[2 if len(sections) > 2 else 0], ""
    section = sections[1]
    # a section of its own for negatives shows the sign that is written in it; red alone says it too
    signed = section.red or any(mark in section.before for mark in _MINUS)
    return section, "-" if signed else ""


def _holds(number: Decimal, relation: str, limit: Decimal) -> bool:
    return {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "<>": number != limit,
    }[relation]


def _digits(number: Decimal, section: _Section) -> str:
    """A number in the places of a format: `#,##0.00`, `0.0#`, `#,` (thousands), `0!.0000` (a point between digits)."""
    number = number.scaleb(-3 * section.thousands + 2 * section.percent)
    rounded = number.quantize(Decimal(1).scaleb(-section.part), ROUND_HALF_UP, _EXACT)
    whole, _, part = format(rounded, "f").partition(".")
    head = _whole(whole, section)
    tail = part[: section.least] + part[section.least :].rstrip("0")
    if tail:
        return f"{head or '0'}.{tail}"
    return head


def _whole(digits: str, section: _Section) -> str:
    """The places before the point, filled from the right; the leftmost takes what is left."""
    places = section.places[: section.places.index(".")] if "." in section.places else section.places
    digits = digits.lstrip("0")
    if not any(place.startswith("'") for place in places):
        text = digits.rjust(sum(place == "0" for place in places), "0")
        return _THOUSAND.sub(r"\1,", text) if section.grouped else text
    out: list[str] = []
    for number, place in enumerate(reversed(places), 1):
        if place.startswith("'"):
            if digits or "0" in places[: len(places) - number]:
                out.append(place[1:])
            continue
        last = not any(rest in "0#?" for rest in places[: len(places) - number])
        take = digits if last else digits[-1:]
        digits = "" if last else digits[:-1]
        out.append(take or ("0" if place == "0" else ""))
    return "".join(reversed(out))


def general(value: float) -> str:
    """A number as the format General shows it, without the noise of binary fractions.

    >>> general(0.1 + 0.2), general(20374181.0), general(1e-9)
    ('0.3', '20374181', '0')
    """
    number = Decimal(repr(value))
    digits = max(0, min(MOST_DECIMALS, GENERAL_DIGITS - max(1, number.adjusted() + 1)))
    if number.adjusted() > LARGEST:
        return format(number.normalize(), "E")
    text = format(number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm",
    19: "h:mm:ss",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: "yyyy年m月",
    28: "m月d日",
    29: "m月d日",
    30: "m-d-yy",
    31: "yyyy年m月d日",
    32: "h时mm分",
    33: "h时mm分ss秒",
    34: "h时mm分",
    35: "h时mm分ss秒",
    36: "yyyy年m月",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: '#,##0;-#,##0;"-"',
    42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"',
    44: '#,##0.00;-#,##0.00;"-"',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss",
    50: "yyyy年m月",
    51: "m月d日",
    52: "yyyy年m月",
    53: "m月d日",
    54: "m月d日",
    55: "h时mm分",
    56: "h时mm分ss秒",
    57: "yyyy年m月",
    58: "m月d日",
}


def date_text(day: dt.date, code: str = "") -> str:
    """A date in the words of a document; only the year, or year and month, where its format shows no more.

    >>> import datetime as dt
    >>> date_text(dt.date(2023, 5, 1)), date_text(dt.date(2023, 5, 1), "yyyy年m月")
    ('2023年5月1日', '2023年5月')
    """
    code = code.lower()
    if "y" in code and "d" not in code:
        return f"{day.year}年{day.month}月" if "m" in code else f"{day.year}年"
    return f"{day.year}年{day.month}月{day.day}日"
