"""科目: where names and codes of budget classes differ from the list of their year, in the tables and in the text.

Only what is certain is told: a name that the list has replaced, one wrong character, the name of another code of the
same level, a 款 or 项 whose name stands only under another class. Names that the list does not know say nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from auditor.model.facts import ReadBy
from auditor.model.labels import plain
from auditor.model.numbers import State
from auditor.model.row_names import RowName
from auditor.outline.table_lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from auditor.forms.book import FormBook
    from auditor.model.facts import Place
    from auditor.model.filing import Filing, ReadTable
    from auditor.model.tables import Taxonomy

OLD, MISSPELT, OTHER, ABOVE = "旧名", "错字", "码名不符", "上级不符"
MIN_SPELT = 5  # characters of a name in which one wrong character is told
_ALIKE = ("账帐", "他它", "像象", "做作", "的地", "和与及", "份分", "购构")  # written for each other, also in the lists
MIN_NAME = 3  # characters of a name behind other words


class WrongName(NamedTuple):
    """One name that differs from the list: the row of the table 科目, the name as said, its code, what it should be."""

    row: str
    name: str
    code: str
    should: str


def classes(filing: Filing, book: FormBook) -> ReadTable:
    """The table 科目 of a filing."""
    lines = Lines("科目")
    for read in filing.tables:
        for wrong, place in _printed(read, filing.key.year, book):
            _add(lines, wrong, place)
    for outline in filing.outlines:
        for mention in outline.mentions:
            if mention.table == "科目":
                for wrong in _told(mention.parts, filing.key.year, book):
                    _add(lines, wrong, mention.place)
    return lines.read


def _add(lines: Lines, wrong: WrongName, place: Place) -> None:
    cells = {"名称": wrong.name, "编码": wrong.code, "应为": wrong.should}
    lines.add(wrong.row, {column: text for column, text in cells.items() if text}, place)


# -- tables ---------------------------------------------------------------------------------------------------


def _printed(read: ReadTable, year: int, book: FormBook) -> Iterator[tuple[WrongName, Place]]:
    """The rows of a table whose label is not that of their code or of the form's row."""
    table = book.tables.get(read.table)
    if table is None or table.prose or table.about:
        return
    taxonomy = book.taxonomies.get(table.codes)
    places = {fact.address.row: fact for fact in reversed(read.facts)}
    filled = {fact.address.row for fact in read.facts if fact.is_figure and fact.state is State.VALUE}
    for row, label in read.names.items():
        fact = places.get(row)
        if fact is None or fact.read_by is ReadBy.OCR:
            continue
        code = RowName.parse(row).last
        known = taxonomy if taxonomy is not None and code in taxonomy.names else None
        wrong = _named(label, code, year, known, recovered=fact.read_by is ReadBy.RECOVERED)
        if wrong is not None and wrong.row != MISSPELT and row not in filled:
            wrong = None  # a row of the form as everybody prints it
        official = read.misnamed.get(row, "")
        if wrong is None and official and _one_wrong(plain(label), plain(official)):
            wrong = WrongName(MISSPELT, label, "", official)
        if wrong is not None:
            yield wrong, replace(fact.place, quote=label)


def _named(label: str, code: str, year: int, taxonomy: Taxonomy | None, *, recovered: bool) -> WrongName | None:
    """What is wrong with the label of a code, as far as the list knows."""
    if taxonomy is None:
        return None
    name = plain(label)
    if should := taxonomy.replaced(code, name, year):
        return WrongName(OLD, label, code, should)
    entries = taxonomy.names[code]
    if recovered or not any(entry.verified for entry in entries) or any(name in entry.said for entry in entries):
        return None
    official = taxonomy.name_of(code, year)
    if any(_one_wrong(name, said) for entry in entries for said in entry.said) and name not in taxonomy.by_name:
        return WrongName(MISSPELT, label, code, official)
    if _others(name, code, taxonomy):
        return WrongName(OTHER, label, code, official)
    return None


def _others(name: str, code: str, taxonomy: Taxonomy) -> list[str]:
    """The other codes of the same level and under the same code above that have this very name."""
    above = code[: len(code) - 2]
    return [
        other
        for other in taxonomy.by_name.get(name, ())
        if other != code
        and len(other) == len(code)
        and other.startswith(above)
        and any(name in entry.said and entry.verified for entry in taxonomy.names[other])
    ]


def _one_wrong(label: str, official: str) -> bool:
    """Whether one character of a name was mistaken for another; not such as are written for each other."""
    if len(label) != len(official) or len(label) < MIN_SPELT:
        return False
    different = [(a, b) for a, b in zip(label, official, strict=True) if a != b]
    if len(different) != 1:
        return False
    ((a, b),) = different
    return _is_letter(a) and _is_letter(b) and not any(a in pair and b in pair for pair in _ALIKE)


def _is_letter(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" and char not in "一二三四五六七八九十"


# -- text -----------------------------------------------------------------------------------------------------


def _told(parts: Mapping[str, str], year: int, book: FormBook) -> Iterator[WrongName]:
    """What is wrong in `…（类）…（款）…（项）`: old names, and a 款 or 项 that stands only under another class."""
    for taxonomy in book.taxonomies.values():
        above = ""
        for level, length in taxonomy.levels.items():
            if level not in parts:
                continue
            codes, name = _codes(parts[level], length, taxonomy)
            for code in codes:
                if should := taxonomy.replaced(code, name, year):
                    yield WrongName(OLD, name, code, should)
            fitting = [code for code in codes if code.startswith(above)]
            if len(codes) == 1 and not fitting and _is_known(above, taxonomy):
                yield WrongName(ABOVE, parts[level], "", taxonomy.name_of(codes[0][: len(above)], year))
            if len(fitting) != 1:
                break
            above = fitting[0]


def _codes(said: str, length: int, taxonomy: Taxonomy) -> tuple[list[str], str]:
    """The codes of a level with this name, and the name; words may stand before it (`主要用于社会保障和就业支出`)."""
    whole = plain(said)
    usual = {plain(name) for _, name in taxonomy.conventions}
    for start in range(max(1, len(whole) - MIN_NAME)):
        name = whole[start:]
        entries = [
            entry
            for code in taxonomy.by_name.get(name, ())
            for entry in taxonomy.names[code]
            if len(code) == length and name in entry.said and entry.verified
        ]
        if entries and name in usual:
            break  # under every 款, also where the list does not know it
        if entries:
            return list(dict.fromkeys(entry.code for entry in entries)), name
    return [], ""


def _is_known(above: str, taxonomy: Taxonomy) -> bool:
    """Whether the list knows what stands below a code."""
    return any(code.startswith(above) and code != above for code in taxonomy.names)
