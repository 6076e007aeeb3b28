"""Conditions that can never hold: two that exclude each other, one that is false whatever is printed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from auditor.errors import RuleError
from auditor.messages import say
from auditor.model.units import FEN_PER, PERCENT_SCALE
from auditor.rules.nodes import (
    Aggregate,
    Expression,
    Membership,
    Negation,
    Predicate,
    Relation,
    SetLiteral,
    WrittenNumber,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.rules.scope import Scope

_TURNED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "=": "=", "≠": "≠"}
_OPPOSITE = {"<": "≥", ">": "≤", "≤": ">", "≥": "<", "=": "≠", "≠": "="}
_PRINTS = {"printed": True, "exists": None, "blank": False}


@dataclass
class _Bounds:
    """What some conditions leave of one quantity: an interval, a value that is excluded."""

    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False
    never: frozenset[Fraction] = frozenset()

    def meet(self, operator: str, value: Fraction) -> None:
        """Take one more condition `quantity operator value`."""
        if operator in "=>≥" and (self.low is None or value > self.low or (value == self.low and operator == ">")):
            self.low, self.open_low = value, operator == ">"
        if operator in "=<≤" and (self.high is None or value < self.high or (value == self.high and operator == "<")):
            self.high, self.open_high = value, operator == "<"
        if operator == "≠":
            self.never |= {value}

    @property
    def empty(self) -> bool:
        """Whether no value is left."""
        if self.low is None or self.high is None:
            return False
        if self.low == self.high:
            return self.open_low or self.open_high or self.low in self.never
        return self.low > self.high


def lint_conditions(conditions: Iterable[Any], scope: Scope) -> None:
    """Refuse conditions that can never hold together. Raises `RuleError` at the rule's `when`."""
    bounds: dict[Any, _Bounds] = {}
    prints: dict[Any, bool] = {}
    words: dict[Any, set[str]] = {}
    for condition in conditions:
        node, right = (condition.statement, False) if isinstance(condition, Negation) else (condition, True)
        if isinstance(node, Relation) and not _meets(node, bounds, right=right):
            _refuse(scope, node)
        if isinstance(node, Predicate) and not _agrees(node, prints, right=right):
            _refuse(scope, node)
        if isinstance(node, Membership) and isinstance(node.members, SetLiteral) and right:
            known = words.setdefault(node.address, set(node.members.items))
            known &= set(node.members.items)
            if not known:
                _refuse(scope, node)


def _refuse(scope: Scope, node: Any) -> None:
    written = [entry for entry in scope.rule.written if entry.key == "when"]
    entry = written[-1] if written else scope.entry
    raise RuleError(
        "rules.never",
        file=scope.rule.file,
        line=entry.line if entry else scope.rule.line,
        column=entry.column if entry else 0,
        rule=scope.rule.id,
        why=say("rules.never_together", text=_text(node)),
    )


def _text(node: Any) -> str:
    if isinstance(node, Relation):
        from auditor.rules.lint import as_addresses

        return as_addresses(node)
    return str(getattr(getattr(node, "selection", getattr(node, "address", None)), "text", ""))


def _meets(node: Relation, bounds: dict[Any, _Bounds], *, right: bool) -> bool:
    """Take a relation into the bounds of its quantity; tell whether any value is left."""
    form, value = _linear(node)
    if form is None:
        return True
    operator = node.operator if right else _OPPOSITE[node.operator]
    if not form:
        bound = _Bounds(Fraction(0), Fraction(0))
        bound.meet(operator, value)
        return not bound.empty
    lead = next(iter(dict(form).values()))
    key = tuple((item, weight / lead) for item, weight in form)
    bound = bounds.setdefault(key, _Bounds())
    if len(form) == 1 and isinstance(form[0][0], tuple) and form[0][0][0] == "count":
        bound.meet("≥", Fraction(0))
    bound.meet(_TURNED[operator] if lead < 0 else operator, value / lead)
    return not bound.empty


def _agrees(node: Predicate, prints: dict[Any, bool], *, right: bool) -> bool:
    """Take what is said to be printed; tell whether that contradicts what was said before."""
    said = _PRINTS.get(node.name)
    if said is None:
        return True
    wanted = said if right else not said
    return prints.setdefault(node.selection, wanted) is wanted


def _linear(node: Relation) -> tuple[tuple[tuple[Any, Fraction], ...] | None, Fraction]:
    """Both sides brought to `form operator value`; None where it is not linear."""
    form: dict[Any, Fraction] = {}
    value = Fraction(0)
    for side, expression in ((1, node.left), (-1, node.right)):
        for term in expression.terms:
            weight = Fraction(side * term.sign * term.digits, 10**term.decimals)
            factor = term.factor
            if isinstance(factor, WrittenNumber):
                value -= weight * _worth(factor)
            elif isinstance(getattr(factor, "first", None), Expression):
                return None, value
            else:
                key = (factor.function, factor.items) if isinstance(factor, Aggregate) else factor
                form[key] = form.get(key, Fraction(0)) + weight
    return tuple((key, weight) for key, weight in form.items() if weight), value


def _worth(number: WrittenNumber) -> Fraction:
    scale = PERCENT_SCALE if number.unit == "%" else FEN_PER.get(number.unit, 1)
    return Fraction(number.digits * scale, 10**number.decimals)
