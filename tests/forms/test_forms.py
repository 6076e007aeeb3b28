"""Recognition of tables, columns, rows and codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from auditor.errors import RuleError
from auditor.forms.codes import is_code, join_parts, recover
from auditor.forms.find_tables import title_forms
from auditor.forms.row_alignment import Slot, align_row
from auditor.model.document import Cell
from auditor.model.facts import Place
from auditor.model.filing import BoundBy, Filing
from auditor.model.labels import plain
from auditor.readers.text.plain_text import read
from auditor.reading.filings import filing_of
from auditor.rules.book import load_rules

from tests.conftest import rule_book


def filing(text: str) -> Filing:
    return filing_of(read(text.encode(), file="a.txt", sha256=""), rule_book().forms)


def figures(made: Filing, table: str) -> dict[str, str]:
    return {str(f.address): f.text for f in made.facts if f.address.table == table and f.text}


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("八、社会保障和就业支出", "社会保障和就业支出"),
        ("（一）行政单位", "行政单位"),
        ("其中：（1）公务用车运行维护费", "公务用车运行维护费"),
        ("加：部门财政性资金结转", "部门财政性资金结转"),
        ("1. 基本支出类", "基本支出类"),
        ("因公出国(境)费", "因公出国（境）费"),
        ("“三公”经费", "三公经费"),
        ("合  计", "合计"),
        ("一、", "一、"),
    ],
)
def test_labels_are_compared_without_ordinals_and_marks(label: str, name: str) -> None:
    assert plain(label) == plain(name)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (["208"], "208"),
        (["208", "1", "9"], "2080109"),
        (["208", "01", "09"], "2080109"),
        (["301", "01"], "30101"),
        (["208", "20805", "2080505"], "2080505"),
        (["2080505"], "2080505"),
        (["2"], ""),
        ([], ""),
    ],
)
def test_codes_are_joined_and_padded(parts: list[str], code: str) -> None:
    assert join_parts(parts)[0] == code


def test_a_unit_code_is_no_class() -> None:
    assert not is_code("309001")
    assert not is_code("105236")
    assert not is_code("461.84")


def test_codes_are_recovered_by_name_and_order() -> None:
    taxonomy = rule_book().forms.taxonomies["functional"]
    names = [
        "科学技术支出",
        "其他科学技术支出",
        "其他科学技术支出",
        "社会保障和就业支出",
        "人力资源和社会保障管理事务",
        "行政运行",
        "事业运行",
        "从没听说过的科目",
        "行政事业单位养老支出",
        "行政单位离退休",
        "住房保障支出",
    ]
    assert recover(names, taxonomy) == [
        "206",
        "20699",
        "2069999",
        "208",
        "20801",
        "2080101",
        "2080150",
        "20801·从没听说过的科目",
        "20805",
        "2080501",
        "221",
    ]


def test_a_name_that_could_stand_anywhere_is_not_given_a_code() -> None:
    taxonomy = rule_book().forms.taxonomies["functional"]
    assert recover(["没有上级的科目", "208"], taxonomy)[0] == ""


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("收入支出决算总表", "收入支出决算总表"),
        ("四、财政拨款收入支出决算总表", "财政拨款收入支出决算总表"),
        ("2023年度支出决算表", "支出决算表"),
        ("某某县财政局支出决算表", "支出决算表"),
        ("一般公共预算财政拨款支出决算表............35", "一般公共预算财政拨款支出决算表"),
        ("政府性基金预算财政拨款支出决算表", ""),
        ("本单位没有支出决算表。", ""),
        ("支出决算表反映单位各项支出情况", ""),
    ],
)
def test_a_title_is_a_whole_line(line: str, title: str) -> None:
    assert title_forms(line, rule_book().forms, "final_accounts")[0] == title


EXPENSE = """支出决算表
单位：万元
科目代码\t科目名称\t本年支出合计\t基本支出\t项目支出\t上缴上级支出\t经营支出\t对附属单位补助支出
\t合计\t15.00\t11.00\t4.00\t0\t0\t0
208\t社会保障和就业支出\t15.00\t11.00\t4.00\t0\t0\t0
"""
INCOME_GRID = """科目代码\t科目名称\t本年收入合计\t财政拨款收入\t上级补助收入\t事业收入\t经营收入\t附属单位上缴收入\t其他收入
\t合计\t9.00\t9.00\t0\t0\t0\t0\t0
208\t社会保障和就业支出\t9.00\t9.00\t0\t0\t0\t0\t0
"""


def test_a_missing_table_does_not_borrow_its_neighbour() -> None:
    made = filing("2023年度决算公开\n收入决算表\n\n" + EXPENSE)
    assert [table.table for table in made.tables] == ["支出决算表"]
    assert "收入决算表" in made.announced


def test_a_table_under_the_wrong_title_is_read_under_its_own_labels() -> None:
    made = filing("2023年度决算公开\n支出决算表\n单位：万元\n" + INCOME_GRID)
    (table,) = made.tables
    assert (table.bound_by, table.instead_of) == (BoundBy.LABELS, "支出决算表")
    assert figures(made, table.table)["其他表/支出决算表[208].本年收入合计"] == "9.00"
    assert made.unread == []


def test_a_table_without_title_is_bound_by_its_header_words() -> None:
    made = filing(
        "2023年度决算公开\n\n某县自编情况表\n单位：万元\n\n"
        + "\n".join(EXPENSE.splitlines()[2:])
        + "\n20805\t养老\t15.00\t11.00\t4.00\t0\t0\t0\n2080505\t缴费\t15.00\t11.00\t4.00\t0\t0\t0\n"
    )
    (table,) = made.tables
    assert table.table == "其他表/某县自编情况表"
    assert figures(made, table.table)[f"{table.table}[2080505].项目支出"] == "4.00"


def test_a_continuation_without_header_may_have_another_width() -> None:
    made = filing("2023年度决算公开\n" + EXPENSE + "\n20805\t\t行政事业单位养老支出\t15.00\t11.00\t4.00\t0\t0\t0\n")
    assert figures(made, "支出决算表")["支出决算表[20805].基本支出"] == "11.00"


def test_the_unit_is_told_by_the_table() -> None:
    made = filing("2023年度决算公开\n" + EXPENSE.replace("万元", "元"))
    (fact,) = [f for f in made.facts if str(f.address) == "支出决算表[合计].基本支出"]
    assert fact.value == 1100
    assert made.money_unit == "元"


def test_a_repeated_row_is_a_second_occurrence() -> None:
    made = filing("2023年度决算公开\n" + EXPENSE + "208\t社会保障和就业支出\t15.00\t11.00\t4.00\t0\t0\t0\n")
    assert "支出决算表[208]#2.基本支出" in figures(made, "支出决算表")


def test_trailing_zeros_dropped_by_spreadsheets_count_as_printed() -> None:
    made = filing("2023年度决算公开\n" + EXPENSE.replace("15.00\t11.00\t4.00", "15.03\t11\t4.03", 1))
    fact = next(f for f in made.facts if str(f.address) == "支出决算表[合计].基本支出")
    assert (fact.step, fact.own_step) == (10_000, 1_000_000)


def cells(*texts: str) -> list[Cell]:
    return [Cell(text, Place(column=number)) for number, text in enumerate(texts)]


LANES = (
    Slot("收入", "label", most=2, group=True),
    Slot("收入", "figure", "金额"),
    Slot("支出", "label", most=2, group=True),
    Slot("支出", "figure", "合计"),
    Slot("支出", "figure", "财政拨款"),
)


@pytest.mark.parametrize(
    ("row", "placed"),
    [
        (("一般公共预算", "小计", "461.84", "一、基本支出", "423.40", "423.40"), ["461.84", "423.40", "423.40"]),
        (("", "财政拨款", "461.84", "二、外交", "", ""), ["461.84", "", ""]),
        (("政府性基金预算", "", "七、文化", "1.00", "1.00", ""), ["", "1.00", "1.00"]),
        (("", "", "十四、交通运输", "14.00", "", ""), ["", "14.00", ""]),
        (("收入合计：", "461.84", "支出合计", "461.84", "461.84", ""), ["461.84", "461.84", "461.84"]),
    ],
)
def test_flattened_rows_are_aligned_to_the_form(row: tuple[str, ...], placed: list[str]) -> None:
    taken = align_row(cells(*row), LANES)
    assert [cell[0].text if cell else "" for slot, cell in taken if slot.what == "figure"] == placed


def test_a_figure_that_fits_two_columns_is_left_out() -> None:
    slots = (Slot("", "label", most=3), Slot("", "figure", "a"), Slot("", "figure", "b"))
    taken = align_row(cells("某项", "", "5.00", ""), slots)
    figures = {slot.column: [part.raw for part in cell if part.raw] for slot, cell in taken if slot.what == "figure"}
    assert figures == {"a": [], "b": []}


LOOSE = """2023年度单位决算公开
收入支出决算总表
公开01表
单位：万元
收入 支出
项目 行次 金额 项目 行次 金额
栏次  1 栏次  2
一、一般公共预算财政拨款
收入

