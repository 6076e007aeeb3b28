"""How programs come from a ledger to printed figures: round each, add up rounded leaves, or force the total.

All three are in use, also in two tables of one filing, and none of them is wrong: what they print differs by tails.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.model.units import FEN_PER, Rounding
from auditor.testing.ledger import CLASSES, FISCAL, NATURES, SOURCES, THREE

if TYPE_CHECKING:
    from auditor.testing.ledger import Amounts

TOTAL_ROW = "合计"
_TOTALS = {"本年收入合计": ("财政拨款收入", *SOURCES), "本年支出合计": NATURES}  # column → the columns that it adds up
_CLOSING = "年末结转和结余"


class Model(StrEnum):
    """Where printed figures come from.

    `LEDGER`: each is rounded from the ledger by itself. `LEAVES`: a table of codes adds up its rounded leaves, across
    its columns and down its codes. `FORCED`: tables whose figures stand in one column are forced to foot: their totals
    add up the parts as printed, and of the two sides of the summary the year-end balance takes what is left over.
    Every other table prints the ledger.
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
    return max(1, FEN_PER[unit] // int(10**decimals))


def modelled(tables: dict[str, Amounts], model: Model, step: int, mode: Rounding) -> dict[str, Amounts]:
    """The amounts that a print model starts from (分): unrounded, or where it adds up, sums of rounded ones."""
    if model is Model.LEAVES:
        return {name: _leaves(cells, step, mode) if _adds_up(cells) else cells for name, cells in tables.items()}
    if model is Model.FORCED:
        return {name: _forced(cells, name, step, mode) if name in _FOOTING else cells for name, cells in tables.items()}
    return tables


def _adds_up(cells: Amounts) -> bool:
    """Whether a table has a row 合计 above codes, and no balances that its rows must keep."""
    return any(row == TOTAL_ROW for row, _ in cells) and all(column != _CLOSING for _, column in cells)


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
    """Add up the totals of a row."""
    for total, parts in _TOTALS.items():
        if total in row:
            row[total] = sum(row.get(part, 0) for part in parts)


def _forced(cells: Amounts, table: str, step: int, mode: Rounding) -> Amounts:
    out = {cell: round_to(amount, step, mode) for cell, amount in cells.items()}
    for (row, column), parts in _FOOTING[table].items():
        if (row, column) in out:
            out[row, column] = sum(sign * out.get((part, of), 0) for part, of, sign in parts)
    return out


def _summary() -> FootingTable:
    incomes = [*(f"收入/{fund}收入" for fund in FISCAL), *(f"收入/{name}" for name in SOURCES)]
    opening, closing = "收入/年初结转和结余", "支出/年末结转和结余"
    return {
        ("收入/本年收入合计", ""): [(row, "", 1) for row in incomes],
        ("收入/总计", ""): [("收入/本年收入合计", "", 1), ("收入/使用非财政拨款结余", "", 1), (opening, "", 1)],
        ("支出/本年支出合计", ""): [(f"支出/{code}", "", 1) for code in CLASSES],
        (closing, ""): [("收入/总计", "", 1), ("支出/本年支出合计", "", -1), ("支出/结余分配", "", -1)],
        ("支出/总计", ""): [("收入/总计", "", 1)],
    }


def _three(block: str) -> FootingTable:
    cars, total = f"{block}/公务用车购置及运行维护费", f"{block}/合计"
    return {
        ("", cars): [("", f"{block}/{name}", 1) for name in THREE[1:3]],
        ("", total): [("", f"{block}/{THREE[0]}", 1), ("", cars, 1), ("", f"{block}/{THREE[3]}", 1)],
    }


FootingTable = dict[
    tuple[str, str], list[tuple[str, str, int]]
]  # cell → the cells that it adds up, with signs, in order
_FOOTING: dict[str, FootingTable] = {
    "收入支出决算总表": _summary(),
    "三公经费表": _three("预算数") | _three("决算数"),
}
