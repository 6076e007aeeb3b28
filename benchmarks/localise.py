"""How well planted errors are found, told apart, explained and repaired, and how long that takes.

    python benchmarks/localise.py [--filings N] [--errors 1 2 3] [--seeds FOLDER] [--show]

Figures of generated filings of every family of forms (with sentences where the generator tells them) and of real
filings are changed one, two or three at a time, by every cause; the audits are compared with what was planted. Only
changes beyond what rounding allows are errors. Deterministic: the same tables every time. `--show` prints every
miss. Which figures no check tells apart is printed by `benchmarks/alike.py`.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import auditor.engine.audit as auditing
from auditor.engine.facts.chunk import Chunk
from auditor.engine.findings import Severity
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.localise.causes import Cause
from auditor.engine.localise.signatures import signatures_of
from auditor.engine.verdicts import Verdict
from auditor.reading.filings import read_filing
from auditor.rules.book import RuleBook, load_rules
from auditor.testing.corrupting import CAUSES, Corrupter, Effect, WrongFigures, corrupted, effect_of
from auditor.testing.families import family_filing
from auditor.testing.filings import told_filing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from auditor.engine.findings import Audit, Finding
    from auditor.engine.localise.signatures import Signature
    from auditor.model.filing import Filing

SEEDS = Path(__file__).parent.parent.parent / "shared" / "filings" / "seeds"
BATCH = 48
REAL = "样本 / real"


@dataclass
class Subject:
    """A clean filing with the rules that hold in it, and what they see of its figures."""

    name: str
    filing: Filing
    book: RuleBook
    signatures: Mapping[int, Signature]
    corrupter: Corrupter
    known: set[str]  # findings above info that it has by itself
    noise: int  # of these, findings about its amounts: generated figures are right but for rounding

    @property
    def figures(self) -> list[int]:
        """The figures that a rule that must hold looks at."""
        facts = self.filing.all_facts
        return [n for n, one in self.signatures.items() if one.always and facts[n].is_figure]


@dataclass
class Tally:
    """What was counted, how long each localisation took, and what was missed."""

    counts: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)


def subject(name: str, filing: Filing, book: RuleBook) -> Subject:
    """A filing with the rules that hold in it: those that fail by themselves are left out."""
    extra = list(filing.dynamic.values())
    audit = auditing.audit_filings([filing], book)[0]
    bad = {rule for finding in audit.findings if finding.verdict is Verdict.INCONSISTENT for rule in finding.rule_ids}
    if bad:
        book = RuleBook(tuple(r for r in book.rules if r.id not in bad), book.forms, book.sha256, book.folders)
    signatures = signatures_of(evaluate(book.all_plans(extra), Chunk.of([filing], book.forms)))
    known = {f.id for f in auditing.audit_filings([filing], book)[0].findings if f.severity is not Severity.INFO}
    noise = sum(f.severity is not Severity.INFO and f.main.linear and f.main.operator == "=" for f in audit.findings)
    return Subject(name, filing, book, signatures, Corrupter(filing, signatures), known, noise)


def subjects(count: int, seeds: Path) -> Iterator[Subject]:
    book = load_rules()
    for family in book.forms.families:
        for number in range(count):
            yield subject(family, family_filing(book, family, number), book)
    for number in range(count * 2):
        yield subject("说明与表 / told", told_filing(book, number), book)
    for path in sorted(seeds.glob("*.txt")):
        yield subject(REAL, read_filing([path], book.forms), book)


# -- planting ---------------------------------------------------------------------------------------------------


def planted(one: Subject, errors: int, choice: random.Random) -> Iterator[list[WrongFigures]]:
    """Errors to plant together: every figure by every cause where there is one, else as many draws."""
    figures = one.figures
    if errors == 1:
        for number in choice.sample(figures, min(len(figures), LIMIT)):
            for cause in CAUSES:
                wrong = one.corrupter.wrong(number, cause, choice)
                if wrong is not None and beyond(one, [wrong]):
                    yield [wrong]
        return
    for _ in range(LIMIT * 3):
        some: dict[int, WrongFigures] = {}
        for number in choice.sample(figures, min(len(figures), errors * 4)):
            wrong = one.corrupter.wrong(number, choice.choice(CAUSES), choice)
            if wrong is not None and len(some) < errors and some.keys().isdisjoint(wrong.values):
                some |= dict.fromkeys(wrong.values, wrong)
        distinct = list({id(wrong): wrong for wrong in some.values()}.values())
        if sum(len(wrong.values) for wrong in distinct) == errors and beyond(one, distinct):
            yield distinct


LIMIT = 24


def beyond(one: Subject, wrongs: Sequence[WrongFigures]) -> bool:
    """Whether some check surely finds each wrong figure, whatever the tails are."""
    facts = one.filing.all_facts
    changes = {n: value - facts[n].value for wrong in wrongs for n, value in wrong.values.items()}
    return effect_of(one.signatures, changes) is Effect.CERTAIN


# -- judging ----------------------------------------------------------------------------------------------------


def judge(one: Subject, wrongs: Sequence[WrongFigures], audit: Audit, tally: Tally) -> None:
    truth = {number: wrong for wrong in wrongs for number in wrong.values}
    new = (f for f in audit.findings if f.verdict is Verdict.INCONSISTENT and f.id not in one.known)
    found = [finding for finding in new if finding.severity is not Severity.INFO]
    told = {operand.fact for finding in found for check in finding.checks for operand in check.operands}
    named = {s.fact: (finding, s) for finding in found[::-1] for s in (*finding.suspects, *finding.also)}
    first = {s.fact for finding in found for s in finding.suspects[: 2 if both(finding) else 1]}
    counts = tally.counts
    counts["trials"] += 1
    counts["errors"] += len(truth)
    counts["detected"] += sum(number in told for number in truth)
    everyone = all(number in named for number in truth)
    counts["true set"] += everyone
    if not everyone:
        smaller = size_of(found) <= len(truth) and not any(finding.unexplained for finding in found)
        counts["smaller"] += smaller
        tally.misses.append(("smaller set: " if smaller else "MISSED: ") + story(one, wrongs, found, audit))
    elif not all(number in told for number in truth):
        tally.misses.append("UNDETECTED: " + story(one, wrongs, found, audit))
    counts["extra"] += sum(1 for f in found if f.suspects and not any(s.fact in truth for s in f.suspects))
    for number, wrong in truth.items():
        apart = one.signatures[number].unique and above(one, number, wrong.values[number])
        counts["apart"] += apart
        if number not in named:
            continue
        finding, suspect = named[number]
        alone = len(finding.suspects) == 1 or both(finding) or number in {s.fact for s in finding.also}
        counts["unique"] += apart and alone
        if apart and not alone:
            tally.misses.append("not alone: " + story(one, wrongs, found, audit))
        counts["first"] += number in first
        counts["cause"] += suspect.cause is not None and suspect.cause.cause is wrong.cause
        fact = one.filing.all_facts[number]
        counts["exact"] += suspect.suggested is not None and abs(suspect.suggested - fact.value) < max(1, fact.step)


def both(finding: Finding) -> bool:
    causes = [s.cause.cause for s in finding.suspects if s.cause is not None]
    return len(causes) > 1 and set(causes) == {Cause.SWAPPED}


def above(one: Subject, number: int, value: int) -> bool:
    """Whether a change is larger than all ranges of the figure's checks together."""
    return abs(value - one.filing.all_facts[number].value) > one.signatures[number].room


