"""The formats of reports by name; each is imported when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from auditor.messages import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.engine.findings import Audit
    from auditor.reports.run import Run

    Written = tuple[str, str | bytes]  # name of a file, and what it holds


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the module that writes it, the ending of a filing's report, the name of the run's.

    The module has `filing_report(audit, run)` and `batch_report(run)`; without an ending it has
    `filing_files(stem, audit, run)`, which names its files itself, and none for the run.
    """

    module: str
    ending: str
    batch: str

    def of_filing(self, stem: str, audit: Audit, run: Run) -> Iterator[Written]:
        """Write the reports of one filing."""
        if not self.ending:
            yield from import_module(self.module).filing_files(stem, audit, run)
            return
        yield f"{stem}{self.ending}", _clean(import_module(self.module).filing_report(audit, run))

    def of_run(self, run: Run) -> Iterator[Written]:
        """Write the report of a run."""
        if self.batch:
            yield self.batch, _clean(import_module(self.module).batch_report(run))


def _clean(content: str | bytes) -> str | bytes:
    """Keep what no text should hold out of the formats that are texts; the others see to it where they write."""
    return clean(content) if isinstance(content, str) else content


FORMATS = {  # in the order in which they are written: what may have something to say about the run comes first
    "annotated": Format("auditor.reports.annotated", "", ""),
    "json": Format("auditor.reports.json_report", ".json", "index.json"),
    "html": Format("auditor.reports.html", ".html", "index.html"),
    "xlsx": Format("auditor.reports.findings_xlsx", ".xlsx", "疑点清单.xlsx"),
    "csv": Format("auditor.reports.csv_report", ".csv", "疑点清单.csv"),
    "md": Format("auditor.reports.markdown_report", ".md", "index.md"),
    "junit": Format("auditor.reports.junit_report", ".junit.xml", "index.junit.xml"),
    "sarif": Format("auditor.reports.sarif_report", ".sarif", "index.sarif"),
}
