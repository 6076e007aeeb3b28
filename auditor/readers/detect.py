"""What a file is, told by its content, never by its name (a name only tells CSV from other text)."""

from __future__ import annotations

import io
import re
import struct
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
_TAGS = re.compile(rb"</(?:div|p|span|td|tr|title|h[1-6]|script|style|a|li)\s*>|<br\s*/?>", re.IGNORECASE)
_SHEETS_IN_XML = re.compile(rb"<(?:\w{1,20}:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet")
_SPACE = b"\xef\xbb\xbf \t\r\n"
_MAIL = re.compile(rb"(?:From|MIME-Version|Content-Type|Subject|Date|Snapshot-Content-Location): ?\S", re.IGNORECASE)
_MAILED_PAGE = re.compile(
    rb"^Content-Type:\s*(?:multipart/(?:related|alternative|mixed)|text/html)\b", re.IGNORECASE | re.MULTILINE
)
HEAD = 8192  # bytes at the beginning that tell a kind of text
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
CONTAINERS = (b"PK", _OLE)  # how files begin that must be opened to tell what they are


def kind_of(data: bytes, name: str) -> str:
    """The kind of a file: PDF, XLSX, XLS, ODS, DOCX, DOC, WPS, RTF, ODT, HTML, MHT, CSV, TEXT, ZIP, OFD, or another."""
    if data.startswith(_ZIP_STARTS):  # before PDF: an archive may begin with one, stored as it is
        return _package(data)
    if b"%PDF-" in data[:1024]:
        return "PDF"
    if data.startswith(_OLE):
        return _compound(data)
    if data.lstrip()[:5] == b"{\\rtf":
        return "RTF"
    for magic, kind in _SIGNATURES:
        if data.startswith(magic):
            return kind
    return _kind_of_text(data, name)


def _kind_of_text(data: bytes, name: str) -> str:
    """HTML, an XML or mail that is not read, CSV by its name, else text."""
    head = data[:HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8")
    if head.lstrip(_SPACE)[:9] in (b"<?xml ver", b"<Workbook") and _SHEETS_IN_XML.search(head):
        return "XMLSS"
    if _MAIL.match(head.lstrip(_SPACE)) and _MAILED_PAGE.search(head):
        return "MHT"
    if _HTML.search(head) or len(_TAGS.findall(head)) > 2:
        return "HTML"
    if head.lstrip(_SPACE).startswith(b"<?xml"):
        return "XML"
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
    """An OLE file by the names of its streams."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {path[0] for path in ole.listdir()}
    except (OSError, ValueError, IndexError, TypeError, AttributeError, RecursionError, struct.error):
        return "BROKEN"
    for name, kind in _STREAMS:
        if name in names:
            return kind
    return "OLE"


_STREAMS = (
    ("EncryptedPackage", "ENCRYPTED"),
    ("WordDocument", "DOC"),
    ("Workbook", "XLS"),
    ("Book", "XLS"),
    ("PowerPoint Document", "PPT"),
    ("CONTENTS", "WPS"),
)
