"""Readers: one module per file format, each giving the same `Document`. The type is told by content, not by name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from auditor.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.document import Document

MAX_BYTES = 200 * 1024 * 1024
MAX_TEXT_BYTES = 20 * 1024 * 1024

_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP/XLSX/DOCX"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC/XLS"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
)


def read(path: Path) -> Document:
    """Read one file.

    Raises `BadInputError` when the file is missing, empty, too large, not text, or of a format that is not read.
    """
    data = _load(path)
    if data.startswith(b"%PDF-"):
        from auditor.readers import pdf

        return pdf.read(data, file=path.name, sha256=hashlib.sha256(data).hexdigest())
    for magic, kind in _SIGNATURES:
        if data.startswith(magic):
            raise BadInputError("input.format", file=path.name, kind=kind)
    from auditor.readers import text

    if len(data) > MAX_TEXT_BYTES:
        raise BadInputError("input.too_large", file=path.name, limit=MAX_TEXT_BYTES // 1024**2)
    return text.read(data, file=path.name, sha256=hashlib.sha256(data).hexdigest())


def _load(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_dir() or not path.is_file():
            raise BadInputError("input.not_a_file", file=str(path))
        if size > MAX_BYTES:
            raise BadInputError("input.too_large", file=path.name, limit=MAX_BYTES // 1024**2)
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInputError("input.missing", file=str(path)) from None
    except OSError as error:
        raise BadInputError("input.os", file=str(path), why=error.strerror or str(error)) from None
    if not data.strip():
        raise BadInputError("input.empty", file=path.name)
    return data
