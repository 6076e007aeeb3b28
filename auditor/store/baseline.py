"""An earlier report as the baseline: which findings are new, which were there before, which are gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.engine.findings import Baseline, Gone, Since

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.findings import Audit
    from auditor.store.saved_reports import SavedReport


def compare_with(audits: Sequence[Audit], reports: Sequence[SavedReport]) -> list[str]:
    """Write on every finding whether an earlier report has it, and on every audit what is gone since.

    A filing is compared with the last of the reports given that names the same entity, year, report and edition, and of
    several with one on a file of the same name. Returns the names of the reports that no filing was compared with.
    """
    used: set[int] = set()
    for audit in audits:
        report = _fitting(audit, reports)
        if report is None:
            continue
        used.add(id(report))
        known = {finding.id for finding in report.findings}
        audit.findings = [
            replace(finding, since=Since.UNCHANGED if finding.id in known else Since.NEW) for finding in audit.findings
        ]
        present = {finding.id for finding in audit.findings}
        audit.baseline = Baseline(
            report.file,
            tuple(
                Gone(finding.id, finding.rule, finding.severity, finding.verdict, finding.message, finding.addresses)
                for finding in report.findings
                if finding.id not in present
            ),
        )
    return [report.file for report in reports if id(report) not in used]


def _fitting(audit: Audit, reports: Sequence[SavedReport]) -> SavedReport | None:
    """The report that a filing is compared with; where its entity is unknown, only one on the same file."""
    key, names = audit.filing.key, {file.file for file in audit.filing.files}
    alike = [report for report in reports if report.key == key]
    same = [report for report in alike if report.files & names]
    found = same or (alike if key.entity else [])
    return found[-1] if found else None
