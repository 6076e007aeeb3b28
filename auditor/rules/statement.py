"""Parse statements of rules by the grammar in `statement.lark` into the nodes of `nodes.py`."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditor.digits import whole_number
from auditor.errors import RuleError
from auditor.rules.nodes import (
    Aggregate,
    Call,
    Expression,
    Loop,
    Membership,
    Name,
    Negation,
    Path,
    PathSegment,
    Phrases,
    Predicate,
    Relation,
    RowChoice,
    Selection,
    SetExpression,
    SetLiteral,
    SetOf,
    SetRelation,
    Statement,
    Term,
    Variable,
    WrittenAddress,
    WrittenNumber,
)
from auditor.yamlfiles.trees import Text, place_of

if TYPE_CHECKING:
    from lark import Lark, Token


MOST_WRITTEN = 21  # digits of a number in a rule, as the grammar bounds it


def parse_statement(text: str, *, file: str = "", line: int = 0) -> Statement:
    """Parse one statement. Raises `RuleError` with the place of what is not understood."""
    parsed: Statement = _parse(text, "statement", file, line)
    return parsed


def parse_loop(text: str, *, file: str = "", line: int = 0) -> Loop:
    """Parse one `x in …` of a `for:`."""
    parsed: Loop = _parse(text, "loop", file, line)
    return parsed


def _parse(text: str, start: str, file: str, line: int) -> Any:
    from lark.exceptions import UnexpectedInput

    place = place_of(text) if isinstance(text, Text) else {"file": file, "line": line}
    try:
        return _understood(str(text), start)
    except UnexpectedInput as error:
        at = max(1, getattr(error, "column", 1) or 1)
        near = text[at - 1 : at + 11] or "…"
        if isinstance(text, Text):
            place["column"] = text.column_of(at - 1)
        raise RuleError("rules.statement", **place, text=text, found=near, at=at) from None


@lru_cache(maxsize=4096)  # many rules say the same; nodes do not change
def _understood(text: str, start: str) -> Any:
    return _parser().parse(text, start=start)


@cache
def _parser() -> Lark:
    """The parser, which builds the nodes as it reads."""
    from lark import Lark

    grammar = files("auditor.rules").joinpath("statement.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=["statement", "loop"], maybe_placeholders=False, transformer=_builder())


_RELATIONS = {"!=": "≠", "<=": "≤", ">=": "≥"}


@cache
def _builder() -> Any:  # noqa: C901 — one short method per node
    """The transformer from parse tree to nodes (built once, because lark is imported late)."""
    from lark import Transformer, v_args

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

        def choice(self, *items: str) -> RowChoice:
            return RowChoice(items)

        def row_item(self, *parts: Token) -> str:
            return "/".join(str(part) for part in parts)

        def path(self, *parts: PathSegment) -> Path:
            return Path(segments(list(parts)))

        def row_path(self, *parts: PathSegment) -> Path:
            return Path(segments(list(parts)))

        def context(self, token: Token) -> tuple[str, str]:
            return ("context", str(token))

        def row(self, path: Path) -> tuple[str, Path]:
            return ("row", path)

        def again(self, token: Token) -> tuple[str, int]:
            return ("occurrence", whole_number(token) or 1)

        def column(self, path: Path) -> tuple[str, Path]:
            return ("column", path)

        def above(self, token: Token) -> tuple[str, str]:
            return ("above", str(token))

        def address(self, head: Any, *rest: tuple[str, Any]) -> WrittenAddress:
            parts: dict[str, Any] = dict(rest)
            if isinstance(head, tuple):
                return WrittenAddress(None, above=head[1], **parts)
            return WrittenAddress(head, **parts)

        def selection(self, address: WrittenAddress, *where: Relation) -> Selection:
            return Selection(address, tuple(where))

        def number(self, token: Token, unit: Token | None = None) -> WrittenNumber:
            whole, _, part = str(token).partition(".")
            return WrittenNumber(whole_number(whole + part, MOST_WRITTEN) or 0, len(part), str(unit or ""))

        def constant(self, number: WrittenNumber) -> Term:
            return Term(1, number)

        def scaled(self, *parts: Any) -> Term:
            if len(parts) == 1:
                return Term(1, parts[0])
            whole, _, part = str(parts[0]).partition(".")
            return Term(1, parts[-1], whole_number(whole + part, MOST_WRITTEN) or 0, len(part))

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

        def membership(self, address: WrittenAddress, members: SetExpression) -> Membership:
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
