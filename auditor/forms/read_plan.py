"""How a grid is to be read: the lane and the columns of every segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.forms.column_match import Header
    from auditor.forms.column_segments import ColumnSegment
    from auditor.forms.row_alignment import Slot
    from auditor.model.tables import Column, Lane


@dataclass(frozen=True, slots=True)
class GridPlan:
    """How the columns of one grid are to be read: its header, and per segment the mapping of its figures."""

    header: Header
    width: int
    segments: tuple[ColumnSegment, ...]
    columns: tuple[dict[int, Column], ...]
    lanes: tuple[Lane, ...] = ()  # the lane of each segment, in a table of lanes
    slots: tuple[Slot, ...] = ()  # set where rows are shifted and must be aligned one by one


class UnmatchedError(Exception):
    """The grid cannot be read as this table; `reason` is a message key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
