"""The traps of real PDF files, each on a file that the test draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from auditor.forms.column_match import Look, look
from auditor.model.document import Paragraph
from auditor.model.numbers import LOST, State, parse_literal
from auditor.readers.pdf.page_content import Pdf
from auditor.testing.pdf_writer import ABOVE, LEFT, SANS, SONG, Font, Page, written

from tests.support.pdf_files import document, lines, remarks, rows, tables

if TYPE_CHECKING:
    from auditor.model.document import Document

HEAD = ["项目", "预算数", "决算数"]
BODY = [["一般公共服务支出", "1,234.50", "1,200.00"], ["合计", "1,234.50", "1,200.00"]]
WIDTHS = [160.0, 90.0, 90.0]


def test_the_drawn_page_reads_back_with_its_places() -> None:
    page = Page()
    page.text(200, 60, "支出决算表", size=16)
    bottom = page.table(60, 110, WIDTHS, [HEAD, *BODY])
    read = document(page)
    assert lines(read) == ["支出决算表"]
    (grid,) = read.grids()
    assert rows(grid) == [HEAD, *BODY]
    assert grid.place.page == 1
    assert grid.place.bbox == (60, 110, 400, round(bottom, 1))
    cell = grid.rows[1][2]
    assert (cell.place.row, cell.place.column) == (2, 3)
    assert cell.place.bbox == (310, 126, 400, 142)
    (title,) = read.paragraphs()
    assert title.place.bbox is not None
    x0, y0, x1, y1 = title.place.bbox
    assert (x0, x1) == (200, 280)
    assert y0 < 50
    assert y1 > 60


# -- 1. lines follow the baseline


def test_fonts_of_different_height_on_one_baseline_are_one_line() -> None:
    page = Page()
    page.text(60, 100, "收入总计", font=Font("STFangsong-Light", 860, -140))
    page.text(102, 100, "12,345.67", font=SANS)
    page.text(152, 100, "万元，支出总计", font=Font("STSong-Light", 1400, -600))
    page.text(225.5, 100, "12,345.67", font=SANS, size=9)
    page.text(270, 100, "万元。")
    assert lines(document(page)) == ["收入总计12,345.67万元，支出总计12,345.67万元。"]


def test_lines_close_to_one_another_stay_apart() -> None:
    page = Page()
    for number in range(4):
        page.text(60, 100 + 11 * number, "甲乙丙丁"[number] * 6, size=10)
    assert lines(document(page)) == [char * 6 for char in "甲乙丙丁"]


# -- 2. white or transparent fills and strokes are no borders


def test_white_boxes_rule_nothing() -> None:
    page = Page()
    page.box(20, 30, 570, 400, fill=1.0)  # a spreadsheet's paper
    page.text(200, 60, "支出决算表", size=16)
    page.box(60, 80, 400, 110, fill=1.0, stroke=1.0)  # a title row without borders
    page.text(64, 100, "单位：万元")
    page.line(60, 80, 400, 80, gray=1.0)
    page.table(60, 110, WIDTHS, [HEAD, *BODY])
    read = document(page)
    assert tables(read) == [[HEAD, *BODY]]
    assert lines(read) == ["支出决算表", "单位：万元"]


def test_transparent_strokes_rule_nothing_and_transparent_text_is_hidden() -> None:
    page = Page()
    page.table(60, 110, WIDTHS, [HEAD, *BODY])
    with page.opacity(0.0):
        page.line(60, 120, 400, 120)
        page.line(200, 110, 200, 158)
        page.text(64, 300, "看不见的话")
    read = document(page)
    assert tables(read) == [[HEAD, *BODY]]
    assert lines(read) == []
    assert remarks(read)["remark.hidden_text"]["text"] == "看不见的话"


def test_grey_fills_keep_the_rulings_of_their_cells() -> None:
    page = Page()
    page.box(60, 110, 400, 126, fill=0.85)
    page.table(60, 110, WIDTHS, [HEAD, *BODY])
    assert tables(document(page)) == [[HEAD, *BODY]]


# -- 3. invisible text


def test_rows_that_a_clip_cuts_off_are_read_once() -> None:
    body = [[f"项目{n}", f"{n}.00", f"{n}.50"] for n in range(1, 9)]
    first, second = Page(), Page()
    with first.clip(50, 100, 410, 174):  # four rows are shown, the rest is drawn again on the next page
        first.table(60, 110, WIDTHS, body)
    second.table(60, 50, WIDTHS, body[4:])
    read = document(first, second)
    assert [row for table in tables(read) for row in table] == body
    assert not read.remarks  # all of it is printed
    assert "项目5" in remarks(document(first))["remark.hidden_text"]["text"]


def test_white_text_is_hidden_and_reported() -> None:
    page = Page()
    page.text(60, 100, "全年支出100.00万元。")
    page.text(60, 130, "这句话是白色的", gray=1.0)
    read = document(page)
    assert lines(read) == ["全年支出100.00万元。"]
    assert read.remarks == [("remark.hidden_text", {"page": "1", "count": "7", "text": "这句话是白色的"})]


def test_white_text_on_a_dark_ground_is_seen() -> None:
    page = Page()
    page.box(50, 80, 300, 110, fill=0.2)
    page.text(60, 100, "支出决算表", gray=1.0)
    read = document(page)
    assert lines(read) == ["支出决算表"]
    assert not read.remarks


def test_covered_text_is_hidden() -> None:
    page = Page()
    page.text(60, 100, "改正前的数字")
    page.box(50, 80, 300, 110, fill=1.0)
    read = document(page)
    assert lines(read) == []
    assert remarks(read)["remark.hidden_text"]["text"] == "改正前的数字"


def test_a_figure_painted_over_by_another_is_not_read() -> None:
    page = Page()
    page.text(60, 100, "支出")
    page.text(90, 100, "1,234.50", font=SANS)
    page.box(88, 90, 140, 103, fill=1.0)
    page.text(90, 100, "9,876.50", font=SANS)
    read = document(page)
    assert lines(read) == ["支出9,876.50"]
    assert remarks(read)["remark.hidden_text"]["text"].startswith("1")


def test_text_that_is_placed_and_not_painted_is_hidden() -> None:
    page = Page()
    page.text(60, 100, "支出决算表")
    page.text(60, 130, "没有画出来", mode=3)
    read = document(page)
    assert lines(read) == ["支出决算表"]
    assert remarks(read)["remark.hidden_text"]["text"] == "没有画出来"


def test_an_invisible_copy_of_visible_text_is_no_second_text() -> None:
    page = Page()
    page.text(60, 100, "支出合计12.30万元")
    page.text(60.4, 100.3, "支出合计12.30万元", mode=3)
    read = document(page)
    assert lines(read) == ["支出合计12.30万元"]
    assert not read.remarks


def test_text_beyond_the_page_is_left_out() -> None:
    page = Page(margins=(0, 200, 0, 0))
    page.text(60, 100, "页内")
    page.text(60, 900, "页外")
    read = document(page)
    assert lines(read) == ["页内"]


# -- 4. turned and cropped pages


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("margins", [(0, 0, 0, 0), (40, 15, 3, 70)])
def test_a_turned_and_cropped_page_reads_as_it_is_displayed(turn: int, margins: tuple[int, int, int, int]) -> None:
    def drawn(**how: Any) -> Document:
        page = Page(700, 400, **how)
        page.text(200, 60, "支出决算表", size=16)
        page.table(60, 110, WIDTHS, [["项目", "金额", LEFT], [ABOVE, "预算数", "决算数"], *BODY])
        page.text(60, 300, "说明：2023年度", font=SONG)
        return document(page)

    def seen(read: Document) -> list[Any]:
        return [(block.raw if isinstance(block, Paragraph) else rows(block), block.place.bbox) for block in read.blocks]

    assert seen(drawn(turn=turn, margins=margins)) == seen(drawn())


# -- 5. radicals


def test_radicals_become_their_characters_in_text_and_stay_in_raw() -> None:
    page = Page()
    font = Font(says=(("长", "⻓"), ("车", "⻋"), ("门", "⻔"), ("人", "⼈"), ("女", "\uf981")))
    page.text(60, 100, "长期用车部门人员（女）：12％", font=font)
    (paragraph,) = document(page).paragraphs()
    assert paragraph.raw == "⻓期用⻋部⻔⼈员（\uf981）：12％"
    assert paragraph.text == "长期用车部门人员（女）：12％"  # the punctuation is audited: it stays


# -- 6. hyphens, fake bold, absurd boxes


def test_a_hyphen_at_the_end_of_a_line_is_a_hyphen() -> None:
    page = Page()
    page.text(60, 100, "the first-", font=SANS)
    page.text(60, 114, "rate line", font=SANS)
    assert lines(document(page)) == ["the first-", "rate line"]


@pytest.mark.parametrize("said", ["\x02", "\ufffe"])
def test_codes_of_soft_hyphens_are_hyphens(said: str) -> None:
    page = Page()
    page.text(60, 100, "增加", font=SONG)
    page.text(90, 100, "*5.20", font=Font("Helvetica", says=(("*", said),)))
    assert lines(document(page)) == ["增加-5.20"]


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.35, 0.0), (0.5, 0.2)])
def test_overprinted_bold_is_read_once(shift: tuple[float, float]) -> None:
    page = Page()
    for number in range(3):
        page.text(60 + shift[0] * number, 100 + shift[1] * number, "合计111,122.33")
    assert lines(document(page)) == ["合计111,122.33"]


def test_bold_by_stroke_is_read_once() -> None:
    page = Page()
    page.text(60, 100, "合计111,122.33", mode=2)
    assert lines(document(page)) == ["合计111,122.33"]


@pytest.mark.parametrize("font", [Font("STSong-Light", 9000, -9000), Font("STSong-Light", 1, -1)])
def test_absurd_heights_of_type_join_nothing_and_cross_no_ruling(font: Font) -> None:
    page = Page()
    for row, text in enumerate(("收入", "支出", "结余")):
        page.box(60, 100 + 16 * row, 200, 116 + 16 * row, stroke=0.0)
        page.box(200, 100 + 16 * row, 300, 116 + 16 * row, stroke=0.0)
        page.text(64, 112 + 16 * row, text, font=font)
        page.text(204, 112 + 16 * row, f"{row}.50", font=font)
    page.text(60, 200, "第一行文字", font=font)
    page.text(60, 216, "第二行文字", font=font)
    read = document(page)
    assert tables(read) == [[["收入", "0.50"], ["支出", "1.50"], ["结余", "2.50"]]]
    assert lines(read) == ["第一行文字", "第二行文字"]


def test_a_glyph_without_a_code_makes_its_figure_unreadable() -> None:
    page = Page()
    lost = Font(says=(("7", ""),))
    page.text(64, 112, "支出")
    page.text(204, 112, "1,274.50", font=lost)
    page.box(60, 100, 200, 116, stroke=0.0)
    page.box(200, 100, 300, 116, stroke=0.0)
    read = document(page)
    assert tables(read) == [[["支出", "1,2\ufffd4.50"]]]
    assert remarks(read)["remark.unmapped_glyphs"] == {"page": "1", "count": "1"}


def test_glyph_numbers_are_not_taken_for_characters() -> None:
    page = Page()
    page.text(60, 100, "支出100.00万元")
    data = written([page], compress=False)
    nameless = data.replace(b"/UniGB-UCS2-H", b"/Identity-H  ").replace(b"(GB1)", b"(Identity)")
    with Pdf(nameless, "drawn.pdf") as pdf:
        content = pdf.page(0)
    assert {char[5] for char in content.chars} == {"\ufffd"}
    assert content.unmapped == len(content.chars)


def test_a_glyph_without_a_code_and_without_ink_is_nothing() -> None:
    page = Page()
    page.text(60, 100, "支出　合计", font=Font(says=(("　", ""),)))
    read = document(page)
    assert lines(read) == ["支出合计"]
    assert not read.remarks


# -- 7 and 8 stand in test_pdf_tables.py; 9. header paths by spans


def test_headers_keep_their_spans() -> None:
    page = Page()
    head = [
        ["财政拨款“三公”经费", LEFT, LEFT, LEFT, "备注"],
        ["合计", "公务用车购置及运行维护费", LEFT, LEFT, ABOVE],
        [ABOVE, "小计", "购置费", "运行费", ABOVE],
    ]
    page.table(60, 110, [80.0, 80.0, 80.0, 80.0, 80.0], [*head, ["6.00", "6.00", "2.00", "4.00", ""]])
    (grid,) = document(page).grids()
    assert grid.spans_known
    path = [row[2].raw for row in grid.rows]
    assert path == ["财政拨款“三公”经费", "公务用车购置及运行维护费", "购置费", "2.00"]
    top, rest = grid.rows[0][0], grid.rows[1][0]
    assert (top.rowspan, top.colspan) == (1, 4)
    assert (rest.rowspan, rest.colspan) == (2, 1)
    assert grid.rows[0][0] is grid.rows[0][3]
    assert grid.rows[0][4] is grid.rows[2][4]


# -- 10. borderless, open-sided, dashed


def test_a_borderless_table_is_read_by_alignment_and_says_so() -> None:
    page = Page()
    page.text(220, 80, "支出决算表", size=14)
    body = [
        ["一般公共服务支出", "1,234.50", "1,200.00"],
        ["社会保障和就业支出", "88.20", "90.00"],
        ["住房保障支出", "10.00", "9.50"],
        ["合计", "1,332.70", "1,299.50"],
    ]
    page.table(60, 110, WIDTHS, [HEAD, *body], ruled=False)
    (grid,) = document(page).grids()
    assert rows(grid) == [HEAD, *body]
    assert grid.borderless
    assert not grid.spans_known
    assert grid.rows[2][1].place.bbox is not None


def test_pieces_of_a_row_may_stand_a_little_higher_or_lower() -> None:
    page = Page()
    for row in range(4):
        for column, text in enumerate(("支出", f"{row}.50", f"{row}.00")):
            page.text(60 + 120 * column, 100 + 18 * row + 0.4 * ((row + column) % 3), text)
    assert tables(document(page)) == [[["支出", f"{row}.50", f"{row}.00"] for row in range(4)]]


def test_running_text_with_gaps_is_no_table() -> None:
    page = Page()
    for number, (left, right) in enumerate([("单位：测试局", "2023年度"), ("联系人：张三", "电话：12345678")]):
        page.text(60, 100 + 16 * number, left)
        page.text(350, 100 + 16 * number, right)
    assert not tables(document(page))


def test_a_table_with_open_sides_keeps_its_outer_columns() -> None:
    page = Page()
    body = [HEAD, *BODY]
    for row in range(len(body) + 1):
        page.line(60, 110 + 16 * row, 400, 110 + 16 * row)
    for x in (220, 310):
        page.line(x, 110, x, 110 + 16 * len(body))
    for row, texts in enumerate(body):
        for x, text in zip((64, 224, 314), texts, strict=True):
            page.text(x, 122 + 16 * row, text, size=9)
    assert tables(document(page)) == [body]


@pytest.mark.parametrize("dash", ["pattern", "pieces"])
def test_dashed_rulings_rule(dash: str) -> None:
    page = Page()
    body = [HEAD, *BODY]
    xs, bottom = (60, 220, 310, 400), 110 + 16 * len(body)

    def ruled(x0: float, y0: float, x1: float, y1: float) -> None:
        if dash == "pattern":
            page.line(x0, y0, x1, y1)
            return
        length = max(x1 - x0, y1 - y0)
        for start in range(0, int(length), 5):
            along = (start / length, min(start + 3, length) / length)
            page.line(*(a + (b - a) * t for t in along for a, b in ((x0, x1), (y0, y1))))

    if dash == "pattern":
        page.operators.append("[3 2] 0 d")
    for row in range(len(body) + 1):
        ruled(60, 110 + 16 * row, 400, 110 + 16 * row)
    for x in xs:
        ruled(x, 110, x, bottom)
    page.operators.append("[] 0 d")
    for row, texts in enumerate(body):
        for x, text in zip(xs, texts, strict=False):
            page.text(x + 4, 122 + 16 * row, text, size=9)
    assert tables(document(page)) == [body]


@pytest.mark.parametrize("style", ["boxes", "thick boxes", "thin fills", "double"])
def test_rulings_of_every_make_give_the_same_grid(style: str) -> None:
    page = Page()
    body = [HEAD, *BODY]
    xs = (60, 220, 310, 400)
    for row, texts in enumerate(body):
        top, bottom = 110 + 16 * row, 126 + 16 * row
        for x0, x1, text in zip(xs, xs[1:], texts, strict=False):
            if style == "boxes":
                page.box(x0, top, x1, bottom, stroke=0.0)
            elif style == "thick boxes":
                page.operators.append("2.5 w")
                page.box(x0, top, x1, bottom, stroke=0.0)
            elif style == "thin fills":
                page.box(x0, top - 0.25, x1, top + 0.25, fill=0.0)
                page.box(x0, bottom - 0.25, x1, bottom + 0.25, fill=0.0)
                page.box(x0 - 0.25, top, x0 + 0.25, bottom, fill=0.0)
                page.box(x1 - 0.25, top, x1 + 0.25, bottom, fill=0.0)
            else:
                for shift in (-0.7, 0.7):
                    page.line(x0, top + shift, x1, top + shift)
                    page.line(x0, bottom + shift, x1, bottom + shift)
                    page.line(x0 + shift, top, x0 + shift, bottom)
                    page.line(x1 + shift, top, x1 + shift, bottom)
            page.text(x0 + 4, top + 12, text, size=9)
    assert tables(document(page)) == [body]


def test_type_that_the_file_does_not_hold_is_as_wide_as_the_file_says_and_seen_as_the_system_has_it() -> None:
    page = Page()
    page.text(60, 100, "支出10%g—国", size=10)
    data = written([page])
    with Pdf(data, "drawn.pdf") as fresh:
        seen = bytes(fresh.shown(0).buffer)
    with Pdf(data, "drawn.pdf") as pdf:
        chars = pdf.page(0).chars
        assert bytes(pdf.shown(0).buffer) == seen
        assert pdf.page(0).chars == chars
    for base, x0, y0, x1, y1, text in chars:
        assert x1 - x0 == pytest.approx(5 if text.isascii() else 10, abs=0.01)
        assert [y0 - base, y1 - base] == pytest.approx([-8.8, 1.2], abs=0.01)


# -- text that one page cuts off and another prints


def test_a_cell_drawn_whole_on_both_sides_of_a_page_break_hides_nothing() -> None:
    goal = ["通过开展宣传普及工作，", "增强群众参与的意识，", "营造共建共治的格局。"]
    pages = [Page(), Page()]
    for number, page in enumerate(pages):
        for line, text in enumerate(goal):
            with page.clip(50, 90, 400, 121) if number == 0 else page.clip(50, 124, 400, 150):
                page.text(60, 100 + 16 * line, text)
    read = document(*pages)
    assert "".join(lines(read)) == "".join(goal)
    assert not read.remarks


def test_text_that_is_cut_off_everywhere_is_told_and_so_are_short_pieces() -> None:
    first, second = Page(), Page()
    with first.clip(50, 90, 400, 104):
        first.text(60, 100, "环境保护管理事务")
        first.text(60, 116, "支出")
    second.text(60, 100, "项目支出合计")  # the same word, about something else
    assert remarks(document(first, second))["remark.hidden_text"] == {"page": "1", "count": "2", "text": "支出"}
    second.text(60, 130, "环境保护管理事务支出")
    assert not document(first, second).remarks


def test_short_lines_of_a_row_over_a_page_break_are_found_in_their_column() -> None:
    pages = [Page(), Page()]
    for number, page in enumerate(pages):
        with page.clip(50, 90, 400, 104) if number == 0 else page.clip(50, 106, 400, 150):
            for line, text in enumerate(["产出指标", "数量", "质量"]):
                page.text(60, 100 + 16 * line, text)
            page.text(200, 116, f"第{number}页", size=8)  # what is drawn around them is not the same
    assert not any(text in "数量质量" for text in remarks(document(*pages)).get("remark.hidden_text", {}).values())
    assert remarks(document(pages[0]))["remark.hidden_text"]["text"].startswith("数量")


def test_a_page_break_through_a_line_that_the_next_page_shows_hides_nothing() -> None:
    pages = [Page(), Page()]
    for number, page in enumerate(pages):
        with page.clip(50, 90, 400, 109.5) if number == 0 else page.clip(50, 104, 400, 150):
            page.text(60, 100, "宣传、调查登记、")
            page.text(60, 116, "调查物资的发放与回收")
    assert not document(*pages).remarks
    assert remarks(document(pages[0]))["remark.hidden_text"]["text"] == "调查物资的发放与回收"


def test_a_line_of_a_cell_that_is_drawn_twice_and_shown_once_hides_nothing() -> None:
    page = Page()
    page.text(60, 100, "整体绩效目标")
    with page.clip(50, 200, 400, 220):
        page.text(60, 250, "整体绩效目标")
    assert not document(page).remarks


def test_a_slice_of_a_short_line_is_damage_though_its_column_prints_the_word_elsewhere() -> None:
    first, second = Page(), Page()
    with first.clip(50, 90, 400, 109.5):
        first.text(60, 100, "环境保护管理事务")
        first.text(60, 116, "支出")
    second.text(60, 100, "支出")
    assert remarks(document(first, second))["remark.hidden_text"]["text"] == "支出"


def test_a_white_heading_that_is_printed_as_well_hides_nothing() -> None:
    page = Page()
    page.text(60, 60, "政策和项目预算绩效目标表", gray=1.0)
    page.text(160, 90, "政策和项目预算绩效目标表", size=14)
    assert not document(page).remarks


# -- a number is one run of print


def boxed(page: Page, *, base: float = 112) -> None:
    page.box(60, base - 12, 200, base + 4, stroke=0.0)
    page.box(200, base - 12, 300, base + 4, stroke=0.0)


@pytest.mark.parametrize(
    ("clip", "shown"),
    [((206, 100, 300, 116), "\ufffd7.000000"), ((200, 100, 222, 116), "57.0\ufffd")],
    ids=["first", "last"],
)
def test_a_number_of_which_the_cell_cuts_a_part_off_is_no_shorter_number(
    clip: tuple[float, float, float, float], shown: str
) -> None:
    page = Page()
    boxed(page)
    page.text(64, 112, "支出")
    with page.clip(*clip):
        page.text(202, 112, "57.000000", size=10, font=SANS)
    read = document(page)
    assert tables(read) == [[["支出", shown]]]
    literal = parse_literal(shown)
    assert (literal.state, literal.reason) == (State.UNREADABLE, "unread.unseen_part")
    assert look(shown) is Look.NUMBER  # and no label of what stands right of it
    assert remarks(read)["remark.cut_numbers"] == {
        "page": "1",
        "count": "1",
        "text": f"{shown.replace(LOST, '')} (57.000000)",
    }


def test_a_number_half_under_a_box_or_over_the_edge_of_the_page_is_unreadable() -> None:
    page = Page()
    page.text(60, 100, "支出", size=10)
    page.text(90, 100, "1,234.50", size=10, font=SANS)
    page.text(140, 100, "万元。", size=10)
    page.box(85, 88, 100, 104, fill=1.0)
    page.text(580, 130, "987.65", size=10, font=SANS)
    assert lines(document(page)) == ["支出\ufffd234.50万元。", "987\ufffd"]


def test_a_number_over_a_ruling_is_in_neither_cell_and_numbers_beside_one_another_are() -> None:
    page = Page()
    boxed(page)
    page.text(150, 112, "1,234,567,890.12", size=10, font=SANS)
    boxed(page, base=128)
    page.text(160, 128, "1234.56", size=10, font=SANS)
    page.text(202, 128, "789.00", size=10, font=SANS)
    ((over, beside),) = tables(document(page))
    assert over[0].endswith(LOST)
    assert over[1].startswith(LOST)
    assert beside == ["1234.56", "789.00"]


def test_a_white_figure_beside_a_printed_one_leaves_it_alone() -> None:
    page = Page()
    page.text(60, 100, "12.00", size=10, font=SANS, gray=1.0)
    page.text(100, 100, "34.00", size=10, font=SANS)
    assert lines(document(page)) == ["34.00"]
