"""Refuse resolved relations that mean nothing: rates in sums, unlike units, one figure against itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.rules.nodes import Aggregate, Call, Number, Relation
from auditor.rules.plan import Ref
from auditor.units import Kind

if TYPE_CHECKING:
    from auditor.rules.scope import Scope


def lint_relation(node: Relation, scope: Scope) -> None:
    """Check one resolved relation. Raises `RuleError` through the scope."""
    text = as_addresses(node)
    factors = [term.factor for side in (node.left, node.right) for term in side.terms]
    if any(isinstance(factor, Call) for factor in factors):
        alone = len(node.left.terms) == len(node.right.terms) == 1 and node.operator == "="
        if not alone or not any(isinstance(factor, Ref) for factor in factors):
            scope.fail("rules.rate_alone", text=text)
        return
    if node.left == node.right:
        scope.fail("rules.cycle", text=text)
    if len({kind for factor in factors for kind in _kinds(factor, scope)}) > 1:
        scope.fail("rules.unit_mismatch", text=text)


def _kinds(factor: Any, scope: Scope) -> set[Kind]:
    """What a factor measures; nothing for a bare number, which may stand for anything."""
    if isinstance(factor, Number):
        if not factor.unit:
            return set()
        return {Kind.PERCENT if factor.unit == "%" else Kind.AMOUNT}
    if isinstance(factor, Aggregate):
        if factor.function == "count":
            return {Kind.COUNT}
        return {kind for item in factor.items for kind in _kinds(item, scope)}
    ref: Ref = factor
    table = scope.tables[ref.table]
    names = ref.rows.items or (ref.rows.text,)
    of_rows = {row.kind for name in names if (row := table.named_rows.get(name)) and row.kind is not None}
    if of_rows:
        return of_rows
    kinds = {column.name: column.kind for column in table.all_columns}
    return {kinds[name] for name in ref.columns.names if name in kinds} or {Kind.AMOUNT}


def as_addresses(node: Relation) -> str:
    """A resolved relation as the addresses it compares, for messages."""
    sides = []
    for side in (node.left, node.right):
        words = []
        for term in side.terms:
            items = term.factor.items if isinstance(term.factor, Aggregate) else (term.factor,)
            words.append(" ".join(getattr(item, "text", "…") for item in items))
        sides.append(" + ".join(words))
    return f" {node.operator} ".join(sides)
