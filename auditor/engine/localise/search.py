"""Find the figures that explain failing checks: the smallest sets whose repair brings every check into range.

Every equality, rate and comparison that was evaluated is an equation over the printed figures with the room that
rounding allows. A set of figures explains the failing equations when values exist for it with which every equation
that touches it, failing or not, is within its range. All sets of the smallest size are found.

The search grows a set by the figures of a conflict: a failing equation that the set does not touch, else equations
that no values of the set satisfy together. Values exist or not by elimination in whole numbers (Fourier and Motzkin);
no float decides. Deterministic and independent of the order of rules; bounded, and honest where the bound is met: then
no figure is named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from auditor.engine.localise.feasible import Conflict, solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from auditor.engine.localise.equation import Equation


MAX_FIGURES = 4  # wrong at once in one connected group of failing checks
MAX_NODES = 3000
MAX_SETS = 200


class System(Protocol):
    """The equations of a filing."""

    @property
    def core(self) -> list[Equation]:
        """Those that fail and must hold."""

    def touching(self, figures: Iterable[int]) -> list[Equation]:
        """All in which some figures stand."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Figures with the amounts by which they would have to change, in the smallest step; a word changes by 1."""

    changes: tuple[tuple[int, int], ...]

    @property
    def figures(self) -> tuple[int, ...]:
        """The figures, in order of their addresses."""
        return tuple(fact for fact, _ in self.changes)


@dataclass(slots=True, eq=False)
class Component:
    """Failing equations that share figures, and the smallest explanations of all of them.

    `asked` are equations that need no explanation (questions, hints) and hold with every explanation.
    """

    failing: list[Equation]
    explanations: list[Explanation] = field(default_factory=list)
    exhausted: bool = False  # the search met its bound
    asked: list[Equation] = field(default_factory=list)


def localise(
    system: System,
    steps: Mapping[int, int] | Sequence[int],
    names: Mapping[int, str],
    possible: Callable[[int, int], bool] = lambda _figure, _change: True,
) -> list[Component]:
    """Explain the failing equations, component by component.

    `steps` is the worth of each figure's last digit; `names` are addresses, the last resort of every ordering;
    `possible` tells whether a figure may change by an amount at all.
    """
    failing = sorted(system.core, key=lambda equation: _key(equation, names))
    search = partial(_Search, system=system, steps=steps, names=names, possible=possible)
    components = [search(group).run() for group in _connected(failing)]
    done: list[Component] = []
    while components:
        first = components.pop(0)
        other = next((one for one in components if _meet(first, one)), None)
        both = None if other is None else search([*first.failing, *other.failing]).run()
        if other is None or both is None or both.exhausted:
            done.append(first)
        else:  # what explains the one reaches into the other: they are one
            components[components.index(other)] = both
    return done


def _meet(one: Component, other: Component) -> bool:
    """Whether figures that explain one component stand in failing equations of the other."""
    return any(
        not set(explanation.figures).isdisjoint(equation.terms)
        for a, b in ((one, other), (other, one))
        for explanation in a.explanations
        for equation in b.failing
    )


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
    """Looks for the sparsest explanations of one component."""

    def __init__(
        self,
        failing: list[Equation],
        system: System,
        steps: Mapping[int, int] | Sequence[int],
        names: Mapping[int, str],
        possible: Callable[[int, int], bool],
    ) -> None:
        self.possible = possible
        self.failing, self.system, self.steps, self.names = failing, system, steps, names
        self.nodes = 0
        self.seen: set[frozenset[int]] = set()
        self.found: dict[frozenset[int], Explanation] = {}
        self.near: dict[int, list[Equation]] = {}
        self.extra: list[Equation] = []

    def run(self) -> Component:
        component = Component(self.failing)
        near = self.system.touching({fact for equation in self.failing for fact in equation.terms})
        for size in range(_disjoint(self.failing), MAX_FIGURES + 1):
            self.seen.clear()
            self._branch(frozenset(), size)
            if self.found:
                break
        component.exhausted = not self.found
        if self.found:
            self._ask(component, near)
        component.explanations = sorted(self.found.values(), key=lambda e: [self.names[fact] for fact in e.figures])
        return component

    def _ask(self, component: Component, near: Sequence[Equation]) -> None:
        """Keep the explanations that also answer what fails without having to hold, as far as any does."""
        figures = {fact for figures in self.found for fact in figures}
        asked = [e for e in near if e.check is not None and not e.must and not figures.isdisjoint(e.terms)]
        for equation in sorted(asked, key=lambda e: _key(e, self.names)):
            self.extra.append(equation)
            kept = {}
            for figures_of in self.found:
                outcome = self._solved(figures_of)
                if isinstance(outcome, Explanation) and not figures_of.isdisjoint(equation.terms):
                    kept[figures_of] = outcome
            if kept:
                self.found = kept
                component.asked.append(equation)
            else:
                self.extra.pop()

    def _branch(self, chosen: frozenset[int], left: int) -> None:
        """Extend a set by the figures of a conflict, until it explains everything or is as large as it may be."""
        if self.nodes >= MAX_NODES or len(self.found) >= MAX_SETS or chosen in self.seen:
            return
        self.seen.add(chosen)
        self.nodes += 1
        open_ones = [equation for equation in self.failing if chosen.isdisjoint(equation.terms)]
        if open_ones:
            if left:
                self._grow(chosen, self._common(open_ones, left), left)
            return
        outcome = self._solved(chosen)
        if isinstance(outcome, Explanation):
            if not left:
                self.found[chosen] = outcome
        elif left:
            self._grow(chosen, {fact for equation in outcome for fact in equation.terms} - chosen, left)

    def _common(self, open_ones: Sequence[Equation], left: int) -> set[int]:
        """The figures of which one must be wrong: those of the shortest open equation; with one left those of all."""
        if _disjoint(open_ones) > left:
            return set()
        if left == 1:
            return set.intersection(*(set(equation.terms) for equation in open_ones))
        return set(min(open_ones, key=lambda equation: len(equation.terms)).terms)

    def _grow(self, chosen: frozenset[int], options: Iterable[int], left: int) -> None:
        for fact in sorted(options, key=self.names.__getitem__):
            self._branch(chosen | {fact}, left - 1)

    def _touching(self, fact: int) -> list[Equation]:
        """What holds or must hold with a figure: what fails without having to is no bound on it."""
        if fact not in self.near:
            self.near[fact] = [e for e in self.system.touching([fact]) if e.check is None or e.must]
        return self.near[fact]

    def _solved(self, chosen: frozenset[int]) -> Explanation | Conflict:
        """Values of the chosen figures that bring all their equations into range, or equations that forbid any."""
        figures = sorted(chosen, key=self.names.__getitem__)
        involved = list(dict.fromkeys(e for fact in figures for e in self._touching(fact)))
        involved += [e for e in self.extra if not chosen.isdisjoint(e.terms) and e not in involved]
        outcome = solve(figures, involved, self.steps)
        if isinstance(outcome, dict):
            if not all(self.possible(fact, change) for fact, change in outcome.items()):
                return tuple(involved)
            return Explanation(tuple((fact, outcome[fact]) for fact in figures))
        return outcome


def _disjoint(equations: Sequence[Equation]) -> int:
    """How many equations share no figure with one another, at least: so many figures are wrong."""
    taken: set[int] = set()
    count = 0
    for equation in sorted(equations, key=lambda equation: len(equation.terms)):
        if taken.isdisjoint(equation.terms):
            taken.update(equation.terms)
            count += 1
    return count
