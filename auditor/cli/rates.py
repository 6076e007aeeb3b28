"""`auditor rules rates`: how often each rule fires on a folder of published filings."""

from __future__ import annotations

import json
from pathlib import Path

import click

from auditor.cli.common import config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import printable


@click.command()
@click.argument("folder", type=click.Path())
@click.option("--judged", type=click.Path(), help="已核实的发现（CSV：file, rule, verdict, message）/ judged findings")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="进程数 / processes")
@click.option("--markdown", is_flag=True, help="印成表格 / as a table in Markdown")
@click.option("--json", "as_json", is_flag=True, help="JSON")
@config_option
@rules_option
def rates(
    folder: str,
    judged: str | None,
    jobs: int,
    *,
    markdown: bool,
    as_json: bool,
    config: str | None,
    folders: tuple[str, ...],
) -> None:
    """统计各条规则在一批已公开文件中报出多少次：常报而从未核实为真的，规则本身可疑。

    Count how often each rule is an error or warning on a folder of published filings. Published tables are printed by
    systems and nearly always right: a rule that fires in more than one file in fifty and that no judged finding shows
    right is doubtful itself.
    """
    from auditor.testing.field.judging import judged_of
    from auditor.testing.field.measuring import FieldPlan, filings_in
    from auditor.testing.field.rates import rates_data, rates_lines, rates_of, rates_table
    from auditor.testing.field.running import measured

    settings, book = prepare(config, folders)
    try:
        known = judged_of(Path(judged)) if judged else []
        paths = filings_in(Path(folder))
    except AuditorError as error:
        fail(error)
    files = list(measured(paths, book, FieldPlan(mode=settings.rounding), jobs))
    for file in files:
        if file.refused:
            click.echo(printable(f"{file.file}: {file.refused}"), err=True)
    found = rates_of(files, known)
    if as_json:
        click.echo(json.dumps(rates_data(found), ensure_ascii=False, indent=1))
        return
    for line in rates_table(found) if markdown else rates_lines(found, files):
        click.echo(printable(line))
