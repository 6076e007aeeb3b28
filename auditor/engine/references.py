"""What the references of a rule mean in each of its instances.

A reference to one fact becomes a position in the long table per instance (−1: no fact) and a reason; a selection
becomes a list of positions cut into segments by instance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.chunk import UNITS, Status
from auditor.engine.facttable import STATE_CODE
from auditor.engine.instances import Instances, row_mask
from auditor.engine.verdicts import Reason
from auditor.forms.codes import BY_NAME
from auditor.numbers import State
from auditor.rules.plan import ColumnSpec, Ref, Rows

if TYPE_CHECKING:
    from auditor.engine.blocks import Block
    from auditor.engine.chunk import Chunk
    from auditor.engine.facttable import Bytes, Flags, Ints, Longs
    from auditor.forms.tables import Table

_REASON_OF_STATE = np.zeros(len(STATE_CODE), dtype=np.uint8)
_REASON_OF_STATE[STATE_CODE[State.MARK]] = Reason.MARK
_REASON_OF_STATE[STATE_CODE[State.HIDDEN]] = Reason.HIDDEN
_REASON_OF_STATE[STATE_CODE[State.UNREADABLE]] = Reason.UNREADABLE
_REASON_OF_STATE[STATE_CODE[State.MISSING]] = Reason.MISSING_ROW

_REASON_OF_STATUS = np.zeros(len(Status), dtype=np.uint8)
_REASON_OF_STATUS[Status.FOREIGN] = Reason.FOREIGN
_REASON_OF_STATUS[Status.MISSING] = Reason.MISSING_TABLE
_REASON_OF_STATUS[Status.UNREAD] = Reason.UNREAD_TABLE
_REASON_OF_STATUS[Status.PARTIAL] = Reason.UNREADABLE


@dataclass(slots=True)
class Bound:
    """One reference bound to instances: a position in the long table (−1: no fact) and a reason (0: usable)."""

    position: Ints
    reason: Bytes


@dataclass(slots=True)
class Segments:
    """A selection bound to instances: positions, the instance of each, rising; and a reason per instance."""

    instance: Ints
    position: Ints
    reason: Bytes
    rows: Ints
    block: Block | None


# -- references -------------------------------------------------------------------------------------------------


def bind_ref(ref: Ref, instances: Instances) -> Bound:
    """Bind a reference to one fact per instance."""
    chunk = instances.chunk
    filing, missing = filings_of(ref, instances)
    block = chunk.block(ref.table)
    position = np.full(len(instances), -1, dtype=np.int32)
    rows = position
    if block is not None and ref.rows.how is Rows.FIRST:
        position, rows = _first_told(ref, instances, block, filing)
    elif block is not None:
        rows = _row_numbers(ref, instances, block)
        columns = column_numbers(ref.columns, instances, block)
        known = (rows >= 0) & (filing >= 0)
        if known.all():
            position = block.at(columns, rows, filing)
        else:
            usable = np.nonzero(known)[0]
            chosen = columns[usable] if isinstance(columns, np.ndarray) else columns
            position[usable] = block.at(chosen, rows[usable], filing[usable])
    reason = np.zeros(len(instances), dtype=np.uint8)
    if not chunk.sound:
        hit = position >= 0
        reason[hit] = _REASON_OF_STATE[chunk.facts.state[position[hit]]]
    if block is not None and ref.occurrence == 1 and ref.rows.how in (Rows.FIXED, Rows.TEMPLATE):
        reason[_repeated(block, rows, filing)] = Reason.REPEATED
    lost = np.nonzero(position < 0)[0]
    if len(lost):
        reason[lost] = _why_not(ref, instances, block, rows[lost], filing[lost])
        if ref.rows.open:
            unsure = lost[(reason[lost] == Reason.NONE) & (rows[lost] < 0)]
            reason[unsure[_may_be_unread(ref, instances, block, unsure, filing[unsure])]] = Reason.UNREAD_ROW
        if chunk.leaves_out(ref.table):
            reason[(position < 0) & _outside(ref, instances, filing)] = Reason.FOREIGN
    reason[missing] = Reason.NO_PARTNER
    return Bound(position, reason)


def _first_told(ref: Ref, instances: Instances, block: Block, filing: Ints) -> tuple[Ints, Ints]:
    """Where the row of each instance is told first with its column: the fact (−1: not before) and its own row."""
    assert instances.rows is not None
    columns = column_numbers(ref.columns, instances, block)
    own = block.at(columns, instances.rows, filing)
    first = block.first_told[columns, block.plain_numbers[instances.rows], filing]
    return np.where(first == own, -1, first).astype(np.int32), instances.rows


def _why_not(ref: Ref, instances: Instances, block: Block | None, rows: Ints, filing: Ints) -> Bytes:
    """Why no fact stands at an address: what became of the table, else a row or column not listed, or missing."""
    status = _status(ref, instances.chunk, filing)
    row = _open_reason(ref, instances) if ref.rows.open else Reason.MISSING_ROW
    reason = np.where(status == Status.READ, row, _REASON_OF_STATUS[status]).astype(np.uint8)
    if block is None:
        return reason
    there = np.nonzero((rows >= 0) & (filing >= 0) & (status == Status.READ))[0]
    printed = there[block.present[rows[there], filing[there]]]
    if block.table.prose:  # what the text does not say is not zero
        reason[printed] = Reason.SKIPPED
        return reason
    optional = any(c.optional for c in block.table.all_columns if c.name in ref.columns.names)
    reason[printed] = Reason.NONE if optional else Reason.MISSING_COLUMN
    return reason


def _repeated(block: Block, rows: Ints, filing: Ints) -> Flags:
    """Per instance: whether the row of a code may be that of one unit, with more of the code in other rows."""
    safe = np.maximum(filing, 0)
    out = np.asarray(block.several_units[safe] & (rows >= 0) & block.codes[np.maximum(rows, 0)])
    if (block.again >= 0).any():
        again = block.again[np.maximum(rows, 0)]
        out |= (rows >= 0) & (again >= 0) & block.present[np.maximum(again, 0), safe]
    return out & (filing >= 0)


def _may_be_unread(ref: Ref, instances: Instances, block: Block | None, at: Longs, filing: Ints) -> Flags:
    """For codes that no row lists: whether one of the rows that no code names (or a name only) may be meant."""
    chunk, safe = instances.chunk, np.maximum(filing, 0)
    head = (ref.rows.prefix or ref.rows.text).split("/", 1)[0]
    flags = chunk.unknown_rows(ref.table, head if head in chunk.tables[ref.table].lane_by_name else "")
    out = np.zeros(len(at), dtype=np.bool_) if flags is None else flags[safe].copy()
    if block is not None:
        named = [number for number, name in enumerate(block.plain_rows) if BY_NAME in name]
        if named:
            out |= np.asarray(block.present[named].any(axis=0))[safe]
    for texts, numbers in instances.values.values():
        out |= np.isin(numbers[at], [number for number, text in enumerate(texts) if BY_NAME in text])
    return out


def _status(ref: Ref, chunk: Chunk, filing: Ints) -> Bytes:
    """What became of the table of a reference. Of a text with gaps each claim that was read counts; sums do not."""
    status = chunk.status(ref.table)[np.maximum(filing, 0)]
    if chunk.tables[ref.table].prose and ref.rows.how is not Rows.SET:
        status = np.where(status == Status.PARTIAL, np.uint8(Status.READ), status)
    return np.asarray(status)


def _outside(ref: Ref, instances: Instances, filing: Ints) -> Flags:
    """Per instance: whether the form of the filing leaves out the lane, row or column that a reference means."""
    chunk = instances.chunk
    out = np.zeros(len(instances), dtype=np.bool_)
    safe = np.maximum(filing, 0)
    names = _fixed_names(ref, chunk.tables[ref.table])
    block = chunk.block(ref.table)
    if block is not None and (ref.columns.variable or ref.columns.loop):
        numbers = column_numbers(ref.columns, instances, block)
        for number, name in enumerate(block.columns):
            flags = chunk.left_out(ref.table, name)
            if flags is not None:
                out |= flags[safe] & (numbers == number)
    elif not ref.columns.many:
        names = [*names, *ref.columns.names]
    for name in names:
        flags = chunk.left_out(ref.table, name)
        if flags is not None:
            out |= flags[safe]
    if ref.rows.how is Rows.TEMPLATE and len(ref.rows.variables) == 1 and ref.rows.variables[0] in instances.values:
        variable = ref.rows.variables[0]
        texts, which = instances.values[variable]
        for number, text in enumerate(texts):
            flags = chunk.left_out(ref.table, ref.rows.text.replace("{" + variable + "}", text))
            if flags is not None:
                out |= flags[safe] & (which == number)
    return out


def _fixed_names(ref: Ref, table: Table) -> list[str]:
    """The lane and row names that a reference means in every instance."""
    spec = ref.rows
    head = (spec.prefix or spec.text).split("/", 1)[0]
    names = [head] if head in table.lane_by_name else []
    return [*names, spec.text] if spec.how is Rows.FIXED else names


def reasons_of_status(status: Bytes) -> Bytes:
    """Why a table of this status cannot be used (NONE where it was read)."""
    return _REASON_OF_STATUS[status]


def row_numbers(ref: Ref, instances: Instances, block: Block) -> Ints:
    """The row that a reference to one row means in each instance, as a number in the block's pool (−1: none)."""
    return _row_numbers(ref, instances, block)


