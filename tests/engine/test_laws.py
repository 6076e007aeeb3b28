"""Laws of the engine over generated ledgers."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from auditor.api import Filing
from auditor.engine.audit import audit_filings
from auditor.engine.facts.chunk import Chunk
from auditor.engine.findings import Severity
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Verdict
from auditor.model.facts import FilingKey
from auditor.model.filing import Filing as ReadFiling
from auditor.model.numbers import State, decimal_text
from auditor.model.units import FEN_PER, Rounding
from auditor.rules.rule import RuleKind
from auditor.testing.layouts import TextWriter
from auditor.testing.ledger import Ledger, RandomSource, draw_ledger, roll_up
from auditor.testing.models import Model
from auditor.testing.printed_ledger import Style, facts_of_ledgers, filing_of_print, print_tables
from auditor.testing.strategies import ledgers, styles
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import rule_book

HINTS_ALLOWED = {"FA-X-25"}  # says "usually", and a ledger may hold a non-fiscal opening balance


def filing_of(ledger: Ledger, style: Style) -> ReadFiling:
    return filing_of_print(print_tables(roll_up(ledger), style, rule_book().forms), style)


def verdicts(filing: ReadFiling, mode: Rounding = Rounding.HALF_UP) -> Counter[tuple[str, Verdict]]:
    evaluation = evaluate(rule_book().all_plans(), Chunk.of([filing], rule_book().forms, mode))
    out: Counter[tuple[str, Verdict]] = Counter()
    for outcome in evaluation.outcomes:
        out.update((outcome.plan.rule.id, Verdict(int(v))) for v in outcome.verdict)
    return out


def contradictions(filing: ReadFiling, mode: Rounding = Rounding.HALF_UP) -> set[str]:
    return {rule for rule, verdict in verdicts(filing, mode) if verdict is Verdict.INCONSISTENT} - HINTS_ALLOWED


ROUNDED = (Model.LEDGER,)  # forced totals and sums of rounded leaves are lawful beyond what rounding alone allows


@given(ledger=ledgers(), style=styles(models=ROUNDED))
def test_a_rounded_ledger_is_never_inconsistent(ledger: Ledger, style: Style) -> None:
    assert contradictions(filing_of(ledger, style)) == set()


@pytest.mark.slow
@given(ledger=ledgers(), style=styles(rounding=Rounding.TRUNCATE, models=ROUNDED))
@settings(max_examples=20)
def test_a_truncated_ledger_is_never_inconsistent_when_read_as_truncated(ledger: Ledger, style: Style) -> None:
    assert contradictions(filing_of(ledger, style), Rounding.TRUNCATE) == set()


@pytest.mark.slow
@given(seed=st.integers(0, 500), pick=st.integers(0, 10**6), up=st.booleans())
def test_a_change_beyond_the_range_is_always_inconsistent(seed: int, pick: int, up: bool) -> None:
    filing = filing_of(draw_ledger(RandomSource(seed), most=10**9), Style())
    evaluation = evaluate(rule_book().all_plans(), Chunk.of([filing], rule_book().forms))
    checked, _ = evaluation.marks
    positions = [p for p, fact in enumerate(filing.facts) if checked[p] and fact.is_figure]
    fact = filing.facts[positions[pick % len(positions)]]
    beyond = (len(filing.facts) + 2) * fact.step * (1 if up else -1)  # more than any sum's range can hold
    text = decimal_text(fact.value + beyond, FEN_PER["万元"], 2)
    for table in filing.tables:
        table.facts = [
            replace(f, state=State.VALUE, value=fact.value + beyond, text=text) if f is fact else f for f in table.facts
        ]
    logical = {r.id for r in rule_book().rules if r.kind is RuleKind.LOGICAL}
    assert contradictions(filing) & logical


@pytest.mark.slow
@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_order_of_facts_tables_and_rules_changes_nothing(seed: int) -> None:
    shuffled = random.Random(seed)  # noqa: S311
    filing = filing_of(draw_ledger(RandomSource(seed), most=10**7), Style())
    before = verdicts(filing)
    for table in filing.tables:
        shuffled.shuffle(table.facts)
    shuffled.shuffle(filing.tables)
    after = verdicts(filing)
    ordered = {"FA-TREE-03"}  # speaks of the order itself
    assert {k: v for k, v in before.items() if k[0] not in ordered} == {
        k: v for k, v in after.items() if k[0] not in ordered
    }
    plans = rule_book().all_plans()
    shuffled.shuffle(plans)
    chunk = Chunk.of([filing], rule_book().forms)
    assert (evaluate(plans, chunk).counts() == evaluate(rule_book().all_plans(), chunk).counts()).all()


@pytest.mark.slow
@given(ledger=ledgers())
@settings(max_examples=15)
def test_the_unit_of_measure_changes_nothing(ledger: Ledger) -> None:
    in_wan = filing_of(ledger, Style("万元", 4))
    in_yuan = filing_of(ledger, Style("元", 0))
    assert verdicts(in_wan) == verdicts(in_yuan)


@pytest.mark.slow
@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_the_order_of_columns_changes_nothing(seed: int) -> None:
    printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=10**8)), Style(), rule_book().forms)
    frames = {}
    for name in ("收入决算表", "支出决算表", "一般公共预算支出表"):
        rows: dict[str, dict[str, str]] = {}
        for (row, column), text in printed[name].items():
            rows.setdefault(row, {})[column] = text
        frame = pd.DataFrame.from_dict(rows, orient="index")
        frame.insert(0, "科目编码", [row if row.isdigit() else "" for row in rows])
        frame.insert(1, "科目名称", [row if not row.isdigit() else f"科目{row}" for row in rows])
        frames[name] = frame.reset_index(drop=True)
    shuffled = random.Random(seed)  # noqa: S311
    moved = {}
    for name, frame in frames.items():
        columns = list(frame.columns[2:])
        shuffled.shuffle(columns)
        moved[name] = frame[["科目编码", "科目名称", *columns]]
    first = Filing.from_frames(frames, entity="示例", year=2023, forms=rule_book().forms)
    second = Filing.from_frames(moved, entity="示例", year=2023, forms=rule_book().forms)
    assert {(f.address, f.value) for f in first.facts} == {(f.address, f.value) for f in second.facts}
    assert verdicts(first) == verdicts(second)


@pytest.mark.slow
def test_one_filing_and_many_give_the_same_verdicts() -> None:
    rolled = [roll_up(draw_ledger(RandomSource(seed), most=10**8)) for seed in range(12)]
    facts, infos = facts_of_ledgers(rolled, Style(), rule_book().forms)
    together = evaluate(rule_book().all_plans(), Chunk(infos, facts, rule_book().forms)).counts()
    for number, tables in enumerate(rolled):
        alone, info = facts_of_ledgers([tables], Style(), rule_book().forms)
        assert (
            evaluate(rule_book().all_plans(), Chunk(info, alone, rule_book().forms)).counts()[0] == together[number]
        ).all()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_a_printed_document_reads_back_as_its_figures(seed: int) -> None:
    from auditor.readers.text.plain_text import read
    from auditor.reading.filings import filing_of as filing_of_document

    style = Style(zeros=State.BLANK if seed % 2 else State.ZERO)
    printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=10**8)), style, rule_book().forms)
    key = FilingKey("青山县示例中心", 2023, "final_accounts", "unit")
    text = TextWriter(rule_book().forms, style, key).document(printed)
    filing = filing_of_document(read(text.encode(), file="a.txt", sha256=""), rule_book().forms)
    assert filing.key == key
    assert filing.unread == []
    read_back = {(f.address.table, f.address.row, f.address.column): f.text for f in filing.facts}
    expected = {(table, row, column): text for table, cells in printed.items() for (row, column), text in cells.items()}
    assert {k: v for k, v in read_back.items() if k in expected} == expected
    assert all(not text for place, text in read_back.items() if place not in expected)


def test_the_ledger_of_checks_adds_up() -> None:
    filing = filing_of(draw_ledger(RandomSource(3), most=10**8), Style())
    (audit,) = audit_filings([filing], rule_book())
    assert audit.ledger.checks == sum(audit.ledger[verdict] for verdict in Verdict)
    assert audit.count(Severity.ERROR) == 0
    assert audit.confirmed <= audit.checked <= audit.printed


def test_an_alternative_that_the_form_does_not_print_contradicts_nothing() -> None:
    """Less read, less said: income without carry-over is not the expenditure, and the column that is was not printed."""
    heads = [("收入", "项目"), ("收入", "预算数"), ("支出", "项目"), ("支出", "预算数")]
    lanes = [
        ["一、一般公共预算拨款", "451.84", "一、一般公共服务支出", "463.34"],
        ["上年结转", "11.50", "", ""],
        ["收入总计", "463.34", "支出总计", "463.34"],
    ]
    codes = {
        "科目编码": ["", "201"],
        "科目名称": ["合计", "一般公共服务支出"],
        "总计": ["463.34", "463.34"],
        "基本支出": ["463.34", "463.34"],
        "项目支出": ["0", "0"],
    }
    filing = Filing.from_frames(
        {
            "财政拨款收支总表": pd.DataFrame(lanes, columns=pd.MultiIndex.from_tuples(heads)),
            "一般公共预算支出预算表": pd.DataFrame(codes),
        },
        entity="示例",
        year=2026,
        report="budget",
        forms=rule_book().forms,
    )
    filing.family = "全国预算"
    (audit,) = audit_filings([filing], rule_book())
    assert not [finding.rule.id for finding in audit.findings]


def test_the_right_name_of_another_row_is_no_misspelling() -> None:
    """本年收入合计 is not 收入合计, which holds what was carried over too: unread rather than misread."""
    heads = [("收入", "项目"), ("收入", "预算数"), ("支出", "项目"), ("支出", "预算数")]
    lanes = [
        ["一、一般公共预算拨款", "451.84", "一、一般公共服务支出", "463.34"],
        ["本年收入合计", "451.84", "本年支出合计", "463.34"],
    ]
    frame = pd.DataFrame(lanes, columns=pd.MultiIndex.from_tuples(heads))
    filing = Filing.from_frames(
        {"财政拨款收支总表": frame}, entity="示例", year=2026, report="budget", forms=rule_book().forms
    )
    rows = {fact.address.row for fact in filing.facts if fact.address.table == "财政拨款收支预算总表"}
    assert rows
    assert not {row for row in rows if row.endswith(("收入合计", "支出合计"))}
