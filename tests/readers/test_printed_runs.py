"""A number is one run of print: raised note marks, struck and pale pieces, digits of another size, in every format."""

from __future__ import annotations

import time

import pytest
from auditor.errors import BadInputError
from auditor.readers import read_bytes
from auditor.readers.printed_runs import Run, Unsaid, is_paper, said

from tests.support.office_files import OFFICE, PACKAGE, p, raw_book, table, tables, tbl, tc, texts, word_bytes

LOST = "\ufffd"

PIECES = [
    ([Run("511.64"), Run("1", raised=True)], "511.64"),
    ([Run("516.64"), Run("③", raised=True), Run("万元")], "516.64③万元"),  # no digit; the mark is no part of a number
    ([Run("合计"), Run("1", raised=True), Run("：7")], "合计：7"),
    ([Run("增加，"), Run("2", raised=True), Run("其中")], "增加，其中"),
    ([Run("100m"), Run("2", raised=True)], "100m2"),
    ([Run("511."), Run("64", raised=True)], f"511.{LOST}"),  # decimals, not a note
    ([Run("51"), Run("2", raised=True), Run("1.64")], f"51{LOST}1.64"),
    ([Run("511.64", raised=True)], "511.64"),  # all of it: a line of its own
    ([Run("600.00", struck=True), Run("511.64")], "511.64"),
    ([Run("511.64"), Run(" 600.00", struck=True)], "511.64 "),
    ([Run("600.00", struck=True)], LOST),  # nothing stands for it
    ([Run("5"), Run("1", struck=True), Run("1.64")], f"5{LOST}1.64"),
    ([Run("（一）", struck=True), Run("收入")], "收入"),
    ([Run("5.00", pale=True)], LOST),
    ([Run("0.00", pale=True)], ""),
    ([Run("说明", pale=True)], ""),
    ([Run("7", size=10.5), Run("1", size=6.0)], f"7{LOST}1"),
    ([Run("收入", size=10.5), Run("1", size=6.0)], "收入1"),
    ([Run("7", size=10.5), Run(" "), Run("1", size=10.5)], "7 1"),
]


@pytest.mark.parametrize(("pieces", "text"), PIECES)
def test_what_pieces_of_other_looks_say_together(pieces: list[Run], text: str) -> None:
    assert said(pieces, Unsaid()) == text


def test_what_is_not_said_is_told() -> None:
    unsaid = Unsaid()
    said([Run("600.00", struck=True), Run("511.64"), Run("白", pale=True)], unsaid, "表!A1")
    assert unsaid.remarks() == [
        ("remark.struck_words", {"count": "1", "text": "表!A1 600.00"}),
        ("remark.pale_words", {"count": "1", "text": "表!A1 白"}),
    ]


def test_many_pieces_cost_what_they_are() -> None:
    start = time.process_time()
    said([Run("1", raised=bool(number % 2), size=float(number)) for number in range(20_000)], Unsaid())
    assert time.process_time() - start < 2


def test_colours_of_paper() -> None:
    assert all(map(is_paper, ("FFFFFF", "FFFFFFFF", "#fefefe", "#fff")))
    assert not any(map(is_paper, ("auto", None, "", "000000", "FF0000", "D9D9D9", "white space")))


# -- DOCX -------------------------------------------------------------------------------------------------------


def run(text: str, about: str = "") -> str:
    return f'<w:r><w:rPr>{about}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


RAISED = '<w:vertAlign w:val="superscript"/>'
WHITE = '<w:color w:val="FFFFFF"/>'


