"""Numbered passages behind the passage of their total: （一）… （二）… with 1. … 2. … below."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.model.outline import chinese_number
from auditor.prose.clauses.lead import HEADS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.phrases.sentence_grammar import Grammar
    from auditor.prose.claims import Told
    from auditor.prose.clauses.model import Clause
    from auditor.prose.passages import Passage

MAX_WHOLES = 6  # amounts of the passage before that may be the total
MAX_LAYERS = 6
_AMOUNTS = (*HEADS, "变动额")
_NUMBER = re.compile(
    r"[-•·*]*[（(]?(?:(?P<digits>\d{1,3})|(?P<words>[一二三四五六七八九十]{1,3}))[）)、.．是]|(?P<ring>[①-⑳])"
)


def number_of(text: str) -> int:
    """The number that an item begins with: （一）, 一、, 1., ①; 0 for none.

    >>> number_of("（一）人员经费"), number_of("1.办公费"), number_of("（十一）其他"), number_of("②水费")
    (1, 1, 11, 2)
    """
    found = _NUMBER.match(text)
    if found is None:
        return 0
    if found["ring"]:
        return ord(found["ring"]) - ord("①") + 1
    return (whole_number(found["digits"]) or 0) if found["digits"] else chinese_number(found["words"])


@dataclass(slots=True)
class Layer:
    """The items of one numbering in one measure, and the amounts before them of which one may be their total.

    `from_first` says that the first of them is numbered as the first, or as the one behind the last item before: else
    there are more.
    """

    column: str
    wholes: list[tuple[str, Told]]
    items: list[tuple[str, Told]]
    from_first: bool


@dataclass(slots=True)
class _Open:
    style: str
    wholes: list[Clause]
    began: int
    from_first: bool
    items: list[Clause | None] = field(default_factory=list)


def layers_of(clauses: Iterable[Clause], grammar: Grammar) -> Iterator[Layer]:
    """The numbered layers of a text; `clauses` are in the order of print."""
    stack: list[_Open] = []
    before: list[Clause] = []
    heading = ""
    last: dict[str, tuple[int, int]] = {}  # style → number and place of its last item; it may run on over groups
    for at, (passage, mine) in enumerate(_by_passage(clauses)):
        mark = grammar.mark.match(passage.text)
        style = (mark.lastgroup or "") if mark else ""
        if passage.heading != heading or not style:
            yield from _closed(stack, 0)
        if passage.heading != heading or not style:
            last = {}
        if passage.heading != heading:
            before = []
        heading = passage.heading
        number = number_of(passage.text) if style else 0
        before_it, place = last.get(style, (0, at))
        follows = number - 1 == before_it
        last[style] = number, at
        depth = next((n for n, one in enumerate(stack) if one.style == style), None)
        if style and depth is not None:
            yield from _closed(stack, depth + 1)
            stack[-1].items.append(_figure(mine))
        elif follows and stack and stack[0].began > place:
            yield from _closed(stack, 0)  # an item of a list without a total, around all layers
        elif style and before and len(stack) < MAX_LAYERS:
            stack.append(_Open(style, before, at, number == 1 or follows, [_figure(mine)]))
        before = [clause for clause in mine if clause.part_of is None][: 1 if style else MAX_WHOLES]
    yield from _closed(stack, 0)


def _by_passage(clauses: Iterable[Clause]) -> Iterator[tuple[Passage, list[Clause]]]:
    mine: list[Clause] = []
    for clause in clauses:
        if mine and clause.passage is not mine[-1].passage:
            yield mine[0].passage, mine
            mine = []
        mine.append(clause)
    if mine:
        yield mine[0].passage, mine


def _figure(clauses: list[Clause]) -> Clause | None:
    """The clause of an item: its first; None where that is no plain statement."""
    first = clauses[0]
    return first if not first.aside and any(name in first.told for name in _AMOUNTS) else None


def _closed(stack: list[_Open], depth: int) -> Iterator[Layer]:
    while len(stack) > depth:
        one = stack.pop()
        items = [item for item in one.items if item is not None]
        if len(items) < 2 or len(items) < len(one.items):
            continue
        column = next((name for name in _AMOUNTS if all(name in item.told for item in items)), "")
        wholes = [(whole.phrase, whole.told[column]) for whole in one.wholes if column in whole.told]
        if column and wholes:
            yield Layer(column, wholes, [(item.phrase, item.told[column]) for item in items], one.from_first)
