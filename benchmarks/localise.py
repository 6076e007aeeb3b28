"""How often a planted error is detected, found alone, found at all, explained by its cause, and repaired exactly.

Generated filings are printed, some figures are changed the way people do, and the findings are compared with what was
planted. Run on purpose: `python benchmarks/localise.py [FILINGS]`. A change that every check still allows is no error
and is left out; a figure that no check touches is counted as such.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from auditor.engine.audit import audit_filings
from auditor.engine.results import Mark, Severity
from auditor.engine.verdicts import Verdict
from auditor.rules.book import load_rules
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.planting import CAUSES, plant
from auditor.testing.printing import Style, filing_of_print, print_tables

if TYPE_CHECKING:
    from auditor.engine.results import Audit
    from auditor.rules.book import RuleBook
    from auditor.testing.planting import Planted

NAMES = {
    "transposed": "transposed",
    "digit": "digit",
    "dropped_digit": "dropped",
    "factor_ten": "shifted",
    "sign": "sign",
}


def failing(audit: Audit) -> list[object]:
    return [
        finding
        for finding in audit.findings
        if finding.verdict is Verdict.INCONSISTENT and finding.severity is not Severity.INFO
    ]


def trial(book: RuleBook, seed: int, errors: int, choice: random.Random, counts: Counter[str]) -> None:
    """Plant some errors in one filing and count what the audit says of them."""
    ledger = roll_up(draw_ledger(RandomSource(seed), most=4 * 10**8))
    printed = print_tables(ledger, Style(), book.forms)
    clean = audit_filings([filing_of_print(printed, Style())], book)[0]
    checked = {
        str(fact.address) for fact, mark in zip(clean.facts, clean.marks, strict=True) if mark is not Mark.UNCHECKED
    }
    places = [
        (table, row, column)
        for table, cells in printed.items()
        for (row, column), text in cells.items()
        if text.strip("0.-") and text
    ]
    planted: list[Planted] = []
    for table, row, column in choice.sample(places, min(errors * 3, len(places))):
        if len(planted) < errors:
            one = plant(printed, table, row, column, choice.choice(CAUSES))
            planted += [one] if one is not None else []
    if len(planted) < errors:
        return
    start = time.perf_counter()
    audit = audit_filings([filing_of_print(printed, Style())], book)[0]
    counts["ms"] += round((time.perf_counter() - start) * 1000)
    counts["trials"] += 1
    addresses = {f"{p.table}[{p.row}].{p.column}".replace("[].", ".").removesuffix("."): p for p in planted}
    named = {str(audit.facts[s.fact].address): (s, f) for f in failing(audit) for s in f.suspects}
    told = {str(audit.facts[o.fact].address) for f in failing(audit) for check in f.checks for o in check.operands}
    for address, one in addresses.items():
        counts["figures"] += 1
        if address not in checked:
            counts["uncovered"] += 1
            continue
        counts["covered"] += 1
        counts["detected"] += address in told
        if address not in named:
            continue
        suspect, finding = named[address]
        counts["among"] += 1
        counts["unique"] += len(finding.suspects) == 1
        counts["cause"] += suspect.cause is not None and suspect.cause.cause.value == NAMES[one.cause]
        fact = audit.facts[suspect.fact]
        step = max(1, fact.own_step)
        true = round(float(one.true.replace(",", "")) * 10**fact.decimals) if one.true else 0
        counts["exact"] += suspect.suggested is not None and suspect.suggested // step == true


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    book = load_rules()
    print("errors  planted  covered  detected  among suspects  alone  cause  exact value   ms")
    for errors in (1, 2, 3):
        counts: Counter[str] = Counter()
        choice = random.Random(errors)  # noqa: S311 -- planted errors, the same every time
        for seed in range(size):
            trial(book, seed, errors, choice, counts)
        covered = max(1, counts["covered"])
        shares = [f"{100 * counts[name] / covered:6.1f}%" for name in ("detected", "among", "unique", "cause", "exact")]
        mean = counts["ms"] / max(1, counts["trials"])
        print(f"{errors:6}  {counts['figures']:7}  {counts['covered']:7}  {'  '.join(shares)}  {mean:8.1f}")


if __name__ == "__main__":
    main()
