"""What stands before a number: its measure, what it is compared with, the phrase that it is a number of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.model.units import Kind

if TYPE_CHECKING:
    from auditor.phrases.lexicon import Lexicon
    from auditor.phrases.sentence_grammar import Grammar
    from auditor.prose.tokens import Number

MOST = 160  # characters before a number that are looked at for its phrase and measure
LONGEST = 40  # characters of a phrase
_PARTS = re.compile(r"(?:（[^（）]*）|[^，；：。！？（）])+")
_BRACKETED = re.compile(r"（[^（）]*）")
_YEAR = re.compile(r"20\d\d(?=年|度)")
_KINDS = re.compile(r"(?:年初|全年|调整后?|当年|本年)?预算执行|决算|预算|执行")
_LAST_YEAR = re.compile(
    r"(?:上年|去年|上一年)(?:度|同期)?(?:(?!结转|结余|余额)[^，]){0,12}(?:预算|决算|支出|收入|执行|完成)数?(?:为|是)?$|(?:上年|去年)(?:度|同期)?[为是]?$"
)
_SIMPLE = re.compile(r"^(?:约|为|达|的|，|即|幅度|比例|：)*$")
HEADS = (
    "金额",
    "决算",
    "预算安排",
    "预算",
    "全年预算",
    "年初预算",
)  # what a subject comes to, the first printed counts
BUDGETS = ("年初预算", "全年预算", "预算")


@dataclass(slots=True)
class Lead:
    """What the words before a number say of it.

    `column` is its measure ('' where no word tells one), `phrase` the subject that its own clause names ('' where it
    goes on about the one before) and `key` that phrase without filler; `base` is '', 'year' or 'budget'; `whole` the
    words of the whole of a share (None: no share).
    """

    column: str = ""
    sign: int = 1
    word: str = ""
    phrase: str = ""
    key: str = ""
    year: int = 0
    sort: str = ""  # 预算, 决算: what kind of figure the phrase says it is
    base: str = ""
    base_year: int = 0
    base_sort: str = ""
    whole: str | None = None
    each: bool = False  # 分别: numbers in the order of names
    context: str = ""  # the words before a phrase that names nothing
    said_base: bool = False  # the words of a comparison stand in this lead itself
    bare_base: bool = False  # and are 同比 alone, which names no base anew


class Leads:
    """Reads leads by the lexicon's measures and the grammar."""

    def __init__(self, lexicon: Lexicon, grammar: Grammar, report: str, entity: str) -> None:
        self.lexicon, self.grammar, self.report, self.entity = lexicon, grammar, report, entity
        self._earlier = ""  # the sentences before the clause at hand

    def read(self, number: Number, text: str) -> Lead:
        """Read the words since the number before (or the beginning of the sentence), at most `MOST` characters."""
        text = text[-MOST:]
        clause = re.split(r"[。；！？]", text)[-1]
        lead = Lead()
        self._earlier = text[: len(text) - len(clause)]
        before = clause
        found = self._measure(lead, number, clause)
        if self.report == "budget" and lead.column in BUDGETS and self._ends_in_base(clause):
            lead.column, found = "", None  # `比2025年年初预算数10万元增加`: last year's
        if found is not None:
            before = clause[: found.start()]
        before = self._base(lead, number, before)
        if not lead.column and number.kind is Kind.AMOUNT:
            lead.column = "金额"
        elif not lead.column and number.kind is Kind.COUNT:
            lead.column = "数量"
        self._phrase(lead, before)
        if lead.column == "金额" and self._is_before(before):
            lead.column = "上年"
        return lead

    def _ends_in_base(self, clause: str) -> bool:
        last = next(iter(reversed(list(self.grammar.base.finditer(clause)))), None)
        return last is not None and last.end() == len(clause)

    def _measure(self, lead: Lead, number: Number, clause: str) -> re.Match[str] | None:
        if number.kind is Kind.AMOUNT:
            if found := self.grammar.reaches.search(clause):
                lead.column = "金额"
                return found
            if found := self.grammar.over.search(clause):
                lead.column = "较预算变动额"
                lead.word = found["比较"]
                lead.sign = -1 if self.lexicon.comparisons.get(lead.word) == "小于" else 1
                return found
        for measure in self.lexicon.measures:
            if measure.kind is not number.kind or (measure.units and number.unit not in measure.units):
                continue
            if (measure.report and measure.report != self.report) or measure.column in ("金额", "数量"):
                continue
            for pattern in measure.says:
                found = pattern.search(clause)
                if found is None:
                    continue
                words = found.groupdict()
                lead.column = "数量" if number.kind is Kind.COUNT else measure.column
                lead.word = words.get("增减") or ""
                lead.sign = self.lexicon.signs.get(lead.word, 1) or 1
                if measure.column == "占比":
                    lead.whole = words.get("全体") or ""
                return None if number.kind is Kind.COUNT else found
        return None

    def _base(self, lead: Lead, number: Number, before: str) -> str:
        """Take the words of a comparison out of what stands before a measure; a number behind them is its base."""
        last = next(iter(reversed(list(self.grammar.base.finditer(before)))), None)
        if last is None:
            return before
        words = last.group()
        lead.said_base, lead.bare_base = True, words in ("同比", "环比")
        lead.base = "year" if self.grammar.before.search(words) or not self.grammar.budget.search(words) else "budget"
        years = _YEAR.findall(words) or re.findall(r"20\d\d", words)
        lead.base_year = (whole_number(years[-1]) or 0) if years else 0
        sort = _KINDS.search(words)
        lead.base_sort = sort.group()[-2:] if sort else ""
        if lead.base == "budget" and self.report == "budget":
            lead.base = "year"
        bare = last.end() == len(before) and not lead.column
        if bare and number.kind is Kind.AMOUNT and not words.endswith(("，", "相比", "比较", "对比", "较")):
            lead.column = "上年" if lead.base == "year" else "年初预算"
            lead.year, lead.sort = lead.base_year, lead.base_sort
        elif lead.base == "budget" and lead.column in ("变动额", "变动率"):
            lead.column = f"较预算{lead.column}"
        return before[: last.start()] + "，" + before[last.end() :]

    def _phrase(self, lead: Lead, before: str) -> None:
        parts = _PARTS.findall(self.grammar.opens.sub("：", before))
        phrase = ""
        for part in reversed(parts):
            phrase = self._plain(part)
            if self.grammar.key_of(phrase) or lead.column in HEADS:
                break
            phrase = ""
        if lead.column in HEADS and not self.grammar.key_of(phrase):
            earlier = (self._plain(part) for part in reversed(_PARTS.findall(self._earlier + before)))
            lead.context = next((part for part in earlier if self.grammar.key_of(part)), "")[-LONGEST:]
        lead.each = "分别" in before
        if lead.column != "上年" or not lead.year:
            year = _YEAR.findall(phrase)
            lead.year = (whole_number(year[-1]) or 0) if year else lead.year
            sort = _KINDS.findall(phrase)
            lead.sort = sort[-1][-2:] if sort else lead.sort
        lead.phrase = phrase[-LONGEST:]
        lead.key = self.grammar.key_of(phrase)

    def _plain(self, part: str) -> str:
        mark = self.grammar.mark.match(part)
        part = part[mark.end() :] if mark else part
        part = part.strip("、-•·")
        if _BRACKETED.fullmatch(part):
            return ""  # a remark between two figures names nothing
        for length in range(min(len(self.entity), len(part)), 3, -1):
            if self.entity[-length:] in part:
                return part.replace(self.entity[-length:], "")
        return part

    def _is_before(self, before: str) -> bool:
        last = (_PARTS.findall(before) or [""])[-1]
        return _LAST_YEAR.search(last) is not None


def is_simple(text: str) -> bool:
    """Whether nothing but a particle stands between two numbers."""
    return _SIMPLE.match(text) is not None
