"""One picture of a page: its rulings, its lines of text, and what they say.

Rulings are found first (OpenCV), and every box between them is recognised by itself, line by line, so that no line
of text can run over a ruling; what stands outside the tables is found by a detector of text lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.model.numbers import LOST
from auditor.readers.pdf.ruled_tables import find_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.readers.pdf.elements import Box, Char, Matrix, Ruling
    from auditor.readers.pdf.ruled_tables import RuledTable

DETECT_DPI = 100  # of the smaller picture in which lines of text are looked for
SHORTEST = 20.0  # points: a shorter stroke is part of a character, not a ruling
GAP = 0.8  # points: how far a ruling may be broken
SMALLEST = 48.0  # points: a narrower table is a character of a title
CONTRAST = 30  # how much darker (of 255) than the ground around it ink is
SPECK = 1.5  # points: ink smaller than this in both directions is dirt
WIPED = 1.5  # points: how far from its place a ruling's ink may lie
INSET = 0.8  # points: what is left out of a box along its rulings
PADDING = 0.8  # points: what is left around a line that is cut out
DIRT, FLAT = 0.35, 0.2  # of the height of type: what is smaller and reads as nothing is dirt, what is lower a stroke
SURE = 0.6  # a line recognised with less than this is not to be relied on
WIDE = 2.0  # of the height of a line: characters whose middles are further apart do not touch
_USUAL = str.maketrans("決収", "决收")  # forms that no filing prints, for those that look like them
Pixels = tuple[int, int, int, int]


@dataclass(slots=True)
class SeenPage:
    """What is recognised on one page: size, characters and rulings of the upright page in points.

    `matrix` leads from there to the page as displayed; `score` is how sure the reader was, from 0 to 1.
    """

    width: float
    height: float
    matrix: Matrix
    chars: list[Char] = field(default_factory=list)
    across: list[Ruling] = field(default_factory=list)
    down: list[Ruling] = field(default_factory=list)
    score: float = 0.0
    quarters: int = 0  # turns of 90° by which the page was set upright


class _Line(NamedTuple):
    """A line of text, and the box that it must not be cut out beyond, in pixels."""

    box: Pixels
    within: Pixels


class RecognisedPage:
    """One upright page being recognised, by a detector of lines and a reader of lines."""

    def __init__(self, grey: Any, scale: float, matrix: Matrix, engine: Callable[[], tuple[Any, Any]]) -> None:
        import cv2
        import numpy as np

        self.engine = engine
        self.grey = grey
        self.scale = scale
        self.high, self.wide = grey.shape
        self.out = SeenPage(self.wide / scale, self.high / scale, matrix)
        noise = 1.5 * float(np.median(cv2.absdiff(grey, cv2.medianBlur(grey, 3))))
        around = int(25 * scale) | 1
        self.ink = cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, max(CONTRAST, 4 * noise)
        )
        self.rulings = np.zeros_like(self.ink)
        self._find_rulings()
        self.tables = self._find_tables()

    def has_table(self) -> bool:
        """Whether rulings draw a table of rows and columns."""
        return any(len(table.xs) > 2 and len(table.ys) > 2 for table in self.tables)

    def seen(self, sample: int = 0) -> SeenPage:
        """Read the page, or a sample of its lines."""
        boxes = [cell.box for table in self.tables for cell in table.cells]
        self._wipe(boxes)
        em = self._clean()
        lines = [line for box in boxes for line in self._lines_in(box, em)]
        if len(lines) < sample or not sample:
            lines += self._lines_outside()
        self._read(lines[:: 1 + len(lines) // sample] if sample else lines, em)
        return self.out

    # -- rulings --------------------------------------------------------------------------------------------

    def _find_rulings(self) -> None:
        import cv2
        import numpy as np

        length, gap = int(SHORTEST * self.scale), max(1, int(GAP * self.scale))
        for upright in (False, True):

            def block(along: int, aside: int, *, upright: bool = upright) -> Any:
                return np.ones((along, aside) if upright else (aside, along), np.uint8)

            mask = cv2.dilate(self.ink, block(1, 3))  # a ruling that is not quite straight
            mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, block(gap, 1))
            mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, block(length, 1))
            stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[2]
            segments = self.out.down if upright else self.out.across
            for x, y, wide, high, _ in stats[1:].tolist():
                start, size, at, thick = (y, high, x, wide) if upright else (x, wide, y, high)
                if thick <= max(8.0 * self.scale, 0.1 * size):  # else it is a dark area
                    segments.append(((at + thick / 2) / self.scale, start / self.scale, (start + size) / self.scale))
            self.rulings |= cv2.dilate(mask, np.ones((3, 3), np.uint8))

    def _find_tables(self) -> list[RuledTable]:
        """The tables that the rulings draw; strokes of large type, which draw small boxes, are no rulings."""
        out = self.out
        tables = find_tables(out.across, out.down)
        small = [t.box for t in tables if t.xs[-1] - t.xs[0] < SMALLEST or t.ys[-1] - t.ys[0] < SMALLEST / 4]
        for x0, y0, x1, y1 in small:
            out.across = [s for s in out.across if not (y0 - 3 < s[0] < y1 + 3 and x0 - 3 < s[1] and s[2] < x1 + 3)]
            out.down = [s for s in out.down if not (x0 - 3 < s[0] < x1 + 3 and y0 - 3 < s[1] and s[2] < y1 + 3)]
        return [table for table in tables if table.box not in small]

    def _wipe(self, boxes: Sequence[Box]) -> None:
        """Take the rulings around these boxes off the page, and nothing else: strokes of type may be long too."""
        import cv2
        import numpy as np

        near = np.zeros_like(self.ink)
        for box in boxes:
            x0, y0, x1, y1 = (round(value * self.scale) for value in box)
            cv2.rectangle(near, (x0, y0), (x1, y1), 255, max(3, round(2 * WIPED * self.scale)))
        wiped = near & self.rulings
        self.ink[wiped > 0] = 0
        self.grey[cv2.dilate(wiped, np.ones((3, 3), np.uint8)) > 0] = 255

    def _clean(self) -> float:
        """Take specks off the ink; return how high type is on this page, in pixels."""
        import cv2
        import numpy as np

        _, labels, stats, _ = cv2.connectedComponentsWithStats(self.ink, connectivity=8)
        sizes = stats[:, 2:4].max(axis=1)
        sizes[0] = 0
        self.ink[sizes[labels] < SPECK * self.scale] = 0
        heights = stats[1:, 3]
        heights = heights[(heights > 4 * self.scale) & (heights < 24 * self.scale)]
        return float(np.percentile(heights, 75)) if len(heights) else 10 * self.scale

    # -- lines of text --------------------------------------------------------------------------------------

    def _lines_in(self, box: Box, em: float) -> list[_Line]:
        """The lines of text in one box of a table."""
        inset = max(1, round(INSET * self.scale))
        x0, y0 = (max(0, round(value * self.scale) + inset) for value in box[:2])
        x1 = min(self.wide, round(box[2] * self.scale) - inset)
        y1 = min(self.high, round(box[3] * self.scale) - inset)
        if x1 - x0 < 4 or y1 - y0 < 4:
            return []
        ink = self.ink[y0:y1, x0:x1]
        lines = []
        for top, bottom in _whole(_runs(ink.any(axis=1).tolist()), em):
            columns = ink[top:bottom].any(axis=0).nonzero()[0]
            left, right = int(columns[0]), int(columns[-1]) + 1
            lines.append(_Line((x0 + left, y0 + top, x0 + right, y0 + bottom), (x0, y0, x1, y1)))
        return lines

    def _lines_outside(self) -> list[_Line]:
        """The lines of text outside the tables, as the detector finds them."""
        grey = self.grey.copy()
        ink = self.ink.copy()
        for table in self.tables:
            x0, y0, x1, y1 = (max(0, round(value * self.scale)) for value in table.box)
            grey[y0:y1, x0:x1], ink[y0:y1, x0:x1] = 255, 0
        if not ink.any():
            return []
        return [_Line(box, (0, 0, self.wide, self.high)) for box in sorted(self._detected(grey))]

    def _detected(self, grey: Any) -> list[Pixels]:
        """The lines of text that the detector finds, in whatever direction they run."""
        import cv2

        factor = min(1.0, DETECT_DPI / 72 / self.scale)
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        boxes = self.engine()[0](cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)).boxes
        out = []
        for box in () if boxes is None else boxes:
            (x0, y0), (x1, y1) = (box.min(axis=0) / factor).astype(int), (box.max(axis=0) / factor).astype(int)
            out.append((max(0, int(x0)), max(0, int(y0)), min(self.wide, int(x1)), min(self.high, int(y1))))
        return out

    def is_sideways(self) -> bool:
        """Whether most lines of text run from top to bottom, or from bottom to top."""
        sizes = [(x1 - x0, y1 - y0) for x0, y0, x1, y1 in self._detected(self.grey)]
        across = sum(wide for wide, high in sizes if wide > 1.5 * high)
        return sum(high for wide, high in sizes if high > 1.5 * wide) > across

    def _is_stroke(self, box: Pixels, em: float) -> bool:
        """Whether a line is one flat stroke: a dash, whatever it looks like to the reader."""
        x0, y0, x1, y1 = box
        if y1 - y0 > FLAT * em or x1 - x0 < 3 * (y1 - y0):
            return False
        return bool(self.ink[y0:y1, x0:x1].any(axis=0).mean() > 0.9)

    # -- reading --------------------------------------------------------------------------------------------

    def _read(self, lines: Sequence[_Line], em: float) -> None:
        """Read the lines; one that cannot be read is a lost character, so that its cell is not taken for empty."""
        if not lines:
            return
        import cv2
        from rapidocr.ch_ppocr_rec import TextRecInput

        pad = max(2, round(PADDING * self.scale))
        crops, starts = [], []
        for (x0, y0, x1, y1), (left, top, right, bottom) in lines:
            start = max(left, x0 - pad)
            piece = self.grey[max(top, y0 - pad) : min(bottom, y1 + pad), start : min(right, x1 + pad)]
            crops.append(cv2.cvtColor(piece, cv2.COLOR_GRAY2BGR))
            starts.append(start)
        read = self.engine()[1](TextRecInput(img=crops, return_word_box=True))
        total, length = 0.0, 0
        for line, text, score, words, crop, start in zip(
            lines, read.txts, read.scores, read.word_results, crops, starts, strict=True
        ):
            x0, y0, x1, y1 = (value / self.scale for value in line.box)
            total, length = total + score * len(text), length + len(text)
            if not text.strip() and max(x1 - x0, y1 - y0) * self.scale < DIRT * em:
                continue
            if self._is_stroke(line.box, em):
                self.out.chars.append((y1, x0, y0, x1, y1, "—"))
                continue
            if not text.strip() or score < SURE:
                self.out.chars.append((y1, x0, y0, x1, y1, LOST))
                continue
            step = crop.shape[1] / max(1.0, words.line_txt_len)
            middles = [(start + (column + 0.5) * step) / self.scale for part in words.word_cols for column in part]
            self.out.chars += _chars(text.translate(_USUAL), middles, y0, y1)
        self.out.score = total / max(1, length)


def _chars(text: str, middles: Sequence[float], y0: float, y1: float) -> list[Char]:
    """The characters of one line by where their middles stand: side by side, but for spaces and wide gaps."""
    size = y1 - y0
    base = y1 - 0.12 * size
    out: list[Char] = []
    apart = True
    places = iter(middles)
    for char in text:
        if char.isspace():
            apart = True
            continue
        middle = next(places)
        half = (0.55 if char > "\xff" else 0.3) * size
        left = middle - half
        if out:
            _, x0, _, x1, _, last = out[-1]
            between = ((x0 + x1) / 2 + middle) / 2
            if apart or middle - (x0 + x1) / 2 > WIDE * size:
                left = max(left, between + 0.15 * size)
                x1 = min(x1, between - 0.15 * size)
            else:
                left = x1 = between
            out[-1] = (base, min(x0, x1), y0, x1, y1, last)
        out.append((base, left, y0, max(left, middle) + half, y1, char))
        apart = False
    return out


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Stretches of true values, as first and end."""
    out: list[tuple[int, int]] = []
    start = -1
    for number, flag in enumerate([*flags, False]):
        if flag and start < 0:
            start = number
        elif not flag and start >= 0:
            out.append((start, number))
            start = -1
    return out


def _whole(runs: Sequence[tuple[int, int]], em: float) -> list[tuple[int, int]]:
    """Rows of ink as lines of text: strokes of one character may stand apart, as in 二."""
    out: list[tuple[int, int]] = []
    for top, bottom in runs:
        if out:
            above, end = out[-1]
            thin = min(bottom - top, end - above) < 0.55 * em
            if bottom - above <= 1.3 * em and (thin or top - end <= 1):
                out[-1] = (above, bottom)
                continue
        out.append((top, bottom))
    return out
