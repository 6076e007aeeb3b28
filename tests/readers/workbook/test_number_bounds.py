"""Whatever a workbook says of its numbers: something short is shown, and no figure is beyond 64 bits."""

from __future__ import annotations

import pytest
from auditor.model.facts import Address, Place, fact_of
from auditor.model.numbers import parse_literal
from auditor.model.units import Kind
from auditor.phrases.wordings import MOST_HITS
from auditor.readers.workbook.number_formats import general, shown

from tests.conftest import rule_book

CODES = ["0.00", "0." + "0" * 60, "0" * 3000, "%" * 3000 + "0", "0" + "," * 254, "[>1]0;;;;;;;"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("value", [0.0, 1e29, -1.5, 1e300, 5e-324])
def test_any_number_format_shows_something_short(value: float, code: str) -> None:
    assert len(shown(value, code)) < 400
    assert len(general(value)) < 40


@pytest.mark.parametrize(("kind", "unit"), [(Kind.AMOUNT, "亿元"), (Kind.PERCENT, "%"), (Kind.MEASURE, "平方米")])
def test_no_figure_is_beyond_64_bits(kind: Kind, unit: str) -> None:
    for digits in (1, 6, 9, 12, 15):
        literal = parse_literal("9" * digits)
        fact = fact_of(literal, Address("表", "行", "列"), kind=kind, unit=unit, fine_decimals=2, place=Place())
        assert abs(fact.value) <= 10**16
        assert fact.is_figure or fact.reason == "unread.too_large"


def test_a_text_of_one_sign_costs_its_length() -> None:
    for sign in "_“":
        for wording in rule_book().forms.wordings.wordings:
            assert len(list(wording.hits(sign * 60_000))) <= MOST_HITS
