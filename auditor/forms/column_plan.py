"""Decide how the columns of a grid are to be read as a standard table: the lane and the columns of every segment."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from auditor.forms.column_match import (
    Header,
    Look,
    in_order,
    is_index_row,
    known_words,
    look,
    match_columns,
    names_others,
    read_header,
    side_by_side,
)
from auditor.forms.column_segments import (
    ColumnSegment,
    labels_known,
    lanes_by_labels,
    of_codes,
    printed_labels,
    segments_of,
)
from auditor.forms.grid_rows import aligned
from auditor.forms.header_rows import header_height
from auditor.forms.read_plan import GridPlan, UnmatchedError
from auditor.forms.row_alignment import Slot
from auditor.model.labels import plain
from auditor.model.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Cell, Grid
    from auditor.model.tables import Column, Lane, Table

MIN_WORDS = 0.5  # share of the form's columns whose words the header must show
MOST_WORDS = 0.75  # the same where rows are shifted, so that the order of the columns decides


def plan_grid(grid: Grid, table: Table) -> GridPlan:
    """Decide how to read a grid as a standard table of lanes or codes. Raises `UnmatchedError`."""
    header = read_header(grid, header_height(grid, table))
    every = [column for lane in table.lanes for column in lane.columns] or list(table.columns)
    segments, clean = segments_of(grid, header, coded=table.layout is Layout.CODES)
    known = known_words(header, every) >= MIN_WORDS or len(header.index) >= len(every)
    known = known or (table.layout is Layout.LANES and _labels_told(grid, header, segments, table))
    if not known and not (grid.spans_known and _certain(header, segments, every)):
        raise UnmatchedError("unread.header_differs")
    if table.layout is Layout.LANES:
        return _plan_lanes(grid, header, table, segments, clean=clean)
    return _plan_codes(grid, header, table, segments)


def _labels_told(grid: Grid, header: Header, segments: Sequence[ColumnSegment], table: Table) -> bool:
    """Whether the labels of the rows tell each lane, so that headers such as 金额 need not."""
    if len(segments) != len(table.lanes):
        return False
    printed = printed_labels(grid, header, segments)
    lanes = lanes_by_labels(printed, table.lanes)
    known = [labels_known(labels, lane) for labels, lane in zip(printed, lanes, strict=True)]
    return all(hits >= max(2, len(labels) * MIN_WORDS) for hits, labels in zip(known, printed, strict=True))


def _certain(header: Header, segments: Sequence[ColumnSegment], columns: Sequence[Column]) -> bool:
    """Whether the header leaves no doubt about any of the figure columns, although the form has more."""
    return bool(segments) and all(match_columns(header, part.figures, columns, whole=False) for part in segments)


def _plan_codes(grid: Grid, header: Header, table: Table, segments: list[ColumnSegment]) -> GridPlan:
    if not segments:
        raise UnmatchedError("unread.no_columns")
    if any(_classifications(header, segment) > 1 for segment in segments):
        raise UnmatchedError("unread.two_classifications")
    segments = [of_codes(segment, header) for segment in segments]
    mappings = []
    for segment in segments:
        mapping = match_columns(header, segment.figures, table.columns, whole=not grid.spans_known)
        if mapping is None:
            mapping = _by_order(header, segment.figures, table.columns, table.unprinted)
        if mapping is None:
            raise UnmatchedError("unread.columns_unclear")
        mappings.append(mapping)
    return GridPlan(header, grid.width, tuple(segments), tuple(mappings))


def _classifications(header: Header, segment: ColumnSegment) -> int:
    """How many classifications a row is labelled by: runs of columns with codes of items, names between them."""
    found, before = 0, False
    for column in segment.labels:
        path = header.paths[column]
        coded = any("科目编码" in text or "科目代码" in text for text in path) or path[-1:] in CODE_PARTS
        found += coded and not before
        before = coded
    return found


CODE_PARTS = (("类",), ("款",), ("项",))


def _by_order(
    header: Header,
    figures: Sequence[int],
    columns: Sequence[Column],
    others: Sequence[Column],
    *,
    told: bool = False,
) -> dict[int, Column] | None:
    """Map by order, when there are just as many figure columns as the form has and the header knows most of them.

    The words that the header does print must come in this order, and none of them name a column that the form lacks.
    The only column of a lane needs no words where the lane is `told` by its rows.
    """
    named = "|".join(sorted(header.words))
    wanted = [
        column
        for column in columns
        if not column.optional or any(plain(text.rsplit("/", 1)[-1]) in named for text in column.headers)
    ]
    alone = told and len(wanted) == 1
    if len(figures) != len(wanted) or (known_words(header, wanted) < MIN_WORDS and not (header.index or alone)):
        return None
    if len(wanted) > 1 and (not in_order(header, wanted) or names_others(header, wanted, others)):
        return None
    return dict(zip(figures, wanted, strict=True))


def _plan_lanes(grid: Grid, header: Header, table: Table, segments: list[ColumnSegment], *, clean: bool) -> GridPlan:
    lanes = table.lanes
    if clean and len(segments) == len(lanes):
        mappings = []
        lanes = lanes_by_labels(printed_labels(grid, header, segments), lanes)
        for segment, lane in zip(segments, lanes, strict=True):
            mapping = match_columns(header, segment.figures, lane.columns) if len(lane.columns) > 1 else None
            mapping = mapping or _by_order(header, segment.figures, lane.columns, table.unprinted, told=True)
            if mapping is None:
                break
            mappings.append(mapping)
        else:
            return GridPlan(header, grid.width, tuple(segments), tuple(mappings), tuple(lanes))
    if grid.spans_known or len(lanes) == 1:
        raise UnmatchedError("unread.columns_unclear")
    lanes = _lanes_by_alignment(grid, header, table.lanes)
    every = [column for lane in lanes for column in lane.columns]
    named = all(len(lane.columns) == 1 or known_words(header, lane.columns) >= MOST_WORDS for lane in lanes)
    sure = named and in_order(header, every) and side_by_side(header, every)
    if not sure or names_others(header, every, table.unprinted):
        raise UnmatchedError("unread.columns_unclear")
    return GridPlan(header, grid.width, (), (), slots=_lane_slots(header, lanes))


def _lanes_by_alignment(grid: Grid, header: Header, lanes: Sequence[Lane]) -> tuple[Lane, ...]:
    """The lanes in the order of print, where rows are shifted: as in the form, unless another order names more rows."""

    def fitting(order: Sequence[Lane]) -> int:
        slots = _lane_slots(header, order)
        printed: dict[str, set[str]] = {lane.name: set() for lane in order}
        for cells in grid.rows[header.rows :]:
            for row in aligned(cells, slots, {}):
                printed[row.lane].add(plain(row.label))
        return sum(labels_known(printed[lane.name], lane) for lane in order)

    return max(itertools.permutations(lanes), key=fitting)


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


def shift_plan(plan: GridPlan, grid: Grid) -> GridPlan | None:
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
        moved = frozenset(position + offset for position in first.units)
        segment = ColumnSegment(labels, tuple(position + offset for position in first.figures), moved)
        if segment.figures and segment.figures[0] < 0:
            return None
        columns = ({position + offset: column for position, column in plan.columns[0].items()},)
        plan = GridPlan(plan.header, grid.width, (segment,), columns, plan.lanes)
    for segment in plan.segments:
        for cells in grid.rows:
            if not is_index_row(cells) and any(_is_text(cells, position) for position in segment.figures):
                return None
    return plan


def _is_text(cells: Sequence[Cell], position: int) -> bool:
    """Whether a place holds text of its own: a label may spread over the figures of lanes that end before it."""
    covered = position > 0 and cells[position - 1] is cells[position]
    return not covered and look(cells[position].text) is Look.TEXT
