"""Small printed tables as shapes: header lines, a line of dashes, then rows; cells between bars.

A cell of the header that only holds `<` stands under the cell at its left. The first `stub` columns are labels; a label
of digits is a code. Cells become facts of one table by their row and column, `?` is a figure that was not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.model.document import Cell
from auditor.model.facts import Address, Fact, Place, fact_of
from auditor.model.numbers import State, parse_literal
from auditor.model.shape import Shape, ShapeColumn, ShapeRow
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORDINALS = (re.compile(r"[一二三四五六七八九十]+、"), re.compile(r"（[一二三四五六七八九十]+）"), re.compile(r"\d+\."))
TABLE = "某表"


def shape_of(text: str, *, stub: int = 1, title: str = TABLE, lanes: Sequence[int] = (0,)) -> tuple[Shape, list[Fact]]:
    """A shape and its facts; `lanes` are the columns in which lanes begin, each with `stub` labels."""
    lines = [line.strip() for line in text.strip().splitlines()]
    split = next(number for number, line in enumerate(lines) if set(line) <= set("-| "))
    header = [_cells(line) for line in lines[:split]]
    body = [_cells(line) for line in lines[split + 1 :]]
    width = max(len(row) for row in (*header, *body))
    header, body = ([[*row, *[""] * (width - len(row))] for row in rows] for rows in (header, body))
    shape = Shape(title, "万元", Place(table=title))
    starts = [*lanes, width]
    fine = max((parse_literal(text).decimals for row in body for text in row[stub:] if text[-1:].isdigit()), default=0)
    facts: list[Fact] = []
    seen: dict[str, int] = {}
    for lane, start in enumerate(lanes):
        figures = range(start + stub, starts[lane + 1])
        shape.columns += [_column(header, column, lane) for column in figures]
        for number, row in enumerate(body):
            labels = tuple(row[start : start + stub])
            if not any(row[start : starts[lane + 1]]):
                continue
            cells = {c: Cell(row[c], Place(table=title, row=number, column=c)) for c in figures}
            shape.rows.append(_row(labels, lane, number, cells))
            name = shape.rows[-1].code or shape.rows[-1].name or "?"
            seen[name] = seen.get(name, 0) + 1
            for column, cell in cells.items():
                address = Address(title, name, f"{column}", seen[name])
                shape.addresses[len(shape.rows) - 1, column] = address
                facts.append(_fact(cell, address, fine))
    return shape, facts


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _column(header: list[list[str]], column: int, lane: int) -> ShapeColumn:
    path: list[str] = []
    spans: list[int] = []
    for depth, row in enumerate(header):
        at = column
        while row[at] == "<":
            at -= 1
        if row[at]:
            path.append(row[at])
            spans.append(100 * depth + at)
    return ShapeColumn(column, lane, tuple(path), tuple(spans), of_which=any("其中" in text for text in path))


def _row(labels: tuple[str, ...], lane: int, number: int, cells: dict[int, Cell]) -> ShapeRow:
    code = "".join(label for label in labels if label.isdigit())
    name = next((label for label in labels[::-1] if label and not label.isdigit()), "")
    ordinal = next((depth for depth, style in enumerate(_ORDINALS, 1) if style.match(name)), 0)
    return ShapeRow(
        lane,
        number,
        labels,
        name,
        Place(),
        cells,
        code,
        "functional" if code else "",
        ordinal,
        total=name.endswith(("合计", "总计", "小计")),
        of_which=name.startswith("其中"),
    )


def _fact(cell: Cell, address: Address, fine: int) -> Fact:
    if cell.raw == "?":
        return Fact(address, Kind.AMOUNT, State.UNREADABLE, "?", place=cell.place, reason="unread.not_a_number")
    return fact_of(
        parse_literal(cell.raw), address, kind=Kind.AMOUNT, unit="万元", fine_decimals=fine, place=cell.place
    )
