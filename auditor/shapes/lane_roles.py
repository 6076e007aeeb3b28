"""Which lane of a shape is which lane of a standard table: by the labels of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.forms.column_segments import labels_known
from auditor.model.labels import plain

if TYPE_CHECKING:
    from auditor.model.shape import Shape
    from auditor.model.tables import Lane, Table

MIN_KNOWN = 2  # labels of a lane


def lanes_like(shape: Shape, table: Table) -> dict[int, Lane]:
    """The lane of the standard table for each lane of a shape that is surely one; each is taken once."""
    printed: dict[int, set[str]] = {}
    for row in shape.rows:
        if row.name:
            printed.setdefault(row.lane, set()).add(plain(row.name))
    scores = {
        (number, lane.name): known
        for number, labels in printed.items()
        for lane in table.lanes
        if (known := labels_known(labels, lane)) >= MIN_KNOWN
    }
    out: dict[int, Lane] = {}
    for number, name in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        if number not in out and name not in {lane.name for lane in out.values()}:
            out[number] = table.lane_by_name[name]
    return dict(sorted(out.items()))
