"""What is said of a run as a whole: its findings in one line, which rules fail where, which are to be doubted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from auditor.engine.findings import Severity
from auditor.engine.tally import tally_of, together
from auditor.engine.verdicts import Verdict
from auditor.messages import language, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.engine.findings import Audit, Finding

SUSPECT_SHARE = 0.5  # a rule that fails in more than half of at least MIN_FILINGS filings is itself suspect
MIN_FILINGS = 4


def summary_line(audits: Sequence[tuple[str, Audit]], failed: Sequence[tuple[str, str]]) -> str:
    """Count filings, their numbers, and findings by severity in one line."""
    tally = together(tally_of(audit) for _, audit in audits)
    return say(
        "cli.done",
        printed=tally.printed,
        read=tally.read,
        checked=tally.checked,
        filings=len(audits),
        errors=sum(audit.count(Severity.ERROR) for _, audit in audits),
        warnings=sum(audit.count(Severity.WARNING) for _, audit in audits),
        infos=sum(audit.count(Severity.INFO) for _, audit in audits),
        tails=sum(audit.ledger[Verdict.ROUNDING] for _, audit in audits),
        failed=len(failed),
    )


def open_findings(audit: Audit) -> list[Finding]:
    """The findings that are no tails and are not waived."""
    return [f for f in audit.findings if f.verdict is Verdict.INCONSISTENT and not f.waived]


def _asking(audit: Audit) -> list[Finding]:
    """The open findings that ask for something: no hints."""
    return [finding for finding in open_findings(audit) if finding.severity is not Severity.INFO]


def failures(
    audits: Sequence[tuple[str, Audit]], findings: Callable[[Audit], list[Finding]] = open_findings
) -> Counter[str]:
    """How many filings each rule fails in."""
    counts: Counter[str] = Counter()
    for _, audit in audits:
        counts.update({rule for finding in findings(audit) for rule in finding.rule_ids})
    return counts


def titles_of(audits: Sequence[tuple[str, Audit]]) -> dict[str, str]:
    """The titles of the rules that fail, by id."""
    return {c.rule.id: c.rule.text("title", language()) for _, a in audits for f in a.findings for c in f.checks}


def ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """What is counted, the most first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def suspect_rules(audits: Sequence[tuple[str, Audit]]) -> list[dict[str, Any]]:
    """Rules that fail in most filings of a batch, and in how many they were evaluated: they are suspect themselves."""
    if len(audits) < MIN_FILINGS:
        return []
    titles = titles_of(audits)
    checked: Counter[str] = Counter()
    for _, audit in audits:
        failing = {rule for finding in _asking(audit) for rule in finding.rule_ids}
        checked.update(failing | {rule for rule, count in audit.passed.items() if count})
    return [
        {"rule": rule, "title": titles[rule], "failed": count, "checked": checked[rule]}
        for rule, count in ranked(failures(audits, _asking))
        if checked[rule] >= MIN_FILINGS and count > checked[rule] * SUSPECT_SHARE
    ]
