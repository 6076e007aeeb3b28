"""Pictures of stretches of PDF pages, for reports: grey PNG of few bytes, the same for the same file.

The file is hostile: it is drawn in the worker process, and what comes back is checked before it is shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import struct
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

MAX_REGIONS = 60  # of one request
MAX_WIDTH = 1300  # pixels of one picture
MAX_HEIGHT = 900
MAX_PNG = 400_000  # bytes of one picture
DPI = 110
WHITE = 250  # grey from which on a margin is empty
MARGIN = 8  # points kept beside what is printed
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Region(NamedTuple):
    """A stretch of a page (counted from 1) over its whole width, in points from the top."""

    page: int
    top: float
    bottom: float


class Picture(NamedTuple):
    """A grey PNG and what it shows: its box on the page, in points from the top left, and its size in pixels."""

    png: bytes
    box: tuple[float, float, float, float]
    width: int
    height: int


def draw(data: bytes, name: str, sha256: str, regions: Iterable[Sequence[float]]) -> list[dict[str, Any]]:
    """Draw regions of a PDF as plain data, in order; none where the file is no PDF or not the one that was read.

    Runs in the worker. Raises `BadInputError` for a damaged file.
    """
    from auditor.readers.detect import kind_of
    from auditor.readers.pdf.page_content import Pdf

    if kind_of(data, name) != "PDF" or hashlib.sha256(data).hexdigest() != sha256:
        return []
    with Pdf(data, name) as pdf:
        return [_drawn(pdf, Region(int(page), top, bottom)) for page, top, bottom in list(regions)[:MAX_REGIONS]]


def _drawn(pdf: Any, region: Region) -> dict[str, Any]:
    if not 1 <= region.page <= pdf.pages:
        return {}
    width, height = pdf.size(region.page - 1)
    top, bottom = max(0.0, region.top), min(height, region.bottom)
    if bottom - top < 1 or width < 1:
        return {}
    scale = min(DPI / 72, MAX_WIDTH / width, MAX_HEIGHT / (bottom - top))
    pixels = pdf.stretch(region.page - 1, top, bottom, scale)
    left, right = _inked(pixels, math.ceil(MARGIN * scale))
    pixels = pixels[:, left:right]
    high, wide = pixels.shape
    box = [round(left / scale, 1), round(top, 1), round(right / scale, 1), round(top + high / scale, 1)]
    return {"png": base64.b64encode(png_of(pixels)).decode(), "box": box, "size": [wide, high]}


def _inked(pixels: Pixels, margin: int) -> tuple[int, int]:
    """The columns between which something is printed, with a margin; all where nothing is."""
    import numpy as np

    dark = np.flatnonzero((pixels < WHITE).any(axis=0))
    if not len(dark):
        return 0, pixels.shape[1]
    return max(0, int(dark[0]) - margin), min(pixels.shape[1], int(dark[-1]) + 1 + margin)


def png_of(pixels: Pixels) -> bytes:
    """Grey pixels, one byte each, as a PNG of sixteen greys."""
    import numpy as np

    high, wide = pixels.shape
    greys = ((pixels.astype(np.uint16) * 15 + 127) // 255).astype(np.uint8)
    if wide % 2:
        greys = np.pad(greys, ((0, 0), (0, 1)))
    packed = (greys[:, 0::2] << 4) | greys[:, 1::2]
    rows = np.hstack([np.zeros((high, 1), dtype=np.uint8), packed]).tobytes()
    head = struct.pack(">IIBBBBB", wide, high, 4, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def checked(answer: Any, count: int) -> list[Picture | None]:
    """What the worker sent for `count` regions, with None for all that is no picture."""
    if not isinstance(answer, list) or len(answer) != count:
        return [None] * count
    return [_picture(item) for item in answer]


def _picture(item: Any) -> Picture | None:
    try:
        png = base64.b64decode(item["png"], validate=True)
        box = tuple(float(value) for value in item["box"])
        wide, high = (int(value) for value in item["size"])
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None
    good = png.startswith(SIGNATURE) and len(png) <= MAX_PNG and len(box) == 4 and all(map(math.isfinite, box))
    if not good or not (0 < wide <= MAX_WIDTH + 1 and 0 < high <= MAX_HEIGHT + 1):
        return None
    x0, y0, x1, y1 = box
    return Picture(png, (x0, y0, x1, y1), wide, high) if x1 > x0 and y1 > y0 else None
