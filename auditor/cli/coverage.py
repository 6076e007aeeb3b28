"""`auditor rules coverage`: which figures of filings, or cells of forms, the rules check, find and tell apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.common import config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import printable, say
from auditor.run.inputs import Left, ReadAhead, bound, found, whole
from auditor.run.output import Outputs

if TYPE_CHECKING:
    from auditor.engine.coverage import Coverage
    from auditor.rules.book import RuleBook
    from auditor.run.settings import Settings


@click.command()
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--out", type=click.Path(file_okay=False), help="写成网页，表样按核对情况着色 / write a page of shaded forms"
)
@config_option
@rules_option
def coverage(paths: tuple[str, ...], out: str | None, config: str | None, folders: tuple[str, ...]) -> None:
    """规则核对了文件中的哪些数字；不给文件时，核对了表样中的哪些格。

    Which figures of filings the rules check (only equalities count), from what change on an error is always found,
    which figures are told apart, which rules alone protect a figure. Without filings: of the forms of every family.
    """
    from auditor.reports.coverage_page import coverage_lines, coverage_page

    failed: list[str] = []
    if paths:
        settings, book, names, coverages = _of_filings(paths, config, folders, failed)
    else:
        settings, book = prepare(config, folders)
        names, coverages = _of_forms(book, settings)
    for line in coverage_lines(names, coverages):
        click.echo(printable(line))
    if out:
        outputs = Outputs(Path(out))
        try:
            path = outputs.folder / outputs.write("coverage.html", coverage_page(names, coverages, book.sha256))
        except AuditorError as error:
            fail(error)
        outputs.tell()
        click.echo(say("cli.report", path=str(path)))
    for why in failed:
        click.echo(why, err=True)
    if failed:
        raise SystemExit(2)


def _of_filings(
    paths: tuple[str, ...], config: str | None, folders: tuple[str, ...], failed: list[str]
) -> tuple[Settings, RuleBook, list[str], list[Coverage]]:
    """What the rules see of some files, put together to filings."""
    from auditor.engine.coverage import coverage_of
    from auditor.reading.filings import grouped

    files, bad = found(paths, leave_out="")
    failed += [why for _, why in bad]
    parts, left = [], Left()
    with ReadAhead(files) as reading:
        settings, book = prepare(config, folders)
        for item in left.out(reading):
            try:
                parts.append(bound(item, book, settings)[1])
            except AuditorError as error:
                failed.append(str(error))
    failed += filter(None, [left.line() if not parts else ""])
    filings = []
    for members in grouped(parts, as_one=False, separate=False):
        try:
            filings.append(whole(members, book))
        except AuditorError as error:
            failed.append(str(error))
    names = ["、".join(file.file for file in filing.files) for filing in filings]
    return settings, book, names, [coverage_of([filing], book, settings.rounding)[0] for filing in filings]


def _of_forms(book: RuleBook, settings: Settings) -> tuple[list[str], list[Coverage]]:
    """What the rules see of the forms of every family, printed in full."""
    from auditor.authoring.filled_filing import filled_filing
    from auditor.engine.coverage import coverage_of

    families = book.forms.families
    filled = [filled_filing(family, book.forms) for family in families.values()]
    return list(families), [coverage_of([filing], book, settings.rounding)[0] for filing in filled]
