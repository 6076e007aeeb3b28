"""`auditor rules lint`, `docs`, `new`, `schema`, `coverage`: what a rule author needs besides looking rules up."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.common import config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import printable, say
from auditor.own import is_own_file
from auditor.run.output import write_file
from auditor.run.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command()
@config_option
@rules_option
def lint(config: str | None, folders: tuple[str, ...]) -> None:
    """检查规则、表样和说法，不需要数据。 Check rules, forms and wordings without any data.

    Exit status: 0 no error (warnings and information do not count), 2 errors.
    """
    from auditor.authoring.review import Weight, review

    try:
        settings = load_settings(config)
        remarks = review([*settings.rules, *folders], settings.off)
    except AuditorError as error:
        fail(error)
    for remark in remarks:
        parts = (remark.where, say(f"lint.{remark.weight.value}"), remark.text)
        click.echo("\t".join(map(printable, parts)))
    counts = {weight: sum(remark.weight is weight for remark in remarks) for weight in Weight}
    click.echo(say("lint.counts", **{weight.value: count for weight, count in counts.items()}))
    if counts[Weight.ERROR]:
        raise SystemExit(2)


@click.command()
@click.option("--out", default="rule_book", show_default=True, type=click.Path(file_okay=False))
@config_option
@rules_option
def docs(out: str, config: str | None, folders: tuple[str, ...]) -> None:
    """把整本规则写成网页（每条规则一页，有搜索，不联网）。 Write the whole rule book as static HTML."""
    from auditor.reports.rule_pages import rule_pages

    _, book = prepare(config, folders, cache=False)
    try:
        pages = list(rule_pages(book))
        for name, _ in pages:  # pages name one another, so none can have another name
            _refuse_others(Path(out), name)
        for name, text in pages:
            write_file(Path(out) / name, text)
    except AuditorError as error:
        fail(error)
    click.echo(say("docs.written", path=str(Path(out) / "index.html"), rules=len(book.rules)))


def _refuse_others(folder: Path, name: str) -> None:
    """Raise `AuditorError` where a page would be written over what is no page of this program."""
    path = folder / name
    if path.exists() and not is_own_file(path):
        raise AuditorError("input.in_the_way", path=printable(str(folder)), file=printable(name))


@click.command()
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--form", default="", help="为这张标准表写规则，不另写表样 / rules on this standard table")
@click.option("--id", "prefix", default="MY", show_default=True, help="规则编号的开头 / how the ids begin")
@config_option
@rules_option
def new(folder: str, form: str, prefix: str, config: str | None, folders: tuple[str, ...]) -> None:
    """在文件夹中写一份带注释的规则（和表样），改成自己的即可。 Write commented starting files into a folder."""
    from auditor.authoring.starting_files import forms_file, rules_file
    from auditor.yamlfiles.trees import nearest

    if not re.fullmatch(r"[A-Z][A-Z0-9-]*", prefix):
        fail(say("new.prefix", name=prefix))
    _, book = prepare(config, folders)
    if form and form not in book.forms.tables:
        fail(AuditorError("forms.unknown_table", name=form, near=nearest(form, book.forms.tables)))
    files = {f"{prefix.lower()}.yaml": rules_file(book.forms.tables.get(form), prefix, folder)}
    if not form:
        files[f"forms/{prefix.lower()}.yaml"] = forms_file()
    for name in files:
        if (Path(folder) / name).exists():
            fail(AuditorError("new.exists", file=str(Path(folder) / name)))
    try:
        for name, text in files.items():
            write_file(Path(folder) / name, text)
            click.echo(say("new.written", file=str(Path(folder) / name)))
    except AuditorError as error:
        fail(error)
    click.echo(say("new.next", folder=folder))


@click.command()
@click.argument("kind", type=click.Choice(["rules", "forms", "roles", "standard"]), default="rules")
@config_option
@rules_option
def schema(kind: str, config: str | None, folders: tuple[str, ...]) -> None:
    """印出规则、表样等文件的 JSON Schema，供编辑器补全。 Print the JSON Schema of the files of a rule folder."""
    import json

    from auditor.authoring.file_schemas import form_schema, role_schema, rule_schema, standard_schema

    _, book = prepare(config, folders)
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "rules": partial(rule_schema, book),
        "forms": partial(form_schema, book),
        "roles": role_schema,
        "standard": partial(standard_schema, book),
    }
    made = makers[kind]()
    click.echo(json.dumps(made, ensure_ascii=False, indent=1))


COMMANDS = (lint, docs, new, schema)
