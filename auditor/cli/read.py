"""`auditor read FILE`: what was read from a file, figure by figure, and what was not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.common import chosen_formats, config_option, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import printable, say
from auditor.reports.footings import footing_lines
from auditor.reports.places import place_text, remarks, table_notes
from auditor.run.inputs import Left, ReadAhead, bound, found
from auditor.run.output import Outputs, stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Document
    from auditor.model.filing import Filing, ReadTable, SourceFile

FORMATS = ("xlsx", "json")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--out", type=click.Path(file_okay=False), help="写成文件，而不显示 / write files into a folder instead")
@click.option("--format", "formats", default="xlsx,json", show_default=True, help="xlsx,json")
@config_option
@rules_option
def read(files: tuple[str, ...], out: str | None, formats: str, config: str | None, folders: tuple[str, ...]) -> None:
    """显示从文件中读到的每张表、每个数字的名称，以及没有读出的数字；用 --out 写成 XLSX 和 JSON，便于与原件对照。

    Show every table that was read with its form, every figure under its address (to copy into a rule), and every
    line with a number that was not read. With --out, write it as XLSX and JSON, to be held against the document.
    """
    chosen = chosen_formats(formats, FORMATS)
    paths, failed = found(files, leave_out=out or "")
    left, outputs = Left(), Outputs(Path(out or "."))
    with ReadAhead(paths) as reading:
        settings, book = prepare(config, folders)
        done: list[SourceFile] = []
        for item in left.out(reading):
            try:
                document, filing = bound(item, book, settings, alone=True)
                if out:
                    done.append(filing.files[0])
                    _write(document, filing, outputs, stems(done)[-1], chosen, book.sha256)
                else:
                    _show(filing)
            except AuditorError as error:
                failed.append((item.name, str(error)))
    outputs.tell()
    for why in [*filter(None, [left.line()]), *(why for _, why in failed)]:
        click.echo(why, err=True)
    raise SystemExit(2 if failed else 0)


def _write(document: Document, filing: Filing, outputs: Outputs, stem: str, formats: Sequence[str], rules: str) -> None:
    """Write what was read as `<stem>.read.json` and `<stem>.read.xlsx`, and say so."""
    if "json" in formats:
        from auditor.reports.json_report import dumps, tool_data
        from auditor.reports.read_data import read_data
        from auditor.rules.book import program_version

        outputs.write(f"{stem}.read.json", dumps(read_data(document, filing, tool_data(program_version(), rules))))
    if "xlsx" in formats:
        from auditor.reports.read_xlsx import read_xlsx

        outputs.write(f"{stem}.read.xlsx", read_xlsx(document, filing))
    path = outputs.folder / stem
    figures = sum(fact.is_figure for fact in filing.facts)
    click.echo(
        say(
            "read.written",
            file=document.file,
            path=printable(str(path)),
            tables=len(filing.tables),
            figures=figures,
            unread=len(filing.unread),
        )
    )


def _show(filing: Filing) -> None:
    key = filing.key
    click.echo(
        printable(
            say(
                "read.filing",
                entity=key.entity or "？",
                year=key.year or "？",
                report=say(f"report.{key.report}") if key.report else "？",
                edition=say(f"edition.{key.edition}").strip() if key.edition else "？",
                family=filing.family or "？",
            )
        )
    )
    if not filing.tables:
        click.echo(say("read.none"))
    lines = footing_lines(filing)
    for table in filing.tables:
        _show_table(table, lines.get(table.table, []))
    titles = [title for title in filing.announced if title not in {table.title for table in filing.tables}]
    if titles:
        click.echo("\n" + printable(say("read.announced", titles="、".join(titles))))
    if filing.unread:
        click.echo("\n" + say("read.unread", count=len(filing.unread)))
    for item in filing.unread:
        text = " ".join(item.text.split())
        line = say("read.unread_line", place=place_text(item.place) or "？", text=text, reason=say(item.reason))
        if item.candidates:
            line += " " + say("read.candidates", candidates="、".join(item.candidates))
        click.echo(printable("  " + line))
    if filing.remarks:
        click.echo("\n" + say("html.remarks"))
    for _, text in remarks(filing):
        click.echo(printable(f"  {text}"))


def _show_table(table: ReadTable, relations: Sequence[str]) -> None:
    figures = sum(fact.is_figure for fact in table.facts)
    head = say(
        "read.table",
        table=table.table or table.title,
        title=f"{table.number} {table.title}".strip(),
        place=place_text(table.place) or "？",
        unit=table.unit or "？",
        facts=len(table.facts),
        figures=figures,
    )
    notes = table_notes(table)
    click.echo("\n" + printable(head + (f"（{'；'.join(notes)}）" if notes else "")))
    for relation in relations:
        click.echo(f"  = {printable(relation)}")
    for fact in table.facts:
        if fact.is_figure:
            text = printable(" ".join(fact.text.split()))
            click.echo(f"  {printable(str(fact.address))}\t{text}\t{place_text(fact.place)}")
