"""One figure has one repair: no place of a report says that it stays where another proposes to change it."""

from __future__ import annotations

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.engine.verdicts import Verdict
from auditor.readers.text import plain_text
from auditor.reading.filings import filing_of, merge
from auditor.reports.narrate import Narrator
from auditor.testing.corrupting import corrupted

from tests.conftest import EXAMPLES, rule_book

STAYS = "不必修改"


@pytest.mark.slow
def test_a_tail_with_a_figure_that_is_to_be_changed_does_not_say_that_it_stays() -> None:
    forms, path = rule_book().forms, next(EXAMPLES.glob("青山*.txt"))
    filing = merge([filing_of(plain_text.read(path.read_bytes(), file=path.name, sha256=""), forms)], forms)
    (clean,) = audit_filings([filing], rule_book())
    tails = [one.main for one in clean.findings if one.verdict is Verdict.ROUNDING]
    chosen = sorted({operand.fact for check in tails for operand in check.operands if clean.facts[operand.fact].value})
    copies = [
        corrupted(filing, {number: clean.facts[number].value + clean.facts[number].step}) for number in chosen[::2]
    ]
    for number, copy in enumerate(copies):
        copy.key = filing.key._replace(entity=f"单位{number}")
    met = 0
    for audit in audit_filings(copies, rule_book()):
        asking = [one for one in audit.findings if one.severity is not Severity.INFO and one.suspects]
        changed = {one.suspects[0].fact for one in asking if one.suspects[0].suggested is not None}
        narrator = Narrator(audit)
        for one in audit.findings:
            if one.verdict is Verdict.ROUNDING and not changed.isdisjoint(o.fact for o in one.main.operands):
                met += 1
                assert STAYS not in narrator.message(one)
    assert met
