"""Roles to standard tables: which standard table a shape is, whatever city prints it, and how sure that is.

The title must say it, the header must name the total (or the items), the rows must be of its kind. Columns and rows
that no role explains keep their own names: they are bound with the table's own labels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.forms.printed_table import PrintedRow
from auditor.forms.row_match import NamedRow, name_rows
from auditor.model.labels import plain
from auditor.model.numbers import LOST, is_printed_number, parse_literal
from auditor.model.tables import Layout
from auditor.shapes.column_roles import ColumnKey, Keys, matched
from auditor.shapes.described import described_of
from auditor.shapes.lane_roles import lanes_like
from auditor.shapes.roles import vocabulary_of
from auditor.shapes.words import is_total

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.shape import Shape, ShapeRow
    from auditor.model.tables import Column, Table
    from auditor.shapes.described import Described

MIN_COLUMNS = 2  # that a table of one row must name


@dataclass(slots=True)
class StandardShape:
    """A shape as a standard table: the rows of it that are named, and whether all its rows are.

    `unnamed` are the lanes with figures in rows that are not named.
    """

    table: Table
    rows: list[NamedRow] = field(default_factory=list)
    complete: bool = True
    unnamed: set[str] = field(default_factory=set)


def standard_of(
    shape: Shape, title: str, report: str, year: int, book: FormBook, taken: Container[str]
) -> StandardShape | None:
    """The standard table that a shape is, by its title, its header and its rows; None where none is sure enough."""
    if not title:
        return None
    for one in described_of(book.roots):
        table = book.tables.get(one.table)
        if table is None or table.name in taken or (report and table.report != report) or not one.titled(title):
            continue
        found = _as(shape, table, one, year, book)
        if found is not None and found.rows:
            return found
    return None


def _as(shape: Shape, table: Table, one: Described, year: int, book: FormBook) -> StandardShape | None:
    year = year or max(_years(shape, book), default=0)
    if table.layout is Layout.CODES:
        return _codes(shape, table, Keys(vocabulary_of(book.roots), one.own, year))
    if table.layout is not Layout.LANES:
        return None
    if len(table.lanes) > 1:
        return _lanes(shape, table, one, year, book)
    return _items(shape, table, one, year, book)


def _years(shape: Shape, book: FormBook) -> Iterator[int]:
    vocabulary = vocabulary_of(book.roots)
    yield from (found for column in shape.columns if (found := vocabulary.of_path(column.path).year))


# -- tables of codes -------------------------------------------------------------------------------------------------


def _codes(shape: Shape, table: Table, keys: Keys) -> StandardShape | None:
    columns = matched(shape.columns, table.columns, keys)
    total = next((c for c in table.columns if keys.of_path(c.name.split("/")) == ColumnKey()), None)
    rows = [row for row in shape.rows if _prints(row)]
    if shape.lanes or total is None or total not in columns.values() or not rows:
        return None
    coded = [row for row in rows if row.code and row.namespace == table.codes]
    plainly = len({row.code for row in coded}) == len(coded) and not any(_coded_twice(row) for row in coded)
    whole = _total_row(rows, table)
    if (len(columns) < MIN_COLUMNS and not coded) or _other_side(shape, columns, total, table):
        return None
    out = StandardShape(table)
    for row in rows:
        if row is whole:
            out.rows.append(_named(row, columns, table.rows[0].name))
        elif row in coded and plainly:
            out.rows.append(_named(row, columns, row.code))
    left = sum(_may_print(row) for row in shape.rows) - len(out.rows)
    out.complete = plainly and bool(coded) and not left and shape.whole
    out.unnamed = {""} if left else set()
    return out


def _other_side(shape: Shape, columns: Mapping[int, Column], total: Column, table: Table) -> bool:
    """Whether the total of a shape says 收入 where the table is one of 支出, or the other way round."""
    heads = "".join("".join(c.path) for c in shape.columns if columns.get(c.position) is total)
    wanted, said = ({side for side in ("收入", "支出") if side in text} for text in (table.name, heads))
    return bool(wanted and said) and not wanted & said


def _named(row: ShapeRow, columns: Mapping[int, Column], name: str) -> NamedRow:
    cells = [(columns[at].name, cell) for at, cell in row.cells.items() if at in columns]
    return NamedRow(PrintedRow("", row.name, cells, row.place, code=row.code), name)


def _total_row(rows: Sequence[ShapeRow], table: Table) -> ShapeRow | None:
    """The row of the total: one that says so, or the only row without a code, above or below all others."""
    labels = {plain(label) for row in table.rows for label in row.labels}
    said = [row for row in rows if row.total and not row.code and any(plain(text) in labels for text in row.labels)]
    if len(said) == 1:
        return said[0]
    others = [row for row in rows if not row.code]
    return others[0] if not said and len(others) == 1 and others[0] in (rows[0], rows[-1]) else None


def _coded_twice(row: ShapeRow) -> bool:
    """Whether a row has codes of two classifications: it is a part of its first one."""
    return len([text for text in row.labels if len(text) > 2 and is_digits(text[:3])]) > 1


def _figures(row: PrintedRow) -> bool:
    return any(is_printed_number(parse_literal(cell.raw)) for _, cell in row.cells)


def _prints(row: ShapeRow) -> bool:
    return any(is_printed_number(parse_literal(cell.raw)) for cell in row.cells.values())


def _may_print(row: ShapeRow) -> bool:
    """Whether a row prints a figure, or something that cannot be read."""
    return _prints(row) or any(LOST in cell.raw for cell in row.cells.values())


# -- tables of lanes -------------------------------------------------------------------------------------------------


def _lanes(shape: Shape, table: Table, one: Described, year: int, book: FormBook) -> StandardShape | None:
    lanes = lanes_like(shape, table)
    if len(lanes) < MIN_COLUMNS:
        return None
    printed: list[PrintedRow] = []
    vocabulary = vocabulary_of(book.roots)
    for number, lane in lanes.items():
        title = shape.lanes[number] if number < len(shape.lanes) else ""  # lanes may be known by their rows alone
        keys = Keys(vocabulary, one.own, year, title)
        columns = matched((c for c in shape.columns if c.lane == number), lane.columns, keys)
        if not columns:
            return None
        for row in shape.rows:
            if row.lane == number and row.name:
                cells = [(columns[at].name, cell) for at, cell in row.cells.items() if at in columns]
                printed.append(PrintedRow(lane.name, row.name, cells, row.place))
    naming = name_rows(printed, table, book.taxonomies[table.codes], book.row_labels)
    out = StandardShape(table, [named for named in naming.rows if named.name])
    figures = [
        named for named in naming.rows if any(is_printed_number(parse_literal(c.raw)) for _, c in named.printed.cells)
    ]
    out.unnamed = {named.printed.lane for named in figures if not named.name} | {table.lanes[0].name}
    for row in shape.rows:  # a row without any name may be each of those that are not seen in its lane
        if not row.name and _may_print(row):
            out.unnamed |= {lanes[row.lane].name} if row.lane in lanes else {lane.name for lane in table.lanes}
    out.complete = shape.whole
    return out


def _items(shape: Shape, table: Table, one: Described, year: int, book: FormBook) -> StandardShape | None:
    """A table of one lane of items (三公经费), printed as rows or side by side."""
    if shape.lanes:
        return None
    lane = table.lanes[0]
    keys = Keys(vocabulary_of(book.roots), one.own, year)
    column = lane.columns[0]
    out = StandardShape(table, complete=False, unnamed={""})
    row = _only_row(shape, year)
    items: dict[str, NamedRow] = {}
    if row is not None:
        for printed in shape.columns:
            if printed.position not in row.cells or keys.of_path(printed.path).time:
                continue
            texts = [text for text in printed.path if not is_total(text)]
            name = _item_of(texts[-1] if texts else "", table, one)
            if name and not _differs(keys, texts, table, one):
                cells = [(column.name, row.cells[printed.position])]
                _add(items, name, NamedRow(PrintedRow("", texts[-1], cells, row.place), name, table.named_rows[name]))
    else:
        columns = matched(shape.columns, lane.columns, keys)
        for line in shape.rows if columns else ():
            name = _item_of(line.name, table, one)
            if name:
                cells = [(columns[at].name, cell) for at, cell in line.cells.items() if at in columns]
                _add(items, name, NamedRow(PrintedRow("", line.name, cells, line.place), name, table.named_rows[name]))
    out.rows = [named for named in items.values() if named.name]
    return out if len(out.rows) >= MIN_COLUMNS else None


def _add(items: dict[str, NamedRow], name: str, named: NamedRow) -> None:
    """Keep an item; of two by one name neither is kept."""
    if name in items:
        items[name].name = ""
    else:
        items[name] = named


def _differs(keys: Keys, texts: Sequence[str], table: Table, one: Described) -> bool:
    """Whether what stands above an item says another fund, year or nature than the table's."""
    above = [text for text in texts[:-1] if not _item_of(text, table, one)]
    key = keys.of_path(above) if above else ColumnKey()
    return bool(key.fund or key.nature or key.level)


def _item_of(text: str, table: Table, one: Described) -> str:
    said = plain(text)
    for name, patterns in one.rows.items():
        if any(pattern.search(said) for pattern in patterns):
            return name
    rows = table.named_rows.values()
    return next((row.name for row in rows if said in {plain(label) for label in (*row.labels, *row.headers)}), "")


def _only_row(shape: Shape, year: int) -> ShapeRow | None:
    """The one row with the figures of items printed side by side: the total of all units, or that of the year."""
    rows = [row for row in shape.rows if _prints(row)]
    if len(rows) == 1:
        return rows[0]
    total = [row for row in rows if row.total]
    if len(total) == 1:
        return total[0] if len(shape.columns) > MIN_COLUMNS else None
    dated = [row for row in rows if any(f"{year}年" in text for text in row.labels)] if year else []
    return dated[0] if len(dated) == 1 else None
