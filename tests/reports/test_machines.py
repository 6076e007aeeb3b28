"""Reports for programs: JSON by its published schema, JUnit, SARIF; several formats in one run, the same bytes twice."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from auditor.cli.main import cli
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit, Baseline, Gone, Review, Severity, Since, Standing
from auditor.engine.verdicts import Verdict
from auditor.messages import LANGUAGES, use_language
from auditor.model.filing import Remark
from auditor.reading.filings import read_filing
from auditor.reports import json_report, junit_report, sarif_report
from auditor.reports.formats import FORMATS
from auditor.reports.json_report import tool_data
from auditor.reports.run import Run
from click.testing import CliRunner
from lxml import etree

from tests.conftest import EXAMPLES, rule_book, seed

TOOL = tool_data("0", "0" * 64)
CLEAN, WRONG = (next(EXAMPLES.glob(f"{name}*.txt")) for name in ("青山", "清河"))
SARIF = json.loads((Path(__file__).parent.parent / "data" / "sarif-2.1.0-essentials.json").read_text("utf-8"))


@cache
def audited(path: Path) -> Audit:
    return audit_filings([read_filing([path], rule_book().forms)], rule_book())[0]


def decided() -> Audit:
    """An audit with a waived finding, a new one, and one that is gone."""
    audit = replace(audited(WRONG))
    first, second, *others = audit.findings
    review = Review(Standing.WAIVED, "已核对\x01", "王敏", dt.date(2026, 12, 31))
    audit.findings = [
        replace(first, review=review, since=Since.UNCHANGED),
        *(replace(finding, since=Since.NEW) for finding in (second, *others)),
    ]
    gone = Gone("0000-0000-0000", "FA-T09-01", "error", "inconsistent", "以前的疑点", ("三公经费表.决算数/合计",))
    audit.baseline = Baseline("以前.json", (gone,))
    return audit


def run_of(*audits: Audit) -> Run:
    stems = [f"{number}" for number in range(len(audits))]
    warning = Remark("baseline.unused", {"file": "别的.json"}, "别的.json")
    return Run(list(zip(stems, audits, strict=True)), TOOL, "half_up", [("坏.txt", "坏.txt 是空文件。")], [warning])


# -- JSON -----------------------------------------------------------------------------------------------------------


def schema(name: str) -> dict[str, Any]:
    """The schema as the command prints it."""
    result = CliRunner().invoke(cli, ["schema", name])
    assert result.exit_code == 0
    data: dict[str, Any] = json.loads(result.stdout)
    jsonschema.Draft202012Validator.check_schema(data)
    return data


def closed(node: Any) -> Any:
    """A schema that allows no key that it does not describe."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    shut = {key: closed(value) for key, value in node.items()}
    return shut | {"additionalProperties": False} if isinstance(node.get("required"), list) else shut


def check_schema(data: Any, name: str) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(closed(schema(name)), format_checker=checker).validate(data)


def test_the_json_is_what_its_schema_says() -> None:
    for audit in (audited(CLEAN), audited(WRONG), decided()):
        check_schema(json.loads(json_report.filing_report(audit, run_of())), "filing")
    check_schema(json.loads(json_report.batch_report(run_of(audited(CLEAN), decided()))), "index")


@pytest.mark.parametrize("prefix", ["000", "001", "002", "003", "004"])
def test_the_json_of_the_seeds_is_what_its_schema_says(prefix: str) -> None:
    check_schema(json.loads(json_report.filing_report(audited(seed(prefix)), run_of())), "filing")


