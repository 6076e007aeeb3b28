"""What the shape of a table says must add up: discovery, licence, and the checks that come of it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Mark, Severity
from auditor.errors import RuleError
from auditor.model.facts import FilingKey
from auditor.model.filing import Filing, ReadTable
from auditor.model.footing import FootingKind
from auditor.model.tables import Column, Layout, Table
from auditor.reports.narrate import Narrator
from auditor.rules.book import load_rules
from auditor.shapes.discover import Footings, footings_of

from tests.support.shapes import TABLE, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.engine.findings import Audit
    from auditor.rules.book import RuleBook

TREE = """
科目|名称|合计|基本支出|项目支出
---
|合计|100.00|60.00|40.00
201|一般公共服务|70.00|40.00|30.00
20101|人大|70.00|40.00|30.00
2010101|行政运行|40.00|40.00|
2010102|其他|30.00||30.00
208|社保|30.00|20.00|10.00
20805|养老|30.00|20.00|10.00
2080505|缴费|20.00|20.00|
2080506|年金|10.00||10.00
"""
LANES = """
收入|预算数|支出|预算数
---
一、财政拨款|60.00|一、教育|50.00
二、其他|20.00|二、社保|40.00
本年收入合计|80.00|本年支出合计|90.00
上年结转|10.00||
收入总计|90.00|支出总计|90.00
"""
SPANS = """
单位|合计|其中：甲|基本支出|<|<|项目支出
|||小计|人员|公用|
---
合计|30.00|2.00|15.00|10.00|5.00|15.00
a|10.00|1.00|5.00|3.00|2.00|5.00
b|20.00|1.00|10.00|7.00|3.00|10.00
"""
NAMES = """
名称|预算|人员|公用
---
公共安全支出|9100.27|6075.19|3025.08
司法|9100.27|6075.19|3025.08
行政运行|5000.13|4000.11|1000.02
基层司法业务|4100.14|2075.08|2025.06
卫生支出|812.49|700.37|112.12
行政事业单位医疗|812.49|700.37|112.12
行政单位医疗|500.16|400.10|100.06
公务员医疗补助|312.33|300.27|12.06
合计|9912.76|6775.56|3137.20
"""


def found(text: str, *, stub: int = 1, lanes: tuple[int, ...] = (0,)) -> Footings:
    shape, facts = shape_of(text, stub=stub, lanes=lanes)
    return footings_of([shape], {fact.address: fact for fact in facts})


def patterns(footings: Footings) -> Counter[str]:
    return Counter(one.pattern for one in footings.kept)


def test_a_tree_of_codes_a_total_and_a_span_are_found() -> None:
    assert patterns(found(TREE, stub=2)) == {
        "科目：上级 = 下级之和": 12,
        "合计 = 基本支出 + 项目支出": 9,
        "合计 = 一般公共服务 + 社保": 3,
    }


def test_totals_of_lanes_chain_and_balance() -> None:
    assert set(patterns(found(LANES, lanes=(0, 2)))) == {
        "本年收入合计 = 一、财政拨款 + 二、其他",
        "收入总计 = 本年收入合计 + 上年结转",
        "本年支出合计 = 一、教育 + 二、社保",
        "支出总计 = 一、教育 + 二、社保",
        "收入总计 = 支出总计",
    }


def test_a_span_has_its_own_total_and_a_part_is_no_addend() -> None:
    assert set(patterns(found(SPANS))) == {"合计 = a + b", "小计 = 人员 + 公用", "合计 = 小计 + 项目支出"}


def test_a_tree_without_codes_is_found_by_arithmetic() -> None:
    footings = found(NAMES)
    assert patterns(footings)["合计 = 公共安全支出 + 卫生支出"] == 3
    assert patterns(footings)["逐级：上级 = 下级之和"] == 12
    assert not footings.misread


def test_what_fails_in_several_places_is_dropped_and_told() -> None:
    shifted = TREE.replace("|基本支出|项目支出", "|甲|乙").replace("|40.00|30.00", "|41.00|31.00")
    footings = found(shifted, stub=2)
    assert "合计 = 甲 + 乙" not in patterns(footings)
    assert any(one.pattern == "合计 = 甲 + 乙" and one.failed == 2 for one in footings.misread)


def test_a_figure_that_was_not_read_is_no_zero() -> None:
    footings = found(TREE.replace("208|社保|30.00", "208|社保|?"), stub=2)
    assert not footings.misread


@pytest.mark.parametrize(
    ("text", "stub", "lanes", "old", "new", "row"),
    [
        (TREE, 2, (0,), "2010101|行政运行|40.00", "2010101|行政运行|41.00", "2010101"),
        (TREE, 2, (0,), "|合计|100.00|60.00", "|合计|100.00|66.00", "合计"),
        (TREE, 2, (0,), "20101|人大|70.00", "20101|人大|10.00", "20101"),
        (LANES, 1, (0, 2), "收入总计|90.00", "收入总计|95.00", "收入总计"),
        (SPANS, 1, (0,), "b|20.00|1.00|10.00", "b|20.00|1.00|70.00", "b"),
        (NAMES, 1, (0,), "司法|9100.27", "司法|9100.72", "司法"),
    ],
)
def test_one_changed_figure_is_named(
    text: str, stub: int, lanes: tuple[int, ...], old: str, new: str, row: str
) -> None:
    assert old in text
    audit = audited(text.replace(old, new), stub=stub, lanes=lanes)
    (finding,) = audit.findings
    assert finding.severity is Severity.ERROR
    assert audit.facts[finding.suspects[0].fact].address.row == row
    assert not audited(text, stub=stub, lanes=lanes).findings


def test_the_finding_tells_what_the_table_obeys_elsewhere() -> None:
    audit = audited(TREE.replace("208|社保|30.00|20.00|10.00", "208|社保|30.00|20.00|17.00"), stub=2)
    assert "其余" in Narrator(audit).message(audit.findings[0])


def test_figures_of_footings_are_checked() -> None:
    audit = audited(TREE, stub=2)
    assert audit.checked == audit.printed
    assert set(audit.marks) == {Mark.CONFIRMED}


RULE = """- id: MY-{kind}
  title: 上级等于下级
  footing: {kind}
  {more}
  basis: 本表
  why: 本表
  fix: 改正
  examples:
    pass: "1"
    fail: "1"
