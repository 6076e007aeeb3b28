"""Why a fact that a rule asks for is not there or cannot be used: its state, its table, what its form leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.bind.positions import column_numbers
from auditor.engine.facts.chunk import Status
from auditor.engine.facts.fact_table import STATE_CODE
from auditor.engine.verdicts import Reason
from auditor.model.numbers import State
from auditor.model.row_names import RowName
from auditor.rules.plan import Ref, Rows

if TYPE_CHECKING:
    from auditor.engine.bind.instances import Instances
    from auditor.engine.facts.blocks import Block
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints
    from auditor.model.tables import Table

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


def reasons_of_state(state: Bytes) -> Bytes:
    """Why facts in these states cannot be used (NONE where they can)."""
    return _REASON_OF_STATE[state]


def reasons_of_status(status: Bytes) -> Bytes:
    """Why a table of this status cannot be used (NONE where it was read)."""
    return _REASON_OF_STATUS[status]


def status_of(ref: Ref, chunk: Chunk, filing: Ints) -> Bytes:
    """What became of the table of a reference. Of a text with gaps each claim that was read counts; sums do not."""
    status = chunk.status(ref.table)[np.maximum(filing, 0)]
    if chunk.tables[ref.table].prose and ref.rows.how is not Rows.SET:
        status = np.where(status == Status.PARTIAL, np.uint8(Status.READ), status)
    return np.asarray(status)


def outside_form(ref: Ref, instances: Instances, filing: Ints) -> Flags:
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
    head = RowName.parse(spec.prefix or spec.text).head
    names = [head] if head in table.lane_by_name else []
    return [*names, spec.text] if spec.how is Rows.FIXED else names


def leaves_with_figures(table: str, block: Block, chunk: Chunk) -> Flags:
    """Which rows of a table of codes print a figure and have no row below them: shape (rows, filings)."""
    tree = chunk.tree(table)
    if tree is None:
        return np.zeros_like(block.present)
    figures = (block.index >= 0) & (chunk.facts.value[np.maximum(block.index, 0)] != 0)
    return np.asarray((tree.number < 0) & figures.any(axis=0))
