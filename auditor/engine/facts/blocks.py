"""Per standard table an index of addresses × filings, and the tree of its codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from auditor.digits import begins_with_digit
from auditor.forms.codes import ancestors
from auditor.model.row_names import RowName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.engine.facts.fact_table import FactTable, Flags, Ints, Longs
    from auditor.model.tables import Table


class Block:
    """One standard table over all filings of a chunk: the facts of `sel`, and those that `also` stand in it.

    `rows` is the pool of row names (a second occurrence is `行#2`), `index` has the shape (columns, rows, filings).
    """

    def __init__(self, table: Table, facts: FactTable, sel: Longs, also: Longs, filings: int) -> None:
        self.table = table
        self.columns = list(table.column_names)
        self.column_of = {name: number for number, name in enumerate(self.columns)}
        column_map = np.array([self.column_of.get(name, -1) for name in facts.columns], dtype=np.int32)
        filing, _, row, column, occurrence, position = (
            np.concatenate([own, also[:, number]])
            for number, own in enumerate(
                (facts.filing[sel], facts.table[sel], facts.row[sel], facts.column[sel], facts.occurrence[sel], sel)
            )
        )
        columns = column_map[column]
        known = columns >= 0
        columns, filing, row, occurrence, position = (
            part[known] for part in (columns, filing, row, occurrence, position)
        )
        row_ids = row.astype(np.int64) + (occurrence.astype(np.int64) - 1) * len(facts.rows)
        used, local = _compact(row_ids)
        self.rows: list[str] = []
        self.occurrence = (used // max(1, len(facts.rows)) + 1).astype(np.int32)
        for identity, again in zip(used, self.occurrence, strict=True):
            name = facts.rows[int(identity) % len(facts.rows)]
            self.rows.append(name if again == 1 else f"{name}#{again}")
        self.row_of = {name: number for number, name in enumerate(self.rows)}
        self.index: Ints = np.full((len(self.columns), len(self.rows), filings), -1, dtype=np.int32)
        if len(position):
            self.index[columns, local, filing] = position
        self.present: Flags = np.asarray((self.index >= 0).any(axis=0))

    @cached_property
    def planes(self) -> Ints:
        """The index as one flat plane per column: shape (columns, rows · filings)."""
        return self.index.reshape(len(self.columns), -1)

    def at(self, column: int | Ints, row: Ints, filing: Ints) -> Ints:
        """The positions of facts in the long table (−1: none); rows and filings must be known."""
        cell = row.astype(np.int64) * self.index.shape[2] + filing
        found: Ints = self.planes[column, cell] if isinstance(column, np.ndarray) else self.planes[column].take(cell)
        return found

    @cached_property
    def printed_columns(self) -> Flags:
        """Which columns are printed in which filing: shape (columns, filings)."""
        return np.asarray((self.index >= 0).any(axis=1))

    @cached_property
    def plain_rows(self) -> list[str]:
        """Row names without their occurrence."""
        return [RowName.parse(name).path for name in self.rows]

    @cached_property
    def codes(self) -> Flags:
        """Which rows are codes."""
        return np.array([begins_with_digit(name) for name in self.rows], dtype=np.bool_)

    @cached_property
    def again(self) -> Ints:
        """For every code of a printed table the row of its second occurrence (−1: none), as numbers in the pool."""
        codes = [name if begins_with_digit(name) and not self.table.prose else "" for name in self.rows]
        return np.array([self.row_of.get(f"{code}#2", -1) for code in codes], dtype=np.int32)

    @cached_property
    def several_units(self) -> Flags:
        """The filings whose table lists the codes of several units, so that one row need not be all of a code."""
        names = self.plain_rows
        upper = {RowName.parse(name).above for name in names if name.startswith(UNIT)}
        lowest = [number for number, name in enumerate(names) if name.startswith(UNIT) and name not in upper]
        if len(lowest) < 2 or self.table.prose:
            return np.zeros(self.present.shape[1], dtype=np.bool_)
        return np.asarray((self.present[lowest].sum(axis=0) > 1) & self.present[self.codes].any(axis=0))

    @cached_property
    def plain_numbers(self) -> Ints:
        """For every row the number of its name without occurrence."""
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(name, len(numbers)) for name in self.plain_rows] or [0], dtype=np.int32)

    @cached_property
    def first_told(self) -> Ints:
        """The first fact of every plain row under a column (−1: none): shape (columns, plain rows, filings)."""
        plain = self.plain_numbers
        out = np.full((len(self.columns), int(plain.max()) + 1, self.index.shape[2]), -1, dtype=np.int32)
        for row in np.argsort(-self.occurrence, kind="stable"):
            here = self.index[:, row]
            out[:, plain[row]] = np.where(here >= 0, here, out[:, plain[row]])
        return out

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
class CodeTree:
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


def build_tree(block: Block, lengths: Sequence[int]) -> CodeTree:
    """Put every code row of a block below its nearest printed ancestor, rows without one below 合计.

    Where a filing lists unit after unit, the rows of each unit make a tree of their own, below the row of the unit.
    """
    filings = block.index.shape[2]
    root = block.row_of.get("合计", -1)
    depth = len(lengths)
    above = np.full((len(block.rows), depth + 1), -1, dtype=np.int32)
    in_tree = np.zeros(len(block.rows), dtype=np.bool_)
    for number, name in enumerate(block.plain_rows):
        in_tree[number] = begins_with_digit(name) or name.startswith(UNIT)
        if begins_with_digit(name):
            chain = [block.row_of.get(code, -1) for code in ancestors(name, lengths)]
            above[number, : len(chain)] = chain
            above[number, depth] = root
    rows, columns = np.nonzero(block.present & in_tree[:, None])
    parent = np.full(len(rows), -1, dtype=np.int32)
    for level in range(depth + 1):
        candidate = above[rows, level]
        hit = (parent < 0) & (candidate >= 0)
        hit[hit] = block.present[candidate[hit], columns[hit]]
        parent[hit] = candidate[hit]
    _by_order(block, rows, columns, parent, lengths)
    kept = parent >= 0
    return _tree_of(block, rows[kept], columns[kept], parent[kept], filings)


def build_lists(block: Block) -> CodeTree:
    """Put every row `列3/1` of a list of the text below `列3`."""
    filings = block.index.shape[2]
    above = np.array([block.row_of.get(name.rpartition("/")[0], -1) for name in block.rows], dtype=np.int32)
    rows, columns = np.nonzero(block.present & (above >= 0)[:, None])
    parent = above[rows]
    kept = block.present[parent, columns]
    return _tree_of(block, rows[kept], columns[kept], parent[kept], filings)


def _tree_of(block: Block, rows: Longs, columns: Longs, parent: Ints, filings: int) -> CodeTree:
    """The tree in which some rows of some filings stand below their parents."""
    key = parent.astype(np.int64) * filings + columns
    order = np.argsort(key, kind="stable")
    parents, start = np.unique(key[order], return_index=True)
    number_of = np.full((len(block.rows), filings), -1, dtype=np.int32)
    parent_rows = (parents // filings).astype(np.int32)
    parent_filings = (parents % filings).astype(np.int32)
    number_of[parent_rows, parent_filings] = np.arange(len(parents), dtype=np.int32)
    return CodeTree(
        parent_rows,
        parent_filings,
        np.append(start, len(rows)).astype(np.int64),
        rows[order].astype(np.int32),
        number_of,
    )


UNIT = "单位/"  # how the rows of units are named: 单位/105236, or 单位/105/105236 below another


def _by_order(block: Block, rows: Longs, filings: Longs, parent: Ints, lengths: Sequence[int]) -> None:
    """Make the trees of those filings again that print units among the codes, or a code more than once."""
    special = (block.occurrence > 1) | np.array([name.startswith(UNIT) for name in block.plain_rows], dtype=np.bool_)
    if not special.any():
        return
    last = np.iinfo(np.int32).max
    for filing in np.nonzero((block.present & special[:, None]).any(axis=0))[0]:
        first = np.where(block.index[:, :, filing] >= 0, block.index[:, :, filing], last).min(axis=0)
        mine = np.nonzero(filings == filing)[0]
        printed = sorted((int(rows[at]) for at in mine), key=lambda row: int(first[row]))
        found = _parents(printed, block, lengths)
        for at in mine:
            parent[at] = found[int(rows[at])]


def _parents(printed: Sequence[int], block: Block, lengths: Sequence[int]) -> dict[int, int]:
    """The parent of every row, in the order of print: unit rows cut it into parts, each a tree of its own.

    A unit's codes stand below its row. Where codes come before the first unit it is not told whether they sum up the
    units or belong to one whose row follows: then nothing is said of 合计.
    """
    root = block.row_of.get("合计", -1)
    parts: list[tuple[int, list[int]]] = [(root, [])]
    units: dict[str, int] = {}
    out: dict[int, int] = {}
    for row in printed:
        name = block.plain_rows[row]
        if name.startswith(UNIT):
            out[row] = units.get(RowName.parse(name).above, -1)
            units.setdefault(name, row)
            parts.append((row, []))
        else:
            parts[-1][1].append(row)
    if len(parts) > 1 and parts[0][1]:
        parts[0] = (-1, parts[0][1])
    for top, members in parts:
        names = [block.plain_rows[row] for row in members]
        nearest = _nested if len(set(names)) < len(names) else _nearest
        above = nearest(names, lengths)
        out |= {row: members[at] if at >= 0 else top for row, at in zip(members, above, strict=True)}
    return out


def _nearest(names: Sequence[str], lengths: Sequence[int]) -> list[int]:
    """For each code the position of its nearest ancestor among them, or −1."""
    at = {name: number for number, name in enumerate(names)}
    return [next((at[code] for code in ancestors(name, lengths) if code in at), -1) for name in names]


def _nested(names: Sequence[str], _lengths: Sequence[int]) -> list[int]:
    """For each code the position of the nearest one before it that it begins with, or −1: codes are repeated."""
    out: list[int] = []
    stack: list[tuple[str, int]] = []
    for number, name in enumerate(names):
        while stack and not (name.startswith(stack[-1][0]) and name != stack[-1][0]):
            stack.pop()
        out.append(stack[-1][1] if stack else -1)
        stack.append((name, number))
    return out
