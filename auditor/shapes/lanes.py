"""The lanes of a table: label columns and the figure columns they name, side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.forms.column_match import Look, look
from auditor.shapes.columns import STUB, Holds
from auditor.shapes.words import is_total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.shapes.columns import ColumnHead, ColumnTally
    from auditor.shapes.sheets import Cells

MAX_LANES = 24


@dataclass(slots=True)
class Strip:
    """The columns of one lane: those of labels, then those of figures; remarks are labels of nothing."""

    labels: list[int] = field(default_factory=list)
    figures: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)


def strips_of(
    holds: Sequence[Holds], heads: Sequence[ColumnHead], tallies: Sequence[ColumnTally], body: Sequence[Cells]
) -> list[Strip]:
    """Cut the columns into lanes: label columns, then figure columns. `body` are the lines of the rows.

    Label columns behind figures begin a lane where their header is one that a lane before has, or where codes or
    names of rows stand in them under a header of their own; else they hold remarks on the row, as they do where a
    total row of the lane before prints figures behind them and no label in them.
    """
    runs: list[Strip] = []
    for column, what in enumerate(holds):
        if what is Holds.NOTHING:
            continue
        if not runs or (what in STUB and runs[-1].figures):
            runs.append(Strip())
        (runs[-1].labels if what in STUB else runs[-1].figures).append(column)
    strips: list[Strip] = []
    for run in runs:
        begins = run.figures and strips and _begins(run, strips[0], holds, heads, tallies)
        if strips and not (begins and not _is_named_before(run, strips, body)):
            strips[-1].notes += run.labels
            strips[-1].figures += run.figures
        else:
            strips.append(run)
    if len(strips) > MAX_LANES:  # nothing that people print
        rest = strips[1:]
        strips = strips[:1]
        strips[0].notes += [column for strip in rest for column in strip.labels]
        strips[0].figures += [column for strip in rest for column in strip.figures]
    return strips


def _begins(
    run: Strip, first: Strip, holds: Sequence[Holds], heads: Sequence[ColumnHead], tallies: Sequence[ColumnTally]
) -> bool:
    """Whether label columns behind figures begin a lane of their own."""
    mine = [column for column in run.labels if holds[column] in (Holds.NAME, Holds.CODE, Holds.ORDINAL)]
    if not mine or not first.labels:
        return False
    words = {heads[column].last for column in first.labels} - {""}
    if words & {heads[column].last for column in mine}:
        return True
    tops = {heads[column].path[:1] for column in first.labels + first.figures}
    own = {heads[column].path[:1] for column in run.labels + run.figures}
    sides = tops != own and not tops & own and all(len(heads[column].path) > 1 for column in run.figures)
    if {heads[column].last for column in run.figures} & {heads[column].last for column in first.figures} - {""}:
        return True  # 收入 | 预算数 | 支出 | 预算数
    most = max((tallies[column].cells for column in first.figures), default=0)
    finer = 2 * max(tallies[column].cells for column in mine) > 3 * most  # several lines beside each merged figure
    return sides or finer or any(holds[column] is Holds.CODE and tallies[column].codes for column in mine)


def _is_named_before(run: Strip, strips: Sequence[Strip], body: Sequence[Cells]) -> bool:
    """Whether the total row of a lane before names the figures of some columns: no label of their own stands there."""
    labels = [column for strip in strips for column in strip.labels]
    return any(
        any(is_total(cells[column].text) for column in labels)
        and not any(cells[column].text for column in run.labels)
        and any(look(cells[column].text) is Look.NUMBER for column in run.figures)
        for cells in body
    )
