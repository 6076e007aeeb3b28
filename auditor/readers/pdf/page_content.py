"""PDF pages through pdfium: characters with their baselines, ruling lines, hidden text, pictures of pages.

All coordinates are those of the page as displayed (rotation and crop box honoured), in points, from its top left
corner. pdfium is not thread-safe: one process, one thread.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pypdfium2
from pypdfium2 import raw

from auditor.digits import digits_of
from auditor.errors import BadInputError
from auditor.readers.pdf import pdfium_calls, typefaces
from auditor.readers.pdf.page_drawing import Drawn, TooComplexError, drawn_on
from auditor.readers.pdf.pdfium_calls import void
from auditor.readers.pdf.visibility import HiddenBy, judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from auditor.readers.pdf.elements import Box, Char, Matrix, Ruling
    from auditor.readers.pdf.watermarks import Look

MAX_CHARS = 200_000  # of one page
MAX_PIXELS = 12_000_000  # of a picture of a page: what is larger is drawn smaller
MAX_COVERS = 5_000  # boxes drawn over text on one page
MAX_LOOKS = 2_000_000  # comparisons of characters with covers on one page; beyond, the rendered page decides
STRIP = 8.0  # points: covers are looked up by strips of the page


FAR = 1e6  # points from the page, where only damaged files draw
MAX_CODE = 0x10FFFF  # of Unicode; a damaged map may say anything
_HYPHENS = (2, 0xFFFE)  # pdfium's marks for a hyphen at the end of a line
_SPACES = frozenset((0xA0, 0x3000, 0x200B, 0xFEFF))


@dataclass(slots=True)
class PageContent:
    """What one page shows: characters in content order, horizontal and vertical ruling segments, its size.

    `hidden` are characters that the page holds and does not show (clipped, white, covered, off the page); `drawn` are
    those and all others, in content order;
    `unmapped` counts glyphs without a text code, `text_layer` characters that are not painted themselves but lie
    where a picture shows them: recognised from a scan. `aslant` are characters of lines that are neither level nor
    upright, which are among no others; `faint` are the identities of those in light colours, with these.
    """

    number: int
    width: float
    height: float
    chars: list[Char] = field(default_factory=list)
    across: list[Ruling] = field(default_factory=list)
    down: list[Ruling] = field(default_factory=list)
    hidden: list[Char] = field(default_factory=list)
    drawn: list[Char] = field(default_factory=list)
    unmapped: int = 0
    sliced: set[int] = field(default_factory=set)  # identities of hidden characters of which a slice shows
    pictures: list[Box] = field(default_factory=list)
    shapes: int = 0  # drawings of many pieces
    text_layer: int = 0
    aslant: list[Char] = field(default_factory=list)
    faint: dict[int, Look] = field(default_factory=dict)

    @property
    def pictured(self) -> float:
        """The share of the page that pictures cover."""
        area = max(1.0, self.width * self.height)
        shown = sum(
            max(0.0, min(x1, self.width) - max(x0, 0.0)) * max(0.0, min(y1, self.height) - max(y0, 0.0))
            for x0, y0, x1, y1 in self.pictures
        )
        return min(1.0, shown / area)


class Pdf:
    """One PDF file. Raises `BadInputError` when it is encrypted or damaged."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self._data = data
        self._shown: Any = None  # the same file with the typefaces of the machine, for people to look at
        typefaces.installed()
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
        if self._shown is not None:
            self._shown.close()

    def modified(self) -> str:
        """When the file says it was last changed, as digits (YYYYMMDDHHMMSS…), or ''."""
        value = self._document.get_metadata_value("ModDate") or self._document.get_metadata_value("CreationDate")
        return digits_of(str(value))[:14]

    def page(self, number: int) -> PageContent:
        """Read one page (counted from 0). Raises `BadInputError` when it cannot be loaded or is beyond bounds."""
        page = self._loaded(number)
        try:
            return _read(page, number + 1, lambda: self._rendered(number, LOOK))
        except TooComplexError:
            raise BadInputError("input.page_too_complex", file=self.file, page=number + 1) from None
        finally:
            page.close()

    def picture(self, number: int, dpi: int = 110) -> Any:
        """Render one page as a grey bitmap for the program to look at; of a page of unusual size a smaller one.

        What is set in typefaces that the file does not hold looks the same on every machine, and like nothing.
        """
        return self._rendered(number, dpi / 72)

    def shown(self, number: int, dpi: int = 110) -> Any:
        """Render one page as a grey bitmap for people: with the typefaces of this machine."""
        with self._for_people(number) as page:
            return rendered(page, dpi / 72)

    def stretch(self, number: int, top: float, bottom: float, scale: float) -> Any:
        """Render for people what stands between two heights of a page (points from its top) as an array of greys."""
        with self._for_people(number) as page:
            cut = (0, page.get_height() - bottom, 0, top)
            bitmap = page.render(scale=scale, crop=cut, grayscale=True)
            return bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of one page as displayed, in points."""
        page = self._loaded(number)
        try:
            return display(page)[1:]
        finally:
            page.close()

    def _rendered(self, number: int, scale: float) -> Any:
        page = self._loaded(number)
        try:
            return rendered(page, scale)
        finally:
            page.close()

    @contextmanager
    def _for_people(self, number: int) -> Iterator[Any]:
        with typefaces.real():
            self._shown = self._shown or pypdfium2.PdfDocument(self._data)
            page = self._page_of(self._shown, number)
            try:
                yield page
            finally:
                page.close()

    def _loaded(self, number: int) -> Any:
        return self._page_of(self._document, number)

    def _page_of(self, document: Any, number: int) -> Any:
        try:
            return document[number]
        except pypdfium2.PdfiumError:
            raise BadInputError("input.damaged_page", file=self.file, page=number + 1) from None


def rendered(page: Any, scale: float) -> Any:
    """A page as a grey bitmap of bounded size."""
    width, height = page.get_size()
    scale = min(scale, (MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    return page.render(scale=scale, grayscale=True)


def display(page: Any) -> tuple[Matrix, float, float]:
    """Return the matrix from user space to the displayed page (top left origin), and the page's size."""
    left, bottom, right, top = page.get_bbox()
    matrices: dict[int, Matrix] = {
        0: (1, 0, 0, -1, -left, top),
        90: (0, 1, 1, 0, -bottom, -left),
        180: (-1, 0, 0, 1, right, -bottom),
        270: (0, -1, -1, 0, top, right),
    }
    turn = page.get_rotation()
    wide, high = right - left, top - bottom
    return matrices[turn], (wide if turn % 180 == 0 else high), (high if turn % 180 == 0 else wide)


