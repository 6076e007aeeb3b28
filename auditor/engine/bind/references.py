"""What a reference to one fact means in each instance of its rule: a position in the long table, and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.digits import is_digits
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
from auditor.forms.codes import BY_NAME
from auditor.model.row_names import RowName
from auditor.model.tables import Layout
from auditor.rules.plan import Ref, Rows

if TYPE_CHECKING:
    from auditor.engine.bind.instances import Instances
    from auditor.engine.facts.blocks import Block
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints, Longs


@dataclass(slots=True)
class BoundReference:
    """One reference bound to instances: a position in the long table (−1: no fact) and a reason (0: usable)."""

    position: Ints
    reason: Bytes


def bind_ref(ref: Ref, instances: Instances) -> BoundReference:
    """Bind a reference to one fact per instance."""
    chunk = instances.chunk
    filing, missing = filings_of(ref, instances)
    block = chunk.block(ref.table)
    position = np.full(len(instances), -1, dtype=np.int32)
    rows = position
    if block is not None and ref.rows.how is Rows.FIRST:
        position, rows = _first_told(ref, instances, block, filing)
    elif block is not None:
        rows = row_numbers(ref, instances, block)
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
        reason[hit] = reasons_of_state(chunk.facts.state[position[hit]])
    if block is not None and ref.occurrence == 1 and ref.rows.how in (Rows.FIXED, Rows.TEMPLATE):
        reason[_repeated(block, rows, filing)] = Reason.REPEATED
    lost = np.nonzero(position < 0)[0]
    if len(lost):
        reason[lost] = _why_not(ref, instances, block, rows[lost], filing[lost])
        if ref.rows.open:
            unsure = lost[(reason[lost] == Reason.NONE) & (rows[lost] < 0)]
            reason[unsure[_may_be_unread(ref, instances, block, unsure, filing[unsure])]] = Reason.UNREAD_ROW
            reason[unsure[_stops_above(ref, instances, block, unsure, filing[unsure])]] = Reason.UNREAD_ROW
        if chunk.leaves_out(ref.table):
            reason[(position < 0) & outside_form(ref, instances, filing)] = Reason.FOREIGN
    reason[missing] = Reason.NO_PARTNER
    return BoundReference(position, reason)


def unprinted_column(ref: Ref, instances: Instances, bound: BoundReference, *, alone: bool) -> Flags:
    """Per instance: whether a figure that counts as nothing may be somewhere else than under its column.

    The column is optional and no row of the filing's table has it. Within one table that was understood whole it adds
    nothing; it is unknown beside figures under columns that the form does not know, and against another table.
    """
    gone = (bound.position < 0) & (bound.reason == Reason.NONE)
    block = instances.chunk.block(ref.table)
    if block is None or block.table.prose or not gone.any() or ref.columns.many:
        return np.zeros_like(gone)
    filing, _ = filings_of(ref, instances)
    safe = np.maximum(filing, 0)
    columns = column_numbers(ref.columns, instances, block)
    gone &= ~block.printed_columns[columns, safe]
    return np.asarray(gone & instances.chunk.unknown_columns(ref.table)[safe] if alone else gone)


def _first_told(ref: Ref, instances: Instances, block: Block, filing: Ints) -> tuple[Ints, Ints]:
    """Where the row of each instance is told first with its column: the fact (−1: not before) and its own row."""
    assert instances.rows is not None
    columns = column_numbers(ref.columns, instances, block)
    own = block.at(columns, instances.rows, filing)
    first = block.first_told[columns, block.plain_numbers[instances.rows], filing]
    return np.where(first == own, -1, first).astype(np.int32), instances.rows


def _why_not(ref: Ref, instances: Instances, block: Block | None, rows: Ints, filing: Ints) -> Bytes:
    """Why no fact stands at an address: what became of the table, else a row or column not listed, or missing."""
    status = status_of(ref, instances.chunk, filing)
    row = _open_reason(ref, instances) if ref.rows.open else Reason.MISSING_ROW
    reason = np.where(status == Status.READ, row, reasons_of_status(status)).astype(np.uint8)
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


def _open_reason(ref: Ref, instances: Instances) -> Reason:
    """What a code that is not listed means to this rule: nothing (counts as zero), skip, or missing."""
    absent = instances.plan.rule.absent or instances.chunk.tables[ref.table].absent
    return {"zero": Reason.NONE, "skip": Reason.SKIPPED, "required": Reason.MISSING_ROW}[absent]


def _repeated(block: Block, rows: Ints, filing: Ints) -> Flags:
    """Per instance: whether the row of a code may be that of one unit, with more of the code in other rows."""
    safe = np.maximum(filing, 0)
    out = np.asarray(block.several_units[safe] & (rows >= 0) & block.codes[np.maximum(rows, 0)])
    if (block.again >= 0).any():
        again = block.again[np.maximum(rows, 0)]
        out |= (rows >= 0) & (again >= 0) & block.present[np.maximum(again, 0), safe]
    return out & (filing >= 0)


def _stops_above(ref: Ref, instances: Instances, block: Block | None, at: Longs, filing: Ints) -> Flags:
    """For codes that no row lists: whether a row above has a figure and nothing below it, which may be theirs."""
    out = np.zeros(len(at), dtype=np.bool_)
    if block is None or block.table.layout is not Layout.CODES or ref.rows.how not in (Rows.FIXED, Rows.TEMPLATE):
        return out
    ends = leaves_with_figures(ref.table, block, instances.chunk)
    variable = ref.rows.variables[0] if ref.rows.variables else ""
    texts, numbers = instances.values.get(variable, ([""], np.zeros(len(instances), dtype=np.int32)))
    for number, text in enumerate(texts):
        code = ref.rows.text.replace("{" + variable + "}", text) if variable else ref.rows.text
        above = np.array([is_digits(name) and name != code and code.startswith(name) for name in block.plain_rows])
        if is_digits(code) and above.any():
            out |= (numbers[at] == number) & np.asarray(ends[above].any(axis=0))[np.maximum(filing, 0)]
    return out


def _may_be_unread(ref: Ref, instances: Instances, block: Block | None, at: Longs, filing: Ints) -> Flags:
    """For codes that no row lists: whether one of the rows that no code names (or a name only) may be meant."""
    chunk, safe = instances.chunk, np.maximum(filing, 0)
    head = RowName.parse(ref.rows.prefix or ref.rows.text).head
    flags = chunk.unknown_rows(ref.table, head if head in chunk.tables[ref.table].lane_by_name else "")
    out = np.zeros(len(at), dtype=np.bool_) if flags is None else flags[safe].copy()
    if block is not None:
        named = [number for number, name in enumerate(block.plain_rows) if BY_NAME in name]
        if named:
            out |= np.asarray(block.present[named].any(axis=0))[safe]
    for texts, numbers in instances.values.values():
        out |= np.isin(numbers[at], [number for number, text in enumerate(texts) if BY_NAME in text])
    return out
