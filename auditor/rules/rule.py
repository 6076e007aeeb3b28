"""A rule: one YAML entry, parsed and checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from auditor.errors import RuleError
from auditor.rules.nodes import dump, restore
from auditor.rules.statement import parse_loop, parse_statement
from auditor.sources import Items, Map, Text, a_list, a_map, a_text, check_keys, choice, fail, texts, whole

if TYPE_CHECKING:
    from auditor.rules.nodes import Loop, Statement


class RuleKind(StrEnum):
    """The nature of a rule, and with it the severity of its findings."""

    LOGICAL = "logical"  # 逻辑性: must hold → error
    EXPLAIN = "explain"  # 核实性: needs an explanation → warning
    HINT = "hint"  # 提示性 → info


KEYS = (
    "id", "title", "covers", "kind", "form", "for", "absent", "when", "assert", "any_of", "otherwise", "basis",
    "report", "edition", "entity_kind", "family", "since", "until", "once", "why", "fix", "exceptions", "examples",
    "en",
)  # fmt: skip
WRITTEN = ("form", "for", "when", "assert", "any_of", "otherwise")
REQUIRED = ("id", "title", "basis", "why", "fix", "examples")


@dataclass(frozen=True)
class Example:
    """One example of a rule: figures by address, small printed tables, or a sentence; `passes` tells which side."""

    passes: bool
    data: Any  # Map of address → text, Map of table → printed text, or text
    line: int = 0


@dataclass(frozen=True)
class Written:
    """A statement as its author wrote it: under which key, and on which line."""

    key: str
    text: str
    line: int


@dataclass(frozen=True)
class Rule:
    """A statement that must hold, with scope, basis, explanation and examples.

    `form` are the standard tables (or sets of tables) it is bound to, one after the other; `absent` says what a code
    that is not listed counts as (empty: as the form says). The checks that fail of all rules with the same `once` are
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
    absent: str = ""
    basis: str = ""
    why: str = ""
    fix: str = ""
    exceptions: str = ""
    report: str = ""
    edition: str = ""
    entity_kind: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    since: int = 0
    until: int = 9999
    once: str = ""
    examples: tuple[Example, ...] = ()
    written: tuple[Written, ...] = ()
    english: tuple[tuple[str, str], ...] = ()
    file: str = ""
    line: int = 0

    def lines(self, key: str) -> tuple[int, ...]:
        """The lines of the entries of `key`, in the order in which they were parsed."""
        return tuple(written.line for written in self.written if written.key == key)

    def text(self, name: str, language: str = "zh") -> str:
        """Return `title`, `why`, `fix` or `exceptions` in a language (Chinese where no other is given)."""
        own = str(getattr(self, name))
        return dict(self.english).get(name, own) if language == "en" else own


def rules_of(tree: Items) -> list[Rule]:
    """Parse the entries of one rule file. Raises `RuleError` with file and line."""
    return [_rule(a_map(node)) for node in tree]


def _rule(item: Map) -> Rule:
    check_keys(item, KEYS, required=REQUIRED)
    bodies = [key for key in ("assert", "any_of") if key in item]
    if not bodies:
        fail(item, "rules.missing_key", name="assert")
    identity = str(a_text(item["id"]))
    loops = tuple(parse_loop(text, file=item.file, line=_line(text)) for text in _entries(item, "for"))
    parsed = {key: _statements(item, key) for key in ("when", "assert", "any_of", "otherwise")}
    english = a_map(item["en"]) if "en" in item else Map("", 0)
    check_keys(english, ("title", "why", "fix", "exceptions"))
    return Rule(
        id=identity,
        title=str(a_text(item["title"])),
        kind=RuleKind(choice(item, "kind", list(RuleKind), RuleKind.LOGICAL)),
        covers=texts(item, "covers"),
        form=texts(item, "form"),
        loops=loops,
        when=parsed["when"],
        statements=parsed["assert"],
        any_of=parsed["any_of"],
        otherwise=parsed["otherwise"],
        absent=choice(item, "absent", ("zero", "skip", "required"), ""),
        basis=str(item["basis"]),
        why=str(item["why"]).strip(),
        fix=str(item["fix"]).strip(),
        exceptions=str(item.get("exceptions", "")).strip(),
        report=choice(item, "report", ("final_accounts", "budget"), ""),
        edition=choice(item, "edition", ("unit", "department"), ""),
        entity_kind=texts(item, "entity_kind"),
        family=texts(item, "family"),
        since=whole(item, "since") or 0,
        until=whole(item, "until") or 9999,
        once=identity if str(item.get("once", "")) == "true" else str(item.get("once", "")),
        examples=_examples(item),
        written=tuple(Written(key, str(text), _line(text)) for key in WRITTEN for text in _entries(item, key)),
        english=tuple((str(key), str(value)) for key, value in english.items()),
        file=item.file,
        line=getattr(item["id"], "line", item.line),
    )


def _entries(item: Map, key: str) -> tuple[Text, ...]:
    node = item.get(key)
    if node is None:
        return ()
    return (node,) if isinstance(node, Text) else tuple(a_text(child) for child in a_list(node))


def _line(text: str) -> int:
    return getattr(text, "line", 0)


def _statements(item: Map, key: str) -> tuple[Statement, ...]:
    return tuple(parse_statement(str(text), file=item.file, line=_line(text)) for text in _entries(item, key))


def _examples(item: Map) -> tuple[Example, ...]:
    spec = a_map(item["examples"])
    check_keys(spec, ("pass", "fail"))
    found: list[Example] = []
    for key, passes in (("pass", True), ("fail", False)):
        if key not in spec:
            raise RuleError("rules.no_example", file=item.file, line=spec.line, rule=str(item["id"]), name=key)
        node = spec[key]
        for data in node if isinstance(node, Items) else [node]:
            if not isinstance(data, (Map, Text)):
                fail(data, "rules.expected_mapping")
            found.append(Example(passes, data, getattr(data, "line", item.line)))
    return tuple(found)


_NODE_FIELDS = ("loops", "when", "statements", "any_of", "otherwise")


def rule_to_data(rule: Rule) -> dict[str, Any]:
    """Write a rule as plain data, for the cache. Examples are left out: they were run when it was compiled."""
    data = {name: getattr(rule, name) for name in Rule.__dataclass_fields__ if name != "examples"}
    for name in _NODE_FIELDS:
        data[name] = dump(data[name])
    data["written"] = [(written.key, written.text, written.line) for written in rule.written]
    data["kind"] = str(rule.kind)
    return data


def rule_from_data(data: dict[str, Any]) -> Rule:
    """Read back what `rule_to_data` wrote."""
    fields = dict(data)
    for name in _NODE_FIELDS:
        fields[name] = restore(fields[name])
    for name in ("covers", "form", "entity_kind", "family"):
        fields[name] = tuple(fields[name])
    fields["english"] = tuple((key, text) for key, text in fields["english"])
    fields["written"] = tuple(Written(*entry) for entry in fields["written"])
    fields["kind"] = RuleKind(fields["kind"])
    return Rule(**fields)
