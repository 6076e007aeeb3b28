"""Which of several figures that explain equally much is the likeliest, and what may have happened to it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.localise.causes import Around, Guess, guess, slips
from auditor.engine.localise.chances import slip_chance
from auditor.engine.localise.dwarfed import dwarfed
from auditor.engine.localise.suspects import Suspect
from auditor.model.facts import ReadBy
from auditor.model.numbers import NOTHING
from auditor.model.tables import PROSE
from auditor.model.units import PERCENT_SCALE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from auditor.engine.facts.fact_table import Flags, Longs
    from auditor.engine.localise.equation import Equation
    from auditor.engine.localise.equations import Equations
    from auditor.model.facts import Address, Fact
    from auditor.model.filing import Filing

LAST_YEAR = "上年"
TOTALS = ("总计", "合计")
SIGNED = ("结转", "结余", "差", "变动", "增", "减", "调整", "净", "弥补", "盈", "亏", "收回", "缴")  # may be below zero
LONG = 3  # significant digits of a figure that is hardly met by chance
MISCALCULATED = 400  # chances, in ten-thousandths, that a rate was worked out wrongly, which is no slip of its digits
ELSEWHERE = 8  # how much likelier a figure that stands elsewhere is right
HUNDRED = 100 * PERCENT_SCALE


class Evidence:
    """What the filing says for and against each figure.

    `good` counts the consistent checks of each figure, `names` are addresses (the last resort of every ordering),
    `last_year` is the filing of the year before where it is at hand. The first `size` facts are the filing's own;
    those after them belong to other filings and are given.
    """

    def __init__(
        self,
        facts: Sequence[Fact],
        good: Mapping[int, int],
        names: Mapping[int, str],
        system: Equations,
        last_year: Filing | None = None,
        size: int | None = None,
    ) -> None:
        self.facts, self.good, self.names, self.system = facts, good, names, system
        self.last_year = last_year
        self.lines = system.facts
        self.own = slice(system.start, system.start + (len(facts) if size is None else size))
        self.steps: list[int] = np.maximum(self.lines.own_step[self.own], 1).tolist()

    @cached_property
    def _before(self) -> dict[Address, int]:
        """Last year's figures."""
        return {f.address: f.value for f in self.last_year.all_facts if f.is_figure} if self.last_year else {}

    @cached_property
    def _last_parts(self) -> Longs:
        """Of every name of a row the first one that ends alike (支出/208 and 208)."""
        first: dict[str, int] = {}
        ends = [first.setdefault(name.rsplit("/", 1)[-1], number) for number, name in enumerate(self.lines.rows)]
        return np.array(ends, dtype=np.int64)

    def _figures(self, flags: Flags) -> list[int]:
        return [number for number in np.nonzero(flags)[0].tolist() if self.facts[number].is_figure]

    def ranked(self, changes: Mapping[int, int], failing: Sequence[Equation]) -> list[Suspect]:
        """The suspects for changes of which any one would do, the likeliest first."""
        options = []
        told = all(self._is_told(fact) and self.facts[fact].is_figure for fact in changes)
        for fact, change in changes.items():
            mine = [e for e in failing if e.check is not None and fact in e.terms]
            because = tuple(dict.fromkeys(e.check.rule.id for e in mine if e.check is not None))
            suspect = self._suspect(fact, None if self._open(fact, mine) else change, because)
            words = [e.check.rate.word for e in mine if e.check is not None and e.check.rate is not None]
            if self.facts[fact].kind is Kind.WORD and len(set(words)) == 1:
                suspect = replace(suspect, word=words[0])
            if suspect.suggested is not None and suspect.cause is None:
                suspect = self._slipped(suspect) or suspect
            if dwarfed(suspect, self.facts, self.system):
                suspect = replace(suspect, cause=None)
            points = self._points(suspect, mine)
            if told:
                points, suspect = self._told_points(suspect, mine)
            options.append((-points, self.good.get(fact, 0), self.names[fact], suspect))
        ranked = [suspect for *_, suspect in sorted(options, key=lambda option: option[:3])]
        if not ranked or ranked[0].cause is None:
            return ranked
        return [suspect for suspect in ranked if not self._absurd(suspect)]

    def possible(self, number: int, change: int) -> bool:
        """Whether a figure may have been meant to be larger by `change`.

        Amounts and counts are not below zero, but for what is carried over or compared (or a wrong sign); a total that
        is printed is not meant to be nothing.
        """
        fact = self.facts[number]
        if fact.kind in (Kind.PERCENT, Kind.WORD) or fact.value <= 0 or fact.value + change > 0:
            return True
        if fact.value + change == 0:
            return not fact.address.row.endswith(TOTALS)
        named = f"{fact.address.row}.{fact.address.column}"
        return change == -2 * fact.value or any(word in named for word in SIGNED)

    def _absurd(self, suspect: Suspect) -> bool:
        """Whether a repair would turn an amount below zero, without a cause that would."""
        value = self.facts[suspect.fact].value
        return suspect.suggested is not None and suspect.suggested < 0 <= value and suspect.cause is None

    def _open(self, number: int, failing: Sequence[Equation]) -> bool:
        """Whether failing checks leave open what a figure should be: words that compare, or blanks beside it."""
        blank = {n for e in failing for n in e.terms if n != number and self.facts[n].state in NOTHING}
        return bool(failing) and all(
            e.rate.function == "compare" if e.rate is not None else set(e.terms) <= {number, *blank} for e in failing
        )

    def _suspect(self, number: int, change: int | None, because: tuple[str, ...]) -> Suspect:
        fact = self.facts[number]
        if change is None or (not fact.is_figure and fact.state not in NOTHING):
            return Suspect(number, None, because)
        change = self._as_printed(number, change)
        return Suspect(number, fact.value + change, because, self.cause(number, change))

    def _as_printed(self, number: int, change: int) -> int:
        """A change to a value of the printed precision, where one is as good for all that has to hold."""
        value, step = self.facts[number].value, self.steps[number]
        rounded = (2 * (value + change) + step) // (2 * step) * step - value
        near = [e for e in self.system.touching([number]) if e.check is None or e.must]
        return rounded if all(e.holds({number: rounded}) for e in near if e.holds({number: change})) else change

    def _slipped(self, suspect: Suspect) -> Suspect | None:
        """The value that a slip of the digits made of a suspect, where checks leave a range and one such lies in it."""
        fact, step = self.facts[suspect.fact], self.steps[suspect.fact]
        if not fact.value or fact.value % step:
            return None
        near = [e for e in self.system.touching([suspect.fact]) if e.check is None or e.must]
        changes = [right * step - fact.value for right in slips(fact.value // step)]
        able = [change for change in changes if all(e.holds({suspect.fact: change}) for e in near)]
        if len(able) != 1:
            return None
        return replace(suspect, suggested=fact.value + able[0], cause=self.cause(suspect.fact, able[0]))

    def _points(self, suspect: Suspect, failing: Iterable[Equation]) -> int:
        """A cause that fits, the repaired value printed elsewhere, a figure that was not read for certain.

        Against it speaks a repair below zero.
        """
        fact = self.facts[suspect.fact]
        points = suspect.cause.telling if suspect.cause else 0
        points += fact.kind is Kind.WORD  # two figures that agree with all else against one word
        points += fact.read_by is not ReadBy.PRINTED
        if suspect.suggested is not None and suspect.suggested < 0 <= fact.value:
            points -= suspect.cause is None
        if suspect.suggested:
            near = {other for equation in failing for other in equation.terms}
            same = self._figures(self.lines.value[self.own] == suspect.suggested)
            found = [n for n in same if n not in near and self.facts[n].kind is fact.kind]
            points += bool(found) + any(self._in_one_row(n, fact) for n in found)
        return points

    def _in_one_row(self, number: int, fact: Fact) -> bool:
        """Whether a figure stands in the printed row of another: that it prints the repaired value tells most."""
        one, two = self.facts[number].address, fact.address
        return (one.table, one.row, one.occurrence) == (two.table, two.row, two.occurrence)

    def _told_points(self, suspect: Suspect, failing: Sequence[Equation]) -> tuple[int, Suspect]:
        """How likely a slip made a figure of a sentence what it is, with the value that it must have had if one fits.

        A figure that stands elsewhere as well was not misprinted here; one whose repair does, was.
        """
        fact, step = self.facts[suspect.fact], self.steps[suspect.fact]
        if fact.value % step:
            return 0, suspect
        near = [e for e in self.system.touching([suspect.fact]) if e.check is None or e.must]
        value = fact.value

        def able(right: int) -> bool:
            changes = {suspect.fact: right * step - value}
            return all(e.holds(changes) for e in near)

        chance, fitting = slip_chance(value // step, able)
        beside = {other for equation in failing for other in equation.terms}
        if fact.kind is Kind.PERCENT:
            chance = max(chance, MISCALCULATED)
        if self._stands_elsewhere(value, beside, fact):
            chance //= ELSEWHERE
        if any(self._stands_elsewhere(right * step, beside, fact) for right in fitting):
            chance *= ELSEWHERE
        if len(fitting) == 1 and suspect.suggested is not None and suspect.suggested != fitting[0] * step:
            right = fitting[0] * step
            suspect = replace(suspect, suggested=right, cause=self.cause(suspect.fact, right - value))
        return chance, suspect

    def _stands_elsewhere(self, value: int, beside: set[int], fact: Fact) -> bool:
        """Whether a figure long enough not to be met by chance stands outside the checks that fail."""
        if len(str(abs(value) // max(1, fact.own_step)).rstrip("0")) < LONG:
            return False
        same = self._figures(np.abs(self.lines.value[self.own]) == abs(value))
        return any(n not in beside and self.facts[n].kind is fact.kind for n in same)

    def _is_told(self, number: int) -> bool:
        return self.facts[number].address.table.startswith(PROSE)

    def cause(self, number: int, change: int) -> Guess | None:
        """What may have happened to a figure that should be larger by `change`."""
        fact = self.facts[number]
        step = max(1, fact.own_step)
        if change % step or fact.value % step:
            return None
        address, lines, own = fact.address, self.lines, self.own
        at = own.start + number
        table, row = lines.table[own] == lines.table[at], lines.row[own] == lines.row[at]
        across, down = table & row, table & (lines.column[own] == lines.column[at])
        ends = self._last_parts[lines.row[own]] == self._last_parts[lines.row[at]]
        beside = [n for n in dict.fromkeys([*self._figures(across), *self._figures(down)]) if n != number]
        beside = [n for n in beside if not self._equal_by_nature(number, n)]
        told = self._is_told(number)
        if told:  # what another sentence says again is no copy of it
            beside = [n for n in beside if across[n] or self.facts[n].place.quote == fact.place.quote]
        before = [n for n in beside if across[n] and LAST_YEAR in self.facts[n].address.column]
        around = Around(
            blank=fact.state in NOTHING,
            beside=self._digits((n for n in beside if LAST_YEAR not in self.facts[n].address.column), fact, step),
            elsewhere=self._digits(self._elsewhere(number, ends & ~table), fact, step)
            if address.row and not told
            else (),
            before=[*self._digits(before, fact, step), *self._last_year(address, step)],
            items=self._items(number, step),
            hundred=fact.kind is Kind.PERCENT and self._hundred(number),
        )
        return guess(fact.value // step, (fact.value + change) // step, around)

    def _elsewhere(self, number: int, flags: Flags) -> list[int]:
        return [other for other in self._figures(flags) if not self._equal_by_nature(number, other)]

    def _equal_by_nature(self, number: int, other: int) -> bool:
        """Whether two figures that are printed alike are so by an identity: that says nothing of copying.

        Totals equal totals (收入总计, 支出总计), and a total the only one of its items that is not nothing.
        """
        one, two = self.facts[number], self.facts[other]
        if one.value != two.value or not one.value:
            return False
        a, b = one.address, two.address
        if a.table == b.table and a.row != b.row and a.row.endswith(TOTALS) and b.row.endswith(TOTALS):
            return True
        for equation in self.system.touching([number]):
            terms = equation.terms
            if equation.check is None and equation.rate is None and other in terms:
                rest = (n for n in terms if n not in (number, other) and self.facts[n].value)
                if terms[number] == -terms[other] and next(rest, None) is None:
                    return True
        return False

    def _digits(self, numbers: Iterable[int], fact: Fact, step: int) -> list[tuple[int, int]]:
        """Figures with their values in last digits of a figure's print, where they can be told in these."""
        return [(n, self.facts[n].value // step) for n in numbers if self._comparable(n, fact)]

    def _comparable(self, number: int, fact: Fact) -> bool:
        other = self.facts[number]
        return other.kind is fact.kind and other.value % max(1, fact.own_step) == 0

    def _last_year(self, address: Address, step: int) -> list[tuple[int | None, int]]:
        value = self._before.get(address)
        return [] if value is None or value % step else [(None, value // step)]

    def _items(self, number: int, step: int) -> dict[int, int]:
        """What a figure adds up in the checks that fail, where it is a total of several."""
        items: dict[int, int] = {}
        for equation in self.system.touching([number]):
            own = equation.terms.get(number, 0)
            if equation.check is not None and equation.rate is None:
                items |= {
                    other: self.facts[other].value // step
                    for other, weight in equation.terms.items()
                    if other != number and weight == -own
                }
        return items if len(items) > 1 else {}

    def _hundred(self, number: int) -> bool:
        """Whether a share and the other shares of its whole print a sum of 100 %."""
        shares = {number}
        for equation in self.system.touching([number]):
            rate = equation.rate
            if rate is not None and rate.figure == number and rate.function == "percent":
                whole = rate.second.terms
                same = (e.rate for e in self.system.touching(whole) if e.rate is not None)
                shares |= {r.figure for r in same if r.function == "percent" and r.second.terms == whole}
        return len(shares) > 1 and sum(self.facts[share].value for share in shares) == HUNDRED
