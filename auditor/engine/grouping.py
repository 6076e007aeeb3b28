"""One cause, one finding: failing checks grouped by the figures that explain them.

Equalities that must hold are localised exactly (`localise`); what else fails and would hold with the repaired figure
belongs to the same finding; the rest stands for itself. Deterministic and independent of the order of rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.engine.causes import Guess, guess
from auditor.engine.localise import Component, Equation, Explanation, localise
from auditor.engine.results import Check, Suspect
from auditor.numbers import NOTHING
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from auditor.engine.proof import Proof
    from auditor.facts import Fact

MAX_SUSPECTS = 6


@dataclass(slots=True)
class Group:
    """Checks that fail together, and the figures that could be behind it, the likeliest first.

    `unexplained` says that no few figures explain them, or that the search met its bound.
    """

    checks: list[Check]
    suspects: list[Suspect]
    unexplained: bool = False
    proof: Proof | None = None  # that a tail is one


def group_checks(
    failing: Sequence[Check],
    equations: Callable[[set[int]], Sequence[Equation]],
    facts: Sequence[Fact],
    good: Mapping[int, int],
    names: Mapping[int, str],
) -> list[Group]:
    """Group failing checks.

    `equations(figures)` gives all evaluated equalities that touch some figures; `good` counts the consistent checks of
    each figure, `names` are addresses (the last resort of every ordering).
    """
    core = [check for check in failing if _accuses(check)]
    groups: list[Group] = []
    if core:
        touched = {operand.fact for check in core for operand in check.operands}
        known = equations(touched)
        steps = {fact: max(1, facts[fact].own_step) for fact in touched.union(*(e.terms for e in known))}
        evidence = _Evidence(facts, good, names, known)
        for component in localise(known, steps, names):
            groups += _groups(component, evidence)
    asked: dict[str, Group] = {}
    by_suspect: dict[int, list[int]] = {}  # figure → the groups that suspect it
    for number, group in enumerate(groups):
        for suspect in group.suspects:
            by_suspect.setdefault(suspect.fact, []).append(number)
    accused = {id(check) for check in core}
    for check in failing:
        if id(check) in accused:
            continue
        if check.rule.once:
            if check.rule.once in asked:
                asked[check.rule.once].checks.append(check)
            else:
                groups.append(asked.setdefault(check.rule.once, Group([check], [])))
            continue
        near = [groups[n] for n in sorted({n for o in check.operands for n in by_suspect.get(o.fact, ())})]
        cause = next((g for g in near if _follows(check, g, facts) or _settles(check, g, facts)), None)
        if cause is not None:
            cause.checks.append(check)
        else:
            groups.append(Group([check], _lonely(check, good, names)))
    return groups


def _accuses(check: Check) -> bool:
    """Tell whether a check is an equality that must hold: a question to be explained accuses no figure."""
    return (
        check.linear
        and check.operator == "="
        and bool(check.operands)
        and check.rule.kind is RuleKind.LOGICAL
        and not check.rule.once
    )


# -- from explanations to groups --------------------------------------------------------------------------------


def _groups(component: Component, evidence: _Evidence) -> list[Group]:
    """One group per figure that every smallest explanation names; the rest together, with the alternatives."""
    checks = [equation.check for equation in component.failing if equation.check is not None]
    found = component.explanations
    if not found:
        return [Group(sorted(checks, key=_telling), [], unexplained=True)]
    if len(found[0].changes) == 1:
        suspects = evidence.ranked(found, component.failing)
        return [Group(sorted(checks, key=_telling), suspects[:MAX_SUSPECTS])]
    common = set.intersection(*(set(explanation.figures) for explanation in found))
    groups: list[Group] = []
    left = list(component.failing)
    for fact in sorted(common, key=evidence.names.__getitem__):
        mine = [equation for equation in left if fact in equation.terms]
        left = [equation for equation in left if fact not in equation.terms]
        if mine:
            only = [Explanation(((fact, dict(found[0].changes)[fact]),))]
            own = sorted((e.check for e in mine if e.check is not None), key=_telling)
            groups.append(Group(own, evidence.ranked(only, mine)))
    if left:
        others = {fact: change for explanation in found for fact, change in explanation.changes if fact not in common}
        suspects = evidence.ranked([Explanation(((fact, change),)) for fact, change in others.items()], left)
        own = sorted((e.check for e in left if e.check is not None), key=_telling)
        groups.append(Group(own, suspects[:MAX_SUSPECTS], unexplained=not suspects))
    return groups


class _Evidence:
    """Ranks figures that explain equally much, by what may have happened to them."""

    def __init__(
        self,
        facts: Sequence[Fact],
        good: Mapping[int, int],
        names: Mapping[int, str],
        equations: Sequence[Equation],
    ) -> None:
        self.facts, self.good, self.names = facts, good, names
        self.places: dict[tuple[str, str], list[int]] = {}
        for number, fact in enumerate(facts):
            if fact.is_figure:
                self.places.setdefault((fact.address.table, f"r{fact.address.row}"), []).append(number)
                self.places.setdefault((fact.address.table, f"c{fact.address.column}"), []).append(number)
        self.equations = equations

    def ranked(self, explanations: Sequence[Explanation], failing: Sequence[Equation]) -> list[Suspect]:
        """The suspects of explanations of one figure each, the likeliest first."""
        options = []
        for explanation in explanations:
            ((fact, change),) = explanation.changes
            because = [e.check.rule.id for e in failing if e.check is not None and fact in e.terms]
            cause = self._cause(fact, change)
            suspect = Suspect(fact, self.facts[fact].value + change, tuple(dict.fromkeys(because)), cause)
            options.append((cause is None, self.good.get(fact, 0), self.names[fact], suspect))
        return [suspect for *_, suspect in sorted(options, key=lambda option: option[:3])]

    def _cause(self, number: int, change: int) -> Guess | None:
        fact = self.facts[number]
        step = max(1, fact.own_step)
        if change % step:
            return None
        address = fact.address
        near = self.places.get((address.table, f"r{address.row}"), []) + self.places.get(
            (address.table, f"c{address.column}"), []
        )
        beside = [(other, self.facts[other].value // step) for other in dict.fromkeys(near) if other != number]
        items: dict[int, int] = {}
        for equation in self.equations:
            own = equation.terms.get(number, 0)
            if equation.check is None or not own:
                continue
            for other, weight in equation.terms.items():
                if other != number and weight == -own:
                    items[other] = self.facts[other].value // step
        if len(items) < 2:
            items = {}
        printed, right = fact.value // step, (fact.value + change) // step
        return guess(printed, right, blank=fact.state in NOTHING, beside=beside, items=items)


# -- what else follows from a figure ----------------------------------------------------------------------------


def _follows(check: Check, group: Group, facts: Sequence[Fact]) -> bool:
    """Tell whether a failing check holds once the group's first suspect has its suggested value."""
    suspect = group.suspects[0] if group.suspects else None
    if suspect is None or suspect.suggested is None:
        return False
    if check.rate is not None:
        numbers = [operand.fact for operand in check.operands]
        return check.rate.holds_with(suspect.fact, suspect.suggested, numbers, [facts[n] for n in numbers])
    if not check.linear:
        return False
    weight = sum(operand.coefficient for operand in check.operands if operand.fact == suspect.fact)
    gap = check.gap + weight * (suspect.suggested - facts[suspect.fact].value)
    bounds = {
        "=": abs(gap) <= check.allowed,
        "<": gap < check.allowed,
        "≤": gap <= check.allowed,
        ">": -gap < check.allowed,
        "≥": -gap <= check.allowed,
    }
    return weight != 0 and bounds.get(check.operator, False)


