"""Law 1, less read, less said: hide parts of a document, and nothing new is said of the rest."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.model.facts import FilingKey
from auditor.model.numbers import LOST
from auditor.readers.text import html_pages, plain_text
from auditor.reading.filings import bind_document, filing_of, finished, merge
from auditor.sandbox import read
from auditor.testing.field.hiding import WAYS, graver, hidden

from tests.conftest import EXAMPLES, SHARED, rule_book

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.model.document import Document

STEPS = ["类 | 款 | 项 | 科目名称 | 合计 | 基本支出 | 项目支出", " | | | 合计 | 105.60 | 77.60 | 28.00"]
STEPS += [
    "201 | | | 一般公共服务支出 | 87.00 | 59.00 | 28.00",
    " | 40 | | 信访事务 | 87.00 | 59.00 | 28.00",
    " | | 01 | 行政运行 | 50.00 | 50.00 | ",
    " | | 04 | 信访业务 | 28.00 | | 28.00",
    " | | 50 | 事业运行 | 9.00 | 9.00 | ",
    "208 | | | 社会保障和就业支出 | 18.60 | 18.60 | ",
    " | 05 | | 行政事业单位养老支出 | 18.60 | 18.60 | ",
    " | | 05 | 机关事业单位基本养老保险缴费支出 | 12.40 | 12.40 | ",
    " | | 06 | 机关事业单位职业年金缴费支出 | 6.20 | 6.20 | ",
]
UNKNOWN = [
    "项目 | 单位 | 上年数 | 新增 | 核销 | 年末数",
    "资产合计 | 万元 | 900.00 | 130.00 | 30.00 | 1,000.00",
    "其中：房屋 | 万元 | 600.00 | 100.00 | | 700.00",
    "设备 | 万元 | 250.00 | 30.00 | 30.00 | 250.00",
    "其他 | 万元 | 50.00 | | | 50.00",
]
PARTS = ("一、单位职责", "二、机构设置", "三、收支预算总体情况", "四、其他事项")
WAYS_AND_SEEDS = [(way, seed) for way in WAYS for seed in range(3)]


def table(rows: list[str]) -> str:
    return (
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in row.split("|")) + "</tr>" for row in rows)
        + "</table>"
    )


def page() -> str:
    said = "2026年本单位支出预算105.60万元，其中：基本支出77.60万元，项目支出28.00万元，比上年增加5.60万元，增长5.6%。"
    parts = ["<p>云岭县信访局2026年部门预算公开</p><p>目录</p>", *(f"<p>{part}</p>" for part in PARTS)]
    parts += [f"<h2>{part}</h2><p>{said if '收支' in part else '本单位承担全县信访工作。'}</p>" for part in PARTS]
    parts += [
        f"<p>支出总体情况表</p><p>单位：万元</p>{table(STEPS)}",
        f"<p>资产存量情况表</p><p>单位：万元</p>{table(UNKNOWN)}",
    ]
    parts += [
        "<p>政府性基金预算支出表</p>",
        table([STEPS[0], " | | | | | | "]),
        "<p>本单位没有政府性基金预算支出。</p>",
    ]
    return "".join(parts)


@cache
def documents() -> tuple[Document, ...]:
    plain = min(EXAMPLES.glob("*.txt"))
    made = html_pages.read(page().encode(), file="云岭县信访局2026年部门预算.html", sha256="")
    return made, plain_text.read(plain.read_bytes(), file=plain.name, sha256="")


def audited(document: Document) -> Audit:
    forms = rule_book().forms
    return audit_filings([merge([filing_of(document, forms)], forms)], rule_book(), prove_clean=False)[0]


@cache
def whole(number: int) -> Audit:
    return audited(documents()[number])


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(("way", "seed"), WAYS_AND_SEEDS)
def test_what_is_hidden_accuses_nothing(number: int, way: str, seed: int) -> None:
    less = audited(hidden(documents()[number], way, seed))
    assert [(one.finding.rule.id, one.finding.main.statement) for one in graver(whole(number), less)] == []


REAL = ("上海_数据局", "福建福州_公安文职中心", "山东烟台_信访局")


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("way", list(WAYS))
def test_what_is_hidden_of_a_published_filing_accuses_nothing(name: str, way: str) -> None:
    found = [path for path in (SHARED / "field").glob("*.pdf") if path.name.startswith(name)]
    if not found:
        pytest.skip("the shared filings are not here (../shared/filings)")
    document = read(found[0])
    assert graver(audited(document), audited(hidden(document, way, 0))) == []


def test_a_figure_that_is_wrong_in_what_is_left_is_still_told() -> None:
    rows = [row.replace("28.00 | | 28.00", "38.00 | | 38.00") for row in STEPS]
    text = page().replace(table(STEPS), table(rows))
    document = html_pages.read(text.encode(), file="预算.html", sha256="")
    assert audited(document).findings
    assert audited(hidden(document, "sentences", 0)).findings


def numbering(*lines: str) -> list[str]:
    """What is said of the numbering of some lines."""
    text = "云岭县信访局2026年部门预算\n" + "".join(
        f"{line}\n本单位的情况如下所述，没有其他需要说明的事项。\n" for line in lines
    )
    document = plain_text.read(text.encode(), file="预算.txt", sha256="")
    key = FilingKey("云岭县信访局", 2026, "budget", "unit")
    filing = finished(bind_document(document, key, rule_book().forms), rule_book().forms)
    (audit,) = audit_filings([filing], rule_book())
    return [one.rule.id for one in audit.findings if one.rule.id == "ST-S-09"]


def test_a_heading_that_cannot_be_read_may_have_the_number_that_is_missing() -> None:
    first, second, fourth = "一、单位职责情况说明", "二、机构设置情况说明", "四、其他事项情况说明"
    assert numbering(first, second, fourth) == ["ST-S-09"]
    assert numbering(first, second, LOST * 9, fourth) == []
    assert numbering(first, second, f"{LOST}、收支情况说明", fourth) == []
