"""The unit of money that a printed table states: above it, in its first rows, in the heads of its columns, below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.model.units import money_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.forms.printed_table import Found

FIRST_LINES = 12
FIRST_ROWS = 4
_ALONE = re.compile(r"[（(]?(?:金额)?单位[：:]?(?:人民币)?(?:亿元|万元|千元|元)[）)]?")
_HEAD = re.compile(r"[^均]*(?:金额|数额|[预决]算数?|支出|收入|合计|小计|总计)[（(](?:人民币)?(亿元|万元|千元|元)[）)]")


def stated_unit(found: Found) -> str:
    """The unit that the table states, or '' where it states none, or its heads state several."""
    texts = [paragraph.text for paragraph in (*found.above, *found.lines[:FIRST_LINES])]
    texts += _first_cells(found)
    if unit := next((unit for text in texts if (unit := money_unit(text))), ""):
        return unit
    heads = {match[1] for text in _head_texts(found) if (match := _HEAD.fullmatch(_squeezed(text)))}
    if heads:
        return heads.pop() if len(heads) == 1 else ""
    below = (_squeezed(paragraph.text) for paragraph in found.below)
    return next((money_unit(text) or "" for text in below if _ALONE.fullmatch(text)), "")


def _first_cells(found: Found) -> Iterator[str]:
    for grid in found.grids[:1]:
        for row in grid.rows[:FIRST_ROWS]:
            yield from (cell.text for cell in row if cell.text)


def _head_texts(found: Found) -> Iterator[str]:
    """The texts that may be heads of columns: the first cells of a grid, or of lines that are cut by tabs."""
    yield from _first_cells(found)
    for paragraph in found.lines[:FIRST_LINES]:
        yield from re.split(r"\t|\s{2,}", paragraph.raw)


def _squeezed(text: str) -> str:
    return "".join(text.split())
