"""One wrong sum that a text tells in several places is one finding: what it tells again goes along with the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.tables import PROSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.checks import Check
    from auditor.engine.localise.grouping import Group
    from auditor.engine.localise.suspects import Suspect
    from auditor.model.facts import Fact

FEWEST = 2  # figures that are not zero, of a statement that is known again by its figures
_Said = tuple[str, tuple[tuple[int, int], ...]]


def once_each(groups: Sequence[Group], facts: Sequence[Fact]) -> list[Group]:
    """Groups of which none tells the same failing statements, of the same figures, as one before it."""
    out: list[Group] = []
    first: dict[frozenset[_Said], Group] = {}
    for group in groups:
        said = [_said(check, facts) for check in group.checks]
        known = frozenset(one for one in said if one is not None)
        if len(known) < len(set(said)) or not known or group.whole or group.lost or group.doubt:
            out.append(group)
        elif known in first:
            _join(first[known], group, facts)
        else:
            first[known] = group
            out.append(group)
    return out


def _said(check: Check, facts: Sequence[Fact]) -> _Said | None:
    """What a check of sentences compares: its rule and its figures; None where it compares anything else."""
    told = [facts[operand.fact] for operand in check.operands]
    if not check.compares or not all(fact.is_figure and fact.address.table.startswith(PROSE) for fact in told):
        return None
    values = sorted((operand.coefficient, fact.value) for operand, fact in zip(check.operands, told, strict=True))
    return (check.rule.id, tuple(values)) if sum(fact.value != 0 for fact in told) >= FEWEST else None


def _join(group: Group, again: Group, facts: Sequence[Fact]) -> None:
    group.checks = [*group.checks, *(check for check in again.checks if check not in group.checks)]
    named = {suspect.fact for suspect in (*group.suspects, *group.also)}
    for suspect in group.suspects[:1]:
        same = next((one for one in again.suspects if _alike(one, suspect, facts)), None)
        if same is not None and same.fact not in named:
            group.also.append(same)


def _alike(one: Suspect, other: Suspect, facts: Sequence[Fact]) -> bool:
    return facts[one.fact].value == facts[other.fact].value and one.suggested == other.suggested
