"""`auditor read FILE`: what was read from a file, figure by figure, and what was not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.common import config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import say

if TYPE_CHECKING:
    from auditor.filing import Filing, ReadTable


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@config_option
@rules_option
def read(files: tuple[str, ...], config: str | None, folders: tuple[str, ...]) -> None:
    """显示从文件中读到的每张表、每个数字的名称，以及没有读出的数字。

    Show every table that was read with its form, every figure under its address (to copy into a rule), and every
    line with a number that was not read.
    """
    from auditor.reading import read_filing

    settings, book = prepare(config, folders)
    status = 0
    for name in files:
        try:
            filing = read_filing([Path(name)], book.forms, entity_kind=settings.entity_kind)
        except AuditorError as error:
            if len(files) == 1:
                fail(error)
            click.echo(str(error), err=True)
            status = 2
            continue
        _show(filing)
    raise SystemExit(status)


def _show(filing: Filing) -> None:
    key = filing.key
    click.echo(
        say(
            "read.filing",
            entity=key.entity or "？",
            year=key.year or "？",
            report=say(f"report.{key.report}") if key.report else "？",
            edition=say(f"edition.{key.edition}").strip() if key.edition else "？",
            family=filing.family or "？",
        )
    )
    if not filing.tables:
        click.echo(say("read.none"))
    for table in filing.tables:
        _show_table(table)
    titles = [title for title in filing.announced if title not in {table.title for table in filing.tables}]
    if titles:
        click.echo("\n" + say("read.announced", titles="、".join(titles)))
    if filing.unread:
        click.echo("\n" + say("read.unread", count=len(filing.unread)))
    for item in filing.unread:
        text = " ".join(item.text.split())
        line = say("read.unread_line", line=item.place.line or "？", text=text, reason=say(item.reason))
        if item.candidates:
            line += " " + say("read.candidates", candidates="、".join(item.candidates))
        click.echo("  " + line)


def _show_table(table: ReadTable) -> None:
    figures = sum(fact.is_figure for fact in table.facts)
    head = say(
        "read.table",
        table=table.table or table.title,
        title=f"{table.number} {table.title}".strip(),
        line=table.place.line or "？",
        unit=table.unit or "？",
        facts=len(table.facts),
        figures=figures,
    )
    notes = [say(table.reason)] if table.reason else []
    if not table.complete and not table.reason:
        notes.append(say("read.incomplete"))
    if table.recovered:
        notes.append(say("read.recovered"))
    click.echo("\n" + head + (f"（{'；'.join(notes)}）" if notes else ""))
    for fact in table.facts:
        if fact.is_figure:
            click.echo(f"  {fact.address}\t{' '.join(fact.text.split())}")
