"""Say a finding in a sentence: which figures, what is printed, what follows, the gap, the bound, what to do.

Numbers are decimal strings in the finding's own unit, exactly as precise as printed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from auditor.engine.findings import Severity
from auditor.engine.localise.causes import Cause
from auditor.engine.verdicts import Note, Verdict
from auditor.messages import language, say
from auditor.model.facts import scale_of
from auditor.model.numbers import decimal_text
from auditor.model.units import Rounding
from auditor.outline.about_tables import ABOUT
from auditor.reports.formulas import MAX_TERMS, Formulas
from auditor.reports.places import place_text
from auditor.reports.whole_tables import whole_fix, whole_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.checks import Check, Operand
    from auditor.engine.findings import Audit, Finding, Review
    from auditor.engine.localise.lost_rows import LostRow
    from auditor.engine.localise.suspects import Suspect

UNLIKE = ("≠", "not =")  # of figures that must differ
SHOULD = "应为"  # the column of a table about the filing that says what should stand there
MAX_PLACES = 5  # quoted in one sentence
_WORDS = {"<": "less", ">": "more", "≤": "at_most", "≥": "at_least", "≠": "unequal", "=": "equal"}


class Narrator(Formulas):
    """Speaks about the findings of one audit."""

    def __init__(self, audit: Audit) -> None:
        super().__init__(audit)
        self.should = {
            fact.address._replace(column=""): fact.text
            for table in audit.filing.about
            for fact in table.facts
            if fact.address.column == SHOULD
        }

    @cached_property
    def _changing(self) -> frozenset[int]:
        """The figures that an error or warning proposes to change: no tail may say that they stay."""
        asking = (one for one in self.audit.findings if one.severity is not Severity.INFO)
        named = (suspect for one in asking for suspect in (*one.suspects[:1], *one.also))
        return frozenset(suspect.fact for suspect in named if suspect.suggested is not None)

    # -- findings -------------------------------------------------------------------------------------------

    def message(self, finding: Finding) -> str:
        """The finding in one sentence; one that rests on figures recognised from pictures asks for a look at them."""
        if finding.whole is not None:
            return whole_text(finding.whole)
        said = self._said(finding) + self._obeyed(finding)
        if finding.doubt is not None:
            told = say("say.doubted", failing=finding.doubt.failing, tried=finding.doubt.tried)
            return said + ("" if language() == "zh" else " ") + told
        if finding.elsewhere:
            figures = "；".join(self.label(self.facts[fact]) for fact in finding.elsewhere)
            return said + ("" if language() == "zh" else " ") + say("say.elsewhere", figures=figures)
        if not finding.recognised or finding.verdict is not Verdict.INCONSISTENT:
            return said
        return said + ("" if language() == "zh" else " ") + say("say.recognised")

    def _obeyed(self, finding: Finding) -> str:
        """How often the table itself obeys the relation that a finding rests on, where the table alone states it."""
        one = finding.main.footing
        if one is None or not one.holds or finding.verdict is not Verdict.INCONSISTENT:
            return ""
        key = "say.obeyed" if one.tried - one.holds == 1 else "say.obeyed_mostly"
        told = say(key, pattern=one.pattern, held=one.holds, tried=one.tried)
        return told if language() == "zh" else f" {told}"

    def _said(self, finding: Finding) -> str:
        check = finding.main
        if finding.verdict is Verdict.ROUNDING:
            return self._tail(check)
        if check.operator in UNLIKE:
            return self._unlike(finding)
        one = len(finding.suspects) == 1 and check.compares and (len(finding.checks) > 1 or bool(finding.also))
        figures = check.linear or (one and finding.suspects[0].suggested is not None)
        if not figures or self._is_absent(check):
            return self._statement(finding)
        if _is_swapped(finding):
            return self._swapped(finding)
        if finding.lost is not None:
            return self._gap(check) + self._lost(finding.lost)
        if finding.unexplained and len(finding.checks) > 1:
            return f"{self._gap(check)}{say('say.unexplained', count=len(finding.checks))}"
        if one:
            suspect = finding.suspects[0]
            fact = self.facts[suspect.fact]
            figure, printed, count = self.label(fact), self.text(fact), len(finding.checks)
            if finding.recognised:
                return say("say.look", figure=figure, printed=printed, count=count)
            if suspect.suggested is None:
                return say("say.suspect_some", figure=figure, printed=printed, count=count)
            suggested = self.suggested(suspect)
            cause = self.cause(suspect)
            said = say("say.suspect", figure=figure, printed=printed, count=count, suggested=suggested) + cause
            return said + self.also(finding)
        return self._gap(check)

    def _lost(self, lost: LostRow) -> str:
        """That a row may have been left out, and where its figures stand."""
        told = [f"{self.label(self.facts[number])} {self.text(self.facts[number])}" for number in lost.told]
        return say("say.lost", table=lost.table, row=lost.row, told="；".join(dict.fromkeys(told)))

    def _swapped(self, finding: Finding) -> str:
        """Two figures that changed places."""
        first, second = (self.facts[suspect.fact] for suspect in finding.suspects)
        return say(
            "say.swapped",
            first=self.label(first),
            printed_first=self.text(first),
            second=self.label(second),
            printed_second=self.text(second),
            count=len(finding.checks),
        )

    def proof(self, finding: Finding) -> str:
        """A ledger behind a tail: figures that print as shown and satisfy the check and all it touches exactly.

        Of a finding with a repair: that such figures exist once it is repaired.
        """
        if finding.proof is None:
            return ""
        if finding.verdict is Verdict.INCONSISTENT:
            return say("say.proved_repair")
        left, right = self.sides(finding.main)
        if len(left) + len(right) > MAX_TERMS:
            return say("say.proved_long")
        sides = []
        for side, sign in ((left, 1), (right, -1)):
            parts: list[str] = []
            for operand in side:
                fact, value = self.facts[operand.fact], finding.proof.ledger.get(operand.fact)
                if value:
                    minus = "− " if sign * operand.coefficient < 0 else ("+ " if parts else "")
                    parts.append(minus + decimal_text(value, scale_of(fact.kind, fact.unit), self._decimals(fact)))
            sides.append(" ".join(parts) or "0")
        if not right:  # a sum that is to be a number, as 100 %
            sides[1] = self.constant(finding.main)
        return say("say.proved", values=" = ".join(sides))

    def how(self, finding: Finding) -> str:
        """How to mend a finding: the one figure that explains it, with its value; else what the rule says."""
        if finding.doubt is not None:
            return say("say.how_doubted")
        if finding.whole is not None:
            return whole_fix(finding.whole)
        if finding.lost is not None:
            return say("say.how_lost", table=finding.lost.table, row=finding.lost.row)
        only = finding.suspects[0] if len(finding.suspects) == 1 and not finding.recognised else None
        suggested = self.suggested(only) if only is not None else ""
        if only is None or not suggested:
            return finding.rule.text("fix", language())
        fact = self.facts[only.fact]
        return say("say.how", figure=self.label(fact), printed=self.text(fact), suggested=suggested)

    def cause(self, suspect: Suspect) -> str:
        """What may have happened to a suspect, in a clause, or ''."""
        found = suspect.cause
        if found is None:
            return ""
        fact = self.facts[suspect.fact]
        other = fact if found.fact is None else self.facts[found.fact]
        step = max(1, fact.own_step)
        gap = self.value(abs(found.printed - found.right) * step, fact)
        printed, right = (self.as_printed(number * step, fact) for number in (found.printed, found.right))
        factor = str(max(abs(found.printed), abs(found.right)) // max(1, min(abs(found.printed), abs(found.right))))
        return say(
            f"cause.{found.cause.value}",
            figure=f"{self.label(other)} {self.text(other)}",
            printed=printed,
            right=right,
            gap=gap,
            factor=factor,
        )

    def also(self, finding: Finding) -> str:
        """What has to change with the suspect, in a clause, or ''."""
        told = [
            f"{self.label(self.facts[other.fact])} {self.text(self.facts[other.fact])} → "
            f"{self.as_printed(other.suggested, self.facts[other.fact])}"
            for other in finding.also
            if other.suggested is not None
        ]
        return say("say.also", figures="；".join(told)) if told else ""

    def quote(self, check: Check) -> str:
        """The sentence in which a check's first figure of the prose stands, or ''."""
        told = (self.facts[operand.fact] for operand in check.operands)
        return next((fact.place.quote for fact in told if self.is_told(fact)), "")

    # -- checks ---------------------------------------------------------------------------------------------

    def _ends(self, check: Check) -> tuple[str, str]:
        """Both sides in words, the second without the table that the first has named."""
        left, right = self.sides(check)
        amounts = self.told(check)
        named = {self.facts[side[0].fact].address.table for side in (left, right) if side}
        ends = []
        for side, total in ((left, amounts.actual), (right, amounts.expected)):
            table = side is left or len(named) > 1 or not left
            if len(side) == 1:
                fact = self.facts[side[0].fact]
                ends.append(f"{self.label(fact, table=table)} {self.text(fact)}")
            elif side:
                first = self.label(self.facts[side[0].fact], table=table)
                ends.append(
                    say("tell.sum", items=f"{first} … ") + f" {total}"
                    if len(side) > 2
                    else f"{self._side(side, 1 if side is left else -1, table=table)} = {total}"
                )
            else:
                ends.append(say("tell.unlisted") if check.unlisted else total)
        return ends[0], ends[1]

    def _gap(self, check: Check) -> str:
        left, right = self._ends(check)
        amounts = self.told(check)
        difference = amounts.difference.lstrip("-")
        unit = f" {amounts.unit}" if amounts.unit else ""
        if check.operator != "=":
            relation = say(f"word.{_WORDS.get(check.operator, 'equal')}")
            return say("say.compare", left=left, right=right, relation=relation, difference=difference, unit=unit)
        tables = {self.facts[operand.fact].address.table for operand in check.operands}
        if len(check.operands) == 2 and len(tables) == 1:
            return say("say.balance", left=left, right=right, difference=difference, unit=unit)
        return say("say.equal", left=left, right=right, difference=difference, unit=unit, allowed=amounts.allowed)

    def _tail(self, check: Check) -> str:
        amounts = self.told(check)
        unit = f" {amounts.unit}" if amounts.unit else ""
        difference = amounts.difference.lstrip("-")
        keys = {
            Note.TWO_PLACES: "say.tail_places",
            Note.OWN_PRECISION: "say.tail_own",
            Note.HIDDEN_IN_ZEROS: "say.tail_zeros",
            Note.TENSION: "say.tail_tension",
        }
        left, right = self._ends(check)
        changing = any(operand.fact in self._changing for operand in check.operands)
        return say(
            "say.tail_changing" if changing else keys.get(check.note, "say.tail"),
            left=left,
            right=right,
            difference=difference,
            unit=unit,
            allowed=amounts.allowed,
        )

    def _rate(self, check: Check) -> str:
        """A rate or a comparing word that its two numbers do not give."""
        rate = check.rate
        assert rate is not None
        target, first, second = (self.facts[operand.fact] for operand in check.operands[:3])
        values = {
            "figure": self.label(target),
            "printed": self.text(target),
            "first": f"{self._brief(first, target, table=False)} {self.text(first)}",
            "second": f"{self._brief(second, target, table=False)} {self.text(second)}",
        }
        if rate.word:
            return say("say.word", **values | {"figure": self.label(target, column=False)}, expected=rate.word)
        key = "say.rate_hidden" if rate.hidden else "say.rate_near" if rate.near else "say.rate"
        return say(key, **values, expected=self.span(rate.low, rate.high, target))

    def rate_value(self, check: Check) -> tuple[int, str]:
        """The rate or word that a check finds wrong, and what its two numbers give: as it would print where known."""
        rate, target = check.rate, check.operands[0].fact
        assert rate is not None
        if rate.word:
            return target, rate.word
        fact = self.facts[target]
        printings = [self.value(value, fact) for value in rate.printings(max(1, fact.step))]
        ends = (printings[0], printings[-1]) if printings else (rate.low, rate.high)
        return target, self.span(*ends, fact)

    def why_tail(self, check: Check, rounding: Rounding) -> str:
        """Why figures as precise as these may be off by so much, in words; '' where the check is of another kind."""
        amounts = self.told(check)
        if check.note not in (Note.NONE, Note.TWO_PLACES) or not amounts.allowed or abs(check.gap) > check.allowed:
            return ""
        rounded = [self.facts[operand.fact] for operand in check.operands]
        rounded = [fact for fact in rounded if (reach := fact.range(rounding)).lo != reach.hi]
        values = {
            "count": len(rounded),
            "unit": f" {amounts.unit}" if amounts.unit else "",
            "allowed": amounts.allowed,
            "difference": amounts.difference.lstrip("-"),
            "digit": "",
            "half": "",
        }
        alike = len({(fact.step, fact.unit) for fact in rounded}) == 1
        alike = alike and all(abs(operand.coefficient) == check.scale for operand in check.operands)
        each = len(rounded) if rounding is Rounding.TRUNCATE else len(rounded) // 2
        if check.note is Note.TWO_PLACES or (alike and check.allowed // check.scale > (each + 1) * rounded[0].step):
            return say("say.why_places", **values)
        if not alike:
            return say("say.why_mixed", **values)
        like = rounded[0]
        scale, decimals = scale_of(like.kind, like.unit), self._decimals(like)
        values["digit"] = decimal_text(like.step, scale, decimals)
        values["half"] = decimal_text(like.step // 2, scale, decimals + 1)
        return say("say.why_cut" if rounding is Rounding.TRUNCATE else "say.why_rounded", **values)

    def _is_absent(self, check: Check) -> bool:
        """Whether a check asks for something of which a filing holds nothing: no figure of print says so."""
        if check.detail == "exists":
            return not ABOUT.isdisjoint(check.rule.form)
        counted = [self.facts[operand.fact] for operand in check.operands]
        return bool(counted) and all(fact.address.table in ABOUT and not fact.value for fact in counted)

    # -- statements about names, sets and what is printed -------------------------------------------------------

    def _statement(self, finding: Finding) -> str:
        check = finding.main
        title = check.rule.title
        if check.rate is not None:
            return self._rate(check)
        if check.operator == "subset of":
            return f"{title}：{say('say.set_more', more=check.detail.lstrip('+'))}"
        if check.operator == "disjoint from":
            return f"{title}：{say('say.set_common', detail=check.detail)}"
        if check.operator == "same as":
            return f"{title}：{say('say.set_differs', detail=check.detail)}"
        if check.detail in ("exists", "printed") and check.operator.startswith("not"):
            found = [operand for one in finding.checks if one.operator == check.operator for operand in one.operands]
            return say("say.found", title=title, count=len(found), places=self._places(found))
        absent = self._is_absent(check)
        if absent or check.detail in ("exists", "printed", "once", "ordered", "blank"):
            where = f"（{check.statement}）" if check.statement else ""
            return f"{title}{where}：{say('say.not_told' if absent else f'say.{check.detail}')}"
        if operands := [operand for one in finding.checks for operand in one.operands]:
            return say("say.unfit", title=title, count=len(operands), places=self._places(operands))
        return say("say.other", title=title)

    def _unlike(self, finding: Finding) -> str:
        """Figures that must differ and do not: what the rule says of them, and where each stands."""
        operands = [check.operands[0] for check in finding.checks]
        title = "；".join(dict.fromkeys(check.rule.title for check in finding.checks))
        return say("say.found", title=title, count=len(operands), places=self._places(operands))

    def _places(self, operands: Sequence[Operand]) -> str:
        """What was found, with its place: the first few, then how many more."""
        several = len(self.audit.filing.files) > 1
        told = []
        for operand in operands[:MAX_PLACES]:
            fact = self.facts[operand.fact]
            where = place_text(fact.place, file=several)
            said = fact.place.quote or self.text(fact)
            if "".join(said.split()) == self.text(fact) and fact.is_figure:  # a figure alone says nothing
                said = f"{self.label(fact)} {self.text(fact)}"
            quoted = say("say.quoted", text=said, place=where or "—")
            should = self.should.get(fact.address._replace(column=""))
            told.append(quoted + (say("say.should", text=should) if should else ""))
        more = len(operands) - MAX_PLACES
        return say("say.join").join(told) + (say("say.more", count=more) if more > 0 else "")


def _is_swapped(finding: Finding) -> bool:
    """Whether a finding says that two figures changed places."""
    return len(finding.suspects) == 2 and all(
        suspect.cause is not None and suspect.cause.cause is Cause.SWAPPED for suspect in finding.suspects
    )


def standing_text(review: Review) -> str:
    """What was decided about a finding, in a word; of an expired waiver that it is one."""
    return say("standing.expired" if review.expired else f"standing.{review.state.value}")
