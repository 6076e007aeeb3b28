"""`auditor screen DIR`: audit thousands of filings, go on where a run was stopped, rank what was found."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.common import chosen_formats, config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import language, say
from auditor.reports.formats import FORMATS
from auditor.run.inputs import left_out_line

if TYPE_CHECKING:
    from auditor.screening.job import Job
    from auditor.screening.local_workers import Workers
    from auditor.screening.screen import Screening

SHOWN = 10  # of the ranking, on the terminal
EVERY = 30  # seconds between lines of progress where there is no terminal


@click.command()
@click.argument("folder", type=click.Path())
@click.option(
    "--out",
    default="reports_out",
    show_default=True,
    type=click.Path(file_okay=False),
    help="结果文件夹，再运行时接着做 / folder for results; another run goes on there",
)
@click.option("--format", "formats", default="html,json", show_default=True, help=",".join(FORMATS))
@click.option(
    "--reports",
    "every",
    type=click.Choice(["findings", "all"]),
    default="findings",
    show_default=True,
    help="只为有错误或待说明的写报告，或全部写 / reports for filings with errors or warnings, or for all",
)
@click.option(
    "--expect",
    "listed",
    type=click.Path(dir_okay=False),
    help="应公开的单位名单（CSV：单位名称、主管部门、曾用名、年度、报告） / list of entities that have to publish",
)
@click.option(
    "--rehash", is_flag=True, help="按内容而不是大小和时间判断文件是否变过 / tell changed files by their bytes"
)
@click.option(
    "--jobs", type=click.IntRange(min=0), default=0, help="进程数（默认用全部核） / processes (default: all cores)"
)
@click.option(
    "--cluster", help="用 Dask 运行：local 或 tcp://地址 / run on Dask: local or the address of its scheduler"
)
@click.option(
    "--waivers",
    "waived_by",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="豁免清单（默认：auditor.toml 旁的 waivers.yaml） / waivers (default: waivers.yaml beside auditor.toml)",
)
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天判断豁免 / the day on which waivers are judged"
)
@config_option
@rules_option
def screen(
    folder: str,
    out: str,
    formats: str,
    every: str,
    listed: str | None,
    rehash: bool,
    jobs: int,
    cluster: str | None,
    waived_by: tuple[str, ...],
    today: dt.datetime | None,
    config: str | None,
    folders: tuple[str, ...],
) -> None:
    """批量核对一个文件夹中的公开文件：可中断、可接续，按严重程度排序。

    Screen the filings of a folder on all cores. Stopped at any point and run again, it goes on; what has not changed
    is not audited again. Exit status: 0 done, 2 something could not be audited.
    """
    chosen = chosen_formats(formats, FORMATS)
    if not Path(folder).is_dir():
        fail(AuditorError("screen.no_folder", path=folder))
    job = _job(folder, out, chosen, every == "all", listed, waived_by, today, config, folders)
    progress = Progress()
    try:
        job.entities  # noqa: B018 — a list that is not right is told before anything is read
        workers = _workers(cluster, jobs)
        try:
            from auditor.screening.screen import screen as run

            screening = run(job, workers, progress.show, rehash=rehash)
        finally:
            workers.close()
        progress.end()
        for remark in screening.remarks:
            click.echo(remark, err=True)
        _publish(job, screening)
    except AuditorError as error:
        progress.end()
        fail(error)
    if screening.failed:
        raise SystemExit(2)


def _job(
    folder: str,
    out: str,
    formats: list[str],
    every: bool,
    listed: str | None,
    waived_by: tuple[str, ...],
    today: dt.datetime | None,
    config: str | None,
    folders: tuple[str, ...],
) -> Job:
    from auditor.screening.job import Job
    from auditor.store.waivers import WAIVERS

    settings, _ = prepare(config, folders)
    beside = Path(settings.file).parent / WAIVERS
    waivers = list(waived_by) or ([str(beside)] if beside.is_file() else [])
    day = today.date() if today else dt.date.today()  # noqa: DTZ011
    return Job(
        str(Path(folder).resolve()),
        str(Path(out).resolve()),
        _absolute([*settings.rules, *folders]),
        settings.off,
        settings.rounding.value,
        settings.entity_kind,
        str(Path(listed).resolve()) if listed else "",
        _absolute(waivers),
        day.isoformat(),
        tuple(formats),
        every,
        language(),
    )


def _absolute(paths: list[str]) -> tuple[str, ...]:
    return tuple(str(Path(path).resolve()) for path in paths)


def _workers(cluster: str | None, jobs: int) -> Workers:
    if cluster is None:
        from auditor.screening.local_workers import LocalWorkers

        return LocalWorkers(jobs)
    from auditor.screening.cluster_workers import ClusterWorkers

    return ClusterWorkers(cluster, jobs)


class Progress:
    """One line that says how far the work is: on a terminal over and over, elsewhere now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._stage = ""
        self._start = self._last = 0.0
        self._open = False

    def show(self, stage: str, done: int, count: int, failed: int) -> None:
        """Say how far a stage is."""
        now = time.monotonic()
        if stage != self._stage:
            self.end()
            self._stage, self._start, self._last = stage, now, now
        if now - self._last < (0.2 if self._terminal else EVERY) and done < count:
            return
        self._last = now
        pace = done / (now - self._start) if now > self._start else 0.0
        left = (count - done) / pace if pace else 0.0
        text = say(stage, done=done, count=count, pace=f"{pace:.1f}", left=_clock(left), failed=failed)
        click.echo(f"\r\x1b[K{text}" if self._terminal else text, err=True, nl=not self._terminal)
        self._open = self._terminal

    def end(self) -> None:
        """Leave the line as it is and begin a new one."""
        if self._open:
            click.echo(err=True)
        self._open = False


