"""The wordings of the prose, loaded from `rules/phrases/claims.yaml`: which words name a topic, a subject, a measure.

A wording is plain text with a few marks: `[a|b]` may be there or not, `…` stands for a short run of text without
punctuation, `{增减}` for one of the listed words, `{数}` for a number, `{全体}` for the whole of a share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.sources import Map, a_list, a_map, check_keys, choice, fail, load, texts
from auditor.units import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NUMBER = r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_RUN = r"[^，。；：、]{0,30}?"
QUOTES = re.compile('[“”"「」『』]')
MOST = 200  # characters of one wording


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the prose tables, and the words that stand right before its number (or, for counts, its units)."""

    column: str
    kind: Kind
    says: tuple[re.Pattern[str], ...]
    units: frozenset[str] = frozenset()
    report: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A row of a prose table, and how the text names it, before its number or `after` it.

    The words mean this row in its own section; with `use` whole also where shares name it, with own anywhere.
    """

    topic: str
    row: str
    says: re.Pattern[str] | None
    after: re.Pattern[str] | None
    use: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One section of the 情况说明: a table of facts, the headings that open it, and where classes and items go."""

    name: str
    headings: tuple[str, ...]
    subjects: tuple[Subject, ...]
    classes: str = ""
    items: str = ""
    economic: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """Text that is no claim: from one of the first words to one of the last signs."""

    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """All wordings."""

    topics: Mapping[str, Topic]
    measures: tuple[Measure, ...]
    compares: tuple[tuple[str, re.Pattern[str]], ...]
    lists: tuple[tuple[str, re.Pattern[str]], ...]
    signs: Mapping[str, int]
    comparisons: Mapping[str, str]
    base: re.Pattern[str]
    noise: tuple[re.Pattern[str], ...]
    fillers: re.Pattern[str]
    asides: tuple[Aside, ...]
    own: tuple[Subject, ...] = field(default=())
    wholes: tuple[Subject, ...] = field(default=())

    def says_more(self, clause: str) -> bool:
        """Tell whether words are left in a clause that name nothing known: they may name another subject."""
        text = self.base.sub("", clause)
        return bool(re.search(r"[\u3400-\u9fff]{2}", self.fillers.sub("", re.split(r"[，：]", text)[-1])))

    def topic_of(self, heading: str) -> Topic | None:
        """The topic that a heading opens: the longest of its words that stands in the heading."""
        best: tuple[int, Topic] | None = None
        for topic in self.topics.values():
            for words in topic.headings:
                if words in heading and (best is None or len(words) > best[0]):
                    best = (len(words), topic)
        return best[1] if best else None


def load_lexicon(roots: Iterable[Path]) -> Lexicon | None:
    """Load the wordings of the last rule folder that has some. Raises `RuleError` (file, line, what to do)."""
    found: Lexicon | None = None
    for root in roots:
        path = root / "phrases" / "claims.yaml"
        if path.is_file():
            found = _lexicon(load(path, "phrases/claims.yaml"))
    return found


_KEYS = ("words", "asides", "noise", "fillers", "lists", "measures", "compares", "topics")


