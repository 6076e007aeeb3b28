"""What the checks see of each figure: found from the stated change on, told from all figures but those named alike."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.localise.signatures import Signature, signatures_of
from auditor.engine.verdicts import Verdict
from auditor.model.numbers import State
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import Style, filing_of_print, print_tables

from tests.conftest import rule_book

if TYPE_CHECKING:
    from auditor.engine.judge.outcomes import Evaluation
    from auditor.model.filing import Filing

BOOK = rule_book()


def generated(seed: int) -> Filing:
    printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=10**8)), Style(), BOOK.forms)
    return filing_of_print(printed, Style())


def evaluated(filing: Filing) -> Evaluation:
    return evaluate(BOOK.all_plans([]), Chunk.of([filing], BOOK.forms))


def seen(filing: Filing) -> tuple[Evaluation, dict[int, Signature]]:
    evaluation = evaluated(filing)
    return evaluation, signatures_of(evaluation)


def changed(filing: Filing, number: int, by: int) -> Filing:
    """A copy in which one figure has another value."""
    out = replace(filing, tables=[replace(table, facts=list(table.facts)) for table in filing.tables])
    for table in out.tables:
        if number < len(table.facts):
            fact = table.facts[number]
            table.facts[number] = replace(fact, value=fact.value + by, state=State.VALUE)
            return out
        number -= len(table.facts)
    raise IndexError


def contradicted(evaluation: Evaluation) -> int:
    return int(evaluation.counts()[0][Verdict.INCONSISTENT])


@pytest.mark.slow
def test_the_least_change_is_always_found_up_and_down() -> None:
    filing = generated(5)
    _, signatures = seen(filing)
    choice = random.Random(1)  # noqa: S311 -- which figures are tried
    known = [one for one in signatures.values() if one.least is not None]
    for one in choice.sample(known, 25):
        assert one.least is not None
        for sign in (1, -1):
            assert contradicted(evaluated(changed(filing, one.figure, sign * one.least))) > 0, (one, sign)


def test_figures_are_alike_only_with_proportional_columns() -> None:
    filing = generated(3)
    evaluation, signatures = seen(filing)
    names = {number: str(fact.address) for number, fact in enumerate(filing.all_facts)}
    told = {frozenset(names[n] for n in (one.figure, *one.alike)) for one in signatures.values() if one.alike}
    assert frozenset({"三公经费表.决算数/公务用车购置费", "三公经费表.决算数/公务用车运行维护费"}) in told
    assert all(one.figure in signatures[other].alike for one in signatures.values() for other in one.alike)
    unique = sum(one.unique for one in signatures.values())
    assert unique > 0.9 * len(signatures)
    checked, _ = evaluation.marks
    assert {n for n, flag in enumerate(checked) if flag} >= set(signatures)
