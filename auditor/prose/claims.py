"""From passages to claims: which subject and which measure every number of the prose belongs to.

A number takes its measure from the words right before it, its subject from the last words before it that name one.
Text that tells reasons or purposes is set aside; what no wording explains is returned as unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.model.units import Kind
from auditor.phrases.patterns import NUMBER
from auditor.prose.subjects import MOST, Option, Subjects, row_under
from auditor.prose.tokens import Kept, Number, Spans, numbers_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.phrases.lexicon import Lexicon, Measure, Topic
    from auditor.prose.code_names import Names
    from auditor.prose.passages import Passage

_WHOLE = re.compile(r"其中[：:，]?|以下(?:几个?)?方面[：:]|包括[：:]|具体(?:如下|包括)[：:]")
_GENERIC = re.compile(
    r"(?:本年|全年|当年)?(?:总(?:收入|支出|额|数|量)|(?:收入|支出|收支)?(?:总额|总数|总计|合计|总预算)|全部(?:收入|支出)?)"
)
_ITEM = re.compile(r"^[-•·]*(?:\d{1,2}[、.]|（[\d一二三四五六七八九十]{1,3}）|[①-⑳]|[一二三四五六七八九十]是)")
_WORD = re.compile(r"[\u3400-\u9fff]")
_AMOUNT = re.compile(rf"{NUMBER}(?:亿|万|千)?元?$")
_FIGURES = re.compile(rf"{NUMBER}(?:亿|万|千)?元?")
_COMPARED = re.compile(r"(?:比|较|与|和|同)(?:上年|去年|20\d\d年?)[^，。；]{0,12}$")
BUDGETS = ("年初预算", "全年预算", "预算")
MIN_KNOWN = 0.6  # share of the items of a list that must be economic classes
OPENING = 30  # characters of a passage that may tell its topic where no heading does
CLAUSE = 90  # characters before a number that may hold the words of its measure
MAX_NUMBERS = 50_000  # of one filing; far more than any has
CHANGING = ("占比", "变动额", "变动率", "较预算变动额", "较预算变动率")  # with the whole or the base that is meant
RATE = "完成率/"  # a rate of completion, of the budget that it names


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
    """What was read: lines in the order of the text, numbers set aside with the reason, numbers unexplained.

    `silent` are the topics in which numbers stand and none was explained, with the first of them;
    `gaps` are the tables in which an amount may be lacking. `cut` says that there were more numbers than are read.
    """

    lines: list[Line] = field(default_factory=list)
    aside: list[tuple[Number, str]] = field(default_factory=list)
    unread: list[Number] = field(default_factory=list)
    silent: dict[str, Number] = field(default_factory=dict)
    gaps: set[str] = field(default_factory=set)
    cut: bool = False
    seen: int = 0


def read_claims(
    passages: Iterable[Passage], lexicon: Lexicon, names: Names, *, report: str = "", entity: str = ""
) -> Claims:
    """Read the claims of all passages, in order."""
    reader = _Reader(lexicon, names, report, entity)
    for passage in passages:
        reader.passage(passage)
    for name in reader.heard:
        reader.claims.silent.pop(name, None)
    return reader.claims


class _Reader:
    """Walks the numbers in order and keeps what the text is about: subject, and wholes of lists, the inmost last."""

    def __init__(self, lexicon: Lexicon, names: Names, report: str, entity: str) -> None:
        self.lexicon = lexicon
        self.names = names
        self.report = report
        self.subjects = Subjects(lexicon, names, entity)
        self.claims = Claims()
        self.topic: Topic | None = None
        self.heading = self.chapter = ""
        self.line: Line | None = None
        self.wholes: list[tuple[Line, bool]] = []  # and whether the list stands in brackets
        self.heard: set[str] = set()  # topics of which a number was explained
        self.latest: dict[tuple[str, str], Line] = {}  # of every subject
        self.counted: dict[tuple[str, str], Line] = {}  # of every subject that has an amount
        self.outside: Line | None = None  # what was told before the bracket that is open
        self.list_open = False  # the passage before ended with a colon
        self.fresh: set[int] = set()  # the lines of the passage at hand
        self.kept = Kept.__new__(Kept)

    def passage(self, passage: Passage) -> None:
        room = MAX_NUMBERS - self.claims.seen - len(self.claims.aside)
        found = numbers_of(passage, self.lexicon, self.names)
        numbers = list(islice(found, max(0, room)))
        self.claims.cut = self.claims.cut or next(found, None) is not None
        if passage.outside:
            self.claims.aside += [(number, "unread.outside") for number in numbers]
            return
        self.claims.seen += len(numbers)
        self.topic = passage.topic or self.lexicon.topic_of(passage.text[:OPENING])
        self.heading = passage.heading
        if passage.chapter != self.chapter:
            self.chapter, self.list_open = passage.chapter, False
        if not self.list_open:
            self.line = None
            if not _ITEM.match(passage.text):
                self.wholes = []
        asides = Spans(found.span() for aside in self.lexicon.asides for found in aside.finditer(passage.text))
        self.kept = Kept(passage, asides)
        first = len(self.claims.lines)
        self.fresh, self.outside = {id(self.line)}, None
        at = 0
        for number in numbers:
            if asides.holds(number.start):
                self.claims.aside.append((number, "unread.in_reason"))
                continue
            self._words(passage, at, number.start, asides)
            self._take(number, self.kept.between(at, number.start, MOST))
            at = number.end
        self._words(passage, at, len(passage.text), asides)
        self._lists(passage)
        self._budgets(self.claims.lines[max(0, first - 1) :])
        self.list_open = passage.text[-1:] in "：；"

    # -- one number -----------------------------------------------------------------------------------------

    def _take(self, number: Number, before: str) -> None:
        """Put one number to its subject and measure, or leave it unread."""
        if self.topic is not None and number.unit:
            self.claims.silent.setdefault(self.topic.name, number)
        clause = re.split(r"[。；]", before[-CLAUSE:])[-1]
        measure, found = self._measure(number, clause)
        self._open_lists(before)
        if before == "的" and number.kind is Kind.PERCENT and self._of_budget(number):
            return
        told = before[: len(before) - len(clause) + found.start()] if found else before
        option, rest = self._subject(number, before, told, measure)
        if measure is None or found is None or (not measure.counts and self.lexicon.says_more(rest)):
            self._unread(number)
            return
        column = self._column(measure, number, clause)
        if option is not None:
            self._begin(option, column)
        elif self.line is not None and column in self.line.told and column not in CHANGING and _WORD.search(clause):
            self._start(Line(self.line.topic, self.line.row, label=self.line.label))  # `国内接待…，共计支出0万元`
        line = self.line
        if line is None or column in line.told:
            self.claims.unread.append(number)
            return
        self._tell(line, column, number, found.groupdict())

    def _subject(self, number: Number, before: str, told: str, measure: Measure | None) -> tuple[Option | None, str]:
        """The subject that the text before a number (and before the words of its measure) names, and the rest of it."""
        option = self.subjects.after(number.passage.text, number.end, self.topic)
        if option is None:
            option = self.subjects.last(told, self.topic, self.heading)
        if option is None and told != before and (measure is None or measure.kind is not Kind.PERCENT):
            option = self.subjects.last(before, self.topic, self.heading)  # `政府采购|预算安排` is one subject
            told = before if option is not None else told
        rest = self.lexicon.bare(told)
        return option, rest[option.end :] if option is not None else rest

    def _of_budget(self, number: Number) -> bool:
        """`完成全年预算10万元的90%`: the rate of the budget that was told last, right before it."""
        line = self.line
        column = next(reversed(line.told), "") if line is not None else ""
        if line is None or column not in BUDGETS or line.told[column].number.end + 1 != number.start:
            return False
        if RATE + column in line.told:
            return False
        self._tell(line, RATE + column, number, {})
        return True

    def _tell(self, line: Line, column: str, number: Number, words: dict[str, str | None]) -> None:
        if self.topic is not None:
            self.heard.add(self.topic.name)
        word = words.get("增减") or ""
        line.told[column] = Told(number, self.lexicon.signs.get(word, 1) or 1, word)
        if line.amount is not None:
            self.counted[line.topic, line.row] = line
        if column == "占比":
            self._set_whole(line, words.get("全体") or "")

    def _unread(self, number: Number) -> None:
        """Nothing explains a number; where it may belong to a subject that is not known, the one before is left."""
        self.claims.unread.append(number)
        topic = self.topic
        if topic is not None and number.kind is Kind.AMOUNT:
            self.claims.gaps.update((topic.name, topic.classes, topic.items, topic.economic))
        if number.kind is not Kind.COUNT:
            self.line = None

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

    def _column(self, measure: Measure, number: Number, clause: str) -> str:
        """The column of a measure: a change against a budget is another one than a change against last year.

        In a budget the planned figure that this year's is compared with is last year's.
        """
        if self.report == "budget" and measure.column in BUDGETS and _COMPARED.search(clause):
            return "上年"
        if not measure.against_budget or self.report == "budget":
            return measure.column
        sentence = re.split(r"[。；]", self.kept.between(0, number.start, MOST))[-1]
        last = max((found.end() for found in self.lexicon.base.finditer(sentence)), default=-1)
        budget = max((found.end() for found in self.lexicon.budget_base.finditer(sentence)), default=-1)
        return measure.against_budget if budget > last else measure.column

    # -- subject and whole ----------------------------------------------------------------------------------

    def _begin(self, option: Option, column: str) -> None:
        """Go on with the line of this subject, or begin one: also where it is named again with a figure of its own."""
        row = row_under(option, self._about())
        line = self.latest.get((option.topic, row))
        if line is not None and id(line) in self.fresh and column not in line.told:
            self.line = line
            return
        if self.topic is None:
            self.topic = self.lexicon.topics.get(option.topic)
        self._start(Line(option.topic, row, label=option.label))

    def _start(self, line: Line) -> None:
        if self.topic is not None and line.topic == self.topic.items and not is_digits(line.row):
            self.claims.gaps.add(line.topic)  # its code is not known: a sum over the codes lacks it
        self.line = self.latest[line.topic, line.row] = line
        self.fresh.add(id(line))
        self.claims.lines.append(line)

    def _open_lists(self, before: str) -> None:
        """Words that open a list make the subject before them its whole; stops and brackets close lists."""
        opened, closed = before.count("（"), before.count("）")
        if opened > closed:
            self.outside = self.line
        elif closed > opened and self.outside is not None:
            self.line, self.outside = self.outside, None  # what stood in brackets has no list of its own behind them
        sentence = before.rsplit("。", 1)
        if len(sentence) > 1 and not _ITEM.match(sentence[1]):
            self.wholes = []
        elif self.wholes and self.wholes[-1][1]:
            if closed > opened:  # and what follows is about the whole again
                self.line = self.wholes.pop()[0]
        elif len(self.wholes) > 1 and "；" in before:
            self.wholes.pop()
        opens = _WHOLE.search(before)
        if opens and self.line is not None and self.line.told:
            self.wholes.append((self.line, before.rfind("（", 0, opens.start()) > before.rfind("）")))

    def _about(self) -> list[tuple[str, str]]:
        return [(line.topic, line.row) for line, _ in self.wholes]

    def _set_whole(self, line: Line, words: str) -> None:
        """What a share is a share of: the subject that its words name, else the whole of the list."""
        listed = next((w for w, _ in reversed(self.wholes) if w is not line and w.amount is not None), None)
        if words and not (_GENERIC.fullmatch(words) and listed is not None):
            found = max(self.subjects.named(words, self.topic, whole=True), key=lambda option: option[:2], default=None)
            if found is not None:
                key = found.topic, row_under(found, self._about())
                line.whole = self.counted.get(key)
                return
            if not _GENERIC.fullmatch(words):
                return
        if listed is None and self.topic is not None:
            usual = [self.counted.get((self.topic.name, row)) for row in self.topic.whole]
            listed = next((whole for whole in usual if whole is not None and whole is not line), None)
        line.whole = listed

    # -- words ----------------------------------------------------------------------------------------------

    def _words(self, passage: Passage, start: int, end: int, asides: Spans) -> None:
        """Words that compare (大于, 等于, 持平) belong to the subject before them."""
        if self.line is None:
            return
        said = [
            (found.start(), order, column, found)
            for order, (column, pattern) in enumerate(self.lexicon.compares)
            for found in pattern.finditer(passage.text, start, end)
            if "基本" not in found.group() and not asides.holds(found.start())
        ]
        at = start
        for where, _, column, found in sorted(said, key=lambda item: item[:2]):
            if where < at:
                continue
            line = self._told_before(self.kept.between(start, where, MOST))
            if line is not None and column not in line.told:
                number = Number(passage, where, found.end(), found.group(), "")
                line.told[column] = Told(number, word=self.lexicon.comparisons[found["比较"]])
            at = found.end()

    def _lists(self, passage: Passage) -> None:
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
                line = self._told_before(_FIGURES.sub("", self.kept.between(0, found.start(), MOST)))
                if line is not None and column not in line.told:
                    number = Number(passage, found.start("列"), found.end("列"), found["列"], "")
                    line.told[column] = Told(number, word="、".join(k or i for k, i in zip(known, items, strict=True)))

    def _told_before(self, text: str) -> Line | None:
        """The latest line of the subject that a text names, else the line at hand."""
        option = self.subjects.last(text, self.topic, self.heading)
        if option is None:
            return self.line
        return self.latest.get((option.topic, row_under(option, self._about())))

    @staticmethod
    def _budgets(lines: Iterable[Line]) -> None:
        """`住房保障支出28.78万元，支出决算26.71万元，完成年初预算的92.81%`: the amount without a name is the budget."""
        for line in lines:
            names = list(line.told)
            budget = next((name.removeprefix(RATE) for name in names if name.startswith(RATE)), "")
            if not (budget and "金额" in names and "决算" in names and names.index("金额") < names.index("决算")):
                continue
            if budget not in names:
                line.told = {budget if name == "金额" else name: told for name, told in line.told.items()}
