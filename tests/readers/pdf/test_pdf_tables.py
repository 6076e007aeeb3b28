"""Tables over several pages: continuations on the columns before, rows cut by the page break, lanes, spans."""

from __future__ import annotations

import itertools

import pytest
from auditor.readers.pdf.ruled_tables import find_tables
from auditor.testing.pdf_writer import ABOVE, LEFT, Page
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.pdf_files import document, lines, rows, tables

WIDTHS = [60.0, 140.0, 70.0, 70.0, 70.0]
HEAD = [["科目", LEFT, "本年支出", LEFT, LEFT], ["编码", "名称", "合计", "基本支出", "项目支出"]]


def body(first: int, count: int) -> list[list[str]]:
    return [[f"{2080000 + n}", f"第{n}个项目", f"{n}.00", f"{n}.10", ""] for n in range(first, first + count)]


# -- continuations


@pytest.mark.parametrize("again", [True, False])
def test_a_table_goes_on_over_four_pages(again: bool) -> None:
    parts = [body(1, 20), body(21, 25), body(46, 25), body(71, 5)]
    pages = []
    for number, part in enumerate(parts):
        page = Page()
        page.text(200, 50, "支出决算表", size=16) if number == 0 else None
        head = HEAD if again or number == 0 else []
        page.table(60, 80 if number == 0 else 60, WIDTHS, [*head, *part])
        page.text(290, 815, f"{number + 1}", size=9)
        pages.append(page)
    read = document(*pages)
    grids = list(read.grids())
    assert [grid.continues for grid in grids] == [False, True, True, True]
    assert [grid.place.page for grid in grids] == [1, 2, 3, 4]
    own = [row for grid in grids for row in rows(grid) if row[0].isdigit()]
    assert own == [row for part in parts for row in part]
    assert lines(read) == ["支出决算表"]
    counted = [row[0].place.row for grid in grids for row in grid.rows]
    assert counted == list(range(1, len(counted) + 1))


def test_a_continuation_without_a_column_that_stays_empty_is_put_on_the_columns_before() -> None:
    first, second = Page(), Page()
    first.table(60, 80, WIDTHS, [*HEAD, *body(1, 3)])
    # the next page does not rule 项目支出 apart from 基本支出, as nothing stands there
    second.table(60, 60, [60.0, 140.0, 70.0, 140.0], [["2080004", "第四个项目", "4.00", "4.10"]])
    grids = list(document(first, second).grids())
    assert grids[1].continues
    assert rows(grids[1]) == [["2080004", "第四个项目", "4.00", "4.10", "4.10"]]
    assert grids[1].rows[0][3].colspan == 2
    assert [cell.place.column for cell in grids[1].rows[0]] == [1, 2, 3, 4, 4]


def test_an_orphan_total_with_fewer_columns_stands_under_its_columns() -> None:
    first, second = Page(), Page()
    first.table(60, 80, WIDTHS, [*HEAD, *body(1, 3)])
    second.table(60, 60, [200.0, 70.0, 70.0, 70.0], [["合计", "6.00", "6.30", ""]])
    total = list(document(first, second).grids())[1]
    assert total.continues
    assert rows(total) == [["合计", "合计", "6.00", "6.30", ""]]


def test_left_and_right_pages_may_have_different_margins() -> None:
    first, second = Page(), Page()
    first.table(80, 80, WIDTHS, [*HEAD, *body(1, 3)])
    second.table(40, 60, WIDTHS, body(4, 2))
    grids = list(document(first, second).grids())
    assert grids[1].continues
    assert [cell.place.column for cell in grids[1].rows[0]] == [1, 2, 3, 4, 5]


def test_text_above_a_table_makes_it_a_table_of_its_own() -> None:
    first, second = Page(), Page()
    first.table(60, 80, WIDTHS, [*HEAD, *body(1, 3)])
    second.text(60, 60, "收入决算表")
    second.table(60, 80, WIDTHS, [*HEAD, *body(4, 2)])
    assert [grid.continues for grid in document(first, second).grids()] == [False, False]


def test_text_below_a_table_ends_it() -> None:
    first, second = Page(), Page()
    end = first.table(60, 80, WIDTHS, [*HEAD, *body(1, 3)])
    first.text(60, end + 30, "注：本表反映本年度支出情况，以万元为单位。")
    second.table(60, 60, WIDTHS, body(4, 2))
    assert [grid.continues for grid in document(first, second).grids()] == [False, False]


