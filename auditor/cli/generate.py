"""`auditor generate`: filings for demonstration and benchmarks, with a key to the planted defects."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.common import chosen_formats, config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import say
from auditor.run.output import write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.rules.book import RuleBook
    from auditor.testing.generating import Generated

KEY, ENTITIES = "key.csv", "entities.csv"


@click.command()
@click.option("--count", type=click.IntRange(1), default=10, show_default=True, help="份数 / how many filings")
@click.option(
    "--departments",
    type=click.IntRange(0),
    default=0,
    help="部门及其所属单位，附名单 entities.csv / departments with their units instead, and their list",
)
@click.option("--units", type=click.IntRange(0), default=0, help="所属单位总数，默认每部门四个 / how many units in all")
@click.option("--years", type=click.IntRange(1, 20), default=1, show_default=True, help="连续几年 / years in a row")
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
    count: int,
    departments: int,
    units: int,
    years: int,
    formats: str,
    out: str,
    plant: int,
    seed: int,
    family: str,
    config: str | None,
    folders: tuple[str, ...],
) -> None:
    """生成公开文件，可植入错误，所植错误列在 key.csv；再次写入同一文件夹，key.csv 接着写。

    Generate filings that satisfy the identities, with planted defects if wanted, which key.csv lists; a further run
    into the same folder adds to it.
    """
    from auditor.testing import generating
    from auditor.testing.families import printable
    from auditor.testing.files import FORMATS
    from auditor.testing.printed_ledger import FAMILY
    from auditor.yamlfiles.trees import nearest

    _, book = prepare(config, folders)
    chosen = chosen_formats(formats, FORMATS)
    known = printable(book)
    if family and family not in known:
        fail(say("cli.no_family", name=family, near=nearest(family, known)))
    if departments and family not in ("", FAMILY):
        fail(say("cli.departments_family", name=FAMILY))
    if departments:
        made = _province(book, departments, units or 4 * departments, years, chosen, Path(out), plant=plant, seed=seed)
    else:
        made = generating.generate(book, count, chosen, plant=plant, seed=seed, family=family or FAMILY)
    planted: list[Sequence[object]] = []
    written = set()
    try:
        earlier = _earlier_key(Path(out) / KEY)
        for file in made:
            write_file(Path(out) / file.name, file.data)
            planted += [(file.name, *one) for one in file.planted]
            written.add(file.name)
        kept = [row for row in earlier if row[0] not in written]
        write_file(Path(out) / KEY, _csv([generating.KEY_HEAD, *kept, *planted]))
    except AuditorError as error:
        fail(error)
    click.echo(say("cli.generated", count=len(written), planted=len(planted), path=str(Path(out) / KEY)))


def _province(
    book: RuleBook,
    departments: int,
    units: int,
    years: int,
    formats: Sequence[str],
    out: Path,
    *,
    plant: int,
    seed: int,
) -> Iterator[Generated]:
    """Departments with their units, a folder for each year, and at the end their list."""
    from auditor.testing.generating import as_file
    from auditor.testing.province import LIST_HEAD, MOST_UNITS, province

    if not departments <= units <= MOST_UNITS * departments:
        fail(say("cli.units", low=departments, high=MOST_UNITS * departments))
    due: list[Sequence[object]] = [LIST_HEAD]
    for number, member in enumerate(province(book, departments, units, years, plant=plant, seed=seed)):
        made = as_file(member.made, formats[number % len(formats)], book)
        due.append(member.due)
        yield replace(made, name=f"{member.key.year}/{made.name}")
    write_file(out / ENTITIES, _csv(due))


def _earlier_key(path: Path) -> list[list[str]]:
    """What earlier runs into the same folder planted. Raises `AuditorError` where another file bears the key's name."""
    from auditor.testing.generating import KEY_HEAD

    if not path.is_file():
        return []
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8", "replace"))))
    if not rows or any(len(row) != len(KEY_HEAD) for row in rows) or rows[0] != list(KEY_HEAD):
        raise AuditorError("cli.other_key", path=str(path))
    return rows[1:]


def _csv(lines: Iterable[Sequence[object]]) -> str:
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(lines)
    return table.getvalue()
