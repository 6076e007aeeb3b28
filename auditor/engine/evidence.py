"""Which of several figures that explain equally much is the likeliest, and what may have happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.engine.causes import Around, Guess, guess
from auditor.engine.results import Suspect
from auditor.facts import ReadBy
from auditor.numbers import NOTHING
from auditor.units import PERCENT_SCALE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from auditor.engine.localise import Equation, System
    from auditor.facts import Address, Fact
    from auditor.filing import Filing

LAST_YEAR = "上年"
HUNDRED = 100 * PERCENT_SCALE


class Evidence:
    """What the filing says for and against each figure.

    `good` counts the consistent checks of each figure, `names` are addresses (the last resort of every ordering),
    `last_year` is the filing of the year before where it is at hand.
    """

    def __init__(
        self,
        facts: Sequence[Fact],
        good: Mapping[int, int],
        names: Mapping[int, str],
        system: System,
        last_year: Filing | None = None,
    ) -> None:
        self.facts, self.good, self.names, self.system = facts, good, names, system
        self.before = {f.address: f.value for f in last_year.all_facts if f.is_figure} if last_year else {}
        self.places: dict[tuple[str, str], list[int]] = {}
        self.values: dict[tuple[Kind, int], list[int]] = {}
        for number, fact in enumerate(facts):
            if fact.is_figure:
                table, row, column, _ = fact.address
                for key in {(table, f"r{row}"), (table, f"c{column}"), ("", row.rsplit("/", 1)[-1])}:
                    self.places.setdefault(key, []).append(number)
                self.values.setdefault((fact.kind, fact.value), []).append(number)

    def ranked(self, changes: Mapping[int, int], failing: Sequence[Equation]) -> list[Suspect]:
        """The suspects for changes of which any one would do, the likeliest first."""
        options = []
        for fact, change in changes.items():
            mine = [e for e in failing if e.check is not None and fact in e.terms]
            because = tuple(dict.fromkeys(e.check.rule.id for e in mine if e.check is not None))
            suspect = self._suspect(fact, change, because)
            points = self._points(suspect, mine)
            options.append((-points, self.good.get(fact, 0), self.names[fact], suspect))
        return [suspect for *_, suspect in sorted(options, key=lambda option: option[:3])]

    def _suspect(self, number: int, change: int, because: tuple[str, ...]) -> Suspect:
        fact = self.facts[number]
        if not fact.is_figure and fact.state not in NOTHING:
            return Suspect(number, None, because)  # a word: its check says which is right
        return Suspect(number, fact.value + change, because, self.cause(number, change))

    def _points(self, suspect: Suspect, failing: Iterable[Equation]) -> int:
        """A cause that fits, the repaired value printed elsewhere, a figure that was not read for certain.

        Against it speaks a repair below zero.
        """
        fact = self.facts[suspect.fact]
        points = suspect.cause.telling if suspect.cause else 0
        points += fact.read_by is not ReadBy.PRINTED
        if suspect.suggested is not None and suspect.suggested < 0 <= fact.value:
            points -= suspect.cause is None
        if suspect.suggested:
            near = {other for equation in failing for other in equation.terms}
            points += any(other not in near for other in self.values.get((fact.kind, suspect.suggested), ()))
        return points

    def cause(self, number: int, change: int) -> Guess | None:
        """What may have happened to a figure that should be larger by `change`."""
        fact = self.facts[number]
        step = max(1, fact.own_step)
        if change % step or fact.value % step:
            return None
        address = fact.address

        def inlast(numbers: Iterable[int]) -> list[tuple[int, int]]:
            return [(n, self.facts[n].value // step) for n in dict.fromkeys(numbers) if self._comparable(n, fact)]

        row = self.places.get((address.table, f"r{address.row}"), [])
        column = self.places.get((address.table, f"c{address.column}"), [])
        other = self.places.get(("", address.row.rsplit("/", 1)[-1]), []) if address.row else []
        beside = [n for n in (*row, *column) if n != number]
        around = Around(
            blank=fact.state in NOTHING,
            beside=inlast(n for n in beside if LAST_YEAR not in self.facts[n].address.column),
            elsewhere=inlast(n for n in other if self.facts[n].address.table != address.table),
            before=[*inlast(n for n in row if n != number and LAST_YEAR in self.facts[n].address.column),
                    *self._last_year(address, step)],
            items=self._items(number, step),
            hundred=fact.kind is Kind.PERCENT and self._hundred(number),
        )  # fmt: skip
        return guess(fact.value // step, (fact.value + change) // step, around)

    def _comparable(self, number: int, fact: Fact) -> bool:
        other = self.facts[number]
        return other.kind is fact.kind and other.value % max(1, fact.own_step) == 0

    def _last_year(self, address: Address, step: int) -> list[tuple[int | None, int]]:
        value = self.before.get(address)
        return [] if value is None or value % step else [(None, value // step)]

    def _items(self, number: int, step: int) -> dict[int, int]:
        """What a figure adds up in the checks that fail, where it is a total of several."""
        items: dict[int, int] = {}
        for equation in self.system.touching([number]):
            own = equation.terms.get(number, 0)
            if equation.check is not None and equation.rate is None:
                items |= {other: self.facts[other].value // step for other, weight in equation.terms.items()
                          if other != number and weight == -own}  # fmt: skip
        return items if len(items) > 1 else {}

    def _hundred(self, number: int) -> bool:
        """Tell whether a share and the other shares of its whole print a sum of 100 %."""
        shares = {number}
        for equation in self.system.touching([number]):
            rate = equation.rate
            if rate is not None and rate.figure == number and rate.function == "percent":
                whole = rate.second.terms
                same = (e.rate for e in self.system.touching(whole) if e.rate is not None)
                shares |= {r.figure for r in same if r.function == "percent" and r.second.terms == whole}
        return len(shares) > 1 and sum(self.facts[share].value for share in shares) == HUNDRED
