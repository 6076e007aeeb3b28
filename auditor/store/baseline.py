"""An earlier report as the baseline: which findings are new, which were there before, which are gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.engine.results import Baseline, Gone, Since

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.results import Audit
    from auditor.store.saved import SavedReport


def compare_with(audits: Sequence[Audit], reports: Sequence[SavedReport]) -> list[str]:
    """Write on every finding whether an earlier report has it, and on every audit what is gone since.

    A filing is compared with the last of the reports given that names the same entity, year, report and edition.
    Returns the names of the reports that no filing was compared with.
    """
    by_key = {report.key: report for report in reports}
    unused = dict(by_key)
    for audit in audits:
        report = by_key.get(audit.filing.key)
        if report is None:
            continue
        unused.pop(report.key, None)
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
    return [report.file for report in unused.values()]
