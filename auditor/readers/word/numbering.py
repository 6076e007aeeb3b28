"""Word's automatic numbers: 一、 and （一） are not in the text of a DOCX, they are counted.

Source: ECMA-376 part 1, 17.9 (numbering).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.digits import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.readers.office_packages import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_MOST_STYLES = 20  # that a style may be based on, one on another

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_COUNTING = frozenset(
    {"chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting"}
)


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    style: str = ""  # paragraphs of this style stand on this level
    gap: str = " "
    legal: bool = False  # all numbers in it in plain digits
    restart: int = _LEVELS  # counts again after a number on a level above this one (from 1); 0: never


@dataclass(slots=True)
class _List:
    """One list: its levels, and under which name it is counted (lists of one kind count on together)."""

    levels: list[_Level]
    counted: str


class Numbering:
    """Counts the numbers of a document's paragraphs, which must be asked for in order."""

    def __init__(self, package: Package) -> None:
        self._counters: dict[str, list[int]] = {}
        self._lists: dict[str, _List] = {}
        self._styles: dict[str, tuple[str, int | None]] = {}
        self._based: dict[str, str] = {}
        root = package.xml("word/numbering.xml")
        if root is None:
            return
        self._read_styles(package)
        kinds: dict[str, list[_Level]] = {}
        links: dict[str, str] = {}
        for element in root.findall(f"{_W}abstractNum"):
            identity = element.get(f"{_W}abstractNumId", "")
            kinds[identity] = _levels(element)
            links[identity] = _value(element, "numStyleLink")
        numbers = {element.get(f"{_W}numId", ""): element for element in root.findall(f"{_W}num")}
        for identity, element in numbers.items():
            kind = _value(element, "abstractNumId")
            if links.get(kind):  # the levels are those of the list that a style names
                linked = numbers.get(self._of_style(links[kind])[0])
                kind = _value(linked, "abstractNumId") if linked is not None else kind
            self._lists[identity] = _overridden(element, kinds.get(kind, []), kind, identity)

    def _read_styles(self, package: Package) -> None:
        root = package.xml("word/styles.xml")
        for style in root.findall(f"{_W}style") if root is not None else ():
            identity = style.get(f"{_W}styleId", "")
            self._based[identity] = _value(style, "basedOn")
            self._styles[identity] = _number_of(style)

    def _of_style(self, style: str) -> tuple[str, int | None]:
        """The list and level of a style, its own or of those it is based on; the level None where only the list is."""
        list_, level = "", None
        name = style
        for _ in range(_MOST_STYLES):
            mine, at = self._styles.get(name, ("", None))
            list_, level = list_ or mine, level if level is not None else at
            name = self._based.get(name, "")
            if list_ or not name:
                break
        return list_, level

    def label(self, paragraph: Any) -> str:
        """The number that is printed before a paragraph, with the space after it, or ''."""
        identity, at = _number_of(paragraph)
        properties = paragraph.find(f"{_W}pPr")
        style = _value(properties, "pStyle") if properties is not None else ""
        if not identity and style:
            identity, of_style = self._of_style(style)
            at = at if at is not None else of_style
        known = self._lists.get(identity)
        if known is None:
            return ""
        levels = known.levels
        if at is None:
            at = next((number for number, level in enumerate(levels) if style and level.style == style), 0)
        if at >= len(levels):
            return ""
        return self._counted(known, at)

    def _counted(self, known: _List, at: int) -> str:
        levels = known.levels
        values = self._counters.setdefault(known.counted, [0] * _LEVELS)
        values[at] = values[at] + 1 if values[at] else levels[at].start
        for deeper in range(at + 1, len(levels)):
            if at < levels[deeper].restart:
                values[deeper] = 0
        level = levels[at]
        if level.form == "bullet":
            return ""
        text = level.text
        for number in range(at, -1, -1):
            mark = f"%{number + 1}"
            if mark in text:
                form = "decimal" if level.legal and number < at else levels[number].form
                text = text.replace(mark, written(values[number] or levels[number].start, form))
        return text + level.gap if text else ""


