"""科目: names and codes of budget classes against the list of their year."""

from __future__ import annotations

import pytest
from auditor.engine.audit import audit_filings
from auditor.readers.text.plain_text import read as read_text
from auditor.reading.filings import filing_of, merge

from tests.conftest import rule_book

HEAD = "科目代码 | 科目名称 | 本年支出合计 | 基本支出 | 项目支出 | 上缴上级支出 | 经营支出 | 对附属单位补助支出"
PLAIN = "合计 | | 5.00 | 5.00 | 0 | 0 | 0 | 0"
TITLE = "某县财政局{}年度部门决算\n"


def found(text: str) -> list[tuple[str, str]]:
    """The rows of the table 科目 with what each should be."""
    forms = rule_book().forms
    filing = merge([filing_of(read_text(text.encode(), file="a.txt", sha256=""), forms)], forms)
    lines = {
        fact.address._replace(column=""): fact.text
        for table in filing.about
        for fact in table.facts
        if table.table == "科目" and fact.address.column == "应为"
    }
    return [(address.row, text) for address, text in lines.items()]


def table(*rows: tuple[str, str], year: int = 2023) -> str:
    lines = [f"{code} | {name} | 5.00 | 5.00 | 0 | 0 | 0 | 0" for code, name in rows]
    return TITLE.format(year) + "\n".join(["支出决算表", HEAD, PLAIN, *lines])


def prose(sentence: str, year: int = 2023) -> str:
    return TITLE.format(year) + "五、一般公共预算财政拨款支出决算情况说明\n" + sentence + "支出决算为1.00万元。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (table(("210", "医疗卫生与计划生育支出")), [("旧名", "卫生健康支出")]),
        (table(("210", "医疗卫生与计划生育支出"), year=2018), []),
        (table(("210", "卫生健康支出")), []),
        (table(("208", "社会保障和就业支岀")), [("错字", "社会保障和就业支出")]),
        (table(("208", "社会保障和就业")), []),
        (table(("208", "社会保障与就业支出")), []),  # a common way to write it
        (table(("208", "社会保障就业支出")), []),  # a character less: abridged
        (table(("2299999", "从没见过的某种支出")), []),
        (table(("2080505", "机关事业单位职业年金缴费支出")), [("码名不符", "机关事业单位基本养老保险缴费支出")]),
        (table(("2080505", "住房公积金")), []),  # of another class: a list that is out of date cannot tell
        (prose("1、卫生健康支出（类）行政事业单位医疗（款）行政单位医疗（项）。"), []),
        (prose("1、医疗卫生与计划生育支出（类）行政事业单位医疗（款）。"), [("旧名", "卫生健康支出")]),
        (prose("1、主要用于医疗卫生与计划生育支出（210类）。"), [("旧名", "卫生健康支出")]),
        (prose("1、医疗卫生与计划生育支出（类）行政事业单位医疗（款）。", year=2017), []),
        (
            prose("1、社会保障和就业支出（类）行政事业单位医疗（款）行政单位医疗（项）。"),
            [("上级不符", "卫生健康支出")],
        ),
        (prose("1、社会保障和就业支出（类）人力资源和社会保障管理事务（款）机关服务（项）。"), []),
        (prose("1、工资福利支出（类）基本工资（款）。"), []),
        (prose("1、一般公共服务支出（类）从没见过的事务（款）行政运行（项）。"), []),
        (prose("医疗卫生与计划生育支出管理办法。"), []),
    ],
)
def test_names_are_compared_with_the_list_of_the_year(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_the_finding_says_which_name_and_which_it_should_be() -> None:
    forms = rule_book().forms
    text = prose("1、医疗卫生与计划生育支出（类）行政事业单位医疗（款）。")
    filing = merge([filing_of(read_text(text.encode(), file="a.txt", sha256=""), forms)], forms)
    (audit,) = audit_filings([filing], rule_book())
    assert [finding.rule.id for finding in audit.findings if finding.rule.id.startswith("ST-N")] == ["ST-N-01"]