def filings_of(ref: Ref, instances: Instances) -> tuple[Ints, Flags]:
    """The filing in which a reference looks: the instance's own, or its partner."""
    if not ref.context:
        return instances.filing, np.zeros(len(instances), dtype=np.bool_)
    partners = instances.chunk.partners.get(ref.context)
    if partners is None:  # @各单位 means many filings: sums of it are bound by `_of_units`
        none = np.full(len(instances), -1, dtype=np.int32)
        return none, np.ones(len(instances), dtype=np.bool_)
    filing = partners[instances.filing]
    return filing, filing < 0


def _open_reason(ref: Ref, instances: Instances) -> Reason:
    """What a code that is not listed means to this rule: nothing (counts as zero), skip, or missing."""
    absent = instances.plan.rule.absent or instances.chunk.tables[ref.table].absent
    return {"zero": Reason.NONE, "skip": Reason.SKIPPED, "required": Reason.MISSING_ROW}[absent]


def _row_numbers(ref: Ref, instances: Instances, block: Block) -> Ints:
    """The row of each instance in the block's pool (−1: no filing of the chunk prints it)."""
    size = len(instances)
    spec = ref.rows
    if spec.how in (Rows.LOOP, Rows.FIRST):
        assert instances.rows is not None
        rows = _across(instances, block) if ref.table != _loop_table(instances) else instances.rows
    elif spec.how is Rows.FIXED:
        name = spec.text if ref.occurrence == 1 else f"{spec.text}#{ref.occurrence}"
        rows = np.full(size, block.row_of.get(name, -1), dtype=np.int32)
    elif spec.how is Rows.ABOVE:
        rows = _ancestor_rows(spec.text, instances, block)
    else:
        rows = _template_rows(spec.text, spec.variables, instances, block, ref.occurrence)
    return rows


