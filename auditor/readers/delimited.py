"""CSV: one table per file; its title is that of its first lines, or the name of the file."""

from __future__ import annotations

import csv
import io
from pathlib import PurePath
from typing import TYPE_CHECKING

from auditor.document import Document, Grid, Paragraph
from auditor.errors import BadInputError
from auditor.facts import Place
from auditor.readers.sheets import MAX_CELLS, Sheet, blocks_of
from auditor.readers.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = ",;\t|"
SAMPLE = 20_000


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a CSV file. Raises `BadInputError` when it cannot be decoded or is beyond bounds."""
    text = decode(data, file)
    rows: list[list[str]] = []
    count = 0
    try:
        for row in _rows(text):
            rows.append(row)
            count += len(row)
            if count > MAX_CELLS:
                raise BadInputError("input.too_many_cells", file=file, limit=MAX_CELLS)
    except csv.Error:
        raise BadInputError("input.damaged", file=file, kind="CSV") from None
    document = Document(file, sha256, pages=1)
    blocks = blocks_of(Sheet(file, "", 1, rows))
    if blocks and isinstance(blocks[0], Grid):
        blocks.insert(0, Paragraph(PurePath(file).stem, Place(file, line=1)))
    document.blocks.extend(blocks)
    return document


def _rows(text: str) -> Iterator[list[str]]:
    sample = text[:SAMPLE]
    counts = {mark: sample.count(mark) for mark in DELIMITERS}
    mark = max(DELIMITERS, key=lambda name: counts[name])
    csv.field_size_limit(1_000_000)
    yield from csv.reader(io.StringIO(text), delimiter=mark if counts[mark] else ",")
