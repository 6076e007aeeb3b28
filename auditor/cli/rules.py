"""`auditor rules list|show|test|trace`: the rule book for people who read, write and doubt rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.common import config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import language, printable, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Rule


@click.group()
def rules() -> None:
    """规则：列表、说明、测试、追踪。 Rules: list, show, test, trace."""


@rules.command("list")
@click.option("--form", default="", help="只列用到这张表的规则 / only rules that name this table")
@config_option
@rules_option
def list_rules(form: str, config: str | None, folders: tuple[str, ...]) -> None:
    """列出所有规则。 List all rules."""
    _, book = prepare(config, folders)
    for rule in book.rules:
        tables = {table for plan in book.plans(rule) for table in (plan.table, *plan.tables) if table}
        if form and form not in tables:
            continue
        click.echo(f"{rule.id}\t{say(f'kind.{rule.kind.value}')}\t{rule.text('title', language())}")


@rules.command()
@click.argument("identity", metavar="ID")
@config_option
@rules_option
def show(identity: str, config: str | None, folders: tuple[str, ...]) -> None:
    """说明一条规则：核对什么、为什么、依据、怎样改、例子。 Explain one rule."""
    _, book = prepare(config, folders, cache=False)
    rule = _rule(book, identity)
    from auditor.rules.explain import tell_rule

    lang = language()
    click.echo(f"{rule.id}  {rule.text('title', lang)}  [{say(f'kind.{rule.kind.value}')}]")
    sections = [
        ("show.statement", "\n".join(tell_rule(rule))),
        ("show.why", rule.text("why", lang)),
        ("show.basis", rule.basis),
        ("show.fix", rule.text("fix", lang)),
        ("show.exceptions", rule.text("exceptions", lang)),
        ("show.scope", _scope(rule)),
        ("show.covers", "、".join(rule.covers)),
        ("show.written", "\n".join(f"{written.key}: {written.text}" for written in rule.written)),
    ]
    sections += [("show.pass" if example.passes else "show.fail", _example(example.data)) for example in rule.examples]
    sections.append(("show.file", f"{rule.file}:{rule.line}"))
    for key, text in sections:
        if text:
            click.echo(f"\n{say(key)}\n" + "\n".join(f"  {line}" for line in text.splitlines()))


def _rule(book: RuleBook, identity: str) -> Rule:
    if identity not in book.by_id:
        from auditor.sources import nearest

        fail(say("cli.no_rule", name=identity, near=nearest(identity.upper(), book.by_id)))
    return book.by_id[identity]


def _scope(rule: Rule) -> str:
    parts = [*rule.form, say(f"report.{rule.report}") if rule.report else "", *rule.family, *rule.entity_kind]
    if rule.edition:
        parts.append(say(f"edition.{rule.edition}").strip())
    if rule.since:
        parts.append(f"{rule.since}—")
    if rule.until != 9999:
        parts.append(f"—{rule.until}")
    return "、".join(part for part in parts if part)


def _example(data: object) -> str:
    if isinstance(data, dict):
        return "\n".join(f"{key}: {value}" for key, value in data.items())
    return str(data).rstrip()


@rules.command()
@click.argument("identities", nargs=-1, metavar="[ID]...")
@config_option
@rules_option
def test(identities: tuple[str, ...], config: str | None, folders: tuple[str, ...]) -> None:
    """运行规则的例子。 Run the examples of the rules."""
    from auditor.rules.examples import run_examples

    _, book = prepare(config, folders, cache=False)
    chosen = [_rule(book, identity) for identity in identities] or list(book.rules)
    count = bad = 0
    for rule in chosen:
        for result in run_examples(rule, book.plans(rule), book.forms):
            count += 1
            bad += not result.as_said
            if identities or not result.as_said:
                said = say("cli.example_ok" if result.as_said else "cli.example_bad")
                click.echo(f"{rule.id}\t{'pass' if result.passes else 'fail'}\t{rule.file}:{result.line}\t{said}")
    if bad:
        raise SystemExit(2)
    click.echo(say("cli.rules_ok", rules=len(chosen), examples=count))


@rules.command()
@click.argument("identity", metavar="ID")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@config_option
@rules_option
def trace(identity: str, files: tuple[str, ...], config: str | None, folders: tuple[str, ...]) -> None:
    """追踪一条规则在文件中核对了什么、没核对什么、为什么。 What a rule bound in files, what it did not, and why."""
    from auditor.engine.trace import trace_rule
    from auditor.readers import read as read_file
    from auditor.reading import filing_of, group

    settings, book = prepare(config, folders)
    rule = _rule(book, identity)
    try:
        parts = [filing_of(read_file(Path(f)), book.forms, entity_kind=settings.entity_kind) for f in files]
        filings = group(parts, book.forms)
    except AuditorError as error:
        fail(error)
    for line in _numbered(trace_rule(rule, filings, book, settings.rounding)):
        click.echo(printable(line))


def _numbered(lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [*found, say("trace.count", count=len(found))]
