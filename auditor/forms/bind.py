"""From a found table to facts: every cell typed, addressed, placed, with its unit and its precision.

The fine reading of precision takes the most decimals among the amounts of the table: spreadsheets drop trailing
zeros, so `4.1` beside `141.53` means 4.10 (rounding.md 1).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.document import Cell, tidy
from auditor.facts import Address, Fact, Place, ReadBy, fact_of
from auditor.filing import ReadTable, Unread, ViewCell
from auditor.forms.cells import across, read_cells
from auditor.forms.columns import is_index_row
from auditor.forms.gridrows import Plan, UnmatchedError, plan_grid, rows_of, shift_plan
from auditor.forms.labels import plain
from auditor.forms.lists import read_list
from auditor.forms.loose import read_loose, read_squeezed
from auditor.forms.printed import LooseCell, PrintedRow
from auditor.forms.rows import NamedRow, Naming, name_rows
from auditor.forms.tables import Layout
from auditor.numbers import NUMERIC, State, parse_literal
from auditor.units import Kind, money_unit

if TYPE_CHECKING:
    from auditor.document import Grid
    from auditor.forms.printed import Found
    from auditor.forms.tables import Form, FormBook, Table

_EMPTY_WORDS = (
    "无数据",
    "空表",
    "没有",
    "无政府性基金",
    "无国有资本",
    "无此项",
    "未安排",
    "不涉及",
    "未发生",
    "无三公",
)
DEFAULT_UNIT = "万元"
USUAL_DECIMALS = 2


def bind_table(found: Found, table: Table, book: FormBook, default_unit: str = "") -> tuple[ReadTable, list[Unread]]:
    """Read a found table as a standard table; what could not be read comes back with its reason.

    Where families print different parts of it under one title, the form that leaves least unread is taken.
    """
    forms: dict[tuple[object, ...], Form] = {}
    for form in found.forms:
        if form.table == table.name:
            forms.setdefault(form.print, form)
    readings = [_bind(found, table, form, book, default_unit) for form in forms.values() or (None,)]
    return min(readings, key=_left_unread)


def _left_unread(reading: tuple[ReadTable, list[Unread]]) -> tuple[bool, int, int, bool, int]:
    """How much a reading leaves open: the whole table, figures, rows that should be there, rows that may be there."""
    read, unread = reading
    partial = read.form is not None and read.form.partial
    return bool(read.reason), len(unread), len(read.missing_rows), partial, -len(read.facts)


def _bind(
    found: Found, table: Table, form: Form | None, book: FormBook, default_unit: str
) -> tuple[ReadTable, list[Unread]]:
    read = ReadTable(
        table.name,
        found.title or table.name,
        replace(found.place, table=table.name, quote=""),
        form.number if form else "",
        _unit(found) or default_unit or (form.unit if form else "") or DEFAULT_UNIT,
    )
    if form is not None and form.table in book.tables:
        table, read.left_out = book.printed(form)
        read.form = form
    read.borderless = any(grid.borderless for grid in found.grids)
    read.statement = next(
        (p.text for p in [*found.below, *found.lines] if any(word in p.text for word in _EMPTY_WORDS)), ""
    )
    try:
        if form is not None and form.across and found.grids:
            loose: list[LooseCell] = []
            naming = across(found.grids, table)
        else:
            rows, loose, read.complete = _printed_rows(found, table)
            naming = _named(rows, table, book)
    except UnmatchedError as outcome:
        read.reason, read.complete = outcome.reason, False
        read.view = [[ViewCell(cell.text) for cell in row] for grid in found.grids for row in grid.rows]
        return read, unread_of(found, outcome.reason)
    unread = [_unplaced(cell, table) for cell in loose]
    if not naming.rows:
        naming = _empty_rows(table, read.place)
    positions = _make_facts(read, naming, table, unread)
    if form is not None and form.partial:
        read.left_out |= frozenset(naming.missing)
    else:
        read.missing_rows = naming.missing
    read.view = _view(found, positions) if found.grids else _loose_view(naming, table, positions)
    return read, unread


def _named(rows: list[PrintedRow], table: Table, book: FormBook) -> Naming:
    if table.layout is Layout.CELLS:
        return Naming([NamedRow(row) for row in rows])
    if table.layout is Layout.LIST:
        return Naming([NamedRow(row, plain(row.label)) for row in rows])
    return name_rows(rows, table, book.taxonomies[table.codes]) if rows else Naming()


def _empty_rows(table: Table, place: Place) -> Naming:
    """A table printed with a header and no rows says that there is nothing: its named rows are blank."""
    columns = [column.name for column in table.columns if not column.optional]
    blank = [
        NamedRow(PrintedRow("", row.labels[0], [(name, Cell("", place)) for name in columns], place), row.name, row)
        for row in table.rows
        if not row.optional
    ]
    return Naming(blank)


def _unit(found: Found) -> str:
    """The unit that the remarks above the table state, or the first rows of its grid."""
    texts = [paragraph.text for paragraph in found.above] + [p.text for p in found.lines[:12]]
    for grid in found.grids[:1]:
        texts += [cell.text for row in grid.rows[:4] for cell in row if cell.text]
    return next((unit for text in texts if (unit := money_unit(text))), "")


def _printed_rows(found: Found, table: Table) -> tuple[list[PrintedRow], list[LooseCell], bool]:
    """Turn the grids or lines of a found table into printed rows; the flag says that all rows were understood."""
    if not found.grids:
        loose = read_loose(found.lines, table)
        if not loose.rows:
            raise UnmatchedError("unread.no_rows")
        return loose.rows, loose.unplaced, not loose.unplaced
    rows: list[PrintedRow] = []
    complete = True
    if table.layout in (Layout.CELLS, Layout.LIST):
        rows = read_cells(found.grids, table) if table.layout is Layout.CELLS else read_list(found.grids, table)
        return rows, _leftover(found, rows, table, set()), True
    plan: Plan | None = None
    labels: set[int] = set()
    for grid in found.grids:
        part, plan, understood = _grid_part(grid, plan, table)
        labels |= _label_cells(grid, plan)
        rows.extend(part)
        complete = complete and understood
    return rows, _leftover(found, rows, table, labels), complete


def _label_cells(grid: Grid, plan: Plan) -> set[int]:
    """The identities of cells that are labels: header rows, code, name and 行次 columns, rows that number columns."""
    columns = {position for segment in plan.segments for position in segment.labels}
    numbered = any(slot.what == "line" for slot in plan.slots)
    return {
        id(cell)
        for number, cells in enumerate(grid.rows)
        for position, cell in enumerate(cells)
        if position in columns
        or is_index_row(cells)
        or number < plan.header.rows
        or (numbered and cell.text.isdigit() and len(cell.text) < 4)
    }


def _leftover(found: Found, rows: list[PrintedRow], table: Table, labels: set[int]) -> list[LooseCell]:
    """The numbers of the grids that went under no column of the table."""
    used = {id(cell) for row in rows for _, cell in row.cells} | labels
    return [
        LooseCell(cell, "", "unread.no_column")
        for grid in found.grids
        for cells in grid.rows
        if table.layout is not Layout.CELLS or not is_index_row(cells)
        for cell in cells
        if id(cell) not in used and _may_be_figure(cell.raw)
    ]


_IDENTIFIER = re.compile(r"20[0-4]\d|\d{6,8}|\d{11,}")


def _may_be_figure(raw: str) -> bool:
    """Tell whether a cell may print a figure: a number that is no year, unit code, month or telephone number."""
    literal = parse_literal(raw)
    return literal.state in NUMERIC and not _IDENTIFIER.fullmatch(raw.strip())


def _grid_part(grid: Grid, before: Plan | None, table: Table) -> tuple[list[PrintedRow], Plan, bool]:
    """Read one grid of a table: with its own header, or as a continuation of the grid before."""
    if before is None:
        plan = plan_grid(grid, table)
        return rows_of(grid, plan, table, start=plan.header.rows), plan, True
    try:
        plan = plan_grid(grid, table)
        return rows_of(grid, plan, table, start=plan.header.rows), plan, True
    except UnmatchedError:
        shifted = shift_plan(before, grid)
        if shifted is not None:
            return rows_of(grid, shifted, table, start=0), before, True
    squeezed = [row for cells in grid.rows for cell in cells for row in read_squeezed(cell, table)]
    return squeezed, before, bool(squeezed)


def _unplaced(loose: LooseCell, table: Table) -> Unread:
    candidates = tuple(str(Address(table.name, loose.row, column)) for column in loose.candidates)
    return Unread(loose.cell.text, replace(loose.cell.place, table=table.name), loose.reason, candidates)


def _make_facts(read: ReadTable, naming: Naming, table: Table, unread: list[Unread]) -> dict[int, int]:
    """Make the facts of all named rows; returns the position of each cell's fact by the identity of the cell."""
    kinds = {column.name: column.kind for column in table.all_columns}
    fine = _fine_decimals(naming, kinds)
    seen: Counter[tuple[str, str]] = Counter()
    positions: dict[int, int] = {}
    for named in naming.rows:
        printed = named.printed
        if not named.name and table.layout is not Layout.CELLS:
            if _unnamed(named, table, unread):
                read.unknown_lanes.add(printed.lane if table.lanes else "")
            continue
        read.names.setdefault(named.name, printed.label)
        if named.official:
            read.misnamed[named.name] = named.official
        read.recovered = read.recovered or named.read_by is ReadBy.RECOVERED
        for column, cell in printed.cells:
            kind = named.row.kind if named.row and named.row.kind else kinds.get(column, Kind.AMOUNT)
            seen[named.name, column] += 1
            address = Address(table.name, named.name, column, seen[named.name, column])
            fact = _fact(cell, address, named, kind, read.unit, fine)
            positions[id(cell)] = len(read.facts)
            read.facts.append(fact)
            if fact.state is State.UNREADABLE:
                unread.append(Unread(fact.text, fact.place, fact.reason, (str(address),)))
    return positions


