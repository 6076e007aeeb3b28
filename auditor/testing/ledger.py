"""Unrounded ledgers of one unit, built parts before totals, so that every identity holds by construction.

Leaves are drawn; everything else is a sum of leaves. A ledger is drawn from any `Source` of numbers: a seeded random
one for examples and benchmarks, a hypothesis one for property tests. Nothing is filtered or rejected.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")

GENERAL, FUND, CAPITAL = "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"
FISCAL = (GENERAL, FUND, CAPITAL)
SOURCES = ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
NATURES = ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
THREE = ("因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费")
THREE_CODES = dict(zip(THREE, ("30212", "31013", "30231", "30217"), strict=True))

# where the basic spending of an economic 款 is shown by function (2080505 ↔ 30108 …)
FUNCTION_OF = {
    "30108": "2080505",
    "30109": "2080506",
    "30110": "2101102",
    "30111": "2101103",
    "30113": "2210201",
    "30302": "2080502",
}
MAIN_ITEMS = (
    "2080109",
    "2080150",
    "2080199",
    "2010301",
    "2050202",
    "2060799",
    "2120199",
    "2130104",
    "2140101",
    "2200150",
    "2240150",
    "2070199",
)
PROJECT_ITEMS = (
    "2080102",
    "2080199",
    "2069999",
    "2010302",
    "2050299",
    "2120501",
    "2130199",
    "2150599",
    "2160699",
    "2170399",
    "2190200",
    "2220115",
    "2299999",
)
FUND_ITEMS = ("2120803", "2120899", "2290804", "2082201")
CAPITAL_ITEMS = ("2230105", "2239999")
ECONOMIC = (
    "30101",
    "30102",
    "30103",
    "30107",
    "30108",
    "30109",
    "30110",
    "30111",
    "30112",
    "30113",
    "30199",
    "30302",
    "30305",
    "30307",
    "30201",
    "30202",
    "30207",
    "30211",
    "30213",
    "30216",
    "30217",
    "30226",
    "30228",
    "30229",
    "30231",
    "30239",
    "30299",
    "31002",
)
STAFF = ("301", "303")
CLASSES = (
    "201",
    "202",
    "203",
    "204",
    "205",
    "206",
    "207",
    "208",
    "210",
    "211",
    "212",
    "213",
    "214",
    "215",
    "216",
    "217",
    "219",
    "220",
    "221",
    "222",
    "223",
    "224",
    "229",
    "231",
    "232",
    "234",
)


class Source(Protocol):
    """Where numbers come from."""

    def integer(self, low: int, high: int) -> int:
        """An integer between two bounds, both included."""

    def chosen(self, items: Sequence[T], low: int, high: int) -> list[T]:
        """Some distinct items, in their order."""


class RandomSource:
    """A seeded source."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 — figures for tests, no secrets

    def integer(self, low: int, high: int) -> int:
        """An integer between two bounds, both included."""
        return self._random.randint(low, high)

    def chosen(self, items: Sequence[T], low: int, high: int) -> list[T]:
        """Some distinct items, in their order."""
        picked = self._random.sample(range(len(items)), self._random.randint(low, min(high, len(items))))
        return [items[number] for number in sorted(picked)]


@dataclass(slots=True)
class Ledger:
    """The leaves of one unit's year, in 分.

    `basic`: general-budget basic spending by economic 款. `spent`: all other spending by (项, fund or source, nature).
    `opening` and `closing`: balances by (项, fund or source). `three`: 三公 spending beyond basic spending, and the
    budget left over, by item. `main` is the 项 that bears basic spending of no function of its own.
    """

    main: str
    basic: dict[str, int] = field(default_factory=dict)
    spent: dict[tuple[str, str, str], int] = field(default_factory=dict)
    opening: dict[tuple[str, str], int] = field(default_factory=dict)
    closing: dict[tuple[str, str], int] = field(default_factory=dict)
    three: dict[str, tuple[int, int]] = field(default_factory=dict)


