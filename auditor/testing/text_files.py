"""Documents from blocks: tab-separated text, DOCX, XLSX, HTML, and CSV files in a ZIP.

Each writer takes the paragraphs and grids of a `Document` (or of `auditor.testing.layouts`) and gives a text or bytes;
same blocks, same bytes. Merged cells stay merged where the format has them.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from auditor.model.document import Grid, Paragraph
from auditor.testing.docx import docx_of
from auditor.testing.drawing import TITLE, DrawnBlock, apart, drawn, flat, package, parts_of, safe
from auditor.testing.xlsx import xlsx_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["DrawnBlock", "csv_zip_of", "docx_of", "html_of", "text_of", "xlsx_of"]


def text_of(blocks: Iterable[DrawnBlock]) -> str:
    """Lines of text, tables with tabs; merged cells come flattened."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.raw)
        else:
            lines += ["\t".join(" ".join(text.splitlines()) for text in row) for row in flat(block)]
    return "\n".join(lines) + "\n"


def html_of(blocks: Iterable[DrawnBlock], *, encoding: str = "utf-8") -> bytes:
    """A web page in an encoding that its head states."""
    items = list(blocks)
    title = next((block.text for block in items if isinstance(block, Paragraph) and block.text), "")
    body = "\n".join(_html_block(block) for block in apart(items))
    page = (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="{encoding}"><title>{safe(title)}</title>\n'
        "<style>@page{size:A4 landscape;margin:12mm}body{font:10pt SimSun,serif}"
        ".title{text-align:center}table{border-collapse:collapse;width:100%}"
        "td{border:1px solid #000;font-size:7pt}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )
    return page.encode(encoding, "xmlcharrefreplace")


def _html_block(block: DrawnBlock) -> str:
    if isinstance(block, Paragraph):
        look = ' class="title"' if TITLE.search(block.text) else ""
        return f"<p{look}>{safe(block.raw)}</p>" if block.raw.strip() else "<p>&nbsp;</p>"
    rows = []
    for line in drawn(block):
        cells = []
        for cell in line:
            if cell is None:
                continue
            spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
            spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
            cells.append(f"<td{spans}>{'<br>'.join(safe(part) for part in cell.text.split(chr(10)))}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"


def csv_zip_of(blocks: Sequence[DrawnBlock], *, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """A ZIP file with one CSV file per table (its head above it), and the other text as TXT files; in order."""
    files: dict[str, str | bytes] = {}
    for number, part in enumerate(parts_of(blocks), 1):
        grids = any(isinstance(block, Grid) for block in part.blocks)
        if grids:
            out = io.StringIO()
            writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
            for block in apart(part.blocks):
                writer.writerows([[block.raw]] if isinstance(block, Paragraph) else flat(block))
            text = out.getvalue()
        else:
            text = text_of(part.blocks)
        files[f"{number:02d}{part.name}.{'csv' if grids else 'txt'}"] = text.encode(encoding)
    return package(files)
