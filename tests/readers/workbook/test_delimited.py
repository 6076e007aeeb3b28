"""CSV: encodings, marks between fields, quoted line ends, titles."""

from __future__ import annotations

import pytest
from auditor.errors import BadInputError
from auditor.readers import read_bytes
from auditor.readers.workbook.csv_tables import title_of_name

from tests.support.office_files import kinds, table, tables, texts

TEXT = "收入决算表\r\n单位：万元\r\n科目,金额\r\n合计,1.50\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    document = read_bytes(TEXT.encode(encoding), "a.csv")
    assert texts(document) == ["收入决算表", "单位：万元"]
    assert tables(document) == [[["科目", "金额"], ["合计", "1.50"]]]
    (grid,) = document.grids()
    assert (grid.rows[1][1].place.row, grid.rows[1][1].place.column, grid.rows[1][1].place.page) == (4, 2, None)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_marks_between_fields_are_told(mark: str) -> None:
    rows = [["科目", "金额", "说明"], ["合计", "1,234.50" if mark != "," else "1234.50", "甲"], ["其中", "1.00", "乙"]]
    text = "\n".join(mark.join(row) for row in rows)
    assert table(text.encode(), "a.csv") == rows


def test_commas_inside_numbers_do_not_cut_fields_of_another_mark() -> None:
    text = "科目;金额;说明\n合计;1,234.50;a,b,c\n其中;1,000.00;d,e,f\n"
    assert table(text.encode(), "a.csv")[1] == ["合计", "1,234.50", "a,b,c"]


def test_a_line_that_names_the_mark() -> None:
    assert table("sep=;\n科目;金额,元\n合计;1\n".encode(), "a.csv") == [["科目", "金额,元"], ["合计", "1"]]


def test_quoted_fields_hold_marks_quotes_and_line_ends() -> None:
    text = '科目,金额\n"社会保障,\n和""就业""",1.50\n合计,"1,234.50"\n'
    assert table(text.encode(), "a.csv") == [["科目", "金额"], ['社会保障, 和"就业"', "1.50"], ["合计", "1,234.50"]]
    (grid,) = read_bytes(text.encode(), "a.csv").grids()
    assert grid.rows[1][0].raw == '社会保障,\n和"就业"'


def test_ragged_rows_and_a_quote_that_is_never_closed() -> None:
    assert table("科目,金额,说明\n合计,1\n".encode(), "a.csv") == [["科目", "金额", "说明"], ["合计", "1", ""]]
    assert table('科目,金额\n合计,"1\n'.encode(), "a.csv") == [["科目", "金额"], ["合计", "1"]]


def test_several_tables_in_one_file() -> None:
    text = "收入决算表\n科目,金额\n合计,1\n\n支出决算表\n科目,金额\n合计,2\n"
    document = read_bytes(text.encode(), "a.csv")
    assert kinds(document) == "PGPG"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("收入决算表.csv", "收入决算表"),
        ("02收入决算表.csv", "收入决算表"),
        ("公开.zip!2023/03_收入决算表.csv", "收入决算表"),
        ("公开.zip!收入决算表.csv", "收入决算表"),
        ("2023.csv", "2023"),
        ("（1）支出表.csv", "支出表"),
    ],
)
def test_the_name_of_the_file_stands_for_a_title_that_is_not_there(name: str, title: str) -> None:
    assert title_of_name(name) == title
    assert texts(read_bytes("科目,金额\n合计,1\n".encode(), name)) == [title]


def test_headers_that_lost_their_merged_cells_say_so() -> None:
    (grid,) = read_bytes("收入,,支出,\n项目,金额,项目,金额\n合计,1,合计,1\n".encode(), "a.csv").grids()
    assert not grid.spans_known


def test_bounds() -> None:
    with pytest.raises(BadInputError) as caught:
        read_bytes(b"1," * 3_000 + b"\n1\n", "a.csv")
    assert caught.value.key == "input.too_many_cells"
    with pytest.raises(BadInputError) as caught:
        read_bytes(b'1,"' + b"x" * 2_000_000, "a.csv")
    assert caught.value.key == "input.damaged"
    with pytest.raises(BadInputError):
        read_bytes(b"1,2\n" + b"\0" * 900, "a.csv")
