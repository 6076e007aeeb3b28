"""Figures that a sentence tells again one last digit beside their table (trust.md, law 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.tables import PROSE
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.checks import Check
    from auditor.model.facts import Fact

CENTS = 2  # decimals of a last digit that is worth 0.01


def is_retold_nearly(check: Check, facts: Sequence[Fact]) -> bool:
    """Whether a check says that a sentence tells a figure of a table one last digit beside it, a digit worth 0.01."""
    if not check.linear or check.operator != "=" or len(check.operands) != 2:
        return False
    pair = [facts[operand.fact] for operand in check.operands]
    told = [fact for fact in pair if fact.address.table.startswith(PROSE)]
    if len(told) != 1 or told[0].kind is not Kind.AMOUNT or told[0].decimals < CENTS:
        return False
    return 2 * abs(check.gap) < 3 * told[0].own_step * check.scale
