"""Less read, less said: what is unknown counts as nothing nowhere."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.model.facts import FilingKey
from auditor.model.numbers import State
from auditor.readers.text import html_pages, plain_text
from auditor.reading.filings import bind_document, finished
from auditor.reports.narrate import Narrator
from auditor.testing.families import family_filing
from auditor.testing.filings import told_filing

from tests.conftest import rule_book

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.model.filing import Filing, ReadTable
    from auditor.rules.book import RuleBook


def accusations(audit: Audit) -> set[str]:
    """The errors and warnings of an audit, by rule and figures."""
    out = set()
    for one in audit.findings:
        if one.severity is not Severity.INFO:
            out |= {f"{check.rule.id} {check.statement}" for check in one.checks}
    return out


def audited(text: str, name: str = "决算.txt") -> Audit:
    """The audit of a short document."""
    forms = rule_book().forms
    document = plain_text.read(text.encode(), file=name, sha256="")
    key = FilingKey("示例县某局", 2023, "final_accounts", "unit")
    return audit_filings([finished(bind_document(document, key, forms), forms)], rule_book())[0]


def hide(table: ReadTable, choice: random.Random, how: str) -> None:
    """Make some of a table unreadable: figures, whole rows, rows whose names are lost, or all of it."""
    if how == "cells":
        hit = choice.sample(range(len(table.facts)), max(1, len(table.facts) // 10)) if table.facts else []
        for n in hit:
            table.facts[n] = replace(table.facts[n], state=State.UNREADABLE, value=0, reason="unread.bad_number")
    elif how == "rows":
        rows = sorted({fact.address.row for fact in table.facts})
        lost = set(choice.sample(rows, max(1, len(rows) // 6))) if rows else set()
        table.facts = [fact for fact in table.facts if fact.address.row not in lost]
        table.unknown_lanes |= {row.split("/", 1)[0] if "/" in row else "" for row in lost}
        table.complete = False
    else:
        table.facts, table.reason, table.complete = [], "unread.table", False


@pytest.mark.slow
@pytest.mark.parametrize("how", ["cells", "rows", "tables"])
@pytest.mark.parametrize("family", ["全国决算", "江苏预算"])
def test_what_is_hidden_accuses_nothing(book: RuleBook, family: str, how: str) -> None:
    choice = random.Random(f"{family} {how}")  # noqa: S311 -- which parts are hidden
    copies: list[Filing] = []
    for number in range(4):
        filing = family_filing(book, family, 3)
        filing.key = filing.key._replace(entity=f"单位{number}")
        for table in choice.sample(filing.tables, 3):
            hide(table, choice, how)
        copies.append(filing)
    (whole,) = audit_filings([family_filing(book, family, 3)], book)
    known = accusations(whole)
    for audit in audit_filings(copies, book):
        assert accusations(audit) <= known


def test_a_code_that_another_table_does_not_list_is_no_printed_zero(book: RuleBook) -> None:
    filing = told_filing(book, 0)
    table = next(one for one in filing.tables if one.table == "支出决算表")
    rows = {fact.address.row for fact in table.facts}
    row = next(row for row in sorted(rows) if row.isdigit() and len(row) == 7)
    table.facts = [fact for fact in table.facts if fact.address.row != row]
    (audit,) = audit_filings([filing], book)
    told = [Narrator(audit).message(one) for one in audit.findings if one.main.unlisted]
    assert not [text for text in told if " 0.00 应相等" in text]


SUMMARY = [
    "收入 | | 支出 | | | ",
    " | | 功能分类 | | 支出用途 | ",
    "项目名称 | 金额 | 功能科目名称 | 金额 | 项目名称 | 金额",
    "一、财政拨款 | 80.00 | 一、一般公共服务支出 | 80.00 | 一、基本支出 | 60.00",
    " | | | | 二、项目支出 | 20.00",
    "当年收入小计 | 80.00 | | | 当年支出小计 | 80.00",
    "上年结转资金 | | | | 结转下年资金 | ",
    "收入合计 | 80.00 | | | 支出合计 | 80.00",
]
SPENDING = ["合计 | 基本支出 | 项目支出 | 单位预留机动经费 | 结转下年资金"]


def page(tables: dict[str, list[str]]) -> str:
    """A web page with some tables."""
    parts = ["<p>江苏省云岭县财政局2017年度部门预算公开</p>"]
    for title, rows in tables.items():
        body = "".join("<tr>" + "".join(f"<td>{c.strip()}</td>" for c in row.split("|")) + "</tr>" for row in rows)
        parts.append(f"<p>{title}</p><p>单位：万元</p><table>{body}</table>")
    return "<html><body>" + "".join(parts) + "</body></html>"


def test_a_table_of_unread_numbers_is_no_table_without_figures() -> None:
    forms = rule_book().forms
    text = page({"部门收支预算总表": SUMMARY, "部门支出预算总表": [*SPENDING, "80.00 | 60.00 | 20.00 | | "]})
    document = html_pages.read(text.encode(), file="预算.html", sha256="")
    filing = finished(bind_document(document, FilingKey("江苏省云岭县财政局", 2017, "budget", ""), forms), forms)
    (audit,) = audit_filings([filing], rule_book())
    assert "支出预算表" in {table.table for table in filing.tables}
    assert "ST-S-05" not in {one.rule.id for one in audit.findings}
    assert not [one for one in audit.findings if one.severity is Severity.ERROR and one.main.compares]


TEXT = "某局2023年度部门决算\n" + "".join(
    f"{number}、第{number}项支出情况\n2023年度本单位第{number}项支出{number}.00万元，其中基本支出{number}.00万元。\n"
    for number in range(1, 9)
)
MISSING = {"ST-S-03", "ST-S-16"}


@pytest.mark.parametrize(
    ("name", "more", "told"),
    [
        ("部门决算公开.txt", "", True),
        ("附件1：某局2023年度部门决算情况说明.txt", "", False),
        ("部门决算公开.txt", "部门决算公开报表详见附件。\n", False),
    ],
)
def test_tables_that_are_said_to_be_in_another_file_are_not_missing(name: str, more: str, *, told: bool) -> None:
    contents = "目录\n第二部分 附表\n一、收入支出决算总表\n二、收入决算表\n第一部分 说明\n"
    audit = audited(contents + TEXT + more, name)
    assert bool(MISSING & {one.rule.id for one in audit.findings}) is told


TOTALS = """收支预算总表
收入\t\t支出\t
项目\t预算数\t项目\t预算数
一、一般公共预算拨款\t502.00\t十八、援助其他地区支出\t502.00
收入总计\t502.00\t支出总计\t502.00
"""


@pytest.mark.parametrize("below", ["", "21999\t其他支出\t502.00\t\t502.00\n21999\t其他支出\t502.00\t\t502.00\n"])
def test_a_table_that_stops_above_a_level_is_no_table_without_figures(below: str) -> None:
    table = f"支出预算表\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n合计\t\t502.00\t\t502.00\n219\t援助其他地区支出\t502.00\t\t502.00\n{below}"
    forms = rule_book().forms
    text = f"某县某局2025年部门预算\n单位：万元\n{TOTALS}\n单位：万元\n{table}"
    document = plain_text.read(text.encode(), file="预算.txt", sha256="")
    filing = finished(bind_document(document, FilingKey("某县某局", 2025, "budget", "department"), forms), forms)
    (audit,) = audit_filings([filing], rule_book())
    assert {"收支预算总表", "支出预算表"} <= {read.table for read in filing.tables}
    assert not [one for one in accusations(audit) if one.startswith("BU-X-14")]
    reasons = {item.reason.key for item in audit.not_evaluated if item.rule.id == "BU-X-14"}
    assert "reason.unread_row" in reasons
