"""Text recognised from pictures of pages, where the extra `auditor[ocr]` is installed.

The models come with the `rapidocr` wheel: nothing is ever downloaded. A page is set upright before it is read;
`SeenPage.matrix` leads back to the page as it is displayed.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.readers.pdf.page_picture import RecognisedPage

if TYPE_CHECKING:
    from auditor.readers.pdf.elements import Matrix
    from auditor.readers.pdf.page_picture import SeenPage

DPI = 200  # of the pictures that are recognised
MOST_SKEW = 3.0  # degrees
LEAST_SKEW = 0.05  # degrees: less is left alone
UPRIGHT = 0.97  # a page whose lines are recognised with less than this may stand on its head or side
READABLE, FEW = 0.8, 12  # a picture of a table is read with more than this, and has more characters
CLEARLY = 0.1  # by how much better a page must be read upside down to stand so
SAMPLE = 16  # lines by which that is told

_STRAIGHT: Matrix = (1, 0, 0, 1, 0, 0)


@cache
def available() -> bool:
    """Whether the extra is installed, with its models."""
    if any(find_spec(name) is None for name in ("rapidocr", "onnxruntime", "cv2")):
        return False
    return all(_models().values())


def _models() -> dict[str, Path | None]:
    """The models for finding and for reading lines that lie in the wheel."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        return {"det": None}
    folder = Path(spec.origin).parent / "models"
    found = {kind: sorted(folder.glob(f"*_{kind}_*.onnx")) for kind in ("det", "rec")}
    return {kind: paths[-1] if paths else None for kind, paths in found.items()}


@cache
def _engine() -> tuple[Any, Any]:
    """The detector and the reader of lines; their models are given by path, so that none is fetched."""
    from rapidocr import RapidOCR

    models = _models()
    engine: Any = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Det.model_path": str(models["det"]),
            "Rec.model_path": str(models["rec"]),
            "Det.limit_type": "max",  # the picture is of the right size
            "Det.limit_side_len": 3000,
            "Rec.rec_img_shape": [3, 48, 160],  # cells are short: less empty width than the default
        }
    )
    return engine._load_det_model(), engine._load_rec_model()  # noqa: SLF001 — crops are read without a detector


def recognise(pixels: Any, scale: float) -> SeenPage:
    """Recognise one page: `pixels` is its grey picture (rows of bytes), `scale` how many pixels make a point."""
    seen = _upright(pixels, scale, 0)
    if seen.score >= UPRIGHT or not seen.chars:
        return seen
    sideways = RecognisedPage(_grey(pixels), scale, _STRAIGHT, _engine).is_sideways()
    scores = {quarters: _upright(pixels, scale, quarters, SAMPLE).score for quarters in ((1, 3) if sideways else (2,))}
    best = max(scores, key=lambda quarters: scores[quarters])
    return _upright(pixels, scale, best) if sideways or scores[best] > seen.score + CLEARLY else seen


def tables_in(pixels: Any, scale: float) -> SeenPage | None:
    """Recognise a picture on a page if it shows a ruled table; None for any other picture."""
    page = RecognisedPage(_grey(pixels), scale, _STRAIGHT, _engine)
    if not page.has_table():
        return None
    seen = page.seen()
    return seen if seen.score > READABLE and len(seen.chars) > FEW else None  # else straight lines of a photograph


def _grey(pixels: Any) -> Any:
    import numpy as np

    return np.array(pixels, dtype=np.uint8)


def _upright(pixels: Any, scale: float, quarters: int, sample: int = 0) -> SeenPage:
    """Recognise a page after so many turns of 90° against the clock, and what little skew is left set right.

    With a `sample`, only so many lines are read.
    """
    import cv2
    import numpy as np

    grey = np.rot90(_grey(pixels), quarters).copy()
    high, wide = grey.shape
    back: Matrix = {
        0: (1, 0, 0, 1, 0, 0),
        1: (0, 1, -1, 0, high, 0),
        2: (-1, 0, 0, -1, wide, high),
        3: (0, -1, 1, 0, 0, wide),
    }[quarters]
    angle = _skew(grey)
    if abs(angle) >= LEAST_SKEW:
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
        grey = cv2.warpAffine(grey, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=255)
        (a, c, e), (b, d, f) = cv2.invertAffineTransform(turn).tolist()
        back = _then((a, b, c, d, e, f), back)
    back = (*back[:4], back[4] / scale, back[5] / scale)
    seen = RecognisedPage(grey, scale, back, _engine).seen(sample)
    seen.quarters = quarters
    return seen


def _then(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does one thing after the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (p * a + r * b, q * a + s * b, p * c + r * d, q * c + s * d, p * e + r * f + t, q * e + s * f + u)


def _skew(grey: Any) -> float:
    """By how many degrees against the clock a page must be turned to be straight: then rows of ink stand out most."""
    import cv2
    import numpy as np

    factor = min(1.0, 800 / max(grey.shape))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    ink = (255 - small).astype(np.float32)
    ink[ink < 60] = 0
    high, wide = small.shape

    def sharpness(angle: float) -> float:
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
        rows = cv2.warpAffine(ink, turn, (wide, high)).sum(axis=1)
        return float(((rows[1:] - rows[:-1]) ** 2).sum())

    best = 0.0
    for step, reach in ((0.5, MOST_SKEW), (0.1, 0.4), (0.05, 0.05)):
        count = round(reach / step)
        best = max((best + step * n for n in range(-count, count + 1)), key=lambda a: (sharpness(a), -abs(a)))
    return round(best, 3)
