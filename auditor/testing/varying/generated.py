"""The generator's own documents, to be varied where no filing is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.document import Document
from auditor.model.facts import FilingKey
from auditor.model.numbers import State
from auditor.readers.text.plain_text import read as read_text
from auditor.testing.layouts import Layouts, TextWriter
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import Style, print_tables

if TYPE_CHECKING:
    from auditor.forms.book import FormBook

_KEY = FilingKey("示例县民政局", 2023, "final_accounts", "unit")
_STYLES = (Style(), Style(zeros=State.BLANK), Style("元", 0), Style("万元", 4), Style(trim=True))


def generated(book: FormBook, seed: int) -> Document:
    """One final account: even seeds as lines of text with merged cells flattened, odd ones with merged cells."""
    style = _STYLES[seed % len(_STYLES)]
    printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=400_000_000)), style, book)
    name = f"generated-{seed}"
    if seed % 2:
        return Document(name, "", blocks=Layouts(book, style, _KEY, official=True).blocks(printed))
    return read_text(TextWriter(book, style, _KEY).document(printed).encode(), file=name, sha256="")
