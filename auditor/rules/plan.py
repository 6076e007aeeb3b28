"""What the engine binds: a rule with all its names resolved against the standard tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from auditor.model.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.model.tables import Table
    from auditor.rules.nodes import Relation
    from auditor.rules.rule import Rule

THIS_TABLE, THIS_CELL, CHILDREN, FIRST_TOLD = "本表", "本格", "下级", "首提"
TOLD_AGAIN = "各重提"
LEVEL_SETS = {"各类": "类", "各款": "款", "各项": "项"}
ROW_SETS = ("各行", "各码", "各条", "有下级的行", "各单位行", TOLD_AGAIN, *LEVEL_SETS)
AMOUNT_COLUMNS = "金额栏"
TABLE_SETS: dict[str, Callable[[Table], bool]] = {
    "各带科目编码的表": lambda table: table.layout is Layout.CODES and not (table.prose or table.generic),
    "各功能分类表": lambda table: table.layout is Layout.CODES and table.codes == "functional" and not table.prose,
    "各经济分类表": lambda table: table.layout is Layout.CODES and table.codes == "economic" and not table.prose,
    "说明各节": lambda table: table.prose and "列举的数" not in table.column_groups,
}


class Rows(Enum):
    """How a reference picks its row."""

    FIXED = "fixed"  # one named row
    LOOP = "loop"  # the row of `for: row in …`
    TEMPLATE = "template"  # a name with {x} in it
    SET = "set"  # several rows
    CHILDREN = "children"  # 下级 of the loop row
    ABOVE = "above"  # the ancestor at a level of the loop row
    FIRST = "first"  # 首提: the loop row where it was told first


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
    """Which columns a reference means: fixed names (several for a group), the loop column, or one by a variable.

    With a variable, `names` are the columns for its values, in their order.
    """

    names: tuple[str, ...] = ()
    variable: str = ""
    loop: bool = False

    @property
    def many(self) -> bool:
        """Whether several columns are meant at once."""
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
