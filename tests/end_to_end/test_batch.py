"""Filings audited together say what they say alone."""

from __future__ import annotations

import pytest
from auditor.engine.audit import audit_filings
from auditor.testing.filings import told_filing

from tests.conftest import rule_book


@pytest.mark.slow
def test_filings_with_sentences_are_judged_together_as_alone() -> None:
    """The whole of a share has a second address, which must mean the fact of its own filing."""
    book = rule_book()
    filings = [told_filing(book, seed) for seed in range(3)]
    for number, filing in enumerate(filings):
        filing.key = filing.key._replace(entity=f"单位{number}")
    together = audit_filings(filings, book)
    for filing, audit in zip(filings, together, strict=True):
        (alone,) = audit_filings([filing], book)
        assert alone.ledger == audit.ledger
        assert [f.id for f in alone.findings] == [f.id for f in audit.findings]
        assert alone.marks == audit.marks
