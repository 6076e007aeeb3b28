"""A rule: one YAML entry, parsed and checked."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from auditor.errors import RuleError
from auditor.messages import say
from auditor.model.facts import EDITIONS, ENTITY_KINDS, REPORTS
from auditor.model.footing import FootingKind
from auditor.rules.nodes import dump, restore
from auditor.rules.statement import parse_loop, parse_statement
from auditor.yamlfiles.keys import Entry, Key, KeyShape
from auditor.yamlfiles.trees import Items, Map, Text, a_list, a_map, a_text, collecting, fail, texts, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.rules.nodes import Loop, Statement


class RuleKind(StrEnum):
    """The nature of a rule, and with it the severity of its findings."""

    LOGICAL = "logical"  # 逻辑性: must hold → error
    EXPLAIN = "explain"  # 核实性: needs an explanation → warning
    HINT = "hint"  # 提示性 → info


CHANGE = Entry("change", (Key("date", required=True), Key("reason", required=True)))
OFF = Entry("off", (Key("off", required=True), *CHANGE))
ENGLISH = Entry("en", tuple(Key(name) for name in ("title", "why", "fix", "exceptions")))
EXAMPLES = Entry("examples", (Key("pass", KeyShape.EXAMPLE), Key("fail", KeyShape.EXAMPLE)))
RULE = Entry(
    "rule",
    (
        Key("id", required=True),
        Key("title", required=True),
        Key("covers", KeyShape.TEXTS),
        Key("kind", values=tuple(RuleKind)),
        Key("form", KeyShape.TEXTS),
        Key("for", KeyShape.TEXTS),
        Key("absent", values=("zero", "skip", "required")),
        Key("when", KeyShape.TEXTS),
        Key("assert", KeyShape.TEXTS),
        Key("any_of", KeyShape.TEXTS),
        Key("otherwise", KeyShape.TEXTS),
        Key("footing", values=tuple(FootingKind)),
        Key("ignore", KeyShape.TEXTS),
        Key("basis", required=True),
        Key("report", values=REPORTS),
        Key("edition", values=EDITIONS),
        Key("entity_kind", KeyShape.TEXTS, values=ENTITY_KINDS),
        Key("family", KeyShape.TEXTS),
        Key("place", KeyShape.TEXTS),
        Key("since", KeyShape.WHOLE),
        Key("until", KeyShape.WHOLE),
        Key("once"),
        Key("why", required=True),
        Key("fix", required=True),
        Key("exceptions"),
        Key("replaces", KeyShape.ENTRY, of=CHANGE),
        Key("examples", KeyShape.ENTRY, required=True, of=EXAMPLES),
        Key("en", KeyShape.ENTRY, of=ENGLISH),
    ),
)
WRITTEN = ("form", "for", "when", "assert", "any_of", "otherwise", "footing", "ignore")
NOT_BESIDE_FOOTING = ("form", "for", "absent", "when", "assert", "any_of", "otherwise", "once")
LAST_YEAR = 9999  # `until` of a rule without end


@dataclass(frozen=True)
class Example:
    """One example of a rule: figures by address, small printed tables, or a sentence; `passes` tells which side."""

    passes: bool
    data: Any  # Map of address → text, Map of table → printed text, or text
    line: int = 0


@dataclass(frozen=True)
class Written:
    """A statement as its author wrote it: under which key, and where."""

    key: str
    text: str
    line: int
    column: int = 0
    exact: bool = False

    def column_of(self, word: str) -> int:
        """The column of a word of it, whole or by its last part; that of its beginning where it is not seen."""
        if not self.exact:
            return self.column
        found = (self.text.find(part) for part in (word, *re.split(r"[\[\].]", word)[::-1]) if part)
        return self.column + next((at for at in found if at >= 0), 0)


@dataclass(frozen=True)
class Change:
    """Why somebody replaced a rule or turned it off: on which date, for which reason, and where that is written.

    `title` is that of the rule that no longer holds.
    """

    rule: str
    date: str
    reason: str
    file: str = ""
    line: int = 0
    title: str = ""


@dataclass(frozen=True)
class Rule:
    """A statement that must hold, with scope, basis, explanation and examples.

    `form` are the standard tables (or sets of tables) it is bound to, one after the other; `absent` says what a code
    that is not listed counts as (empty: as the form says). A rule with a `footing` has no statement of its own: it
    checks what the shapes of tables propose in this way, save relations that `ignore` names (wild cards over 表：关系).
    The checks that fail of all rules with the same `once` are
    one finding of a filing.
    """

    id: str
    title: str
    kind: RuleKind
    covers: tuple[str, ...]
    form: tuple[str, ...]
    loops: tuple[Loop, ...]
    when: tuple[Statement, ...]
    statements: tuple[Statement, ...]
    any_of: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    footing: str = ""
    ignore: tuple[str, ...] = ()
    absent: str = ""
    basis: str = ""
    why: str = ""
    fix: str = ""
    exceptions: str = ""
    report: str = ""
    edition: str = ""
    entity_kind: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    since: int = 0
    until: int = LAST_YEAR
    once: str = ""
    replaces: Change | None = None
    examples: tuple[Example, ...] = ()
    written: tuple[Written, ...] = ()
    english: tuple[tuple[str, str], ...] = ()
    file: str = ""
    line: int = 0

    def entries(self, key: str) -> tuple[Written, ...]:
        """The entries of `key`, in the order in which they were parsed."""
        return tuple(written for written in self.written if written.key == key)

    def text(self, name: str, language: str = "zh") -> str:
        """Return `title`, `why`, `fix` or `exceptions` in a language (Chinese where no other is given)."""
        own = str(getattr(self, name))
        return dict(self.english).get(name, own) if language == "en" else own


def entry_of(item: Map) -> Rule | Change:
    """Parse one entry of a rule file: a rule, or one that turns a rule off. Raises `RuleError` with file and line."""
    return off_of(item) if "off" in item else rule_of(item)


def slips_of(item: Map) -> list[RuleError]:
    """Everything that is wrong with one entry of a rule file, each part looked at even where another is wrong."""
    slips: list[RuleError] = []
    steps: list[Callable[[], object]] = [lambda: (OFF if "off" in item else RULE).check(item)]
    for key in ("when", "assert", "any_of", "otherwise"):
        steps += [partial(parse_statement, text) for text in _written_texts(item, key)]
    steps += [partial(parse_loop, text) for text in _written_texts(item, "for")]
    with collecting(slips):
        for step in steps:
            try:
                step()
            except RuleError as error:
                slips.append(error)
    if not slips:
        try:
            entry_of(item)
        except RuleError as error:
            slips.append(error)
    return slips


def _written_texts(item: Map, key: str) -> list[Text]:
    """The texts under a key, whatever else stands there."""
    node = item.get(key)
    return [text for text in (node if isinstance(node, Items) else [node]) if isinstance(text, Text)]


def off_of(item: Map) -> Change:
    """Parse one entry that turns a rule off. Raises `RuleError` with file and line."""
    OFF.check(item)
    return _change(item, str(item["off"]))


def rule_of(item: Map) -> Rule:
    """Parse one rule. Raises `RuleError` with file and line."""
    RULE.check(item)
    if "footing" in item:
        beside = next((key for key in NOT_BESIDE_FOOTING if key in item), "")
        if beside:
            fail(item[beside], "rules.footing_alone", name=beside)
    elif "assert" not in item and "any_of" not in item:
        fail(item, "rules.missing_key", name="assert")
    elif "ignore" in item:
        fail(item["ignore"], "rules.ignore_alone")
    identity = str(item["id"])
    loops = tuple(parse_loop(text) for text in _entries(item, "for"))
    parsed = {key: _statements(item, key) for key in ("when", "assert", "any_of", "otherwise")}
    english = a_map(item["en"]) if "en" in item else Map("", 0)
    ENGLISH.check(english)
    since, until = whole(item, "since") or 0, whole(item, "until") or LAST_YEAR
    if since > until:
        fail(item["since"], "rules.never", rule=identity, why=say("rules.never_years", since=since, until=until))
    if "replaces" in item:
        CHANGE.check(a_map(item["replaces"]))
    return Rule(
        id=identity,
        title=str(item["title"]),
        kind=RuleKind(str(item.get("kind", RuleKind.LOGICAL))),
        covers=texts(item, "covers"),
        form=texts(item, "form"),
        loops=loops,
        when=parsed["when"],
        statements=parsed["assert"],
        any_of=parsed["any_of"],
        otherwise=parsed["otherwise"],
        footing=str(item.get("footing", "")),
        ignore=texts(item, "ignore"),
        absent=str(item.get("absent", "")),
        basis=str(item["basis"]),
        why=str(item["why"]).strip(),
        fix=str(item["fix"]).strip(),
        exceptions=str(item.get("exceptions", "")).strip(),
        report=str(item.get("report", "")),
        edition=str(item.get("edition", "")),
        entity_kind=texts(item, "entity_kind"),
        family=texts(item, "family"),
        place=texts(item, "place"),
        since=since,
        until=until,
        once=identity if str(item.get("once", "")) == "true" else str(item.get("once", "")),
        replaces=_change(a_map(item["replaces"]), identity) if "replaces" in item else None,
        examples=_examples(item),
        written=tuple(_written(key, text) for key in WRITTEN for text in _entries(item, key)),
        english=tuple((str(key), str(value)) for key, value in english.items()),
        file=item.file,
        line=getattr(item["id"], "line", item.line),
    )


def _entries(item: Map, key: str) -> tuple[Text, ...]:
    node = item.get(key)
    if node is None:
        return ()
    return (node,) if isinstance(node, Text) else tuple(a_text(child) for child in a_list(node))


def _written(key: str, text: Text) -> Written:
    return Written(key, str(text), text.line, text.column, text.exact)


def _statements(item: Map, key: str) -> tuple[Statement, ...]:
    return tuple(parse_statement(text) for text in _entries(item, key))


def _change(item: Map, rule: str) -> Change:
    """The dated reason for a change."""
    day = a_text(item["date"])
    reason = str(a_text(item["reason"])).strip()
    if not is_date(day):
        fail(day, "rules.bad_date", name="date", value=str(day))
    if not reason:
        fail(item, "rules.missing_key", name="reason")
    return Change(rule, str(day), reason, item.file, item.line)


def is_date(text: str) -> bool:
    """Whether a text is a day written as 2024-03-01."""
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _examples(item: Map) -> tuple[Example, ...]:
    spec = a_map(item["examples"])
    EXAMPLES.check(spec)
    found: list[Example] = []
    for key, passes in (("pass", True), ("fail", False)):
        if key not in spec:
            fail(spec, "rules.no_example", rule=str(item["id"]), name=key)
        node = spec[key]
        for data in node if isinstance(node, Items) else [node]:
            if not isinstance(data, (Map, Text)):
                fail(data, "rules.expected_mapping")
            found.append(Example(passes, data, getattr(data, "line", item.line)))
    return tuple(found)


_NODE_FIELDS = ("loops", "when", "statements", "any_of", "otherwise")


def rule_to_data(rule: Rule) -> dict[str, Any]:
    """Write a rule as plain data, for the cache. Examples are left out: they are run from the files."""
    data = {name: getattr(rule, name) for name in Rule.__dataclass_fields__ if name != "examples"}
    for name in _NODE_FIELDS:
        data[name] = dump(data[name])
    data["written"] = [astuple(written) for written in rule.written]
    data["replaces"] = astuple(rule.replaces) if rule.replaces else None
    data["kind"] = str(rule.kind)
    return data


def rule_from_data(data: dict[str, Any]) -> Rule:
    """Read back what `rule_to_data` wrote."""
    fields = dict(data)
    for name in _NODE_FIELDS:
        fields[name] = restore(fields[name])
    for name in ("covers", "form", "ignore", "entity_kind", "family", "place"):
        fields[name] = tuple(fields[name])
    fields["english"] = tuple((key, text) for key, text in fields["english"])
    fields["written"] = tuple(Written(*entry) for entry in fields["written"])
    fields["replaces"] = Change(*fields["replaces"]) if fields["replaces"] else None
    fields["kind"] = RuleKind(fields["kind"])
    return Rule(**fields)
