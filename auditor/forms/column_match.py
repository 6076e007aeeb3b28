"""Which column of a printed grid is which column of the standard table.

First by what the header says (its path over merged cells, its 栏次); where the header came flattened or damaged,
by the order of the form's columns against what the cells below hold. A mapping that is not unique is no mapping.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.model.labels import plain
from auditor.model.numbers import BROKEN, LOST, NUMERIC, State, parse_literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.model.document import Cell, Grid
    from auditor.model.tables import Column


class Look(Enum):
    """What a cell looks like."""

    EMPTY = 0
    NUMBER = 1
    TEXT = 2


def look(text: str) -> Look:
    """Tell what a cell looks like: nothing, a number (or a dash or mark), or text."""
    literal = parse_literal(text)
    if literal.state is State.BLANK:
        return Look.EMPTY
    return Look.TEXT if literal.state is State.UNREADABLE and literal.reason not in BROKEN else Look.NUMBER


_SUM = re.compile(r"^(?:合计|小计|总计)$")
_INDEX_LABEL = re.compile(r"^(?:栏次?|行次?|\*+|栏\s*次)$")
_CODE = re.compile(r"编码|代码|^类$|^款$|^项$")
_NAME = re.compile(r"名称|^项目$|^科目$|用途$")
_LINE = re.compile(r"^行次?$|^序号$")


class ColumnRole(Enum):
    """What a column of a grid holds."""

    CODE = "code"
    NAME = "name"
    LINE = "line"
    FIGURE = "figure"


def role_of(path: Sequence[str]) -> ColumnRole:
    """Tell the role of a column from its header path."""
    last = path[-1] if path else ""
    if any(_LINE.search(part) for part in path[-1:]):
        return ColumnRole.LINE
    if _CODE.search(last) or (len(path) > 1 and last in ("类", "款", "项")):
        return ColumnRole.CODE
    if _NAME.search(last):
        return ColumnRole.NAME
    return ColumnRole.FIGURE


@dataclass(slots=True)
class Header:
    """The header of a grid: its rows, the path above each column, and the 栏次 printed under it."""

    rows: int
    paths: list[tuple[str, ...]]
    index: dict[int, int] = field(default_factory=dict)  # column → 栏次
    words: frozenset[str] = frozenset()
    texts: tuple[tuple[str, ...], ...] = ()  # the plain texts of its rows, merged cells at their first place


SURELY = 3  # numbers that make a row one that numbers columns, where others cannot be read


def is_index_row(cells: Sequence[Cell]) -> bool:
    """Whether a row numbers the columns: `栏次 | 1 | 2 …`, `** | ** | 1 | 2 …`, `1 | 2 | … | 12`.

    A cell among the numbers that cannot be read is one of them.
    """
    labels = unread = 0
    numbers: list[int] = []
    for cell in _distinct(cells):
        text = cell.text
        if (number := whole_number(text)) is not None:
            numbers.append(number)
        elif _INDEX_LABEL.match(text):
            labels += 1
        elif LOST in text:
            unread += 1
            if numbers:
                numbers.append(numbers[-1] + 1)
        elif text:
            return False
    if unread:
        labels = len(numbers) - unread >= SURELY
    rising = all(b - a == 1 for a, b in itertools.pairwise(numbers))
    return bool(rising and (labels or (len(numbers) > 2 and numbers[0] == 1)))


def _distinct(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a row, each spanning cell once."""
    out: list[Cell] = []
    for cell in cells:
        if not out or out[-1] is not cell:
            out.append(cell)
    return out


def read_header(grid: Grid, rows: int) -> Header:
    """Read the first `rows` rows of a grid as its header."""
    body = grid.rows[:rows]
    index: dict[int, int] = {}
    names = []
    texts = []
    for cells in body:
        if is_index_row(cells):
            numbers = {column: whole_number(cell.text) for column, cell in enumerate(cells)}
            index = {column: number for column, number in numbers.items() if number is not None}
        else:
            names.append([plain(cell.text) for cell in cells])
            once = [cell if n == 0 or cells[n - 1] is not cell else None for n, cell in enumerate(cells)]
            texts.append(tuple(plain(cell.text) if cell else "" for cell in once))
    names = _relative(names)
    texts = [tuple(line) for line in _relative([list(line) for line in texts])]
    words = frozenset(word for row in names for word in row if word)
    paths = _paths(names, grid.width, spans_known=grid.spans_known)
    return Header(rows, paths, index, words, tuple(texts))


