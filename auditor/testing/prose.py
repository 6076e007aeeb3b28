"""The 情况说明 of a generated filing, written from its ledger in one of several wordings.

Every number is rounded from the unrounded ledger on its own, as a writer with the books before him would do; words
that compare look at the numbers as printed. What the text says stands in marked pieces, so that errors can be planted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.model.numbers import decimal_text
from auditor.model.units import FEN_PER
from auditor.testing.ledger import NATURES, SOURCES
from auditor.testing.models import round_to
from auditor.testing.planting import corrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.facts import FilingKey
    from auditor.testing.ledger import Amounts, Source

STEP = FEN_PER["万元"] // 100  # the text prints 万元 with two decimals
REASONS = ("人员变动", "厉行节约", "工作任务增加", "项目进度调整", "政策性调资", "结转资金使用")
VEHICLES = (
    "主要领导干部用车",
    "机要通信用车",
    "应急保障用车",
    "执法执勤用车",
    "特种专业技术用车",
    "离退休干部用车",
    "其他用车",
)
THREE = ("因公出国（境）费", "公务用车购置及运行维护费", "公务接待费")
OPPOSITE = {"增加": "减少", "减少": "增加", "增长": "下降", "下降": "增长", "大于": "小于", "小于": "大于"}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that the text says: its sort (金额, 占比, 变动率, 完成率, 数量, 方向), what it is of, and its words."""

    sort: str
    of: str
    text: str


SentencePiece = str | Said
Sentence = list[SentencePiece]