def _read(page: Any, number: int, picture: Callable[[], Any]) -> PageContent:
    """Read a loaded page; its `picture` is taken where it has to be looked at."""
    matrix, width, height = display(page)
    drawn = drawn_on(page, matrix, width, height)
    content = PageContent(number, width, height, across=drawn.across, down=drawn.down)
    content.pictures, content.shapes = drawn.pictures, drawn.shapes
    text_page = raw.FPDFText_LoadPage(page)
    if text_page:
        try:
            doubtful = _chars(text_page, matrix, content, _Doubts(drawn))
        finally:
            raw.FPDFText_ClosePage(text_page)
        if doubtful:
            verdict = judged(content.chars, doubtful, picture(), width)
            content.chars = verdict.seen
            content.hidden += verdict.hidden
            content.unmapped, content.text_layer = verdict.lost, verdict.layer
    return content


SLICE = 0.1  # share of a character's height that a reader sees as damage
LOOK = 1.5  # pixels per point of the picture in which ink is looked for


class _Doubts:
    """Tells of a character whether it may be hidden, by the text object it belongs to."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.any = bool(drawn.cut or drawn.pale or drawn.unpainted or drawn.covers or drawn.aslant or drawn.faint)
        self.strips: dict[int, list[tuple[int, Box, bool]]] = {}
        self.looks = 0
        self.last = len(drawn.order)
        if len(drawn.covers) > MAX_COVERS:
            self.looks = MAX_LOOKS
        for cover in drawn.covers[:MAX_COVERS]:
            y0, y1 = cover[1][1], cover[1][3]
            for strip in range(max(0, int(y0 / STRIP)), min(int(y1 / STRIP), 2000) + 1):
                self.strips.setdefault(strip, []).append(cover)

    def is_cut(self, address: int, box: Box) -> bool:
        """Whether the object's clip leaves a character out; `box` in user space."""
        clip = self.drawn.cut.get(address)
        if clip is None:
            return False
        x, y = (box[0] + box[2]) / 2, 0.35 * box[3] + 0.65 * box[1]
        return not (clip[0] - 1 <= x <= clip[2] + 1 and clip[1] - 1 <= y <= clip[3] + 1)

    def is_sliced(self, address: int, box: Box) -> bool:
        """Whether the clip that leaves a character out shows a slice of it; `box` in user space."""
        clip, height = self.drawn.cut.get(address), box[3] - box[1]
        if clip is None or height <= 0:
            return False
        beside = min(box[2], clip[2]) - max(box[0], clip[0]) < (box[2] - box[0]) / 2
        return not beside and min(box[3], clip[3]) - max(box[1], clip[1]) > SLICE * height

    def of(self, address: int, char: Char) -> HiddenBy | None:
        """Why a character may be hidden, or None."""
        if address in self.drawn.unpainted:
            return HiddenBy.UNPAINTED
        if address in self.drawn.pale:
            return HiddenBy.PALE
        if not self.strips:
            return None
        x, y = (char[1] + char[3]) / 2, char[0] - 0.3 * (char[4] - char[2])
        order = self.drawn.order.get(address, self.last)
        covers = self.strips.get(int(y / STRIP), ())
        self.looks += len(covers)
        if self.looks > MAX_LOOKS:
            return HiddenBy.COVERED
        found: HiddenBy | None = None
        for after, (x0, y0, x1, y1), picture in covers:
            if after >= order and x0 <= x <= x1 and y0 <= y <= y1:
                if not picture:
                    return HiddenBy.COVERED
                found = HiddenBy.PICTURED
        return found


