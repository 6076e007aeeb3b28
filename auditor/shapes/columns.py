"""What each column of a table holds: names, codes, numbers of rows, dates, remarks, or figures; and its lanes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from auditor.digits import has_digit, is_digits, whole_number
from auditor.forms.codes import is_code
from auditor.forms.column_match import Look, look
from auditor.model.labels import plain
from auditor.shapes.words import (
    is_code_head,
    is_count,
    is_date_head,
    is_money,
    is_name_head,
    is_note_head,
    is_ordinal_head,
    is_total,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Cell
    from auditor.shapes.sheets import Cells


class Holds(Enum):
    """What a column holds."""

    NAME = "name"
    CODE = "code"
    ORDINAL = "ordinal"
    DATE = "date"
    NOTE = "note"
    FIGURE = "figure"
    MIXED = "mixed"  # texts, and numbers that a label beside them explains
    NOTHING = "nothing"


STUB = frozenset({Holds.NAME, Holds.CODE, Holds.ORDINAL, Holds.DATE, Holds.MIXED, Holds.NOTE})


@dataclass(slots=True)
class ColumnHead:
    """The header above one column: its texts from top to bottom without repeats, and the cells that print them."""

    path: tuple[str, ...] = ()
    spans: tuple[int, ...] = ()

    @property
    def last(self) -> str:
        """The lowest text, in plain form."""
        return plain(self.path[-1]) if self.path else ""


def heads_of(lines: Sequence[Cells], width: int, *, spans_known: bool) -> list[ColumnHead]:
    """The header above each column. Where merged cells came flattened, a blank belongs to the text at its left."""
    numbers: dict[int, int] = {}  # identity of a header cell → its number in the order of print
    rows: list[list[tuple[str, int]]] = []
    for depth, cells in enumerate(lines):
        row: list[tuple[str, int]] = []
        above = rows[depth - 1] if depth else None
        for column, cell in enumerate(cells):
            text = cell.text
            if text:
                row.append((text, numbers.setdefault(id(cell), len(numbers))))
                continue
            joined = column > 0 and row[column - 1][0] and (above is None or above[column] == above[column - 1])
            lower = depth + 1 < len(lines) and lines[depth + 1][column].text
            row.append(row[column - 1] if joined and lower and not spans_known else ("", -1))
        rows.append(row)
    heads = []
    for column in range(width):
        path: list[str] = []
        spans: list[int] = []
        for row in rows:
            text, number = row[column]
            if text and (not spans or spans[-1] != number) and (not path or path[-1] != text):
                path.append(text)
                spans.append(number)
        heads.append(ColumnHead(tuple(path), tuple(spans)))
    return heads


@dataclass(slots=True)
class ColumnTally:
    """What stands in a column below its header."""

    texts: int = 0
    numbers: int = 0
    bare: int = 0  # numbers of digits only
    codes: int = 0  # of 3, 5 or 7 digits
    parts: int = 0  # of one or two digits, as parts of a code are
    before_name: int = 0  # numbers with a text right behind them
    long: int = 0  # texts that tell something
    own: int = 0  # lines in which its cell is not that of the column before
    cells: int = 0  # cells, each spanning one once
    values: list[int] = field(default_factory=list)
    units: int = 0  # of six digits that begin alike
    spread: bool = False  # several different numbers


MAX_VALUES = 4096  # numbers of a column that are looked at to tell whether it counts its rows


def tallies_of(lines: Sequence[Cells], width: int) -> list[ColumnTally]:
    """Count what stands in each column."""
    out = [ColumnTally() for _ in range(width)]
    seen: set[int] = set()
    for cells in lines:
        last: Cell | None = None
        for column, cell in enumerate(cells):
            if cell is last:
                continue
            last = cell
            out[column].own += 1
            if cell.rowspan > 1 or cell.colspan > 1:
                if id(cell) in seen:
                    continue
                seen.add(id(cell))
            out[column].cells += 1
            if not cell.raw:
                continue
            _count(out[column], cell, cells[column + cell.colspan] if column + cell.colspan < width else None)
    return out


def _count(tally: ColumnTally, cell: Cell, behind: Cell | None) -> None:
    text = cell.text
    what = look(text)
    if what is Look.TEXT:
        tally.texts += 1
        tally.long += len(text) > MAX_LABEL
    elif what is Look.NUMBER and has_digit(text):
        tally.numbers += 1
        bare = text.replace(" ", "")
        if is_digits(bare):
            tally.bare += 1
            tally.codes += is_code(bare)
            tally.parts += len(bare) <= 2
            tally.units += len(bare) == 6
            value = whole_number(bare, MAX_DIGITS)
            if len(tally.values) < MAX_VALUES and value is not None:
                tally.spread = tally.spread or (bool(tally.values) and value != tally.values[-1])
                tally.values.append(value)
        if behind is not None and look(behind.text) is Look.TEXT:
            tally.before_name += 1


MAX_LABEL = 40
MAX_DIGITS = 11


def holds_of(heads: Sequence[ColumnHead], tallies: Sequence[ColumnTally]) -> list[Holds]:
    """Say what each column holds, by its header and by what stands in it as a whole."""
    out: list[Holds] = []
    for column, (head, tally) in enumerate(zip(heads, tallies, strict=True)):
        out.append(_holds(head, tally, out[-1] if column else None))
    return out


def _holds(head: ColumnHead, tally: ColumnTally, before: Holds | None) -> Holds:
    last = head.last
    if not tally.own:
        return Holds.NOTHING  # the cells of the column before reach over all of it
    if not tally.texts and not tally.numbers:
        return _blank(head)
    whole = tally.bare == tally.numbers
    if tally.numbers and whole and not tally.texts:
        if any(map(is_date_head, head.path)) and not is_money(last):
            return Holds.DATE
        if is_ordinal_head(last):
            return Holds.ORDINAL
        coded = any(is_code_head(plain(text)) for text in head.path)
        if is_code_head(last) or _under_codes(head) or (coded and _alike(tally)):
            return Holds.CODE
        if _rising(tally.values) and (tally.before_name or not is_money(last)):
            return Holds.ORDINAL
        if _codes(head, tally, before):
            return Holds.CODE
    if tally.texts:
        return _texts(head, tally)
    return Holds.FIGURE


def _under_codes(head: ColumnHead) -> bool:
    return len(head.path) > 1 and is_code_head(plain(head.path[-2])) and head.last in ("类", "款", "项", "")


def _blank(head: ColumnHead) -> Holds:
    """What a column without any text or number would hold."""
    last = head.last
    if not last:
        return Holds.NOTHING
    if is_ordinal_head(last) or is_code_head(last):
        return Holds.CODE
    if is_note_head(last) or is_date_head(last):
        return Holds.NOTE
    return Holds.NAME if is_name_head(last) and not is_money(last) else Holds.FIGURE


def _texts(head: ColumnHead, tally: ColumnTally) -> Holds:
    """What a column with texts holds."""
    last = head.last
    if tally.numbers and tally.numbers >= tally.texts and not (is_code_head(last) and tally.bare == tally.numbers):
        return Holds.FIGURE if is_money(last) or tally.numbers > 2 * tally.texts else Holds.MIXED
    if tally.numbers > tally.bare or (tally.numbers and not is_code_head(last) and not is_name_head(last)):
        return Holds.MIXED
    if is_code_head(last) and last not in ("项目", "科目"):
        return Holds.CODE
    if is_note_head(last) or tally.long * 2 > tally.texts:
        return Holds.NOTE
    return Holds.NAME


def _codes(head: ColumnHead, tally: ColumnTally, before: Holds | None) -> bool:
    """Whether a column of whole numbers holds codes though its header does not say so: names stand behind them."""
    if is_total(head.last) or is_count(head.last):
        return False
    named = 5 * tally.before_name >= 4 * tally.numbers
    if named and not tally.spread and tally.numbers >= MIN_ROWS and not is_money(head.last):
        return True  # codes of which print kept one digit
    if before is Holds.CODE and tally.parts + tally.codes == tally.numbers and not is_money(head.last):
        return True
    return named and (_alike(tally) or tally.codes == tally.numbers) and not is_money(head.last)


def _alike(tally: ColumnTally) -> bool:
    """Whether all numbers of a column are codes of units of one department: six digits that begin alike."""
    return tally.units == tally.numbers and len({value // 1000 for value in tally.values}) == 1


def _rising(values: Sequence[int]) -> bool:
    """Whether numbers count the rows: up by one, blanks and a few jumps allowed."""
    if len(values) < MIN_ROWS or values[0] > values[-1] or values[0] > MAX_FIRST:
        return False
    steps = [b - a for a, b in itertools.pairwise(values)]
    return all(step > 0 for step in steps) and 3 * sum(step == 1 for step in steps) >= 2 * len(steps)


MIN_ROWS = 3
MAX_FIRST = 40  # the number of the first row where the lanes of a table are numbered through
