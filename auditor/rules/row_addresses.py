"""Which rows an address means: a fixed one, a template with `{x}`, a set, the loop's row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from auditor.digits import is_digits
from auditor.model.tables import SELF_NAMED, Layout
from auditor.rules.nodes import Name, Path, RowChoice, WrittenAddress
from auditor.rules.plan import ROW_SETS, THIS_CELL, Rows, RowSpec

if TYPE_CHECKING:
    from auditor.model.tables import Table
    from auditor.rules.scope import Scope


def loop_row(scope: Scope) -> RowSpec:
    """The row of `for: row in …`."""
    if scope.row_loop is None:
        scope.fail("rules.needs_row_loop", text=THIS_CELL)
    return RowSpec(Rows.LOOP, open=True)


def rows_of(node: WrittenAddress, table: Table, scope: Scope) -> RowSpec:
    """Resolve the row part of an address in its table."""
    if node.row is None:
        if table.layout is Layout.CELLS:
            return RowSpec(Rows.FIXED, "")
        if scope.row_loop is not None and scope.row_table == table.name:
            return loop_row(scope)
        scope.fail("rules.needs_row", text=node.text)
    path = node.row
    last = path.segments[-1]
    is_set = isinstance(last, RowChoice) or (isinstance(last, Name) and last.text in ROW_SETS)
    if is_set or (path.text in table.row_groups and table.layout is Layout.LANES):
        return row_set(path, table, scope)
    variables = tuple(path.variables())
    scope.check_variables(variables, node.text)
    if variables == ("row",) and len(path.segments) == 1:
        return loop_row(scope)
    if variables:
        return RowSpec(Rows.TEMPLATE, path.text, variables=variables, open=_template_open(path, table, scope))
    return RowSpec(Rows.FIXED, path.text, open=_known_row(path.text, table, scope))


def row_set(path: Path, table: Table, scope: Scope) -> RowSpec:
    """Resolve a set of rows: `各类`, `支出/各类`, `人员经费/各类`, `208/各项`, `{a, b}`, a group of the form."""
    segments = path.segments
    last = segments[-1]
    before = Path(segments[:-1])
    scope.check_variables(path.variables(), path.text)
    _refuse_loop_row(before, path, scope)
    if isinstance(last, RowChoice):
        items = tuple(f"{before.text}/{item}" if before.text else item for item in last.items)
        is_open = [_known_row(item, table, scope) for item in items]
        return RowSpec(Rows.SET, "{}", items=items, open=any(is_open))
    if path.text in table.row_groups and table.layout is Layout.LANES:
        return RowSpec(Rows.SET, "{}", items=table.row_groups[path.text])
    word = last.text if isinstance(last, Name) else ""
    if word not in ROW_SETS:
        _unknown_group(path.text, (*ROW_SETS, *table.row_groups), table, scope)
    prefix = before.text
    known = prefix in table.lane_by_name or prefix in table.row_groups or is_digits(prefix) or "{" in prefix
    if prefix and not known:
        _unknown_group(prefix, (*table.lane_by_name, *table.row_groups), table, scope)
    return RowSpec(Rows.SET, word, prefix=prefix, variables=tuple(before.variables()), open=True)


def _refuse_loop_row(before: Path, path: Path, scope: Scope) -> None:
    """A set below `{row}` is not known before the rows are: `for: x in …` over codes or names says the same."""
    if {"row", "column", "claim"} & set(before.variables()):
        scope.fail("rules.row_in_set", text=path.text)


def _unknown_group(name: str, known: tuple[str, ...], table: Table, scope: Scope) -> NoReturn:
    scope.unknown("rules.unknown_group", f"{table.name}[{name}]", [f"{table.name}[{group}]" for group in known])


def _template_open(path: Path, table: Table, scope: Scope) -> bool:
    """A template is open where its variable stands for codes; names from a list must all be rows."""
    for variable in path.variables():
        loop = scope.value_loop(variable)
        if loop is None or loop.level:
            continue
        for value in loop.values:
            text = path.text.replace("{" + variable + "}", value)
            if "{" not in text and text not in table.named_rows:
                scope.unknown(
                    "rules.unknown_row", f"{table.name}[{text}]", [f"{table.name}[{r}]" for r in table.named_rows]
                )
        return table.prose
    return True


def _known_row(text: str, table: Table, scope: Scope) -> bool:
    """Check that a fixed row exists; tell whether it is open (a code, a class, an optional row)."""
    if text in table.named_rows:
        return table.named_rows[text].optional
    if table.layout in SELF_NAMED:
        return True
    before, _, last = text.rpartition("/")
    if is_digits(last):
        lane = table.lane_by_name.get(before)
        if table.layout is Layout.CODES or (lane is not None and lane.classes is not None):
            return True
    return scope.unknown(
        "rules.unknown_row", f"{table.name}[{text}]", [f"{table.name}[{row}]" for row in table.named_rows]
    )
