"""The raw calls of pdfium: characters with their baselines, ruling lines, hidden text, pictures of pages.

All coordinates are those of the page as displayed (rotation and crop box honoured), in points, from its top left
corner. pdfium is not thread-safe: one process, one thread. The bindings' own argument checks cost more than most of
these calls, so the functions called per character or per drawn object are called through bare pointers.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pypdfium2
from pypdfium2 import raw

from auditor.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THIN = 3.2  # a drawn box thinner than this is a ruling
DIAGONAL = 2 * THIN
WHITE = 240  # colour components from which paint cannot be told from paper
MAX_OBJECTS = 200_000  # drawn objects of one page
MAX_CHARS = 200_000
MAX_SEGMENTS = 20_000  # ruling segments of one page
CUT = 2.0  # text may reach this far over its clip: boxes are looser than glyphs
MAX_DEPTH = 12  # forms inside forms

Char = tuple[float, float, float, float, float, str]  # baseline, x0, y0, x1, y1, text
Segment = tuple[float, float, float]  # position, from, to
Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]

_void = ctypes.c_void_p


def _bare(function: Any, result: Any = ctypes.c_int) -> Callable[..., Any]:
    """The same function, called without the bindings' checks; arguments must be ctypes objects or plain integers."""
    return ctypes.CFUNCTYPE(result)(ctypes.cast(function, _void).value or 0)


_get_unicode = _bare(raw.FPDFText_GetUnicode, ctypes.c_uint)
_get_loose_box = _bare(raw.FPDFText_GetLooseCharBox)
_get_origin = _bare(raw.FPDFText_GetCharOrigin)
_get_text_object = _bare(raw.FPDFText_GetTextObject, _void)
_page_object = _bare(raw.FPDFPage_GetObject, _void)
_form_object = _bare(raw.FPDFFormObj_GetObject, _void)
_object_type = _bare(raw.FPDFPageObj_GetType)
_object_bounds = _bare(raw.FPDFPageObj_GetBounds)
_fill_color = _bare(raw.FPDFPageObj_GetFillColor)
_stroke_color = _bare(raw.FPDFPageObj_GetStrokeColor)
_render_mode = _bare(raw.FPDFTextObj_GetTextRenderMode)
_clip_path = _bare(raw.FPDFPageObj_GetClipPath, _void)
_clip_count = _bare(raw.FPDFClipPath_CountPaths)
_clip_segments = _bare(raw.FPDFClipPath_CountPathSegments)
_clip_segment = _bare(raw.FPDFClipPath_GetPathSegment, _void)
_segment_point = _bare(raw.FPDFPathSegment_GetPoint)
_segment_type = _bare(raw.FPDFPathSegment_GetType)
_segment_close = _bare(raw.FPDFPathSegment_GetClose)
_draw_mode = _bare(raw.FPDFPath_GetDrawMode)
_path_segments = _bare(raw.FPDFPath_CountSegments)
_path_segment = _bare(raw.FPDFPath_GetPathSegment, _void)
_object_matrix = _bare(raw.FPDFPageObj_GetMatrix)

_HYPHENS = (2, 0xFFFE)  # pdfium's marks for a hyphen at the end of a line
_SPACES = frozenset((0xA0, 0x3000, 0x200B, 0xFEFF))
_INVISIBLE_MODES = (3, 7)  # neither filled nor stroked


@dataclass(slots=True)
class PageContent:
    """What one page shows: characters in content order, horizontal and vertical ruling segments, its size.

    `hidden` are characters that the page holds and does not show (clipped, white, covered, off the page);
    `unmapped` counts glyphs without a text code.
    """

    number: int
    width: float
    height: float
    chars: list[Char] = field(default_factory=list)
    across: list[Segment] = field(default_factory=list)
    down: list[Segment] = field(default_factory=list)
    hidden: list[Char] = field(default_factory=list)
    unmapped: int = 0
    pictures: float = 0.0  # share of the page that pictures cover
    text_layer: int = 0  # characters drawn invisibly over a picture that shows them: recognised from a scan


