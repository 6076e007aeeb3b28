"""Standard tables as their titles and roles describe them (`rules/standard/*.yaml`): no form of a place is needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.model.labels import plain
from auditor.phrases.patterns import compiled
from auditor.yamlfiles.keys import Entry, Key, KeyShape
from auditor.yamlfiles.trees import a_list, a_map, fail, load, texts

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from auditor.yamlfiles.trees import Map

FOLDER = "standard"
DESCRIBED = Entry(
    "described",
    (
        Key("table", required=True),
        Key("title", KeyShape.TEXTS, required=True),
        Key("unless", KeyShape.TEXTS),
        Key("own", KeyShape.TEXTS),
        Key("rows", KeyShape.GROUPS),
        Key("found", KeyShape.TEXTS, required=True),
        Key("not_found", KeyShape.TEXTS, required=True),
    ),
)
FILE = Entry("standard", (Key("tables", KeyShape.ENTRIES, required=True, of=DESCRIBED),))


@dataclass(frozen=True)
class Described:
    """How a standard table is titled, the roles that all its figures have, and what some of its rows are called."""

    table: str
    titles: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()
    own: frozenset[str] = frozenset()
    rows: dict[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict, hash=False)

    def titled(self, title: str) -> bool:
        """Whether a printed title may be that of this table."""
        text = plain(title)
        return any(one.search(text) for one in self.titles) and not any(one.search(text) for one in self.unless)


@lru_cache(maxsize=8)
def described_of(roots: tuple[Path, ...]) -> tuple[Described, ...]:
    """The descriptions below the given rule folders. Raises `RuleError` (file, line, what to do)."""
    return tuple(_described(item) for item in _items(roots))


def check_described(roots: Iterable[Path], tables: Iterable[str]) -> None:
    """Check that the tables exist and that the titles given as examples behave. Raises `RuleError`."""
    known = set(tables)
    for item in _items(roots):
        one = _described(item)
        if one.table not in known:
            fail(item["table"], "forms.unknown_table", name=one.table)
        for key, wanted in (("found", True), ("not_found", False)):
            if not texts(item, key):
                raise RuleError("wordings.no_example", file=item.file, line=item.line, name=key)
            for example in texts(item, key):
                if one.titled(example) is not wanted:
                    fail(item, "wordings.example_wrong", text=example[:60], name=key)


def _items(roots: Iterable[Path]) -> Iterator[Map]:
    for root in roots:
        for path in sorted((root / FOLDER).glob("*.yaml")):
            tree = load(path, f"{FOLDER}/{path.name}")
            FILE.check(tree)
            yield from (a_map(node) for node in a_list(tree["tables"]))


def _described(item: Map) -> Described:
    DESCRIBED.check(item)
    titles, unless = (tuple(compiled(source, item) for source in texts(item, key)) for key in ("title", "unless"))
    rows = a_map(item["rows"]) if "rows" in item else {}
    named = {str(name): tuple(compiled(source, item) for source in texts(rows, name)) for name in rows}
    return Described(str(item["table"]), titles, unless, frozenset(map(str, texts(item, "own"))), named)
