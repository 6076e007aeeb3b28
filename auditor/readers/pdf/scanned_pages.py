"""Pages whose text is a picture: told, recognised where the extra is installed, and put back where they stand.

A page is a scan when a picture covers it and it has hardly any text, when its letters are drawings, or when most of
its glyphs have no text code. A page that shows a picture of a table beside its text is recognised as well. Whatever is
recognised is listed in `Document.recognised`: no figure of such a page is ever held against anybody.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor import limits
from auditor.errors import BadInputError
from auditor.model.document import Grid, Paragraph
from auditor.model.numbers import LOST
from auditor.readers.pdf import recognition
from auditor.readers.pdf.page_content import PageContent
from auditor.readers.pdf.pdfium_calls import moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.model.document import Cell, Document, Part
    from auditor.readers.pdf.elements import Box, Matrix
    from auditor.readers.pdf.page_content import Pdf

    Remark = tuple[str, dict[str, str]]

SCAN = 0.4  # share of a page that pictures must cover for a scan
FEW = 12  # characters that a scanned page may still carry (a page number, a stamp)
DRAWN = 40  # shapes on a page without text that may be letters
PART = 0.12  # share of a page that a picture beside text must cover to be looked at
MAX_RECOGNISED = 300  # pages of one file
MEMORY = 4096  # MB that the models may address

ROUGH_DPI = 72  # of the picture in which a first look for rulings is taken
_DARK = bytes(value < 200 for value in range(256))

LOOKS, MOST_LOOKS = 2, 4  # recognised pages, and pages altogether, after which a file is like a filing or is none
_FILING = re.compile(r"[预決决]\s*算|三公.?经费|财政拨款|公开\s*\d\d\s*表")
_UNLIKE: Remark = ("remark.scans_unlike", {})

_STRAIGHT: Matrix = (1, 0, 0, 1, 0, 0)


def looks_like_filing(text: str) -> bool:
    """Whether a text, or the name of a file, has words that disclosures use and little else does."""
    return bool(_FILING.search(text))


def _why_stop(count: int, seconds: float, *, unknown: int) -> Remark | None:
    """Why no further page is recognised; `unknown` counts recognised pages of what does not look like a filing."""
    if unknown >= LOOKS:
        return _UNLIKE
    if count >= MAX_RECOGNISED:
        return ("remark.many_scans", {"limit": str(MAX_RECOGNISED)})
    if seconds > limits.SCANS_SECONDS:
        return ("remark.scans_time", {"limit": str(limits.SCANS_SECONDS)})
    return None


class Scans:
    """Collects the pages of one file that are pictures."""

    def __init__(self, pdf: Pdf, document: Document) -> None:
        self.pdf = pdf
        self.document = document
        self.beside: dict[int, PageContent] = {}  # pages with text that show pictures as well
        self.matrices: dict[int, Matrix] = {}
        self.turned: set[int] = set()

    def note(self, content: PageContent) -> None:
        """Whether a page is a scan, or was one."""
        chars = len(content.chars)
        lost = [char[5] for char in content.chars].count(LOST)
        if (chars <= FEW and (content.pictured >= SCAN or content.shapes >= DRAWN)) or lost > max(FEW, chars // 2):
            self.document.scans.append(content.number)
        elif content.text_layer > chars // 2:
            self.document.recognised.append(content.number)
        elif any(_is_bare(box, content) for box in content.pictures):
            self.beside[content.number] = content

    def recognised(self, texts: Iterable[str]) -> Iterator[tuple[int, PageContent]]:
        """Recognise what can be; yields the numbers and the new contents of pages. `texts` are those of all pages.

        A few pages are looked at first: the others are only where those, other pages or the file's name look like a
        filing. What is left, by that or by the bounds, stays among the scans, and why is told.
        """
        document = self.document
        wanted = sorted({*document.scans, *document.recognised, *self.beside})
        if not wanted or not recognition.available():
            return
        done: set[int] = set()
        began = time.monotonic()
        known = looks_like_filing(document.file) or any(map(looks_like_filing, texts))
        with limits.room(MEMORY):
            for count, number in enumerate(wanted):
                stop = _why_stop(count, time.monotonic() - began, unknown=0 if known else len(done))
                if stop or (not known and count >= MOST_LOOKS):
                    document.remarks.append(stop or _UNLIKE)
                    break
                limits.more_time(count, len(wanted))
                content = self._within_bounds(number)
                if content is not None:
                    done.add(number)
                    known = known or looks_like_filing("".join(char[5] for char in sorted(content.chars)))
                    yield number, content
        document.scans = [number for number in document.scans if number not in done]
        document.recognised = sorted({*document.recognised, *done})

    def _within_bounds(self, number: int) -> PageContent | None:
        """Recognise one page; None where nothing is found, or where it takes too long, which is told."""
        try:
            with limits.time_limit(limits.SCAN_SECONDS, self.document.file):
                return self._beside(number) if number in self.beside else self._whole(number)
        except BadInputError as error:
            if error.key != "input.timeout":
                raise
        slow = {"page": str(number), "limit": str(limits.SCAN_SECONDS)}
        self.document.remarks.append(("remark.slow_scan", slow))
        return None

    def _whole(self, number: int) -> PageContent | None:
        bitmap = self.pdf.picture(number - 1, recognition.DPI)
        width, _ = self.pdf.size(number - 1)
        seen = recognition.recognise(bitmap.to_numpy().reshape(bitmap.height, bitmap.width), bitmap.width / width)
        if not seen.chars:
            return None
        if seen.matrix != _STRAIGHT:
            self.matrices[number] = seen.matrix
        if seen.quarters:
            self.turned.add(number)
        return PageContent(number, seen.width, seen.height, seen.chars, seen.across, seen.down)

    def _beside(self, number: int) -> PageContent | None:
        """The page with the tables that its pictures show; None where they show none."""
        content = self.beside[number]
        if not self._has_rulings(number):
            return None
        bitmap = self.pdf.picture(number - 1, recognition.DPI)
        scale = bitmap.width / content.width
        pixels = bitmap.to_numpy().reshape(bitmap.height, bitmap.width)
        found = False
        for box in content.pictures:
            if not _is_bare(box, content):
                continue
            x0, y0 = max(0.0, box[0]), max(0.0, box[1])
            part = pixels[round(y0 * scale) : round(box[3] * scale), round(x0 * scale) : round(box[2] * scale)]
            seen = recognition.tables_in(part, scale)
            if seen is not None:
                found = True
                content.chars += [(c[0] + y0, c[1] + x0, c[2] + y0, c[3] + x0, c[4] + y0, c[5]) for c in seen.chars]
                content.across += [(p + y0, a + x0, b + x0) for p, a, b in seen.across]
                content.down += [(p + x0, a + y0, b + y0) for p, a, b in seen.down]
        return content if found else None

    def _has_rulings(self, number: int) -> bool:
        """Whether a small picture of the page has rows of dark pixels: worth to load what finds tables."""
        bitmap = self.pdf.picture(number - 1, ROUGH_DPI)
        pixels, stride = bytes(bitmap.buffer).translate(_DARK), bitmap.stride
        scale = bitmap.width / self.beside[number].width
        for x0, y0, x1, y1 in self.beside[number].pictures:
            left, right = max(0, int(x0 * scale)), min(bitmap.width, int(x1 * scale))
            long, rows, last = b"\1" * max(20, (right - left) // 3), 0, -9
            for y in range(max(0, int(y0 * scale)), min(bitmap.height, int(y1 * scale))):
                if long in pixels[y * stride + left : y * stride + right]:
                    rows += y > last + 2
                    last = y
            if rows >= 3:
                return True
        return False

    def placed(self, blocks: Iterable[Grid | Paragraph]) -> list[Grid | Paragraph]:
        """The blocks with their places on the pages as displayed."""
        if not self.matrices:
            return list(blocks)
        return [self._grid(block) if isinstance(block, Grid) else self._paragraph(block) for block in blocks]

    def _grid(self, grid: Grid) -> Grid:
        matrix = self.matrices.get(grid.place.page or 0)
        if matrix is None:
            return grid
        made: dict[int, Cell] = {}
        for cell in (cell for row in grid.rows for cell in row):
            if id(cell) not in made:
                made[id(cell)] = replace(cell, place=replace(cell.place, bbox=_placed(cell.place.bbox, matrix)))
        rows = tuple(tuple(made[id(cell)] for cell in row) for row in grid.rows)
        return replace(grid, rows=rows, place=replace(grid.place, bbox=_placed(grid.place.bbox, matrix)))

    def _paragraph(self, paragraph: Paragraph) -> Paragraph:
        place, parts = paragraph.place, paragraph.parts
        matrix = self.matrices.get(place.page or 0)
        if matrix is not None:
            place = replace(place, bbox=_placed(place.bbox, matrix))
        if any(part.page in self.turned for part in parts):
            parts = ()  # a part goes from left to right
        return replace(paragraph, place=place, parts=tuple(self._part(part) for part in parts))

    def _part(self, part: Part) -> Part:
        matrix = self.matrices.get(part.page)
        if matrix is None:
            return part
        box = _placed(part.box, matrix)
        assert box is not None
        shift = matrix[2] * (part.box[1] + part.box[3]) / 2 + matrix[4]
        return part._replace(box=box, edges=tuple(round(matrix[0] * edge + shift, 1) for edge in part.edges))


def _placed(box: Box | None, matrix: Matrix) -> Box | None:
    if box is None:
        return None
    x0, y0, x1, y1 = moved(box, (matrix,))
    return (round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))


def _is_bare(box: Box, content: PageContent) -> bool:
    """Whether a picture is large, and no ground that text is printed on."""
    x0, y0, x1, y1 = box
    if (x1 - x0) * (y1 - y0) < PART * content.width * content.height:
        return False
    return sum(x0 <= char[1] and char[3] <= x1 and y0 <= char[0] <= y1 for char in content.chars) <= FEW
