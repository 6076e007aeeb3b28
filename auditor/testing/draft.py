"""A generated filing before it is a file: what its tables print, and what its text says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auditor.testing.families import filing_of_tables
from auditor.testing.layouts import Head, Layouts

if TYPE_CHECKING:
    from auditor.forms.book import FormBook
    from auditor.model.document import Grid, Paragraph
    from auditor.model.facts import FilingKey
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.testing.printed_ledger import Printed, Style
    from auditor.testing.prose import WrittenProse


@dataclass(frozen=True, slots=True)
class Draft:
    """A generated filing before it is written.

    `printed` are the texts of its tables, `told` its 情况说明 (None: it has none), `heads` what stands above tables
    where that is not the filing's own; a table with a head that is not printed was lost.
    """

    key: FilingKey
    family: str
    style: Style
    printed: Printed
    told: WrittenProse | None = None
    heads: dict[str, Head] = field(default_factory=dict)

    def blocks(self, book: FormBook) -> list[Paragraph | Grid]:
        """The document: cover, contents, tables, text."""
        prose = self.told.lines() if self.told else ()
        layouts = Layouts(book, self.style, self.key, official=True, family=self.family)
        return layouts.blocks(self.printed, prose, heads=self.heads)

    def figures(self, book: RuleBook) -> Filing:
        """The filing of its tables, without a document between; the text is not in it."""
        units = {name: head.unit for name, head in self.heads.items()}
        return filing_of_tables(book, self.family, self.key, self.printed, self.style, units)

    def copy(self) -> Draft:
        """A copy whose tables may be changed."""
        printed = {name: dict(cells) for name, cells in self.printed.items()}
        return replace(self, printed=printed, heads=dict(self.heads))
