"""One last digit off weighs nothing where it is worth 0.01 %, or where the rate was cut off."""

from __future__ import annotations

import pytest
from auditor.engine.judge.rates import Rate, _rated
from auditor.model.units import PERCENT_SCALE, Range, Rounding


@pytest.mark.parametrize(
    ("printed", "decimals", "part", "near"),
    [
        (3000, 0, 2915, False),  # 29.15 % is not 30 %
        (2900, 0, 2975, True),  # cut off
        (2916, 2, 2915, True),
        (2930, 1, 2915, False),  # 29.15 % prints as 29.2 %
        (2910, 1, 2918, True),
    ],
)
def test_a_last_digit_weighs_what_it_is_worth(printed: int, decimals: int, part: int, *, near: bool) -> None:
    step = PERCENT_SCALE // 10**decimals
    value = printed * PERCENT_SCALE // 100
    rate = _rated("percent", value, step, False, Range(part, part), Range(10_000, 10_000), Rounding.HALF_UP)
    assert isinstance(rate, Rate)
    assert rate.near is near
