"""What the commands share: settings from auditor.toml, the rule book, errors as one sentence with exit status 2."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from auditor.errors import AuditorError
from auditor.messages import LANGUAGES, say, use_language
from auditor.model.facts import ENTITY_KINDS
from auditor.model.units import Rounding

if TYPE_CHECKING:
    from collections.abc import Collection

    from auditor.model.entities import Entities
    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Change, Rule

CONFIG = "auditor.toml"


@dataclass(frozen=True)
class Settings:
    """Settings of a run: how figures were rounded, the kind of entity, further rule folders, rules turned off."""

    rounding: Rounding = Rounding.HALF_UP
    entity_kind: str = ""
    rules: tuple[str, ...] = ()
    file: str = ""
    lang: str = field(default="")
    off: tuple[Change, ...] = ()


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


def load_settings(path: str | None) -> Settings:
    """Read auditor.toml (given, or in the current folder). Raises `AuditorError` for what it does not know."""
    import tomllib

    file = Path(path) if path else Path(CONFIG)
    if not file.is_file():
        if path:
            raise AuditorError("input.missing", file=path)
        return Settings()
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise AuditorError("input.config", file=file.name, why=str(error)) from None
    known: dict[str, list[Any] | None] = {
        "rounding": list(Rounding),
        "entity_kind": list(ENTITY_KINDS),
        "rules": None,
        "lang": list(LANGUAGES),
        "off": None,
    }
    for name, value in data.items():
        if name not in known:
            why = say("cli.config_unknown", name=name, known="、".join(known))
            raise AuditorError("input.config", file=file.name, why=why)
        if name != "off":
            _check(file.name, name, value, known[name])
    folders = tuple(str(file.parent / folder) for folder in data.get("rules", ()))
    return Settings(
        Rounding(data.get("rounding", Rounding.HALF_UP)), data.get("entity_kind", ""), folders, str(file),
        data.get("lang", ""), _turned_off(file.name, data.get("off", [])),
    )  # fmt: skip


def _turned_off(file: str, entries: Any) -> tuple[Change, ...]:
    """The rules that `[[off]]` turns off, each with a day and a reason."""
    from auditor.rules.rule import Change, is_date

    keys = ("rule", "date", "reason")
    found = []
    for entry in entries if isinstance(entries, list) else [entries]:
        said = {name: str(value).strip() for name, value in entry.items()} if isinstance(entry, dict) else {}
        if sorted(said) != sorted(keys) or not all(said.values()) or not is_date(said["date"]):
            raise AuditorError("input.config", file=file, why=say("cli.config_off"))
        found.append(Change(said["rule"], said["date"], said["reason"], file))
    return tuple(found)


def _check(file: str, name: str, value: Any, allowed: list[Any] | None) -> None:
    good = value in allowed if allowed else isinstance(value, list) and all(isinstance(v, str) for v in value)
    if not good:
        known = "、".join(str(v) for v in allowed) if allowed else '["folder", …]'
        raise AuditorError("input.config", file=file, why=say("cli.config_value", name=name, value=value, known=known))


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
    from auditor.model.entities import Entities, load_entities

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
