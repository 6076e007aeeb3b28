"""What this program has written itself, told by content: reports are no filings, and may be written over.

Every report carries a mark of its format: a page its generator, JSON, SARIF and JUnit the name of the tool, Markdown a
comment, a workbook its property, an annotated copy the end of the file, a list its line of headers.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

from auditor.messages import LANGUAGES, catalogue

if TYPE_CHECKING:
    from pathlib import Path

WORKBOOK = "auditor report"  # the description of a workbook among its properties
COPY = b"%auditor annotated copy"  # the end of an annotated PDF, and the comment of an annotated Office package
MARKDOWN = "<!-- auditor report -->"
LISTS = (  # the headers with which the CSV files begin, as keys of messages
    ("rows.entity", "rows.filing", "rows.year", "rows.sort", "rows.severity"),
    ("listed.rank", "listed.entity", "listed.department", "listed.year", "listed.report"),
    ("listed.entity", "listed.department", "listed.year", "listed.report", "listed.edition", "listed.published"),
    ("listed.file", "listed.reason"),
)
_HEAD = 4096
_TAIL = 128
_CORE = "docProps/core.xml"
_MOST_CORE = 64 * 1024
_MOST = 200 * 1024 * 1024
_TEXT = re.compile(
    rb'\A(?:<!doctype html>\s*<html[^>]*>\s*<head>(?:<meta [^>]*>)*?<meta name="generator" content="auditor">'
    rb'|\{\s*"tool":\s*\{\s*"name":\s*"auditor"'
    rb'|\{\s*"\$schema":[^{}]*"runs":\s*\[\s*\{\s*"tool":\s*\{\s*"driver":\s*\{\s*"name":\s*"auditor"'
    rb'|(?:<\?xml[^>]*\?>\s*)?<testsuites name="auditor"'
    rb"|" + re.escape(MARKDOWN.encode()) + rb")",
    re.IGNORECASE,
)
_BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, OSError, NotImplementedError, RuntimeError, ValueError, EOFError)


def is_own(data: bytes) -> bool:
    """Whether the bytes of a file are a report (or list, or annotated copy) that this program wrote."""
    return _is_own(io.BytesIO(data))


def is_own_file(path: Path) -> bool:
    """The same of a file on disk; one that cannot be read, or is no file, is none."""
    try:
        if not path.is_file() or path.stat().st_size > _MOST:
            return False
        with path.open("rb") as file:
            return _is_own(file)
    except OSError:
        return False


def _is_own(file: BinaryIO) -> bool:
    head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"PK", b"%PDF")):
        file.seek(max(0, file.seek(0, io.SEEK_END) - _TAIL))
        return file.read().rstrip().endswith(COPY) or (head.startswith(b"PK") and _is_workbook(file))
    return _TEXT.match(head.lstrip()) is not None or _is_list(head)


def _is_workbook(file: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(file) as package, package.open(_CORE) as core:
            return f">{WORKBOOK}</dc:description>".encode() in core.read(_MOST_CORE)
    except _BROKEN:
        return False


def _is_list(head: bytes) -> bool:
    text = head.partition(b"\n")[0].decode("utf-8", "replace")
    try:
        cells = next(csv.reader([text]), [])
    except csv.Error:
        return False
    return any(tuple(cells[: len(names)]) == names for names in _lists())


@cache
def _lists() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(catalogue(lang)[key] for key in keys) for lang in LANGUAGES for keys in LISTS)
