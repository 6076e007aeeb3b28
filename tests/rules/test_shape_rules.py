"""The rules on shapes: each kind of footing has one, and their examples come out as said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.authoring.examples import run_examples
from auditor.model.footing import FootingKind
from auditor.rules.book import load_rules
from auditor.rules.explain import tell_rule

if TYPE_CHECKING:
    from auditor.rules.rule import Rule

BOOK = load_rules(cache=False)
RULES = [rule for rule in BOOK.rules if rule.footing]


def test_every_kind_of_footing_is_checked_by_one_rule() -> None:
    assert sorted(rule.footing for rule in RULES) == sorted(set(FootingKind) - {FootingKind.SAME})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_come_out_as_said(rule: Rule) -> None:
    assert all(result.as_said for result in run_examples(rule, BOOK.plans(rule), BOOK.forms))
    assert tell_rule(rule)