def _fact(cell: Cell, address: Address, named: NamedRow, kind: Kind, unit: str, fine: int) -> Fact:
    literal = parse_literal(cell.raw)
    place = replace(cell.place, table=address.table)
    measure = unit if kind is Kind.AMOUNT else ("%" if kind is Kind.PERCENT else (named.row.unit if named.row else ""))
    fact = fact_of(
        literal, address, kind=kind, unit=measure, fine_decimals=fine if kind is Kind.AMOUNT else 0, place=place,
        read_by=named.read_by,
    )  # fmt: skip
    if named.printed.squeezed and fact.is_figure and kind is Kind.AMOUNT and literal.decimals < fine:
        return replace(fact, state=State.UNREADABLE, value=0, reason="unread.cut_off")
    if kind is Kind.AMOUNT and literal.percent:
        return replace(fact, state=State.UNREADABLE, value=0, reason="unread.percent_as_amount")
    return fact


def _fine_decimals(naming: Naming, kinds: dict[str, Kind]) -> int:
    """The most decimals among the amounts of the table; an empty table would print as most tables do."""
    most, any_amount = 0, False
    for named in naming.rows:
        for column, cell in named.printed.cells:
            kind = named.row.kind if named.row and named.row.kind else kinds.get(column, Kind.AMOUNT)
            literal = parse_literal(cell.raw)
            if kind is Kind.AMOUNT and literal.state in NUMERIC and not literal.percent:
                most, any_amount = max(most, literal.decimals), True
    return min(most, 6) if any_amount else USUAL_DECIMALS


