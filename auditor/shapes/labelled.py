"""Numbers beside words: forms that are filled in, where the labels at the left and above say what a number is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.forms.column_match import Look, look
from auditor.model.numbers import is_printed_number, parse_literal
from auditor.model.shape import ShapeColumn, ShapeRow
from auditor.model.units import FEN_PER, Kind
from auditor.shapes.sheets import filled
from auditor.shapes.stubs import style_of
from auditor.shapes.words import (
    all_header_words,
    is_code_head,
    is_date_head,
    is_money,
    is_of_which,
    is_total,
    kind_of,
    unit_in,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.model.document import Cell
    from auditor.model.shape import Shape
    from auditor.shapes.sheets import Cells

MAX_LABEL = 60  # characters of a label; longer texts tell something and name nothing
REACH = 64  # columns at the left in which labels are looked for
LISTED = 10  # numbers below each other that are a list and no form
CODE_LIKE = 3  # digits of a whole number in a label column that may be a code without its name


def labelled_rows(
    shape: Shape,
    body: Sequence[tuple[int, Cells]],
    columns: Mapping[int, tuple[str, ...]],
    taken: set[int],
    stub: int,
) -> None:
    """Make a row of every number in columns of texts, in a lane of its own.

    `columns` are these columns with their header paths; whole numbers left of the column `stub` are codes of rows. A
    number is named by the nearest label at its left and by its header, or by the header line above it in a form.
    """
    lane = max((column.lane for column in shape.columns), default=-1) + 1
    known: dict[tuple[int, tuple[str, ...], Kind, str], int] = {}  # column, path, kind, unit → lane
    found = list(_entries(body, columns, taken, stub))
    amounts = _columns_of_amounts(found)
    styles: dict[int, int] = {}
    for entry in found:
        style = style_of(entry.label)
        depth = styles.setdefault(style, len(styles) + 1) if style >= 0 else 0
        if not entry.told and entry.kind in amounts.get(entry.column, ()):
            entry.kind = Kind.AMOUNT  # a name that no list knows, among amounts
        key = entry.column, entry.path, entry.kind, entry.unit
        if key not in known:
            known[key] = lane + len(known)
            path = entry.path or ("数",)
            shape.columns.append(ShapeColumn(entry.column, known[key], path, (), entry.kind, entry.unit))
        shape.rows.append(
            ShapeRow(
                known[key],
                entry.number,
                tuple(text for text in (entry.group, entry.label) if text),
                entry.label,
                entry.cell.place,
                {entry.column: entry.cell},
                ordinal=depth,
                total=is_total(entry.label),
                of_which=is_of_which(entry.label),
            )
        )


@dataclass(slots=True)
class _Entry:
    """A number among texts, and what the texts say of it; `told` where they say what it measures."""

    number: int
    column: int
    cell: Cell
    path: tuple[str, ...]
    label: str
    group: str
    kind: Kind
    unit: str
    told: bool


def _entries(
    body: Sequence[tuple[int, Cells]], columns: Mapping[int, tuple[str, ...]], taken: set[int], stub: int
) -> list[_Entry]:
    out: list[_Entry] = []
    above: dict[int, str] = {}
    for number, cells in body:
        said = filled(cells)
        texts = [cell.text for cell in said if look(cell.text) is Look.TEXT]
        if len(texts) == len(said) and all_header_words(texts):
            above = {column: cell.text for column, cell in enumerate(cells)}
            continue
        for column, cell in _numbers(cells, columns, taken, stub):
            path = columns[column] or ((above[column],) if above.get(column) else ())
            label, group = _labels(cells, column)
            if is_digits(cell.text.replace(" ", "")) and any(map(_names_no_figure, (label, *path[-1:]))):
                continue
            if not label and not path:
                label, path = above.get(column, ""), ()
            taken.add(id(cell))
            literal = parse_literal(cell.raw)
            if literal.percent and not path:
                path = ("%",)
            texts_of = (label, *path) if path else (group, label)
            kind, unit = kind_of(texts_of, decimals=bool(literal.decimals), money=False)
            told = kind_of(texts_of, decimals=bool(literal.decimals), money=True) == (kind, unit)
            if kind is Kind.AMOUNT and not unit and unit_in(group) in FEN_PER:
                unit = unit_in(group)
            out.append(_Entry(number, column, cell, path, label, group, kind, unit, told))
    return out


def _columns_of_amounts(found: Sequence[_Entry]) -> dict[int, tuple[Kind, ...]]:
    """The columns that hold amounts, each with the kinds that its numbers without a known name may be taken for.

    What is printed without decimals is an amount only in a list: many numbers, most of them with decimals, and no name
    that says that it counts something.
    """
    out: dict[int, tuple[Kind, ...]] = {}
    for column in {entry.column for entry in found}:
        here = [entry for entry in found if entry.column == column]
        told = Counter(entry.kind for entry in here if entry.told)
        counted = sum(entry.kind is Kind.COUNT for entry in here if not entry.told)
        if 2 * told[Kind.AMOUNT] > len(here) or set(told) == {Kind.AMOUNT}:
            a_list = len(here) >= LISTED and set(told) == {Kind.AMOUNT} and 2 * counted < len(here)
            out[column] = (Kind.MEASURE, Kind.COUNT) if a_list else (Kind.MEASURE,)
    return out


def _names_no_figure(label: str) -> bool:
    """Whether a label names a telephone, a code, a year."""
    return (is_date_head(label) or is_code_head(label)) and not is_money(label)


def _numbers(
    cells: Cells, columns: Mapping[int, tuple[str, ...]], taken: set[int], stub: int
) -> list[tuple[int, Cell]]:
    out: list[tuple[int, Cell]] = []
    seen: set[int] = set()
    for column in columns:
        cell = cells[column]
        if id(cell) in taken or id(cell) in seen or not is_printed_number(parse_literal(cell.raw)):
            continue
        seen.add(id(cell))
        bare = cell.text.replace(" ", "")
        if is_digits(bare) and (column < stub or (not column and len(bare) <= CODE_LIKE)):
            continue
        out.append((column, cell))
    return out


def _labels(cells: Cells, column: int) -> tuple[str, str]:
    """The nearest label at the left of a number, and the one left of that (of the group, where it reaches down)."""
    found: list[str] = []
    last = cells[column]
    for at in range(column - 1, max(-1, column - 1 - REACH), -1):
        cell = cells[at]
        if cell is last:
            continue
        last = cell
        if cell.text and look(cell.text) is Look.TEXT and len(cell.text) < MAX_LABEL:
            found.append(cell.text)
            if len(found) > 1:
                break
    return (found[0] if found else ""), (found[1] if len(found) > 1 else "")
