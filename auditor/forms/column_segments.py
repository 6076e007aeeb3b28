"""Cut the columns of a grid into segments, each some label columns followed by some figure columns.

What the cells hold decides the cut, because headers come damaged more often than figures do.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.digits import is_digits, whole_number
from auditor.forms.codes import is_code
from auditor.forms.column_match import ColumnRole, Look, look, looks_below, role_of
from auditor.forms.header_rows import is_class
from auditor.model.labels import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.forms.column_match import Header
    from auditor.model.document import Grid
    from auditor.model.tables import Lane


@dataclass(frozen=True, slots=True)
class ColumnSegment:
    """Some label columns and the figure columns that follow them (positions in the grid).

    `units` are those label columns that the header says to hold the codes of units.
    """

    labels: tuple[int, ...]
    figures: tuple[int, ...]
    units: frozenset[int] = frozenset()


def segments_of(grid: Grid, header: Header, *, coded: bool) -> tuple[list[ColumnSegment], bool]:
    """Cut the columns into segments by what they hold; only a `coded` table may have columns of codes without header.

    The flag is false when a column holds both text and numbers.
    """
    counts = looks_below(grid, header.rows)
    kinds: list[bool] = []  # True: label column
    clean = True
    for column, count in enumerate(counts):
        text, number = count[Look.TEXT], count[Look.NUMBER]
        role = role_of(header.paths[column])
        numbered = not header.index or column in header.index
        if text and number:
            clean = clean and (text <= 1 or number <= 1)
        if text > number or (header.index and not numbered) or (number and role in (ColumnRole.CODE, ColumnRole.LINE)):
            kinds.append(True)
        elif number:
            headed = role is ColumnRole.FIGURE and bool(header.paths[column])
            codes = coded and _codes_only(grid, header.rows, column, headed=headed)
            kinds.append(codes or _rising(grid, header.rows, column))
        else:
            kinds.append(role is not ColumnRole.FIGURE or not numbered or not header.paths[column])
    segments: list[ColumnSegment] = []
    labels: list[int] = []
    figures: list[int] = []
    for column, is_label in enumerate(kinds):
        if is_label:
            if figures:
                segments.append(ColumnSegment(tuple(labels), tuple(figures)))
                labels, figures = [], []
            labels.append(column)
        else:
            figures.append(column)
    if figures:
        segments.append(ColumnSegment(tuple(labels), tuple(figures)))
    return segments, clean


def _rising(grid: Grid, start: int, column: int) -> bool:
    """Whether a column counts up by one (行次), blanks and one jump allowed."""
    numbers = [n for cells in grid.rows[start:] if (n := whole_number(cells[column].text)) is not None]
    others = [cells[column].text for cells in grid.rows[start:] if cells[column].text]
    if len(numbers) < 3 or len(numbers) < len(others):
        return False
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    return all(step > 0 for step in steps) and sum(step == 1 for step in steps) >= len(steps) * 2 / 3


def _codes_only(grid: Grid, start: int, column: int, *, headed: bool) -> bool:
    """Whether a column holds only codes, or only the same digit (codes lost in print), before a column of names.

    Under a header of figures (which a dump may have shifted) it must be codes of units with a name beside each, or one
    code all over with no codes before it: a column of amounts may print one amount twice, or only zeros and ones.
    """
    texts = [text for cells in grid.rows[start:] if (text := cells[column].text)]
    texts = [text for text in texts if look(text) is not Look.TEXT]
    if len(texts) < 2 or not all(map(is_digits, texts)):
        return False
    nonzero = {text for text in texts if text.strip("0")}
    reach = 2 if headed else 3  # names stand right beside it, or after one more column
    named = [
        any(look(cells[at].text) is Look.TEXT for at in range(column + 1, min(column + reach, grid.width)))
        for cells in grid.rows[start:]
        if cells[column].text
    ]
    if not nonzero or not any(named):
        return False
    units = all(len(text) == 6 for text in texts) and len({text[:3] for text in texts}) == 1
    units = units and (all(named) or not headed)
    if units or (not headed and all(is_code(text) or len(text) == 6 for text in texts)):
        return True
    return len(nonzero) == 1 and not (headed and any(_holds_codes(grid, start, before) for before in range(column)))


def _holds_codes(grid: Grid, start: int, column: int) -> bool:
    """Whether most of a column are whole codes."""
    texts = [text for cells in grid.rows[start:] if (text := cells[column].text)]
    return len(texts) > 1 and 2 * sum(is_code(text) for text in texts) > len(texts)


_OF_UNITS = re.compile(r"(?:部门|单位)[（）部门单位预算]*(?:编码|代码)$")


def of_codes(segment: ColumnSegment, header: Header) -> ColumnSegment:
    """A segment of a table of codes: without label columns that only number its rows, codes of units told."""
    labels = tuple(position for position in segment.labels if role_of(header.paths[position]) is not ColumnRole.LINE)
    units = frozenset(p for p in labels if header.paths[p] and _OF_UNITS.search(header.paths[p][-1]))
    return ColumnSegment(labels, segment.figures, units)


def printed_labels(grid: Grid, header: Header, segments: Sequence[ColumnSegment]) -> list[set[str]]:
    """The labels of the rows, per segment."""
    return [
        {plain(cells[column].text) for cells in grid.rows[header.rows :] for column in segment.labels} - {""}
        for segment in segments
    ]


def lanes_by_labels(printed: Sequence[set[str]], lanes: Sequence[Lane]) -> tuple[Lane, ...]:
    """The lanes in the order of print: as in the form, unless the labels of the rows fit another order better."""

    def fitting(order: Sequence[Lane]) -> int:
        return sum(labels_known(labels, lane) for labels, lane in zip(printed, order, strict=True))

    return max(itertools.permutations(lanes), key=fitting)


def labels_known(labels: set[str], lane: Lane) -> int:
    """How many of some labels name rows of a lane."""
    names = {plain(text) for row in lane.rows for text in (*row.labels, *row.found_by)}
    classes = {label for label in labels if is_class(label, lane)}
    return len(labels & names | classes)