def _lexicon(tree: Map) -> Lexicon:
    check_keys(tree, _KEYS, required=_KEYS)
    words = a_map(tree["words"])
    check_keys(words, ("增减", "比较", "基期"), required=("增减", "比较", "基期"))
    signs = {str(word): int(str(sign)) for word, sign in a_map(words["增减"]).items()}
    comparisons = {str(word): str(meaning) for word, meaning in a_map(words["比较"]).items()}
    slots = {
        "增减": f"(?P<增减>{_any(signs)})",
        "比较": f"(?P<比较>{_any(comparisons)})",
        "数": NUMBER,
        "年": r"20\d\d",
        "全体": r"(?P<全体>[^，。；：]{2,24}?)",
    }
    bases = _any_of([_pattern(word, slots, words["基期"]) for word in texts(words, "基期")])
    base = re.compile(
        rf"(?:与|和|同|比|较)(?:{bases})(?:同期|当年)?"
        r"(?:预算执行数|年初预算数?|全年预算数?|预算数?|决算数?|执行数)?(?:相比(?:较)?|比较|同比|[^，。；：]{0,8}相比)?，?"
    )
    topics = {}
    for node in a_list(tree["topics"]):
        topic = _topic(a_map(node), slots)
        topics[topic.name] = topic
    return Lexicon(
        topics,
        tuple(_measure(a_map(node), slots) for node in a_list(tree["measures"])),
        tuple(
            (str(a_map(node)["column"]), re.compile(_pattern(text, slots, node)))
            for node in a_list(tree["compares"])
            for text in texts(a_map(node), "says")
        ),
        tuple(
            (str(a_map(node)["column"]), re.compile(f"(?:{_pattern(text, slots, node)})(?P<列>[^。；]+)"))
            for node in a_list(tree["lists"])
            for text in texts(a_map(node), "says")
        ),
        signs,
        comparisons,
        base,
        tuple(re.compile(_pattern(text, slots, tree["noise"])) for text in texts(tree, "noise")),
        re.compile(_any_of(_pattern(text, slots, tree["fillers"]) for text in texts(tree, "fillers"))),
        tuple(_aside(a_map(node)) for node in a_list(tree["asides"])),
        tuple(subject for topic in topics.values() for subject in topic.subjects if subject.use == "own"),
        tuple(subject for topic in topics.values() for subject in topic.subjects if subject.use),
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _any_of(patterns: Iterable[str]) -> str:
    return "|".join(sorted(patterns, key=len, reverse=True))


def _measure(item: Map, slots: Mapping[str, str]) -> Measure:
    check_keys(item, ("column", "kind", "says", "units", "report"), required=("column", "kind", "says"))
    kind = Kind(choice(item, "kind", list(Kind), Kind.AMOUNT))
    says = tuple(re.compile(("" if text == "…" else _pattern(text, slots, item)) + "$") for text in texts(item, "says"))
    return Measure(str(item["column"]), kind, says, frozenset(texts(item, "units")), str(item.get("report", "")))


def _topic(item: Map, slots: Mapping[str, str]) -> Topic:
    keys = ("topic", "headings", "subjects", "classes", "items", "economic")
    check_keys(item, keys, required=("topic", "headings", "subjects"))
    name = str(item["topic"])
    subjects = []
    for node in a_list(item["subjects"]):
        subject = a_map(node)
        check_keys(subject, ("row", "says", "after", "use"), required=("row",))
        says, after = (_choice_of(subject, key, slots) for key in ("says", "after"))
        use = choice(subject, "use", ("whole", "own"), "")
        subjects.append(Subject(name, str(subject["row"]), says, after, use))
    tables = [str(item.get(key, "")) for key in ("classes", "items", "economic")]
    return Topic(name, texts(item, "headings"), tuple(subjects), *tables)


def _choice_of(subject: Map, key: str, slots: Mapping[str, str]) -> re.Pattern[str] | None:
    wordings = [_pattern(text, slots, subject) for text in texts(subject, key)]
    return re.compile(_any_of(wordings)) if wordings else None


def _aside(item: Map) -> Aside:
    check_keys(item, ("begins", "unless", "ends"), required=("begins", "ends"))
    ends = re.escape(str(item["ends"]))
    unless = f"(?!{_any(text for text in texts(item, 'unless'))})" if "unless" in item else ""
    return Aside(re.compile(rf"{unless}(?:{_any(texts(item, 'begins'))})[^{ends}]*"))


def _pattern(text: str, slots: Mapping[str, str], node: Any) -> str:
    """Translate a wording into a regular expression of bounded length; quotation marks do not count."""
    text = QUOTES.sub("", text)
    if len(text) > MOST:
        fail(node, "phrases.too_long", text=text[:40])
    out, at = _parse(text, 0, slots, node, inside=False)
    if at < len(text):
        fail(node, "phrases.bracket", text=text)
    return out


def _parse(text: str, at: int, slots: Mapping[str, str], node: Any, *, inside: bool) -> tuple[str, int]:
    out = ""
    while at < len(text):
        char = text[at]
        if char == "[":
            inner, at = _parse(text, at + 1, slots, node, inside=True)
            if at >= len(text):
                fail(node, "phrases.bracket", text=text)
            out += f"(?:{inner})?"
        elif char == "]" and inside:
            return out, at
        elif char == "|":
            out += "|"
        elif char == "{":
            end = text.find("}", at)
            name = text[at + 1 : end]
            if end < 0 or name not in slots:
                fail(node, "phrases.slot", text=text, known="、".join(slots))
            out += slots[name]
            at = end
        elif char == "…":
            out += _RUN
        else:
            out += re.escape(char)
        at += 1
    return out, at
