"""Readers: one module per file format, each giving the same `Document`. The kind is told by content, not by name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from auditor.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.document import Document

MAX_BYTES = 200 * 1024 * 1024
MAX_TEXT_BYTES = 20 * 1024 * 1024
ARCHIVE_MARK = "!"  # 决算.zip!2023/某局.pdf: a file inside an archive


def read(path: Path, member: str = "") -> Document:
    """Read one file, or one member of a ZIP archive.

    Raises `BadInputError` when the file is missing, empty, too large, damaged, encrypted, or of a kind that is not
    read; the message says what to do.
    """
    data = load(path)
    name = path.name
    if member:
        from auditor.readers import archive

        shown = dict(archive.members(data, name)).get(member, member)
        name = f"{path.name}{ARCHIVE_MARK}{shown}"
        data = archive.member(data, member, name)
        if not data.strip():
            raise BadInputError("input.empty", file=name)
    return read_bytes(data, name)


def read_bytes(data: bytes, name: str) -> Document:
    """Read the bytes of one file; `name` is shown in messages and reports."""
    from auditor.readers.detect import PICTURES, kind_of

    sha256 = hashlib.sha256(data).hexdigest()
    kind = kind_of(data, name)
    if kind == "PDF":
        from auditor.readers import pdf

        return pdf.read(data, file=name, sha256=sha256)
    if kind in ("XLSX", "XLSB", "XLS", "ODS"):
        from auditor.readers import workbook

        return workbook.read(data, file=name, sha256=sha256, kind=kind)
    if kind == "DOCX":
        from auditor.readers import word

        return word.read(data, file=name, sha256=sha256)
    if kind in ("DOC", "WPS", "RTF", "ODT"):
        from auditor.readers import legacy

        return legacy.read(data, file=name, sha256=sha256, kind=kind)
    if kind in ("HTML", "CSV", "TEXT"):
        return _read_text(data, name, sha256, kind)
    if kind == "ENCRYPTED":
        raise BadInputError("input.encrypted", file=name, kind="Office")
    raise BadInputError("input.picture" if kind in PICTURES else "input.format", file=name, kind=kind)


def _read_text(data: bytes, name: str, sha256: str, kind: str) -> Document:
    if len(data) > MAX_TEXT_BYTES:
        raise BadInputError("input.too_large", file=name, limit=MAX_TEXT_BYTES // 1024**2)
    if kind == "HTML":
        from auditor.readers import web

        return web.read(data, file=name, sha256=sha256)
    if kind == "CSV":
        from auditor.readers import delimited

        return delimited.read(data, file=name, sha256=sha256)
    from auditor.readers import text

    return text.read(data, file=name, sha256=sha256)


def load(path: Path) -> bytes:
    """The bytes of a file. Raises `BadInputError` when it is missing, empty, unreadable or too large."""
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