def words(*runs: str, styles: str = "") -> tuple[list[str], list[str]]:
    parts = {"word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>'} if styles else {}
    document = read_bytes(word_bytes(f"<w:p>{''.join(runs)}</w:p>", parts), "a.docx")
    return texts(document), [key for key, _ in document.remarks]


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_looks_of_runs_in_a_docx() -> None:
    assert words(run("7"), run("1", RAISED), run("万元")) == (["7万元"], [])
    assert words(run("7"), run("1", '<w:position w:val="8"/>')) == (["7"], [])
    assert words(run("7"), run("1", '<w:position w:val="-2"/>')) == (["71"], [])  # a line adjusted, no note
    assert words(run("6.00", "<w:strike/>"), run("7.00")) == (["7.00"], ["remark.struck_words"])
    assert words(run("6.00", '<w:strike w:val="0"/>'), run("元")) == (["6.00元"], [])
    assert words(run("金额"), run("6.00", WHITE), run("元")) == ([f"金额{LOST}元"], ["remark.pale_words"])


def test_a_style_raises_and_strikes_too() -> None:
    styles = (
        f'<w:style w:styleId="note"><w:rPr>{RAISED}</w:rPr></w:style>'
        '<w:style w:styleId="mine"><w:basedOn w:val="note"/></w:style>'
        '<w:style w:styleId="loop"><w:basedOn w:val="loop"/></w:style>'
    )
    assert words(run("7"), run("1", '<w:rStyle w:val="mine"/>'), styles=styles) == (["7"], [])
    assert words(run("7"), run("1", '<w:rStyle w:val="loop"/>'), styles=styles) == (["71"], [])


def test_white_words_on_a_dark_cell_are_seen() -> None:
    cell = f"<w:p>{run('合计', WHITE)}</w:p>"
    dark, none = '<w:shd w:val="clear" w:fill="1F4E79"/>', '<w:shd w:val="clear" w:fill="auto"/>'
    assert table(word_bytes(tbl([tc(cell, dark), tc("乙")])), "a.docx") == [["合计", "乙"]]
    assert table(word_bytes(tbl([tc(cell, none), tc("乙"), tc("丙")])), "a.docx") == [["", "乙", "丙"]]


def chunk(name: str, data: bytes) -> bytes:
    relations = f'<Relationships xmlns="{PACKAGE}"><Relationship Id="h1" Type="{OFFICE}/aFChunk" Target="{name}"/></Relationships>'
    body = f'{p("前")}<w:altChunk xmlns:r="{OFFICE}" r:id="h1"/>{p("后")}'
    return word_bytes(body, {"word/_rels/document.xml.rels": relations, f"word/{name}": data})


PAGE = "<html><body><p>收入决算表</p><table><tr><td>合计<td>7</table></body></html>"
MAIL = (
    b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=gb2312\n"
    b"Content-Transfer-Encoding: 8bit\n\n" + PAGE.encode("gb18030") + b"\n--b--\n"
)


@pytest.mark.parametrize("data", [PAGE.encode(), MAIL])
def test_a_page_in_the_body_of_a_docx_is_read_in_its_place(data: bytes) -> None:
    document = read_bytes(chunk("page.dat", data), "a.docx")
    assert texts(document) == ["前", "收入决算表", "后"]
    assert tables(document) == [[["合计", "7"]]]
    assert [paragraph.place.paragraph for paragraph in document.paragraphs()] == [1, 2, 3]
    assert document.remarks == []


def test_another_file_in_the_body_of_a_docx_is_told() -> None:
    assert read_bytes(chunk("x.rtf", b"{\\rtf1 x}"), "a.docx").remarks == [("remark.embedded", {"count": "1"})]
    bare = word_bytes(f'<w:altChunk xmlns:r="{OFFICE}" r:id="h1"/>')
    with pytest.raises(BadInputError) as caught:
        read_bytes(bare, "a.docx")
    assert caught.value.key == "input.chunks"


# -- web pages --------------------------------------------------------------------------------------------------


def cell(html: str) -> str:
    document = read_bytes(f"<html><table><tr><td>甲<td>{html}</table></html>".encode(), "a.html")
    return tables(document)[0][0][1]


def test_looks_in_a_web_page() -> None:
    assert cell("7<sup>1</sup>") == "7"
    assert cell("7<span style='vertical-align:super'>1</span>") == "7"
    assert cell("<s>6.00</s>7.00") == "7.00"
    assert cell("<span style='text-decoration: line-through'>6.00</span>") == LOST
    assert cell("<font color='#FFFFFF'>6.00</font>") == LOST
    assert cell("<font color=white style='background:#333'>6.00</font>") == "6.00"
    assert cell("<span style='color:rgb(255, 255, 255)'>0.00</span>") == ""


def test_looks_of_running_text_of_a_page() -> None:
    document = read_bytes("<html><p>支出<del>6.00</del>7<sup>2</sup>万元</p></html>".encode(), "a.html")
    assert texts(document) == ["支出7万元"]
    assert document.remarks == [("remark.struck_words", {"count": "1", "text": "6.00"})]


SPANS = [("3;", 3), (" 3x", 3), ("+3", 3), ("", 1), ("x", 1), ("0", 1), ("-3", 1), ("99999999999", 1)]


@pytest.mark.parametrize(("value", "width"), SPANS)
def test_spans_are_read_as_browsers_read_them(value: str, width: int) -> None:
    document = read_bytes(f"<html><table><tr><td colspan='{value}'>甲<td>乙</table></html>".encode(), "a.html")
    assert tables(document) == [[["甲"] * width + ["乙"]]]


def test_a_cell_over_no_rows_covers_all_that_follow() -> None:
    page = "<html><table><tr><td rowspan=0>甲<td>1<tr><td>2<tr><td>3</table></html>"
    assert table(page.encode(), "a.html") == [["甲", "1"], ["甲", "2"], ["甲", "3"]]


def test_a_page_saved_as_one_file_is_read() -> None:
    document = read_bytes(MAIL, "a.mht")
    assert texts(document) == ["收入决算表"]
    assert tables(document) == [[["合计", "7"]]]


# -- workbooks --------------------------------------------------------------------------------------------------

STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts><font/><font><strike/></font><font><color rgb="FFFFFFFF"/></font><font><color theme="0"/></font></fonts>'
    '<fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FF1F4E79"/></patternFill></fill></fills>'
    '<cellXfs><xf/><xf fontId="1"/><xf fontId="2"/><xf fontId="3"/><xf fontId="2" fillId="1"/></cellXfs></styleSheet>'
)


