"""One equality (or rate) over printed figures with the room that rounding allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.engine.checks import Check
    from auditor.engine.judge.rates import RateAt


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """Σ weight · figure + … = 0 as printed: its residual, and the lowest and highest that rounding allows.

    `check` is the failing check that it is, or None where it holds; `must` says that the failing check has to be
    explained (a question or a hint has not). A rate (or comparing word) has `rate` instead of a residual.
    """

    terms: Mapping[int, int]
    gap: int
    low: int
    high: int
    check: Check | None = None
    rate: RateAt | None = None
    must: bool = True

    @property
    def failing(self) -> bool:
        """Whether it has to be explained."""
        return self.check is not None and self.must

    def holds(self, changes: Mapping[int, int]) -> bool:
        """Whether it holds when some figures change by these amounts."""
        if self.rate is None:
            shift = sum(self.terms[fact] * change for fact, change in changes.items() if fact in self.terms)
            return self.low + shift <= 0 <= self.high + shift
        own = changes.get(self.rate.figure)
        if own is not None:
            span = self.rate.settled(changes)
            return span is not None and span[0] <= own <= span[1]
        return all(
            sum(weight * changes.get(fact, 0) for fact, weight in bound.weights.items()) >= bound.least
            for bound in self.rate.bounds()
        )
