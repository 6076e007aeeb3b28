"""Documents of other kinds made from the text of an example, and archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from auditor.readers.text.plain_text import read
from auditor.testing.pdf_writer import Page, written
from auditor.testing.text_files import docx_of, html_of, xlsx_of

from tests.conftest import EXAMPLES

if TYPE_CHECKING:
    from auditor.testing.text_files import DrawnBlock

CLEAN = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("青山"))
WRONG = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("清河"))


def blocks(text: str) -> list[DrawnBlock]:
    """The paragraphs and tables of a text."""
    return read(text.encode(), file="a.txt", sha256="").blocks


def workbook(path: Path, text: str, *, hidden: bool = False) -> Path:
    """A workbook with a sheet for every table, its numbers as texts; with a hidden sheet besides."""
    path.write_bytes(xlsx_of(blocks(text), numbers=False))
    if hidden:
        book = openpyxl.load_workbook(path)
        book.create_sheet("草稿").sheet_state = "hidden"
        book.save(path)
    return path


def page(text: str) -> bytes:
    """A web page."""
    return html_of(blocks(text))


def word(path: Path, text: str) -> Path:
    """A word processor file."""
    path.write_bytes(docx_of(blocks(text)))
    return path


def archive(path: Path, members: dict[str, str | bytes]) -> Path:
    """A ZIP archive."""
    path.write_bytes(archive_bytes(members))
    return path


def archive_bytes(members: dict[str, str | bytes]) -> bytes:
    """The bytes of a ZIP archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return made.getvalue()


def pdf(text: str) -> bytes:
    """A PDF with every table ruled, below the lines above it, on a page of its own."""
    pages = [Page(height=3000)]
    y = 60.0
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if "\t" in line:
            rows.append(line.split("\t"))
            continue
        if rows:
            width = max(len(row) for row in rows)
            pages[-1].table(40, y, [500 / width] * width, [row + [""] * (width - len(row)) for row in rows], size=5)
            pages.append(Page(height=3000))
            y, rows = 60.0, []
        if line.strip():
            pages[-1].text(40, y, line)
            y += 30
    return written(pages)
