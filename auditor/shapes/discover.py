"""From the shapes of a filing to the equations that are checked in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from auditor.model.footing import Footing, FootingKind
from auditor.shapes.across import column_sums
from auditor.shapes.bind import PREFIX
from auditor.shapes.down import FLAT, lane_sums, row_sums
from auditor.shapes.figures import UNKNOWN, lanes_of
from auditor.shapes.licence import Pool, licensed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.model.facts import Address
    from auditor.model.shape import Shape
    from auditor.shapes.choose import Choice
    from auditor.shapes.figures import Facts
    from auditor.shapes.proposal import Proposal

MAX_FOOTINGS = 50_000  # of one filing


class Misread(NamedTuple):
    """A pattern of a table that fails in too many places to be one of the document: ours, and told."""

    table: str
    pattern: str
    failed: int
    held: int


@dataclass(slots=True)
class Footings:
    """The equations that are checked, and the patterns that were dropped."""

    kept: list[Footing] = field(default_factory=list)
    misread: list[Misread] = field(default_factory=list)


def footings_of(shapes: Sequence[Shape], facts: Facts) -> Footings:
    """The equations that the shapes of one filing propose, with their licence."""
    following: list[Shape | None] = [*shapes[1:], None][: len(shapes)]
    tables = [
        list(_proposals(shape, facts, open_end=after is not None and _goes_on(shape, after)))
        for shape, after in zip(shapes, following, strict=True)
    ]
    pool = Pool(tables)
    out = Footings()
    for number, (shape, proposals) in enumerate(zip(shapes, tables, strict=True)):
        chosen = licensed(proposals, number, pool)
        broken = any(one.count("fails") for one in proposals)
        known: set[frozenset[tuple[int, Address]]] = set()
        for one, choice in chosen.kept:
            for footing in _footings(one, choice, broken=broken):
                key = frozenset([(0, footing.total), *footing.parts])
                if key not in known and len(out.kept) < MAX_FOOTINGS:
                    known.add(key)
                    out.kept.append(footing)
        out.misread += [Misread(shape.title, *one) for one in chosen.dropped]
    return out


def _goes_on(shape: Shape, after: Shape) -> bool:
    """Whether the table that follows may be the rest of one: it has the same columns, and no title of its own."""
    alike = [column.path for column in shape.columns] == [column.path for column in after.columns]
    return alike and after.title in ("", shape.title)


def _proposals(shape: Shape, facts: Facts, *, open_end: bool) -> Iterator[Proposal]:
    lanes = lanes_of(shape, facts, open_end=open_end)
    for lane in lanes:
        yield from row_sums(lane)
        yield from column_sums(lane)
    yield from lane_sums(lanes)


def _by_form(one: Proposal, total: Address) -> bool:
    """Whether a tree of codes is one of a table with a form, which the rule on trees of codes judges.

    Its blocks and pages are the form's to put together.
    """
    return one.kind is FootingKind.TREE and not total.table.startswith(PREFIX)


def _footings(one: Proposal, choice: Choice, *, broken: bool) -> Iterator[Footing]:
    """One equation for every place in which a sum could be tried.

    In a table with a sum that is `broken`, a row that equals the one below it by nothing but that is not its parent.
    """
    tally, addresses = choice.reading.tally, one.figures.address
    held, failed = one.count("holds"), one.count("fails")
    by_arithmetic = one.kind is FootingKind.TREE and one.pattern.startswith(FLAT)
    if broken and by_arithmetic and len(choice.reading.sum.parts) < 2:
        return
    for place in np.nonzero(~tally.nothing & ~tally.unknown)[0].tolist():
        total = addresses[choice.reading.sum.total][place]
        parts = [(sign, line, addresses[line][place]) for sign, line in choice.reading.sum.parts]
        lost = any(a is None and one.figures.state[line, place] == UNKNOWN for _, line, a in parts)
        if total is None or lost or (tally.fails[place] and _by_form(one, total)):
            continue
        known = tuple((sign, address) for sign, _, address in parts if address is not None)
        if one.kind is FootingKind.LANES or known:
            yield Footing(one.kind, total, known, one.licence, one.pattern, held, held + failed)
