"""Judge bound relations by printed precision. Integers only; no tolerance constant (rounding.md).

A linear relation Σ aᵢxᵢ = 0 has the residual range [Σ a⁺lo − Σ a⁻hi, Σ a⁺hi − Σ a⁻lo] and is contradicted only when
that range does not hold 0. What kind of equality it is decides how much of the range counts: two sides of one
balance must be equal; a sum may be off by what rounding allows; the same quantity in two places also by what either
place may have summed from rounded parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.bind.equality import Equality
from auditor.engine.bind.operands import owners, reach
from auditor.engine.facts.fact_table import STATE_CODE, ranges
from auditor.engine.verdicts import Note, Verdict
from auditor.model.numbers import State
from auditor.model.units import Rounding

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.engine.bind.operands import Linear
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints, Longs

TENSION_SQUARED = 16  # z > 4 (rounding.md 10)


_TWO_TABLES = (Equality.SAME, Equality.ALIKE)


@dataclass(slots=True)
class Judged:
    """The outcome per instance: verdict, note, gap and range in the smallest step, and the largest gap allowed."""

    verdict: Bytes
    note: Bytes
    gap: Longs
    lo: Longs
    hi: Longs
    allowed: Longs


def residual(linear: Linear, chunk: Chunk) -> tuple[Longs, Longs, Longs]:
    """The printed gap of each instance, and the lowest and highest that its ranges allow."""
    return linear.sum(chunk.facts.value), *linear.bounds(*chunk.reach(linear.flat.position))


def judge_relation(
    operator: str,
    linear: Linear,
    chunk: Chunk,
    size: int,
    *,
    equality: Equality,
    leaves: Callable[[Longs], Longs] | None,
) -> Judged:
    """Judge `linear ⟨operator⟩ 0` for every instance.

    `leaves(instances)` tells how many printed leaves stand under the aggregates of some instances (0: leaves
    themselves); it is asked only where a gap must be explained. Without it the printed numbers alone decide, as
    conditions and words do (rounding.md 7).
    """
    gap = linear.sum(chunk.facts.value)
    verdict = np.full(size, Verdict.INCONSISTENT, dtype=np.uint8)
    verdict[_MET[operator](gap)] = Verdict.CONSISTENT
    judged = Judged(verdict, np.zeros(size, dtype=np.uint8), gap, gap.copy(), gap.copy(), np.zeros_like(gap))
    some = _open_ones(linear, verdict)
    if not len(some.number):
        return judged
    gap = gap[some.number]
    lo, hi = some.range(*chunk.reach(some.position))
    judged.lo[some.number], judged.hi[some.number] = lo, hi
    if equality is not Equality.BALANCE:
        judged.allowed[some.number] = np.maximum(hi - gap, gap - lo)
    if operator != "=" or equality is not Equality.BALANCE:
        possible = ((lo != 0) | (hi != 0)) if operator == "≠" else _within(operator, lo, hi)
        verdict[some.number[possible]] = Verdict.ROUNDING
    if operator != "≠" and leaves is not None:
        _second_readings(operator, some, chunk, judged, equality, leaves)
    return judged


_MET: dict[str, Callable[[Longs], Flags]] = {
    "=": lambda gap: gap == 0,
    "≠": lambda gap: gap != 0,
    "<": lambda gap: gap < 0,
    ">": lambda gap: gap > 0,
    "≤": lambda gap: gap <= 0,
    "≥": lambda gap: gap >= 0,
}


def _within(operator: str, lo: Longs, hi: Longs) -> Flags:
    """Whether a relation could hold for some value between two bounds (rounding.md 7)."""
    if operator == "=":
        return (lo <= 0) & (hi >= 0)
    if operator in ("<", "≤"):
        return lo < 0 if operator == "<" else lo <= 0
    return hi > 0 if operator == ">" else hi >= 0


@dataclass(slots=True)
class _Open:
    """The instances that are not plainly consistent, and their operands, renumbered from 0."""

    number: Longs  # of each among all instances
    owner: Ints  # of the instances with operands
    first: Longs
    position: Ints
    coefficient: Longs
    constant: Longs

    def reduce(self, function: np.ufunc, values: Longs, empty: int) -> Longs:
        """Reduce a value per operand to one per instance."""
        out = np.full(len(self.number), empty, dtype=np.int64)
        if len(self.first):
            out[self.owner] = function.reduceat(values, self.first)
        return out

    def range(self, lo: Longs, hi: Longs) -> tuple[Longs, Longs]:
        """The range of each residual when every operand may be anywhere in its range."""
        below, above = reach(self.coefficient, lo, hi)
        return self.reduce(np.add, below, 0) + self.constant, self.reduce(np.add, above, 0) + self.constant

    def holds(self, operator: str, lo: Longs, hi: Longs) -> Flags:
        """Whether the relation could hold when every operand may be anywhere in its range."""
        return _within(operator, *self.range(lo, hi))


def _open_ones(linear: Linear, verdict: Bytes) -> _Open:
    number = np.nonzero(verdict != Verdict.CONSISTENT)[0]
    if not len(number):
        none = np.zeros(0, dtype=np.int64)
        return _Open(number, none.astype(np.int32), none, none.astype(np.int32), none, none)
    flat = linear.of(number)
    owner, first = owners(flat.instance)
    return _Open(number, owner, first, flat.position, flat.coefficient, linear.constant[number])


def _second_readings(
    operator: str,
    some: _Open,
    chunk: Chunk,
    judged: Judged,
    equality: Equality,
    leaves: Callable[[Longs], Longs],
) -> None:
    """Look again at what is not plainly consistent: coarse literals, zeros, two places, improbable tails."""
    facts = chunk.facts
    step = some.reduce(np.maximum, facts.step[some.position], 1)
    count = some.reduce(np.add, np.ones(len(some.position), dtype=np.int64), 0)
    gap, verdict, note = judged.gap[some.number], judged.verdict[some.number], judged.note[some.number]
    allowed = judged.allowed[some.number]
    if equality in _TWO_TABLES:
        allowed, leaf, finest = _two_places(some, chunk, allowed, step, equality, leaves)
        verdict[leaf & (finest == step)] = Verdict.INCONSISTENT  # a single leaf printed twice must be equal
    elif equality is Equality.UNITS:
        parts = np.maximum(1, leaves(some.number))
        allowed, count = allowed * parts, count * parts
    if operator == "=":
        off = np.abs(gap) // step
        tense = (verdict == Verdict.ROUNDING) & (step > 1) & (12 * off * off > TENSION_SQUARED * count)
        note[tense] = Note.TENSION
    bad = verdict == Verdict.INCONSISTENT
    if bad.any() and equality in (*_TWO_TABLES, Equality.UNITS):
        signed = np.abs(gap) if operator == "=" else (gap if operator in ("<", "≤") else -gap)
        _downgrade(bad & (signed <= allowed), Note.TWO_PLACES, verdict, note)
    _coarse_literals(operator, some, chunk, verdict, note)
    if equality is not Equality.BALANCE:
        _hidden_in_zeros(operator, some, chunk, verdict, note)
    judged.verdict[some.number], judged.note[some.number] = verdict, note
    judged.allowed[some.number] = allowed


def _two_places(
    some: _Open, chunk: Chunk, reach: Longs, step: Longs, equality: Equality, leaves: Callable[[Longs], Longs]
) -> tuple[Longs, Flags, Longs]:
    """The largest gap allowed between two places, which instances are one leaf printed twice, the finest last digit."""
    count = some.reduce(np.add, np.ones(len(some.position), dtype=np.int64), 0)
    finest = some.reduce(np.minimum, chunk.facts.step[some.position], 1)
    weight = some.reduce(np.add, np.abs(some.coefficient), 0)
    twice = (count == 2) & (weight == 2) & (some.reduce(np.add, some.coefficient, 0) == 0)
    under = leaves(some.number)
    leaf = twice & (under == 0) & (equality is Equality.SAME)
    parts = np.maximum(2, under)  # each may be off by half a digit, or by a whole one when cut off
    digits = parts if chunk.mode is Rounding.TRUNCATE else parts // 2
    places = np.where(step > 1, np.maximum(reach, digits * step), reach)
    return np.where(leaf, np.where(finest < step, reach, 0), places), leaf, finest


def allowance(
    linear: Linear, chosen: Longs, chunk: Chunk, equality: Equality, leaves: Callable[[Longs], Longs]
) -> Longs:
    """The largest gap that rounding allows in some instances of an equality, whether or not they show one."""
    if equality is Equality.BALANCE or not len(chosen):
        return np.zeros(len(chosen), dtype=np.int64)
    flat = linear.of(chosen)
    some = _Open(chosen, *owners(flat.instance), flat.position, flat.coefficient, linear.constant[chosen])
    value = chunk.facts.value[flat.position]
    lo, hi = chunk.reach(flat.position)
    below, above = reach(flat.coefficient, lo - value, hi - value)  # half up: not as far up as down
    room = np.maximum(-some.reduce(np.add, below, 0), some.reduce(np.add, above, 0))
    if equality is Equality.SUM:
        return room
    if equality is Equality.UNITS:
        return room * np.maximum(1, leaves(some.number))
    step = some.reduce(np.maximum, chunk.facts.step[flat.position], 1)
    return _two_places(some, chunk, room, step, equality, leaves)[0]


def _downgrade(which: Flags, why: Note, verdict: Bytes, note: Bytes) -> None:
    verdict[which] = Verdict.ROUNDING
    note[which] = why


def _coarse_literals(operator: str, some: _Open, chunk: Chunk, verdict: Bytes, note: Bytes) -> None:
    """位数不齐: a total printed without decimals over parts with them (rounding.md 1)."""
    bad = verdict == Verdict.INCONSISTENT
    facts = chunk.facts
    own, fine = facts.own_step[some.position], facts.step[some.position]
    if not bad.any() or not (own != fine).any():
        return
    coarse = some.reduce(np.add, (own != fine).astype(np.int64), 0) > 0
    lo, hi = ranges(facts.value[some.position], own, chunk.mode)
    _downgrade(bad & coarse & some.holds(operator, lo, hi), Note.OWN_PRECISION, verdict, note)


def _hidden_in_zeros(operator: str, some: _Open, chunk: Chunk, verdict: Bytes, note: Bytes) -> None:
    """A gap that only exact zeros forbid, but zeros read as "less than half a digit" allow (rounding.md 2)."""
    bad = verdict == Verdict.INCONSISTENT
    facts = chunk.facts
    zero = facts.state[some.position] == STATE_CODE[State.ZERO]
    if not bad.any() or not zero.any():
        return
    lo, hi = chunk.reach(some.position)
    step = facts.step[some.position]
    reach = (
        step - 1
        if chunk.mode is Rounding.TRUNCATE
        else (step // 2 if chunk.mode is Rounding.NEAREST else step // 2 - 1)
    )
    reach = np.where(step > 1, reach, 0)
    lo[zero], hi[zero] = -reach[zero], reach[zero]
    _downgrade(bad & some.holds(operator, lo, hi), Note.HIDDEN_IN_ZEROS, verdict, note)
