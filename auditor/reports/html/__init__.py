"""The HTML reports: self-contained, readable without scripts, printable; a page for each filing and one over all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.reports.html.batch import index_html
from auditor.reports.html.filing import filing_html

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.reports.run import Run

__all__ = ["batch_report", "filing_html", "filing_report", "index_html"]


def filing_report(audit: Audit, run: Run) -> str:
    """The page of one filing."""
    return filing_html(audit, run.tool, run.rounding, run.originals.pictures if run.originals else None)


def batch_report(run: Run) -> str:
    """The index of a run."""
    return index_html(run.audits, run.failed, run.tool, run.warnings)
