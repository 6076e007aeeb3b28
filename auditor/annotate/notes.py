"""A note at a place of an original, and the copy that has them."""

from __future__ import annotations

from typing import NamedTuple

AUTHOR = "auditor"
MAX_NOTES = 5000  # of one file
MAX_TEXT = 4000  # characters of one note


class MarginNote(NamedTuple):
    """What is to be noted at one place: on a page of a PDF its box (points from the top left of the page as shown),
    in a workbook sheet (`page`), row and column, in a text document a paragraph, or grid, row and column.
    """  # noqa: D205 — one sentence

    severity: str
    text: str
    page: int = 0
    box: tuple[float, float, float, float] | None = None
    row: int = 0
    column: int = 0
    grid: int = 0
    paragraph: int = 0


class Annotated(NamedTuple):
    """A copy with notes: its bytes, the kind of file, and how many notes found their place."""

    data: bytes
    kind: str
    placed: int
