"""Reading what a test has drawn, and plain views of what was read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from auditor.readers import read_bytes
from auditor.testing.pdf_writer import Page, written

if TYPE_CHECKING:
    from auditor.model.document import Document, Grid


def document(*pages: Page) -> Document:
    """The document of some drawn pages."""
    return read_bytes(written(pages), "drawn.pdf")


def rows(grid: Grid) -> list[list[str]]:
    """The texts of a grid; a merged cell at every place that it covers."""
    return [[cell.raw for cell in row] for row in grid.rows]


def tables(read: Document) -> list[list[list[str]]]:
    """The texts of all grids."""
    return [rows(grid) for grid in read.grids()]


def lines(read: Document) -> list[str]:
    """The texts of all paragraphs."""
    return [paragraph.raw for paragraph in read.paragraphs()]


def remarks(read: Document) -> dict[str, dict[str, str]]:
    """The remarks by key."""
    return dict(read.remarks)


# -- files with a password: the standard security handler of old, 40 bits

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def secured(pages: list[Page], *, owner: str, user: str = "") -> bytes:
    """A file that asks for the owner's password before it lets its text be copied; for the user's, to open it."""
    name = b"0123456789abcdef"
    lock = _rc4(_md5(_padded(owner))[:5], _padded(user))
    key = _md5(_padded(user) + lock + (-44 & 0xFFFFFFFF).to_bytes(4, "little") + name)[:5]
    trailer = (
        f"/ID [<{name.hex()}> <{name.hex()}>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -44 "
        f"/O <{lock.hex()}> /U <{_rc4(key, _PADDING).hex()}> >> "
    )
    return written(
        pages,
        trailer=trailer,
        secured=lambda number, data: _rc4(_md5(key + number.to_bytes(3, "little") + bytes(2))[:10], data),
    )


def _padded(password: str) -> bytes:
    return (password.encode() + _PADDING)[:32]


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
