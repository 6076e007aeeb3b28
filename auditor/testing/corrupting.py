"""Change figures of a filing the way people do, with every cause told: digits, copies of other figures, wrong sums.

Works on any filing that was read or generated; nothing is printed or read again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.engine.localise.causes import Cause
from auditor.model.facts import value_text
from auditor.model.numbers import State, parse_literal
from auditor.model.units import Kind
from auditor.rules.rule import RuleKind
from auditor.testing.planting import corrupt

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from auditor.engine.localise.signatures import SeenBy, Signature
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing

_BY_DIGITS = {
    Cause.TRANSPOSED: "transposed",
    Cause.DIGIT: "digit",
    Cause.DROPPED: "dropped_digit",
    Cause.ADDED: "added_digit",
    Cause.SHIFTED: "factor_ten",
    Cause.UNIT: "unit",
    Cause.SIGN: "sign",
}
CAUSES = (
    *_BY_DIGITS,
    Cause.NEIGHBOUR,
    Cause.OTHER_TABLE,
    Cause.LAST_YEAR,
    Cause.OMITTED,
    Cause.DOUBLED,
    Cause.SWAPPED,
    Cause.TRUNCATED,
)


class Effect(StrEnum):
    """What the checks of a filing must see of changed figures, whatever the tails are.

    `CERTAIN`: an equality that must hold surely fails for each of them. `EQUIVALENT`: every check that they stand in
    excuses the change as rounding. `UNSEEN`: one of them stands in no equality, rate or comparison by words (it may
    still break an inequality). `POSSIBLE`: rates, comparisons or rules that ask for an explanation may see it.
    """

    CERTAIN = "certain"
    POSSIBLE = "possible"
    EQUIVALENT = "equivalent"
    UNSEEN = "unseen"


def effect_of(signatures: Mapping[int, Signature], changes: Mapping[int, int]) -> Effect:
    """Tell what static analysis says of changes, by position of the figure, in the smallest step of its kind."""
    moved: Counter[int] = Counter()
    for number, change in changes.items():
        if number not in signatures:
            return Effect.UNSEEN
        for check in signatures[number].checks:
            moved[check.row] += check.weight * change
    each = [signatures[number].checks for number in changes]
    if all(any(_breaks(check, moved[check.row]) for check in checks) for checks in each):
        return Effect.CERTAIN
    bounds = [(check.spared, moved[check.row]) for checks in each for check in checks]
    inside = all(spared is not None and abs(move) <= spared for spared, move in bounds)
    return Effect.EQUIVALENT if inside else Effect.POSSIBLE


def _breaks(check: SeenBy, move: int) -> bool:
    return check.excused is not None and check.rule.kind is RuleKind.LOGICAL and abs(move) > check.excused


@dataclass(frozen=True, slots=True)
class WrongFigures:
    """One planted error: figures (by position in the filing's facts) with their wrong values, and the cause."""

    cause: Cause
    values: Mapping[int, int]


class Corrupter:
    """Plants errors in the figures of one filing; `signatures` tell which figures are totals of which."""

    def __init__(self, filing: Filing, signatures: Mapping[int, Signature]) -> None:
        self.facts = filing.all_facts
        self.signatures = signatures
        self.rows: dict[int, list[tuple[int, int]]] = {}  # of the check matrix: figure and weight
        for figure, signature in signatures.items():
            for check in signature.checks:
                self.rows.setdefault(check.row, []).append((figure, check.weight))
        self.lines: dict[tuple[str, str], list[int]] = {}
        for number, fact in enumerate(self.facts):
            if fact.is_figure and fact.value:
                table, row, column, _ = fact.address
                for key in {(table, f"r{row}"), (table, f"c{column}"), ("", row.rsplit("/", 1)[-1])}:
                    self.lines.setdefault(key, []).append(number)

    def wrong(self, number: int, cause: Cause, choice: random.Random) -> WrongFigures | None:
        """A wrong value of a figure by a cause; None where the cause does not apply or changes nothing."""
        fact = self.facts[number]
        if cause in _BY_DIGITS:
            value = self._by_digits(fact, _BY_DIGITS[cause])
        elif cause is Cause.TRUNCATED:
            step = max(1, fact.own_step)
            value = fact.value - (step if fact.value > 0 else -step) if abs(fact.value) > step else None
        elif cause in (Cause.OMITTED, Cause.DOUBLED):
            item = self._chosen(self._items(number), number, choice)
            gap = None if item is None else self.facts[item].value * (1 if cause is Cause.DOUBLED else -1)
            value = None if gap is None else fact.value + gap
        else:
            other = self._chosen(self._others(fact, cause), number, choice)
            value = None if other is None else self.facts[other].value
            if cause is Cause.SWAPPED and other is not None and value != fact.value:
                return WrongFigures(cause, {number: self.facts[other].value, other: fact.value})
        return None if value is None or value == fact.value else WrongFigures(cause, {number: value})

    def _by_digits(self, fact: Fact, how: str) -> int | None:
        text = corrupt(value_text(fact.value, fact.kind, fact.unit, fact.decimals), how) if fact.value else None
        return None if text is None else _valued(fact, text)

    def _items(self, number: int) -> list[int]:
        """What a figure adds up in the shortest of its sums."""
        sums = []
        for check in self.signatures[number].checks if number in self.signatures else ():
            row = self.rows[check.row]
            items = [other for other, weight in row if weight == -check.weight]
            if len(items) > 1 and sum(weight == check.weight for _, weight in row) == 1:
                sums.append(items)
        return min(sums, key=len, default=[])

    def _others(self, fact: Fact, cause: Cause) -> list[int]:
        table, row, column, _ = fact.address
        across, down = self.lines.get((table, f"r{row}"), []), self.lines.get((table, f"c{column}"), [])
        if cause is Cause.LAST_YEAR:
            return [n for n in across if "上年" in self.facts[n].address.column]
        if cause is Cause.OTHER_TABLE:
            same = self.lines.get(("", row.rsplit("/", 1)[-1]), []) if row else []
            return [n for n in same if self.facts[n].address.table != table]
        return [n for n in (*across, *down) if "上年" not in self.facts[n].address.column]

    def _chosen(self, numbers: list[int], own: int, choice: random.Random) -> int | None:
        fact = self.facts[own]
        able = [n for n in dict.fromkeys(numbers) if n != own and self._fits(self.facts[n], fact)]
        return choice.choice(able) if able else None

    @staticmethod
    def _fits(other: Fact, fact: Fact) -> bool:
        """Whether a figure could stand in the place of another."""
        same = (other.kind, other.unit) == (fact.kind, fact.unit)
        return same and bool(other.value) and other.value != fact.value and other.own_step == fact.own_step


def _valued(fact: Fact, text: str) -> int:
    literal = parse_literal(text)
    scale = fact.own_step * int(10**fact.decimals)
    return literal.digits * scale // int(10**literal.decimals)


def corrupted(filing: Filing, wrong: Mapping[int, int]) -> Filing:
    """A copy of a filing in which some figures have other values, printed with the decimals they had."""
    tables, start = [], 0
    for table in filing.tables:
        mine = {number - start: value for number, value in wrong.items() if start <= number < start + len(table.facts)}
        start += len(table.facts)
        facts = [_revalued(fact, mine[n]) if n in mine else fact for n, fact in enumerate(table.facts)]
        tables.append(replace(table, facts=facts) if mine else table)
    return replace(filing, tables=tables)


def _revalued(fact: Fact, value: int) -> Fact:
    text = value_text(value, fact.kind, fact.unit, fact.decimals) + ("%" if fact.kind is Kind.PERCENT else "")
    return replace(fact, value=value, text=text, state=State.VALUE if value else State.ZERO)
