"""Files that stand in the body of a DOCX in the place of paragraphs (`altChunk`), as programs that export pages write.

Source: ECMA-376 part 1, 17.17.2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.model.document import Document
from auditor.readers.detect import kind_of
from auditor.readers.text import html_pages, mail_pages, plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.document import Grid, Paragraph
    from auditor.readers.office_packages import Package

_REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MAX_CHUNK = 20 * 1024 * 1024


class Chunks:
    """Reads the files that a document names; `unread` are the kinds of those that it does not read."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.targets: dict[str, tuple[str, str]] | None = None
        self.unread: list[str] = []

    def blocks(self, element: Any, around: Document, grids: int) -> Sequence[Paragraph | Grid]:
        """What such a file says; its tables are counted on from `grids`. Raises `BadInputError`."""
        if self.targets is None:
            self.targets = self.package.relations("word/document.xml")
        _, name = self.targets.get(element.get(_REFERENCE, ""), ("", ""))
        data = self.package.read(name, MAX_CHUNK) or b""
        kind = kind_of(data, name) if data.strip() else ""
        document = Document(around.file, "")
        if kind == "HTML":
            html_pages.read_into(document, html_pages.decoded(data, around.file), grids)
        elif kind == "MHT":
            mail_pages.read_into(document, data, grids)
        elif kind == "TEXT":
            document = plain_text.read(data, file=around.file, sha256="")
        else:
            self.unread.append(kind or "?")
        around.remarks += document.remarks
        return document.blocks
