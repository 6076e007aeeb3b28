"""The keys of rule and form files as data: the loaders check by them, and the JSON Schemas are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.messages import say
from auditor.yamlfiles.trees import a_text, check_keys, choice, keep, slip, texts, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.yamlfiles.trees import Map


class KeyShape(StrEnum):
    """What stands under a key."""

    TEXT = "text"
    TEXTS = "texts"  # one text, or a list of texts
    WHOLE = "whole"  # a whole number
    FLAG = "flag"  # true or false
    ENTRY = "entry"  # one entry of its own keys
    ENTRIES = "entries"  # a list of such entries
    GROUPS = "groups"  # names, each with one text or a list of texts
    EXAMPLE = "example"  # figures by address, printed tables by name, or text; or a list of these


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, what stands under it, the only values it may have, the entry it holds."""

    name: str
    shape: KeyShape = KeyShape.TEXT
    values: tuple[str, ...] = ()
    required: bool = False
    of: Entry | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind of entry, with its keys in the order in which people write them."""

    name: str
    keys: tuple[Key, ...]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys)

    def __getitem__(self, name: str) -> Key:
        return next(key for key in self.keys if key.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all keys."""
        return tuple(key.name for key in self.keys)

    def check(self, item: Map) -> None:
        """Refuse unknown keys, keys that lack, and values that a key cannot have. Raises `RuleError`."""
        check_keys(item, self.names, required=(key.name for key in self.keys if key.required))
        for key in self.keys:
            if key.name in item:
                try:
                    self._check_value(item, key)
                except RuleError as error:
                    keep(error)

    def _check_value(self, item: Map, key: Key) -> None:
        """Refuse what has not the shape of the key, or none of its values."""
        if key.shape is KeyShape.FLAG:
            choice(item, key.name, FLAGS, "")
        elif key.shape is KeyShape.WHOLE:
            whole(item, key.name)
        elif key.shape is KeyShape.TEXT:
            a_text(item[key.name])
        said = texts(item, key.name) if key.shape in (KeyShape.TEXT, KeyShape.TEXTS) else ()
        for text in said if key.values else ():
            if text not in key.values:
                slip(text, "rules.bad_value", name=key.name, value=str(text), allowed="、".join(key.values))

    def about(self, key: Key) -> str:
        """What a key says, in the language in use."""
        return say(f"entry.{self.name}.{key.name}")


FLAGS = ("true", "false")


def flag(item: Map, name: str) -> bool:
    """Whether a key says `true`; false where it is absent."""
    return choice(item, name, FLAGS, "false") == "true"
