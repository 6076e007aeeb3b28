"""How many checks per second the engine binds and judges, over generated filings whose codes and rows differ.

Run on purpose (`make bench`), never asserted in tests. The filings stream through in chunks, so that memory does not
depend on their number.
"""

from __future__ import annotations

import resource
import statistics
import time
from typing import TYPE_CHECKING

from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.rules.book import load_rules
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import Style, facts_of_ledgers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.engine.facts.fact_table import FactTable
    from auditor.rules.book import RuleBook

CHUNK = 2048
CHUNKS = 6
ROUNDS = 3  # each chunk is judged this often; the best time counts


def chunks(book: RuleBook) -> Iterator[tuple[FactTable, list[object]]]:
    for number in range(CHUNKS):
        ledgers = [roll_up(draw_ledger(RandomSource(number * CHUNK + seed))) for seed in range(CHUNK)]
        yield facts_of_ledgers(ledgers, Style(), book.forms)


def main() -> None:
    book = load_rules()
    plans = [
        plan
        for plan in book.all_plans()
        if not book.forms.tables.get(plan.table) or book.forms.tables[plan.table].report == "final_accounts"
    ]
    facts = checks = 0
    judged, counted, memory = [], [], []
    for table, infos in chunks(book):
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            evaluation = evaluate(plans, Chunk(infos, table, book.forms))
            middle = time.perf_counter()
            counts = evaluation.counts().sum(axis=0)
            _ = evaluation.marks
            times.append((middle - start, time.perf_counter() - start))
        found = int(counts[: Verdict.NOT_EVALUATED].sum())
        judged.append(found / min(bound for bound, _ in times))
        counted.append(found / min(whole for _, whole in times))
        facts, checks = facts + len(table), checks + found
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    filings = CHUNK * CHUNKS
    print(f"{filings} filings: {facts / filings:.0f} figures and {checks / filings:.0f} evaluated checks each")
    print(f"checks per second, bound and judged:           {statistics.median(judged):,.0f} (best {max(judged):,.0f})")
    print(
        f"checks per second, with ledger and cell marks: {statistics.median(counted):,.0f} (best {max(counted):,.0f})"
    )
    print(f"peak memory after each {CHUNK} filings, MB:      {memory}")


if __name__ == "__main__":
    main()
