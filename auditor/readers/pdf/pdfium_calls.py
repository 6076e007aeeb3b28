"""pdfium's functions through bare pointers: the bindings' own argument checks cost more than most of these calls.

Arguments must be ctypes objects or plain integers. Nothing but the modules that read PDF pages calls them.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.readers.pdf.elements import Box, Matrix


class void(ctypes.c_void_p):  # noqa: N801 — a C type; a subclass, so that functions return it as it is
    """A pointer into pdfium; false where it is null."""


def _bare(function: Any, result: Any = ctypes.c_int) -> Callable[..., Any]:
    """The same function; it keeps the interpreter's lock, as it is over sooner than the lock would be given up."""
    return ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)


get_unicode = _bare(raw.FPDFText_GetUnicode, ctypes.c_uint)
has_no_code = _bare(raw.FPDFText_HasUnicodeMapError)
get_loose_box = _bare(raw.FPDFText_GetLooseCharBox)
get_origin = _bare(raw.FPDFText_GetCharOrigin)
get_text_object = _bare(raw.FPDFText_GetTextObject, void)
page_object = _bare(raw.FPDFPage_GetObject, void)
form_object = _bare(raw.FPDFFormObj_GetObject, void)
object_type = _bare(raw.FPDFPageObj_GetType)
object_bounds = _bare(raw.FPDFPageObj_GetBounds)
fill_color = _bare(raw.FPDFPageObj_GetFillColor)
stroke_color = _bare(raw.FPDFPageObj_GetStrokeColor)
render_mode = _bare(raw.FPDFTextObj_GetTextRenderMode)
clip_path = _bare(raw.FPDFPageObj_GetClipPath, void)
clip_count = _bare(raw.FPDFClipPath_CountPaths)
clip_segments = _bare(raw.FPDFClipPath_CountPathSegments)
clip_segment = _bare(raw.FPDFClipPath_GetPathSegment, void)
segment_point = _bare(raw.FPDFPathSegment_GetPoint)
segment_type = _bare(raw.FPDFPathSegment_GetType)
segment_close = _bare(raw.FPDFPathSegment_GetClose)
draw_mode = _bare(raw.FPDFPath_GetDrawMode)
path_segments = _bare(raw.FPDFPath_CountSegments)
path_segment = _bare(raw.FPDFPath_GetPathSegment, void)
object_matrix = _bare(raw.FPDFPageObj_GetMatrix)


def times(point: tuple[float, float], matrix: Matrix) -> tuple[float, float]:
    """A point, moved by a matrix."""
    (x, y), (a, b, c, d, e, f) = point, matrix
    return a * x + c * y + e, b * x + d * y + f


def moved(box: Box, matrices: tuple[Matrix, ...]) -> Box:
    """The box around a box that is moved by one matrix after the other."""
    if len(matrices) == 1 and not matrices[0][1] and not matrices[0][2]:  # nearly always
        a, _, _, d, e, f = matrices[0]
        x0, y0, x1, y1 = a * box[0] + e, d * box[1] + f, a * box[2] + e, d * box[3] + f
        return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    corners = [(box[0], box[1]), (box[2], box[3])]
    if any(matrix[1] and matrix[0] for matrix in matrices):  # neither upright nor turned by a right angle
        corners += [(box[0], box[3]), (box[2], box[1])]
    for matrix in matrices:
        corners = [times(corner, matrix) for corner in corners]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def shared(a: Box | None, b: Box | None) -> Box | None:
    """What two boxes have in common; None is everything, and boxes apart give one of no size."""
    if a is None or b is None:
        return a or b
    x0, y0 = max(a[0], b[0]), max(a[1], b[1])
    return x0, y0, max(x0, min(a[2], b[2])), max(y0, min(a[3], b[3]))
