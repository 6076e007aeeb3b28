"""Resolve the addresses of a rule against the standard tables, before any filing is seen.

Every name must be a table, row, column or group that exists; an unknown one is an error at the rule's line, with the
nearest known name. The result, a `Plan`, is what the engine binds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.model.tables import SELF_NAMED, Layout
from auditor.rules.column_addresses import column_set, columns_of, default_columns, is_column, loop_column
from auditor.rules.conditions import lint_conditions
from auditor.rules.lint import lint_relation, lint_selection
from auditor.rules.nodes import (
    Aggregate,
    Call,
    Expression,
    Loop,
    Membership,
    Name,
    Negation,
    Path,
    Phrases,
    Predicate,
    Relation,
    Selection,
    SetOf,
    SetRelation,
    Term,
    WrittenAddress,
)
from auditor.rules.plan import (
    CHILDREN,
    FIRST_TOLD,
    LEVEL_SETS,
    ROW_SETS,
    TABLE_SETS,
    THIS_CELL,
    THIS_TABLE,
    ColumnSpec,
    Plan,
    Ref,
    RowLoop,
    Rows,
    RowSpec,
    ValueLoop,
)
from auditor.rules.row_addresses import loop_row, row_set, rows_of
from auditor.rules.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.forms.book import FormBook
    from auditor.model.tables import Table
    from auditor.rules.rule import Rule


def tables_of(form: Iterable[str], book: FormBook, extra: Iterable[Table] = ()) -> tuple[str, ...]:
    """Expand the `form:` of a rule: names of standard tables, and names of sets of tables."""
    names: list[str] = []
    known = [*book.tables.values(), *extra]
    for word in form:
        if word in TABLE_SETS:
            names += [table.name for table in known if TABLE_SETS[word](table)]
        else:
            names.append(word)
    return tuple(dict.fromkeys(names))


def plans_of(rule: Rule, book: FormBook, extra: Iterable[Table] = ()) -> tuple[Plan, ...]:
    """Return the plans of a rule: one per table of its `form:`, or one for all.

    Raises `RuleError` for an unknown name, a wrong use of a set, an unbound variable, unlike units.
    """
    extra = list(extra)
    known = book.tables | {table.name: table for table in extra}
    plans = []
    for name in tables_of(rule.form, book, extra) or ("",):
        scope = Scope(rule, name, known, book, row_table=name)
        if name and name not in known:
            scope.entry = next((entry for entry in rule.entries("form") if entry.text == name), None)
            scope.unknown("rules.unknown_table", name, [*known, *TABLE_SETS])
        plans.append(_Resolver(scope).plan())
    return tuple(plans)


class _Resolver:
    """Resolves one rule for one table; every reference it makes is kept for the plan."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.refs: list[Ref] = []

    def plan(self) -> Plan:
        scope, rule = self.scope, self.scope.rule
        for loop, scope.entry in zip(rule.loops, rule.entries("for"), strict=True):
            self._loop(loop)
        when, statements, alternatives, otherwise = (
            tuple(self._statement(node) for node, scope.entry in zip(part, rule.entries(key), strict=True))
            for key, part in (
                ("when", rule.when),
                ("assert", rule.statements),
                ("any_of", rule.any_of),
                ("otherwise", rule.otherwise),
            )
        )
        lint_conditions((*(scope.row_loop.where if scope.row_loop else ()), *when), scope)
        return Plan(
            rule=rule,
            table=scope.table,
            rows=scope.row_loop,
            columns=scope.columns,
            values=tuple(scope.values),
            when=when,
            statements=statements,
            alternatives=alternatives,
            otherwise=otherwise,
            refs=tuple(self.refs),
        )

    # -- loops ----------------------------------------------------------------------------------------------

    def _loop(self, loop: Loop) -> None:
        scope, name = self.scope, loop.domain.text
        if loop.variable in ("row", "claim"):
            self._row_loop(loop)
        elif loop.variable == "column":
            scope.columns = column_set(name, scope.here(), scope)
        elif name in scope.book.lists:
            scope.values.append(ValueLoop(loop.variable, scope.book.lists[name]))
        elif name in LEVEL_SETS or name == "各码":
            scope.values.append(ValueLoop(loop.variable, level=LEVEL_SETS.get(name, "码")))
        else:
            scope.unknown("rules.unknown_list", name, [*scope.book.lists, *LEVEL_SETS])

    def _row_loop(self, loop: Loop) -> None:
        """`row in …` runs over rows of 本表 (or of the table named), `claim in 说明/…` over those of a prose table."""
        scope = self.scope
        table = scope.table if loop.table in ("", THIS_TABLE) else loop.table
        if loop.variable == "claim":
            table = loop.domain.text.rsplit("/", 1)[0]
            if table not in scope.tables:
                scope.fail("rules.prose_unknown", name=table)
        scope.row_table = scope.named(table).name
        spec = row_set(loop.domain, scope.here(), scope)
        scope.row_loop = RowLoop(table, spec)
        scope.row_loop = RowLoop(table, spec, tuple(self._statement(condition) for condition in loop.where))

    # -- statements -----------------------------------------------------------------------------------------

    def _statement(self, node: Any) -> Any:
        if isinstance(node, Relation):
            resolved = Relation(node.operator, self._expression(node.left), self._expression(node.right))
            lint_relation(resolved, self.scope)
            return resolved
        if isinstance(node, SetRelation):
            return SetRelation(node.operator, self._set(node.left), self._set(node.right))
        if isinstance(node, Membership):
            return Membership(self._address(node.address), self._set(node.members))
        if isinstance(node, Predicate):
            return Predicate(node.name, self._selection(node.selection, whole=True))
        assert isinstance(node, Negation)
        return Negation(self._statement(node.statement))

    def _expression(self, node: Expression) -> Expression:
        return Expression(tuple(Term(t.sign, self._factor(t.factor), t.digits, t.decimals) for t in node.terms))

    def _factor(self, node: Any) -> Any:
        if isinstance(node, WrittenAddress):
            return self._address(node)
        if isinstance(node, Aggregate):
            return Aggregate(node.function, tuple(self._selection(item) for item in node.items))
        if isinstance(node, Call):
            return Call(node.function, self._expression(node.first), self._expression(node.second))
        return node

    def _set(self, node: Any) -> Any:
        if isinstance(node, SetOf):
            return SetOf(node.function, tuple(self._selection(item, whole=True) for item in node.items))
        if isinstance(node, Phrases) and node.name not in self.scope.book.all_lists:
            self.scope.unknown("rules.unknown_list", node.name, self.scope.book.all_lists)
        return node

    def _selection(self, node: Selection, *, whole: bool = False) -> Ref:
        """Resolve a selection of several facts; its conditions speak of the rows it selects."""
        ref = self._resolve(node.address, many=True, whole=whole)
        if node.where:
            scope = self.scope
            before, loop = scope.row_table, scope.row_loop
            scope.row_table = ref.table
            scope.row_loop = RowLoop(ref.table, RowSpec(Rows.SET, "各行", open=True))
            ref = replace(ref, where=tuple(self._statement(relation) for relation in node.where))
            scope.row_table, scope.row_loop = before, loop
        lint_selection(ref, self.scope)
        self.refs.append(ref)
        return ref

    # -- addresses ------------------------------------------------------------------------------------------

    def _address(self, node: WrittenAddress) -> Ref:
        """Resolve an address that must mean one fact."""
        ref = self._resolve(node, many=False, whole=False)
        if ref.many:
            self.scope.fail("rules.many_facts", text=node.text)
        self.refs.append(ref)
        return ref

    def _resolve(self, node: WrittenAddress, *, many: bool, whole: bool) -> Ref:
        """Resolve an address; `many` allows several facts, `whole` all columns where none is named."""
        scope = self.scope
        if node.context:
            from auditor.rules.contexts import CONTEXTS

            if node.context not in CONTEXTS:
                scope.unknown("rules.unknown_context", node.context, CONTEXTS)
        if node.above:
            here = scope.here()
            columns = ColumnSpec(here.column_names) if whole else loop_column(node, here, scope)
            return _ref(node, here.name, RowSpec(Rows.ABOVE, node.above, open=True), columns, many=whole)
        head = node.table.text if node.table else THIS_TABLE
        special = self._special(node, head, many=many)
        if special is not None:
            return special
        if head == THIS_TABLE and not scope.table:
            scope.fail("rules.no_table")
        table = scope.named(scope.table if head == THIS_TABLE else head)
        if whole and node.row is None and node.column is None:
            rows = RowSpec(Rows.SET, "各行", open=True)
            return _ref(node, table.name, rows, ColumnSpec(table.column_names), many=True)
        rows = rows_of(node, table, scope)
        if whole and table.layout in SELF_NAMED and rows.how is Rows.FIXED:
            rows = RowSpec(Rows.SET, "{}", items=(rows.text,), open=True)  # every line of that name
        if node.column is None:
            columns = default_columns(rows, table, scope, whole=whole)
        else:
            columns = columns_of(node.column, table, scope, many=many)
        return _ref(node, table.name, rows, columns, many=rows.how in (Rows.SET, Rows.CHILDREN) or columns.many)

    def _special(self, node: WrittenAddress, head: str, *, many: bool) -> Ref | None:
        """本格, 首提, 下级, a bare column of the loop's row, a bare set of rows of 本表."""
        scope = self.scope
        if head == THIS_CELL:
            here = scope.here()
            return _ref(node, here.name, loop_row(scope), loop_column(node, here, scope))
        if head == FIRST_TOLD:
            here, row = scope.here(), loop_row(scope)
            return _ref(node, here.name, replace(row, how=Rows.FIRST), loop_column(node, here, scope))
        if head == CHILDREN:
            here = scope.here()
            tree = here.layout is Layout.CODES or (here.prose and here.layout is Layout.LIST)
            if scope.row_loop is None or not tree:
                scope.fail("rules.needs_row_loop", text=node.text)
            return _ref(node, here.name, RowSpec(Rows.CHILDREN, open=True), loop_column(node, here, scope), many=True)
        bare = node.row is None and node.column is None and node.table is not None and len(node.table.segments) == 1
        if bare and scope.row_loop is not None and is_column(head, scope.here()):
            columns = columns_of(Path((Name(head),)), scope.here(), scope, many=many)
            return _ref(node, scope.row_table, loop_row(scope), columns, many=columns.many)
        if bare and scope.row_table and head not in (THIS_TABLE, *ROW_SETS, *scope.tables):
            here = scope.here()
            known = [*here.column_names, *here.column_groups, *ROW_SETS, *scope.tables]
            scope.unknown("rules.unknown_word", head, known)
        if head in ROW_SETS and node.row is None:
            here = scope.here()
            rows = row_set(Path((Name(head),)), here, scope)
            return _ref(node, here.name, rows, loop_column(node, here, scope), many=True)
        return None


def _ref(node: WrittenAddress, table: str, rows: RowSpec, columns: ColumnSpec, *, many: bool = False) -> Ref:
    return Ref(table, node.context, rows, columns, node.occurrence, node.text, (), many)
