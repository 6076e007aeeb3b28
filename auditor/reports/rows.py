"""A finding as one row: what lists of doubts (XLSX, CSV, Markdown) show of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from auditor.engine.verdicts import Verdict
from auditor.messages import language, say
from auditor.model.units import Rounding
from auditor.reports.headline import filing_kind
from auditor.reports.narrate import Narrator, standing_text
from auditor.reports.places import place_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.engine.findings import Audit, Finding
    from auditor.engine.localise.suspects import Suspect
    from auditor.model.facts import Fact

TAIL = "rounding"  # the sort of a row that is a 尾差
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class FindingRow(NamedTuple):
    """One finding, in words and decimal strings; empty where it does not say.

    `printed`, `expected` and `difference` (printed − expected) are of the one figure that is accused, or else of the
    two sides of the check, in `unit`; `at_stake` is in 元. `sort` is the kind of the rule, or `rounding`.
    """

    entity: str
    filing: str
    year: str
    sort: str
    severity: str
    since: str
    table: str
    place: str
    figure: str
    address: str
    printed: str
    expected: str
    difference: str
    unit: str
    at_stake: str
    message: str
    formula: str
    rule: str
    title: str
    basis: str
    suggestion: str
    state: str
    reason: str
    who: str
    until: str
    remark: str
    id: str
    file: str


def sort_text(sort: str) -> str:
    """The sort of a row in words."""
    return say("verdict.rounding") if sort == TAIL else say(f"kind.{sort}")


def is_number(text: str) -> bool:
    """Whether a text is a plain decimal number."""
    return _NUMBER.fullmatch(text) is not None


def rows_of(audit: Audit, rounding: str) -> Iterator[FindingRow]:
    """The findings of a filing as rows, in the order of its report; `rounding` is how figures were rounded."""
    narrator = Narrator(audit)
    return (_row(finding, narrator, Rounding(rounding)) for finding in audit.findings)


def _row(finding: Finding, narrator: Narrator, rounding: Rounding) -> FindingRow:
    audit, key = narrator.audit, narrator.audit.filing.key
    tail, review = finding.verdict is Verdict.ROUNDING, finding.review
    fact = _figure(finding, narrator)
    printed, expected, difference, unit = _numbers(finding, narrator)
    amounts = narrator.amounts(finding.main)
    return FindingRow(
        entity=key.entity,
        filing=filing_kind(audit),
        year=str(key.year or ""),
        sort=TAIL if tail else finding.rule.kind.value,
        severity=say(f"severity.{finding.severity.value}"),
        since=say(f"since.{finding.since.value}") if finding.since else "",
        table=fact.address.table if fact else "、".join(finding.rule.form),
        place=place_text(fact.place, file=len(audit.filing.files) > 1) if fact else "",
        figure=narrator.label(fact) if fact else "",
        address=str(fact.address) if fact else "",
        printed=printed,
        expected=expected,
        difference=difference,
        unit=unit,
        at_stake="" if tail or amounts.at_stake == "0" else amounts.at_stake,
        message=narrator.message(finding),
        formula=narrator.formula(finding.main) if finding.main.linear else "",
        rule=finding.rule.id,
        title=finding.rule.text("title", language()),
        basis=finding.rule.basis,
        suggestion=_suggestion(finding, narrator, rounding),
        state=standing_text(review) if review else "",
        reason=review.reason if review else "",
        who=review.who if review else "",
        until=str(review.until or "") if review else "",
        remark=review.remark if review else "",
        id=finding.id,
        file=fact.place.file if fact and fact.place.file else "、".join(file.file for file in audit.filing.files),
    )


def _figure(finding: Finding, narrator: Narrator) -> Fact | None:
    """The figure that a row is about: the one that is accused, or the one whose value the others should give."""
    operands = finding.main.operands
    if len(finding.suspects) == 1:
        return narrator.facts[finding.suspects[0].fact]
    sides = narrator.sides(finding.main) if finding.main.linear else ()
    lone = [side[0] for side in sides if len(side) == 1]
    first = next(iter(lone or operands), None)
    return None if first is None else narrator.facts[first.fact]


def _numbers(finding: Finding, narrator: Narrator) -> tuple[str, str, str, str]:
    """What is printed, what is expected, the difference, and their unit."""
    check = finding.main
    if len(finding.suspects) == 1 and finding.suspects[0].suggested is not None:
        suspect = finding.suspects[0]
        fact, suggested = narrator.facts[suspect.fact], finding.suspects[0].suggested
        difference = narrator.value(fact.value - suggested, fact)
        return narrator.text(fact), narrator.as_printed(suggested, fact), difference, fact.unit
    if check.rate is not None:
        target, expected = narrator.rate_value(check)
        return narrator.text(narrator.facts[target]), expected, "", ""
    amounts = narrator.amounts(check)
    return amounts.actual, amounts.expected, amounts.difference, amounts.unit


def _suggestion(finding: Finding, narrator: Narrator, rounding: Rounding) -> str:
    """What to do: the figures that may be wrong with their values, how such errors are mended; why a tail may stay."""
    if finding.verdict is Verdict.ROUNDING:
        return narrator.why_tail(finding.main, rounding) or say("rows.tail")
    told = [_repair(suspect, narrator) for suspect in finding.suspects]
    lead = ""
    if len(told) == 1 and narrator.suggested(finding.suspects[0]):
        return narrator.how(finding)
    if told:
        lead = say("rows.repair" if len(told) == 1 else "rows.repair_one_of", figures=say("rows.or").join(told))
    return lead + finding.rule.text("fix", language())


def _repair(suspect: Suspect, narrator: Narrator) -> str:
    fact = narrator.facts[suspect.fact]
    figure, printed = narrator.label(fact), narrator.text(fact)
    suggested = narrator.suggested(suspect)
    return f"{figure} {printed} → {suggested}" if suggested else f"{figure} {printed}"
