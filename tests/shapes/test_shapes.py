"""Tables that no form knows are read whole, under their own labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from auditor.errors import BadInputError
from auditor.model.document import Document, Grid, Paragraph
from auditor.model.facts import Place
from auditor.model.units import Kind
from auditor.reading.filings import filing_of
from auditor.testing.layouts import Merge, grid_of

from tests.conftest import rule_book

if TYPE_CHECKING:
    from auditor.model.filing import Filing


def grid(block: str, number: int = 0) -> Grid:
    """A grid of cells with ` | ` between; `<` and `^` are covered by the cell at the left or above."""
    marks: dict[str, str | Merge] = {"<": Merge.LEFT, "^": Merge.UP}
    lines = [[marks.get(text.strip(), text.strip()) for text in line.split("|")] for line in block.splitlines()]
    made = grid_of(lines)
    numbered: dict[int, object] = {}
    rows = tuple(
        tuple(numbered.setdefault(id(c), replace(c, place=replace(c.place, grid=number))) for c in cells)
        for cells in made.rows
    )
    return replace(made, rows=rows, place=Place(grid=number))  # type: ignore[arg-type]


def filing(*blocks: str) -> Filing:
    """A filing of lines and grids."""
    parts: list[Paragraph | Grid] = [Paragraph("某市某局2026年部门预算公开", Place(paragraph=1))]
    for number, block in enumerate(blocks, 2):
        parts.append(grid(block, number) if "|" in block else Paragraph(block, Place(paragraph=number)))
    return filing_of(Document("a.docx", "", parts), rule_book().forms)


def figures(made: Filing) -> dict[str, str]:
    """What was read, by address."""
    return {str(fact.address).removeprefix("其他表/"): fact.text for fact in made.facts if fact.text}


def test_nested_labels_and_a_header_of_spans() -> None:
    made = filing(
        "自编支出分类情况表",
        "单位：元",
        "功能科目 | 政府科目 | 合计 | 其中 | <\n"
        "^ | ^ | ^ | 基本支出 | 项目支出\n"
        "2010501-行政运行 | 50101-工资 | 12.00 | 10.00 | 2.00\n"
        "2010501-行政运行 | 50201-办公经费 | 3.00 | - | 3.00\n"
        "合计 |  | 15.00 | 10.00 | 5.00",
    )
    read = figures(made)
    assert read["自编支出分类情况表[2010501-行政运行/50201-办公经费].其中/项目支出"] == "3.00"
    assert read["自编支出分类情况表[合计].合计"] == "15.00"
    assert made.unread == []
    (shape,) = made.shapes
    assert [column.of_which for column in shape.columns] == [False, True, True]
    assert shape.columns[1].spans[0] == shape.columns[2].spans[0]
    assert [row.total for row in shape.rows] == [False, False, True]
    assert (shape.rows[0].code, shape.rows[0].namespace) == ("2010501", "functional")
    assert {fact.unit for fact in made.facts} == {"元"}


def test_lanes_side_by_side_keep_their_rows_apart() -> None:
    made = filing(
        "自编收支情况表",
        "收入 | < | 支出 | <\n项目 | 预算数 | 项目 | 预算数\n"
        "一、自筹 | 5.00 | 一、甲类支出 | 3.00\n |  | 二、乙类支出 | 2.00\n收入合计 | 5.00 | 支出合计 | 5.00",
    )
    read = figures(made)
    assert read["自编收支情况表[支出/乙类支出].支出/预算数"] == "2.00"
    assert read["自编收支情况表[收入/收入合计].收入/预算数"] == "5.00"
    assert len(read) == 5


def test_lanes_under_one_row_of_header() -> None:
    made = filing(
        "自编收支情况表", "收入 | 预算数 | 支出 | 预算数\n自筹 | 5.00 | 甲类支出 | 3.00\n其他 | 0.00 | 乙类支出 | 2.00"
    )
    assert figures(made)["自编收支情况表[支出/乙类支出].预算数"] == "2.00"
    assert made.shapes[0].lanes == ("收入", "支出")


def test_parts_of_codes_are_no_figures_and_are_carried_down() -> None:
    made = filing(
        "自编科目情况表",
        "科目编码 | < | < | 科目名称 | 合计\n类 | 款 | 项 | ^ | ^\n"
        " |  |  | 合计 | 9.00\n201 |  |  | 一般公共服务支出 | 9.00\n | 40 |  | 信访事务 | 9.00\n |  | 01 | 行政运行 | 9.00",
    )
    assert set(figures(made)) == {
        f"自编科目情况表[{row}].合计" for row in ("合计", "201", "20140", "2014001")
    }  # a tree of codes: checked as such


def test_a_form_that_is_filled_in_names_its_money_by_the_labels_beside_it() -> None:
    made = filing(
        "自编项目申报表",
        "单位：元",
        "项目名称 | 大厅改造 | < | <\n主管部门 | 某局 | 实施单位 | 某中心\n"
        "项目资金（万元） | 年度资金总额： | 145.00 | <\n^ | 其中：财政拨款 | 100.00 | <\n"
        "一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 接待人数 | ≥95%",
    )
    read = {key.split("[")[1]: text for key, text in figures(made).items()}
    assert read["项目资金/年度资金总额].数"] == "145.00"
    assert read["项目资金/财政拨款].数"] == "100.00"
    assert {(fact.kind, fact.unit) for fact in made.facts if fact.text} == {(Kind.AMOUNT, "万元")}


def test_numbers_of_rows_years_and_serial_codes_are_no_figures() -> None:
    made = filing(
        "自编采购情况表",
        "序号 | 年份 | 单位编码 | 单位名称 | 数量 | 金额（元）\n"
        "1 | 2026 | 101001 | 甲单位 | 3 | 1,200.00\n2 | 2026 | 101002 | 乙单位 | 1 | 19349,057",
    )
    read = {fact.address.column: fact for fact in made.facts}
    assert set(read) == {"数量", "金额"}
    assert sum(fact.is_figure for fact in made.facts) == 3
    assert [item.text for item in made.unread] == ["19349,057"]  # damaged: unknown by itself only
    assert {fact.kind for fact in made.facts if fact.address.column == "数量"} == {Kind.COUNT}


def test_parts_of_codes_are_headed_and_the_code_of_a_unit_is_no_part_of_them() -> None:
    made = filing(
        "自编科目支出表",
        "单位：万元",
        "科目编码 |  |  | 单位代码 | 单位(科目名称) | 总计 | 资金来源\n"
        " |  |  |  |  |  | 一般公共预算\n"
        "类 | 款 | 项 | 小计 |  |  | \n"
        "208 | 1 | 9 | 309001 | 社会保险经办机构 | 369.28 | 369.28\n"
        "208 | 5 | 5 | 309001 | 养老保险 | 30.59 | 30.59\n"
        "221 | 2 | 1 | 309001 | 住房公积金 | 24.15 | 24.15",
    )
    (shape,) = made.shapes
    assert [row.code for row in shape.rows] == ["2080109", "2080505", "2210201"]
    assert {fact.text for fact in made.facts if fact.is_figure} == {"369.28", "30.59", "24.15"}


def test_codes_behind_a_count_are_no_lane_where_the_total_has_no_label_of_its_own() -> None:
    """The total row prints a figure behind label columns and nothing in them: they tell more of the same row."""
    made = filing(
        "政府采购预算表",
        "单位：万元",
        "科目 | < | 采购项目 | 数量 | 部门经济科目 | < | 采购时间 | 预算金额\n"
        "类 | 款 | ^ | ^ | 类 | 款 | ^ | ^\n"
        " |  | 合计 | 6 |  |  |  | 66.50\n"
        "208 | 01 | 复印机 | 2 | 310 | 02 | 1月-12月 | 6.50\n"
        "208 | 01 | 记录仪 | 1 | 310 | 02 | 1月-12月 | 20.00\n"
        "208 | 02 | 审计服务 | 3 | 302 | 27 | 1月-12月 | 40.00",
    )
    (shape,) = made.shapes
    assert shape.lanes == ()
    assert {column.path[-1] for column in shape.columns} == {"数量", "预算金额"}
    assert figures(made)["政府采购预算表[合计].预算金额"] == "66.50"


def test_one_table_published_by_itself_is_a_filing() -> None:
    table = "部门预算支出 | 预算金额 | 收入来源 | 预算金额\n基本支出 | 12.50 | 财政拨款 | 90.00\n项目支出 | 77.50 | 其他资金 | 0.00"
    lone = filing_of(
        Document("a.docx", "", [Paragraph("部门整体预算绩效目标申报表（万元）", Place(paragraph=1)), grid(table, 2)]),
        rule_book().forms,
    )
    assert {fact.text for fact in lone.facts} == {"12.50", "77.50", "90.00", "0.00"}
    with pytest.raises(BadInputError, match="没有认出"):
        filing_of(
            Document("b.docx", "", [Paragraph("项目进度表", Place(paragraph=1)), grid(table, 2)]), rule_book().forms
        )
