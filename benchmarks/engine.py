"""How many checks per second the engine binds and judges, over generated filings whose codes and rows differ.

Run on purpose (`make bench`), never asserted in tests.
"""

from __future__ import annotations

import resource
import statistics
import time

from auditor.engine.chunk import Chunk
from auditor.engine.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.rules.book import load_rules
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printing import Style, facts_of_ledgers

CHUNK = 2048
ROUNDS = 7


def main() -> None:
    book = load_rules()
    plans = [
        plan
        for plan in book.all_plans()
        if not book.forms.tables.get(plan.table) or book.forms.tables[plan.table].report == "final_accounts"
    ]
    style = Style()
    chunks = []
    for number in range(3):
        ledgers = [roll_up(draw_ledger(RandomSource(number * CHUNK + seed))) for seed in range(CHUNK)]
        chunks.append(facts_of_ledgers(ledgers, style, book.forms))
    facts = sum(len(facts) for facts, _ in chunks)
    rates, checks = [], 0
    memory = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        checks = 0
        for table, infos in chunks:
            evaluation = evaluate(plans, Chunk(infos, table, book.forms))
            counts = evaluation.counts().sum(axis=0)
            evaluation.marks()
            checks += int(counts[: Verdict.NOT_EVALUATED].sum())
        rates.append(checks / (time.perf_counter() - start))
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    filings = CHUNK * len(chunks)
    print(
        f"filings {filings}, facts per filing {facts / filings:.0f}, evaluated checks per filing {checks / filings:.0f}"
    )
    print(f"checks per second, bound and judged: median {statistics.median(rates):,.0f} (best {max(rates):,.0f})")
    print(f"peak memory after each round of {filings} filings, MB: {memory}")


if __name__ == "__main__":
    main()
