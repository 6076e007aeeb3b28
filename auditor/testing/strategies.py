"""Hypothesis strategies: ledgers, print styles, filings of any family, one broken rule, two years, a department."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from auditor.model.numbers import State
from auditor.model.units import Rounding
from auditor.testing.breakage import UnbreakableError, breaking
from auditor.testing.families import family_filing
from auditor.testing.filings import KEY, draft_of, draft_of_family
from auditor.testing.ledger import Ledger, RandomSource, draw_department, draw_ledger, draw_next
from auditor.testing.models import Model
from auditor.testing.printed_ledger import FAMILY, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.testing.draft import Draft

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


def styles(*, rounding: Rounding = Rounding.HALF_UP, models: Sequence[Model] = tuple(Model)) -> SearchStrategy[Style]:
    """Ways to print: unit, decimals, what stands for zeros, trailing zeros dropped, print model."""
    units = st.sampled_from([("万元", 2), ("万元", 0), ("万元", 4), ("万元", 6), ("元", 2), ("元", 0), ("亿元", 2)])
    zeros = st.sampled_from([State.ZERO, State.BLANK, State.DASH])
    return st.builds(
        lambda unit, zeros, trim, model: Style(unit[0], unit[1], rounding, zeros, trim, model),
        units,
        zeros,
        st.booleans(),
        st.sampled_from(list(models)),
    )


SEEDS = st.integers(0, 2**32 - 1)
TRIES = 8  # filings in which a rule may be broken alone


@st.composite
def drafts(
    draw: DrawFn, book: RuleBook, family: str = FAMILY, style: SearchStrategy[Style] | None = None, *, told: bool = True
) -> Draft:
    """Filings of a family of forms: of the national final accounts from a ledger, with their text unless not `told`."""
    if family != FAMILY:
        most = draw(st.sampled_from([1, 10**4, 5 * 10**8]))
        return draft_of_family(book, family, draw(SEEDS), most=most)
    ledger = draw(ledgers())
    words = RandomSource(draw(SEEDS)) if told else None
    return draft_of(ledger, book.forms, draw(styles() if style is None else style), words=words)


@st.composite
def figures(draw: DrawFn, book: RuleBook, form: str, family: str = FAMILY) -> Filing:
    """The figures of one standard table (支出决算表 …) of a filing of a family, the other tables left out.

    Raises `KeyError` where the family prints no such table.
    """
    draft = draw(drafts(book, family, told=False))
    return replace(draft, printed={form: draft.printed[form]}).figures(book)


@st.composite
def broken(draw: DrawFn, book: RuleBook, rule: str, family: str = FAMILY) -> Filing:
    """A filing that breaks one rule and no other. Raises `UnbreakableError` where other rules always fail with it.

    Of some filings no change breaks the rule alone (what it binds is bound twice there); the next ones are tried then.
    """
    first = draw(SEEDS)
    for seed in range(first, first + TRIES - 1):
        try:
            return breaking(family_filing(book, family, seed), rule, book)
        except UnbreakableError:
            continue
    return breaking(family_filing(book, family, first + TRIES - 1), rule, book)


@st.composite
def two_years(draw: DrawFn, book: RuleBook, style: Style | None = None, most: int = 10**9) -> tuple[Draft, Draft]:
    """One unit's last year and present year, which opens with what the last one closed with."""
    source = DrawSource(draw)
    last = draw_ledger(source, most=most)
    this = draw_next(source, last, most=most)
    before = KEY._replace(year=KEY.year - 1)
    return draft_of(last, book.forms, style, before), draft_of(this, book.forms, style, KEY)


@st.composite
def departments(
    draw: DrawFn, book: RuleBook, style: Style | None = None, most: int = 10**9
) -> tuple[Draft, list[Draft]]:
    """A department and its units (two or three), which it sums up."""
    whole, units = draw_department(DrawSource(draw), draw(st.integers(2, 3)), most=most)
    key = KEY._replace(edition="department")
    names = [f"{KEY.entity}{name}" for name in ("机关", "服务中心", "救助站")]
    parts = [
        draft_of(one, book.forms, style, KEY._replace(entity=name)) for one, name in zip(units, names, strict=False)
    ]
    return draft_of(whole, book.forms, style, key), parts
