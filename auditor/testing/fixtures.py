"""Fixtures of rule folders: whole filings in `fixtures/`, each with a small YAML file that says what must come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.engine.audit import audit_filings
from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.messages import say
from auditor.reading.filings import filing_of, group
from auditor.rules.book import FIXTURES
from auditor.sandbox import read
from auditor.yamlfiles.keys import Entry, Key, KeyShape
from auditor.yamlfiles.trees import fail, load, nearest, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from auditor.model.filing import Filing
    from auditor.model.units import Rounding
    from auditor.rules.book import RuleBook
    from auditor.yamlfiles.trees import Map

FIXTURE = Entry(
    "fixture",
    (
        Key("files", KeyShape.TEXTS, required=True),
        Key("fails", KeyShape.TEXTS),
        Key("holds", KeyShape.TEXTS),
        Key("suspects", KeyShape.TEXTS),
        Key("entity_kind"),
    ),
)


@dataclass(frozen=True, slots=True)
class FixtureResult:
    """What came out of one fixture otherwise than its file says; nothing where all is as said."""

    where: str
    differs: tuple[str, ...]


def run_fixtures(roots: Iterable[Path], book: RuleBook, mode: Rounding) -> Iterator[FixtureResult]:
    """Run every fixture below some rule folders. Raises `AuditorError` for one that cannot be read."""
    for root in roots:
        for path in sorted((root / FIXTURES).glob("*.yaml")):
            yield run_fixture(path, book, mode)


def run_fixture(path: Path, book: RuleBook, mode: Rounding) -> FixtureResult:
    """Run one fixture. Raises `AuditorError` where it cannot be read."""
    name = f"{FIXTURES}/{path.name}"
    item = load(path, name)
    FIXTURE.check(item)
    for key in ("fails", "holds"):
        for rule in texts(item, key):
            if rule not in book.by_id:
                fail(rule, "fixture.no_rule", name=str(rule), near=nearest(rule, book.by_id))
    return FixtureResult(name, tuple(_differences(item, _filings(item, path, book), book, mode)))


def _filings(item: Map, path: Path, book: RuleBook) -> list[Filing]:
    kind = str(item.get("entity_kind", ""))
    documents = [read(path.parent / name) for name in texts(item, "files")]
    return group([filing_of(document, book.forms, entity_kind=kind) for document in documents], book.forms)


def _differences(item: Map, filings: list[Filing], book: RuleBook, mode: Rounding) -> Iterator[str]:
    """What must fail and does not, what must hold and does not, which figures are not suspected."""
    dynamic = [table for filing in filings for table in filing.dynamic.values()]
    evaluation = evaluate(book.all_plans(dynamic), Chunk.of(filings, book.forms, mode))
    verdicts: dict[str, set[int]] = {}
    for outcome in evaluation.outcomes:
        verdicts.setdefault(outcome.plan.rule.id, set()).update(outcome.verdict.tolist())
    for rule in texts(item, "fails"):
        if Verdict.INCONSISTENT not in verdicts.get(rule, ()):
            yield say("fixture.holds" if verdicts.get(rule) else "fixture.unbound", rule=rule)
    for rule in texts(item, "holds"):
        found = verdicts.get(rule, set())
        if Verdict.INCONSISTENT in found:
            yield say("fixture.fails", rule=rule)
        elif not found & {Verdict.CONSISTENT, Verdict.ROUNDING}:
            yield say("fixture.unbound", rule=rule)
    named = {
        str(audit.facts[suspect.fact].address)
        for audit in audit_filings(filings, book, mode)
        for finding in audit.findings
        for suspect in finding.suspects
    }
    for address in texts(item, "suspects"):
        if address not in named:
            yield say("fixture.no_suspect", name=str(address), found="、".join(sorted(named)) or "—")