def test_other_rulings_at_the_top_of_a_page_keep_their_own_columns() -> None:
    first, second = Page(), Page()
    first.table(60, 80, WIDTHS, [*HEAD, *body(1, 3)])
    second.table(60, 60, [100.0, 90.0, 110.0, 110.0], [["甲", "乙", "丙", "丁"]])
    grids = list(document(first, second).grids())
    assert rows(grids[1]) == [["甲", "乙", "丙", "丁"]]
    assert grids[1].width == 4


# -- rows cut by the page break


def test_a_row_cut_by_the_page_break_is_mended() -> None:
    first, second = Page(), Page()
    first.table(60, 80, WIDTHS, [*HEAD, *body(1, 2), ["2080003", "机关事业单位基本养老", "3.00", "3.10", ""]])
    second.table(60, 60, WIDTHS, [["", "保险缴费支出", "", "", ""], *body(4, 2)])
    grids = list(document(first, second).grids())
    assert rows(grids[0])[-1] == ["2080003", "机关事业单位基本养老保险缴费支出", "3.00", "3.10", ""]
    assert rows(grids[1]) == body(4, 2)


@pytest.mark.parametrize(
    "row",
    [
        ["", "其中：工资", "1.00", "", ""],  # prints a figure where the row above has one
        ["", "（二）其他", "", "", ""],  # begins with an ordinal
        ["", "", "", "", "5.00"],  # a figure alone
        ["", "", "", "", ""],
    ],
)
def test_a_row_of_its_own_at_the_top_of_a_page_is_not_joined_to_the_row_before(row: list[str]) -> None:
    first, second = Page(), Page()
    first.table(60, 80, WIDTHS, [*HEAD, *body(1, 3)])
    second.table(60, 60, WIDTHS, [row, *body(4, 2)])
    grids = list(document(first, second).grids())
    assert rows(grids[0])[-1] == body(3, 1)[0]
    assert rows(grids[1]) == [row, *body(4, 2)]


# -- cells


def test_a_number_wrapped_in_a_narrow_cell_is_one_number() -> None:
    page = Page()
    page.table(60, 80, [60.0, 32.0], [["收入", "1234567.89"], ["支出", "12"]])
    assert tables(document(page)) == [[["收入", "1234567.89"], ["支出", "12"]]]


def test_two_numbers_in_one_wide_cell_are_not_joined() -> None:
    page = Page()
    page.table(60, 80, [60.0, 120.0], [["收入\n支出", "12\n34"], ["结余", "1.00"]])
    assert tables(document(page)) == [[["收入支出", "12 34"], ["结余", "1.00"]]]


def test_lanes_side_by_side_keep_their_columns() -> None:
    page = Page()
    lanes = [
        ["收入", LEFT, "支出", LEFT, LEFT, LEFT],
        ["项目", "金额", "项目", "合计", "一般公共预算", "基金"],
        ["财政拨款", "9.00", "教育支出", "4.00", "4.00", ""],
        ["", "", "科技支出", "5.00", "2.00", "3.00"],
    ]
    page.table(40, 80, [100.0, 60.0, 120.0, 60.0, 80.0, 60.0], lanes)
    (grid,) = document(page).grids()
    assert rows(grid)[2:] == lanes[2:]
    assert rows(grid)[0] == ["收入", "收入", "支出", "支出", "支出", "支出"]


def test_two_tables_on_one_page_are_two_grids_in_reading_order() -> None:
    page = Page()
    page.table(60, 80, WIDTHS, body(1, 3))
    page.text(60, 300, "下一张表")
    page.table(60, 320, [100.0, 100.0], [["甲", "1.00"], ["乙", "2.00"]])
    read = document(page)
    assert [type(block).__name__ for block in read.blocks] == ["Grid", "Paragraph", "Grid"]


def test_a_frame_around_a_text_is_no_table() -> None:
    page = Page()
    page.box(50, 80, 545, 200, stroke=0.0)
    page.text(60, 100, "公开说明")
    read = document(page)
    assert not tables(read)
    assert lines(read) == ["公开说明"]


def test_a_merged_cell_is_one_object_at_every_place() -> None:
    page = Page()
    page.table(60, 80, [80.0, 80.0, 80.0], [["甲", LEFT, "乙"], [ABOVE, LEFT, "1.00"], ["丙", "2.00", "3.00"]])
    (grid,) = document(page).grids()
    corner = grid.rows[0][0]
    assert (corner.rowspan, corner.colspan) == (2, 2)
    assert all(grid.rows[r][c] is corner for r in (0, 1) for c in (0, 1))
    assert corner.place.bbox == (60, 80, 220, 112)


