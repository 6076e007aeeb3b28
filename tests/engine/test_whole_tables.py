"""What is wrong with a whole table is one finding on its unit or sign, and none on a figure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.messages import use_language
from auditor.model.units import Kind
from auditor.reports.narrate import Narrator
from auditor.testing.filings import told_filing

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.engine.findings import Audit
    from auditor.model.facts import Fact
    from auditor.rules.book import RuleBook

TABLE = "一般公共预算支出表"


def audited(book: RuleBook, change: Callable[[Fact], Fact]) -> Audit:
    """Audit a filing some of whose amounts are read in another way."""
    filing = told_filing(book, 0)
    for table in filing.tables:
        table.facts = [change(fact) if fact.kind is Kind.AMOUNT else fact for fact in table.facts]
    (audit,) = audit_filings([filing], book)
    return audit


def in_yi(fact: Fact) -> Fact:
    """The same print below a line that says 亿元 for 万元."""
    return replace(
        fact, value=fact.value * 10_000, step=fact.step * 10_000, own_step=fact.own_step * 10_000, unit="亿元"
    )


def test_a_table_in_another_unit_than_its_line_says_is_one_finding(book: RuleBook) -> None:
    audit = audited(book, lambda fact: in_yi(fact) if fact.address.table == TABLE else fact)
    found = [one for one in audit.findings if one.severity is not Severity.INFO and one.main.compares]
    (finding,) = found
    assert finding.whole is not None
    assert (finding.whole.scope.table, finding.whole.printed, finding.whole.right) == (TABLE, "亿元", "万元")
    assert not finding.suspects
    for language, word in (("zh", "金额单位应为“万元”"), ("en", "the unit should be 万元")):
        use_language(language)
        assert word in Narrator(audit).message(finding)
        assert "元" in Narrator(audit).how(finding)


def test_one_figure_in_another_unit_is_blamed_on_the_figure(book: RuleBook) -> None:
    place = f"{TABLE}[合计].本年支出合计"
    audit = audited(book, lambda fact: in_yi(fact) if str(fact.address) == place else fact)
    found = [one for one in audit.findings if one.severity is Severity.ERROR]
    assert place in {str(audit.facts[suspect.fact].address) for one in found for suspect in one.suspects}
    assert all(one.whole is None for one in found)


def test_a_column_with_all_signs_wrong_is_one_finding(book: RuleBook) -> None:
    def turned(fact: Fact) -> Fact:
        at = fact.address
        return replace(fact, value=-fact.value) if (at.table, at.column) == (TABLE, "基本支出") else fact

    audit = audited(book, turned)
    found = [one for one in audit.findings if one.whole is not None]
    assert [(one.whole.scope.column, one.whole.right) for one in found if one.whole] == [("基本支出", "")]
