"""Markdown: the report of a filing for tickets and repositories, the summary of a run as a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.engine.findings import Severity
from auditor.engine.verdicts import Verdict
from auditor.messages import printable, say
from auditor.own import MARKDOWN
from auditor.reports.headline import filing_kind, filing_title, verdict_parts
from auditor.reports.places import remark_text
from auditor.reports.rows import TAIL, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.engine.findings import Audit
    from auditor.reports.rows import FindingRow
    from auditor.reports.run import Run

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_COUNTED = ("consistent", "rounding", "inconsistent", "not_evaluated", "not_applicable", "broken_rule")


def filing_report(audit: Audit, run: Run) -> str:
    """The report of one filing."""
    return "\n".join((MARKDOWN, *_filing(audit, run))) + "\n"


def batch_report(run: Run) -> str:
    """The summary of a run."""
    return "\n".join((MARKDOWN, *_batch(run))) + "\n"


def _filing(audit: Audit, run: Run) -> Iterator[str]:
    rows = list(rows_of(audit, run.rounding))
    yield f"# {escaped(filing_title(audit))} {escaped(filing_kind(audit))}"
    yield ""
    yield from (f"- {escaped(part)}" for part in verdict_parts(audit))
    yield ""
    yield from _table(
        ["html.count", *(f"verdict.{name}" for name in _COUNTED)],
        [[str(audit.ledger.checks), *(str(audit.ledger[verdict]) for verdict in Verdict)]],
    )
    found = [row for row in rows if row.sort != TAIL]
    yield f"## {say('html.findings')}"
    yield ""
    if not found:
        yield say("html.no_findings" if audit.decided else "html.nothing_decided")
        yield ""
    for number, row in enumerate(found, 1):
        yield from _finding(number, row)
    tails = [row for row in rows if row.sort == TAIL]
    if tails:
        yield f"## {say('html.tails')}"
        yield ""
        yield say("rows.tails")
        yield ""
        yield from _table(
            ["rows.rule", "rows.formula", "rows.difference", "rows.place"],
            [[row.rule, row.formula, f"{row.difference} {row.unit}".strip(), row.place] for row in tails],
        )
    yield from _not_evaluated(audit)
    yield f"## {say('html.about')}"
    yield ""
    yield from (f"- {escaped(file.file)} `{file.sha256}`" for file in audit.filing.files)
    yield f"- {run.tool['name']} {run.tool['version']}, {say('html.rules')} `{run.tool['rules_sha256']}`"
    yield f"- {say('html.options')} · {say(f'rounding.{run.rounding}')}"


def _finding(number: int, row: FindingRow) -> Iterator[str]:
    marks = " · ".join(part for part in (row.severity, row.since, row.state) if part)
    yield f"### {number}. {escaped(marks)} · {escaped(row.title)}"
    yield ""
    yield escaped(row.message)
    yield ""
    named = ("formula", "figure", "place", "suggestion", "basis", "rule", "id", "reason", "who", "until", "remark")
    for name in named:
        text = getattr(row, name)
        if text:
            yield f"- **{say(f'rows.{name}')}** {escaped(text)}"
    yield ""


def _not_evaluated(audit: Audit) -> Iterator[str]:
    if not audit.not_evaluated:
        return
    yield f"## {say('html.unevaluated')}"
    yield ""
    yield from _table(
        ["html.rule", "html.table", "html.reason", "html.count"],
        [[item.rule.id, item.where, say(item.reason.key), str(item.count)] for item in audit.not_evaluated],
    )


def _batch(run: Run) -> Iterator[str]:
    yield f"# {say('html.index')}"
    yield ""
    yield from _table(
        [
            "html.entity",
            "rows.filing",
            "severity.error",
            "severity.warning",
            "verdict.rounding",
            "standing.waived",
            "verdict.not_evaluated",
            "html.file",
        ],
        [
            [
                filing_title(audit),
                filing_kind(audit),
                str(audit.count(Severity.ERROR)),
                str(audit.count(Severity.WARNING)),
                str(audit.ledger[Verdict.ROUNDING]),
                str(audit.waived),
                str(audit.ledger[Verdict.NOT_EVALUATED]),
                "、".join(file.file for file in audit.filing.files),
            ]
            for _, audit in run.audits
        ],
    )
    told = [*(why for _, why in run.failed), *(remark_text(warning) for warning in run.warnings)]
    yield from (f"- {escaped(text)}" for text in told)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(say(head) for head in heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(escaped(text) for text in row)} |"
    yield ""


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())))
