"""A filing in a line: what it is, and the verdict on it in clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.engine.results import Severity, Since
from auditor.engine.verdicts import Verdict
from auditor.filing import PROSE_REASONS
from auditor.messages import language, say

if TYPE_CHECKING:
    from auditor.engine.results import Audit


def verdict_parts(audit: Audit) -> list[str]:
    """The verdict on a filing as short clauses, what could not be read first."""
    parts: list[str] = []
    tables = {
        item.where for item in audit.not_evaluated if item.reason.key in ("reason.missing_table", "reason.unread_table")
    }
    unread = [item for item in audit.filing.unread if item.reason not in {*PROSE_REASONS, "unread.unknown_table"}]
    if tables:
        parts.append(say("verdict_line.missing", missing=len(tables)))
    if unread:
        parts.append(say("verdict_line.unread", unread=len(unread)))
    if not audit.decided:
        parts.append(say("verdict_line.nothing"))
    errors, warnings = audit.count(Severity.ERROR), audit.count(Severity.WARNING)
    if errors or audit.decided:
        parts.append(say("verdict_line.errors", errors=errors) if errors else say("verdict_line.no_errors"))
    if warnings:
        parts.append(say("verdict_line.warnings", warnings=warnings))
    hints = sum(
        f.severity is Severity.INFO and f.verdict is Verdict.INCONSISTENT and not f.waived for f in audit.findings
    )
    if hints:
        parts.append(say("verdict_line.hints", hints=hints))
    if audit.ledger[Verdict.ROUNDING]:
        parts.append(say("verdict_line.tails", tails=audit.ledger[Verdict.ROUNDING]))
    if audit.waived:
        parts.append(say("verdict_line.waived", waived=audit.waived))
    if audit.baseline is not None:
        new = sum(finding.since is Since.NEW for finding in audit.findings)
        parts.append(say("verdict_line.since", new=new, gone=len(audit.baseline.gone), file=audit.baseline.file))
    return parts


def sentence(parts: list[str]) -> str:
    """Clauses as one sentence."""
    joiner, end = ("；", "。") if language() == "zh" else ("; ", ".")
    return joiner.join(parts) + end


def filing_title(audit: Audit) -> str:
    """Entity of the filing, or that it was not recognised."""
    return audit.filing.key.entity or say("title.entity_unknown")


def filing_kind(audit: Audit) -> str:
    """Year, edition and report in words."""
    key = audit.filing.key
    return key_text(key.year, key.report, key.edition)


def key_text(year: int, report: str, edition: str) -> str:
    """Year, edition and report in words; parts that were not read are empty or 0."""
    if not year and not report:
        return say("title.unknown")
    edition = say(f"edition.{edition}") if edition else ""
    report = say(f"report.{report}") if report else ""
    return say("title.filing", year=year or "？", edition=edition, report=report)
