"""The long run over generated filings: as figures, and as documents of every format; what is found in clean ones.

    python benchmarks/generated.py [--figures 100000] [--documents 2000] [--seconds N] [--first SEED]

Clean filings must give nothing above info, and what is planted in every second document must be found. Every
counterexample is printed with its seed. Deterministic for the same numbers; `--seconds` ends each part early.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from auditor.engine.audit import audit_filings
from auditor.engine.facts.chunk import Chunk
from auditor.engine.findings import Severity
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.rules.book import RuleBook, load_rules
from auditor.rules.rule import RuleKind
from auditor.testing.families import printable
from auditor.testing.files import FORMATS
from auditor.testing.filings import read_back
from auditor.testing.generating import MOST, generated, style_of
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import FAMILY, facts_of_ledgers

CHUNK = 1000
SHOWN = 40


def figures(book: RuleBook, count: int, seconds: float, first: int) -> None:
    """Ledgers printed straight into tables of facts, a style for every chunk."""
    plans = book.all_plans()
    logical = {rule.id for rule in book.rules if rule.kind is RuleKind.LOGICAL}
    start, done, checks = time.perf_counter(), 0, 0
    wrong: Counter[str] = Counter()
    for seed in range(first, first + count, CHUNK):
        if time.perf_counter() - start > seconds:
            break
        choice = random.Random(seed)  # noqa: S311 -- generated figures, the same every time
        style, most = style_of(choice), choice.choice(MOST)
        size = min(CHUNK, first + count - seed)
        ledgers = (roll_up(draw_ledger(RandomSource(seed + n), most=most)) for n in range(size))
        facts, infos = facts_of_ledgers(ledgers, style, book.forms)
        evaluation = evaluate(plans, Chunk(infos, facts, book.forms))
        checks += int(evaluation.counts()[:, : Verdict.INCONSISTENT + 1].sum())
        for outcome in evaluation.outcomes:
            bad = outcome.filing[outcome.verdict == Verdict.INCONSISTENT]
            if len(bad) and outcome.plan.rule.id in logical:
                wrong[outcome.plan.rule.id] += len(bad)
                print(f"  {outcome.plan.rule.id}: seed {seed + int(bad[0])} of {seed}, {style}")
        done += size
    took = time.perf_counter() - start
    print(
        f"{done} filings as figures, {checks} checks judged, {sum(wrong.values())} of rules that must hold "
        f"contradicted {dict(wrong)}, {took:.0f} s"
    )


def documents(book: RuleBook, count: int, seconds: float, first: int) -> None:
    """Documents of every family and format in turn, every second one with two defects."""
    families = printable(book)
    start = time.perf_counter()
    done: Counter[str] = Counter()
    loud: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    shown = 0
    for number in range(first, first + count):
        if time.perf_counter() - start > seconds:
            break
        form = FORMATS[number % len(FORMATS)]
        family = FAMILY if number % 3 else families[number // 3 % len(families)]
        made = generated(book, number, plant=2 * (number % 2), family=family)
        (audit,) = audit_filings([read_back(made.draft, book.forms, form)], book)
        found = [f for f in audit.findings if f.severity is not Severity.INFO]
        done[form] += 1
        if made.planted:
            planted["filings"] += 1
            planted["found"] += bool(found)
            if not found and shown < SHOWN:
                print(f"  nothing found: number {number}, {form}, {family}: {[one.cause for one in made.planted]}")
        else:
            loud["filings"] += 1
            loud["accused"] += bool(found)
            loud["unread"] += bool(audit.filing.unread)
            if (found or audit.filing.unread) and shown < SHOWN:
                shown += 1
                what = [f"{f.rule.id} {f.main.statement}" for f in found][:3]
                print(f"  clean: number {number}, {form}, {family}: {what} unread {len(audit.filing.unread)}")
    took = time.perf_counter() - start
    print(f"{sum(done.values())} documents {dict(done)}, {took:.0f} s")
    print(f"  clean: {dict(loud)}; with defects: {dict(planted)}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--figures", type=int, default=100_000)
    asked.add_argument("--documents", type=int, default=2000)
    asked.add_argument("--seconds", type=float, default=float("inf"))
    asked.add_argument("--first", type=int, default=0)
    options = asked.parse_args()
    book = load_rules()
    figures(book, options.figures, options.seconds, options.first)
    documents(book, options.documents, options.seconds, options.first)


if __name__ == "__main__":
    sys.exit(main())
