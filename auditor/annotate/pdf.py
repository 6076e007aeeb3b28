"""Notes in a PDF: highlights over the figures, appended to the file, whose own bytes stay as they are."""

from __future__ import annotations

import ctypes
import hashlib
import io
import re
from typing import TYPE_CHECKING, Any

import pypdfium2
from pypdfium2 import raw

from auditor.annotate.notes import AUTHOR, MAX_TEXT
from auditor.errors import BadInputError
from auditor.own import COPY
from auditor.readers.pdf import typefaces
from auditor.readers.pdf.page_content import display

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.annotate.notes import MarginNote
    from auditor.readers.pdf.elements import Box, Matrix

COLOURS = {"error": (255, 140, 120), "warning": (255, 200, 60), "info": (140, 190, 255)}
_PRINTED = 4  # the flag of an annotation that is printed with the page
_ID = re.compile(rb"/ID\s*\[.{0,400}?<[0-9A-Fa-f]{32}>\s*\]", re.DOTALL)
_HASH = re.compile(rb"(?<=<)[0-9A-Fa-f]{32}(?=>)")


def annotated(data: bytes, file: str, notes: Sequence[MarginNote]) -> tuple[bytes, int]:
    """A copy of a PDF with highlights, and how many there are. Raises `BadInputError` when it cannot be made."""
    typefaces.installed()
    for flags in (raw.FPDF_INCREMENTAL, raw.FPDF_NO_INCREMENTAL):  # a damaged file may have to be written again
        copy, placed = _written(data, file, notes, flags)
        if _annotations(copy) == _annotations(data) + placed:
            return _same_every_time(copy, data) + b"\n" + COPY + b"\n", placed
    raise BadInputError("annotate.failed", file=file)


def _written(data: bytes, file: str, notes: Sequence[MarginNote], flags: int) -> tuple[bytes, int]:
    by_page: dict[int, list[MarginNote]] = {}
    for note in notes:
        if note.box is not None:
            by_page.setdefault(note.page - 1, []).append(note)
    out, placed = io.BytesIO(), 0
    try:
        with pypdfium2.PdfDocument(data) as document:
            for number in sorted(page for page in by_page if 0 <= page < len(document)):
                page = document[number]
                placed += _on_page(page, by_page[number])
                page.close()
            document.save(out, flags=flags)
    except pypdfium2.PdfiumError:
        raise BadInputError("annotate.failed", file=file) from None
    return out.getvalue(), placed


def _on_page(page: Any, notes: Iterable[MarginNote]) -> int:
    """Highlight the boxes of notes on one page; how many could be."""
    matrix, _, _ = display(page)
    return sum(_highlight(page, note, _in_user_space(matrix, note.box)) for note in notes if note.box is not None)


def _in_user_space(matrix: Matrix, box: Box) -> Box:
    """A box of the page as shown in the coordinates of its content: left, bottom, right, top."""
    a, b, c, d, e, f = matrix  # a turn and a shift, so that its inverse is its transpose
    xs, ys = [], []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        xs.append(a * (x - e) + b * (y - f))
        ys.append(c * (x - e) + d * (y - f))
    return min(xs), min(ys), max(xs), max(ys)


def _highlight(page: Any, note: MarginNote, box: Box) -> bool:
    annotation = raw.FPDFPage_CreateAnnot(page, raw.FPDF_ANNOT_HIGHLIGHT)
    if not annotation:
        return False
    left, bottom, right, top = box
    rect = raw.FS_RECTF(left, top, right, bottom)
    corners = raw.FS_QUADPOINTSF(left, top, right, top, left, bottom, right, bottom)
    try:
        return bool(
            raw.FPDFAnnot_SetColor(annotation, raw.FPDFANNOT_COLORTYPE_Color, *COLOURS[note.severity], 255)
            and raw.FPDFAnnot_SetRect(annotation, ctypes.byref(rect))
            and raw.FPDFAnnot_AppendAttachmentPoints(annotation, ctypes.byref(corners))
            and raw.FPDFAnnot_SetFlags(annotation, _PRINTED)
            and _say(annotation, b"T", AUTHOR)
            and _say(annotation, b"Contents", note.text[:MAX_TEXT])
        )
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _say(annotation: Any, key: bytes, text: str) -> bool:
    buffer = ctypes.create_string_buffer(text.encode("utf-16-le", "replace") + b"\0\0")
    return bool(raw.FPDFAnnot_SetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))))


def _annotations(data: bytes) -> int:
    """How many annotations a PDF has; -1 where it cannot be opened."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            count = 0
            for number in range(len(document)):
                page = document[number]
                count += raw.FPDFPage_GetAnnotCount(page)
                page.close()
            return count
    except pypdfium2.PdfiumError:
        return -1


def _same_every_time(copy: bytes, original: bytes) -> bytes:
    """Replace what is random in the identity of the file by a hash of what it holds."""
    found = list(_ID.finditer(copy, len(original) if copy.startswith(original) else 0))
    if not found:
        return copy
    start, end = found[-1].span()
    before = original.lower()
    fresh = [match.group() for match in _HASH.finditer(copy, start, end) if match.group().lower() not in before]
    rest = hashlib.sha256(copy[:start] + copy[end:])
    identity = copy[start:end]
    for number, random in enumerate(fresh):
        same = rest.copy()
        same.update(bytes([number]))
        identity = identity.replace(random, same.hexdigest()[:32].upper().encode())
    return copy[:start] + identity + copy[end:]
