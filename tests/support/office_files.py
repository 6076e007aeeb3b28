"""Office files for the tests of the readers: written with openpyxl where it can, else part by part."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import openpyxl
from auditor.model.document import Document, Grid, Paragraph
from auditor.readers import read_bytes
from auditor.testing.drawing import package

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def book_bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(fill: Callable[[Worksheet], Any], name: str = "Sheet1") -> bytes:
    """A workbook of one sheet that a function fills."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    fill(sheet)
    return book_bytes(book)


def rows_of(*rows: Any) -> Callable[[Worksheet], None]:
    """Fill a sheet with rows from its top."""

    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(list(row))

    return fill


def raw_book(sheet: str, *, parts: Mapping[str, str | bytes] | None = None, namespace: str = MAIN) -> bytes:
    """A workbook whose one worksheet is this XML (what stands inside `worksheet`)."""
    content: dict[str, str | bytes] = {
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{namespace}">{sheet}</worksheet>',
    }
    return package(content | dict(parts or {}))


def word_bytes(body: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A DOCX whose body is this XML."""
    names = (
        f'xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    document = f"<w:document {names}><w:body>{body}</w:body></w:document>"
    return package({"word/document.xml": document} | dict(parts or {}))


def p(text: str, about: str = "") -> str:
    """A paragraph of a DOCX."""
    return f'<w:p>{f"<w:pPr>{about}</w:pPr>" if about else ""}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def tc(text: str, about: str = "") -> str:
    """A cell of a DOCX; `text` may be XML of its own."""
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{text if text.startswith('<') else p(text)}</w:tc>"


def tbl(*rows: list[str]) -> str:
    """A table of a DOCX."""
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows) + "</w:tbl>"


def sheet_bytes(*tables: str, styles: str = "") -> bytes:
    """An ODS of these tables."""
    names = " ".join(f'xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "table", "text", "style"))
    content = (
        f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    return package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def texts(document: Document) -> list[str]:
    """The paragraphs of a document, tidied."""
    return [paragraph.text for paragraph in document.paragraphs()]


def tables(document: Document) -> list[list[list[str]]]:
    """The texts of all grids."""
    return [[[cell.text for cell in row] for row in grid.rows] for grid in document.grids()]


def table(data: bytes, name: str = "a.xlsx") -> list[list[str]]:
    """The texts of the only grid of a file."""
    (grid,) = tables(read_bytes(data, name))
    return grid


def kinds(document: Document) -> str:
    """P for a paragraph, G for a grid."""
    return "".join("G" if isinstance(block, Grid) else "P" for block in document.blocks)


def paragraphs(data: bytes, name: str = "a.docx") -> list[str]:
    """The raw paragraphs of a file."""
    return [block.raw for block in read_bytes(data, name).blocks if isinstance(block, Paragraph)]


# -- compound files (OLE): what old Office files are, and encrypted new ones ----------------------------------------

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of these streams, each filled up to 4096 bytes (smaller ones would be stored otherwise).

    Source: [MS-CFB] 2.2 (header), 2.3 (FAT), 2.6 (directory).
    """
    names = list(streams)
    padded = [streams[name].ljust(4096, b"\0") for name in names]
    counts = [-(-len(content) // _SECTOR) for content in padded]
    directory = -(-(len(names) + 1) // 4)
    fat_sectors = 1 + (sum(counts) + directory) // 128
    chain: list[int] = [_FAT] * fat_sectors
    starts = []
    for count in [directory, *counts]:
        starts.append(len(chain))
        chain += [*range(len(chain) + 1, len(chain) + count), _END]
    chain += [_FREE] * (fat_sectors * 128 - len(chain))
    entries = [_entry("Root Entry", 5, child=1 if names else _FREE, start=_END, size=0)]
    for number, (name, content) in enumerate(zip(names, padded, strict=True), 1):
        right = number + 1 if number < len(names) else _FREE
        entries.append(_entry(name, 2, right=right, start=starts[number], size=len(content)))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fat_sectors,
        starts[0],
        0,
        4096,
        _END,
        0,
        _END,
        0,
    )
    header += struct.pack("<109I", *range(fat_sectors), *[_FREE] * (109 - fat_sectors))
    body = struct.pack(f"<{len(chain)}I", *chain) + b"".join(entries).ljust(directory * _SECTOR, b"\0")
    return (
        header
        + body
        + b"".join(content.ljust(count * _SECTOR, b"\0") for content, count in zip(padded, counts, strict=True))
    )


def _entry(name: str, kind: int, *, right: int = _FREE, child: int = _FREE, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI8x8xIQ", raw, len(raw) + 2, kind, 1, _FREE, right, child, 0, start, size)
