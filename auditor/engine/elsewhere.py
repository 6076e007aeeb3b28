"""What another filing's finding settles: a figure that its own report accuses is no finding of its partners as well.

A department sums up its units, a year opens as the last one closed: one wrong figure fails checks in every filing that
looks at it. The finding stays, as a hint that names the figure, where each of its checks holds once that figure is
repaired.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.engine.grouping import named_of, within
from auditor.engine.results import Severity
from auditor.engine.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.engine.pool import View
    from auditor.engine.results import Audit, Finding


def settle(audits: Sequence[Audit], views: Sequence[View]) -> None:
    """Turn the findings that the findings of partners explain into hints; `views` are those of the audits."""
    changes: dict[int, int] = {}  # position in the long table → by how much it has to change
    for audit, view in zip(audits, views, strict=True):
        for finding in audit.findings:
            changes |= {view.position(fact): change for fact, change in _repair(finding, audit) if fact < view.size}
    if not changes:
        return
    for audit, view in zip(audits, views, strict=True):
        audit.findings = [_settled(finding, audit, view, changes) for finding in audit.findings]


def _repair(finding: Finding, audit: Audit) -> list[tuple[int, int]]:
    """What a finding says has to change, where it leaves no choice."""
    if finding.severity is Severity.INFO or finding.verdict is not Verdict.INCONSISTENT:
        return []
    named = named_of(finding.suspects, finding.also)
    return [(one.fact, one.suggested - audit.facts[one.fact].value) for one in named if one.suggested is not None]


def _settled(finding: Finding, audit: Audit, view: View, changes: Mapping[int, int]) -> Finding:
    if finding.severity is Severity.INFO or finding.verdict is not Verdict.INCONSISTENT:
        return finding
    theirs = {operand.fact for check in finding.checks for operand in check.operands if operand.fact >= view.size}
    behind = {fact: changes[at] for fact in sorted(theirs) if (at := view.position(fact)) in changes}
    steps = {fact: audit.facts[fact].step for fact in behind}
    if not behind or not all(within(check, behind, steps) for check in finding.checks):
        return finding
    return replace(finding, severity=Severity.INFO, suspects=(), also=(), elsewhere=tuple(behind))
