"""From a grid to printed rows, as planned: every figure under its column, every row with its label, code and 行次."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.digits import is_digits, whole_number
from auditor.forms.codes import code_parts, join_parts
from auditor.forms.column_match import Look, is_index_row, look
from auditor.forms.header_rows import total_labels
from auditor.forms.printed_table import PrintedRow
from auditor.forms.row_alignment import align_row
from auditor.model.document import Cell
from auditor.model.labels import plain
from auditor.model.numbers import LOST
from auditor.model.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.forms.column_segments import ColumnSegment
    from auditor.forms.read_plan import GridPlan
    from auditor.forms.row_alignment import Slot
    from auditor.model.document import Grid
    from auditor.model.tables import Column, Lane, Table

_UNREAD_DIGIT = re.compile(rf"\d ?{LOST}|{LOST} ?\d")


@dataclass(slots=True)
class Carried:
    """What goes on from row to row, and from page to page.

    `groups`: per lane, the label of the group that a first label column opened. `codes`: the part of a code that was
    printed last in each label column (block, distance from the figures), where codes are printed in steps.
    """

    groups: dict[str, str] = field(default_factory=dict)
    codes: dict[tuple[int, int], str] = field(default_factory=dict)


def rows_of(grid: Grid, plan: GridPlan, table: Table, *, start: int, carried: Carried) -> list[PrintedRow]:
    """Read the rows of a grid from row `start` on, as planned."""
    rows: list[PrintedRow] = []
    groups = carried.groups
    for cells in grid.rows[start:]:
        if is_index_row(cells) or not any(cell.raw.strip() for cell in cells):
            continue
        if plan.slots:
            rows.extend(aligned(cells, plan.slots, groups))
        elif table.layout is Layout.LANES:
            rows.extend(
                _lane_row(cells, segment, mapping, lane, groups)
                for segment, mapping, lane in zip(plan.segments, plan.columns, plan.lanes, strict=True)
                if not _covered(cells, segment)
            )
        else:
            blocks = [
                _code_row(cells, segment, mapping, number if len(plan.segments) > 1 else None, carried)
                for number, (segment, mapping) in enumerate(zip(plan.segments, plan.columns, strict=True))
            ]
            rows.extend(_joined_footers(blocks, total_labels(table)))
    return [row for row in rows if row.label or row.code or row.line or any(c.text for _, c in row.cells)]


def aligned(cells: Sequence[Cell], slots: Sequence[Slot], groups: dict[str, str]) -> list[PrintedRow]:
    """One row whose cells are aligned to the slots of the form. Where a figure went nowhere, blanks prove nothing."""
    placed = align_row(cells, slots)
    used = {id(cell) for _, taken in placed for cell in taken}
    sure = not any(look(cell.text) is Look.NUMBER and id(cell) not in used for cell in cells)
    rows: dict[str, PrintedRow] = {}
    for slot, taken in placed:
        row = rows.setdefault(slot.lane, PrintedRow(slot.lane, "", [], cells[0].place))
        if slot.what == "label":
            _set_label(row, [cell.text for cell in taken], groups)
        elif slot.what == "line":
            row.line = _line_number(taken[0].text) if taken else None
        elif sure or (taken and taken[0].text):
            row.cells.append((slot.column, taken[0] if taken else Cell("", cells[0].place)))
    return list(rows.values())


def _line_number(text: str) -> int | None:
    return whole_number(text, 3)


def _set_label(row: PrintedRow, texts: Sequence[str], groups: dict[str, str]) -> None:
    """Set the label of a row; with two label columns the first one opens a group that goes on below."""
    filled = [text for text in texts if text]
    if len(texts) > 1:
        if texts[0]:
            groups[row.lane] = texts[0]
        if not texts[0] and filled:
            row.parents = (groups.get(row.lane, ""),)
        elif len(filled) > 1:
            row.parents = (texts[0],)
        row.label = filled[-1] if filled else ""
    elif filled:
        groups[row.lane] = filled[0]
        row.label = filled[0]


def _covered(cells: Sequence[Cell], segment: ColumnSegment) -> bool:
    """Whether a label covers the figures too: a total over several lanes prints its figure in the last."""
    labels = {id(cells[position]) for position in segment.labels if cells[position].text}
    return all(id(cells[position]) in labels for position in segment.figures)


def _lane_row(
    cells: Sequence[Cell], segment: ColumnSegment, mapping: dict[int, Column], lane: Lane, groups: dict[str, str]
) -> PrintedRow:
    row = PrintedRow(lane.name, "", [], cells[segment.figures[0]].place)
    texts: list[str] = []
    for text in _label_texts(cells, segment):
        number = _line_number(text)
        if (number is not None and row.line is None and texts) or (number is not None and len(segment.labels) == 1):
            row.line = number
        else:
            texts.append(text)
    if len(texts) > 1 and not any(text for text in texts[1:]):
        texts = texts[:1] if texts[0] else texts
    _set_label(row, texts, groups)
    row.cells = [(column.name, cells[position]) for position, column in sorted(mapping.items())]
    return row


def _label_texts(cells: Sequence[Cell], segment: ColumnSegment) -> list[str]:
    """The texts of the label columns; a cell merged over several of them is read once, blank places keep theirs."""
    seen: set[int] = set()
    texts = []
    for position in segment.labels:
        cell = cells[position]
        texts.append("" if id(cell) in seen else cell.text)
        seen.add(id(cell))
    return texts


def _code_row(
    cells: Sequence[Cell], segment: ColumnSegment, mapping: dict[int, Column], block: int | None, carried: Carried
) -> PrintedRow:
    row = PrintedRow("" if block is None else str(block), "", [], cells[segment.figures[0]].place)
    texts = _label_texts(cells, segment)
    units = [number for number, position in enumerate(segment.labels) if position in segment.units]
    whole = _with_upper_parts(texts, segment, block or 0, carried.codes, units)
    parts, names, unit = code_parts(whole, units)
    row.code, row.lost = join_parts(parts)
    if any(_UNREAD_DIGIT.search(text) for text in whole) or any(LOST in text for text in whole[:-1]):
        row.code, row.lost = "", True  # a part of the code may be what cannot be read
    row.label, row.unit_code = "".join(names), unit
    row.cells = [(column.name, cells[position]) for position, column in sorted(mapping.items())]
    return row


def _with_upper_parts(
    texts: list[str], segment: ColumnSegment, block: int, printed: dict[tuple[int, int], str], units: Sequence[int]
) -> list[str]:
    """The label texts of a row, with the upper parts of its code where these are printed in rows above only.

    Such codes are printed in steps: 类|款|项 in three columns, and each row only its own part.
    """
    out = list(texts)
    keys = [(block, position - segment.figures[0]) for position in segment.labels]
    unread = [key for key, text in zip(keys[:-1], texts[:-1], strict=True) if LOST in text]
    for key in [key for key in printed if unread and key[0] == block and key[1] >= unread[0][1]]:
        del printed[key]
    printed.update(dict.fromkeys(unread, LOST))  # a part of a code may stand there, above all that follows
    parts = [at for at, text in enumerate(texts) if is_digits(text) and len(text) < 4 and at not in units]
    if not parts:
        return out
    above = [at for at in range(parts[0]) if keys[at] in printed]
    if above and len(texts[parts[0]]) < 3 and len(printed[keys[above[0]]]) == 3:
        for at in above:
            out[at] = out[at] or printed[keys[at]]
    for key in [key for key in printed if key[0] == block and key[1] >= keys[parts[0]][1]]:
        del printed[key]
    printed.update({keys[at]: texts[at] for at in parts})
    return out


def _joined_footers(blocks: list[PrintedRow], totals: frozenset[str]) -> list[PrintedRow]:
    """A total whose label spans two blocks prints its figure in the second: put them together."""
    for left, right in itertools.pairwise(blocks):
        empty = not any(cell.text for _, cell in left.cells)
        if plain(left.label) in totals and empty and not (right.label or right.code or right.lost):
            left.cells, right.cells = right.cells, left.cells
    return blocks
