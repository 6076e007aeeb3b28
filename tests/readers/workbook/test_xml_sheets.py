"""Workbooks that Excel 2003 wrote as one XML file: values as their formats show them, merges, what is hidden."""

from __future__ import annotations

import pytest
from auditor.errors import BadInputError
from auditor.readers import read_bytes

from tests.support.office_files import kinds, table, tables, texts

LOST = "\ufffd"
STYLES = (
    '<Styles><Style ss:ID="Default"/><Style ss:ID="n"><NumberFormat ss:Format="Standard"/></Style>'
    '<Style ss:ID="m" ss:Parent="n"><Font ss:Color="#FF0000"/></Style>'
    '<Style ss:ID="loop" ss:Parent="loop"><NumberFormat ss:Format="0.0%"/></Style>'
    '<Style ss:ID="s"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="w"><Font ss:Color="#FFFFFF"/></Style>'
    '<Style ss:ID="d" ss:Parent="w"><Interior ss:Color="#1F4E79" ss:Pattern="Solid"/></Style>'
    '<Style ss:ID="h"><NumberFormat ss:Format=";;;"/></Style></Styles>'
)


def book(rows: str, *, more: str = "", encoding: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'{STYLES}<Worksheet ss:Name="收入决算表"><Table>{rows}</Table></Worksheet>{more}</Workbook>'
    )
    return text.encode(encoding)


def cell(text: str, about: str = "", kind: str = "String") -> str:
    return f'<Cell {about}><Data ss:Type="{kind}">{text}</Data></Cell>'


def row(*cells: str, about: str = "") -> str:
    return f"<Row {about}>{''.join(cells)}</Row>"


HEAD = row(cell("科目"), cell("金额"), cell("比例"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_values_are_read_as_their_formats_show_them(encoding: str) -> None:
    rows = HEAD + row(
        cell("合计"), cell("1234.5", 'ss:StyleID="m"', "Number"), cell("0.123", 'ss:StyleID="loop"', "Number")
    )
    document = read_bytes(book(rows, encoding=encoding), "a.xls")
    assert kinds(document) == "PG"
    assert texts(document) == ["收入决算表"]
    assert tables(document) == [[["科目", "金额", "比例"], ["合计", "1,234.50", "12.3%"]]]


def test_rows_and_cells_that_are_left_out_and_merges() -> None:
    rows = HEAD + row(cell("甲", 'ss:MergeDown="1"'), cell("1", 'ss:Index="3"', "Number"), about='ss:Index="3"')
    rows += row(cell("2023-05-01T00:00:00.000", 'ss:Index="2" ss:MergeAcross="1"', "DateTime"))
    assert table(book(rows), "a.xml") == [
        ["科目", "金额", "比例"],
        ["", "", ""],
        ["甲", "", "1"],
        ["甲", "2023年5月1日", "2023年5月1日"],
    ]


def test_looks_and_hidden_things_are_told() -> None:
    note = '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">7<Sup>1</Sup><S>6.00</S></ss:Data></Cell>'
    rows = HEAD + row(note, cell("5", 'ss:StyleID="s"', "Number"), cell("5", 'ss:StyleID="w"', "Number"))
    rows += row(
        cell("乙", 'ss:StyleID="d"'), cell("5", 'ss:StyleID="h"', "Number"), cell("0", 'ss:StyleID="h"', "Number")
    )
    rows += row(cell("丙"), cell("9", "", "Number"), about='ss:Hidden="1"')
    hidden = '<Worksheet ss:Name="底稿"><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>'
    document = read_bytes(book(rows, more=hidden), "a.xls")
    assert tables(document) == [[["科目", "金额", "比例"], ["7", LOST, LOST], ["乙", LOST, ""], [LOST, LOST, ""]]]
    assert [key for key, _ in document.remarks] == [
        "remark.hidden_rows",
        "remark.struck_words",
        "remark.pale_words",
        "remark.hidden_sheet",
    ]


def test_a_formula_without_result_is_told() -> None:
    document = read_bytes(book(HEAD + row(cell("甲"), '<Cell ss:Formula="=SUM(R1C1)"/>')), "a.xls")
    assert document.remarks == [("remark.no_result", {"sheet": "收入决算表", "count": "1", "cell": "B2"})]


BAD = [
    (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><', "input.damaged"),
    (book("").replace(b"<Workbook", b"<!DOCTYPE Workbook [<!ENTITY a 'b'>]><Workbook", 1), "input.damaged"),
    (book(row(cell("1", 'ss:Index="9999999"'))), "input.too_many_cells"),
    (book(row(cell("1", 'ss:MergeDown="9999999"'))), "input.too_many_cells"),
]


@pytest.mark.parametrize(("data", "key"), BAD)
def test_a_bad_file_costs_one_sentence(data: bytes, key: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_bytes(data, "a.xls")
    assert caught.value.key == key
