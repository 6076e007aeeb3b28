"""Word processor documents (DOCX) from blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.document import Grid, Paragraph
from auditor.testing.drawing import TITLE, XML, apart, content_types, drawn, package, relations, safe, widths_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.testing.drawing import DrawnBlock

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PAGE = (16838, 11906, 720)  # A4 across, and its margin, in twentieths of a point
_SIDES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def docx_of(blocks: Iterable[DrawnBlock]) -> bytes:
    """A word processor's document (DOCX)."""
    body = "".join(_docx_paragraph(b.raw) if isinstance(b, Paragraph) else _docx_table(b) for b in apart(blocks))
    width, height, margin = _PAGE
    section = (
        f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}" w:orient="landscape"/><w:pgMar w:top="{margin}" '
        f'w:right="{margin}" w:bottom="{margin}" w:left="{margin}" w:header="400" w:footer="400" w:gutter="0"/>'
        "</w:sectPr>"
    )
    document = f'{XML}<w:document xmlns:w="{_W}"><w:body>{body}{section}</w:body></w:document>'
    return package(
        {
            "[Content_Types].xml": content_types({"word/document.xml": "wordprocessingml.document.main"}),
            "_rels/.rels": relations([("officeDocument", "word/document.xml")]),
            "word/document.xml": document,
        }
    )


def _docx_paragraph(text: str, size: int = 21) -> str:
    """A paragraph; `size` in half points. Titles stand in the middle."""
    look = f'<w:rPr><w:sz w:val="{size}"/></w:rPr>'
    middle = '<w:pPr><w:jc w:val="center"/></w:pPr>' if TITLE.search(text.strip()) else ""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{safe(line)}</w:t>' for line in text.split("\n"))
    return f"<w:p>{middle}<w:r>{look}{lines}</w:r></w:p>" if text else "<w:p/>"


def _docx_table(grid: Grid) -> str:
    cells = drawn(grid)
    weights = widths_of(grid)
    shares = [(_PAGE[0] - 2 * _PAGE[2]) * weight // sum(weights) for weight in weights]
    columns = "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
    below: dict[int, tuple[int, int]] = {}  # column → rows still covered, columns covered
    rows = []
    for line in cells:
        out, column = [], 0
        while column < len(line):
            cell = line[column]
            span = cell.colspan if cell is not None else below.get(column, (0, 1))[1]
            merge = ""
            if cell is None:
                merge = "<w:vMerge/>"
                left = below[column][0] - 1
                below[column] = (left, span)
            elif cell.rowspan > 1:
                merge, below[column] = '<w:vMerge w:val="restart"/>', (cell.rowspan - 1, span)
            wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
            text = cell.text if cell is not None else ""
            share = sum(shares[column : column + span])
            about = f'<w:tcPr><w:tcW w:w="{share}" w:type="dxa"/>{wide}{merge}</w:tcPr>'
            out.append(f"<w:tc>{about}{_docx_paragraph(text, 14)}</w:tc>")
            column += span
        rest = grid.width - column
        after = f'<w:gridAfter w:val="{rest}"/>' if rest > 0 else ""
        rows.append(f"<w:tr><w:trPr>{after}<w:cantSplit/></w:trPr>{''.join(out)}</w:tr>")
    look = f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_SIDES}</w:tblBorders></w:tblPr>'
    return f"<w:tbl>{look}<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
