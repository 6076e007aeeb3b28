"""The wordings of the prose (`rules/phrases/claims.yaml`): which words name a topic, a subject, a measure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.model.units import Kind
from auditor.phrases.patterns import MOST_MADE, NUMBER, any_of, any_word, compiled, pattern_of
from auditor.yamlfiles.keys import Entry, Key, KeyShape, flag
from auditor.yamlfiles.trees import Map, a_list, a_map, choice, load, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the prose tables, and the words that stand right before its number (or, for counts, its units).

    `against_budget` is the column instead, where the sentence compares with a budget and not with a year before.
    """

    column: str
    kind: Kind
    says: tuple[re.Pattern[str], ...]
    units: frozenset[str] = frozenset()
    report: str = ""
    against_budget: str = ""

    @property
    def counts(self) -> bool:
        """Whether its own words and units say what is counted: people, groups, cars bought."""
        return self.kind is Kind.COUNT and self.column != "数量"


@dataclass(frozen=True, slots=True)
class Subject:
    """A row of a prose table, and how the text names it, before its number or `after` it.

    The words mean this row in its own section; with `use` whole also where shares name it, with own anywhere. A
    subject `under` others is a part of the one of them that the text is about: its row is `上级/行`.
    """

    topic: str
    row: str
    says: re.Pattern[str] | None
    after: re.Pattern[str] | None
    use: str
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """One section of the 情况说明: a table of facts, the headings that open it, and where classes and items go.

    `whole` are the rows that a share means which names no whole; `leads` says that its headings count even where
    longer words of another topic stand in the same heading.
    """

    name: str
    headings: tuple[str, ...]
    subjects: tuple[Subject, ...]
    classes: str = ""
    items: str = ""
    economic: str = ""
    whole: tuple[str, ...] = ()
    leads: bool = False


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
    budget_base: re.Pattern[str]
    noise: tuple[re.Pattern[str], ...]
    fillers: re.Pattern[str]
    asides: tuple[re.Pattern[str], ...]
    own: tuple[Subject, ...] = field(default=())
    wholes: tuple[Subject, ...] = field(default=())

    def bare(self, text: str) -> str:
        """A text without what it is compared with."""
        return self.base.sub("", self.budget_base.sub("", text))

    def says_more(self, text: str) -> bool:
        """Whether words are left in the last stretch of a text that name nothing known: perhaps a subject."""
        stretch = re.split(r"[，：、。；]", self.bare(text))[-1]
        for pattern in self.noise:
            stretch = pattern.sub("", stretch)
        return bool(re.search(r"[\u3400-\u9fff]{2}", self.fillers.sub("", stretch)))

    def topic_of(self, heading: str) -> Topic | None:
        """The topic that a heading opens: one that leads, else the longest of its words that stands there."""
        best: tuple[bool, int, Topic] | None = None
        for topic in self.topics.values():
            for words in topic.headings:
                if words in heading and (best is None or (topic.leads, len(words)) > best[:2]):
                    best = (topic.leads, len(words), topic)
        return best[2] if best else None


def load_lexicon(roots: Iterable[Path]) -> Lexicon | None:
    """Load the wordings of the last rule folder that has some. Raises `RuleError` (file, line, what to do)."""
    found: Lexicon | None = None
    for root in roots:
        path = root / "phrases" / "claims.yaml"
        if path.is_file():
            found = _Loader(load(path, "phrases/claims.yaml")).lexicon()
    return found


SIGNS = {"1": 1, "-1": -1, "0": 0}  # more, less, either
RELATIONS = ("大于", "小于", "等于")
WORDS = Entry(
    "words",
    (
        Key("增减", KeyShape.GROUPS, required=True),
        Key("比较", KeyShape.GROUPS, required=True),
        Key("基期", KeyShape.TEXTS, required=True),
        Key("预算基期", KeyShape.TEXTS, required=True),
    ),
)
ASIDE = Entry(
    "aside",
    (
        Key("begins", KeyShape.TEXTS, required=True),
        Key("unless", KeyShape.TEXTS),
        Key("until", KeyShape.TEXTS),
        Key("ends", required=True),
    ),
)
MEASURE = Entry(
    "measure",
    (
        Key("column", required=True),
        Key("kind", values=tuple(Kind), required=True),
        Key("says", KeyShape.TEXTS, required=True),
        Key("units", KeyShape.TEXTS),
        Key("report"),
        Key("against_budget"),
    ),
)
SAID = Entry("said", (Key("column", required=True), Key("says", KeyShape.TEXTS, required=True)))
SUBJECT = Entry(
    "subject",
    (
        Key("row", required=True),
        Key("says", KeyShape.TEXTS),
        Key("after", KeyShape.TEXTS),
        Key("use", values=("whole", "own")),
        Key("under", KeyShape.TEXTS),
    ),
)
TOPIC = Entry(
    "topic",
    (
        Key("topic", required=True),
        Key("headings", KeyShape.TEXTS, required=True),
        Key("subjects", KeyShape.ENTRIES, required=True, of=SUBJECT),
        Key("classes"),
        Key("items"),
        Key("economic"),
        Key("whole", KeyShape.TEXTS),
        Key("leads", KeyShape.FLAG),
    ),
)
CLAIMS = Entry(
    "claims",
    (
        Key("words", KeyShape.ENTRY, required=True, of=WORDS),
        Key("asides", KeyShape.ENTRIES, required=True, of=ASIDE),
        Key("noise", KeyShape.TEXTS, required=True),
        Key("fillers", KeyShape.TEXTS, required=True),
        Key("lists", KeyShape.ENTRIES, required=True, of=SAID),
        Key("measures", KeyShape.ENTRIES, required=True, of=MEASURE),
        Key("compares", KeyShape.ENTRIES, required=True, of=SAID),
        Key("topics", KeyShape.ENTRIES, required=True, of=TOPIC),
    ),
)


