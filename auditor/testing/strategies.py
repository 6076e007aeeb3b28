"""Hypothesis strategies: ledgers, print styles, printed filings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from auditor.testing.ledger import Ledger, draw_ledger
from auditor.testing.printing import Style
from auditor.units import Rounding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")


class DrawSource:
    """A source of numbers that hypothesis controls, so that counterexamples shrink."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        """An integer between two bounds, both included."""
        return self._draw(st.integers(low, high))

    def chosen(self, items: Sequence[T], low: int, high: int) -> list[T]:
        """Some distinct items, in their order."""
        indexes = st.lists(st.integers(0, len(items) - 1), min_size=low, max_size=min(high, len(items)), unique=True)
        return [items[number] for number in sorted(self._draw(indexes))]


@st.composite
def ledgers(draw: DrawFn, most: int = 10**11) -> Ledger:
    """Unrounded ledgers of one unit; the smallest has no figures."""
    return draw_ledger(DrawSource(draw), most=draw(st.sampled_from([most // 10**8, most // 10**4, most])))


def styles(*, rounding: Rounding = Rounding.HALF_UP) -> SearchStrategy[Style]:
    """Ways to print: unit, decimals, blanks for true zeros, trailing zeros dropped."""
    units = st.sampled_from([("万元", 2), ("万元", 0), ("万元", 4), ("万元", 6), ("元", 2), ("元", 0), ("亿元", 2)])
    return st.builds(
        lambda unit, blank, trim: Style(unit[0], unit[1], rounding, blank, trim), units, st.booleans(), st.booleans()
    )