def test_looks_of_cells_and_runs_of_a_workbook() -> None:
    rich = (
        '<c r="A1" t="inlineStr"><is><r><t>7</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></is></c>'
        '<c r="B1" t="inlineStr"><is><r><rPr><strike/></rPr><t>6.00</t></r><r><t>7.00</t></r></is></c>'
    )
    plain = "".join(f'<c r="{column}1" s="{style}"><v>5</v></c>' for column, style in zip("CDEF", "1234", strict=True))
    data = raw_book(f'<sheetData><row r="1">{rich}{plain}</row></sheetData>', parts={"xl/styles.xml": STYLES})
    document = read_bytes(data, "a.xlsx")
    assert tables(document) == [[["7", "7.00", LOST, LOST, LOST, "5"]]]
    assert document.remarks == [
        ("remark.struck_words", {"count": "2", "text": "表!B1 6.00、表!C1 5"}),
        ("remark.pale_words", {"count": "2", "text": "表!D1 5、表!E1 5"}),
    ]


def test_a_workbook_whose_strings_are_missing_is_damaged() -> None:
    with pytest.raises(BadInputError) as caught:
        read_bytes(raw_book('<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>'), "a.xlsx")
    assert caught.value.key == "input.damaged"


def test_a_million_empty_rows_cost_nothing() -> None:
    cells = "".join(f'<c r="{column}1" s="1"/>' for column in "ABCDE")
    empty = "".join(f'<row r="{number}" ht="20"> {cells} </row>' for number in range(3, 60_000))
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="2"/><c r="C1"><v>2</v></c></row>'
    last = '<row r="60000"><c r="A60000"><v>3</v></c></row>'
    data = raw_book(f"<sheetData>{rows}<row r='2'/>{empty}{last}</sheetData>")
    start = time.process_time()
    assert [row for row in table(data) if any(row)] == [["1", "", "2"], ["3", "", ""]]
    assert time.process_time() - start < 0.5


def test_empty_rows_without_numbers_are_counted() -> None:
    filled = "<row><c><v>1</v></c><c><v>2</v></c></row>"
    assert table(raw_book(f"<sheetData>{filled}<row/>{filled}</sheetData>")) == [["1", "2"], ["", ""], ["1", "2"]]


def test_numbers_that_lost_digits_are_told() -> None:
    document = read_bytes("支出决算表,\n编码,合计\n2.08E+06,1.00\n2.08E+06,2.00\n".encode(), "a.csv")
    assert document.remarks == [("remark.scientific", {"count": "2", "cell": "A3", "text": "2.08E+06"})]


def test_codes_kept_as_text_by_a_formula_are_read() -> None:
    text = '编码,合计\n"=""2080505""",1.00\n'
    assert table(text.encode(), "a.csv") == [["编码", "合计"], ["2080505", "1.00"]]