def size_of(found: Sequence[Finding]) -> int:
    """How many figures the findings say are wrong."""
    return sum((2 if both(f) else 1) + len(f.also) for f in found if f.suspects)


def story(one: Subject, wrongs: Sequence[WrongFigures], found: Sequence[Finding], audit: Audit) -> str:
    facts = one.filing.all_facts
    lines = [f"{one.name}:"]
    for wrong in wrongs:
        lines += [
            f"  {wrong.cause.value}: {facts[n].address} {facts[n].text} → {audit.facts[n].text}" for n in wrong.values
        ]
    for finding in found:
        who = [f"{audit.facts[s.fact].address} {s.suggested}" for s in finding.suspects[:4]]
        lines.append(f"    {finding.rule_ids} unexplained={finding.unexplained} {len(finding.suspects)} {who}")
    return "\n".join(lines)


# -- running ----------------------------------------------------------------------------------------------------


class Clock:
    """Times the localisation inside the audit."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.inner = auditing.localised
        auditing.localised = self  # type: ignore[assignment]

    def __call__(self, *arguments: Any) -> Any:
        """Localise, and keep the time."""
        start = time.thread_time()
        out = self.inner(*arguments)
        self.times.append(time.thread_time() - start)
        return out


def run(one: Subject, errors: int, tally: Tally, causes: dict[Cause, Counter[str]], clock: Clock) -> None:
    choice = random.Random(f"{one.name}{errors}")  # noqa: S311 -- planted errors, the same every time
    trials = list(planted(one, errors, choice))
    for start in range(0, len(trials), BATCH):
        batch = trials[start : start + BATCH]
        filings = [
            corrupted(one.filing, {n: v for wrong in wrongs for n, v in wrong.values.items()}) for wrongs in batch
        ]
        for wrongs, audit in zip(batch, auditing.audit_filings(filings, one.book), strict=True):
            before = Counter(tally.counts)
            judge(one, wrongs, audit, tally)
            if len(wrongs) == 1:
                causes[wrongs[0].cause].update(tally.counts - before)
    tally.times += clock.times
    clock.times.clear()


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def table(rows: Sequence[tuple[str, Counter[str], Sequence[float]]], head: str) -> None:
    print(
        f"| {head} | trials | detected | true set among suspects | missed, not by a smaller set | unique where told "
        "apart | first | cause | exact value | median | 99 % |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, c, times in rows:
        cut = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
        pace = f"{1000 * statistics.median(times):.1f} ms | {1000 * cut[98]:.1f} ms" if times else "– | –"
        missed = c["trials"] - c["true set"] - c["smaller"]
        print(
            f"| {name} | {c['trials']} | {percent(c['detected'], c['errors'])} | "
            f"{percent(c['true set'], c['trials'])} | {missed} | {percent(c['unique'], c['apart'])} | "
            f"{percent(c['first'], c['errors'])} | {percent(c['cause'], c['errors'])} | "
            f"{percent(c['exact'], c['errors'])} | {pace} |"
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--filings", type=int, default=1, help="generated filings of each family")
    asked.add_argument("--errors", type=int, nargs="+", default=[1, 2, 3])
    asked.add_argument("--seeds", type=Path, default=SEEDS)
    asked.add_argument("--show", action="store_true", help="print every miss")
    asked.add_argument("--only", default="", help="only filings whose name holds this")
    options = asked.parse_args()
    clock = Clock()
    everyone = [one for one in subjects(options.filings, options.seeds) if options.only in one.name]
    clock.times.clear()
    generated = [one for one in everyone if one.name != REAL]
    noise = sum(one.noise for one in generated)
    print(f"{len(generated)} generated filings as they are: {noise} findings above info about sums and equalities\n")
    causes: dict[Cause, Counter[str]] = defaultdict(Counter)
    rows = []
    for errors in options.errors:
        by_name: dict[str, Tally] = defaultdict(Tally)
        for one in everyone:
            run(one, errors, by_name[one.name], causes, clock)
        every = Tally()
        for tally in by_name.values():
            every.counts.update(tally.counts)
            every.times += tally.times
            every.misses += tally.misses
        rows.append((f"{errors} wrong", every.counts, every.times))
        if options.show:
            print("\n".join(every.misses))
            table([(name, tally.counts, tally.times) for name, tally in by_name.items()], f"{errors} wrong, by form")
    table(rows, "all")
    table([(cause.value, counts, []) for cause, counts in sorted(causes.items())], "one wrong, by cause")


if __name__ == "__main__":
    sys.exit(main())
