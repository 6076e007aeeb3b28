"""Slips in rules: a term dropped, a sign flipped, a bound widened, the neighbouring column; the examples must notice.

A mutant is killed when an example of its rule no longer comes out as its author said.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from auditor.engine.chunk import Chunk
from auditor.engine.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.rules.examples import example_filings
from auditor.rules.nodes import NODES, Aggregate, Expression, Negation, Number, Relation, SetRelation
from auditor.rules.plan import ColumnSpec, Ref, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.forms.tables import FormBook
    from auditor.rules.book import RuleBook
    from auditor.rules.plan import Plan
    from auditor.rules.rule import Rule

DROPPED, FLIPPED, WIDENED, NEIGHBOUR = "dropped", "flipped", "widened", "neighbour"
SLIPS = (DROPPED, FLIPPED, WIDENED, NEIGHBOUR)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip in one rule: its sort, what it changes, and whether the examples noticed."""

    rule: str
    slip: str
    what: str
    killed: bool


def score_mutants(book: RuleBook, rules: Iterable[Rule]) -> Iterator[Mutant]:
    """Make every slip in some rules and run their examples."""
    for rule in rules:
        plans = book.plans(rule)
        examples = [(*example_filings(rule, plans, example, book.forms), example.passes) for example in rule.examples]
        for slip, what, mutated in _mutants(plans, book.forms):
            killed = any(
                _notices(wanted, Chunk.of(filings, book.forms, entities=entities), passes, plans, mutated)
                for wanted, filings, entities, passes in examples
            )
            yield Mutant(rule.id, slip, what, killed)


def _notices(
    wanted: Sequence[Plan],
    chunk: Chunk,
    passes: bool,
    plans: Sequence[Plan],
    mutated: Sequence[Plan],
) -> bool:
    """Tell whether an example comes out otherwise than its author said."""
    number = {id(plan): at for at, plan in enumerate(plans)}
    evaluation = evaluate([mutated[number[id(plan)]] for plan in wanted], chunk)
    verdicts = {int(v) for o in evaluation.outcomes for f, v in zip(o.filing, o.verdict, strict=True) if f == 0}
    decided = any(verdict <= Verdict.INCONSISTENT for verdict in verdicts)
    return not decided or (Verdict.INCONSISTENT in verdicts) is passes


def _mutants(plans: Sequence[Plan], forms: FormBook) -> Iterator[tuple[str, str, list[Plan]]]:
    """The slips of a rule, each made in all of its plans."""
    for part in ("statements", "alternatives", "otherwise"):
        for at in range(len(getattr(plans[0], part))):
            made = [list(_slips(getattr(plan, part)[at], forms)) for plan in plans]
            for slips in zip(*made, strict=False):
                slip, what, _ = slips[0]
                pairs = zip(plans, slips, strict=True)
                yield slip, what, [_changed(plan, part, at, node) for plan, (_, _, node) in pairs]


def _changed(plan: Plan, part: str, at: int, node: Any) -> Plan:
    out = copy(plan)
    object.__setattr__(out, part, _with(getattr(plan, part), at, node))  # frozen, and the copy is nobody's yet
    return out


def _with(items: tuple[Any, ...], at: int, item: Any) -> tuple[Any, ...]:
    return (*items[:at], item, *items[at + 1 :])


Slip = tuple[str, str, Any]  # its sort, what it changes, the node with it


def _slips(node: Any, forms: FormBook) -> Iterator[Slip]:
    """Every slip in a node and below it."""
    yield from _own(node, forms)
    if isinstance(node, tuple):
        for at, child in enumerate(node):
            yield from ((slip, what, _with(node, at, made)) for slip, what, made in _slips(child, forms))
    elif type(node).__name__ in NODES:
        for field in fields(node):
            child = getattr(node, field.name)
            if isinstance(child, (tuple, Ref)) or type(child).__name__ in NODES:
                yield from (
                    (slip, what, replace(node, **{field.name: made})) for slip, what, made in _slips(child, forms)
                )


_WIDER = {"=": ("≤", "≥"), "<": ("≤",), ">": ("≥",)}


def _own(node: Any, forms: FormBook) -> Iterator[Slip]:
    """The slips in a node itself."""
    if isinstance(node, Relation):
        for operator in _WIDER.get(node.operator, ()):
            yield WIDENED, f"{node.operator} → {operator}", replace(node, operator=operator)
    elif isinstance(node, SetRelation):
        yield from _sets(node)
    elif isinstance(node, Negation):
        yield FLIPPED, "not", node.statement
    elif isinstance(node, Expression):
        yield from _terms(node)
    elif isinstance(node, Aggregate) and len(node.items) > 1:
        for at in range(len(node.items)):
            yield DROPPED, _text(node.items[at]), replace(node, items=node.items[:at] + node.items[at + 1 :])
    elif isinstance(node, Ref) and (moved := _moved(node, forms)) is not None:
        yield NEIGHBOUR, f"{node.text} → {moved[0]}", moved[1]


def _sets(node: SetRelation) -> Iterator[Slip]:
    if node.operator == "same as":
        for first, second, arrow in ((node.left, node.right, "→"), (node.right, node.left, "←")):
            yield WIDENED, f"same as {arrow} subset of", SetRelation("subset of", first, second)
    elif node.operator == "subset of":
        yield FLIPPED, node.operator, SetRelation(node.operator, node.right, node.left)


def _terms(node: Expression) -> Iterator[Slip]:
    for at, term in enumerate(node.terms):
        if len(node.terms) > 1:
            yield DROPPED, _text(term.factor), replace(node, terms=node.terms[:at] + node.terms[at + 1 :])
        if not (isinstance(term.factor, Number) and term.factor.digits == 0):
            yield (
                FLIPPED,
                _text(term.factor),
                replace(node, terms=_with(node.terms, at, replace(term, sign=-term.sign))),
            )


def _text(node: Any) -> str:
    if isinstance(node, Ref):
        return node.text
    if isinstance(node, Aggregate):
        return f"{node.function}({', '.join(map(_text, node.items))})"
    return str(node.digits) if isinstance(node, Number) else type(node).__name__


def _moved(ref: Ref, forms: FormBook) -> tuple[str, Ref] | None:
    """A reference to the next column (the one before the last), or row where there is one column; and its name."""
    table = forms.tables.get(ref.table)
    if table is None or table.about:
        return None
    lane = table.lane_by_name.get(ref.rows.text.split("/", 1)[0]) if table.lanes else None
    columns = [column.name for column in lane.columns] if lane else list(table.column_names)
    names = ref.columns.names
    if len(names) == 1 and not ref.columns.variable and not ref.columns.loop and len(columns) > 1:
        other = _next(columns, names[0])
        return (other, replace(ref, columns=ColumnSpec((other,)))) if other else None
    rows = [
        row for row in table.named_rows if row.rsplit("/", 1)[0] == ref.rows.text.rsplit("/", 1)[0] or "/" not in row
    ]
    if ref.rows.how is Rows.FIXED and len(rows) > 1:
        other = _next(rows, ref.rows.text)
        return (other, replace(ref, rows=replace(ref.rows, text=other))) if other else None
    return None


def _next(names: Sequence[str], name: str) -> str:
    if name not in names or len(names) < 2:
        return ""
    at = list(names).index(name)
    return names[at + 1] if at + 1 < len(names) else names[at - 1]
