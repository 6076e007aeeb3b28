"""The rows of sentences as tables of facts: `说明/文中[句3].变动率`, `说明/列举[列2/1].金额`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.facts import Address
from auditor.model.filing import ReadTable
from auditor.model.numbers import parse_literal
from auditor.prose.clauses.parse import Parser
from auditor.prose.clauses.rows import rows_of, spot_of
from auditor.prose.clauses.scopes import other_mentions
from auditor.prose.tokens import MONEY, Spans, numbers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from auditor.forms.book import FormBook
    from auditor.model.facts import Fact
    from auditor.model.tables import Table
    from auditor.prose.claims import Claims, Told
    from auditor.prose.clauses.model import Sentences
    from auditor.prose.clauses.rows import ClauseRows, Spot
    from auditor.prose.code_names import Names
    from auditor.prose.passages import Passage

SENTENCES, LISTS = "说明/文中", "说明/列举"
ROW, LIST_ROW = "句", "列"
MAX_NUMBERS = 20_000  # of one filing
GROWN = "本期"  # what a whole came to whose parts alone tell their changes
UNNAMED = "（未写名称）"


def read_sentences(
    passages: Iterable[Passage], book: FormBook, names: Names, *, report: str, entity: str
) -> Sentences | None:
    """Read the sentences of all passages but the glossary; None where no folder has a grammar."""
    lexicon, grammar = book.lexicon, book.grammar
    if lexicon is None or grammar is None:
        return None
    parser = Parser(lexicon, grammar, report, entity)
    room = MAX_NUMBERS
    for passage in passages:
        if passage.glossary or room <= 0:
            continue
        numbers = [number for number in numbers_of(passage, lexicon, names) if number.unit or "." in number.text]
        numbers = numbers[:room]
        room -= len(numbers)
        if numbers:
            asides = Spans(found.span() for aside in lexicon.asides for found in aside.finditer(passage.text))
            parser.passage(passage, numbers, asides)
    parser.finish()
    return parser.out


class SentenceTables:
    """Files the rows of sentences beside the claims of sections."""

    def __init__(self, sentences: Sentences, claims: Claims, book: FormBook, year: int) -> None:
        assert book.grammar is not None
        evicted = other_mentions(claims, sentences, book.grammar, year)
        self.rows: ClauseRows = rows_of(sentences, claims, evicted, book.grammar)
        self.book = book
        self.told: dict[Spot, Address] = {}

    def own(self) -> Iterable[tuple[Address, Told]]:
        """The numbers that have their home here, with their addresses."""
        for number, row in enumerate(self.rows.rows, 1):
            for column, told in row.own.items():
                yield Address(SENTENCES, f"{ROW}{number}", column), told

    def tables(self, fact: Callable[[Told, Address, Table], Fact], homes: Mapping[Spot, Address]) -> list[ReadTable]:
        """The tables; `homes` gives the address of every number that has its home in another table."""
        book = self.book
        if SENTENCES not in book.tables or LISTS not in book.tables:
            return []
        self.told = dict(homes)
        sentences, lists = (_empty(name) for name in (SENTENCES, LISTS))
        for address, told in self.own():
            self.told[spot_of(told.number)] = address
            sentences.facts.append(fact(told, address, book.tables[SENTENCES]))
        for number, row in enumerate(self.rows.rows, 1):
            sentences.names[f"{ROW}{number}"] = _name(row.phrase)
            for column, told in row.also.items():
                self._also(sentences, Address(SENTENCES, f"{ROW}{number}", column), told)
        for number, listing in enumerate(self.rows.sums, 1):
            whole = f"{LIST_ROW}{number}"
            lists.names[whole] = _name(listing.phrase)
            self._also(lists, Address(LISTS, whole, listing.column), listing.whole)
            for part, (phrase, told) in enumerate(listing.parts, 1):
                lists.names[f"{whole}/{part}"] = _name(phrase)
                self._also(lists, Address(LISTS, f"{whole}/{part}", listing.column), told)
        self._growths(lists, len(self.rows.sums))
        return [table for table in (sentences, lists) if table.facts or table.also]

    def _growths(self, lists: ReadTable, before: int) -> None:
        for number, growth in enumerate(self.rows.growths, before + 1):
            whole = f"{LIST_ROW}{number}"
            lists.names[whole] = _name(growth.phrase)
            self._also(lists, Address(LISTS, whole, GROWN), growth.amount)
            self._also(lists, Address(LISTS, whole, "变动率"), growth.rate)
            for part, (phrase, told) in enumerate(growth.parts, 1):
                lists.names[f"{whole}/{part}"] = _name(phrase)
                self._also(lists, Address(LISTS, f"{whole}/{part}", "变动额"), told)

    def _also(self, table: ReadTable, address: Address, told: Told) -> None:
        home = self.told.get(spot_of(told.number))
        if home is not None:
            table.also.append((address, home))


def _empty(name: str) -> ReadTable:
    from auditor.model.facts import Place

    return ReadTable(name, name, Place(table=name), unit="万元")


def _name(phrase: str) -> str:
    return "".join(phrase.split()) or UNNAMED


def fine_by_passage(told: Iterable[Told]) -> dict[tuple[int, str], int]:
    """The most decimals among the amounts of a passage, per unit: spreadsheets drop trailing zeros."""
    fine: dict[tuple[int, str], int] = {}
    for one in told:
        if one.number.unit in MONEY:
            key = id(one.number.passage), one.number.unit
            fine[key] = max(fine.get(key, 0), parse_literal(one.number.text).decimals)
    return fine