def _loop_table(instances: Instances) -> str:
    plan = instances.plan
    return instances.selected or (plan.rows.table if plan.rows is not None else plan.table)


def _across(instances: Instances, block: Block) -> Ints:
    """The row of the same name in another table than the loop's."""
    assert instances.rows is not None
    source = instances.chunk.block(_loop_table(instances))
    assert source is not None
    translation = np.array([block.row_of.get(name, -1) for name in source.rows] or [-1], dtype=np.int32)
    return translation[instances.rows]


def _ancestor_rows(level: str, instances: Instances, block: Block) -> Ints:
    assert instances.rows is not None
    length = instances.chunk.book.taxonomies[block.table.codes].levels.get(level, 0)
    above = np.full(max(1, len(block.rows)), -1, dtype=np.int32)
    for number, name in enumerate(block.plain_rows):
        if name[:1].isdigit() and len(name.split("·", 1)[0]) >= length:
            above[number] = block.row_of.get(name[:length], -1)
    return above[instances.rows]


def _template_rows(text: str, variables: tuple[str, ...], instances: Instances, block: Block, occurrence: int) -> Ints:
    """Fill `{x}` by the value of each instance and look the rows up, once per distinct value."""
    values = instances.values
    if len(variables) == 1 and variables[0] in values:
        texts, numbers = values[variables[0]]
        mark = "{" + variables[0] + "}"
        names = [text.replace(mark, value) for value in texts]
        suffix = "" if occurrence == 1 else f"#{occurrence}"
        lookup = np.array([block.row_of.get(name + suffix, -1) for name in names] or [-1], dtype=np.int32)
        return lookup[numbers]
    out = np.full(len(instances), -1, dtype=np.int32)
    source = instances.chunk.block(_loop_table(instances)) if "row" in variables else None
    for number in range(len(instances)):
        name = text
        for variable in variables:
            if variable == "row" and source is not None and instances.rows is not None:
                value = source.plain_rows[int(instances.rows[number])]
            else:
                texts, numbers = values[variable]
                value = texts[int(numbers[number])]
            name = name.replace("{" + variable + "}", value)
        out[number] = block.row_of.get(name, -1)
    return out


