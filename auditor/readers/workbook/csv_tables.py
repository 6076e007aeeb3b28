"""CSV: one or several tables per file; their title is that of the first lines, or the name of the file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.model.document import Document
from auditor.model.facts import Place
from auditor.readers.text.plain_text import decode
from auditor.readers.workbook.sheets import MAX_CELLS, blocks_of, named, scientific, sheet_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = ",\t;|"
SAMPLE = 50_000
MAX_FIELD = 1_000_000
_TEXT_FORMULA = re.compile(r'="([^"]*)"\s*')
_COUNTER = re.compile(r"^[\d\s._、()（）-]+(?=\D)")


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a CSV file. Raises `BadInputError` when it cannot be decoded or is beyond bounds."""
    text = decode(data, file)
    if "\0" in text:
        raise BadInputError("input.binary", file=file)
    rows: list[list[str]] = []
    count = 0
    try:
        for row in _rows(text):
            filled = any(row)
            rows.append([_said(text) for text in row] if filled else [])
            count += len(row) if filled else 0
            if count > MAX_CELLS:
                raise BadInputError("input.too_many_cells", file=file, limit=MAX_CELLS)
    except csv.Error:
        raise BadInputError("input.damaged", file=file, kind="CSV") from None
    document = Document(file, sha256, pages=1)
    sheet = sheet_of_rows(file, "", 1, rows)
    document.remarks += scientific(sheet)
    blocks = blocks_of(sheet)
    document.blocks.extend(named(blocks, title_of_name(file), Place(file, line=1)))
    return document


def title_of_name(file: str) -> str:
    """What the name of a file says, without folders, archive, counting numbers and suffix.

    >>> title_of_name("公开.zip!2023/03 收入决算表.csv")
    '收入决算表'
    """
    stem = PurePath(file.rpartition("!")[2]).stem
    return _COUNTER.sub("", stem)


def _said(text: str) -> str:
    """What a field says in a spreadsheet: a formula that only keeps a code from becoming a number is its text.

    >>> _said('="2080505"'), _said("2080505")
    ('2080505', '2080505')
    """
    found = _TEXT_FORMULA.fullmatch(text) if text.startswith("=") else None
    return found[1] if found is not None else text


def _rows(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_FIELD)
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    if re.fullmatch(r"sep=(.)\r?", first):  # what Excel itself may write above
        return csv.reader(io.StringIO(rest, newline=""), delimiter=first[4])
    return csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text[:SAMPLE]))


def _delimiter(sample: str) -> str:
    """The mark that cuts most lines into fields, as many in each as may be; a comma where nothing decides."""

    def worth(mark: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=mark) if row]
        several = [count for count in counts if count > 1]
        alike = max((several.count(count) for count in set(several)), default=0)
        return len(several) + alike, max(several, default=0)

    best, score = ",", (0, 0)
    for mark in DELIMITERS:
        try:
            mine = worth(mark)
        except csv.Error:
            continue
        if mine > score:
            best, score = mark, mine
    return best
