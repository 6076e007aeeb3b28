"""Hide parts of a document as if they could not be read: what is said of the rest may only become less (law 1).

Every hidden character stands as the mark for "printed and not readable"; a hidden page is a page that was lost. Blanks
stay blank: what is not printed cannot be hidden.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from auditor.digits import is_digits
from auditor.engine.findings import Severity
from auditor.model.document import Grid, Paragraph
from auditor.model.numbers import LOST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.engine.checks import Check
    from auditor.engine.findings import Audit, Finding
    from auditor.model.document import Cell, Document
    from auditor.model.facts import Fact

_PRINTED = re.compile(r"\S")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SENTENCE = re.compile(r"[^。；]+")
CELLS, ROWS, SENTENCES, GRIDS = 20, 8, 6, 4  # one in so many is hidden
OF_MARKS = frozenset({"ST-W-13", "ST-W-16"})  # they tell of characters that cannot be read

Hider = Callable[["Document", random.Random], "Document"]


# -- hiding -----------------------------------------------------------------------------------------------------


def cells_hidden(document: Document, choice: random.Random) -> Document:
    """Some cells, names and figures alike, and a digit of some others."""

    def cover(cell: Cell) -> str:
        if not choice.randrange(CELLS):
            return _covered(cell.raw)
        digits = [n for n, char in enumerate(cell.raw) if is_digits(char)]
        if len(digits) > 1 and not choice.randrange(CELLS):
            at = choice.choice(digits)
            return cell.raw[:at] + LOST + cell.raw[at + 1 :]
        return cell.raw

    return with_grids(document, lambda grid: with_texts(grid, cover))


def rows_hidden(document: Document, choice: random.Random) -> Document:
    """Some whole rows."""

    def cover(grid: Grid) -> Grid:
        lost = {id(cell) for row in grid.rows if not choice.randrange(ROWS) for cell in row}
        return with_texts(grid, lambda cell: _covered(cell.raw) if id(cell) in lost else cell.raw)

    return with_grids(document, cover)


def grids_hidden(document: Document, choice: random.Random) -> Document:
    """Some whole tables; their titles stay."""

    def cover(grid: Grid) -> Grid:
        return grid if choice.randrange(GRIDS) else with_texts(grid, lambda cell: _covered(cell.raw))

    return with_grids(document, cover)


def sentences_hidden(document: Document, choice: random.Random) -> Document:
    """Some sentences and clauses of the text, and lines that are titles."""

    def cover(found: re.Match[str]) -> str:
        return found.group() if choice.randrange(SENTENCES) else _covered(found.group())

    blocks = [
        replace(block, raw=_SENTENCE.sub(cover, block.raw)) if isinstance(block, Paragraph) else block
        for block in document.blocks
    ]
    return replace(document, blocks=blocks)


def pages_hidden(document: Document, choice: random.Random) -> Document:
    """One or two pages, as if a fault had lost them."""
    pages = sorted({block.place.page for block in document.blocks if block.place.page is not None})
    lost = set(choice.sample(pages, min(len(pages) - 1, choice.randint(1, 2)))) if len(pages) > 1 else set()
    numbers = {
        page: [n for block in document.blocks if block.place.page == page for n in _NUMBER.findall(_text(block))]
        for page in sorted(lost)
    }
    blocks = [block for block in document.blocks if block.place.page not in lost]
    return replace(document, blocks=blocks, lost={**document.lost, **numbers})


WAYS: dict[str, Hider] = {
    "cells": cells_hidden,
    "rows": rows_hidden,
    "tables": grids_hidden,
    "sentences": sentences_hidden,
    "pages": pages_hidden,
}


def hidden(document: Document, way: str, seed: int) -> Document:
    """A copy of a document with parts hidden in one of `WAYS`; the same for the same seed."""
    return WAYS[way](document, random.Random(f"{way} {seed}"))  # noqa: S311 — which parts are hidden


def _covered(text: str) -> str:
    return _PRINTED.sub(LOST, text)


def _text(block: Paragraph | Grid) -> str:
    if isinstance(block, Paragraph):
        return block.raw
    cells = {id(cell): cell.raw for row in block.rows for cell in row}
    return "\n".join(cells.values())


def with_grids(document: Document, change: Callable[[Grid], Grid]) -> Document:
    """The document with other grids."""
    return replace(document, blocks=[change(one) if isinstance(one, Grid) else one for one in document.blocks])


def with_texts(grid: Grid, text_of: Callable[[Cell], str]) -> Grid:
    """The grid with other texts; a cell that spans places stays one object."""
    made: dict[int, Cell] = {}
    for row in grid.rows:
        for cell in row:
            if id(cell) not in made:
                made[id(cell)] = replace(cell, raw=text_of(cell))
    return replace(grid, rows=tuple(tuple(made[id(cell)] for cell in row) for row in grid.rows))


# -- what is said -----------------------------------------------------------------------------------------------

_WEIGHT = {Severity.ERROR: 2, Severity.WARNING: 1, Severity.INFO: 0}
Ground = tuple[object, ...]  # what a check is about: the places of its figures, or its rule where it compares none


class Graver(NamedTuple):
    """A finding that weighs more, or names a figure more surely, than what is said of the whole document."""

    finding: Finding
    surer: bool


def graver(whole: Audit, less: Audit) -> list[Graver]:
    """The errors and warnings of an audit of less that the audit of the whole does not have, and surer suspects."""
    known: dict[Ground, int] = {}
    named: dict[Ground, set[Ground]] = {}
    for finding in whole.findings:
        places = {_spot(whole.facts[one.fact]) for one in (*finding.suspects[:1], *finding.also)}
        for check in finding.checks:
            for ground in _grounds(check, whole):
                known[ground] = max(known.get(ground, 0), _WEIGHT[finding.severity])
                named.setdefault(ground, set()).update(places)
    out = []
    for finding in less.findings:
        if finding.severity is Severity.INFO or finding.rule.id in OF_MARKS:
            continue
        weight = _WEIGHT[finding.severity]
        grounds = [_grounds(check, less) for check in finding.checks]
        if any(max(known.get(one, -1) for one in some) < weight for some in grounds):
            out.append(Graver(finding, surer=False))
        elif len(finding.suspects) == 1:
            before = set().union(*(named.get(one, set()) for some in grounds for one in some))
            if _spot(less.facts[finding.suspects[0].fact]) not in before:
                out.append(Graver(finding, surer=True))
    return out


def _grounds(check: Check, audit: Audit) -> Iterable[Ground]:
    """What a check is about, by its figures and by its rule."""
    figures = sorted(
        {_spot(audit.facts[one.fact]) for one in check.operands if audit.facts[one.fact].text.strip()}, key=repr
    )
    return (*([tuple(figures)] if figures else []), (check.rule.id, check.statement))


def _spot(fact: Fact) -> Ground:
    """Where a figure is printed and what it says: its address may change with what is read beside it."""
    return (*fact.place.spot, fact.text.strip())
