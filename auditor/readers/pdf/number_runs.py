"""A number is one run of print: where a part of the run is not seen, what is left of it is no shorter number.

A cell may be too narrow for its number, so that its clip takes the first digit away, or that it runs over the ruling
into the next cell; a box may be laid over half of one. Such a run is marked with `LOST` where it is cut, as a glyph
without a text code is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.model.numbers import LOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.readers.pdf.elements import Char
    from auditor.readers.pdf.page_content import PageContent

SAME_BASE = 1.0  # points by which the baselines of one run may differ
SAME_SIZE = 0.25  # share by which the heights of one run may differ
TOUCHING = 0.15  # of a character's height: a wider gap parts two numbers
BESIDE = 0.01  # points
TOLD, LONG = 5, 30  # numbers that are told of a page, and characters of each
OVER = 0.6  # of a character's width: boxes of neighbours overlap by less
DIGITS = frozenset("0123456789０１２３４５６７８９")
FIGURES = DIGITS | frozenset(".,．，")
IN_NUMBERS = FIGURES | frozenset("%％-−－()（）亿万千")

Remark = tuple[str, dict[str, str]]


def mark_cut_numbers(content: PageContent) -> Iterator[Remark]:
    """Put `LOST` into what a page shows of a number that goes on unseen, and tell of it what the file holds in full.

    The mark stands in the box of the character beside it, so that it comes into the same cell.
    """
    if not content.hidden:
        return
    unseen, seen = {id(char) for char in content.hidden}, {id(char) for char in content.chars}
    before: dict[int, Char] = {}  # by the identity of the character that a mark stands before
    after: dict[int, Char] = {}
    cut = [run for run in _runs(content.drawn, unseen, seen) if any(id(c) in seen and c[5] in DIGITS for c in run)]
    for left, right in (pair for run in cut for pair in pairwise(run)):
        if id(left) in unseen and id(right) in seen:
            before[id(right)] = mark(right, -BESIDE)
        elif id(left) in seen and id(right) in unseen:
            after[id(left)] = mark(left, BESIDE)
    if not cut:
        return
    marked: list[Char] = []
    for char in content.chars:
        marked += [one for one in (before.get(id(char)), char, after.get(id(char))) if one is not None]
    content.chars = marked
    held = ["".join(char[5] for char in run) for run in cut]
    shown = ["".join(char[5] if id(char) in seen else "" for char in run) for run in cut]
    told = list(zip(shown, held, strict=True))[:TOLD]
    text = "、".join(f"{short[:LONG]} ({full[:LONG]})" for short, full in told)
    yield "remark.cut_numbers", {"page": str(content.number), "count": str(len(cut)), "text": text}


def mark(beside: Char, shift: float) -> Char:
    """A mark with the middle of a character, a little to the left or right of it."""
    base, x0, y0, x1, y1, _ = beside
    return (base, x0 + shift, y0, x1 - shift, y1, LOST)


def is_one_number(last: Char, char: Char) -> bool:
    """Whether two characters that are drawn one after the other are of one number, with nothing between."""
    return last[5] in FIGURES and char[5] in FIGURES and _goes_on(last, char)


def _runs(drawn: Sequence[Char], unseen: set[int], seen: set[int]) -> Iterator[list[Char]]:
    """The runs of print of which a part is not seen; a copy that was dropped for another belongs to none."""
    run: list[Char] = []
    mixed = [False, False]
    for char in drawn:
        is_unseen = id(char) in unseen
        fits = char[5] in IN_NUMBERS and (is_unseen or id(char) in seen)
        if run and not (fits and _goes_on(run[-1], char)):
            if all(mixed):
                yield run
            run, mixed = [], [False, False]
        if fits:
            run.append(char)
            mixed[is_unseen] = True
    if all(mixed):
        yield run


def _goes_on(last: Char, char: Char) -> bool:
    """Whether a character stands just right of another, on its line and in its size."""
    high = max(last[4] - last[2], char[4] - char[2])
    if abs(last[0] - char[0]) > SAME_BASE or abs((last[4] - last[2]) - (char[4] - char[2])) > SAME_SIZE * high:
        return False
    return -OVER * min(last[3] - last[1], char[3] - char[1]) < char[1] - last[3] <= TOUCHING * high
