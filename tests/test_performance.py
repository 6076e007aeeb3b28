"""项目自评汇总表: read by the names of its columns, whatever stands between them."""

from __future__ import annotations

from auditor.readers.text import read as read_text
from auditor.reading import filing_of, merge

from tests.conftest import rule_book

HEAD = "单位编码 | 单位名称 | 项目名称 | 项目类型 | 全年预算数 | 全年执行数 | 预算执行率 | 成本指标得分率 | 自评得分"
ROWS = (
    "305004 | 某县社保中心 | 劳务派遣工资 | 可执行项目 | 28 | 26.17 | 93.46% | 100% | 99.35",
    "305004 | 某县社保中心 | 党建工作 | 可执行项目 | 0.9 | 0 | 0% | 0% | 80",
)


def figures(*lines: str) -> tuple[dict[str, str], list[str]]:
    text = "\n".join(["某县社保中心2023年度单位决算", "单位项目绩效自评表", "单位：万元", *lines])
    forms = rule_book().forms
    filing = merge([filing_of(read_text(text.encode(), file="a.txt", sha256=""), forms)], forms)
    return {str(fact.address): fact.text for fact in filing.facts}, [item.text for item in filing.unread]


def test_rows_are_named_by_their_project_and_columns_by_the_header() -> None:
    read, _ = figures(HEAD, *ROWS)
    assert read["项目自评汇总表[劳务派遣工资].全年执行数"] == "26.17"
    assert read["项目自评汇总表[党建工作].得分率/成本指标"] == "0%"
    assert read["项目自评汇总表[党建工作].自评得分"] == "80"
    assert len(read) == 10


def test_a_total_is_no_project() -> None:
    read, _ = figures(HEAD, *ROWS, "- |  | 合计 |  | 28.9 | 26.17 | 90.55% |  | ")
    assert read["项目自评汇总表[合计].全年预算数"] == "28.9"


def test_columns_in_another_order() -> None:
    def turned(line: str) -> str:
        cells = line.split(" | ")
        return " | ".join([*cells[:4], cells[5], cells[4], *cells[6:]])

    read, _ = figures(*map(turned, (HEAD, *ROWS)))
    assert read["项目自评汇总表[劳务派遣工资].全年执行数"] == "26.17"
    assert read["项目自评汇总表[劳务派遣工资].全年预算数"] == "28"


def test_cells_of_another_kind_are_not_read_by_position() -> None:
    """A row that lacks a cell in the middle would put every figure under its neighbour."""
    tabs = [line.replace(" | ", "\t") for line in (HEAD, ROWS[0], ROWS[1].replace(" | 0.9", "", 1))]
    read, unread = figures(*tabs)
    assert not read
    assert {"26.17", "0%", "80"} <= set(unread)


def test_a_list_goes_on_below_its_head_on_the_next_page() -> None:
    read, _ = figures(HEAD, ROWS[0], "第 2 页", HEAD, ROWS[1])
    assert read["项目自评汇总表[党建工作].自评得分"] == "80"