def _chars(text_page: Any, matrix: Matrix, content: PageContent, doubts: _Doubts) -> list[tuple[Char, HiddenBy]]:  # noqa: C901, PLR0912, PLR0915 -- the hot loop: no calls that can be spared
    """Read the characters of a page; return those that may be hidden, which are among them."""
    count = raw.FPDFText_CountChars(text_page)
    if count > MAX_CHARS:
        raise TooComplexError
    handle = void(ctypes.addressof(text_page.contents))
    get_unicode, has_no_code, get_loose_box, get_origin = (
        pdfium_calls.get_unicode,
        pdfium_calls.has_no_code,
        pdfium_calls.get_loose_box,
        pdfium_calls.get_origin,
    )
    a, b, c, d, e, f = matrix
    upright = (a, b, c, d) == (1, 0, 0, -1)
    rect = raw.FS_RECTF()
    rect_ref = ctypes.byref(rect)
    x, y = ctypes.c_double(), ctypes.c_double()
    x_ref, y_ref = ctypes.byref(x), ctypes.byref(y)
    doubtful: list[tuple[Char, HiddenBy]] = []
    width, height = content.width, content.height
    suspicious, aslant, faint = doubts.any, doubts.drawn.aslant, doubts.drawn.faint
    high = 0
    out, drawn = content.chars.append, content.drawn.append
    for number in range(count):
        code = get_unicode(handle, number)
        lost = code == 0 or code > MAX_CODE or has_no_code(handle, number) == 1
        if lost:
            code = 0xFFFD
        elif code in _HYPHENS:
            code = 0x2D
        if code <= 32 or code in _SPACES:
            continue
        if 0xD800 <= code < 0xE000:
            if code < 0xDC00:
                high = code
                continue
            lost = not high
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
        if not get_loose_box(handle, number, rect_ref):
            continue
        left, top, right, bottom = rect.left, rect.top, rect.right, rect.bottom
        get_origin(handle, number, x_ref, y_ref)
        if upright:
            x0, x1, y0, y1, base = left + e, right + e, f - top, f - bottom, f - y.value
        else:
            x0, x1 = a * left + c * bottom + e, a * right + c * top + e
            y0, y1 = b * left + d * bottom + f, b * right + d * top + f
            base = b * x.value + d * y.value + f
        if x1 < x0:
            x0, x1 = x1, x0
        if y1 < y0:
            y0, y1 = y1, y0
        wide = x1 - x0
        if wide <= 0:
            x1, wide = x0 + 0.1, 0.1
        if not -FAR < x0 + x1 + y0 + y1 + base < FAR:  # also where one is no number
            continue
        tallest = 1.8 * wide if code >= 0x2E80 else max(4.5 * wide, 4.0)
        if y1 - y0 > tallest:  # a font with absurd ascent: as high as its glyphs are wide
            y0, y1 = base - 0.85 * tallest, base + 0.15 * tallest
        char = (base, x0, y0, x1, y1, chr(code))
        address = (pdfium_calls.get_text_object(handle, number).value or 0) if suspicious else 0
        if address in aslant:
            content.aslant.append(char)
            continue
        drawn(char)
        if base < 0 or base > height + 2 or x1 < 0 or x0 > width:
            content.hidden.append(char)
            continue
        if lost:
            doubtful.append((char, HiddenBy.LOST))
        elif suspicious:
            if address in faint:
                content.faint[id(char)] = faint[address]
            if doubts.is_cut(address, (left, bottom, right, top)):
                content.hidden.append(char)
                if doubts.is_sliced(address, (left, bottom, right, top)):
                    content.sliced.add(id(char))
                continue
            doubt = doubts.of(address, char)
            if doubt is not None:
                doubtful.append((char, doubt))
        out(char)
    return doubtful