def _unnamed(named: NamedRow, table: Table, unread: list[Unread]) -> bool:
    """List the figures of a row without a name as unread; tell whether it has any but zeros."""
    any_value = False
    for column, cell in named.printed.cells:
        if cell.text and parse_literal(cell.raw).state in NUMERIC:
            reason = named.reason or "unread.unknown_row"
            where = str(Address(table.name, named.printed.label, column))
            unread.append(Unread(cell.text, replace(cell.place, table=table.name), reason, (where,)))
            any_value = any_value or parse_literal(cell.raw).state is State.VALUE
    return any_value


def unread_of(found: Found, reason: str) -> list[Unread]:
    """All numbers of a table that could not be read, with one reason."""
    cells = (cell for grid in found.grids for row in grid.rows for cell in row)
    return [Unread(cell.text, cell.place, reason) for cell in cells if _may_be_figure(cell.raw)]


def _view(found: Found, positions: dict[int, int]) -> list[list[ViewCell]]:
    view = []
    for grid in found.grids:
        seen: set[int] = set()
        body = False
        for cells in grid.rows:
            body = body or any(id(cell) in positions for cell in cells)
            line = []
            for cell in cells:
                if id(cell) in seen and (cell.rowspan > 1 or cell.colspan > 1):
                    continue
                seen.add(id(cell))
                line.append(ViewCell(cell.text, positions.get(id(cell)), cell.rowspan, cell.colspan, not body))
            view.append(line)
    return view


def _loose_view(naming: Naming, table: Table, positions: dict[int, int]) -> list[list[ViewCell]]:
    """A table read from lines has no print layout of its own: show rows by code, label and figures."""
    view: list[list[ViewCell]] = []
    lanes = {row.printed.lane for row in naming.rows}
    for lane in [lane.name for lane in table.lanes if lane.name in lanes] or [""]:
        rows = [named for named in naming.rows if named.printed.lane == lane]
        columns: list[str] = []
        for named in rows:
            columns += [column for column, _ in named.printed.cells if column not in columns]
        head = [lane or "", "项目", *columns]
        view.append([ViewCell(text.rsplit("/", 1)[-1], head=True) for text in head])
        for named in rows:
            cells = dict(named.printed.cells)
            key = named.printed.code or (str(named.printed.line) if named.printed.line else "")
            line = [ViewCell(key), ViewCell(tidy(named.printed.label))]
            line += [
                ViewCell(cells[column].text, positions.get(id(cells[column]))) if column in cells else ViewCell("")
                for column in columns
            ]
            view.append(line)
    return view
