"""Parsed rule files, kept from one run to the next: one entry per file, found by the hash of its bytes.

An entry is JSON, never code. It is used only if it belongs to this user (or root), if nobody else can write to it, and
if it is whole and made by this very program from these very bytes; anything else is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.installed import program_version
from auditor.rules.rule import Change, Rule, entry_of, rule_from_data, rule_to_data
from auditor.yamlfiles.trees import Items, Map, a_list, a_map, check_keys, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BYTES = 32 * 1024 * 1024  # of one entry
KEPT = 500  # entries in the folder; the oldest go first
_MADE_BY = (
    "rules/statement.lark",
    "rules/statement.py",
    "rules/nodes.py",
    "rules/rule.py",
    "yamlfiles/keys.py",
    "yamlfiles/trees.py",
    "model/footing.py",
)


def cache_folder() -> Path:
    """Where parsed rule files are kept: `AUDITOR_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("AUDITOR_CACHE"):
        return Path(chosen)
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "auditor"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "auditor"


def items_of(data: bytes, name: str) -> list[Map]:
    """The entries of a rule file as its author wrote them. Raises `RuleError` with file and line."""
    tree = parse(data, name)
    if not isinstance(tree, Items):
        check_keys(tree, ("rules",), required=("rules",))
        tree = a_list(tree["rules"])
    return [a_map(node) for node in tree]


def kept_entries(data: bytes, name: str) -> Sequence[Rule | Change]:
    """The entries of a rule file, out of the cache where they are there: rules without their examples.

    Raises `RuleError` with file and line; a file with a mistake is never kept.
    """
    key = hashlib.sha256(f"{_program()} {name}\0".encode() + data).hexdigest()
    file = cache_folder() / f"rules-{key[:32]}.json"
    body = _read(file, key)
    if body is None:
        entries = [entry_of(item) for item in items_of(data, name)]
        body = json.dumps([_written(entry) for entry in entries], ensure_ascii=False)
        _write(file, key, body)
    return [_restored(data) for data in json.loads(body)]


def _written(entry: Rule | Change) -> Any:
    return rule_to_data(entry) if isinstance(entry, Rule) else astuple(entry)


def _restored(data: Any) -> Rule | Change:
    return rule_from_data(data) if isinstance(data, dict) else Change(*data)


@cache
def _program() -> str:
    """The hash of everything that decides how a rule is parsed: another program reads no entry of this one."""
    digest = hashlib.sha256(program_version().encode())
    package = Path(__file__).parent.parent
    for name in _MADE_BY:
        file = package / name
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()


def _seal(key: str, body: bytes) -> bytes:
    """What stands before the text of an entry: damaged, renamed or cut short, it no longer fits."""
    return hashlib.sha256(key.encode() + body).hexdigest().encode() + b"\n"


def _read(path: Path, key: str) -> str | None:
    """The text of an entry, or None where there is none that can be trusted."""
    try:
        with path.open("rb") as file:
            told = os.fstat(file.fileno())
            if os.name == "posix" and (told.st_uid not in (0, os.geteuid()) or told.st_mode & 0o022):
                return None
            seal, body = file.readline(100), file.read(MAX_BYTES)
    except OSError:
        return None
    return body.decode() if seal == _seal(key, body) else None


def _write(path: Path, key: str, body: str) -> None:
    """Write an entry, whole or not at all; a folder that cannot be written is no error."""
    data = body.encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        old = sorted(path.parent.glob("rules-*.json"), key=lambda other: other.stat().st_mtime)
        for other in old[: max(0, len(old) - KEPT)]:
            other.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            file.write(_seal(key, data) + data)
        Path(file.name).replace(path)
    except OSError:
        return
