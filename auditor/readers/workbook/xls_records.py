"""What the records of an XLS tell besides values: number formats, hidden rows and columns, texts over several cells.

Source: [MS-XLS] 2.4 (records). Only Excel 97 and later (BIFF8); of older files nothing is added.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.readers.workbook.number_formats import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOF, _EOF, _BOUNDSHEET, _FORMAT, _XF, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0, 0x002F
_ROW, _COLINFO, _NUMBER, _RK, _MULRK, _FORMULA = 0x0208, 0x007D, 0x0203, 0x027E, 0x00BD, 0x0006
_LABEL, _LABELSST, _BLANK, _MULBLANK = 0x0204, 0x00FD, 0x0201, 0x00BE
_BIFF8 = 0x0600
_CENTRED = 6  # alignment: in the middle of several cells


@dataclass(slots=True)
class SheetLook:
    """What one sheet shows besides its values, by (row, column) counted from 0.

    `centred` are ranges (first row, first column, last, last) of a text that runs over the empty cells to its right.
    """

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    centred: list[tuple[int, int, int, int]] = field(default_factory=list)


def looks(data: bytes, file: str) -> dict[str, SheetLook]:
    """The looks of the sheets of an XLS, by name. Raises `BadInputError` for a damaged or encrypted file."""
    stream = _stream(data, file)
    try:
        return _looks(stream, file)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise BadInputError("input.damaged", file=file, kind="XLS") from None


def has_macros(data: bytes) -> bool:
    """Whether an OLE file holds a VBA project."""
    return "_VBA_PROJECT".encode("utf-16-le") in data


def _stream(data: bytes, file: str) -> bytes:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            for name in ("Workbook", "Book"):
                if ole.exists(name):
                    return bytes(ole.openstream(name).read())
    except (OSError, ValueError, IndexError, TypeError, AttributeError, RecursionError, struct.error):
        pass
    raise BadInputError("input.damaged", file=file, kind="XLS")


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, up to its end; those of embedded charts are passed over."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        if len(body) < size:
            raise IndexError
        at += 4 + size
        depth += kind == _BOF
        if depth <= 1:
            yield kind, body
        depth -= kind == _EOF
        if depth == 0:
            return


def _looks(stream: bytes, file: str) -> dict[str, SheetLook]:
    sheets: list[tuple[int, str]] = []
    formats: dict[int, str] = {}
    cells: list[tuple[int, bool]] = []  # number format and whether centred, of every cell format
    for kind, body in _records(stream, 0):
        if kind == _BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
            return {}
        if kind == _FILEPASS:
            raise BadInputError("input.encrypted", file=file, kind="XLS")
        if kind == _BOUNDSHEET and body[5] == 0:
            sheets.append((struct.unpack_from("<I", body)[0], _text(body, 6, 1)))
        elif kind == _FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _text(body, 2, 2)
        elif kind == _XF:
            cells.append((struct.unpack_from("<H", body, 2)[0], body[6] & 7 == _CENTRED))
    codes = [formats.get(number, BUILT_IN.get(number, "")) for number, _ in cells]
    centred = {number for number, (_, middle) in enumerate(cells) if middle}
    return {name: _look(stream, start, codes, centred) for start, name in sheets}


def _text(body: bytes, at: int, width: int) -> str:
    """A string with its length in one or two bytes before it."""
    count = int.from_bytes(body[at : at + width], "little")
    wide = body[at + width] & 1
    raw = body[at + width + 1 : at + width + 1 + count * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1")


def _look(stream: bytes, start: int, codes: list[str], centred: set[int]) -> SheetLook:
    look = SheetLook()
    styles: dict[tuple[int, int], tuple[int, bool]] = {}  # cell format, and whether anything stands there
    for kind, body in _records(stream, start):
        if kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            look.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLINFO and struct.unpack_from("<H", body, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", body)
            look.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind in (_NUMBER, _RK, _FORMULA, _LABEL, _LABELSST, _BLANK):
            row, column, style = struct.unpack_from("<HHH", body)
            styles[row, column] = (style, kind != _BLANK)
        elif kind in (_MULRK, _MULBLANK):
            row, column = struct.unpack_from("<HH", body)
            step = 6 if kind == _MULRK else 2
            for number in range((len(body) - 6) // step):
                style = struct.unpack_from("<H", body, 4 + step * number)[0]
                styles[row, column + number] = (style, kind == _MULRK)
    for place, (style, filled) in styles.items():
        if filled and style < len(codes) and codes[style]:
            look.formats[place] = codes[style]
    look.centred = _runs(styles, centred)
    return look


def _runs(styles: dict[tuple[int, int], tuple[int, bool]], centred: set[int]) -> list[tuple[int, int, int, int]]:
    out = []
    for (row, column), (style, filled) in styles.items():
        if not filled or style not in centred:
            continue
        last = column
        while (right := styles.get((row, last + 1))) is not None and right[0] in centred and not right[1]:
            last += 1
        if last > column:
            out.append((row, column, row, last))
    return out
