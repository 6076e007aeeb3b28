"""The worked examples of how printed figures are judged, through rules and engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Note, Verdict
from auditor.model.facts import Address, FilingKey, Place, fact_of
from auditor.model.filing import Filing, ReadTable
from auditor.model.numbers import parse_literal
from auditor.model.rates import growth_bounds, growth_by_change_bounds, judge_ratio, share_bounds
from auditor.model.units import PERCENT_SCALE, Kind, Range, printed_range, zero_range

if TYPE_CHECKING:
    from auditor.rules.book import RuleBook


def verdict_of(
    book: RuleBook, rule: str, figures: dict[str, str], unit: str = "万元", report: str = "final_accounts"
) -> tuple[Verdict, Note]:
    """Judge one rule on figures given by full address; the table's fine precision follows from all of them."""
    filing = Filing(FilingKey("示例单位", 2023, report, "unit"))
    tables: dict[str, ReadTable] = {}
    addresses = {text: _address(text) for text in figures}
    for name in dict.fromkeys(address.table for address in addresses.values()):
        tables[name] = ReadTable(name, name, Place(), unit=unit)
    fine = {
        name: max(parse_literal(figures[t]).decimals for t, a in addresses.items() if a.table == name)
        for name in tables
    }
    for text, address in addresses.items():
        literal = parse_literal(figures[text])
        tables[address.table].facts.append(
            fact_of(literal, address, kind=Kind.AMOUNT, unit=unit, fine_decimals=fine[address.table], place=Place())
        )
    filing.tables = list(tables.values())
    evaluation = evaluate(book.plans(book.by_id[rule]), Chunk.of([filing], book.forms))
    judged = [
        (Verdict(int(v)), Note(int(n)))
        for outcome in evaluation.outcomes
        for v, n in zip(outcome.verdict, outcome.note, strict=True)
        if v <= Verdict.INCONSISTENT
    ]
    assert judged, "the rule did not bind"
    return max(judged)


def _address(text: str) -> Address:
    table, _, rest = text.partition("[")
    row, _, column = rest.partition("]")
    return Address(table, row, column.lstrip("."))


def code_table(table: str, column: str, rows: dict[str, str]) -> dict[str, str]:
    return {f"{table}[{row}].{column}": text for row, text in rows.items()}


TREE = ("支出决算表", "基本支出")


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        (
            {"20805": "418.26", "2080501": "6.30", "2080502": "84.55", "2080505": "77.42", "2080599": "250.00"},
            "ROUNDING",
        ),
        ({"20805": "100.0", "2080501": "60.0", "2080505": "39.9"}, "ROUNDING"),
        ({"20805": "10000", "2080501": "6000", "2080505": "3995.50"}, "INCONSISTENT"),
        (
            {"20805": "418.27", "2080501": "6.30", "2080502": "84.55", "2080505": "77.42", "2080599": "250.00"},
            "CONSISTENT",
        ),
        (
            {"20805": "418.24", "2080501": "6.30", "2080502": "84.55", "2080505": "77.42", "2080599": "250.00"},
            "INCONSISTENT",
        ),
    ],
)
def test_a_sum_may_be_off_by_what_rounding_allows(book: RuleBook, rows: dict[str, str], verdict: str) -> None:
    assert verdict_of(book, "FA-TREE-01", code_table(*TREE, rows))[0] is Verdict[verdict]


def test_a_total_without_decimals_over_parts_with_them_is_rounding(book: RuleBook) -> None:
    rows = {"20805": "79189400.34", "2080501": "12604173", "2080502": "1744680", "2080505": "64840547"}
    assert verdict_of(book, "FA-TREE-01", code_table(*TREE, rows), "元") == (Verdict.ROUNDING, Note.OWN_PRECISION)


def test_a_gap_of_one_fen_in_yuan_is_an_error(book: RuleBook) -> None:
    rows = {"20805": "100.01", "2080501": "60.00", "2080505": "40.00"}
    assert verdict_of(book, "FA-TREE-01", code_table(*TREE, rows), "元")[0] is Verdict.INCONSISTENT


def test_zeros_may_hide_a_remainder_and_blanks_may_not(book: RuleBook) -> None:
    zeros = {"20805": "0.01", "2080501": "0.00", "2080502": "0.00", "2080505": "0.00"}
    assert verdict_of(book, "FA-TREE-01", code_table(*TREE, zeros)) == (Verdict.ROUNDING, Note.HIDDEN_IN_ZEROS)
    blanks = zeros | dict.fromkeys(["2080501", "2080502", "2080505"], "")
    assert verdict_of(book, "FA-TREE-01", code_table(*TREE, blanks))[0] is Verdict.INCONSISTENT


