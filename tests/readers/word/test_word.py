"""DOCX: paragraphs with their automatic numbers, tables with merged cells, text boxes, changes, what is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.model.document import Grid, Paragraph
from auditor.readers import read_bytes
from auditor.readers.word.numbering import chinese, written

from tests.support.office_files import WORD, kinds, p, paragraphs, table, tables, tbl, tc, texts, word_bytes

if TYPE_CHECKING:
    from auditor.model.document import Document


def read(body: str, **parts: str) -> Document:
    return read_bytes(word_bytes(body, {f"word/{name}.xml": text for name, text in parts.items()}), "a.docx")


# -- tables -----------------------------------------------------------------------------------------------------


def test_merged_cells_across_and_down() -> None:
    body = p("收入决算表") + tbl(
        [tc("项目", '<w:gridSpan w:val="2"/>'), tc("合计", '<w:vMerge w:val="restart"/>')],
        [tc("编码"), tc("名称"), tc("", "<w:vMerge/>")],
        [tc("栏次", '<w:gridSpan w:val="2"/>'), tc("1", '<w:vMerge w:val="restart"/>')],
        [tc("208"), tc("社会保障"), tc("1.50")],
    )
    document = read(body)
    assert kinds(document) == "PG"
    grid = document.blocks[1]
    assert isinstance(grid, Grid)
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["项目", "项目", "合计"],
        ["编码", "名称", "合计"],
        ["栏次", "栏次", "1"],
        ["208", "社会保障", "1.50"],
    ]
    assert grid.rows[0][2] is grid.rows[1][2]
    assert [(c.rowspan, c.colspan) for c in (grid.rows[0][0], grid.rows[0][2], grid.rows[2][2])] == [
        (1, 2),
        (2, 1),
        (1, 1),
    ]
    assert grid.spans_known
    assert (grid.rows[3][1].place.grid, grid.rows[3][1].place.row, grid.rows[3][1].place.column) == (1, 4, 2)


def test_a_merge_down_needs_a_cell_of_the_same_width_above() -> None:
    body = tbl(
        [tc("甲", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'), tc("乙")],
        [tc("丙", '<w:vMerge w:val="continue"/>'), tc("丁", "<w:vMerge/>"), tc("戊")],
    )
    assert table(word_bytes(body), "a.docx") == [["甲", "甲", "乙"], ["丙", "丁", "戊"]]


def test_rows_that_begin_later_or_end_earlier() -> None:
    body = tbl([tc("甲"), tc("乙"), tc("丙")]).replace(
        "</w:tbl>",
        f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{tc("丁")}</w:tr><w:tr>{tc("戊")}</w:tr></w:tbl>',
    )
    (grid,) = read(body).grids()
    assert [[cell.text for cell in row] for row in grid.rows] == [["甲", "乙", "丙"], ["", "丁", ""], ["戊", "", ""]]
    assert [cell.place.column for cell in grid.rows[2]] == [1, None, None]


def test_tables_inside_cells_follow_the_table_around_them() -> None:
    body = tbl(
        [tc("甲" * 3), tc(p("内有表") + tbl([tc("科目"), tc("金额")], [tc("合计"), tc("1.50")]) + p("表后"))],
        [tc("乙"), tc("2")],
    )
    document = read(body)
    assert tables(document) == [[["甲甲甲", "内有表表后"], ["乙", "2"]], [["科目", "金额"], ["合计", "1.50"]]]


def test_cells_and_rows_in_content_controls_are_read() -> None:
    body = (
        f"<w:sdt><w:sdtContent>{p('标题')}<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>{tc('甲')}</w:sdtContent></w:sdt>"
        f"{tc('1')}</w:tr></w:sdtContent></w:sdt><w:customXml><w:tr>{tc('乙')}{tc('2')}</w:tr></w:customXml></w:tbl></w:sdtContent></w:sdt>"
    )
    document = read(body)
    assert texts(document) == ["标题"]
    assert tables(document) == [[["甲", "1"], ["乙", "2"]]]


def test_a_table_of_one_cell_or_one_column_is_a_frame_around_text() -> None:
    document = read(tbl([tc(p("第一行") + p("2023年度决算"))]) + tbl([tc("甲")], [tc("乙")]))
    assert texts(document) == ["第一行", "2023年度决算", "甲", "乙"]
    assert list(document.grids()) == []


def test_lines_in_a_cell_stay_lines() -> None:
    (grid,) = read(
        tbl([tc(p("甲") + p("") + p("乙")), tc("<w:p><w:r><w:t>1</w:t><w:br/><w:t>2</w:t></w:r></w:p>")])
    ).grids()
    assert [cell.raw for cell in grid.rows[0]] == ["甲\n乙", "1\n2"]


def test_a_header_that_lost_its_merged_cells_says_so() -> None:
    (grid,) = read(tbl([tc("收入"), tc(""), tc("支出"), tc("")], [tc("项目"), tc("1"), tc("项目"), tc("2")])).grids()
    assert not grid.spans_known


# -- text -------------------------------------------------------------------------------------------------------


def test_runs_tabs_breaks_and_signs() -> None:
    body = (
        '<w:p><w:r><w:t>共</w:t></w:r><w:r><w:t xml:space="preserve"> 1</w:t></w:r><w:r><w:tab/><w:t>2</w:t></w:r>'
        '<w:hyperlink><w:r><w:t>链</w:t></w:r></w:hyperlink><w:r><w:noBreakHyphen/><w:sym w:font="x" w:char="221E"/>'
        '<w:sym w:font="Wingdings" w:char="F0FC"/><w:br/><w:t>下行</w:t></w:r>'
        '<w:fldSimple w:instr="PAGE"><w:r><w:t>7</w:t></w:r></w:fldSimple></w:p>'
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>SUM(ABOVE)</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1.50</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        "<w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>pin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
    )
    assert paragraphs(word_bytes(body)) == ["共 1 2链-∞", "下行7", "1.50", "拼"]


def test_paragraphs_are_numbered_as_places() -> None:
    document = read(p("甲") + p("") + tbl([tc("一"), tc("二")]) + p("乙"))
    assert [block.place.paragraph for block in document.blocks if isinstance(block, Paragraph)] == [1, 5]
    assert [block.place.grid for block in document.grids()] == [1]


BOX = (
    "<w:p><w:r><w:t>正文</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic><a:graphicData>"
    "<wps:wsp><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r><w:r><w:t>之后</w:t></w:r></w:p>"
)


def test_text_boxes_are_read_once_after_their_paragraph() -> None:
    inside = p("框内标题") + tbl([tc("科目"), tc("金额")], [tc("合计"), tc("1.50")])
    document = read(BOX.format(inside))
    assert kinds(document) == "PPG"
    assert texts(document) == ["正文之后", "框内标题"]
    assert tables(document) == [[["科目", "金额"], ["合计", "1.50"]]]


def test_old_text_boxes_and_those_in_cells() -> None:
    old = "<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    document = read(old.format(p("旧框")) + tbl([tc(BOX.format(p("格内框"))), tc("1")]))
    assert texts(document) == ["旧框"]
    assert tables(document) == [[["正文之后格内框", "1"]]]


def test_headers_footers_and_notes_are_no_text_of_the_body() -> None:
    note = f'<w:footnotes xmlns:w="{WORD}"><w:footnote w:id="-1"><w:p/></w:footnote><w:footnote w:id="2">{p("脚注 9.99")}</w:footnote></w:footnotes>'
    document = read(
        p("收入1.50万元") + '<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>',
        header1=f'<w:hdr xmlns:w="{WORD}">{p("页眉 8.88")}</w:hdr>',
        footer1=f'<w:ftr xmlns:w="{WORD}">{p("第 1 页")}</w:ftr>',
        footnotes=note,
    )
    assert texts(document) == ["收入1.50万元"]
    assert document.remarks == [("remark.footnotes", {"count": "1"})]


# -- changes, comments, what is hidden --------------------------------------------------------------------------


def test_deleted_text_is_not_read_inserted_text_is() -> None:
    body = (
        '<w:p><w:r><w:t>收入</w:t></w:r><w:del w:id="1"><w:r><w:delText>1.50</w:delText></w:r></w:del>'
        '<w:ins w:id="2"><w:r><w:t>2.50</w:t></w:r></w:ins><w:r><w:t>万元</w:t></w:r></w:p>'
        '<w:p><w:moveFrom w:id="3"><w:r><w:t>旧处</w:t></w:r></w:moveFrom></w:p><w:p><w:moveTo w:id="3"><w:r><w:t>新处</w:t></w:r></w:moveTo></w:p>'
    )
    document = read(body)
    assert texts(document) == ["收入2.50万元", "新处"]
    assert document.remarks == [("remark.tracked_changes", {"count": "4"})]


def test_deleted_rows_and_cells_are_not_read() -> None:
    row = f'<w:tr><w:trPr><w:del w:id="1"/></w:trPr>{tc("删")}{tc("9")}</w:tr>'
    gone = tc("8", '<w:cellDel w:id="3"/>')
    added = f'<w:tr><w:trPr><w:ins w:id="2"/></w:trPr>{tc("增")}{tc("2")}{gone}</w:tr>'
    document = read(tbl([tc("甲"), tc("1")]).replace("</w:tbl>", f"{row}{added}</w:tbl>"))
    assert tables(document) == [[["甲", "1"], ["增", "2"]]]


def test_comments_are_counted() -> None:
    comments = f'<w:comments xmlns:w="{WORD}"><w:comment w:id="1">{p("应为 9.99")}</w:comment></w:comments>'
    document = read(p("收入1.50万元"), comments=comments)
    assert texts(document) == ["收入1.50万元"]
    assert document.remarks == [("remark.comments", {"count": "1"})]


def test_hidden_text_and_rows_are_told_and_not_read() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>9.99</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>1.50</w:t></w:r>'
    row = f"<w:tr><w:trPr><w:hidden/></w:trPr>{tc('草稿')}{tc('8')}</w:tr>"
    document = read(f"<w:p>{hidden}{shown}</w:p>" + tbl([tc("甲"), tc("1")]).replace("</w:tbl>", f"{row}</w:tbl>"))
    assert texts(document) == ["1.50"]
    assert tables(document) == [[["甲", "1"]]]
    assert document.remarks == [("remark.hidden_words", {"count": "2"})]


def test_macros_embedded_objects_and_pictures_are_told() -> None:
    document = read_bytes(
        word_bytes(
            p("正文") + "<w:p><w:r><w:object/></w:r><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>",
            {"word/vbaProject.bin": b"x"},
        ),
        "a.docm",
    )
    assert document.remarks == [
        ("remark.macros", {}),
        ("remark.embedded", {"count": "1"}),
        ("remark.pictures", {"count": "1"}),
    ]
    with_table = read("<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>" + tbl([tc("甲"), tc("1")]))
    assert with_table.remarks == []  # a picture beside tables is a seal or a drawing


# -- automatic numbers ------------------------------------------------------------------------------------------


def level(at: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


def numbering(*lists: str, nums: str = "") -> str:
    kinds_ = "".join(f'<w:abstractNum w:abstractNumId="{n}">{one}</w:abstractNum>' for n, one in enumerate(lists))
    nums = nums or "".join(
        f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(len(lists))
    )
    return f'<w:numbering xmlns:w="{WORD}">{kinds_}{nums}</w:numbering>'


def item(text: str, at: int = 0, number: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr>')


def styled(text: str, style: str, number: str = "") -> str:
    return p(text, f'<w:pStyle w:val="{style}"/>{number}')


NOTHING = '<w:suff w:val="nothing"/>'
LIST = (
    level(0, "chineseCounting", "%1、", NOTHING)
    + level(1, "chineseCounting", "（%2）", NOTHING)
    + level(2, "decimal", "%3.")
)


def test_numbers_of_several_levels_count_on_and_restart() -> None:
    body = (
        item("收入")
        + item("总体", 1)
        + item("细目", 2)
        + item("细目", 2)
        + item("财政", 1)
        + item("细目", 2)
        + item("支出")
        + item("总体", 1)
        + "".join(item("三级") for _ in range(9))
    )
    assert texts(read(body, numbering=numbering(LIST)))[:8] == [
        "一、收入",
        "（一）总体",
        "1. 细目",
        "2. 细目",
        "（二）财政",
        "1. 细目",
        "二、支出",
        "（一）总体",
    ]
    assert texts(read(body, numbering=numbering(LIST)))[-1] == "十一、三级"


def test_a_number_never_grows_together_with_a_figure() -> None:
    """`1.` before `2023年` must not read as 1.2023."""
    assert texts(read(item("2023年收入", 2), numbering=numbering(LIST))) == ["1. 2023年收入"]


def test_lists_of_one_kind_count_on_and_others_apart() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        f'<w:num w:numId="4"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">{level(0, "upperRoman", "%1)")}</w:lvlOverride></w:num>'
    )
    body = (
        item("甲")
        + item("乙", number=2)
        + item("丙", number=3)
        + item("丁")
        + item("戊", number=4)
        + item("己", number=9)
    )
    assert texts(read(body, numbering=numbering(LIST, nums=nums))) == [
        "一、甲",
        "二、乙",
        "一、丙",
        "三、丁",
        "IV) 戊",
        "己",
    ]


def test_numbers_over_levels_in_plain_digits_and_without_restart() -> None:
    levels = (
        level(0, "chineseCounting", "第%1章")
        + level(1, "decimal", "%1.%2", "<w:isLgl/>")
        + level(2, "lowerLetter", "%3)", '<w:lvlRestart w:val="0"/>')
        + level(3, "decimal", "[%4]", '<w:lvlRestart w:val="1"/>')
    )
    body = (
        item("甲")
        + item("乙", 1)
        + item("丙", 2)
        + item("四", 3)
        + item("丁", 1)
        + item("戊", 2)
        + item("四", 3)
        + item("己")
        + item("庚", 2)
        + item("四", 3)
    )
    assert texts(read(body, numbering=numbering(levels))) == [
        "第一章甲",
        "1.1 乙",
        "a) 丙",
        "[1] 四",
        "1.2 丁",
        "b) 戊",
        "[2] 四",
        "第二章己",
        "c) 庚",
        "[1] 四",
    ]


def test_numbers_that_styles_bring() -> None:
    styles = (
        f'<w:styles xmlns:w="{WORD}"><w:style w:styleId="1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="2"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="3"><w:basedOn w:val="2"/></w:style>'
        '<w:style w:styleId="4"><w:basedOn w:val="4"/></w:style>'
        '<w:style w:styleId="5"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
    )
    levels = (
        level(0, "chineseCounting", "%1、", NOTHING)
        + level(1, "chineseCounting", "（%2）", NOTHING)
        + level(2, "decimal", "%3、", '<w:pStyle w:val="5"/>')
    )
    body = (
        styled("甲", "1")
        + styled("乙", "2")
        + styled("丙", "3")
        + styled("丁", "4")
        + styled("戊", "5")
        + styled("己", "1", '<w:numPr><w:numId w:val="0"/></w:numPr>')
        + styled("庚", "1", '<w:numPr><w:ilvl w:val="1"/></w:numPr>')
    )
    assert texts(read(body, numbering=numbering(levels), styles=styles)) == [
        "一、甲",
        "（一）乙",
        "（二）丙",
        "丁",
        "1、戊",
        "己",
        "（三）庚",
    ]


def test_a_list_that_a_style_defines() -> None:
    styles = (
        f'<w:styles xmlns:w="{WORD}"><w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr>'
        "</w:pPr></w:style></w:styles>"
    )
    linked = '<w:numStyleLink w:val="L"/>'
    assert texts(read(item("甲") + item("乙"), numbering=numbering(linked, LIST), styles=styles)) == [
        "一、甲",
        "二、乙",
    ]


def test_bullets_say_nothing_and_words_are_kept() -> None:
    levels = level(0, "bullet", "") + level(1, "none", "附件：") + level(2, "decimalZero", "%3")
    assert texts(read(item("甲") + item("乙", 1) + item("丙", 2) + item("丁", 8), numbering=numbering(levels))) == [
        "甲",
        "附件：乙",
        "01 丙",
        "丁",
    ]


def test_numbers_in_cells_are_counted_too() -> None:
    body = tbl([tc(item("收入")), tc("1.50")], [tc(item("支出")), tc("1.50")])
    assert table(word_bytes(body, {"word/numbering.xml": numbering(LIST)}), "a.docx") == [
        ["一、收入", "1.50"],
        ["二、支出", "1.50"],
    ]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1, "chineseCounting", "一"),
        (20, "chineseCountingThousand", "二十"),
        (111, "taiwaneseCounting", "一百一十一"),
        (1000, "chineseCounting", "1000"),
        (20, "ideographDigital", "二〇"),
        (12, "chineseLegalSimplified", "壹贰"),
        (2, "ideographTraditional", "乙"),
        (11, "ideographTraditional", "11"),
        (3, "ideographZodiac", "寅"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircleChinese", "21"),
        (2, "ideographEnclosedCircle", "㊁"),
        (2, "decimalEnclosedParen", "(2)"),
        (27, "upperLetter", "AA"),
        (3, "lowerLetter", "c"),
        (1949, "lowerRoman", "mcmxlix"),
        (4001, "upperRoman", "4001"),
        (7, "decimalZero", "07"),
        (7, "hebrew1", "7"),
    ],
)
def test_forms_of_numbers(value: int, form: str, text: str) -> None:
    assert written(value, form) == text
    assert chinese(0) == "0"


def test_a_file_without_a_body_or_with_a_broken_part() -> None:
    assert read_bytes(word_bytes(""), "a.docx").blocks == []
