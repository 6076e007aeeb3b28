"""Watermarks: text aslant and faint text over the tables goes into no figure; faint text by itself is content."""

from __future__ import annotations

from auditor.testing.pdf_writer import SANS, Page

from tests.support.pdf_files import document, lines, remarks, tables

HEAD = ["项目", "预算数", "决算数"]
BODY = [["一般公共服务支出", "1,234.50", "1,200.00"], ["合计", "1,234.50", "1,200.00"]]
WIDTHS = [160.0, 90.0, 90.0]
TABLE = [[HEAD, *BODY]]


def aslant(page: Page, text: str, x: float, y: float, gray: float = 0.85) -> None:
    page.operators.append(f"q 0.866 0.5 -0.5 0.866 {x:g} {page.height - y:g} cm")
    page.text(0, page.height, text, size=24, gray=gray)
    page.operators.append("Q")


def sheet(*, marks: bool) -> Page:
    page = Page()
    page.text(60, 60, "支出决算表")
    page.table(60, 110, WIDTHS, [HEAD, *BODY])
    if marks:
        for row in range(4):
            page.text(100, 122 + 16 * row, "2024年12月内部资料2024", gray=0.7, size=9)
    return page


def test_text_aslant_is_no_text_of_the_page() -> None:
    for gray in (0.85, 0.0):
        page = sheet(marks=False)
        aslant(page, "样稿2024年", 200, 160, gray)
        read = document(page)
        assert tables(read) == TABLE
        assert lines(read) == ["支出决算表"]
        assert remarks(read)["remark.watermark"] == {"count": "1", "text": "样稿2024年"}


def test_a_text_a_little_askew_is_read() -> None:
    page = Page()
    page.operators.append("q 0.9986 0.0523 -0.0523 0.9986 0 0 cm")  # three degrees, as scanned
    page.text(100, 100, "支出决算表")
    page.operators.append("Q")
    assert lines(document(page)) == ["支出决算表"]


def test_faint_text_over_tables_on_every_page_is_a_watermark_on_all_of_them() -> None:
    cover = Page()
    cover.text(60, 60, "决算公开")
    for row in range(4):
        cover.text(100, 122 + 16 * row, "2024年12月内部资料2024", gray=0.7, size=9)
    read = document(cover, sheet(marks=True), sheet(marks=True))
    assert tables(read) == TABLE * 2
    assert lines(read) == ["决算公开", "支出决算表", "支出决算表"]
    assert remarks(read)["remark.watermark"]["count"] == "3"


def test_faint_text_by_itself_is_content() -> None:
    pages = []
    for _ in range(3):
        page = sheet(marks=False)
        page.text(60, 90, "单位：万元", gray=0.6)
        page.text(64, 250, "12.50", font=SANS, gray=0.6)
        pages.append(page)
    read = document(*pages)
    assert lines(read).count("单位：万元") == 3
    assert lines(read).count("12.50") == 3
    assert not read.remarks


def test_faint_text_that_lies_over_others_once_is_no_watermark() -> None:
    pages = [sheet(marks=False) for _ in range(3)]
    for number, page in enumerate(pages):
        page.text(60, 300 + 40 * number, f"说明第{number}段的文字互不相同", gray=0.6)
    pages[1].text(60, 340, "压在上面", gray=0.0)
    read = document(*pages)
    assert "说明第0段的文字互不相同" in lines(read)
    assert "remark.watermark" not in remarks(read)