@dataclass(slots=True)
class WrittenProse:
    """A written 情况说明: its paragraphs as pieces."""

    paragraphs: list[Sentence] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The paragraphs as text."""
        return ["".join(p if isinstance(p, str) else p.text for p in sentence) for sentence in self.paragraphs]

    def said(self) -> list[tuple[int, int, Said]]:
        """Everything that is said, with its paragraph and its place there."""
        return [
            (number, at, piece)
            for number, sentence in enumerate(self.paragraphs)
            for at, piece in enumerate(sentence)
            if isinstance(piece, Said)
        ]

    def changed(self, number: int, at: int, text: str) -> WrittenProse:
        """The same text with one thing said otherwise."""
        paragraphs = [list(sentence) for sentence in self.paragraphs]
        piece = paragraphs[number][at]
        assert isinstance(piece, Said)
        paragraphs[number][at] = replace(piece, text=text)
        return WrittenProse(paragraphs)


def misprint(said: Said, cause: str) -> str | None:
    """Another text for something said, by a cause of planted errors or `opposite`; None where it changes nothing."""
    if said.sort == "方向":
        return OPPOSITE.get(said.text) if cause == "opposite" else None
    percent = said.text.endswith("%")
    changed = None if cause in ("opposite", "sign") else corrupt(said.text.removesuffix("%"), cause)
    return None if changed is None else changed + "%" * percent


def write_prose(
    tables: dict[str, Amounts],
    key: FilingKey,
    source: Source,
    book: FormBook,
    *,
    step: int = STEP,
    items: Amounts | None = None,
    last: dict[str, Amounts] | None = None,
) -> WrittenProse:
    """Write the 情况说明 to rolled-up tables (unrounded, in 分); `source` chooses wordings and budgets.

    `step` is the last digit that the tables print (分): what is nothing there is not named in the text. `items` are the
    amounts that the table of the general budget prints where they are not rounded from the ledger: a single 项 must
    read alike in both places. `last` are the tables of the year before; without them `source` draws what it compares.
    """
    writer = _Writer(tables, key, source, book)
    writer.last = last
    writer.step, writer.printed = step, items or tables["一般公共预算支出表"]
    return writer.written()


class _Writer:
    def __init__(self, tables: dict[str, Amounts], key: FilingKey, source: Source, book: FormBook) -> None:
        self.tables, self.key, self.source = tables, key, source
        self.step, self.printed = STEP, tables["一般公共预算支出表"]
        self.last: dict[str, Amounts] | None = None
        self.functional, self.economic = book.taxonomies["functional"], book.taxonomies["economic"]
        self.short = source.integer(0, 1) == 1  # trailing zeros of shares dropped
        self.place = source.integer(0, 1)  # the wording used throughout
        self.out = WrittenProse()

    def written(self) -> WrittenProse:
        """All sections, numbered."""
        sections: list[tuple[str, Callable[[], Iterable[Sentence]]]] = [
            (
                "收入支出决算总体情况说明",
                lambda: [self._total("收、支总计", "收入支出决算总表", "支出/总计", "")],
            ),
            ("收入决算情况说明", self._income),
            ("支出决算情况说明", self._expense),
            ("财政拨款收入支出决算总体情况说明", self._fiscal),
            ("一般公共预算财政拨款支出决算情况说明", self._general),
            ("一般公共预算财政拨款基本支出决算情况说明", self._basic),
            ("财政拨款“三公”经费支出决算情况说明", self._three),
            ("政府性基金预算财政拨款支出决算情况说明", lambda: self._fund("政府性基金", "政府性基金收支表")),
            ("国有资本经营预算财政拨款支出决算情况说明", lambda: self._fund("国有资本经营", "国有资本经营支出表")),
            ("政府采购支出情况说明", self._purchases),
            ("国有资产占用情况说明", self._assets),
            ("预算绩效情况说明", self._performance),
        ]
        for number, (title, write) in enumerate(sections):
            self.out.paragraphs.append([f"{('', '十')[number > 9]}{'一二三四五六七八九十'[number % 10]}、{title}"])
            self.out.paragraphs += write()
        return self.out

    # -- numbers ------------------------------------------------------------------------------------------------

    def _of(self, table: str, row: str, column: str = "") -> int:
        return self.tables[table].get((row, column), 0)

    def _amount(self, of: str, amount: int) -> Said:
        return Said("金额", of, decimal_text(round_to(amount, STEP), FEN_PER["万元"], 2))

    def _percent(self, sort: str, of: str, part: int, whole: int) -> Said:
        share = Fraction(abs(part), whole) * 10**4
        text = decimal_text((2 * share.numerator + share.denominator) // (2 * share.denominator), 100, 2)
        return Said(sort, of, (text.rstrip("0").rstrip(".") if self.short else text) + "%")

    def _choice(self, texts: Sequence[str]) -> str:
        return texts[self.source.integer(0, len(texts) - 1)]

    def _reason(self) -> str:
        return f"主要原因是{self._choice(REASONS)}。"

    # -- sentences ----------------------------------------------------------------------------------------------

    def _change(self, of: str, at: tuple[str, str, str], lead: str, *, each: bool = False) -> Sentence:
        """`与上年度相比，…增加…万元，增长…%。`, or nothing where there is nothing to compare."""
        amount = self._of(*at)
        before = self.source.integer(0, max(1, 2 * abs(amount)))
        if self.last is not None:
            before = self.last[at[0]].get(at[1:], 0)
        since = ("与上年度相比，", f"与{self.key.year - 1}年度相比，")[self.place]
        gap = amount - before
        now, then, printed = (round_to(value, STEP) for value in (amount, before, gap))
        if then in (now, 0) or printed in (now, 0):  # a reader would take last year for nothing
            return []
        up = gap > 0
        return [
            since,
            lead,
            "各" if each else "",
            Said("方向", of, "增加" if up else "减少"),
            replace(self._amount(of, abs(gap)), sort="变动额"),
            "万元，",
            Said("方向", of, "增长" if up else "下降"),
            self._percent("变动率", of, gap, before),
            "。",
            self._reason(),
        ]

    def _total(self, what: str, table: str, row: str, column: str) -> Sentence:
        at = (table, row, column)
        year, amount = self.key.year, self._of(*at)
        if self.place == 0:
            return [
                f"{year}年度{what}均为",
                self._amount(what, amount),
                "万元。",
                *self._change(what, at, what, each=True),
            ]
        joined = what.replace("收、支", "收入支出")
        return [
            f"{self.key.entity}{year}年度{joined}",
            self._amount(what, amount),
            "万元。",
            *self._change(what, at, joined),
        ]

    def _parts(self, lead: str, whole: int, parts: Sequence[tuple[str, int]]) -> Sentence:
        """A whole and its parts: `…合计…万元，其中：…万元，占…%；…`."""
        out: Sentence = [lead, self._amount(lead, whole), "万元，其中："]
        share = "占" if self.place == 0 else "占比"
        for number, (name, amount) in enumerate(parts):
            out += [name, self._amount(name, amount), "万元"]
            if round_to(whole, STEP):
                out += [f"，{share}", self._percent("占比", name, amount, whole)]
            out.append("。" if number == len(parts) - 1 else "；")
        return out

    def _income(self) -> list[Sentence]:
        names = ("财政拨款收入", *SOURCES)
        parts = [(name, self._of("收入决算表", "合计", name)) for name in names]
        whole = self._of("收入决算表", "合计", "本年收入合计")
        return [
            self._parts(f"{self.key.year}年度收入合计", whole, [p for p in parts if p[1] >= 0] if whole > 0 else parts)
        ]

    def _expense(self) -> list[Sentence]:
        parts = [(name, self._of("支出决算表", "合计", name)) for name in NATURES]
        return [self._parts(f"{self.key.year}年度支出合计", self._of("支出决算表", "合计", "本年支出合计"), parts)]

    def _fiscal(self) -> list[Sentence]:
        return [self._total("财政拨款收、支总计", "财政拨款收入支出决算总表", "支出/总计", "合计")]

    def _general(self) -> Iterator[Sentence]:
        amounts = self.tables["一般公共预算支出表"]
        whole = self._of("一般公共预算支出表", "合计", "本年支出合计")
        everything = self._of("支出决算表", "合计", "本年支出合计")
        lead = f"{self.key.year}年度一般公共预算财政拨款支出"
        yield ["（一）一般公共预算财政拨款支出决算总体情况"]
        share: Sentence = ["，占支出合计的", self._percent("占比", lead, whole, everything)] if everything else []
        yield [
            lead,
            self._amount(lead, whole),
            "万元",
            *share,
            "。",
            *self._change(lead, ("一般公共预算支出表", "合计", "本年支出合计"), "一般公共预算财政拨款支出"),
        ]
        codes = sorted(row for row, column in amounts if column == "本年支出合计" and is_digits(row))
        classes = [code for code in codes if len(code) == 3]
        if not round_to(whole, STEP):
            return
        yield ["（二）一般公共预算财政拨款支出决算结构情况"]
        out: Sentence = [lead, self._amount(lead, whole), "万元，主要用于以下方面："]
        for number, code in enumerate(classes):
            name = self.functional.name_of(code, self.key.year)
            amount = self._of("一般公共预算支出表", code, "本年支出合计")
            out += [f"{name.removesuffix('支出')}（类）支出", self._amount(name, amount), "万元，占"]
            out += [self._percent("占比", name, amount, whole), "。" if number == len(classes) - 1 else "；"]
        yield out
        yield ["（三）一般公共预算财政拨款支出决算具体情况"]
        yield from self._items([code for code in codes if len(code) == 7], whole)

    def _items(self, codes: Sequence[str], whole: int) -> Iterator[Sentence]:
        """The budget and the final of every 项, and of all together."""
        finals = {code: self.printed.get((code, "本年支出合计"), 0) for code in codes}
        budgets = {code: self.source.integer(0, 2 * max(1, amount)) for code, amount in finals.items()}
        lead = f"{self.key.year}年度一般公共预算财政拨款支出"
        yield [lead, *self._completed("合计", sum(budgets.values()), whole), "其中："]
        for number, code in enumerate(codes, 1):
            names = [self.functional.name_of(code[:length], self.key.year) for length in (3, 5, 7)]
            if not all(names):
                continue
            chain = "".join(f"{name}（{level}）" for name, level in zip(names, "类款项", strict=True))
            yield [f"{number}、{chain}。", *self._completed(code, budgets[code], finals[code])]

    def _completed(self, of: str, budget: int, final: int, sort: str = "年初预算") -> Sentence:
        """Budget, final, rate of completion, and which is the larger: `年初预算为…万元，支出决算为…万元，完成…`."""
        out: Sentence = [f"{sort}为", self._amount(of, budget), "万元，支出决算为", self._amount(of, final), "万元"]
        printed = [round_to(amount, STEP) for amount in (budget, final)]
        if printed[0] > 0:
            out += [f"，完成{sort}的", self._percent("完成率", of, final, budget)]
        if printed[0] == printed[1]:
            return [*out, f"。决算数与{sort}数持平。"]
        word = "大于" if printed[1] > printed[0] else "小于"
        return [*out, "。决算数", Said("方向", of, word), f"{sort}数的", self._reason()]

    def _basic(self) -> list[Sentence]:
        staff, public = (self._of("基本支出明细表", f"{name}合计") for name in ("人员经费", "公用经费"))
        lead = f"{self.key.year}年度一般公共预算财政拨款基本支出"
        out: Sentence = [lead, self._amount(lead, staff + public), "万元。其中："]
        for name, amount, end in (("人员经费", staff, "；"), ("公用经费", public, "。")):
            heads = ("301", "303") if name == "人员经费" else ("302", "310", "399")
            items = [
                self.economic.name_of(code, self.key.year)
                for (code, _), value in sorted(self.tables["基本支出明细表"].items())
                if len(code) == 5 and code.startswith(heads) and round_to(value, self.step)
            ]
            listed = f"，主要包括：{'、'.join(items)}" if items else ""
            out += [name, self._amount(name, amount), f"万元{listed}{end}"]
        return [out]

    def _three(self) -> Iterator[Sentence]:
        def pair(item: str) -> tuple[int, int]:
            return self._of("三公经费表", "", f"预算数/{item}"), self._of("三公经费表", "", f"决算数/{item}")

        yield [
            f"{self.key.year}年度“三公”经费财政拨款支出",
            *self._completed("三公合计", *pair("合计"), sort="全年预算"),
        ]
        yield ["具体情况如下："]
        for number, item in enumerate(THREE, 1):
            yield [f"{number}.{item}", *self._completed(item, *pair(item), sort="全年预算")]

    def _fund(self, name: str, table: str) -> list[Sentence]:
        amount = self._of(table, "合计", "本年支出合计")
        what = f"{name}预算财政拨款支出"
        if not amount:
            return [[f"{self.key.year}年度没有{what}。"]]
        return [[f"{self.key.year}年度{what}", self._amount(what, amount), "万元。"]]

    def _purchases(self) -> list[Sentence]:
        spent = max(1, self._of("支出决算表", "合计", "本年支出合计"))
        parts = [self.source.integer(0, spent // 6) for _ in range(3)]
        whole = sum(parts)
        out: Sentence = [f"{self.key.year}年度政府采购支出总额", self._amount("政府采购", whole), "万元，其中："]
        for name, amount, end in zip(("货物", "工程", "服务"), parts, "、、。", strict=True):
            out += [f"政府采购{name}支出", self._amount(name, amount), f"万元{end}"]
        middle = self.source.integer(0, whole)
        small = self.source.integer(0, middle)
        if round_to(whole, STEP) > 0:
            for name, amount, end in (("中小企业", middle, "，其中："), ("小微企业", small, "。")):
                out += [f"授予{name}合同金额", self._amount(name, amount), "万元，占政府采购支出总额的"]
                out += [self._percent("占比", name, amount, whole), end]
        return [out]

    def _performance(self) -> list[Sentence]:
        return [[f"按照预算绩效管理要求，本单位对{self.key.year}年度项目支出开展了绩效自评。"]]

    def _assets(self) -> list[Sentence]:
        counts = [self.source.integer(0, 3) for _ in VEHICLES]
        out: Sentence = [
            f"截至{self.key.year}年12月31日，本单位共有车辆",
            Said("数量", "车辆", str(sum(counts))),
            "辆，其中：",
        ]
        for number, (name, count) in enumerate(zip(VEHICLES, counts, strict=True)):
            out += [name, Said("数量", name, str(count)), "辆", "；" if number == len(VEHICLES) - 1 else "、"]
        large = self.source.integer(0, 9)
        return [[*out, "单价100万元（含）以上设备（不含车辆）", Said("数量", "设备", str(large)), "台（套）。"]]
