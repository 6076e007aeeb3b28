"""The grammar of sentences (`rules/phrases/sentences.yaml`): patterns, each with what it must and must not find."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.phrases.patterns import MOST_MADE, compiled
from auditor.yamlfiles.keys import Entry, Key, KeyShape
from auditor.yamlfiles.trees import a_list, a_map, fail, load, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from auditor.yamlfiles.trees import Map

FIELDS: dict[str, str] = {
    "列举": "opens",
    "全列": "complete",
    "上期": "before",
    "预算": "budget",
    "基期": "base",
    "到数": "reaches",
    "起数": "starts",
    "超预算": "over",
    "套话": "filler",
    "虚字": "particles",
    "项目号": "mark",
    "增列": "more",
    "减列": "less",
    "确减": "fewer",
    "自变": "itself",
}  # pattern → where it stands in the grammar
NAMES = tuple(FIELDS)
PATTERN = Entry(
    "pattern",
    (
        Key("name", values=NAMES, required=True),
        Key("says", KeyShape.TEXTS, required=True),
        Key("found", KeyShape.TEXTS, required=True),
        Key("not_found", KeyShape.TEXTS, required=True),
    ),
)
SCOPE = Entry(
    "scope", (Key("group", required=True), Key("tag", required=True), Key("says", KeyShape.TEXTS, required=True))
)
FAMILY = Entry("family", (Key("all", KeyShape.TEXTS, required=True),))
SENTENCES = Entry(
    "sentences",
    (
        Key("patterns", KeyShape.ENTRIES, required=True, of=PATTERN),
        Key("families", KeyShape.ENTRIES, required=True, of=FAMILY),
        Key("scopes", KeyShape.ENTRIES, required=True, of=SCOPE),
    ),
)
_EARLIER = re.compile("上年|去年|20[0-9]{2}年|[增新]")
MAX_PATTERN = 400  # characters


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns of sentences by what they find."""

    opens: re.Pattern[str]  # a list of parts begins
    complete: re.Pattern[str]  # and says that it names them all
    before: re.Pattern[str]  # the period before
    budget: re.Pattern[str]
    base: re.Pattern[str]  # what is compared with
    reaches: re.Pattern[str]  # up or down to an amount
    starts: re.Pattern[str]  # from an amount
    over: re.Pattern[str]  # by how much a budget is exceeded
    filler: re.Pattern[str]
    particles: re.Pattern[str]
    mark: re.Pattern[str]  # the number of an item; its group tells the style
    more: re.Pattern[str]
    less: re.Pattern[str]
    fewer: re.Pattern[str]
    itself: re.Pattern[str]  # a reason that tells no more than that the money changed
    families: tuple[tuple[re.Pattern[str], ...], ...] = ()  # names that together are all there is
    scopes: tuple[tuple[str, str, re.Pattern[str]], ...] = ()

    def direction(self, reason: str) -> str:
        """Which way a reason says that an amount moved: 增加, 减少, or '' where it says both or neither.

        经费增加 and 经费减少 where it says no more than that the money itself moved.
        """
        money = "经费" if self.itself.search(reason) else ""
        if self.more.search(reason):
            return "" if self.less.search(reason) else f"{money}增加"
        return f"{money}减少" if self.fewer.search(reason) and not _EARLIER.search(reason) else ""

    def closes(self, phrases: Sequence[str]) -> bool:
        """Whether the names of a list are all there is: a family of names, or the last is 其他."""
        if self.particles.sub("", phrases[-1]).startswith("其他") and len(phrases) > 2:
            return True
        return any(
            len(phrases) >= len(names) and all(any(name.search(phrase) for phrase in phrases) for name in names)
            for names in self.families
        )

    def continues(self, inner: Sequence[str], phrase: str, outer: Sequence[str]) -> bool:
        """Whether a name goes on with an inner list: of a family with all its names, with none of the outer."""
        return any(
            any(name.search(phrase) for name in names)
            and all(any(name.search(one) and not name.search(phrase) for name in names) for one in inner)
            and len(inner) < len(names)
            and not any(name.search(one) for name in names for one in outer)
            for names in self.families
        )

    def tags_of(self, text: str) -> frozenset[tuple[str, str]]:
        """The scope that a text says: of every group the tag that it names last."""
        last: dict[str, tuple[int, str]] = {}
        for group, tag, says in self.scopes:
            for found in says.finditer(text):
                if found.end() > last.get(group, (-1, ""))[0]:
                    last[group] = found.end(), tag
        return frozenset((group, tag) for group, (_, tag) in last.items())

    def key_of(self, phrase: str) -> str:
        """What a phrase names once everything that names nothing is taken away: equal keys are one subject."""
        return self.particles.sub("", self.filler.sub("", phrase))


def load_grammar(roots: Iterable[Path]) -> Grammar | None:
    """Load the grammar of the last rule folder that has one. Raises `RuleError` (file, line, what to do)."""
    found: Grammar | None = None
    for root in roots:
        path = root / "phrases" / "sentences.yaml"
        if path.is_file():
            found = _grammar(path)
    return found


def _grammar(path: Path) -> Grammar:
    tree = load(path, "phrases/sentences.yaml")
    SENTENCES.check(tree)
    patterns: dict[str, re.Pattern[str]] = {}
    for node in a_list(tree["patterns"]):
        item = a_map(node)
        PATTERN.check(item)
        name = str(item["name"])
        pattern = _compiled(item)
        for text in texts(item, "found"):
            if not pattern.search(text):
                fail(item["found"], "wordings.example_wrong", text=text, name="found")
        for text in texts(item, "not_found"):
            if pattern.search(text):
                fail(item["not_found"], "wordings.example_wrong", text=text, name="not_found")
        if name in patterns:
            fail(item["name"], "rules.bad_value", name="name", value=name, allowed="、".join(NAMES))
        patterns[name] = pattern
    lacking = [name for name in NAMES if name not in patterns]
    if lacking:
        fail(tree, "rules.missing_key", name="、".join(lacking))
    scopes = []
    for node in a_list(tree["scopes"]):
        item = a_map(node)
        SCOPE.check(item)
        scopes.append((str(item["group"]), str(item["tag"]), _compiled(item)))
    families = []
    for node in a_list(tree["families"]):
        FAMILY.check(a_map(node))
        names = texts(a_map(node), "all")
        families.append(tuple(compiled(name, a_map(node)["all"], MAX_PATTERN) for name in names))
    named: dict[str, Any] = {FIELDS[name]: pattern for name, pattern in patterns.items()}
    return Grammar(**named, families=tuple(families), scopes=tuple(scopes))


def _compiled(item: Map) -> re.Pattern[str]:
    """All the patterns of an entry as one. Raises `RuleError` for one that is too long or cannot be read."""
    says = texts(item, "says")
    for text in says:
        compiled(text, item["says"], MAX_PATTERN)
    return compiled("|".join(says), item["says"], MOST_MADE)
