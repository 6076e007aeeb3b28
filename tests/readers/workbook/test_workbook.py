"""Workbooks: what XLSX, XLS and ODS show, table by table."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from auditor.model.document import Grid
from auditor.model.numbers import State, parse_literal
from auditor.readers import read_bytes
from auditor.readers.word.conversion import convert, office
from auditor.readers.workbook.number_formats import general, is_date, shown
from openpyxl.chart import BarChart
from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import SHARED
from tests.support.office_files import (
    MAIN,
    book_bytes,
    book_of,
    kinds,
    raw_book,
    rows_of,
    sheet_bytes,
    table,
    tables,
    texts,
)

DATA = Path(__file__).parent.parent.parent / "data"


# -- how sheets are cut into tables -----------------------------------------------------------------------------


def test_one_sheet_for_every_table() -> None:
    book = openpyxl.Workbook()
    for number, title in enumerate(("收入决算表", "支出决算表")):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet()
        sheet.title = f"0{number + 2}"
        for row in (
            [title],
            [f"公开0{number + 2}表"],
            ["部门：某局", None, "单位：万元"],
            ["项目", "", "合计"],
            ["合计", "", 1.5],
        ):
            sheet.append(row)
    document = read_bytes(book_bytes(book), "a.xlsx")
    assert document.pages == 2
    assert kinds(document) == "PPPPG" * 2
    assert texts(document) == [
        "收入决算表",
        "公开02表",
        "部门：某局",
        "单位：万元",
        "支出决算表",
        "公开03表",
        "部门：某局",
        "单位：万元",
    ]
    first, second = document.grids()
    assert (first.place.page, first.place.sheet, first.place.row) == (1, "02", 4)
    assert second.rows[1][2].place.page == 2
    assert (second.rows[1][2].place.row, second.rows[1][2].place.column) == (5, 3)


@pytest.mark.parametrize("blank", [0, 1, 3])
def test_tables_below_one_another_on_one_sheet(blank: int) -> None:
    rows: list[list[object]] = []
    for title in ("收入决算表", "支出决算表（某局）", "附件3：三公经费表"):
        rows += [[title], ["单位：万元"], ["科目", "金额"], ["合计", 1.5], ["其中", None], ["注：含尾差"]]
        rows += [[] for _ in range(blank)]
    document = read_bytes(book_of(rows_of(*rows)), "a.xlsx")
    assert kinds(document) == "PPGP" * 3
    assert tables(document) == [[["科目", "金额"], ["合计", "1.5"], ["其中", ""]]] * 3


def test_a_title_right_below_a_table_ends_it_when_a_header_follows() -> None:
    rows = [["收入决算表"], ["科目", "金额"], ["合计", 1.5], ["支出决算表"], ["科目", "金额"], ["合计", 2.5]]
    document = read_bytes(book_of(rows_of(*rows)), "a.xlsx")
    assert tables(document) == [[["科目", "金额"], ["合计", "1.5"]], [["科目", "金额"], ["合计", "2.5"]]]


def test_rows_without_figures_and_blank_rows_belong_to_their_table() -> None:
    """Official forms print rows that say nothing; a label that ends like a title is one only where a table follows."""
    rows = [
        ["收入决算表"],
        ["科目", "金额"],
        ["一、事业收入"],
        [],
        ["二、经营收入"],
        ["三、报表"],
        ["合计", 1.5],
        [],
        ["四、其他收入", 2],
        ["五、附属单位上缴收入"],
    ]
    document = read_bytes(book_of(rows_of(*rows)), "a.xlsx")
    (grid,) = tables(document)
    assert [row[0] for row in grid] == [
        "科目",
        "一、事业收入",
        "",
        "二、经营收入",
        "三、报表",
        "合计",
        "",
        "四、其他收入",
        "五、附属单位上缴收入",
    ]


def test_long_text_inside_a_table_is_a_row_and_below_it_a_note() -> None:
    long = "负责辖区用人单位和个人办理社会保险登记，管理参保人员个人权益记录，核定并支付待遇"
    rows = [["绩效目标表"], ["单位", "某局"], [long], ["预算", 1.5], [long]]
    document = read_bytes(book_of(rows_of(*rows)), "a.xlsx")
    assert tables(document) == [[["单位", "某局"], [long, ""], ["预算", "1.5"]]]
    assert texts(document)[-1] == long


def test_tables_beside_one_another() -> None:
    rows = [
        ["收入决算表", None, None, None, "支出决算表", None],
        ["单位：万元", None, None, None, "单位：万元"],
        ["科目", "金额", None, None, "科目", "金额"],
        ["合计", 1.5, None, None, "合计", 2.5],
        ["其中", 1, None, None, None, None],
        [],
        ["三公经费表"],
        ["合计", 3],
    ]
    document = read_bytes(book_of(rows_of(*rows)), "a.xlsx")
    assert kinds(document) == "PPGPPGPG"
    assert texts(document) == ["收入决算表", "单位：万元", "支出决算表", "单位：万元", "三公经费表"]
    assert tables(document) == [
        [["科目", "金额"], ["合计", "1.5"], ["其中", "1"]],
        [["科目", "金额"], ["合计", "2.5"]],
        [["合计", "3"]],
    ]
    second = list(document.grids())[1]
    assert (second.rows[1][1].place.row, second.rows[1][1].place.column) == (4, 6)


def test_two_lanes_with_an_empty_column_between_are_one_table() -> None:
    rows = [
        ["收支总表"],
        ["收入", None, None, "支出", None],
        ["项目", "金额", None, "项目", "金额"],
        ["合计", 1, None, "合计", 1],
    ]
    (grid,) = tables(read_bytes(book_of(rows_of(*rows)), "a.xlsx"))
    assert grid == [["收入", "", "", "支出", ""], ["项目", "金额", "", "项目", "金额"], ["合计", "1", "", "合计", "1"]]


def test_prose_on_a_sheet_is_prose() -> None:
    long = "2023年，某局收入决算1.50万元，支出决算1.50万元。"
    document = read_bytes(book_of(rows_of([long], [], ["一、收入情况"], [long + "\n" + long])), "a.xlsx")
    assert texts(document) == [long, "一、收入情况", long, long]


@pytest.mark.parametrize(
    ("name", "shown"), [("收入决算表", True), ("Sheet1", False), ("工作表2", False), ("Sheet1 (2)", False)]
)
def test_the_name_of_a_sheet_stands_for_a_title_that_is_not_there(name: str, shown: bool) -> None:
    document = read_bytes(book_of(rows_of(["单位：万元"], ["科目", "金额"], ["合计", 1]), name), "a.xlsx")
    assert texts(document) == ([name] if shown else []) + ["单位：万元"]
    document = read_bytes(book_of(rows_of(["支出决算表"], ["科目", "金额"], ["合计", 1]), name), "a.xlsx")
    assert texts(document) == ["支出决算表"]


# -- merged cells -----------------------------------------------------------------------------------------------


def test_an_export_with_merged_header_and_title() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (
            ["收入决算表"],
            [],
            ["单位：某局", None, None, None, "金额单位：万元"],
            ["项目", None, "本年收入合计", "其中", None],
            ["编码", "名称", None, "财政", "其他"],
            ["栏次", None, 1, 2, 3],
            ["合计", None, 3, 2, 1],
            ["208", "社会保障", 3, 2, 1],
        ):
            sheet.append(row)
        for area in ("A1:E2", "A4:B4", "C4:C5", "D4:E4", "A6:B6", "A7:B7"):
            sheet.merge_cells(area)

    document = read_bytes(book_of(fill), "a.xlsx")
    assert texts(document) == ["收入决算表", "单位：某局", "金额单位：万元"]  # a title over two rows is said once
    (grid,) = document.grids()
    assert grid.spans_known
    assert [cell.text for cell in grid.rows[1]] == ["编码", "名称", "本年收入合计", "财政", "其他"]
    assert (grid.rows[0][2].rowspan, grid.rows[0][3].colspan) == (2, 2)
    assert grid.rows[0][2] is grid.rows[1][2]
    assert grid.rows[3][0] is grid.rows[3][1]


def test_a_text_in_the_middle_of_several_cells_spans_them() -> None:
    """跨列居中 looks like a merged cell and is none."""

    def fill(sheet: Worksheet) -> None:
        for row in (["收入", None, "支出", None], ["项目", "金额", "项目", "金额"], ["合计", 1, "合计", 1]):
            sheet.append(row)
        for cell in sheet[1]:
            cell.alignment = Alignment(horizontal="centerContinuous")

    (grid,) = read_bytes(book_of(fill), "a.xlsx").grids()
    assert [(cell.text, cell.colspan) for cell in grid.rows[0]] == [("收入", 2), ("收入", 2), ("支出", 2), ("支出", 2)]


def test_a_header_that_lost_its_merged_cells_says_so() -> None:
    rows = (["收入", None, "支出", None], ["项目", "金额", "项目", "金额"], ["合计", 1, "合计", 1])
    (grid,) = read_bytes(book_of(rows_of(*rows)), "a.xlsx").grids()
    assert not grid.spans_known
    (grid,) = read_bytes(book_of(rows_of(*rows[1:])), "a.xlsx").grids()
    assert grid.spans_known  # nothing is missing above any column


# -- what is hidden ---------------------------------------------------------------------------------------------


def test_hidden_sheets_rows_and_columns_are_told_and_not_read() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["收入决算表"], ["科目", "旧数", "金额"], ["合计", 9, 1], ["草稿", 8, 8], ["其中", 7, 1]):
        sheet.append(row)
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.column_dimensions["H"].hidden = True  # holds nothing
    for name, state in (("草稿", "hidden"), ("底稿", "veryHidden")):
        book.create_sheet(name).sheet_state = state
    document = read_bytes(book_bytes(book), "a.xlsx")
    (grid,) = document.grids()
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["科目", "金额"],
        ["合计", "1"],
        ["\ufffd\ufffd", "\ufffd"],
        ["其中", "1"],
    ]
    assert [cell.place.row for cell in grid.rows[3]] == [5, 5]  # as the spreadsheet counts
    assert grid.rows[0][1].place.column == 3
    assert document.remarks == [
        ("remark.hidden_rows", {"sheet": "Sheet", "count": "2"}),
        ("remark.hidden_sheet", {"sheet": "草稿"}),
        ("remark.hidden_sheet", {"sheet": "底稿"}),
    ]


def test_rows_and_columns_without_height_or_width_are_hidden_too() -> None:
    data = raw_book(
        '<cols><col min="2" max="2" width="0.0"/></cols><sheetData>'
        + "".join(
            f'<row r="{n}" {about}><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>8</v></c><c r="C{n}"><v>9</v></c></row>'
            for n, about in ((1, ""), (2, 'ht="0" customHeight="1"'), (3, 'ht="12"'))
        )
        + "</sheetData>"
    )
    assert table(data) == [["1", "9"], ["\ufffd", "\ufffd"], ["3", "9"]]


HIDDEN = [
    ((["栏次", 1, 2, 3],), []),  # numbers of columns are no amounts
    ((["草稿", "数", "数", "数"],), []),
    ((["其中", 0, 0, "-"],), []),
    ((["其中", 5, 0, 2.5],), [["\ufffd\ufffd", "\ufffd", "\ufffd", "\ufffd\ufffd\ufffd"]]),
    ((["其中", 3, 3, 0], ["款", "x", 1, 0]), [["\ufffd\ufffd", *"\ufffd" * 3], ["\ufffd", *"\ufffd" * 3]]),
]


@pytest.mark.parametrize(("hidden", "unknown"), HIDDEN)
def test_hidden_rows_with_amounts_are_rows_that_cannot_be_read(
    hidden: tuple[list[Any], ...], unknown: list[list[str]]
) -> None:
    def fill(sheet: Worksheet) -> None:
        rows: list[list[Any]] = [["编码 9", 9, 9, 8], ["科目", "合计", "基本", "项目"], ["甲", 7, 5, 2]]
        for row in (*rows, *hidden, ["乙", 1, 1, 0]):
            sheet.append(row)
        for number in (1, *range(4, 4 + len(hidden))):
            sheet.row_dimensions[number].hidden = True

    assert table(book_of(fill)) == [
        ["科目", "合计", "基本", "项目"],
        ["甲", "7", "5", "2"],
        *unknown,
        ["乙", "1", "1", "0"],
    ]


def test_merged_cells_over_hidden_ones_keep_their_text() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["收入", None, None, "支出"], ["甲", "乙", "丙", "丁"], [1, 2, 3, 4]):
            sheet.append(row)
        sheet.merge_cells("A1:C1")
        sheet.column_dimensions["A"].hidden = True

    (grid,) = read_bytes(book_of(fill), "a.xlsx").grids()
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["收入", "收入", "支出"],
        ["乙", "丙", "丁"],
        ["2", "3", "4"],
    ]
    assert grid.rows[0][0].colspan == 2


def test_a_sheet_of_pictures_is_told() -> None:
    drawing = '<sheetData/><drawing xmlns:r="r" r:id="rId1"/>'
    document = read_bytes(raw_book(drawing), "a.xlsx")
    assert document.remarks == [("remark.sheet_pictures", {"sheet": "表"})]
    assert document.blocks == []


def test_charts_on_sheets_of_their_own_are_passed_over() -> None:
    book = openpyxl.Workbook()
    for row in (["收入决算表"], ["合计", 1]):
        book.worksheets[0].append(row)
    book.create_chartsheet("图").add_chart(BarChart())
    document = read_bytes(book_bytes(book), "a.xlsx")
    assert kinds(document) == "PG"


def test_macros_are_told_and_not_run() -> None:
    data = raw_book("<sheetData/>", parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    assert read_bytes(data, "a.xlsm").remarks == [("remark.macros", {})]


# -- what a cell shows ------------------------------------------------------------------------------------------

SHOWN = [
    (833.6789, "General", "833.6789"),
    (833.6789, "0.00", "833.68"),
    (1234567.5, "#,##0.00", "1,234,567.50"),
    (2.675, "0.00", "2.68"),
    (1.005, "0.00", "1.01"),
    (0.1 + 0.2, "General", "0.3"),
    (20374181.0, "General", "20374181"),
    (0.1234, "0.00%", "12.34%"),
    (-0.2, "0.0%", "-20.0%"),
    (-5, "0.00_);(0.00)", "(5.00)"),
    (-5, "0.00_);[Red]\\(0.00\\)", "(5.00)"),
    (-5, "0.00;[Red]0.00", "-5.00"),
    (-5, "0.00;[Red]-0.00", "-5.00"),
    (-5, '0.00;"△"0.00', "-5.00"),
    (-5, "0.00;0.00", "5.00"),
    (0, "0.00", "0.00"),
    (0, '#,##0.00;-#,##0.00;"-"', "-"),
    (0, "#,##0.00;-#,##0.00;", ""),
    (0, "#", ""),
    (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
    (1.5, "0.00;;;", "1.50"),
    (0, ";;;", ""),
    (1234.5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1,234.50"),
    # 万元 from 元
    (12345678, "0!.0000", "1234.5678"),
    (12345678, "0\\.0000", "1234.5678"),
    (12345678, '0"."0000', "1234.5678"),
    (1234, "0!.0000", "0.1234"),
    (-12345678, "0!.0000", "-1234.5678"),
    (123456, "0!.0,", "12.3"),
    (12345678, "0!.00,", "123.46"),
    (12345.6, "0.00,", "12.35"),
    (12345678, "#,##0.00,", "12,345.68"),
    (123456, '[>=10000]0!.0,"万";0', "12.3"),
    (1234, '[>=10000]0!.0,"万";0', "1234"),
    # words around numbers, codes
    (5, '0.00"万元"', "5.00"),
    (5, "[$¥-804]#,##0.00", "5.00"),
    (2, "00", "02"),
    (20805, "0000000", "0020805"),
    (1234.5, "#,##0.0#", "1,234.5"),
    (1234.56, "#,##0.0#", "1,234.56"),
    (5, "#.##", "5"),
    (0.5, "#.##", "0.5"),
    # not understood: as General
    (1.5, "# ?/?", "1.5"),
    (1.5, "0.00E+00", "1.5"),
    (1e40, "0.00", "1E+40"),
]


@pytest.mark.parametrize(("value", "code", "text"), SHOWN)
def test_numbers_are_read_as_their_format_shows_them(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text

    def fill(sheet: Worksheet) -> None:
        sheet.append(["甲", value, "乙"])
        sheet["B1"].number_format = code

    assert table(book_of(fill)) == [["甲", text, "乙"]]


@pytest.mark.parametrize(("value", "code"), [(1.5, ";;;"), (-1.5, "0.00;;0.00")])
def test_a_number_that_its_format_hides_is_unreadable_and_told(value: float, code: str) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["甲", value, "乙"])
        sheet["B1"].number_format = code

    document = read_bytes(book_of(fill), "a.xlsx")
    assert tables(document) == [[["甲", "\ufffd", "乙"]]]
    assert document.remarks == [("remark.pale_words", {"count": "1", "text": f"Sheet1!B1 {value}"})]


def test_formats_of_dates_and_of_numbers_are_told_apart() -> None:
    assert all(is_date(code) for code in ("yyyy/m/d", 'yyyy"年"m"月"', "[h]:mm", "[$-804]aaaa", "m月d日"))
    assert not any(is_date(code) for code in ("0.00", '#,##0.00"元/月"', "General", "[Red]0", "", "@", '0"日"'))
    assert general(-1e-9) == "0"


def test_dates_booleans_errors_and_texts() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["甲", dt.date(2023, 5, 1), 45047.3, True, "#REF!", "#DIV/0!", " 1 2 ", "１．５"])
        sheet.append(["乙", dt.date(2023, 5, 1), 45047, False, "208", "'02", "(1.20)", "=notaformula"])
        sheet["C1"].number_format = "yyyy/m/d h:mm"
        sheet["B2"].number_format = 'yyyy"年"m"月"'
        sheet["C2"].number_format = 'yyyy"年度"'
        for cell in ("E1", "F1"):
            sheet[cell].data_type = "e"
        sheet["H2"].data_type = "s"

    assert table(book_of(fill)) == [
        ["甲", "2023年5月1日", "2023年5月1日", "TRUE", "#REF!", "#DIV/0!", "1 2", "１．５"],
        ["乙", "2023年5月", "2023年", "FALSE", "208", "'02", "(1.20)", "=notaformula"],
    ]
    assert parse_literal("#REF!").state is State.MARK


def test_days_are_counted_from_1904_where_the_book_says_so() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904  # type: ignore[attr-defined]
    book.worksheets[0].append(["甲", dt.date(2023, 5, 1)])
    assert table(book_bytes(book)) == [["甲", "2023年5月1日"]]


def test_formulas_without_a_result_are_flagged_and_never_read_as_numbers() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["科目", "金额"], ["甲", 1], ["乙", 2], ["合计", "=SUM(B2:B3)"], ["平均", "=AVERAGE(B2:B3)"]):
            sheet.append(row)

    document = read_bytes(book_of(fill), "a.xlsx")
    assert tables(document)[0][3:] == [["合计", "=SUM(B2:B3)"], ["平均", "=AVERAGE(B2:B3)"]]
    assert document.remarks == [("remark.no_result", {"sheet": "Sheet1", "count": "2", "cell": "B4"})]
    assert parse_literal("=SUM(B2:B3)").state is State.UNREADABLE


def test_stored_results_of_formulas_are_read() -> None:
    cells = (
        '<row r="1"><c r="A1" t="str"><f>T("甲")</f><v>甲</v></c><c r="B1"><f>1+1</f><v>2</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1" t="b"><f>TRUE()</f><v>1</v></c>'
        '<c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F1"><f t="shared" si="0"/></c></row>'
    )
    document = read_bytes(raw_book(f"<sheetData>{cells}</sheetData>"), "a.xlsx")
    assert tables(document) == [[["甲", "2", "", "TRUE", "#DIV/0!", "="]]]
    assert document.remarks == [("remark.no_result", {"sheet": "表", "count": "1", "cell": "F1"})]


def test_strings_in_runs_with_pronunciation_and_escapes() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>甲_x000D_\n乙</t></si><si><r><t>社会</t></r><r><rPr/><t xml:space="preserve"> 保障</t></r>'
        "<rPh><t>shehui</t></rPh><phoneticPr/></si></sst>"
    )
    cells = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>7</v></c>'
        '<c r="D1" t="inlineStr"><is><r><t>行</t></r><r><t>内</t></r></is></c><c r="E1" t="d"><v>2023-05-01T00:00:00</v></c>'
        '<c r="F1"><v>not a number</v></c><c r="G1" t="n"><v>INF</v></c></row>'
    )
    data = raw_book(f"<sheetData>{cells}</sheetData>", parts={"xl/sharedStrings.xml": strings})
    assert table(data) == [["甲乙", "社会保障", "\ufffd", "行内", "2023年5月1日", "not a number", "#N/A"]]


def test_cells_and_rows_without_reference_follow_one_another() -> None:
    cells = (
        "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c><c r='E2'><v>4</v></c><c><v>5</v></c></row>"
    )
    assert table(raw_book(f"<sheetData>{cells}</sheetData>")) == [
        ["1", "2", "", "", "", ""],
        ["", "3", "", "", "4", "5"],
    ]


def test_strict_files_are_read_like_others() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    data = raw_book(
        "<sheetData><row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c></row></sheetData>", namespace=strict
    )
    assert table(data) == [["1", "2"]]


def test_when_a_book_was_changed_is_told() -> None:
    core = '<c:p xmlns:c="c" xmlns:t="http://purl.org/dc/terms/"><t:modified>2024-03-01T08:30:00Z</t:modified></c:p>'
    document = read_bytes(raw_book("<sheetData/>", parts={"docProps/core.xml": core}), "a.xlsx")
    assert document.modified == "20240301083000"


def test_every_cell_of_the_real_workbooks_is_said_once() -> None:
    """Against a second reader: all texts of the visible cells, none lost, none twice."""
    if not (SHARED / "real").is_dir():
        pytest.skip("the shared filings are not here (../shared/filings/real)")
    paths = sorted((SHARED / "real").glob("*.xlsx"))
    assert paths
    for path in paths:
        expected: Counter[str] = Counter()
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
            rows = {row for row, about in sheet.row_dimensions.items() if about.hidden}
            columns = {name for name, about in sheet.column_dimensions.items() if about.hidden}
            if sheet.sheet_state == "visible":
                for one in (one for row in sheet.iter_rows() for one in row if one.value is not None):
                    if one.row not in rows and one.column_letter not in columns:
                        expected.update(line.strip() for line in str(one.value).splitlines() if line.strip())
        said: Counter[str] = Counter()
        document = read_bytes(path.read_bytes(), path.name)
        for block in document.blocks:
            cells = [c for row in block.rows for c in row] if isinstance(block, Grid) else [block]
            for each in {id(c): c for c in cells}.values():
                said.update(line.strip() for line in each.raw.splitlines() if line.strip())
        names = Counter(p.text for p in document.paragraphs() if p.place.row is None)  # sheets that show no title
        assert said - names == expected, path.name


# -- XLS --------------------------------------------------------------------------------------------------------


def rich(sheet: Worksheet) -> None:
    """A sheet with everything that the records of an XLS tell besides values."""
    for row in (
        ["收入决算表"],
        ["科目", None, "金额", "旧数", "比例", "日期"],
        ["类", "名称", None, None, None, None],
        ["208", "社会保障", 833.6789, 9, 0.1234, dt.date(2023, 5, 1)],
        ["草稿", "", 8, 8, 8, None],
        ["合计", None, -5, 7, 1, None],
        ["万元", "", 12345678, 1, 2.5, None],
    ):
        sheet.append(row)
    for area in ("A1:F1", "A2:B2", "C2:C3"):
        sheet.merge_cells(area)
    for cell, code in {"C4": "#,##0.00", "E4": "0.0%", "C6": "0.00;(0.00)", "C7": "0\\.0000"}.items():
        sheet[cell].number_format = code
    side = Side(style="thin")
    for cell in ("A6", "B6"):
        sheet[cell].alignment = Alignment(horizontal="centerContinuous")
        sheet[cell].border = Border(left=side, right=side, top=side, bottom=side)
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["D"].hidden = True


RICH = [
    ["科目", "科目", "金额", "比例", "日期"],
    ["类", "名称", "金额", "", ""],
    ["208", "社会保障", "833.68", "12.3%", "2023年5月1日"],
    ["\ufffd\ufffd", "", "\ufffd", "\ufffd", ""],
    ["合计", "合计", "(5.00)", "1", ""],
    ["万元", "", "1234.5678", "2.5", ""],
]


def check_rich(data: bytes, name: str) -> None:
    document = read_bytes(data, name)
    assert tables(document) == [RICH]
    assert texts(document) == ["收入决算表"]
    assert document.remarks == [("remark.hidden_rows", {"sheet": "Sheet1", "count": "2"})]
    (grid,) = document.grids()
    assert isinstance(grid, Grid)
    assert (grid.rows[0][0].colspan, grid.rows[0][2].rowspan, grid.rows[4][0].colspan) == (2, 2, 2)
    assert (grid.rows[2][2].place.row, grid.rows[2][3].place.column) == (4, 5)


def test_xlsx_shows_formats_spans_and_leaves_out_what_is_hidden() -> None:
    check_rich(book_of(rich), "a.xlsx")


def test_an_old_workbook_shows_the_same() -> None:
    """tests/data/rich.xls was saved by LibreOffice from the sheet above."""
    check_rich((DATA / "rich.xls").read_bytes(), "a.xls")


def test_an_old_workbook_is_told_by_content_not_by_name() -> None:
    check_rich((DATA / "rich.xls").read_bytes(), "a.pdf")


@pytest.mark.office
@pytest.mark.parametrize("target", ["xls", "ods"])
def test_what_libreoffice_saves_shows_the_same(target: str) -> None:
    if not office():
        pytest.skip("LibreOffice is not installed (package libreoffice)")
    made = convert(office(), book_of(rich), ".xlsx", target)
    assert made is not None
    if target == "ods":  # knows no 跨列居中, and counts a row and a column
        assert tables(read_bytes(made, "a.ods"))[0][0] == RICH[0]
        assert read_bytes(made, "a.ods").remarks == [("remark.hidden_rows", {"sheet": "Sheet1", "count": "2"})]
        return
    check_rich(made, f"a.{target}")


# -- ODS --------------------------------------------------------------------------------------------------------


def cell(text: str, about: str = "", tag: str = "table-cell") -> str:
    lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n")) if text else ""
    return f"<table:{tag} {about}>{lines}</table:{tag}>"


def line(*cells: str, about: str = "") -> str:
    return f"<table:table-row {about}>{''.join(cells)}</table:table-row>"


COVERED = "<table:covered-table-cell/>"
NOTE = "<office:annotation><text:p>批注</text:p></office:annotation>"


def test_open_documents_show_their_texts() -> None:
    repeated = "table:number-{}-repeated"
    rows = [
        line(cell("收入决算表", 'table:number-columns-spanned="3"'), COVERED, COVERED),
        f"<table:table-header-rows>{line(cell('科目'), cell('金额'), cell('旧数'))}</table:table-header-rows>",
        line(
            cell("甲", 'table:number-rows-spanned="2"').replace("<text:p>", f"{NOTE}<text:p>"),
            cell("833.68", 'office:value-type="float" office:value="833.6789"'),
            cell("9"),
        ),
        line(COVERED, cell('1<text:s text:c="2"/>2<text:line-break/><text:span>3</text:span>'), cell("9")),
        line(cell("草稿"), cell("8"), cell("8"), about='table:visibility="collapse"'),
        line(cell("0", f'{repeated.format("columns")}="2"'), cell("9"), about=f'{repeated.format("rows")}="2"'),
        line(cell("合计"), cell("", 'table:formula="of:=SUM([.B3])"'), cell("9")),
        line(cell("", f'{repeated.format("columns")}="16384"'), about=f'{repeated.format("rows")}="1048570"'),
    ]
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
    document = read_bytes(
        sheet_bytes(
            f'<table:table table:name="表1">{columns}{"".join(rows)}</table:table>',
            f'<table:table table:name="草稿" table:style-name="h">{"".join(rows)}</table:table>',
            styles='<style:style style:name="h"><style:table-properties table:display="false"/></style:style>',
        ),
        "a.ods",
    )
    assert texts(document) == ["收入决算表"]
    assert tables(document) == [
        [
            ["科目", "金额"],
            ["甲", "833.68"],
            ["甲", "1 2 3"],
            ["\ufffd\ufffd", "\ufffd"],
            ["0", "0"],
            ["0", "0"],
            ["合计", "=SUM([.B3])"],
        ]
    ]
    assert document.remarks == [
        ("remark.no_result", {"sheet": "表1", "count": "1", "cell": "B8"}),
        ("remark.hidden_rows", {"sheet": "表1", "count": "2"}),
        ("remark.hidden_sheet", {"sheet": "草稿"}),
    ]
    assert next(document.grids()).spans_known
