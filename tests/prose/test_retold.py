"""What the text tells under a name that a table or another sentence prints: held to be one only where that is shown."""

from __future__ import annotations

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.forms.printed_table import Found
from auditor.model.document import Cell, Grid, Paragraph
from auditor.model.facts import FilingKey, Place
from auditor.model.filing import Filing
from auditor.model.footing import FootingKind
from auditor.reading.filings import finished
from auditor.reports.narrate import Narrator
from auditor.shapes.whole import read_by_shape

from tests.conftest import rule_book

TABLE = """项目名称 | 合计 | 上年
合计 | 3,493.83 | 3,000.00
资格考试工作 | 500.00 | 400.00
律师管理工作 | 1,419.35 | 1,400.00
普法宣传工作 | 1,516.48 | 1,150.00
新闻宣传工作 | 58.00 | 50.00"""
TOLD = "资格考试工作500.00万元，用于考试。\n律师管理工作1,419.35万元，用于培训。\n普法宣传工作1,516.48万元，用于宣传。\n新闻宣传工作58.00万元。"


def _filing(text: str, table: str = TABLE) -> Filing:
    book = rule_book()
    filing = Filing(FilingKey("青山县示例中心", 2026, "budget", "unit"))
    rows = [[part.strip() for part in line.split("|")] for line in table.splitlines()]
    cells = tuple(
        tuple(Cell(value, Place(row=n, column=m)) for m, value in enumerate(row, 1)) for n, row in enumerate(rows, 1)
    )
    assert read_by_shape(
        Found("项目支出情况", (), Place(), grids=[Grid(cells, Place(), spans_known=True)]), book.forms, filing
    )
    lines = ["四、其他事项说明", *text.splitlines()]
    filing.texts = [Paragraph(line, Place(line=number)) for number, line in enumerate(lines, 1)]
    return finished(filing, book.forms)


def _said(filing: Filing) -> list[str]:
    (audit,) = audit_filings([filing], rule_book())
    return [finding.rule.id for finding in audit.findings if finding.rule.id.startswith("PN")]


def _pairs(filing: Filing) -> set[str]:
    names = {fact.address: fact.text for fact in filing.facts}
    return {names[one.total] for one in filing.footings if one.kind is FootingKind.IN_TABLE}


def test_a_section_that_tells_a_column_tells_all_of_it() -> None:
    assert _pairs(_filing(TOLD)) == {"500.00", "1,419.35", "1,516.48", "58.00"}
    assert _said(_filing(TOLD)) == []


@pytest.mark.parametrize(("right", "wrong"), [("58.00", "88.00"), ("1,419.35", "1,149.35")])
def test_the_one_figure_that_differs_is_told(right: str, wrong: str) -> None:
    assert _said(_filing(TOLD.replace(right, wrong))) == ["PN-01"]


def test_a_short_figure_alone_may_be_of_another_fund() -> None:
    assert _said(_filing("新闻宣传工作88.00万元。")) == []


def test_another_figure_under_the_name_is_no_slip() -> None:
    assert _said(_filing("律师管理工作1,400.00万元。")) == []
    assert _said(_filing("律师管理工作2,733.35万元。")) == []


def test_one_slip_in_a_long_figure_is_told() -> None:
    assert _said(_filing("律师管理工作1,479.35万元，用于培训。")) == ["PN-01"]


def test_spending_out_of_an_income_is_not_that_income() -> None:
    table = TABLE.replace("律师管理工作", "事业收入")
    assert _said(_filing("事业收入支出1,479.35万元，用于培训。", table)) == []


def test_two_sentences_that_differ_by_one_slip() -> None:
    text = "在职人员经费{}万元，公用经费14.80万元。\n在职人员经费10,698.69万元，主要是工资。"
    assert _said(_filing(text.format("10,698.69"))) == []
    assert _said(_filing(text.format("10,968.69"))) == ["PN-02"]
    assert _said(_filing(text.format("9,207.11"))) == []


@pytest.mark.parametrize(("told", "weight"), [("1,516.49", Severity.INFO), ("1,516.58", Severity.ERROR)])
def test_one_last_digit_beside_the_table_is_a_hint(told: str, weight: Severity) -> None:
    filing = _filing(TOLD.replace("1,516.48", told))
    (audit,) = audit_filings([filing], rule_book())
    assert [one.severity for one in audit.findings if one.rule.id == "PN-01"] == [weight]


def test_the_repair_has_the_printed_precision_and_the_printed_name_of_the_table() -> None:
    """A table with more decimals than the sentence: 1,479.35 is to be 1,419.35 and not 1,419.352718."""
    finer = TABLE.replace("1,419.35", "1,419.352718").replace("3,493.83", "3,493.832718")
    (audit,) = audit_filings([_filing("律师管理工作1,479.35万元，用于培训。", finer)], rule_book())
    (finding,) = [one for one in audit.findings if one.rule.id == "PN-01"]
    told = next(one for one in finding.suspects if audit.facts[one.fact].text == "1,479.35")
    fact = audit.facts[told.fact]
    assert told.suggested is not None
    assert told.suggested % fact.own_step == 0
    assert abs(told.suggested - fact.value) < abs(fact.value) // 20
    message = Narrator(audit).message(finding)
    assert "项目支出情况" in message
    assert "其他表" not in message
