"""Pages of which nothing is known: what is not found may stand there, so nothing is said to be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.reading.filings import filing_of, group
from auditor.testing.pdf_writer import Page

from tests.support.pdf_files import document, lines

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.model.document import Document
    from auditor.rules.book import RuleBook

WIDTHS = [60.0, 140.0, 80.0, 80.0]
HEAD = ["科目编码", "科目名称", "本年收入合计", "财政拨款收入"]


def contents(*entries: str) -> Page:
    page = Page()
    page.text(190, 60, "测试局2023年度部门决算", size=16)
    page.text(280, 100, "目录", size=14)
    for number, entry in enumerate(entries):
        page.text(80, 140 + 24 * number, entry, size=12)
    return page


def table_page(title: str, *rows: list[str], head: bool = True) -> Page:
    page = Page()
    if title:
        page.text(220, 60, title, size=16)
        page.text(450, 90, "单位：万元", size=10)
    page.table(60, 100, WIDTHS, [*([HEAD] if head else []), *rows], size=9, height=20)
    return page


TOTAL = ["", "合计", "300.00", "300.00"]
FIRST = ["208", "社会保障和就业支出", "200.00", "200.00"]
SECOND = ["210", "卫生健康支出", "100.00", "100.00"]


def audited(read: Document, book: RuleBook) -> Audit:
    (audit,) = audit_filings(group([filing_of(read, book.forms)], book.forms), book)
    return audit


def told(read: Document, book: RuleBook) -> set[str]:
    return {finding.rule.id for finding in audited(read, book).findings}


@pytest.mark.parametrize("how", ["scans", "lost"])
def test_a_table_is_missing_only_where_every_page_was_read(book: RuleBook, how: str) -> None:
    pages = [
        contents("一、收入决算表", "二、支出决算表", "三、预算绩效管理情况"),
        table_page("收入决算表", TOTAL, FIRST, SECOND),
    ]
    assert {"ST-S-01", "ST-S-10"} <= told(document(*pages, Page()), book)
    read = document(*pages, Page())
    if how == "scans":
        read.scans = [3]
    else:
        read.lost = {3: []}
    assert not {"ST-S-01", "ST-S-02", "ST-S-03", "ST-S-10"} & told(read, book)


def test_a_sum_is_wrong_only_where_its_rows_cannot_go_on_on_a_page_that_was_not_read(book: RuleBook) -> None:
    pages = [
        contents("一、收入决算表"),
        table_page("收入决算表", TOTAL, FIRST),
        Page(),
        table_page("", SECOND, head=False),
    ]
    assert told(document(*pages[:2]), book)
    read = document(*pages)
    read.scans = [3]
    assert not told(read, book)


def test_no_sentence_goes_on_over_a_page_that_was_not_read() -> None:
    long = "本部门二〇二三年度收入总计和支出总计与上年相比均有所增加主要原因是人员经费和项目经费增加较多其中人员经费"
    page = Page()
    for number in range(4):
        page.text(60, 100 + 20 * number, long[:42], size=11)
    picture = Page()
    picture.picture(0, 0, 595, 842, b"\x80" * 100, 10, 10)
    both = lines(document(page, page))
    parted = lines(document(page, picture, page))
    assert len(both) < len(parted) == 2
