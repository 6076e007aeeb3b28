"""The numbers of a passage: text, unit and place of each; and what is left of a passage without its asides."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model.numbers import LOST
from auditor.model.units import Kind
from auditor.phrases.patterns import NUMBER, PART

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.phrases.lexicon import Lexicon
    from auditor.prose.code_names import Names
    from auditor.prose.passages import Passage

_UNIT = r"(?P<unit>亿元|万元|千元|元|%|个百分点|万|人次|批次|台（套）|团组|个|辆|台|套|家|批|人|次|项|件)?"
_TOKEN = re.compile(rf"(?P<number>{NUMBER}|(?:∞|[-—])(?=%)){_UNIT}")
_ALSO_PARTS = re.compile(rf"(?P<number>{PART}|{NUMBER}|(?:∞|[-—])(?=%)){_UNIT}")  # with numbers not seen whole
_SAME_UNIT = {"台（套）": "台", "团组": "个"}
_SHARE = re.compile(r"(?:^|[，；、（])占(?:比|比重|比例)?(?:为|达)?$")
MOST_SHARE = 8  # characters before a number that may say that it is a share
MONEY = frozenset({"亿元", "万元", "千元", "元"})
CODES = (3, 5, 7)  # digits


@dataclass(slots=True)
class Number:
    """A number of a passage: its text and unit, and where it stands."""

    passage: Passage
    start: int
    end: int
    text: str
    unit: str

    @property
    def kind(self) -> Kind:
        """What the unit says it counts."""
        if self.unit == "%":
            return Kind.PERCENT
        return Kind.AMOUNT if self.unit in MONEY else Kind.COUNT


class Spans:
    """Stretches of a text, in order and without overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.ends: list[int] = []
        self.starts: list[int] = []
        for start, end in sorted(spans):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            elif end > start:
                self.starts.append(start)
                self.ends.append(end)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.starts, self.ends, strict=True)

    def holds(self, at: int) -> bool:
        """Whether a position lies in one of the stretches."""
        found = bisect_right(self.starts, at) - 1
        return found >= 0 and at < self.ends[found]


def numbers_of(passage: Passage, lexicon: Lexicon, names: Names) -> Iterator[Number]:
    """Yield the numbers of a passage; dates, thresholds, ordinals and codes are none."""
    text = passage.text
    noise: Spans | None = None  # looked for where there are numbers
    for found in (_ALSO_PARTS if LOST in text else _TOKEN).finditer(text):
        if noise is None:
            noise = Spans(other.span() for pattern in lexicon.noise for other in pattern.finditer(text))
        start, end = found.span("number")
        unit = found["unit"] or ("%" if _lacks_percent(text, start, found.end()) else "")
        if noise.holds(start) or _is_ordinal(text, start, end):
            continue
        if not unit and end - start in CODES and names.begins(found["number"], text[end : end + 40]):
            continue
        yield Number(passage, start, found.end(), found["number"], _SAME_UNIT.get(unit, unit))


def _lacks_percent(text: str, start: int, end: int) -> bool:
    """Whether a share was printed without its sign: `教育支出15.40万元，占12.35；`."""
    share = "." in text[start:end] and _SHARE.search(text, max(0, start - MOST_SHARE), start)
    return bool(share) and text[end : end + 1] in ("，", "；", "。", "、", "）", "")


def _is_ordinal(text: str, start: int, end: int) -> bool:
    """Whether digits only number an item: at the beginning or after a stop, followed by 、 or a point."""
    return (
        (start == 0 or text[start - 1] in "。；：（") and text[end : end + 1] in ("、", ".", "）") and end - start < 4
    )


class Kept:
    """What is left of a passage without its asides (each leaves one comma), and where its characters went."""

    def __init__(self, passage: Passage, asides: Spans) -> None:
        out: list[str] = []
        self._cuts: list[tuple[int, int]] = []  # where a kept stretch begins in the passage, and here
        at = size = 0
        for start, end in [*asides, (len(passage.text), len(passage.text))]:
            self._cuts.append((at, size))
            out.append(passage.text[at:start])
            size += start - at
            if end > start:
                out.append("，")
                size += 1
            at = end
        self.text = "".join(out)

    def where(self, at: int) -> int:
        """Where a position of the passage is here; positions in an aside are at its end."""
        cut, here = self._cuts[bisect_right(self._cuts, (at, len(self.text) + 1)) - 1]
        following = bisect_right(self._cuts, (at, len(self.text) + 1))
        limit = self._cuts[following][1] if following < len(self._cuts) else len(self.text)
        return min(here + at - cut, limit)

    def between(self, start: int, end: int, most: int) -> str:
        """The text between two positions of the passage, asides left out: at most its last characters."""
        stop = self.where(end)
        return self.text[max(self.where(start), stop - most) : stop]
