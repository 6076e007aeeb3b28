"""The lists of a screening: filings ranked, what was not published, what could not be audited; and its page."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError
from auditor.messages import say
from auditor.reports.csv_report import BOM, csv_of, defused
from auditor.reports.findings_xlsx import list_of
from auditor.reports.formats import FORMATS
from auditor.reports.headline import key_text
from auditor.reports.listed_filing import thawed
from auditor.reports.pages import rendered
from auditor.rules.book import program_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.reports.formats import Written
    from auditor.reports.listed_filing import ListedFiling
    from auditor.screening.job import Job
    from auditor.screening.screen import Screening

    Row = dict[str, Any]
    Expected = tuple[Any, ...]

RANKING = (
    "rank",
    "entity",
    "department",
    "year",
    "report",
    "edition",
    "errors",
    "warnings",
    "infos",
    "at_stake",
    "confidence",
    "unread",
    "checked",
    "missing_tables",
    "files",
    "versions",
    "report_file",
)
MAX_SHOWN = 500  # filings on the page; all are in the list


def lists_of(
    ranked: Sequence[Row], expected: Sequence[Expected], failed: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """The lists as CSV files: name and content."""
    yield "ranking.csv", _csv(RANKING, ([_cell(row[name], name) for name in RANKING] for row in ranked))
    yield "failed.csv", _csv(("file", "reason"), failed)
    if expected:
        names = ("entity", "department", "year", "report", "edition", "published", "missing_tables")
        rows = ([_cell(value, name) for value, name in zip(line, names, strict=True)] for line in expected)
        yield "expected.csv", _csv(names, rows)


def lists_of_findings(ranked: Sequence[Row], failed: Sequence[tuple[str, str]], job: Job) -> Iterator[Written]:
    """The findings of all filings that have reports, in the order of the ranking: name and content of each list."""
    if not job.lists:
        return
    filings: list[ListedFiling] = []
    known: dict[str, dict[str, ListedFiling]] = {}
    for row in ranked:
        partition = row["partition"]
        if partition not in known:
            known[partition] = _kept_rows(job, partition)
        if filing := known[partition].pop(row["filing"], None):
            filings.append(filing)
    for name in job.lists:
        if name == "csv":
            yield FORMATS[name].batch, csv_of(row for filing in filings for row in filing.rows)
        else:
            tool = {"version": program_version(), "rules_sha256": job.book.sha256}
            yield FORMATS[name].batch, list_of(filings, tool, [why for _, why in failed])


def _kept_rows(job: Job, partition: str) -> dict[str, ListedFiling]:
    """The rows of a partition. Raises `AuditorError` where they cannot be read."""
    file = job.rows / f"{partition}.json"
    try:
        return thawed(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise AuditorError("input.os", file=str(file), why=str(error)) from None


def _csv(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(say(f"listed.{name}") for name in names)
    for row in rows:
        writer.writerow(defused(text) for text in row)
    return BOM + out.getvalue()


def _cell(value: Any, name: str) -> str:
    """A value as a cell says it: lists joined, kinds in words."""
    if isinstance(value, list):
        return "、".join(value)
    if name == "published":
        return say("screen.published" if value else "screen.not_published")
    if name in ("report", "edition"):
        return say(f"{name}.{value}").strip() if value else ""
    return "" if value is None else str(value)


def page_of(ranked: Sequence[Row], expected: Sequence[Expected], screening: Screening, job: Job) -> str:
    """The page of a screening: counts, the ranking, what is missing, what could not be audited."""
    due = [
        {
            "entity": line[0],
            "department": line[1],
            "kind": key_text(*line[2:5]),
            "published": line[5],
            "tables": "、".join(line[6]),
        }
        for line in expected
        if not line[5] or line[6]
    ]
    return rendered(
        "screening",
        verdict=say(
            "screen.done",
            filings=screening.filings,
            read=screening.read,
            audited=screening.audited,
            errors=sum(row["errors"] for row in ranked),
            warnings=sum(row["warnings"] for row in ranked),
            failed=len(screening.failed),
        ),
        tone="bad" if any(row["errors"] for row in ranked) else "ok",
        rows=[_shown(row) for row in ranked[:MAX_SHOWN]],
        count=len(ranked),
        due=due[:MAX_SHOWN],
        due_count=len(due),
        failed=screening.failed[:MAX_SHOWN],
        tool={"version": program_version(), "rules_sha256": job.book.sha256},
    )


def _shown(row: Row) -> Row:
    missing = row["missing_tables"]
    return {
        **row,
        "kind": key_text(row["year"], row["report"], row["edition"]),
        "stake": f"{row['at_stake']:,.2f}",
        "missing": say("screen.missing", tables="、".join(missing)) if missing else "",
        "files": "、".join(row["files"]),
        "versions": say("screen.versions", files="、".join(row["versions"])) if row["versions"] else "",
    }
