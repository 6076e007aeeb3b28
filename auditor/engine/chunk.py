"""A chunk of filings as arrays: the long table of facts, and per standard table an index of addresses × filings.

The long table is the interchange; rules bind through the index. `index[column, row, filing]` is the position of a
fact in the long table, or −1. Row pools are the union over the chunk, so codes may differ from filing to filing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from auditor.facts import FilingKey
from auditor.forms.codes import ancestors
from auditor.forms.tables import Layout
from auditor.numbers import State
from auditor.units import Rounding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from auditor.filing import Filing
    from auditor.forms.tables import FormBook, Table

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

STATES = list(State)
STATE_CODE = {state: number for number, state in enumerate(STATES)}
_UNUSABLE = [STATE_CODE[state] for state in (State.MARK, State.HIDDEN, State.UNREADABLE, State.MISSING)]


class Status(IntEnum):
    """What became of one standard table in one filing."""

    FOREIGN = 0  # not printed by this family
    MISSING = 1  # should be there
    UNREAD = 2  # found and not readable
    PARTIAL = 3  # rows may be lost
    READ = 4  # read to its end


@dataclass
class FactTable:
    """Facts of many filings, one line each, as parallel arrays; texts are numbers into the pools.

    `value`, `step` and `own_step` are in the smallest step of the fact's kind (分 for money); `step` is the worth
    of the last digit by the fine reading, `own_step` by the literal's own decimals (rounding.md 1).
    """

    tables: list[str]
    rows: list[str]
    columns: list[str]
    filing: Ints
    table: Ints
    row: Ints
    column: Ints
    occurrence: Ints
    state: Bytes
    value: Longs
    step: Longs
    own_step: Longs
    texts: dict[int, str] = field(default_factory=dict)  # words and sets, by position

    def __len__(self) -> int:
        return len(self.value)

    @classmethod
    def from_filings(cls, filings: Sequence[Filing]) -> FactTable:
        """Write the facts of some filings as one long table."""
        pools: tuple[dict[str, int], dict[str, int], dict[str, int]] = ({}, {}, {})
        lines: list[tuple[int, ...]] = []
        for number, filing in enumerate(filings):
            for fact in filing.facts:
                address = fact.address
                lines.append(
                    (
                        number,
                        pools[0].setdefault(address.table, len(pools[0])),
                        pools[1].setdefault(address.row, len(pools[1])),
                        pools[2].setdefault(address.column, len(pools[2])),
                        address.occurrence,
                        STATE_CODE[fact.state],
                        fact.value,
                        fact.step,
                        fact.own_step,
                    )
                )
        columns = list(zip(*lines, strict=True)) if lines else [()] * 9
        small = [np.array(column, dtype=np.int32) for column in columns[:5]]
        return cls(
            *(list(pool) for pool in pools),
            *small,
            np.array(columns[5], dtype=np.uint8),
            *(np.array(column, dtype=np.int64) for column in columns[6:]),
        )


@dataclass(frozen=True, slots=True)
class FilingInfo:
    """What rules may ask of a filing besides its facts."""

    key: FilingKey
    family: str = ""
    entity_kind: str = ""
    status: dict[str, Status] = field(default_factory=dict)  # table → what became of it
    names: dict[tuple[str, str], str] = field(default_factory=dict)  # (table, row) → label as printed


class Block:
    """One standard table over all filings of a chunk.

    `rows` is the pool of row names (a second occurrence is `行#2`), `index` has the shape (columns, rows, filings).
    """

    def __init__(self, table: Table, facts: FactTable, sel: Longs, filings: int) -> None:
        self.table = table
        self.columns = list(table.column_names)
        self.column_of = {name: number for number, name in enumerate(self.columns)}
        column_map = np.array([self.column_of.get(name, -1) for name in facts.columns], dtype=np.int32)
        columns = column_map[facts.column[sel]]
        known = columns >= 0
        sel, columns = sel[known], columns[known]
        occurrence = facts.occurrence[sel]
        row_ids = facts.row[sel].astype(np.int64) + (occurrence.astype(np.int64) - 1) * len(facts.rows)
        used, local = _compact(row_ids)
        self.rows: list[str] = []
        self.occurrence = (used // max(1, len(facts.rows)) + 1).astype(np.int32)
        for identity, again in zip(used, self.occurrence, strict=True):
            name = facts.rows[int(identity) % len(facts.rows)]
            self.rows.append(name if again == 1 else f"{name}#{again}")
        self.row_of = {name: number for number, name in enumerate(self.rows)}
        self.index: Ints = np.full((len(self.columns), len(self.rows), filings), -1, dtype=np.int32)
        if len(sel):
            self.index[columns, local, facts.filing[sel]] = sel
        self.present: Flags = (self.index >= 0).any(axis=0)

    @cached_property
    def planes(self) -> Ints:
        """The index as one flat plane per column: shape (columns, rows · filings)."""
        return self.index.reshape(len(self.columns), -1)

    def at(self, column: int | Ints, row: Ints, filing: Ints) -> Ints:
        """The positions of facts in the long table (−1: none); rows and filings must be known."""
        cell = row.astype(np.int64) * self.index.shape[2] + filing
        return self.planes[column, cell] if isinstance(column, np.ndarray) else self.planes[column].take(cell)

    @cached_property
    def plain_rows(self) -> list[str]:
        """Row names without their occurrence."""
        return [name.split("#", 1)[0] for name in self.rows]

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Every printed row as (row, filing), filing after filing."""
        filings, rows = np.nonzero(np.ascontiguousarray(self.present.T))
        return rows.astype(np.int32), filings.astype(np.int32)

    def mask(self, fits: Callable[[str], bool]) -> Flags:
        """Flag the rows of the pool whose name (without occurrence) fits."""
        return np.fromiter((fits(name) for name in self.plain_rows), dtype=np.bool_, count=len(self.rows))


