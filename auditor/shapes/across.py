"""Sums across: which columns are the total of which, by the tree of the header and by what the rows obey."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.model.footing import FootingKind, Licence
from auditor.shapes.choose import choose
from auditor.shapes.figures import LineSum
from auditor.shapes.proposal import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.model.shape import ShapeColumn
    from auditor.shapes.choose import Choice
    from auditor.shapes.figures import Figures

MAX_COLUMNS = 60
NOT_SUMMED = re.compile(r"单价|标准|比例|比重|占比|比率|率$|%|％|年度$|年份|序号|编号|面积")
_TOTAL = re.compile(
    r"(?:合计|总计|小计|共计|总额|总数)(?:数|金额|额)?(?:[（(].*[）)])?$|^计$|^(?:总|全)?(?:收入|支出|预算)总(?:数|额)$"
)
_DIFFERENCE = re.compile(r"增减(?:额|金额|数|变化)?|差额|增加额|变动额|增（减）|增\(减\)")
_LAST = re.compile(r"上年|去年|年初|上一年")


def is_total(column: ShapeColumn) -> bool:
    """Whether the name of a column says that it is the total of others."""
    return bool(_TOTAL.search(column.path[-1].replace(" ", ""))) if column.path else False


def is_total_word(text: str) -> bool:
    """Whether a text says no more than that something is a total: 合计, 小计, 项目支出总数."""
    return bool(_TOTAL.search(text))


@dataclass(slots=True)
class HeaderNode:
    """One cell of the header: the columns under it, by the cells below it."""

    text: str
    columns: list[int] = field(default_factory=list)  # all columns under it, as numbers in the lane
    children: list[HeaderNode] = field(default_factory=list)

    @property
    def leaf(self) -> int | None:
        """Its column where it heads one alone."""
        return self.columns[0] if not self.children else None


def header_tree(columns: Sequence[ShapeColumn]) -> HeaderNode:
    """The header of a lane as a tree of its cells; the root stands above all."""
    return HeaderNode("", list(range(len(columns))), _nodes(columns, list(range(len(columns))), 0))


def _nodes(columns: Sequence[ShapeColumn], among: list[int], depth: int) -> list[HeaderNode]:
    out: list[HeaderNode] = []
    run: list[int] = []
    for number in among:
        column = columns[number]
        if len(column.spans) <= depth:
            out.append(HeaderNode(column.path[-1] if column.path else "", [number]))
            run = []
        elif run and columns[run[-1]].spans[depth] == column.spans[depth]:
            run.append(number)
        else:
            run = [number]
            out.append(HeaderNode(column.path[depth], run))
    for node in out:
        if len(node.columns) > 1:
            node.children = _nodes(columns, node.columns, depth + 1)
            if len(node.children) == 1:  # one cell in two rows of the header
                node.children = node.children[0].children
    return out


@dataclass(slots=True)
class _Lane:
    figures: Figures  # turned: columns first
    columns: list[ShapeColumn]

    def summed(self, number: int) -> bool:
        return not NOT_SUMMED.search(self.columns[number].path[-1] if self.columns[number].path else "")


def column_sums(figures: Figures) -> Iterator[Proposal]:
    """Every sum across that the header of a lane proposes."""
    columns = figures.columns
    if not 1 < len(columns) <= MAX_COLUMNS:
        return
    lane = _Lane(figures.turned(), columns)
    done: set[int] = set()
    for node in _inner(header_tree(columns)):
        yield from _labelled(node, lane, done)
    yield from _differences(lane, done)
    yield from _unlabelled(lane, done)


def _inner(node: HeaderNode) -> Iterator[HeaderNode]:
    """The cells with others below, the lowest first."""
    for child in node.children:
        yield from _inner(child)
    if len(node.children) > 1:
        yield node


def _labelled(node: HeaderNode, lane: _Lane, done: set[int]) -> Iterator[Proposal]:
    """The columns and blocks of columns below one cell whose names say that they are totals."""
    children = node.children
    totals = [number for number, child in enumerate(children) if _says_total(child, lane)]
    for number in totals:
        child = children[number]
        if child.leaf is not None:
            wanted = [(child.leaf, "")]
        else:  # a block of totals: each of its columns sums the like of the other blocks
            wanted = [(leaf.leaf, leaf.text) for leaf in child.children if leaf.leaf is not None]
        for total, like in wanted:
            sums = [LineSum(total, parts) for parts in _parts(children, number, totals, lane, like)]
            choice = choose(sums, lane.figures)
            if choice is not None and not _is_other(choice):
                done.add(total)
                yield _proposal(choice, lane, Licence.LABEL)


def _is_other(choice: Choice) -> bool:
    """Whether a total and the one column beside it are two measures: they differ somewhere."""
    return len(choice.reading.sum.parts) == 1 and choice.reading.tally.failed > 0


def _says_total(node: HeaderNode, lane: _Lane) -> bool:
    if node.leaf is not None:
        return is_total(lane.columns[node.leaf])
    return bool(_TOTAL.search(node.text.replace(" ", "")))


def _parts(
    children: Sequence[HeaderNode], at: int, totals: Sequence[int], lane: _Lane, like: str
) -> Iterator[tuple[tuple[int, int], ...]]:
    """The readings of a total among the cells beside it, the likeliest first."""
    after, before = range(at + 1, len(children)), range(at - 1, -1, -1)
    until = _until(after, totals)
    since = _until(before, totals)[::-1]
    runs: list[Sequence[int]] = [until, list(after), since]
    if not _is_subtotal(children[at], lane):
        runs += [[total, *since] for total in totals if since and total == since[0] - 1]  # 本年合计 and the rest
    runs += [list(before)[::-1], [number for number in totals if number != at]]
    runs += [[*until, *[number for number in after if number in totals]], [n for n in range(len(children)) if n != at]]
    for with_parts in (False, True):
        for run in runs:
            yield _lines(run, children, lane, like, with_parts=with_parts)
    for end in range(2, len(after)):  # what follows the parts belongs to something else
        yield _lines(after[:end], children, lane, like, with_parts=True)


def _is_subtotal(node: HeaderNode, lane: _Lane) -> bool:
    """Whether a cell heads the total of a part (小计), which counts no larger total in."""
    path = lane.columns[node.leaf].path if node.leaf is not None else ()
    return bool(path) and path[-1].replace(" ", "").startswith("小计")


def _until(numbers: Iterable[int], totals: Sequence[int]) -> list[int]:
    out: list[int] = []
    for number in numbers:
        if number in totals:
            break
        out.append(number)
    return out


def _lines(
    run: Iterable[int], children: Sequence[HeaderNode], lane: _Lane, like: str, *, with_parts: bool
) -> tuple[tuple[int, int], ...]:
    found: list[int] = []
    for number in run:
        child = children[number]
        if like:
            found += [leaf.leaf for leaf in child.children if leaf.text == like and leaf.leaf is not None]
        else:
            found += _standing(child, lane)
    kept = [n for n in found if lane.summed(n) and (with_parts or not lane.columns[n].of_which)]
    return tuple((1, number) for number in kept)


def _standing(node: HeaderNode, lane: _Lane) -> list[int]:
    """The columns that stand for a cell of the header: its own total where it prints one, else all below it."""
    if node.leaf is not None:
        return [node.leaf]
    own = next((child.leaf for child in node.children if child.leaf is not None and _says_total(child, lane)), None)
    return [own] if own is not None else [number for child in node.children for number in _standing(child, lane)]


def _differences(lane: _Lane, done: set[int]) -> Iterator[Proposal]:
    """增减 = 本年 − 上年: a column that says so, of two columns beside it."""
    for number, column in enumerate(lane.columns):
        name = column.path[-1] if column.path else ""
        if number in done or not _DIFFERENCE.search(name) or not lane.summed(number):
            continue
        beside = [n for n in range(max(0, number - 3), number) if lane.summed(n)]
        pairs = [(a, b) for a in beside for b in beside if a != b]
        pairs.sort(key=lambda pair: not _LAST.search("/".join(lane.columns[pair[1]].path)))
        choice = choose([LineSum(number, ((1, a), (-1, b))) for a, b in pairs], lane.figures)
        if choice is not None:
            done.add(number)
            yield _proposal(choice, lane, Licence.LABEL if choice.reading.exact else Licence.EVIDENCE)


def _unlabelled(lane: _Lane, done: set[int]) -> Iterator[Proposal]:
    """A column without a name for it that is the sum of those that follow, in every row where it can be tried."""
    size = len(lane.columns)
    for number in range(size - 2):
        if number in done or not lane.summed(number):
            continue
        after = [n for n in range(number + 1, size) if lane.summed(n)]
        sums = [LineSum(number, tuple((1, n) for n in after[:end])) for end in range(2, len(after) + 1)]
        choice = choose(sums, lane.figures)
        if choice is not None and choice.reading.tally.held and _varied(choice, lane):
            yield _proposal(choice, lane, Licence.EVIDENCE)


def _varied(choice: Choice, lane: _Lane) -> bool:
    """Whether more than one part ever prints an amount: else a column is a copy of its neighbour."""
    one, figures = choice.reading.sum, lane.figures
    carrying = [line for _, line in one.parts if (figures.value[line] != 0)[choice.reading.tally.holds].any()]
    return len(carrying) > 1


def _proposal(choice: Choice, lane: _Lane, licence: Licence) -> Proposal:
    one = choice.reading.sum
    names = [_name(lane.columns, line) for _, line in one.parts]
    signed = [f"{'−' if sign < 0 else '+'} {name}" for (sign, _), name in zip(one.parts, names, strict=True)]
    pattern = f"{_name(lane.columns, one.total)} = {' '.join(signed).removeprefix('+ ')}"
    family = pattern if licence is Licence.LABEL else ""
    return Proposal(FootingKind.COLUMNS, pattern, family, licence, lane.figures, [choice])


def _name(columns: Sequence[ShapeColumn], number: int) -> str:
    """The last word of a column's header; the whole path where another column has the same."""
    path = columns[number].path
    if not path:
        return f"第{columns[number].position + 1}列"
    twice = sum(other.path[-1:] == path[-1:] for other in columns) > 1
    return "/".join(path) if twice else path[-1]
