"""The instances of a rule in a chunk of filings: which filing, row, column and value of each variable, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from auditor.digits import begins_with_digit, is_digits
from auditor.engine.verdicts import Reason
from auditor.model.row_names import RowName
from auditor.model.tables import Layout
from auditor.rules.plan import TOLD_AGAIN, Plan, Rows, RowSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.engine.facts.blocks import Block
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints, Longs
    from auditor.model.tables import Table


@dataclass(slots=True)
class Instances:
    """The instances of one plan: parallel arrays; `rows` are numbers in the pool of the loop table's block."""

    plan: Plan
    chunk: Chunk
    filing: Ints
    rows: Ints | None = None
    columns: Ints | None = None
    values: dict[str, tuple[tuple[str, ...], Ints]] = field(default_factory=dict)
    selected: str = ""  # the table of `rows` where they are those of a selection

    def __len__(self) -> int:
        return len(self.filing)

    def take(self, keep: Flags | Longs) -> Instances:
        """The instances that `keep` selects."""
        return Instances(
            self.plan,
            self.chunk,
            self.filing[keep],
            None if self.rows is None else self.rows[keep],
            None if self.columns is None else self.columns[keep],
            {name: (texts, numbers[keep]) for name, (texts, numbers) in self.values.items()},
            self.selected,
        )


def bind_instances(plan: Plan, chunk: Chunk, scope: Flags) -> tuple[Instances, Bytes]:
    """Return all instances of a plan in the filings that `scope` flags, and for every filing why it has none."""
    none = np.where(scope, Reason.NO_ROWS, Reason.SCOPE).astype(np.uint8)
    filings = np.nonzero(scope)[0].astype(np.int32)
    instances = Instances(plan, chunk, filings)
    if plan.rows is not None:
        instances = _row_instances(plan, chunk, scope)
    for loop in plan.values:
        if loop.level:
            instances = _code_instances(instances, plan, loop.variable, loop.level)
        else:
            instances = _product(instances, len(loop.values), loop.variable, loop.values)
    if plan.columns is not None:
        table = plan.rows.table if plan.rows is not None else plan.table
        order = {name: number for number, name in enumerate(chunk.tables[table].column_names)}
        numbers = np.array([order[name] for name in plan.columns], dtype=np.int32)
        size = len(instances)
        instances = instances.take(np.repeat(np.arange(size), len(numbers)))
        instances.columns = np.tile(numbers, size).astype(np.int32)
        instances = _printed_columns(instances, chunk.tables[table], chunk.block(table))
    return instances, none


def _printed_columns(instances: Instances, table: Table, block: Block | None) -> Instances:
    """Leave out columns that a filing does not print, where they are optional or its form has not got them."""
    chunk, columns = instances.chunk, table.all_columns
    if not (any(column.optional for column in columns) or chunk.leaves_out(table.name)):
        return instances
    assert instances.columns is not None
    free = np.zeros((len(columns), chunk.size), dtype=np.bool_)
    for number, column in enumerate(columns):
        outside = chunk.left_out(table.name, column.name)
        free[number] = True if column.optional else (outside if outside is not None else False)
    kept = ~free[instances.columns, instances.filing]
    if block is not None:
        kept |= block.printed_columns[instances.columns, instances.filing]
    return instances.take(kept)


def _row_instances(plan: Plan, chunk: Chunk, scope: Flags) -> Instances:
    assert plan.rows is not None
    block = chunk.block(plan.rows.table)
    if block is None:
        empty = np.zeros(0, dtype=np.int32)
        return Instances(plan, chunk, empty, empty)
    if plan.rows.spec.text == "有下级的行":
        tree = chunk.tree(plan.rows.table)
        if tree is None:
            empty = np.zeros(0, dtype=np.int32)
            return Instances(plan, chunk, empty, empty)
        rows, filings = tree.row, tree.filing
    else:
        rows, filings = block.pairs
    kept = row_mask(block, plan.rows.spec, chunk)[rows] & scope[filings]
    if plan.rows.spec.text == TOLD_AGAIN:
        kept &= block.occurrence[rows] > 1
    return Instances(plan, chunk, filings[kept], rows[kept])


def row_mask(block: Block, spec: RowSpec, chunk: Chunk, prefix: str | None = None) -> Flags:
    """Flag the rows of a block's pool that belong to a set."""
    return block.mask(row_test(block.table, spec, chunk, prefix))


