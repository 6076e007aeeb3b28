"""What the document writers share: cells to draw, parts of a document, packages of XML parts."""

from __future__ import annotations

import io
import re
import zipfile
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from auditor.model.document import Cell, Grid, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

DrawnBlock = Paragraph | Grid

TITLE = re.compile(r"表(?:\s*[（(].{1,12}[)）])?$")

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file can state: same blocks, same bytes
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NARROW, _WIDE = 5, 32  # half characters
_HEAD = 14  # lines above a table that may belong to it


class DrawnCell(NamedTuple):
    """One cell to draw: its text and how many rows and columns it covers."""

    text: str
    rowspan: int
    colspan: int


def drawn(grid: Grid) -> list[list[DrawnCell | None]]:
    """The cells of a grid by row and column; None where a cell covers the place from above or from the left.

    Rows end where the source printed no further cell.
    """
    extent: dict[int, list[int]] = {}
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            box = extent.setdefault(id(cell), [row, column, row, column])
            box[2], box[3] = max(box[2], row), max(box[3], column)
    out: list[list[DrawnCell | None]] = []
    for row, cells in enumerate(grid.rows):
        line: list[DrawnCell | None] = []
        for column, cell in enumerate(cells):
            top, left, bottom, right = extent[id(cell)]
            here = (row, column) == (top, left)
            line.append(DrawnCell(cell.raw, bottom - top + 1, right - left + 1) if here else None)
        out.append(line[: _printed(cells)])
    return out


def _printed(cells: Sequence[Cell]) -> int:
    """How many cells of a row were printed: a ragged source gives no column to those that fill it up."""
    count = len(cells)
    while count > 1 and cells[count - 1].place.column is None and not cells[count - 1].raw:
        count -= 1
    return count


def flat(grid: Grid) -> list[list[str]]:
    """The texts of a grid by row and column; merged cells come flattened."""
    return [[cell.text if cell is not None else "" for cell in row] for row in drawn(grid)]


def apart(blocks: Iterable[DrawnBlock]) -> Iterator[DrawnBlock]:
    """The blocks with an empty line between tables that follow one another, which would else grow together."""
    last: DrawnBlock | None = None
    for block in blocks:
        if isinstance(block, Grid) and isinstance(last, Grid):
            yield Paragraph("", block.place)
        yield block
        last = block


def widths_of(grid: Grid) -> list[int]:
    """How wide the columns should be, in half characters: as their longest text, up to a measure where it wraps."""
    widths = [_NARROW] * grid.width
    for row in drawn(grid):
        for column, cell in enumerate(row):
            if cell is not None and cell.colspan == 1:
                length = max((sum(2 if c > "\u2e7f" else 1 for c in line) for line in cell.text.split("\n")), default=0)
                widths[column] = max(widths[column], min(length + 1, _WIDE))
    return widths


# -- parts: a table with what stands above it -------------------------------------------------------------------


class DrawnPart(NamedTuple):
    """A stretch of blocks that goes on one sheet or into one file, with its name."""

    name: str
    blocks: list[DrawnBlock]


def parts_of(blocks: Sequence[DrawnBlock]) -> list[DrawnPart]:
    """Cut a document at the titles of its tables: first what comes before them, then each with what follows it."""
    parts: list[DrawnPart] = []
    head: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            head.append(block)
            continue
        cut = _title(head)
        if cut is None and parts and isinstance(parts[-1].blocks[-1], Grid):
            parts[-1].blocks.extend([*head, block])  # the table before goes on
        else:
            cut = cut or 0
            if parts:
                parts[-1].blocks.extend(head[:cut])
            elif any(paragraph.text for paragraph in head[:cut]):
                parts.append(DrawnPart("封面", list(head[:cut])))
            parts.append(DrawnPart(head[cut].text if cut < len(head) else "", [*head[cut:], block]))
        head = []
    if parts:
        parts[-1].blocks.extend(head)
    elif any(paragraph.text for paragraph in head):
        parts.append(DrawnPart("文字", list(head)))
    return [DrawnPart(name, part.blocks) for name, part in zip(_names(parts), parts, strict=True)]


def _title(head: Sequence[Paragraph]) -> int | None:
    """Where the head of the next table begins: at the first of its titles, which stand together."""
    filled = [number for number, paragraph in enumerate(head) if paragraph.text][-_HEAD:]
    titles = [number for number in filled if TITLE.search(head[number].text) and not _NUMBER.search(head[number].text)]
    return titles[-1] if titles else None


_NUMBER = re.compile(r"^[（(]?(?:公开|预算|附|财决)\w{0,4}表?[)）]?$")


def _names(parts: Sequence[DrawnPart]) -> list[str]:
    """Names that a workbook allows for its sheets, each once."""
    out: list[str] = []
    for number, part in enumerate(parts, 1):
        name = re.sub(r"[\[\]:*?/\\'\s]", "", part.name)[:31] or f"表{number}"
        out.append(name if name not in out else f"{name[:27]}-{number}")
    return out


# -- packages ---------------------------------------------------------------------------------------------------


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file of named parts, in their order, with a fixed date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            file.writestr(info, content)
    return out.getvalue()


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def content_types(overrides: Mapping[str, str]) -> str:
    """The list of contents that an Office package begins with."""
    items = "".join(
        f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/>'
        for name, kind in overrides.items()
    )
    return (
        f'{XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{items}</Types>'
    )


def relations(targets: Sequence[tuple[str, str]]) -> str:
    """Relations rId1, rId2 … to (kind, part)."""
    items = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def safe(text: str) -> str:
    """A text as XML or HTML can hold it."""
    return escape(_ILLEGAL.sub("", text))
