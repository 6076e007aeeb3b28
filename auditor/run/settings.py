"""Settings of a run: `auditor.toml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError
from auditor.messages import LANGUAGES, say
from auditor.model.facts import ENTITY_KINDS
from auditor.model.units import Rounding

if TYPE_CHECKING:
    from auditor.rules.rule import Change


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
        Rounding(data.get("rounding", Rounding.HALF_UP)),
        data.get("entity_kind", ""),
        folders,
        str(file),
        data.get("lang", ""),
        _turned_off(file.name, data.get("off", [])),
    )


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
