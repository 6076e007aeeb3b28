"""Generated filings: what each table prints and what the text says, ready to be read, damaged or written as a file.

Final accounts of the national family come from an unrounded ledger, with the 情况说明 written from it; filings of other
families from figures that satisfy what the rules state of their tables (`auditor.testing.families`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.model.facts import FilingKey
from auditor.reading.filings import filing_of, finished, merge
from auditor.testing.draft import Draft
from auditor.testing.families import family_filing
from auditor.testing.layouts import Head
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import FAMILY, Printed, Style, print_tables
from auditor.testing.prose import write_prose

if TYPE_CHECKING:
    from auditor.forms.book import FormBook
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.testing.ledger import Ledger, Source

YEAR = 2023
KEY = FilingKey("示例县民政局", YEAR, "final_accounts", "unit")


def draft_of(
    ledger: Ledger,
    book: FormBook,
    style: Style | None = None,
    key: FilingKey = KEY,
    words: Source | None = None,
    last: Ledger | None = None,
) -> Draft:
    """The final account of a ledger; `words` chooses the wordings of its 情况说明 (None: tables only).

    `last` is the ledger of the year before, which the text compares with (None: it compares with amounts drawn).
    """
    style = style or Style()
    tables = roll_up(ledger)
    items = style.modelled(tables)["一般公共预算支出表"]
    told = (
        write_prose(tables, key, words, book, step=style.step, items=items, last=roll_up(last) if last else None)
        if words
        else None
    )
    return Draft(key, FAMILY, style, print_tables(tables, style, book), told)


def draft_of_family(
    book: RuleBook, family: str, seed: int, style: Style | None = None, *, key: FilingKey | None = None, most: int = 0
) -> Draft:
    """A filing of any family of forms, tables only. Raises `ValueError` where the rules contradict one another."""
    style = style or Style()
    filing = family_filing(book, family, seed, style, key=key, most=most)
    printed: Printed = {
        table.table: {(fact.address.row, fact.address.column): fact.text for fact in table.facts}
        for table in filing.tables
    }
    own = {form.table: form.unit for form in book.forms.families[family].forms[::-1] if form.unit}
    heads = {
        table: Head(filing.key.entity, filing.key.year, unit)
        for table, unit in own.items()
        if table in printed and unit != style.unit
    }
    return Draft(filing.key, family, style, printed, heads=heads)


def told_filing(book: RuleBook, seed: int, style: Style | None = None) -> Filing:
    """A final account with its sentences, written as text and read back; the same for the same seed."""
    source = RandomSource(seed)
    draft = draft_of(draw_ledger(source, most=4 * 10**8), book.forms, style, KEY, source)
    return read_back(draft, book.forms, "txt", f"{seed}.txt")


def read_back(draft: Draft, book: FormBook, form: str = "txt", name: str = "") -> Filing:
    """Write a generated filing in a format and read it as a file would be. Raises `BadInputError` as reading does."""
    from auditor.readers import read_bytes
    from auditor.sandbox.archive import Archive
    from auditor.testing.files import SUFFIXES, rendered

    name = name or f"draft{SUFFIXES[form]}"
    data = rendered(draft, form, book)
    if not name.endswith(".zip"):
        return finished(filing_of(read_bytes(data, name), book), book)
    archive = Archive(data, name)
    parts = []
    for stored, shown in archive.members:
        try:
            parts.append(filing_of(read_bytes(archive.read(stored, shown), f"{name}!{shown}"), book))
        except BadInputError as error:
            if error.key != "input.nothing_recognised":  # a cover, a remark
                raise
    return merge(parts, book)
