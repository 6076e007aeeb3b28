"""What a header path or a row label means: level, fund, nature, classification, time, 其中.

The vocabulary is data (`rules/roles/*.yaml`), each role with texts that must and must not be taken for it. What no
role explains keeps its own name. Where several roles fit, all are candidates: what the print does not say is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.errors import RuleError
from auditor.model.labels import plain
from auditor.phrases.patterns import compiled
from auditor.shapes.words import is_of_which
from auditor.yamlfiles.keys import Entry, Key, KeyShape
from auditor.yamlfiles.trees import Text, a_list, a_map, a_text, fail, load, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from auditor.yamlfiles.trees import Map

FOLDER = "roles"
KINDS = ("层次", "资金", "性质", "分类", "时间")
GENERAL = "泛称"  # words that say nothing of which figure it is
MAX_LABEL = 200  # of a label, longer ones tell and name nothing
_YEAR = re.compile(r"(20[0-4]\d)年度?")
ROLE = Entry(
    "role",
    (
        Key("role", required=True),
        Key("says", KeyShape.TEXTS, required=True),
        Key("unless", KeyShape.TEXTS),
        Key("found", KeyShape.TEXTS, required=True),
        Key("not_found", KeyShape.TEXTS, required=True),
    ),
)
ROLES = Entry("roles", tuple(Key(kind, KeyShape.ENTRIES, of=ROLE) for kind in (*KINDS, GENERAL)))


@dataclass(frozen=True, slots=True)
class LabelRole:
    """One role: its kind (资金), its name (一般公共预算), and the texts that say it."""

    kind: str
    name: str
    says: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()

    def fits(self, text: str) -> bool:
        """Whether a label in plain form says this role."""
        return any(says.search(text) for says in self.says) and not any(no.search(text) for no in self.unless)


@dataclass(frozen=True, slots=True)
class Roles:
    """What a header path or a row label says of its figures.

    Each field holds the candidate roles of its kind; it is empty where nothing tells. `year` is the year printed (0
    where none is), `rest` are the texts that no role explains, from top to bottom.
    """

    level: frozenset[str] = frozenset()
    fund: frozenset[str] = frozenset()
    nature: frozenset[str] = frozenset()
    classification: frozenset[str] = frozenset()
    time: frozenset[str] = frozenset()
    of_which: bool = False
    year: int = 0
    rest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All roles, in the order of the files."""

    roles: tuple[LabelRole, ...]

    def of_label(self, label: str) -> dict[str, frozenset[str]]:
        """The candidate roles of one text, by kind."""
        return dict(_of_label(self, plain(_YEAR.sub("", label[:MAX_LABEL]))))

    def of_path(self, path: Sequence[str]) -> Roles:
        """What a path of texts (a header from top to bottom, the labels of a row from left to right) says.

        The lowest text that tells of a kind decides it: under 财政拨款, 一般公共预算 is a fund of its own.
        """
        found: dict[str, frozenset[str]] = {}
        rest: list[str] = []
        year = 0
        for text in path:
            told = self.of_label(text)
            found |= told
            if not told:
                rest.append(text)
            if years := _YEAR.findall(text):
                year = whole_number(years[-1]) or 0
        level, fund, nature, classification, time = (found.get(kind, frozenset()) for kind in KINDS)
        return Roles(level, fund, nature, classification, time, any(map(is_of_which, path)), year, tuple(rest))


@lru_cache(maxsize=8192)
def _of_label(vocabulary: Vocabulary, text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    found: dict[str, set[str]] = {}
    for role in vocabulary.roles:
        if role.fits(text):
            found.setdefault(role.kind, set()).add(role.name)
    return tuple((kind, frozenset(names)) for kind, names in found.items())


def load_roles(roots: Iterable[Path]) -> Vocabulary:
    """Load the roles below the given rule folders. Raises `RuleError` (file, line, what to do)."""
    return Vocabulary(tuple(_role(item, kind) for item, kind in _items(roots)))


@lru_cache(maxsize=8)
def vocabulary_of(roots: tuple[Path, ...]) -> Vocabulary:
    """The roles below the given rule folders, loaded once. Raises `RuleError`."""
    return load_roles(roots)


def check_roles(roots: Iterable[Path]) -> None:
    """Run the examples of every role. Raises `RuleError` at an example that behaves otherwise."""
    for item, kind in _items(roots):
        role = _role(item, kind)
        for key, wanted in (("found", True), ("not_found", False)):
            examples = _examples(item, key)
            if not examples:
                raise RuleError("wordings.no_example", file=item.file, line=item.line, name=key)
            for example in examples:
                if role.fits(plain(_YEAR.sub("", str(example)))) is not wanted:
                    fail(example, "wordings.example_wrong", text=str(example)[:60], name=key)


def _items(roots: Iterable[Path]) -> Iterator[tuple[Map, str]]:
    for root in roots:
        for path in sorted((root / FOLDER).glob("*.yaml")):
            tree = load(path, f"{FOLDER}/{path.name}")
            ROLES.check(tree)
            for kind, nodes in tree.items():
                yield from ((a_map(node), str(kind)) for node in a_list(nodes))


def _examples(item: Map, key: str) -> list[Text]:
    node = item.get(key)
    if node is None:
        return []
    return [node] if isinstance(node, Text) else [a_text(child) for child in a_list(node)]


def _role(item: Map, kind: str) -> LabelRole:
    ROLE.check(item)
    says, unless = (tuple(compiled(source, item) for source in texts(item, key)) for key in ("says", "unless"))
    return LabelRole(kind, str(item["role"]), says, unless)
