"""Values for a few figures that bring every equation into range, or the equations that forbid any: in whole numbers.

Linear inequalities in few unknowns are eliminated one unknown after the other (Fourier and Motzkin). Each derived
inequality remembers the equations it comes from, so that a contradiction names the equations that make it.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from auditor.engine.judge.rates import ChangeBound
    from auditor.engine.localise.equation import Equation

Conflict = tuple["Equation", ...]
Weights = tuple[int, ...]


class LeastSum(NamedTuple):
    """The least value that a weighted sum of the unknowns may have, and the equations that say so."""

    least: int
    of: frozenset[int]


class Contradiction(Exception):  # noqa: N818 -- it is an answer
    """No values exist: these equations forbid any."""

    def __init__(self, equations: Iterable[int]) -> None:
        self.equations = frozenset(equations)


def solve(
    figures: Sequence[int], equations: Sequence[Equation], steps: Mapping[int, int] | Sequence[int]
) -> dict[int, int] | Conflict:
    """Return changes of all the figures with which every equation holds, or the equations that leave none.

    Of several values those come first that failing equations ask for exactly, then whole last digits.
    """
    own = {e.rate.figure for e in equations if e.rate is not None}
    order = sorted(figures, key=lambda figure: (figure in own, not _alone(figure, figures, equations)))
    try:
        levels = _eliminated(_lines(order, equations), len(order))
        changes: dict[int, int] = {}
        for level, figure in enumerate(order):
            low, high = _span(levels[level], [changes[other] for other in order[:level]])
            for number, equation in enumerate(equations):
                if equation.rate is not None and equation.rate.figure == figure:
                    low, high = _narrowed(low, high, equation.rate.settled(changes), number)
            open_ones = set(order[level + 1 :])
            changes[figure] = _nice(low, high, _wanted(figure, equations, changes, open_ones), steps[figure])
    except Contradiction as found:
        return tuple(equations[number] for number in sorted(found.equations))
    if all(changes.values()) and all(equation.holds(changes) for equation in equations):
        return changes
    return tuple(equations)


def _alone(figure: int, figures: Sequence[int], equations: Sequence[Equation]) -> bool:
    """Whether a failing equation touches this figure and none of the others: it tells its value."""
    others = set(figures) - {figure}
    return any(e.failing and figure in e.terms and others.isdisjoint(e.terms) for e in equations)


def _lines(order: Sequence[int], equations: Sequence[Equation]) -> dict[Weights, LeastSum]:
    lines: dict[Weights, LeastSum] = {}
    for number, equation in enumerate(equations):
        if equation.rate is None:
            weights = tuple(equation.terms.get(figure, 0) for figure in order)
            _add(lines, weights, -equation.high, frozenset({number}))
            _add(lines, tuple(-weight for weight in weights), equation.low, frozenset({number}))
        elif equation.rate.figure not in order:
            for bound in equation.rate.bounds():
                _add(lines, _weights(bound, order), bound.least, frozenset({number}))
    return lines


def _weights(bound: ChangeBound, order: Sequence[int]) -> Weights:
    return tuple(bound.weights.get(figure, 0) for figure in order)


def _add(lines: dict[Weights, LeastSum], weights: Weights, least: int, of: frozenset[int]) -> None:
    """Keep the sharpest line for each direction; weights without a common divisor, the bound rounded up."""
    shared = gcd(*weights)
    if not shared:
        if least > 0:
            raise Contradiction(of)
        return
    if shared > 1:
        weights, least = tuple(weight // shared for weight in weights), -(-least // shared)
    known = lines.get(weights)
    if known is None or (least, -len(of)) > (known.least, -len(known.of)):
        lines[weights] = LeastSum(least, of)


def _eliminated(lines: dict[Weights, LeastSum], size: int) -> list[dict[Weights, LeastSum]]:
    """The lines over the first unknown, the first two, and so on. Raises `Contradiction` where none can hold."""
    levels = [lines]
    for last in range(size - 1, -1, -1):
        lines = levels[0]
        kept: dict[Weights, LeastSum] = {}
        above = [(weights, line) for weights, line in lines.items() if weights[last] > 0]
        below = [(weights, line) for weights, line in lines.items() if weights[last] < 0]
        for weights, line in lines.items():
            if not weights[last]:
                _add(kept, weights, line.least, line.of)
        for up, one in above:
            for down, two in below:
                a, b = up[last], -down[last]
                mixed = tuple(b * x + a * y for x, y in zip(up, down, strict=True))
                _add(kept, mixed, b * one.least + a * two.least, one.of | two.of)
        levels.insert(0, kept)
    return levels[1:]


def _span(lines: Mapping[Weights, LeastSum], fixed: Sequence[int]) -> tuple[int | None, int | None]:
    """The lowest and highest value of the next unknown once those before it are fixed. Raises `Contradiction`."""
    at = len(fixed)
    low: int | None = None
    high: int | None = None
    for weights, line in lines.items():
        rest = line.least - sum(weight * value for weight, value in zip(weights, fixed, strict=False))
        if weights[at] > 0:
            least = -(-rest // weights[at])
            low = least if low is None else max(low, least)
        elif weights[at] < 0:
            most = rest // weights[at]
            high = most if high is None else min(high, most)
    if low is not None and high is not None and low > high:
        raise Contradiction(number for line in lines.values() for number in line.of)
    return low, high


def _narrowed(
    low: int | None, high: int | None, span: tuple[int, int] | None, number: int
) -> tuple[int | None, int | None]:
    """Cut a range to what a rate may print."""
    if span is None:
        raise Contradiction({number})
    low = span[0] if low is None else max(low, span[0])
    high = span[1] if high is None else min(high, span[1])
    if low > high:
        raise Contradiction({number})
    return low, high


def _wanted(figure: int, equations: Sequence[Equation], changes: Mapping[int, int], still: set[int]) -> dict[int, int]:
    """The changes of a figure that failing equations ask for exactly, and how many ask for each."""
    wanted: dict[int, int] = {}
    for equation in equations:
        weight = equation.terms.get(figure, 0)
        if equation.failing and equation.rate is None and weight and still.isdisjoint(equation.terms):
            gap = equation.gap + sum(equation.terms.get(other, 0) * change for other, change in changes.items())
            if gap % weight == 0:
                wanted[-gap // weight] = wanted.get(-gap // weight, 0) + 1
    return wanted


def _nice(low: int | None, high: int | None, wanted: Mapping[int, int], step: int) -> int:
    """The change in a range that most equations ask for exactly; else whole last digits; else the middle."""
    asked = [
        change
        for change in sorted(wanted)
        if change and (low is None or low <= change) and (high is None or change <= high)
    ]
    if asked:
        return max(asked, key=lambda change: (wanted[change], change % step == 0))
    if low is None or high is None:
        end = high if low is None else low
        if end is None:
            raise Contradiction(())
        return end // step * step if low is None else -(-end // step) * step
    middle = (low + high) // 2
    whole = (middle + step // 2) // step * step
    return next((change for change in (whole, middle, low, high) if low <= change <= high and change), 0)
