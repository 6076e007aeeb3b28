"""From a shape that roles tell to be a standard table to its facts, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.forms.row_match import Naming
from auditor.forms.table_facts import make_facts
from auditor.model.facts import Place
from auditor.model.filing import BoundBy, ReadTable
from auditor.model.numbers import NUMERIC
from auditor.model.tables import Layout
from auditor.shapes.bind import view_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from auditor.model.facts import Fact
    from auditor.model.filing import Unread
    from auditor.model.shape import Shape
    from auditor.model.tables import Table
    from auditor.shapes.standard import StandardShape

OF_ONE_FIGURE = 2  # sums that one figure stands in
PER_FAILURE = 3  # sums that must agree for each that does not


def bind_standard(shape: Shape, title: str, standard: StandardShape, unit: str) -> tuple[ReadTable, list[Unread]]:
    """Make facts of the rows and columns of a shape that are those of a standard table.

    What this print of it leaves out is no part of it here; sums over groups of its columns are left to its own header.
    """
    table = standard.table
    place = Place(shape.place.file, shape.place.page, shape.place.line, table=table.name)
    read = ReadTable(table.name, title, place, unit=shape.unit or unit, complete=standard.complete)
    read.borderless, read.unknown_columns = shape.by_alignment, True
    read.unknown_lanes = set(standard.unnamed)
    unread: list[Unread] = []
    positions = make_facts(read, Naming(standard.rows), table, unread)
    read.misnamed, read.recovered = {}, False  # other words for a row are no wrong name here
    spots = {fact.place.spot: fact.address for fact in read.facts}
    for number, row in enumerate(shape.rows):
        for position, cell in row.cells.items():
            if cell.place.spot in spots:
                shape.addresses[number, position] = spots[cell.place.spot]
    read.left_out = _left_out(table, read.facts, standard.unnamed)
    read.view = view_of(shape, positions)
    read.bound_by = BoundBy.ROLES if _agrees(table, read.facts) else BoundBy.GUESS
    return read, unread


def _left_out(table: Table, facts: Sequence[Fact], unnamed: Container[str]) -> frozenset[str]:
    """The lanes, rows and columns of a standard table that are not printed in it here.

    A row may be printed under another name where its lane has rows that were not named. The total of a table of codes
    is never left out: where it is not seen, it is unknown.
    """
    rows = {fact.address.row for fact in facts}
    columns = {fact.address.column for fact in facts}
    lanes = {row.partition("/")[0] for row in rows} if table.layout is Layout.LANES else set()
    gone = {lane.name for lane in table.lanes if lane.name and lane.name not in lanes}
    for lane in table.lanes:
        gone |= {row.name for row in lane.rows if row.name not in rows and lane.name not in unnamed}
    return frozenset(gone | {name for name in table.column_names if name and name not in columns})


def _agrees(table: Table, facts: Sequence[Fact]) -> bool:
    """Whether the figures add up as those of the standard table do, in all but few places.

    One wrong figure breaks the sum it is the total of and the one it is a part of, and makes no table a guess.
    """
    tests = list(_code_sums(table, facts) if table.layout is Layout.CODES else _class_sums(facts))
    held = sum(tests)
    failed = len(tests) - held
    return failed <= 1 or (failed <= OF_ONE_FIGURE and held >= failed) or held >= PER_FAILURE * failed


def _code_sums(table: Table, facts: Sequence[Fact]) -> Iterator[bool]:
    """Every total and every code with others below it, in each column."""
    columns: dict[str, dict[str, Fact]] = defaultdict(dict)
    for fact in facts:
        columns[fact.address.column][fact.address.row] = fact
    total = table.rows[0].name if table.rows else ""
    for printed in columns.values():
        below: dict[str, list[Fact]] = defaultdict(list)
        stack: list[str] = []
        for code in sorted(code for code in printed if is_digits(code)):
            while stack and not code.startswith(stack[-1]):
                stack.pop()
            below[stack[-1] if stack else total].append(printed[code])
            stack.append(code)
        for parent, children in below.items():
            if parent in printed and printed[parent].value:
                yield _near(printed[parent], children)


def _class_sums(facts: Sequence[Fact]) -> Iterator[bool]:
    """The classes of a lane against its totals."""
    lanes: dict[tuple[str, str], tuple[list[Fact], list[Fact]]] = defaultdict(lambda: ([], []))
    for fact in facts:
        lane, _, row = fact.address.row.partition("/")
        lanes[lane, fact.address.column][0 if is_digits(row) else 1].append(fact)
    for classes, totals in lanes.values():
        if sum(bool(fact.value) for fact in classes) > 1 and any(fact.value for fact in totals):
            yield any(_near(total, classes) for total in totals)


def _near(total: Fact, parts: Sequence[Fact]) -> bool:
    """Whether parts add up to a total but for what their last digits may have been rounded by."""
    steps = sum(max(fact.step, 1) for fact in (total, *parts))
    return abs(total.value - sum(fact.value for fact in parts if fact.state in NUMERIC)) <= steps
