"""Which row stands below which: trees of rows by code, ordinal, indentation and nested labels.

A tree is told as the parent of every row: a number of a row, ROOT for one below no other, ASIDE for one that is no
addend of anything (totals, 其中, rows that say nothing of their place).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.numbers import LOST, parse_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from auditor.model.shape import ShapeRow

ROOT, ASIDE = -1, -2
Tree = list[int]


def trees_of(rows: Sequence[ShapeRow]) -> Iterator[tuple[str, Tree]]:
    """The trees that the print of some rows allows, the plainest first, each with the name of what it rests on."""
    if sum(bool(row.code) for row in rows) > 1:
        name = "科目" if any(row.namespace for row in rows) else "编码"
        yield name, _by_code(rows, equal_below=False)
        yield name, _by_code(rows, equal_below=True)
    if any(row.ordinal for row in rows):
        yield "序号", _by_depth(rows, lambda row: row.ordinal or None)
        deepest = max(row.ordinal for row in rows) + 1
        yield "序号", _by_depth(rows, lambda row: row.ordinal or deepest)
        yield "序号", _by_depth(rows, lambda row: row.ordinal or 1)
    if len({row.indent for row in rows}) > 1:
        yield "缩进", _by_depth(rows, lambda row: row.indent)
    if any(len(row.labels) > 1 for row in rows):
        yield "层次", _by_depth(rows, _last_label)
        yield "层次", _by_depth(rows, _first_label)


def addend(row: ShapeRow) -> bool:
    """Whether a row may be an addend of another: no total, no part beside its whole."""
    return not row.total and not row.of_which


def nameless(row: ShapeRow) -> bool:
    """Whether nothing says what a row is, or that cannot be read: it may stand anywhere."""
    return not row.code and (LOST in row.name or not (row.name or any(row.labels)))


def _by_code(rows: Sequence[ShapeRow], *, equal_below: bool) -> Tree:
    """By the prefix of codes, those of an inner classification below those of the outer one.

    A row without code among them heads the rows until the next such row, where it has any: a unit, a group.
    """
    ranks: dict[str, int] = {}
    for row in rows:
        if row.code:
            ranks.setdefault(row.namespace, len(ranks))
    tree: Tree = []
    stack: list[tuple[int, str, int]] = []  # rank, code, row
    for number, row in enumerate(rows):
        if not addend(row) or nameless(row) or _says_nothing(row):
            tree.append(ASIDE)
            continue
        rank, code = (ranks[row.namespace], row.code) if row.code else (-1, "")
        while stack and not _is_above(stack[-1], rank, code, equal_below=equal_below):
            stack.pop()
        tree.append(stack[-1][2] if stack else ROOT)
        stack.append((rank, code, number))
    return tree


def _says_nothing(row: ShapeRow) -> bool:
    """Whether a row without a code prints nothing but zeros: it adds nothing, and heads no codes that do."""
    return not row.code and not row.total and all(parse_literal(cell.raw).digits == 0 for cell in row.cells.values())


def _is_above(entry: tuple[int, str, int], rank: int, code: str, *, equal_below: bool) -> bool:
    if entry[0] != rank:
        return entry[0] < rank
    longer = len(code) > len(entry[1]) or (equal_below and len(code) == len(entry[1]))
    return bool(code) and longer and code.startswith(entry[1])


def _by_depth(rows: Sequence[ShapeRow], depth: Callable[[ShapeRow], int | None]) -> Tree:
    """By a depth of each row: below the nearest row above that is less deep; without one it stands aside."""
    tree: Tree = []
    stack: list[tuple[int, int]] = []
    for number, row in enumerate(rows):
        mine = depth(row) if addend(row) and not nameless(row) else None
        if mine is None:
            tree.append(ASIDE)
            continue
        while stack and stack[-1][0] >= mine:
            stack.pop()
        tree.append(stack[-1][1] if stack else ROOT)
        stack.append((mine, number))
    return tree


def _last_label(row: ShapeRow) -> int | None:
    return max((number for number, label in enumerate(row.labels) if label), default=None)


def _first_label(row: ShapeRow) -> int | None:
    return next((number for number, label in enumerate(row.labels) if label), None)


def children_of(tree: Tree) -> dict[int, list[int]]:
    """The rows below each row, in order; those of ROOT are below none."""
    out: dict[int, list[int]] = {}
    for number, parent in enumerate(tree):
        if parent != ASIDE:
            out.setdefault(parent, []).append(number)
    return out


def ends_of(tree: Tree) -> list[int]:
    """For every row where what stands below it ends: the number after its last descendant."""
    ends = [number + 1 for number in range(len(tree))]
    for number in range(len(tree) - 1, -1, -1):
        if tree[number] >= 0:
            ends[tree[number]] = max(ends[tree[number]], ends[number])
    return ends
