"""The names that a statement may use: its table, loops and variables; and how unknown ones are refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from auditor.errors import RuleError
from auditor.yamlfiles.trees import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.forms.book import FormBook
    from auditor.model.tables import Table
    from auditor.rules.plan import RowLoop, ValueLoop
    from auditor.rules.rule import Rule, Written


@dataclass
class Scope:
    """What is known while the statements of one rule are resolved for one table.

    `row_table` is the table whose rows and columns bare names mean: 本表, or that of `for: row in …`. `entry` is what
    is being resolved, as written.
    """

    rule: Rule
    table: str
    tables: dict[str, Table]
    book: FormBook
    row_table: str = ""
    row_loop: RowLoop | None = None
    columns: tuple[str, ...] | None = None
    values: list[ValueLoop] = field(default_factory=list)
    entry: Written | None = None

    def fail(self, key: str, **values: Any) -> NoReturn:
        """Refuse the rule at the entry that is being resolved, where it is seen at the word that is wrong."""
        entry, line, column = self.entry, self.rule.line, 0
        if entry is not None:
            line, column = entry.line, entry.column_of(str(values.get("name") or values.get("text") or ""))
        raise RuleError(key, file=self.rule.file, line=line, column=column, rule=self.rule.id, **values)

    def unknown(self, key: str, name: str, known: Iterable[str]) -> NoReturn:
        """Refuse an unknown name and tell the nearest known one."""
        self.fail(key, name=name, near=nearest(name, known))

    def unknown_column(self, table: Table, name: str) -> NoReturn:
        """Refuse a column that the table does not have."""
        known = [f"{table.name}.{column}" for column in (*table.column_names, *table.column_groups)]
        self.unknown("rules.unknown_column", f"{table.name}.{name}", known)

    def here(self) -> Table:
        """The table that bare names mean."""
        if self.row_table not in self.tables:
            self.fail("rules.no_table")
        return self.tables[self.row_table]

    def named(self, name: str) -> Table:
        """A standard table by name."""
        if name not in self.tables:
            self.unknown("rules.unknown_table", name, self.tables)
        return self.tables[name]

    def value_loop(self, variable: str) -> ValueLoop | None:
        """The loop over values that binds a variable."""
        return next((loop for loop in self.values if loop.variable == variable), None)

    def check_variables(self, variables: Iterable[str], text: str) -> None:
        """Refuse a variable that no loop binds."""
        known = {loop.variable for loop in self.values}
        known |= {"row"} if self.row_loop is not None else set()
        known |= {"column"} if self.columns is not None else set()
        for variable in variables:
            if variable not in known:
                self.fail("rules.unbound", name=variable, text=text)
