"""The store: results of all screenings of one folder in one file, for SQL. It can be made again from the results."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Self

from auditor.errors import AuditorError
from auditor.messages import say
from auditor.screening.result_files import append
from auditor.screening.store_schema import RESULTS, TABLES, ddl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from auditor.screening.job import Job
    from auditor.screening.screen import Screening

STORE = "screening.duckdb"
MOST_ASIDE = 1000  # stores of other versions that are kept side by side
BATCH = 64  # partitions taken in at once
MEMORY = "256MB"  # of the engine, whatever the size of the store
_SEEN = '"entity", "year", "report", "edition", "id"'


class Store:
    """The store beside the reports of a screening. As a context manager it is open.

    Read-only it is asked by others: their SQL reaches no other file, unless it is `free` to (to write an export).
    """

    def __init__(self, folder: Path, *, read_only: bool = False, free: bool = False) -> None:
        self.path = folder / STORE if folder.is_dir() or not read_only else folder
        self.read_only, self.free = read_only, free
        self.remark = ""  # that the store that was there could not be used, and is kept under another name
        self.engine: duckdb.DuckDBPyConnection

    def __enter__(self) -> Self:
        import duckdb

        if self.read_only and not self.path.is_file():
            raise AuditorError("store.none", path=str(self.path))
        settings: dict[str, str | bool | int | float | list[str]] = {"memory_limit": MEMORY}
        if self.read_only and not self.free:
            settings["enable_external_access"] = "false"
        for again in (False, True):
            try:
                self.engine = duckdb.connect(str(self.path), read_only=self.read_only, config=settings)
            except duckdb.Error as error:
                if self.read_only or again or _is_busy(error):
                    raise AuditorError("store.broken", path=str(self.path), why=_first(error)) from None
                self._set_aside()
                continue
            if self.read_only or self._fits():
                break
            self.engine.close()
            self._set_aside()
        if not self.read_only:
            for table in TABLES:
                self.engine.execute(ddl(table))
        return self

    def _fits(self) -> bool:
        """Whether the tables that are there have the columns of this version: another one may have written them."""
        import duckdb

        sql = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY column_index"
        there: dict[str, list[tuple[str, str]]] = {}
        try:
            for table, column, kind in self.engine.execute(sql).fetchall():
                there.setdefault(table, []).append((column, kind))
        except duckdb.Error:
            return False
        wanted = {table: [(column.name, column.type) for column in columns] for table, columns in TABLES.items()}
        return all(there.get(table, columns) == columns for table, columns in wanted.items())

    def _set_aside(self) -> None:
        """Keep what lies there under another name; the store is made again from the results."""
        names = (self.path.with_name(f"{self.path.stem}-{number}.damaged") for number in range(1, MOST_ASIDE))
        aside = next((name for name in names if not name.exists()), self.path.with_name(f"{self.path.stem}.damaged"))
        try:
            self.path.replace(aside)
            log = self.path.with_name(f"{self.path.name}.wal")
            if log.exists():
                log.replace(aside.with_name(f"{aside.name}.wal"))
        except OSError as error:
            raise AuditorError("input.write", file=str(self.path), why=error.strerror or str(error)) from None
        self.remark = say("store.set_aside", path=str(self.path), aside=aside.name)

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    def take_in(self, job: Job, screening: Screening) -> int:
        """Take in what a run has audited, a few partitions in one step, and return the number of the run.

        Partitions are known by their fingerprints: those that are in the store already are left alone, so that another
        run goes on. Raises `AuditorError` where there is no room; the store stands as it was before the step.
        """
        import duckdb

        try:
            run = self._runs() + 1
            changed = self._results(job, screening, run)
            self.engine.execute("BEGIN")
            self._sources(screening)
            if changed or self._newest() >= run or run == 1:
                self._seen(run)
                self._note(run, job, screening)
            self.engine.execute("COMMIT")
        except duckdb.Error as error:
            raise AuditorError("input.write", file=str(self.path), why=_first(error)) from None
        return self._runs()

    def _runs(self) -> int:
        return int(self.engine.execute("SELECT coalesce(max(run), 0) FROM runs").fetchall()[0][0])

    def _newest(self) -> int:
        """The run that wrote last: later than the last one that is noted where that run was stopped."""
        return int(self.engine.execute("SELECT coalesce(max(run), 0) FROM partitions").fetchall()[0][0])

    def _results(self, job: Job, screening: Screening, run: int) -> bool:
        """Replace the lines of partitions that changed, and remove those that are gone."""
        known = dict(self.engine.execute("SELECT partition, mark FROM partitions").fetchall())
        wanted = {one.name: one.mark for one in screening.partitions if one.name in screening.done}
        fresh = [
            name
            for name, mark in wanted.items()
            if known.get(name) != mark and (job.results / name / "filings.parquet").is_file()
        ]
        changed = [*fresh, *(name for name in known if name not in wanted)]
        for start in range(0, len(changed), BATCH):
            self.engine.execute("BEGIN")
            names = changed[start : start + BATCH]
            old = [name for name in names if name in known]
            for table in (*RESULTS, "partitions") if old else ():
                self.engine.execute(f'DELETE FROM "{table}" WHERE partition IN (SELECT unnest(?))', [old])
            new = [name for name in names if name in wanted]
            for table in RESULTS if new else ():
                files = [str(job.results / name / f"{table}.parquet") for name in new]
                self.engine.execute(f'INSERT INTO "{table}" SELECT * FROM read_parquet(?)', [files])
            if new:
                append(self.engine, "partitions", [(name, wanted[name], run) for name in new])
            self.engine.execute("COMMIT")
        return bool(changed)

    def _sources(self, screening: Screening) -> None:
        homes = {part: one.name for one in screening.partitions for part in one.parts}
        lines = []
        for source in screening.sources.values():
            lines += [
                (
                    source.file,
                    part.member,
                    source.size,
                    part.sha256,
                    *part.key,
                    homes.get((source.file, number), ""),
                    "",
                )
                for number, part in enumerate(source.parts)
            ]
            lines += [(name, "", source.size, source.sha256, "", 0, "", "", "", why) for name, why in source.failed]
        self._replace("sources", lines)

    def _replace(self, table: str, lines: Sequence[tuple[Any, ...]]) -> None:
        self.engine.execute(f'DELETE FROM "{table}"')
        if lines:
            append(self.engine, table, lines)

    def _seen(self, run: int) -> None:
        """Note findings that are new, and those that are there no more."""
        now = f"SELECT {_SEEN} FROM findings WHERE severity <> 'info'"
        open_ = f"SELECT {_SEEN} FROM seen WHERE gone IS NULL"
        self.engine.execute(f"UPDATE seen SET gone = {run} WHERE gone IS NULL AND ({_SEEN}) NOT IN ({now})")
        self.engine.execute(
            f"INSERT INTO seen SELECT {run}, NULL, {_SEEN}, min(rule), min(severity), min(message) FROM findings "
            f"WHERE severity <> 'info' AND ({_SEEN}) NOT IN ({open_}) GROUP BY {_SEEN}"
        )

    def expect(self, lines: Sequence[tuple[Any, ...]]) -> None:
        """Note what is due by the list, and what of it was found."""
        self._replace("expected", lines)

    def _note(self, run: int, job: Job, screening: Screening) -> None:
        from auditor.rules.book import program_version

        done = screening.done.values()
        append(
            self.engine,
            "runs",
            [
                (
                    run,
                    dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0),
                    program_version(),
                    job.book.sha256,
                    len(screening.sources),
                    screening.filings,
                    sum(one.errors for one in done),
                    sum(one.warnings for one in done),
                    len(screening.failed),
                )
            ],
        )

    def export(self, folder: Path) -> int:
        """Write every table as a Parquet file; return how many. Raises `AuditorError` where they cannot be written."""
        import duckdb

        try:
            folder.mkdir(parents=True, exist_ok=True)
            for table in TABLES:
                target = str(folder / f"{table}.parquet").replace("'", "''")
                self.engine.execute(
                    f"COPY (FROM \"{table}\" ORDER BY ALL) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
                )
        except (OSError, duckdb.Error) as error:
            raise AuditorError("input.write", file=str(folder), why=_first(error)) from None
        return len(TABLES)

    def ask(self, sql: str, values: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run a query: the names of its columns, and its rows. Raises `AuditorError` with what is wrong with it."""
        import duckdb

        try:
            answer = self.engine.execute(sql, list(values))
            return [column[0] for column in answer.description or ()], answer.fetchall()
        except duckdb.Error as error:
            raise AuditorError("store.query", why=_first(error)) from None


def _is_busy(error: Exception) -> bool:
    """Whether another process has the store open."""
    return re.search(r"\block\b|another process", str(error), re.IGNORECASE) is not None


def _first(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
