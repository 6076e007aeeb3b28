"""Claims as tables of facts: `说明/支出[基本支出].占比`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from auditor.model.facts import Address, Fact, Place, ReadBy, fact_of
from auditor.model.filing import ReadTable, TextSpan, TextView, Unread
from auditor.model.numbers import Literal, State, parse_literal
from auditor.model.units import Kind
from auditor.prose.claims import read_claims
from auditor.prose.clauses.rows import spot_of
from auditor.prose.clauses.tables import SentenceTables, fine_by_passage, read_sentences
from auditor.prose.code_names import Names
from auditor.prose.passages import passages_of
from auditor.prose.tokens import MONEY
from auditor.prose.unread_stretches import leave_open

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.document import Paragraph
    from auditor.model.facts import FilingKey
    from auditor.model.tables import Table
    from auditor.prose.claims import Claims, Line, Told
    from auditor.prose.passages import Passage
    from auditor.prose.tokens import Number

PREFIX = "说明/"
WHOLE, MINUS = "全体", "负号"
MAX_QUOTE = 200


class Prose(NamedTuple):
    """What the prose gives: tables of claims, numbers that no wording explains, the passages with their numbers."""

    tables: list[ReadTable]
    unread: list[Unread]
    passages: list[TextView]


def prose_tables(paragraphs: Iterable[Paragraph], tables: Sequence[ReadTable], key: FilingKey, book: FormBook) -> Prose:
    """Read the prose of a document into tables of claims; numbers that no wording explains come back as unread."""
    lexicon = book.lexicon
    if lexicon is None:
        return Prose([], [], [])
    names = Names(tables, book)
    passages = list(passages_of(paragraphs, lexicon))
    claims = read_claims(passages, lexicon, names, report=key.report, entity=key.entity)
    sentences = read_sentences(passages, book, names, report=key.report, entity=key.entity)
    beside = SentenceTables(sentences, claims, book, key.year) if sentences is not None else None
    addresses: dict[int, Address] = {}
    read = [*_tables(claims, book, addresses), *_silent(claims, book)]
    if beside is not None:
        read += _beside(beside, claims, addresses)
    by_name = {table.table: table for table in read}
    for mine, number in _wholes(claims, addresses):
        by_name[mine.table].also.append((mine._replace(column=WHOLE), addresses[id(number)]))
    told = {address: str(address) for address in addresses.values()}
    shown = {key: told[a] for key, a in addresses.items()}
    views = _views(passages, claims, beside, shown)
    leave_open(read, views)
    return Prose(read, _unread(claims), views)


def _tables(claims: Claims, book: FormBook, addresses: dict[int, Address]) -> Iterable[ReadTable]:
    """The tables; `addresses` takes the address of every number by its identity."""
    names = dict.fromkeys(line.topic for line in claims.lines if line.told)
    for name in names:
        table = book.tables.get(PREFIX + name)
        if table is None:
            continue
        lines = [line for line in claims.lines if line.topic == name and line.told]
        kinds = {column.name: column.kind for column in table.columns}
        first = next(iter(lines[0].told.values())).number
        read = ReadTable(table.name, table.name, replace(first.passage.place(first.start, first.end), quote=""))
        read.unit = _usual_unit(lines)
        read.complete = name not in claims.gaps
        fine = _fine_decimals(lines)
        seen: Counter[str] = Counter()
        for line in lines:
            seen[line.row] += 1
            read.names.setdefault(line.row, line.label)
            for column, told in line.told.items():
                address = Address(table.name, line.row, column, seen[line.row])
                addresses[id(told.number)] = address
                read.facts.append(_fact(told, address, kinds[column], read.unit, fine))
                if told.word and told.number.text.startswith("-") and told.number.unit:
                    place = read.facts[-1].place
                    address = address._replace(column=MINUS)
                    read.facts.append(Fact(address, Kind.WORD, State.VALUE, told.word, place=place))
        yield read


def _beside(beside: SentenceTables, claims: Claims, addresses: dict[int, Address]) -> list[ReadTable]:
    """The tables of sentences; `addresses` has those of the sections' numbers and takes those of the rest."""
    fine = fine_by_passage(told for _, told in beside.own())
    homes = {
        spot_of(told.number): addresses[id(told.number)]
        for line in claims.lines
        for told in line.told.values()
        if id(told.number) in addresses
    }

    def fact(told: Told, address: Address, table: Table) -> Fact:
        kind = next(column.kind for column in table.columns if column.name == address.column)
        decimals = {told.number.unit: fine.get((id(told.number.passage), told.number.unit), 0)}
        addresses[id(told.number)] = address
        return _fact(told, address, kind, "万元", decimals)

    return beside.tables(fact, homes)


