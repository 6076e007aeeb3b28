"""The results of one partition as Parquet files: filings, figures, findings, failed checks, rules."""

from __future__ import annotations

import os
import shutil
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from auditor.engine.facts.chunk import Status, info_of
from auditor.engine.findings import Severity
from auditor.engine.verdicts import Verdict
from auditor.messages import say
from auditor.model.facts import ReadBy
from auditor.reading.versions import LEFT_OUT
from auditor.reports.json_report import summary_data
from auditor.reports.places import place_text
from auditor.reports.rows import rows_of
from auditor.screening.store_schema import RESULTS, TABLES, ddl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb
    import pandas as pd

    from auditor.engine.findings import Audit
    from auditor.model.filing import Filing
    from auditor.reports.rows import FindingRow
    from auditor.screening.job import Job
    from auditor.screening.records import Partition

StoreLine = tuple[Any, ...]
_local = threading.local()
_END = b"PAR1"


def write_results(
    job: Job, partition: Partition, audits: Sequence[tuple[str, Audit]], reports: Mapping[str, str]
) -> None:
    """Write the results of a partition, whole or not at all. Raises `OSError` where they cannot be written."""
    lines: dict[str, list[StoreLine]] = {table: [] for table in RESULTS}
    for stem, audit in audits:
        head = (partition.name, stem)
        for table, some in _lines(audit, job, reports.get(stem, "")).items():
            lines[table] += [(*head, *line) for line in some]
    folder = job.results / partition.name
    fresh = job.results / f".{partition.name}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        for table, some in lines.items():
            write_parquet(fresh / f"{table}.parquet", table, some)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def is_whole(folder: Path) -> bool:
    """Whether the results of a partition are there and no file of them was cut short: each ends as Parquet does."""
    try:
        for table in RESULTS:
            with (folder / f"{table}.parquet").open("rb") as file:
                file.seek(-len(_END), os.SEEK_END)
                if file.read() != _END:
                    return False
    except OSError:
        return False
    return True


def connection() -> duckdb.DuckDBPyConnection:
    """An engine without a file, one for each thread; it uses one core and gives the same bytes every time."""
    import duckdb

    if not hasattr(_local, "engine"):
        _local.engine = duckdb.connect(":memory:", config={"threads": "1"})
    found: duckdb.DuckDBPyConnection = _local.engine
    return found


