"""The two pieces of work of a screening: read one source, audit one partition. Local processes and a cluster run both.

Each writes what it made before it answers, and answers with little: a piece of work that is lost with its worker is
simply done again, and gives the same bytes.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.engine.findings import Severity
from auditor.errors import AuditorError
from auditor.limits import rare_collections
from auditor.messages import say, use_language
from auditor.run.inputs import bound, opened, whole
from auditor.run.output import stem_of, write_file
from auditor.screening.kept_parts import freeze, kept_name, thaw
from auditor.screening.records import Done, OutputError, Partition, ScreenedFile, SourcePart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.engine.findings import Audit
    from auditor.model.filing import Filing
    from auditor.run.settings import Settings
    from auditor.screening.job import Job

LARGE = 64  # filings in one chunk: more gain nothing


@rare_collections()
def read_source(job: Job, file: str) -> ScreenedFile:
    """Read a file, find what it has of filings, and keep that. Raises `OutputError` where it cannot be written."""
    use_language(job.lang)
    path = Path(job.folder) / file
    try:
        status = path.stat()
    except OSError as error:
        return ScreenedFile(file, 0, 0, job.reading_mark, failed=((file, error.strerror or str(error)),))
    source = ScreenedFile(file, status.st_size, status.st_mtime_ns, job.reading_mark, sha256_of(path))
    parts, filings, failed = [], [], []
    for item in opened([path]):
        if item.own:
            continue
        try:
            document, filing = bound(item, job.book, _settings(job))
        except Exception as error:  # noqa: BLE001 — a fault on one file must not cost the others
            failed.append((f"{file}!{item.member}" if item.member else file, _told(error)))
            continue
        parts.append(SourcePart(item.member, document.sha256, filing.key))
        filings.append(filing)
    if parts:
        _write(job.kept / kept_name(file), freeze(filings, job.book.forms))
    return ScreenedFile(*_head(source), tuple(parts), tuple(failed))


def _told(error: Exception) -> str:
    """What to say of an error: its sentence, or that it is the program's fault."""
    if isinstance(error, AuditorError):
        return str(error)
    return say("screen.fault", why=repr(error))


def _head(source: ScreenedFile) -> tuple[str, int, int, str, str]:
    return source.file, source.size, source.modified, source.mark, source.sha256


def _settings(job: Job) -> Settings:
    from auditor.model.units import Rounding
    from auditor.run.settings import Settings

    return Settings(Rounding(job.rounding), job.entity_kind)


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, or '' where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _write(path: Path, content: str | bytes) -> None:
    try:
        write_file(path, content)
    except AuditorError as error:
        raise OutputError(error.key, **error.values) from None


# -- partitions -------------------------------------------------------------------------------------------------


@dataclass
class _Screened:
    """What is known of one partition while it is audited."""

    job: Job
    partition: Partition
    filings: list[Filing] = field(default_factory=list)
    where: dict[int, list[str]] = field(default_factory=dict)  # filing → its files
    failed: list[tuple[str, str]] = field(default_factory=list)


@rare_collections()
def audit_partition(job: Job, partition: Partition) -> Done:
    """Audit the filings of a partition, write their reports and results. Raises `OutputError`."""
    use_language(job.lang)
    screened = _Screened(job, partition)
    audits = [audit for some in _chunks(_filings(screened)) for audit in _audited(some, screened)]
    if job.waivers:
        from auditor.store.waivers import apply_waivers

        apply_waivers(audits, job.waived, job.day)
    named = _named(audits)
    written, reports = _reports(named, screened)
    from auditor.screening.result_files import write_results

    try:
        write_results(job, partition, named, written)
    except OSError as error:
        raise OutputError("input.write", file=str(job.results), why=error.strerror or str(error)) from None
    return Done(
        partition.name,
        partition.mark,
        len(audits),
        sum(audit.count(Severity.ERROR) for audit in audits),
        sum(audit.count(Severity.WARNING) for audit in audits),
        tuple(screened.failed),
        tuple(sorted(reports)),
    )


def _named(audits: Iterable[Audit]) -> list[tuple[str, Audit]]:
    """The audits under the names of their reports, in their order; one file that is two filings is numbered."""
    named: dict[str, Audit] = {}
    for audit in audits:
        stem = stem_of(audit.filing.files[0])
        names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
        named[next(name for name in names if name not in named)] = audit
    return sorted(named.items())


