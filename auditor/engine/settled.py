"""What another filing's finding settles: a figure that its own report accuses is no finding of its partners as well.

A department sums up its units, a year opens as the last one closed: one wrong figure fails checks in every filing that
looks at it. The finding stays, as a hint that names the figure, where each of its checks holds once that figure is
repaired.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.engine.findings import Severity
from auditor.engine.localise.grouping import named_of, within
from auditor.engine.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.engine.facts.pool import View
    from auditor.engine.findings import Audit, Finding


def settle(audits: Sequence[Audit], views: Sequence[View]) -> None:
    """Turn the findings that the findings of partners explain into hints; `views` are those of the audits."""
    sure: dict[int, int] = {}  # position in the long table → by how much it has to change
    either: dict[int, int] = {}  # the same for figures of which one has to
    for audit, view in zip(audits, views, strict=True):
        for finding in audit.findings:
            if finding.severity is Severity.INFO or finding.verdict is not Verdict.INCONSISTENT:
                continue
            named = named_of(finding.suspects, finding.also)
            for one in named or finding.suspects:
                if one.fact < view.size and one.suggested is not None:
                    change = one.suggested - audit.facts[one.fact].value
                    (sure if named else either).setdefault(view.position(one.fact), change)
    if sure or either:
        for audit, view in zip(audits, views, strict=True):
            audit.findings = [_settled(finding, audit, view, sure, either) for finding in audit.findings]


def _settled(finding: Finding, audit: Audit, view: View, sure: Mapping[int, int], either: Mapping[int, int]) -> Finding:
    if finding.severity is Severity.INFO or finding.verdict is not Verdict.INCONSISTENT:
        return finding
    theirs = {operand.fact for check in finding.checks for operand in check.operands if operand.fact >= view.size}
    at = {fact: view.position(fact) for fact in sorted(theirs)}
    known = {fact: sure[place] for fact, place in at.items() if place in sure}
    choices = [known, *({**known, fact: either[place]} for fact, place in at.items() if place in either)]
    for changes in choices:
        steps = {fact: audit.facts[fact].step for fact in changes}
        if changes and all(within(check, changes, steps) for check in finding.checks):
            return replace(finding, severity=Severity.INFO, suspects=(), also=(), elsewhere=tuple(changes))
    return finding
