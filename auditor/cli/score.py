"""`auditor rules score`: what generated errors the rules find, and whether their examples would notice a slip."""

from __future__ import annotations

import json

import click

from auditor.cli.common import config_option, fail, prepare, rule_of, rules_option
from auditor.errors import AuditorError
from auditor.messages import printable


@click.command()
@click.argument("identities", nargs=-1, metavar="[ID]...")
@click.option(
    "--filings", type=click.IntRange(0), default=1, show_default=True, help="每族几份 / filings of each family"
)
@click.option("--figures", type=click.IntRange(1), default=20, show_default=True, help="每份几个数字 / figures of each")
@click.option("--show", is_flag=True, help="列出没有发现的 / list what survives")
@click.option("--json", "as_json", is_flag=True, help="JSON")
@config_option
@rules_option
def score(
    identities: tuple[str, ...],
    filings: int,
    figures: int,
    *,
    show: bool,
    as_json: bool,
    config: str | None,
    folders: tuple[str, ...],
) -> None:
    """给规则打分：植入的错误发现多少，规则改坏了例子能否看出。

    Score the rules: how many planted errors they find, and whether their examples notice slips in the rules. With ids:
    the slips of these rules only.
    """
    from auditor.testing.scoring.score import score as scored
    from auditor.testing.scoring.score import score_data, score_lines

    _, book = prepare(config, folders, cache=False)
    rules = [rule_of(book, identity) for identity in identities] or list(book.rules)
    families = [] if identities else list(book.forms.families)
    try:
        result = scored(book, rules, families, filings, figures)
    except AuditorError as error:
        fail(error)
    if as_json:
        click.echo(json.dumps(score_data(result), ensure_ascii=False, indent=1))
        return
    for line in score_lines(result, show=show or bool(identities)):
        click.echo(printable(line))
