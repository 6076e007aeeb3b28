"""The equations that the shapes of tables propose, on the positions of their figures in the long table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model.filing import Filing
    from auditor.model.footing import Footing, FootingKind


@dataclass(frozen=True, slots=True)
class BoundFooting:
    """A footing of one filing of a chunk; `operands` are (coefficient, position), the total first."""

    filing: int
    footing: Footing
    operands: tuple[tuple[int, int], ...]


def bound_footings(filings: Sequence[Filing]) -> dict[FootingKind, list[BoundFooting]]:
    """The footings of some filings by kind, on the positions of their facts in the long table."""
    out: dict[FootingKind, list[BoundFooting]] = {}
    start = 0
    for number, filing in enumerate(filings):
        facts = filing.all_facts
        at = {fact.address: start + n for n, fact in enumerate(facts)} if filing.footings else {}
        for one in filing.footings:
            named = [(1, one.total), *((-sign, address) for sign, address in one.parts)]
            if all(address in at for _, address in named):
                operands = tuple((weight, at[address]) for weight, address in named)
                out.setdefault(one.kind, []).append(BoundFooting(number, one, operands))
        start += len(facts)
    return out
