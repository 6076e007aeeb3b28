"""Law 3: a total above its printed rows is no error where the document says that rows are withheld by law."""

from __future__ import annotations

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.verdicts import Reason
from auditor.readers.text import html_pages
from auditor.reading.filings import filing_of, merge

from tests.conftest import rule_book

HEAD = "类 | 款 | 项 | 科目名称 | 合计 | 基本支出 | 项目支出"
ROWS = [
    " | | | 合计 | {total} | 50.00 | {projects}",
    "201 | | | 一般公共服务支出 | {total} | 50.00 | {projects}",
    " | 40 | | 信访事务 | {total} | 50.00 | {projects}",
    " | | 01 | 行政运行 | 50.00 | 50.00 | ",
    " | | 04 | 信访业务 | 28.00 | | 28.00",
]
REMARK = "根据国家保密法律法规的规定，部分涉密项目信息在公开时予以剔除。"


def audited(total: str, projects: str, text: str) -> tuple[list[str], list[Reason]]:
    """The rules of the errors, and why checks were not evaluated."""
    rows = [HEAD, *(row.format(total=total, projects=projects) for row in ROWS)]
    cells = "".join("<tr>" + "".join(f"<td>{c.strip()}</td>" for c in row.split("|")) + "</tr>" for row in rows)
    page = f"<p>云岭县信访局2026年部门预算公开</p><p>支出总体情况表</p><p>单位：万元</p><table>{cells}</table><h2>其他说明</h2><p>{text}</p>"
    document = html_pages.read(page.encode(), file="云岭县信访局2026年部门预算.html", sha256="")
    forms = rule_book().forms
    (audit,) = audit_filings([merge([filing_of(document, forms)], forms)], rule_book())
    told = [one.rule.id for one in audit.findings if one.severity == "error" and one.main.compares]
    return told, [one.reason for one in audit.not_evaluated]


@pytest.mark.parametrize(
    ("total", "projects", "text", "accused"),
    [
        ("102.00", "52.00", REMARK, False),
        ("102.00", "52.00", "本单位没有其他需要说明的事项。", True),
        ("62.00", "12.00", REMARK, True),  # below its parts: nothing withheld explains that
    ],
)
def test_only_a_total_above_its_rows_may_hold_what_is_withheld(
    total: str, projects: str, text: str, *, accused: bool
) -> None:
    told, reasons = audited(total, projects, text)
    assert bool(told) is accused
    assert (Reason.WITHHELD in reasons) is not accused
