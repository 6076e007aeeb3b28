"""What a file is, told by its content, never by its name (a name only tells CSV from other text)."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"\x7fELF", "EXE"),
    (b"MZ", "EXE"),
)
ARCHIVES = frozenset({"ZIP", "RAR", "7Z", "GZIP"})
PICTURES = frozenset({"PNG", "JPEG", "GIF", "BMP", "TIFF"})
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<table[\s>]|<body[\s>]|<%@\s*page", re.IGNORECASE)
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def kind_of(data: bytes, name: str) -> str:
    """The kind of a file: PDF, XLSX, XLS, ODS, DOCX, DOC, WPS, RTF, ODT, HTML, CSV, TEXT, ZIP, OFD, a foreign one."""
    if b"%PDF-" in data[:1024]:
        return "PDF"
    if data.startswith(_ZIP_STARTS):
        return _package(data)
    if data.startswith(_OLE):
        return _compound(data)
    if data.lstrip()[:5] == b"{\\rtf":
        return "RTF"
    for magic, kind in _SIGNATURES:
        if data.startswith(magic):
            return kind
    if _HTML.search(data[:4096]):
        return "HTML"
    suffix = PurePath(name).suffix.lower()
    return "CSV" if suffix in (".csv", ".tsv") else "TEXT"


def _package(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            if "xl/workbook.xml" in names:
                return "XLSX"
            if "xl/workbook.bin" in names:
                return "XLSB"
            if "word/document.xml" in names:
                return "DOCX"
            if any(name.startswith("ppt/") for name in names):
                return "PPTX"
            if "OFD.xml" in names:
                return "OFD"
            if "mimetype" in names and package.getinfo("mimetype").file_size < 200:
                mime = package.read("mimetype").decode("ascii", "replace")
                if "opendocument.spreadsheet" in mime:
                    return "ODS"
                if "opendocument.text" in mime:
                    return "ODT"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return "ZIP"
    return "ZIP"


def _compound(data: bytes) -> str:
    """An OLE file by the names of its streams, which stand in its directory as UTF-16."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        return "ENCRYPTED"
    if has("WordDocument"):
        return "DOC"
    if has("Workbook") or has("Book"):
        return "XLS"
    return "PPT" if has("PowerPoint Document") else "OLE"