def _overridden(element: Any, levels: list[_Level], kind: str, identity: str) -> _List:
    """A list of a kind, with the levels that it defines itself or starts again."""
    levels = list(levels)
    counted = kind
    for override in element.findall(f"{_W}lvlOverride"):
        at = whole_number(override.get(f"{_W}ilvl", ""))
        if at is None or at >= len(levels):
            continue
        own = override.find(f"{_W}lvl")
        if own is not None:
            levels[at] = _level(own)
        if override.find(f"{_W}startOverride") is not None:
            counted = f"{kind}/{identity}"
    return _List(levels, counted)


def _levels(kind: Any) -> list[_Level]:
    out = [_Level() for _ in range(_LEVELS)]
    for element in kind.findall(f"{_W}lvl"):
        at = whole_number(element.get(f"{_W}ilvl", ""))
        if at is not None and at < _LEVELS:
            out[at] = _level(element)
    return out


def _level(element: Any) -> _Level:
    restart = _value(element, "lvlRestart")
    return _Level(
        _whole(_value(element, "start"), 1),
        _value(element, "numFmt") or "decimal",
        _value(element, "lvlText"),
        _value(element, "pStyle"),
        "" if _value(element, "suff") == "nothing" else " ",
        element.find(f"{_W}isLgl") is not None,
        _whole(restart, _LEVELS) if restart else _LEVELS,
    )


def _value(parent: Any, name: str) -> str:
    element = parent.find(f"{_W}{name}") if parent is not None else None
    return element.get(f"{_W}val", "") if element is not None else ""


def _whole(text: str, default: int) -> int:
    value = whole_number(text, 6)
    return default if value is None else value


def _number_of(element: Any) -> tuple[str, int | None]:
    """The list and level that a paragraph or style names itself; '' and None for what it does not."""
    properties = element.find(f"{_W}pPr")
    number = properties.find(f"{_W}numPr") if properties is not None else None
    if number is None:
        return "", None
    level = _value(number, "ilvl")
    return _value(number, "numId"), _whole(level, 0) if level else None


def written(value: int, form: str) -> str:
    """A number in one of Word's number formats; in plain digits where the format is not known.

    >>> written(12, "chineseCounting"), written(3, "decimalEnclosedCircle"), written(4, "upperRoman")
    ('十二', '③', 'IV')
    """
    write = _FORMS.get(form)
    return write(value) if write else str(value)


def _each(digits: str) -> Callable[[int], str]:
    """Digit by digit."""
    return lambda value: "".join(digits[whole_number(digit) or 0] for digit in str(value))


def _nth(signs: Sequence[str]) -> Callable[[int], str]:
    """One of a row of signs; plain digits beyond its end."""
    return lambda value: signs[value - 1] if 1 <= value <= len(signs) else str(value)


def _letters(value: int) -> str:
    return chr(65 + (value - 1) % 26) * min((value - 1) // 26 + 1, 20) if value else "0"


def chinese(value: int) -> str:
    """A counting number in Chinese.

    >>> chinese(3), chinese(10), chinese(21), chinese(105)
    ('三', '十', '二十一', '一百零五')
    """
    if not 0 < value < 1000:
        return str(value)
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


def _roman(value: int) -> str:
    if value > 4000:
        return str(value)
    out = ""
    for number, letters in _ROMAN:
        while value >= number:
            out += letters
            value -= number
    return out


_FORMS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(_COUNTING, chinese),
    "none": lambda _: "",
    "ideographDigital": _each(_DIGITS),
    "chineseLegalSimplified": _each(_LEGAL),
    "ideographTraditional": _nth(_STEMS),
    "ideographZodiac": _nth(_BRANCHES),
    "decimalEnclosedCircle": _nth([chr(0x2460 + number) for number in range(20)]),
    "decimalEnclosedCircleChinese": _nth([chr(0x2460 + number) for number in range(20)]),
    "ideographEnclosedCircle": _nth([chr(0x3280 + number) for number in range(10)]),
    "decimalEnclosedParen": "({})".format,
    "decimalZero": "{:02d}".format,
    "upperLetter": _letters,
    "lowerLetter": lambda value: _letters(value).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda value: _roman(value).lower(),
}
