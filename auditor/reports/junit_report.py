"""JUnit XML, for build servers: a suite per filing; what fails is a failure, what was not evaluated is skipped.

A case per finding (an error or a warning fails; a hint or a tail passes with its sentence; a waived one is skipped),
per rule and reason of what was not evaluated, and per rule that has consistent checks and no finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from auditor.engine.findings import Severity
from auditor.messages import clean, printable, say
from auditor.reports.headline import filing_kind, filing_title
from auditor.reports.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.engine.findings import Audit, Finding
    from auditor.reports.rows import FindingRow
    from auditor.reports.run import Run

_COUNTED = ("failure", "error", "skipped")


def filing_report(audit: Audit, run: Run) -> bytes:
    """The suite of one filing."""
    return _written([_suite(audit, run.rounding)])


def batch_report(run: Run) -> bytes:
    """The suites of all filings of a run, and one of the files that could not be audited."""
    suites = [_suite(audit, run.rounding) for _, audit in run.audits]
    if run.failed:
        cases = []
        for file, why in run.failed:
            case = _case("input", file)
            _told(case, "error", why)
            cases.append(case)
        suites.append(_suite_of(say("html.failed"), cases))
    return _written(suites)


def _written(suites: Sequence[Any]) -> bytes:
    root = etree.Element("testsuites", name="auditor")
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name)) for suite in suites)))
    root.extend(suites)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _suite(audit: Audit, rounding: str) -> Any:
    failing = {rule for finding in audit.findings for rule in finding.rule_ids}
    cases = [_of_finding(*pair) for pair in zip(audit.findings, rows_of(audit, rounding), strict=True)]
    for item in audit.not_evaluated:
        case = _case(item.rule.id, f"{item.rule.title} {item.where}")
        _told(case, "skipped", f"{say(item.reason.key)} × {item.count}")
        cases.append(case)
    passed = sorted(set(audit.passed) - failing)
    cases += [_case(rule, f"{say('verdict.consistent')} × {audit.passed[rule]}") for rule in passed]
    return _suite_of(f"{filing_title(audit)} {filing_kind(audit)}", cases)


def _suite_of(name: str, cases: Iterable[Any]) -> Any:
    suite = etree.Element("testsuite", name=printable(name))
    suite.extend(cases)
    suite.set("tests", str(len(suite)))
    for tag, counted in zip(_COUNTED, ("failures", "errors", "skipped"), strict=True):
        suite.set(counted, str(sum(case.find(tag) is not None for case in suite)))
    return suite


def _of_finding(finding: Finding, row: FindingRow) -> Any:
    case = _case(finding.rule.id, f"{row.title} {row.address} {finding.id}")
    said = "\n".join(part for part in (row.message, row.formula, row.place, row.suggestion, row.basis) if part)
    if finding.waived:
        _told(case, "skipped", f"{row.state} {row.who} {row.until} {row.reason}")
    elif finding.severity in (Severity.ERROR, Severity.WARNING):
        _told(case, "failure", row.message, said, kind=finding.severity.value)
    else:
        etree.SubElement(case, "system-out").text = clean(said)
    return case


def _case(rule: str, name: str) -> Any:
    return etree.Element("testcase", classname=printable(rule), name=printable(" ".join(name.split())))


def _told(case: Any, tag: str, message: str, text: str = "", *, kind: str = "") -> None:
    element = etree.SubElement(case, tag, message=printable(message))
    if kind:
        element.set("type", kind)
    element.text = clean(text) or None