"""


def book_of(folder: Path, more: str = "", kinds: Iterable[str] = ("列合计",)) -> RuleBook:
    text = "".join(RULE.format(kind=kind, more=more) for kind in kinds)
    (folder / "shapes.yaml").write_text(text, encoding="utf-8")
    return load_rules([folder], own=False, cache=False)


@cache
def every_footing() -> RuleBook:
    with TemporaryDirectory() as folder:
        return book_of(Path(folder), kinds=FootingKind)


def test_an_author_can_silence_a_relation(tmp_path: Path) -> None:
    wrong = TREE.replace("2010101|行政运行|40.00", "2010101|行政运行|41.00")
    assert audited(wrong, stub=2, book=book_of(tmp_path)).findings
    silent = book_of(tmp_path, 'ignore: "某表：合计 = 基本支出*"')
    assert not audited(wrong, stub=2, book=silent).findings


@pytest.mark.parametrize(
    ("more", "kind"), [("assert: 本表[208] = 0", "列合计"), ("form: 支出决算表", "列合计"), ("", "别的")]
)
def test_a_footing_stands_alone_and_has_a_known_kind(tmp_path: Path, more: str, kind: str) -> None:
    with pytest.raises(RuleError):
        book_of(tmp_path, more, [kind])


def audited(text: str, *, stub: int = 1, lanes: tuple[int, ...] = (0,), book: RuleBook | None = None) -> Audit:
    """The audit of one printed table by the rules on shapes."""
    shape, facts = shape_of(text, stub=stub, lanes=lanes)
    table = ReadTable(TABLE, TABLE, shape.place, unit="万元", facts=facts)
    columns = tuple(Column(name) for name in dict.fromkeys(fact.address.column for fact in facts))
    filing = Filing(FilingKey("某单位", 2024, "budget", "unit"), tables=[table])
    filing.dynamic[TABLE] = Table(TABLE, "", Layout.LIST, columns=columns, generic=True)
    filing.footings = footings_of([shape], {fact.address: fact for fact in facts}).kept
    return audit_filings([filing], book or every_footing())[0]


PLAIN_LIST = """
服务事项|金额
---
法律咨询|10.00
印刷|23.50
物业|41.20
网络维护|7.15
合计|{total}
"""


def failing(text: str) -> list[str]:
    """The patterns that a table of one column breaks and may be accused of."""
    shape, printed = shape_of(text)
    facts = {fact.address: fact for fact in printed}
    out = []
    for one in footings_of([shape], facts).kept:
        parts = sum(sign * facts[address].value for sign, address in one.parts)
        if facts[one.total].value != parts:
            out.append(one.pattern)
    return out


@pytest.mark.parametrize(("total", "told"), [("81.85", 0), ("81.58", 1), ("818.50", 1), ("58.35", 0)])
def test_the_only_total_of_a_plain_list_keeps_its_licence_when_it_is_wrong(total: str, told: int) -> None:
    """But not where what it lacks is a printed row (23.50): that may not belong to it."""
    assert len(failing(PLAIN_LIST.format(total=total))) == told


def test_a_wrong_total_whose_rows_a_larger_total_sums_rightly_is_told() -> None:
    """支出总计 is the sum of all rows, so that 本年支出合计 alone is wrong."""
    text = """
