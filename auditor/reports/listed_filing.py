"""What the list of findings says of one filing, as plain texts: kept, and joined with others at the end of a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from auditor.engine.findings import Severity
from auditor.engine.verdicts import Verdict
from auditor.messages import say
from auditor.reports.headline import filing_kind, filing_title
from auditor.reports.rows import FindingRow, rows_of

if TYPE_CHECKING:
    from auditor.engine.findings import Audit, NotEvaluated


class ListedFiling(NamedTuple):
    """A filing in the list: its line of the overview, its findings, what was not evaluated (as texts, the count last).

    `counts` are errors, warnings, hints, 尾差, waived findings, checks not evaluated.
    """

    title: str
    kind: str
    counts: tuple[int, ...]
    files: str
    rows: tuple[FindingRow, ...]
    not_evaluated: tuple[tuple[str, ...], ...]


def listed(audit: Audit, rounding: str) -> ListedFiling:
    """What the list says of an audited filing."""
    key = audit.filing.key
    hints = sum(
        f.severity is Severity.INFO and f.verdict is not Verdict.ROUNDING and not f.waived for f in audit.findings
    )
    counts = (
        audit.count(Severity.ERROR),
        audit.count(Severity.WARNING),
        hints,
        audit.ledger[Verdict.ROUNDING],
        audit.waived,
        audit.ledger[Verdict.NOT_EVALUATED],
    )
    missing = tuple(_line(key.entity, key.year, item) for item in audit.not_evaluated)
    files = "\n".join(f"{file.file}  {file.sha256}" for file in audit.filing.files)
    return ListedFiling(
        filing_title(audit), filing_kind(audit), counts, files, tuple(rows_of(audit, rounding)), missing
    )


def _line(entity: str, year: int, item: NotEvaluated) -> tuple[str, ...]:
    reason = say(item.reason.key)
    return (entity, str(year or ""), item.rule.id, item.rule.title, item.where, reason, str(item.count))


def kept(filings: dict[str, ListedFiling]) -> str:
    """Filings under their names, as text."""
    return json.dumps(filings, ensure_ascii=False)


def thawed(text: str) -> dict[str, ListedFiling]:
    """The filings that `kept` wrote."""
    out = {}
    for name, (title, kind, counts, files, rows, missing) in json.loads(text).items():
        found = tuple(FindingRow(*row) for row in rows)
        out[name] = ListedFiling(title, kind, tuple(counts), files, found, tuple(map(tuple, missing)))
    return out
