"""What a printed table is made of, whatever form it has: columns with their header paths, rows with their stubs.

A shape is found in the print alone. Forms add names and certainty to it; without a form its rows and columns carry
their own labels, so that no figure is lost because its name is new.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.model.units import Kind

if TYPE_CHECKING:
    from auditor.model.document import Cell, Paragraph
    from auditor.model.facts import Address, Place


@dataclass(frozen=True, slots=True)
class ShapeColumn:
    """One column of figures.

    `position` is its column in the joined grid. `path` are the header texts above it from top to bottom, as printed,
    without repeats; `spans` names, for each text of the path, the header cell that prints it: columns with an equal
    entry stand under the same cell. `kind` and `unit` are what the header or the cells as a whole say (amount, count,
    percent; a unit of its own, else '').
    """

    position: int
    lane: int
    path: tuple[str, ...]
    spans: tuple[int, ...]
    kind: Kind = Kind.AMOUNT
    unit: str = ""
    of_which: bool = False  # 其中: a part of a neighbour and no addend beside it

    @property
    def name(self) -> str:
        """The path as one name, unique in its lane."""
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """One row of one lane.

    `labels` are the texts of its stub from left to right (one per stub column, '' where blank). `code` is the
    classification code printed in it, its parts joined, and `namespace` the list it belongs to (functional, economic,
    government; '' for codes of units and the like). `ordinal` is its numbering (`一、`, `（一）`, `1.`) as the depth of
    that style in this table, 0 without one; `indent` the printed indentation in characters where the format keeps it.
    `cells` has the cell of each figure column by position.
    """

    lane: int
    number: int  # the row in the joined grid
    labels: tuple[str, ...]
    name: str  # the label that names it, as printed with white space folded
    place: Place
    cells: dict[int, Cell]
    code: str = ""
    namespace: str = ""
    ordinal: int = 0
    indent: int = 0
    total: bool = False  # 合计, 总计, 小计, 本年收入合计 …
    of_which: bool = False


class Order(StrEnum):
    """Where the total of a table is printed."""

    FIRST = "first"
    LAST = "last"
    NONE = "none"


@dataclass(slots=True)
class Shape:
    """One whole table: its grids joined over all pages, its columns and rows.

    `title` is what is printed as its title ('' without one), `unit` its unit of money as printed ('' where nothing
    says it). `heads` are the cells of header rows (on every page), `stubs` those of labels: neither prints a figure.
    `left` are cells with numbers that went under no column and row, each with the key of the message that says why.
    `by_alignment` says that no rulings were printed and columns were told by position alone. `addresses` are those of
    the facts that its cells became, by a form or under its own labels.
    """

    title: str
    unit: str
    place: Place
    columns: list[ShapeColumn] = field(default_factory=list)
    rows: list[ShapeRow] = field(default_factory=list)
    notes: list[Paragraph] = field(default_factory=list)
    heads: set[int] = field(default_factory=set)
    stubs: set[int] = field(default_factory=set)
    left: list[tuple[Cell, str]] = field(default_factory=list)
    by_alignment: bool = False
    whole: bool = True  # nothing tells that rows or pages are missing
    lanes: tuple[str, ...] = ()  # their names, where there are several
    lines: list[tuple[Cell, ...]] = field(default_factory=list)  # as printed, header and all
    addresses: dict[tuple[int, int], Address] = field(default_factory=dict)  # (row of `rows`, position) → its fact
