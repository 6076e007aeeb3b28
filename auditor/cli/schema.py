"""`auditor schema`: the JSON Schema of what the program writes as JSON, for programs that read it."""

from __future__ import annotations

from importlib.resources import files

import click

SCHEMAS = ("filing", "index", "diff")


@click.command()
@click.argument("name", type=click.Choice(SCHEMAS), default="filing")
def schema(name: str) -> None:
    """输出 JSON Schema：filing 一份文件的报告，index 汇总，diff 两份报告的比较。

    Print the JSON Schema of a filing's report, of the summary (index), or of `diff --json`.
    """
    path = files("auditor.reports").joinpath(f"schemas/{name}.schema.json")
    click.echo(path.read_text(encoding="utf-8"), nl=False)