def _wholes(claims: Claims, addresses: Mapping[int, Address]) -> Iterable[tuple[Address, Number]]:
    """The address of every share, and the number of the whole that it is a share of."""
    for line in claims.lines:
        share = line.told.get("占比")
        whole = line.whole.amount if line.whole is not None else None
        if share is None or whole is None:
            continue
        if id(share.number) in addresses and id(whole.number) in addresses:
            yield addresses[id(share.number)], whole.number


def _silent(claims: Claims, book: FormBook) -> Iterable[ReadTable]:
    """Sections with numbers of which none was explained: found, and not read."""
    told = {line.topic for line in claims.lines if line.told}
    for name, number in claims.silent.items():
        table = book.tables.get(PREFIX + name)
        if table is not None and name not in told:
            place = number.passage.place(number.start, number.end)
            yield ReadTable(table.name, table.name, place, complete=False, reason="unread.no_claims")


def _usual_unit(lines: Sequence[Line]) -> str:
    units = Counter(told.number.unit for line in lines for told in line.told.values() if told.number.unit in MONEY)
    return units.most_common(1)[0][0] if units else "万元"


def _fine_decimals(lines: Sequence[Line]) -> dict[str, int]:
    """The most decimals among the amounts of a section, per unit: spreadsheets drop trailing zeros."""
    fine: dict[str, int] = {}
    for line in lines:
        for told in line.told.values():
            if told.number.unit in MONEY:
                decimals = parse_literal(told.number.text).decimals
                fine[told.number.unit] = max(fine.get(told.number.unit, 0), decimals)
    return fine


def _fact(told: Told, address: Address, kind: Kind, unit: str, fine: dict[str, int]) -> Fact:
    number = told.number
    place = replace(number.passage.place(number.start, number.end), table=address.table)
    if told.word and not number.unit:
        return Fact(address, Kind.WORD, State.VALUE, told.word, place=place)
    measure = number.unit if kind is Kind.COUNT or number.unit in (*MONEY, "%") else unit
    literal = parse_literal(("-" if told.sign < 0 else "") + number.text + ("%" if number.unit == "%" else ""))
    if number.text in ("∞", "-", "—"):
        literal = parse_literal(number.text + "%")
    elif told.sign < 0 and number.text.startswith("-"):  # 减少-5万元: by five, or by minus five
        literal = Literal(number.text, State.UNREADABLE, reason="unread.doubled_sign")
    fact = fact_of(
        literal,
        address,
        kind=kind,
        unit=measure,
        fine_decimals=fine.get(measure, 0) if kind is Kind.AMOUNT else 0,
        place=place,
        read_by=ReadBy.PRINTED,
    )
    return replace(fact, text=number.text + ("%" if number.unit == "%" else ""))


def _unread(claims: Claims) -> list[Unread]:
    """One entry per sentence with numbers that were not explained, or that stand in reasons or outside."""
    out: dict[tuple[Place, str], list[str]] = {}
    for number, reason in [*((n, "unread.prose") for n in claims.unread), *claims.aside]:
        if not number.unit and "." not in number.text:
            continue  # a year, an ordinal, a code: nothing says that it is a figure
        place = number.passage.place(number.start, number.end)
        out.setdefault((replace(place, bbox=None), reason), []).append(_said(number))
    return [Unread("、".join(texts)[:MAX_QUOTE], *why, numbers=len(texts)) for why, texts in out.items()]


def _views(
    passages: Sequence[Passage], claims: Claims, beside: SentenceTables | None, addresses: Mapping[int, str]
) -> list[TextView]:
    """The passages as printed, each with its numbers in order."""
    found: dict[int, list[TextSpan]] = {}
    told = [one.number for line in claims.lines for one in line.told.values() if "、" not in one.word]
    told += [one.number for _, one in beside.own()] if beside is not None else []
    rest = [*((number, "unread.prose") for number in claims.unread), *claims.aside]
    for number, reason in [*((number, "") for number in told), *rest]:
        start, end = number.passage.printed(number.start, number.end)
        span = TextSpan(start, end, addresses.get(id(number), ""), reason)
        found.setdefault(id(number.passage), []).append(span)
    return [
        TextView(passage.heading, passage.raw, passage.pieces[0].place, tuple(sorted(found.get(id(passage), []))))
        for passage in passages
    ]


def _said(number: Number) -> str:
    return number.text + number.unit
