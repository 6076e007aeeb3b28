"""Tell a ledger in the sentences of a 决算情况说明: totals with last year's change, shares, rates of completion.

Every amount and every share comes from the unrounded ledger; last year's figures and the budget are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.facts import FilingKey
from auditor.readers.text import read as read_text
from auditor.reading import filing_of, merge
from auditor.testing.layouts import TextWriter
from auditor.testing.ledger import FISCAL, GENERAL, NATURES, SOURCES, RandomSource, draw_ledger, roll_up
from auditor.testing.printing import Style, print_tables, round_to

if TYPE_CHECKING:
    from auditor.filing import Filing
    from auditor.forms.tables import Taxonomy
    from auditor.rules.book import RuleBook
    from auditor.testing.ledger import Amounts, Source


def told_filing(book: RuleBook, seed: int, style: Style | None = None) -> Filing:
    """A final account of the generator with its sentences, written as text and read back."""
    style, source = style or Style(), RandomSource(seed)
    key = FilingKey("示例县民政局", 2023, "final_accounts", "unit")
    tables = roll_up(draw_ledger(source, most=4 * 10**8))
    teller = Teller(tables, style, book.forms.taxonomies["functional"], key.year, source)
    text = TextWriter(book.forms, style, key).document(print_tables(tables, style, book.forms)) + "\n" + teller.text()
    return merge([filing_of(read_text(text.encode(), file=f"{seed}.txt", sha256=""), book.forms)], book.forms)


class Teller:
    """Writes the sentences of one final account."""

    def __init__(self, tables: dict[str, Amounts], style: Style, names: Taxonomy, year: int, source: Source) -> None:
        self.tables, self.style, self.names, self.year, self.source = tables, style, names, year, source

    def text(self) -> str:
        """The whole part, ready to stand below the tables."""
        parts = [
            f"第二部分 {self.year}年度单位决算情况说明",
            "一、收入支出决算总体情况说明", self._total("收、支总计", self._summary("收入/总计"), each="各"),
            "二、收入决算情况说明", self._income(),
            "三、支出决算情况说明", self._expense(),
            "四、财政拨款收入支出决算总体情况说明",
            self._total("财政拨款收、支总计", self.tables["财政拨款收入支出决算总表"]["收入/总计", ""], each="各"),
            "五、一般公共预算财政拨款支出决算情况说明", *self._general(),
            "六、一般公共预算财政拨款基本支出决算情况说明", self._basic(),
            "七、财政拨款“三公”经费支出决算情况说明", self._three(),
        ]  # fmt: skip
        return "\n\n".join(parts) + "\n"

    def _summary(self, row: str) -> int:
        return self.tables["收入支出决算总表"][row, ""]

    def _money(self, amount: int) -> str:
        return f"{self.style.text(amount)}{self.style.unit}"

    @staticmethod
    def _rate(part: int, whole: int) -> str:
        """A rate in percent with two decimals, rounded half up."""
        scaled = round_to(part * 10**6 // whole, 100) // 100 if whole else 0
        return f"{scaled // 100}.{scaled % 100:02d}%"

    def _against_last_year(self, name: str, amount: int, *, each: str = "") -> str:
        before = self.source.integer(max(1, amount // 2), max(2, amount * 2))
        word, rate = ("增加", "增长") if amount >= before else ("减少", "下降")
        change = abs(amount - before)
        return (
            f"与上年度相比，{name}{each}{word}{self._money(change)}，{rate}{self._rate(change, before)}。"
            "主要原因是工作任务变化。"
        )

    def _total(self, name: str, amount: int, *, each: str) -> str:
        return f"{self.year}年度{name}均为{self._money(amount)}。{self._against_last_year(name, amount, each=each)}"

    def _shares(self, parts: list[tuple[str, int]], whole: int) -> str:
        return (
            "；".join(f"{name}{self._money(part)}，占{self._rate(part, whole)}" for name, part in parts if part) + "。"
        )

    def _income(self) -> str:
        whole = self._summary("收入/本年收入合计")
        fiscal = sum(self._summary(f"收入/{fund}收入") for fund in FISCAL)
        parts = [("财政拨款收入", fiscal), *((name, self._summary(f"收入/{name}")) for name in SOURCES)]
        return f"{self.year}年度收入合计{self._money(whole)}，其中：{self._shares(parts, whole)}"

    def _expense(self) -> str:
        rows = self.tables["支出决算表"]
        whole = self._summary("支出/本年支出合计")
        parts = [(nature, rows.get(("合计", nature), 0)) for nature in NATURES]
        return f"{self.year}年度支出合计{self._money(whole)}，其中：{self._shares(parts, whole)}"

    def _general(self) -> list[str]:
        rows = self.tables["一般公共预算支出表"]
        name, whole = "一般公共预算财政拨款支出", rows.get(("合计", "本年支出合计"), 0)
        codes = sorted({row for row, _ in rows if row.isdigit()})
        classes = [(f"{self.names.name_of(code, self.year)}（类）", rows[code, "本年支出合计"])
                   for code in codes if len(code) == 3]  # fmt: skip
        every = self._summary("支出/本年支出合计")
        budget = self.source.integer(whole // 2 + 1, whole * 2 + 2)
        return [
            "（一）总体情况",
            f"{self.year}年度{name}{self._money(whole)}，占支出合计的{self._rate(whole, every)}。"
            + self._against_last_year(name, whole),
            "（二）结构情况",
            f"{self.year}年度{name}{self._money(whole)}，主要用于以下方面：{self._shares(classes, whole)}",
            "（三）具体情况",
            (
                f"{self.year}年度{name}年初预算为{self._money(budget)}，支出决算为{self._money(whole)}，"
                f"完成年初预算的{self._rate(whole, budget)}。"
            ),
        ]

    def _basic(self) -> str:
        rows = self.tables["基本支出明细表"]
        staff, public = rows["人员经费合计", ""], rows["公用经费合计", ""]
        name = f"{GENERAL}基本支出"
        return (
            f"{self.year}年度{name}{self._money(staff + public)}。{self._against_last_year(name, staff + public)}\n\n"
            f"其中：人员经费{self._money(staff)}。\n\n公用经费{self._money(public)}。"
        )

    def _three(self) -> str:
        rows = self.tables["三公经费表"]
        spent, budget = ({item: rows["", f"{block}/{item}"] for item in _THREE} for block in ("决算数", "预算数"))
        parts = "；".join(
            f"{item}支出决算{self._money(spent[item])}，占{self._rate(spent[item], spent['合计'])}"
            for item in _THREE[1:]
            if spent[item]
        )
        return (
            f"{self.year}年度“三公”经费财政拨款支出全年预算为{self._money(budget['合计'])}，支出决算为"
            f"{self._money(spent['合计'])}，完成全年预算的{self._rate(spent['合计'], budget['合计'])}。其中，{parts}。"
        )


_THREE = ("合计", "因公出国（境）费", "公务用车购置及运行维护费", "公务接待费")