def draw_ledger(source: Source, *, most: int = 2_000_000_000) -> Ledger:
    """Draw the leaves of a ledger; amounts go up to `most` 分."""
    ledger = Ledger(source.chosen(MAIN_ITEMS, 1, 1)[0])
    for code in source.chosen(ECONOMIC, 0, len(ECONOMIC)):
        ledger.basic[code] = source.integer(0, most // 10)
    for item in source.chosen(PROJECT_ITEMS, 0, 4):
        ledger.spent[item, GENERAL, "项目支出"] = source.integer(0, most)
    for item in source.chosen(FUND_ITEMS, 0, 2):
        ledger.spent[item, FUND, "项目支出"] = source.integer(0, most)
    for item in source.chosen(CAPITAL_ITEMS, 0, 1):
        ledger.spent[item, CAPITAL, "项目支出"] = source.integer(0, most // 4)
    for origin in source.chosen(SOURCES, 0, 2):
        for nature in source.chosen(NATURES, 1, 2):
            ledger.spent[ledger.main, origin, nature] = source.integer(0, most // 4)
    spending = spending_by_source(ledger)
    for key, amount in spending.items():
        ledger.closing[key] = source.integer(0, most // 20)
        ledger.opening[key] = source.integer(0, amount + ledger.closing[key])
    for item in THREE:
        ledger.three[item] = (source.integer(0, most // 200), source.integer(0, most // 200))
    return ledger


def draw_next(source: Source, last: Ledger, *, most: int = 2_000_000_000) -> Ledger:
    """Draw the year after another one: it opens with what the other one closed with."""
    ledger = draw_ledger(source, most=most)
    carried = {key: amount for key, amount in last.closing.items() if amount}
    for item, origin in carried:
        ledger.spent.setdefault((item, origin, "项目支出"), 0)
    ledger.opening = {}
    for key, amount in spending_by_source(ledger).items():
        ledger.opening[key] = carried.get(key, 0)
        ledger.closing[key] = ledger.closing.get(key, 0) + max(0, ledger.opening[key] - amount)
    return ledger


def draw_department(source: Source, units: int, *, most: int = 2_000_000_000) -> tuple[Ledger, list[Ledger]]:
    """Draw the units of a department, and the department as their sum; the units have one main 项 in common."""
    return draw_years(source, units, 1, most=most)[0]


def draw_years(
    source: Source, units: int, years: int, *, most: int = 2_000_000_000
) -> list[tuple[Ledger, list[Ledger]]]:
    """Draw some years of a department and its units, the oldest first: every year opens as the one before it closed."""
    out: list[tuple[Ledger, list[Ledger]]] = []
    main = ""
    for _ in range(years):
        before = out[-1][1] if out else [None] * units
        ledgers = [
            draw_ledger(source, most=most) if last is None else draw_next(source, last, most=most) for last in before
        ]
        main = main or ledgers[0].main
        for ledger in ledgers:
            _rename_main(ledger, main)
        out.append((combined(ledgers), ledgers))
    return out


def _rename_main(ledger: Ledger, main: str) -> None:
    old, ledger.main = ledger.main, main
    spent, ledger.spent = ledger.spent, {}
    for (item, origin, nature), amount in spent.items():
        home = (main if item == old and origin in SOURCES else item, origin, nature)
        ledger.spent[home] = ledger.spent.get(home, 0) + amount
    for balances in (ledger.opening, ledger.closing):
        moved = dict(balances)
        balances.clear()
        wanted = spending_by_source(ledger)
        for (item, origin), amount in moved.items():
            key = (item, origin) if (item, origin) in wanted else (main, origin)
            balances[key] = balances.get(key, 0) + amount


def combined(ledgers: Sequence[Ledger]) -> Ledger:
    """The ledger that several ledgers with the same main 项 add up to."""
    out = Ledger(ledgers[0].main)
    for ledger in ledgers:
        for mine, theirs in (
            (out.basic, ledger.basic),
            (out.spent, ledger.spent),
            (out.opening, ledger.opening),
            (out.closing, ledger.closing),
        ):
            _add(mine, theirs)
        for item, (beyond, left) in ledger.three.items():
            before = out.three.get(item, (0, 0))
            out.three[item] = (before[0] + beyond, before[1] + left)
    return out


def _add(mine: dict[Any, int], theirs: dict[Any, int]) -> None:
    for key, amount in theirs.items():
        mine[key] = mine.get(key, 0) + amount


def spending_by_source(ledger: Ledger) -> Counter[tuple[str, str]]:
    """Spending by (项, fund or source)."""
    total: Counter[tuple[str, str]] = Counter()
    for code, amount in ledger.basic.items():
        total[FUNCTION_OF.get(code, ledger.main), GENERAL] += amount
    for (item, origin, _), amount in ledger.spent.items():
        total[item, origin] += amount
    return total


Amounts = dict[tuple[str, str], int]  # (row, column) → 分


def roll_up(ledger: Ledger) -> dict[str, Amounts]:
    """Sum the leaves into the nine standard tables of the final accounts: table → (row, column) → 分."""
    book = _Book(ledger)
    return {
        "收入支出决算总表": book.summary(),
        "收入决算表": book.tree(book.income),
        "支出决算表": book.tree(book.expense),
        "财政拨款收入支出决算总表": book.fiscal(),
        "一般公共预算支出表": book.tree(book.general),
        "基本支出明细表": book.details(),
        "政府性基金收支表": book.tree(book.roll_forward(FUND)),
        "国有资本经营支出表": book.tree(book.capital()),
        "三公经费表": book.three(),
    }


class _Book:
    """The sums of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.expense: dict[str, Counter[str]] = {}
        self.income: dict[str, Counter[str]] = {}
        self.general: dict[str, Counter[str]] = {}
        for code, amount in ledger.basic.items():
            self._spend(FUNCTION_OF.get(code, ledger.main), GENERAL, "基本支出", amount)
        for (item, origin, nature), amount in ledger.spent.items():
            self._spend(item, origin, nature, amount)
        for (item, origin), amount in spending_by_source(ledger).items():
            received = amount + ledger.closing.get((item, origin), 0) - ledger.opening.get((item, origin), 0)
            row = self.income.setdefault(item, Counter({"本年收入合计": 0}))
            row["本年收入合计"] += received
            row["财政拨款收入" if origin in FISCAL else origin] += received

    def _spend(self, item: str, origin: str, nature: str, amount: int) -> None:
        row = self.expense.setdefault(item, Counter())
        row["本年支出合计"] += amount
        row[nature] += amount
        if origin == GENERAL:
            part = self.general.setdefault(item, Counter())
            part["本年支出合计"] += amount
            part[nature] += amount

    def tree(self, leaves: dict[str, Counter[str]]) -> Amounts:
        """Leaves by 项, their 款 and 类, and 合计."""
        rows: dict[str, Counter[str]] = {"合计": Counter()}
        for item in sorted(leaves):
            for row in ("合计", item[:3], item[:5], item):
                rows.setdefault(row, Counter()).update(leaves[item])
        return {(row, column): amount for row, cells in rows.items() for column, amount in cells.items()}

    def _by_origin(self, amounts: dict[tuple[str, str], int], origins: Iterable[str]) -> int:
        chosen = set(origins)
        return sum(amount for (_, origin), amount in amounts.items() if origin in chosen)

    def _received(self, origin: str) -> int:
        spent = self._by_origin(spending_by_source(self.ledger), [origin])
        return spent + self._by_origin(self.ledger.closing, [origin]) - self._by_origin(self.ledger.opening, [origin])

    def summary(self) -> Amounts:
        """公开01表."""
        out: Amounts = {}
        for fund in FISCAL:
            out[f"收入/{fund}收入", ""] = self._received(fund)
        for origin in SOURCES:
            out[f"收入/{origin}", ""] = self._received(origin)
        everything = (*FISCAL, *SOURCES)
        income = sum(out.values())
        opening = self._by_origin(self.ledger.opening, everything)
        out |= {
            ("收入/本年收入合计", ""): income,
            ("收入/使用非财政拨款结余", ""): 0,
            ("收入/年初结转和结余", ""): opening,
            ("收入/总计", ""): income + opening,
        }
        for name in CLASSES:
            out[f"支出/{name}", ""] = sum(r["本年支出合计"] for item, r in self.expense.items() if item[:3] == name)
        spent = sum(row["本年支出合计"] for row in self.expense.values())
        closing = self._by_origin(self.ledger.closing, everything)
        out |= {
            ("支出/本年支出合计", ""): spent,
            ("支出/结余分配", ""): 0,
            ("支出/年末结转和结余", ""): closing,
            ("支出/总计", ""): spent + closing,
        }
        return out

    def fiscal(self) -> Amounts:
        """公开04表."""
        out: Amounts = {(f"收入/{fund}", ""): self._received(fund) for fund in FISCAL}
        income = sum(out.values())
        openings = {fund: self._by_origin(self.ledger.opening, [fund]) for fund in FISCAL}
        out |= {("收入/本年收入合计", ""): income, ("收入/年初结转和结余", ""): sum(openings.values())}
        out |= {(f"收入/年初结转和结余/{fund}", ""): amount for fund, amount in openings.items()}
        out["收入/总计", ""] = income + sum(openings.values())
        spent = spending_by_source(self.ledger)
        rows = {
            f"支出/{name}": {f: sum(a for (i, o), a in spent.items() if o == f and i[:3] == name) for f in FISCAL}
            for name in CLASSES
        }
        rows["支出/本年支出合计"] = {fund: self._by_origin(spent, [fund]) for fund in FISCAL}
        rows["支出/年末结转和结余"] = {fund: self._by_origin(self.ledger.closing, [fund]) for fund in FISCAL}
        rows["支出/总计"] = {
            fund: rows["支出/本年支出合计"][fund] + rows["支出/年末结转和结余"][fund] for fund in FISCAL
        }
        for row, cells in rows.items():
            out[row, "合计"] = sum(cells.values())
            out |= {(row, fund): amount for fund, amount in cells.items()}
        return out

    def details(self) -> Amounts:
        """公开06表: every economic 款 that is used, its 类, and the two totals."""
        rows: Counter[str] = Counter({"人员经费合计": 0, "公用经费合计": 0})
        for code, amount in self.ledger.basic.items():
            rows[code] += amount
            rows[code[:3]] += amount
            rows["人员经费合计" if code[:3] in STAFF else "公用经费合计"] += amount
        return {(row, ""): amount for row, amount in rows.items()}

    def roll_forward(self, fund: str) -> dict[str, Counter[str]]:
        """Opening, income, spending and closing of one fund by 项."""
        out: dict[str, Counter[str]] = {}
        for (item, origin), amount in spending_by_source(self.ledger).items():
            if origin != fund:
                continue
            opening, closing = self.ledger.opening[item, origin], self.ledger.closing[item, origin]
            out[item] = Counter(
                {
                    "年初结转和结余": opening,
                    "本年收入": amount + closing - opening,
                    "本年支出合计": amount,
                    "基本支出": 0,
                    "项目支出": amount,
                    "年末结转和结余": closing,
                }
            )
        return out

    def capital(self) -> dict[str, Counter[str]]:
        """公开08表: spending only."""
        keep = ("本年支出合计", "基本支出", "项目支出")
        rows = self.roll_forward(CAPITAL)
        return {item: Counter({column: row[column] for column in keep}) for item, row in rows.items()}

    def three(self) -> Amounts:
        """公开09表."""
        out: Amounts = {}
        for block, extra in (("决算数", False), ("预算数", True)):
            parts = {
                item: self.ledger.basic.get(THREE_CODES[item], 0) + beyond + (left if extra else 0)
                for item, (beyond, left) in self.ledger.three.items()
            }
            cars = parts["公务用车购置费"] + parts["公务用车运行维护费"]
            parts["公务用车购置及运行维护费"] = cars
            parts["合计"] = parts["因公出国（境）费"] + cars + parts["公务接待费"]
            out |= {("", f"{block}/{item}"): amount for item, amount in parts.items()}
        return out