def _compact(ids: Longs) -> tuple[Longs, Longs]:
    """Return the distinct ids in rising order, and for every id its number among them."""
    if not len(ids) or int(ids.max()) > 8 * len(ids) + 65536:
        used, local = np.unique(ids, return_inverse=True)
        return used, local
    seen = np.zeros(int(ids.max()) + 1, dtype=np.bool_)
    seen[ids] = True
    used = np.nonzero(seen)[0]
    number = np.zeros(len(seen), dtype=np.int64)
    number[used] = np.arange(len(used))
    return used, number[ids]


@dataclass(frozen=True)
class Tree:
    """The tree of codes of a block: every printed row below its nearest printed ancestor.

    Parents are (row, filing) pairs in rising order of row·filings + filing; `start[i]:start[i+1]` cuts the children
    of parent i out of `child`.
    """

    row: Ints
    filing: Ints
    start: Longs
    child: Ints
    number: Ints  # (rows, filings) → number of the parent, or −1

    @cached_property
    def leaves(self) -> Longs:
        """How many printed leaves stand under each parent, over all levels."""
        size = len(self.row)
        owner = np.repeat(np.arange(size), np.diff(self.start))
        below = self.number[self.child, self.filing[owner]] if size else self.child
        count = np.bincount(owner[below < 0], minlength=size).astype(np.int64)
        above = np.full(size, -1, dtype=np.int64)
        above[below[below >= 0]] = owner[below >= 0]
        total, carried, at = count.copy(), count.copy(), above.copy()
        while (at >= 0).any():
            up = at >= 0
            np.add.at(total, at[up], carried[up])
            at = np.where(up, above[np.maximum(at, 0)], -1)
        return total


