"""The nodes of statements: a small tree of frozen records, written as plain lists and read back.

A compiled rule book is cached as JSON, never as code. Where a node says `Any` it holds what is
written (an address, a selection), and a `Ref` once the names are resolved.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Name:
    """A segment written as it is printed in the form."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A segment that a `for:` fills in: `{x}`."""

    name: str


@dataclass(frozen=True, slots=True)
class RowChoice:
    """A last segment that names several rows: `{a, b}`."""

    items: tuple[str, ...]


PathSegment = Name | Variable | RowChoice


@dataclass(frozen=True, slots=True)
class Path:
    """Segments joined by `/`."""

    segments: tuple[PathSegment, ...]

    @property
    def text(self) -> str:
        """The path as written."""
        return "/".join(_segment_text(segment) for segment in self.segments)

    def variables(self) -> Iterator[str]:
        """The names of the variables in the path."""
        return (segment.name for segment in self.segments if isinstance(segment, Variable))


def _segment_text(segment: PathSegment) -> str:
    if isinstance(segment, Name):
        return segment.text
    if isinstance(segment, Variable):
        return "{" + segment.name + "}"
    return "{" + ", ".join(segment.items) + "}"


@dataclass(frozen=True, slots=True)
class WrittenAddress:
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

    address: WrittenAddress
    where: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number written in a rule, with its unit of measure ('' for a bare one)."""

    digits: int
    decimals: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum count min max` over selections."""

    function: str
    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`percent growth growth_by_change compare` of two expressions."""

    function: str
    first: Expression
    second: Expression


@dataclass(frozen=True, slots=True)
class Term:
    """One addend: sign, factor digits (scaled by 10^decimals), and what is multiplied."""

    sign: int
    factor: Any
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
    items: tuple[Any, ...]


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

    address: Any
    members: SetExpression


@dataclass(frozen=True, slots=True)
class Predicate:
    """`exists printed once ordered blank` of a selection."""

    name: str
    selection: Any


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
        Name,
        Variable,
        RowChoice,
        Path,
        WrittenAddress,
        Selection,
        WrittenNumber,
        Aggregate,
        Call,
        Term,
        Expression,
        Relation,
        SetOf,
        SetLiteral,
        Phrases,
        SetRelation,
        Membership,
        Predicate,
        Negation,
        Loop,
    )
}


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


def addresses(node: Any) -> Iterator[WrittenAddress]:
    """Yield every address in a tree."""
    return (child for child in walk(node) if isinstance(child, WrittenAddress))
