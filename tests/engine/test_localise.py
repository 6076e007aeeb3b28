"""Which figures explain failing equations: exact, sparsest, independent of order; and what may have happened to them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from auditor.engine.checks import Check
from auditor.engine.localise.causes import Around, Cause, guess
from auditor.engine.localise.equation import Equation
from auditor.engine.localise.search import Component
from auditor.engine.localise.search import localise as localise_in
from auditor.engine.verdicts import Verdict
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import rule_book

if TYPE_CHECKING:
    from collections.abc import Iterable

RULE = rule_book().rules[0]


def equation(terms: dict[int, int], values: dict[int, int], slack: int = 0, name: str = "") -> Equation:
    gap = sum(weight * values[fact] for fact, weight in terms.items())
    failing = abs(gap) > slack
    check = Check(RULE, name or str(sorted(terms)), Verdict.INCONSISTENT, (), gap) if failing else None
    return Equation(terms, gap, gap - slack, gap + slack, check)


class Known:
    """The equations of a filing, all at hand."""

    def __init__(self, equations: list[Equation]) -> None:
        self.equations = equations

    @property
    def core(self) -> list[Equation]:
        return [one for one in self.equations if one.failing]

    def touching(self, figures: Iterable[int]) -> list[Equation]:
        wanted = set(figures)
        return [one for one in self.equations if not wanted.isdisjoint(one.terms)]


def localise(equations: list[Equation], steps: dict[int, int], names: dict[int, str]) -> list[Component]:
    return localise_in(Known(equations), steps, names)


def table(values: dict[int, int], slack: int = 0) -> list[Equation]:
    """Two rows of three parts with totals, and a row of column totals: figures 0–3, 4–7, 8–11 (total last)."""
    rows = [{first: 1, first + 1: 1, first + 2: 1, first + 3: -1} for first in (0, 4, 8)]
    columns = [{n: 1, n + 4: 1, n + 8: -1} for n in range(4)]
    return [equation(terms, values, slack) for terms in (*rows, *columns)]


def right() -> dict[int, int]:
    values = {0: 120, 1: 45, 2: 300, 4: 7, 5: 81, 6: 19}
    values[3], values[7] = values[0] + values[1] + values[2], values[4] + values[5] + values[6]
    return values | {n + 8: values[n] + values[n + 4] for n in range(4)}


NAMES = {n: f"表[{n}]" for n in range(12)}
STEPS = dict.fromkeys(range(12), 1)


@given(fact=st.integers(0, 11), change=st.integers(-500, 500).filter(bool))
def test_one_wrong_figure_is_found_alone_with_its_value(fact: int, change: int) -> None:
    values = right()
    values[fact] += change
    (component,) = localise(table(values), STEPS, NAMES)
    (explanation,) = component.explanations
    assert explanation.changes == ((fact, -change),)


@given(
    facts=st.lists(st.integers(0, 11), min_size=2, max_size=2, unique=True),
    changes=st.lists(st.integers(1, 400), min_size=2, max_size=2, unique=True),
    order=st.integers(0, 10**6),
)
@settings(max_examples=60)
def test_two_wrong_figures_are_among_the_explanations_or_fewer_explain_them(
    facts: list[int], changes: list[int], order: int
) -> None:
    values = right()
    for fact, change in zip(facts, changes, strict=True):
        values[fact] += change
    equations = table(values)
    components = localise(equations, STEPS, NAMES)
    true = {(fact, -change) for fact, change in zip(facts, changes, strict=True)}
    told = [dict(e.changes) for c in components for e in c.explanations]
    assert told
    sizes = sum(len(component.explanations[0].changes) for component in components)
    assert sizes <= 2
    if len(components) == 1 and sizes == 2:
        assert any(set(e.changes) == true for e in components[0].explanations)
    shuffled = list(equations)
    random.Random(order).shuffle(shuffled)  # noqa: S311 -- no secret, only another order
    again = localise(shuffled, STEPS, NAMES)
    assert [c.explanations for c in again] == [c.explanations for c in components]


def test_figures_that_no_equation_tells_apart_are_named_together() -> None:
    values = {0: 10, 1: 20, 2: 31}
    (component,) = localise([equation({0: 1, 1: 1, 2: -1}, values)], STEPS, NAMES)
    assert [e.changes for e in component.explanations] == [((0, 1),), ((1, 1),), ((2, -1),)]


def test_a_change_must_leave_what_holds_in_its_range() -> None:
    """Figure 0 stands in an equation that holds: it cannot be the one."""
    values = {0: 10, 1: 20, 2: 31, 3: 10}
    equations = [equation({0: 1, 1: 1, 2: -1}, values), equation({0: 1, 3: -1}, values)]
    (component,) = localise(equations, STEPS, NAMES)
    assert [e.figures for e in component.explanations] == [(1,), (2,)]


def test_many_wrong_figures_are_said_to_be_many() -> None:
    values = right()
    for fact, change in ((0, 3), (1, 50), (5, 700), (6, -11), (8, 1234), (10, 77), (3, 9)):
        values[fact] += change
    components = localise(table(values), STEPS, NAMES)
    assert any(not component.explanations for component in components)


def test_independent_errors_stay_apart() -> None:
    one = equation({0: 1, 1: -1}, {0: 5, 1: 6})
    two = equation({2: 1, 3: -1}, {2: 5, 3: 8})
    assert len(localise([one, two], STEPS, NAMES)) == 2


@pytest.mark.parametrize(
    ("printed", "right_one", "cause"),
    [
        (6312, 6132, Cause.TRANSPOSED),
        (6132, 6136, Cause.DIGIT),
        (613, 6132, Cause.DROPPED),
        (61322, 6132, Cause.ADDED),
        (-6132, 6132, Cause.SIGN),
        (61320000, 6132, Cause.UNIT),
        (61320, 6132, Cause.SHIFTED),
    ],
)
def test_causes_of_slips(printed: int, right_one: int, cause: Cause) -> None:
    found = guess(printed, right_one, Around())
    assert found is not None
    assert found.cause is cause


@pytest.mark.parametrize(
    ("printed", "right_one", "around", "cause", "fact"),
    [
        (0, 95, Around(blank=True), Cause.BLANK, None),
        (700, 432, Around(beside=[(4, 700)]), Cause.NEIGHBOUR, 4),
        (700, 432, Around(elsewhere=[(5, 700)]), Cause.OTHER_TABLE, 5),
        (700, 432, Around(before=[(6, 700)], beside=[(4, 700)]), Cause.LAST_YEAR, 6),
        (700, 432, Around(before=[(None, 700)]), Cause.LAST_YEAR, None),
        (500, 543, Around(items={2: 43, 3: 500}), Cause.OMITTED, 2),
        (1586, 1543, Around(items={2: 43, 3: 1500}), Cause.DOUBLED, 2),
        (6131, 6132, Around(), Cause.TRUNCATED, None),
        (6133, 6132, Around(hundred=True), Cause.FORCED, None),
    ],
)
def test_causes_that_rest_on_other_figures(
    printed: int, right_one: int, around: Around, cause: Cause, fact: int | None
) -> None:
    found = guess(printed, right_one, around)
    assert found is not None
    assert (found.cause, found.fact) == (cause, fact)


def test_no_typical_slip_is_no_cause() -> None:
    assert guess(12345, 98765, Around()) is None
    assert guess(700, 700, Around(beside=[(4, 700)])) is None
