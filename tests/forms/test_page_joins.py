"""One table is one table: pages are joined before anything is bound, whatever the table is."""

from __future__ import annotations

from auditor.forms.page_joins import columns_on, heading

from tests.shapes.test_shapes import figures, filing, grid

HEAD = "功能科目 | 合计 | 基本支出 | 项目支出"
FIRST = f"{HEAD}\n行政运行 | 3.00 | 3.00 | 0.00\n机关服务 | 2.00 | 1.00 | 1.00"
SECOND = f"{HEAD}\n信访事务 | 4.00 | 2.00 | 2.00\n合计 | 9.00 | 6.00 | 3.00"


def titles(*blocks: str) -> list[str]:
    return [table.table for table in filing(*blocks).tables]


def test_the_title_and_the_header_stand_again_on_every_page() -> None:
    made = filing(
        "表05", "自编支出情况表", "单位：万元", FIRST, "— 5 —", "表05", "自编支出情况表（续）", "单位：万元", SECOND
    )
    assert [table.table for table in made.tables] == ["其他表/自编支出情况表"]
    assert figures(made)["自编支出情况表[合计].项目支出"] == "3.00"
    (shape,) = made.shapes
    assert [row.name for row in shape.rows] == ["行政运行", "机关服务", "信访事务", "合计"]


def test_a_table_of_another_title_with_the_same_header_is_another_one() -> None:
    assert titles("自编支出情况表", FIRST, "自编收入情况表", SECOND) == [
        "其他表/自编支出情况表",
        "其他表/自编收入情况表",
    ]


def test_a_grid_that_begins_like_the_table_is_the_next_one_of_its_kind() -> None:
    again = FIRST.replace("3.00", "5.00")
    assert titles("自编支出情况表", FIRST, "自编支出情况表", again) == [
        "其他表/自编支出情况表",
        "其他表/自编支出情况表（2）",
    ]


def test_prose_between_parts_tables() -> None:
    assert len(titles("自编支出情况表", FIRST, "以下是另一部分的情况说明。", SECOND)) == 2


def test_a_narrower_page_that_dropped_an_empty_column_is_laid_on_the_columns_of_the_first() -> None:
    narrow = grid("功能科目 | 合计 | 项目支出\n信访事务 | 4.00 | 4.00")
    assert columns_on(grid(FIRST), narrow) == [0, 1, 3]


def test_what_tells_of_a_continuation_is_no_part_of_a_heading() -> None:
    assert heading("自编 支出情况表（续表一）") == "自编支出情况表"


CODED = "科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出\n | 合计 | 9.00 | 6.00 | 3.00\n201 | 一般公共服务支出 | 5.00 | 4.00 | 1.00"
OTHER = "科目编码 | 科目名称 | 合计 | 某支出 | 项目支出\n208 | 社会保障和就业支出 | 4.00 | 2.00 | 2.00"


def test_a_second_part_that_cannot_be_joined_leaves_the_first_open() -> None:
    """The rows that are not here may be there: nothing that this table does not list is known to be absent."""
    alone = filing("部门支出总体情况表", "单位：万元", CODED)
    parts = filing("部门支出总体情况表", "单位：万元", CODED, "— 5 —", "部门支出总体情况表", "单位：万元", OTHER)
    assert {table.complete for table in alone.tables if table.table == "支出预算表"} == {True}
    assert {table.complete for table in parts.tables if table.table == "支出预算表"} == {False}