class Pdf:
    """One PDF file. Raises `BadInputError` when it is encrypted or damaged."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        try:
            self._document = pypdfium2.PdfDocument(data)
            self.pages = len(self._document)
        except pypdfium2.PdfiumError as error:
            key = "input.encrypted" if "password" in str(error).lower() else "input.damaged"
            raise BadInputError(key, file=file, kind="PDF") from None

    def __iter__(self) -> Iterator[PageContent]:
        for number in range(self.pages):
            yield self.page(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def modified(self) -> str:
        """When the file says it was last changed, as digits (YYYYMMDDHHMMSS…), or ''."""
        value = self._document.get_metadata_value("ModDate") or self._document.get_metadata_value("CreationDate")
        return "".join(ch for ch in str(value) if ch.isdigit())[:14]

    def page(self, number: int) -> PageContent:
        """Read one page (counted from 0). Raises `BadInputError` when it cannot be loaded or is beyond bounds."""
        try:
            page = self._document[number]
        except pypdfium2.PdfiumError:
            raise BadInputError("input.damaged_page", file=self.file, page=number + 1) from None
        try:
            return _Reader(page, number + 1, self.file).read()
        finally:
            page.close()

    def picture(self, number: int, dpi: int = 110) -> Any:
        """Render one page as a grey bitmap."""
        page = self._document[number]
        try:
            return page.render(scale=dpi / 72, grayscale=True)
        finally:
            page.close()


def display(page: Any) -> tuple[Matrix, float, float]:
    """Return the matrix from user space to the displayed page (top left origin), and the page's size."""
    left, bottom, right, top = page.get_cropbox()
    matrices: dict[int, Matrix] = {
        0: (1, 0, 0, -1, -left, top),
        90: (0, 1, 1, 0, -bottom, -left),
        180: (-1, 0, 0, 1, right, -bottom),
        270: (0, -1, -1, 0, top, right),
    }
    turn = page.get_rotation()
    wide, high = right - left, top - bottom
    return matrices[turn], (wide if turn % 180 == 0 else high), (high if turn % 180 == 0 else wide)