class _Loader:
    """Reads the tree of the file; `slots` are what stands for `{…}` in its wordings."""

    def __init__(self, tree: Map) -> None:
        CLAIMS.check(tree)
        self.tree = tree
        self.words = a_map(tree["words"])
        WORDS.check(self.words)
        self.signs = {word: SIGNS[sign] for word, sign in self._meanings("增减", tuple(SIGNS))}
        self.comparisons = dict(self._meanings("比较", RELATIONS))
        self.slots = {
            "增减": f"(?P<增减>{any_word(self.signs)})",
            "比较": f"(?P<比较>{any_word(self.comparisons)})",
            "数": NUMBER,
            "年": r"20\d\d",
            "全体": r"(?P<全体>[^，。；：]{2,24}?)",
        }
        bases = any_of(self._patterns(self.words, "基期"))
        self.slots["基期"] = f"(?:{bases})"
        self.base = compiled(
            rf"(?:与|和|同|比|较)(?:{bases})(?:同期|当年)?"
            r"(?:预算执行数|年初预算数?|全年预算数?|预算数?|决算数?|执行数)?(?:相比(?:较)?|比较|同比|[^，。；：]{0,8}相比)?，?",
            self.words["基期"],
            MOST_MADE,
        )
        self.budget_base = compiled(
            rf"(?:与|和|同|比|较)(?:{any_of(self._patterns(self.words, '预算基期'))})(?:相比(?:较)?|比较)?，?",
            self.words["预算基期"],
            MOST_MADE,
        )

    def lexicon(self) -> Lexicon:
        tree = self.tree
        topics = {topic.name: topic for topic in map(self._topic, map(a_map, a_list(tree["topics"])))}
        subjects = [subject for topic in topics.values() for subject in topic.subjects]
        return Lexicon(
            topics,
            tuple(self._measure(a_map(node)) for node in a_list(tree["measures"])),
            tuple((column, compiled(says, tree["compares"], MOST_MADE)) for column, says in self._columns("compares")),
            tuple(
                (column, compiled(f"(?:{says})(?P<列>[^。；]+)", tree["lists"], MOST_MADE))
                for column, says in self._columns("lists")
            ),
            self.signs,
            self.comparisons,
            self.base,
            self.budget_base,
            tuple(compiled(text, tree["noise"], MOST_MADE) for text in self._patterns(tree, "noise")),
            compiled(any_of(self._patterns(tree, "fillers")), tree["fillers"], MOST_MADE),
            tuple(self._aside(a_map(node)) for node in a_list(tree["asides"])),
            tuple(subject for subject in subjects if subject.use == "own"),
            tuple(subject for subject in subjects if subject.use),
        )

    def _meanings(self, key: str, allowed: Iterable[str]) -> list[tuple[str, str]]:
        """Words, each with one of the meanings that such words may have."""
        words = a_map(self.words[key])
        return [(str(word), choice(words, word, allowed, "")) for word in words]

    def _patterns(self, item: Map, key: str) -> list[str]:
        return [pattern_of(text, self.slots, item[key]) for text in texts(item, key)]

    def _columns(self, key: str) -> list[tuple[str, str]]:
        items = [a_map(node) for node in a_list(self.tree[key])]
        for item in items:
            SAID.check(item)
        return [(str(item["column"]), says) for item in items for says in self._patterns(item, "says")]

    def _measure(self, item: Map) -> Measure:
        MEASURE.check(item)
        patterns = ["" if text == "…" else pattern_of(text, self.slots, item) for text in texts(item, "says")]
        says = tuple(compiled(pattern + "$", item, MOST_MADE) for pattern in patterns)
        report, against_budget = (str(item.get(key, "")) for key in ("report", "against_budget"))
        kind = Kind(str(item["kind"]))
        return Measure(str(item["column"]), kind, says, frozenset(texts(item, "units")), report, against_budget)

    def _topic(self, item: Map) -> Topic:
        TOPIC.check(item)
        name = str(item["topic"])
        subjects = tuple(self._subject(a_map(node), name) for node in a_list(item["subjects"]))
        classes, items, economic = (str(item.get(key, "")) for key in ("classes", "items", "economic"))
        return Topic(
            name, texts(item, "headings"), subjects, classes, items, economic, texts(item, "whole"), flag(item, "leads")
        )

    def _subject(self, item: Map, topic: str) -> Subject:
        SUBJECT.check(item)
        says, after = (
            compiled(any_of(patterns), item, MOST_MADE) if (patterns := self._patterns(item, key)) else None
            for key in ("says", "after")
        )
        return Subject(topic, str(item["row"]), says, after, str(item.get("use", "")), texts(item, "under"))

    def _aside(self, item: Map) -> re.Pattern[str]:
        """Text that is no claim: from one of the first words to one of the last signs, or to where claims go on."""
        ASIDE.check(item)
        unless, until = (
            f"(?!{any_of(self._patterns(item, key))})" if key in item else "" for key in ("unless", "until")
        )
        begins, ends = any_of(self._patterns(item, "begins")), re.escape(str(item["ends"]))
        return compiled(rf"{unless}(?:{begins})(?:{until}[^{ends}])*", item, MOST_MADE)
