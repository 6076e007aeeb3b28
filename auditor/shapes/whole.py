"""Every found table is read whole: by its shape where no form describes it, and what a form leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.column_match import Look, look
from auditor.forms.table_facts import DEFAULT_UNIT
from auditor.model.filing import Unread
from auditor.model.numbers import State, is_printed_number, parse_literal
from auditor.shapes.bind import bind_shape
from auditor.shapes.bind_standard import bind_standard
from auditor.shapes.build import shapes_of
from auditor.shapes.standard import standard_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.forms.printed_table import Found
    from auditor.model.document import Cell
    from auditor.model.facts import Address
    from auditor.model.filing import Filing, ReadTable
    from auditor.model.shape import Shape


def namespaces_of(book: FormBook) -> dict[str, str]:
    """The list of codes that each first digit stands for."""
    return {lead: name for name, taxonomy in book.taxonomies.items() for lead in taxonomy.leads}


def read_by_shape(place: Found, book: FormBook, filing: Filing, instead: ReadTable | None = None) -> bool:
    """Read the grids of a found table as a standard table where roles tell it, else under their own labels.

    `instead` is the table of its title that could not be read by a form: what takes its figures stands for it. Tells
    whether any figure is printed.
    """
    made: list[ReadTable] = []
    shapes = shapes_of(place, namespaces_of(book))
    for shape in shapes:
        shape.whole = shape.whole and not place.open
        unit = filing.money_unit or DEFAULT_UNIT
        only = _as_standard(shape, book, filing, unit, made)
        read = _add(shape, place, filing, unit, only)
        made += [read] if read is not None else []
    if made:
        filing.shapes += shapes
    known = {read.table for read in filing.tables if read.facts}  # a second table of one title is another table
    if instead is not None and made and instead.table not in known:
        made[0].instead_of = instead.table or instead.title
        made[0].form = instead.form
    if instead is not None and made:
        made[0].statement = instead.statement
    return bool(made)


def roles_read_more(place: Found, read: ReadTable, book: FormBook, filing: Filing) -> bool:
    """Whether roles name more figures of a found table than its form did."""
    named = 0
    for shape in shapes_of(place, namespaces_of(book)):
        standard = standard_of(shape, shape.title, filing.key.report, filing.key.year, book, ())
        if standard is not None and standard.table.name == read.table:
            cells = [cell for row in standard.rows for _, cell in row.printed.cells]
            named += sum(is_printed_number(parse_literal(cell.raw)) for cell in cells)
    return named > sum(fact.is_figure for fact in read.facts)


def _as_standard(shape: Shape, book: FormBook, filing: Filing, unit: str, made: list[ReadTable]) -> set[int] | None:
    """Read a shape as the standard table that roles tell; returns the figures that are left, None where it is none."""
    taken = {read.table for read in filing.tables if read.facts}
    standard = standard_of(shape, shape.title, filing.key.report, filing.key.year, book, taken)
    if standard is None:
        return None
    read, unread = bind_standard(shape, shape.title, standard, unit)
    if not any(fact.is_figure for fact in read.facts):
        return None
    filing.tables.append(read)
    filing.unread.extend(unread)
    filing.unread.extend(
        Unread(cell.text, replace(cell.place, table=read.table), reason) for cell, reason in shape.left
    )
    made.append(read)
    return {id(cell) for row, position, cell in _cells(shape) if (row, position) not in shape.addresses}


def _add(shape: Shape, place: Found, filing: Filing, unit: str, only: set[int] | None = None) -> ReadTable | None:
    outcome = bind_shape(shape, place, filing.dynamic, unit, only=only)
    if outcome is None:
        return None
    table, read, unread = outcome
    filing.dynamic[table.name] = table
    filing.tables.append(read)
    filing.unread.extend(unread)
    return read


def read_rest(
    place: Found, bound: Sequence[ReadTable], unread: Sequence[Unread], book: FormBook, filing: Filing
) -> list[Unread]:
    """Read the figures that the form of a table leaves under the table's own labels; returns what stays unread.

    The facts that the form gave keep their addresses. What is no figure by the shape of the table (a code, the number
    of a row) is none.
    """
    if not place.grids:
        return list(unread)
    known: dict[tuple[object, ...], Address] = {fact.place.spot: fact.address for read in bound for fact in read.facts}
    lost = {fact.place.spot for read in bound for fact in read.facts if fact.state is State.UNREADABLE}
    open_spots = {item.place.spot for item in unread}
    shapes = shapes_of(place, namespaces_of(book))
    filing.shapes += shapes
    for shape in shapes:
        shape.whole = shape.whole and not place.open
        rest: set[int] = set()
        for row, position, cell in _cells(shape):
            address = known.get(cell.place.spot)
            if address is not None:
                shape.addresses[row, position] = address
            elif cell.place.spot in open_spots and _is_figure(cell):
                rest.add(id(cell))
        read = _add(shape, place, filing, bound[0].unit, rest) if rest else None
        if read is not None:
            read.unit = bound[0].unit
            known |= {fact.place.spot: fact.address for fact in read.facts}
    figures = {cell.place.spot for shape in shapes for _, _, cell in _cells(shape)}
    figures |= {cell.place.spot for shape in shapes for cell, _ in shape.left}
    words = {
        cell.place.spot for shape in shapes for cells in shape.lines for cell in cells if look(cell.text) is Look.TEXT
    }
    return [
        item
        for item in unread
        if (item.place.spot in figures or item.place.spot in words)
        and (item.place.spot in lost or item.place.spot not in known or _is_lost(item.text))
    ]


def _cells(shape: Shape) -> Iterator[tuple[int, int, Cell]]:
    """The figures of a shape: the number of the row, the position of the column, the cell."""
    for number, row in enumerate(shape.rows):
        for position, cell in row.cells.items():
            yield number, position, cell


def _is_lost(text: str) -> bool:
    return parse_literal(text).state is State.UNREADABLE


def _is_figure(cell: Cell) -> bool:
    return is_printed_number(parse_literal(cell.raw))
