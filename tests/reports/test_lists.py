"""Lists of doubts (XLSX, CSV, Markdown): one row per finding, read back as written; nothing in them runs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit, Review, Severity, Standing
from auditor.engine.verdicts import Verdict
from auditor.messages import LANGUAGES, use_language
from auditor.reading.filings import read_filing
from auditor.reports import csv_report, findings_xlsx, markdown_report
from auditor.reports.json_report import tool_data
from auditor.reports.rows import FindingRow, rows_of, sort_text
from auditor.reports.run import Run

from tests.conftest import EXAMPLES, rule_book, seed

if TYPE_CHECKING:
    from pathlib import Path

TOOL = tool_data("0", "0" * 64)
HOSTILE = '=HYPERLINK("http://example.invalid","清河县")'
CLEAN, WRONG = (next(EXAMPLES.glob(f"{name}*.txt")) for name in ("青山", "清河"))


@cache
def audited(path: Path) -> Audit:
    return audit_filings([read_filing([path], rule_book().forms)], rule_book())[0]


def hostile() -> Audit:
    """An audit whose entity and remarks are formulas."""
    filing = read_filing([WRONG], rule_book().forms)
    filing.key = filing.key._replace(entity=HOSTILE)
    (audit,) = audit_filings([filing], rule_book())
    review = Review(Standing.WAIVED, "+1+1", "@SUM(A1)", dt.date(2026, 12, 31), "-2+3|cmd")
    audit.findings = [replace(finding, review=review) for finding in audit.findings]
    return audit


def run_of(*audits: Audit) -> Run:
    stems = [f"{number}" for number in range(len(audits))]
    return Run(list(zip(stems, audits, strict=True)), TOOL, "half_up", [("坏.txt", "坏.txt 是空文件。")])


def opened(data: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                assert cell.hyperlink is None
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_the_workbook_has_one_row_per_finding_on_the_sheet_of_its_kind() -> None:
    audit = audited(WRONG)
    sheets = opened(findings_xlsx.filing_report(audit, run_of(audit)))
    tails = [finding for finding in audit.findings if finding.verdict is Verdict.ROUNDING]
    assert len(sheets["尾差"]) - 1 == len(tails)
    (hint,) = [finding for finding in audit.findings if finding.severity is Severity.INFO and finding not in tails]
    assert len(sheets["逻辑性"]) - 1 == len(audit.findings) - len(tails) - 1
    assert len(sheets["提示性"]) - 1 == 1
    assert hint.id in sheets["提示性"][1]
    heads, *rows = sheets["逻辑性"]
    row = dict(zip(heads, rows[0], strict=True))
    assert row["出处"] == "第 122 行"
    assert (row["印列"], row["应为"], row["差额"], row["计量单位"]) == (93.74, 39.74, 54, "万元")
    assert row["涉及金额（元）"] == 540000
    assert "由 93.74 改为 39.74" in row["怎样改"]
    assert row["疑点编号"] == audit.findings[0].id


def test_the_workbook_of_a_run_holds_every_filing_and_what_failed() -> None:
    sheets = opened(findings_xlsx.batch_report(run_of(audited(CLEAN), audited(WRONG), hostile())))
    texts = [cell for row in sheets["概览"] for cell in row]
    for text in ("青山县社会保险事业中心", "清河县公共就业服务中心", HOSTILE, "坏.txt 是空文件。"):
        assert text in texts
    entities = {row[0] for row in sheets["逻辑性"][1:]}
    assert entities == {"清河县公共就业服务中心", HOSTILE}


def test_the_workbook_can_be_worked_in() -> None:
    book = openpyxl.load_workbook(io.BytesIO(findings_xlsx.filing_report(hostile(), run_of())))
    sheet = book["逻辑性"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert all(sheet.column_dimensions[letter].width > 5 for letter in "ABCDEFGH")
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == '"待核实,已确认,已改,不改"'
    heads = [cell.value for cell in sheet[1]]
    assert {sheet.cell(row, heads.index("处理状态") + 1).value for row in range(2, sheet.max_row + 1)} == {"不改"}
    for cell in sheet[2]:
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
            assert cell.quotePrefix


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["000", "001", "002"])
def test_rows_are_complete_for_the_seeds(prefix: str) -> None:
    audit = audited(seed(prefix))
    rows = list(rows_of(audit, "half_up"))
    assert [row.id for row in rows] == [finding.id for finding in audit.findings]
    for row, finding in zip(rows, audit.findings, strict=True):
        assert row.message
        assert row.suggestion
        assert bool(row.address) == bool(finding.suspects or finding.main.operands)
    opened(findings_xlsx.filing_report(audit, run_of(audit)))


def test_lists_are_the_same_bytes_twice_and_speak_both_languages() -> None:
    for language in LANGUAGES:
        use_language(language)
        run = run_of(audited(CLEAN), hostile())
        assert findings_xlsx.batch_report(run) == findings_xlsx.batch_report(run)
    assert "logical" in opened(findings_xlsx.batch_report(run))


def read_csv(text: str) -> list[FindingRow]:
    assert text.startswith("\ufeff")
    heads, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert len(heads) == len(set(heads)) == len(FindingRow._fields)
    return [FindingRow(*row) for row in rows]


def test_the_csv_reads_back_as_the_rows() -> None:
    for audit in (audited(CLEAN), audited(WRONG)):
        rows = read_csv(csv_report.filing_report(audit, run_of()))
        assert rows == [row._replace(sort=sort_text(row.sort)) for row in rows_of(audit, "half_up")]
    whole = read_csv(csv_report.batch_report(run_of(audited(CLEAN), audited(WRONG))))
    assert len(whole) == len(audited(CLEAN).findings) + len(audited(WRONG).findings)


def test_nothing_in_the_csv_is_a_formula() -> None:
    rows = read_csv(csv_report.filing_report(hostile(), run_of()))
    assert {row.entity for row in rows} == {f"'{HOSTILE}"}
    assert {row.reason for row in rows} == {"'+1+1"}
    for row in rows:
        for text in row:
            assert not text.startswith(("=", "+", "@", "\t", "\r", "＝"))
            assert not text.startswith("-") or re.fullmatch(r"-[0-9.]+", text)


def test_markdown_shows_what_is_printed_and_runs_nothing() -> None:
    audit = hostile()
    audit.filing.key = audit.filing.key._replace(entity="<img src=x onerror=alert(1)> [a](javascript:b) |`x`")
    run = run_of(audit)
    for text in (markdown_report.filing_report(audit, run), markdown_report.batch_report(run)):
        assert "\\<img src=x onerror=alert(1)\\> \\[a\\](javascript:b) \\|\\`x\\`" in text
        assert not re.search(r"(?<!\\)[<\[]", text.removeprefix("<!-- auditor report -->"))


def test_markdown_tells_every_finding() -> None:
    audit = audited(WRONG)
    text = markdown_report.filing_report(audit, run_of(audit))
    for row in rows_of(audit, "half_up"):
        if row.sort != "rounding":
            assert row.id in text
            assert markdown_report.escaped(row.message) in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert (
        sum(any(f"{group}-" in line for group in ("FA", "ST", "PR", "PT")) for line in tables)
        >= audit.ledger[Verdict.ROUNDING]
    )