1 567.18一、一般公共服务支出 32  
二、政府性基金预算财政拨
款收入

2  二、外交支出 33 7.00
注：本表
支出决算表
单位：万元
项目 本年支出合计 基本支出 项目支出 上缴上级支出 经营支出 对附属单位补助支出
科目代码 科目名称
栏次 1 2 3 4 5 6
合计 99.79 90.00 9.79    
2080599
其他行政事业
单位养老支出

99.79  99.79    
2080501 行政单位离退休 5.00 4.00 1.00    
"""


def test_tables_printed_without_separators_are_read_by_their_spaces() -> None:
    made = filing(LOOSE)
    summary = figures(made, "收入支出决算总表")
    assert summary == {
        "收入支出决算总表[收入/一般公共预算财政拨款收入]": "567.18",
        "收入支出决算总表[支出/202]": "7.00",
    }
    expense = figures(made, "支出决算表")
    assert expense["支出决算表[2080599].项目支出"] == "99.79"
    assert "支出决算表[2080599].基本支出" not in expense


def test_blanks_that_left_no_trace_leave_the_row_unread() -> None:
    squeezed = "\n".join(line.rstrip().replace("  ", " ") for line in LOOSE.splitlines())
    made = filing(squeezed)
    lost = [item for item in made.unread if item.reason == "unread.blanks_unclear"]
    assert {item.text for item in lost} >= {"99.79"}
    assert all(len(item.candidates) == 6 for item in lost)
    assert not any(f.address.row == "2080599" and f.is_figure for f in made.facts)


def test_a_form_added_in_yaml_needs_no_python(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "own.yaml").write_text(
        """tables:
  - table: 项目支出情况表
    report: final_accounts
    layout: codes
    codes: functional
    rows: [{row: 合计}]
    columns: [{column: 小计}, {column: 财政资金}, {column: 自有资金}]
    column_groups: {资金: [财政资金, 自有资金]}