class _Reader:
    """Reads one page; the buffers that pdfium writes into are made once per page."""

    def __init__(self, page: Any, number: int, file: str) -> None:
        self.page = page
        self.file = file
        self.matrix, width, height = display(page)
        self.content = PageContent(number, width, height)
        self.floats = [ctypes.c_float() for _ in range(4)]
        self.float_refs = [ctypes.byref(value) for value in self.floats]
        self.ints = [ctypes.c_uint() for _ in range(4)]
        self.int_refs = [ctypes.byref(value) for value in self.ints]
        self.cut: dict[int, Box] = {}  # address of a text object → its clip, where the clip cuts it
        self.white: set[int] = set()  # addresses of text objects drawn in the colour of paper
        self.unpainted: set[int] = set()  # addresses of text objects that are placed but not painted
        self.order: dict[int, int] = {}  # address of a text object → its place in the drawing order
        self.covers: list[tuple[int, Box]] = []  # opaque boxes drawn over text: order, box
        self.last_clip: tuple[Any, Box | None] = (None, None)
        self.texts = 0

    def read(self) -> PageContent:
        count = raw.FPDFPage_CountObjects(self.page)
        if count > MAX_OBJECTS:
            raise BadInputError("input.page_too_complex", file=self.file, page=self.content.number)
        handle = _void(ctypes.addressof(self.page.raw.contents))
        self._objects(handle, count, _page_object, (), 0)
        if len(self.content.across) + len(self.content.down) > MAX_SEGMENTS:
            raise BadInputError("input.page_too_complex", file=self.file, page=self.content.number)
        self._chars()
        return self.content

    # -- drawn objects --------------------------------------------------------------------------------------

    def _objects(
        self, container: Any, count: int, get: Callable[..., Any], outer: tuple[Matrix, ...], depth: int
    ) -> None:
        for number in range(count):
            address = get(container, number)
            if not address:
                continue
            item = _void(address)
            kind = _object_type(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._text_object(item, address)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(item, outer)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._image(item, outer)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                form = ctypes.cast(item, raw.FPDF_PAGEOBJECT)
                inner = raw.FPDFFormObj_CountObjects(form)
                if 0 < inner <= MAX_OBJECTS:
                    self._objects(item, inner, _form_object, (*outer, self._matrix(item)), depth + 1)

    def _matrix(self, item: Any) -> Matrix:
        matrix = raw.FS_MATRIX()
        _object_matrix(item, ctypes.byref(matrix))
        return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)

    def _text_object(self, item: Any, address: int) -> None:
        self.texts += 1
        self.order[address] = self.texts
        if _render_mode(item) in _INVISIBLE_MODES:
            self.unpainted.add(address)
        elif _fill_color(item, *self.int_refs) and _is_white(self.ints):
            self.white.add(address)
        clip = self._clip(item)
        if clip is not None:
            left, bottom, right, top = self._bounds(item)
            if left < clip[0] - CUT or bottom < clip[1] - CUT or right > clip[2] + CUT or top > clip[3] + CUT:
                self.cut[address] = clip

    def _bounds(self, item: Any) -> Box:
        _object_bounds(item, *self.float_refs)
        left, bottom, right, top = self.floats
        return (left.value, bottom.value, right.value, top.value)

    def _clip(self, item: Any) -> Box | None:
        """The box of an object's clip; neighbours share theirs, which is told by its last path's corners."""
        path = _clip_path(item)
        if not path:
            return None
        path = _void(path)
        count = _clip_count(path)
        if count <= 0:
            return None
        key = (count, self._clip_point(path, count - 1, 0), self._clip_point(path, count - 1, 2))
        if key == self.last_clip[0]:
            return self.last_clip[1]
        box: Box | None = None
        for number in range(min(count, 16)):
            size = min(_clip_segments(path, number), 64)
            points = [point for k in range(size) if (point := self._clip_point(path, number, k)) is not None]
            if not points:
                continue
            xs, ys = [x for x, _ in points], [y for _, y in points]
            part = (min(xs), min(ys), max(xs), max(ys))
            box = part if box is None else (
                max(box[0], part[0]), max(box[1], part[1]), min(box[2], part[2]), min(box[3], part[3])
            )  # fmt: skip
        self.last_clip = (key, box)
        return box

    def _clip_point(self, path: Any, number: int, position: int) -> tuple[float, float] | None:
        segment = _clip_segment(path, number, position)
        if not segment:
            return None
        _segment_point(_void(segment), *self.float_refs[:2])
        return (self.floats[0].value, self.floats[1].value)

    def _image(self, item: Any, outer: tuple[Matrix, ...]) -> None:
        left, bottom, right, top = self._bounds(item)
        (x0, y0), (x1, y1) = self._placed((left, bottom), outer), self._placed((right, top), outer)
        width, height = self.content.width, self.content.height
        shown = max(0.0, min(max(x0, x1), width) - max(0.0, min(x0, x1))) * max(
            0.0, min(max(y0, y1), height) - max(0.0, min(y0, y1))
        )
        self.content.pictures = min(1.0, self.content.pictures + shown / max(1.0, width * height))

    def _path(self, item: Any, outer: tuple[Matrix, ...]) -> None:
        filled, stroked = self.ints[0], self.ints[1]
        _draw_mode(item, self.int_refs[0], self.int_refs[1])
        fill, stroke = filled.value, stroked.value
        if stroke:
            _stroke_color(item, *self.int_refs)
        elif fill:
            _fill_color(item, *self.int_refs)
        else:
            return
        unseen = self.ints[3].value == 0
        white = _is_white(self.ints)
        count = _path_segments(item)
        if count in (2, 4, 5):
            left, bottom, right, top = self._bounds(item)
            x0, y0 = self._placed((left, bottom), outer)
            x1, y1 = self._placed((right, top), outer)
            x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
            if fill and not unseen and self.texts and x1 - x0 > THIN and y1 - y0 > THIN and self.ints[3].value == 255:
                self.covers.append((self.texts, (x0, y0, x1, y1)))
            if unseen or white or (count == 2 and min(x1 - x0, y1 - y0) > DIAGONAL):
                return
            self._ruled_box(x0, y0, x1, y1)
        elif not (unseen or white):
            self._long_path(item, count, outer)

    def _placed(self, point: tuple[float, float], outer: tuple[Matrix, ...]) -> tuple[float, float]:
        x, y = point
        for a, b, c, d, e, f in (*reversed(outer), self.matrix):
            x, y = a * x + c * y + e, b * x + d * y + f
        return x, y

    def _ruled_box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A thin box is a ruling; a corner dot is both; any other box is ruled on its four sides."""
        across, down = self.content.across, self.content.down
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

    def _long_path(self, item: Any, count: int, outer: tuple[Matrix, ...]) -> None:
        """Follow the straight segments of a path of many pieces."""
        own = (*outer, self._matrix(item))
        here = start = None
        for number in range(min(count, MAX_SEGMENTS)):
            segment = _void(_path_segment(item, number))
            _segment_point(segment, *self.float_refs[:2])
            point = self._placed((self.floats[0].value, self.floats[1].value), own)
            kind = _segment_type(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == raw.FPDF_SEGMENT_LINETO and here is not None:
                self._line(here, point)
            if _segment_close(segment) and start is not None and point != start:
                self._line(point, start)
            here = point

    def _line(self, a: tuple[float, float], b: tuple[float, float]) -> None:
        if abs(a[1] - b[1]) < 1:
            self.content.across.append(((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
        elif abs(a[0] - b[0]) < 1:
            self.content.down.append(((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))

    # -- characters -----------------------------------------------------------------------------------------

    def _chars(self) -> None:
        text_page = raw.FPDFText_LoadPage(self.page)
        if not text_page:
            return
        try:
            self._read_chars(text_page)
        finally:
            raw.FPDFText_ClosePage(text_page)

    def _read_chars(self, text_page: Any) -> None:  # noqa: C901, PLR0912, PLR0915 -- the hot loop: no calls that can be spared
        content = self.content
        count = raw.FPDFText_CountChars(text_page)
        if count > MAX_CHARS:
            raise BadInputError("input.page_too_complex", file=self.file, page=content.number)
        handle = _void(ctypes.addressof(text_page.contents))
        a, b, c, d, e, f = self.matrix
        rect = raw.FS_RECTF()
        rect_ref = ctypes.byref(rect)
        x, y = ctypes.c_double(), ctypes.c_double()
        x_ref, y_ref = ctypes.byref(x), ctypes.byref(y)
        suspicious = bool(self.cut or self.white or self.unpainted or self.covers)
        doubtful: list[tuple[Char, bool]] = []
        width, height = content.width, content.height
        high = 0
        out = content.chars.append
        for number in range(count):
            code = _get_unicode(handle, number)
            if code in _HYPHENS:
                code = 0x2D
            if code <= 32 or code in _SPACES:
                if code == 0:
                    content.unmapped += 1
                continue
            if 0xD800 <= code < 0xE000:
                if code < 0xDC00:
                    high = code
                    continue
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
            if not _get_loose_box(handle, number, rect_ref):
                continue
            left, top, right, bottom = rect.left, rect.top, rect.right, rect.bottom
            _get_origin(handle, number, x_ref, y_ref)
            x0, x1 = a * left + c * bottom + e, a * right + c * top + e
            y0, y1 = b * left + d * bottom + f, b * right + d * top + f
            if x1 < x0:
                x0, x1 = x1, x0
            if y1 < y0:
                y0, y1 = y1, y0
            wide = x1 - x0
            if wide <= 0:
                x1, wide = x0 + 0.1, 0.1
            base = b * x.value + d * y.value + f
            tallest = 1.8 * wide if code >= 0x2E80 else max(4.5 * wide, 4.0)
            if y1 - y0 > tallest:  # a font with absurd ascent: as high as its glyphs are wide
                y0, y1 = base - 0.85 * tallest, base + 0.15 * tallest
            char = (base, x0, y0, x1, y1, chr(code))
            if base < 0 or base > height + 2 or x1 < 0 or x0 > width:
                content.hidden.append(char)
                continue
            if suspicious:
                address = _get_text_object(handle, number) or 0
                if self._is_cut(address, (left, bottom, right, top)):
                    content.hidden.append(char)
                    continue
                if address in self.white or address in self.unpainted or self._is_covered(address, char):
                    doubtful.append((char, address in self.unpainted))
            out(char)
        if doubtful:
            self._look(doubtful)

    def _is_cut(self, address: int, box: Box) -> bool:
        clip = self.cut.get(address)
        if clip is None:
            return False
        x, y = (box[0] + box[2]) / 2, 0.35 * box[3] + 0.65 * box[1]
        return not (clip[0] - 1 <= x <= clip[2] + 1 and clip[1] - 1 <= y <= clip[3] + 1)

    def _is_covered(self, address: int, char: Char) -> bool:
        if not self.covers:
            return False
        x, y = (char[1] + char[3]) / 2, char[0] - 0.3 * (char[4] - char[2])
        order = self.order.get(address, self.texts)
        return any(after >= order and x0 <= x <= x1 and y0 <= y <= y1 for after, (x0, y0, x1, y1) in self.covers)

    def _look(self, doubtful: list[tuple[Char, bool]]) -> None:
        """Look at the rendered page: a doubtful character without ink under it is hidden."""
        bitmap = self.page.render(scale=LOOK, grayscale=True)
        pixels, stride = bytes(bitmap.buffer), bitmap.stride
        hidden = {char for char, _ in doubtful if not _has_ink(char, pixels, stride, bitmap.width, bitmap.height)}
        self.content.hidden += [char for char, _ in doubtful if char in hidden]
        self.content.chars = [char for char in self.content.chars if char not in hidden]
        self.content.text_layer = sum(unpainted and char not in hidden for char, unpainted in doubtful)


LOOK = 1.5  # pixels per point of the picture in which ink is looked for
INK = 60  # difference in grey that a reader sees


def _has_ink(char: Char, pixels: bytes, stride: int, width: int, height: int) -> bool:
    base, x0, y0, x1, y1, _ = char
    left, right = max(0, int(x0 * LOOK)), min(width, int(x1 * LOOK) + 1)
    top, bottom = max(0, int((base - (y1 - y0) * 0.75) * LOOK)), min(height, int(base * LOOK) + 2)
    if right <= left or bottom <= top:
        return False
    rows = [pixels[y * stride + left : y * stride + right] for y in range(top, bottom)]
    seen = b"".join(rows)
    return max(seen) - min(seen) > INK


def _is_white(colour: list[Any]) -> bool:
    return all(component.value > WHITE for component in colour[:3])
