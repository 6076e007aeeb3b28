"""Names of two sets are compared as names: 支出 at the end says nothing, another name does."""

from __future__ import annotations

from pathlib import Path

import pytest
from auditor.engine.audit import audit_filings
from auditor.reading.filings import read_filing

from tests.conftest import rule_book

EXAMPLE = next((Path(__file__).parents[2] / "examples").glob("青山*.txt"))
LISTED = "主要包括：基本工资、津贴补贴、奖金、"


@pytest.mark.parametrize(("name", "told"), [("奖金", 0), ("奖金支出", 0), ("奖励金", 1)])
def test_a_name_of_a_sentence_may_end_in_spending(tmp_path: Path, name: str, told: int) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert LISTED in text
    draft = tmp_path / EXAMPLE.name
    draft.write_text(text.replace(LISTED, LISTED.replace("奖金", name)), encoding="utf-8")
    book = rule_book()
    (audit,) = audit_filings([read_filing([draft], book.forms)], book)
    assert sum(finding.rule.id == "PT-21" for finding in audit.findings) == told
