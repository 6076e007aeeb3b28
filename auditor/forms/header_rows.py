"""How many rows of a grid are header: rows above the first code, label or amount."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.forms.codes import is_code
from auditor.forms.column_match import Look, is_index_row, last_words, look
from auditor.model.labels import plain
from auditor.model.numbers import NUMERIC, parse_literal
from auditor.model.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Cell, Grid
    from auditor.model.tables import Lane, Table


def total_labels(table: Table) -> frozenset[str]:
    """The plain labels of the named rows of a table of codes (合计, footers)."""
    return frozenset(plain(label) for row in table.rows for label in (*row.labels, *row.found_by))


def _total_heads(grid: Grid, number: int, texts: list[str]) -> bool:
    """Whether a row that begins with 合计 is header: names of columns stand beside it, or no code below it."""
    if len({text for text in texts[1:] if text != texts[0] and look(text) is Look.TEXT}) > 1:
        return True
    if any(look(text) is Look.NUMBER for text in texts[1:]) or number + 1 >= len(grid.rows):
        return False
    following = [cell.text for cell in grid.rows[number + 1] if cell.text]
    return bool(following) and not is_code(following[0])


_HEAD_WORD = re.compile(r"编码|代码|科目名称|名称$|^行次$|^栏次?$")


def header_height(grid: Grid, table: Table) -> int:
    """Return how many rows at the top of the grid are header."""
    totals = total_labels(table)
    last_index = -1
    for number, cells in enumerate(grid.rows):
        texts = [cell.text for cell in cells if cell.text]
        if is_index_row(cells):
            last_index = number
            continue
        if number == last_index + 1 and last_index >= 0:
            return number
        if not texts or (any(_HEAD_WORD.search(plain(text)) for text in texts) and not _has_amounts(texts)):
            continue
        first = plain(texts[0])
        if table.layout is Layout.CODES and (is_code(texts[0]) or first in totals or _code_before_name(cells)):
            if first in totals and _total_heads(grid, number, texts):
                continue
            return number
        if table.layout is Layout.LANES and _label_row(cells, table):
            return number
        if _has_amounts(texts):
            return number
    return last_index + 1 if last_index >= 0 else len(grid.rows)


def joined(grids: Sequence[Grid], table: Table) -> list[Grid]:
    """The grids of a table, those without a header put below the one before, so that all rows tell the columns.

    A page may also end within the header: what holds nothing else is put above the rest.
    """
    out: list[Grid] = []
    for grid in grids:
        alike = bool(out) and grid.width == out[-1].width
        if alike and (header_height(grid, table) == 0 or header_height(out[-1], table) == len(out[-1].rows)):
            out[-1] = replace(
                out[-1], rows=out[-1].rows + grid.rows, spans_known=out[-1].spans_known and grid.spans_known
            )
        else:
            out.append(grid)
    return out


def _has_amounts(texts: Sequence[str]) -> bool:
    """Whether a row prints amounts: numbers with decimals or separators, or too long for ordinals and years."""
    for text in texts:
        literal = parse_literal(text)
        if literal.state in NUMERIC and (literal.decimals or "," in text or literal.digits >= 100_000):
            return True
    return False


def _code_before_name(cells: Sequence[Cell]) -> bool:
    """Whether a row begins with digits followed by a name (a code column that was damaged in print)."""
    texts = [cell.text for cell in cells if cell.text]
    return len(texts) > 2 and is_digits(texts[0]) and look(texts[1]) is Look.TEXT and look(texts[2]) is Look.NUMBER


def _label_row(cells: Sequence[Cell], table: Table) -> bool:
    """Whether a row prints one of the row labels of a table of lanes."""
    headers = {word for lane in table.lanes for column in lane.columns for word in last_words(column)}
    labels = {plain(cell.text) for cell in cells} - headers  # a kind of fund may be called like a class
    if any(is_class(label, lane) for label in labels for lane in table.lanes):
        return True
    first = next(position for position, cell in enumerate(cells) if cell.text)
    if first > 1 and len(table.lanes) > 1:
        return False  # the first lane always begins with a label; a header row may begin further right
    names = {plain(text) for row in table.lanes[0].rows for text in (*row.labels, row.last)} - {"合计", "小计"}
    return plain(cells[first].text) in names


def is_class(label: str, lane: Lane) -> bool:
    """Whether a label names a class, in a lane that lists them."""
    return lane.classes is not None and label.removesuffix("支出") in lane.class_names
