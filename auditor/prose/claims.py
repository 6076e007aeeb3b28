"""From passages to claims: which subject and which measure every number of the prose belongs to.

A number takes its measure from the words right before it, its subject from the last words before it that name one.
Text that tells reasons or purposes is set aside; what no wording explains is returned as unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.prose.lexicon import NUMBER
from auditor.units import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.prose.lexicon import Lexicon, Measure
    from auditor.prose.names import Names
    from auditor.prose.passages import Passage

_TOKEN = re.compile(
    rf"(?P<number>(?<![\d.])(?:{NUMBER})|(?:∞|(?<![\d\u4e00-\u9fff])-)(?=%))"
    r"(?P<unit>亿元|万元|千元|元|%|人次|批次|台（套）|团组|个|辆|台|套|家|批|人|次|项|件)?"
)
_CHAIN = re.compile(r"(?:(?P<name>[^，。；：（）\d、.]{2,40}?)（(?P<code>\d{2,3})?(?P<level>类|款|项)）(?:支出)?)+")
_LINK = re.compile(r"(?P<name>[^，。；：（）\d、.]{2,40}?)（(?P<code>\d{2,3})?(?P<level>类|款|项)）")
_CODED = re.compile(r"(?P<name>[^，。；：（）\d、.]{2,40})（(?P<code>\d{3}(?:\d{2}){0,2})）")
_WHOLE = re.compile(r"其中[：:，]?|以下(?:几个?)?方面[：:]|包括[：:]|具体(?:如下|包括)[：:]")
Option = tuple[int, int, str, str, str]  # where it ends, its length, topic, row, label
_PUNCTUATION = re.compile(r"[，。；：、（）]")
_YEAR = re.compile(r"^.*20\d\d年(?:度)?(?:\d+月(?:\d+日|底)?)?")
_ORDINAL = re.compile(r"^[-•·]*(?:\d{1,2}\.?)?[-•·]*")
MIN_ENTITY = 4  # characters that still name it
_GENERIC = re.compile(r"(?:总(?:收入|支出|额|数|量)|(?:收入|支出)?(?:总额|总数|总计|合计)|全部(?:收入|支出)?)")
_AMOUNT = re.compile(rf"{NUMBER}(?:亿|万|千)?元?$")
_FIGURES = re.compile(rf"{NUMBER}(?:亿|万|千)?元?")
MIN_KNOWN = 0.6  # share of the items of a list that must be economic classes
OPENING = 30  # characters of a passage that may tell its topic where no heading does
MONEY = {"亿元", "万元", "千元", "元"}


@dataclass(slots=True)
class Number:
    """A number of a passage: its text, unit, where it stands, and the text before it that may explain it."""

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


@dataclass(slots=True)
class Told:
    """One number of a claim: the number, or a word that compares; the sign that its direction word gives."""

    number: Number
    sign: int = 1
    word: str = ""


@dataclass(slots=True)
class Line:
    """A subject as told in one place, with its measures: one row of a prose table."""

    topic: str
    row: str
    told: dict[str, Told] = field(default_factory=dict)
    whole: Line | None = None
    label: str = ""

    @property
    def amount(self) -> Told | None:
        """What the subject comes to: its amount, else its final, planned or opening figure."""
        return next((self.told[name] for name in ("金额", "决算", "预算安排", "年初预算") if name in self.told), None)


@dataclass(slots=True)
class Claims:
    """What was read: lines in the order of the text, numbers set aside with the reason, numbers unexplained."""

    lines: list[Line] = field(default_factory=list)
    aside: list[tuple[Number, str]] = field(default_factory=list)
    unread: list[Number] = field(default_factory=list)
    seen: int = 0


def read_claims(
    passages: Iterable[Passage], lexicon: Lexicon, names: Names, *, report: str = "", entity: str = ""
) -> Claims:
    """Read the claims of all passages, in order."""
    reader = _Reader(lexicon, names, report, entity)
    for passage in passages:
        reader.passage(passage)
    return reader.claims


class _Reader:
    """Walks the numbers in order and keeps what the text is about: subject, and whole of a list."""

    def __init__(self, lexicon: Lexicon, names: Names, report: str, entity: str) -> None:
        self.lexicon = lexicon
        self.entity = entity
        self.names = names
        self.report = report
        self.claims = Claims()
        self.topic = ""
        self.line: Line | None = None
        self.whole: Line | None = None
        self.list_open = False  # the passage before ended with a colon

    def passage(self, passage: Passage) -> None:
        numbers = list(self._numbers(passage))
        if passage.outside:
            self.claims.aside += [(number, "unread.outside") for number in numbers]
            return
        topic = passage.topic or self.lexicon.topic_of(passage.text[:OPENING])
        self.topic = topic.name if topic else ""
        if not self.list_open:
            self.line = self.whole = None
        skipped = self._asides(passage.text)
        at = 0
        for number in numbers:
            if any(start <= number.start < end for start, end in skipped):
                self.claims.aside.append((number, "unread.in_reason"))
                continue
            before = _without(passage.text, at, number.start, skipped)
            self._words(passage, at, number.start, skipped)
            self._take(number, before)
            at = number.end
        self._words(passage, at, len(passage.text), skipped)
        self._lists(passage, skipped)
        self.list_open = passage.text[-1:] in "：；"

    def _numbers(self, passage: Passage) -> Iterable[Number]:
        text = passage.text
        noise = [found.span() for pattern in self.lexicon.noise for found in pattern.finditer(text)]
        for found in _TOKEN.finditer(text):
            start, end = found.span()
            if any(a <= found.start("number") < b for a, b in noise) or _is_ordinal(text, start, found.end("number")):
                continue
            self.claims.seen += not passage.outside
            yield Number(passage, start, end, found["number"], _unit(found["unit"] or ""))

    def _asides(self, text: str) -> list[tuple[int, int]]:
        return [found.span() for aside in self.lexicon.asides for found in aside.pattern.finditer(text)]

    # -- one number -----------------------------------------------------------------------------------------

    def _take(self, number: Number, before: str) -> None:
        clause = re.split(r"[。；]", before)[-1]
        measure, found = self._measure(number, clause)
        told = before[: len(before) - len(clause) + found.start()] if found else before
        if _WHOLE.search(before):
            self.whole = self.line if self.line is not None and self.line.amount is not None else None
        known = self._after(number) or self._subject(told, number)
        if not known and number.kind is Kind.AMOUNT and told != before:
            known = self._subject(before, number)
        line = self.line
        if measure is None or found is None or line is None:
            self.claims.unread.append(number)
            return
        generic = not found.group() and measure.column in ("金额", "数量")
        unnamed = generic and not known and self.lexicon.says_more(clause)
        if unnamed or measure.column in line.told:
            self.claims.unread.append(number)
            return
        word = found.groupdict().get("增减") or ""
        line.told[measure.column] = Told(number, self.lexicon.signs.get(word, 1) or 1, word)
        if measure.column == "占比":
            self._set_whole(found.groupdict().get("全体") or "")

    def _measure(self, number: Number, clause: str) -> tuple[Measure | None, re.Match[str] | None]:
        for measure in self.lexicon.measures:
            bare = not number.unit and "." in number.text and measure.kind is Kind.AMOUNT and measure.column != "金额"
            if not bare and (measure.kind is not number.kind or (measure.units and number.unit not in measure.units)):
                continue
            if measure.report and measure.report != self.report:
                continue
            for pattern in measure.says:
                found = pattern.search(clause)
                if found:
                    return measure, found
        return None, None

    # -- subject and whole ----------------------------------------------------------------------------------

    def _subject(self, told: str, number: Number) -> bool:
        """Find what the words before a number are about, the last of them; without a name in them the subject stays."""
        text = self.lexicon.base.sub("", told)
        found = [*self._items(text), *self._named(text), *self._class(text)]
        if found:
            _, _, topic, row, label = max(found, key=lambda option: option[:2])
            self._begin(topic, row, label, again="金额" if number.kind is Kind.AMOUNT else "数量")
        return bool(found)

    def _after(self, number: Number) -> bool:
        """A subject that stands behind its number: `4个项目自评等级为优`."""
        topic = self.lexicon.topics.get(self.topic)
        for subject in topic.subjects if topic else ():
            if subject.after is not None and (found := subject.after.match(number.passage.text, number.end)):
                self._begin(subject.topic, subject.row, found.group())
                return True
        return False

    def _items(self, text: str) -> Iterator[Option]:
        """A class, 款 or 项 with its marks or its code: `…（类）…（款）…（项）`, `小学教育（2050202）`."""
        topic = self.lexicon.topics.get(self.topic)
        items = (topic.items if topic else "") or "分科目"
        for found in _CHAIN.finditer(text):
            links = [(link["name"], link["code"] or "", link["level"]) for link in _LINK.finditer(found.group())]
            code = self.names.code_of(links)
            table = items
            if len(links) == 1 and links[0][2] == "类":
                table = (topic.classes if topic else "") or "一般公共预算"
            yield found.end(), len(found.group()), table, code or found.group(), links[-1][0]
        for found in _CODED.finditer(text):
            yield found.end(), len(found.group()), items, found["code"], found["name"]

    def _named(self, text: str, *, whole: bool = False) -> Iterator[Option]:
        """The words in a text that name a subject of this section, or one that means itself in any."""
        topic = self.lexicon.topics.get(self.topic)
        local = topic.subjects if topic else ()
        others = self.lexicon.wholes if whole or not self.topic else self.lexicon.own
        for subject in (*local, *(other for other in others if other.topic != self.topic)):
            for found in subject.says.finditer(text) if subject.says else ():
                if found.group() and self._stands_alone(text, found.start()):
                    yield found.end(), len(found.group()), subject.topic, subject.row, found.group()

    def _stands_alone(self, text: str, start: int) -> bool:
        """Tell whether nothing that could change a subject's meaning stands right before it (`财政拨款|项目支出`)."""
        before = _PUNCTUATION.split(text[:start])[-1]
        before = _ORDINAL.sub("", _YEAR.sub("", before))
        for length in range(len(self.entity), MIN_ENTITY - 1, -1):  # the entity, perhaps without the place before it
            if self.entity[-length:] in before:
                before = before.replace(self.entity[-length:], "")
                break
        return not self.lexicon.fillers.sub("", before)

    def _class(self, text: str) -> Iterator[Option]:
        """A class or an economic code told by its bare name, in sections that list such."""
        topic = self.lexicon.topics.get(self.topic)
        if topic is None:
            return
        name = re.split(r"[，、：。；]", text.rstrip("，：、"))[-1]
        name = re.sub(r"^(?:其中|\d+[.、]|（\d+）)", "", name)
        if topic.economic and (code := self.names.economic(name)):
            yield len(text), len(name), topic.economic, code, name
        if topic.classes and (code := self.names.class_of(name)):
            yield len(text), len(name), topic.classes, code, name

    def _begin(self, topic: str, row: str, label: str, again: str = "") -> None:
        """Go on with the line of this subject, or begin one: also where it is named anew with a figure of its own."""
        line = self.line
        if line is not None and (line.topic, line.row) == (topic, row) and again not in line.told:
            return
        if not self.topic:
            self.topic = topic if topic in self.lexicon.topics else ""
        self.line = Line(topic, row, label=label)
        self.claims.lines.append(self.line)

    def _set_whole(self, words: str) -> None:
        """What a share is a share of: the subject that its words name, else the whole of the list."""
        line = self.line
        assert line is not None
        listed = self.whole if self.whole is not line else None
        if words and (listed is None or not _GENERIC.fullmatch(words)):
            found = max(self._named(words, whole=True), key=lambda option: option[:2], default=None)
            if found is not None:
                key = found[2:4]
                line.whole = next(
                    (other for other in reversed(self.claims.lines)
                     if (other.topic, other.row) == key and other.amount is not None and other is not line), None
                )  # fmt: skip
            return
        line.whole = listed

    # -- words ----------------------------------------------------------------------------------------------

    def _words(self, passage: Passage, start: int, end: int, skipped: Sequence[tuple[int, int]]) -> None:
        """Words that compare (大于, 等于, 持平) belong to the subject before them."""
        if self.line is None:
            return
        text = passage.text[start:end]
        for column, pattern in self.lexicon.compares:
            for found in pattern.finditer(text):
                at = start + found.start()
                if "基本" in found.group() or any(a <= at < b for a, b in skipped):
                    continue
                line = self._told_before(_without(passage.text, start, at, skipped))
                if line is not None and column not in line.told:
                    number = Number(passage, at, start + found.end(), found.group(), "")
                    line.told[column] = Told(number, word=self.lexicon.comparisons[found["比较"]])

    def _lists(self, passage: Passage, skipped: Sequence[tuple[int, int]]) -> None:
        """A list of economic classes (`主要包括：基本工资、津贴补贴`) belongs to the subject before it.

        Lists that end in 等 are open, and lists of other things are none: both are left alone.
        """
        for column, pattern in self.lexicon.lists:
            for found in pattern.finditer(passage.text):
                items = [_AMOUNT.sub("", item) for item in found["列"].split("、")]
                items = [item for item in items if item]
                known = [self.names.printed_economic(item) for item in items]
                if not items or items[-1].endswith("等") or sum(map(bool, known)) < MIN_KNOWN * len(items):
                    continue
                line = self._told_before(_FIGURES.sub("", _without(passage.text, 0, found.start(), skipped)))
                if line is not None and column not in line.told:
                    number = Number(passage, found.start("列"), found.end("列"), found["列"], "")
                    line.told[column] = Told(number, word="、".join(k or i for k, i in zip(known, items, strict=True)))

    def _told_before(self, text: str) -> Line | None:
        """The latest line of the subject that a text names, else the line at hand."""
        text = self.lexicon.base.sub("", text)
        found = max([*self._items(text), *self._named(text)], key=lambda option: option[:2], default=None)
        if found is None:
            return self.line
        return next((line for line in reversed(self.claims.lines) if (line.topic, line.row) == found[2:4]), None)


def _without(text: str, start: int, end: int, skipped: Sequence[tuple[int, int]]) -> str:
    """The text between two positions, asides left out (each stands as one stop)."""
    out, at = [], start
    for a, b in sorted(skipped):
        if a >= end or b <= at:
            continue
        if a > at:
            out.append(text[at:a])
        out.append("。")
        at = max(at, b)
    if at < end:
        out.append(text[at:end])
    return "".join(out)


def _is_ordinal(text: str, start: int, end: int) -> bool:
    """Tell whether digits only number an item: at the beginning or after a stop, followed by 、 or a point."""
    return (
        (start == 0 or text[start - 1] in "。；：（") and text[end : end + 1] in ("、", ".", "）") and end - start < 3
    )


def _unit(unit: str) -> str:
    return {"台（套）": "台", "团组": "个"}.get(unit, unit)
