"""Addends that what is missing dwarfs: no printed row was meant to be a thousand times as large, rows are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.engine.localise.causes import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.engine.localise.equations import Equations
    from auditor.engine.localise.suspects import Suspect
    from auditor.model.facts import Fact

THOUSAND = 1000
PAIR = 2  # figures of an equation that adds nothing up
_COPIES = (Cause.NEIGHBOUR, Cause.OTHER_TABLE)  # any figure may be one of these; other slips tell how they arose


def dwarfed(suspect: Suspect, facts: Sequence[Fact], system: Equations) -> bool:
    """Whether a figure would have to be a thousand times as large for no slip that does that.

    It is an addend of every failing sum in which it stands; a total, or one of two figures, may be a copy of anything.
    """
    value = abs(facts[suspect.fact].value)
    if suspect.suggested is None or not 0 < value * THOUSAND < abs(suspect.suggested):
        return False
    if suspect.cause is not None and suspect.cause.cause not in _COPIES:
        return False
    sums = [e.terms for e in system.touching([suspect.fact]) if e.failing and e.rate is None]
    return all(len(terms) > PAIR and _is_addend(suspect.fact, terms) for terms in sums)


def believable(suspects: Sequence[Suspect], facts: Sequence[Fact], system: Equations) -> list[Suspect]:
    """The suspects that are not dwarfed: where one is, a figure of nothing is as well."""
    small = {one.fact for one in suspects if dwarfed(one, facts, system)}
    return [one for one in suspects if one.fact not in small and (facts[one.fact].value or not small)]


def _is_addend(fact: int, terms: Mapping[int, int]) -> bool:
    """Whether a figure is one of those that an equation adds up, and not their total."""
    return 2 * sum((weight > 0) == (terms[fact] > 0) for weight in terms.values()) > len(terms)