def column_numbers(spec: ColumnSpec, instances: Instances, block: Block) -> Ints | int:
    """The column of a block that a reference to one column means: in each instance, or in all."""
    if spec.loop:
        assert instances.columns is not None
        return instances.columns
    if spec.variable:
        numbers = np.array([block.column_of[name] for name in spec.names], dtype=np.int32)
        return numbers[instances.values[spec.variable][1]]
    return block.column_of[spec.names[0]]


# -- selections -------------------------------------------------------------------------------------------------


def bind_selection(ref: Ref, instances: Instances) -> Segments:
    """Bind a selection: all its facts per instance. Rows that are not listed simply do not take part."""
    if ref.context == UNITS:
        return _of_units(ref, instances)
    chunk = instances.chunk
    filing, missing = filings_of(ref, instances)
    block = chunk.block(ref.table)
    status = _status(ref, chunk, filing)
    reason = _REASON_OF_STATUS[status].astype(np.uint8)
    reason[missing] = Reason.NO_PARTNER
    if block is None:
        empty = np.zeros(0, dtype=np.int32)
        return Segments(empty, empty, reason, empty, None)
    if ref.rows.how is Rows.SET:
        instance, rows = _set_rows(ref, instances, block, filing)
    elif ref.rows.how is Rows.CHILDREN:
        instance, rows = _child_rows(ref, instances)
    else:
        single = _row_numbers(ref, instances, block)
        instance = np.nonzero(single >= 0)[0].astype(np.int32)
        rows = single[instance]
    at, row, position = _found(ref, instances, block, instance, rows, filing)
    if not chunk.sound:
        np.maximum.at(reason, at, _REASON_OF_STATE[chunk.facts.state[position]])
    if ref.rows.how is Rows.FIXED:
        reason = np.maximum(reason, _lost_row(ref, instances, block, status, at))
    if ref.rows.items and not ref.rows.open:
        _demand(ref, block, filing, status, reason, chunk)
    if chunk.leaves_out(ref.table):
        reason[_outside(ref, instances, filing) | _all_outside(ref, instances, filing)] = Reason.FOREIGN
    return Segments(at, position, reason, row, block)


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
    np.maximum.at(reason, instance, _REASON_OF_STATUS[status].astype(np.uint8))
    if block is None:
        empty = np.zeros(0, dtype=np.int32)
        return Segments(empty, empty, reason, empty, None)
    rows = _row_numbers(ref, instances, block)[instance]
    columns = column_numbers(ref.columns, instances, block)
    position = np.full(len(instance), -1, dtype=np.int32)
    known = np.nonzero(rows >= 0)[0]
    chosen = columns[instance[known]] if isinstance(columns, np.ndarray) else columns
    position[known] = block.at(chosen, rows[known], filing[known])
    there = position >= 0
    np.maximum.at(reason, instance[there], _REASON_OF_STATE[chunk.facts.state[position[there]]])
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


def doubtful(ref: Ref, instances: Instances) -> Flags:
    """Per instance: whether the rows of a selection may be more than were read, or some be counted twice.

    A row there has no name, or the table lists several units, perhaps below the sums of all.
    """
    none = np.zeros(len(instances), dtype=np.bool_)
    if ref.rows.how not in (Rows.SET, Rows.CHILDREN):
        return none
    head = (ref.rows.prefix or (ref.rows.items or ("",))[0]).split("/", 1)[0]
    lane = head if head in instances.chunk.tables[ref.table].lane_by_name else ""
    flags = instances.chunk.unknown_rows(ref.table, lane)
    block = instances.chunk.block(ref.table)
    codes = ref.rows.how is Rows.SET and ref.rows.text != "各单位行"
    if block is not None and codes and block.several_units.any():
        flags = block.several_units if flags is None else flags | block.several_units
    if flags is None:
        return none
    filing, _ = filings_of(ref, instances)
    return np.asarray(flags[np.maximum(filing, 0)])


def unprinted(ref: Ref, instances: Instances) -> Flags:
    """Per instance: whether columns may be lacking from a selection of several.

    One that the form prints stands nowhere in the table, or figures stand under columns that the form does not know.
    """
    block = instances.chunk.block(ref.table)
    if block is None or not ref.columns.many:
        return np.zeros(len(instances), dtype=np.bool_)
    optional = {column.name for column in block.table.all_columns if column.optional}
    filing, _ = filings_of(ref, instances)
    lacking = instances.chunk.unknown_columns(ref.table)
    for name in ref.columns.names:
        if name not in optional:
            outside = instances.chunk.left_out(ref.table, name)
            absent = ~block.printed_columns[block.column_of[name]]
            lacking |= absent if outside is None else absent & ~outside
    return np.asarray(lacking[np.maximum(filing, 0)])


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
