"""What the whole filing does not tell is said so, and is no missing row of a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from auditor.engine.audit import audit_filings
from auditor.messages import use_language
from auditor.reading.filings import read_filing
from auditor.reports.narrate import Narrator

from tests.conftest import rule_book

EXAMPLE = next((Path(__file__).parents[2] / "examples").glob("青山*.txt"))


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "整份文件没有找到"), ("en", "not found anywhere in the filing")]
)
def test_a_section_that_is_missing_was_not_found(tmp_path: Path, language: str, words: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "预算绩效" in text
    draft = tmp_path / EXAMPLE.name
    draft.write_text("\n".join(line for line in text.splitlines() if "绩效" not in line), encoding="utf-8")
    book = rule_book()
    (audit,) = audit_filings([read_filing([draft], book.forms)], book)
    (finding,) = [one for one in audit.findings if one.rule.id == "ST-S-18"]
    use_language(language)
    try:
        assert words in Narrator(audit).message(finding)
    finally:
        use_language("zh")


def test_tables_that_are_missing_were_not_found_and_no_count_is_shown(tmp_path: Path) -> None:
    draft = tmp_path / "某县甲服务中心2023年度单位决算.txt"
    text = "某县甲服务中心2023年度单位决算\n一、其他说明\n"
    draft.write_text(text + "".join(f"第{n}项经费{n}.50万元。\n" for n in range(1, 14)), encoding="utf-8")
    book = rule_book()
    (audit,) = audit_filings([read_filing([draft], book.forms)], book)
    (finding,) = [one for one in audit.findings if one.rule.id == "ST-S-16"]
    assert Narrator(audit).message(finding) == "公开文件应当有表：整份文件没有找到。"
