"""Slips in rules: a term dropped, a sign flipped, a bound widened, the neighbouring column; the examples must notice.

A mutant is killed when an example of its rule no longer comes out as its author said. One that nobody could notice
(`auditor.testing.scoring.equivalent`) is told with its reason and not counted.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from auditor.authoring.examples import example_filings, run_cases
from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.rules.nodes import NODES, Aggregate, Expression, Negation, Relation, SetRelation, WrittenNumber
from auditor.rules.plan import ColumnSpec, Ref, Rows
from auditor.testing.scoring.equivalent import COUNTED, REASONS, REFUSED, SAME, TWICE, is_refused, meaning, only_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.rules.book import RuleBook
    from auditor.rules.plan import Plan
    from auditor.rules.rule import Rule

DROPPED, FLIPPED, WIDENED, NEIGHBOUR = "dropped", "flipped", "widened", "neighbour"
SLIPS = (DROPPED, FLIPPED, WIDENED, NEIGHBOUR)
UNREACHED = "unreached"  # no example decides the statement
LACKS = (UNREACHED, *SLIPS)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip in one rule: its sort, what it changes and in which statement, and whether the examples noticed.

    `why` tells of one that changes nothing why it does not, and of one that survives what the examples lack.
    """

    rule: str
    slip: str
    what: str
    entry: str
    killed: bool
    why: str = ""

    @property
    def counts(self) -> bool:
        """Whether it changes what the rule says."""
        return self.why not in REASONS


@dataclass(frozen=True, slots=True)
class _Made:
    """A slip before the examples are run: the plans with it, and the statement that it is in, before and after.

    `statements` are the ids of that statement in all plans.
    """

    slip: str
    what: str
    entry: str
    plans: Sequence[Plan]
    before: Any
    after: Any
    statements: frozenset[int]


def score_mutants(book: RuleBook, rules: Iterable[Rule]) -> Iterator[Mutant]:
    """Make every slip in some rules and run their examples."""
    for rule in rules:
        plans = book.plans(rule)
        cases = [case.case for one in rule.examples for case in run_cases(rule, plans, one, book.forms)]
        examples = []
        for case in cases:
            wanted, filings, entities = example_filings(rule, plans, case, book.forms)
            examples.append((wanted, Chunk.of(filings, book.forms, entities=entities), case.passes))
        reached = _reached([(wanted, chunk) for wanted, chunk, _ in examples])
        seen: set[tuple[str, Any]] = set()
        for made in _mutants(rule, plans, book.forms):
            why = _nothing(rule, made, seen, book.forms)
            killed = not why and any(_notices(*example, plans, made.plans) for example in examples)
            if not why and not killed:
                why = made.slip if made.statements & reached else UNREACHED
            yield Mutant(rule.id, made.slip, made.what, made.entry, killed, why)


def _nothing(rule: Rule, made: _Made, seen: set[tuple[str, Any]], forms: FormBook) -> str:
    """Why a slip changes nothing; empty where it does."""
    if is_refused(rule, made.after, forms):
        return REFUSED
    after = meaning(made.after)
    if after == meaning(made.before):
        return SAME
    if only_counts(made.before, made.after, forms):
        return COUNTED
    known = (made.entry, after) in seen
    seen.add((made.entry, after))
    return TWICE if known else ""


def _reached(examples: Sequence[tuple[Sequence[Plan], Chunk]]) -> set[int]:
    """The statements that some example decides; an alternative is decided with the others."""
    out: set[int] = set()
    for wanted, chunk in examples:
        for outcome in evaluate(wanted, chunk).outcomes:
            if (outcome.verdict <= Verdict.INCONSISTENT).any():
                out |= {id(outcome.statement), *map(id, outcome.plan.alternatives)}
    return out


def _notices(
    wanted: Sequence[Plan],
    chunk: Chunk,
    passes: bool,
    plans: Sequence[Plan],
    mutated: Sequence[Plan],
) -> bool:
    """Whether an example comes out otherwise than its author said."""
    number = {id(plan): at for at, plan in enumerate(plans)}
    evaluation = evaluate([mutated[number[id(plan)]] for plan in wanted], chunk)
    verdicts = {int(v) for o in evaluation.outcomes for f, v in zip(o.filing, o.verdict, strict=True) if f == 0}
    decided = any(verdict <= Verdict.INCONSISTENT for verdict in verdicts)
    return not decided or (Verdict.INCONSISTENT in verdicts) is passes


_PARTS = {"statements": "assert", "alternatives": "any_of", "otherwise": "otherwise"}


def _mutants(rule: Rule, plans: Sequence[Plan], forms: FormBook) -> Iterator[_Made]:
    """The slips of a rule, each made in all of its plans."""
    for part, key in _PARTS.items():
        for at, entry in enumerate(rule.entries(key)):
            made = [list(_slips(getattr(plan, part)[at], forms)) for plan in plans]
            ids = frozenset(id(getattr(plan, part)[at]) for plan in plans)
            for slips in zip(*made, strict=False):
                slip, what, after = slips[0]
                pairs = zip(plans, slips, strict=True)
                mutated = [_changed(plan, part, at, node) for plan, (_, _, node) in pairs]
                yield _Made(slip, what, entry.text, mutated, getattr(plans[0], part)[at], after, ids)


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
        if not (isinstance(term.factor, WrittenNumber) and term.factor.digits == 0):
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
    return str(node.digits) if isinstance(node, WrittenNumber) else type(node).__name__


def _moved(ref: Ref, forms: FormBook) -> tuple[str, Ref] | None:
    """A reference to the next column (the one before the last), or row where there is one column; and its name."""
    table = forms.tables.get(ref.table)
    if table is None or table.about:
        return None
    where = ref.rows.prefix or (ref.rows.items[0] if ref.rows.items else ref.rows.text)
    lane = table.lane_by_name.get(where.split("/", 1)[0]) if table.lanes else None
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
