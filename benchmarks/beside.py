"""The engine beside other validators, on the same figures and identities: dpm-xl, pandera, frictionless.

Run on purpose (`make bench`; they come with the extra `auditor[bench]`). Identities of 收入支出决算总表 over generated
filings with planted errors. A speed is told only for an engine that finds exactly the same failing identities. Of the
others dpm-xl alone names the operands of an identity that fails; none names the figure behind it.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import pandas as pd
from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.rules.book import load_rules
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import Style, facts_of_ledgers

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = "收入支出决算总表"
FILINGS, WRONG, ROUNDS = 2048, 300, 3
SLOW = 4  # of the filings, an engine that goes row by row gets one part in so many
Failing = set[tuple[int, str]]


def identities(names: list[str]) -> dict[str, tuple[str, list[str]]]:
    """Rule → total and parts, written down once more for the other engines."""
    classes = [name for name in names if name.startswith("支出/") and name.removeprefix("支出/").isdigit()]
    starts = ["收入/本年收入合计", "收入/使用非财政拨款结余", "收入/年初结转和结余"]
    ends = ["支出/本年支出合计", "支出/结余分配", "支出/年末结转和结余"]
    return {
        "FA-T01-02": ("收入/总计", [name for name in starts if name in names]),
        "FA-T01-03": ("支出/本年支出合计", classes),
        "FA-T01-04": ("支出/总计", [name for name in ends if name in names]),
    }


def best(work: Callable[[], Failing]) -> tuple[Failing, float]:
    """What an engine finds, and its best time."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
    return found, min(times)


