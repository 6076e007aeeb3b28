"""Whose filing a file is, where only its name says so."""

from __future__ import annotations

import pytest
from auditor.model.document import Document, Grid, Paragraph
from auditor.model.facts import FilingKey, Place
from auditor.reading.filing_key import identify


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("附件2：某市水务局2026年度部门预算报表.pdf", FilingKey("某市水务局", 2026, "budget", "department")),
        (
            "某市_水务局_附件2：某市水务局2026年度部门预算报表.pdf",
            FilingKey("某市水务局", 2026, "budget", "department"),
        ),
        (
            "某省/某市水务局/2023年度某市水务局部门决算公开.docx.pdf",
            FilingKey("某市水务局", 2023, "final_accounts", "department"),
        ),
        ("水务局_2022部门综合预算.pdf", FilingKey("", 2022, "budget", "")),
        ("水务局_2018度绩效目标表.pdf", FilingKey("", 2018, "", "")),
        ("水务局_20220315_2021-2022.pdf", FilingKey("", 0, "", "")),
        ("扫描件.pdf", FilingKey("", 0, "", "")),
    ],
)
def test_a_name_tells_what_the_print_does_not(file: str, key: FilingKey) -> None:
    assert identify(Document(file, "", [Paragraph("单位：万元", Place(paragraph=1))])) == key


def test_what_is_printed_counts_and_not_the_name() -> None:
    printed: list[Paragraph | Grid] = [Paragraph("某县财政局2025年度部门预算", Place(paragraph=1))]
    assert identify(Document("某市水务局2026年部门决算.pdf", "", printed)) == FilingKey(
        "某县财政局", 2025, "budget", "department"
    )
