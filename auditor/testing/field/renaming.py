"""Call things by words that nobody knows, or add rows of nothing: what holds still holds, so nothing new may be said.

Another place prints other names for rows and columns. A copy of a real document with some of its labels in words of
no list stands for such a place: its figures are the same, so an error that only the copy has is the program's own.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.model.numbers import NUMERIC, parse_literal
from auditor.prose.clauses.layers import number_of
from auditor.testing.field.hiding import with_grids, with_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from auditor.model.document import Cell, Document, Grid
    from auditor.testing.field.hiding import Hider

NAMES, HEADERS, ZERO_ROWS = 10, 6, 2  # one in so many is changed
_CHARACTER = re.compile(r"(?![一二三四五六七八九十])[\u4e00-\u9fff]")
_SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥鼎彝爵觚尊罍"
_STRUCTURE = re.compile("合计|总计|小计|其中|单位|备注|说明|注")  # these say how a table is built, and stay
_CODE = re.compile(r"\d{1,9}")
LONG = 25  # characters of a label that is a name
HEAD, FEW = 4, 3  # rows that may be the header; characters of what a header may print as a number
LEAST = 6  # rows of a table that a row is added to
APART = 9000  # what is added to the number of an added row, so that its place is no other's
NEW_ROW = "其他事项支出"
ZEROS = ("", "-", "0.00", "0")


def names_unknown(document: Document, choice: random.Random) -> Document:
    """Some names of rows, the same one everywhere in the same words."""
    rename = _renaming(choice, NAMES)

    def of_grid(grid: Grid) -> Grid:
        head = set(_head(grid))
        return with_texts(grid, lambda cell: rename(cell.raw) if id(cell) not in head and _is_name(cell) else cell.raw)

    return with_grids(document, of_grid)


def headers_unknown(document: Document, choice: random.Random) -> Document:
    """Some texts of headers, the same one everywhere in the same words."""
    rename = _renaming(choice, HEADERS)

    def of_grid(grid: Grid) -> Grid:
        head = set(_head(grid))
        return with_texts(grid, lambda cell: rename(cell.raw) if id(cell) in head else cell.raw)

    return with_grids(document, of_grid)


def zero_rows_added(document: Document, choice: random.Random) -> Document:
    """In some tables a row that prints zeros or blanks under a name of its own."""

    def of_grid(grid: Grid) -> Grid:
        rows = list(grid.rows)
        able = [n for n in range(HEAD - 1, len(rows) - 1) if _simple(rows[n]) and _simple(rows[n + 1], figures=0)]
        able = [n for n in able if not _begins_parts(rows[n + 1])]  # below its parent
        if len(rows) < LEAST or choice.randrange(ZERO_ROWS) or not able:
            return grid
        number = choice.choice(able)
        rows.insert(number + 1, _of_nothing(rows[number], choice.choice(ZEROS)))
        return replace(grid, rows=tuple(rows))

    return with_grids(document, of_grid)


RENAMINGS: dict[str, Hider] = {"names": names_unknown, "headers": headers_unknown, "zeros": zero_rows_added}


def renamed(document: Document, way: str, seed: int) -> Document:
    """A copy of a document changed in one of `RENAMINGS`; the same for the same seed."""
    return RENAMINGS[way](document, random.Random(f"{way} {seed}"))  # noqa: S311 — which labels are changed


def _renaming(choice: random.Random, one_in: int) -> Callable[[str], str]:
    base = choice.random()

    def rename(raw: str) -> str:
        own = random.Random(f"{base} {''.join(raw.split())}")  # noqa: S311 — the same words for the same text
        return raw if own.randrange(one_in) else _CHARACTER.sub(lambda _: own.choice(_SIGNS), raw)

    return rename


def _is_name(cell: Cell) -> bool:
    text = cell.text
    return bool(_CHARACTER.search(text)) and not _is_figure(cell) and not _STRUCTURE.search(text) and len(text) < LONG


def _is_figure(cell: Cell) -> bool:
    return parse_literal(cell.raw).state in NUMERIC


def _head(grid: Grid) -> Iterator[int]:
    """The cells (by identity) of the first rows, up to the first row that prints a figure."""
    for row in grid.rows[:HEAD]:
        if any(_is_figure(cell) and len(cell.text) > FEW for cell in row):
            return
        yield from map(id, row)


def _begins_parts(row: tuple[Cell, ...]) -> bool:
    """Whether a row is the first part of the one above it."""
    text = "".join(cell.text for cell in row)
    return text.startswith("其中") or number_of(text) == 1


def _simple(row: tuple[Cell, ...], figures: int = 2) -> bool:
    return all(cell.rowspan == 1 for cell in row) and sum(map(_is_figure, row)) >= figures


def _of_nothing(row: tuple[Cell, ...], zero: str) -> tuple[Cell, ...]:
    """A row like another one, with one name, no code and no amounts."""
    made: dict[int, Cell] = {}
    named = False
    for cell in row:
        if id(cell) in made:
            continue
        text = ""
        if _is_figure(cell) and not _CODE.fullmatch(cell.text):
            text = zero
        elif _CHARACTER.search(cell.text) and not named:
            text, named = NEW_ROW, True
        place = replace(cell.place, row=(cell.place.row or 0) + APART, bbox=None)
        made[id(cell)] = replace(cell, raw=text, place=place)
    return tuple(made[id(cell)] for cell in row)
