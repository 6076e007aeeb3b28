"""The main text of a DOC, without LibreOffice: paragraphs, and tables with their merged cells.

The text stands in pieces; which paragraphs end a cell or a row, and where the edges of a row's cells are, stands in
the properties of the paragraphs. Source: [MS-DOC] 2.5 (Fib), 2.8.35 (PlcPcd), 2.9.177 (PapxFkp), 2.9.324 (TDefTable).
"""

from __future__ import annotations

import io
import re
import struct
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import BadInputError
from auditor.model.document import Cell, Document, Grid, Paragraph, spans_kept
from auditor.model.facts import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_CHARS = 10_000_000
MAX_CELLS = 500_000
MAX_COLUMNS = 500
MAX_NESTED = 8  # fields inside fields

_MAGIC = 0xA5EC
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_TEXT_LENGTH, _PAPX, _CLX = 0x4C, 0x0102, 0x01A2  # where the header says so much
_PAGE = 512
_IN_TABLE, _ROW_END, _HUGE, _TABLE = 0x2416, 0x2417, 0x6646, 0xD608
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}  # of an operand, by the kind that the code of a property states
_ACROSS, _DOWN, _FIRST_DOWN = 3, 0x20, 0x40  # merged cells
_FIELD = re.compile("\x13[^\x13\x14\x15]*\x14|\x13[^\x13\x14\x15]*\x15|[\x15\x01\x02\x03\x05\x08\x1e\x1f]")
_SNAP = 30  # twentieths of a point: edges closer than this are one edge


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a DOC. Raises `BadInputError` when it is damaged, encrypted or beyond bounds."""
    import olefile

    document = Document(file, sha256)
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            main = ole.openstream("WordDocument").read()
            flags = _flags(main, file)
            table = ole.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
            more = ole.openstream("Data").read() if ole.exists("Data") else b""
        pieces = list(_pieces(main, table))
        marks = _marks(main, table, more, pieces)
        _Reader(document, _text(main, pieces), marks).read()
    except (OSError, struct.error, IndexError, ValueError, TypeError, AttributeError, RecursionError):
        raise BadInputError("input.damaged", file=file, kind="DOC") from None
    return document


def _flags(main: bytes, file: str) -> int:
    magic, flags = struct.unpack_from("<H", main, 0)[0], struct.unpack_from("<H", main, 0x0A)[0]
    if magic != _MAGIC:
        raise BadInputError("input.damaged", file=file, kind="DOC")
    if flags & _ENCRYPTED:
        raise BadInputError("input.encrypted", file=file, kind="DOC")
    return int(flags)


# -- text -------------------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """Characters `first` … `end` (exclusive) of the text stand at byte `at` of the main stream, `width` bytes each."""

    first: int
    end: int
    at: int
    width: int


def _pieces(main: bytes, table: bytes) -> Iterator[_Piece]:
    start, size = struct.unpack_from("<II", main, _CLX)
    clx = table[start : start + size]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise ValueError
    plc = clx[at + 5 : at + 5 + struct.unpack_from("<I", clx, at + 1)[0]]
    count = (len(plc) - 4) // 12
    limits = struct.unpack_from(f"<{count + 1}I", plc, 0)
    if any(b < a for a, b in pairwise(limits)) or limits[-1] > MAX_CHARS:
        raise ValueError
    whole = struct.unpack_from("<I", main, _TEXT_LENGTH)[0]
    for number, (first, end) in enumerate(pairwise(limits)):
        place = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)[0]
        short = bool(place & 0x40000000)
        begin = (place & ~0x40000000) // 2 if short else place
        if first < whole:
            yield _Piece(first, min(end, whole), begin, 1 if short else 2)


def _text(main: bytes, pieces: Sequence[_Piece]) -> str:
    out = []
    for first, end, at, width in pieces:
        raw = main[at : at + (end - first) * width]
        text = raw.decode("cp1252" if width == 1 else "utf-16-le", "replace")
        out.append(text.ljust(end - first, "\0")[: end - first])
    return "".join(out)


# -- properties of paragraphs -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Mark:
    """What the end of a paragraph says: it stands in a table, it ends a row, and the cells of that row.

    `edges` are the left edges of the cells and the right edge of the last, `merges` the flags of each cell.
    """

    in_table: bool = False
    row_end: bool = False
    edges: tuple[int, ...] = ()
    merges: tuple[int, ...] = field(default=())


def _marks(main: bytes, table: bytes, more: bytes, pieces: Sequence[_Piece]) -> dict[int, _Mark]:
    """The marks of paragraphs that have anything to do with tables, by the position of their last character."""
    start, size = struct.unpack_from("<II", main, _PAPX)
    plc = table[start : start + size]
    count = max(0, (len(plc) - 4) // 8)
    by_place = sorted(pieces, key=lambda piece: piece.at)
    starts = [piece.at for piece in by_place]
    out: dict[int, _Mark] = {}
    for number in range(count):
        page = struct.unpack_from("<I", plc, 4 * (count + 1) + 4 * number)[0] & 0x3FFFFF
        for end, mark in _page_marks(main[page * _PAGE : (page + 1) * _PAGE], more):
            at = bisect_left(starts, end) - 1  # the piece that holds the byte before `end`
            if at < 0:
                continue
            first, last, begin, width = by_place[at]
            position = first + (end - begin) // width - 1
            if first <= position < last:
                out[position] = mark
    return out


def _page_marks(page: bytes, more: bytes) -> Iterator[tuple[int, _Mark]]:
    """The ends (places of bytes) and marks of the paragraphs that one page of properties tells of."""
    count = page[_PAGE - 1]
    ends = struct.unpack_from(f"<{count + 1}I", page, 0)
    for number in range(count):
        offset = page[4 * (count + 1) + 13 * number] * 2
        if not offset:
            continue
        size = page[offset] * 2 - 1
        begin = offset + 1
        if size < 0:
            size, begin = page[offset + 1] * 2, offset + 2
        mark = _Mark()
        _read_properties(page[begin + 2 : begin + size], more, mark)
        if mark.in_table or mark.row_end:
            yield ends[number + 1], mark


def _read_properties(data: bytes, more: bytes, mark: _Mark, depth: int = 0) -> None:
    at = 0
    while at + 2 <= len(data):
        code = struct.unpack_from("<H", data, at)[0]
        at += 2
        kind = code >> 13
        if code == _TABLE:
            size = struct.unpack_from("<H", data, at)[0] + 1
            _read_row(data[at + 2 : at + size], mark)
        elif kind == 6:
            size = data[at] + 1
        else:
            size = _SIZES[kind]
        if code == _IN_TABLE:
            mark.in_table = data[at] == 1
        elif code == _ROW_END:
            mark.row_end = data[at] == 1
        elif code == _HUGE and not depth:  # they did not fit and stand elsewhere
            place = struct.unpack_from("<I", data, at)[0]
            length = struct.unpack_from("<H", more, place)[0]
            _read_properties(more[place + 2 : place + 2 + length], more, mark, 1)
        at += size


def _read_row(data: bytes, mark: _Mark) -> None:
    count = data[0]
    mark.edges = struct.unpack_from(f"<{count + 1}h", data, 1)
    begin = 1 + 2 * (count + 1)
    mark.merges = tuple(
        struct.unpack_from("<H", data, begin + 20 * number)[0] if begin + 20 * number + 2 <= len(data) else 0
        for number in range(count)
    )


# -- paragraphs and tables --------------------------------------------------------------------------------------


class _Row(NamedTuple):
    texts: list[str]
    mark: _Mark


class _Reader:
    """Walks the text from mark to mark."""

    def __init__(self, document: Document, text: str, marks: dict[int, _Mark]) -> None:
        self.document, self.text, self.marks = document, text, marks
        self.paragraphs = self.grids = self.cells = 0
        self.rows: list[_Row] = []

    def read(self) -> None:
        start = 0
        cell: list[str] = []  # the paragraphs of the cell at hand
        row: list[str] = []
        for found in re.finditer("[\r\x07\x0c\x0e]", self.text):
            at = found.start()
            mark = self.marks.get(at, _Mark())
            line, start = self.text[start:at], at + 1
            if mark.row_end:
                self.rows.append(_Row(row, mark))
                row, cell = [], []
            elif found[0] == "\x07":
                row.append("\n".join([*cell, line]))
                cell = []
            elif mark.in_table:
                cell.append(line)
            else:
                self._table()
                self._paragraph(line)
        self._table()
        self._paragraph(self.text[start:])

    def _paragraph(self, line: str) -> None:
        self.paragraphs += 1
        for part in _plain(line).split("\x0b"):
            if part.strip():
                place = Place(self.document.file, paragraph=self.paragraphs, quote=part.strip()[:200])
                self.document.blocks.append(Paragraph(part, place))

    def _table(self) -> None:
        rows, self.rows = self.rows, []
        if not rows:
            return
        self.grids += 1
        layout = [_laid_out(row) for row in rows]
        edges = _distinct(edge for row in layout for slot in row for edge in slot[:2])
        width = len(edges) - 1
        self.cells += width * len(rows)
        if width > MAX_COLUMNS or self.cells > MAX_CELLS:
            raise BadInputError("input.too_many_cells", file=self.document.file, limit=MAX_CELLS)
        body: list[list[Cell]] = []
        for number, slots in enumerate(layout):
            body.append(self._row(number, slots, edges, body[-1] if body else None))
        if width == 1 or (len(body) == 1 and len({id(cell) for cell in body[0]}) == 1):
            for cells in body:
                self._paragraph(cells[0].raw.replace("\n", "\x0b"))
            return
        body = _counted(body)
        grid = Grid(tuple(map(tuple, body)), Place(self.document.file, grid=self.grids), spans_known=spans_kept(body))
        self.document.blocks.append(grid)

    def _row(self, number: int, slots: list[_Slot], edges: list[int], above: list[Cell] | None) -> list[Cell]:
        place = Place(self.document.file, row=number + 1, grid=self.grids)
        out = [Cell("", place) for _ in range(len(edges) - 1)]
        for left, right, text, merged in slots:
            first, last = _at(edges, left), _at(edges, right)
            if first >= last:
                continue
            upper = above[first] if above is not None and merged else None
            goes_on = upper is not None and all(above is not None and above[n] is upper for n in range(first, last))
            cell = Cell(
                _plain(text).replace("\x0b", "\n"),
                Place(self.document.file, row=number + 1, column=first + 1, grid=self.grids),
            )
            out[first:last] = [upper if goes_on and upper is not None else cell] * (last - first)
        return out


_Slot = tuple[int, int, str, bool]  # left edge, right edge, text, whether it goes on from the row above


def _laid_out(row: _Row) -> list[_Slot]:
    """The cells of a row with their edges; those merged into the cell to their left are put into it."""
    texts, mark = row
    edges = mark.edges if len(mark.edges) > len(texts) else tuple(range(0, 1000 * (len(texts) + 1), 1000))
    # which of two values opens a set of cells merged across is told differently: the one that comes first does
    opens = next((flags & _ACROSS for flags in mark.merges if flags & _ACROSS), 0)
    out: list[_Slot] = []
    for number, text in enumerate(texts):
        flags = mark.merges[number] if number < len(mark.merges) else 0
        if flags & _ACROSS and flags & _ACROSS != opens and out:
            left, _, before, down = out[-1]
            out[-1] = (left, edges[number + 1], before + text, down)
        else:
            out.append((edges[number], edges[number + 1], text, bool(flags & _DOWN and not flags & _FIRST_DOWN)))
    return out


def _distinct(values: Iterator[int]) -> list[int]:
    out: list[int] = []
    for value in sorted(values):
        if not out or value - out[-1] > _SNAP:
            out.append(value)
    return out


def _at(edges: list[int], value: int) -> int:
    """The number of the edge at a value."""
    return min(bisect_left(edges, value - _SNAP), len(edges) - 1)


def _counted(body: list[list[Cell]]) -> list[list[Cell]]:
    """The cells with the rows and columns that each covers."""
    boxes: dict[int, list[int]] = {}
    for row, cells in enumerate(body):
        for column, cell in enumerate(cells):
            box = boxes.setdefault(id(cell), [row, column, row, column])
            box[2], box[3] = row, max(box[3], column)
    made = {
        id(cell): Cell(
            cell.raw,
            cell.place,
            boxes[id(cell)][2] - boxes[id(cell)][0] + 1,
            boxes[id(cell)][3] - boxes[id(cell)][1] + 1,
        )
        for cells in body
        for cell in cells
    }
    return [[made[id(cell)] for cell in cells] for cells in body]


def _plain(text: str) -> str:
    """Text without the codes of fields, notes and pictures."""
    for _ in range(MAX_NESTED):
        shorter = _FIELD.sub("", text)
        if shorter == text:
            break
        text = shorter
    return text.replace("\t", " ").replace("\0", "").replace("\xa0", " ")
