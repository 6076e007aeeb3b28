"""Web pages: tables with their spans, page layout and scripts left aside, encodings."""

from __future__ import annotations

import pytest
from auditor.readers import read_bytes
from auditor.readers.detect import kind_of

from tests.support.office_files import kinds, tables, texts


def page(body: str, *, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def test_spans_are_kept() -> None:
    body = (
        "<h2>收入决算表</h2><table><thead><tr><th colspan=2>项目<th rowspan='2'>合计</tr></thead>"
        "<tbody><tr><td>编码<td>名称</tr></tbody><tfoot><tr><td>208<td>社会保障<td>1.50</tr></tfoot></table>"
    )
    document = read_bytes(page(body), "a.html")
    assert texts(document) == ["收入决算表"]
    (grid,) = document.grids()
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["项目", "项目", "合计"],
        ["编码", "名称", "合计"],
        ["208", "社会保障", "1.50"],
    ]
    assert grid.rows[0][0] is grid.rows[0][1]
    assert grid.rows[0][2] is grid.rows[1][2]
    assert (grid.spans_known, grid.rows[2][2].place.grid, grid.rows[2][2].place.row, grid.rows[2][2].place.column) == (
        True,
        1,
        3,
        3,
    )


def test_rows_of_unequal_length_and_overlapping_spans() -> None:
    body = "<table><tr><td rowspan=2>甲<td>乙<td>丙</tr><tr><td colspan=3>丁</tr><tr><td>戊</tr></table>"
    (grid,) = read_bytes(page(body), "a.html").grids()
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["甲", "乙", "丙", ""],
        ["甲", "丁", "丁", "丁"],
        ["戊", "", "", ""],
    ]
    assert grid.rows[2][1].place.column is None


def test_text_around_tables_in_order() -> None:
    body = (
        "前<b>言</b><br>第二行<p>段 落</p><div>甲<span>乙</span></div>散文<table><caption>收入表</caption><tr><td>合计<td>1</tr></table>尾"
        "<ul><li>一<li>二</ul><pre>x\ny</pre>"
    )
    document = read_bytes(page(body), "a.html")
    assert kinds(document) == "PPPPPPGPPPP"
    assert texts(document) == ["前言", "第二行", "段落", "甲乙", "散文", "收入表", "尾", "一", "二", "x y"]


def test_lines_inside_a_cell_and_its_marks() -> None:
    body = "<table><tr><td>财政<br>拨款<p>收入</p></td><td>&nbsp;1,234.50&nbsp;</td><td><b>2</b>.<i>50</i><!-- 9 --></td></tr></table>"
    (grid,) = read_bytes(page(body), "a.html").grids()
    assert [cell.raw for cell in grid.rows[0]] == ["财政\n拨款\n收入", "\xa01,234.50\xa0".strip(), "2.50"]


def test_tables_that_only_arrange_the_page_are_no_tables() -> None:
    inner = "<table><tr><td>合计<td>1.50</tr><tr><td>其中<td>1.00</tr></table>"
    layout = f"<table><tr><td>导航</td><td><p>收入决算表</p>{inner}</td></tr><tr><td>版权</td></tr></table>"
    document = read_bytes(page(layout), "a.html")
    assert tables(document) == [[["合计", "1.50"], ["其中", "1.00"]]]
    assert texts(document) == ["导航", "收入决算表", "版权"]
    frame = "<table><tr><td>一段文字</td></tr><tr><td>又一段</td></tr></table>"
    assert texts(read_bytes(page(frame), "a.html")) == ["一段文字", "又一段"]


def test_a_table_of_figures_with_a_table_in_a_cell_stays_a_table() -> None:
    body = "<table><tr><td>科目<td>金额<td>备注</tr><tr><td>合计<td>1.50<td>见表<table><tr><td>甲<td>9</tr></table></tr><tr><td>其中<td>1.00<td></tr></table>"
    assert tables(read_bytes(page(body), "a.html")) == [
        [["科目", "金额", "备注"], ["合计", "1.50", "见表"], ["其中", "1.00", ""]],
        [["甲", "9"]],
    ]


def test_rows_inside_forms_are_read() -> None:
    body = "<table><form><tr><td>合计<td>1.50</tr></form><tbody><tr><td>其中<td>1.00</tr></tbody></table>"
    assert tables(read_bytes(page(body), "a.html")) == [[["合计", "1.50"], ["其中", "1.00"]]]


def test_scripts_styles_and_hidden_parts_are_not_read() -> None:
    body = (
        "<script>document.write('9.99')</script><style>td{}</style><noscript>开</noscript><template>板</template>"
        "<p style='DISPLAY: none'>藏</p><p style='visibility:hidden'>藏</p><p hidden>藏</p><select><option>选</select>正文"
        "<table><tr><td>合计<td>1.50<td style='display:none'>9</tr><tr style='display:none'><td>草稿<td>8</tr><tr hidden></tr></table>"
    )
    document = read_bytes(page(body, head="<title>题</title>"), "a.html")
    assert texts(document) == ["正文"]
    assert tables(document) == [[["合计", "1.50"]]]
    assert document.remarks == [("remark.hidden_cells", {"count": "2"})]


def test_what_a_server_should_have_run_is_not_read() -> None:
    body = (
        '<%@ page language="java" %><html><body><?php echo 1; ?><p>正文</p><%@ include file="x>y.jsp" %></body></html>'
    )
    assert texts(read_bytes(body.encode(), "a.html")) == ["正文"]


@pytest.mark.parametrize(
    ("encoding", "meta"),
    [
        ("utf-8", "<meta charset=utf-8>"),
        ("utf-8", ""),
        ("utf-8-sig", "<meta charset=gbk>"),
        ("gb18030", ""),
        ("gbk", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        ("gbk", "<meta charset='GBK'>"),
        ("utf-8", "<meta charset=gb2312>"),
        ("gb18030", "<meta charset=utf-8>"),
        ("utf-16", ""),
    ],
)
def test_encodings_stated_and_told_by_content(encoding: str, meta: str) -> None:
    body = f"<html><head>{meta}</head><body><p>预算单位：㐂镇人民政府</p></body></html>"
    if encoding == "gbk":
        body = body.replace("㐂", "朱")
    document = read_bytes(body.encode(encoding), "a.html")
    assert texts(document) == ["预算单位：朱镇人民政府" if encoding == "gbk" else "预算单位：㐂镇人民政府"]


@pytest.mark.parametrize(
    "body",
    [
        "<div>甲</div><div>乙</div><p>丙</p>",
        "<TABLE><TR><TD>1<TD>2</TABLE>",
        "<?xml version='1.0'?><html><p>x</p></html>",
        "\n\n  <!doctype HTML><p>x",
    ],
)
def test_pages_are_told_by_their_marks(body: str) -> None:
    assert kind_of(body.encode(), "a.txt") == "HTML"


def test_exports_of_systems_that_call_a_page_a_workbook() -> None:
    body = page("<table><tr><td colspan=2>收入决算表</tr><tr><td>合计<td x:num>1.50</tr></table>")
    assert tables(read_bytes(body, "收入.xls"))[0][1] == ["合计", "1.50"]


@pytest.mark.parametrize(
    "body",
    ["<html>", "<html><body></body></html>", "<table></table>", "<table><tr></tr></table>", "<p></p><br></p></p></p>"],
)
def test_empty_pages_are_empty(body: str) -> None:
    assert read_bytes(body.encode(), "a.html").blocks == []
