"""The change list: where, what, from what to what, in the order of the document, to be worked off on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.messages import language, say
from auditor.reports.html.findings import is_tail
from auditor.reports.places import place_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.engine.findings import Audit, Finding
    from auditor.model.facts import Fact
    from auditor.reports.html.atlas import Atlas
    from auditor.reports.narrate import Narrator

MAX_ROWS = 400  # of the list; the rest is counted
MAX_SUSPECTS = 6  # listed of figures of which any one may be wrong; the finding names all


def changes(narrator: Narrator, atlas: Atlas, numbers: dict[str, int]) -> tuple[list[dict[str, Any]], int]:
    """The rows of the change list in document order, and how many more there are. `numbers` are those of findings."""
    order = _Order(narrator.audit)
    rows: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    for finding in narrator.audit.findings:
        if is_tail(finding) or finding.waived:
            continue
        number = numbers[finding.id]
        for at, (fact, row) in enumerate(_rows(finding, narrator)):
            place = {"place": "", "href": "", "label": ""}
            if fact is not None:
                printed = narrator.facts[fact]
                place = {
                    "place": place_text(printed.place, file=order.several),
                    "href": atlas.anchor(fact),
                    "label": row.pop("label", "") or narrator.label(printed),
                }
            about = {"id": finding.id, "number": number, "severity": finding.severity.value}
            rows.append(((order.key(fact), number, at), place | row | about))
    rows.sort(key=lambda item: item[0])
    return [row for _, row in rows[:MAX_ROWS]], max(0, len(rows) - MAX_ROWS)


class _Order:
    """The order in which things are printed, as far as places tell."""

    def __init__(self, audit: Audit) -> None:
        self.facts = audit.facts
        self.several = len(audit.filing.files) > 1
        self.files = {file.file: number for number, file in reversed(list(enumerate(audit.filing.files)))}
        self.sheets: dict[str, int] = {}
        for fact in audit.facts:
            self.sheets.setdefault(fact.place.sheet, len(self.sheets))

    def key(self, fact: int | None) -> tuple[float, ...]:
        """Where a figure stands: file, page or sheet, line, height; what has no place comes last."""
        if fact is None:
            return (len(self.files),)
        place = self.facts[fact].place
        after_tables = place.paragraph is not None  # a word processor tells tables and paragraphs by separate counts
        return (
            self.files.get(place.file, 0),
            place.page or 0,
            self.sheets[place.sheet],
            place.line or 0,
            after_tables,
            place.paragraph or place.grid or 0,
            place.bbox[1] if place.bbox else 0,
            place.row or 0,
            place.column or 0,
        )


def _rows(finding: Finding, narrator: Narrator) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """What a finding asks for: the figure to look at, and what it says."""
    if finding.recognised:
        yield _first(finding), _row(action=say("change.look"))
    elif finding.lost is not None:
        yield _first(finding), _row(action=narrator.how(finding))
    elif finding.suspects:
        yield from _suspected(finding, narrator)
    elif finding.main.rate is not None:
        fact, expected = narrator.rate_value(finding.main)
        action = finding.rule.text("fix", language()) if finding.main.rate.word else say("change.or_operands")
        yield fact, _row(printed=narrator.text(narrator.facts[fact]), to=expected, action=action)
    elif finding.main.compares:
        first = _first(finding)
        printed = "" if first is None else narrator.text(narrator.facts[first])
        yield first, _row(printed=printed, action=say("change.compare", formula=narrator.formula(finding.main)))
    else:
        yield from _worded(finding, narrator)


def _suspected(finding: Finding, narrator: Narrator) -> Iterator[tuple[int, dict[str, Any]]]:
    several = len(finding.suspects) > 1
    for number, suspect in enumerate(finding.suspects[:MAX_SUSPECTS]):
        fact = narrator.facts[suspect.fact]
        to = narrator.suggested(suspect)
        action = narrator.cause(suspect) if to else say("change.recompute")
        if several:
            action = say("change.one_of", number=number + 1, count=len(finding.suspects)) + action
        yield suspect.fact, _row(printed=narrator.text(fact), to=to, action=action)


def _worded(finding: Finding, narrator: Narrator) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """Words and titles: each place that is found, with what should stand there where that is known."""
    check = finding.main
    title = finding.rule.text("title", language())
    if not check.detail or not _is_found(finding):
        facts = [operand.fact for operand in check.operands]
        yield (facts[0] if facts else None), _row(action=narrator.message(finding), label=title)
        return
    for operand in check.operands:
        fact: Fact = narrator.facts[operand.fact]
        should = narrator.should.get(fact.address._replace(column=""), "")
        yield operand.fact, _row(printed=fact.place.quote or narrator.text(fact), to=should, label=title)


def _is_found(finding: Finding) -> bool:
    """Whether a finding lists things that stand where they should not."""
    check = finding.main
    return check.detail in ("exists", "printed") and check.operator.startswith("not") and bool(check.operands)


def _first(finding: Finding) -> int | None:
    facts = [suspect.fact for suspect in finding.suspects] + [operand.fact for operand in finding.main.operands]
    return facts[0] if facts else None


def _row(*, printed: str = "", to: str = "", action: str = "", label: str = "") -> dict[str, Any]:
    return {"printed": printed, "to": to, "action": action, "label": label}