支出|预算数
---
一、一般公共服务支出|50.00
二、教育支出|40.00
本年支出合计|900.00
结转下年|12.34
支出总计|102.34
"""
    assert len(failing(text)) == 1
    assert failing(text.replace("900.00", "90.00")) == []
    assert found(text.replace("900.00", "90.00")).kept != []


def test_rows_of_several_levels_that_were_added_up_accuse_nobody() -> None:
    """合计 = the rows of 全额, and again the items: twice the total is a mixture of levels."""
    text = "\n名称|金额\n---\n合计|60.01\n甲处|60.00\n" + "\n".join(f"物品{n}|{n}0.00" for n in (1, 2, 3)) + "\n"
    assert failing(text) == []


CARRIED = """
单位|合计|财政拨款|上年结转|其他收入
---
合计|{total}|400.00|{over}|50.00
甲单位|{first}|100.00|60.00|
乙单位|350.00|300.00||50.00
"""


def test_a_total_that_counts_carry_over_in_where_its_parts_do_not_accuses_nobody() -> None:
    """The units leave 上年结转 (60.00) out of 合计, the total row counts it in; all else still adds up and is checked."""
    good = CARRIED.format(total="510.00", over="60.00", first="100.00")
    assert failing(good) == []
    assert len(failing(good.replace("400.00", "490.00"))) == 2  # of its row and its column
    assert any(one.kind is FootingKind.ROWS for one in found(good).kept)


def test_a_row_without_name_and_without_amount_takes_no_sum_away() -> None:
    text = "\n名称|金额\n---\n甲|10.00\n|0.00\n乙|20.50\n|0.00\n丙|30.00\n合计|{}\n"
    assert found(text.format("60.50")).kept != []
    assert len(failing(text.format("68.50"))) == 1
    assert failing(text.format("68.50").replace("\n|0.00", "\n|8.00", 1)) == []  # it may be a part


GROUPS = """
名称|数量|金额
---
合计|9|600.50
全额|2|200.25
市某局|2|200.25
差额|7|400.25
市某院|7|400.25
"""


def test_a_group_and_its_only_member_are_one_addend() -> None:
    assert failing(GROUPS) == []
    assert any(one.pattern == "合计 = 全额 + 差额" for one in found(GROUPS).kept)
