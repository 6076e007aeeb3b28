"""Titles of filings: what they tell of entity, year and report."""

from __future__ import annotations

from auditor.model.document import Document, Paragraph
from auditor.model.facts import Place
from auditor.reading.filing_key import identify


def test_a_year_may_stand_without_its_word() -> None:
    lines = ["某市人民政府国有资产监督管理委员会", "2026部门预算情况的说明", "2026度收入预算515,665.27万元。"]
    document = Document("说明.txt", "", [Paragraph(line, Place(line=n)) for n, line in enumerate(lines, 1)])
    key = identify(document)
    assert (key.entity, key.year, key.report) == (lines[0], 2026, "budget")
