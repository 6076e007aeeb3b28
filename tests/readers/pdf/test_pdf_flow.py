"""Running text: paragraphs rejoined, page furniture left out, every sentence with its boxes."""

from __future__ import annotations

import pytest
from auditor.testing.pdf_writer import SANS, Page, width_of
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pdf_files import document, lines

SIZE = 14.0
ROOM = 30  # characters to a line
LEFT_MARGIN = 80.0
STEP = 24.0


def set_text(text: str, pages: int = 1, per_page: int = 28, top: float = 100.0) -> list[Page]:
    """Set paragraphs (split by line feeds) as a word processor does: first lines indented by two characters."""
    printed: list[tuple[float, str]] = []
    for paragraph in text.split("\n"):
        line, indent = "", 2
        for char in paragraph:
            if width_of(line + char, 1) > ROOM - indent and char not in "，。；：）":
                printed.append((LEFT_MARGIN + indent * SIZE, line))
                line, indent = "", 0
            line += char
        printed.append((LEFT_MARGIN + indent * SIZE, line))
    out = []
    for number in range(pages):
        page = Page()
        for row, (x, line) in enumerate(printed[number * per_page : (number + 1) * per_page]):
            page.text(x, top + STEP * row, line, size=SIZE)
        out.append(page)
    return out


FIRST = "2023年度收入总计12,345.67万元，与上年相比增加1,234.56万元，增长11.11%，主要原因是人员增加，相应的工资福利支出增加。"
SECOND = "其中：基本支出401.70万元，占61.32%；项目支出253.40万元，占38.68%。"


BODY = f"{FIRST}{SECOND}"  # four lines


def test_soft_wraps_are_rejoined_and_paragraphs_stay_apart() -> None:
    assert lines(document(*set_text(f"{FIRST}\n{SECOND}"))) == [FIRST, SECOND]


def test_a_line_never_begins_a_paragraph_with_what_closes_a_sentence() -> None:
    """Some programs break before a full stop, and leave room for it."""
    page = Page()
    printed = ["甲" * (ROOM - 2), "乙" * (ROOM - 9) + "的主要原因是", "。其中：", "丙" * (ROOM - 2), "丁" * ROOM]
    for row, line in enumerate(printed):
        page.text(LEFT_MARGIN + 2 * SIZE * (row in (0, 3)), 100.0 + STEP * row, line, size=SIZE)
    assert any(line.endswith("的主要原因是。其中：") for line in lines(document(page)))


def test_a_paragraph_goes_on_over_the_page_break() -> None:
    whole = FIRST * 3
    assert lines(document(*set_text(whole, pages=3, per_page=3))) == [whole]


def test_a_paragraph_that_ends_at_the_end_of_a_line_ends() -> None:
    full = "甲" * (ROOM - 2) + "乙" * (ROOM - 1) + "。"
    assert lines(document(*set_text(f"{full}\n{SECOND}"))) == [full, SECOND]


def test_headings_and_titles_stand_alone() -> None:
    page = set_text(f"一、收入支出总体情况说明\n{FIRST}\n（二）支出情况\n{SECOND}")[0]
    page.text(220, 60, "第三部分 决算情况说明", size=18)
    assert lines(document(page)) == [
        "第三部分决算情况说明",
        "一、收入支出总体情况说明",
        FIRST,
        "（二）支出情况",
        SECOND,
    ]


def test_a_letterspaced_title_is_one_paragraph() -> None:
    page = Page()
    page.text(120, 100, "目录", size=18, spacing=40)
    page.text(120, 140, "收入支出决算总表", size=18, spacing=12)
    assert lines(document(page)) == ["目录", "收入支出决算总表"]


@pytest.mark.parametrize("form", ["{}", "- {} -", "— {} —", "第{}页", "第 {} 页 共 6 页", "{}/6"])
def test_page_numbers_are_left_out(form: str) -> None:
    pages = [set_text(FIRST)[0] for _ in range(3)]
    for number, page in enumerate(pages, 1):
        page.text(290, 805, form.format(number), size=9)
    assert lines(document(*pages)) == [FIRST] * 3