def test_the_two_sides_of_a_balance_must_be_equal(book: RuleBook) -> None:
    sides = {"收入支出决算总表[收入/总计]": "655.10", "收入支出决算总表[支出/总计]": "655.11"}
    assert verdict_of(book, "FA-T01-05", sides)[0] is Verdict.INCONSISTENT


def test_the_same_quantity_in_two_tables_may_differ_by_half_its_leaves(book: RuleBook) -> None:
    leaves = {f"支出决算表[208050{n}].本年支出合计": "81.68" for n in (1, 2, 5, 6)}
    figures = {"收入支出决算总表[支出/208]": "326.71", "支出决算表[208].本年支出合计": "326.72", **leaves}
    assert verdict_of(book, "FA-X-05", figures)[0] is Verdict.ROUNDING
    figures["收入支出决算总表[支出/208]"] = "326.75"
    assert verdict_of(book, "FA-X-05", figures)[0] is Verdict.INCONSISTENT


def test_a_single_leaf_printed_twice_must_be_equal(book: RuleBook) -> None:
    figures = {"收入预算表[2080505].总计": "7.91", "支出预算表[2080505].总计": "7.90"}
    assert verdict_of(book, "BU-X-04", figures, report="budget")[0] is Verdict.INCONSISTENT


def test_two_quantities_that_are_merely_alike_may_differ_by_a_digit(book: RuleBook) -> None:
    figures = {"一般公共预算支出表[2080505].基本支出": "7.91", "基本支出明细表[30108]": "7.90"}
    assert verdict_of(book, "FA-X-31", figures)[0] is Verdict.ROUNDING
    figures["基本支出明细表[30108]"] = "7.88"
    assert verdict_of(book, "FA-X-31", figures)[0] is Verdict.INCONSISTENT


def test_improbably_many_tails_in_one_direction_are_told(book: RuleBook) -> None:
    parts = {f"302{n:02d}": "1.01" for n in range(1, 31)}
    figures = code_table("基本支出明细表", "", {"302": "30.15", **parts})
    assert verdict_of(book, "FA-TREE-01", figures) == (Verdict.ROUNDING, Note.TENSION)


def percent(text: str) -> Range:
    literal = parse_literal(text)
    value = literal.digits * PERCENT_SCALE // 10**literal.decimals
    step = PERCENT_SCALE // 10**literal.decimals
    return printed_range(value, step) if value else zero_range(step)


def amount(text: str) -> Range:
    literal = parse_literal(text)
    step = 10_000
    value = literal.digits * 1_000_000 // 10**literal.decimals
    return printed_range(value, step) if value else zero_range(step)


@pytest.mark.parametrize(
    ("before", "now", "rate", "holds"), [("0.50", "0.62", "22.22", True), ("77.99", "91.97", "17.66", False)]
)
def test_growth_is_judged_by_exact_bounds(before: str, now: str, rate: str, holds: bool) -> None:
    bounds = growth_bounds(amount(now), amount(before))
    assert bounds is not None
    assert judge_ratio(*bounds, percent(rate)) is holds


@pytest.mark.parametrize(
    ("part", "whole", "share", "holds"), [("21.15", "642.05", "3.2", False), ("3.17", "12.40", "25.61", True)]
)
def test_a_share_is_judged_by_exact_bounds(part: str, whole: str, share: str, holds: bool) -> None:
    bounds = share_bounds(amount(part), amount(whole))
    assert bounds is not None
    assert judge_ratio(*bounds, percent(share)) is holds


def test_growth_from_the_printed_change_has_its_own_bounds() -> None:
    rise = growth_by_change_bounds(amount("217.48"), amount("2.19"))
    fall = growth_by_change_bounds(amount("217.48"), Range(-amount("2.19").hi, -amount("2.19").lo))
    assert rise is not None
    assert fall is not None
    assert judge_ratio(*rise, percent("1.02"))
    assert judge_ratio(*fall, percent("-1.00"))
    assert not judge_ratio(*fall, percent("-1.10"))


def test_a_zero_base_decides_nothing() -> None:
    assert share_bounds(amount("1.00"), amount("0.00")) is None
    assert growth_bounds(amount("1.00"), amount("0.00")) is None
