"""Plain text: dumps of filings, with tables as tab-separated lines, with pipes between the cells, or merely as lines.

Lines with tabs become grids. A line without tabs stays a paragraph with its spaces kept: tables printed without
separators are recognised later, by the forms, from those lines. Merged header cells come flattened in such dumps,
so `spans_known` is false.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.model.document import Cell, Document, Grid, Paragraph
from auditor.model.facts import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_LINES = 400_000
MAX_COLUMNS = 400
MAX_CELLS = 2_000_000
SAMPLE = 100_000  # characters looked at to tell text from binary data

_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_RULE = re.compile(r"[\s|:+\-=]+")
_PIPE_RULE = re.compile(r"\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)++\|?\s*+")
_PIPE = re.compile(r"(?<!\\)\|")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+|(?<!\s)\s++#++\s*$")
_MARKS = re.compile(r"\*\*|__|`|<br\s*/?>", re.IGNORECASE)
MIN_PIPES, MIN_PIPED = 2, 2  # in a line, and lines in a row, of a table without a rule
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")


def decode(data: bytes, file: str) -> str:
    """Decode text: a byte-order mark first, then strict UTF-8, then strict GB18030.

    Raises `BadInputError` for binary data and other encodings.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            candidates: tuple[str, ...] = (encoding,)
            break
    else:
        candidates = ("utf-8", "gb18030")
        if _is_binary(data[:SAMPLE].decode("latin-1")):  # control bytes are no part of either encoding's characters
            raise BadInputError("input.binary", file=file)
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_binary(text[:SAMPLE]):
            raise BadInputError("input.binary", file=file)
        return text
    raise BadInputError("input.encoding", file=file)


def _is_binary(text: str) -> bool:
    return len(_CONTROL.findall(text)) > len(text) // 500


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a text dump into a document."""
    document = Document(file, sha256)
    lines = _BREAKS.split(decode(data, file))
    if len(lines) > MAX_LINES:
        raise BadInputError("input.too_many_lines", file=file, limit=MAX_LINES)
    piped = _piped(lines)
    run: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines, 1):
        fields = _fields(line, piped=number in piped)
        if fields is not None:
            if _RULE.fullmatch(line) is None or "-" not in line:
                run.append((number, fields))
            continue
        if run:
            document.blocks.append(_grid(run, file))
            run = []
        if line.strip():
            text = _HEADING.sub("", line) if piped else line
            document.blocks.append(Paragraph(text, Place(file, line=number, quote=line.strip()[:200])))
    if run:
        document.blocks.append(_grid(run, file))
    return document


def _piped(lines: Sequence[str]) -> frozenset[int]:
    """The lines (from 1) of tables with pipes: bare ones, and Markdown around a rule of dashes and pipes."""
    out: set[int] = set()
    for at, line in enumerate(lines):
        if "-" not in line or "|" not in line or not _PIPE_RULE.fullmatch(line) or at + 1 in out:
            continue
        end = at + 1
        while end < len(lines) and _PIPE.search(lines[end]):
            end += 1
        start = at - 1 if at and _PIPE.search(lines[at - 1]) else at
        out.update(range(start + 1, end + 1))
    return frozenset(out.union(_bare_pipes(lines)))


def _bare_pipes(lines: Sequence[str]) -> Iterator[int]:
    """The lines (from 1) of tables without a rule: several in a row that have the same number of pipes."""
    numbers = [len(_PIPE.findall(line)) if "|" in line else 0 for line in lines]
    at = 0
    for count, run in groupby(numbers):
        length = sum(1 for _ in run)
        if count >= MIN_PIPES and length >= MIN_PIPED:
            yield from range(at + 1, at + length + 1)
        at += length


def _fields(line: str, *, piped: bool) -> list[str] | None:
    """Split a line of a table at its tabs or Markdown pipes; None for a line that is no table row."""
    if "\t" in line and not piped:
        return line.split("\t")[:MAX_COLUMNS]
    stripped = line.strip()
    framed = stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 1
    if not framed and not piped:
        return None
    fields = _PIPE.split(stripped.removeprefix("|").removesuffix("|"))
    return [_MARKS.sub("", field).replace("\\|", "|").strip() for field in fields[:MAX_COLUMNS]]


def _grid(run: list[tuple[int, list[str]]], file: str) -> Grid:
    width = max(len(fields) for _, fields in run)
    if width * len(run) > MAX_CELLS:
        raise BadInputError("input.too_many_cells", file=file, limit=MAX_CELLS)
    rows = tuple(
        tuple(
            Cell(
                fields[column] if column < len(fields) else "",
                Place(file, line=number, row=row, column=column + 1 if column < len(fields) else None),
            )
            for column in range(width)
        )
        for row, (number, fields) in enumerate(run, 1)
    )
    return Grid(rows, Place(file, line=run[0][0]))
