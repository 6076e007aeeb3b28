"""Figures in words: their labels, what they print, values as they would be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.messages import say
from auditor.model.facts import Fact, scale_of
from auditor.model.labels import plain
from auditor.model.numbers import decimal_text
from auditor.model.row_names import RowName
from auditor.model.units import Kind
from auditor.shapes.bind import PREFIX

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.engine.localise.suspects import Suspect

CHANGES = ("变动额", "变动率")  # columns of prose tables whose figures have their sign in words
SENTENCES = ("说明/文中", "说明/列举")  # whose rows are numbered, and named by what is printed
TOLD = "说明/"  # how the names of prose tables begin


class FigureWords:
    """Names the figures of one audit, and writes values as their tables print them."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.facts = audit.facts
        self.labels: dict[tuple[str, str], str] = {
            (table.table, row): label for table in audit.filing.tables for row, label in table.names.items()
        }

    def label(self, fact: Fact, *, table: bool = True, column: bool = True) -> str:
        """Name a figure for a reader: table, row with its printed label, column."""
        address = fact.address
        row = address.row
        printed = "".join(self.labels.get((address.table, row), "").split())
        if printed and address.table in SENTENCES:
            row = printed  # the phrase that the sentence itself uses
        elif printed and RowName.parse(row).code:
            row = f"{row} {plain(printed)}"
        under = address.column.replace("/", " ") if column else ""
        name = address.table.removeprefix(PREFIX)  # a table without a standard one goes by its own title
        if name in SENTENCES:
            name = say("label.sentence")
        elif self.is_told(fact):
            name = say("label.told", section=name.partition("/")[2])
        words = [name if table else "", row.replace("/", " "), under]
        again = say("label.again", count=address.occurrence) if address.occurrence > 1 else ""
        return " ".join(word for word in words if word) + again

    @staticmethod
    def is_told(fact: Fact) -> bool:
        """Whether a fact stands in the prose."""
        return fact.address.table.startswith(TOLD)

    def _brief(self, fact: Fact, before: Fact | None, *, table: bool) -> str:
        """The label of a figure without what the figure before it has already named."""
        if before is None or before.address.table != fact.address.table:
            return self.label(fact, table=table)
        if before.address.row == fact.address.row and fact.address.column:
            return fact.address.column.replace("/", " ")
        return self.label(fact, table=False)

    def text(self, fact: Fact) -> str:
        """The figure as printed; blanks as a dash."""
        return "".join(fact.text.split()) or "—"

    def value(self, number: int, like: Fact, *, decimals: int | None = None) -> str:
        """Write a value of the kind and unit of a fact, with the decimals of its table at least."""
        scale = scale_of(like.kind, like.unit)
        return decimal_text(number, scale, self._decimals(like) if decimals is None else decimals)

    def as_printed(self, number: int, fact: Fact) -> str:
        """Write a value as a figure would print it: a change whose direction stands in words without its sign."""
        return self.in_words(self.value(number, fact), fact)

    def in_words(self, number: str, fact: Fact) -> str:
        """The same for a number that is written already."""
        if not self._is_worded(fact):
            return number
        other_way = bool(number.strip("-0.%")) and number.startswith("-") != (fact.value < 0)
        size = number.removeprefix("-")
        return say("tell.other_way", value=size) if other_way else size

    def span(self, low: str, high: str, fact: Fact) -> str:
        """The rates from one to another that a figure may print."""
        ends = [self.in_words(f"{end}%", fact) for end in (low, high)]
        if low.startswith("-") and not ends[0].startswith("-"):
            ends.reverse()
        return ends[0] if low == high else "～".join(ends)

    def _is_worded(self, fact: Fact) -> bool:
        """Whether the sign of a figure stands in words beside it (减少、下降)."""
        changes = fact.address.column.partition("/")[0] in CHANGES
        return changes and self.is_told(fact) and not fact.text.lstrip().startswith(("-", "－", "−"))

    def suggested(self, suspect: Suspect) -> str:
        """What a suspect should be, as it would be printed: a rate with its sign, a word; '' where that is open."""
        fact = self.facts[suspect.fact]
        if suspect.suggested is None:
            return suspect.word
        number = self.value(suspect.suggested, fact)
        number = grouped(number) if self._has_commas(fact) else number
        sign = "%" if fact.kind is Kind.PERCENT and fact.text.rstrip().endswith(("%", "％")) else ""
        return self.in_words(number + sign, fact)

    def interval(self, fact: Fact) -> str:
        """The range that a printed figure stands for, in its unit."""
        if not fact.is_figure:
            return ""
        reach = fact.range()
        low, high = self.value(reach.lo, fact), self.value(reach.hi, fact)
        if self._has_commas(fact):
            low, high = grouped(low), grouped(high)
        return low if low == high else f"{low} … {high}"

    def _decimals(self, fact: Fact) -> int:
        scale, decimals = scale_of(fact.kind, fact.unit), 0
        while scale // 10**decimals > max(1, fact.step):
            decimals += 1
        return decimals

    @staticmethod
    def _has_commas(fact: Fact) -> bool:
        return "," in fact.text or "，" in fact.text


def grouped(number: str) -> str:
    """A decimal string with commas at its thousands.

    >>> grouped("-79189400.34"), grouped("0.50")
    ('-79,189,400.34', '0.50')
    """
    whole, point, rest = number.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    value = whole_number(digits)
    return f"{sign}{value:,}{point}{rest}" if value else number
