"""Print a ledger: amounts rounded to a unit and precision, as printed texts, facts, or a filing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.engine.facts.chunk import FilingInfo, Status
from auditor.engine.facts.fact_table import STATE_CODE, FactTable
from auditor.model.facts import Address, FilingKey, Place, fact_of
from auditor.model.filing import Filing, ReadTable
from auditor.model.numbers import State, decimal_text, parse_literal
from auditor.model.tables import Layout
from auditor.model.units import FEN_PER, Kind, Rounding
from auditor.testing.models import Model, modelled, round_to, step_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.forms.book import FormBook
    from auditor.model.tables import Table
    from auditor.testing.ledger import Amounts

FAMILY = "全国决算"


@dataclass(frozen=True, slots=True)
class Style:
    """How amounts are printed.

    `zeros` says what stands for nothing at all (ZERO: 0.00, BLANK, DASH), `trim` drops trailing zeros, `model` says
    what is rounded and what is added up.
    """

    unit: str = "万元"
    decimals: int = 2
    rounding: Rounding = Rounding.HALF_UP
    zeros: State = State.ZERO
    trim: bool = False
    model: Model = Model.LEDGER

    @property
    def step(self) -> int:
        """The last digit that is printed, in 分."""
        return step_of(self.unit, self.decimals)

    def modelled(self, tables: dict[str, Amounts]) -> dict[str, Amounts]:
        """The amounts that this style rounds, in 分: those of the ledger, or what its print model adds up."""
        return modelled(tables, self.model, self.step, self.rounding)

    def text(self, amount: int, true: int | None = None) -> str:
        """Print one amount (分); `true` is the one in the ledger where a print model gives another one."""
        rounded = round_to(amount, self.step, self.rounding)
        if not amount and not true and self.zeros is not State.ZERO:
            return "" if self.zeros is State.BLANK else "—"
        text = decimal_text(rounded, FEN_PER[self.unit], self.decimals)
        if self.trim and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text


Printed = dict[str, dict[tuple[str, str], str]]  # table → (row, column) → text


def print_tables(tables: dict[str, Amounts], style: Style, book: FormBook) -> Printed:
    """Print every cell of every table, cells that no leaf reaches as zero."""
    out: Printed = {}
    printed_as = _standard(book)
    for name, amounts in style.modelled(tables).items():
        true = tables[name]
        out[name] = {
            cell: style.text(amounts.get(cell, 0), true.get(cell)) for cell in _cells(printed_as[name], amounts)
        }
    return out


def filing_of_print(printed: Printed, style: Style, key: FilingKey | None = None) -> Filing:
    """Make a filing of printed tables, as if it had been read from a document."""
    filing = Filing(key or FilingKey("示例单位", 2023, "final_accounts", "unit"), FAMILY)
    for name, cells in printed.items():
        read = ReadTable(name, name, Place(table=name), unit=style.unit)
        fine = max((parse_literal(text).decimals for text in cells.values()), default=0)
        for (row, column), text in cells.items():
            read.facts.append(
                fact_of(
                    parse_literal(text),
                    Address(name, row, column),
                    kind=Kind.AMOUNT,
                    unit=style.unit,
                    fine_decimals=fine,
                    place=Place(table=name),
                )
            )
        filing.tables.append(read)
    return filing


@dataclass(slots=True)
class Pools:
    """Texts numbered once for many filings."""

    tables: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)


def facts_of_ledgers(
    ledgers: Iterable[dict[str, Amounts]], style: Style, book: FormBook
) -> tuple[FactTable, list[FilingInfo]]:
    """Print many rolled-up ledgers straight into one long table, for benchmarks; no texts are made."""
    pools = Pools()
    printed_as = _standard(book)
    step = style.step
    lines: list[tuple[int, ...]] = []
    infos: list[FilingInfo] = []
    for number, tables in enumerate(ledgers):
        for name, amounts in style.modelled(tables).items():
            table = pools.tables.setdefault(name, len(pools.tables))
            for row, column in _cells(printed_as[name], amounts):
                value = round_to(amounts.get((row, column), 0), step, style.rounding)
                state = STATE_CODE[State.VALUE if value else State.ZERO]
                lines.append(
                    (
                        number,
                        table,
                        pools.rows.setdefault(row, len(pools.rows)),
                        pools.columns.setdefault(column, len(pools.columns)),
                        1,
                        state,
                        value,
                        step,
                        step,
                    )
                )
        key = FilingKey(f"单位{number}", 2023, "final_accounts", "unit")
        infos.append(FilingInfo(key, FAMILY, "", dict.fromkeys(tables, Status.READ)))
    return FactTable.from_lines(list(pools.tables), list(pools.rows), list(pools.columns), lines), infos


def _standard(book: FormBook) -> dict[str, Table]:
    """The standard tables with the rows and columns that the family of the generator prints."""
    return {form.table: book.printed(form)[0] for form in book.families[FAMILY].forms}


def _cells(table: Table, amounts: Amounts) -> Iterable[tuple[str, str]]:
    rows = [row for row, _ in amounts] + [row.name for row in table.rows if not row.optional]
    for row in dict.fromkeys(rows):
        lane = table.lane_by_name.get(row.split("/", 1)[0]) if table.layout is Layout.LANES else None
        for column in lane.columns if lane else table.columns:
            if not column.optional:
                yield row, column.name