def write_parquet(path: Path, table: str, lines: Sequence[StoreLine]) -> None:
    """Write lines of a table of the schema as a Parquet file. Raises `OSError` where it cannot be written."""
    import duckdb

    engine = connection()
    try:
        engine.execute(f'DROP TABLE IF EXISTS "{table}"')
        engine.execute(ddl(table))
        if lines:
            append(engine, table, lines)
        target = str(path).replace("'", "''")
        engine.execute(f"COPY \"{table}\" TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    except (duckdb.IOException, duckdb.FatalException, duckdb.InternalException) as error:
        raise OSError(str(error)) from None
    finally:
        _local.__dict__.pop("engine", None) if _broken(engine) else engine.execute(f'DROP TABLE IF EXISTS "{table}"')


def _broken(engine: duckdb.DuckDBPyConnection) -> bool:
    """Whether an engine can be used no more."""
    import duckdb

    try:
        engine.execute("SELECT 1")
    except duckdb.Error:
        return True
    return False


def append(engine: duckdb.DuckDBPyConnection, table: str, lines: Sequence[StoreLine]) -> None:
    """Add lines to a table of the schema."""
    import pandas as pd

    columns = TABLES[table]
    data = {
        column.name: _series(values, column.type)
        for column, values in zip(columns, zip(*lines, strict=True), strict=True)
    }
    engine.register("lines", pd.DataFrame(data))
    casts = ", ".join(f'CAST("{column.name}" AS {column.type})' for column in columns)
    engine.execute(f'INSERT INTO "{table}" SELECT {casts} FROM lines')
    engine.unregister("lines")


def _series(values: Sequence[Any], kind: str) -> pd.Series[Any]:
    """The values of a column under a type of its own: one that is guessed may be too small."""
    import pandas as pd

    if kind in _WHOLE:
        return pd.Series(values, dtype="Int64")
    if kind.startswith("DECIMAL"):
        return pd.Series([None if value is None else str(value) for value in values], dtype=object)
    return pd.Series(values, dtype=object)


_WHOLE = ("INTEGER", "BIGINT")


# -- the lines of one filing --------------------------------------------------------------------------------------


def _lines(audit: Audit, job: Job, report: str) -> dict[str, list[StoreLine]]:
    key = audit.filing.key
    entity = job.entities.name(key.entity)
    about = (entity, key.year, key.report, key.edition)
    rows = list(rows_of(audit, job.rounding))
    return {
        "filings": [_filing(audit, job, report, entity, rows)],
        "figures": [(*about, *line) for line in _figures(audit)],
        "findings": [(*about, *line) for line in _findings(audit, rows)],
        "checks": [(entity, key.year, *line) for line in _checks(audit)],
        "rules": [(entity, key.year, *line) for line in _rules(audit)],
    }


def _filing(audit: Audit, job: Job, report: str, entity: str, rows: Sequence[FindingRow]) -> StoreLine:
    filing, counts = audit.filing, summary_data(audit)
    status = info_of(filing, job.book.forms).status
    home = job.entities.together(filing.key.entity)
    stakes = [
        abs(Decimal(row.at_stake or 0))
        for finding, row in zip(audit.findings, rows, strict=True)
        if finding.severity is not Severity.INFO and not finding.waived
    ]
    return (
        entity,
        filing.key.entity,
        home if home != entity else "",
        filing.key.year,
        filing.key.report,
        filing.key.edition,
        filing.family,
        filing.money_unit,
        [file.file for file in filing.files],
        [file.sha256 for file in filing.files],
        _versions(filing),
        report,
        counts["checks"],
        *(audit.ledger[verdict] for verdict in _VERDICTS),
        *(audit.count(severity) for severity in Severity),
        max(stakes, default=Decimal(0)),
        counts["facts"]["read"],
        counts["facts"]["unread"],
        sum(fact.is_figure and fact.read_by is not ReadBy.PRINTED for fact in filing.facts),
        audit.checked,
        sorted(table for table, what in status.items() if what is Status.MISSING),
    )


def _versions(filing: Filing) -> list[str]:
    """The files that were left out: older versions and copies."""
    return [name for key, values, _ in filing.remarks if key in LEFT_OUT for name in values["other"].split("、")]


_VERDICTS = (
    Verdict.CONSISTENT,
    Verdict.ROUNDING,
    Verdict.INCONSISTENT,
    Verdict.NOT_EVALUATED,
    Verdict.NOT_APPLICABLE,
    Verdict.BROKEN_RULE,
)


def _figures(audit: Audit) -> Iterator[StoreLine]:
    for fact, mark in zip(audit.filing.facts, audit.marks, strict=False):
        if fact.is_figure:
            yield (
                str(fact.address),
                *fact.address,
                fact.kind.value,
                fact.text,
                fact.value,
                fact.step,
                fact.unit,
                mark.value,
                fact.read_by.value,
                fact.place.file,
                fact.place.page,
                place_text(fact.place, file=False),
            )


def _findings(audit: Audit, rows: Sequence[FindingRow]) -> Iterator[StoreLine]:
    for finding, row in zip(audit.findings, rows, strict=True):
        review = finding.review if finding.waived else None
        yield (
            finding.id,
            finding.rule.id,
            list(finding.rule_ids),
            row.title,
            finding.rule.kind.value,
            finding.severity.value,
            finding.verdict.key,
            row.address,
            row.printed,
            row.expected,
            row.difference,
            row.unit,
            Decimal(row.at_stake or 0),
            row.message,
            row.place,
            row.file,
            finding.recognised,
            finding.waived,
            review.who if review else "",
            str(review.until or "") if review else "",
            review.reason if review else "",
        )


def _checks(audit: Audit) -> Iterator[StoreLine]:
    for finding in audit.findings:
        for check in finding.checks:
            yield (
                finding.id,
                check.rule.id,
                check.statement,
                check.verdict.key,
                check.gap,
                check.allowed,
                check.scale,
                [str(audit.facts[operand.fact].address) for operand in check.operands],
            )


def _rules(audit: Audit) -> Iterator[StoreLine]:
    failed: dict[str, int] = {}
    lacking: dict[str, dict[str, int]] = {}
    for finding in audit.findings:
        for check in finding.checks:
            failed[check.rule.id] = failed.get(check.rule.id, 0) + 1
    for item in audit.not_evaluated:
        reasons = lacking.setdefault(item.rule.id, {})
        reasons[say(item.reason.key)] = reasons.get(say(item.reason.key), 0) + item.count
    for rule in sorted({*audit.passed, *failed, *lacking}):
        reasons = lacking.get(rule, {})
        why = max(sorted(reasons), key=lambda reason: reasons[reason], default="")
        yield rule, audit.passed.get(rule, 0), failed.get(rule, 0), sum(reasons.values()), why
