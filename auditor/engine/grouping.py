"""Group failing checks by the figure that explains them: one cause, one finding.

The figure that stands in most failing checks and in fewest consistent ones is the first suspect; the checks that one
new value for it would satisfy all belong to its finding. Deterministic and independent of the order of rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.engine.results import Check, Suspect
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_SUSPECTS = 6


@dataclass(slots=True)
class Group:
    """Checks that fail together, and the figures that could be behind it, the likeliest first."""

    checks: list[Check]
    suspects: list[Suspect]


def group_checks(
    failing: Sequence[Check], values: Mapping[int, int], good: Mapping[int, int], names: Mapping[int, str]
) -> list[Group]:
    """Group failing checks.

    `values` are the printed values of facts, `good` counts the consistent checks of each, `names` are addresses (the
    last resort of every ordering, so that nothing depends on the order of input).
    """
    linear = [check for check in failing if check.linear and check.operator == "=" and check.operands]
    rest = [check for check in failing if check not in linear]
    groups: list[Group] = []
    while linear:
        group = _best(linear, values, good, names)
        groups.append(group)
        linear = [check for check in linear if check not in group.checks]
    for check in rest:
        cause = next((group for group in groups if _follows(check, group, values)), None)
        if cause is not None:
            cause.checks.append(check)
        else:
            groups.append(Group([check], _lonely(check, good, names)))
    return groups


def _follows(check: Check, group: Group, values: Mapping[int, int]) -> bool:
    """Tell whether a failing inequality holds once the group's first suspect has its suggested value."""
    suspect = group.suspects[0] if group.suspects else None
    if suspect is None or suspect.suggested is None or not check.linear:
        return False
    weight = sum(operand.coefficient for operand in check.operands if operand.fact == suspect.fact)
    gap = check.gap + weight * (suspect.suggested - values[suspect.fact])
    bounds = {
        "<": gap < check.allowed,
        "≤": gap <= check.allowed,
        ">": -gap < check.allowed,
        "≥": -gap <= check.allowed,
    }
    return weight != 0 and bounds.get(check.operator, False)


def _best(
    linear: Sequence[Check], values: Mapping[int, int], good: Mapping[int, int], names: Mapping[int, str]
) -> Group:
    """The figure that explains most, with all checks that one new value of it satisfies."""
    holders: dict[int, list[Check]] = {}
    for check in linear:
        for operand in check.operands:
            holders.setdefault(operand.fact, []).append(check)
    options = []
    for fact, checks in holders.items():
        satisfied, value = _repair(fact, checks, values[fact])
        logical = sum(check.rule.kind is RuleKind.LOGICAL for check in satisfied)
        options.append((-logical, -len(satisfied), good.get(fact, 0), names[fact], fact, satisfied, value))
    options.sort(key=lambda option: option[:4])
    checks = options[0][5]
    suspects = [
        Suspect(fact, value, tuple(dict.fromkeys(check.rule.id for check in checks)))
        for _, _, _, _, fact, satisfied, value in options
        if len(satisfied) == len(checks) and all(check in satisfied for check in checks)
    ]
    ranked = [suspect for suspect in suspects if good.get(suspect.fact, 0) == good.get(suspects[0].fact, 0)]
    if len(checks) > 1 or len(ranked) == 1:
        suspects = ranked
    if not any(check.rule.kind is RuleKind.LOGICAL for check in checks):
        suspects = []  # a question to be explained accuses no figure
    return Group(sorted(checks, key=_telling), suspects[:MAX_SUSPECTS])


def _repair(fact: int, checks: Sequence[Check], value: int) -> tuple[list[Check], int | None]:
    """The largest set of checks that one new value of a fact satisfies within their ranges, and that value."""
    wanted: list[tuple[int, int, int, Check]] = []
    for check in checks:
        weight = sum(operand.coefficient for operand in check.operands if operand.fact == fact)
        if weight == 0 or check.gap % weight:
            continue
        target = value - check.gap // weight
        slack = check.allowed // abs(weight)
        wanted.append((target, target - slack, target + slack, check))
    best: tuple[list[Check], int | None] = ([], None)
    for target, _, _, _ in wanted:
        fits = [check for _, low, high, check in wanted if low <= target <= high]
        if len(fits) > len(best[0]):
            best = (fits, target)
    return best


def _lonely(check: Check, good: Mapping[int, int], names: Mapping[int, str]) -> list[Suspect]:
    """For a statement that is no equality every operand may be behind it; none is named above the others."""
    if check.operator == "=" or check.rule.kind is not RuleKind.LOGICAL:
        return []
    facts = sorted({operand.fact for operand in check.operands}, key=lambda fact: (good.get(fact, 0), names[fact]))
    return [Suspect(fact, None, (check.rule.id,)) for fact in facts[:2]] if len(facts) <= 2 else []


def _telling(check: Check) -> tuple[int, int, str, str]:
    """Show the shortest logical check first."""
    return (check.rule.kind is not RuleKind.LOGICAL, len(check.operands), check.rule.id, check.statement)