def build_tree(block: Block, lengths: Sequence[int]) -> Tree:
    """Put every code row of a block below its nearest printed ancestor, rows without one below 合计."""
    filings = block.index.shape[2]
    root = block.row_of.get("合计", -1)
    depth = len(lengths)
    above = np.full((len(block.rows), depth + 1), -1, dtype=np.int32)
    is_code = np.zeros(len(block.rows), dtype=np.bool_)
    for number, name in enumerate(block.plain_rows):
        if not name[:1].isdigit():
            continue
        is_code[number] = True
        chain = [block.row_of.get(code, -1) for code in ancestors(name, lengths)]
        above[number, : len(chain)] = chain
        above[number, depth] = root
    rows, columns = np.nonzero(block.present & is_code[:, None])
    parent = np.full(len(rows), -1, dtype=np.int32)
    for level in range(depth + 1):
        candidate = above[rows, level]
        hit = (parent < 0) & (candidate >= 0)
        hit[hit] = block.present[candidate[hit], columns[hit]]
        parent[hit] = candidate[hit]
    _by_order(block, rows, columns, parent)
    kept = parent >= 0
    rows, columns, parent = rows[kept], columns[kept], parent[kept]
    key = parent.astype(np.int64) * filings + columns
    order = np.argsort(key, kind="stable")
    parents, start = np.unique(key[order], return_index=True)
    number_of = np.full((len(block.rows), filings), -1, dtype=np.int32)
    parent_rows = (parents // filings).astype(np.int32)
    parent_filings = (parents % filings).astype(np.int32)
    number_of[parent_rows, parent_filings] = np.arange(len(parents), dtype=np.int32)
    return Tree(
        parent_rows,
        parent_filings,
        np.append(start, len(rows)).astype(np.int64),
        rows[order].astype(np.int32),
        number_of,
    )


def _by_order(block: Block, rows: Longs, filings: Longs, parent: Ints) -> None:
    """Where a table lists a code more than once (unit after unit, say) the tree follows the order of print.

    Every row then belongs to the nearest row before it whose code its own begins with; a unit row starts anew.
    """
    again = block.occurrence > 1
    if not again.any():
        return
    for filing in np.nonzero((block.present & again[:, None]).any(axis=0))[0]:
        printed = np.nonzero(block.present[:, filing])[0]
        first = np.where(block.index[:, :, filing] >= 0, block.index[:, :, filing], np.iinfo(np.int32).max).min(axis=0)
        root = block.row_of.get("合计", -1)
        where = {int(row): at for at, row in enumerate(rows) if filings[at] == filing}
        stack: list[tuple[str, int]] = []
        for row in sorted(printed, key=lambda r: int(first[r])):
            name = block.plain_rows[row]
            if name.startswith("单位/"):
                stack = []
            if int(row) not in where:
                continue
            while stack and not (name.startswith(stack[-1][0]) and name != stack[-1][0]):
                stack.pop()
            parent[where[int(row)]] = stack[-1][1] if stack else root
            stack.append((name, int(row)))


class Chunk:
    """Some filings ready for binding: facts, ranges, blocks, table status, partners."""

    def __init__(
        self,
        infos: Sequence[FilingInfo],
        facts: FactTable,
        book: FormBook,
        mode: Rounding = Rounding.HALF_UP,
        dynamic: dict[str, Table] | None = None,
    ) -> None:
        self.infos = list(infos)
        self.facts = facts
        self.book = book
        self.mode = mode
        self.tables = book.tables | (dynamic or {})
        self.size = len(self.infos)
        self.sound = not np.isin(facts.state, _UNUSABLE).any()  # every fact of the chunk can be used
        self._blocks: dict[str, Block | None] = {}
        self._trees: dict[str, Tree] = {}
        self._status: dict[str, Bytes] = {}

    @classmethod
    def of(cls, filings: Sequence[Filing], book: FormBook, mode: Rounding = Rounding.HALF_UP) -> Chunk:
        """Make a chunk of filings that were read."""
        dynamic = {name: table for filing in filings for name, table in filing.dynamic.items()}
        return cls([info_of(filing, book) for filing in filings], FactTable.from_filings(filings), book, mode, dynamic)

    def block(self, table: str) -> Block | None:
        """The block of a standard table, or None when no filing of the chunk prints it."""
        if table not in self._blocks:
            block = None
            if table in self.facts.tables:
                sel = np.nonzero(self.facts.table == self.facts.tables.index(table))[0]
                block = Block(self.tables[table], self.facts, sel, self.size) if len(sel) else None
            self._blocks[table] = block
        return self._blocks[table]

    def tree(self, table: str) -> Tree | None:
        """The tree of codes of a table, or None when no filing prints it."""
        block = self.block(table)
        if block is None or block.table.layout is not Layout.CODES:
            return None
        if table not in self._trees:
            self._trees[table] = build_tree(block, sorted(self.book.taxonomies[block.table.codes].levels.values()))
        return self._trees[table]

    def reach(self, position: Ints) -> tuple[Longs, Longs]:
        """The lowest and highest integers that print as the facts at some positions."""
        return ranges(self.facts.value[position], self.facts.step[position], self.mode)

    def status(self, table: str) -> Bytes:
        """What became of a table, per filing (codes of `Status`)."""
        if not self._status:
            self._all_status()
        if table not in self._status:
            self._status[table] = np.full(self.size, Status.FOREIGN, dtype=np.uint8)
        return self._status[table]

    def _all_status(self) -> None:
        """What a family prints is missing until a filing says what became of it."""
        family = self.keys["family"]
        for name in dict.fromkeys(family.tolist()):
            if name in self.book.families:
                for table in self.book.families[name].tables():
                    self._status.setdefault(table, np.full(self.size, Status.FOREIGN, dtype=np.uint8))
                    self._status[table][family == name] = Status.MISSING
        for number, info in enumerate(self.infos):
            for table, status in info.status.items():
                if table not in self._status:
                    self._status[table] = np.full(self.size, Status.FOREIGN, dtype=np.uint8)
                self._status[table][number] = status

    @cached_property
    def keys(self) -> dict[str, npt.NDArray[np.object_]]:
        """Report, edition, family, kind of entity and year of every filing, as arrays."""
        infos = self.infos
        columns = {
            "report": [info.key.report for info in infos],
            "edition": [info.key.edition for info in infos],
            "family": [info.family for info in infos],
            "entity_kind": [info.entity_kind for info in infos],
        }
        out = {name: np.array(values, dtype=np.object_) for name, values in columns.items()}
        out["year"] = np.array([info.key.year for info in infos], dtype=np.object_)
        return out

    @cached_property
    def partners(self) -> dict[str, Ints]:
        """For every context (上年, 预算, 决算), the filing of this chunk that is the partner of each, or −1."""
        known = {info.key: number for number, info in enumerate(self.infos)}
        out = {}
        for context, change in PARTNERS.items():
            out[context] = np.fromiter(
                (known.get(change(info.key), -1) if info.key.entity and info.key.year else -1 for info in self.infos),
                dtype=np.int32,
                count=self.size,
            )
        return out


PARTNERS: dict[str, Callable[[FilingKey], FilingKey]] = {
    "上年": lambda key: key._replace(year=key.year - 1),
    "预算": lambda key: key._replace(report="budget"),
    "决算": lambda key: key._replace(report="final_accounts"),
}
CONTEXTS = (*PARTNERS, "各单位")


def ranges(value: Longs, step: Longs, mode: Rounding) -> tuple[Longs, Longs]:
    """Return the lowest and highest integers that print as each value (see `units.printed_range`)."""
    exact = (value == 0) | (step <= 1)
    half = step // 2
    if mode is Rounding.TRUNCATE:
        below, above = np.zeros_like(step), step - 1
    elif mode is Rounding.NEAREST:
        below, above = half, half
    else:
        below, above = half, half - 1
    below, above = np.where(exact, 0, below), np.where(exact, 0, above)
    negative = value < 0
    return value - np.where(negative, above, below), value + np.where(negative, below, above)


def info_of(filing: Filing, book: FormBook) -> FilingInfo:
    """Return what rules may ask of a filing, with what became of each of its tables."""
    status: dict[str, Status] = {}
    names: dict[tuple[str, str], str] = {}
    family = book.families.get(filing.family)
    for read in filing.tables:
        if read.table:
            state = Status.READ if read.complete else Status.PARTIAL
            status[read.table] = Status.UNREAD if read.reason else state
            names |= {(read.table, row): label for row, label in read.names.items()}
    if family is not None:
        for form in family.forms:
            unread = any(not read.table and read.title == form.title for read in filing.tables)
            for table in (form.table, *form.inner):
                if table and table not in status and (unread or not form.optional):
                    status[table] = Status.UNREAD if unread else Status.MISSING
    return FilingInfo(filing.key, filing.family, filing.entity_kind, status, names)


def concatenate(tables: Iterable[FactTable]) -> FactTable:
    """Join long tables whose pools are the same objects (as generators make them)."""
    parts = list(tables)
    first = parts[0]
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("filing", "table", "row", "column", "occurrence", "state", "value", "step", "own_step")
    }
    return FactTable(first.tables, first.rows, first.columns, **arrays)
