"""Generated filings as files: text, CSV tables in a ZIP, XLSX, DOCX, HTML, PDF; the same filing, the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.testing.pdf_blocks import pdf_of
from auditor.testing.text_files import csv_zip_of, docx_of, html_of, text_of, xlsx_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.forms.book import FormBook
    from auditor.model.document import Grid, Paragraph
    from auditor.testing.draft import Draft

    Blocks = list[Paragraph | Grid]

_WRITERS: dict[str, Callable[[Blocks], bytes]] = {
    "txt": lambda blocks: text_of(blocks).encode(),
    "csv": csv_zip_of,
    "xlsx": xlsx_of,
    "docx": docx_of,
    "html": html_of,
    "pdf": pdf_of,
}
SUFFIXES = {"txt": ".txt", "csv": ".zip", "xlsx": ".xlsx", "docx": ".docx", "html": ".html", "pdf": ".pdf"}
FORMATS = tuple(_WRITERS)


def rendered(draft: Draft, form: str, book: FormBook) -> bytes:
    """Write a generated filing in one of `FORMATS`; `KeyError` for any other."""
    return _WRITERS[form](draft.blocks(book))
