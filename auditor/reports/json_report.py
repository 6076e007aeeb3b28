"""The JSON of one filing and the summary over many: the contract that other programs read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from auditor.engine.results import Severity
from auditor.engine.verdicts import Verdict
from auditor.filing import PROSE_REASONS
from auditor.messages import say
from auditor.numbers import State
from auditor.reports.narrate import Narrator
from auditor.reports.places import left_out, place_data, remark_text, table_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.results import Audit, Finding, Suspect
    from auditor.facts import Fact
    from auditor.filing import ReadTable
    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Change


def tool_data(version: str, rules_sha256: str, book: RuleBook | None = None) -> dict[str, Any]:
    """What made the report; of a rule book also which rules were turned off or replaced, since when and why."""
    tool: dict[str, Any] = {"name": "auditor", "version": version, "rules_sha256": rules_sha256}
    if book is not None:
        tool |= {"rules_off": list(map(_change, book.off)), "rules_replaced": list(map(_change, book.replaced))}
    return tool


def _change(change: Change) -> dict[str, Any]:
    return {"rule": change.rule, "title": change.title, "date": change.date, "reason": change.reason,
            "file": change.file}  # fmt: skip


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
            {"text": item.text, "reason": say(item.reason), "place": place_data(item.place),
             "candidates": list(item.candidates)}
            for item in audit.filing.unread
        ],
        "tables": [table_data(table) for table in audit.filing.tables],
        "remarks": [{"file": remark.file, "text": remark_text(remark)} for remark in audit.filing.remarks],
    }  # fmt: skip


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


def summary_data(audit: Audit) -> dict[str, Any]:
    """The counts of a filing; they add up."""
    ledger = audit.ledger
    facts = audit.filing.facts
    figures = [fact for fact in facts if fact.is_figure or fact.state is State.UNREADABLE]
    lost = sum(item.reason not in PROSE_REASONS for item in audit.filing.unread)
    unexplained = sum(item.reason == "unread.prose" for item in audit.filing.unread)
    unread_facts = sum(fact.state is State.UNREADABLE for fact in facts)
    return {
        "checks": ledger.checks,
        **{verdict.key: ledger[verdict] for verdict in Verdict},
        "facts": {
            "printed": len(figures) + lost - unread_facts,
            "read": audit.printed + audit.told,
            "unread": lost,
        },
        "figures": {"printed": audit.printed, "checked": audit.checked, "confirmed": audit.confirmed},
        "prose": {"told": audit.told, "checked": audit.told_checked, "unexplained": unexplained},
        "severities": {severity.value: audit.count(severity) for severity in Severity},
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
    facts += [suspect.fact for suspect in finding.suspects if suspect.fact not in facts]
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
        "rules": list(finding.rule_ids),
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
    from auditor.facts import value_text

    return value_text(fact.value, fact.kind, fact.unit, fact.decimals)


def _suspect(suspect: Suspect, index: int, narrator: Narrator) -> dict[str, Any]:
    fact = narrator.facts[suspect.fact]
    suggested = None if suspect.suggested is None else narrator.value(suspect.suggested, fact)
    return {
        "figure": index,
        "address": str(fact.address),
        "printed": fact.text,
        "suggested": suggested,
        "cause": suspect.cause.cause.value if suspect.cause else None,
        "because": list(suspect.because),
    }


def index_data(
    audits: Sequence[tuple[str, Audit]], failed: Sequence[tuple[str, str]], tool: dict[str, Any]
) -> dict[str, Any]:
    """The summary over all filings: one entry per filing with its report's name, and the files that failed."""
    filings = []
    for stem, audit in audits:
        key = audit.filing.key
        filings.append(
            {
                "entity": key.entity, "year": key.year or None, "report": key.report or None,
                "edition": key.edition or None, "files": [file.file for file in audit.filing.files],
                "left_out": left_out(audit.filing), "html": f"{stem}.html", "json": f"{stem}.json",
                "summary": summary_data(audit),
            }
        )  # fmt: skip
    return {"tool": tool, "filings": filings, "failed": [{"file": file, "reason": why} for file, why in failed]}


def dumps(data: dict[str, Any]) -> str:
    """Write data as JSON text: stable order, Chinese as it is."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
