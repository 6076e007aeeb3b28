"""Resolve the addresses of a rule against the standard tables, before any filing is seen.

Every name must be a table, row, column or group that exists; an unknown one is an error at the rule's line, with the
nearest known name. The result, a `Plan`, is what the engine binds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from auditor.errors import RuleError
from auditor.forms.tables import Layout
from auditor.rules.statement import (
    Address,
    Aggregate,
    Call,
    Choice,
    Expression,
    Loop,
    Membership,
    Name,
    Negation,
    Number,
    Path,
    Phrases,
    Predicate,
    Relation,
    Selection,
    SetOf,
    SetRelation,
    Term,
    Variable,
)
from auditor.sources import nearest
from auditor.units import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from auditor.forms.tables import FormBook, Table
    from auditor.rules.rule import Rule

THIS_TABLE, THIS_CELL, CHILDREN = "本表", "本格", "下级"
LEVEL_SETS = {"各类": "类", "各款": "款", "各项": "项"}
ROW_SETS = ("各行", "各码", "各条", "有下级的行", "各单位行", *LEVEL_SETS)
AMOUNT_COLUMNS = "金额栏"
TABLE_SETS: dict[str, Callable[[Table], bool]] = {
    "各带科目编码的表": lambda table: table.layout is Layout.CODES,
    "各功能分类表": lambda table: table.layout is Layout.CODES and table.codes == "functional",
    "各经济分类表": lambda table: table.layout is Layout.CODES and table.codes == "economic",
}


class Rows(Enum):
    """How a reference picks its row."""

    FIXED = "fixed"  # one named row
    LOOP = "loop"  # the row of `for: row in …`
    TEMPLATE = "template"  # a name with {x} in it
    SET = "set"  # several rows
    CHILDREN = "children"  # 下级 of the loop row
    ABOVE = "above"  # the ancestor at a level of the loop row


@dataclass(frozen=True, slots=True)
class RowSpec:
    """Which rows a reference means. `text` is the row, the template, the level or the set as written."""

    how: Rows
    text: str = ""
    prefix: str = ""  # lane or group before the set, {x} allowed
    variables: tuple[str, ...] = ()
    items: tuple[str, ...] = ()  # of an explicit choice
    open: bool = False  # not every filing need print it: codes and classes


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """Which columns a reference means: fixed names (several for a group), the loop column, or a variable."""

    names: tuple[str, ...] = ()
    variable: str = ""
    loop: bool = False

    @property
    def many(self) -> bool:
        """Tell whether several columns are meant at once."""
        return len(self.names) > 1 and not self.variable


@dataclass(frozen=True, slots=True)
class Ref:
    """A resolved address (or a selection of several facts)."""

    table: str
    context: str
    rows: RowSpec
    columns: ColumnSpec
    occurrence: int
    text: str
    where: tuple[Relation, ...] = ()
    many: bool = False


@dataclass(frozen=True, slots=True)
class RowLoop:
    """`for: row in …`: the rows of a table."""

    table: str
    spec: RowSpec
    where: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueLoop:
    """`for: x in …`: a list of names, or (level given) the union of codes printed where `{x}` stands."""

    variable: str
    values: tuple[str, ...] = ()
    level: str = ""


@dataclass(frozen=True)
class Plan:
    """One rule bound to one table (or to none): loops, condition, statements, all resolved."""

    rule: Rule
    table: str
    rows: RowLoop | None
    columns: tuple[str, ...] | None
    values: tuple[ValueLoop, ...]
    when: tuple[Any, ...]
    statements: tuple[Any, ...]
    alternatives: tuple[Any, ...]
    otherwise: tuple[Any, ...]
    refs: tuple[Ref, ...] = field(default=())

    @property
    def tables(self) -> tuple[str, ...]:
        """The standard tables that the statements and conditions name (filing's own context only)."""
        return tuple(dict.fromkeys(ref.table for ref in self.refs if not ref.context))


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

    Raises `RuleError` for an unknown name, a wrong use of a set, an unbound variable.
    """
    extra = list(extra)
    tables = tables_of(rule.form, book, extra) or ("",)
    known = book.tables | {table.name: table for table in extra}
    for name in tables:
        if name and name not in known:
            _unknown(rule, "rules.unknown_table", name, [*known, *TABLE_SETS])
    return tuple(_Resolver(rule, name, known, book).plan() for name in tables)


def _unknown(rule: Rule, key: str, name: str, known: Iterable[str]) -> None:
    raise RuleError(key, file=rule.file, line=rule.line, rule=rule.id, name=name, near=nearest(name, known))


class _Resolver:
    def __init__(self, rule: Rule, table: str, tables: dict[str, Table], book: FormBook) -> None:
        self.rule, self.table, self.tables, self.book = rule, table, tables, book
        self.refs: list[Ref] = []
        self.row_loop: RowLoop | None = None
        self.columns: tuple[str, ...] | None = None
        self.values: list[ValueLoop] = []
        self.row_table = table

    def plan(self) -> Plan:
        for loop in self.rule.loops:
            self._loop(loop)
        rule = self.rule
        parts = [
            tuple(self._statement(statement) for statement in statements)
            for statements in (rule.when, rule.statements, rule.any_of, rule.otherwise)
        ]
        return Plan(
            rule, self.table, self.row_loop, self.columns, tuple(self.values),
            parts[0], parts[1], parts[2], parts[3], tuple(self.refs),
        )  # fmt: skip

    def _fail(self, key: str, **values: Any) -> None:
        raise RuleError(key, file=self.rule.file, line=self.rule.line, rule=self.rule.id, **values)

    # -- loops ----------------------------------------------------------------------------------------------

    def _loop(self, loop: Loop) -> None:
        name = loop.domain.text
        if loop.variable in ("row", "claim"):
            table = loop.table or self.table
            if table in ("", THIS_TABLE):
                table = self.table
            if loop.variable == "claim":
                table = name.rsplit("/", 1)[0]
            if table not in self.tables:
                if loop.variable == "claim":
                    self._fail("rules.prose_unknown", name=table)
                _unknown(self.rule, "rules.unknown_table", table, self.tables)
            self.row_table = table
            spec = self._row_set(Path(loop.domain.segments), self.tables[table])
            self.row_loop = RowLoop(table, spec)
            where = tuple(self._statement(condition) for condition in loop.where)
            self.row_loop = RowLoop(table, spec, where)
        elif loop.variable == "column":
            self.columns = self._column_set(name, self._here())
        elif name in self.book.lists:
            self.values.append(ValueLoop(loop.variable, self.book.lists[name]))
        elif name in LEVEL_SETS or name == "各码":
            self.values.append(ValueLoop(loop.variable, level=LEVEL_SETS.get(name, "码")))
        else:
            _unknown(self.rule, "rules.unknown_list", name, [*self.book.lists, *LEVEL_SETS])

    def _here(self) -> Table:
        if self.row_table not in self.tables:
            self._fail("rules.no_table")
        return self.tables[self.row_table]

    # -- statements -----------------------------------------------------------------------------------------

    def _statement(self, node: Any) -> Any:
        if isinstance(node, Relation):
            resolved = Relation(node.operator, self._expression(node.left), self._expression(node.right))
            self._lint(resolved)
            return resolved
        if isinstance(node, SetRelation):
            return SetRelation(node.operator, self._set(node.left), self._set(node.right))
        if isinstance(node, Membership):
            return Membership(self._address(node.address), self._set(node.members))  # type: ignore[arg-type]
        if isinstance(node, Predicate):
            return Predicate(node.name, self._selection(node.selection, many=True, whole=True))  # type: ignore[arg-type]
        return Negation(self._statement(node.statement))

    def _lint(self, node: Relation) -> None:
        """Refuse relations that mean nothing: rates mixed into sums, unlike units, one figure against itself."""
        text = tell_plain(node)
        factors = [term.factor for side in (node.left, node.right) for term in side.terms]
        if any(isinstance(factor, Call) for factor in factors):
            alone = len(node.left.terms) == len(node.right.terms) == 1 and node.operator == "="
            if not alone or not any(isinstance(factor, Ref) for factor in factors):
                self._fail("rules.rate_alone", text=text)
            return
        if node.left == node.right:
            self._fail("rules.cycle", text=text)
        kinds = {kind for factor in factors for kind in self._kinds(factor)}
        if len(kinds) > 1:
            self._fail("rules.unit_mismatch", text=text)

    def _kinds(self, factor: Any) -> set[Kind]:
        """What a factor measures; nothing for a bare number, which may stand for anything."""
        if isinstance(factor, Number):
            if not factor.unit:
                return set()
            return {Kind.PERCENT if factor.unit == "%" else Kind.AMOUNT}
        if isinstance(factor, Aggregate):
            if factor.function == "count":
                return {Kind.COUNT}
            return {kind for item in factor.items for kind in self._kinds(item)}
        ref: Ref = factor
        table = self.tables[ref.table]
        named = [table.named_rows[name] for name in (ref.rows.items or (ref.rows.text,)) if name in table.named_rows]
        rows = {row.kind for row in named if row.kind is not None}
        if rows:
            return rows
        kinds = {column.name: column.kind for column in table.all_columns}
        return {kinds[name] for name in ref.columns.names if name in kinds} or {Kind.AMOUNT}

    def _expression(self, node: Expression) -> Expression:
        terms = [Term(t.sign, self._factor(t.factor), t.digits, t.decimals) for t in node.terms]
        return Expression(tuple(terms))

    def _factor(self, node: Any) -> Any:
        if isinstance(node, Address):
            return self._address(node)
        if isinstance(node, Aggregate):
            return Aggregate(node.function, tuple(self._selection(item, many=True) for item in node.items))  # type: ignore[arg-type]
        if isinstance(node, Call):
            return Call(node.function, self._expression(node.first), self._expression(node.second))
        return node

    def _set(self, node: Any) -> Any:
        if isinstance(node, SetOf):
            return SetOf(node.function, tuple(self._selection(i, many=True, whole=True) for i in node.items))  # type: ignore[arg-type]
        if isinstance(node, Phrases) and node.name not in self.book.all_lists:
            _unknown(self.rule, "rules.unknown_list", node.name, self.book.all_lists)
        return node

    def _selection(self, node: Selection, *, many: bool, whole: bool = False) -> Ref:
        before = self.row_table
        ref = self._address(node.address, many=many, whole=whole, keep=False)
        if node.where:
            self.row_table = ref.table
            where = tuple(self._statement(relation) for relation in node.where)
            self.row_table = before
            ref = Ref(ref.table, ref.context, ref.rows, ref.columns, ref.occurrence, ref.text, where, ref.many)
        self.refs.append(ref)
        return ref

    # -- addresses ------------------------------------------------------------------------------------------

    def _address(self, node: Address, *, many: bool = False, whole: bool = False, keep: bool = True) -> Ref:
        ref = self._resolve(node, many=many, whole=whole)
        if ref.many and not many:
            self._fail("rules.many_facts", text=node.text)
        if keep:
            self.refs.append(ref)
        return ref

    def _resolve(self, node: Address, *, many: bool, whole: bool) -> Ref:
        if node.above:
            spec = RowSpec(Rows.ABOVE, node.above, open=True)
            here = self._here()
            columns = ColumnSpec(here.column_names) if whole else self._loop_column(node, here)
            return self._make(node, self.row_table, spec, columns, many=whole)
        head = node.table.text if node.table else THIS_TABLE
        plain_word = node.row is None and node.column is None and len(node.table.segments) == 1 if node.table else False
        if head == THIS_CELL:
            return self._make(node, self.row_table, self._loop_row(), self._loop_column(node, self._here()))
        if head == CHILDREN:
            if self.row_loop is None:
                self._fail("rules.needs_row_loop", text=node.text)
            spec = RowSpec(Rows.CHILDREN, open=True)
            return self._make(node, self.row_table, spec, self._loop_column(node, self._here()), many=True)
        if plain_word and self.row_loop is not None and self._is_column(head):
            columns = self._columns(Path((Name(head),)), self._here(), many=many)
            return self._make(node, self.row_table, self._loop_row(), columns, many=columns.many)
        if head in ROW_SETS and node.row is None:
            table = self._here()
            spec = self._row_set(Path((Name(head),)), table)
            return self._make(node, table.name, spec, self._loop_column(node, table), many=True)
        name = self.table if head == THIS_TABLE else head
        if head == THIS_TABLE and not name:
            self._fail("rules.no_table")
        if name not in self.tables:
            _unknown(self.rule, "rules.unknown_table", name, self.tables)
        table = self.tables[name]
        if whole and node.row is None and node.column is None:
            return self._make(node, name, RowSpec(Rows.SET, "各行", open=True), ColumnSpec(table.column_names), many=True)
        rows = self._rows(node, table)
        columns = self._columns(node.column, table, many=many, rows=rows, whole=whole)
        return self._make(node, name, rows, columns, many=rows.how in (Rows.SET, Rows.CHILDREN) or columns.many)

    def _make(self, node: Address, table: str, rows: RowSpec, columns: ColumnSpec, *, many: bool = False) -> Ref:
        return Ref(table, node.context, rows, columns, node.occurrence, node.text, (), many)

    def _is_column(self, word: str) -> bool:
        table = self._here()
        return word in table.column_names or word in table.column_groups or any(
            name.rsplit("/", 1)[-1] == word for name in table.column_names
        )

    def _loop_row(self) -> RowSpec:
        if self.row_loop is None:
            self._fail("rules.needs_row_loop", text=THIS_CELL)
        return RowSpec(Rows.LOOP, open=True)

    def _loop_column(self, node: Address, table: Table) -> ColumnSpec:
        if node.column is not None:
            return self._columns(node.column, table, many=False)
        if self.columns is not None:
            return ColumnSpec(loop=True)
        if len(table.column_names) == 1:
            return ColumnSpec(table.column_names)
        self._fail("rules.needs_column", text=node.text)
        raise AssertionError

    # -- rows -----------------------------------------------------------------------------------------------

    def _rows(self, node: Address, table: Table) -> RowSpec:
        if node.row is None:
            if table.layout is Layout.CELLS:
                return RowSpec(Rows.FIXED, "")
            if self.row_loop is not None and self.row_table == table.name:
                return self._loop_row()
            self._fail("rules.needs_row", text=node.text)
        assert node.row is not None  # noqa: S101 — for the type checker
        segments = node.row.segments
        last = segments[-1]
        if isinstance(last, Choice) or (isinstance(last, Name) and last.text in ROW_SETS):
            return self._row_set(node.row, table)
        if node.row.text in table.row_groups and table.layout is Layout.LANES:
            return self._row_set(node.row, table)
        variables = tuple(node.row.variables())
        for variable in variables:
            self._known_variable(variable, node)
        if variables == ("row",) and len(segments) == 1:
            return self._loop_row()
        text = node.row.text
        if variables:
            return RowSpec(Rows.TEMPLATE, text, variables=variables, open=self._template_open(node.row, table))
        return RowSpec(Rows.FIXED, text, open=self._check_row(text, table, node))

    def _template_open(self, path: Path, table: Table) -> bool:
        """A template is open where its variable stands for codes; names from a list must all be rows."""
        loops = {loop.variable: loop for loop in self.values}
        for variable in path.variables():
            loop = loops.get(variable)
            if loop is None or loop.level:
                continue
            for value in loop.values:
                text = path.text.replace("{" + variable + "}", value)
                if "{" not in text and text not in table.named_rows:
                    _unknown(self.rule, "rules.unknown_row", f"{table.name}[{text}]", [f"{table.name}[{r}]" for r in table.named_rows])
            return False
        return True

    def _known_variable(self, variable: str, node: Address) -> None:
        known = {loop.variable for loop in self.values}
        known |= {"row"} if self.row_loop is not None else set()
        known |= {"column"} if self.columns is not None else set()
        if variable not in known:
            self._fail("rules.unbound", name=variable, text=node.text)

    def _check_row(self, text: str, table: Table, node: Address) -> bool:
        """Check that a fixed row exists; tell whether it is open (a code, a class, an optional row)."""
        if text in table.named_rows:
            return table.named_rows[text].optional
        last = text.rsplit("/", 1)[-1]
        if last.isdigit():
            lane = table.lane_by_name.get(text.rsplit("/", 1)[0] if "/" in text else "")
            if table.layout is Layout.CODES or (lane is not None and lane.classes is not None):
                return True
        _unknown(self.rule, "rules.unknown_row", node.text, [f"{node.table.text if node.table else ''}[{row}]" for row in table.named_rows])
        return False

    def _row_set(self, path: Path, table: Table) -> RowSpec:
        segments = path.segments
        last = segments[-1]
        prefix = Path(segments[:-1]).text
        for variable in path.variables():
            if variable not in {loop.variable for loop in self.values}:
                self._fail("rules.unbound", name=variable, text=path.text)
        if isinstance(last, Choice):
            items = tuple(f"{prefix}/{item}" if prefix else item for item in last.items)
            is_open = any(self._check_row(item, table, Address(Path((Name(table.name),)), row=path)) for item in items)
            return RowSpec(Rows.SET, "{}", items=items, open=is_open)
        text = path.text
        if text in table.row_groups and table.layout is Layout.LANES:
            return RowSpec(Rows.SET, "{}", items=table.row_groups[text])
        word = last.text if isinstance(last, Name) else ""
        if word not in ROW_SETS:
            _unknown(self.rule, "rules.unknown_group", f"{table.name}[{text}]", [*ROW_SETS, *table.row_groups])
        known = prefix in table.lane_by_name or prefix in table.row_groups or prefix.isdigit()
        if prefix and "{" not in prefix and not known:
            _unknown(self.rule, "rules.unknown_group", f"{table.name}[{prefix}]", [*table.lane_by_name, *table.row_groups])
        variables = tuple(Path(segments[:-1]).variables())
        return RowSpec(Rows.SET, word, prefix=prefix, variables=variables, open=True)

    # -- columns --------------------------------------------------------------------------------------------

    def _columns(
        self, path: Path | None, table: Table, *, many: bool, rows: RowSpec | None = None, whole: bool = False
    ) -> ColumnSpec:
        if path is None:
            names = self._default_columns(table, rows)
            if len(names) == 1 or whole:
                return ColumnSpec(names)
            if self.columns is not None and table.name == self.row_table:
                return ColumnSpec(loop=True)
            self._fail("rules.needs_column", text=f"{table.name}[{rows.text if rows else ''}]")
        assert path is not None  # noqa: S101
        only = path.segments[0]
        if len(path.segments) == 1 and isinstance(only, Variable):
            if only.name == "column" and self.columns is not None:
                return ColumnSpec(loop=True)
            loop = next((loop for loop in self.values if loop.variable == only.name), None)
            if loop is None:
                self._fail("rules.unbound", name=only.name, text=path.text)
            else:
                for value in loop.values:
                    if value not in table.column_names:
                        _unknown(self.rule, "rules.unknown_column", f"{table.name}.{value}", [f"{table.name}.{c}" for c in table.column_names])
            return ColumnSpec(variable=only.name)
        if any(isinstance(segment, Variable) for segment in path.segments):
            return ColumnSpec(self._expanded(path, table), variable="/".join(["", path.text]))
        name = path.text
        if name in table.column_names:
            return ColumnSpec((name,))
        if name in table.column_groups or name == AMOUNT_COLUMNS:
            if not many:
                self._fail("rules.many_facts", text=f"{table.name}.{name}")
            return ColumnSpec(self._column_set(name, table))
        short = [column for column in table.column_names if column.rsplit("/", 1)[-1] == name]
        if len(short) == 1:
            return ColumnSpec((short[0],))
        _unknown(self.rule, "rules.unknown_column", f"{table.name}.{name}", [f"{table.name}.{c}" for c in (*table.column_names, *table.column_groups)])
        raise AssertionError

    def _expanded(self, path: Path, table: Table) -> tuple[str, ...]:
        """All columns that a path with a variable can stand for, in the order of the variable's values."""
        variable = next(path.variables())
        loop = next((loop for loop in self.values if loop.variable == variable), None)
        if loop is None or not loop.values:
            self._fail("rules.unbound", name=variable, text=path.text)
            raise AssertionError
        names = tuple(path.text.replace("{" + variable + "}", value) for value in loop.values)
        for name in names:
            if name not in table.column_names:
                _unknown(self.rule, "rules.unknown_column", f"{table.name}.{name}", [f"{table.name}.{c}" for c in table.column_names])
        return names

    def _default_columns(self, table: Table, rows: RowSpec | None) -> tuple[str, ...]:
        """Without a column: the only one of the table, or the only one of the row's lane."""
        if table.layout is not Layout.LANES:
            return table.column_names
        text = (rows.prefix or rows.text or (rows.items[0] if rows.items else "")) if rows else ""
        if rows and rows.how is Rows.SET and rows.items:
            text = rows.items[0]
        lane = table.lane_by_name.get(text.split("/", 1)[0]) or table.lane_by_name.get("")
        return tuple(column.name for column in lane.columns) if lane else table.column_names

    def _column_set(self, name: str, table: Table) -> tuple[str, ...]:
        if name == AMOUNT_COLUMNS:
            return tuple(column.name for column in table.all_columns if column.kind is Kind.AMOUNT)
        if name not in table.column_groups:
            _unknown(self.rule, "rules.unknown_column", f"{table.name}.{name}", [AMOUNT_COLUMNS, *table.column_groups])
        return table.column_groups[name]


def tell_plain(node: Relation) -> str:
    """A resolved relation as the addresses it compares, for messages."""
    words = []
    for side in (node.left, node.right):
        for term in side.terms:
            factor = term.factor
            items = factor.items if isinstance(factor, Aggregate) else (factor,)
            words.append(" ".join(getattr(item, "text", "…") for item in items))
    return f" {node.operator} ".join([words[0], " ".join(words[1:])]) if len(words) > 1 else words[0]
