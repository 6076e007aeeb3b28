"""A filing's findings and remarks as lines of text, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.engine.findings import Severity
from auditor.messages import language, printable, say
from auditor.reports.headline import filing_kind, filing_title, verdict_parts
from auditor.reports.narrate import Narrator, standing_text
from auditor.reports.places import left_out, place_text, remarks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.engine.findings import Audit, Finding

MAX_FINDINGS = 10  # shown for one filing; the rest is counted
SHOWN = (Severity.ERROR, Severity.WARNING)


def head_line(audit: Audit) -> str:
    """The filing and the verdict on it, in one line."""
    joiner, colon = ("；", "：") if language() == "zh" else ("; ", ": ")
    files = "、".join(file.file for file in audit.filing.files)
    return printable(f"{filing_title(audit)} {filing_kind(audit)}（{files}）{colon}{joiner.join(verdict_parts(audit))}")


def short_lines(audit: Audit) -> Iterator[str]:
    """One line for a filing with something to mend, and which of its files were left out."""
    if any(audit.count(severity) for severity in SHOWN):
        yield head_line(audit)
    for text in left_out(audit.filing):
        yield printable(text)


def filing_lines(audit: Audit) -> Iterator[str]:
    """The filing, its errors and warnings with their places, and what the readers remark."""
    yield head_line(audit)
    narrator = Narrator(audit)
    found = [finding for finding in audit.findings if finding.severity in SHOWN and not finding.waived]
    for finding in found[:MAX_FINDINGS]:
        where = _place(finding, audit)
        said = f"{narrator.message(finding)}{f'（{where}）' if where else ''}"
        yield printable(f"  {_weight(finding)}  {finding.rule.id}  {said}")
    if len(found) > MAX_FINDINGS:
        yield "  " + say("html.more", count=len(found) - MAX_FINDINGS)
    gone = [old for old in audit.baseline.gone if old.severity in SHOWN] if audit.baseline else []
    for old in gone[:MAX_FINDINGS]:
        yield printable(f"  {say('since.gone')}  {old.rule}  {old.message}")
    if len(gone) > MAX_FINDINGS:
        yield "  " + say("html.more", count=len(gone) - MAX_FINDINGS)
    for file, text in remarks(audit.filing):
        yield printable(f"  {say('severity.info')}  {f'{file} ' if file else ''}{text}")


def _weight(finding: Finding) -> str:
    """How much a finding weighs, whether it is new, and what was decided about it."""
    words = [say(f"severity.{finding.severity.value}")]
    if finding.since is not None:
        words.append(say(f"since.{finding.since.value}"))
    if finding.review is not None:
        words.append(standing_text(finding.review))
    return " · ".join(words)


def _place(finding: Finding, audit: Audit) -> str:
    """Where to look: the figure that is most likely wrong, or the first of the check."""
    facts = [suspect.fact for suspect in finding.suspects] or [operand.fact for operand in finding.main.operands]
    return place_text(audit.facts[facts[0]].place, file=len(audit.filing.files) > 1) if facts else ""
