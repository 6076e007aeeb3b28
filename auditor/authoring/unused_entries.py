"""Entries of forms and wordings that nothing uses: lists, groups, tables, titles, wordings given twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.messages import say
from auditor.yamlfiles.trees import Items, Map, Text, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from auditor.rules.rule import Rule

_WORDS = re.compile(r"[\w（）“”、·～]+")
_WORDINGS = ("says", "after", "headings", "begins", "noise", "fillers", "also", "found_by")


class Dead(NamedTuple):
    """One entry that nothing uses: where it stands and what is said of it."""

    node: Any
    text: str


def dead_entries(roots: Iterable[Path], rules: Iterable[Rule]) -> Iterator[Dead]:
    """Every dead entry of the form and wording files below some folders."""
    used = {word for rule in rules for written in rule.written for word in _WORDS.findall(written.text)}
    for root in roots:
        printed: set[str] = set()
        tables: list[Text] = []
        for path in sorted((root / "forms").glob("*.yaml")):
            tree = load(path, f"forms/{path.name}")
            yield from _unused(tree, used)
            yield from _titled_twice(tree)
            printed |= set(_printed(tree))
            tables += [t["table"] for t in tree.get("tables", ()) if not {"prose", "about", "like"} & set(t)]
        yield from (Dead(name, say("lint.unprinted", name=name)) for name in tables if name not in printed | used)
        for path in sorted((root / "phrases").glob("*.yaml")):
            tree = load(path, f"phrases/{path.name}")
            yield from _unasked(tree, used)
            yield from _repeated(tree)


def _unused(tree: Map, used: set[str]) -> Iterator[Dead]:
    """Lists and groups that no rule names."""
    for name in tree.get("lists", ()):
        if name not in used:
            yield Dead(name, say("lint.unused_list", name=name))
    for table in tree.get("tables", ()):
        for key in ("row_groups", "column_groups"):
            for name in table.get(key, ()):
                if not set(_WORDS.findall(name)) <= used:
                    yield Dead(name, say("lint.unused_group", name=name, table=table["table"]))


def _titled_twice(tree: Map) -> Iterator[Dead]:
    """Titles of a family under which the same is already printed in the same way."""
    for family in tree.get("families", ()):
        first: dict[tuple[str, str], int] = {}
        for form in family.get("forms", ()):
            also = form.get("also", ())
            print_ = repr([form.get(key) for key in ("as", "inner", "lanes", "columns", "across", "partial")])
            for title in [form["title"], *([also] if isinstance(also, Text) else also)]:
                line = first.setdefault((str(title), print_), form["title"].line)
                if line != form["title"].line:
                    yield Dead(title, say("lint.title_twice", name=title, other=line))


def _printed(tree: Map) -> Iterator[str]:
    for family in tree.get("families", ()):
        for form in family.get("forms", ()):
            inner = form.get("inner", ())
            yield from [str(form.get("as", "")), *([inner] if isinstance(inner, Text) else inner)]


def _unasked(tree: Map, used: set[str]) -> Iterator[Dead]:
    """Rows that wordings give to tables about the filing, where no rule asks for the row, nor for all of its table."""
    for table, wordings in tree.items():
        rows = [item["row"] for item in wordings if isinstance(item, Map) and "row" in item and "found" in item]
        if rows and any(row in used for row in rows):
            yield from (Dead(row, say("lint.unasked", name=row, table=table)) for row in rows if row not in used)


def _repeated(node: Any) -> Iterator[Dead]:
    """Wordings that stand twice in one list."""
    if isinstance(node, Map):
        for key, value in node.items():
            if str(key) in _WORDINGS and isinstance(value, Items):
                seen: dict[str, int] = {}
                for text in (child for child in value if isinstance(child, Text)):
                    if text in seen:
                        yield Dead(text, say("lint.said_twice", name=text, line=seen[text]))
                    seen.setdefault(str(text), text.line)
            yield from _repeated(value)
    elif isinstance(node, Items):
        for child in node:
            yield from _repeated(child)
