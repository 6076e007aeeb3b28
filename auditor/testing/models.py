"""How programs come from a ledger to printed figures: round each, add up rounded leaves, or force the total.

All three are in use, also in two tables of one filing, and none of them is wrong: what they print differs by tails.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.testing.ledger import NATURES, SOURCES
from auditor.units import FEN_PER, Rounding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.testing.ledger import Amounts

TOTAL_ROW = "合计"
_TOTALS = {"本年收入合计": ("财政拨款收入", *SOURCES), "本年支出合计": NATURES}  # column → the columns that it adds up
_CLOSING = "年末结转和结余"
_CLOSES = (("年初结转和结余", 1), ("本年收入", 1), ("本年支出合计", -1))


class Model(StrEnum):
    """Where printed figures come from.

    `LEDGER`: each is rounded from the ledger by itself. `LEAVES`: a table of codes adds up its rounded leaves, down
    its codes and across its columns. `FORCED`: as LEDGER, but the row 合计 of a table of codes is forced to be the sum
    of the rows 类 as printed. Tables without codes, whose two sides must be equal, print the ledger in every model.
    """

    LEDGER = "ledger"
    LEAVES = "leaves"
    FORCED = "forced"


def round_to(amount: int, step: int, mode: Rounding = Rounding.HALF_UP) -> int:
    """Round an amount to a multiple of `step`, away from zero at the half (or towards zero when truncating)."""
    size = abs(amount)
    whole, rest = divmod(size, step)
    if mode is not Rounding.TRUNCATE and 2 * rest >= step:
        whole += 1
    return whole * step if amount >= 0 else -whole * step


def step_of(unit: str, decimals: int) -> int:
    """The last digit that is printed, in 分."""
    return max(1, FEN_PER[unit] // 10**decimals)


def modelled(tables: dict[str, Amounts], model: Model, step: int, mode: Rounding) -> dict[str, Amounts]:
    """The amounts that a print model starts from (分): unrounded, or where it adds up, sums of rounded ones."""
    if model is Model.LEDGER:
        return tables
    made = _leaves if model is Model.LEAVES else _forced
    return {name: made(cells, step, mode) if _is_tree(cells) else cells for name, cells in tables.items()}


def _is_tree(cells: Amounts) -> bool:
    """Tell whether a table has a row 合计 above codes."""
    return any(row == TOTAL_ROW for row, _ in cells)


def _leaves(cells: Amounts, step: int, mode: Rounding) -> Amounts:
    rows = list(dict.fromkeys(row for row, _ in cells))
    columns = list(dict.fromkeys(column for _, column in cells))
    out = dict.fromkeys(cells, 0)
    for row in rows:
        if any(other != row and other.startswith(row) for other in rows) or row == TOTAL_ROW:
            continue
        rounded = {column: round_to(cells.get((row, column), 0), step, mode) for column in columns}
        _across(rounded)
        for column, amount in rounded.items():
            for above in (TOTAL_ROW, *(row[:size] for size in (3, 5) if size < len(row)), row):
                if (above, column) in out or amount:
                    out[above, column] = out.get((above, column), 0) + amount
    return {cell: out[cell] for cell in (*cells, *(cell for cell in out if cell not in cells))}


def _across(row: dict[str, int]) -> None:
    """Add up the totals of a row, and close a roll-forward."""
    for total, parts in _TOTALS.items():
        if total in row:
            row[total] = sum(row.get(part, 0) for part in parts)
    if _CLOSING in row and all(column in row for column, _ in _CLOSES):
        row[_CLOSING] = sum(sign * row[column] for column, sign in _CLOSES)


def _forced(cells: Amounts, step: int, mode: Rounding) -> Amounts:
    out = dict(cells)
    classes: Sequence[str] = [row for row in dict.fromkeys(row for row, _ in cells) if row.isdigit() and len(row) == 3]
    forced = {
        column: sum(round_to(cells.get((row, column), 0), step, mode) for row in classes)
        for column in dict.fromkeys(column for row, column in cells if row == TOTAL_ROW)
    }
    _across(forced)
    return out | {(TOTAL_ROW, column): amount for column, amount in forced.items()}
