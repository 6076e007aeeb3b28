"""Judge bound relations by printed precision. Integers only; no tolerance constant (rounding.md).

A linear relation Σ aᵢxᵢ = 0 has the residual range [Σ a⁺lo − Σ a⁻hi, Σ a⁺hi − Σ a⁻lo] and is contradicted only when
that range does not hold 0. What kind of equality it is decides how much of the range counts: two sides of one
balance must be equal; a sum may be off by what rounding allows; the same quantity in two places also by what either
place may have summed from rounded parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.verdicts import Note, Verdict
from auditor.numbers import State
from auditor.units import PERCENT_SCALE, Range, printed_range, zero_range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.engine.chunk import Bytes, Chunk, Flags, Ints, Longs

TENSION_SQUARED = 16  # z > 4 (rounding.md 10)


class Equality(StrEnum):
    """What kind of statement a relation is, and with it how exactly it must hold."""

    BALANCE = "balance"  # the two sides of one account: equal as printed
    SUM = "sum"  # parts and their total
    SAME = "same"  # the same quantity in two tables


@dataclass(slots=True)
class Linear:
    """Linear forms over instances: flattened (instance, position, coefficient), rising by instance; constants.

    `left` flags the operands that stand on the left of the relation.

    All coefficients are whole numbers; `scale` is the power of ten by which the form was multiplied.
    """

    instance: Ints
    position: Ints
    coefficient: Longs
    constant: Longs
    left: Flags
    scale: int = 1


@dataclass(slots=True)
class Judged:
    """The outcome per instance: verdict, note, and gap and range in the smallest step."""

    verdict: Bytes
    note: Bytes
    gap: Longs
    lo: Longs
    hi: Longs


def residual(linear: Linear, chunk: Chunk) -> tuple[Longs, Longs, Longs]:
    """The printed gap of each instance, and the lowest and highest that its ranges allow."""
    if not len(linear.instance):
        return linear.constant, linear.constant, linear.constant
    first = np.nonzero(np.diff(linear.instance, prepend=-1))[0]
    owner = linear.instance[first]
    coefficient, position = linear.coefficient, linear.position
    positive = coefficient > 0
    lo, hi = chunk.lo[position], chunk.hi[position]
    gap, low, high = linear.constant.copy(), linear.constant.copy(), linear.constant.copy()
    gap[owner] += np.add.reduceat(coefficient * chunk.facts.value[position], first)
    low[owner] += np.add.reduceat(coefficient * np.where(positive, lo, hi), first)
    high[owner] += np.add.reduceat(coefficient * np.where(positive, hi, lo), first)
    return gap, low, high


def judge_relation(
    operator: str,
    linear: Linear,
    chunk: Chunk,
    size: int,
    *,
    equality: Equality,
    leaves: Callable[[int], int],
) -> Judged:
    """Judge `linear ⟨operator⟩ 0` for every instance.

    `leaves(i)` tells how many printed leaves stand under the aggregate of instance i (0: a leaf itself); it is asked
    only where a gap must be explained.
    """
    gap, lo, hi = residual(linear, chunk)
    verdict = np.full(size, Verdict.INCONSISTENT, dtype=np.uint8)
    note = np.zeros(size, dtype=np.uint8)
    if operator == "=":
        met, possible = gap == 0, (lo <= 0) & (hi >= 0)
        if equality is Equality.BALANCE:
            possible = np.zeros(size, dtype=np.bool_)
    elif operator == "≠":
        met, possible = gap != 0, (lo < 0) | (hi > 0)
    else:
        met, possible = _inequality(operator, gap, lo, hi)
    verdict[possible] = Verdict.ROUNDING
    verdict[met] = Verdict.CONSISTENT
    judged = Judged(verdict, note, gap, lo, hi)
    if operator != "≠":
        _second_readings(operator, linear, chunk, judged, equality, leaves)
    return judged


def _inequality(operator: str, gap: Longs, lo: Longs, hi: Longs) -> tuple[np.ndarray, np.ndarray]:
    """Printed a ≤ b holds; a > b with overlapping ranges is rounding (rounding.md 7)."""
    if operator in (">", "≥"):
        gap, lo = -gap, -hi
    if operator in ("<", ">"):
        return gap < 0, lo < 0
    return gap <= 0, lo <= 0


def _second_readings(
    operator: str,
    linear: Linear,
    chunk: Chunk,
    judged: Judged,
    equality: Equality,
    leaves: Callable[[int], int],
) -> None:
    """Look again at what is not plainly consistent: coarse literals, zeros, two places, improbable tails."""
    open_ones = np.nonzero(judged.verdict != Verdict.CONSISTENT)[0]
    if not len(open_ones):
        return
    start = np.searchsorted(linear.instance, open_ones, side="left")
    end = np.searchsorted(linear.instance, open_ones, side="right")
    for number, first, last in zip(open_ones, start, end, strict=True):
        operands = list(zip(linear.position[first:last], linear.coefficient[first:last], strict=True))
        i = int(number)
        if judged.verdict[i] == Verdict.ROUNDING:
            if equality is Equality.SAME and leaves(i) == 0 and _one_to_one(operands) and not _mixed(operands, chunk):
                judged.verdict[i] = Verdict.INCONSISTENT  # a single leaf printed twice must be equal
            elif operator == "=" and _tense(int(judged.gap[i]), operands, chunk):
                judged.note[i] = Note.TENSION
            continue
        if equality is Equality.SAME and _two_places(operator, int(judged.gap[i]), operands, chunk, leaves(i)):
            judged.verdict[i], judged.note[i] = Verdict.ROUNDING, Note.TWO_PLACES
        elif _holds(operator, operands, int(linear.constant[i]), chunk, own=True, zeros=False):
            judged.verdict[i], judged.note[i] = Verdict.ROUNDING, Note.OWN_PRECISION
        elif equality is not Equality.BALANCE and _holds(
            operator, operands, int(linear.constant[i]), chunk, own=False, zeros=True
        ):
            judged.verdict[i], judged.note[i] = Verdict.ROUNDING, Note.HIDDEN_IN_ZEROS


Operands = "Sequence[tuple[np.int32, np.int64]]"


def _one_to_one(operands: Operands) -> bool:
    return len(operands) == 2 and {int(c) for _, c in operands} == {1, -1}


def _mixed(operands: Operands, chunk: Chunk) -> bool:
    """Two figures of different precision (元 against 万元): equal when one rounds to the other."""
    steps = {int(chunk.facts.step[position]) for position, _ in operands}
    return len(steps) > 1


def _two_places(operator: str, gap: int, operands: Operands, chunk: Chunk, leaves: int) -> bool:
    """Off by at most floor(max(2, k)/2) last digits, k = leaves under the aggregate (rounding.md 3)."""
    if leaves == 0 and len(operands) == 2:
        return False
    if operator != "=":
        gap = max(0, gap if operator in ("<", "≤") else -gap)
    step = max((int(chunk.facts.step[position]) for position, _ in operands), default=1)
    return step > 1 and abs(gap) <= max(2, leaves) // 2 * step


def _holds(
    operator: str, operands: Operands, constant: int, chunk: Chunk, *, own: bool, zeros: bool
) -> bool:
    """Tell whether the relation could hold under a second reading of precision or of printed zeros."""
    facts = chunk.facts
    if own and all(facts.own_step[p] == facts.step[p] for p, _ in operands):
        return False
    lo = hi = constant
    for position, coefficient in operands:
        value = int(facts.value[position])
        step = int(facts.own_step[position] if own else facts.step[position])
        if zeros and value == 0 and _STATES[facts.state[position]] is State.ZERO:
            reach = zero_range(step, chunk.mode)
        else:
            reach = printed_range(value, step, chunk.mode)
        if coefficient < 0:
            reach = Range(-reach.hi, -reach.lo)
        lo += reach.lo * abs(int(coefficient))
        hi += reach.hi * abs(int(coefficient))
    if operator == "=":
        return lo <= 0 <= hi
    if operator in ("<", "≤"):
        return lo < 0 if operator == "<" else lo <= 0
    return hi > 0 if operator == ">" else hi >= 0


_STATES = list(State)


def _tense(gap: int, operands: Operands, chunk: Chunk) -> bool:
    """Tell whether an in-range gap is improbably large: z = |gap| / (u·√((n+1)/12)) > 4 (rounding.md 10)."""
    steps = [int(chunk.facts.step[position]) for position, _ in operands]
    step = max(steps, default=1)
    return step > 1 and 12 * gap * gap > TENSION_SQUARED * step * step * len(operands)


def judge_ratio(low: tuple[int, int], high: tuple[int, int], printed: Range) -> bool:
    """Tell whether a rate with exact bounds `low` … `high` (numerator, positive denominator) could print like this.

    Both bounds are in percent; `printed` is in millionths of a percent, its upper end open at `hi + 1`.
    """
    hundred = PERCENT_SCALE
    return low[0] * hundred < (printed.hi + 1) * low[1] and high[0] * hundred >= printed.lo * high[1]


def share_bounds(part: Range, whole: Range) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The exact bounds of 100·part/whole over two ranges, corners by the signs of part; None for a zero base."""
    if whole.lo <= 0:
        return None
    low = (100 * part.lo, whole.hi if part.lo >= 0 else whole.lo)
    high = (100 * part.hi, whole.lo if part.hi >= 0 else whole.hi)
    return low, high


def growth_bounds(now: Range, before: Range) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The exact bounds of 100·(now − before)/before over two printed years; None for a zero base (rounding.md 6)."""
    if before.lo <= 0:
        return None
    low = (100 * (now.lo - before.hi), before.hi)
    high = (100 * (now.hi - before.lo), before.lo)
    return low, high


def growth_by_change_bounds(now: Range, change: Range) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The exact bounds of 100·d/(x − d), from this year and the printed change; None for a zero base (rounding.md 6).

    The unrounded change lies in its own range and in what this year leaves: d/(x − d) rises with d and falls with x.
    """
    ends = []
    for d, x in ((change.lo, now.hi if change.lo >= 0 else now.lo), (change.hi, now.lo if change.hi >= 0 else now.hi)):
        base = x - d
        if base <= 0:
            return None
        ends.append((100 * d, base))
    return ends[0], ends[1]
