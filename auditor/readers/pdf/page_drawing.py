"""What a PDF page draws besides characters: ruling lines, pictures, and what hides text.

Rulings and pictures are given on the page as displayed, from its top left corner. White and transparent strokes and
fills are no rulings. What is known of text objects goes by their addresses in pdfium, while the page is open.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

from auditor.readers.pdf import pdfium_calls
from auditor.readers.pdf.pdfium_calls import moved, shared, times, void
from auditor.readers.pdf.ruled_tables import longest

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.readers.pdf.elements import Box, Matrix, Ruling
    from auditor.readers.pdf.watermarks import Look

THIN = 3.2  # a drawn box thinner than this is a ruling
DIAGONAL = 2 * THIN
WHITE = 240  # colour components from which paint cannot be told from paper
LIGHT = 120  # colour components of light paint: what lies over text in it may be a watermark
THIN_PAINT = 160  # opacity (of 255) of paint through which text can be read
SLANT = 0.15  # rise of a line by its length: scans and their text layers are less askew
PALE = 16  # opacity (of 255) from which paint cannot be told from none
MAX_OBJECTS = 200_000  # drawn objects of one page
MAX_SEGMENTS = 20_000  # ruling segments of one page: of more, the longest are kept
CUT = 2.0  # text may reach this far over its clip: boxes are looser than glyphs
SHAPE = 8  # a path of more pieces is no box
MAX_DEPTH = 12  # forms inside forms
_INVISIBLE_MODES = (3, 7)  # neither filled nor stroked


class TooComplexError(Exception):
    """The page draws more than any page of a disclosure."""


@dataclass(slots=True)
class Drawn:
    """The drawing of one page. `covers` are opaque boxes drawn over text: the order they come in, box, is a picture."""

    across: list[Ruling] = field(default_factory=list)
    down: list[Ruling] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    shapes: int = 0  # paths of many pieces: letters that were turned into drawings, among other things
    cut: dict[int, Box] = field(default_factory=dict)  # text object → its clip in user space, where the clip cuts it
    pale: set[int] = field(default_factory=set)  # text objects drawn in the colour of paper, or in none
    unpainted: set[int] = field(default_factory=set)  # text objects that are placed but not painted
    aslant: set[int] = field(default_factory=set)  # text objects whose lines are neither level nor upright
    faint: dict[int, Look] = field(default_factory=dict)  # text object → its colour, where that is a light one
    order: dict[int, int] = field(default_factory=dict)  # text object → its place in the drawing order
    covers: list[tuple[int, Box, bool]] = field(default_factory=list)


def drawn_on(page: Any, matrix: Matrix, width: float, height: float) -> Drawn:
    """Read what a page draws; `matrix` leads from user space to the page as displayed.

    Raises `TooComplexError` beyond the bounds above.
    """
    out = _Walk(page, matrix).result()
    if out.cut:  # where text is cut off by a clip, so are the rulings around it
        clipped = _Walk(page, matrix, clipped=True).result()
        out.across, out.down = clipped.across, clipped.down
    out.across = longest(_inside(out.across, height, width), MAX_SEGMENTS)
    out.down = longest(_inside(out.down, width, height), MAX_SEGMENTS)
    return out


def _inside(segments: list[Ruling], extent: float, length: float) -> list[Ruling]:
    """The rulings that the page shows."""
    return [
        (p, max(a, 0.0), min(b, length)) for p, a, b in segments if -1 <= p <= extent + 1 and b >= 0 and a <= length
    ]


class _Walk:
    """Goes through the drawn objects of one page; the buffers that pdfium writes into are made once."""

    def __init__(self, page: Any, matrix: Matrix, *, clipped: bool = False) -> None:
        self.page = page
        self.matrix = matrix
        self.clipped = clipped
        self.out = Drawn()
        self.floats = [ctypes.c_float() for _ in range(4)]
        self.float_refs = [ctypes.byref(value) for value in self.floats]
        self.ints = [ctypes.c_uint() for _ in range(4)]
        self.int_refs = [ctypes.byref(value) for value in self.ints]
        self.buffer = raw.FS_MATRIX()
        self.last_clip: tuple[Any, Box | None] = (None, None)
        self.texts = 0
        self.objects = 0

    def result(self) -> Drawn:
        count = raw.FPDFPage_CountObjects(self.page)
        handle = void(ctypes.addressof(self.page.raw.contents))
        self._objects(handle, count, pdfium_calls.page_object, (), None)
        return self.out

    def _objects(
        self, container: Any, count: int, get: Callable[..., Any], outer: tuple[Matrix, ...], within: Box | None
    ) -> None:
        """Go through one list of objects. `outer` leads to user space, innermost first; `within` is the clip there."""
        self.objects += count
        if self.objects > MAX_OBJECTS:
            raise TooComplexError
        text, type_of = self._text, pdfium_calls.object_type
        for number in range(count):
            item = get(container, number)
            if not item:
                continue
            kind = type_of(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                text(item, outer, within)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(item, outer, within)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._picture(item, outer, within)
            elif kind == raw.FPDF_PAGEOBJ_FORM and len(outer) < MAX_DEPTH:
                inner = raw.FPDFFormObj_CountObjects(ctypes.cast(item, raw.FPDF_PAGEOBJECT))
                clip = self._clip(item, outer, within)
                if inner > 0:
                    self._objects(item, inner, pdfium_calls.form_object, (self._matrix(item), *outer), clip)

    def _matrix(self, item: Any) -> Matrix:
        matrix = self.buffer
        pdfium_calls.object_matrix(item, ctypes.byref(matrix))
        return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)

    def _bounds(self, item: Any) -> Box:
        pdfium_calls.object_bounds(item, *self.float_refs)
        left, bottom, right, top = self.floats
        return (left.value, bottom.value, right.value, top.value)

    def _colour(self) -> tuple[bool, int]:
        """Whether the colour just read is that of paper, and its opacity."""
        red, green, blue, opacity = self.ints
        white = red.value > WHITE and green.value > WHITE and blue.value > WHITE
        return white, opacity.value

    # -- text -----------------------------------------------------------------------------------------------

    def _text(self, item: Any, outer: tuple[Matrix, ...], within: Box | None) -> None:
        if self.clipped:
            return
        self.texts += 1
        out = self.out
        address = item.value
        out.order[address] = self.texts
        if pdfium_calls.render_mode(item) in _INVISIBLE_MODES:
            out.unpainted.add(address)
        elif pdfium_calls.fill_color(item, *self.int_refs):
            red, green, blue, opacity = self.ints
            if opacity.value < PALE or (red.value > WHITE and green.value > WHITE and blue.value > WHITE):
                out.pale.add(address)
            elif opacity.value < THIN_PAINT or min(red.value, green.value, blue.value) > LIGHT:
                out.faint[address] = (red.value, green.value, blue.value, opacity.value)
        if address not in out.unpainted and self._is_aslant(item, outer):
            out.aslant.add(address)
        clip = self._clip(item, outer, within)
        if clip is not None:
            pdfium_calls.object_bounds(item, *self.float_refs)
            left, bottom, right, top = self.floats
            box = (left.value, bottom.value, right.value, top.value)
            if outer:
                box = moved(box, outer)
            if box[0] < clip[0] - CUT or box[1] < clip[1] - CUT or box[2] > clip[2] + CUT or box[3] > clip[3] + CUT:
                out.cut[address] = clip

    def _is_aslant(self, item: Any, outer: tuple[Matrix, ...]) -> bool:
        """Whether the lines of a text run neither level nor upright on the page."""
        x, y, *_ = self._matrix(item)
        if not outer and (not y or not x):  # nearly always
            return False
        for a, b, c, d, *_ in outer:
            x, y = a * x + c * y, b * x + d * y
        return min(abs(x), abs(y)) > SLANT * max(abs(x), abs(y))

    # -- clips ----------------------------------------------------------------------------------------------

    def _clip(self, item: Any, outer: tuple[Matrix, ...], within: Box | None) -> Box | None:
        """The box of an object's clip in user space; neighbours share theirs, told by its last path's corners."""
        path = pdfium_calls.clip_path(item)
        if not path:
            return within
        count = pdfium_calls.clip_count(path)
        if count <= 0:
            return within
        x, y = self.floats[:2]
        refs = self.float_refs
        first, third = pdfium_calls.clip_segment(path, count - 1, 0), pdfium_calls.clip_segment(path, count - 1, 2)
        key: tuple[Any, ...] = (count, outer, within)
        for segment in (first, third):
            if segment:
                pdfium_calls.segment_point(segment, refs[0], refs[1])
                key += (x.value, y.value)
        if key == self.last_clip[0]:
            return self.last_clip[1]
        box: Box | None = None
        for number in range(min(count, 16)):
            size = min(pdfium_calls.clip_segments(path, number), 64)
            points = [point for k in range(size) if (point := self._clip_point(path, number, k)) is not None]
            if points:
                xs, ys = [x for x, _ in points], [y for _, y in points]
                box = shared(box, (min(xs), min(ys), max(xs), max(ys)))
        if box is not None and outer:
            box = moved(box, outer)
        box = shared(box, within)
        self.last_clip = (key, box)
        return box

    def _clip_point(self, path: Any, number: int, position: int) -> tuple[float, float] | None:
        segment = pdfium_calls.clip_segment(path, number, position)
        if not segment:
            return None
        pdfium_calls.segment_point(segment, *self.float_refs[:2])
        return (self.floats[0].value, self.floats[1].value)

    # -- pictures and paths ---------------------------------------------------------------------------------

    def _picture(self, item: Any, outer: tuple[Matrix, ...], within: Box | None) -> None:
        if self.clipped:
            return
        seen = shared(moved(self._bounds(item), outer), self._clip(item, outer, within))
        assert seen is not None
        box = moved(seen, (self.matrix,))
        self.out.pictures.append(box)
        if self.texts:
            self.out.covers.append((self.texts, box, True))

    def _path(self, item: Any, outer: tuple[Matrix, ...], within: Box | None) -> None:
        filled, stroked = self.ints[0], self.ints[1]
        pdfium_calls.draw_mode(item, self.int_refs[0], self.int_refs[1])
        fill, stroke = filled.value, stroked.value
        if stroke:
            pdfium_calls.stroke_color(item, *self.int_refs)
        elif fill:
            pdfium_calls.fill_color(item, *self.int_refs)
        else:
            return
        white, opacity = self._colour()
        count = pdfium_calls.path_segments(item)
        matrices = (*outer, self.matrix)
        if count not in (2, 4, 5):
            self.out.shapes += count > SHAPE
            if not (white or opacity < PALE):
                self._long_path(item, count, matrices, within)
            return
        # a stroke's bounds include its width: the corners are those of the path itself
        x0, y0, x1, y1 = self._corners(item, count, matrices) if stroke else moved(self._bounds(item), matrices)
        if fill and opacity == 255 and self.texts and x1 - x0 > THIN and y1 - y0 > THIN:
            self.out.covers.append((self.texts, (x0, y0, x1, y1), False))
        if white or opacity < PALE or (count == 2 and min(x1 - x0, y1 - y0) > DIAGONAL):
            return
        clip = self._shown(item, outer, within)
        if clip is not None and (clip[0] > x1 or clip[2] < x0 or clip[1] > y1 or clip[3] < y0):
            return
        cut = shared((x0, y0, x1, y1), clip)
        assert cut is not None
        self._ruled_box(*cut)

    def _shown(self, item: Any, outer: tuple[Matrix, ...], within: Box | None) -> Box | None:
        """The clip on the page as displayed, on the pages where clips count."""
        clip = self._clip(item, outer, within) if self.clipped else None
        return None if clip is None else moved(clip, (self.matrix,))

    def _corners(self, item: Any, count: int, matrices: tuple[Matrix, ...]) -> Box:
        """The box between the two ends of a line, or between opposite corners of a box."""
        x, y = self.floats[:2]
        refs = self.float_refs[:2]
        pdfium_calls.segment_point(pdfium_calls.path_segment(item, 0), *refs)
        x0, y0 = x.value, y.value
        pdfium_calls.segment_point(pdfium_calls.path_segment(item, 1 if count == 2 else 2), *refs)
        x1, y1 = x.value, y.value
        return moved((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), (self._matrix(item), *matrices))

    def _ruled_box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A thin box is a ruling; a corner dot is both; any other box is ruled on its four sides."""
        across, down = self.out.across, self.out.down
        wide, high = x1 - x0, y1 - y0
        if high <= THIN and wide > high:
            across.append(((y0 + y1) / 2, x0, x1))
        elif wide <= THIN and high > wide:
            down.append(((x0 + x1) / 2, y0, y1))
        elif wide <= THIN:
            across.append(((y0 + y1) / 2, x0, x1))
            down.append(((x0 + x1) / 2, y0, y1))
        else:
            across += [(y0, x0, x1), (y1, x0, x1)]
            down += [(x0, y0, y1), (x1, y0, y1)]

    def _long_path(self, item: Any, count: int, matrices: tuple[Matrix, ...], within: Box | None) -> None:
        """Follow the straight segments of a path of many pieces."""
        own = (self._matrix(item), *matrices)
        clip = self._shown(item, matrices[:-1], within)
        here = start = None
        for number in range(min(count, MAX_SEGMENTS)):
            segment = pdfium_calls.path_segment(item, number)
            pdfium_calls.segment_point(segment, *self.float_refs[:2])
            point = (self.floats[0].value, self.floats[1].value)
            for matrix in own:
                point = times(point, matrix)
            kind = pdfium_calls.segment_type(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == raw.FPDF_SEGMENT_LINETO and here is not None:
                self._line(here, point, clip)
            if pdfium_calls.segment_close(segment) and start is not None and point != start:
                self._line(point, start, clip)
            here = point

    def _line(self, a: tuple[float, float], b: tuple[float, float], clip: Box | None) -> None:
        x0, x1, y0, y1 = min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1])
        if clip is not None:
            if clip[0] > x1 or clip[2] < x0 or clip[1] > y1 or clip[3] < y0:
                return
            x0, y0, x1, y1 = max(x0, clip[0]), max(y0, clip[1]), min(x1, clip[2]), min(y1, clip[3])
        if y1 - y0 < 1:
            self.out.across.append(((y0 + y1) / 2, x0, x1))
        elif x1 - x0 < 1:
            self.out.down.append(((x0 + x1) / 2, y0, y1))
