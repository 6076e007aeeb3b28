"""The rule book: forms, rules and their plans, loaded from folders and checked; examples run where rules are tested."""

from __future__ import annotations

import gc
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.forms.loading import load_forms
from auditor.installed import own_rules, program_version
from auditor.rules.compiled import items_of, kept_entries
from auditor.rules.resolve import plans_of
from auditor.rules.rule import Change, Rule, entry_of
from auditor.yamlfiles.trees import Map, Text, fail, nearest, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.tables import Table
    from auditor.rules.plan import Plan

__all__ = ["RuleBook", "load_rules", "own_rules", "program_version"]
FIXTURES = "fixtures"
MOST_LOADED = 4  # books that this process keeps: unchanged files give the same book again
_NOT_RULES = ("forms", "taxonomy", "phrases", "roles", "standard", FIXTURES)


@dataclass(frozen=True, repr=False)
class RuleBook:
    """All rules with the forms they speak of.

    `sha256` is the hash of every file that was loaded and of what the settings turned off. `off` are rules that were
    turned off, `replaced` those whose place another one took; `rules` are those in force, `added` the ids of those that
    do not come from the program's own folder.
    """

    rules: tuple[Rule, ...]
    forms: FormBook
    sha256: str
    folders: tuple[str, ...] = ()
    off: tuple[Change, ...] = ()
    replaced: tuple[Change, ...] = ()
    added: frozenset[str] = frozenset()
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

    def check(self) -> None:
        """Read every wording and resolve every rule. Raises `RuleError`."""
        _ = self.forms.wordings, self.forms.lexicon  # read on first use, which is now
        for rule in self.rules:
            self.plans(rule)

    def all_plans(self, extra: Iterable[Table] = ()) -> list[Plan]:
        """The plans of all rules, in order."""
        extra = list(extra)
        return [plan for rule in self.rules for plan in self.plans(rule, extra)]


_loaded: dict[tuple[str, tuple[Path, ...], bool], RuleBook] = {}


def load_rules(
    folders: Sequence[str | Path] = (),
    *,
    own: bool = True,
    cache: bool = True,
    off: Iterable[Change] = (),
) -> RuleBook:
    """Load the program's rules and those of further folders.

    A further folder adds rules, replaces some of the same id (with `replaces:` and a dated reason) and turns some off;
    `off` turns off more. Every rule is parsed and its addresses are resolved; each must have examples, which
    `auditor rules test` and `rules lint` run. What was parsed is kept in the cache, per file and without the examples;
    where they are wanted, `cache` is false. Raises `RuleError` with file, line and what to do.

    >>> book = load_rules()
    >>> book.by_id["FA-T01-05"].title
    '收入总计等于支出总计'
    """
    roots = rule_folders(folders, own=own)
    files = rule_files(roots)
    lists = [(root, path) for root in roots for path in sorted((root / "taxonomy").glob("*.csv"))]
    sha256, off = _hash([*files, *lists]), tuple(off)
    for change in off:
        sha256 = hashlib.sha256(f"{sha256} {change}".encode()).hexdigest()
    key = (sha256, tuple(roots), cache)
    book = _loaded.get(key) or _load(roots, files, sha256, off, cache=cache)
    _loaded.pop(key, None)
    _loaded[key] = book  # the last one used stands last
    while len(_loaded) > MOST_LOADED:
        del _loaded[next(iter(_loaded))]
    return book


def _load(
    roots: list[Path], files: list[tuple[Path, Path]], sha256: str, off: tuple[Change, ...], *, cache: bool
) -> RuleBook:
    with _no_collection():
        forms = load_forms(roots)
        parsed = _kept_rules(files) if cache else None
        parsed = (parsed or parse_rules(files)).without(off)
        named = tuple(str(root) for root in roots)
        added = frozenset(rule.id for rule in parsed.rules if parsed.roots[rule.id] != own_rules())
        book = RuleBook(tuple(parsed.rules), forms, sha256, named, tuple(parsed.off), tuple(parsed.replaced), added)
        book.check()
    return book


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave the search for cyclic garbage for later: loading makes many lasting objects and hardly any garbage."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def rule_folders(folders: Sequence[str | Path], *, own: bool = True) -> list[Path]:
    """The folders that rules are loaded from, in order. Raises `RuleError` for one that is not there."""
    roots = ([own_rules()] if own else []) + [Path(folder) for folder in folders]
    for root in roots:
        if not root.is_dir():
            raise RuleError("rules.no_folder", file=str(root))
    return roots


