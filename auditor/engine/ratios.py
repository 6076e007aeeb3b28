"""Statements about rates and words that compare. Exact rational bounds, no floats.

Rates are `x = percent(a, b)`, `growth(now, before)`, `growth_by_change(now, change)`; words `word = compare(a, b)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.facttable import STATES
from auditor.engine.judge import growth_bounds, growth_by_change_bounds, judge_ratio, residual, share_bounds
from auditor.engine.references import bind_ref
from auditor.engine.verdicts import Reason, Verdict
from auditor.numbers import State
from auditor.rules.nodes import Call
from auditor.rules.plan import Ref
from auditor.units import PERCENT_SCALE, Range, Rounding, printed_range, zero_range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.engine.facttable import Bytes, Ints, Longs
    from auditor.engine.instances import Instances
    from auditor.engine.operands import Linear
    from auditor.engine.sets import Judgement
    from auditor.facts import Fact
    from auditor.rules.nodes import Expression, Relation

MAX_PRINTINGS = 8
COMPARED = {1: "大于", 0: "等于", -1: "小于"}


@dataclass(frozen=True, slots=True)
class Rate:
    """What a rate that does not hold should be: exact bounds in percent, cut to the printed decimals plus two.

    For a comparison `word` is the word that the numbers ask for. `near` says that it is one last digit off. `bounds`
    are the exact bounds as fractions.
    """

    function: str
    low: str = ""
    high: str = ""
    word: str = ""
    near: bool = False
    bounds: tuple[tuple[int, int], tuple[int, int]] | None = None

    def printings(self, step: int) -> list[int]:
        """The values that a rate with a last digit worth `step` may print for these bounds, the lowest first."""
        if self.bounds is None:
            return []
        low, high = (bound[0] * PERCENT_SCALE // bound[1] for bound in self.bounds)
        values = range(low // step * step - step, high + 2 * step, step)[:MAX_PRINTINGS]
        return [value for value in values if judge_ratio(*self.bounds, printed_range(value, step))]

    def holds_with(self, number: int, value: int, numbers: Sequence[int], facts: Sequence[Fact]) -> bool:
        """Tell whether the rate would hold if one of its two figures had another value.

        `numbers` and `facts` are the operands in order: the rate, then the figures; only plain pairs are tried.
        """
        if len(facts) != 3 or number not in numbers[1:]:
            return False
        values = [value if other == number else fact.value for other, fact in zip(numbers, facts, strict=True)]
        target = facts[0]
        if self.function == "compare":
            return _compared(target.text, values[1], values[2]) is None
        ranges = [printed_range(v, fact.step) for v, fact in zip(values, facts, strict=True)]
        zero = target.state is State.ZERO
        mode = Rounding.HALF_UP
        return _rated(self.function, target.value, target.step, zero, ranges[1], ranges[2], mode) is None


@dataclass(slots=True)
class RateForms:
    """The figures of the rates of one statement: where each rate stands, and the two linear forms it compares."""

    function: str
    target: Ints
    first: Linear
    second: Linear

    def weights(self, at_least: int) -> tuple[int, int]:
        """How much the two forms weigh in `form of the rate − at_least` (in millionths of a percent)."""
        hundred = 100 * PERCENT_SCALE
        if self.function == "percent":
            return hundred, -at_least
        if self.function == "growth":
            return hundred, -(hundred + at_least)
        if self.function == "growth_by_change":
            return -at_least, hundred + at_least
        return 1, -1

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
        outcome = _one(call.function, instances, int(bound.position[number]), _at(a, number), _at(b, number))
        if isinstance(outcome, Reason):
            reason[number] = outcome
        elif outcome is None:
            verdict[number] = Verdict.CONSISTENT
        else:
            rates[int(number)] = outcome
    forms = RateForms(call.function, bound.position, first, second)
    return (verdict, reason, _operands(bound.position, first, second)), rates, forms


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
    if function == "percent":
        bounds = share_bounds(a, b)
    elif function == "growth":
        bounds = growth_bounds(a, b)
    else:
        bounds = growth_by_change_bounds(a, b)
    if bounds is None:
        return Reason.ZERO_BASE
    if judge_ratio(*bounds, printed):
        return None
    near = judge_ratio(*bounds, Range(printed.lo - step, printed.hi + step))
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
