"""Which planted errors the rules find: every figure by every cause, against what static analysis says of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.localise.signatures import signatures_of
from auditor.engine.verdicts import Verdict
from auditor.testing.corrupting import CAUSES, Corrupter, Effect, corrupted, effect_of
from auditor.testing.families import family_filing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.engine.localise.causes import Cause
    from auditor.engine.localise.signatures import Signature
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.rules.plan import Plan
    from auditor.testing.corrupting import WrongFigures

BATCH = 64  # filings evaluated together


@dataclass(frozen=True, slots=True)
class PlantedTrial:
    """One planted error: family, figure, cause, what static analysis says, and the rules that failed because of it."""

    family: str
    address: str
    cause: Cause
    effect: Effect
    rules: tuple[str, ...]
    equalities: frozenset[str] = frozenset()  # the rules whose equalities the changed figures stand in

    @property
    def found(self) -> bool:
        """Whether any rule failed."""
        return bool(self.rules)

    @property
    def as_foretold(self) -> bool:
        """Whether the equalities see it or not as static analysis says; inequalities may see more."""
        seen = not self.equalities.isdisjoint(self.rules)
        return seen is {Effect.CERTAIN: True, Effect.EQUIVALENT: False}.get(self.effect, seen)


@dataclass(slots=True)
class Detection:
    """All trials, counted."""

    by_cause: dict[str, Counter[str]] = field(default_factory=dict)
    by_family: dict[str, Counter[str]] = field(default_factory=dict)
    alone: Counter[str] = field(default_factory=Counter)  # rule → errors that only it found
    helped: Counter[str] = field(default_factory=Counter)  # rule → errors that it found
    missed: list[PlantedTrial] = field(default_factory=list)
    contradicted: list[PlantedTrial] = field(default_factory=list)  # static analysis and observation differ

    def add(self, trial: PlantedTrial) -> None:
        """Count one trial."""
        for counts in (
            self.by_cause.setdefault(trial.cause.value, Counter()),
            self.by_family.setdefault(trial.family, Counter()),
        ):
            counts[trial.effect.value] += 1
            counts["found"] += trial.found and trial.effect is not Effect.EQUIVALENT
        self.helped.update(trial.rules)
        if len(trial.rules) == 1:
            self.alone[trial.rules[0]] += 1
        if not trial.found and trial.effect is not Effect.EQUIVALENT:
            self.missed.append(trial)
        if not trial.as_foretold:
            self.contradicted.append(trial)

    def count(self, what: str) -> int:
        """How many trials of all causes."""
        return sum(counts[what] for counts in self.by_cause.values())

    @property
    def effective(self) -> int:
        """Errors that rounding does not excuse, whether or not a check sees them."""
        return sum(self.count(effect.value) for effect in Effect if effect is not Effect.EQUIVALENT)


def detect(book: RuleBook, families: Iterable[str], filings: int, figures: int) -> Detection:
    """Plant errors in `figures` figures of each of some filings of families, by every cause, and audit."""
    out = Detection()
    for family in families:
        for seed in range(filings):
            filing = family_filing(book, family, seed)
            for trial in trials(book, family, filing, figures, seed) if filing.tables else ():
                out.add(trial)
    return out


def trials(book: RuleBook, family: str, filing: Filing, figures: int, seed: int) -> Iterator[PlantedTrial]:
    """Errors planted one at a time in figures of a filing, with the rules that fail because of each."""
    choice = random.Random(f"{family}{seed}")  # noqa: S311 — planted errors, the same every time
    plans = book.all_plans()
    evaluation = evaluate(plans, Chunk.of([filing], book.forms))
    signatures = signatures_of(evaluation)
    (before,) = failing(plans, [filing], book)
    able = [number for number, fact in enumerate(filing.all_facts) if fact.is_figure and fact.value]
    able = sorted(choice.sample(able, min(figures, len(able))))
    planted = list(_planted(filing, signatures, able, choice))
    for start in range(0, len(planted), BATCH):
        batch = planted[start : start + BATCH]
        found = failing(plans, [corrupted(filing, wrong.values) for _, wrong in batch], book)
        for (number, wrong), rules in zip(batch, found, strict=True):
            changes = {n: value - filing.all_facts[n].value for n, value in wrong.values.items()}
            address = str(filing.all_facts[number].address)
            new = tuple(sorted(rules - before))
            rows = (check for n in changes if n in signatures for check in signatures[n].checks)
            equalities = frozenset(check.rule.id for check in rows)
            yield PlantedTrial(family, address, wrong.cause, effect_of(signatures, changes), new, equalities)


def _planted(
    filing: Filing, signatures: dict[int, Signature], numbers: Sequence[int], choice: random.Random
) -> Iterator[tuple[int, WrongFigures]]:
    corrupter = Corrupter(filing, signatures)
    for number in numbers:
        for cause in CAUSES:
            wrong = corrupter.wrong(number, cause, choice)
            if wrong is not None:
                yield number, wrong


def failing(plans: Sequence[Plan], filings: Sequence[Filing], book: RuleBook) -> list[set[str]]:
    """The rules with a contradiction, for each of some filings; questions about wording left aside."""
    out: list[set[str]] = [set() for _ in filings]
    evaluation = evaluate(plans, Chunk.of(filings, book.forms))
    for outcome in evaluation.outcomes:
        if outcome.plan.rule.once:
            continue
        for number in np.unique(outcome.filing[outcome.verdict == Verdict.INCONSISTENT]):
            out[int(number)].add(outcome.plan.rule.id)
    return out
