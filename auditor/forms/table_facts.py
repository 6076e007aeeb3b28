"""From a found table to facts: every cell typed, addressed, placed, with its unit and its precision.

The fine reading of precision takes the most decimals among the amounts of the table: spreadsheets drop trailing
zeros, so `4.1` beside `141.53` means 4.10 (rounding.md 1).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.blank_lines import ways_to_read
from auditor.forms.column_plan import plan_grid, shift_plan
from auditor.forms.grid_rows import Carried, rows_of
from auditor.forms.header_rows import joined
from auditor.forms.listed_tables import read_list
from auditor.forms.loose_lines import read_loose, read_squeezed
from auditor.forms.printed_table import LooseCell, PrintedRow
from auditor.forms.project_sheets import read_sheet
from auditor.forms.read_plan import GridPlan, UnmatchedError
from auditor.forms.row_match import NamedRow, Naming, name_rows
from auditor.forms.stated_unit import stated_unit
from auditor.forms.table_views import grid_view, loose_view
from auditor.forms.unlabelled_tables import across, read_cells
from auditor.forms.unread_numbers import amounts_inside, label_cells, leftover, lost_rows, unread_of
from auditor.model.document import Cell
from auditor.model.facts import Address, Fact, Place, ReadBy, fact_of
from auditor.model.filing import ReadTable, Unread, ViewCell
from auditor.model.labels import plain
from auditor.model.numbers import BROKEN, LOST, NUMERIC, State, is_printed_number, may_be_amount, parse_literal
from auditor.model.tables import Layout
from auditor.model.units import Kind
from auditor.phrases.wordings import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.forms.book import FormBook
    from auditor.forms.printed_table import Found
    from auditor.model.document import Grid, Paragraph
    from auditor.model.tables import Form, Table

DEFAULT_UNIT = "万元"
USUAL_DECIMALS = 2
_NO_COLUMN = BROKEN | {"unread.no_column"}  # why what a form leaves over may stand under a column that it does not know


def bind_table(found: Found, table: Table, book: FormBook, default_unit: str = "") -> tuple[ReadTable, list[Unread]]:
    """Read a found table as a standard table; what could not be read comes back with its reason.

    Where families print different parts of it under one title, the form that leaves least unread is taken. Where
    all of these leave something, the forms that other families give the same table are tried too: places borrow
    titles from each other.
    """
    own = _prints(found.forms, table)
    readings = [_bind(found, table, form, book, default_unit) for form in own.values() or (None,)]
    if found.forms and _is_open(min(readings, key=_left_unread)):
        others = _prints((form for family in book.families.values() for form in family.forms), table)
        unit = default_unit or next((form.unit for form in own.values() if form.unit), DEFAULT_UNIT)
        readings += [
            _bind(found, table, replace(form, number="", unit=unit), book, unit)
            for print_, form in others.items()
            if print_ not in own
        ]
    return min(readings, key=_left_unread)


def _prints(forms: Iterable[Form], table: Table) -> dict[tuple[object, ...], Form]:
    """The forms of a standard table that print it differently."""
    found: dict[tuple[object, ...], Form] = {}
    for form in forms:
        if form.table == table.name:
            found.setdefault(form.print, form)
    return found


def _is_open(reading: tuple[ReadTable, list[Unread]]) -> bool:
    """Whether a reading leaves anything unread or missing."""
    read, unread = reading
    return bool(read.reason or unread or read.missing_rows or read.unprinted)


def _left_unread(reading: tuple[ReadTable, list[Unread]]) -> tuple[bool, int, int, int, bool, int]:
    """How much a reading leaves open.

    The whole table, figures, rows that should be there, columns of the form that are not printed, rows that may be
    there; of readings that leave as much, that with more facts.
    """
    read, unread = reading
    partial = read.form is not None and read.form.partial
    return bool(read.reason), len(unread), len(read.missing_rows), len(read.unprinted), partial, -len(read.facts)


def _bind(
    found: Found, table: Table, form: Form | None, book: FormBook, default_unit: str
) -> tuple[ReadTable, list[Unread]]:
    read = ReadTable(
        table.name,
        found.title or table.name,
        replace(found.place, table=table.name, quote=""),
        form.number if form else "",
        stated_unit(found) or default_unit or (form.unit if form else "") or DEFAULT_UNIT,
    )
    if form is not None and form.table in book.tables:
        table, read.left_out = book.printed(form)
        read.form = form
    read.borderless = any(grid.borderless for grid in found.grids)
    read.statement = _statement(found, book)
    outcome = _rows_of(found, table, book, form)
    if isinstance(outcome, UnmatchedError):
        read.reason, read.complete = outcome.reason, False
        read.view = [[ViewCell(cell.text) for cell in row] for grid in found.grids for row in grid.rows]
        return read, unread_of(found, outcome.reason)
    naming, loose, complete = outcome
    read.complete = complete and not found.open
    unread = [_unplaced(cell, table) for cell in loose]
    if not naming.rows:
        naming = _empty_rows(table, read.place)
    positions = make_facts(read, naming, table, unread)
    if form is not None and form.partial:
        # what may be left out adds nothing; a total that is not seen, or a row beside unread figures, is unknown
        totals = {row.name for row in table.rows}
        read.left_out |= frozenset() if unread else frozenset(naming.missing) - totals
    else:
        read.missing_rows = naming.missing
    read.unknown_columns = any(
        item.reason in _NO_COLUMN and may_be_amount(parse_literal(item.cell.raw)) for item in loose
    )
    printed = {fact.address.column for fact in read.facts}
    read.unprinted = [c.name for c in table.all_columns if not c.optional and c.name not in printed]
    if form is not None and form.partial:
        read.left_out |= _unused_groups(table, printed)
    read.view = grid_view(found, positions) if found.grids else loose_view(naming, table, positions)
    return read, unread


def _unused_groups(table: Table, printed: set[str]) -> frozenset[str]:
    """The columns of those groups of which a form with parts left out prints nothing at all."""
    used = {name for names in table.column_groups.values() if printed & set(names) for name in names}
    grouped = {name for names in table.column_groups.values() for name in names}
    return frozenset(grouped - used)


def _rows_of(
    found: Found, table: Table, book: FormBook, form: Form | None
) -> tuple[Naming, list[LooseCell], bool] | UnmatchedError:
    """The named rows, the figures that went nowhere, whether all was understood; the first error if nothing fits."""
    refused: UnmatchedError | None = None
    for grids in ways_to_read(found.grids, table):
        try:
            if form is not None and form.across and grids:
                naming = across(grids, table, partial=form.partial)
                return naming, leftover(grids, [row.printed for row in naming.rows], set()), True
            rows, loose, complete = _printed_rows(grids, found.lines, table)
            return _named(rows, table, book), loose, complete
        except UnmatchedError as error:
            refused = refused or error
    assert refused is not None
    return refused


def _named(rows: list[PrintedRow], table: Table, book: FormBook) -> Naming:
    if table.layout is Layout.CELLS:
        return Naming([NamedRow(row) for row in rows])
    if table.layout in (Layout.LIST, Layout.SHEET):
        return Naming([NamedRow(row, plain(row.label)) for row in rows])
    return name_rows(rows, table, book.taxonomies[table.codes], book.row_labels) if rows else Naming()


def _empty_rows(table: Table, place: Place) -> Naming:
    """A table printed with a header and no rows says that there is nothing: its named rows are blank."""
    columns = [column.name for column in table.columns if not column.optional]
    blank = [
        NamedRow(PrintedRow("", row.labels[0], [(name, Cell("", place)) for name in columns], place), row.name, row)
        for row in table.rows
        if not row.optional
    ]
    return Naming(blank)


def _statement(found: Found, book: FormBook) -> str:
    """The remark below a table that says why it has no figures, or that cannot be read and may say so; or ''."""
    says = tuple(book.wordings.of(EMPTY))
    lines = (p.text for p in (*found.below, *found.lines))
    texts = list(lines)
    says_so = (text for text in texts if any(next(one.hits(_squeezed(text)), None) for one in says))
    return next(says_so, "") or next((text for text in texts if LOST in text), "")


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _printed_rows(
    grids: Sequence[Grid], lines: Sequence[Paragraph], table: Table
) -> tuple[list[PrintedRow], list[LooseCell], bool]:
    """Turn the grids or lines of a found table into printed rows; the flag says that all rows were understood."""
    if not grids:
        loose = read_loose(lines, table)
        if not loose.rows:
            raise UnmatchedError("unread.no_rows")
        return loose.rows, loose.unplaced, not loose.unplaced
    rows: list[PrintedRow] = []
    complete = True
    if table.layout is Layout.CELLS:
        rows = read_cells(joined(grids, table), table)
        return rows, leftover(grids, rows, set()), True
    if table.layout is Layout.SHEET:
        rows = read_sheet(grids, table)
        return rows, leftover(grids, rows, set()), True
    if table.layout is Layout.LIST:
        rows, complete = read_list(grids, table)
        return rows, leftover(grids, rows, set()), complete
    plan: GridPlan | None = None
    carried = Carried()
    labels: set[int] = set()
    glued: list[LooseCell] = []  # cells of text with amounts inside
    for grid in joined(grids, table):
        part, plan, understood = _grid_part(grid, plan, table, carried)
        labels |= label_cells(grid, plan)
        rows.extend(part)
        if not understood:
            complete = False
            glued += amounts_inside(grid)
    loose_cells = leftover(grids, rows, labels)
    return rows, [*loose_cells, *glued], complete and not lost_rows(grids, rows, loose_cells)


def _grid_part(
    grid: Grid, before: GridPlan | None, table: Table, carried: Carried
) -> tuple[list[PrintedRow], GridPlan, bool]:
    """Read one grid of a table: with its own header, or as a continuation of the grid before."""
    try:
        plan = plan_grid(grid, table)
    except UnmatchedError:
        if before is None:
            raise
    else:
        return rows_of(grid, plan, table, start=plan.header.rows, carried=carried), plan, True
    shifted = shift_plan(before, grid)
    if shifted is not None:
        return rows_of(grid, shifted, table, start=0, carried=carried), before, True
    squeezed = [row for cells in grid.rows for cell in cells for row in read_squeezed(cell, table)]
    return squeezed, before, bool(squeezed)


def _unplaced(loose: LooseCell, table: Table) -> Unread:
    candidates = tuple(str(Address(table.name, loose.row, column)) for column in loose.candidates)
    return Unread(loose.cell.text, replace(loose.cell.place, table=table.name), loose.reason, candidates)


def make_facts(read: ReadTable, naming: Naming, table: Table, unread: list[Unread]) -> dict[int, int]:
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
            if fact.state is State.UNREADABLE or fact.reason in BROKEN:
                unread.append(Unread(fact.text, fact.place, fact.reason, (str(address),)))
    return positions


def _fact(cell: Cell, address: Address, named: NamedRow, kind: Kind, unit: str, fine: int) -> Fact:
    literal = parse_literal(cell.raw)
    place = replace(cell.place, table=address.table)
    measure = unit if kind is Kind.AMOUNT else ("%" if kind is Kind.PERCENT else (named.row.unit if named.row else ""))
    fact = fact_of(
        literal,
        address,
        kind=kind,
        unit=measure,
        fine_decimals=fine if kind is Kind.AMOUNT else 0,
        place=place,
        read_by=named.read_by,
    )
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
        literal = parse_literal(cell.raw)
        if cell.text and is_printed_number(literal):
            reason = literal.reason or named.reason or "unread.unknown_row"
            where = str(Address(table.name, named.printed.label, column))
            unread.append(Unread(cell.text, replace(cell.place, table=table.name), reason, (where,)))
            any_value = any_value or may_be_amount(literal)
    return any_value
