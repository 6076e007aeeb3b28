"""Refuse resolved relations that mean nothing.

Rates in sums, unlike units, one figure against itself, an addend that stands twice, a part (其中) beside its whole, a
selection that no form can fill.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.digits import is_digits
from auditor.model.tables import Layout
from auditor.model.units import Kind
from auditor.rules.nodes import Aggregate, Call, Relation, WrittenNumber
from auditor.rules.plan import LEVEL_SETS, Ref, Rows

if TYPE_CHECKING:
    from auditor.rules.scope import Scope


def lint_relation(node: Relation, scope: Scope) -> None:
    """Check one resolved relation. Raises `RuleError` through the scope."""
    text = as_addresses(node)
    factors = [term.factor for side in (node.left, node.right) for term in side.terms]
    if any(isinstance(factor, Call) for factor in factors):
        terms = [term for side in (node.left, node.right) for term in side.terms]
        plain = all(term.sign * term.digits == 1 and not term.decimals for term in terms)
        alone = len(node.left.terms) == len(node.right.terms) == 1 and node.operator == "="
        if not alone or not plain or not any(isinstance(factor, Ref) for factor in factors):
            scope.fail("rules.rate_alone", text=text)
        call = next(factor for factor in factors if isinstance(factor, Call))
        wanted = Kind.WORD if call.function == "compare" else Kind.PERCENT
        if any(_kinds(factor, scope) != {wanted} for factor in factors if isinstance(factor, Ref)):
            scope.fail("rules.unit_mismatch", text=text)
        return
    if node.left == node.right:
        scope.fail("rules.cycle", text=text)
    if len({kind for factor in factors for kind in _kinds(factor, scope)}) > 1:
        scope.fail("rules.unit_mismatch", text=text)
    if node.operator == "=":
        for side in (node.left, node.right):
            _lint_addends(side, scope)


def lint_selection(ref: Ref, scope: Scope) -> None:
    """Refuse a set of rows that no filing can have. Raises `RuleError` through the scope."""
    if ref.rows.how is not Rows.SET:
        return
    table, word = scope.tables[ref.table], ref.rows.text
    if word == "{}":
        empty = not ref.rows.items
    elif word == "各条":
        empty = table.layout not in (Layout.LIST, Layout.CODES) and not table.prose
    else:
        empty = (word in LEVEL_SETS or word == "各码") and not _lists_codes(ref, scope)
    if empty or not (ref.columns.loop or ref.columns.names):
        scope.fail("rules.empty_selection", text=ref.text)


def _lists_codes(ref: Ref, scope: Scope) -> bool:
    """Whether the rows of a selection may be codes of the wanted level below its prefix."""
    table, prefix = scope.tables[ref.table], ref.rows.prefix
    if table.prose or table.about or table.generic:
        return True
    if table.layout is Layout.LANES:
        lanes = [table.lane_by_name[prefix]] if prefix in table.lane_by_name else table.lanes
        return any(lane.classes for lane in lanes) or "{" in prefix
    if table.layout is not Layout.CODES:
        return table.layout is Layout.LIST
    if not is_digits(prefix):
        return True
    taxonomy = scope.book.taxonomies[table.codes]
    wanted = taxonomy.levels.get(LEVEL_SETS.get(ref.rows.text, ""), 0)
    return any(
        entry.code.startswith(prefix) and len(entry.code) > len(prefix) and wanted in (0, len(entry.code))
        for entry in taxonomy.entries
    )


def _lint_addends(side: Any, scope: Scope) -> None:
    """Refuse an addend that stands twice in a sum, and a part beside its whole."""
    seen: dict[tuple[str, str, str, str], str] = {}
    parts: list[Ref] = []
    addends: list[Ref] = []
    for term in side.terms:
        items = term.factor.items if isinstance(term.factor, Aggregate) else (term.factor,)
        if isinstance(term.factor, Aggregate) and term.factor.function != "sum":
            continue
        for ref in (item for item in items if isinstance(item, Ref) and not item.where and item.occurrence == 1):
            addends.append(ref)
            for cell in _cells(ref):
                if seen.get(cell) == term.sign:
                    scope.fail("rules.double_addend", text=ref.text)
                seen[cell] = term.sign
            if _is_part(ref, scope):
                parts.append(ref)
    for ref in parts:
        if len({cell for other in addends for cell in _cells(other)}) > 1 and _wholes(ref, addends, scope):
            scope.fail("rules.part_addend", text=ref.text)


def _cells(ref: Ref) -> list[tuple[str, str, str, str]]:
    """What a reference adds, as far as it is known without a filing: its table, rows and columns by name."""
    rows = ref.rows.items or ((f"{ref.rows.how.value} {ref.rows.prefix}/{ref.rows.text}",))
    if ref.rows.how is Rows.FIXED:
        rows = (ref.rows.text,)
    columns = ("、".join(ref.columns.names),) if ref.columns.variable else ref.columns.names or ("{column}",)
    return [(ref.table, ref.context, row, column) for row in rows for column in columns]


def _is_part(ref: Ref, scope: Scope) -> bool:
    table = scope.tables[ref.table]
    rows = [table.named_rows.get(row) for row in (ref.rows.items or (ref.rows.text,))]
    columns = [column for column in table.all_columns if column.name in ref.columns.names]
    return any(row is not None and row.of_which for row in rows) or any(column.of_which for column in columns)


def _wholes(part: Ref, addends: list[Ref], scope: Scope) -> bool:
    """Whether a figure that is no part stands beside a part, in the same table."""
    return any(other.table == part.table and _has_whole(other, scope) for other in addends)


def _has_whole(ref: Ref, scope: Scope) -> bool:
    table = scope.tables[ref.table]
    rows = [table.named_rows.get(row) for row in (ref.rows.items or (ref.rows.text,))]
    columns = [column for column in table.all_columns if column.name in ref.columns.names]
    return all(row is None or not row.of_which for row in rows) and (
        not columns or any(not column.of_which for column in columns)
    )


def _kinds(factor: Any, scope: Scope) -> set[Kind]:
    """What a factor measures; nothing for a bare number, which may stand for anything."""
    if isinstance(factor, WrittenNumber):
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
