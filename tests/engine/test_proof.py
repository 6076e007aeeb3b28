"""Tails are proved by a ledger that prints as shown and satisfies everything exactly; what cannot be is not claimed."""

from __future__ import annotations

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.checks import Check
from auditor.engine.localise.proof import Identity, prove
from auditor.engine.verdicts import Verdict
from auditor.model.units import Range, printed_range
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import Style, filing_of_print, print_tables
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import rule_book

BOOK = rule_book()
TAIL = Check(BOOK.rules[0], "", Verdict.ROUNDING, ())


def ranges_of(*printed: int) -> dict[int, Range]:
    return {number: printed_range(value * 100, 100) for number, value in enumerate(printed)}


def test_a_tail_is_proved_by_figures_that_print_as_shown() -> None:
    (proof,) = prove([Identity({0: 1, 1: 1, 2: -1}, 0, TAIL)], ranges_of(10, 20, 31))
    assert proof.ledger[0] + proof.ledger[1] == proof.ledger[2]
    assert all(r.lo <= proof.ledger[n] <= r.hi for n, r in ranges_of(10, 20, 31).items())
    assert proof.tails == (TAIL,)


def test_tails_that_no_one_ledger_explains_together_are_not_proved() -> None:
    """Each gap is in range, both together are not: 0 would have to lie high and low at once."""
    identities = [Identity({0: 2, 1: -1}, 0, TAIL), Identity({0: 2, 2: -1}, 0, None)]
    assert prove(identities, ranges_of(10, 21, 19)) == []


def test_groups_without_tails_are_not_looked_at() -> None:
    assert prove([Identity({0: 1, 1: -1}, 0, None)], ranges_of(10, 10)) == []


def test_a_printed_zero_may_hide_a_remainder_where_only_that_leaves_a_ledger() -> None:
    identity = Identity({0: 1, 1: 1, 2: -1}, 0, TAIL)
    exact = ranges_of(0, 19, 20)
    assert prove([identity], exact) == []
    (proof,) = prove([identity], exact, {0: Range(-49, 49)})
    assert 0 < proof.ledger[0] <= 49
    assert proof.tails == (TAIL,)


@pytest.mark.slow
@example(seed=343)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_every_tail_of_a_rounded_ledger_is_proved(seed: int) -> None:
    printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=10**8)), Style(), BOOK.forms)
    (audit,) = audit_filings([filing_of_print(printed, Style())], BOOK)
    tails = [finding for finding in audit.findings if finding.verdict is Verdict.ROUNDING]
    logical = [finding for finding in tails if finding.rule.kind.value == "logical"]
    assert all(finding.proof is not None for finding in logical)
    for finding in logical:
        for check in finding.checks:
            assert finding.proof is not None
            total = sum(o.coefficient * finding.proof.ledger[o.fact] for o in check.operands)
            assert total + check.constant == 0
