"""Whether two mentions of one subject speak of the same thing: fund, level, nature, stock or plan, year.

What a sentence does not say is unknown, and unknown is not equal: mentions of another scope leave the section's table
and stand by their own sentence alone.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from auditor.phrases.patterns import QUOTES
from auditor.prose.clauses.lead import HEADS
from auditor.prose.clauses.rows import COUNTS, spot_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.phrases.sentence_grammar import Grammar
    from auditor.prose.claims import Claims, Line
    from auditor.prose.clauses.model import Clause, Sentences
    from auditor.prose.clauses.rows import Spot

FUND = "资金"  # the group of tags that says of which fund
CARRIED = frozenset({"存量", "级次"})  # what a passage says once of all its sentences
MOST = 160  # characters of a sentence before a number that tell its scope


class ClauseScope(NamedTuple):
    """What tells one mention of a subject from another: its words, those beside its name, the tag of every group."""

    key: str
    beside: str
    tags: frozenset[tuple[str, str]]
    year: int
    heading: str  # where nothing tells the fund


def other_mentions(claims: Claims, sentences: Sentences, grammar: Grammar, year: int) -> list[Line]:
    """The lines of sections that do not speak of what their row's first plain mention speaks of."""
    clauses = {spot_of(told.number): clause for clause in sentences.clauses for told in clause.told.values()}
    rows: dict[tuple[str, str], list[tuple[Line, ClauseScope]]] = defaultdict(list)
    for line in claims.lines:
        clause = _clause_of(line, clauses)
        if clause is not None:
            rows[line.topic, line.row].append((line, scope_of(clause, line.label, grammar, year)))
    out: list[Line] = []
    for mentions in rows.values():
        if len(mentions) > 1:
            plain = next((scope for _, scope in mentions if not scope.beside), mentions[0][1])
            out += [line for line, scope in mentions if scope != plain]
    return [*out, *_among_strangers(claims, sentences)]


def _among_strangers(claims: Claims, sentences: Sentences) -> Iterator[Line]:
    """Parts of a subject that stand in a list with parts that no wording knows: their sum is not what the row has."""
    homes = {spot_of(told.number): line for line in claims.lines for told in line.told.values()}
    for listing in sentences.lists:
        whole = next(
            (homes[spot] for told in listing.whole.told.values() if (spot := spot_of(told.number)) in homes), None
        )
        if whole is None:
            continue
        items = [homes.get(spot_of(told.number)) for item in listing.items for told in list(item.told.values())[:1]]
        parts = [line for line in items if line is not None and line.row.startswith(f"{whole.row}/")]
        if len(parts) < len(items):
            yield from parts


def _clause_of(line: Line, clauses: dict[Spot, Clause]) -> Clause | None:
    for column, told in line.told.items():
        if column in HEADS or column in COUNTS:
            found = clauses.get(spot_of(told.number))
            if found is not None:
                return found
    return None


def scope_of(clause: Clause, label: str, grammar: Grammar, year: int) -> ClauseScope:
    """The scope of a clause whose subject the wordings know as `label`."""
    words = clause.phrase if clause.key else clause.context
    plain = QUOTES.sub("", label)
    beside = grammar.key_of(words.replace(plain, "")) if plain and plain in words else ""
    told = next(iter(clause.told.values())).number
    text = clause.passage.text
    begin = max(text.rfind("。", 0, told.start) + 1, told.start - MOST)
    parents: list[str] = []
    at = clause.part_of
    while at is not None and len(parents) < MOST:
        parents.append(at.whole.phrase)
        at = at.whole.part_of
    said = "，".join([clause.passage.heading, *reversed(parents), text[begin : told.start]])
    tags = grammar.tags_of(said)
    groups = {group for group, _ in tags}
    earlier = grammar.tags_of(text[max(0, begin - MOST) : begin])
    tags |= {(group, tag) for group, tag in earlier if group in CARRIED and group not in groups}
    heading = "" if any(group == FUND for group, _ in tags) else clause.passage.heading
    return ClauseScope(grammar.key_of(words), beside, tags, 0 if clause.year == year else clause.year, heading)
