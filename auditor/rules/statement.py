"""Statements of rules: parsed by the grammar in `statement.lark` into a small tree of frozen nodes.

The tree can be written as plain lists and read back (`dump`, `restore`), so that a compiled rule book is cached as
JSON and never as code.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditor.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Lark, Token, Tree


@dataclass(frozen=True, slots=True)
class Name:
    """A segment written as it is printed in the form."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A segment that a `for:` fills in: `{x}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A last segment that names several rows: `{a, b}`."""

    items: tuple[str, ...]


Segment = Name | Variable | Choice


@dataclass(frozen=True, slots=True)
class Path:
    """Segments joined by `/`."""

    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The path as written."""
        return "/".join(_segment_text(segment) for segment in self.segments)

    def variables(self) -> Iterator[str]:
        """The names of the variables in the path."""
        return (segment.name for segment in self.segments if isinstance(segment, Variable))


def _segment_text(segment: Segment) -> str:
    if isinstance(segment, Name):
        return segment.text
    if isinstance(segment, Variable):
        return "{" + segment.name + "}"
    return "{" + ", ".join(segment.items) + "}"


@dataclass(frozen=True, slots=True)
class Address:
    """An address as a rule writes it; `above` is the level of `above(款)`, else empty. Missing parts are None."""

    table: Path | None
    context: str = ""
    row: Path | None = None
    occurrence: int = 1
    column: Path | None = None
    above: str = ""

    @property
    def text(self) -> str:
        """The address as written."""
        head = f"above({self.above})" if self.above else (self.table.text if self.table else "")
        context = f"@{self.context}" if self.context else ""
        row = f"[{self.row.text}]" if self.row else ""
        again = f"#{self.occurrence}" if self.occurrence > 1 else ""
        column = f".{self.column.text}" if self.column else ""
        return f"{head}{context}{row}{again}{column}"


@dataclass(frozen=True, slots=True)
class Selection:
    """An address, possibly of many facts, and the conditions that its rows must meet."""

    address: Address
    where: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in a rule, with its unit of measure ('' for a bare one)."""

    digits: int
    decimals: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum count min max` over selections."""

    function: str
    items: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`percent growth growth_by_change compare` of two expressions."""

    function: str
    first: Expression
    second: Expression


Factor = Address | Aggregate | Call | Number


@dataclass(frozen=True, slots=True)
class Term:
    """One addend: sign, factor digits (scaled by 10^decimals), and what is multiplied."""

    sign: int
    factor: Factor
    digits: int = 1
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Expression:
    """A sum of terms."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Two expressions compared: `= ≠ < > ≤ ≥`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class SetOf:
    """`codes names items` of selections."""

    function: str
    items: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class SetLiteral:
    """A set written out: `{206, 207}`."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of a named list of phrases."""

    name: str


SetExpression = SetOf | SetLiteral | Phrases


@dataclass(frozen=True, slots=True)
class SetRelation:
    """Two sets compared: `same as`, `subset of`, `disjoint from`."""

    operator: str
    left: SetExpression
    right: SetExpression


@dataclass(frozen=True, slots=True)
class Membership:
    """A word that must be one of a set."""

    address: Address
    members: SetExpression


@dataclass(frozen=True, slots=True)
class Predicate:
    """`exists printed once ordered blank` of a selection."""

    name: str
    selection: Selection


@dataclass(frozen=True, slots=True)
class Negation:
    """A statement that must not hold."""

    statement: Statement


Statement = Relation | SetRelation | Membership | Predicate | Negation


@dataclass(frozen=True, slots=True)
class Loop:
    """`for: x in …`: the variable, the domain as written, rows of which table (empty for 本表), conditions."""

    variable: str
    domain: Path
    table: str = ""
    where: tuple[Relation, ...] = ()


NODES = {
    node.__name__: node
    for node in (
        Name, Variable, Choice, Path, Address, Selection, Number, Aggregate, Call, Term, Expression, Relation,
        SetOf, SetLiteral, Phrases, SetRelation, Membership, Predicate, Negation, Loop,
    )
}  # fmt: skip


def dump(node: Any) -> Any:
    """Write a tree as plain lists: `[type, field, …]`."""
    if isinstance(node, tuple):
        return [dump(child) for child in node]
    if type(node).__name__ in NODES:
        return {"_": type(node).__name__, "v": [dump(getattr(node, field.name)) for field in fields(node)]}
    return node


def restore(data: Any) -> Any:
    """Read back what `dump` wrote."""
    if isinstance(data, dict):
        return NODES[data["_"]](*[restore(child) for child in data["v"]])
    if isinstance(data, list):
        return tuple(restore(child) for child in data)
    return data


def parse_statement(text: str, *, file: str = "", line: int = 0) -> Statement:
    """Parse one statement. Raises `RuleError` with the place and what was expected there."""
    parsed: Statement = _parse(text, "statement", file, line)
    return parsed


def parse_loop(text: str, *, file: str = "", line: int = 0) -> Loop:
    """Parse one `x in …` of a `for:`."""
    parsed: Loop = _parse(text, "loop", file, line)
    return parsed


def _parse(text: str, start: str, file: str, line: int) -> Any:
    from lark.exceptions import UnexpectedInput, VisitError  # noqa: PLC0415 — lark loads when a rule must be parsed

    try:
        return _builder().transform(_parser().parse(text, start=start))
    except UnexpectedInput as error:
        column = max(0, getattr(error, "column", 1) or 1)
        near = text[max(0, column - 1) : column + 11] or "…"
        raise RuleError("rules.statement", file=file, line=line, text=text, near=near, column=column) from None
    except (VisitError, RecursionError) as error:
        raise RuleError("rules.statement", file=file, line=line, text=text, near=str(error)[:40], column=1) from None


@cache
def _parser() -> Lark:
    from lark import Lark  # noqa: PLC0415

    grammar = files("auditor.rules").joinpath("statement.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=["statement", "loop"], maybe_placeholders=False)


_RELATIONS = {"!=": "≠", "<=": "≤", ">=": "≥"}


@cache
def _builder() -> Any:
    """The transformer from parse tree to nodes (built once, because lark is imported late)."""
    from lark import Transformer, v_args  # noqa: PLC0415

    def segments(children: list[Any]) -> tuple[Any, ...]:
        return tuple(child for child in children if child is not None)

    @v_args(inline=True)
    class Build(Transformer[Any, Any]):
        def statement(self, node: Statement) -> Statement:
            return node

        def name(self, token: Token) -> Name:
            return Name(str(token))

        def variable(self, token: Token) -> Variable:
            return Variable(str(token))

        def choice(self, *items: str) -> Choice:
            return Choice(items)

        def row_item(self, *parts: Token) -> str:
            return "/".join(str(part) for part in parts)

        def path(self, *parts: Segment) -> Path:
            return Path(segments(list(parts)))

        def row_path(self, *parts: Segment) -> Path:
            return Path(segments(list(parts)))

        def context(self, token: Token) -> tuple[str, str]:
            return ("context", str(token))

        def row(self, path: Path) -> tuple[str, Path]:
            return ("row", path)

        def again(self, token: Token) -> tuple[str, int]:
            return ("occurrence", int(token))

        def column(self, path: Path) -> tuple[str, Path]:
            return ("column", path)

        def above(self, token: Token) -> tuple[str, str]:
            return ("above", str(token))

        def address(self, head: Any, *rest: tuple[str, Any]) -> Address:
            parts: dict[str, Any] = dict(rest)
            if isinstance(head, tuple):
                return Address(None, above=head[1], **parts)
            return Address(head, **parts)

        def selection(self, address: Address, *where: Relation) -> Selection:
            return Selection(address, tuple(where))

        def number(self, token: Token, unit: Token | None = None) -> Number:
            whole, _, part = str(token).partition(".")
            return Number(int(whole + part), len(part), str(unit or ""))

        def constant(self, number: Number) -> Term:
            return Term(1, number)

        def scaled(self, *parts: Any) -> Term:
            if len(parts) == 1:
                return Term(1, parts[0])
            whole, _, part = str(parts[0]).partition(".")
            return Term(1, parts[-1], int(whole + part), len(part))

        def expr(self, *parts: Any) -> Expression:
            terms: list[Term] = []
            sign = 1
            for part in parts:
                if isinstance(part, Term):
                    terms.append(Term(sign, part.factor, part.digits, part.decimals))
                    sign = 1
                else:
                    sign = 1 if str(part) == "+" else -1
            return Expression(tuple(terms))

        def aggregate(self, function: Token, *items: Selection) -> Aggregate:
            return Aggregate(str(function), tuple(items))

        def call(self, function: Token, first: Expression, second: Expression) -> Call:
            return Call(str(function), first, second)

        def relation(self, left: Expression, operator: Token, right: Expression) -> Relation:
            return Relation(_RELATIONS.get(str(operator), str(operator)), left, right)

        def set_operator(self, *words: Token) -> str:
            return " ".join(str(word) for word in words)

        def set_relation(self, left: SetExpression, operator: str, right: SetExpression) -> SetRelation:
            return SetRelation(operator, left, right)

        def set_of(self, function: Token, *items: Selection) -> SetOf:
            return SetOf(str(function), tuple(items))

        def phrases(self, name: Token) -> Phrases:
            return Phrases(str(name))

        def set_literal(self, *items: str) -> SetLiteral:
            return SetLiteral(tuple(items))

        def membership(self, address: Address, members: SetExpression) -> Membership:
            return Membership(address, members)

        def predicate(self, name: Token, selection: Selection) -> Predicate:
            return Predicate(str(name), selection)

        def negation(self, statement: Statement) -> Negation:
            return Negation(statement)

        def domain(self, *parts: Token) -> tuple[Path, str]:
            return Path(tuple(Name(str(part)) for part in parts)), ""

        def domain_of(self, table: Token, path: Path) -> tuple[Path, str]:
            return path, str(table)

        def loop(self, variable: Token, domain: tuple[Path, str], *where: Relation) -> Loop:
            return Loop(str(variable), domain[0], domain[1], tuple(where))

    return Build()


def walk(node: Any) -> Iterator[Any]:
    """Yield a node and every node below it."""
    yield node
    if isinstance(node, tuple):
        for child in node:
            yield from walk(child)
    elif type(node).__name__ in NODES:
        for field in fields(node):
            value = getattr(node, field.name)
            if isinstance(value, tuple) or type(value).__name__ in NODES:
                yield from walk(value)


def addresses(node: Any) -> Iterator[Address]:
    """Yield every address in a tree."""
    return (child for child in walk(node) if isinstance(child, Address))


def as_tree(text: str) -> Tree[Token]:
    """Return the raw parse tree of a statement (for the documentation of the grammar)."""
    return _parser().parse(text, start="statement")
