"""Rules that one table breaks nearly everywhere: the rule, or what was read of the table, is suspect itself.

Published tables are printed by systems. A relation that fails in most of the rows it is tried on, without one or two
figures behind it, does not hold of this table at all: it says nothing against the figures.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.localise.grouping import Group, RuleDoubt
from auditor.engine.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from auditor.engine.checks import Check
    from auditor.engine.judge.outcomes import Evaluation, Outcome
    from auditor.engine.localise.equations import Equations

LEAST = 3  # failing rows from which on a rule can be suspect
EXPLAINED = 2  # figures that may explain all of them without making it so
DoubtedPlace = tuple[str, str]  # rule and table
Unit = tuple[object, ...]  # what a rule is tried on: a row, or a column where it goes through no rows


@dataclass(slots=True)
class _Trial:
    """The rows in which a rule fails and holds, and the checks that fail."""

    failing: set[Unit] = field(default_factory=set)
    holding: set[Unit] = field(default_factory=set)
    checks: list[tuple[Unit, Check]] = field(default_factory=list)


def trusted(
    group: Callable[[Sequence[Check]], list[Group]],
    failing: Sequence[Check],
    made: Mapping[tuple[int, int], Check],
    equations: Equations,
    filing: int,
) -> list[Group]:
    """Group the failing checks of a filing; rules that are suspect themselves stand apart, a group each.

    `made` are the checks by the identity of their outcome and their instance.
    """
    groups = group(failing)
    doubts = _doubted(groups, made, equations.rows.matrix.evaluation, filing)
    if not doubts:
        return groups
    aside = {id(check) for checks, _ in doubts for check in checks}
    equations.leave_out(check for checks, _ in doubts for check in checks)
    groups = group([check for check in failing if id(check) not in aside])
    return groups + [Group(checks, [], doubt=doubt) for checks, doubt in doubts]


def _doubted(
    groups: Sequence[Group], made: Mapping[tuple[int, int], Check], evaluation: Evaluation, filing: int
) -> list[tuple[list[Check], RuleDoubt]]:
    """The failing checks of every rule that a table of a filing breaks in most rows, with how often it does.

    Rows that fail because of one figure (a total that all of them name) are that figure's fault, and count for nothing.
    """
    grouped = {id(check): group for group in groups for check in group.checks}
    found = []
    for trial in _trials(evaluation, made, filing).values():
        by_group: dict[int, set[Unit]] = {}
        for unit, check in trial.checks:
            by_group.setdefault(_cause(grouped, check), set()).add(unit)
        open_ones = [(u, check) for u, check in trial.checks if len(by_group[_cause(grouped, check)]) < LEAST]
        failing = {unit for unit, _ in open_ones}
        holding = trial.holding - trial.failing
        causes = {_cause(grouped, check) for _, check in open_ones}
        if len(failing) >= LEAST and len(failing) > len(holding) and len(causes) > EXPLAINED:
            checks = [check for _, check in open_ones]
            found.append((checks, RuleDoubt(len(failing), len(failing) + len(holding))))
    return found


def _cause(grouped: Mapping[int, Group], check: Check) -> int:
    """What makes a check fail: the group with figures or a row behind it, else itself."""
    group = grouped.get(id(check))
    named = group is not None and not group.unexplained and (group.lost is not None or bool(group.suspects))
    return id(group) if named else id(check)


def _trials(evaluation: Evaluation, made: Mapping[tuple[int, int], Check], filing: int) -> dict[DoubtedPlace, _Trial]:
    """What the rules that fail often enough in a filing were tried on, by rule and table."""
    often: Counter[DoubtedPlace] = Counter()
    for outcome in evaluation.outcomes:
        bad = (outcome.filing == filing) & (outcome.verdict == Verdict.INCONSISTENT)
        if _compares(outcome) and bad.any():
            often[_place(outcome)] += int(bad.sum())
    trials = {place: _Trial() for place, count in often.items() if count >= LEAST}
    for number, outcome in enumerate(evaluation.outcomes) if trials else ():
        trial = trials.get(_place(outcome)) if _compares(outcome) else None
        if trial is not None:
            _try(trial, outcome, number, made, filing)
    return trials


def _try(trial: _Trial, outcome: Outcome, number: int, made: Mapping[tuple[int, int], Check], filing: int) -> None:
    values = outcome.instances.chunk.facts.value
    for check in np.nonzero((outcome.filing == filing) & (outcome.verdict <= Verdict.INCONSISTENT))[0].tolist():
        unit = _unit(outcome, number, check)
        if outcome.verdict[check] == Verdict.INCONSISTENT:
            trial.failing.add(unit)
            if (one := made.get((id(outcome), check))) is not None:
                trial.checks.append((unit, one))
        elif values[outcome.positions(check)].any():  # nothing against nothing shows nothing
            trial.holding.add(unit)


def _compares(outcome: Outcome) -> bool:
    """Whether figures are compared; what the shapes of tables propose has been tried on each table already."""
    return (outcome.linear is not None or outcome.forms is not None) and not outcome.plan.rule.footing


def _place(outcome: Outcome) -> DoubtedPlace:
    plan = outcome.plan
    table = plan.rows.table if plan.rows is not None else plan.table or next(iter(plan.tables), "")
    return plan.rule.id, table


def _unit(outcome: Outcome, number: int, check: int) -> Unit:
    """The row or value that a check is about; its column, else its statement, where a rule goes through no rows."""
    instances = outcome.instances
    values = tuple(int(numbers[check]) for _, numbers in instances.values.values())
    if instances.rows is not None:
        return (int(instances.rows[check]), *values)
    if values or instances.columns is None:
        return (values or number,)
    return (number, int(instances.columns[check]))