def _clock(seconds: float) -> str:
    """Hours, minutes and seconds: 1:02:03."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def _publish(job: Job, screening: Screening) -> None:
    """Take the results into the store, write the lists, say what was found."""
    from auditor.run.output import Outputs
    from auditor.screening.lists import lists_of, lists_of_findings, page_of
    from auditor.screening.ranking import RANKED, expected_lines
    from auditor.screening.store import Store

    with Store(Path(job.out)) as store:
        if store.remark:
            click.echo(store.remark, err=True)
        store.take_in(job, screening)
        expected = expected_lines(store, job.entities)
        store.expect(expected)
        columns, rows = store.ask(RANKED)
    ranked = [dict(zip(columns, row, strict=True)) for row in rows]
    outputs = Outputs(Path(job.out))
    for name, content in lists_of(ranked, expected, screening.failed):
        outputs.write(name, content)
    for name, made in lists_of_findings(ranked, screening.failed, job):
        outputs.write(name, made)
    index = outputs.write("index.html", page_of(ranked, expected, screening, job))
    outputs.tell()
    if screening.own:
        click.echo(left_out_line(screening.own), err=True)
    for row in ranked[:SHOWN]:
        if row["errors"] or row["warnings"]:
            click.echo(say("screen.ranked", **row | {"what": _what(row)}))
    absent = sum(not line[5] for line in expected)
    if expected:
        click.echo(
            say("screen.expected", count=len(expected), absent=absent, lacking=sum(bool(line[6]) for line in expected))
        )
    for _, why in screening.failed[:SHOWN]:
        click.echo(why, err=True)
    click.echo(say("cli.report", path=str(Path(job.out) / index)))
    click.echo(
        say(
            "screen.done",
            filings=screening.filings,
            read=screening.read,
            audited=screening.audited,
            errors=sum(row["errors"] for row in ranked),
            warnings=sum(row["warnings"] for row in ranked),
            failed=len(screening.failed),
        )
    )


def _what(row: dict[str, Any]) -> str:
    from auditor.reports.headline import key_text

    return key_text(row["year"], row["report"], row["edition"])
