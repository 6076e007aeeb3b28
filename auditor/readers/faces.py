"""Stand-ins for Chinese typefaces that a PDF names and does not hold, while its characters are read.

What pdfium reads of a page needs of a glyph nothing but the box around it. From a typeface of the system it computes
that box by drawing every glyph of every page twice, which takes most of the time of reading; and the typeface is
another one on every machine. So characters are read with a typeface whose glyphs are boxes, a whole or half a square
like those of any Chinese type; where a page is rendered, it is the system's that is seen.
"""

from __future__ import annotations

import ctypes
import struct
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHINESE = (raw.FXFONT_GB2312_CHARSET, raw.FXFONT_CHINESEBIG5_CHARSET)
_NAME = b"Boxes\0"  # no system's typeface has it: pdfium remembers typefaces by their names
_HANDLE = 0xB0  # by which pdfium asks for the stand-in; any number that is no address
_UNIT, _ASCENT, _DESCENT = 1000, 880, -120
_BLANK, _HALF, _WHOLE = 0, 1, 2  # glyphs
_BOXES = {_HALF: (40, -20, 460, 740), _WHOLE: (40, -80, 960, 840)}
_RANGES = (  # of characters, and their glyph
    (0x21, 0x9F, _HALF), (0xA1, 0x1FFF, _HALF), (0x2010, 0x2FFF, _WHOLE), (0x3001, 0xFFEF, _WHOLE),
    (0x20000, 0x3FFFF, _WHOLE),
)  # fmt: skip


def _typeface() -> bytes:
    """A TrueType file of three glyphs."""
    outlines = [b"", *(_outline(*_BOXES[glyph]) for glyph in (_HALF, _WHOLE))]
    starts = [sum(map(len, outlines[:number])) for number in range(len(outlines) + 1)]
    groups = b"".join(struct.pack(">3I", *item) for item in _RANGES)
    tables = {
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12)
        + struct.pack(">HHIII", 13, 0, 16 + len(groups), 0, len(_RANGES))
        + groups,
        b"glyf": b"".join(outlines),
        b"head": struct.pack(">4I2H16x", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _UNIT)
        + struct.pack(">4h2H3h", 0, _DESCENT, _UNIT, _ASCENT, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">IhhhHhhhhhh4hhH", 0x10000, _ASCENT, _DESCENT, 0, _UNIT, *(0,) * 11, 3),
        b"hmtx": struct.pack(">6H", _UNIT // 2, 0, _UNIT // 2, 0, _UNIT, 0),
        b"loca": struct.pack(f">{len(starts)}I", *starts),
        b"maxp": struct.pack(">I14H", 0x10000, 3, 4, 1, 0, 0, 1, *(0,) * 8),
    }
    at = 12 + 16 * len(tables)
    head, body = struct.pack(">I4H", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64), b""
    for name, table in tables.items():
        head += struct.pack(">4s3I", name, 0, at + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return head + body


def _outline(x0: int, y0: int, x1: int, y1: int) -> bytes:
    """The glyph of a box."""
    steps = struct.pack(">8h", x0, 0, x1 - x0, 0, y0, y1 - y0, 0, y0 - y1)
    return struct.pack(">5hHH", 1, x0, y0, x1, y1, 3, 0) + b"\1" * 4 + steps + b"\0\0"  # a length of full words


class _Faces:
    """What pdfium asks for typefaces: the system's, but for stand-ins while `boxed`. `given` counts those."""

    def __init__(self, system: Any) -> None:
        self.boxed = False
        self.given = 0
        self._data = _typeface()
        self._system = system
        own = system.contents.__class__
        answers = {name: getattr(self, name) for name, _ in own._fields_ if hasattr(_Faces, name)}
        kinds = dict(own._fields_)
        self._answers = {name: kinds[name](answer) for name, answer in answers.items()}  # pdfium keeps but pointers
        self.interface = own(version=system.contents.version, **self._answers)

    def EnumFonts(self, _: Any, mapper: Any) -> None:  # noqa: N802
        self._system.contents.EnumFonts(self._system, mapper)

    def MapFont(self, _: Any, weight: int, italic: int, charset: int, *rest: Any) -> Any:  # noqa: N802
        if self.boxed and charset in _CHINESE:
            self.given += 1
            return _HANDLE
        return self._system.contents.MapFont(self._system, weight, italic, charset, *rest)

    def GetFont(self, _: Any, name: Any) -> Any:  # noqa: N802
        return self._system.contents.GetFont(self._system, name)

    def GetFontData(self, _: Any, font: Any, table: int, buffer: Any, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            return self._system.contents.GetFontData(self._system, font, table, buffer, size)  # type: ignore[no-any-return]
        return 0 if table else _copied(self._data, buffer, size)  # asked for whole, or as a collection

    def GetFaceName(self, _: Any, font: Any, buffer: Any, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            return self._system.contents.GetFaceName(self._system, font, buffer, size)  # type: ignore[no-any-return]
        return _copied(_NAME, buffer, size)

    def GetFontCharset(self, _: Any, font: Any) -> int:  # noqa: N802
        if font != _HANDLE:
            return self._system.contents.GetFontCharset(self._system, font)  # type: ignore[no-any-return]
        return raw.FXFONT_GB2312_CHARSET  # type: ignore[no-any-return]

    def DeleteFont(self, _: Any, font: Any) -> None:  # noqa: N802
        if font != _HANDLE:
            self._system.contents.DeleteFont(self._system, font)


def _copied(data: bytes, buffer: Any, size: int) -> int:
    """Give pdfium as much as its buffer takes; it asks for the length first."""
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)


@cache
def _faces() -> _Faces | None:
    """What stands between pdfium and the system, for as long as the process lives; None where there is no system's."""
    system = raw.FPDF_GetDefaultSystemFontInfo()
    if not system:
        return None
    faces = _Faces(system)
    raw.FPDF_SetSystemFontInfo(ctypes.byref(faces.interface))
    return faces


@contextmanager
def boxed() -> Iterator[list[bool]]:
    """Pages loaded inside this block have stand-ins; what it yields tells afterwards whether one was asked for."""
    faces, told = _faces(), [False]
    if faces is None:
        yield told
        return
    before, faces.boxed = faces.given, True
    try:
        yield told
    finally:
        faces.boxed = False
        told[0] = faces.given > before
