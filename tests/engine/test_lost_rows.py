"""A row that a table of codes has lost is named, where another place of the filing prints what is short."""

from __future__ import annotations

from auditor.engine.audit import audit_filings
from auditor.engine.findings import Finding, Severity
from auditor.messages import use_language
from auditor.reports.narrate import Narrator
from auditor.testing.draft import Draft
from auditor.testing.filings import KEY, draft_of
from auditor.testing.ledger import GENERAL, THREE, Ledger
from auditor.testing.printed_ledger import Printed

from tests.conftest import rule_book

BOOK = rule_book()
TABLE, ROW = "一般公共预算支出表", "2130104"


def draft(amount: int = 12_345_600) -> Draft:
    """Two 项 of 213, 款 01, spent on projects, and basic spending elsewhere."""
    ledger = Ledger("2130101", basic={"30101": 50_000_000, "30201": 8_000_000}, three=dict.fromkeys(THREE, (0, 0)))
    for item, spent in ((ROW, amount), ("2130106", 7_000_000)):
        ledger.spent[item, GENERAL, "项目支出"] = spent
    return draft_of(ledger, BOOK.forms, key=KEY)


def without(printed: Printed, table: str, row: str) -> None:
    printed[table] = {cell: text for cell, text in printed[table].items() if cell[0] != row}


def errors(made: Draft) -> tuple[list[Finding], Narrator]:
    (audit,) = audit_filings([made.figures(BOOK)], BOOK)
    return [finding for finding in audit.findings if finding.severity is Severity.ERROR], Narrator(audit)


def test_a_row_that_other_tables_list_is_named_once_for_all_columns() -> None:
    made = draft()
    without(made.printed, TABLE, ROW)
    (finding,), narrator = errors(made)
    assert finding.lost is not None
    assert (finding.lost.table, finding.lost.row, finding.suspects) == (TABLE, ROW, ())
    assert len(finding.checks) == 2  # 本年支出合计, 项目支出
    use_language("zh")
    assert f"可能漏了一行 {ROW}" in narrator.message(finding)
    assert ROW in narrator.how(finding)


def test_a_row_that_nothing_else_prints_is_not_named() -> None:
    made = draft()
    without(made.printed, TABLE, ROW)
    without(made.printed, "支出决算表", ROW)
    without(made.printed, "收入决算表", ROW)
    findings, _ = errors(made)
    assert findings
    assert [finding.lost for finding in findings] == [None] * len(findings)


def test_what_a_thousand_rows_could_not_fill_is_asked_of_none_of_them() -> None:
    """One finding for all columns of a table, without a suspect: no printed row is meant to be so much larger."""
    made = draft(900_000_000_000)
    for table in (TABLE, "支出决算表", "收入决算表"):
        without(made.printed, table, ROW)
    findings, _ = errors(made)
    short = [one for one in findings if one.main.rule.id == "FA-TREE-01"]
    assert [one.suspects for one in short] == [()] * len(short)
    assert len(short) == 2  # of a table each
    assert all(len(one.checks) > 1 for one in short)


def test_a_wrong_total_is_no_lost_row() -> None:
    made = draft()
    made.printed[TABLE]["21301", "项目支出"] = "2234.56"
    findings, _ = errors(made)
    assert findings
    assert [finding.lost for finding in findings] == [None] * len(findings)


def test_of_two_codes_that_would_fit_none_is_named() -> None:
    ledger = Ledger("2130101", three=dict.fromkeys(THREE, (0, 0)))
    for item in (ROW, "2130105", "2130106"):
        ledger.spent[item, GENERAL, "项目支出"] = 7_000_000
    made = draft_of(ledger, BOOK.forms, key=KEY)
    for row in (ROW, "2130105"):
        without(made.printed, TABLE, row)
    made.printed[TABLE]["21301", "本年支出合计"] = made.printed[TABLE]["21301", "项目支出"] = "140.00"
    findings, _ = errors(made)
    assert findings
    assert [finding.lost for finding in findings] == [None] * len(findings)
