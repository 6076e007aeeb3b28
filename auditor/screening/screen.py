"""Screen a folder: read what is new, audit what changed, and write down every step, so that any run can go on."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from auditor.errors import AuditorError
from auditor.messages import printable, say
from auditor.run.inputs import found
from auditor.screening.journal import Journal
from auditor.screening.local_workers import Lost
from auditor.screening.partitions import is_partition, partitions_of
from auditor.screening.records import Done, ScreenedFile
from auditor.screening.result_files import is_whole
from auditor.screening.work import audit_partition, read_source, sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from auditor.screening.job import Job
    from auditor.screening.local_workers import Workers
    from auditor.screening.records import Partition

    Progress = Callable[[str, int, int, int], None]  # what is done, how far, of how many, how many failed

T = TypeVar("T")
R = TypeVar("R")


@dataclass
class Screening:
    """What came out of a run: what was read and audited now, and what stands."""

    sources: dict[str, ScreenedFile] = field(default_factory=dict)
    partitions: list[Partition] = field(default_factory=list)
    done: dict[str, Done] = field(default_factory=dict)
    read: int = 0
    audited: int = 0
    remarks: list[str] = field(default_factory=list)  # on what was found of earlier runs

    @property
    def failed(self) -> list[tuple[str, str]]:
        """What could not be audited, with the reason, in order of names."""
        told = [pair for source in self.sources.values() for pair in source.failed]
        return sorted([*told, *(pair for done in self.done.values() for pair in done.failed)])

    @property
    def own(self) -> list[str]:
        """Files that hold nothing but what this program wrote: they are no filings."""
        return sorted(file for file, source in self.sources.items() if not source.parts and not source.failed)

    @property
    def filings(self) -> int:
        """How many filings were audited, now or before."""
        return sum(done.filings for done in self.done.values())


def screen(job: Job, workers: Workers, progress: Progress, *, rehash: bool = False) -> Screening:
    """Screen a folder. Raises `AuditorError` where results cannot be written; what was written before stands."""
    _refuse_others(job)
    paths, unsearched = found([job.folder], leave_out=job.out)
    files = [path.relative_to(job.folder).as_posix() for path in paths]
    out = Screening(remarks=[why for _, why in unsearched])
    with Journal(Path(job.out) / ".screen") as journal:
        out.remarks += [journal.remark] if journal.remark else []
        stale = list(_stale(files, journal, job, rehash=rehash))
        if stale:
            progress("screen.reading", 0, len(stale), 0)
        for number, source in enumerate(_answers(workers, read_source, job, stale, _unread), 1):
            journal.read(source)
            out.read += 1
            progress("screen.reading", number, len(stale), sum(bool(s.failed) for s in journal.sources.values()))
        out.sources = {file: journal.sources[file] for file in files if file in journal.sources}
        out.partitions = partitions_of(out.sources.values(), job, list(journal.done))
        todo = [one for one in out.partitions if not _is_done(one, journal, job)]
        filings = sum(len(one.parts) for one in todo)
        count = 0
        if todo:
            progress("screen.auditing", 0, filings, 0)
        for done in _answers(workers, audit_partition, job, todo, _unaudited):
            journal.audited(done)
            count += done.filings
            out.audited += done.filings
            progress("screen.auditing", count, filings, sum(len(one.failed) for one in journal.done.values()))
        journal.forget(files, out.partitions)
        out.done = {one.name: journal.done[one.name] for one in out.partitions}
        _tidy(job, {one.name for one in out.partitions})
    return out


def _answers(
    workers: Workers, work: Callable[[Job, T], R], job: Job, pieces: Iterable[T], lost: Callable[[Job, T], R]
) -> Iterator[R]:
    """The answers of the workers; for what was lost with its worker the answer that says so."""
    for piece, answer in workers.run(work, job, pieces):
        yield lost(job, piece) if isinstance(answer, Lost) else answer


def _stale(files: Iterable[str], journal: Journal, job: Job, *, rehash: bool) -> Iterator[str]:
    """The files that are new or changed: told by size and time, with `rehash` by their bytes."""
    for file in files:
        known = journal.sources.get(file)
        if known is None or known.mark != job.reading_mark:
            yield file
            continue
        path = Path(job.folder) / file
        try:
            status = path.stat()
        except OSError:
            yield file
            continue
        same = (status.st_size, status.st_mtime_ns) == (known.size, known.modified)
        if rehash or not same:
            if known.sha256 and sha256_of(path) == known.sha256:
                if not same:
                    journal.read(replace(known, size=status.st_size, modified=status.st_mtime_ns))
                continue
            yield file


def _is_done(partition: Partition, journal: Journal, job: Job) -> bool:
    done = journal.done.get(partition.name)
    if done is None or done.mark != partition.mark or not is_whole(job.results / partition.name):
        return False
    if not all((job.reports / partition.name / file).is_file() for file in done.reports):
        return False
    return not job.lists or (job.rows / f"{partition.name}.json").is_file()


def _unread(job: Job, file: str) -> ScreenedFile:
    """A file that made its process die, every time."""
    why = say("input.crashed", file=printable(file))
    path = Path(job.folder) / file
    size, modified = (os.stat(path).st_size, os.stat(path).st_mtime_ns) if path.exists() else (0, 0)  # noqa: PTH116
    return ScreenedFile(file, size, modified, job.reading_mark, sha256_of(path), failed=((file, why),))


def _unaudited(_: Job, partition: Partition) -> Done:
    why = say("screen.lost", partition=partition.name)
    return Done(partition.name, partition.mark, failed=tuple((file, why) for file, _ in partition.parts))


def _tidy(job: Job, names: set[str]) -> None:
    """Remove the results and reports of partitions that are no more."""
    for folder in (job.results, job.reports):
        for old in folder.iterdir() if folder.is_dir() else ():
            if old.name not in names and is_partition(old.name.removeprefix(".").removesuffix(".new")):
                shutil.rmtree(old, ignore_errors=True)
    for file in job.rows.iterdir() if job.rows.is_dir() else ():
        if file.stem not in names or not job.lists:
            file.unlink()


def _refuse_others(job: Job) -> None:
    """Keep results apart from what is not the program's: their folders are tidied. Raises `AuditorError`."""
    for folder in (job.results, job.reports):
        for old in sorted(folder.iterdir()) if folder.is_dir() else ():
            if not is_partition(old.name.removeprefix(".").removesuffix(".new")):
                file = f"{folder.name}/{old.name}"
                raise AuditorError("input.in_the_way", path=printable(job.out), file=printable(file))
