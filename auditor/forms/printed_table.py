"""A table as printed, between the document and the facts: rows with label, code, 行次 and cells under named columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.model.document import Cell, Grid, Paragraph
    from auditor.model.facts import Place
    from auditor.model.tables import Form


@dataclass(slots=True)
class PrintedRow:
    """One row of one lane or block, columns already known.

    `parents` are the labels of the group columns to the left; `code` is the code as printed with its parts
    joined, `lost` when digits stand there that are no whole code; `squeezed` marks a row found inside one cell,
    whose figures may be cut off.
    """

    lane: str
    label: str
    cells: list[tuple[str, Cell]]
    place: Place
    parents: tuple[str, ...] = ()
    code: str = ""
    lost: bool = False
    unit_code: str = ""
    line: int | None = None
    squeezed: bool = False


@dataclass(slots=True)
class LooseCell:
    """A figure that could not be put under one column, with the columns it may belong to."""

    cell: Cell
    row: str
    reason: str
    candidates: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """A place in the document where a table stands: its title, what is said above it, its grids or its lines.

    `open` says that a grid follows which may go on with it and which could not be joined to it for certain.
    """

    title: str
    forms: tuple[Form, ...]
    place: Place
    above: list[Paragraph] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    lines: list[Paragraph] = field(default_factory=list)
    below: list[Paragraph] = field(default_factory=list)
    open: bool = False
