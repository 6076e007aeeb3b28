"""JSON Schemas of the files of a rule folder for editors, made of the table of keys that the loaders check by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.forms.file_keys import FILE, LIKE
from auditor.rules.plan import TABLE_SETS
from auditor.rules.rule import OFF, RULE
from auditor.shapes.described import FILE as DESCRIBED_FILE
from auditor.shapes.roles import ROLES
from auditor.yamlfiles.keys import KeyShape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.rules.book import RuleBook
    from auditor.yamlfiles.keys import Entry, Key

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SCALAR = {"type": ["string", "number", "boolean"]}  # every scalar is read as it is written
_EXAMPLE = {
    "anyOf": [_SCALAR, {"type": "object", "additionalProperties": _SCALAR}],
}
ALTERNATIVES = {"table": LIKE}  # entries that may also be written in another way


def rule_schema(book: RuleBook) -> dict[str, Any]:
    """The schema of a rule file; names of tables, families and ids are those of a rule book."""
    names = {
        "form": [*book.forms.tables, *TABLE_SETS],
        "family": list(book.forms.families),
        "off": list(book.by_id),
    }
    entries = {"type": "array", "items": {"anyOf": [_entry(RULE, names), _entry(OFF, names)]}}
    whole = {"type": "object", "properties": {"rules": entries}, "required": ["rules"], "additionalProperties": False}
    return {"$schema": DRAFT, "title": "auditor rules", "anyOf": [entries, whole]}


def form_schema(book: RuleBook) -> dict[str, Any]:
    """The schema of a form file; names of tables, families and lists of codes are those of a rule book."""
    names = {
        "as": list(book.forms.tables),
        "like": list(book.forms.tables),
        "extends": list(book.forms.families),
        "codes": list(book.forms.taxonomies),
    }
    return {"$schema": DRAFT, "title": "auditor forms", **_entry(FILE, names)}


def role_schema() -> dict[str, Any]:
    """The schema of a file of roles."""
    return {"$schema": DRAFT, "title": "auditor roles", **_entry(ROLES, {})}


def standard_schema(book: RuleBook) -> dict[str, Any]:
    """The schema of a file that describes standard tables; names of tables are those of a rule book."""
    names = {"table": list(book.forms.tables)}
    return {"$schema": DRAFT, "title": "auditor standard tables", **_entry(DESCRIBED_FILE, names)}


def _entry(entry: Entry, names: Mapping[str, list[str]]) -> dict[str, Any]:
    required = [key.name for key in entry if key.required]
    made = {
        "type": "object",
        "properties": {key.name: {"description": entry.about(key), **_value(entry, key, names)} for key in entry},
        "additionalProperties": False,
    }
    if entry is RULE:
        made["anyOf"] = [{"required": [name]} for name in ("assert", "any_of", "footing")]
    return made | ({"required": required} if required else {})


def _value(entry: Entry, key: Key, names: Mapping[str, list[str]]) -> dict[str, Any]:
    if key.of is not None:
        return _entries(key.of, key, names)
    one: dict[str, Any] = {"enum": list(key.values)} if key.values else dict(_SCALAR)
    if key.name in names and entry.name != "classes":
        one = {"anyOf": [{"enum": names[key.name]}, _SCALAR]}  # proposed; a file may speak of tables of its own
    if key.shape is KeyShape.TEXTS:
        return {"anyOf": [one, {"type": "array", "items": one}]}
    if key.shape is KeyShape.FLAG:
        return {"type": "boolean"}
    if key.shape is KeyShape.WHOLE:
        return {"type": "integer"}
    if key.shape is KeyShape.GROUPS:
        return {"type": "object", "additionalProperties": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}}
    if key.shape is KeyShape.EXAMPLE:
        return {"anyOf": [_EXAMPLE, {"type": "array", "items": _EXAMPLE}]}
    return one


def _entries(of: Entry, key: Key, names: Mapping[str, list[str]]) -> dict[str, Any]:
    one = _entry(of, names)
    other = ALTERNATIVES.get(of.name)
    if other is not None:
        one = {"anyOf": [one, _entry(other, names)]}
    return {"type": "array", "items": one} if key.shape is KeyShape.ENTRIES else one
