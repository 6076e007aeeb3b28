"""Where a reference points in each instance of its rule: the filing, the row and the column, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.digits import begins_with_digit
from auditor.rules.plan import ColumnSpec, Ref, Rows

if TYPE_CHECKING:
    from auditor.engine.bind.instances import Instances
    from auditor.engine.facts.blocks import Block
    from auditor.engine.facts.fact_table import Flags, Ints


def filings_of(ref: Ref, instances: Instances) -> tuple[Ints, Flags]:
    """The filing in which a reference looks: the instance's own, or its partner."""
    if not ref.context:
        return instances.filing, np.zeros(len(instances), dtype=np.bool_)
    partners = instances.chunk.partners.get(ref.context)
    if partners is None:  # @各单位 means many filings: sums of it are bound by `bind_selection`
        none = np.full(len(instances), -1, dtype=np.int32)
        return none, np.ones(len(instances), dtype=np.bool_)
    filing = partners[instances.filing]
    return filing, filing < 0


def row_numbers(ref: Ref, instances: Instances, block: Block) -> Ints:
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


def column_numbers(spec: ColumnSpec, instances: Instances, block: Block) -> Ints | int:
    """The column that a reference means: one number for all instances, or a number for each."""
    if spec.loop:
        assert instances.columns is not None
        return instances.columns
    if spec.variable:
        numbers = np.array([block.column_of[name] for name in spec.names], dtype=np.int32)
        return numbers[instances.values[spec.variable][1]]
    return block.column_of[spec.names[0]]


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
        if begins_with_digit(name) and len(name.split("·", 1)[0]) >= length:
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