cuts = st.lists(st.integers(1, 4), min_size=1, max_size=6)


@given(cuts, cuts, st.integers(0, 3))
def test_any_grid_of_rulings_is_found_with_all_its_boxes(wide: list[int], high: list[int], noise: int) -> None:
    xs, ys = [50.0], [60.0]
    for step in wide:
        xs.append(xs[-1] + 12.0 * step)
    for step in high:
        ys.append(ys[-1] + 10.0 * step)
    shift = 0.3 * noise
    across = [(y + shift * (n % 2), xs[0], xs[-1]) for n, y in enumerate(ys)]
    down = [(x, a - shift, b + shift) for x in xs for a, b in itertools.pairwise(ys)]
    found = find_tables(across, down)
    if len(wide) * len(high) == 1:
        assert not found  # one box is a frame
        return
    (table,) = found
    assert (len(table.xs) - 1, len(table.ys) - 1) == (len(wide), len(high))
    assert len(table.cells) == len(wide) * len(high)
    assert all(cell.rowspan == cell.colspan == 1 for cell in table.cells)


@given(st.data())
def test_merged_cells_cover_the_grid_without_overlap(data: st.DataObject) -> None:
    """Whatever inner rulings are missing, every box belongs to exactly one cell."""
    xs, ys = [50.0 + 30 * n for n in range(5)], [60.0 + 20 * n for n in range(5)]
    across = [(ys[0], xs[0], xs[-1]), (ys[-1], xs[0], xs[-1])]
    down = [(xs[0], ys[0], ys[-1]), (xs[-1], ys[0], ys[-1])]
    pieces_across = [(y, a, b) for y in ys[1:-1] for a, b in itertools.pairwise(xs)]
    pieces_down = [(x, a, b) for x in xs[1:-1] for a, b in itertools.pairwise(ys)]
    across += data.draw(st.lists(st.sampled_from(pieces_across), unique=True, max_size=12))
    down += data.draw(st.lists(st.sampled_from(pieces_down), unique=True, max_size=12))
    tables = find_tables(across, down)
    assume(tables)  # a frame alone is none; that hardly any was found would be an error
    for table in tables:
        covered = [
            (cell.row + r, cell.column + c)
            for cell in table.cells
            for r in range(cell.rowspan)
            for c in range(cell.colspan)
        ]
        assert sorted(covered) == [(r, c) for r in range(len(table.ys) - 1) for c in range(len(table.xs) - 1)]


# -- what a cell or a page leaves open


def test_how_far_words_are_set_in_is_kept() -> None:
    page = Page()
    page.table(60, 80, [200.0, 100.0], [["", ""], ["", ""], ["", ""], ["", ""], ["", ""]], height=16.0)
    for number, (left, text) in enumerate([(64, "教育支出"), (74.5, "普通教育"), (85, "高等教育"), (149.5, "合计")]):
        page.text(left, 91 + 16 * number, text, size=10.5)
        page.text(300, 91 + 16 * number, "1.00", size=10.5)
    (grid,) = document(page).grids()
    assert [row[0].raw for row in grid.rows][:4] == ["教育支出", "\u3000普通教育", "\u3000\u3000高等教育", "合计"]
    assert [row[0].text for row in grid.rows][:2] == ["教育支出", "普通教育"]
    assert [row[1].raw for row in grid.rows][:4] == ["1.00"] * 4


def test_a_page_within_a_cell_at_the_side_stands_on_the_columns_before() -> None:
    """The first column goes on from the page before to the next one: no ruling closes it on this page."""
    first, second, third = Page(), Page(), Page()
    first.table(60, 80, WIDTHS, [*HEAD, *body(1, 3)])
    second.table(120, 60, WIDTHS[1:], [row[1:] for row in body(4, 2)])
    second.text(64, 80, "项目")  # of the cell that nothing closes: no text that ends the table
    first.text(130, 165, "，")  # hangs over the last ruling of the page
    third.table(60, 60, WIDTHS, body(6, 2))
    read = document(first, second, third)
    grids = list(read.grids())
    assert [grid.continues for grid in grids] == [False, True, True]
    assert rows(grids[1]) == [["", *row[1:]] for row in body(4, 2)]
    assert rows(grids[2]) == body(6, 2)
    assert lines(read) == ["，", "项目"]
