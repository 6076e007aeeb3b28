"""What the text tells again under the name that a table, or another sentence, prints: one thing, one figure.

A name alone does not say of which fund, level or year a figure is. So two figures are held to be one only where the
document shows it: they are equal and long enough not to be so by chance, all but one figure of a section stand in one
column of a table under their names, or one slip of a digit is all that tells them apart and nothing else prints what
the text prints.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from auditor.digits import is_digits
from auditor.model.footing import Footing, FootingKind, Licence
from auditor.model.labels import plain, without
from auditor.model.row_names import RowName
from auditor.model.units import Kind
from auditor.prose.clauses.fits import one_slip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from auditor.forms.book import FormBook
    from auditor.model.facts import Address, Fact, Place
    from auditor.model.filing import Filing
    from auditor.phrases.sentence_grammar import Grammar

KINDS = (Kind.AMOUNT, Kind.PERCENT, Kind.COUNT)
LONG = 5  # significant digits of a figure that is hardly met by chance
SHOWN = 3  # so many figures of a section in one column show that it tells that column
MOST_BROKEN = 4  # of which one in so many may differ
AMOUNTS = ("金额", "决算", "预算安排", "预算")  # what a table of the same report prints; changes and budgets may differ
MAX_CELLS = 60  # figures under one name
MIN_NAME = 2  # characters
_CODE = re.compile(r"（(\d{3,7})）|(?<!\d)(\d{7}|\d{5}|\d{3})(?=[-—\u4e00-\u9fff])")
_BRACKETS = re.compile(r"（[^（）]*）")


class _Cell(NamedTuple):
    """A printed figure under a name; `group` is the column of a table, or the measure in a section of the text."""

    address: Address
    fact: Fact
    group: tuple[str, str]


@dataclass(slots=True)
class _Told:
    """A figure of the text with the figures that stand under its name."""

    address: Address
    fact: Fact
    name: str
    section: tuple[str, str]
    cells: list[_Cell] = field(default_factory=list)
    exact: bool = False  # they stand under this very name, not under one that is nearly the same


def retold_in_tables(filing: Filing, book: FormBook) -> list[Footing]:
    """The figures of the text that a table prints under the same name or code."""
    if book.grammar is None:
        return []
    told = _told(filing, book, book.grammar)
    cells = _by_name(_printed(filing, book))
    for one in told:
        _look_up(one, cells, book.grammar)
    printed = {cell.fact.value for found in cells.values() for cell in found}
    return list(_footings(told, printed))


def retold_in_text(filing: Filing, book: FormBook) -> list[Footing]:
    """The figures of the text that another sentence tells under the same name."""
    if book.grammar is None:
        return []
    told = _told(filing, book, book.grammar)
    named: dict[tuple[str, str], list[_Told]] = defaultdict(list)
    for one in told:
        named[_key(book.grammar.key_of(one.name)), one.address.column].append(one)
    out: list[Footing] = []
    values = Counter(one.fact.value for one in told)
    values.update(cell.fact.value for _, cell in _printed(filing, book))
    for group in named.values():
        first = group[0]
        for one in group[1:MAX_CELLS]:
            if _sentence(one.fact.place) == _sentence(first.fact.place):
                continue
            same = _same(one.fact, first.fact)
            alone = 1 in (values[one.fact.value], values[first.fact.value])
            tags = {book.grammar.tags_of(told.section[0]) for told in (one, first)}
            slip = alone and len(tags) == 1 and _slipped(one.fact, first.fact)
            if _is_long(one.fact) and (same or slip):
                out.append(_footing(one, first.address, FootingKind.IN_TEXT))
    return out


def _look_up(one: _Told, cells: Mapping[str, list[_Cell]], grammar: Grammar) -> None:
    """Give a figure of the text the figures that stand under its code, its name, or nearly its name."""
    exact = (*_codes(one.name), _key(one.name), _key(grammar.filler.sub("", one.name)))
    name = next((name for name in (*exact, _key(grammar.key_of(one.name))) if name in cells), "")
    one.exact = name in exact
    one.cells = [cell for cell in cells.get(name, ()) if cell.fact.kind is one.fact.kind]


# -- what is told and what is printed ---------------------------------------------------------------------------


def _told(filing: Filing, book: FormBook, grammar: Grammar) -> list[_Told]:
    """The figures of the text that have a name, in the order of its tables."""
    out: list[_Told] = []
    for read in filing.tables:
        table = book.tables.get(read.table)
        if table is None or not table.prose:
            continue
        for fact in read.facts:
            row, column = fact.address.row, fact.address.column
            if not fact.is_figure or fact.kind not in KINDS or not fact.value:
                continue
            code = RowName.parse(row).code
            label = read.names.get(row, "") or RowName.parse(row).last
            name = f"{label}（{code}）" if is_digits(code) else plain(label)
            if len(grammar.key_of(name)) >= MIN_NAME:
                out.append(_Told(fact.address, fact, name, (fact.place.section, column)))
    return out


def _printed(filing: Filing, book: FormBook) -> Iterator[tuple[str, _Cell]]:
    """The figures of the tables by the names and the codes of their rows."""
    for read in filing.tables:
        table = book.tables.get(read.table) or filing.dynamic.get(read.table)
        if table is None or table.prose or read.reason:
            continue
        for fact in read.facts:
            if not fact.is_figure or fact.kind not in KINDS or not fact.value:
                continue
            row = RowName.parse(fact.address.row)
            cell = _Cell(fact.address, fact, (read.table, fact.address.column))
            label = read.names.get(fact.address.row, "")
            names = {_key(part) for part in (label, *row.path.split("/")) if part}
            names |= {row.code} if is_digits(row.code) else set(_codes(label))
            yield from ((name, cell) for name in sorted(names))


def _by_name(cells: Iterable[tuple[str, _Cell]]) -> dict[str, list[_Cell]]:
    out: dict[str, list[_Cell]] = defaultdict(list)
    for name, cell in cells:
        if len(name) >= MIN_NAME and len(out[name]) < MAX_CELLS:
            out[name].append(cell)
    return {name: found for name, found in out.items() if found}


def _key(name: str) -> str:
    """What a name says without its brackets, marks and a closing 支出 (事业收入支出 is not 事业收入)."""
    key = _BRACKETS.sub("", plain(name)) or plain(name)
    return key if key.endswith("收入支出") else without(key, "支出")


def _codes(name: str) -> tuple[str, ...]:
    """The codes that a name bears."""
    return tuple(found[1] or found[2] for found in _CODE.finditer(name))


# -- which are one ----------------------------------------------------------------------------------------------


def _footings(told: list[_Told], printed: set[int]) -> Iterator[Footing]:
    kind = FootingKind.IN_TABLE
    shown = _shown(told)
    for one in told:
        same = [cell for cell in one.cells if _same(one.fact, cell.fact)]
        column = shown.get(one.section)
        there = [cell for cell in one.cells if cell.group == column]
        if there and (not same or any(cell in same for cell in there)):
            found = next((cell for cell in there if cell in same), there[0])
            if found in same or (len(there) == 1 and one.exact and one.address.column in AMOUNTS):
                yield _footing(one, found.address, kind)
        elif same:
            if _is_long(one.fact):
                yield _footing(one, same[0].address, kind)
        elif one.exact and one.address.column in AMOUNTS and _is_long(one.fact) and one.fact.value not in printed:
            near = {cell.fact.value: cell for cell in one.cells if _slipped(one.fact, cell.fact)}
            if len(near) == 1:
                yield _footing(one, next(iter(near.values())).address, kind)


def _shown(told: Iterable[_Told]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """For every section and measure of the text the column that holds nearly all of its figures under their names."""
    tried: dict[tuple[str, str], dict[tuple[str, str], set[Address]]] = {}
    held: dict[tuple[str, str], dict[tuple[str, str], set[int]]] = {}
    broken: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    for one in told:
        for group in sorted({cell.group for cell in one.cells}):
            mine = [cell for cell in one.cells if cell.group == group]
            tried.setdefault(one.section, {}).setdefault(group, set()).add(one.address)
            equal = any(_same(one.fact, cell.fact) for cell in mine)
            if equal:
                held.setdefault(one.section, {}).setdefault(group, set()).add(one.fact.value)
            else:
                counts = broken.setdefault(one.section, {})
                counts[group] = counts.get(group, 0) + 1
    out = {}
    for section, groups in held.items():
        group, values = max(groups.items(), key=lambda item: (len(item[1]), item[0]))
        wrong = broken.get(section, {}).get(group, 0)
        if len(values) >= SHOWN and wrong * MOST_BROKEN <= len(tried[section][group]):
            out[section] = group
    return out


def _same(told: Fact, printed: Fact) -> bool:
    a, b = told.range(own=True), printed.range(own=True)
    return a.lo <= b.hi and b.lo <= a.hi


def _slipped(told: Fact, printed: Fact) -> bool:
    """Whether one digit, or the order of two, tells two figures apart at the coarser of their steps."""
    step = max(told.own_step, printed.own_step)
    a, b = ((2 * fact.value + step) // (2 * step) for fact in (told, printed))
    return one_slip(a, b)


def _is_long(fact: Fact) -> bool:
    return len(str(abs(fact.value) // fact.own_step).rstrip("0")) >= LONG


def _sentence(place: Place) -> tuple[object, ...]:
    return place.file, place.page, place.line, place.quote


def _footing(one: _Told, other: Address, kind: FootingKind) -> Footing:
    return Footing(kind, one.address, ((1, other),), Licence.EVIDENCE, one.name)
