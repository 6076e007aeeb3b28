"""From a grid to printed rows: split the lanes or blocks of the grid and put every figure under its column.

A grid is cut into segments, each some label columns (code, name, 行次) followed by some figure columns. What the
cells hold decides the cut, because headers come damaged more often than figures do.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.document import Cell
from auditor.forms.align import Slot, align_row
from auditor.forms.codes import code_parts, is_code, join_parts
from auditor.forms.columns import (
    Header,
    Look,
    Role,
    is_index_row,
    known_words,
    look,
    looks_below,
    match_columns,
    read_header,
    role_of,
)
from auditor.forms.labels import plain
from auditor.forms.printed import PrintedRow
from auditor.forms.tables import Layout
from auditor.numbers import parse_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.document import Grid
    from auditor.forms.tables import Column, Lane, Table

MIN_WORDS = 0.5  # share of the form's columns whose words the header must show


@dataclass(frozen=True, slots=True)
class Segment:
    """Some label columns and the figure columns that follow them (positions in the grid)."""

    labels: tuple[int, ...]
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the columns of one grid are to be read: its header, and per segment the mapping of its figures."""

    header: Header
    width: int
    segments: tuple[Segment, ...]
    columns: tuple[dict[int, Column], ...]
    slots: tuple[Slot, ...] = ()  # set where rows are shifted and must be aligned one by one


