"""What the commands share: settings from auditor.toml, the rule book, errors as one sentence with exit status 2."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from auditor.errors import AuditorError
from auditor.messages import say, use_language
from auditor.run.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from auditor.model.entities import Entities
    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Rule


def fail(error: AuditorError | str) -> NoReturn:
    """Say one sentence and end with exit status 2."""
    click.echo(str(error), err=True)
    raise SystemExit(2)


def chosen_formats(text: str, known: Collection[str]) -> list[str]:
    """The formats named in an option, separated by commas; all where none is named."""
    chosen = [part.strip() for part in text.split(",") if part.strip()]
    for name in chosen:
        if name not in known:
            raise click.BadParameter(f"{name}: {', '.join(known)}", param_hint="--format")
    return chosen or list(known)


def prepare(config: str | None, folders: tuple[str, ...], *, cache: bool = True) -> tuple[Settings, RuleBook]:
    """Load settings and rules (with their examples where `cache` is false), or end with exit status 2."""
    from auditor.rules.book import load_rules

    try:
        settings = load_settings(config)
        if (
            settings.lang
            and click.get_current_context().find_root().get_parameter_source("lang")
            is click.core.ParameterSource.DEFAULT
        ):
            use_language(settings.lang)
        return settings, load_rules([*settings.rules, *folders], cache=cache, off=settings.off)
    except AuditorError as error:
        fail(error)


def known_entities(path: str | None) -> Entities:
    """What a list tells of entities (nothing without one), or end with exit status 2."""
    from auditor.model.entities import Entities
    from auditor.reading.entity_list import load_entities

    try:
        return load_entities(Path(path)) if path else Entities()
    except AuditorError as error:
        fail(error)


def rule_of(book: RuleBook, identity: str) -> Rule:
    """The rule with an id, or exit status 2 with the nearest known id or the reason why it is off."""
    if identity in book.by_id:
        return book.by_id[identity]
    for change in book.off:
        if change.rule == identity:
            fail(say("cli.rule_off", name=identity, date=change.date, reason=change.reason))
    from auditor.yamlfiles.trees import nearest

    fail(say("cli.no_rule", name=identity, near=nearest(identity.upper(), book.by_id)))


config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False),
    help="auditor.toml（默认读当前文件夹中的 / default: the one in this folder）",
)
rules_option = click.option(
    "--rules", "folders", multiple=True, type=click.Path(file_okay=False), help="另加的规则文件夹 / further rule folder"
)
