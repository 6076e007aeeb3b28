"""What a selection means in each instance of its rule: positions in the long table, cut into segments by instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.digits import is_digits
from auditor.engine.bind.instances import Instances, row_mask
from auditor.engine.bind.positions import column_numbers, filings_of, row_numbers
from auditor.engine.bind.reasons import (
    leaves_with_figures,
    outside_form,
    reasons_of_state,
    reasons_of_status,
    status_of,
)
from auditor.engine.facts.chunk import Status
from auditor.engine.verdicts import Reason
from auditor.model.row_names import RowName
from auditor.model.tables import Layout
from auditor.rules.contexts import UNITS
from auditor.rules.plan import LEVEL_SETS, ColumnSpec, Ref, Rows

if TYPE_CHECKING:
    from auditor.engine.facts.blocks import Block
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints, Longs


@dataclass(slots=True)
class Segments:
    """A selection bound to instances: positions, the instance of each, rising; and a reason per instance."""

    instance: Ints
    position: Ints
    reason: Bytes
    rows: Ints
    block: Block | None


def bind_selection(ref: Ref, instances: Instances) -> Segments:
    """Bind a selection: all its facts per instance. Rows that are not listed simply do not take part."""
    if ref.context == UNITS:
        return _of_units(ref, instances)
    chunk = instances.chunk
    filing, missing = filings_of(ref, instances)
    block = chunk.block(ref.table)
    status = status_of(ref, chunk, filing)
    reason = reasons_of_status(status)
    reason[missing] = Reason.NO_PARTNER
    if block is None:
        empty = np.zeros(0, dtype=np.int32)
        if _needs_rows(ref, chunk):  # found, and nothing of it was read: what must be printed is missing, not zero
            reason[(status == Status.READ) & (reason == Reason.NONE)] = Reason.MISSING_ROW
        return Segments(empty, empty, reason, empty, None)
    if ref.rows.how is Rows.SET:
        instance, rows = _set_rows(ref, instances, block, filing)
    elif ref.rows.how is Rows.CHILDREN:
        instance, rows = _child_rows(ref, instances)
    else:
        single = row_numbers(ref, instances, block)
        instance = np.nonzero(single >= 0)[0].astype(np.int32)
        rows = single[instance]
    at, row, position = _found(ref, instances, block, instance, rows, filing)
    if not chunk.sound:
        np.maximum.at(reason, at, reasons_of_state(chunk.facts.state[position]))
    if ref.rows.how is Rows.FIXED:
        reason = np.maximum(reason, _lost_row(ref, instances, block, status, at))
    if ref.rows.items and not ref.rows.open:
        _demand(ref, block, filing, status, reason, chunk)
    if chunk.leaves_out(ref.table):
        reason[outside_form(ref, instances, filing) | _all_outside(ref, instances, filing)] = Reason.FOREIGN
    return Segments(at, position, reason, row, block)


def _needs_rows(ref: Ref, chunk: Chunk) -> bool:
    """Whether a selection names rows that no table of its form may leave out."""
    named = chunk.tables[ref.table].named_rows
    names = (ref.rows.text,) if ref.rows.how is Rows.FIXED else ref.rows.items if not ref.rows.open else ()
    return any(name in named and not named[name].optional for name in names)


def _of_units(ref: Ref, instances: Instances) -> Segments:
    """Bind one figure of every unit of a department: all of them, or none with the reason why."""
    chunk = instances.chunk
    units = [chunk.units[filing] for filing in instances.filing.tolist()]
    count = np.array([len(some) for some in units], dtype=np.int64)
    instance = np.repeat(np.arange(len(instances), dtype=np.int32), count)
    filing = np.array([unit for some in units for unit in some], dtype=np.int32)
    reason = np.where(count == 0, np.uint8(Reason.NO_PARTNER), np.uint8(Reason.NONE))
    block = chunk.block(ref.table)
    status = chunk.status(ref.table)[filing]
    np.maximum.at(reason, instance, reasons_of_status(status))
    if block is None:
        empty = np.zeros(0, dtype=np.int32)
        return Segments(empty, empty, reason, empty, None)
    rows = row_numbers(ref, instances, block)[instance]
    columns = column_numbers(ref.columns, instances, block)
    position = np.full(len(instance), -1, dtype=np.int32)
    known = np.nonzero(rows >= 0)[0]
    chosen = columns[instance[known]] if isinstance(columns, np.ndarray) else columns
    position[known] = block.at(chosen, rows[known], filing[known])
    there = position >= 0
    np.maximum.at(reason, instance[there], reasons_of_state(chunk.facts.state[position[there]]))
    lost = ~there & (status == Status.READ)
    if not ref.rows.open:
        np.maximum.at(reason, instance[lost], np.uint8(Reason.MISSING_ROW))
    return Segments(instance[there], position[there], reason, rows[there], block)


def _found(
    ref: Ref, instances: Instances, block: Block, instance: Ints, rows: Ints, filing: Ints
) -> tuple[Ints, Ints, Ints]:
    """The facts that stand in some rows under the columns of a reference: (instance, row, position)."""
    columns = _many_columns(ref.columns, instances, block, instance)
    position = np.stack([block.at(column, rows, filing[instance]) for column in columns], axis=1).ravel()
    at, row = np.repeat(instance, len(columns)), np.repeat(rows, len(columns))
    kept = position >= 0
    if not kept.all():
        at, row, position = at[kept], row[kept], position[kept]
    if block.table.prose and ref.rows.how is Rows.SET:
        kept = _told_first(block, at, row, position, instances.chunk)
        at, row, position = at[kept], row[kept], position[kept]
    return at, row, position


def _told_first(block: Block, at: Ints, row: Ints, position: Ints, chunk: Chunk) -> Flags:
    """Flag the facts of a selection that the text tells for the first time: a subject told twice counts once."""
    plain = block.plain_numbers[row]
    order = np.lexsort((block.occurrence[row], chunk.facts.column[position], plain, at))
    key = np.stack([at[order], plain[order], chunk.facts.column[position][order]])
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(key, axis=1) != 0).any(axis=0)
    out = np.zeros(len(order), dtype=np.bool_)
    out[order] = new
    return out


def _lost_row(ref: Ref, instances: Instances, block: Block, status: Bytes, at: Ints) -> Bytes:
    """MISSING_ROW where the one row that a selection names is not printed, unless it may be left out."""
    row = block.table.named_rows.get(ref.rows.text)
    there = np.bincount(at, minlength=len(instances)) > 0
    if row is None or row.optional:
        there[:] = True
    return np.where((status == Status.READ) & ~there, Reason.MISSING_ROW, Reason.NONE).astype(np.uint8)


def _all_outside(ref: Ref, instances: Instances, filing: Ints) -> Flags:
    """Per instance: whether the form leaves out every row, or every column, that a selection names."""
    chunk, safe = instances.chunk, np.maximum(filing, 0)
    out = np.zeros(len(instances), dtype=np.bool_)
    for names in (ref.rows.items, ref.columns.names if ref.columns.many else ()):
        flags = [chunk.left_out(ref.table, name) for name in names]
        known = [flag for flag in flags if flag is not None]
        if names and len(known) == len(names):
            out |= np.logical_and.reduce(known)[safe]
    return out


def _demand(ref: Ref, block: Block, filing: Ints, status: Bytes, reason: Bytes, chunk: Chunk) -> None:
    """Rows that a group names one by one must all be printed, where the form prints them."""
    fine = (status == Status.READ) & (filing >= 0)
    for item in ref.rows.items:
        row = block.table.named_rows.get(item)
        if row is not None and row.optional:
            continue
        number = block.row_of.get(item, -1)
        there = block.present[number, np.maximum(filing, 0)] if number >= 0 else np.zeros(len(filing), dtype=np.bool_)
        lost = fine & ~there
        outside = chunk.left_out(ref.table, item)
        if outside is not None:
            lost &= ~outside[np.maximum(filing, 0)]
        reason[lost] = np.maximum(reason[lost], np.uint8(Reason.MISSING_ROW))


def _many_columns(spec: ColumnSpec, instances: Instances, block: Block, instance: Ints) -> list[int | Ints]:
    """The columns of a selection: one number for all lines, or a number per line."""
    if spec.many:
        return [block.column_of[name] for name in spec.names]
    one = column_numbers(spec, instances, block)
    return [one[instance] if isinstance(one, np.ndarray) else one]


def _set_rows(ref: Ref, instances: Instances, block: Block, filing: Ints) -> tuple[Ints, Ints]:
    """All printed rows of a set, per instance: (instance, row), rising by instance."""
    variables = ref.rows.variables
    if not variables:
        return _rows_per_instance(block, row_mask(block, ref.rows, instances.chunk), filing)
    texts, numbers = instances.values[variables[0]]
    out_instance: list[Ints] = []
    out_rows: list[Ints] = []
    for number, text in enumerate(texts):
        chosen = np.nonzero(numbers == number)[0].astype(np.int32)
        if len(chosen):
            prefix = ref.rows.prefix.replace("{" + variables[0] + "}", text)
            at, rows = _rows_per_instance(block, row_mask(block, ref.rows, instances.chunk, prefix), filing[chosen])
            out_instance.append(chosen[at])
            out_rows.append(rows)
    if not out_rows:
        empty = np.zeros(0, dtype=np.int32)
        return empty, empty
    instance, rows = np.concatenate(out_instance), np.concatenate(out_rows)
    order = np.argsort(instance, kind="stable")
    return instance[order], rows[order]


def _rows_per_instance(block: Block, mask: Flags, filing: Ints) -> tuple[Ints, Ints]:
    rows, filings = block.pairs
    kept = mask[rows]
    rows = rows[kept]
    size = block.present.shape[1]
    start = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(filings[kept], minlength=size), out=start[1:])
    safe = np.maximum(filing, 0)
    count = np.where(filing >= 0, start[safe + 1] - start[safe], 0)
    return _expand(start[safe], count, rows)


def _expand(first: Longs, count: Longs, values: Ints) -> tuple[Ints, Ints]:
    """Cut `values[first[i] : first[i] + count[i]]` for every i: (i, value) flattened."""
    total = int(count.sum())
    instance = np.repeat(np.arange(len(count), dtype=np.int32), count)
    offset = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    return instance, values[np.repeat(first, count) + offset]


def _child_rows(ref: Ref, instances: Instances) -> tuple[Ints, Ints]:
    tree = instances.chunk.tree(ref.table)
    assert tree is not None
    assert instances.rows is not None
    number = tree.number[instances.rows, instances.filing]
    safe = np.maximum(number, 0)
    if not len(tree.row):
        empty = np.zeros(0, dtype=np.int32)
        return empty, empty
    count = np.where(number >= 0, tree.start[safe + 1] - tree.start[safe], 0)
    return _expand(tree.start[safe], count, tree.child)


def doubtful(ref: Ref, instances: Instances) -> Flags:
    """Per instance: whether the rows of a selection may be more than were read, or some be counted twice.

    A row there has no name, or the table lists several units, perhaps below the sums of all.
    """
    none = np.zeros(len(instances), dtype=np.bool_)
    if ref.rows.how not in (Rows.SET, Rows.CHILDREN) or ref.context == UNITS:
        return none
    head = RowName.parse(ref.rows.prefix or (ref.rows.items or ("",))[0]).head
    lane = head if head in instances.chunk.tables[ref.table].lane_by_name else ""
    flags = instances.chunk.unknown_rows(ref.table, lane)
    block = instances.chunk.block(ref.table)
    codes = ref.rows.how is Rows.SET and ref.rows.text != "各单位行"
    if block is not None and codes and block.several_units.any():
        flags = block.several_units if flags is None else flags | block.several_units
    filing, _ = filings_of(ref, instances)
    short = none if block is None else _stops_short(ref, instances, block, np.maximum(filing, 0))
    return short if flags is None else np.asarray(flags[np.maximum(filing, 0)] | short)


def _stops_short(ref: Ref, instances: Instances, block: Block, filing: Ints) -> Flags:
    """Per instance: whether a figure stands above the level that is added up, and nowhere below it (款 without 项)."""
    out = np.zeros(len(instances), dtype=np.bool_)
    chunk = instances.chunk
    if ref.rows.text not in LEVEL_SETS or block.table.layout is not Layout.CODES:
        return out
    wanted = chunk.book.taxonomies[block.table.codes].levels[LEVEL_SETS[ref.rows.text]]
    above = np.array([is_digits(name) and len(name) < wanted for name in block.plain_rows], dtype=np.bool_)
    ends = above[:, None] & leaves_with_figures(ref.table, block, chunk)
    if not ends.any():
        return out
    variable = ref.rows.variables[0] if ref.rows.variables else ""
    texts, numbers = instances.values[variable] if variable else ([""], np.zeros(len(instances), dtype=np.int32))
    for number, text in enumerate(texts):
        prefix = ref.rows.prefix.replace("{" + variable + "}", text)
        inside = np.array([name.startswith(prefix) for name in block.plain_rows], dtype=np.bool_)
        out |= (numbers == number) & np.asarray(ends[inside].any(axis=0))[filing]
    return out


def unsure_rows(ref: Ref, instances: Instances) -> Flags:
    """Per instance: whether rows that a reference means may be among those that were read without a name."""
    chunk = instances.chunk
    head = (ref.rows.prefix or (ref.rows.items or (ref.rows.text,))[0]).split("/", 1)[0]
    flags = chunk.unknown_rows(ref.table, head if head in chunk.tables[ref.table].lane_by_name else "")
    if flags is None:
        return np.zeros(len(instances), dtype=np.bool_)
    filing, _ = filings_of(ref, instances)
    return np.asarray(flags[np.maximum(filing, 0)])


def unprinted(ref: Ref, instances: Instances) -> Flags:
    """Per instance: whether columns may be lacking from a selection.

    One that the form prints stands nowhere in the table, or figures stand under columns that the form does not know.
    """
    block = instances.chunk.block(ref.table)
    if block is None or ref.columns.variable or ref.columns.loop or ref.context == UNITS or block.table.prose:
        return np.zeros(len(instances), dtype=np.bool_)
    optional = {column.name for column in block.table.all_columns if column.optional}
    filing, _ = filings_of(ref, instances)
    lacking = instances.chunk.unknown_columns(ref.table) & ref.columns.many
    for name in ref.columns.names:
        if name not in optional:
            outside = instances.chunk.left_out(ref.table, name)
            absent = ~block.printed_columns[block.column_of[name]]
            lacking |= absent if outside is None else absent & ~outside
    return np.asarray(lacking[np.maximum(filing, 0)])
