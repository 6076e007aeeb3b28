"""SARIF 2.1.0, for tools that show results of analyses: rules with help, results with places and fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from auditor.engine.findings import Severity
from auditor.engine.verdicts import Verdict
from auditor.messages import language, say
from auditor.reports.json_report import dumps, review_data
from auditor.reports.narrate import Narrator
from auditor.reports.places import place_data, place_text, remark_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.engine.findings import Audit, Finding, Gone, NotEvaluated
    from auditor.model.facts import Fact
    from auditor.reports.run import Run
    from auditor.rules.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_KIND_LEVEL = {"logical": "error", "explain": "warning", "hint": "note"}


def filing_report(audit: Audit, run: Run) -> str:
    """The log of one filing."""
    return dumps(_log([audit], run, []))


def batch_report(run: Run) -> str:
    """The log of all filings of a run; files that could not be audited are notifications."""
    told = [("error", why) for _, why in run.failed] + [("warning", remark_text(remark)) for remark in run.warnings]
    return dumps(_log([audit for _, audit in run.audits], run, told))


def _log(audits: Sequence[Audit], run: Run, told: Iterable[tuple[str, str]]) -> dict[str, Any]:
    rules = _rules(audits)
    artifacts = dict.fromkeys(file for audit in audits for file in audit.filing.files)
    index = {file.file: number for number, file in reversed(list(enumerate(artifacts)))}
    compared = any(audit.baseline is not None for audit in audits)
    results: list[dict[str, Any]] = []
    for audit in audits:
        narrator = Narrator(audit)
        own = [_result(finding, narrator, index) for finding in audit.findings]
        own += [_open(item) for item in audit.not_evaluated]
        if compared:
            own = [{**result, "baselineState": result.get("baselineState", "new")} for result in own]
        results += own + [_absent(gone) for gone in (audit.baseline.gone if audit.baseline else ())]
    notes = [{"level": level, "message": {"text": text}} for level, text in told]
    driver = {
        "name": run.tool["name"],
        "version": run.tool["version"],
        "language": "zh-CN" if language() == "zh" else "en",
        "rules": [_rule(rule) for rule in rules.values()],
        "properties": {"rulesSha256": run.tool["rules_sha256"], "rounding": run.rounding},
    }
    failed = any(note["level"] == "error" for note in notes)
    invocation: dict[str, Any] = {"executionSuccessful": not failed}
    if notes:
        invocation["toolExecutionNotifications"] = notes
    one = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(file.file)}, "hashes": {"sha-256": file.sha256}} for file in artifacts],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [one]}


def _rules(audits: Sequence[Audit]) -> dict[str, Rule]:
    """The rules that the results name, by id."""
    named = {check.rule.id: check.rule for audit in audits for f in audit.findings for check in f.checks}
    named |= {item.rule.id: item.rule for audit in audits for item in audit.not_evaluated}
    return dict(sorted(named.items()))


def _rule(rule: Rule) -> dict[str, Any]:
    title, why, fix = (rule.text(name, language()) for name in ("title", "why", "fix"))
    parts = [(say("show.why"), why), (say("show.fix"), fix), (say("show.basis"), rule.basis)]
    return {
        "id": rule.id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": why},
        "help": {
            "text": "\n".join(f"{name} {text}" for name, text in parts),
            "markdown": "\n\n".join(f"**{name}** {text}" for name, text in parts),
        },
        "defaultConfiguration": {"level": _KIND_LEVEL[rule.kind.value]},
        "properties": {"tags": [say(f"kind.{rule.kind.value}")]},
    }


def _result(finding: Finding, narrator: Narrator, index: dict[str, int]) -> dict[str, Any]:
    tail = finding.verdict is Verdict.ROUNDING and finding.severity is Severity.INFO
    accused = [suspect.fact for suspect in finding.suspects]
    compared = list(dict.fromkeys(operand.fact for check in finding.checks for operand in check.operands))
    first = accused or compared[:1]
    others = [fact for fact in compared if fact not in first and narrator.facts[fact].text.strip() and not tail]
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "kind": "informational" if tail else "fail",
        "level": "none" if tail else _LEVEL[finding.severity],
        "message": {"text": narrator.message(finding)},
        "locations": [_location(narrator.facts[fact], index) for fact in first],
        "relatedLocations": [_location(narrator.facts[fact], index) for fact in others],
        "partialFingerprints": {"findingId/v1": finding.id},
        "suppressions": _suppressions(finding),
        "properties": {
            "formula": narrator.formula(finding.main),
            "rules": list(finding.rule_ids),
            "atStake": narrator.amounts(finding.main).at_stake,
            "review": review_data(finding.review),
        },
    }
    if finding.since is not None:
        result["baselineState"] = finding.since.value
    return result


def _suppressions(finding: Finding) -> list[dict[str, str]]:
    if not finding.waived or finding.review is None:
        return []
    review = finding.review
    return [{"kind": "external", "status": "accepted", "justification": f"{review.reason} {review.who} {review.until}"}]


def _location(fact: Fact, index: dict[str, int]) -> dict[str, Any]:
    place = fact.place
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": str(fact.address), "kind": "member"}]}
    if place.file:
        artifact = {"uri": _uri(place.file), "index": index.get(place.file, -1)}
        location["physicalLocation"] = {"artifactLocation": artifact}
        if place.line is not None:
            location["physicalLocation"]["region"] = {"startLine": place.line}
    text = " ".join(part for part in (fact.text.strip(), place_text(place)) if part)
    if text:
        location["message"] = {"text": text}
    location["properties"] = place_data(place)
    return location


def _open(item: NotEvaluated) -> dict[str, Any]:
    """Checks that could not be evaluated: too little was known to decide."""
    return {
        "ruleId": item.rule.id,
        "kind": "open",
        "level": "none",
        "message": {"text": f"{say('verdict.not_evaluated')}：{item.where} {say(item.reason.key)}"},
        "locations": [{"logicalLocations": [{"fullyQualifiedName": item.where}]}] if item.where else [],
        "suppressions": [],
        "properties": {"checks": item.count},
    }


def _absent(gone: Gone) -> dict[str, Any]:
    """A finding of the baseline that is no more."""
    return {
        "ruleId": gone.rule,
        "kind": "fail",
        "level": _LEVEL[Severity(gone.severity)],
        "message": {"text": gone.message},
        "locations": [{"logicalLocations": [{"fullyQualifiedName": address}]} for address in gone.addresses],
        "partialFingerprints": {"findingId/v1": gone.id},
        "suppressions": [],
        "baselineState": "absent",
    }


def _uri(file: str) -> str:
    """A file name as a relative reference."""
    return quote(file)
