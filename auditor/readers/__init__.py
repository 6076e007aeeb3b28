"""Readers: one module per file format, each giving the same `Document`. The kind is told by content, not by name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.messages import printable
from auditor.own import is_own

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.model.document import Document

MAX_BYTES = 200 * 1024 * 1024
MAX_TEXT_BYTES = 20 * 1024 * 1024
OWN = "input.own"  # why a report of this program is not read


def read_bytes(data: bytes, name: str) -> Document:
    """Read the bytes of one file in this process; `name` is shown in messages and reports.

    For files that are trusted, and for the worker: a hostile file can exhaust memory or bring the process down.
    """
    from auditor.readers.detect import ARCHIVES, PICTURES, kind_of

    sha256 = hashlib.sha256(data).hexdigest()
    kind = kind_of(data, name)
    if kind == "PDF":
        from auditor.readers.pdf import pdf_reader

        return pdf_reader.read(data, file=name, sha256=sha256)
    if kind in ("XLSX", "XLSB", "XLS", "ODS", "XMLSS"):
        from auditor.readers.workbook import workbook_reader

        return workbook_reader.read(data, file=name, sha256=sha256, kind=kind)
    if kind == "DOCX":
        from auditor.readers.word import docx

        return docx.read(data, file=name, sha256=sha256)
    if kind in ("DOC", "WPS", "RTF", "ODT"):
        from auditor.readers.word import conversion

        return conversion.read(data, file=name, sha256=sha256, kind=kind)
    if kind in ("HTML", "MHT", "CSV", "TEXT"):
        return _read_text(data, name, sha256, kind)
    if kind in ("ENCRYPTED", "BROKEN"):
        raise BadInputError("input.encrypted" if kind == "ENCRYPTED" else "input.damaged", file=name, kind="Office")
    if kind in ARCHIVES:
        raise BadInputError("input.archive_member", file=name)
    raise BadInputError("input.picture" if kind in PICTURES else "input.format", file=name, kind=kind)


def refuse_own(data: bytes, name: str) -> None:
    """Raise `BadInputError` for what this program wrote: a report is no filing, whatever its name."""
    if is_own(data):
        raise BadInputError(OWN, file=name)


def _read_text(data: bytes, name: str, sha256: str, kind: str) -> Document:
    if len(data) > MAX_TEXT_BYTES:
        raise BadInputError("input.too_large", file=name, limit=MAX_TEXT_BYTES // 1024**2)
    if kind == "HTML":
        from auditor.readers.text import html_pages

        return html_pages.read(data, file=name, sha256=sha256)
    if kind == "MHT":
        from auditor.readers.text import mail_pages

        return mail_pages.read(data, file=name, sha256=sha256)
    if kind == "CSV":
        from auditor.readers.workbook import csv_tables

        return csv_tables.read(data, file=name, sha256=sha256)
    from auditor.readers.text import plain_text

    return plain_text.read(data, file=name, sha256=sha256)


def load(path: Path, limit: int = -1, name: str = "") -> bytes:
    """The bytes of a file, or the first `limit` of them; `name` is the one to show where it does not lie under its own.

    Raises `BadInputError` when it is missing, empty, unreadable or too large.
    """
    try:
        size = path.stat().st_size
        if path.is_dir() or not path.is_file():
            raise BadInputError("input.not_a_file", file=printable(name or str(path)))
        if size > MAX_BYTES:
            raise BadInputError("input.too_large", file=printable(name or path.name), limit=MAX_BYTES // 1024**2)
        with path.open("rb") as file:
            data = file.read(limit)
    except FileNotFoundError:
        raise BadInputError("input.missing", file=printable(name or str(path))) from None
    except OSError as error:
        raise BadInputError("input.os", file=printable(name or str(path)), why=error.strerror or str(error)) from None
    if not data.strip() and len(data) != limit:
        raise BadInputError("input.empty", file=printable(name or path.name))
    return data
