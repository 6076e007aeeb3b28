"""Tables without rulings: columns told by alignment. A grid so found says that it is borderless.

Only a run of lines that all look like rows of a table is taken: pieces that stand apart, numbers under one another.
Where a piece could belong to two columns the whole run stays running text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model.numbers import NUMERIC, parse_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.readers.pdf.elements import Box
    from auditor.readers.pdf.line_flow import TextLine


MIN_ROWS = 3  # lines with numbers in them
MIN_COLUMNS = 2
SLACK = 1.0  # of a character: how far pieces of neighbouring columns may reach towards one another
MAX_STEP = 4.0  # of a character's height: lines further apart are not one table

LinePiece = tuple[str, "Box", int]  # text, box, columns covered


@dataclass(slots=True)
class AlignedTable:
    """Lines `first` … `last` (exclusive) as rows of pieces, each with the number of columns that it covers."""

    first: int
    last: int
    page: int
    rows: list[list[LinePiece]]


def aligned_tables(lines: Sequence[TextLine]) -> list[AlignedTable]:
    """Find the tables in a stretch of running text."""
    if all(line.alone for line in lines):
        return []
    rows = _rows(lines)
    out = []
    for start, end in _runs(rows):
        table = _table(rows[start:end])
        if table is not None:
            first, last = rows[start][0], rows[end - 1][1]
            out.append(AlignedTable(first, last, lines[first].page, table))
    return out


_Row = tuple[int, int, list["TextLine"]]  # first line, end, the pieces from left to right


def _rows(lines: Sequence[TextLine]) -> list[_Row]:
    """Pieces on one baseline are one row."""
    out: list[_Row] = []
    for number, line in enumerate(lines):
        if out and not line.alone and out[-1][2][-1].base == line.base and out[-1][2][-1].page == line.page:
            out[-1] = (out[-1][0], number + 1, [*out[-1][2], line])
        else:
            out.append((number, number + 1, [line]))
    return out


def _is_number(text: str) -> bool:
    return parse_literal(text).state in NUMERIC


def _runs(rows: Sequence[_Row]) -> list[tuple[int, int]]:
    """Stretches of rows of several pieces, single pieces between them allowed, with enough numbers."""
    out = []
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and (
            len(rows[end][2]) > 1 or (end > start and end + 1 < len(rows) and len(rows[end + 1][2]) > 1)
        ):
            if end > start:
                above, below = rows[end - 1][2][0], rows[end][2][0]
                if below.page != above.page or below.base - above.base > MAX_STEP * max(above.size, below.size):
                    break
            end += 1
        numbers = sum(any(_is_number(piece.text) for piece in row[2][1:]) for row in rows[start:end])
        if numbers >= MIN_ROWS and numbers * 2 >= end - start:
            out.append((start, end))
        start = max(end, start + 1)
    return out


def _table(rows: Sequence[_Row]) -> list[list[LinePiece]] | None:
    columns = _columns([piece for row in rows if len(row[2]) > 1 and _has_number(row) for piece in row[2]])
    if len(columns) < MIN_COLUMNS:
        return None
    out = []
    for _, _, pieces in rows:
        row: list[LinePiece] = []
        at = 0
        for number, piece in enumerate(pieces):
            hit = _columns_of(piece, columns)
            if len(pieces) == len(columns) and len(hit) <= 1:  # one piece for each column
                hit = [number]
            elif not hit:  # between two columns: the nearer one
                middle = (piece.box[0] + piece.box[2]) / 2
                hit = [min(range(len(columns)), key=lambda n: abs(sum(columns[n]) / 2 - middle))]
            if hit[0] < at:
                return None
            row += [("", (columns[n][0], piece.box[1], columns[n][1], piece.box[3]), 1) for n in range(at, hit[0])]
            row.append((piece.text, piece.box, hit[-1] - hit[0] + 1))
            at = hit[-1] + 1
        last = pieces[-1].box
        row += [("", (columns[n][0], last[1], columns[n][1], last[3]), 1) for n in range(at, len(columns))]
        out.append(row)
    return out


def _columns_of(piece: TextLine, columns: Sequence[tuple[float, float]]) -> list[int]:
    return [n for n, (a, b) in enumerate(columns) if piece.box[0] < b and piece.box[2] > a]


def _has_number(row: _Row) -> bool:
    return any(_is_number(piece.text) for piece in row[2])


def _columns(pieces: Sequence[TextLine]) -> list[tuple[float, float]]:
    """The stretches of the page's width that pieces cover, apart by white space all the way down."""
    spans = sorted((piece.box[0], piece.box[2], piece.size) for piece in pieces)
    out: list[list[float]] = []
    for start, end, size in spans:
        if out and start < out[-1][1] + SLACK * size * 0.5:
            out[-1][1] = max(out[-1][1], end)
        else:
            out.append([start, end])
    return [(a, b) for a, b in out]