families:
  - family: 某县决算
    extends: 全国决算
    forms: [{form: 附表11, title: 项目支出情况表, as: 项目支出情况表, unit: 万元}]
""",
        encoding="utf-8",
    )
    book = load_rules([tmp_path], cache=False)
    text = "2023年度决算公开\n项目支出情况表\n科目编码\t科目名称\t小计\t财政资金\t自有资金\n\t合计\t3.00\t2.00\t1.00\n208\t社保\t3.00\t2.00\t1.00\n"
    made = filing_of(read(text.encode(), file="a.txt", sha256=""), book.forms)
    assert made.family == "某县决算"
    assert figures(made, "项目支出情况表")["项目支出情况表[208].自有资金"] == "1.00"


@pytest.mark.parametrize(
    ("yaml", "part"),
    [
        ("tables:\n  - table: 甲\n    reprot: budget\n    layout: cells\n", "report"),
        ("tables:\n  - table: 甲\n    report: budget\n    layout: cels\n", "cells"),
        ("families:\n  - family: 乙\n    forms:\n      - {title: 丙, as: 支出决算\n表}\n", ""),
        ("families:\n  - family: 乙\n    extends: 全国决算表\n", "全国决算"),
        (
            "families:\n  - family: 乙\n    report: budget\n    forms:\n      - {title: 丙, as: 支出决算}\n",
            "支出决算表",
        ),
    ],
)
def test_mistakes_in_form_files_are_answered_with_place_and_remedy(tmp_path: Path, yaml: str, part: str) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "own.yaml").write_text(yaml, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules([tmp_path], cache=False)
    assert str(caught.value).startswith("forms/own.yaml:")
    assert part in str(caught.value)


CLAIMS = (Path(rule_book().folders[0]) / "phrases" / "claims.yaml").read_text(encoding="utf-8")
LEVELS = "taxonomy: functional\nlevels: {类: 3}\nentries: [{code: '201', name: 甲}]\n"


@pytest.mark.parametrize(
    ("file", "yaml", "part"),
    [
        ("taxonomy/own.yaml", LEVELS.replace("3", "三"), "levels|类"),
        ("taxonomy/own.yaml", LEVELS.replace("name", "nmae"), "name"),
        ("taxonomy/own.yaml", LEVELS.replace("entries", "conventions: [{name: 乙}]\nentries"), "suffix"),
        ("taxonomy/own.yaml", LEVELS.replace("甲", "甲, status: seen"), "observed"),
        ("taxonomy/own.yaml", LEVELS.replace("甲", "[甲]"), ""),
        ("taxonomy/own.yaml", f"{LEVELS}levels: {{类: 3}}\n", "levels"),
        ("phrases/wording.yaml", "用语:\n  - {row: 甲, says: 乙, found: 乙, not_fuond: 丙}\n", "not_found"),
        ("phrases/wording.yaml", "用语:\n  - {row: 甲, says: 乙, in: 正闻, found: 乙, not_found: 丙}\n", "正文"),
        ("phrases/mentions.yaml", "年分:\n  - {row: 甲, says: 乙, found: 乙, not_found: 丙}\n", "年份"),
        ("phrases/claims.yaml", CLAIMS.replace("增加: 1", "增加: 许多", 1), "-1"),
        ("phrases/claims.yaml", CLAIMS.replace("大于: 大于", "大于: 大", 1), "小于"),
        ("phrases/claims.yaml", CLAIMS.replace("{column: 主要包括, ", "{", 1), "column"),
        ("phrases/claims.yaml", CLAIMS.replace("kind: amount", "kind: amonut", 1), "amount"),
        ("phrases/claims.yaml", CLAIMS.replace("headings:", "heading:", 1), "headings"),
    ],
)
def test_mistakes_in_lists_and_wordings_are_answered_likewise(tmp_path: Path, file: str, yaml: str, part: str) -> None:
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_text(yaml, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules([tmp_path], cache=False)
    assert re.match(rf"{re.escape(file)}:\d+", str(caught.value))
    assert re.search(part, str(caught.value))


@pytest.mark.parametrize("text", ["①", "²", "⑴"])
def test_a_row_of_digits_that_are_no_numbers_is_no_index(text: str) -> None:
    from auditor.forms.column_match import is_index_row

    assert not is_index_row([Cell(text, Place()), Cell("", Place())])
