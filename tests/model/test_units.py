"""Ranges: exactly the integers that print like the figure."""

from __future__ import annotations

import pytest
from auditor.model.units import Rounding, last_digit, money_unit, printed_range, zero_range
from auditor.testing.models import round_to
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(-10_000, 10_000), st.sampled_from([1, 10, 100]))
def test_the_half_up_range_holds_just_what_prints_so(true: int, step: int) -> None:
    printed = round_to(true, step)
    reach = printed_range(printed, step) if printed else zero_range(step)
    assert reach.lo <= true <= reach.hi
    for outside in (reach.lo - 1, reach.hi + 1):
        assert round_to(outside, step) != printed


@given(st.integers(-10_000, 10_000), st.sampled_from([1, 10, 100]))
def test_the_truncated_range_holds_just_what_prints_so(true: int, step: int) -> None:
    printed = round_to(true, step, Rounding.TRUNCATE)
    reach = printed_range(printed, step, Rounding.TRUNCATE) if printed else zero_range(step, Rounding.TRUNCATE)
    assert reach.lo <= true <= reach.hi
    for outside in (reach.lo - 1, reach.hi + 1):
        assert round_to(outside, step, Rounding.TRUNCATE) != printed


@given(st.integers(1, 10_000), st.sampled_from([10, 100]))
def test_nearest_is_closed_at_both_ends(units: int, step: int) -> None:
    reach = printed_range(units * step, step, Rounding.NEAREST)
    assert (reach.lo, reach.hi) == (units * step - step // 2, units * step + step // 2)


def test_yuan_with_two_decimals_hides_nothing() -> None:
    assert last_digit(100, 2) == 1
    assert printed_range(12345, 1) == (12345, 12345)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：万元", "万元"),
        ("金额单位: 元", "元"),
        ("单位:亿元", "亿元"),
        ("单 位 ：万 元", "万元"),
        ("单位：某局", None),
    ],
)
def test_the_unit_line_is_understood(text: str, unit: str | None) -> None:
    assert money_unit(text) == unit