def test_the_json_of_a_comparison_is_what_its_schema_says(tmp_path: Path) -> None:
    for name, audit in (("a", audited(CLEAN)), ("b", decided())):
        (tmp_path / f"{name}.json").write_text(json_report.filing_report(audit, run_of()), "utf-8")
    result = CliRunner().invoke(cli, ["diff", str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--json"])
    check_schema(json.loads(result.stdout), "diff")


def test_a_schema_refuses_what_is_no_report() -> None:
    data = json.loads(json_report.filing_report(audited(WRONG), run_of()))
    del data["findings"][0]["rule"]
    with pytest.raises(jsonschema.ValidationError):
        check_schema(data, "filing")


# -- JUnit ----------------------------------------------------------------------------------------------------------


def suites(data: bytes) -> list[Any]:
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    for suite in (root, *root):
        cases = list(suite.iter("testcase"))
        assert int(suite.get("tests")) == len(cases)
        for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.get(name)) == sum(case.find(tag) is not None for case in cases)
    return list(root)


def test_junit_fails_for_findings_and_skips_what_was_not_evaluated() -> None:
    for audit in (audited(CLEAN), audited(WRONG), decided()):
        (suite,) = suites(junit_report.filing_report(audit, run_of()))
        serious = [f for f in audit.findings if f.severity is not Severity.INFO and not f.waived]
        failed = [case for case in suite if case.find("failure") is not None]
        assert [case.get("classname") for case in failed] == [finding.rule.id for finding in serious]
        assert int(suite.get("skipped")) == len(audit.not_evaluated) + audit.waived
        passing = {case.get("classname") for case in suite if len(case) == 0}
        assert passing
        assert not passing & {rule for finding in audit.findings for rule in finding.rule_ids}
    *_, last = suites(junit_report.batch_report(run_of(audited(CLEAN), audited(WRONG))))
    assert [case.get("name") for case in last] == ["坏.txt"]


def test_junit_names_what_was_skipped_in_the_seeds() -> None:
    audit = audited(seed("001"))
    (suite,) = suites(junit_report.filing_report(audit, run_of()))
    skipped = [case.get("classname") for case in suite if case.find("skipped") is not None]
    assert skipped == [item.rule.id for item in audit.not_evaluated]


# -- SARIF ----------------------------------------------------------------------------------------------------------


def log(text: str) -> dict[str, Any]:
    data = json.loads(text)
    jsonschema.Draft202012Validator(SARIF).validate(data)
    (run,) = data["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result in run["results"]:
        if result.get("baselineState") != "absent":
            assert result["ruleId"] in rules
        if result["kind"] != "fail":
            assert result["level"] == "none"  # required by the standard, 3.27.10
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            artifact = location.get("physicalLocation", {}).get("artifactLocation")
            assert artifact is None or run["artifacts"][artifact["index"]]["location"]["uri"] == artifact["uri"]
    assert len({"suppressions" in result for result in run["results"]}) == 1
    assert len({"baselineState" in result for result in run["results"]}) == 1
    return dict(run)


def test_sarif_holds_findings_with_rules_places_and_fingerprints() -> None:
    audit = audited(WRONG)
    run = log(sarif_report.filing_report(audit, run_of()))
    found = [result for result in run["results"] if "partialFingerprints" in result]
    assert [r["partialFingerprints"]["findingId/v1"] for r in found] == [finding.id for finding in audit.findings]
    first = found[0]
    assert first["level"] == "error"
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 122}
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "支出决算表[2080505].基本支出"
    assert sum(result["kind"] == "informational" for result in found) == sum(
        finding.verdict is Verdict.ROUNDING for finding in audit.findings
    )
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["help"]["text"]
        assert "**" in rule["help"]["markdown"]


def test_sarif_tells_what_was_decided_and_what_is_gone() -> None:
    run = log(sarif_report.batch_report(run_of(audited(CLEAN), decided())))
    states = [result["baselineState"] for result in run["results"]]
    assert states.count("absent") == 1
    assert states.count("unchanged") == 1
    (suppressed,) = [result for result in run["results"] if result["suppressions"]]
    assert suppressed["suppressions"][0]["status"] == "accepted"
    assert not run["invocations"][0]["executionSuccessful"]
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 2


@pytest.mark.parametrize("prefix", ["000", "001", "002"])
def test_sarif_of_the_seeds_is_sound(prefix: str) -> None:
    audit = audited(seed(prefix))
    run = log(sarif_report.filing_report(audit, run_of()))
    assert sum(result["kind"] == "open" for result in run["results"]) == len(audit.not_evaluated)


# -- all ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_format_in_one_run_and_the_same_bytes_twice(tmp_path: Path) -> None:
    folders = []
    for number in range(2):
        folder = tmp_path / str(number)
        arguments = ["check", str(EXAMPLES), "--out", str(folder), "--format", ",".join(FORMATS)]
        assert CliRunner().invoke(cli, arguments).exit_code == 1
        folders.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert folders[0] == folders[1]
    for form in FORMATS.values():
        assert not form.batch or form.batch in folders[0]
        assert not form.ending or f"{WRONG.stem}{form.ending}" in folders[0]


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["check", str(WRONG), "--out", str(tmp_path / "o"), "--format", "json,pdf"])
    assert result.exit_code == 2
    assert "sarif" in result.output
    assert not (tmp_path / "o").exists()


def test_formats_speak_both_languages() -> None:
    said = []
    for language in LANGUAGES:
        use_language(language)
        run = run_of(decided())
        said.append([junit_report.batch_report(run).decode(), sarif_report.batch_report(run)])
    assert all(chinese != english for chinese, english in zip(*said, strict=True))
