"""The rule book: forms, rules and their plans, loaded from folders, checked, and cached by the hash of their bytes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.forms.book import load_forms
from auditor.rules.resolve import plans_of
from auditor.rules.rule import Change, Rule, off_of, rule_from_data, rule_of, rule_to_data
from auditor.sources import Items, Map, a_list, a_map, check_keys, fail, nearest, parse, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.forms.tables import FormBook, Table
    from auditor.rules.plan import Plan

FORMAT = 2  # of the cache
FIXTURES = "fixtures"
_NOT_RULES = ("forms", "taxonomy", "phrases", FIXTURES)


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
    """All rules with the forms they speak of.

    `sha256` is the hash of every file that was loaded and of what the settings turned off. `off` are rules that were
    turned off, `replaced` those whose place another one took; `rules` are those in force.
    """

    rules: tuple[Rule, ...]
    forms: FormBook
    sha256: str
    folders: tuple[str, ...] = ()
    off: tuple[Change, ...] = ()
    replaced: tuple[Change, ...] = ()
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


def load_rules(
    folders: Sequence[str | Path] = (),
    *,
    own: bool = True,
    cache: bool = True,
    off: Iterable[Change] = (),
    examples: bool = True,
) -> RuleBook:
    """Load the program's rules and those of further folders.

    A further folder adds rules, replaces some of the same id (with `replaces:` and a dated reason) and turns some off;
    `off` turns off more. Every rule is parsed, its addresses resolved, its examples run (unless `examples` is false);
    that work is cached by the hash of all bytes. Raises `RuleError` with file, line and what to do.

    >>> book = load_rules()
    >>> book.by_id["FA-T01-05"].title
    '收入总计等于支出总计'
    """
    roots = rule_folders(folders, own=own)
    forms = load_forms(roots)
    files = rule_files(roots)
    sha256 = _hash([*files, *((root, path) for root in roots for path in sorted((root / "taxonomy").glob("*.csv")))])
    store = _cache_file(sha256) if cache and examples else None
    parsed = _from_cache(store) if store else None
    if parsed is None:
        parsed = parse_rules(files)
        if examples:
            _check_examples(parsed.rules, forms)
        if store:
            _to_cache(store, parsed)
    off = list(off)
    parsed = parsed.without(off)
    for change in off:
        sha256 = hashlib.sha256(f"{sha256} {change}".encode()).hexdigest()
    named = tuple(str(root) for root in roots)
    return RuleBook(tuple(parsed.rules), forms, sha256, named, tuple(parsed.off), tuple(parsed.replaced))


def rule_folders(folders: Sequence[str | Path], *, own: bool = True) -> list[Path]:
    """The folders that rules are loaded from, in order. Raises `RuleError` for one that is not there."""
    roots = ([own_rules()] if own else []) + [Path(folder) for folder in folders]
    for root in roots:
        if not root.is_dir():
            raise RuleError("rules.no_folder", file=str(root))
    return roots


def rule_files(roots: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Every YAML file that belongs to a rule book, with its folder; fixtures are filings and belong to none."""
    return [
        (root, path)
        for root in roots
        for path in sorted(root.rglob("*.yaml"))
        if path.relative_to(root).parts[0] != FIXTURES
    ]


@dataclass
class ParsedRules:
    """The rules in force while files are read one after the other, and what was turned off and replaced."""

    rules: list[Rule] = field(default_factory=list)
    off: list[Change] = field(default_factory=list)
    replaced: list[Change] = field(default_factory=list)

    def add(self, root: Path, item: Map, roots: dict[str, Path]) -> None:
        """Add one entry: a rule, one that takes the place of another, or one that turns a rule off."""
        if "off" in item:
            self._turn_off(off_of(item))
            return
        rule = rule_of(item)
        before = next((number for number, other in enumerate(self.rules) if other.id == rule.id), None)
        if before is None and rule.replaces is None:
            self.rules.append(rule)
        elif before is None:
            fail(item["id"], "rules.unknown_rule", name=rule.id, near=nearest(rule.id, self._ids()))
        elif rule.replaces is None or roots[rule.id] == root:
            other = self.rules[before]
            key = "rules.duplicate_id" if roots[rule.id] == root else "rules.duplicate_other"
            fail(item["id"], key, rule=rule.id, other=f"{other.file}:{other.line}")
        else:
            self.replaced.append(replace(rule.replaces, title=self.rules[before].title))
            self.rules[before] = rule
        roots[rule.id] = root

    def _ids(self) -> list[str]:
        return [rule.id for rule in self.rules]

    def _turn_off(self, change: Change) -> None:
        number = next((number for number, rule in enumerate(self.rules) if rule.id == change.rule), None)
        if number is None:
            if any(other.rule == change.rule for other in self.off):
                return  # twice is off as well
            raise RuleError("rules.unknown_rule", file=change.file, line=change.line, name=change.rule,
                            near=nearest(change.rule, self._ids()))  # fmt: skip
        self.off.append(replace(change, title=self.rules.pop(number).title))

    def without(self, off: Iterable[Change]) -> ParsedRules:
        """The same with some more turned off. Raises `RuleError` for an id that is not known."""
        parsed = ParsedRules(list(self.rules), list(self.off), list(self.replaced))
        for change in off:
            parsed._turn_off(change)
        return parsed


def parse_rules(files: Iterable[tuple[Path, Path]]) -> ParsedRules:
    """Parse every rule file below the roots. Raises `RuleError`; a rule id may stand only once in a folder."""
    parsed = ParsedRules()
    roots: dict[str, Path] = {}
    for root, item in rule_items(files):
        parsed.add(root, item, roots)
    return parsed


def rule_items(files: Iterable[tuple[Path, Path]]) -> Iterator[tuple[Path, Map]]:
    """Every entry of every rule file below the roots, with its root; what turns off comes last in a root."""
    by_root: dict[Path, list[Map]] = {}
    for root, path in files:
        relative = path.relative_to(root)
        if relative.parts[0] not in _NOT_RULES:
            by_root.setdefault(root, []).extend(_entries(path, relative.as_posix()))
    for root, items in by_root.items():
        yield from ((root, item) for item in sorted(items, key=lambda item: "off" in item))


def _entries(path: Path, name: str) -> list[Map]:
    tree = parse(read_bytes(path, name), name)
    if not isinstance(tree, Items):
        check_keys(tree, ("rules",), required=("rules",))
        tree = a_list(tree["rules"])
    return [a_map(node) for node in tree]


def _check_examples(rules: Iterable[Rule], forms: FormBook) -> None:
    from auditor.outline.phrases import check_wordings
    from auditor.rules.examples import check_examples

    check_wordings(forms.roots)
    for rule in rules:
        check_examples(rule, plans_of(rule, forms), forms)


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


def _from_cache(path: Path) -> ParsedRules | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        rules = [rule_from_data(item) for item in data["rules"]]
        off, replaced = ([Change(*item) for item in data[key]] for key in ("off", "replaced"))
        return ParsedRules(rules, off, replaced)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _to_cache(path: Path, parsed: ParsedRules) -> None:
    """Write the cache, whole or not at all; a folder that cannot be written is no error."""
    data = {
        "rules": [rule_to_data(rule) for rule in parsed.rules],
        "off": [astuple(change) for change in parsed.off],
        "replaced": [astuple(change) for change in parsed.replaced],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False)
        Path(file.name).replace(path)
    except OSError:
        return
