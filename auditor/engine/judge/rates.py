"""Statements about rates and words that compare. Exact rational bounds, no floats.

Rates are `x = percent(a, b)`, `growth(now, before)`, `growth_by_change(now, change)`; words `word = compare(a, b)`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from auditor.engine.bind.operands import reach
from auditor.engine.bind.references import bind_ref
from auditor.engine.facts.fact_table import STATES
from auditor.engine.judge.equalities import residual
from auditor.engine.verdicts import Reason, Verdict
from auditor.model.numbers import State
from auditor.model.rates import growth_bounds, growth_by_change_bounds, judge_ratio, share_bounds
from auditor.model.units import PERCENT_SCALE, Range, Rounding, printed_range, zero_range
from auditor.rules.nodes import Call
from auditor.rules.plan import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from auditor.engine.bind.instances import Instances
    from auditor.engine.bind.operands import Linear
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Ints, Longs
    from auditor.engine.judge.set_relations import Judgement
    from auditor.model.rates import Bounds
    from auditor.rules.nodes import Expression, Relation

_BOUNDS = {"percent": share_bounds, "growth": growth_bounds, "growth_by_change": growth_by_change_bounds}
MAX_PRINTINGS = 8
FINE = PERCENT_SCALE // 100  # a last digit worth 0.01 %: one more or less of it weighs nothing
COMPARED = {1: "大于", 0: "等于", -1: "小于"}


@dataclass(frozen=True, slots=True)
class Rate:
    """What a rate that does not hold should be: exact bounds in percent, cut to the printed decimals plus two.

    For a comparison `word` is the word that the numbers ask for. `near` says that it is one last digit off, or
    (`hidden`) that a printed zero may hide what it needs. `bounds` are the exact bounds as fractions.
    """

    function: str
    low: str = ""
    high: str = ""
    word: str = ""
    near: bool = False
    hidden: bool = False
    bounds: Bounds | None = None

    def printings(self, step: int) -> list[int]:
        """The values that a rate with a last digit worth `step` may print for these bounds, the lowest first."""
        if self.bounds is None:
            return []
        low, high = (bound[0] * PERCENT_SCALE // bound[1] for bound in self.bounds)
        values = range(low // step * step - step, high + 2 * step, step)[:MAX_PRINTINGS]
        return [value for value in values if judge_ratio(*self.bounds, printed_range(value, step))]


class ChangeBound(NamedTuple):
    """What some changes of figures must meet: Σ weight · change ≥ least."""

    weights: Mapping[int, int]
    least: int


class RateSide(NamedTuple):
    """One of the two numbers of a rate: its figures with their weights, its value as printed, its range."""

    terms: Mapping[int, int]
    value: int
    range: Range

    def shift(self, changes: Mapping[int, int]) -> int:
        """By how much it changes when some figures do."""
        return sum(weight * changes.get(figure, 0) for figure, weight in self.terms.items())


@dataclass(frozen=True, slots=True)
class RateAt:
    """One rate (or comparing word) with the two numbers that it compares.

    Where the rate itself stays as printed, what its figures may be is linear in them: `lowest ≤ 100·a/b < end` with
    b > 0 says 100·a − lowest·b ≥ 0 and end·b − 100·a > 0 for some a and b in their ranges, exactly.
    """

    function: str
    figure: int
    value: int
    step: int
    zero: bool
    word: str
    first: RateSide
    second: RateSide
    mode: Rounding

    def bounds(self) -> list[ChangeBound]:
        """What changes of the two numbers must meet for the rate to hold as it is printed."""
        if self.function == "compare":
            gap = self.first.value - self.second.value
            more, less = self._bound(1, -1, 1 - gap), self._bound(-1, 1, 1 + gap)
            same = [self._bound(1, -1, -gap), self._bound(-1, 1, gap)]
            return {"大于": [more], "小于": [less]}.get(self.word, same)
        printed = zero_range(self.step, self.mode) if self.zero else printed_range(self.value, self.step, self.mode)
        low = self._pulls(printed.lo)
        high = self._pulls(printed.hi + 1)
        high = (-high[0], -high[1])
        return [self._bound(*low, -self._most(*low)), self._bound(*high, 1 - self._most(*high))]

    def settled(self, changes: Mapping[int, int]) -> tuple[int, int] | None:
        """The lowest and highest change of the rate itself with which it holds, once its numbers have changed."""
        now, base = self.first.shift(changes), self.second.shift(changes)
        if self.function == "compare":
            gap = self.first.value + now - self.second.value - base
            return (1, 1) if COMPARED[(gap > 0) - (gap < 0)] != self.word else None
        a, b = (Range(form.range.lo + by, form.range.hi + by) for form, by in ((self.first, now), (self.second, base)))
        bounds = _BOUNDS[self.function](a, b)
        if bounds is None:
            return None
        low, high = (bound[0] * PERCENT_SCALE // bound[1] // self.step * self.step for bound in bounds)
        fits = [value for value in (low, low + self.step, high, high + self.step) if self._prints(value, bounds)]
        return (min(fits) - self.value, max(fits) - self.value) if fits else None

    def _prints(self, value: int, bounds: Bounds) -> bool:
        printed = printed_range(value, self.step, self.mode) if value else zero_range(self.step, self.mode)
        return judge_ratio(*bounds, printed)

    def _pulls(self, at_least: int) -> tuple[int, int]:
        """How much the two numbers weigh in `rate − at_least`, multiplied by the base (millionths of a percent)."""
        hundred = 100 * PERCENT_SCALE
        if self.function == "percent":
            return hundred, -at_least
        if self.function == "growth":
            return hundred, -(hundred + at_least)
        return -at_least, hundred + at_least

    def _most(self, first: int, second: int) -> int:
        """The largest that two weighted numbers can be within their ranges."""
        return max(first * self.first.range.lo, first * self.first.range.hi) + max(
            second * self.second.range.lo, second * self.second.range.hi
        )

    def _bound(self, first: int, second: int, least: int) -> ChangeBound:
        weights: dict[int, int] = {}
        for pull, form in ((first, self.first), (second, self.second)):
            for figure, weight in form.terms.items():
                weights[figure] = weights.get(figure, 0) + pull * weight
        return ChangeBound({figure: weight for figure, weight in weights.items() if weight}, least)


@dataclass(slots=True)
class RateForms:
    """The figures of the rates of one statement: where each rate stands, and the two linear forms it compares."""

    function: str
    target: Ints
    first: Linear
    second: Linear

    def at(self, number: int, chunk: Chunk, start: int) -> RateAt:
        """One of the rates, its figures counted from `start`."""
        facts, target = chunk.facts, int(self.target[number])
        one = np.array([number], dtype=np.int64)
        forms = []
        for linear in (self.first, self.second):
            flat = linear.of(one)
            terms: dict[int, int] = {}
            for position, weight in zip(flat.position.tolist(), flat.coefficient.tolist(), strict=True):
                terms[position - start] = terms.get(position - start, 0) + weight
            constant = int(linear.constant[number])
            value = constant + int((flat.coefficient * facts.value[flat.position]).sum())
            low, high = reach(flat.coefficient, *chunk.reach(flat.position))
            forms.append(RateSide(terms, value, Range(constant + int(low.sum()), constant + int(high.sum()))))
        zero = STATES[facts.state[target]] is State.ZERO
        value, step = int(facts.value[target]), int(facts.step[target])
        return RateAt(
            self.function,
            target - start,
            value,
            step,
            zero,
            facts.texts.get(target, ""),
            forms[0],
            forms[1],
            chunk.mode,
        )

    def flat(self, chosen: Longs, values: Longs) -> tuple[Ints, Ints, Longs]:
        """The figures of some rates as (instance, position, weight): how the quotient moves with each, near the print.

        The weights tell figures apart that stand in several checks; they decide nothing. The rate itself weighs −1.
        """
        now, base = self.first.sum(values)[chosen], self.second.sum(values)[chosen]
        shared = np.maximum(np.gcd(now, base), 1)
        plain = self.function == "compare"
        pulls = [np.ones_like(now) if plain else base // shared, -np.ones_like(now) if plain else -(now // shared)]
        parts: list[tuple[Ints, Ints, Longs]]
        parts = [
            (np.arange(len(chosen), dtype=np.int32), self.target[chosen], np.full(len(chosen), -1, dtype=np.int64))
        ]
        for flat, pull in zip((self.first.of(chosen), self.second.of(chosen)), pulls, strict=True):
            weight = flat.coefficient * pull[flat.instance]
            parts.append((flat.instance, flat.position, np.where(weight == 0, flat.coefficient, weight)))
        instance, position, weight = (np.concatenate([part[n] for part in parts]) for n in range(3))
        order = np.argsort(instance, kind="stable")
        return instance[order], position[order], weight[order]


def judge_call(
    statement: Relation, instances: Instances, value_of: Callable[[Expression], tuple[Linear, Bytes]]
) -> tuple[Judgement, dict[int, Rate], RateForms]:
    """Judge a relation one side of which is a rate or a comparison, for every instance; and what fails should be."""
    target, call = _sides(statement)
    first, reason_first = value_of(call.first)
    second, reason_second = value_of(call.second)
    bound = bind_ref(target, instances)
    reason = np.maximum(np.maximum(reason_first, reason_second), bound.reason)
    reason = np.where((bound.position < 0) & (reason == 0), Reason.UNKNOWN_FACT, reason).astype(np.uint8)
    verdict = np.full(len(instances), Verdict.INCONSISTENT, dtype=np.uint8)
    a, b = residual(first, instances.chunk), residual(second, instances.chunk)
    rates: dict[int, Rate] = {}
    for number in np.nonzero(reason == 0)[0]:
        numbers = _at(a, number), _at(b, number)
        outcome = _one(call.function, instances, int(bound.position[number]), *numbers)
        if isinstance(outcome, Rate) and call.function != "compare" and not outcome.near:
            wide = [
                _hidden(at, linear, number, instances.chunk)
                for at, linear in zip(numbers, (first, second), strict=True)
            ]
            if _one(call.function, instances, int(bound.position[number]), *wide) is None:
                outcome = replace(outcome, near=True, hidden=True)
        if isinstance(outcome, Reason):
            reason[number] = outcome
        elif outcome is None:
            verdict[number] = Verdict.CONSISTENT
        else:
            rates[int(number)] = outcome
    forms = RateForms(call.function, bound.position, first, second)
    return (verdict, reason, _operands(bound.position, first, second)), rates, forms


def _hidden(at: tuple[int, Range], linear: Linear, number: np.int64, chunk: Chunk) -> tuple[int, Range]:
    """A number of a rate with what its printed zeros may hide: less than half a last digit each (rounding.md 2)."""
    value, exact = at
    flat = linear.of(np.array([number], dtype=np.int64))
    low = high = 0
    for position, weight in zip(flat.position.tolist(), flat.coefficient.tolist(), strict=True):
        if STATES[chunk.facts.state[position]] is State.ZERO:
            reach_of = zero_range(int(chunk.facts.step[position]), chunk.mode)
            ends = sorted((weight * reach_of.lo, weight * reach_of.hi))
            low, high = low + ends[0], high + ends[1]
    return value, Range(exact.lo + low, exact.hi + high)


def _sides(statement: Relation) -> tuple[Ref, Call]:
    left, right = statement.left.terms[0].factor, statement.right.terms[0].factor
    target, call = (left, right) if isinstance(right, Call) else (right, left)
    assert isinstance(target, Ref)
    assert isinstance(call, Call)
    return target, call


def _at(arrays: tuple[Longs, Longs, Longs], number: np.int64) -> tuple[int, Range]:
    value, lo, hi = arrays
    return int(value[number]), Range(int(lo[number]), int(hi[number]))


def _one(
    function: str, instances: Instances, position: int, a: tuple[int, Range], b: tuple[int, Range]
) -> Rate | Reason | None:
    facts, mode = instances.chunk.facts, instances.chunk.mode
    if function == "compare":
        return _compared(facts.texts.get(position, ""), a[0], b[0])
    zero = STATES[facts.state[position]] is State.ZERO
    return _rated(function, int(facts.value[position]), int(facts.step[position]), zero, a[1], b[1], mode)


def _compared(word: str, a: int, b: int) -> Rate | None:
    right = COMPARED[(a > b) - (a < b)]
    return None if word == right else Rate("compare", word=right)


def _rated(
    function: str, value: int, step: int, zero: bool, a: Range, b: Range, mode: Rounding
) -> Rate | Reason | None:
    """Judge a printed rate against the ranges of its two figures."""
    printed = zero_range(step, mode) if zero else printed_range(value, step, mode)
    bounds = _BOUNDS[function](a, b)
    if bounds is None:
        return Reason.ZERO_BASE
    if judge_ratio(*bounds, printed):
        return None
    near = judge_ratio(*bounds, Range(printed.lo - step, printed.hi + step))
    cut_off = Range(value, value + step - 1) if value >= 0 else Range(value - step + 1, value)
    near &= step <= FINE or judge_ratio(*bounds, cut_off)
    low, high = (_percent(bound, step) for bound in bounds)
    return Rate(function, low, high, near=near, bounds=bounds)


def _percent(bound: tuple[int, int], step: int) -> str:
    """A bound in percent, cut to two decimals more than a rate prints whose last digit is worth `step`."""
    decimals = max(0, len(str(PERCENT_SCALE // max(1, step))) - 1) + 2
    scaled, below = divmod(abs(bound[0]) * 10**decimals, bound[1])
    digits = str(scaled).zfill(decimals + 1)
    sign = "-" if bound[0] < 0 and (scaled or below) else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def _operands(target: Ints, first: Linear, second: Linear) -> tuple[Ints, Ints]:
    hit = np.nonzero(target >= 0)[0].astype(np.int32)
    instance = np.concatenate([hit, first.flat.instance, second.flat.instance])
    position = np.concatenate([target[hit], first.flat.position, second.flat.position])
    order = np.argsort(instance, kind="stable")
    return instance[order], position[order]
