"""A filing in a line: what it is, and the verdict on it in clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.engine.findings import Severity, Since
from auditor.engine.tally import tally_of
from auditor.engine.verdicts import Verdict
from auditor.messages import language, say
from auditor.model.numbers import BROKEN
from auditor.reports.figures import TOLD

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.engine.tally import PrintedTally


def verdict_parts(audit: Audit) -> list[str]:
    """The verdict on a filing as short clauses, how much was checked and what was not first."""
    parts = _basis(audit)
    errors, warnings = audit.count(Severity.ERROR), audit.count(Severity.WARNING)
    if errors:
        parts.append(say("verdict_line.errors", errors=errors))
    elif audit.decided:
        whole = tally_of(audit).all_checked and not _missing(audit)
        parts.append(say("verdict_line.no_errors" if whole else "verdict_line.no_errors_in_part"))
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


def _missing(audit: Audit) -> set[str]:
    """The tables that checks needed and that were not found, or not read; sections of the text are no tables."""
    reasons = ("reason.missing_table", "reason.unread_table")
    named = {item.where for item in audit.not_evaluated if item.reason.key in reasons}
    return {name for name in named if not name.startswith(TOLD)}


def _basis(audit: Audit) -> list[str]:
    """What a verdict rests on: how many of the printed numbers were read and checked, what is missing or unread."""
    tally, missing = tally_of(audit), _missing(audit)
    parts: list[str] = []
    if tally.printed:
        parts.append(say("verdict_line.tally", printed=tally.printed, read=tally.read, checked=tally.checked))
    if not audit.has_tables:
        parts.append(say("verdict_line.no_table"))
    if missing:
        parts.append(say("verdict_line.missing", missing=len(missing)))
    parts += _unread(audit, tally)
    return parts if audit.decided else [*parts, say("verdict_line.nothing")]


def _unread(audit: Audit, tally: PrintedTally) -> list[str]:
    """How many numbers were not read, and how many of them the file does not even show."""
    if not tally.unread:
        return []
    text = tally.unexplained + tally.aside
    parts = [say("verdict_line.unread_text" if text else "verdict_line.unread", unread=tally.unread, text=text)]
    broken = sum(item.reason in BROKEN for item in audit.filing.unread)
    return [*parts, say("verdict_line.broken", count=broken)] if broken else parts


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