def _filings(screened: _Screened) -> list[list[Filing]]:
    """The filings of a partition, those of one department together."""
    from auditor.reading.filings import grouped

    job = screened.job
    clusters: dict[str, list[Filing]] = {}
    for file, part in _parts(screened):
        clusters.setdefault(job.entities.together(part.key.entity) or f"?{file}", []).append(part)
    out = []
    for name in sorted(clusters):
        filings = []
        for members in grouped(clusters[name]):
            try:
                filings.append(whole(members, job.book))
            except Exception as error:  # noqa: BLE001
                screened.failed.append((members[0].files[0].file, _told(error)))
        out.append(filings)
    return out


def _parts(screened: _Screened) -> Iterator[tuple[str, Filing]]:
    """The kept parts of a partition; a source whose parts are lost is read again."""
    job = screened.job
    wanted: dict[str, list[int]] = {}
    for file, number in screened.partition.parts:
        wanted.setdefault(file, []).append(number)
    for file, numbers in wanted.items():
        kept = job.kept / kept_name(file)
        try:
            parts = thaw(kept, job.book.forms)
        except AuditorError:
            read_source(job, file)
            parts = thaw(kept, job.book.forms) if kept.exists() else []
        yield from ((file, parts[number]) for number in numbers if number < len(parts))


def _chunks(clusters: Iterable[Sequence[Filing]]) -> Iterator[list[Filing]]:
    """Filings that are bound together: whole departments, up to a size, with no table known under two layouts."""
    chunk: list[Filing] = []
    dynamic: dict[str, object] = {}
    for cluster in clusters:
        mine = {name: table for filing in cluster for name, table in filing.dynamic.items()}
        if chunk and (len(chunk) + len(cluster) > LARGE or any(dynamic.get(n, t) != t for n, t in mine.items())):
            yield chunk
            chunk, dynamic = [], {}
        chunk = [*chunk, *cluster]
        dynamic |= mine
    if chunk:
        yield chunk


def _audited(filings: Sequence[Filing], screened: _Screened) -> list[Audit]:
    """Audit a chunk; where the program fails on it, one filing after the other, so that the others are audited."""
    from auditor.engine.audit import audit_filings
    from auditor.model.units import Rounding

    job = screened.job
    try:
        return audit_filings(filings, job.book, Rounding(job.rounding), job.entities, prove_clean=job.every)
    except Exception as error:  # noqa: BLE001 — a fault on one filing must not cost the others
        if len(filings) > 1:
            return [audit for filing in filings for audit in _audited([filing], screened)]
        screened.failed.append((filings[0].files[0].file, _told(error)))
        return []


def _reports(named: Sequence[tuple[str, Audit]], screened: _Screened) -> tuple[dict[str, str], set[str]]:
    """Write the reports of a partition; what stood there of filings that are gone is removed.

    Returns the report to open first of each filing, and the names of all.
    """
    from auditor.reports.formats import FORMATS
    from auditor.reports.json_report import tool_data
    from auditor.reports.run import Run
    from auditor.rules.book import program_version

    job, name = screened.job, screened.partition.name
    folder = job.reports / name
    wanted = [
        (stem, audit) for stem, audit in named if job.every or audit.worst() in (Severity.ERROR, Severity.WARNING)
    ]
    run = Run(wanted, tool_data(program_version(), job.book.sha256, job.book), job.rounding)
    present: set[str] = set()
    first: dict[str, str] = {}
    for stem, audit in wanted:
        try:
            files = [
                written
                for kind in FORMATS
                if kind in job.formats
                for written in FORMATS[kind].of_filing(stem, audit, run)
            ]
        except Exception as error:  # noqa: BLE001
            screened.failed.append((audit.filing.files[0].file, _told(error)))
            continue
        for file, content in files:
            _write(folder / file, content)
            present.add(file)
            if stem not in first or file.endswith(".html"):
                first[stem] = f"reports/{name}/{file}"
    for old in folder.iterdir() if folder.is_dir() else ():
        if old.name not in present:
            old.unlink() if old.is_file() else shutil.rmtree(old)
    if job.lists:
        from auditor.reports.listed_filing import kept, listed

        _write(job.rows / f"{name}.json", kept({stem: listed(audit, job.rounding) for stem, audit in wanted}))
    return first, present
