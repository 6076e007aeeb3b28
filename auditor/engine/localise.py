"""Find the figures that explain failing checks: the smallest sets whose repair brings every check into range.

Every equality that was evaluated is an equation over the printed figures with a range of residuals that rounding
allows. A set of figures explains the failing equations when values exist for it with which every equation that
touches it, failing or not, is within its range. All sets of the smallest size are found; a set of one figure is
decided by intersecting integer ranges, a larger one proposed by a linear program and accepted only when whole last
digits satisfy every equation exactly. Deterministic and independent of the order of rules; bounded, and honest where
the bound is met: then no figure is named.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from auditor.engine.results import Check

MAX_FIGURES = 3  # wrong at once in one connected group of failing checks
MAX_NODES = 4000
MAX_SETS = 12


@dataclass(frozen=True, slots=True)
class Equation:
    """Σ coefficient · figure + … = 0 as printed: its residual, and the lowest and highest that rounding allows.

    `check` is the failing check that it is, or None where it holds.
    """

    terms: Mapping[int, int]
    gap: int
    low: int
    high: int
    check: Check | None = None

    def holds(self, changes: Mapping[int, int]) -> bool:
        """Tell whether it holds when some figures change by these amounts."""
        shift = sum(self.terms[fact] * change for fact, change in changes.items() if fact in self.terms)
        return self.low + shift <= 0 <= self.high + shift


@dataclass(frozen=True, slots=True)
class Explanation:
    """Figures with the amounts by which they would have to change, in the smallest step."""

    changes: tuple[tuple[int, int], ...]

    @property
    def figures(self) -> tuple[int, ...]:
        """The figures, in order of their addresses."""
        return tuple(fact for fact, _ in self.changes)


@dataclass(slots=True)
class Component:
    """Failing equations that share figures, and the smallest explanations of all of them."""

    failing: list[Equation]
    explanations: list[Explanation] = field(default_factory=list)
    exhausted: bool = False  # the search met its bound


def localise(equations: Sequence[Equation], steps: Mapping[int, int], names: Mapping[int, str]) -> list[Component]:
    """Explain the failing equations, component by component.

    `equations` are all those that share a figure with a failing one; `steps` the worth of each figure's last digit;
    `names` the addresses, the last resort of every ordering.
    """
    failing = sorted((e for e in equations if e.check is not None), key=lambda e: _key(e, names))
    touching: dict[int, list[Equation]] = {}
    for equation in equations:
        for fact in equation.terms:
            touching.setdefault(fact, []).append(equation)
    out = []
    for group in _connected(failing):
        search = _Search(group, touching, steps, names)
        out.append(search.run())
    return out


def _key(equation: Equation, names: Mapping[int, str]) -> tuple[int, str, str, list[str]]:
    check = equation.check
    assert check is not None
    return len(equation.terms), check.rule.id, check.statement, sorted(names[fact] for fact in equation.terms)


def _connected(failing: Sequence[Equation]) -> list[list[Equation]]:
    """Failing equations in groups that share figures."""
    groups: list[tuple[set[int], list[Equation]]] = []
    for equation in failing:
        facts = set(equation.terms)
        joined = [group for group in groups if group[0] & facts]
        merged = [other for _, members in joined for other in members]
        for group in joined:
            facts |= group[0]
            groups.remove(group)
        groups.append((facts, [*merged, equation]))
    return [members for _, members in groups]


class _Search:
    """Looks for the sparsest explanation of one component."""

    def __init__(
        self,
        failing: list[Equation],
        touching: Mapping[int, list[Equation]],
        steps: Mapping[int, int],
        names: Mapping[int, str],
    ) -> None:
        self.failing, self.touching, self.steps, self.names = failing, touching, steps, names
        self.nodes = 0
        self.found: list[Explanation] = []

    def run(self) -> Component:
        component = Component(self.failing)
        for size in range(1, MAX_FIGURES + 1):
            self.found = []
            self._branch((), size)
            if self.found:
                break
        unique = {explanation.figures: explanation for explanation in self.found}
        component.explanations = [unique[figures] for figures in sorted(unique, key=self._named)][:MAX_SETS]
        component.exhausted = not self.found and self.nodes >= MAX_NODES
        return component

    def _named(self, figures: Iterable[int]) -> list[str]:
        return [self.names[fact] for fact in figures]

    def _branch(self, chosen: tuple[int, ...], left: int) -> None:
        """Extend a set by every figure of a failing equation that it does not touch yet."""
        if self.nodes >= MAX_NODES or len(self.found) >= MAX_SETS * 2:
            return
        self.nodes += 1
        open_ones = [equation for equation in self.failing if not any(fact in equation.terms for fact in chosen)]
        if left == 0:
            if not open_ones:
                self._accept(chosen)
            return
        if open_ones:
            options = set(min(open_ones, key=lambda e: len(e.terms)).terms)
        else:  # each failing equation is touched, and one more figure is to be changed
            options = {fact for equation in self.failing for fact in equation.terms}
        for fact in sorted(options, key=self.names.__getitem__):
            if fact not in chosen:
                self._branch((*chosen, fact), left - 1)

    def _accept(self, chosen: tuple[int, ...]) -> None:
        figures = tuple(sorted(set(chosen), key=self.names.__getitem__))
        if any(set(figures) == set(found.figures) for found in self.found):
            return
        involved = list({id(e): e for fact in figures for e in self.touching[fact]}.values())
        changes = _one(figures[0], involved, self.steps) if len(figures) == 1 else _many(figures, involved, self.steps)
        if changes is not None and all(changes.values()):
            self.found.append(Explanation(tuple((fact, changes[fact]) for fact in figures)))


def _one(fact: int, equations: Sequence[Equation], steps: Mapping[int, int]) -> dict[int, int] | None:
    """The change of one figure that brings every equation into range: the integer ranges intersected."""
    low, high = None, None
    for equation in equations:
        weight = equation.terms[fact]
        # equation.low + weight·d ≤ 0 ≤ equation.high + weight·d
        first, last = (-equation.high, -equation.low) if weight > 0 else (equation.low, equation.high)
        size = abs(weight)
        below, above = -((-first) // size), last // size
        low = below if low is None else max(low, below)
        high = above if high is None else min(high, above)
    if low is None or high is None or low > high:
        return None
    return {fact: _nice(low, high, fact, equations, steps[fact])}


def _nice(low: int, high: int, fact: int, equations: Sequence[Equation], step: int) -> int:
    """The change in a range that most equations ask for exactly; else whole last digits; else the middle."""
    wanted: dict[int, int] = {}
    for equation in equations:
        if equation.check is not None and equation.gap % equation.terms[fact] == 0:
            change = -equation.gap // equation.terms[fact]
            if low <= change <= high:
                wanted[change] = wanted.get(change, 0) + 1
    if wanted:
        return max(sorted(wanted), key=lambda change: (wanted[change], change % step == 0))
    middle = (low + high) // 2
    whole = round(middle / step) * step if step > 1 else middle
    return whole if low <= whole <= high else middle


def _many(figures: Sequence[int], equations: Sequence[Equation], steps: Mapping[int, int]) -> dict[int, int] | None:
    """Changes of several figures: a linear program proposes, whole last digits are tried around it, exactly."""
    from scipy.optimize import linprog

    scale = max(steps[fact] for fact in figures) or 1
    rows, bounds = [], []
    for equation in equations:
        row = [float(equation.terms.get(fact, 0)) for fact in figures]
        rows += [row, [-value for value in row]]
        bounds += [-equation.low / scale, equation.high / scale]
    size = len(figures)
    # the smallest change in sum: x = p − n, p and n not negative
    doubled = [[*row, *(-value for value in row)] for row in rows]
    result = linprog([1.0] * (2 * size), A_ub=doubled, b_ub=bounds, bounds=[(0, None)] * (2 * size), method="highs")
    if not result.success:
        return None
    proposed = [round((result.x[n] - result.x[n + size]) * scale) for n in range(size)]
    options = []
    for fact, value in zip(figures, proposed, strict=True):
        step = steps[fact]
        near = round(value / step) * step
        options.append([near, near - step, near + step, value])
    for values in itertools.product(*options):
        changes = dict(zip(figures, values, strict=True))
        if all(equation.holds(changes) for equation in equations):
            return changes
    return None
