"""Numbers beside words: forms that are filled in, where the labels at the left and above say what a number is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.forms.column_match import Look, look
from auditor.model.numbers import is_printed_number, parse_literal
from auditor.model.shape import ShapeColumn, ShapeRow
from auditor.model.units import FEN_PER, Kind
from auditor.shapes.sheets import filled
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
            kind, unit = kind_of(
                (label, *path) if path else (group, label), decimals=bool(literal.decimals), money=False
            )
            if kind is Kind.AMOUNT and not unit and unit_in(group) in FEN_PER:
                unit = unit_in(group)
            key = column, path, kind, unit
            if key not in known:
                known[key] = lane + len(known)
                shape.columns.append(ShapeColumn(column, known[key], path or ("数",), (), kind, unit))
            shape.rows.append(
                ShapeRow(
                    known[key],
                    number,
                    tuple(text for text in (group, label) if text),
                    label,
                    cell.place,
                    {column: cell},
                    total=is_total(label),
                    of_which=is_of_which(label),
                )
            )


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
