"""Documents of other kinds made from the text of an example: workbooks, word processor files, archives."""

from __future__ import annotations

import io
import zipfile
from html import escape
from pathlib import Path

import openpyxl
from auditor.testing.pdfwriter import Page, written

from tests.conftest import EXAMPLES

CLEAN = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("青山"))
WRONG = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("清河"))


def workbook(path: Path, text: str, *, hidden: bool = False) -> Path:
    """A workbook with a sheet for every table: the title, the lines above the table, its rows."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    above: list[str] = []
    sheet = None
    for line in text.split("\n"):
        if "\t" not in line:
            above, sheet = ([*above, line] if line.strip() else above), None
            continue
        if sheet is None:
            sheet = book.create_sheet(f"表{len(book.worksheets) + 1}")
            for remark in above[-5:] if book.worksheets[1:] else above:
                sheet.append([remark])
            above = []
        sheet.append(line.split("\t"))
    if hidden:
        book.create_sheet("草稿").sheet_state = "hidden"
    book.save(path)
    return path


def page(text: str) -> str:
    """A web page with every line as a paragraph and every run of lines with tabs as a table."""
    out: list[str] = []
    for line in text.split("\n"):
        cells = line.split("\t")
        row = "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        if len(cells) == 1:
            out.append(f"<p>{escape(line)}</p>")
        elif out and out[-1].startswith("<table>"):
            out[-1] += row
        else:
            out.append(f"<table>{row}")
    body = "".join(f"{part}</table>" if part.startswith("<table>") else part for part in out)
    return f"<html><body>{body}</body></html>"


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(path: Path, text: str) -> Path:
    """A word processor file with the lines of the text as paragraphs and its tables as tables."""

    def paragraph(line: str) -> str:
        return f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>"

    out: list[str] = []
    for line in text.split("\n"):
        cells = line.split("\t")
        row = "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"
        if len(cells) == 1:
            out.append(paragraph(line))
        elif out and out[-1].startswith("<w:tbl>"):
            out[-1] += row
        else:
            out.append(f"<w:tbl>{row}")
    body = "".join(f"{part}</w:tbl>" if part.startswith("<w:tbl>") else part for part in out)
    archive(path, {"word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>"})
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
