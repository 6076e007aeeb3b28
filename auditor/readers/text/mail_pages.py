"""MHTML: web pages saved as one file, which has the form of a mail (RFC 2557); the pages in it are read in order."""

from __future__ import annotations

import email
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.model.document import Document
from auditor.readers.text import html_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

MAX_PAGES = 400


def read(data: bytes, *, file: str, sha256: str) -> Document:
    """Read a page that was saved as one file. Raises `BadInputError` when it holds no page or is beyond bounds."""
    document = Document(file, sha256)
    read_into(document, data)
    return document


def read_into(document: Document, data: bytes, grids: int = 0) -> None:
    """Add the blocks of the pages to a document whose tables are counted up to `grids`. Raises `BadInputError`."""
    try:
        pages = list(_pages(email.message_from_bytes(data), document.file))
    except (
        RecursionError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
    ):  # what the parser meets in a broken one
        raise BadInputError("input.damaged", file=document.file, kind="MHT") from None
    if not pages:
        raise BadInputError("input.damaged", file=document.file, kind="MHT")
    if len(pages) > MAX_PAGES:
        raise BadInputError("input.too_many_pages", file=document.file, limit=MAX_PAGES)
    for text in pages:
        grids = html_pages.read_into(document, text, grids)


def _pages(message: Message, file: str) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            yield _decoded(payload, part.get_content_charset(), file)


def _decoded(payload: bytes, charset: str | None, file: str) -> str:
    """The text of a part, in the encoding that its head names; what does not fit that is told like other pages."""
    if charset in ("gb2312", "gbk", "gb_2312-80", "x-gbk"):
        charset = "gb18030"
    try:
        return payload.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return html_pages.decoded(payload, file)