def main() -> None:
    book = load_rules()
    ledgers = [roll_up(draw_ledger(RandomSource(seed))) for seed in range(FILINGS)]
    facts, infos = facts_of_ledgers(ledgers, Style(), book.forms)
    rows = np.nonzero(facts.table == facts.tables.index(TABLE))[0]
    choice = random.Random(7)  # noqa: S311 — where the errors stand
    for position in choice.sample([int(p) for p in rows if facts.value[p]], WRONG):
        facts.value[position] += 5_000_000  # 5 万元
    names = [facts.rows[row] for row in facts.row[rows]]
    long = pd.DataFrame({"filing": facts.filing[rows], "row": names, "value": facts.value[rows]})
    frame = long.pivot_table(index="filing", columns="row", values="value", fill_value=0, aggfunc="first")
    frame = frame.astype("int64")
    wanted = identities(list(frame.columns))
    half = int(facts.step[rows].max()) // 2
    plans = [plan for plan in book.all_plans() if plan.rule.id in wanted]

    alone = facts.take(rows)  # of the table that the others are given, and no more

    def ours() -> Failing:
        evaluation = evaluate(plans, Chunk(infos, alone, book.forms))
        return {
            (int(outcome.filing[check]), outcome.plan.rule.id)
            for outcome in evaluation.outcomes
            for check in np.nonzero(outcome.verdict == Verdict.INCONSISTENT)[0]
        }

    found, seconds = best(ours)
    pace = FILINGS * len(wanted) / seconds
    print(f"{FILINGS} filings, {len(wanted)} identities each, {WRONG} planted errors, {len(found)} identities fail")
    print(f"{'auditor (bind and judge)':32}{pace:14,.0f} checks a second")
    engines = (
        ("dpm-xl, columnar", with_dpm_xl, 1),
        ("pandera", with_pandera, 1),
        ("frictionless", with_frictionless, SLOW),
    )
    for name, make, share in engines:
        part = frame.iloc[: len(frame) // share]
        try:
            other, taken = best(make(part, wanted, half))
        except ImportError:
            print(f"{name:32}{'not installed':>14}")
            continue
        mine = {(filing, rule) for filing, rule in found if filing in set(part.index)}
        if other != mine:
            print(f"{name:32}{'other findings':>14}: not compared")
            continue
        speed = len(part) * len(wanted) / taken
        print(f"{name:32}{speed:14,.0f} checks a second, same findings; auditor: {pace / speed:.1f} times")


Wanted = dict[str, tuple[str, list[str]]]


def with_dpm_xl(frame: pd.DataFrame, wanted: Wanted, half: int) -> Callable[[], Failing]:
    """An open table with a row per filing; every figure known to half of its last digit, as here."""
    import polars as pl
    from dpmxl import columnar
    from dpmxl.provider import axis_matcher

    codes = {name: f"{number:04}" for number, name in enumerate(frame.columns, 1)}
    filings = pl.Series([str(index) for index in frame.index])
    columns = {
        code: pl.DataFrame(
            {
                "cell": filings,
                "r": pl.Series([None] * len(frame), dtype=pl.String),
                "c": [code] * len(frame),
                "s": pl.Series([None] * len(frame), dtype=pl.String),
                "k:qFIL": filings,
                "num": pl.Series(frame[name].to_numpy()).cast(columnar.DEC),
                "thr": pl.Series([half] * len(frame)).cast(columnar.DEC),
                "txt": pl.Series([None] * len(frame), dtype=pl.String),
                "flag": pl.Series([None] * len(frame), dtype=pl.Boolean),
            }
        )
        for name, code in codes.items()
    }

    class Provider:
        def select_frame(self, query: Any) -> Any:
            fits = axis_matcher(query.columns)
            return pl.concat([some for code, some in columns.items() if fits(code)])

        def table_reported(self, _: str) -> bool:
            return True

        def parameter(self, _: str) -> None:
            return None

    rules = {
        rule: f"with {{tT, interval: true}}: {{c{codes[total]}}} = {' + '.join(f'{{c{codes[p]}}}' for p in parts)}"
        for rule, (total, parts) in wanted.items()
    }

    def run() -> Failing:
        cache = columnar.FrameCache()
        found: Failing = set()
        for rule, text in rules.items():
            result = columnar.evaluate_rule_columnar(text, Provider(), cache=cache)
            assert result.failing_frame is not None, result
            found |= {(int(filing), rule) for filing in result.failing_frame["qFIL"].to_list()}
        return found

    return run


def with_pandera(frame: pd.DataFrame, wanted: Wanted, half: int) -> Callable[[], Failing]:
    import pandera.pandas as pa

    def check(total: str, parts: list[str]) -> Callable[[pd.DataFrame], pd.Series[bool]]:
        return lambda df: (df[total] - df[parts].sum(axis=1)).abs() <= half * (len(parts) + 1)

    schema = pa.DataFrameSchema(checks=[pa.Check(check(*of), name=rule) for rule, of in wanted.items()])

    def run() -> Failing:
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            cases = error.failure_cases
            return {(int(index), str(rule)) for index, rule in zip(cases["index"], cases["check"], strict=True)}
        return set()

    return run


def with_frictionless(frame: pd.DataFrame, wanted: Wanted, half: int) -> Callable[[], Failing]:
    from frictionless import Checklist, Resource, checks

    short = {name: f"c{number}" for number, name in enumerate(frame.columns)}
    rules = {}
    for rule, (total, parts) in wanted.items():
        gap = f"{short[total]} - ({' + '.join(short[part] for part in parts)})"
        room = half * (len(parts) + 1)
        rules[f"{gap} <= {room} and {gap} >= -{room}"] = rule
    data = [list(short.values()), *frame.to_numpy().tolist()]
    index = list(frame.index)

    def run() -> Failing:
        checklist = Checklist(checks=[checks.row_constraint(formula=text) for text in rules])
        report = Resource(data=data).validate(checklist, limit_errors=10**6)
        return {
            (int(index[error.row_number - 2]), next(rule for text, rule in rules.items() if text in error.note))
            for task in report.tasks
            for error in task.errors
            if error.type == "row-constraint"
        }

    return run


if __name__ == "__main__":
    main()
