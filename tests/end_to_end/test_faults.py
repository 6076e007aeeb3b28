"""A fault of the program is told as one, and costs as little as it can: a page, not the file; a file, not the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from auditor.errors import where
from auditor.readers import read_bytes
from auditor.readers.pdf import pdf_reader
from auditor.readers.pdf.page_content import PageContent
from auditor.reading.filings import filing_of
from auditor.sandbox.guard import CrashError, Guard
from auditor.testing.pdf_writer import Page, written

from tests.support.pdf_files import document, lines, tables

if TYPE_CHECKING:
    from auditor.rules.book import RuleBook

WIDTHS = [160.0, 200.0]


def page(number: int) -> Page:
    page = Page()
    page.text(60, 60, f"第{number}张表的标题")
    page.table(60, 80, WIDTHS, [["支出", f"{number},234.50"], ["合计", f"{number},234.50"]])
    return page


def test_a_row_over_three_pages_is_one_row() -> None:
    first, second, third = Page(), Page(), Page()
    first.table(60, 740, WIDTHS, [["项目", "绩效目标"], ["培训", "提高干部的统计业务水平，"]])
    second.table(60, 60, WIDTHS, [["", "做好普查的宣传和动员，"]])
    third.table(60, 60, WIDTHS, [["", "按期完成普查。"], ["会议", "开好会议。"]])
    last = Page()
    last.table(60, 60, WIDTHS, [["", "开完会议。"]])
    read = document(first, second, third, last)
    assert not read.lost
    goal = "提高干部的统计业务水平，做好普查的宣传和动员，按期完成普查。"
    assert [row for table in tables(read) for row in table] == [
        ["项目", "绩效目标"],
        ["培训", goal],
        ["会议", "开好会议。开完会议。"],
    ]


@pytest.mark.parametrize("stage", ["content", "pieces"])
def test_a_fault_on_one_page_loses_that_page_and_names_it(
    stage: str, monkeypatch: pytest.MonkeyPatch, book: RuleBook
) -> None:
    owner, name, at = (pdf_reader, "_page", 0) if stage == "content" else (pdf_reader._Assembler, "_table", 1)
    before = getattr(owner, name)

    def failing(*given: Any, **more: Any) -> Any:
        piece = given[at]
        chars = piece.chars if isinstance(piece, PageContent) else [c for cell in piece.cells for c in cell.chars]
        numbers: list[int] = []
        return numbers[1] if "2,234.50" in "".join(char[5] for char in chars) else before(*given, **more)

    monkeypatch.setattr(owner, name, failing)
    cover = Page()
    cover.text(190, 40, "测试局2023年度部门决算", size=16)
    cover.text(60, 80, "2023年度支出总计100.00万元，比上年增加10.00万元。")
    read = document(cover, page(2), page(3))
    assert [line for line in lines(read) if "张表" in line] == ["第3张表的标题"]
    assert len(tables(read)) == 1
    assert list(read.lost) == [2]
    assert read.lost[2].count("2,234.50") == 2
    filing = filing_of(read, book.forms)
    lost = [item for item in filing.unread if item.reason == "unread.lost_page"]
    assert [item.place.page for item in lost] == [2] * len(read.lost[2])
    (remark,) = [remark for remark in filing.remarks if remark.key == "remark.lost_pages"]
    assert remark.values["pages"] == "2"
    assert "IndexError readers/pdf/pdf_reader.py:" in remark.values["detail"]


def test_a_fault_in_the_worker_is_told_as_a_fault_of_the_program_and_the_next_file_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard = Guard()
    asked = guard._exchange
    try:
        # what the worker answers to a request that it cannot even take apart
        monkeypatch.setattr(guard, "_exchange", lambda _: asked(b'{"name": "a.pdf", "size": 0, "path": 7}\n'))
        with pytest.raises(CrashError) as caught:
            guard.read_bytes(written([page(1)]), "a.pdf")
        monkeypatch.undo()
        assert caught.value.key == "input.fault"
        assert "TypeError" in str(caught.value)
        assert "sandbox/worker.py:" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "Traceback" in caught.value.detail
        assert guard.read_bytes(written([page(1)]), "a.pdf") == read_bytes(written([page(1)]), "a.pdf")
    finally:
        guard.close()


def test_a_fault_is_told_without_what_the_file_says_or_where_the_program_is_installed() -> None:
    try:
        read_bytes(None, "secret.pdf")  # type: ignore[arg-type]
    except TypeError as fault:
        told = where(fault)
    assert "TypeError readers/__init__.py:" in told
    assert "secret" not in told
    assert "site-packages" not in told
    assert not told.startswith("/")
