"""`auditor check PATH…`: audit filings, write one report per filing and an index."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.common import chosen_formats, config_option, fail, prepare, rules_option
from auditor.cli.inputs import Reading, bound, found, whole
from auditor.cli.output import stems, write_file
from auditor.engine.results import Severity
from auditor.errors import AuditorError
from auditor.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.cli.common import Settings
    from auditor.cli.inputs import Opened
    from auditor.engine.results import Audit
    from auditor.filing import Filing
    from auditor.rules.book import RuleBook

FORMATS = ("html", "json")
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
@click.option("--format", "formats", default="html,json", show_default=True, help="html,json")
@click.option(
    "--fail-on",
    type=click.Choice(list(LIMIT)),
    default="error",
    show_default=True,
    help="何时以状态 1 结束 / when to exit with 1",
)
@click.option("--as-one", is_flag=True, help="所有文件算一份 / all files are one filing")
@click.option("--separate", is_flag=True, help="每个文件各算一份 / every file is a filing of its own")
@config_option
@rules_option
def check(
    paths: tuple[str, ...], out: str, formats: str, fail_on: str, as_one: bool, separate: bool,
    config: str | None, folders: tuple[str, ...],
) -> None:  # fmt: skip
    """核对公开文件（文件、文件夹或 ZIP 压缩包），每份写一个报告。

    Audit filings (files, folders or ZIP archives) and write a report for each. Exit status: 0 clean, 1 findings at or
    above --fail-on, 2 something could not be audited.
    """
    chosen = chosen_formats(formats, FORMATS)
    files, failed = found(paths, leave_out=out)
    with Reading(files) as reading:  # the worker starts while the rules load
        settings, book = prepare(config, folders)
        parts = _bind_all(_progress(reading, len(files)), book, settings, failed)
    filings = _put_together(parts, book, failed, as_one=as_one, separate=separate)
    audits = _audit_all(filings, book, settings)
    try:
        _write_all(audits, failed, Path(out), chosen, book, settings)
    except AuditorError as error:
        fail(error)
    from auditor.reports.html import summary_line

    for _, why in failed:
        click.echo(why, err=True)
    _tell(audits)
    if "html" in chosen:
        click.echo(say("cli.report", path=str(Path(out) / "index.html")))
    click.echo(summary_line(audits, failed))
    if failed:
        raise SystemExit(2)
    if any(audit.count(severity) for _, audit in audits for severity in LIMIT[fail_on]):
        raise SystemExit(1)


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
    from auditor.reading import grouped

    filings: list[Filing] = []
    for members in grouped(parts, as_one=as_one, separate=separate):
        try:
            filings.append(whole(members, book))
        except AuditorError as error:
            failed.append((members[0].files[0].file, str(error)))
    return filings


def _progress(items: Iterable[Opened], count: int) -> Iterator[Opened]:
    """Show a progress bar on the terminal when there is more than one file."""
    hidden = count < 2 or not sys.stderr.isatty()
    with click.progressbar(length=count, label=say("cli.reading"), file=sys.stderr, hidden=hidden) as bar:
        for item in items:
            yield item
            if item.last:
                bar.update(1)


def _audit_all(filings: Sequence[Filing], book: RuleBook, settings: Settings) -> list[tuple[str, Audit]]:
    """Audit all filings; those of one entity together, so that last year's filing is seen from this year's."""
    if not filings:
        return []
    from auditor.engine.audit import audit_filings

    by_entity: dict[str, list[Filing]] = {}
    for number, filing in enumerate(filings):
        by_entity.setdefault(filing.key.entity or f"?{number}", []).append(filing)
    audited = {
        id(audit.filing): audit
        for members in by_entity.values()
        for audit in audit_filings(members, book, settings.rounding)
    }
    return [
        (stem, audited[id(filing)])
        for stem, filing in zip(stems([filing.files[0] for filing in filings]), filings, strict=True)
    ]


def _write_all(
    audits: Sequence[tuple[str, Audit]], failed: Sequence[tuple[str, str]], out: Path, formats: Sequence[str],
    book: RuleBook, settings: Settings,
) -> None:  # fmt: skip
    from auditor.reports.json_report import dumps, filing_data, index_data, tool_data
    from auditor.rules.book import program_version

    tool = tool_data(program_version(), book.sha256, book)
    if "html" in formats:
        from auditor.reports.html import filing_html, index_html
    for stem, audit in audits:
        if "json" in formats:
            write_file(out / f"{stem}.json", dumps(filing_data(audit, tool)))
        if "html" in formats:
            write_file(out / f"{stem}.html", filing_html(audit, tool, settings.rounding.value))
    if "json" in formats:
        write_file(out / "index.json", dumps(index_data(audits, failed, tool)))
    if "html" in formats:
        write_file(out / "index.html", index_html(audits, failed, tool))
