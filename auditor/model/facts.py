"""Facts: the single things that a filing prints, typed, addressed, with place and state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from auditor.model.numbers import NUMERIC, Literal, State, decimal_text
from auditor.model.units import FEN_PER, PERCENT_SCALE, Kind, Range, Rounding, last_digit, printed_range

TOO_LARGE = "unread.too_large"
MAX_VALUE = 10**16  # 分 (100 万亿元), or smallest steps of other kinds: sums of thousands stay inside 64 bits
TOO_FINE = "unread.too_fine"  # why an amount is not read: it has more decimals than money of its unit can have


class ReadBy(StrEnum):
    """How a fact was read: as printed, with something recovered (a lost code, say), or recognised from a picture."""

    PRINTED = "printed"
    RECOVERED = "recovered"
    OCR = "ocr"


class Address(NamedTuple):
    """The name of a fact inside one filing: `表[行].栏#次`; row or column are empty where the table has only one."""

    table: str
    row: str = ""
    column: str = ""
    occurrence: int = 1

    def __str__(self) -> str:
        row = f"[{self.row}]" if self.row else ""
        again = f"#{self.occurrence}" if self.occurrence > 1 else ""
        column = f".{self.column}" if self.column else ""
        return f"{self.table}{row}{again}{column}"


REPORTS = ("final_accounts", "budget")  # kinds of filings: 决算, 预算
EDITIONS = ("unit", "department")  # 单位, 部门
ENTITY_KINDS = ("行政", "参公", "事业")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file, page or sheet, line, table, row, column, section, quote, bounding box.

    A format gives what it has: text a line, PDF a page and a box (points from the top left), a workbook a sheet with
    row and column as the spreadsheet counts them, a word processor the paragraph or the number of the grid.
    """

    file: str = ""
    page: int | None = None
    line: int | None = None
    table: str = ""
    row: int | None = None
    column: int | None = None
    section: str = ""
    quote: str = ""
    bbox: tuple[float, float, float, float] | None = None
    sheet: str = ""
    paragraph: int | None = None
    grid: int | None = None

    @property
    def spot(self) -> tuple[object, ...]:
        """Where a cell stands, whatever table it was read as."""
        return (self.file, self.page, self.line, self.grid, self.row, self.column)

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet names it (C12), or '' where it stands in no sheet."""
        return f"{column_name(self.column - 1)}{self.row}" if self.sheet and self.row and self.column else ""


def column_name(column: int) -> str:
    """The letters of a column counted from 0.

    >>> column_name(0), column_name(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class FilingKey(NamedTuple):
    """What tells one filing from another; empty or 0 where it could not be read."""

    entity: str = ""
    year: int = 0
    report: str = ""  # final_accounts, budget
    edition: str = ""  # unit, department


@dataclass(frozen=True, slots=True)
class Fact:
    """One printed figure, or one thing that is said (a word, a set of words: its `text`).

    `value` is the number as printed, in the smallest step of its kind (分, millionths of a percent, ones).
    `step` is the worth of the last digit under the fine reading (the most decimals among the amounts of the
    table), `own_step` under the literal's own decimals. `unit` is the unit as printed: 万元, %, 辆.
    """

    address: Address
    kind: Kind
    state: State
    text: str
    value: int = 0
    step: int = 1
    own_step: int = 1
    unit: str = ""
    decimals: int = 0
    read_by: ReadBy = ReadBy.PRINTED
    place: Place = Place()
    reason: str = ""  # key of the message that says why it is unreadable
    candidates: tuple[str, ...] = ()  # addresses it could belong to

    @property
    def is_figure(self) -> bool:
        """Whether a number is printed here."""
        return self.state in NUMERIC and self.kind is not Kind.WORD

    def range(self, mode: Rounding = Rounding.HALF_UP, *, own: bool = False) -> Range:
        """Return the integers that would print like this, by the fine or by the literal's own precision."""
        return printed_range(self.value, self.own_step if own else self.step, mode)


def scale_of(kind: Kind, unit: str) -> int:
    """Return how many smallest steps make one of `unit`."""
    if kind is Kind.AMOUNT:
        return FEN_PER[unit]
    return PERCENT_SCALE if kind in (Kind.PERCENT, Kind.MEASURE) else 1


def fact_of(
    literal: Literal,
    address: Address,
    *,
    kind: Kind,
    unit: str,
    fine_decimals: int,
    place: Place,
    read_by: ReadBy = ReadBy.PRINTED,
) -> Fact:
    """Make the fact of a printed literal; `fine_decimals` are the most decimals among the table's amounts."""
    scale = scale_of(kind, unit)
    decimals = literal.decimals
    state, reason, value = literal.state, literal.reason, 0
    if literal.state in NUMERIC:
        value, rest = divmod(literal.digits * scale, 10**decimals)
        if rest:  # finer than the smallest step kept
            state, reason, value = State.UNREADABLE, TOO_FINE, 0
        elif abs(value) > MAX_VALUE:
            state, reason, value = State.UNREADABLE, TOO_LARGE, 0
    return Fact(
        address,
        kind,
        state,
        literal.raw.strip(),
        value,
        last_digit(scale, max(fine_decimals, decimals)),
        last_digit(scale, decimals),
        unit,
        decimals,
        ReadBy.RECOVERED if literal.repaired and read_by is ReadBy.PRINTED else read_by,
        place,
        reason,
    )


def value_text(value: int, kind: Kind, unit: str, decimals: int) -> str:
    """Write a value of `kind` in `unit` as a decimal string, with at least the given decimals."""
    return decimal_text(value, scale_of(kind, unit), decimals)
