"""Checks in numbers: both sides, what they come to, the gap and the bound, and the filled formula."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.engine.verdicts import Verdict
from auditor.messages import say
from auditor.model.numbers import decimal_text
from auditor.model.units import FEN_PER, Kind
from auditor.reports.figures import FigureWords, grouped

if TYPE_CHECKING:
    from auditor.engine.checks import Check, Operand
    from auditor.model.facts import Fact

MAX_TERMS = 12
SHORT = 4  # a sum of so few terms is shown with its zeros
_SIGNS = {"=": "≠", "≠": "=", "<": "≥", ">": "≤", "≤": ">", "≥": "<"}


@dataclass(frozen=True, slots=True)
class CheckAmounts:
    """The numbers of a check, as decimal strings in one unit."""

    expected: str
    actual: str
    difference: str
    allowed: str
    unit: str
    at_stake: str  # in 元


class Formulas(FigureWords):
    """Writes the checks of one audit in numbers."""

    def sides(self, check: Check) -> tuple[list[Operand], list[Operand]]:
        """The operands on the left and on the right."""
        left = [operand for operand in check.operands if operand.left]
        return left, [operand for operand in check.operands if not operand.left]

    def model(self, check: Check) -> Fact | None:
        """The fact whose unit and precision the check is told in: the finest amount."""
        facts = [self.facts[operand.fact] for operand in check.operands]
        return min(facts, key=lambda fact: (fact.step, str(fact.address))) if facts else None

    def total(self, operands: list[Operand], sign: int) -> int:
        """The printed total of one side, in the smallest step times the check's scale."""
        return sum(sign * operand.coefficient * self.facts[operand.fact].value for operand in operands)

    def amounts(self, check: Check) -> CheckAmounts:
        """Expected, actual, difference and bound of a check."""
        like = self.model(check)
        if like is None or not check.linear:
            return CheckAmounts("", "", "", "", "", "0")
        left, right = self.sides(check)
        actual = self.total(left, 1) // check.scale
        expected = (self.total(right, -1) - check.constant) // check.scale
        gap = check.gap // check.scale
        stake = decimal_text(abs(gap), FEN_PER["元"], 2) if like.kind is Kind.AMOUNT else "0"
        return CheckAmounts(
            self.value(expected, like),
            self.value(actual, like),
            self.value(gap, like),
            self.value(self._bound(check, like), like),
            like.unit,
            stake,
        )

    def told(self, check: Check) -> CheckAmounts:
        """The numbers of a check as a reader sees them beside its figures: with commas where those have them."""
        amounts = self.amounts(check)
        return replace(
            amounts,
            **{
                name: self._alike(getattr(amounts, name), check)
                for name in ("expected", "actual", "difference", "allowed")
            },
        )

    def _alike(self, number: str, check: Check) -> str:
        """A number with commas at its thousands where one of the check's figures is printed so."""
        return grouped(number) if any(self._has_commas(self.facts[o.fact]) for o in check.operands) else number

    def _bound(self, check: Check, like: Fact) -> int:
        """The largest gap in whole last digits that the ranges allow."""
        allowed = check.allowed // check.scale
        return allowed // like.step * like.step if like.step else allowed

    def formula(self, check: Check) -> str:
        """The check with every operand filled in, and the total of a side that has several."""
        if not check.linear or not check.operands:
            return check.detail
        left, right = self.sides(check)
        like = self.model(check)
        assert like is not None
        one_table = len({self.facts[operand.fact].address.table for operand in check.operands}) == 1
        shown = [self._side(side, sign, table=not one_table) for side, sign in ((left, 1), (right, -1))]
        if not right:
            shown[1] = self.constant(check)
        elif len(right) > 1:
            shown[1] += f" = {self.told(check).expected}"
        if len(left) > 1:
            shown[0] += f" = {self.told(check).actual}"
        sign = check.operator
        if check.verdict is Verdict.INCONSISTENT:
            sign = _SIGNS.get(check.operator, "≠")
        elif check.verdict is Verdict.ROUNDING and check.operator == "=":
            sign = "≈"
        return f"{shown[0]} {sign} {shown[1]}"

    def constant(self, check: Check) -> str:
        """What the figures of a check are to add up to, where no figure says it."""
        like = self.model(check)
        assert like is not None
        return self.value(-check.constant // check.scale, like, decimals=0)

    def _weight(self, operand: Operand, sign: int) -> int:
        """How often the printed figure counts; one whose sentence says that it falls counts the other way round."""
        fact = self.facts[operand.fact]
        return sign * operand.coefficient * (-1 if fact.value < 0 and self._is_worded(fact) else 1)

    def _side(self, operands: list[Operand], sign: int, *, table: bool) -> str:
        """One side of a formula; zeros of a long sum are counted, not listed."""
        parts: list[str] = []
        zeros = 0
        before: Fact | None = None
        if operands and self._weight(operands[0], sign) < 0:  # 乙 − 甲 reads better than − 甲 + 乙
            operands = sorted(operands, key=lambda operand: self._weight(operand, sign) < 0)
        short = len(operands) <= SHORT or not any(self.facts[operand.fact].value for operand in operands)
        for number, operand in enumerate(operands):
            fact = self.facts[operand.fact]
            if not fact.value and not (short and number < SHORT):
                zeros += 1
                continue
            weight = self._weight(operand, sign)
            times = f"{abs(weight)} × " if abs(weight) != 1 else ""
            minus = "− " if weight < 0 else ("+ " if parts else "")
            parts.append(f"{minus}{times}{self._brief(fact, before, table=table)} {self.text(fact)}")
            before = fact
        if len(parts) > MAX_TERMS:
            zeros += len(parts) - MAX_TERMS
            parts = [*parts[:MAX_TERMS], "…"]
        text = " ".join(parts) or "0"
        return text + (say("formula.zeros", count=zeros) if zeros else "")