def row_test(table: Table, spec: RowSpec, chunk: Chunk, prefix: str | None = None) -> Callable[[str], bool]:
    """Return the test that tells whether a row name belongs to a set."""
    if spec.items:
        items = frozenset(spec.items)
        return items.__contains__
    head = spec.prefix if prefix is None else prefix
    levels = chunk.book.taxonomies[table.codes].level_of_length
    inside = _inside(table, head)
    word = spec.text

    def fits(name: str) -> bool:
        if not inside(name):
            return False
        code = RowName.parse(name).last if table.layout is Layout.LANES else name
        if word in ("各行", "有下级的行", TOLD_AGAIN):
            return True
        if word == "各条":
            return name not in table.named_rows
        if name.startswith("单位/") or word == "各单位行":
            return word == "各单位行" and name.startswith("单位/") and name.count("/") == 1  # not those below another
        if not begins_with_digit(code):
            return False
        if word == "各码":
            return True
        return word == f"各{_level_of(code, levels)}"

    return fits


def _inside(table: Table, head: str) -> Callable[[str], bool]:
    """The test for the lane or group that stands before a set."""
    if not head:
        return lambda _name: True
    if head in table.row_groups:
        members = table.row_groups[head]
        if table.layout is Layout.CODES:
            return lambda name: name.startswith(members)
        return frozenset(members).__contains__
    if is_digits(head):
        return lambda name: name.startswith(head) and name != head
    return lambda name: name.startswith(head + "/")


def _product(instances: Instances, count: int, variable: str, texts: tuple[str, ...]) -> Instances:
    size = len(instances)
    numbers = np.tile(np.arange(count, dtype=np.int32), size)
    out = instances.take(np.repeat(np.arange(size), count))
    out.values[variable] = (texts, numbers)
    return out


def _code_instances(instances: Instances, plan: Plan, variable: str, level: str) -> Instances:
    """Every code of a level that one of the tables with `{x}` prints: the union, per filing."""
    chunk = instances.chunk
    texts: dict[str, int] = {}
    pairs: list[tuple[Longs, Ints]] = []
    for ref in plan.refs:
        mark = "{" + variable + "}"
        below = ref.rows.how is Rows.SET and ref.rows.prefix == mark  # all rows below a code: `[{c}/各项]`
        template = ref.rows.how is Rows.TEMPLATE and variable in ref.rows.variables
        block = chunk.block(ref.table)
        if block is None or ref.context or not (below or template):
            continue
        taxonomy = chunk.book.taxonomies[block.table.codes]
        local = np.full(len(block.rows), -1, dtype=np.int64)
        for number, name in enumerate(block.plain_rows):
            code = _code_in(name, mark if below else ref.rows.text, mark, taxonomy.levels.get(level, 0) if below else 0)
            if code and (below or level == "码" or _level_of(code, taxonomy.level_of_length) == level):
                local[number] = texts.setdefault(code, len(texts))
        rows, filings = block.pairs
        kept = local[rows] >= 0
        pairs.append((local[rows[kept]], filings[kept]))
    if not pairs:
        empty = instances.take(np.zeros(0, dtype=np.int64))
        empty.values[variable] = ((), np.zeros(0, dtype=np.int32))
        return empty
    listed = np.zeros((max(1, len(texts)), chunk.size), dtype=np.bool_)
    for codes, printed_by in pairs:
        listed[codes, printed_by] = True
    values, owners = np.nonzero(listed)
    where = np.full(chunk.size, -1, dtype=np.int64)
    where[instances.filing] = np.arange(len(instances))
    kept = where[owners] >= 0
    out = instances.take(where[owners[kept]])
    out.values[variable] = (tuple(texts), values[kept].astype(np.int32))
    return out


def _code_in(name: str, template: str, mark: str, cut: int) -> str:
    """The code that stands in a row name where the template has its variable, cut to a level's length; else ''."""
    before, _, after = template.partition(mark)
    if not (name.startswith(before) and name.endswith(after)):
        return ""
    code = name[len(before) : len(name) - len(after)]
    if not begins_with_digit(code) or "/" in code:
        return ""
    return code[:cut] if cut else code


def _level_of(code: str, levels: dict[int, str]) -> str:
    return "项" if "·" in code else levels.get(len(code), "")
