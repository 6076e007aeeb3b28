"""Change one printed figure of a document, by more than rounding hides, and nothing else."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.model.document import Grid, Paragraph
from auditor.model.numbers import parse_literal
from auditor.testing.planting import corrupt

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.model.document import Document
    from auditor.testing.field.spots import Spot

STAMP = "№"  # the quote of the cell that was changed: its facts are known by it
TAIL = 2  # last digits that stay: rounding may hide a change of them


def digit(text: str, choice: random.Random) -> str:
    """Change one of the digits before the last two."""
    at = choice.choice(_front(text))
    new = choice.choice([one for one in "123456789" if one != text[at]])
    return text[:at] + new + text[at + 1 :]


def transposed(text: str, choice: random.Random) -> str:
    """Exchange two neighbouring digits before the last two."""
    front = _front(text)
    pairs = [(a, b) for a, b in itertools.pairwise(front) if text[a] != text[b] and text[b] != "0"]
    if not pairs:
        return text
    a, b = choice.choice(pairs)
    return text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]


def ten_times(text: str, _: random.Random) -> str:
    """Slip the point by a place."""
    return corrupt(text, "factor_ten") or text


def _front(text: str) -> list[int]:
    """Where the digits stand that rounding cannot hide."""
    digits = [at for at, char in enumerate(text) if is_digits(char)]
    return digits[: max(1, len(digits) - TAIL)]


_IN_TEXT: tuple[Callable[[str, random.Random], str], ...] = (digit, transposed)  # of the same length
_IN_TABLE = (digit, transposed, ten_times)
NEIGHBOUR = "neighbour"


def new_text(spot: Spot) -> tuple[str, str] | None:
    """Another figure for a place, and how it came about; drawn by the key of the place. None where none differs."""
    choice = random.Random(spot.key)  # noqa: S311 — planted errors, the same every time
    ways: list[tuple[str, Callable[[], str]]] = [
        (way.__name__, lambda way=way: way(spot.text, choice))  # type: ignore[misc]
        for way in (_IN_TEXT if spot.is_told else _IN_TABLE)
    ]
    if spot.beside:
        ways.append((NEIGHBOUR, lambda: choice.choice(spot.beside)))
    choice.shuffle(ways)
    for name, way in ways:
        text = way()
        if _differs(text, spot.text):
            return text, name
    return None


def _differs(new: str, old: str) -> bool:
    """Whether a figure differs from another by more than its last two digits, where it has more."""
    a, b = parse_literal(new), parse_literal(old)
    decimals = max(a.decimals, b.decimals)
    old_digits, new_digits = (one.digits * int(10 ** (decimals - one.decimals)) for one in (b, a))
    least = int(10**TAIL) if len(str(abs(b.digits))) > TAIL else 1
    return abs(new_digits - old_digits) >= least


def changed(document: Document, spot: Spot, text: str) -> Document:
    """A copy of a document in which one place prints another figure."""
    block = document.blocks[spot.block]
    blocks = list(document.blocks)
    if isinstance(block, Paragraph):
        end = spot.start + len(spot.text)
        blocks[spot.block] = replace(block, raw=block.raw[: spot.start] + text + block.raw[end:])
        return replace(document, blocks=blocks)
    blocks[spot.block] = _with_cell(block, spot.cell, text)
    return replace(document, blocks=blocks)


def _with_cell(grid: Grid, identity: int, text: str) -> Grid:
    old = next(cell for row in grid.rows for cell in row if id(cell) == identity)
    new = replace(old, raw=text, place=replace(old.place, quote=STAMP))
    rows = tuple(
        tuple(new if cell is old else cell for cell in row) if any(cell is old for cell in row) else row
        for row in grid.rows
    )
    return replace(grid, rows=rows)