def _settles(check: Check, group: Group, facts: Sequence[Fact]) -> bool:
    """Tell whether a failing rate is itself a suspect of the group, and one value of it explains both; name it then."""
    rate = check.rate
    suspect = next((s for s in group.suspects if rate is not None and s.fact == check.operands[0].fact), None)
    if rate is None or suspect is None:
        return False
    fact = facts[suspect.fact]
    for value in rate.printings(fact.step):
        change = value - fact.value
        if all(_holds(other, suspect.fact, change) for other in group.checks):
            because = tuple(dict.fromkeys((*suspect.because, check.rule.id)))
            group.suspects = [replace(suspect, suggested=value, because=because)]
            return True
    return False


def _holds(check: Check, fact: int, change: int) -> bool:
    """Tell whether an equality holds once a figure has changed by an amount."""
    weight = sum(operand.coefficient for operand in check.operands if operand.fact == fact)
    return check.linear and check.operator == "=" and abs(check.gap + weight * change) <= check.allowed


def _lonely(check: Check, good: Mapping[int, int], names: Mapping[int, str]) -> list[Suspect]:
    """For a statement that is no equality every operand may be behind it; none is named above the others."""
    if check.operator == "=" or check.rule.kind is not RuleKind.LOGICAL or not check.linear:
        return []
    facts = sorted({operand.fact for operand in check.operands}, key=lambda fact: (good.get(fact, 0), names[fact]))
    return [Suspect(fact, None, (check.rule.id,)) for fact in facts[:2]] if len(facts) <= 2 else []


def _telling(check: Check) -> tuple[int, int, str, str]:
    """Show the shortest logical check first."""
    return (check.rule.kind is not RuleKind.LOGICAL, len(check.operands), check.rule.id, check.statement)
