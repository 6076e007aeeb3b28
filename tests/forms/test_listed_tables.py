"""Lists of tasks inside a larger grid, and on the next page."""

from __future__ import annotations

from auditor.forms.listed_tables import read_list

from tests.conftest import rule_book
from tests.shapes.test_shapes import grid

HEAD = (
    "部门名称 | 某局 |  |  |  |  | \n"
    "年度工作 | 任务名称 | 主要内容 | 部门财政规划金额 | < | < | 时间\n"
    " |  |  | 总金额 | 财政资金 | 其他资金 | \n"
)


def test_a_list_goes_on_below_lines_that_are_printed_again() -> None:
    table = rule_book().forms.tables["整体绩效任务表"]
    first = HEAD + " | 1. 基本支出类 | 人员 | 423.4 | 423.4 |  | 全年\n | 2. 业务工作类 | 网络 | 5.64 | 5.64 |  | 全年"
    then = (
        "部门名称 | 某局 |  |  |  |  | \n | 3. 政府购买服务 | 派遣 | 13.2 | 13.2 |  | 全年\n目标 | 待遇 |  |  |  |  | "
    )
    rows, complete = read_list([grid(first), grid(then, 1)], table)
    assert [row.label for row in rows] == ["1. 基本支出类", "2. 业务工作类", "3. 政府购买服务"]
    assert complete
