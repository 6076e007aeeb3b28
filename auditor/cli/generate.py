"""`auditor generate`: filings for demonstration and benchmarks, with a key to the planted defects."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from auditor.cli.common import chosen_formats, config_option, fail, prepare, rules_option
from auditor.cli.output import write_file
from auditor.errors import AuditorError
from auditor.messages import say

KEY = "key.csv"


@click.command()
@click.option("--count", type=click.IntRange(1), default=10, show_default=True, help="份数 / how many filings")
@click.option("--format", "formats", default="", help="txt,csv,xlsx,docx,html,pdf，轮流 / in turn")
@click.option("--out", type=click.Path(file_okay=False), required=True, help="写到哪个文件夹 / folder to write to")
@click.option(
    "--plant", type=click.IntRange(0), default=0, show_default=True, help="每份植入几处错误 / defects in each"
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="同一种子写出同样的文件 / the same seed, the same files"
)
@click.option("--family", default="", help="表样，见 rules/forms，默认全国决算 / family of forms")
@config_option
@rules_option
def generate(
    count: int, formats: str, out: str, plant: int, seed: int, family: str, config: str | None, folders: tuple[str, ...]
) -> None:
    """生成公开文件，可植入错误，所植错误列在 key.csv。

    Generate filings that satisfy the identities, with planted defects if wanted, which key.csv lists.
    """
    from auditor.sources import nearest
    from auditor.testing import generating
    from auditor.testing.families import printable
    from auditor.testing.printing import FAMILY
    from auditor.testing.rendering import FORMATS

    _, book = prepare(config, folders)
    chosen = chosen_formats(formats, FORMATS)
    known = printable(book)
    if family and family not in known:
        fail(say("cli.no_family", name=family, near=nearest(family, known)))
    table = io.StringIO()
    key = csv.writer(table, lineterminator="\n")
    key.writerow(generating.KEY_HEAD)
    planted = 0
    try:
        for made in generating.generate(book, count, chosen, plant=plant, seed=seed, family=family or FAMILY):
            write_file(Path(out) / made.name, made.data)
            key.writerows([made.name, *one] for one in made.planted)
            planted += len(made.planted)
        write_file(Path(out) / KEY, table.getvalue())
    except AuditorError as error:
        fail(error)
    click.echo(say("cli.generated", count=count, planted=planted, path=str(Path(out) / KEY)))
