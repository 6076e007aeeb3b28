"""Whether a character is seen: is there ink where it stands on the rendered page, and is the ink its own."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.readers.pdf.elements import Char

INK = 60  # difference in grey that a reader sees
NARROW = 3  # pixels: of a narrower character those at its sides are looked at as well
CELL = 8.0  # points: characters are looked up by squares of this size


class HiddenBy(Enum):
    """Why a character may not be seen."""

    PALE = auto()  # drawn in the colour of paper, or transparent
    UNPAINTED = auto()  # placed, but neither filled nor stroked
    COVERED = auto()  # an opaque box is drawn over it
    PICTURED = auto()  # a picture is drawn over it
    LOST = auto()  # it has no text code: a glyph, or nothing


@dataclass(slots=True)
class SeenCharacters:
    """The characters that are seen and those that are hidden; how many are lost, or show in a picture only."""

    seen: list[Char] = field(default_factory=list)
    hidden: list[Char] = field(default_factory=list)
    lost: int = 0
    layer: int = 0


def judged(
    chars: Sequence[Char], doubtful: Sequence[tuple[Char, HiddenBy]], bitmap: Any, width: float
) -> SeenCharacters:
    """Look at the rendered page (`width` points wide): a doubtful character without ink under it is hidden.

    So is one over which another character is printed: the ink is the other's.
    """
    out = SeenCharacters()
    scale = bitmap.width / max(1.0, width)
    pixels = bytes(bitmap.buffer)
    doubts = {id(char): doubt for char, doubt in doubtful}
    sure = _Squares([char for char in chars if id(char) not in doubts])
    for char in chars:
        doubt = doubts.get(id(char))
        if doubt is None:
            out.seen.append(char)
            continue
        if not _has_ink(char, pixels, bitmap.stride, (bitmap.width, bitmap.height), scale):
            if doubt is not HiddenBy.LOST:
                out.hidden.append(char)
            continue
        over = sure.at(char) if doubt in _OTHERS_INK else None
        if over is not None:
            if over[5] != char[5]:
                out.hidden.append(char)
            continue
        out.lost += doubt is HiddenBy.LOST
        out.layer += doubt in _LAYER
        out.seen.append(char)
    return out


_OTHERS_INK = (HiddenBy.UNPAINTED, HiddenBy.COVERED, HiddenBy.PICTURED)
_LAYER = (HiddenBy.UNPAINTED, HiddenBy.PICTURED)


class _Squares:
    """Characters by where they stand."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self.squares: dict[tuple[int, int], list[Char]] = {}
        for char in chars:
            self.squares.setdefault(self._square(char), []).append(char)

    @staticmethod
    def _square(char: Char) -> tuple[int, int]:
        return int((char[1] + char[3]) / 2 / CELL), int(char[0] / CELL)

    def at(self, char: Char) -> Char | None:
        """A character that is printed over this one."""
        column, line = self._square(char)
        middle = (char[1] + char[3]) / 2
        for square in ((column + i, line + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for other in self.squares.get(square, ())[:64]:
                near = 0.5 * max(char[3] - char[1], other[3] - other[1])
                if abs((other[1] + other[3]) / 2 - middle) < near and abs(other[0] - char[0]) < 0.5 * (
                    other[4] - other[2]
                ):
                    return other
        return None


def _has_ink(char: Char, pixels: bytes, stride: int, size: tuple[int, int], scale: float) -> bool:
    base, x0, y0, x1, y1, _ = char
    width, height = size
    left, right = max(0, math.ceil(x0 * scale)), min(width, int(x1 * scale))  # not the neighbours' ink
    if right - left < NARROW:
        left, right = max(0, int(x0 * scale)), min(width, int(x1 * scale) + 1)
    top, bottom = max(0, int((base - (y1 - y0) * 0.75) * scale)), min(height, int(base * scale) + 2)
    if right <= left or bottom <= top:
        return False
    seen = b"".join(pixels[y * stride + left : y * stride + right] for y in range(top, bottom))
    return max(seen) - min(seen) > INK
