"""Every found table is read whole: by its shape where no form describes it, and what a form leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.forms.column_match import Look, look
from auditor.forms.table_facts import DEFAULT_UNIT
from auditor.model.numbers import State, is_printed_number, parse_literal
from auditor.shapes.bind import bind_shape
from auditor.shapes.build import shapes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.forms.printed_table import Found
    from auditor.model.document import Cell
    from auditor.model.facts import Address
    from auditor.model.filing import Filing, ReadTable, Unread
    from auditor.model.shape import Shape


def namespaces_of(book: FormBook) -> dict[str, str]:
    """The list of codes that each first digit stands for."""
    return {lead: name for name, taxonomy in book.taxonomies.items() for lead in taxonomy.leads}


def read_by_shape(place: Found, book: FormBook, filing: Filing) -> bool:
    """Read the grids of a found table under their own labels; tell whether they print any figure."""
    bound = False
    for shape in shapes_of(place, namespaces_of(book)):
        filing.shapes.append(shape)
        shape.whole = shape.whole and not place.open
        bound = _add(shape, place, filing, filing.money_unit or DEFAULT_UNIT) is not None or bound
    return bound


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
