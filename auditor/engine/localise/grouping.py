"""One cause, one finding: failing checks grouped by the figures that explain them.

Equalities, rates and comparisons that must hold are localised exactly (`localise`); what else fails and would hold
with the repaired figure belongs to the same finding; the rest stands for itself. Deterministic and independent of the
order of rules.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auditor.engine.localise.causes import Cause, Guess
from auditor.engine.localise.dwarfed import believable
from auditor.engine.localise.lost_rows import short_together
from auditor.engine.localise.repeated import once_each
from auditor.engine.localise.search import localise
from auditor.engine.localise.suspects import Suspect
from auditor.engine.verdicts import Note
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from auditor.engine.checks import Check
    from auditor.engine.localise.equation import Equation
    from auditor.engine.localise.evidence import Evidence
    from auditor.engine.localise.lost_rows import LostRow
    from auditor.engine.localise.proof import Proof
    from auditor.engine.localise.search import Component, Explanation
    from auditor.engine.localise.whole_tables import WholeCause
    from auditor.model.facts import Fact

MAX_SUSPECTS = 24
PAIR = 2


@dataclass(frozen=True, slots=True)
class RuleDoubt:
    """A rule that a table breaks in `failing` of the `tried` rows (or columns) in which it compares anything."""

    failing: int
    tried: int


@dataclass(slots=True)
class Group:
    """Checks that fail together, and the figures that could be behind it, the likeliest first.

    `unexplained` says that no few figures explain them, or that the search met its bound. `also` are figures that
    would have to change with the suspect, because they were computed or copied from it. `lost` is the row that is
    missing, where that explains them. `doubt` says that their rule is broken nearly everywhere in its table;
    `whole` is the cause that acts on a whole table or column.
    """

    checks: list[Check]
    suspects: list[Suspect]
    unexplained: bool = False
    proof: Proof | None = None  # that a tail is one, or that the repair is enough
    also: list[Suspect] = field(default_factory=list)
    lost: LostRow | None = None
    doubt: RuleDoubt | None = None
    whole: WholeCause | None = None
    followed: bool = False  # a check that is no part of the explanation holds with the first suspect


def group_checks(failing: Sequence[Check], evidence: Evidence) -> list[Group]:
    """Group failing checks."""
    groups: list[Group] = []
    told: set[int] = set()
    for component in localise(evidence.system, evidence.steps, evidence.names, evidence.possible):
        groups += _groups(component, evidence)
        told |= {id(equation.check) for equation in component.failing}
    groups = _exchanged(groups, evidence)
    asked: dict[str, Group] = {}
    stated: dict[tuple[object, ...], Group] = {}  # what one rule says that another has said of the same figures
    by_suspect: dict[int, list[int]] = {}  # figure → the groups that suspect it
    for number, group in enumerate(groups):
        for suspect in (*group.suspects, *group.also):
            by_suspect.setdefault(suspect.fact, []).append(number)
    for check in failing:
        if id(check) in told:
            continue
        if check.rule.once:
            if check.rule.once in asked:
                asked[check.rule.once].checks.append(check)
            else:
                groups.append(asked.setdefault(check.rule.once, Group([check], [])))
            continue
        near = [groups[n] for n in sorted({n for o in check.operands for n in by_suspect.get(o.fact, ())})]
        cause = next((group for group in near if _follows(check, group, evidence)), None)
        cause = cause or (stated.get(_stated(check)) if check.linear else None)
        if cause is not None:
            cause.checks.append(check)
        else:
            groups.append(Group([check], _lonely(check, evidence)))
            stated[_stated(check)] = groups[-1]
    return once_each(short_together(groups, evidence.facts), evidence.facts)


def _stated(check: Check) -> tuple[object, ...]:
    """What a check says of which figures, whichever rule says it."""
    said = sorted((operand.fact, operand.coefficient) for operand in check.operands)
    return check.linear, check.operator, check.constant, check.scale, tuple(said)


def repairs_of(groups: Sequence[Group]) -> dict[int, int]:
    """The values of the figures that findings name without a choice: suspects that stand alone, and what goes along."""
    named = [one for group in groups for one in named_of(group.suspects, group.also)]
    return {one.fact: one.suggested for one in named if one.suggested is not None}


def named_of(suspects: Sequence[Suspect], also: Sequence[Suspect]) -> list[Suspect]:
    """What a finding names without a choice: one suspect or two that changed places, and what goes along."""
    sure = len(suspects) == 1 or (is_both(suspects) and len(suspects) == PAIR)
    return [*suspects, *also] if sure else []


# -- from explanations to groups --------------------------------------------------------------------------------


def _groups(component: Component, evidence: Evidence) -> list[Group]:
    """One group per wrong figure; figures that could stand for one another are the suspects of one group."""
    if not component.explanations:
        checks = [equation.check for equation in component.failing if equation.check is not None]
        return [Group(sorted(checks, key=_telling), [], unexplained=True)]
    swapped = _swapped(component, evidence)
    if swapped is not None:
        return [swapped]
    slots = _slots(component.explanations, evidence.names)
    shares = _shared_out(component.failing, slots)
    groups: list[Group] = []
    homeless: list[dict[int, int]] = []
    sets = component.explanations
    for slot, mine in zip(slots, shares, strict=True):
        changes = _changes(slot, sets, component.explanations)
        if not mine:
            homeless.append(changes)
            continue
        suspects = evidence.ranked(changes, [*mine, *component.asked])
        first = suspects[0].fact
        sets = [one for one in sets if first in one.figures] or sets
        checks = sorted((e.check for e in mine if e.check is not None), key=_telling)
        groups.append(Group(checks, believable(suspects, evidence.facts, evidence.system)[:MAX_SUSPECTS]))
    for changes in homeless:
        also = evidence.ranked(changes, ())[0]
        groups[_home(also.fact, groups, evidence)].also.append(also)
    return groups


def _slots(explanations: Sequence[Explanation], names: Mapping[int, str]) -> list[list[int]]:
    """The figures of explanations, put together where one stands for another: no explanation names both.

    Where the explanations are no choice of one figure for each place, what all of them name stands alone and the
    others together.
    """
    size = len(explanations[0].figures)
    figures = sorted({fact for one in explanations for fact in one.figures}, key=names.__getitem__)
    if size == 1:
        return [figures]
    together = {frozenset(pair) for one in explanations for pair in itertools.combinations(one.figures, 2)}
    slots: list[list[int]] = []
    for fact in figures:
        joined = [slot for slot in slots if any(frozenset((fact, other)) not in together for other in slot)]
        slots = [slot for slot in slots if slot not in joined] + [[other for s in joined for other in s] + [fact]]
    if len(slots) != size:
        common = set.intersection(*(set(one.figures) for one in explanations))
        slots = [[fact] for fact in figures if fact in common]
        slots += [[fact for fact in figures if fact not in common]]
    return sorted((sorted(slot, key=names.__getitem__) for slot in slots if slot), key=lambda slot: names[slot[0]])


def _shared_out(failing: Sequence[Equation], slots: Sequence[Sequence[int]]) -> list[list[Equation]]:
    """Each failing equation for one slot whose figures it touches: first those that leave no choice."""
    out: list[list[Equation]] = [[] for _ in slots]
    choices = [
        (equation, [n for n, slot in enumerate(slots) if not equation.terms.keys().isdisjoint(slot)])
        for equation in failing
    ]
    for equation, places in sorted(choices, key=lambda choice: len(choice[1])):
        out[min(places, key=lambda place: len(out[place]))].append(equation)
    return out


def _changes(slot: Iterable[int], sets: Sequence[Explanation], every: Sequence[Explanation]) -> dict[int, int]:
    """By how much each figure of a slot would change, in explanations that go with the suspects named so far."""
    out: dict[int, int] = {}
    for one in (*every[::-1], *sets[::-1]):
        out |= {fact: change for fact, change in one.changes if fact in slot}
    return out


def _home(fact: int, groups: Sequence[Group], evidence: Evidence) -> int:
    """The group whose suspect stands in a check with a figure that has to change with it."""
    near = {other for equation in evidence.system.touching([fact]) for other in equation.terms}
    return next((n for n, group in enumerate(groups) if group.suspects and group.suspects[0].fact in near), 0)


def _swapped(component: Component, evidence: Evidence) -> Group | None:
    """Two figures of one row or column that changed places, where an explanation says just that."""
    facts = evidence.facts
    pairs = [
        tuple(evidence.ranked({n: change}, component.failing)[0] for n, change in one.changes)
        for one in component.explanations
        if len(one.changes) == PAIR and _change_places(one.changes[0], one.changes[1], facts)
    ]
    checks = [equation.check for equation in component.failing if equation.check is not None]
    return _pairs(pairs, checks, facts) if pairs else None


def _exchanged(groups: Sequence[Group], evidence: Evidence) -> list[Group]:
    """Two findings whose suspects changed places are one."""
    facts, left, out = evidence.facts, list(groups), []
    while left:
        group = left.pop(0)
        for other in left:
            pairs = [
                (a, b) for a, b in _choices(group, other) if _change_places(_change(a, facts), _change(b, facts), facts)
            ]
            if pairs:
                left.remove(other)
                group = _pairs(pairs, [*group.checks, *other.checks], facts)
                break
        out.append(group)
    return out


def _choices(group: Group, other: Group) -> Iterable[tuple[Suspect, Suspect]]:
    if not is_both(group.suspects) and not is_both(other.suspects):
        for a, b in itertools.product(group.suspects, other.suspects):
            if a.suggested is not None and b.suggested is not None:
                yield a, b


def _change(suspect: Suspect, facts: Sequence[Fact]) -> tuple[int, int]:
    assert suspect.suggested is not None
    return suspect.fact, suspect.suggested - facts[suspect.fact].value


def _change_places(one: tuple[int, int], other: tuple[int, int], facts: Sequence[Fact]) -> bool:
    """Whether two changes give each of two figures of one row or column the value of the other, nearly."""
    first, second = facts[one[0]], facts[other[0]]
    near = first.address.table == second.address.table and (
        first.address.row == second.address.row or first.address.column == second.address.column
    )
    step = max(first.step, second.step)
    return (
        near
        and first.value != second.value
        and abs(first.value + one[1] - second.value) <= step
        and abs(second.value + other[1] - first.value) <= step
    )


def _pairs(pairs: Iterable[Sequence[Suspect]], checks: Iterable[Check], facts: Sequence[Fact]) -> Group:
    """One finding for two figures that changed places: each should be what the other is; pair after pair."""
    suspects = []
    for first, second in pairs:
        for one, other in ((first, second), (second, first)):
            step = max(1, facts[one.fact].own_step)
            right = facts[other.fact].value
            cause = Guess(Cause.SWAPPED, facts[one.fact].value // step, right // step, other.fact)
            suspects.append(replace(one, suggested=right, cause=cause))
    return Group(sorted(checks, key=_telling), suspects)


# -- what else follows from a figure ----------------------------------------------------------------------------


def _follows(check: Check, group: Group, evidence: Evidence) -> bool:
    """Whether a failing check holds once a suspect of a group has its suggested value; name that one first then.

    Suspects whose repair settles more come before those that were likelier so far, once.
    """
    if not group.suspects:
        return False
    if is_both(group.suspects):
        return _settles(check, group.suspects[:PAIR], group, evidence)
    for number, suspect in enumerate(group.suspects if not group.followed else group.suspects[:1]):
        if _settles(check, [suspect], group, evidence):
            group.suspects.insert(0, group.suspects.pop(number))
            group.followed = True
            return True
    return False


def _settles(check: Check, suspects: Sequence[Suspect], group: Group, evidence: Evidence) -> bool:
    """Whether a failing check holds once suspects have their suggested values, with what changes with them.

    A suggested value is known to its last digit only.
    """
    facts = evidence.facts
    named = [one for one in (*suspects, *group.also) if one.suggested is not None]
    changes = {one.fact: (one.suggested or 0) - facts[one.fact].value for one in named}
    changes = {o.fact: changes[o.fact] for o in check.operands if o.fact in changes}
    if not changes:
        return False
    equation = _equation_of(check, evidence)
    if equation is not None:
        near = ({fact: change + off * evidence.steps[fact] for fact, change in changes.items()} for off in (0, -1, 1))
        return any(equation.holds(some) for some in near)
    return within(check, changes, evidence.steps)


def within(check: Check, changes: Mapping[int, int], steps: Mapping[int, int] | Sequence[int]) -> bool:
    """Whether a failing check between amounts holds once figures change, each known to its last digit."""
    if not check.linear:
        return False
    gap = check.gap + sum(o.coefficient * changes.get(o.fact, 0) for o in check.operands)
    room = check.allowed + sum(abs(o.coefficient) * steps[o.fact] for o in check.operands if o.fact in changes)
    bounds = {"=": abs(gap) <= room, "<": gap < room, "≤": gap <= room, ">": -gap < room, "≥": -gap <= room}
    return bounds.get(check.operator, False)


def is_both(suspects: Sequence[Suspect]) -> bool:
    """Whether suspects are wrong two by two: figures that changed places."""
    return bool(suspects) and all(s.cause is not None and s.cause.cause is Cause.SWAPPED for s in suspects)


def _equation_of(check: Check, evidence: Evidence) -> Equation | None:
    first = next((operand.fact for operand in check.operands), None)
    near = [] if first is None else evidence.system.touching([first])
    return next((equation for equation in near if equation.check is check), None)


def _lonely(check: Check, evidence: Evidence) -> list[Suspect]:
    """The suspects of a check that stands alone.

    A rate one last digit off is cut off or adjusted. For a statement that is no equality every operand may be behind
    it; none is named above the others.
    """
    if check.note is Note.ONE_DIGIT:
        return _near(check, evidence)
    if check.operator == "=" or check.rule.kind is not RuleKind.LOGICAL or not check.linear:
        return []
    good, names = evidence.good, evidence.names
    facts = sorted({operand.fact for operand in check.operands}, key=lambda fact: (good.get(fact, 0), names[fact]))
    return [Suspect(fact, None, (check.rule.id,)) for fact in facts[:2]] if len(facts) <= 2 else []


def _near(check: Check, evidence: Evidence) -> list[Suspect]:
    """A rate one last digit off, with the rate that its numbers give, where it is told why it may differ."""
    equation = _equation_of(check, evidence)
    if equation is None or equation.rate is None:
        return []
    span = equation.rate.settled({})
    if span is None:
        return []
    change = span[0] if abs(span[0]) <= abs(span[1]) else span[1]
    cause = evidence.cause(equation.rate.figure, change)
    if cause is None or cause.cause not in (Cause.FORCED, Cause.TRUNCATED):
        return []
    fact = evidence.facts[equation.rate.figure]
    return [Suspect(equation.rate.figure, fact.value + change, (check.rule.id,), cause)]


def _telling(check: Check) -> tuple[bool, bool, int, str, str]:
    """Show the shortest logical equality between amounts first."""
    return (
        check.rule.kind is not RuleKind.LOGICAL,
        not check.linear,
        len(check.operands),
        check.rule.id,
        check.statement,
    )
