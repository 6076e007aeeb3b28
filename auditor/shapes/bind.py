"""From a shape to facts: a table that no form describes is read under its own labels."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.forms.codes import is_code
from auditor.model.facts import Address, Fact, Place, fact_of
from auditor.model.filing import BoundBy, ReadTable, Unread, ViewCell
from auditor.model.labels import plain
from auditor.model.numbers import BROKEN, NUMERIC, State, is_printed_number, parse_literal
from auditor.model.tables import Column, Layout, Row, Table
from auditor.model.units import FEN_PER, Kind
from auditor.shapes.words import unit_in

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from auditor.forms.printed_table import Found
    from auditor.model.document import Cell
    from auditor.model.shape import Shape, ShapeColumn, ShapeRow

PREFIX = "其他表/"
MAX_NAME = 60  # characters of the name of a row or column
MAX_TITLE = 50
USUAL_DECIMALS = 2
_FOLD = str.maketrans("[]#|\n", "［］＃｜ ")


def bind_shape(
    shape: Shape, found: Found, taken: Container[str], unit: str, *, only: Container[int] | None = None
) -> tuple[Table, ReadTable, list[Unread]] | None:
    """Make facts of the figures of a shape under a table name that is not `taken`; None where it has no figures.

    `unit` is what a table that states no unit of money is in. `only` are the cells that become facts (by identity),
    where a form reads the others.
    """
    if not any(_counts(cell, only) for row in shape.rows for cell in row.cells.values()):
        return None
    name = _name(shape, found, taken)
    place = Place(found.place.file, found.place.page, found.place.line)
    read = ReadTable(name, name.removeprefix(PREFIX), replace(place, table=name), unit=shape.unit or unit)
    read.borderless, read.bound_by = shape.by_alignment, BoundBy.LABELS
    columns = {(column.lane, column.position): column for column in shape.columns}
    codes = _code_list(shape) if only is None else ""
    unread: list[Unread] = []
    positions: dict[int, int] = {}
    seen: Counter[tuple[str, str]] = Counter()
    fine = _fine_decimals(shape, columns)
    for number, row in enumerate(shape.rows):
        label = _row_name(shape, row, codes=bool(codes))
        read.names.setdefault(label, row.name)
        for position, cell in row.cells.items():
            if only is not None and id(cell) not in only:
                continue
            column = columns[row.lane, position]
            named = column_name(column)
            seen[label, named] += 1
            address = Address(name, label, named, seen[label, named])
            fact = _fact(cell, address, column, row, read.unit, fine)
            shape.addresses[number, position] = address
            positions[id(cell)] = len(read.facts)
            read.facts.append(fact)
            if fact.state is State.UNREADABLE or fact.reason in BROKEN:
                unread.append(Unread(fact.text, fact.place, fact.reason, (str(address),)))
    if only is None:
        read.view = view_of(shape, positions)
        unread += [Unread(cell.text, replace(cell.place, table=name), reason) for cell, reason in shape.left]
    return _table(name, shape, read, codes), read, unread


def _counts(cell: Cell, only: Container[int] | None) -> bool:
    if only is not None and id(cell) not in only:
        return False
    return is_printed_number(parse_literal(cell.raw))


def _fact(cell: Cell, address: Address, column: ShapeColumn, row: ShapeRow, unit: str, fine: int) -> Fact:
    literal = parse_literal(cell.raw)
    kind, measure = column.kind, column.unit
    own = unit_in(row.name)
    if literal.percent:
        kind, measure = Kind.PERCENT, "%"
    elif kind is Kind.AMOUNT and own and own not in FEN_PER and own != "%":
        kind, measure = (Kind.MEASURE if literal.decimals else Kind.COUNT), own
    elif kind is Kind.AMOUNT:
        measure = measure or (own if own in FEN_PER else unit)
    return fact_of(
        literal,
        address,
        kind=kind,
        unit=measure,
        fine_decimals=fine if kind is Kind.AMOUNT else 0,
        place=replace(cell.place, table=address.table),
    )


def _fine_decimals(shape: Shape, columns: dict[tuple[int, int], ShapeColumn]) -> int:
    """The most decimals among the amounts of the table; see `auditor.forms.bind`."""
    most = -1
    for row in shape.rows:
        for position, cell in row.cells.items():
            literal = parse_literal(cell.raw)
            amount = columns[row.lane, position].kind is Kind.AMOUNT
            if amount and literal.state in NUMERIC and not literal.percent:
                most = max(most, literal.decimals)
    return min(most, 6) if most >= 0 else USUAL_DECIMALS


def column_name(column: ShapeColumn) -> str:
    """The name of a column in addresses."""
    return "/".join(plain(text) for text in column.path).translate(_FOLD)[:MAX_NAME]


def _row_name(shape: Shape, row: ShapeRow, *, codes: bool) -> str:
    """The name of a row in addresses, below its lane where there are several.

    A row with one name is called by its code where it has one; else by its labels from left to right.
    """
    names = [text for text in row.labels if text and not is_digits(text.replace(" ", ""))]
    if row.code and len(names) < 2 and is_code(row.code):
        labels = [row.code]
    elif codes:
        labels = ["合计" if row.total else plain(row.name)]
    else:
        labels = list(dict.fromkeys(plain(text) for text in row.labels if text)) or [plain(row.name)]
    if row.lane < len(shape.lanes):
        labels.insert(0, plain(shape.lanes[row.lane]))
    return "/".join(label for label in labels if label).translate(_FOLD)[:MAX_NAME]


def _code_list(shape: Shape) -> str:
    """The list to which all codes of a table of one lane belong, if every row but its total has a code of its own.

    Only such a table is surely a tree of codes: rows of units, codes that come twice and details below a code are not.
    """
    rows = [row for row in shape.rows if any(cell.text for cell in row.cells.values())]
    coded = [row.code for row in rows if row.code]
    spaces = {row.namespace for row in rows if row.code}
    others = [row for row in rows if not row.code]
    if len(shape.lanes) or len({row.lane for row in rows}) > 1 or len(coded) < MIN_CODES or len(spaces) != 1:
        return ""
    if len(set(coded)) < len(coded) or len(others) > 1 or not all(row.total for row in others):
        return ""
    if any(len([text for text in row.labels if leading(text)]) > 1 for row in rows):
        return ""
    return spaces.pop()


MIN_CODES = 3


def leading(text: str) -> bool:
    """Whether a label begins with a code."""
    return len(text) > 2 and is_digits(text[:3])


def _table(name: str, shape: Shape, read: ReadTable, codes: str) -> Table:
    """The standard table of a table without one: its own columns, and rows that name themselves."""
    printed = dict.fromkeys(fact.address.column for fact in read.facts)
    kinds = {column_name(column): column for column in reversed(shape.columns)}
    columns = tuple(
        Column(text, (text,), None, kinds[text].kind, kinds[text].of_which) for text in printed if text in kinds
    )
    total = (Row("合计", ("合计", "总计"), optional=True),) if codes else ()
    layout = Layout.CODES if codes else Layout.LIST
    return Table(name, "", layout, codes, columns=columns, rows=total, generic=True)


def _name(shape: Shape, found: Found, taken: Container[str]) -> str:
    """A name for the table: its title, else its page or line; numbered where another table has it already."""
    place = found.place
    spot = f"第{place.page}页" if place.page and not place.line else f"第{place.line or place.row or 0}行"
    title = plain(shape.title)[:MAX_TITLE].translate(_FOLD)
    name = PREFIX + (title or spot)
    numbered = (f"{name}（{number}）" for number in itertools.count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def view_of(shape: Shape, positions: dict[int, int]) -> list[list[ViewCell]]:
    """The lines of a table as printed, each cell with the position of its fact."""
    view = []
    seen: set[int] = set()
    for cells in shape.lines:
        line = []
        for cell in cells:
            if cell.rowspan > 1 or cell.colspan > 1:
                if id(cell) in seen:
                    continue
                seen.add(id(cell))
            line.append(
                ViewCell(cell.text, positions.get(id(cell)), cell.rowspan, cell.colspan, id(cell) in shape.heads)
            )
        view.append(line)
    return view


def taken_cells(shape: Shape, facts: Sequence[Fact]) -> set[int]:
    """The figures of a shape, by identity, that facts do not stand for."""
    spots = {fact.place.spot for fact in facts}
    return {id(cell) for row in shape.rows for cell in row.cells.values() if cell.place.spot not in spots}
