"""`auditor rules …`: the rule book for people who read, write and doubt rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli import authoring
from auditor.cli.common import config_option, fail, prepare, rule_of, rules_option
from auditor.cli.coverage import coverage
from auditor.cli.rates import rates
from auditor.cli.score import score
from auditor.errors import AuditorError
from auditor.messages import language, printable, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Rule


@click.group()
def rules() -> None:
    """规则：列表、说明、检查、测试、追踪、覆盖、打分、频率、成书、新建。

    Rules: list, show, lint, test, trace, coverage, score, rates, docs, new, schema.
    """


for command in (*authoring.COMMANDS, coverage, score, rates):
    rules.add_command(command)


@rules.command("list")
@click.option("--form", default="", help="只列用到这张表的规则 / only rules that name this table")
@config_option
@rules_option
def list_rules(form: str, config: str | None, folders: tuple[str, ...]) -> None:
    """列出所有规则。 List all rules."""
    _, book = prepare(config, folders)
    for rule in book.rules:
        if form and form not in {table for plan in book.plans(rule) for table in (plan.table, *plan.tables)}:
            continue
        note = [say("rules.replaced", date=rule.replaces.date, reason=rule.replaces.reason)] if rule.replaces else []
        click.echo("\t".join([rule.id, say(f"kind.{rule.kind.value}"), rule.text("title", language()), *note]))
    for change in book.off if not form else ():
        note = [say("rules.off", date=change.date, reason=change.reason)]
        click.echo("\t".join([change.rule, "—", change.title, *note]))


@rules.command()
@click.argument("identity", metavar="ID")
@config_option
@rules_option
def show(identity: str, config: str | None, folders: tuple[str, ...]) -> None:
    """说明一条规则：核对什么、为什么、依据、怎样改、例子。 Explain one rule."""
    _, book = prepare(config, folders, cache=False)
    rule = rule_of(book, identity)
    from auditor.rules.explain import sections

    click.echo(f"{rule.id}  {rule.text('title', language())}  [{say(f'kind.{rule.kind.value}')}]")
    for section in sections(rule):
        click.echo(f"\n{say(section.key)}\n" + "\n".join(f"  {line}" for line in section.lines))


@rules.command()
@click.argument("identities", nargs=-1, metavar="[ID]...")
@config_option
@rules_option
def test(identities: tuple[str, ...], config: str | None, folders: tuple[str, ...]) -> None:
    """运行规则的例子和样本文件，印出不符的；有 --rules 时只运行那些文件夹里的规则。

    Run the examples and fixtures of the rules and print what differs: of the folders given by --rules, else of the
    program's own. Exit status 2 where something does.
    """
    settings, book = prepare(config, folders, cache=False)
    beside = [rule for rule in book.rules if rule.id in book.added]
    chosen = [rule_of(book, identity) for identity in identities] or beside or list(book.rules)
    bad = fixtures = 0
    try:
        if not identities:
            from auditor.phrases.wordings import check_wordings

            check_wordings(book.forms.roots)
        for rule in chosen:
            bad += _tested(rule, book, aloud=bool(identities))
        if not identities:
            from auditor.testing.fixtures import run_fixtures

            for fixture in run_fixtures([Path(folder) for folder in book.folders], book, settings.rounding):
                fixtures += 1
                bad += bool(fixture.differs)
                for line in fixture.differs:
                    click.echo(printable(f"{fixture.where}\t{line}"))
    except AuditorError as error:
        fail(error)
    if bad:
        click.echo(say("cli.rules_bad", bad=bad), err=True)
        raise SystemExit(2)
    examples = sum(len(rule.examples) for rule in chosen)
    click.echo(say("cli.rules_ok", rules=len(chosen), examples=examples, fixtures=fixtures))


def _tested(rule: Rule, book: RuleBook, *, aloud: bool) -> int:
    """Run the examples of a rule, tell of those that differ (`aloud`: of all), and return how many differ."""
    from auditor.reports.trace import trace_example

    bad = 0
    for example in rule.examples:
        as_said, lines = trace_example(rule, example, book)
        bad += not as_said
        for line in lines if aloud or not as_said else ():
            click.echo(line)
    return bad


@rules.command()
@click.argument("identity", metavar="ID")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@config_option
@rules_option
def trace(identity: str, files: tuple[str, ...], config: str | None, folders: tuple[str, ...]) -> None:
    """追踪一条规则在文件中核对了什么、没核对什么、为什么。 What a rule bound in files, what it did not, and why."""
    from auditor.reading.filings import filing_of, group
    from auditor.reports.trace import trace_rule
    from auditor.sandbox import read as read_file

    settings, book = prepare(config, folders)
    rule = rule_of(book, identity)
    try:
        parts = [filing_of(read_file(Path(f)), book.forms, entity_kind=settings.entity_kind) for f in files]
        filings = group(parts, book.forms)
    except AuditorError as error:
        fail(error)
    for line in _numbered(trace_rule(rule, filings, book, settings.rounding)):
        click.echo(printable(line))


def _numbered(lines: Iterable[str]) -> Sequence[str]:
    found = list(lines)
    return [*found, say("trace.count", count=len(found))]
