"""What a printed number says: every trap met in a real filing."""

from __future__ import annotations

import pytest
from auditor.model.numbers import State, decimal_text, parse_literal
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "digits", "decimals"),
    [
        ("833. 68", 83368, 2),
        ("833 .68", 83368, 2),
        ("2,940.05", 294005, 2),
        ("2940.05", 294005, 2),
        ("１２．３４", 1234, 2),
        ("(1.23)", -123, 2),
        ("（1.23）", -123, 2),
        ("-5", -5, 0),
        ("－5.0", -50, 1),
        ("+7", 7, 0),
        ("4.1", 41, 1),
        (" 12084. 43 ", 1208443, 2),
    ],
)
def test_numbers_are_read_digit_for_digit(text: str, digits: int, decimals: int) -> None:
    literal = parse_literal(text)
    assert (literal.state, literal.digits, literal.decimals) == (State.VALUE, digits, decimals)
    assert not literal.repaired


def test_a_space_between_digits_is_closed_and_told() -> None:
    literal = parse_literal("96.6 2%")
    assert (literal.digits, literal.decimals, literal.percent, literal.repaired) == (9662, 2, True, True)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("0", State.ZERO),
        ("0.00", State.ZERO),
        ("", State.BLANK),
        (" \u3000", State.BLANK),
        ("—", State.DASH),
        ("────", State.DASH),
        ("-", State.DASH),
        ("∞%", State.MARK),
        ("-%", State.MARK),
        ("#DIV/0!", State.MARK),
    ],
)
def test_what_is_no_number_has_its_own_state(text: str, state: State) -> None:
    assert parse_literal(text).state is state


@pytest.mark.parametrize("text", ["12 34", "1,23.45", "1.2.3", "约5", "5万", "12..3", "1 2", "9" * 16])
def test_what_is_not_surely_one_number_is_unreadable(text: str) -> None:
    literal = parse_literal(text)
    assert literal.state is State.UNREADABLE
    assert literal.reason.startswith("unread.")


@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
def test_printing_and_reading_are_inverse(number: int, decimals: int) -> None:
    text = decimal_text(number, 10**decimals, decimals)
    literal = parse_literal(text)
    assert literal.digits == number
    assert literal.decimals == decimals


@given(st.text(max_size=30))
def test_any_text_is_read_without_failing(text: str) -> None:
    literal = parse_literal(text)
    assert (literal.state is State.VALUE) == (literal.digits != 0)
