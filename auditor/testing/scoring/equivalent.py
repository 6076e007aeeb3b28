"""Which slips change nothing: the loader refuses them, or no filing can tell the rule with the slip from the rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from auditor.errors import RuleError
from auditor.model.units import Kind
from auditor.rules.lint import lint_relation
from auditor.rules.nodes import Aggregate, Call, Expression, Negation, Relation, WrittenNumber, walk
from auditor.rules.plan import Ref, Rows
from auditor.rules.scope import Scope

if TYPE_CHECKING:
    from auditor.forms.book import FormBook
    from auditor.rules.rule import Rule

REFUSED, SAME, COUNTED, TWICE = "refused", "same", "counted", "twice"
REASONS = (REFUSED, SAME, COUNTED, TWICE)
_TURNED = {"≥": "≤", ">": "<"}


def is_refused(rule: Rule, statement: Any, forms: FormBook) -> bool:
    """Whether the loader does not take a statement: unlike units, an addend twice, a rate that is not alone."""
    scope = Scope(rule, "", dict(forms.tables), forms)
    try:
        for node in walk(statement):
            if isinstance(node, Relation):
                lint_relation(node, scope)
    except RuleError:
        return True
    return False


def meaning(statement: Any) -> Any:
    """A statement brought to a form that is the same for all ways to write it: `a = b`, `b = a`, `−a = −b`."""
    if isinstance(statement, Negation):
        return ("not", meaning(statement.statement))
    if not isinstance(statement, Relation) or any(isinstance(node, Call) for node in walk(statement)):
        return statement
    weights: Counter[Any] = Counter()
    for side, expression in ((1, statement.left), (-1, statement.right)):
        _add(weights, expression, side)
    operator, terms = statement.operator, {factor: weight for factor, weight in weights.items() if weight}
    turn = operator in _TURNED
    if operator in ("=", "≠"):
        turn = bool(terms) and terms[min(terms, key=repr)] < 0
    return _TURNED.get(operator, operator), frozenset((f, -w if turn else w) for f, w in terms.items())


def _add(weights: Counter[Any], expression: Expression, side: int) -> None:
    for term in expression.terms:
        weight = side * term.sign * term.digits * 10 ** (6 - term.decimals)
        if isinstance(term.factor, WrittenNumber):
            number = term.factor
            weights["number", number.unit] += weight * number.digits * 10 ** (6 - number.decimals)
        elif isinstance(term.factor, Aggregate) and term.factor.function == "sum":
            for item in term.factor.items:
                weights["sum", item] += weight
        else:
            weights[term.factor] += weight


def only_counts(before: Any, after: Any, forms: FormBook) -> bool:
    """Whether `= 0` became `≤ 0` of counts, which are never below zero."""
    if not (isinstance(before, Relation) and isinstance(after, Relation) and before.operator == "="):
        return False
    nothing = [term.factor.digits == 0 for term in before.right.terms if isinstance(term.factor, WrittenNumber)]
    factors = [term.factor for term in before.left.terms if term.sign > 0]
    counts = len(factors) == len(before.left.terms) and all(_is_count(factor, forms) for factor in factors)
    return after.operator == "≤" and nothing == [True] and len(before.right.terms) == 1 and counts


def _is_count(factor: Any, forms: FormBook) -> bool:
    if isinstance(factor, Aggregate):
        return factor.function == "count"
    if not isinstance(factor, Ref):
        return False
    table = forms.tables[factor.table]
    row = table.named_rows.get(factor.rows.text) if factor.rows.how is Rows.FIXED else None
    kinds = {column.kind for column in table.all_columns if column.name in factor.columns.names}
    return (row.kind if row and row.kind else None) is Kind.COUNT or kinds == {Kind.COUNT}
