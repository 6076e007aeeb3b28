"""Whole filings as PDF: the same facts and the same verdicts as from the text they were printed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.model.facts import FilingKey
from auditor.readers import read_bytes
from auditor.reading.filings import filing_of, merge
from auditor.reports.html import filing_html
from auditor.reports.json_report import tool_data
from auditor.testing.layouts import Layouts
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.pdf_blocks import pdf_of
from auditor.testing.pdf_writer import Page, written
from auditor.testing.planting import plant
from auditor.testing.printed_ledger import Style, print_tables
from auditor.testing.text_files import text_of

if TYPE_CHECKING:
    from auditor.model.document import Grid, Paragraph
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook

KEY = FilingKey("青山县社会保险事业中心", 2023, "final_accounts", "unit")


def blocks(book: RuleBook, seed: int, *, planted: bool = False, official: bool = False) -> list[Paragraph | Grid]:
    printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=400_000_000)), Style(), book.forms)
    if planted:
        plant(printed, "三公经费表", "", "决算数/公务接待费", "transposed")
        plant(printed, "收入支出决算总表", "收入/总计", "", "digit")
    return Layouts(book.forms, Style(), KEY, official=official).blocks(printed)


def filing(data: bytes, name: str, book: RuleBook) -> Filing:
    return merge([filing_of(read_bytes(data, name), book.forms)], book.forms)


@pytest.mark.slow
@pytest.mark.parametrize(("heads", "official"), [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("seed", [11, 29])
def test_a_filing_says_the_same_as_pdf_and_as_text(seed: int, heads: bool, official: bool, book: RuleBook) -> None:
    made = blocks(book, seed, planted=seed == 29, official=official)
    as_text = filing(text_of(blocks(book, seed, planted=seed == 29)).encode(), "a.txt", book)
    as_pdf = filing(pdf_of(made, heads=heads), "a.pdf", book)
    assert [(str(f.address), f.value, f.step, f.state, f.unit) for f in as_pdf.facts] == [
        (str(f.address), f.value, f.step, f.state, f.unit) for f in as_text.facts
    ]
    assert not as_pdf.unread
    assert not as_pdf.remarks
    one, other = audit_filings([as_text], book)[0], audit_filings([as_pdf], book)[0]
    assert one.ledger.counts == other.ledger.counts
    assert [(finding.id, finding.severity) for finding in one.findings] == [
        (finding.id, finding.severity) for finding in other.findings
    ]
    assert any(finding.severity.value == "error" for finding in one.findings) is (seed == 29)


def test_every_figure_of_a_pdf_has_its_page_and_box(book: RuleBook) -> None:
    read = filing(pdf_of(blocks(book, 11)), "a.pdf", book)
    assert len(read.facts) > 300
    for fact in read.facts:
        assert fact.place.page is not None
        assert fact.place.bbox is not None
        x0, y0, x1, y1 = fact.place.bbox
        assert 0 <= x0 < x1 <= 842
        assert 0 <= y0 < y1 <= 595


def test_a_filing_without_rulings_is_read_and_says_that_its_columns_were_told_by_alignment(book: RuleBook) -> None:
    page = Page(842, 595)
    page.text(300, 40, "测试局2023年度部门决算", size=16)
    page.text(340, 80, "收入决算表", size=16)
    page.text(700, 100, "单位：万元", size=10)
    head = [
        "科目编码",
        "科目名称",
        "本年收入合计",
        "财政拨款收入",
        "上级补助收入",
        "事业收入",
        "经营收入",
        "附属单位上缴收入",
        "其他收入",
    ]
    zeros = ["0.00"] * 5
    rows = [
        ["208", "社会保障和就业支出", "200.00", "200.00", *zeros],
        ["20805", "行政事业单位养老支出", "200.00", "200.00", *zeros],
        ["2080505", "基本养老保险缴费支出", "200.00", "200.00", *zeros],
    ]
    page.table(40, 110, [60.0, 130.0, *[80.0] * 7], [head, *rows], size=9, height=20, ruled=False)
    read = filing(written([page]), "a.pdf", book)
    (table,) = [table for table in read.tables if table.table == "收入决算表"]
    assert table.borderless
    assert len(table.facts) == 21
    (audit,) = audit_filings([read], book)
    html = filing_html(audit, tool_data("1", ""), "half_up")
    assert "这张表没有框线，各栏由对齐位置判断" in html
