"""The typefaces that a PDF names and does not hold: the same on every machine, whatever is installed there.

What pdfium reads of a page needs of a glyph nothing but the box around it, and what is looked at to see whether
something is printed there needs nothing but ink. So Chinese is read, and looked at, with a typeface whose glyphs are
frames, a whole or half a square like those of any Chinese type, and everything else with those that pdfium brings
along. The machine's own typefaces are asked for pictures that people look at, and for nothing else: once they were,
`tainted` tells that this process cannot read as other machines do any more.
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

_CHINESE = (
    raw.FXFONT_GB2312_CHARSET,
    raw.FXFONT_CHINESEBIG5_CHARSET,
    raw.FXFONT_SHIFTJIS_CHARSET,
    raw.FXFONT_HANGEUL_CHARSET,
)
_NAME = b"Frames\0"  # no system's typeface has it: pdfium remembers typefaces by their names
_HANDLE = 0xB0  # by which pdfium asks for the stand-in; any number that is no address
_UNIT, _ASCENT, _DESCENT = 1000, 880, -120
_BLANK, _HALF, _WHOLE = 0, 1, 2  # glyphs
_FRAMES = {_HALF: (60, -20, 440, 740), _WHOLE: (80, -80, 920, 840)}
_STROKE = 110  # of a frame: open in the middle, so that ink differs from its ground inside every character
_RANGES = (  # of characters, and their glyph
    (0x21, 0x9F, _HALF),
    (0xA1, 0x1FFF, _HALF),
    (0x2010, 0x2FFF, _WHOLE),
    (0x3001, 0xFFEF, _WHOLE),
    (0x20000, 0x3FFFF, _WHOLE),
)


def _typeface() -> bytes:
    """A TrueType file of three glyphs."""
    outlines = [b"", *(_outline(*_FRAMES[glyph]) for glyph in (_HALF, _WHOLE))]
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
    """The glyph of a frame: a box and, the other way round, the box that is left open in it."""
    left, low, right, high = x0 + _STROKE, y0 + _STROKE, x1 - _STROKE, y1 - _STROKE
    points = [(x0, y0), (x0, y1), (x1, y1), (x1, y0), (left, low), (right, low), (right, high), (left, high)]
    steps = [[b - a for a, b in zip([0, *line], line, strict=False)] for line in map(list, zip(*points, strict=True))]
    head = struct.pack(">5h3H", 2, x0, y0, x1, y1, 3, 7, 0)  # two outlines, their last points, no instructions
    return head + b"\1" * len(points) + struct.pack(">16h", *steps[0], *steps[1])


class _Faces:
    """What pdfium asks for typefaces: frames for Chinese and nothing else, or the machine's while `real`."""

    def __init__(self, machine: Any) -> None:
        self.real = False
        self.tainted = False
        self._data = _typeface()
        self.machine = machine
        self._mapper: Any = None
        kinds = dict(raw.FPDF_SYSFONTINFO._fields_)
        answers = {name: kind(getattr(self, name)) for name, kind in kinds.items() if hasattr(_Faces, name)}
        self._answers = answers  # pdfium keeps but pointers
        self.interface = raw.FPDF_SYSFONTINFO(version=machine.contents.version if machine else 1, **answers)

    def EnumFonts(self, _: Any, mapper: Any) -> None:  # noqa: N802
        self._mapper = mapper  # the machine's are enumerated when one is asked for

    def MapFont(self, _: Any, weight: int, italic: int, charset: int, *rest: Any) -> Any:  # noqa: N802
        if not self.real:
            return _HANDLE if charset in _CHINESE else None
        if not self.tainted and self._mapper is not None:
            self.tainted = True
            self.machine.contents.EnumFonts(self.machine, self._mapper)
        return self.machine.contents.MapFont(self.machine, weight, italic, charset, *rest)

    def GetFont(self, _: Any, name: Any) -> Any:  # noqa: N802
        return self.machine.contents.GetFont(self.machine, name) if self.real else None

    def GetFontData(self, _: Any, font: Any, table: int, buffer: Any, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            return self.machine.contents.GetFontData(self.machine, font, table, buffer, size)  # type: ignore[no-any-return]
        return 0 if table else _copied(self._data, buffer, size)  # asked for whole, or as a collection

    def GetFaceName(self, _: Any, font: Any, buffer: Any, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            return self.machine.contents.GetFaceName(self.machine, font, buffer, size)  # type: ignore[no-any-return]
        return _copied(_NAME, buffer, size)

    def GetFontCharset(self, _: Any, font: Any) -> int:  # noqa: N802
        if font != _HANDLE:
            return self.machine.contents.GetFontCharset(self.machine, font)  # type: ignore[no-any-return]
        return raw.FXFONT_GB2312_CHARSET  # type: ignore[no-any-return]

    def DeleteFont(self, _: Any, font: Any) -> None:  # noqa: N802
        if font != _HANDLE:
            self.machine.contents.DeleteFont(self.machine, font)


def _copied(data: bytes, buffer: Any, size: int) -> int:
    """Give pdfium as much as its buffer takes; it asks for the length first."""
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)


@cache
def installed() -> _Faces:
    """What stands between pdfium and the machine's typefaces, from the first file on as long as the process lives."""
    faces = _Faces(raw.FPDF_GetDefaultSystemFontInfo())
    raw.FPDF_SetSystemFontInfo(ctypes.byref(faces.interface))
    return faces


def tainted() -> bool:
    """Whether the machine's typefaces were asked for in this process."""
    return installed().tainted


@contextmanager
def real() -> Iterator[None]:
    """Pages loaded inside this block, of a document opened for that alone, have the typefaces of the machine."""
    faces = installed()
    faces.real = bool(faces.machine)
    try:
        yield
    finally:
        faces.real = False
