"""Which columns an address means: a fixed one, a group, the loop's column, one named by a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.tables import Layout
from auditor.model.units import Kind
from auditor.rules.nodes import Path, Variable, WrittenAddress
from auditor.rules.plan import AMOUNT_COLUMNS, ColumnSpec, Rows, RowSpec

if TYPE_CHECKING:
    from auditor.model.tables import Table
    from auditor.rules.scope import Scope


def loop_column(node: WrittenAddress, table: Table, scope: Scope) -> ColumnSpec:
    """The column of an address that names none: the loop's, or the only one of the table."""
    if node.column is not None:
        return columns_of(node.column, table, scope, many=False)
    if scope.columns is not None:
        return ColumnSpec(loop=True)
    if len(table.column_names) == 1:
        return ColumnSpec(table.column_names)
    return scope.fail("rules.needs_column", text=node.text)


def default_columns(rows: RowSpec, table: Table, scope: Scope, *, whole: bool) -> ColumnSpec:
    """The columns of an address without a column: the only one of the row's lane or table, or the loop's."""
    names = _lane_columns(rows, table)
    if len(names) == 1 or whole:
        return ColumnSpec(names)
    if scope.columns is not None and table.name == scope.row_table:
        return ColumnSpec(loop=True)
    return scope.fail("rules.needs_column", text=f"{table.name}[{rows.text}]")


def columns_of(path: Path, table: Table, scope: Scope, *, many: bool) -> ColumnSpec:
    """Resolve the column part of an address in its table."""
    if any(isinstance(segment, Variable) for segment in path.segments):
        return _by_variable(path, table, scope)
    name = path.text
    if name in table.column_names:
        return ColumnSpec((name,))
    if name in table.column_groups or name == AMOUNT_COLUMNS:
        if not many:
            scope.fail("rules.many_facts", text=f"{table.name}.{name}")
        return ColumnSpec(column_set(name, table, scope))
    short = [column for column in table.column_names if column.rsplit("/", 1)[-1] == name]
    if len(short) != 1:
        scope.unknown_column(table, name)
    return ColumnSpec((short[0],))


def column_set(name: str, table: Table, scope: Scope) -> tuple[str, ...]:
    """The columns of a group of the form, or all columns of amounts."""
    if name == AMOUNT_COLUMNS:
        return tuple(column.name for column in table.all_columns if column.kind is Kind.AMOUNT)
    if name not in table.column_groups:
        scope.unknown("rules.unknown_column", f"{table.name}.{name}", [AMOUNT_COLUMNS, *table.column_groups])
    return table.column_groups[name]


def is_column(word: str, table: Table) -> bool:
    """Whether a bare word names a column or a group of columns of a table."""
    if word in table.column_names or word in table.column_groups:
        return True
    return any(name.rsplit("/", 1)[-1] == word for name in table.column_names)


def _by_variable(path: Path, table: Table, scope: Scope) -> ColumnSpec:
    """A column named by a variable: all that it can stand for must exist."""
    variables = list(path.variables())
    scope.check_variables(variables, path.text)
    if variables == ["column"] and len(path.segments) == 1:
        return ColumnSpec(loop=True)
    loop = scope.value_loop(variables[0])
    if loop is None or not loop.values:
        scope.fail("rules.unbound", name=variables[0], text=path.text)
    names = tuple(path.text.replace("{" + variables[0] + "}", value) for value in loop.values)
    for name in names:
        if name not in table.column_names:
            scope.unknown_column(table, name)
    return ColumnSpec(names, variable=variables[0])


def _lane_columns(rows: RowSpec, table: Table) -> tuple[str, ...]:
    if table.layout is not Layout.LANES:
        return table.column_names
    text = rows.items[0] if rows.how is Rows.SET and rows.items else (rows.prefix or rows.text)
    lane = table.lane_by_name.get(text.split("/", 1)[0]) or table.lane_by_name.get("")
    return tuple(column.name for column in lane.columns) if lane else table.column_names
