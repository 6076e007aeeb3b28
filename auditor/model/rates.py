"""What rates may be, exactly: bounds of shares and growth over ranges of integers (rounding.md 5 and 6).

Both bounds are in percent, each a numerator and a positive denominator. No floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.units import PERCENT_SCALE

if TYPE_CHECKING:
    from auditor.model.units import Range

Bounds = tuple[tuple[int, int], tuple[int, int]]


def judge_ratio(low: tuple[int, int], high: tuple[int, int], printed: Range) -> bool:
    """Whether a rate with exact bounds `low` … `high` (numerator, positive denominator) could print like this.

    Both bounds are in percent; `printed` is in millionths of a percent, its upper end open at `hi + 1`.
    """
    hundred = PERCENT_SCALE
    return low[0] * hundred < (printed.hi + 1) * low[1] and high[0] * hundred >= printed.lo * high[1]


def share_bounds(part: Range, whole: Range) -> Bounds | None:
    """The exact bounds of 100·part/whole over two ranges, corners by the signs of part; None for a zero base."""
    if whole.lo <= 0:
        return None
    low = (100 * part.lo, whole.hi if part.lo >= 0 else whole.lo)
    high = (100 * part.hi, whole.lo if part.hi >= 0 else whole.hi)
    return low, high


def growth_bounds(now: Range, before: Range) -> Bounds | None:
    """The exact bounds of 100·(now − before)/before over two printed years; None for a zero base (rounding.md 6)."""
    if before.lo <= 0:
        return None
    least, most = (before.hi if now.lo >= 0 else before.lo), (before.lo if now.hi >= 0 else before.hi)
    return (100 * (now.lo - least), least), (100 * (now.hi - most), most)


def growth_by_change_bounds(now: Range, change: Range) -> Bounds | None:
    """The exact bounds of 100·d/(x − d), from this year and the printed change; None for a zero base (rounding.md 6).

    The unrounded change lies in its own range and in what this year leaves: d/(x − d) rises with d and falls with x.
    """
    ends = []
    for d, x in ((change.lo, now.hi if change.lo >= 0 else now.lo), (change.hi, now.lo if change.hi >= 0 else now.hi)):
        base = x - d
        if base <= 0:
            return None
        ends.append((100 * d, base))
    return ends[0], ends[1]
