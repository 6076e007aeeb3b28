"""Checks per second over figures read from the store: the engine beside what it takes to fetch them.

    python benchmarks/stored.py [--filings 100000]

Generated filings are written to a store (DuckDB, its own schema) and read back in batches; every batch is bound and
judged as a screening would. Memory is told as the number grows.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import duckdb
import numpy as np
import pandas as pd
from auditor.engine.facts.chunk import Chunk, FilingInfo, Status
from auditor.engine.facts.fact_table import STATE_CODE, FactTable
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.model.facts import FilingKey
from auditor.model.numbers import State
from auditor.rules.book import RuleBook, load_rules
from auditor.screening.store_schema import ddl
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import FAMILY, Style, facts_of_ledgers

BATCH = 2000
POOLS = ("form", "item", "heading")


def write(engine: duckdb.DuckDBPyConnection, book: RuleBook, filings: int) -> int:
    """Write generated filings into the table of figures; return how many figures there are."""
    engine.execute(ddl("figures"))
    figures = 0
    for start in range(0, filings, BATCH):
        ledgers = (roll_up(draw_ledger(RandomSource(start + n))) for n in range(min(BATCH, filings - start)))
        facts, _ = facts_of_ledgers(ledgers, Style(), book.forms)
        lines = pd.DataFrame(
            {
                "number": facts.filing + start,
                "occurrence": facts.occurrence,
                "value": facts.value,
                "step": facts.step,
                **{
                    name: pd.Categorical.from_codes(codes, pool)
                    for name, codes, pool in zip(
                        POOLS,
                        (facts.table, facts.row, facts.column),
                        (facts.tables, facts.rows, facts.columns),
                        strict=True,
                    )
                },
            }
        )
        engine.register("lines", lines)
        engine.execute(
            "INSERT INTO figures (partition, filing, entity, year, report, edition, form, item, heading, occurrence, "
            "kind, value, step, unit) SELECT (number // 32)::VARCHAR, lpad(number::VARCHAR, 9, '0'), "
            "'单位' || number, 2023, 'final_accounts', 'unit', form, item, heading, occurrence, 'amount', value, step, "
            "'万元' FROM lines"
        )
        engine.unregister("lines")
        figures += len(facts)
    return figures


def fetch(engine: duckdb.DuckDBPyConnection, start: int, end: int) -> tuple[FactTable, list[FilingInfo]]:
    """The figures of some filings as the engine takes them."""
    columns = ", ".join(f"{name}::{name}s AS {name}" for name in POOLS)
    data = engine.execute(
        f"SELECT filing::INTEGER AS number, {columns}, occurrence, value, step FROM figures "  # noqa: S608 — our names
        "WHERE filing >= ? AND filing < ? ORDER BY filing",
        [f"{start:09}", f"{end:09}"],
    ).df()
    value, step = data["value"].to_numpy(np.int64), data["step"].to_numpy(np.int64)
    table, row, column = (data[name].cat.codes.to_numpy(np.int32) for name in POOLS)
    tables, rows, headings = (list(map(str, data[name].cat.categories)) for name in POOLS)
    state = np.where(value != 0, STATE_CODE[State.VALUE], STATE_CODE[State.ZERO]).astype(np.uint8)
    facts = FactTable(
        tables,
        rows,
        headings,
        data["number"].to_numpy(np.int32) - np.int32(start),
        table,
        row,
        column,
        data["occurrence"].to_numpy(np.int32),
        state,
        value,
        step,
        step,
        np.zeros((0, 6), dtype=np.int64),
    )
    read = dict.fromkeys(tables, Status.READ)
    infos = [
        FilingInfo(FilingKey(f"单位{n}", 2023, "final_accounts", "unit"), FAMILY, "", read) for n in range(start, end)
    ]
    return facts, infos


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--filings", type=int, default=100_000)
    filings = parser.parse_args().filings
    book = load_rules()
    plans = book.all_plans()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "screening.duckdb"
        engine = duckdb.connect(str(path), config={"memory_limit": "1GB", "preserve_insertion_order": "false"})
        start = time.perf_counter()
        figures = write(engine, book, filings)
        for name in POOLS:
            engine.execute(f"CREATE TYPE {name}s AS ENUM (SELECT DISTINCT {name} FROM figures)")  # noqa: S608
        engine.execute("CHECKPOINT")
        size = path.stat().st_size / 1e6
        print(f"{filings} filings, {figures} figures, {size:.0f} MB, written in {time.perf_counter() - start:.0f} s")
        fetching = judging = 0.0
        checks = wrong = 0
        memory = []
        for first in range(0, filings, BATCH):
            begin = time.perf_counter()
            facts, infos = fetch(engine, first, min(first + BATCH, filings))
            middle = time.perf_counter()
            counts = evaluate(plans, Chunk(infos, facts, book.forms)).counts().sum(axis=0)
            judging += time.perf_counter() - middle
            fetching += middle - begin
            checks += int(counts[: Verdict.NOT_EVALUATED].sum())
            wrong += int(counts[Verdict.INCONSISTENT])
            if (first // BATCH + 1) % max(1, filings // BATCH // 4) == 0:
                memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        engine.close()
    print(f"{checks} checks, {wrong} contradicted (questions too); read in {fetching:.0f} s, judged in {judging:.0f} s")
    print(f"checks per second: {checks / (fetching + judging):,.0f} read and judged, {checks / judging:,.0f} judged")
    print(f"peak memory after each quarter, MB: {memory}")


if __name__ == "__main__":
    main()