def rule_files(roots: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Every YAML file that belongs to a rule book, with its folder; fixtures are filings and belong to none.

    Raises `RuleError` for folders that lie so deep in one another that nothing finds their end.
    """
    found: list[tuple[Path, Path]] = []
    for root in roots:
        try:
            paths = sorted(root.rglob("*.yaml"))
        except (OSError, RecursionError) as error:
            raise RuleError("rules.unreadable", file=str(root), why=str(error)) from None
        found += [(root, path) for path in paths if path.relative_to(root).parts[0] != FIXTURES]
    return found


@dataclass
class ParsedRules:
    """The rules in force while files are read one after the other, and what was turned off and replaced.

    `roots` tells the folder that each rule comes from.
    """

    rules: list[Rule] = field(default_factory=list)
    off: list[Change] = field(default_factory=list)
    replaced: list[Change] = field(default_factory=list)
    roots: dict[str, Path] = field(default_factory=dict)

    def add(self, root: Path, item: Map) -> None:
        """Add one entry: a rule, one that takes the place of another, or one that turns a rule off."""
        self.put(root, entry_of(item), item.get("id"))

    def put(self, root: Path, entry: Rule | Change, at: Text | None = None) -> None:
        """The same of an entry that is parsed; `at` is the id as it stands in the file."""
        if isinstance(entry, Change):
            self._turn_off(entry)
            return
        rule, place = entry, entry if at is None else at
        before = next((number for number, other in enumerate(self.rules) if other.id == rule.id), None)
        if before is None and rule.replaces is None:
            self.rules.append(rule)
        elif before is None:
            fail(place, "rules.unknown_rule", name=rule.id, near=nearest(rule.id, self._ids()))
        elif rule.replaces is None or self.roots[rule.id] == root:
            other = self.rules[before]
            key = "rules.duplicate_id" if self.roots[rule.id] == root else "rules.duplicate_other"
            fail(place, key, rule=rule.id, other=f"{other.file}:{other.line}")
        else:
            self.replaced.append(replace(rule.replaces, title=self.rules[before].title))
            self.rules[before] = rule
        self.roots[rule.id] = root

    def put_kept(self, files: Iterable[tuple[Path, Path]]) -> None:
        """Add the entries of some files, out of the cache where they are there. Raises `RuleError`."""
        by_root: dict[Path, list[Rule | Change]] = {}
        for root, path, name in _with_rules(files):
            by_root.setdefault(root, []).extend(kept_entries(read_bytes(path, name), name))
        for root, entries in by_root.items():
            for entry in sorted(entries, key=lambda entry: isinstance(entry, Change)):
                self.put(root, entry)

    def _ids(self) -> list[str]:
        return [rule.id for rule in self.rules]

    def _turn_off(self, change: Change) -> None:
        number = next((number for number, rule in enumerate(self.rules) if rule.id == change.rule), None)
        if number is None:
            if any(other.rule == change.rule for other in self.off):
                return  # twice is off as well
            raise RuleError(
                "rules.unknown_rule",
                file=change.file,
                line=change.line,
                name=change.rule,
                near=nearest(change.rule, self._ids()),
            )
        self.off.append(replace(change, title=self.rules.pop(number).title))

    def without(self, off: Iterable[Change]) -> ParsedRules:
        """The same with some more turned off. Raises `RuleError` for an id that is not known."""
        parsed = ParsedRules(list(self.rules), list(self.off), list(self.replaced), dict(self.roots))
        for change in off:
            parsed._turn_off(change)
        return parsed


def parse_rules(files: Iterable[tuple[Path, Path]]) -> ParsedRules:
    """Parse every rule file below the roots. Raises `RuleError`; a rule id may stand only once in a folder."""
    parsed = ParsedRules()
    for root, item in rule_items(files):
        parsed.add(root, item)
    return parsed


def _kept_rules(files: Iterable[tuple[Path, Path]]) -> ParsedRules | None:
    """The same with the help of the cache; None for a mistake, which is told from the files themselves."""
    parsed = ParsedRules()
    try:
        parsed.put_kept(files)
    except RuleError:
        return None
    return parsed


def rule_items(files: Iterable[tuple[Path, Path]]) -> Iterator[tuple[Path, Map]]:
    """Every entry of every rule file below the roots, with its root; what turns off comes last in a root."""
    by_root: dict[Path, list[Map]] = {}
    for root, path, name in _with_rules(files):
        by_root.setdefault(root, []).extend(items_of(read_bytes(path, name), name))
    for root, items in by_root.items():
        yield from ((root, item) for item in sorted(items, key=lambda item: "off" in item))


def _with_rules(files: Iterable[tuple[Path, Path]]) -> Iterator[tuple[Path, Path, str]]:
    """The files that rules stand in, with their root and their name below it."""
    for root, path in files:
        relative = path.relative_to(root)
        if relative.parts[0] not in _NOT_RULES:
            yield root, path, relative.as_posix()


def _hash(files: Iterable[tuple[Path, Path]]) -> str:
    digest = hashlib.sha256()
    for root, path in files:
        name = path.relative_to(root).as_posix()
        digest.update(f"{name}\0".encode())
        digest.update(read_bytes(path, name))
    return digest.hexdigest()
