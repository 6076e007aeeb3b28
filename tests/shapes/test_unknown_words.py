"""Law 10, structure before labels: words that nobody knows cost their own names and accuse nobody."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.model.document import Cell
from auditor.model.facts import Place
from auditor.model.shape import ShapeRow
from auditor.model.units import Kind
from auditor.readers.text import html_pages
from auditor.reading.filings import filing_of, merge
from auditor.sandbox import read
from auditor.shapes.trees import ASIDE, ROOT, trees_of
from auditor.shapes.words import kind_of
from auditor.testing.field.hiding import graver
from auditor.testing.field.renaming import RENAMINGS, renamed

from tests.conftest import SHARED, rule_book

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.model.document import Document
    from auditor.model.filing import Filing

COVER = "<p>云岭县信访局2026年部门预算公开</p>"
Lines = list[list[str]]


def page(title: str, head: str, lines: Lines) -> str:
    body = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in line) + "</tr>" for line in lines)
    return f"{COVER}<p>{title}</p><p>单位：万元</p><table>{head}{body}</table>"


def document(text: str) -> Document:
    return html_pages.read(text.encode(), file="云岭县信访局2026年部门预算.html", sha256="")


def filing(text: str | Document) -> Filing:
    forms = rule_book().forms
    return merge([filing_of(document(text) if isinstance(text, str) else text, forms)], forms)


def audited(text: str | Document) -> Audit:
    return audit_filings([filing(text)], rule_book(), prove_clean=False)[0]


def said(text: str) -> list[str]:
    return [one.rule.id for one in audited(text).findings if one.severity.value == "error"]


GROUPED = (
    "<tr><td rowspan=2>科目编码</td><td rowspan=2>科目名称</td><td rowspan=2>{whole}</td>"
    "<td colspan=3>基本支出</td><td rowspan=2>项目支出</td></tr>"
    "<tr><td>小计</td><td>人员经费</td><td>公用经费</td></tr>"
)
CODED = [
    ["", "合计", "95.00", "65.00", "50.00", "15.00", "30.00"],
    ["201", "一般公共服务支出", "95.00", "65.00", "50.00", "15.00", "30.00"],
    ["20140", "信访事务", "95.00", "65.00", "50.00", "15.00", "30.00"],
    ["2014001", "行政运行", "65.00", "65.00", "50.00", "15.00", ""],
    ["2014004", "信访业务", "30.00", "", "", "", "30.00"],
]


@pytest.mark.parametrize("whole", ["合计", "预拨数"])
def test_a_subtotal_below_a_group_is_not_the_total_of_the_table(whole: str) -> None:
    made = filing(page("一般公共预算支出预算表", GROUPED.format(whole=whole), CODED))
    totals = {f.text for f in made.facts if f.address.column == "总计" and f.address.row == "合计"}
    assert totals <= {"95.00"}
    assert any(f.text == "95.00" for f in made.facts)


LISTED = [
    ["", "合计", "312.60"],
    ["信访大厅", "工作经费", "28.50"],
    ["信访大厅", "安保费", "48.10"],
    ["信访大厅", "登门", "6"],
    ["信访大厅", "奖励资金", "80.00"],
    ["培训中心", "补助费", "10.00"],
    ["培训中心", "培训费", "20.50"],
    ["培训中心", "维修费", "19.50"],
    ["培训中心", "印刷费", "12.00"],
    ["培训中心", "在职人员医疗补助", "57"],
    ["培训中心", "水费", "31.00"],
]


def test_a_name_that_no_list_knows_is_an_amount_among_amounts() -> None:
    head = "<tr><td>何处</td><td>何事</td><td>几何</td></tr>"
    assert said(page("专项明细情况表", head, LISTED)) == []
    wrong = [*LISTED[:3], ["信访大厅", "登门", "9"], *LISTED[4:]]
    assert said(page("专项明细情况表", head, wrong)) == ["SH-01"]


def test_the_last_word_of_a_name_says_what_it_measures() -> None:
    kinds = {
        text: kind_of((text,), decimals=False, money=False)[0] for text in ("在职人员补助", "补助人数", "采购金额")
    }
    assert kinds == {"在职人员补助": Kind.AMOUNT, "补助人数": Kind.COUNT, "采购金额": Kind.AMOUNT}


NUMBERED = [
    ["", "何", "1", "2", "3"],
    ["", "合计", "90.00", "60.00", "30.00"],
    ["201", "一般公共服务支出", "70.00", "50.00", "20.00"],
    ["20140", "信访事务", "70.00", "50.00", "20.00"],
    ["208", "社会保障和就业支出", "20.00", "10.00", "10.00"],
    ["20805", "行政事业单位养老支出", "20.00", "10.00", "10.00"],
]
ACROSS = "<tr><td>编码</td><td>名称</td><td>某某合计</td><td>某某支出</td><td>某某经费</td></tr>"


def test_a_first_row_that_counts_the_columns_is_no_row_of_figures() -> None:
    assert said(page("某某情况表", ACROSS, NUMBERED)) == []


def row(name: str, figure: str, code: str = "") -> ShapeRow:
    return ShapeRow(0, 0, (code, name), name, Place(), {2: Cell(figure, Place())}, code, "economic" if code else "")


def test_a_row_of_nothing_between_codes_heads_none_of_them() -> None:
    for figure, parents in (("0.00", [ROOT, 0, ASIDE, ROOT, 3]), ("7.00", [ROOT, 0, ROOT, 2, 3])):
        rows = [row("甲", "9.00", "301"), row("乙", "9.00", "30101"), row("丙", figure), row("丁", "5.00", "303")]
        trees = dict(trees_of([*rows, row("戊", "5.00", "30301")]))
        assert trees["科目"] == parents


HEADED = ["项目", "预算数（单位：万元）", "绩效目标"]
PAGES = [["合计", "100.00", ""], ["局机关", "40.00", ""], ["工作经费", "25.00", "保障工作"], HEADED]
PAGES += [["中心", "35.00", ""], ["其他", "0.00", "保障运行"]]


def test_a_unit_in_a_header_makes_it_no_caption() -> None:
    made = filing(page("重点项目情况表", "", [HEADED, *PAGES]))
    assert len({f.address.column for f in made.facts if f.text in ("100.00", "35.00")}) == 1


@cache
def whole() -> tuple[Document, Audit]:
    table = page("一般公共预算支出预算表", GROUPED.format(whole="合计"), CODED)
    made = document(table + page("专项明细情况表", "<tr><td>单位</td><td>项目</td><td>金额</td></tr>", LISTED))
    return made, audited(made)


@pytest.mark.parametrize("way", list(RENAMINGS))
@pytest.mark.parametrize("seed", range(3))
def test_other_words_and_rows_of_nothing_accuse_nobody(way: str, seed: int) -> None:
    made, before = whole()
    assert [one.finding.rule.id for one in graver(before, audited(renamed(made, way, seed))) if not one.surer] == []


REAL = ("江苏无锡_信访局_2025", "福建福州_公安文职中心", "西安_人社局", "陕西西安_人社局")


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("way", list(RENAMINGS))
def test_other_words_in_a_published_filing_accuse_nobody(name: str, way: str) -> None:
    found = [path for path in (SHARED / "field").glob("*.pdf") if path.name.startswith(name)]
    if not found:
        pytest.skip("the shared filings are not here (../shared/filings)")
    made = read(found[0])
    assert [one for one in graver(audited(made), audited(renamed(made, way, 0))) if not one.surer] == []
