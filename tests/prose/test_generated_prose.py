"""The 情况说明 written from generated ledgers: read whole, never accused, and every planted misprint found."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.model.facts import FilingKey
from auditor.readers.text.plain_text import read as read_text
from auditor.reading.filings import filing_of, merge
from auditor.testing.layouts import TextWriter
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.planting import CAUSES
from auditor.testing.printed_ledger import Style, print_tables
from auditor.testing.prose import WrittenProse, misprint, write_prose
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import rule_book

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.testing.ledger import Amounts, Source

KEY = FilingKey("清河县公共就业服务中心", 2023, "final_accounts", "unit")
ALONE = ("设备",)  # nothing follows from it


def generated(tables: dict[str, Amounts], source: Source) -> WrittenProse:
    return write_prose(tables, KEY, source, rule_book().forms)


def audited(tables: dict[str, Amounts], told: WrittenProse) -> Audit:
    forms = rule_book().forms
    text = TextWriter(forms, Style(), KEY).document(print_tables(tables, Style(), forms), told.lines())
    filing = merge([filing_of(read_text(text.encode(), file="a.txt", sha256=""), forms)], forms)
    return audit_filings([filing], rule_book())[0]


@pytest.mark.slow
@given(number=st.integers(0, 10**6), most=st.sampled_from([3, 10**4, 10**7, 10**10]))
@settings(max_examples=20)
def test_what_a_ledger_tells_is_read_whole_and_accused_of_nothing(number: int, most: int) -> None:
    tables = roll_up(draw_ledger(RandomSource(number), most=most))
    told = generated(tables, RandomSource(number + 1))
    audit = audited(tables, told)
    assert [f"{f.rule.id} {f.main.statement}" for f in audit.findings if f.severity is not Severity.INFO] == []
    assert [(item.text, item.reason) for item in audit.filing.unread] == []
    figures = [piece for _, _, piece in told.said() if piece.sort != "方向"]
    assert audit.told >= len(figures)


def test_a_rate_that_only_a_hidden_remainder_explains_is_no_error() -> None:
    """The amount is 43 元: 0.00 in 万元, and 10.65% of 404 元."""
    text = "示例县民政局2023年度单位决算\n七、财政拨款“三公”经费支出决算情况说明\n公务接待费全年预算为0.04万元，支出决算为{}万元，完成全年预算的10.65%。"
    forms = rule_book().forms
    for final, severities in (("0.00", {Severity.INFO}), ("0.02", {Severity.ERROR})):
        filing = merge([filing_of(read_text(text.format(final).encode(), file="a.txt", sha256=""), forms)], forms)
        found = audit_filings([filing], rule_book())[0].findings
        assert {f.severity for f in found if f.rule.id == "PR-02"} == severities


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_misprint_is_found(seed: int) -> None:
    tables = roll_up(draw_ledger(RandomSource(seed), most=400_000_000))
    told = generated(tables, RandomSource(seed + 1000))
    pick = random.Random(seed)  # noqa: S311 — no secrets
    said = [item for item in told.said() if item[2].of not in ALONE]
    tried = 0
    for number, at, piece in pick.sample(said, len(said)):
        text = misprint(piece, "opposite" if piece.sort == "方向" else pick.choice(CAUSES))
        if text is None:
            continue
        tried += 1
        if tried > 5:
            break
        audit = audited(tables, told.changed(number, at, text))
        wrong = [finding for finding in audit.findings if finding.severity is Severity.ERROR]
        assert wrong, (piece, text)
        facts = [audit.facts[o.fact] for f in wrong for check in f.checks for o in check.operands]
        assert piece.sort == "方向" or text in {fact.text for fact in facts}
    assert tried > 5


def test_the_text_says_different_things_in_different_words() -> None:
    tables = roll_up(draw_ledger(RandomSource(5), most=400_000_000))
    texts = {"\n".join(generated(tables, RandomSource(seed)).lines()) for seed in range(6)}
    assert len(texts) == 6
    assert any("均为" in text for text in texts)
    assert any("占比" in text for text in texts)
