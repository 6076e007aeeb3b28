"""Budgets of places that no family of forms describes: bound where that is certain, checked, and never blamed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Mark, Severity
from auditor.engine.verdicts import Verdict
from auditor.testing.varying.comparing import Judge
from auditor.testing.varying.copies import copies
from auditor.testing.varying.sheets import original_of, read_whole

from tests.conftest import rule_book
from tests.support.provinces import PLACES, Page, document

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.model.filing import Filing

BOUND = {
    "北京": [
        "收支预算总表",
        "收入预算表",
        "支出预算表",
        "其他表/项目支出表",
        "财政拨款收支预算总表",
        "一般公共预算支出预算表",
        "基本支出预算明细表",
        "政府性基金支出预算表",
        "国有资本经营支出预算表",
        "三公经费预算表",
    ],
    "中央": ["一般公共预算支出预算表", "三公经费预算表", "其他表/一般公共预算三公经费支出表"],
    "湖南": [
        "收支预算总表",
        "支出预算表",
        "一般公共预算支出预算表",
        "其他表/一般公共预算基本支出表",
        "其他表/支出预算分类汇总表（按部门预算经济分类）",
    ],
    "广东": ["收支预算总表", "支出预算表", "一般公共预算支出预算表", "基本支出预算明细表", "政府性基金支出预算表"],
    "浙江": ["收支预算总表", "支出预算表", "一般公共预算支出预算表", "三公经费预算表"],
}


@cache
def filing_of(place: str) -> Filing:
    entity, pages = PLACES[place]
    return read_whole(document(entity, 2023, pages()), rule_book().forms)


@cache
def audit_of(place: str) -> Audit:
    return audit_filings([filing_of(place)], rule_book())[0]


def changed(place: str, title: str, before: str, after: str) -> Audit:
    """Audit a place's budget with a figure of one table printed otherwise."""
    entity, pages = PLACES[place]
    wrong = [replace(p, lines=p.lines.replace(before, after, 1)) if p.title == title else p for p in pages()]
    assert any(a.lines != b.lines for a, b in zip(wrong, pages(), strict=True))
    return audit_filings([read_whole(document(entity, 2023, wrong), rule_book().forms)], rule_book())[0]


@pytest.mark.parametrize("place", PLACES)
def test_tables_are_bound_by_title_and_header_words_else_by_their_codes(place: str) -> None:
    filing = filing_of(place)
    assert [table.table for table in filing.tables] == BOUND[place]
    assert filing.family == "全国预算"
    assert filing.unread == []  # what no form knows stands under its own labels


@pytest.mark.parametrize("place", PLACES)
def test_nobody_is_blamed(place: str) -> None:
    audit = audit_of(place)
    assert [finding.rule.id for finding in audit.findings] == []
    for fact, mark in list(zip(audit.facts, audit.marks, strict=True))[: len(audit.filing.facts)]:
        known = fact.is_figure and not fact.address.table.startswith("其他表/")
        assert not known or mark is not Mark.UNCHECKED, fact.address


@pytest.mark.parametrize(
    ("place", "title", "before", "after", "address"),
    [
        (
            "北京",
            "部门支出总表",
            "2080505|机关事业单位基本养老保险缴费支出|41.22",
            "2080505|机关事业单位基本养老保险缴费支出|42.12",
            "支出预算表[2080505].总计",
        ),
        (
            "北京",
            "一般公共预算支出表",
            "210|卫生健康支出|25.30|25.30|25.30",
            "210|卫生健康支出|25.30|25.30|23.50",
            "一般公共预算支出预算表[210].基本支出/人员经费",
        ),
        ("北京", "财政拨款收支总表", "二、上年结转|10.00", "二、上年结转|1.00", "财政拨款收支预算总表[收入/上年结转]"),
        ("中央", "一般公共预算支出表", "|64.35|11.11%", "|63.45|11.11%", "一般公共预算支出预算表[合计].增减额"),
        (
            "湖南",
            "部门收支总表",
            "机关工资福利支出|445.33",
            "机关工资福利支出|443.53",
            "收支预算总表[政府经济分类/机关工资福利支出].合计",
        ),
        (
            "湖南",
            "一般公共预算基本支出表（按政府预算经济分类）",
            "50102|社会保障缴费|87.13",
            "50102|社会保障缴费|78.13",
            "其他表/一般公共预算基本支出表[50102].合计",
        ),
        (
            "广东",
            "一般公共预算基本支出情况表（按支出经济分类科目）",
            "[30113]住房公积金|38.05",
            "[30113]住房公积金|380.50",
            "基本支出预算明细表[30113].总计",
        ),
        (
            "浙江",
            "部门支出预算总表",
            "2080506|机关事业单位职业年金缴费支出|20.61",
            "2080506|机关事业单位职业年金缴费支出|26.01",
            "支出预算表[2080506].总计",
        ),
        (
            "浙江",
            "部门支出预算总表",
            "105002|市政工程管理处|100.61",
            "105002|市政工程管理处|101.61",
            "支出预算表[单位/105002].总计",
        ),
    ],
)
def test_a_wrong_figure_is_found_and_named(place: str, title: str, before: str, after: str, address: str) -> None:
    audit = changed(place, title, before, after)
    errors = [finding for finding in audit.findings if finding.severity is Severity.ERROR]
    assert errors
    named = {str(audit.facts[operand.fact].address) for f in errors for check in f.checks for operand in check.operands}
    assert address in named
    assert all(finding.verdict is Verdict.INCONSISTENT for finding in errors)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_varied_copies_never_mislead(place: str) -> None:
    entity, pages = PLACES[place]
    made = original_of(document(entity, 2023, pages()), rule_book().forms)
    judge = Judge(made, rule_book())
    varied = list(copies(made, 34, seed=5))[::7]
    assert varied
    for copy in varied:
        result = judge.compare(copy)
        assert result.clean, f"{copy.names}: {result}"


