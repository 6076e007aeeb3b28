"""The text reader: encodings, tables, bounds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from auditor.errors import AuditorError, BadInputError
from auditor.messages import use_language
from auditor.model.document import Grid, Paragraph
from auditor.readers import read_bytes
from auditor.readers.text.plain_text import MAX_COLUMNS, decode, read
from auditor.reading.filing_key import identify
from auditor.reading.filings import filing_of
from auditor.sandbox import read as read_path
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import rule_book


def test_encodings_are_told_by_content() -> None:
    text = "收入支出决算总表\n单位：万元"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert decode(text.encode(encoding), "a.txt") == text


def test_lines_with_tabs_are_grids_and_others_paragraphs() -> None:
    document = read("标题\n\na\tb\nc\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n".encode(), file="a.txt", sha256="")
    kinds = [type(block) for block in document.blocks]
    assert kinds == [Paragraph, Grid, Paragraph, Grid]
    grid = document.blocks[3]
    assert isinstance(grid, Grid)
    assert [[cell.text for cell in row] for row in grid.rows] == [["甲", "乙"], ["1", "2"]]
    assert grid.rows[1][0].place.line == 7


MARKDOWN = """# 2023年度决算

## 收入决算表 ##

单位：万元

科目 | 金额 | 说明
:--- | ---: | :---:
**合计** | 1,234.50 | 甲\\|乙
其中<br>财政 | 1.00 |

| 科目 | 金额 |
| --- | --- |
| 合计 | `2.50` |
正文 a | b 不是表格
"""


def test_pipe_tables_of_markdown_are_grids() -> None:
    document = read(MARKDOWN.encode(), file="a.md", sha256="")
    assert [block.text for block in document.paragraphs()] == ["2023年度决算", "收入决算表", "单位：万元"]
    assert [[[cell.text for cell in row] for row in grid.rows] for grid in document.grids()] == [
        [["科目", "金额", "说明"], ["合计", "1,234.50", "甲|乙"], ["其中财政", "1.00", ""]],
        [["科目", "金额"], ["合计", "2.50"], ["正文 a", "b 不是表格"]],
    ]
    assert next(document.grids()).rows[1][1].place.line == 9


def test_pipes_and_dashes_in_a_dump_are_no_table() -> None:
    document = read("# 标题\n收入 | 支出\n-----\n甲 | 乙\n".encode(), file="a.txt", sha256="")
    assert [block.text for block in document.paragraphs()] == ["# 标题", "收入 | 支出", "-----", "甲 | 乙"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "input.empty"),
        (b" \n\n", "input.empty"),
        (b"%PDF-1.7 ...", "input.damaged"),
        (b"PK\x03\x04rest", "input.archive_member"),
        (bytes(range(256)) * 40, "input.binary"),
        (b"\xff\xff\xff\xffplain", "input.encoding"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(tmp_path: Path, data: bytes, key: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(BadInputError) as caught:
        read_path(path)
    assert caught.value.key in (key, "input.binary" if key == "input.encoding" else key)
    for language in ("zh", "en"):
        use_language(language)
        sentence = str(caught.value)
        assert "a.txt" in sentence
        assert "\n" not in sentence


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="找不到"):
        read_path(tmp_path / "none.txt")
    with pytest.raises(BadInputError):
        read_path(tmp_path)


def test_absurd_tables_are_refused_or_cut() -> None:
    wide = ("\t" * 100_000 + "\n").encode()
    document = read(wide, file="a.txt", sha256="")
    assert isinstance(document.blocks[0], Grid)
    assert document.blocks[0].width == MAX_COLUMNS
    with pytest.raises(BadInputError):
        read(("a\tb\n" * 30_000 + "\t" * 300 + "\n").encode(), file="a.txt", sha256="")


@given(st.binary(max_size=400))
def test_any_bytes_give_a_document_or_one_sentence(data: bytes) -> None:
    try:
        document = read(data, file="a.txt", sha256="")
        filing_of(document, rule_book().forms)
    except AuditorError as error:
        assert "\n" not in str(error)


@given(seed=st.integers(0, 10**9))
def test_a_damaged_filing_is_read_or_refused(seed: int) -> None:
    """Truncated, shuffled and bit-flipped copies of an example never crash and never hang."""
    source = random.Random(seed)  # noqa: S311
    path = min((Path(__file__).parent.parent.parent.parent / "examples").glob("*.txt"))
    data = bytearray(path.read_bytes())
    if source.random() < 0.5:
        data = data[: source.randrange(len(data))]
    for _ in range(source.randrange(30)):
        if data:
            data[source.randrange(len(data))] ^= 1 << source.randrange(8)
    try:
        filing_of(read(bytes(data), file="a.txt", sha256=""), rule_book().forms)
    except AuditorError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("name", ["某县第1服务中心", "上海市第101中学", "某县3号仓库管理处", "某县第一中学"])
def test_numbers_belong_to_names_and_dates_behind_them_do_not(name: str) -> None:
    text = f"{name}2023年度单位决算\n收入决算表\n部门：{name}2023年度\n单位：万元\n部门：{name} 2023-12-31\n"
    assert identify(read_bytes(text.encode(), "a.txt"))[:2] == (name, 2023)


@pytest.mark.parametrize("line", ["单位：{}          金额单位：万元", "编制单位：{}　　单位:万元", "单位：{} 单位：元"])
def test_the_unit_of_money_on_the_same_line_is_no_part_of_a_name(line: str) -> None:
    text = f"2023年度单位决算\n收入决算表\n{line.format('临溪县水利工程服务中心')}\n"
    assert identify(read_bytes(text.encode(), "a.txt"))[0] == "临溪县水利工程服务中心"
