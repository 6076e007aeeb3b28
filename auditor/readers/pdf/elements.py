"""What a page shows, as plain types: boxes, characters, ruling lines."""

from __future__ import annotations

Char = tuple[float, float, float, float, float, str]  # baseline, x0, y0, x1, y1, text
Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
Ruling = tuple[float, float, float]  # position, from, to
