"""The rule book: forms, rules and their plans, loaded from folders, checked, and cached by the hash of their bytes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.forms.book import load_forms
from auditor.rules.resolve import plans_of
from auditor.rules.rule import Rule, rule_from_data, rule_to_data, rules_of
from auditor.sources import Items, a_list, check_keys, parse, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.forms.tables import FormBook, Table
    from auditor.rules.plan import Plan

FORMAT = 1  # of the cache
_NOT_RULES = ("forms", "taxonomy", "phrases")


def own_rules() -> Path:
    """The folder of the rules that come with the program: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).parent.parent / "_rules"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "rules"


def program_version() -> str:
    """The version of the installed program."""
    try:
        return version("auditor")
    except PackageNotFoundError:
        return "0"


@dataclass(frozen=True, repr=False)
class RuleBook:
    """All rules with the forms they speak of. `sha256` is the hash of every file that was loaded."""

    rules: tuple[Rule, ...]
    forms: FormBook
    sha256: str
    folders: tuple[str, ...] = ()
    _plans: dict[str, tuple[Plan, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __repr__(self) -> str:
        return f"RuleBook({len(self.rules)} rules, {self.sha256[:12]})"

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        """The rules by id."""
        return {rule.id: rule for rule in self.rules}

    def plans(self, rule: Rule, extra: Iterable[Table] = ()) -> tuple[Plan, ...]:
        """The plans of a rule; `extra` are tables bound by their header words only."""
        extra = list(extra)
        if extra:
            return plans_of(rule, self.forms, extra)
        if rule.id not in self._plans:
            self._plans[rule.id] = plans_of(rule, self.forms)
        return self._plans[rule.id]

    def all_plans(self, extra: Iterable[Table] = ()) -> list[Plan]:
        """The plans of all rules, in order."""
        extra = list(extra)
        return [plan for rule in self.rules for plan in self.plans(rule, extra)]


def load_rules(folders: Sequence[str | Path] = (), *, own: bool = True, cache: bool = True) -> RuleBook:
    """Load the program's rules and those of further folders.

    Every rule is parsed, its addresses resolved, its examples run; that work is cached by the hash of all bytes.
    Raises `RuleError` with file, line and what to do.
    """
    roots = ([own_rules()] if own else []) + [Path(folder) for folder in folders]
    for root in roots:
        if not root.is_dir():
            raise RuleError("rules.no_folder", file=str(root))
    forms = load_forms(roots)
    files = [(root, path) for root in roots for path in sorted(root.rglob("*.yaml"))]
    sha256 = _hash([*files, *((root, path) for root in roots for path in sorted((root / "taxonomy").glob("*.csv")))])
    store = _cache_file(sha256) if cache else None
    rules = _from_cache(store) if store else None
    if rules is None:
        rules = _compile(files, forms)
        if store:
            _to_cache(store, rules)
    return RuleBook(tuple(rules), forms, sha256, tuple(str(root) for root in roots))


def parse_rules(files: Iterable[tuple[Path, Path]]) -> list[Rule]:
    """Parse every rule file below the roots. Raises `RuleError`; a rule id may stand only once."""
    rules: list[Rule] = []
    seen: dict[str, Rule] = {}
    for root, path in files:
        relative = path.relative_to(root)
        if relative.parts[0] in _NOT_RULES:
            continue
        name = relative.as_posix()
        tree = parse(read_bytes(path, name), name)
        if not isinstance(tree, Items):
            check_keys(tree, ("rules",), required=("rules",))
            tree = a_list(tree["rules"])
        for rule in rules_of(tree):
            if rule.id in seen:
                other = seen[rule.id]
                raise RuleError("rules.duplicate_id", file=rule.file, line=rule.line, rule=rule.id,
                                other=f"{other.file}:{other.line}")  # fmt: skip
            seen[rule.id] = rule
            rules.append(rule)
    return rules


def _compile(files: Sequence[tuple[Path, Path]], forms: FormBook) -> list[Rule]:
    from auditor.outline.phrases import check_wordings
    from auditor.rules.examples import check_examples

    check_wordings(forms.roots)
    rules = parse_rules(files)
    for rule in rules:
        check_examples(rule, plans_of(rule, forms), forms)
    return rules


def _hash(files: Iterable[tuple[Path, Path]]) -> str:
    digest = hashlib.sha256()
    for root, path in files:
        name = path.relative_to(root).as_posix()
        digest.update(f"{name}\0".encode())
        digest.update(read_bytes(path, name))
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where compiled rule books are kept: `AUDITOR_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("AUDITOR_CACHE"):
        return Path(chosen)
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "auditor"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "auditor"


def _cache_file(sha256: str) -> Path:
    grammar = (Path(__file__).parent / "statement.lark").read_bytes()
    key = hashlib.sha256(f"{FORMAT} {program_version()} {sha256}".encode() + grammar).hexdigest()
    return cache_folder() / f"rules-{key[:32]}.json"


def _from_cache(path: Path) -> list[Rule] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [rule_from_data(item) for item in data]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _to_cache(path: Path, rules: Sequence[Rule]) -> None:
    """Write the cache, whole or not at all; a folder that cannot be written is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump([rule_to_data(rule) for rule in rules], file, ensure_ascii=False)
        Path(file.name).replace(path)
    except OSError:
        return
