"""Copies of originals with notes at their figures: PDF highlights, XLSX and DOCX comments, the rest untouched.

The files are hostile, so this runs in the worker process, as reading does; what it sends back is bytes to be written.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any

from auditor.annotate.notes import MAX_NOTES, Annotated, MarginNote
from auditor.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

ENDINGS = {"PDF": ".pdf", "XLSX": ".xlsx", "DOCX": ".docx"}


def annotate(data: bytes, name: str, sha256: str, notes: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Write notes into a copy of a file, as plain data. Runs in the worker.

    Raises `BadInputError` for a file that is damaged, of a kind that takes no notes, or not the one that was read.
    """
    from auditor.readers.detect import kind_of

    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadInputError("annotate.changed", file=name)
    wanted = [MarginNote(*values) for values in notes[:MAX_NOTES]]
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
        kind, placed = answer["kind"], answer["placed"]
    except (KeyError, TypeError, binascii.Error):
        raise ValueError from None
    if not isinstance(kind, str) or kind not in ENDINGS or not isinstance(placed, int) or not copy:
        raise ValueError
    return Annotated(copy, kind, placed)
