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


def test_bodies_below_are_not_whose_filing_it_is() -> None:
    lines = [
        "云岭县委办公室2026年度部门预算",
        "直属事业单位：柳溪宾馆、松岭宾馆。",
        "所属单位：青山宾馆",
        "云岭县委办公室2026年度部门预算情况说明",
    ]
    document = Document("说明.txt", "", [Paragraph(line, Place(line=n)) for n, line in enumerate(lines, 1)])
    assert identify(document).entity == "云岭县委办公室"