def test_the_same_words_under_last_year_are_another_column() -> None:
    facts = {str(fact.address): fact.text for fact in filing_of("中央").facts if fact.text}
    assert facts["三公经费预算表[合计]"] == "12.60"
    assert facts["一般公共预算支出预算表[合计].上年执行数"] == "579.18"
    assert facts["一般公共预算支出预算表[合计].总计"] == "643.53"


def test_a_unit_below_another_is_no_addend_of_the_total() -> None:
    rows = {fact.address.row for fact in filing_of("北京").facts if fact.address.table == "收入预算表"}
    assert rows == {"合计", "单位/027", "单位/027/027001"}
    audit = changed("北京", "部门收入总表", "027001|城市管理局本级|723.53", "027001|城市管理局本级|732.53")
    errors = [finding for finding in audit.findings if finding.severity is Severity.ERROR]
    assert {str(audit.facts[s.fact].address) for f in errors for s in f.suspects} == {
        "收入预算表[单位/027/027001].总计"
    }


LEAVES = """
科目编码|科目名称|合计
|合计|30.00
105001|甲单位|20.00
208|社会保障和就业支出|20.00
20805|行政事业单位养老支出|20.00
2080505|机关事业单位基本养老保险缴费支出|20.00
105002|乙单位|10.00
2080506|机关事业单位职业年金缴费支出|10.00
"""


def one_table(lines: str, title: str = "部门支出总表") -> Audit:
    made = document("某省某局", 2023, [Page(title, lines)])
    return audit_filings([read_whole(made, rule_book().forms)], rule_book())[0]


def test_each_unit_has_a_tree_of_its_own() -> None:
    """The second unit lists a leaf whose 款 stands under the first."""
    assert one_table(LEAVES).findings == []
    wrong = one_table(
        LEAVES.replace("2080506|机关事业单位职业年金缴费支出|10.00", "2080506|机关事业单位职业年金缴费支出|9.00")
    )
    (finding,) = wrong.findings
    rows = {wrong.facts[operand.fact].address.row for operand in finding.main.operands}
    assert rows == {"单位/105002", "2080506"}


def test_codes_before_the_first_unit_prove_nothing_about_the_total() -> None:
    """They may sum up the units that follow, or belong to one whose row stands below them."""
    summed = LEAVES.replace("|合计|30.00\n", "|合计|30.00\n208|社会保障和就业支出|30.00\n")
    assert one_table(summed).findings == []


def test_a_code_listed_for_several_units_is_compared_with_no_other_table() -> None:
    twice = LEAVES.replace("2080506|机关事业单位职业年金缴费支出", "2080505|机关事业单位基本养老保险缴费支出")
    general = "科目编码|科目名称|合计\n|合计|30.00\n208|社会保障和就业支出|30.00\n20805|行政事业单位养老支出|30.00\n2080505|缴费|30.00"
    made = document("某省某局", 2023, [Page("部门支出总表", twice), Page("一般公共预算支出表", general)])
    audit = audit_filings([read_whole(made, rule_book().forms)], rule_book())[0]
    assert audit.findings == []
    assert "reason.repeated" in {item.reason.key for item in audit.not_evaluated}


def test_a_table_of_other_codes_does_not_become_what_its_title_says() -> None:
    audit = one_table(
        "科目编码|科目名称|合计\n|合计|3.00\n501|机关工资福利支出|3.00\n50101|工资奖金津补贴|1.00\n50102|社会保障缴费|1.00"
    )
    tables = {table.table: table.reason for table in audit.filing.tables}
    assert tables == {"其他表/部门支出总表": ""}
    assert [finding.rule.id for finding in audit.findings] == ["SH-02"]


def test_figures_under_an_unknown_column_make_sums_doubtful() -> None:
    lines = "科目编码|科目名称|合计|基本支出|项目支出|从没见过的支出\n|合计|6.00|1.00|2.00|3.00\n208|社保|6.00|1.00|2.00|3.00"
    audit = one_table(lines)
    assert audit.findings == []
    other = [str(f.address) for f in audit.facts if f.address.table.startswith("其他表/")]
    assert other == ["其他表/部门支出总表[合计].从没见过的支出", "其他表/部门支出总表[208].从没见过的支出"]


def test_two_tables_of_one_title_and_no_form_stay_apart() -> None:
    lines = "科目编码|科目名称|甲|乙\n|合计|3.00|2.00\n208|社保|1.00|1.00\n210|卫生|1.00|1.00\n212|城乡|1.00|{}"
    pages = [Page("自编情况表", lines.format(amount)) for amount in ("0.00", "1.00")]
    audit = audit_filings([read_whole(document("某省某局", 2023, pages), rule_book().forms)], rule_book())[0]
    assert [table.table for table in audit.filing.tables] == ["其他表/自编情况表", "其他表/自编情况表（2）"]
    (finding,) = (finding for finding in audit.findings if finding.severity is Severity.ERROR)
    assert finding.main.rule.id == "SH-01"
    assert {audit.facts[operand.fact].address.table for operand in finding.main.operands} == {"其他表/自编情况表（2）"}
