"""The JSON of one filing and the summary over many: the contract that other programs read."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from auditor.engine.findings import Severity, Since
from auditor.engine.tally import tally_of
from auditor.engine.verdicts import Verdict
from auditor.messages import clean, say
from auditor.model.facts import value_text
from auditor.reports.narrate import Narrator
from auditor.reports.places import left_out, place_data, remark_text, table_notes
from auditor.reports.summary import suspect_rules

if TYPE_CHECKING:
    from auditor.engine.findings import Audit, Finding, Review
    from auditor.engine.localise.suspects import Suspect
    from auditor.model.facts import Fact
    from auditor.model.filing import ReadTable
    from auditor.reports.run import Run
    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Change


def tool_data(version: str, rules_sha256: str, book: RuleBook | None = None) -> dict[str, Any]:
    """What made the report; of a rule book also which rules were turned off or replaced, since when and why."""
    off, replaced = (book.off, book.replaced) if book is not None else ((), ())
    return {
        "name": "auditor",
        "version": version,
        "rules_sha256": rules_sha256,
        "rules_off": list(map(_change, off)),
        "rules_replaced": list(map(_change, replaced)),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "rule": change.rule,
        "title": change.title,
        "date": change.date,
        "reason": change.reason,
        "file": change.file,
    }


def filing_data(audit: Audit, tool: dict[str, Any]) -> dict[str, Any]:
    """The report of one filing as plain data; keys as in the contract, numbers as decimal strings."""
    key = audit.filing.key
    narrator = Narrator(audit)
    return {
        "tool": tool,
        "filing": {
            "entity": key.entity,
            "year": key.year or None,
            "report": key.report or None,
            "edition": key.edition or None,
            "family": audit.filing.family or None,
            "money_unit": audit.filing.money_unit or None,
            "files": [{"file": file.file, "sha256": file.sha256} for file in audit.filing.files],
        },
        "summary": summary_data(audit),
        "findings": [_finding(finding, narrator, audit) for finding in audit.findings],
        "not_evaluated": [
            {"rule": item.rule.id, "reason": say(item.reason.key), "where": item.where, "checks": item.count}
            for item in audit.not_evaluated
        ],
        "unread": [
            {
                "text": item.text,
                "reason": say(item.reason),
                "place": place_data(item.place),
                "candidates": list(item.candidates),
            }
            for item in audit.filing.unread
        ],
        "tables": [table_data(table) for table in audit.filing.tables],
        "figures": {str(fact.address): figure_text(fact) for fact in audit.filing.facts if fact.is_figure},
        "baseline": _baseline(audit),
        "remarks": [{"file": remark.file, "text": remark_text(remark)} for remark in audit.filing.remarks],
    }


def table_data(table: ReadTable) -> dict[str, Any]:
    """A table as read, without its figures."""
    return {
        "table": table.table,
        "title": table.title,
        "number": table.number,
        "unit": table.unit,
        "place": place_data(table.place),
        "figures": sum(fact.is_figure for fact in table.facts),
        "complete": table.complete,
        "borderless": table.borderless,
        "notes": table_notes(table),
    }


def figure_text(fact: Fact) -> str:
    """A figure as a decimal number and its unit: `89.59 万元`."""
    return f"{value_text(fact.value, fact.kind, fact.unit, fact.decimals)} {fact.unit}".rstrip()


def _baseline(audit: Audit) -> dict[str, Any] | None:
    """The earlier report that the filing was compared with, and its findings that are gone."""
    if audit.baseline is None:
        return None
    gone = [{**asdict(finding), "addresses": list(finding.addresses)} for finding in audit.baseline.gone]
    return {"file": audit.baseline.file, "gone": gone}


def summary_data(audit: Audit) -> dict[str, Any]:
    """The counts of a filing; they add up. `facts` are all numbers of tables and text, `figures` those of tables."""
    ledger = audit.ledger
    tally = tally_of(audit)
    return {
        "checks": ledger.checks,
        **{verdict.key: ledger[verdict] for verdict in Verdict},
        "facts": {"printed": tally.printed, "read": tally.read, "unread": tally.unread},
        "figures": {"printed": audit.printed + tally.lost, "checked": audit.checked, "confirmed": audit.confirmed},
        "prose": {
            "told": audit.told,
            "checked": audit.told_checked,
            "unexplained": tally.unexplained,
            "aside": tally.aside,
        },
        "waived": audit.waived,
        "since": _since(audit),
        "severities": {severity.value: audit.count(severity) for severity in Severity},
    }


def _since(audit: Audit) -> dict[str, int] | None:
    """Findings by how they stand against the baseline; None where there is none."""
    if audit.baseline is None:
        return None
    counts = {since.value: sum(finding.since is since for finding in audit.findings) for since in Since}
    return {**counts, "gone": len(audit.baseline.gone)}


def review_data(review: Review | None) -> dict[str, Any] | None:
    """What a reader has decided about a finding."""
    if review is None:
        return None
    return {
        "state": review.state.value,
        "reason": review.reason,
        "who": review.who,
        "until": review.until.isoformat() if review.until else None,
        "remark": review.remark,
        "expired": review.expired,
    }


def _finding(finding: Finding, narrator: Narrator, audit: Audit) -> dict[str, Any]:
    check = finding.main
    amounts = narrator.amounts(check)
    facts: list[int] = []
    for other in finding.checks:
        for operand in other.operands:
            fact = audit.facts[operand.fact]
            if operand.fact not in facts and (fact.text.strip() or len(other.operands) <= 2):
                facts.append(operand.fact)
    facts += dict.fromkeys(s.fact for s in (*finding.suspects, *finding.also) if s.fact not in facts)
    return {
        "id": finding.id,
        "rule": finding.rule.id,
        "title": finding.rule.title,
        "kind": finding.rule.kind.value,
        "severity": finding.severity.value,
        "verdict": finding.verdict.key,
        "message": narrator.message(finding),
        "formula": narrator.formula(check),
        "expected": amounts.expected or None,
        "actual": amounts.actual or None,
        "difference": amounts.difference or None,
        "range": amounts.allowed or None,
        "unit": amounts.unit,
        "at_stake": amounts.at_stake,
        "figures": [_figure(audit.facts[position]) for position in facts],
        "suspects": [_suspect(suspect, facts.index(suspect.fact), narrator) for suspect in finding.suspects],
        "also": [_suspect(suspect, facts.index(suspect.fact), narrator) for suspect in finding.also],
        "missing_row": f"{finding.lost.table}[{finding.lost.row}]" if finding.lost else None,
        "accused_elsewhere": [str(audit.facts[fact].address) for fact in finding.elsewhere],
        "proof": narrator.proof(finding) or None,
        "rules": list(finding.rule_ids),
        "review": review_data(finding.review),
        "since": finding.since.value if finding.since else None,
    }


def _figure(fact: Fact) -> dict[str, Any]:
    return {
        "address": str(fact.address),
        "text": fact.text,
        "value": _value(fact),
        "unit": fact.unit,
        "state": fact.state.value,
        "read_by": fact.read_by.value,
        "place": place_data(fact.place),
    }


def _value(fact: Fact) -> str | None:
    if not fact.is_figure:
        return None
    return value_text(fact.value, fact.kind, fact.unit, fact.decimals)


def _suspect(suspect: Suspect, index: int, narrator: Narrator) -> dict[str, Any]:
    fact = narrator.facts[suspect.fact]
    suggested = suspect.word or None if suspect.suggested is None else narrator.value(suspect.suggested, fact)
    return {
        "figure": index,
        "address": str(fact.address),
        "printed": fact.text,
        "suggested": suggested,
        "cause": suspect.cause.cause.value if suspect.cause else None,
        "evidence": narrator.cause(suspect).strip() or None,
        "because": list(suspect.because),
    }


def index_data(run: Run) -> dict[str, Any]:
    """The summary over all filings: one entry per filing with the names of its reports, and the files that failed.

    `html` and `json` are None where the run writes no such reports. `suspect_rules` are those that fail in most
    filings: to be doubted before the filings are. `warnings` are those of the run: waivers that are unused or expired,
    baselines that no filing met.
    """
    filings = []
    for stem, audit in run.audits:
        key = audit.filing.key
        filings.append(
            {
                "entity": key.entity,
                "year": key.year or None,
                "report": key.report or None,
                "edition": key.edition or None,
                "files": [file.file for file in audit.filing.files],
                "left_out": left_out(audit.filing),
                **{name: f"{stem}.{name}" if name in run.formats else None for name in ("html", "json")},
                "summary": summary_data(audit),
            }
        )
    return {
        "tool": run.tool,
        "filings": filings,
        "suspect_rules": suspect_rules(run.audits),
        "failed": [{"file": file, "reason": why} for file, why in run.failed],
        "warnings": [remark_text(remark) for remark in run.warnings],
    }


def filing_report(audit: Audit, run: Run) -> str:
    """The report of one filing."""
    return dumps(filing_data(audit, run.tool))


def batch_report(run: Run) -> str:
    """The summary of a run."""
    return dumps(index_data(run))


def dumps(data: dict[str, Any]) -> str:
    """Write data as JSON text: stable order, Chinese as it is, no control characters in its texts."""
    return json.dumps(_cleaned(data), ensure_ascii=False, indent=1) + "\n"


def _cleaned(data: Any) -> Any:
    if isinstance(data, str):
        return clean(data)
    if isinstance(data, dict):
        return {_cleaned(key): _cleaned(value) for key, value in data.items()}
    return [_cleaned(item) for item in data] if isinstance(data, (list, tuple)) else data