def test_a_year_in_the_text_is_no_page_number() -> None:
    page = Page()
    page.text(270, 300, "2023", size=18)
    page.text(200, 340, "年度部门决算", size=18)
    assert "2023" in lines(document(page))


def test_running_heads_are_read_once() -> None:
    pages = []
    for number in range(4):
        page = set_text(f"第{'一二三四'[number]}段。{FIRST}")[0]
        page.text(220, 40, "测试局2023年度部门决算", size=9)
        page.line(60, 48, 535, 48)
        pages.append(page)
    read = lines(document(*pages))
    assert read.count("测试局2023年度部门决算") == 1
    assert len(read) == 5


def test_blank_pages_are_counted_and_give_nothing() -> None:
    read = document(Page(), set_text(BODY)[0], Page())
    assert read.pages == 3
    assert lines(read) == [BODY]
    assert not read.remarks
    assert [paragraph.place.page for paragraph in read.paragraphs()] == [2]


def test_latin_words_keep_their_spaces() -> None:
    page = Page()
    page.text(60, 100, "Southwest University of 2023 reports 12,345.67", font=SANS)
    assert lines(document(page)) == ["Southwest University of 2023 reports 12,345.67"]


# -- every sentence has its boxes


def test_a_sentence_is_found_on_the_page() -> None:
    (paragraph,) = document(*set_text(BODY)).paragraphs()
    assert paragraph.raw == BODY
    quote = "增长11.11%"
    start = BODY.index(quote)
    ((page, box),) = paragraph.boxes(start, start + len(quote))
    assert page == 1
    second = paragraph.parts[1]
    assert second.start <= start < start + len(quote) <= paragraph.parts[2].start
    before = BODY[second.start : start]
    assert box[0] == pytest.approx(LEFT_MARGIN + width_of(before, SIZE), abs=1)
    assert box[2] - box[0] == pytest.approx(width_of(quote, SIZE), abs=1)
    assert box[1] < 100 + STEP < box[3]
    assert box[3] - box[1] < 1.6 * SIZE


def test_lines_between_tables_are_no_paragraph() -> None:
    """Notes and titles under one another: nothing tells that a line is full."""
    page = Page()
    page.table(60, 80, [100.0, 100.0], [["甲", "1.00"], ["乙", "2.00"]])
    texts = [
        "注：本表金额因四舍五入可能存在尾差。",
        "注：本表反映部门本年度收入情况说明。",
        "政府性基金预算财政拨款收入支出决算表",
        "公开07表",
    ]
    for number, text in enumerate(texts):
        page.text(60, 150 + 18 * number, text)
    assert lines(document(page)) == texts


def test_a_sentence_over_a_wrap_and_a_page_break_has_a_box_for_each_line() -> None:
    whole = FIRST * 3
    (paragraph,) = document(*set_text(whole, pages=3, per_page=2)).paragraphs()
    boxes = paragraph.boxes(0, len(whole))
    assert [page for page, _ in boxes] == [part.page for part in paragraph.parts]
    assert {page for page, _ in boxes} == {1, 2, 3}
    assert [box for _, box in boxes] == [part.box for part in paragraph.parts]
    start = paragraph.parts[2].start
    assert [page for page, _ in paragraph.boxes(start - 2, start + 2)] == [1, 2]


@given(st.text("甲乙，。1234567890.%abc", min_size=1, max_size=200), st.data())
def test_the_boxes_of_any_stretch_hold_it_and_only_it(text: str, data: st.DataObject) -> None:
    text = "文" + text
    (paragraph, *_) = document(*set_text(text)).paragraphs()
    raw = paragraph.raw
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start + 1, len(raw)))
    boxes = paragraph.boxes(start, end)
    assert 1 <= len(boxes) <= len(paragraph.parts)
    total = sum(x1 - x0 for _, (x0, _, x1, _) in boxes)
    assert total == pytest.approx(width_of(raw[start:end].replace(" ", ""), SIZE), abs=2 + SIZE * 0.3)
    for part, following in zip(paragraph.parts, [*paragraph.parts[1:], None], strict=True):
        length = (following.start if following else len(raw)) - part.start
        assert len(part.edges) in (length + 1, length)  # a space that joins two Latin words belongs to no line
