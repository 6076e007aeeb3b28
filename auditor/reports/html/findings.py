"""Findings and tails as plain data for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.engine.findings import Mark, Severity
from auditor.engine.verdicts import Note, Verdict
from auditor.messages import language, say
from auditor.model.units import Kind
from auditor.reports.html.atlas import own_marks
from auditor.reports.html.excerpts import excerpts
from auditor.reports.places import place_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.checks import Check
    from auditor.engine.findings import Finding
    from auditor.engine.localise.suspects import Suspect
    from auditor.model.facts import Fact
    from auditor.model.units import Rounding
    from auditor.reports.html.atlas import Atlas
    from auditor.reports.narrate import Narrator

FEW = 12  # figures of a finding that are shown at once; the others behind a click


def is_tail(finding: Finding) -> bool:
    """Whether a finding is a plain tail; one so long that it is improbable stands with the findings."""
    return finding.verdict is Verdict.ROUNDING and finding.severity is Severity.INFO


def finding_data(
    finding: Finding, number: int, narrator: Narrator, atlas: Atlas, spots: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """One finding: the sentence, the formula, the figures, the suspects, what to do, and where it stands."""
    check, rule = finding.main, finding.rule
    operands = _operands(finding, narrator, atlas)
    shown, more = excerpts(finding, atlas)
    quote = "" if any(item["kind"] == "text" for item in shown) else narrator.quote(check)
    return {
        "id": finding.id,
        "number": number,
        "severity": finding.severity.value,
        "title": rule.text("title", language()),
        "message": narrator.message(finding),
        "formula": narrator.formula(check) if check.linear else "",
        "quote": quote,
        "amounts": narrator.told(check),
        "suspects": [_suspect(suspect, narrator, atlas) for suspect in finding.suspects],
        "because": "、".join(finding.rule_ids),
        "first": say("html.look" if finding.recognised else "html.suspect"),
        "operands": operands[:FEW],
        "more_operands": operands[FEW:],
        "zero_operands": len(check.operands) - len(operands),
        "excerpts": shown,
        "more_excerpts": more,
        "spots": spots,
        "checks": [_check(other, narrator) for other in finding.checks],
        "fix": narrator.how(finding),
        "rule": rule.id,
        "basis": rule.basis,
        "kind": rule.kind.value,
        "review": finding.review,
        "since": finding.since.value if finding.since else "",
    }


def _operands(finding: Finding, narrator: Narrator, atlas: Atlas) -> list[dict[str, Any]]:
    audit = narrator.audit
    operands = finding.main.operands
    marks = own_marks(finding, audit)
    several = len(audit.filing.files) > 1
    out = []
    for operand in operands:
        fact = audit.facts[operand.fact]
        if not fact.text.strip() and len(operands) > 3:
            continue
        mark = marks.get(operand.fact, Mark.UNCHECKED)
        word = fact.kind is Kind.WORD
        out.append(
            {
                "label": narrator.label(fact),
                "text": narrator.text(fact),
                "interval": narrator.interval(fact),
                "place": place_text(fact.place, file=several),
                "href": atlas.anchor(operand.fact),
                "mark": "word" if word else mark.value,
                "mark_text": "" if word else say(f"mark.{mark.value}"),
            }
        )
    return out


def _suspect(suspect: Suspect, narrator: Narrator, atlas: Atlas) -> dict[str, Any]:
    fact = narrator.facts[suspect.fact]
    return {
        "label": narrator.label(fact),
        "printed": narrator.text(fact),
        "suggested": narrator.suggested(suspect) or None,
        "place": place_text(fact.place, file=len(narrator.audit.filing.files) > 1),
        "href": atlas.anchor(suspect.fact),
        "cause": narrator.cause(suspect),
    }


def _check(check: Check, narrator: Narrator) -> dict[str, Any]:
    return {
        "rule": check.rule.id,
        "title": check.rule.text("title", language()),
        "what": check.statement,
        "formula": narrator.formula(check),
    }


def tail_data(finding: Finding, narrator: Narrator, atlas: Atlas, rounding: Rounding) -> dict[str, Any]:
    """One tail: what differs by how much, why that may be so, and the proof where there is one."""
    check = finding.main
    like = narrator.model(check)
    return {
        "id": finding.id,
        "table": like.address.table if like else "",
        "title": finding.rule.text("title", language()),
        "formula": narrator.formula(check),
        "why": narrator.why_tail(check, rounding) or narrator.message(finding),
        "note": narrator.message(finding) if check.note not in (Note.NONE, Note.TWO_PLACES) else "",
        "proof": narrator.proof(finding) or say("say.unproved"),
        "amounts": narrator.told(check),
        "places": _places(check, narrator, atlas),
    }


def _places(check: Check, narrator: Narrator, atlas: Atlas) -> list[dict[str, str]]:
    """Where its first figures stand, one link for each place."""
    several = len(narrator.audit.filing.files) > 1
    found: dict[str, str] = {}
    for operand in check.operands:
        fact: Fact = narrator.facts[operand.fact]
        if atlas.anchor(operand.fact) and fact.text.strip():
            found.setdefault(place_text(fact.place, file=several), atlas.anchor(operand.fact))
    return [{"text": text, "href": href} for text, href in list(found.items())[:2]]
