"""Tell a statement in plain Chinese or English words, for people who read rules and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.messages import language, say
from auditor.model.footing import FootingKind
from auditor.rules.example_variants import each_figure
from auditor.rules.nodes import (
    Aggregate,
    Call,
    Expression,
    Loop,
    Membership,
    Negation,
    Phrases,
    Predicate,
    Relation,
    Selection,
    SetLiteral,
    SetOf,
    SetRelation,
    Term,
    WrittenAddress,
    WrittenNumber,
)
from auditor.rules.rule import LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.rules.rule import Example, Rule

_RELATIONS = {"=": "equal", "≠": "unequal", "<": "less", ">": "more", "≤": "at_most", "≥": "at_least"}
_SETS = {"same as": "same", "subset of": "subset", "disjoint from": "disjoint"}


def tell(node: Any) -> str:  # noqa: C901 — one line per kind of node
    """Tell a statement, or a part of one, in words of the language in use."""
    if isinstance(node, Relation):
        return say(f"tell.{_RELATIONS[node.operator]}", left=tell(node.left), right=tell(node.right))
    if isinstance(node, Expression):
        return _expression(node)
    if isinstance(node, Term):
        return _factor(node)
    if isinstance(node, Aggregate):
        return say(f"tell.{node.function}", items=say("tell.and").join(tell(item) for item in node.items))
    if isinstance(node, Call):
        return say(f"tell.{node.function}", first=tell(node.first), second=tell(node.second))
    if isinstance(node, SetRelation):
        return say(f"tell.{_SETS[node.operator]}", left=tell(node.left), right=tell(node.right))
    if isinstance(node, SetOf):
        return say(f"tell.{node.function}", items=say("tell.and").join(tell(item) for item in node.items))
    if isinstance(node, Membership):
        return say("tell.member", word=tell(node.address), members=tell(node.members))
    if isinstance(node, Predicate):
        return say(f"tell.{node.name}", item=tell(node.selection))
    if isinstance(node, Negation):
        return say("tell.not", statement=tell(node.statement))
    return _atom(node)


def _atom(node: Any) -> str:
    if isinstance(node, Selection):
        if not node.where:
            return tell(node.address)
        return say("tell.where", item=tell(node.address), condition=say("tell.and").join(tell(c) for c in node.where))
    if isinstance(node, WrittenAddress):
        return node.text
    if isinstance(node, WrittenNumber):
        return _number(node)
    if isinstance(node, Phrases):
        return say("tell.list", name=node.name)
    if isinstance(node, SetLiteral):
        return "、".join(node.items)
    if isinstance(node, Loop):
        where = "".join(say("tell.loop_where", condition=tell(condition)) for condition in node.where)
        return say("tell.loop", domain=node.domain.text, variable=node.variable) + where
    return str(node)


def _number(node: WrittenNumber) -> str:
    digits = str(node.digits).rjust(node.decimals + 1, "0")
    text = f"{digits[: -node.decimals]}.{digits[-node.decimals :]}" if node.decimals else digits
    return f"{text}{node.unit}" if node.unit == "%" else f"{text} {node.unit}".strip()


def _expression(node: Expression) -> str:
    parts = []
    for number, term in enumerate(node.terms):
        sign = "− " if term.sign < 0 else ("+ " if number else "")
        parts.append(sign + _factor(term))
    return " ".join(parts)


def _factor(term: Term) -> str:
    text = tell(term.factor)
    if term.digits == 1 and not term.decimals:
        return text
    return f"{_number(WrittenNumber(term.digits, term.decimals))} × {text}"


def tell_rule(rule: Rule) -> list[str]:
    """Tell what a rule checks, one line per statement; loops first, conditions before what follows from them."""
    lines = [tell(loop) for loop in rule.loops]
    if rule.when:
        lines.append(say("tell.when", condition=say("tell.and").join(tell(condition) for condition in rule.when)))
    lines += [tell(statement) for statement in rule.statements]
    if rule.footing:
        lines.append(say(f"tell.footing.{FootingKind(rule.footing).name.lower()}"))
    if rule.any_of:
        lines.append(say("tell.any_of", statements=say("tell.or").join(tell(s) for s in rule.any_of)))
    if rule.otherwise:
        lines.append(say("tell.otherwise", statements=say("tell.and").join(tell(s) for s in rule.otherwise)))
    return lines


@dataclass(frozen=True, slots=True)
class Section:
    """One part of what is told of a rule: under which heading (a message key), and its lines."""

    key: str
    lines: tuple[str, ...]

    @property
    def is_code(self) -> bool:
        """Whether its lines are to be shown as they are typed."""
        return self.key in ("show.written", "show.pass", "show.fail", "show.file")


def sections(rule: Rule) -> list[Section]:
    """What is told of a rule, in the language in use: the same in the terminal and on its page."""
    lang = language()
    parts: list[tuple[str, Iterable[str]]] = [
        ("show.statement", tell_rule(rule)),
        ("show.why", rule.text("why", lang).splitlines()),
        ("show.fix", rule.text("fix", lang).splitlines()),
        ("show.exceptions", rule.text("exceptions", lang).splitlines()),
        ("show.basis", rule.basis.splitlines()),
        ("show.scope", [scope_text(rule)]),
        ("show.replaces", [f"{rule.replaces.date}：{rule.replaces.reason}"] if rule.replaces else []),
        ("show.covers", ["、".join(rule.covers)]),
        ("show.written", [f"{written.key}: {written.text}" for written in rule.written]),
        *(("show.pass" if example.passes else "show.fail", _example(example)) for example in rule.examples),
        ("show.file", [f"{rule.file}:{rule.line}"]),
    ]
    return [Section(key, kept) for key, lines in parts if (kept := tuple(line for line in lines if line))]


def scope_text(rule: Rule) -> str:
    """Where a rule applies: report, edition, kind of entity, place, family, years; empty where everywhere."""
    parts = [
        say(f"report.{rule.report}") if rule.report else "",
        say(f"edition.{rule.edition}").strip() if rule.edition else "",
        *rule.entity_kind,
        *rule.place,
        *rule.family,
    ]
    if rule.since or rule.until != LAST_YEAR:
        parts.append(f"{rule.since or ''}—{'' if rule.until == LAST_YEAR else rule.until}")
    return "、".join(part for part in parts if part)


def _example(example: Example) -> list[str]:
    """An example as it is written: figures by address, or printed tables under their names."""
    data = example.data
    many, which = each_figure(data)
    if many:
        return [say("show.each_figure_of", number=which) if which else say("show.each_figure")]
    if not isinstance(data, dict):
        return str(data).rstrip().splitlines()
    lines = []
    for key, value in data.items():
        text = str(value).rstrip()
        lines += [f"{key}: {text}"] if "\n" not in text else [f"{key}:", *(f"  {line}" for line in text.splitlines())]
    return lines
