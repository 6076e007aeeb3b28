"""项目自评汇总表: read by the names of its columns, whatever stands between them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.forms.project_sheets import _figures
from auditor.model.document import Cell, Document, Grid, Paragraph
from auditor.model.facts import Place
from auditor.model.tables import Column
from auditor.readers.text.plain_text import read as read_text
from auditor.reading.filings import filing_of, merge
from auditor.testing.layouts import Merge, grid_of

from tests.conftest import rule_book

if TYPE_CHECKING:
    from auditor.engine.findings import Finding
    from auditor.model.tables import Table

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
    assert not any(address.startswith("项目自评汇总表") or "党建工作" in address for address in read)
    assert {"0", "0%", "80"} <= set(unread)


def test_a_list_goes_on_below_its_head_on_the_next_page() -> None:
    read, _ = figures(HEAD, ROWS[0], "第 2 页", HEAD, ROWS[1])
    assert read["项目自评汇总表[党建工作].自评得分"] == "80"


SHEET = """项目支出绩效自评表
（2023年度）
项目名称 | 代发离退休人员工资 | < | < | < | < | <
主管部门 | 某县人社局 | < | 实施单位 | 某县社保中心 | < | <
项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率
^ | 年度资金总额： | 186.00 | 186.00 | 82.36 | 10 | 44.28%
^ | 其中：当年财政拨款 | 180.00 | 180.00 | 80.00 | — | —
^ | 上年结转资金 | 6.00 | 6.00 | 2.36 | — | —
^ | 其他资金 | 0 | 0 | 0 | — | —
年度总体目标 | 按时发放工资 | < | < | < | < | <
一级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分 | 偏差原因
产出指标 | 发放人数 | 12人 | 12人 | 50 | 50 |
总分 | < | < | < | 100 | 54.43 | """


def sheets(*changes: tuple[str, str]) -> list[Finding]:
    """Audit two sheets, the second of another project with the changes."""
    second = SHEET.replace("代发离退休人员工资", "企业退休人员取暖费")
    for before, after in changes:
        second = second.replace(before, after)
    marks: dict[str, str | Merge] = {"<": Merge.LEFT, "^": Merge.UP}
    blocks: list[Paragraph | Grid] = [Paragraph(t, Place()) for t in ("某县社保中心2023年度单位决算", "金额单位：万元")]
    for sheet in (SHEET, second):
        title, year, *lines = sheet.splitlines()
        blocks += [Paragraph(title, Place()), Paragraph(year, Place())]
        rows = [[cell.strip() for cell in line.split("|")] for line in lines]
        blocks.append(grid_of([[marks.get(text, text) for text in row] for row in rows]))
    forms = rule_book().forms
    filing = merge([filing_of(Document("a.xlsx", "", blocks=blocks), forms)], forms)
    read = {str(fact.address): fact.text for fact in filing.facts}
    assert read["项目支出绩效自评表[代发离退休人员工资].资金总额/全年执行数"] == "82.36"
    assert read["项目支出绩效自评表[代发离退休人员工资].总分/得分"] == "54.43"
    assert "项目支出绩效自评表[企业退休人员取暖费].财政拨款/全年预算数" in read
    return audit_filings([filing], rule_book())[0].findings


def test_sheets_of_several_projects_are_read_each_for_itself() -> None:
    assert [finding.rule.id for finding in sheets() if finding.severity is not Severity.INFO] == []


def test_wrong_figures_of_a_sheet_are_found_and_named() -> None:
    found = sheets(("44.28%", "48.24%"), ("54.43", "154.43"))
    assert {finding.rule.id for finding in found if finding.severity is Severity.ERROR} == {"FA-P-09", "FA-P-11"}
    (parts,) = (
        f for f in sheets(("上年结转资金 | 6.00 | 6.00", "上年结转资金 | 6.00 | 60.00")) if f.severity is Severity.ERROR
    )
    assert "FA-P-10" in parts.rule_ids


def test_figures_of_a_sheet_stand_in_the_order_of_print_whatever_the_hash_of_strings() -> None:
    heads = ["年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]
    columns = [Column(f"资金总额/{head}", (f"资金总额/{head}",)) for head in heads]
    sheet = [["资金总额", *heads], ["资金总额", "1.00", "2.00", "2.00", "10", "100%", "10"]]
    lines = [[Cell(text, Place()) for text in row] for row in sheet]
    table = SimpleNamespace(columns=columns)
    read = [name for name, _ in _figures(lines, cast("Table", table))]
    assert read == [f"资金总额/{head}" for head in heads]