_YEAR = re.compile(r"(20[0-4]\d)年度?")


def _relative(rows: list[list[str]]) -> list[list[str]]:
    """Header texts without years: the latest year is meant anyway, the one before it is called 上年."""
    years = {year for row in rows for text in row for found in _YEAR.findall(text) if (year := whole_number(found))}
    if not years:
        return rows
    names = {max(years): "", max(years) - 1: "上年"}
    return [
        [_YEAR.sub(lambda found: names.get(whole_number(found[1]) or 0, found[0]), text) for text in row]
        for row in rows
    ]


def _paths(rows: list[list[str]], width: int, *, spans_known: bool) -> list[tuple[str, ...]]:
    """Return the path of header texts above each column; blanks are filled from merged neighbours."""
    filled: list[list[tuple[str, int]]] = []  # (text, column where the cell starts)
    for depth, row in enumerate(rows):
        line: list[tuple[str, int]] = []
        for column in range(width):
            text = row[column]
            if text or spans_known:
                line.append((text, column))
                continue
            above = filled[depth - 1] if depth else None
            left_joined = column > 0 and (above is None or above[column] == above[column - 1])
            if left_joined and line[column - 1][0] and (above is None or rows[depth - 1][column] == ""):
                line.append(line[column - 1])
            else:
                line.append(("", column))
        filled.append(line)
    paths = []
    for column in range(width):
        path: list[str] = []
        for line in filled:
            text = line[column][0]
            if text and (not path or path[-1] != text):
                path.append(text)
        paths.append(tuple(path))
    return paths


def similarity(path: Sequence[str], header: str) -> float:
    """Say how well a printed header path fits a header variant of the form: 0 (not at all) to 1."""
    wanted = [plain(part) for part in header.split("/")]
    if not path or not wanted:
        return 0.0
    mine = [part for part in path if part]
    if any(part.startswith("上年") for part in mine) and not any(part.startswith(("上年", "年初")) for part in wanted):
        return 0.0  # the same words for another year
    if len(mine) == 1 < len(wanted) and mine[0] in ("".join(wanted), plain(header.replace("/", ""))):
        return 1.0  # the rows of the header were joined into one
    if mine == wanted or mine[-len(wanted) :] == wanted:
        return 1.0 if len(wanted) > 1 or len(mine) == 1 else 0.9
    if mine[-1] != wanted[-1]:
        return 0.7 if mine[-1] and mine[-1] in wanted[-1:] else 0.0
    parents = sum(part in mine for part in wanted[:-1])
    return 0.6 + 0.3 * parents / len(wanted) if len(wanted) > 1 else 0.8


CERTAIN = 0.9  # a header that says no less than the form's own


def match_columns(
    header: Header, figures: Sequence[int], columns: Sequence[Column], *, whole: bool = True
) -> dict[int, Column] | None:
    """Map the figure columns of a grid to the columns of the form, or None when the header does not decide.

    Every column that the form requires must be found, every printed one used once. Unless a `whole` table is asked
    for, columns may be left out of print, where the header leaves no doubt about those that are there.
    """
    scores: dict[tuple[int, int], float] = {}
    named = {word for column in columns for word in last_words(column) if not _SUM.match(word)}
    for position in figures:
        path = header.paths[position]
        of_group = len(path) > 1 and bool(_SUM.match(path[-1])) and not named.isdisjoint(path[:-1])
        for order, column in enumerate(columns):
            texts = (
                text for text in column.headers if "/" in text or not of_group
            )  # its 小计 is not that of the table
            score = max((similarity(path, text) for text in texts), default=0.0)
            if column.index is not None and header.index.get(position) == column.index:
                score += 0.5 if score else 0.4
            if score:
                scores[position, order] = score
    taken: dict[int, int] = {}
    for position, order in sorted(scores, key=lambda at: (-scores[at], abs(at[1] - figures.index(at[0])), at)):
        if position not in taken and order not in taken.values():
            taken[position] = order
    if _torn(scores, taken) or any(
        _is_of_a_group(header, at, figures, taken) for at in taken if scores[at, taken[at]] < 1
    ):
        return None
    certain = all(scores[pair] >= CERTAIN for pair in taken.items())
    missing = [c for order, c in enumerate(columns) if order not in taken.values() and not c.optional]
    if missing and (whole or not certain or len(taken) < len(figures)):
        return None
    return {position: columns[order] for position, order in taken.items()}


