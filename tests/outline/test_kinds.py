"""The kind of entity, from what the filing says of itself."""

from __future__ import annotations

import pytest
from auditor.readers.text.plain_text import read as read_text
from auditor.reading.filings import filing_of, merge

from tests.conftest import rule_book

HEAD = "某县某中心2023年度单位决算\n十、机关运行经费支出情况说明\n2023年度支出合计1.00万元。\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("本单位不是行政机关,也不是参照公务员管理事业单位,没有机关运行经费支出。", "事业"),
        ("我中心属于公益一类事业单位，没有机关运行经费。", "事业"),
        ("我中心是参照公务员法管理的事业单位。", "参公"),
        ("其中行政单位 0 个，参照公务员管理的事业单位 1 个，其他事业单位 0 个。", "参公"),
        ("本部门中，行政单位1家，参公单位1家。", ""),  # more than one kind
        ("本局为行政单位。", "行政"),
        ("本单位没有行政单位的经费。", ""),
        ("机关运行经费：为保障行政单位（含参照公务员法管理的事业单位）运行用于购买货物和服务的各项资金。", ""),
    ],
)
def test_the_text_tells_the_kind_of_entity(text: str, kind: str) -> None:
    forms = rule_book().forms
    filing = merge([filing_of(read_text((HEAD + text).encode(), file="a.txt", sha256=""), forms)], forms)
    assert filing.entity_kind == kind


def test_what_the_settings_say_stands_above_the_text() -> None:
    forms = rule_book().forms
    document = read_text((HEAD + "本局为行政单位。").encode(), file="a.txt", sha256="")
    assert merge([filing_of(document, forms, entity_kind="事业")], forms).entity_kind == "事业"


def test_running_costs_of_the_statistics_tell_it_where_the_text_does_not() -> None:
    forms = rule_book().forms
    rows = (
        "项目\t行次\t统计数",
        "合计\t1\t2.08",
        "货物\t2\t1.08",
        "工程\t3\t0",
        "服务\t4\t1.00",
        "二、机关运行经费\t—\t—",
        "（一）行政单位\t5\t0",
        "（二）参照公务员法管理事业单位\t6\t8.83",
    )
    table = "\n".join(("部门决算公开相关信息统计表", *rows))
    filing = merge([filing_of(read_text((HEAD + table).encode(), file="a.txt", sha256=""), forms)], forms)
    assert filing.entity_kind == "参公", [t.table for t in filing.tables]