class UnmatchedError(Exception):
    """The grid cannot be read as this table; `reason` is a message key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def total_labels(table: Table) -> frozenset[str]:
    """The plain labels of the named rows of a table of codes (合计, footers)."""
    return frozenset(plain(label) for row in table.rows for label in (*row.labels, *row.found_by))


def _total_heads(grid: Grid, number: int, texts: list[str]) -> bool:
    """Tell whether a row that begins with 合计 is header: names of columns stand beside it, or no code below it."""
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
        if not texts or (any(_HEAD_WORD.search(plain(text)) for text in texts) and not _has_decimals(texts)):
            continue
        first = plain(texts[0])
        if table.layout is Layout.CODES and (is_code(texts[0]) or first in totals or _code_before_name(cells)):
            if first in totals and _total_heads(grid, number, texts):
                continue
            return number
        if table.layout is Layout.LANES and _label_row(cells, table):
            return number
        if _has_decimals(texts):
            return number
    return last_index + 1 if last_index >= 0 else len(grid.rows)


def _has_decimals(texts: Sequence[str]) -> bool:
    return any(parse_literal(text).decimals for text in texts)


def _code_before_name(cells: Sequence[Cell]) -> bool:
    """Tell whether a row begins with digits followed by a name (a code column that was damaged in print)."""
    texts = [cell.text for cell in cells if cell.text]
    return len(texts) > 2 and texts[0].isdigit() and look(texts[1]) is Look.TEXT and look(texts[2]) is Look.NUMBER


def _label_row(cells: Sequence[Cell], table: Table) -> bool:
    """Tell whether a row prints one of the row labels of a table of lanes."""
    first = next(position for position, cell in enumerate(cells) if cell.text)
    if first > 1 and len(table.lanes) > 1:
        return False  # the first lane always begins with a label; a header row may begin further right
    label = plain(cells[first].text)
    lane = table.lanes[0]
    names = {plain(text) for row in lane.rows for text in (*row.labels, row.last)} - {"合计", "小计"}
    return label in names or (lane.classes is not None and label.removesuffix("支出") in _CLASS_STARTS)


_CLASS_STARTS = frozenset({"一般公共服务", "外交", "国防", "公共安全", "教育", "科学技术", "社会保障和就业"})


def plan_grid(grid: Grid, table: Table) -> Plan:
    """Decide how to read a grid as a standard table of lanes or codes. Raises `UnmatchedError`."""
    header = read_header(grid, header_height(grid, table))
    every = [column for lane in table.lanes for column in lane.columns] or list(table.columns)
    segments, clean = _segments(grid, header)
    known = known_words(header, every) >= MIN_WORDS or len(header.index) >= len(every)
    if not known and not (grid.spans_known and _certain(header, segments, every)):
        raise UnmatchedError("unread.header_differs")
    if table.layout is Layout.LANES:
        return _plan_lanes(grid, header, table, segments, clean=clean)
    return _plan_codes(grid, header, table, segments)


def _certain(header: Header, segments: Sequence[Segment], columns: Sequence[Column]) -> bool:
    """Whether the header leaves no doubt about any of the figure columns, although the form has more."""
    return bool(segments) and all(match_columns(header, part.figures, columns, whole=False) for part in segments)


def _segments(grid: Grid, header: Header) -> tuple[list[Segment], bool]:
    """Cut the columns into segments by what they hold. The flag is false when a column holds both text and numbers."""
    counts = looks_below(grid, header.rows)
    kinds: list[bool] = []  # True: label column
    clean = True
    for column, count in enumerate(counts):
        text, number = count[Look.TEXT], count[Look.NUMBER]
        role = role_of(header.paths[column])
        numbered = not header.index or column in header.index
        if text and number:
            clean = clean and (text <= 1 or number <= 1)
        if text > number or (header.index and not numbered) or (number and role in (Role.CODE, Role.LINE)):
            kinds.append(True)
        elif number:
            kinds.append(_rising(grid, header.rows, column) or _codes_only(grid, header.rows, column))
        else:
            kinds.append(role is not Role.FIGURE or not numbered or not header.paths[column])
    segments: list[Segment] = []
    labels: list[int] = []
    figures: list[int] = []
    for column, is_label in enumerate(kinds):
        if is_label:
            if figures:
                segments.append(Segment(tuple(labels), tuple(figures)))
                labels, figures = [], []
            labels.append(column)
        else:
            figures.append(column)
    if figures:
        segments.append(Segment(tuple(labels), tuple(figures)))
    return segments, clean


def _rising(grid: Grid, start: int, column: int) -> bool:
    """Tell whether a column counts up by one (行次), blanks and one jump allowed."""
    numbers = [int(text) for cells in grid.rows[start:] if (text := cells[column].text).isdigit()]
    others = [cells[column].text for cells in grid.rows[start:] if cells[column].text]
    if len(numbers) < 3 or len(numbers) < len(others):
        return False
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    return all(step > 0 for step in steps) and sum(step == 1 for step in steps) >= len(steps) * 2 / 3


def _codes_only(grid: Grid, start: int, column: int) -> bool:
    """Tell whether a column without header holds only codes, or only the same digit (codes lost in print)."""
    texts = [text for cells in grid.rows[start:] if (text := cells[column].text)]
    texts = [text for text in texts if look(text) is not Look.TEXT]
    if len(texts) < 2 or not all(text.isdigit() for text in texts):
        return False
    nonzero = {text for text in texts if text.strip("0")}
    following = grid.width > column + 1 and any(
        look(cells[column + 1].text) is Look.TEXT
        or (column + 2 < grid.width and look(cells[column + 2].text) is Look.TEXT)
        for cells in grid.rows[start:]
        if cells[column].text
    )
    return bool(nonzero) and following and (all(is_code(t) or len(t) == 6 for t in texts) or len(nonzero) == 1)


def _plan_codes(grid: Grid, header: Header, table: Table, segments: list[Segment]) -> Plan:
    if not segments:
        raise UnmatchedError("unread.no_columns")
    mappings = []
    for segment in segments:
        mapping = match_columns(header, segment.figures, table.columns, whole=not grid.spans_known)
        if mapping is None:
            mapping = _by_order(header, segment.figures, table.columns)
        if mapping is None:
            raise UnmatchedError("unread.columns_unclear")
        mappings.append(mapping)
    return Plan(header, grid.width, tuple(segments), tuple(mappings))


def _by_order(header: Header, figures: Sequence[int], columns: Sequence[Column]) -> dict[int, Column] | None:
    """Map by order, when there are just as many figure columns as the form has and the header knows most of them."""
    named = "|".join(sorted(header.words))
    wanted = [
        column
        for column in columns
        if not column.optional or any(plain(text.rsplit("/", 1)[-1]) in named for text in column.headers)
    ]
    if len(figures) != len(wanted) or (known_words(header, wanted) < MIN_WORDS and not header.index):
        return None
    return dict(zip(figures, wanted, strict=True))


def _plan_lanes(grid: Grid, header: Header, table: Table, segments: list[Segment], *, clean: bool) -> Plan:
    lanes = table.lanes
    if clean and len(segments) == len(lanes):
        mappings = []
        for segment, lane in zip(segments, lanes, strict=True):
            mapping = match_columns(header, segment.figures, lane.columns) if len(lane.columns) > 1 else None
            mapping = mapping or _by_order(header, segment.figures, lane.columns)
            if mapping is None:
                break
            mappings.append(mapping)
        else:
            return Plan(header, grid.width, tuple(segments), tuple(mappings))
    if grid.spans_known or len(lanes) == 1:
        raise UnmatchedError("unread.columns_unclear")
    slots = _lane_slots(header, lanes)
    return Plan(header, grid.width, (), (), slots)


def _lane_slots(header: Header, lanes: Sequence[Lane]) -> tuple[Slot, ...]:
    """The sequence of cells that a row of this form prints: label, perhaps 行次, figures; lane after lane."""
    numbered = any("行次" in word for word in header.words)
    slots: list[Slot] = []
    for lane in lanes:
        slots.append(Slot(lane.name, "label", most=2, group=True))
        if numbered:
            slots.append(Slot(lane.name, "line"))
        slots.extend(Slot(lane.name, "figure", column.name) for column in lane.columns)
    return tuple(slots)


def rows_of(grid: Grid, plan: Plan, table: Table, *, start: int) -> list[PrintedRow]:
    """Read the rows of a grid from row `start` on, as planned."""
    rows: list[PrintedRow] = []
    groups: dict[str, str] = {}  # per lane, the label of the group that a first label column opened
    for cells in grid.rows[start:]:
        if is_index_row(cells) or not any(cell.raw.strip() for cell in cells):
            continue
        if plan.slots:
            rows.extend(_aligned(cells, plan, groups))
        elif table.layout is Layout.LANES:
            rows.extend(
                _lane_row(cells, segment, mapping, lane, groups)
                for segment, mapping, lane in zip(plan.segments, plan.columns, table.lanes, strict=True)
                if not _covered(cells, segment)
            )
        else:
            blocks = [
                _code_row(cells, segment, mapping, str(number) if len(plan.segments) > 1 else "")
                for number, (segment, mapping) in enumerate(zip(plan.segments, plan.columns, strict=True))
            ]
            rows.extend(_joined_footers(blocks, total_labels(table)))
    return [row for row in rows if row.label or row.code or row.line or any(c.text for _, c in row.cells)]


def _aligned(cells: Sequence[Cell], plan: Plan, groups: dict[str, str]) -> list[PrintedRow]:
    placed = align_row(cells, plan.slots)
    rows: dict[str, PrintedRow] = {}
    for slot, taken in placed:
        row = rows.setdefault(slot.lane, PrintedRow(slot.lane, "", [], cells[0].place))
        if slot.what == "label":
            _set_label(row, [cell.text for cell in taken], groups)
        elif slot.what == "line":
            row.line = _line_number(taken[0].text) if taken else None
        else:
            row.cells.append((slot.column, taken[0] if taken else Cell("", cells[0].place)))
    return list(rows.values())


def _line_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


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


def _covered(cells: Sequence[Cell], segment: Segment) -> bool:
    """Tell whether a label covers the figures too: a total over several lanes prints its figure in the last."""
    labels = {id(cells[position]) for position in segment.labels if cells[position].text}
    return all(id(cells[position]) in labels for position in segment.figures)


def _lane_row(
    cells: Sequence[Cell], segment: Segment, mapping: dict[int, Column], lane: Lane, groups: dict[str, str]
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


def _label_texts(cells: Sequence[Cell], segment: Segment) -> list[str]:
    """The texts of the label columns; a cell merged over several of them is read once, blank places keep theirs."""
    seen: set[int] = set()
    texts = []
    for position in segment.labels:
        cell = cells[position]
        texts.append("" if id(cell) in seen else cell.text)
        seen.add(id(cell))
    return texts


def _code_row(cells: Sequence[Cell], segment: Segment, mapping: dict[int, Column], lane: str) -> PrintedRow:
    row = PrintedRow(lane, "", [], cells[segment.figures[0]].place)
    parts, names, unit = code_parts(_label_texts(cells, segment))
    row.code, row.lost = join_parts(parts)
    row.label, row.unit_code = "".join(names), unit
    row.cells = [(column.name, cells[position]) for position, column in sorted(mapping.items())]
    return row


def _joined_footers(blocks: list[PrintedRow], totals: frozenset[str]) -> list[PrintedRow]:
    """A total whose label spans two blocks prints its figure in the second: put them together."""
    for left, right in itertools.pairwise(blocks):
        empty = not any(cell.text for _, cell in left.cells)
        if plain(left.label) in totals and empty and not (right.label or right.code or right.lost):
            left.cells, right.cells = right.cells, left.cells
    return blocks


def shift_plan(plan: Plan, grid: Grid) -> Plan | None:
    """Fit a plan to a continuation without header, whose left columns were split or dropped; None if it does not fit.

    The columns are counted from the right; every shifted figure column must hold no text.
    """
    offset = grid.width - plan.width
    if plan.slots:
        return plan
    if offset:
        first = plan.segments[0]
        if len(plan.segments) > 1:
            return None
        labels = tuple(range(first.labels[-1] + 1 + offset)) if first.labels else ()
        if first.labels and first.labels[-1] + offset < 0:
            return None
        segment = Segment(labels, tuple(position + offset for position in first.figures))
        if segment.figures and segment.figures[0] < 0:
            return None
        columns = ({position + offset: column for position, column in plan.columns[0].items()},)
        plan = Plan(plan.header, grid.width, (segment,), columns)
    for segment in plan.segments:
        for cells in grid.rows:
            if not is_index_row(cells) and any(look(cells[p].text) is Look.TEXT for p in segment.figures):
                return None
    return plan
