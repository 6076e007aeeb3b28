"""CSV: one row per finding, for spreadsheets (UTF-8 with its mark); texts that look like formulas are defused."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from auditor.messages import clean, say
from auditor.reports.rows import FindingRow, is_number, rows_of, sort_text
from auditor.reports.workbook import RISKY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.engine.findings import Audit
    from auditor.reports.run import Run

BOM = "\ufeff"  # without it Excel takes the text for the system's own encoding


def filing_report(audit: Audit, run: Run) -> str:
    """The findings of one filing."""
    return csv_of(rows_of(audit, run.rounding))


def batch_report(run: Run) -> str:
    """The findings of all filings of a run."""
    return csv_of(row for _, audit in run.audits for row in rows_of(audit, run.rounding))


def csv_of(rows: Iterable[FindingRow]) -> str:
    """Findings as a file."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(say(f"rows.{name}") for name in FindingRow._fields)
    for row in rows:
        writer.writerow(defused(text) for text in row._replace(sort=sort_text(row.sort)))
    return BOM + out.getvalue()


def defused(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; a plain negative number stays one."""
    text = clean(text)
    return f"'{text}" if text.startswith(RISKY) and not is_number(text) else text
