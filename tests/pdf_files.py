"""Reading what a test has drawn, and plain views of what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.readers import read_bytes
from auditor.testing.pdfwriter import Page, written

if TYPE_CHECKING:
    from auditor.document import Document, Grid


def document(*pages: Page) -> Document:
    """The document of some drawn pages."""
    return read_bytes(written(pages), "drawn.pdf")


def rows(grid: Grid) -> list[list[str]]:
    """The texts of a grid; a merged cell at every place that it covers."""
    return [[cell.raw for cell in row] for row in grid.rows]


def tables(read: Document) -> list[list[list[str]]]:
    """The texts of all grids."""
    return [rows(grid) for grid in read.grids()]


def lines(read: Document) -> list[str]:
    """The texts of all paragraphs."""
    return [paragraph.raw for paragraph in read.paragraphs()]


def remarks(read: Document) -> dict[str, dict[str, str]]:
    """The remarks by key."""
    return dict(read.remarks)
