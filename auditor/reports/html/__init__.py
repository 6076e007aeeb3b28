"""The HTML reports: self-contained, readable without scripts, printable; a page for each filing and one over all."""

from auditor.reports.html.batch import index_html, summary_line, suspect_rules
from auditor.reports.html.filing import filing_html

__all__ = ["filing_html", "index_html", "summary_line", "suspect_rules"]
