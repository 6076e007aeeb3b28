"""Sums down: which row is the total of which, by codes, ordinals, indentation, labels, and by what the columns obey."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.model.footing import FootingKind, Licence
from auditor.shapes.choose import Choice, Reading, choose
from auditor.shapes.figures import NUMBER, UNKNOWN, Figures, LineSum, tally
from auditor.shapes.flat import flat_tree
from auditor.shapes.proposal import Proposal
from auditor.shapes.trees import ROOT, addend, children_of, ends_of, nameless, trees_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.model.shape import ShapeRow
    from auditor.shapes.trees import Tree

NAMES = 4  # rows named in a pattern before the rest is counted
FLAT, CODES = "逐级", "科目"
MIN_STRONG = 3  # sums that show a tree which nothing but arithmetic does
LEVELS = 2  # from so many indentations on there are levels
LONG = 2  # 合计, 总计, 小计 say nothing of what they sum


@dataclass(slots=True)
class _Lane:
    figures: Figures
    printed: list[bool]  # rows that print a number
    lost: list[int]  # rows with figures and without any name: they may belong anywhere

    @property
    def rows(self) -> Sequence[ShapeRow]:
        return self.figures.rows


def row_sums(figures: Figures) -> Iterator[Proposal]:
    """Every sum down that the rows of a lane propose."""
    figures = replace(figures, state=figures.state.copy())
    printed = ((figures.state == NUMBER) | (figures.state == UNKNOWN)).any(axis=1).tolist()
    amounts = ((figures.value != 0) | (figures.state == UNKNOWN)).any(axis=1).tolist()
    lost = [n for n, row in enumerate(figures.rows) if amounts[n] and nameless(row) and addend(row)]
    lane = _Lane(figures, printed, lost)
    figures.state[lost] = UNKNOWN  # of this copy: across, such a row is as good as any
    tried = [(name, tree, _tree_choices(tree, lane)) for name, tree in trees_of(figures.rows)]
    tried = [one for one in tried if one[0] != CODES or _is_nested(one[1], lane.rows) or _worth(one[2])[0] > 0]
    best = max(tried, key=lambda one: _worth(one[2]), default=None)
    told = best is not None and _worth(best[2])[0] > 0 and 2 * _covered(best[1]) >= len(figures.rows)
    if best is None or not told or not _foots(best[1], lane):
        flat = [
            (FLAT, tree, _tree_choices(tree, lane))
            for chains in (False, True)
            if (tree := flat_tree(figures, chains=chains)) is not None
        ]
        flat = [one for one in flat if _worth(one[2])[1] >= MIN_STRONG]
        tried += flat
        if not told:
            best = max([*flat, *([best] if best is not None else [])], key=lambda one: _worth(one[2]), default=None)
    if best is not None and best[0] != CODES and _worth(best[2])[0] <= 0:
        best = None  # numbering and indentation say little where nothing adds up by them
    sound = best is not None and best[0] != FLAT and _worth(best[2])[0] > 0
    roots = [_standing(children_of(tree).get(ROOT, []), tree, lane) for _, tree, _ in _best_first(tried, best)]
    roots.append([n for n, row in enumerate(figures.rows) if addend(row) and not nameless(row)])
    if best is not None and best[2]:
        name, _, choices = best
        licence = Licence.EVIDENCE if name in (FLAT, "层次") else Licence.LABEL
        yield Proposal(FootingKind.TREE, f"{name}：上级 = 下级之和", f"上下级·{name}", licence, figures, choices)
    yield from _totals(roots, lane, sound=sound)


def _foots(tree: Tree, lane: _Lane) -> bool:
    """Whether the rows that stand below no other add up to a total row of the lane, or there is no total row."""
    totals = [n for n, row in enumerate(lane.rows) if row.total and lane.printed[n]]
    roots = _standing(children_of(tree).get(ROOT, []), tree, lane)
    tallies = [
        tally(_sum(total, run), lane.figures) for total in totals for run in _runs(total, roots, totals, lane) if run
    ]
    return not totals or any(one.held and not one.failed for one in tallies)


def _is_nested(tree: Tree, rows: Sequence[ShapeRow]) -> bool:
    """Whether any row stands below a shorter code: rows of one code only may be a whole and its details."""
    return any(parent >= 0 and len(rows[number].code) > len(rows[parent].code) for number, parent in enumerate(tree))


def _best_first(
    tried: list[tuple[str, Tree, list[Choice]]], best: tuple[str, Tree, list[Choice]] | None
) -> list[tuple[str, Tree, list[Choice]]]:
    return ([best] if best is not None else []) + [one for one in tried if one is not best]


def _covered(tree: Tree) -> int:
    """How many rows stand above or below another."""
    return len(
        {number for number, parent in enumerate(tree) if parent >= 0} | {parent for parent in tree if parent >= 0}
    )


def _worth(choices: Sequence[Choice]) -> tuple[int, int]:
    """How well a tree is obeyed: places that hold more than thrice those that fail, then those that prove something.

    One that sums nothing is worth less than any that does.
    """
    if not choices:
        return -(10**9), 0
    tallies = [choice.reading.tally for choice in choices]
    return sum(t.held - 3 * t.failed for t in tallies), sum(int(t.strong.sum()) for t in tallies)


def _tree_choices(tree: Tree, lane: _Lane) -> list[Choice]:
    """The sums of a tree: every row with rows below it, with or without the parts (其中) printed among them."""
    children, ends = children_of(tree), ends_of(tree)
    out = []
    for parent, below in sorted(children.items()):
        if parent == ROOT or not lane.printed[parent]:
            continue
        parts = _standing(below, tree, lane)
        inside = [n for n in lane.lost if parent < n < ends[parent]]
        among = [n for n in range(parent + 1, ends[parent]) if lane.rows[n].of_which]
        sums = [_sum(parent, [*parts, *inside]), _sum(parent, sorted([*parts, *inside, *among]))]
        choice = choose(sums, lane.figures)
        if choice is not None:
            cut = lane.figures.open_end and ends[parent] == len(tree)
            choice.settled = choice.settled and not (cut or lane.figures.mixed)
            out.append(choice)
    return out


def _standing(below: Sequence[int], tree: Tree, lane: _Lane) -> list[int]:
    """Rows that stand for a level: one that prints nothing gives way to those below it."""
    children = children_of(tree)
    out: list[int] = []
    left = list(below)[::-1]
    while left:
        number = left.pop()
        if lane.printed[number]:
            out.append(number)
        else:
            left += children.get(number, [])[::-1]
    return out


def _sum(total: int, parts: Sequence[int], style: str = "") -> LineSum:
    return LineSum(total, tuple((1, part) for part in parts), style)


# -- total rows ----------------------------------------------------------------------------------------------------


def _totals(roots: Sequence[Sequence[int]], lane: _Lane, *, sound: bool) -> Iterator[Proposal]:
    """Rows that say that they are totals, each with the reading of it that the columns obey.

    Other tables speak for it where its rows are known as well: by a tree that is `sound`, or by a name that says more.
    """
    totals = [n for n, row in enumerate(lane.rows) if row.total and lane.printed[n]]
    for total in totals:
        runs = [(k, n, run) for k, among in enumerate(roots) for n, run in enumerate(_runs(total, among, totals, lane))]
        runs = [one for one in runs if len(one[2]) > 1 or not set(one[2]) <= set(totals)]  # no copy of another total
        sums = [_sum(total, run, str(n) if not k else "") for k, n, run in runs]
        choice = choose(sums, lane.figures)
        whole = _whole_list(total, totals, lane)
        alone = choice is not None and whole is not None and not choice.reading.exact
        if alone and whole is not None:
            choice = Choice(Reading(whole, tally(whole, lane.figures)), settled=True)
        if choice is not None:
            choice.settled = choice.settled and not (lane.figures.open_end or lane.figures.mixed)
            name, style = lane.rows[total].name, choice.reading.sum.style
            family = f"行合计·{name}·{style}" if style and (sound or len(name) > LONG) else ""
            yield Proposal(
                FootingKind.ROWS,
                _pattern(choice.reading.sum, lane),
                family,
                Licence.LABEL,
                lane.figures,
                [choice],
                alone,
            )


def _whole_list(total: int, totals: Sequence[int], lane: _Lane) -> LineSum | None:
    """All rows of a plain list above or below its only total; None where rows may stand for others in any way."""
    told = [n for n, row in enumerate(lane.rows) if lane.printed[n] and (n in lane.lost or not nameless(row))]
    parts = [n for n in told if n != total]
    rows = [lane.rows[n] for n in parts]
    plain_list = not any(row.ordinal or row.of_which or nameless(row) or row.total for row in rows)
    plain_list = plain_list and len({row.indent for row in rows}) < LEVELS
    coded = [row.code for row in rows if row.code]
    below = any(a != b and a.startswith(b) for a, b in itertools.pairwise(sorted(coded, reverse=True)))
    sides = {n < total for n in parts}
    if len(totals) != 1 or len(parts) < MIN_STRONG or not plain_list or below or len(sides) != 1:
        return None
    filled = [tuple(bool(text) for text in row.labels) for row in rows]
    return _sum(total, parts) if len(set(filled)) == 1 and len(coded) in (0, len(rows)) else None


def _runs(total: int, roots: Sequence[int], totals: Sequence[int], lane: _Lane) -> Iterator[list[int]]:
    """The rows that a total may sum, the likeliest first; what has no name is one of them wherever it stands."""
    name = lane.rows[total].name
    like = [n for n in totals if lane.rows[n].name == name]
    previous = max((n for n in totals if n < total), default=-1)
    following = min((n for n in totals if n > total), default=len(lane.rows))
    before = max((n for n in like if n < total), default=-1)
    after = min((n for n in like if n > total), default=len(lane.rows))
    others = [n for n in totals if n not in like]
    above = [
        _between(roots, previous, total, lane),
        [*([previous] if previous >= 0 else []), *_between(roots, previous, total, lane)],
        _between(roots, -1, total, lane),
        _between(roots, before, total, lane),
        _between(others, before, total, lane),
        _between(others, -1, total, lane),
    ]
    below = [
        _between(roots, total, following, lane),
        _between(roots, total, len(lane.rows), lane),
        _between(roots, total, after, lane),
        _between(others, total, after, lane),
        _between(sorted([*others, *_uncovered(roots, others)]), total, after, lane),
    ]
    below.insert(2, _alike(below[0], lane))
    first = not any(number < total for number in roots)
    yield from (*below, *above) if first else (*above, *below)
    yield _unrepeated(below[0] if first else above[0], lane)
    lines = [n for n in range(len(lane.rows)) if n in set(roots) or lane.rows[n].of_which]
    yield _between(lines, total, len(lane.rows), lane) if first else _between(lines, previous, total, lane)


def _alike(run: Sequence[int], lane: _Lane) -> list[int]:
    """The first rows of a run up to where the way of naming them changes: another matter begins."""
    style = [(bool(lane.rows[n].code), bool(lane.rows[n].ordinal)) for n in run]
    return [n for n, _ in itertools.takewhile(lambda pair: pair[1] == style[0], zip(run, style, strict=True))]


def _unrepeated(run: Sequence[int], lane: _Lane) -> list[int]:
    """A run without the rows that print what the row right above them prints: a group and its only member."""
    state, value = lane.figures.state, lane.figures.value
    return [n for n in run if n - 1 not in run or (state[n] != state[n - 1]).any() or (value[n] != value[n - 1]).any()]


def _uncovered(roots: Sequence[int], totals: Sequence[int]) -> list[int]:
    """The rows after the last sub-total: they stand beside sub-totals in a grand total."""
    last = max(totals, default=-1)
    return [n for n in roots if n > last] if totals else []


def _between(numbers: Sequence[int], low: int, high: int, lane: _Lane) -> list[int]:
    inside = [n for n in numbers if low < n < high]
    return sorted({*inside, *(n for n in lane.lost if low < n < high)}) if inside else []


def _pattern(one: LineSum, lane: _Lane) -> str:
    names = [lane.rows[part].name or lane.rows[part].code for _, part in one.parts]
    shown = " + ".join(names[:NAMES]) if len(names) <= NAMES else f"{names[0]} + … + {names[-1]}"
    return f"{lane.rows[one.total].name} = {shown}"


# -- lanes -----------------------------------------------------------------------------------------------------------


def lane_sums(lanes: Sequence[Figures]) -> Iterator[Proposal]:
    """收入总计 = 支出总计: totals of two lanes in one printed row."""
    for left, right in itertools.pairwise(lanes):
        pair = _balance(left, right)
        if pair is None:
            continue
        choice = choose([LineSum(0, ((1, 1),))], pair)
        if choice is not None:
            pattern = f"{pair.rows[0].name} = {pair.rows[1].name}"
            yield Proposal(FootingKind.LANES, pattern, "收支相抵", Licence.LABEL, pair, [choice])


def _balance(left: Figures, right: Figures) -> Figures | None:
    """The last totals of two lanes, under the first column of each, as two lines; None where they are no such pair."""
    ends = []
    for lane in (left, right):
        totals = [n for n, row in enumerate(lane.rows) if row.total]
        if not totals:
            return None
        ends.append(totals[-1])
    a, b = ends
    first, second = left.rows[a], right.rows[b]
    if first.number != second.number or "总计" not in first.name or "总计" not in second.name:
        return None
    value, lo, hi, step = (
        np.stack([one[a, :1], other[b, :1]])
        for one, other in ((left.value, right.value), (left.lo, right.lo), (left.hi, right.hi), (left.step, right.step))
    )
    state = np.stack([left.state[a, :1], right.state[b, :1]])
    address = [left.address[a][:1], right.address[b][:1]]
    return Figures([first, second], left.columns[:1], value, lo, hi, step, state, address)
