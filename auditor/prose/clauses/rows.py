"""Clauses beside the claims of known sections: one home for every number, and rows for what only the sentence tells.

A number that a section's wordings explain keeps its place there, unless its own sentence ties it to another subject:
then the sentence is right. Everything else becomes a row of its own with the phrase as its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.prose.clauses.parse import CHANGES
from auditor.prose.clauses.sums import Growth, Sum, growths_of, like, sums_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from auditor.phrases.sentence_grammar import Grammar
    from auditor.prose.claims import Claims, Line, Told
    from auditor.prose.clauses.model import Clause, Sentences
    from auditor.prose.tokens import Number

Spot = tuple[int, int]  # a passage by identity, and where a number begins in it
COUNTS = frozenset({"数量", "团组", "批次", "人次", "购置数", "保有量"})
MOVABLE = frozenset({*CHANGES, "占比", "上年"})
OWN_UNITS = frozenset({"辆", "台"})  # that count one sort of thing
PART, PART_COUNT = "上级", "上级数量"


@dataclass(slots=True)
class ClauseRow:
    """A clause as a row: numbers of its own, and numbers that have their home elsewhere."""

    phrase: str
    own: dict[str, Told] = field(default_factory=dict)
    also: dict[str, Told] = field(default_factory=dict)


@dataclass(slots=True)
class ClauseRows:
    """What the sentences add to the claims."""

    rows: list[ClauseRow] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    growths: list[Growth] = field(default_factory=list)


def spot_of(number: Number) -> Spot:
    """Where a number stands, whoever found it."""
    return id(number.passage), number.start


def rows_of(sentences: Sentences, claims: Claims, evicted: Iterable[Line], grammar: Grammar) -> ClauseRows:
    """The rows that sentences add; numbers that move are taken out of the claims, unread ones that find a home too.

    `evicted` are lines of sections that speak of something else than their row: all their numbers move.
    """
    gone = {id(line) for line in evicted}
    homes: dict[Spot, tuple[Line, str]] = {
        spot_of(told.number): (line, column)
        for line in claims.lines
        for column, told in line.told.items()
        if (told.number.unit or not told.word) and id(line) not in gone
    }
    out = ClauseRows()
    for clause in sentences.clauses:
        _file(clause, homes, out)
    out.sums = sums_of(sentences, grammar)
    out.growths = list(growths_of(sentences))
    for line in claims.lines:
        if id(line) in gone:
            line.told = {}
        line.told = {column: told for column, told in line.told.items() if _stays(line, column, told, homes)}
    taken = {spot_of(told.number) for clause in sentences.clauses for told in clause.told.values()}
    claims.unread = [number for number in claims.unread if spot_of(number) not in taken]
    claims.aside = [(number, why) for number, why in claims.aside if spot_of(number) not in taken]
    return out


def _stays(line: Line, column: str, told: Told, homes: Mapping[Spot, tuple[Line, str]]) -> bool:
    if told.word and not told.number.unit:
        return True
    return homes.get(spot_of(told.number)) == (line, column)


def _file(clause: Clause, homes: dict[Spot, tuple[Line, str]], out: ClauseRows) -> None:
    """Leave a clause to the line that tells all of it, add to that line what it lacks, or make a row of it."""
    found = {column: homes.get(spot_of(told.number)) for column, told in clause.told.items()}
    lines = {id(home[0]): home[0] for home in found.values() if home is not None}
    part = _part(clause)
    if not clause.aside and len(lines) == 1 and not clause.borrowed:
        line = next(iter(lines.values()))
        agree = all(home is None or _alike(column, home[1]) for column, home in found.items())
        free = all(home is not None or column not in line.told for column, home in found.items())
        if agree and free and not part:
            for column, told in clause.told.items():
                if found[column] is None:
                    line.told[column] = told
                    homes[spot_of(told.number)] = (line, column)
            return
    row = ClauseRow(clause.phrase)
    sure = clause.amount is not None
    main = next((home[0] for column, home in found.items() if home is not None and column not in MOVABLE), None)
    for column, told in clause.told.items():
        home = found[column]
        if home is not None and sure and column in MOVABLE and (home[0] is not main or not _alike(column, home[1])):
            del homes[spot_of(told.number)]  # the sentence ties it to another subject
            home = None
        (row.own if home is None else row.also)[column] = told
        if home is None:
            homes[spot_of(told.number)] = (_NOWHERE, column)
    row.also |= clause.borrowed
    row.also |= part
    if row.own or len(row.also) > 1:
        out.rows.append(row)


def _alike(column: str, other: str) -> bool:
    return column == other or (column in COUNTS and other in COUNTS)


def _part(clause: Clause) -> dict[str, Told]:
    """What a clause is a part of, where a list says so and its items are certain."""
    listing = clause.part_of
    if listing is None or not listing.sure or not listing.words.startswith("其中"):
        return {}
    for column, name in (("金额", PART), ("数量", PART_COUNT)):
        mine, whole = clause.told.get(column), listing.whole.told.get(column)
        if mine is None or whole is None or not like(mine.number, whole.number):
            continue
        first = clause is listing.items[0] or listing.sep in ("、", "；")
        if first and (name == PART or _counts_same(clause, listing.whole, mine.number)):
            return {name: whole}
    return {}


def _counts_same(clause: Clause, whole: Clause, number: Number) -> bool:
    """Whether two counts count the same things: by a unit of its own, or by the noun that both phrases end in."""
    return number.unit in OWN_UNITS or (len(whole.phrase) > 1 and clause.phrase[-2:] == whole.phrase[-2:])


class _Nowhere:
    """The home of numbers that stand in no section."""

    told: dict[str, Told] = {}  # noqa: RUF012 — never filled


_NOWHERE: Line = _Nowhere()  # type: ignore[assignment]
