"""From the numbers of a passage to clauses and lists, left to right, once.

A number that its words name begins a clause; changes, rates and shares belong to the clause that they go on about:
the one before, the whole of a list once the list has ended, or the one that they name. Brackets belong to what stands
before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.model.units import Kind
from auditor.prose.claims import Told
from auditor.prose.clauses.fits import grows, shares, slipped, sums, value_of
from auditor.prose.clauses.lead import BUDGETS, HEADS, Lead, Leads, is_simple
from auditor.prose.clauses.model import Clause, Listing, stem_of
from auditor.prose.clauses.walk import MAX_DEPTH, Walk
from auditor.prose.tokens import Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.phrases.lexicon import Lexicon
    from auditor.phrases.sentence_grammar import Grammar
    from auditor.prose.passages import Passage
    from auditor.prose.tokens import Spans

CHANGES = ("变动额", "变动率", "较预算变动额", "较预算变动率")
RATE_OF = {"变动额": "变动率", "较预算变动额": "较预算变动率"}
RATES = ("完成率/年初预算", "完成率/全年预算", "完成率/预算")
EXECUTED = ("决算", "执行")  # figures of what became of a budget
FLAT = "上年比较词"
_STOPS = re.compile(r"[。；！？]")
OTHER = "比率"  # a percentage that no word explains
SAME_SUBJECT = (*HEADS, "预算执行", "上年")
_REASON = re.compile(r"）?[，。；]?[^，。；]{0,12}原因[：:是为]?[：:是为]?(?P<why>[^。]{4,110})")
MAX_WHOLES = 12  # of a chapter
MAX_REASON = 140  # characters behind a change
_GENERIC = re.compile(
    r"(?:部门|单位|本年|当年|全部|各项|年)*(?:总?(?:收入|支出|额|数|量)?|收支)(?:总额|总数|总计|合计|比重|比例)?"
)


@dataclass(slots=True)
class _Change:
    """A change and its rate that wait for the clause they belong to."""

    lead: Lead
    amount: Told | None = None
    rate: Told | None = None
    candidates: list[Clause] = field(default_factory=list)
    anew: bool = False  # a sentence begins with it that names no subject


class Parser(Walk):
    """Reads passage after passage."""

    def __init__(self, lexicon: Lexicon, grammar: Grammar, report: str, entity: str) -> None:
        super().__init__(grammar)
        self.lexicon = lexicon
        self.leads = Leads(lexicon, grammar, report, entity)
        self.named: dict[str, list[Clause]] = {}  # of the section, by the stem of the key
        self.change: _Change | None = None
        self.heading = self.chapter = ""
        self.wholes: list[Clause] = []  # of the chapter: what may be the whole of a share
        self.shares: dict[str, list[Clause]] = {}  # of the chapter, by the words of their whole: none was found

    # -- passages -------------------------------------------------------------------------------------------

    def passage(self, passage: Passage, numbers: Sequence[Number], asides: Spans) -> None:
        """Read the numbers of one passage."""
        if passage.heading != self.heading:
            self.heading, self.named = passage.heading, {}
        if passage.chapter != self.chapter:
            self.finish()
            self.chapter, self.open_end = passage.chapter, False
        self._enter(passage)
        at, last = 0, None
        for number in numbers:
            in_aside = asides.holds(number.start)
            self._flat(passage, at, number.start, asides)
            self._walk(passage, at, number.start)
            self._take(number, passage.text[at : number.start], last, in_aside=in_aside)
            at, last = number.end, number
        self._settle()
        self._flat(passage, at, len(passage.text), asides)
        self._walk(passage, at, len(passage.text))
        self.open_end = passage.text[-1:] in "：；，"

    def _flat(self, passage: Passage, start: int, end: int, asides: Spans) -> None:
        """`与上年持平`, right behind the numbers of a clause: it is as much as the year before; `均` is said of all."""
        if self.line is None or self.change is not None:
            return
        for column, pattern in self.lexicon.compares:
            found = pattern.search(passage.text, start, end) if column == FLAT else None
            if found is None or self.lexicon.comparisons[found["比较"]] != "等于" or asides.holds(found.start()):
                continue
            before = passage.text[start : found.start()]
            if _STOPS.search(before) or self.grammar.key_of(before).strip("，、均") or "基本" in found.group():
                continue
            level = self.levels[-1] if self.levels else None
            for clause in level.items if level is not None and before.endswith("均") else [self.line]:
                clause.flat = True

    # -- one number -----------------------------------------------------------------------------------------

    def _take(self, number: Number, text: str, last: Number | None, *, in_aside: bool) -> None:
        lead = self.leads.read(number, text)
        told = Told(number, lead.sign, lead.word)
        if number.kind is Kind.PERCENT and not lead.column:
            self._bare_rate(told, text, last)
            return
        if lead.column in CHANGES:
            self._take_change(lead, told, in_aside=in_aside)
            return
        self._settle()
        if in_aside:
            self._begin(lead, told, number, aside=True)
        elif lead.column == "占比":
            self._share(lead, told)
        elif lead.column.startswith("完成率"):
            self._attach(lead, told)
        elif lead.column in SAME_SUBJECT and lead.column != "金额":
            self._head(lead, told, text)
        elif self.line is not None and (column := self._missing(lead)):
            self.line.told[column] = told
        else:
            if lead.column == "金额" and self.grammar.starts.search(text[-30:]):
                lead.column = "上年"
            if not self._other_year(lead, told):
                self._begin(lead, told, number, aside=False)
        self.stopped = False

    def _missing(self, lead: Lead) -> str:
        """The measure of an amount without a subject of its own, behind a budget or last year's figure alone; or ''."""
        told = set(self.line.told) if self.line is not None and lead.column == "金额" and not lead.key else set()
        if told == {"上年"}:
            return "金额"
        return "决算" if told and lead.sort in EXECUTED and not self.stopped and told <= set(BUDGETS) else ""

    def _bare_rate(self, told: Told, text: str, last: Number | None) -> None:
        """`增加1.5万元（1.21%）`: the rate of the change right before it."""
        if self._of_budget(told, text, last):
            return
        change = self.change
        near = last is not None and is_simple(text.lstrip("（"))
        if change is not None and near and change.amount is not None and change.rate is None:
            told.sign = change.amount.sign
            change.rate = told
            return
        self._settle()
        clause = Clause(told.number.passage, self.line.phrase if self.line else "", "", aside=True)
        clause.told[OTHER] = told
        self.out.clauses.append(clause)

    def _of_budget(self, told: Told, text: str, last: Number | None) -> bool:
        """`完成全年预算10万元的90%`: the rate of the budget that is told right before it."""
        line = self.line
        if line is None or last is None or text != "的" or self.change is not None:
            return False
        budget = next((name for name in BUDGETS if name in line.told and line.told[name].number is last), "")
        if not budget or line.has(f"完成率/{budget}"):
            return False
        line.told[f"完成率/{budget}"] = told
        return True

    def _begin(self, lead: Lead, told: Told, number: Number, *, aside: bool) -> Clause:
        clause = Clause(number.passage, lead.phrase, lead.key, lead.year, lead.sort, context=lead.context, aside=aside)
        clause.told[lead.column] = told
        self.out.clauses.append(clause)
        if aside:
            return clause
        self._join(clause, number)
        self.line = clause
        if lead.key:
            self.named.setdefault(stem_of(lead.key), []).append(clause)
        return clause

    def _join(self, clause: Clause, number: Number) -> None:
        """Make a clause an item of the list at hand."""
        if self.brackets and len(self.levels) <= self.brackets[-1][1] and self.brackets[-1][0] is not None:
            self.levels.append(Listing(self.brackets[-1][0], "（", in_brackets=True))  # parts in brackets, unannounced
            self.out.lists.append(self.levels[-1])
        level = self.levels[-1] if self.levels else None
        if level is None or level.suspended or clause is level.whole:
            if not self.brackets:
                self.tops.append(clause)
                if clause.amount is not None and len(self.wholes) < MAX_WHOLES:
                    self.wholes.append(clause)
            return
        if _told_again(level, clause, number):
            return
        if level.items and not level.sep:
            before = number.passage.text[max(0, number.start - 60) : number.start]
            level.sep = "、" if re.search(r"、[^，；。]*$", before) else "，"
        outer = self.levels[-2] if len(self.levels) > 1 else None
        if (
            outer is not None
            and not (outer.mark or level.in_brackets)
            and outer.sep in ("", "，", "、")
            and level.items
        ):
            level.sure = outer.sure = False  # the item may be one of the outer list
            level.rivals.append(outer)
            outer.rivals.append(level)
        clause.part_of = level
        level.items.append(clause)

    def _other_year(self, lead: Lead, told: Told) -> bool:
        """The same subject in the year before or after: the two are one clause."""
        line = self.line
        if not lead.year or line is None or lead.key not in ("", line.key) or not line.year or line.sort != lead.sort:
            return False
        if lead.column != "金额" or "金额" not in line.told or abs(line.year - lead.year) != 1:
            return False
        if lead.year < line.year:
            if line.has("上年"):
                return False
            line.told["上年"] = told
            return True
        clause = self._begin(lead, told, told.number, aside=False)
        clause.borrowed["上年"] = line.told["金额"]
        return True

    def _head(self, lead: Lead, told: Told, text: str) -> None:
        """A budget, a final figure or last year's: of the clause at hand, unless another subject is named."""
        line = self.line
        goes_on = line is not None and (not lead.key or lead.key == line.key) and not line.has(lead.column)
        if goes_on and self.levels and line is self.levels[-1].whole and not self.levels[-1].suspended:
            goes_on = False
        if goes_on and line is not None and not (self.stopped and "。" in text and not lead.key and line.part_of):
            line.told[lead.column] = told
            return
        self._begin(lead, told, told.number, aside=False)

    def _attach(self, lead: Lead, told: Told) -> None:
        """A rate of completion: of the clause at hand, or of the one that is named."""
        line = self._subject(lead)
        if line is None or line.has(lead.column) or (not lead.key and self.stopped and line.part_of is not None):
            line = self._begin(lead, told, told.number, aside=False)
        line.told[lead.column] = told

    def _subject(self, lead: Lead) -> Clause | None:
        if not lead.key or (self.line is not None and self.line.key == lead.key):
            return self.line
        return next((clause for clause in reversed(self.named.get(stem_of(lead.key), ())) if clause.amount), None)

    # -- shares ---------------------------------------------------------------------------------------------

    def _share(self, lead: Lead, told: Told) -> None:
        clause = self._subject(lead)
        amount = clause.amount if clause is not None else None
        if clause is None or amount is None or clause.has("占比"):
            self._begin(lead, told, told.number, aside=True)
            return
        clause.told["占比"] = told
        words = lead.whole or ""
        key = self.grammar.key_of(words)
        if not words or _GENERIC.fullmatch(words) or _GENERIC.fullmatch(key):
            above = [level.whole for level in _up(clause)]
            sure = above[:1]
            others = [*above, *(top for top in self._near_tops() if top is not clause)]
        else:
            sure = [one for one in reversed(self.named.get(stem_of(key), ())) if one is not clause and one.amount][:1]
            others = [
                one
                for one in [*self._near_tops(), *(level.whole for level in _up(clause))]
                if one.key and (one.key in key or key in one.key)
            ]
        options = [*sure, *others]
        fitting = (one for one in options if one is not clause and one.amount and shares(amount, one.amount, told))
        whole = next(fitting, sure[0] if sure else None)
        if (
            whole is not None
            and whole is not clause
            and whole.amount is not None
            and whole.amount.number.kind is amount.number.kind
        ):
            clause.borrowed["全体"] = whole.amount
        elif whole is None:
            self.shares.setdefault(words, []).append(clause)

    def _near_tops(self) -> list[Clause]:
        """The clauses of the passage that are no items: the first and the latest, where there are many."""
        return self.tops if len(self.tops) <= 2 * MAX_WHOLES else [*self.tops[:MAX_WHOLES], *self.tops[-MAX_WHOLES:]]

    def finish(self) -> None:
        """Give shares whose whole stands in another passage of their chapter that whole, where one of them shows it."""
        for clauses in self.shares.values():
            for whole in reversed(self.wholes):
                others = [one for one in clauses if one is not whole]
                if not others or whole.amount is None:
                    continue
                if _tells_shares(whole.amount, others):
                    for one in others:
                        one.borrowed["全体"] = whole.amount
                    break
        self.shares, self.wholes = {}, []

    # -- changes --------------------------------------------------------------------------------------------

    def _take_change(self, lead: Lead, told: Told, *, in_aside: bool) -> None:
        change = self.change
        rate = told.number.kind is Kind.PERCENT
        goes_on = rate and change is not None and change.rate is None and change.amount is not None
        if goes_on and change is not None and not lead.key and (lead.bare_base or not lead.said_base):
            change.rate = told
            return
        self._settle()
        change = _Change(lead, anew=self.stopped and lead.said_base and not lead.key)
        if rate:
            change.rate = told
        else:
            change.amount = told
        if in_aside:
            self._alone(change, aside=True)
            return
        change.candidates = self._candidates(lead)
        self.change = change

    def _candidates(self, lead: Lead) -> list[Clause]:
        """The clauses that a change may belong to, the likeliest first."""
        line = self.line
        if lead.key and not (line is not None and line.key == lead.key):
            named = [one for one in reversed(self.named.get(stem_of(lead.key), ())) if one.amount]
            return named[:1]
        if line is None:
            return []
        above = [level.whole for level in _up(line)]
        if not above:
            return [line, *(top for top in reversed(self._near_tops()) if top is not line)] if self.stopped else [line]
        if self.stopped:
            return [line] if lead.key else [*above, line]  # where it is named, it is meant
        return [line, *above]

    def _settle(self) -> None:
        """Give the change that waits to its clause: the one with which it is exactly true, else the likeliest."""
        change, self.change = self.change, None
        if change is None:
            return
        fitting = [one for one in change.candidates if one.amount is not None and self._may(one, change.lead)]
        column = "变动额" if not change.lead.column.startswith("较预算") else "较预算变动额"
        chosen = fitting[0] if fitting else None
        first = change.candidates[0] if change.candidates else None
        if chosen is None and first is not None and column == "较预算变动额" and any(c in first.told for c in RATES):
            self._tell(first, column, change)  # `完成预算的100%，决算数大于预算数5万元`
            return
        if change.amount is not None and change.rate is not None and len(fitting) > 1:
            exact = (
                one for one in fitting if grows(_now(one), change.amount, change.rate) or _is_new(one, change.amount)
            )
            chosen = next(exact, chosen)
        elif len(fitting) > 1 and len({_now(one).number.text for one in fitting}) > 1:
            open_ = [one for one in fitting if not (one.has(column) or one.has(RATE_OF[column]))]
            chosen = fitting[0] if change.anew or open_ == fitting[:1] else None  # else nothing tells which
        if chosen is None:
            self._alone(change, aside=False)
            return
        if self._is_item(chosen, change, column):
            self._alone(change, aside=False, of=chosen)
            return
        if chosen.has(column) or chosen.has(RATE_OF[column]):
            again = Clause(chosen.passage, chosen.phrase, "", chosen.year, chosen.sort)
            again.borrowed["金额"] = _now(chosen)
            self.out.clauses.append(again)
            chosen = again
        self._tell(chosen, column, change)
        self._reason(chosen, change)
        if change.lead.key:
            self.line = chosen  # a list that follows is one of its parts

    def _is_item(self, clause: Clause, change: _Change, column: str) -> bool:
        """Whether a change of a subject told before is an item of the list of changes at hand."""
        level = self.levels[-1] if self.levels else None
        if level is None or level.suspended or change.amount is None or not change.lead.key:
            return False
        return clause.part_of is not level and clause is not level.whole and column in level.whole.told

    def _reason(self, clause: Clause, change: _Change) -> None:
        """The direction that the reason right behind a change speaks of."""
        told = change.rate or change.amount
        if told is None or change.lead.column.startswith("较预算"):
            return
        text, end = told.number.passage.text, told.number.end
        found = _REASON.match(text, end, end + MAX_REASON)
        way = self.grammar.direction(found["why"]) if found else ""
        if found and way and "原因说法" not in clause.told:
            place = Number(told.number.passage, found.start("why"), found.end("why"), found["why"], "")
            clause.told["原因说法"] = Told(place, word=way)

    @staticmethod
    def _tell(clause: Clause, column: str, change: _Change) -> None:
        if change.amount is not None:
            clause.told[column] = change.amount
        if change.rate is not None:
            clause.told[RATE_OF[column]] = change.rate
        base = change.lead
        clause.base = clause.base or base.base_sort
        if (
            "上年" in clause.told
            and (base.base_sort, clause.sort)
            and base.base_sort
            and clause.sort
            and base.base_sort != clause.sort
        ):
            clause.borrowed.pop("上年", None)

    @staticmethod
    def _may(clause: Clause, lead: Lead) -> bool:
        """Whether a comparison with a year can be one of this clause."""
        return not (lead.base_year and clause.year and lead.base_year >= clause.year)

    def _alone(self, change: _Change, *, aside: bool, of: Clause | None = None) -> None:
        """A change of a subject whose amount is not told here, but perhaps by another clause."""
        told = change.amount or change.rate
        assert told is not None
        lead = change.lead
        clause = Clause(
            told.number.passage, lead.phrase or (self.line.phrase if self.line else ""), lead.key, aside=aside
        )
        column = "变动额" if not lead.column.startswith("较预算") else "较预算变动额"
        if of is not None:
            clause.borrowed["金额"] = _now(of)
        self._tell(clause, column, change)
        self.out.clauses.append(clause)
        if not aside and lead.key:
            self._join(clause, told.number)
            self.line = clause


