"""A filing that prints every row and column of a family's tables: what the rules look like where all of them bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.facts import EDITIONS, REPORTS, Address, FilingKey, Place, fact_of
from auditor.model.filing import Filing, ReadTable
from auditor.model.numbers import parse_literal
from auditor.model.tables import Layout
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.forms.book import FormBook
    from auditor.model.tables import Family, Table

UNIT = "万元"
YEAR = 2023
_EACH = 2  # 款 of a class, and 项 of a 款: enough for every kind of sum
_CLASSES = ("208", "210", "301", "302", "303", "501", "502", "505", "509")  # that forms list
_LINES = ["甲", "乙"]


def filled_filing(family: Family, book: FormBook) -> Filing:
    """Make the filing; every figure of it is 1.00, since only what the rules relate matters."""
    key = FilingKey("示例单位", YEAR, family.report or REPORTS[0], EDITIONS[0])
    filing = Filing(key, family.name)
    for form in family.forms:
        for name in (form.table, *form.inner):
            if name and all(read.table != name for read in filing.tables):
                printed, left_out = book.printed(form) if name == form.table else (book.tables[name], frozenset())
                read = ReadTable(name, form.title, Place(table=name), unit=UNIT, form=form, left_out=left_out)
                read.facts = [
                    fact_of(
                        parse_literal("1.00"),
                        Address(name, row, column),
                        kind=Kind.AMOUNT,
                        unit=UNIT,
                        fine_decimals=2,
                        place=Place(table=name),
                    )
                    for row, column in _cells(printed, book)
                ]
                filing.tables.append(read)
    return filing


def _cells(table: Table, book: FormBook) -> Iterator[tuple[str, str]]:
    """The rows and columns of a table that hold amounts."""
    for lane in table.lanes:
        rows = [row.name for row in lane.rows if row.kind in (None, Kind.AMOUNT)]
        rows += [f"{lane.name}/{code}" if lane.name else code for code, _ in lane.classes or ()]
        yield from ((row, c.name) for row in rows for c in lane.columns if c.kind is Kind.AMOUNT)
    if table.lanes:
        return
    amounts = [column.name for column in table.columns if column.kind is Kind.AMOUNT]
    rows = [row.name for row in table.rows if row.kind in (None, Kind.AMOUNT)]
    if table.layout is Layout.CODES:
        rows += _codes(table, book)
    elif table.layout is Layout.CELLS:
        rows = [""]
    elif table.layout is Layout.LIST:
        rows += _LINES
    yield from ((row, column) for row in rows for column in amounts)


def _codes(table: Table, book: FormBook) -> list[str]:
    """A few codes of the table's list, level by level."""
    taxonomy = book.taxonomies[table.codes]
    codes = sorted({entry.code for entry in taxonomy.entries})
    above = list(_CLASSES)
    out = [code for code in codes if code in _CLASSES]
    for length in sorted(taxonomy.levels.values())[1:]:
        below = [[code for code in codes if len(code) == length and code.startswith(parent)] for parent in above]
        above = [code for found in below for code in found[:_EACH]]
        out += above
    return out
