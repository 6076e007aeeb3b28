"""`auditor check PATH…`: audit filings, write one report per filing and an index."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from auditor.cli.common import chosen_formats, config_option, fail, known_entities, prepare, rules_option
from auditor.cli.page_progress import show_pages
from auditor.engine.findings import Severity
from auditor.errors import AuditorError
from auditor.messages import printable, say
from auditor.reports.formats import FORMATS
from auditor.run.inputs import Left, ReadAhead, bound, found, whole
from auditor.run.originals import Originals
from auditor.run.output import Outputs, stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from click._termui_impl import ProgressBar

    from auditor.engine.findings import Audit
    from auditor.model.entities import Entities
    from auditor.model.filing import Filing, Remark
    from auditor.reports.run import Run
    from auditor.rules.book import RuleBook
    from auditor.run.inputs import Opened
    from auditor.run.settings import Settings
    from auditor.store.saved_reports import SavedReport
    from auditor.store.waivers import Waiver

LIMIT: dict[str, tuple[Severity, ...]] = {
    "error": (Severity.ERROR,),
    "warning": (Severity.ERROR, Severity.WARNING),
    "never": (),
}
FEW = 5  # filings whose findings are shown on the terminal


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option(
    "--out",
    default="reports_out",
    show_default=True,
    type=click.Path(file_okay=False),
    help="报告文件夹 / folder for reports",
)
@click.option("--format", "formats", default="html,json", show_default=True, help=",".join(FORMATS))
@click.option(
    "--fail-on",
    type=click.Choice(list(LIMIT)),
    default="error",
    show_default=True,
    help="何时以状态 1 结束 / when to exit with 1",
)
@click.option(
    "--min-checked",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    help="印出的数字至少核对这个比例（0–1），否则状态为 2 / exit with 2 where a smaller share is checked",
)
@click.option("--as-one", is_flag=True, help="所有文件算一份 / all files are one filing")
@click.option("--separate", is_flag=True, help="每个文件各算一份 / every file is a filing of its own")
@click.option(
    "--waivers",
    "waived_by",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="豁免清单（默认：auditor.toml 旁的 waivers.yaml） / waivers (default: waivers.yaml beside auditor.toml)",
)
@click.option(
    "--baseline",
    "baselines",
    multiple=True,
    type=click.Path(),
    help="以前的 JSON 报告或其文件夹，标明新增、原有、消失的疑点 / earlier JSON reports: what is new, as before, gone",
)
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="按哪一天判断豁免是否到期（默认今天） / the day on which waivers are judged (default: today)",
)
@click.option(
    "--entities",
    "listed",
    type=click.Path(dir_okay=False),
    help="单位名单（CSV：单位名称、主管部门、曾用名） / list of entities, their departments, former names",
)
@config_option
@rules_option
def check(
    paths: tuple[str, ...],
    out: str,
    formats: str,
    fail_on: str,
    min_checked: float | None,
    as_one: bool,
    separate: bool,
    waived_by: tuple[str, ...],
    baselines: tuple[str, ...],
    today: dt.datetime | None,
    listed: str | None,
    config: str | None,
    folders: tuple[str, ...],
) -> None:
    """核对公开文件（文件、文件夹或 ZIP 压缩包），每份写一个报告。

    Audit filings (files, folders or ZIP archives) and write a report for each. Exit status: 0 clean, 1 findings at or
    above --fail-on, 2 something could not be audited.
    """
    chosen = chosen_formats(formats, FORMATS)
    entities = known_entities(listed)
    files, failed = found(paths, leave_out=out)
    originals, left = Originals(), Left()
    show_pages()
    with ReadAhead(files) as reading:  # the worker starts while the rules load
        settings, book = prepare(config, folders)
        earlier = _Earlier.given(waived_by, baselines, settings, book)
        parts = _bind_all(originals.noted(left.out(_progress(reading, len(files)))), book, settings, failed)
    if left.files and not parts and not failed:
        fail(left.line())
    filings = _put_together(parts, book, failed, as_one=as_one, separate=separate)
    outputs = Outputs(Path(out), _baseline_files(baselines))
    endings = [FORMATS[name].ending for name in chosen if FORMATS[name].ending]
    names = outputs.free_stems(stems([filing.files[0] for filing in filings]), endings)
    audits = list(zip(names, _audit_all(filings, book, settings, entities), strict=True))
    from auditor.reports.json_report import tool_data
    from auditor.reports.run import Run
    from auditor.rules.book import program_version

    warnings = earlier.told([audit for _, audit in audits], today.date() if today else dt.date.today())  # noqa: DTZ011
    try:
        run = Run(
            audits,
            tool_data(program_version(), book.sha256, book),
            settings.rounding.value,
            failed,
            warnings,
            originals,
            tuple(chosen),
        )
        page = _write_all(run, outputs)
    except AuditorError as error:
        fail(error)
    from auditor.reports.places import remark_text
    from auditor.reports.summary import summary_line

    outputs.tell()
    for why in [*filter(None, [left.line()]), *(why for _, why in failed), *map(remark_text, warnings)]:
        click.echo(why, err=True)
    _tell(audits)
    if page:
        click.echo(say("cli.report", path=str(Path(out) / page)))
    click.echo(summary_line(audits, failed))
    few = _too_few(audits, min_checked)
    for line in few:
        click.echo(line, err=True)
    if failed or few:
        raise SystemExit(2)
    if any(audit.count(severity) for _, audit in audits for severity in LIMIT[fail_on]):
        raise SystemExit(1)


class _Earlier(NamedTuple):
    """What was known before the run: waivers, and the reports that it is compared with."""

    waivers: tuple[Waiver, ...] = ()
    reports: tuple[SavedReport, ...] = ()

    @classmethod
    def given(
        cls, waived_by: tuple[str, ...], baselines: Sequence[str], settings: Settings, book: RuleBook
    ) -> _Earlier:
        """Read the files that were given, or end with exit status 2."""
        from auditor.store.waivers import WAIVERS, load_waivers

        beside = Path(settings.file).parent / WAIVERS
        try:
            files = [Path(text) for text in waived_by] or ([beside] if beside.is_file() else [])
            waivers = tuple(waiver for file in files for waiver in load_waivers(file, book.by_id))
            if not baselines:
                return cls(waivers)
            from auditor.store.saved_reports import load_reports

            return cls(waivers, tuple(load_reports(Path(text) for text in baselines)))
        except AuditorError as error:
            fail(error)

    def told(self, audits: Sequence[Audit], today: dt.date) -> list[Remark]:
        """Write it on the findings, and return what is wrong with it."""
        from auditor.model.filing import Remark
        from auditor.store.baseline import compare_with
        from auditor.store.waivers import apply_waivers

        remarks = apply_waivers(audits, self.waivers, today) if self.waivers else []
        unused = compare_with(audits, self.reports) if self.reports else []
        return remarks + [Remark("baseline.unused", {"file": name}, name) for name in unused]


def _too_few(audits: Sequence[tuple[str, Audit]], least: float | None) -> list[str]:
    """A sentence on each filing of whose printed numbers a smaller share was checked than is wanted."""
    from auditor.engine.tally import tally_of
    from auditor.reports.html.filing import share

    return [
        printable(
            say(
                "cli.too_few",
                files=say("input.between").join(file.file for file in audit.filing.files),
                share=share(audit),
                least=f"{least:.1%}",
            )
        )
        for _, audit in audits
        if least is not None and tally_of(audit).share < least
    ]


def _tell(audits: Sequence[tuple[str, Audit]]) -> None:
    """Show findings and remarks of a few filings; of many, what is to be mended and which files were left out."""
    from auditor.reports.plain import filing_lines, short_lines

    for _, audit in audits:
        for line in filing_lines(audit) if len(audits) <= FEW else short_lines(audit):
            click.echo(line)


def _bind_all(
    items: Iterable[Opened], book: RuleBook, settings: Settings, failed: list[tuple[str, str]]
) -> list[Filing]:
    """Make filings of what was read; what cannot be is told and the rest goes on."""
    parts: list[Filing] = []
    for item in items:
        try:
            parts.append(bound(item, book, settings)[1])
        except AuditorError as error:
            failed.append((item.name, str(error)))
    return parts


def _put_together(
    parts: Sequence[Filing], book: RuleBook, failed: list[tuple[str, str]], *, as_one: bool, separate: bool
) -> list[Filing]:
    """Put the files of each filing together; what cannot be is told and the rest goes on."""
    from auditor.reading.filings import grouped

    filings: list[Filing] = []
    groups = list(grouped(parts, as_one=as_one, separate=separate))
    with _bar("cli.joining", len(groups)) as bar:
        for members in groups:
            try:
                filings.append(whole(members, book))
            except AuditorError as error:
                failed.append((members[0].files[0].file, str(error)))
            bar.update(1)
    return filings


def _progress(items: Iterable[Opened], count: int) -> Iterator[Opened]:
    """Show how many of the files are read and bound."""
    with _bar("cli.reading", count) as bar:
        for item in items:
            yield item
            if item.last:
                bar.update(1)


def _bar(stage: str, count: int) -> ProgressBar[int]:
    """The progress of one stage of the run on the terminal, when there is more than one piece of work in it."""
    hidden = count < 2 or not sys.stderr.isatty()
    return click.progressbar(length=count, label=say(stage), file=sys.stderr, hidden=hidden)


def _audit_all(filings: Sequence[Filing], book: RuleBook, settings: Settings, entities: Entities) -> list[Audit]:
    """Audit all filings, in their order."""
    from auditor.run.together import audited

    found: dict[int, Audit] = {}
    with _bar("cli.auditing", len(filings)) as bar:
        for members in audited(filings, book, settings, entities):
            found.update(members)
            bar.update(len(members))
    return [found[number] for number in range(len(filings))]


def _baseline_files(baselines: Iterable[str]) -> Iterator[Path]:
    """The earlier reports that the run is compared with: they are read, so they are not written over."""
    for path in map(Path, baselines):
        yield from path.glob("*.json") if path.is_dir() else (path,)


def _write_all(run: Run, outputs: Outputs) -> str:
    """Write every format of every filing, then those of the whole run; data before pages. The name of the index."""
    formats = [name for name in FORMATS if name in run.formats]
    page = ""
    with _bar("cli.writing", len(run.audits) + len(formats)) as bar:
        for stem, audit in run.audits:
            for name in formats:
                for file, content in FORMATS[name].of_filing(stem, audit, run):
                    outputs.write(file, content)
            bar.update(1)
        for name in formats:
            for file, content in FORMATS[name].of_run(run):
                written = outputs.write(file, content)
                page = written if name == "html" else page
            bar.update(1)
    return page