def _tells_shares(whole: Told, clauses: Sequence[Clause]) -> bool:
    """Whether shares are of this whole: each fits, or one does and the parts add up, or lack a slip of a digit."""
    amounts = [one.amount for one in clauses if one.amount is not None and one.amount.number.kind is whole.number.kind]
    rates = [one.told["占比"] for one in clauses]
    if len(amounts) < len(clauses):
        return False
    fit = sum(shares(amount, whole, rate) for amount, rate in zip(amounts, rates, strict=True))
    return fit == len(clauses) or (fit > 0 and (sums(whole, amounts) or slipped(whole, amounts)))


def _up(clause: Clause) -> Iterable[Listing]:
    """The lists a clause stands in, the inmost first."""
    at = clause.part_of
    for _ in range(MAX_DEPTH):
        if at is None:
            return
        yield at
        at = at.whole.part_of


def _told_again(level: Listing, clause: Clause, number: Number) -> bool:
    """`1.上级资金10万元，主要公益金10万元`: what a numbered item consists of, told in the same breath, is no item."""
    last = level.items[-1] if level.mark and level.items else None
    amount = last.amount.number if last is not None and last.amount is not None else None
    if amount is None or amount.passage is not clause.passage:
        return False
    same = (amount.text, amount.unit) == (number.text, number.unit)
    return same and not _STOPS.search(clause.passage.text[amount.end : number.start])


def _is_new(clause: Clause, change: Told) -> bool:
    """Whether all of an amount is its increase: there was nothing the year before."""
    return change.sign > 0 and value_of(_now(clause)) == value_of(change)


def _now(clause: Clause) -> Told:
    """The amount of a clause that changes: what was spent before what was planned."""
    for names in (clause.told, clause.borrowed):
        for name in ("金额", "决算", "预算安排", *BUDGETS):
            if name in names:
                return names[name]
    raise KeyError(clause.phrase)