def _is_of_a_group(header: Header, position: int, figures: Sequence[int], taken: Mapping[int, int]) -> bool:
    """Whether a 小计 is that of its group alone: a column before the group that nobody knows may be that of all."""
    path = header.paths[position]
    before = (at for at in figures if at < position and at not in taken)
    return len(path) > 1 and bool(_SUM.match(path[-1])) and any(header.paths[at][:1] != path[:1] for at in before)


def _torn(scores: dict[tuple[int, int], float], taken: dict[int, int]) -> bool:
    """Whether a column that was left out fits a column of the form as well as the one that was taken for it."""
    owner = {order: position for position, order in taken.items()}
    return any(
        position not in taken and order in owner and score >= max(CERTAIN, scores[owner[order], order])
        for (position, order), score in scores.items()
    )


def last_words(column: Column) -> set[str]:
    """The words that may stand lowest in the header of a column."""
    return {plain(text.rsplit("/", 1)[-1]) for text in column.headers} - {""}


def in_order(header: Header, columns: Sequence[Column]) -> bool:
    """Whether the words in each row of a header can stand for these columns from left to right.

    Row by row, because dumps may shift the rows of a header against each other.
    """
    return all(_places(row, columns) is not None for row in header.texts)


def side_by_side(header: Header, columns: Sequence[Column]) -> bool:
    """Whether no row of a header leaves a gap between the words of two neighbouring columns.

    Words that may head several columns (金额, 合计) prove nothing.
    """
    owners = Counter(word for column in columns for word in last_words(column))
    for row in header.texts:
        places = {
            number: at
            for number, column in enumerate(columns)
            for at, text in enumerate(row)
            if text in last_words(column) and owners[text] == 1
        }
        if any(number + 1 in places and places[number + 1] != at + 1 for number, at in places.items()):
            return False
    return True


def _places(row: Sequence[str], columns: Sequence[Column]) -> dict[int, int] | None:
    """Where a header row names which of some columns, from left to right; None where it names them in another order."""
    words = [last_words(column) for column in columns]
    places: dict[int, int] = {}
    last = -1
    for at, text in enumerate(row):
        named = [number for number, options in enumerate(words) if text in options]
        following = [number for number in named if number > last]
        if named and not following:
            return None
        if following:
            last = following[0]
            places[last] = at
    return places


def names_others(header: Header, columns: Sequence[Column], others: Sequence[Column]) -> bool:
    """Whether a header names a column that is none of these but one of the others."""
    mine = {word for column in columns for word in last_words(column)}
    return any(word in header.words and word not in mine for column in others for word in last_words(column))


def known_words(header: Header, columns: Sequence[Column]) -> float:
    """Say which share of the form's required columns has its words somewhere in the header."""
    wanted = [column for column in columns if not column.optional]
    if not wanted:
        return 0.0
    joined = "|".join(sorted(header.words))
    hits = 0
    for column in wanted:
        lasts = {plain(text.rsplit("/", 1)[-1]) for text in column.headers}
        hits += any(last and last in joined for last in lasts)
    return hits / len(wanted)


def looks_below(grid: Grid, start: int) -> list[dict[Look, int]]:
    """Count, for every column, what its cells look like from row `start` on; a merged cell looks so at its left."""
    counts = [dict.fromkeys(Look, 0) for _ in range(grid.width)]
    for cells in grid.rows[start:]:
        if is_index_row(cells):
            continue
        for column, cell in enumerate(cells):
            merged = column > 0 and cells[column - 1] is cell
            counts[column][Look.EMPTY if merged else look(cell.text)] += 1
    return counts


def figure_text(cell: Cell) -> bool:
    """Whether a cell prints a number."""
    return parse_literal(cell.text).state in NUMERIC
