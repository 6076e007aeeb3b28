"""Tables over page breaks: which columns of a continuation are which, which rows a break has cut in two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.model.numbers import NUMERIC, parse_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Cell

SAME_X = 3.0  # rulings of two pages this near are one column's
_ORDINALS = "一二三四五六七八九十（(①②③④⑤⑥⑦⑧⑨⑩0123456789"
INNER = 3  # rulings that tell the columns of a page which prints nothing in the outermost


def columns_of(xs: Sequence[float], columns: Sequence[float]) -> list[int] | None:
    """For each ruling of a continuation the ruling of the table before that it is; None when one is new.

    Left and right pages may have different margins. A page on which a cell at the side goes on from the page before
    to the next one draws no ruling that closes it: there the other columns stand where they stood.
    """
    if len(columns) < 2:
        return None
    whole = abs((xs[-1] - xs[0]) - (columns[-1] - columns[0])) <= 2 * SAME_X
    if not whole and (len(xs) <= INNER or xs[0] < columns[0] - SAME_X or xs[-1] > columns[-1] + SAME_X):
        return None
    shift = columns[0] - xs[0] if whole else 0.0
    out: list[int] = []
    for x in xs:
        near = min(range(len(columns)), key=lambda n: abs(columns[n] - x - shift))
        if abs(columns[near] - x - shift) > SAME_X or (out and near <= out[-1]):
            return None
        out.append(near)
    return out if whole or out[-1] - out[0] == len(out) - 1 else None


def is_cut(above: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether a row is the rest of the row above the page break: no key, and its text goes on where text stood.

    A row that prints a number where the row above has one, or a label of its own, is a row of its own.
    """
    if len(above) != len(below) or not above[0].raw or below[0].raw or any(cell.rowspan > 1 for cell in below):
        return False
    going_on = False
    for up, down in zip(above, below, strict=True):
        if not down.raw:
            continue
        if parse_literal(down.raw).state in NUMERIC:
            if up.raw:
                return False
        elif not up.raw or parse_literal(up.raw).state in NUMERIC or down.text[0] in _ORDINALS:
            return False
        else:
            going_on = True
    return going_on


def mended(above: Sequence[Cell], below: Sequence[Cell]) -> list[Cell]:
    """A row that a page break has cut in two, put together."""
    made: dict[tuple[int, int], Cell] = {}
    out = []
    for up, down in zip(above, below, strict=True):
        key = (id(up), id(down))
        if key not in made:
            made[key] = replace(up, raw=up.raw + down.raw.lstrip()) if down.raw else up
        out.append(made[key])
    return out
