"""How many printed leaves stand under an aggregate: what the same quantity in two places may be off by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.digits import begins_with_digit, is_digits
from auditor.engine.bind.linear_forms import refs_of
from auditor.engine.bind.positions import column_numbers, filings_of, row_numbers
from auditor.engine.bind.selections import bind_selection
from auditor.model.row_names import RowName
from auditor.model.tables import Layout
from auditor.rules.contexts import UNITS

if TYPE_CHECKING:
    from auditor.engine.bind.instances import Instances
    from auditor.engine.facts.blocks import Block, CodeTree
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Flags, Ints, Longs
    from auditor.rules.nodes import Relation
    from auditor.rules.plan import Ref


class Leaves:
    """How many printed leaves stand under the aggregates of instances; 0 where all figures are leaves."""

    def __init__(self, statement: Relation, instances: Instances) -> None:
        self.refs = [ref for ref in refs_of(statement) if ref.context != UNITS]
        self.instances = instances

    def __call__(self, numbers: Longs) -> Longs:
        """Return the number of leaves for some instances."""
        some = self.instances.take(numbers)
        counts = [count for ref in self.refs if (count := self._count(ref, some)) is not None]
        if not counts:
            return np.full(len(numbers), UNKNOWN_PARTS, dtype=np.int64)
        most = np.maximum.reduce(counts)
        return np.where(most < 0, UNKNOWN_PARTS, most)

    def _count(self, ref: Ref, some: Instances) -> Longs | None:
        """Leaves under what a reference means; −1 where it means no row of a table of codes."""
        chunk = some.chunk
        block, tree = chunk.block(ref.table), chunk.tree(ref.table)
        filing, missing = filings_of(ref, some)
        if missing.any():
            return None if missing.all() else self._where(ref, some, np.nonzero(~missing)[0])
        if block is not None and block.table.layout is Layout.LANES and not ref.many:
            return _lane_parts(row_numbers(ref, some, block), filing, chunk, block)
        if block is not None and block.table.layout is Layout.CELLS and not ref.many:
            return _beside(ref, some, filing, block)
        if block is None or tree is None:
            return None
        if ref.many:
            return np.bincount(bind_selection(ref, some).instance, minlength=len(some)).astype(np.int64)
        row = row_numbers(ref, some, block)
        if not len(block.rows):
            return np.full(len(row), -1, dtype=np.int64)
        safe = np.maximum(row, 0)
        number = tree.number[safe, filing]
        under = np.where(number >= 0, tree.leaves[np.maximum(number, 0)] if len(tree.row) else 0, _bare(block)[safe])
        totals = _totals(block, tree)
        for name, count in totals.items():
            under = np.where(safe == block.row_of.get(name, -1), count[filing], under)
        under = np.where(under > 0, under * _across(ref, filing, chunk, block, safe), under)
        return np.where(row < 0, -1, under)

    def _where(self, ref: Ref, some: Instances, known: Longs) -> Longs | None:
        """The count where the other filing is there; −1 elsewhere."""
        count = self._count(ref, some.take(known))
        if count is None:
            return None
        out = np.full(len(some), -1, dtype=np.int64)
        out[known] = count
        return out


def _across(ref: Ref, filing: Ints, chunk: Chunk, block: Block, row: Ints) -> Longs:
    """How many columns a total column adds up in some rows: a table may sum rounded figures across before down."""
    names = ref.columns.names if not ref.columns.variable else ()
    parts = next((members for group, members in block.table.column_groups.items() if group in _ACROSS), ())
    numbers = [block.column_of[name] for name in parts if name in block.column_of]
    if len(names) != 1 or names[0] in parts or not names[0].endswith("合计") or not numbers:
        return np.ones(len(row), dtype=np.int64)
    at = block.index[np.array(numbers)[:, None], row, filing]
    return np.asarray(np.maximum(_filled(at, chunk).sum(axis=0), 1), dtype=np.int64)


def _lane_parts(row: Ints, filing: Ints, chunk: Chunk, block: Block) -> Longs:
    """How many amounts a total of a table of two lanes adds up; −1 for every other row.

    本年支出合计 closes the classes, 本年收入合计 and 总计 the incomes; the year-end balance of a table forced to foot
    takes what both sides leave over.
    """
    out = np.full(len(row), -1, dtype=np.int64)
    for number in np.unique(row[row >= 0]):
        row_name = RowName.parse(block.plain_rows[number])
        parts = _FOOTED.get(row_name.name, ()) if row_name.lane else ()
        listed = {row for row in block.plain_rows if _part(row) in parts}
        if not listed:
            continue
        here = row == number
        at = block.index[:, block.mask(listed.__contains__)][..., filing[here]]
        out[here] = np.maximum(_filled(at, chunk).any(axis=0).sum(axis=0), UNKNOWN_PARTS)
    return out


def _part(row: str) -> str:
    """What a row of a lane adds to: 支出 for a class, 收入 for an income or the opening balance, else ''."""
    lane, _, name, _ = RowName.parse(row)
    if "/" in name or not lane:
        return ""
    if is_digits(name[-3:]):
        return "支出"
    return "收入" if lane == "收入" and name not in _SUMS else ""


_SUMS = ("本年收入合计", "总计")
_FOOTED = {"本年支出合计": ("支出",), "年末结转和结余": ("收入", "支出")} | dict.fromkeys(_SUMS, ("收入",))


def _filled(at: Ints, chunk: Chunk) -> Flags:
    """Which positions hold a fact that is not zero."""
    return np.asarray((at >= 0) & (chunk.facts.value[np.maximum(at, 0)] != 0))


def _beside(ref: Ref, some: Instances, filing: Ints, block: Block) -> Longs:
    """How many amounts stand beside the total of a block of columns (决算数/合计); −1 for anything else.

    Where every one prints as zero they may all be too small to show, and the total need not be.
    """
    out = np.full(len(some), -1, dtype=np.int64)
    numbers = np.broadcast_to(column_numbers(ref.columns, some, block), len(some))
    for number in np.unique(numbers[numbers >= 0]):
        home, _, name = block.columns[number].rpartition("/")
        beside = [n for n, other in enumerate(block.columns) if n != number and other.rpartition("/")[0] == home]
        if name != "合计" or not beside:
            continue
        here = numbers == number
        at = block.index[np.array(beside)[:, None], 0, filing[here]]
        filled = _filled(at, some.chunk).sum(axis=0)
        out[here] = np.maximum(np.where(filled > 0, filled, (at >= 0).sum(axis=0)), UNKNOWN_PARTS)
    return out


_ACROSS = ("收入构成", "支出构成")  # the columns that 本年收入合计 and 本年支出合计 add up
UNKNOWN_PARTS = 2  # an aggregate whose parts are not printed: at least two


def _bare(block: Block) -> Longs:
    """What a row without printed children counts as: 0 for a code (a leaf), else an aggregate of unknown parts."""
    return np.array(
        [0 if begins_with_digit(name) else UNKNOWN_PARTS for name in block.plain_rows] or [0], dtype=np.int64
    )


def _totals(block: Block, tree: CodeTree) -> dict[str, Longs]:
    """Leaves under the named totals of groups (人员经费合计 …): the printed codes of the group without children."""
    out: dict[str, Longs] = {}
    for group, codes in block.table.row_groups.items():
        name = f"{group}合计"
        if name in block.row_of and block.table.layout is Layout.CODES:
            member = block.mask(lambda row, codes=codes: row.startswith(codes))  # type: ignore[misc]
            leaf = block.present & member[:, None] & (tree.number < 0)
            out[name] = leaf.sum(axis=0).astype(np.int64)
    return out
