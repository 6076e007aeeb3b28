"""The rules on shapes: each kind of footing has one, and their examples come out as said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.authoring.examples import example_filings, run_examples
from auditor.model.footing import FootingKind
from auditor.reports.footings import footing_lines
from auditor.rules.explain import tell_rule

from tests.conftest import rule_book

if TYPE_CHECKING:
    from auditor.rules.rule import Rule

BOOK = rule_book()
RULES = [rule for rule in BOOK.rules if rule.footing]


def test_every_kind_of_footing_is_checked_by_one_rule() -> None:
    assert sorted(rule.footing for rule in RULES) == sorted(set(FootingKind) - {FootingKind.SAME})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_come_out_as_said(rule: Rule) -> None:
    assert all(result.as_said for result in run_examples(rule, BOOK.plans(rule), BOOK.forms))
    assert tell_rule(rule)


def test_a_table_tells_what_of_it_is_the_total_of_what() -> None:
    rule = BOOK.by_id["SH-03"]
    _, (filing, *_), _ = example_filings(rule, BOOK.plans(rule), rule.examples[0], BOOK.forms)
    (lines,) = footing_lines(filing).values()
    assert any(line.startswith("合计 = 一般公共预算 + 政府性基金预算（3 处") for line in lines)
