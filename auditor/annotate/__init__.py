"""Copies of originals with notes at their figures: PDF highlights, XLSX and DOCX comments, the rest untouched.

The files are hostile, so this runs in the worker process, as reading does; what it sends back is bytes to be written.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

AUTHOR = "auditor"
MAX_NOTES = 5000  # of one file
MAX_TEXT = 4000  # characters of one note
ENDINGS = {"PDF": ".pdf", "XLSX": ".xlsx", "DOCX": ".docx"}


class Note(NamedTuple):
    """What is to be noted at one place: on a page of a PDF its box (points from the top left of the page as shown),
    in a workbook sheet (`page`), row and column, in a text document a paragraph, or grid, row and column.
    """  # noqa: D205 — one sentence

    severity: str
    text: str
    page: int = 0
    box: tuple[float, float, float, float] | None = None
    row: int = 0
    column: int = 0
    grid: int = 0
    paragraph: int = 0


class Annotated(NamedTuple):
    """A copy with notes: its bytes, the kind of file, and how many notes found their place."""

    data: bytes
    kind: str
    placed: int


def annotate(data: bytes, name: str, sha256: str, notes: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Write notes into a copy of a file, as plain data. Runs in the worker.

    Raises `BadInputError` for a file that is damaged, of a kind that takes no notes, or not the one that was read.
    """
    from auditor.readers.detect import kind_of

    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadInputError("annotate.changed", file=name)
    wanted = [Note(*values) for values in notes[:MAX_NOTES]]
    kind = kind_of(data, name)
    if kind == "PDF":
        from auditor.annotate import pdf

        copy, placed = pdf.annotated(data, name, wanted)
    elif kind == "XLSX":
        from auditor.annotate import xlsx

        copy, placed = xlsx.annotated(data, name, wanted)
    elif kind == "DOCX":
        from auditor.annotate import docx

        copy, placed = docx.annotated(data, name, wanted)
    else:
        raise BadInputError("annotate.kind", file=name, kind=kind)
    return {"copy": base64.b64encode(copy).decode(), "kind": kind, "placed": placed}


def checked(answer: Any) -> Annotated:
    """What the worker sent. Raises `ValueError` for anything else."""
    try:
        copy = base64.b64decode(answer["copy"], validate=True)
        kind, placed = str(answer["kind"]), int(answer["placed"])
    except (KeyError, TypeError, binascii.Error):
        raise ValueError from None
    if kind not in ENDINGS or not copy:
        raise ValueError
    return Annotated(copy, kind, placed)
