"""Dates as the text writes them, and those that no calendar has."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING

from auditor.digits import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAP = 2024  # a year with a 29th of February, where the year is not said


def is_impossible_date(parts: Mapping[str, str]) -> bool:
    """Whether 年, 月 and 日 (the first and the last may be missing) are no date of the calendar.

    >>> is_impossible_date({"年": "2023", "月": "2", "日": "29"}), is_impossible_date({"月": "2", "日": "29"})
    (True, False)
    """
    year = (whole_number(parts["年"]) or 0) if "年" in parts else LEAP
    month = whole_number(parts["月"]) or 0
    if not 1 <= month <= 12:
        return True
    day = parts.get("日")
    return day is not None and not 1 <= (whole_number(day) or 0) <= monthrange(year, month)[1]
