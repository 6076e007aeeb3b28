"""One wrong figure is one finding, over tables, text, shares and growth; two independent ones stay two."""

from __future__ import annotations

import decimal
import random
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.facts.chunk import Chunk
from auditor.engine.findings import Severity
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.localise.causes import Cause
from auditor.engine.localise.signatures import alike, signatures_of
from auditor.engine.verdicts import Verdict
from auditor.messages import use_language
from auditor.reports.narrate import Narrator
from auditor.rules.rule import RuleKind
from auditor.testing.corrupting import Corrupter, corrupted
from auditor.testing.families import family_filing
from auditor.testing.filings import draft_of, told_filing
from auditor.testing.ledger import THREE, Ledger

from tests.conftest import rule_book

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.engine.findings import Audit, Finding
    from auditor.engine.localise.signatures import Signature
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook

DIGITS = (Cause.TRANSPOSED, Cause.DIGIT, Cause.ADDED, Cause.SHIFTED, Cause.UNIT)


def seen(filing: Filing, book: RuleBook) -> dict[int, Signature]:
    plans = book.all_plans(list(filing.dynamic.values()))
    return signatures_of(evaluate(plans, Chunk.of([filing], book.forms)))


def wrongly(filing: Filing, book: RuleBook, changes: Sequence[Mapping[int, int]]) -> list[Audit]:
    """Audit copies with other values, each as an entity of its own."""
    copies = [corrupted(filing, one) for one in changes]
    for number, copy in enumerate(copies):
        copy.key = filing.key._replace(entity=f"单位{number}")
    return audit_filings(copies, book)


def accusing(audit: Audit) -> list[Finding]:
    """The findings about figures."""
    found = (f for f in audit.findings if f.verdict is Verdict.INCONSISTENT and f.severity is not Severity.INFO)
    return [finding for finding in found if finding.main.compares]


def named(finding: Finding) -> set[int]:
    return {suspect.fact for suspect in (*finding.suspects, *finding.also)}


def certain(filing: Filing, signatures: Mapping[int, Signature]) -> list[int]:
    """Figures that are not zero, that a rule that must hold sees, told from all others."""
    facts = filing.all_facts
    return [n for n, one in signatures.items() if one.always and one.unique and one.least and facts[n].value]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_one_wrong_figure_is_one_finding_that_names_it(book: RuleBook, seed: int) -> None:
    filing = told_filing(book, seed)
    signatures = seen(filing, book)
    corrupter, choice = Corrupter(filing, signatures), random.Random(seed)  # noqa: S311 -- which figures are tried
    trials = []
    for number in choice.sample(certain(filing, signatures), 24):
        wrong = corrupter.wrong(number, choice.choice(DIGITS), choice)
        least = signatures[number].least
        if wrong and least and abs(wrong.values[number] - filing.all_facts[number].value) >= least:
            trials.append((number, wrong))
    assert len(trials) > 12
    for (number, wrong), audit in zip(trials, wrongly(filing, book, [w.values for _, w in trials]), strict=True):
        (finding,) = accusing(audit)
        assert [suspect.fact for suspect in finding.suspects] == [number], (filing.all_facts[number].address, wrong)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["全国决算", "全国预算", "江苏预算"])
def test_two_independent_errors_stay_two(book: RuleBook, family: str) -> None:
    filing = family_filing(book, family, 1)
    signatures = seen(filing, book)
    corrupter, choice = Corrupter(filing, signatures), random.Random(2)  # noqa: S311 -- which figures are tried
    able = certain(filing, signatures)
    near = {n: {check.row for check in signatures[n].checks} for n in able}
    touched: dict[int, set[int]] = {}
    for n, one in signatures.items():
        for check in one.checks:
            touched.setdefault(check.row, set()).add(n)
    reach = {n: {other for row in near[n] for other in touched[row]} for n in able}
    changes: list[dict[int, int]] = []
    pairs: list[tuple[int, int]] = []
    while len(pairs) < 8:
        a, b = choice.sample(able, 2)
        wrongs = [corrupter.wrong(n, Cause.DIGIT, choice) for n in (a, b)]
        if all(wrongs) and reach[a].isdisjoint(reach[b]):
            values = {n: value for wrong in wrongs if wrong for n, value in wrong.values.items()}
            if all(abs(v - filing.all_facts[n].value) > signatures[n].room for n, v in values.items()):
                changes.append(values)
                pairs.append((a, b))
    for (a, b), audit in zip(pairs, wrongly(filing, book, changes), strict=True):
        found = [named(finding) for finding in accusing(audit)]
        assert len(found) == 2, (a, b, found)
        assert any(a in one and b not in one for one in found)
        assert any(b in one and a not in one for one in found)


def at(filing: Filing, address: str) -> int:
    return next(n for n, fact in enumerate(filing.all_facts) if str(fact.address) == address)


def test_a_share_computed_from_a_wrong_amount_is_no_second_finding(book: RuleBook) -> None:
    filing = told_filing(book, 0)
    amount, share = at(filing, "说明/支出[基本支出].金额"), at(filing, "说明/支出[基本支出].占比")
    whole = filing.all_facts[at(filing, "说明/支出[支出合计].金额")].value
    wrong = filing.all_facts[amount].value + 9_000_000
    printed = round(wrong * 10_000 / whole) * 10_000  # as the writer would have computed it
    (audit,) = wrongly(filing, book, [{amount: wrong, share: printed}])
    (finding,) = accusing(audit)
    assert [suspect.fact for suspect in finding.suspects] == [amount]
    assert [suspect.fact for suspect in finding.also] == [share]
    try:
        for language, word in (("zh", "随之还应改"), ("en", "With it have to change")):
            use_language(language)
            assert word in Narrator(audit).message(finding)
    finally:
        use_language("zh")


def test_a_wrong_share_names_the_share_where_tables_confirm_its_amounts(book: RuleBook) -> None:
    filing = told_filing(book, 0)
    share = at(filing, "说明/支出[基本支出].占比")
    right = filing.all_facts[share].value
    (audit,) = wrongly(filing, book, [{share: right + 1_980_000}])
    (finding,) = accusing(audit)
    assert [(s.fact, s.suggested) for s in finding.suspects] == [(share, right)]


def test_a_repair_is_proved_by_a_ledger_that_prints_it(book: RuleBook) -> None:
    filing = told_filing(book, 0)
    facts = filing.all_facts
    total = at(filing, "支出决算表[合计].本年支出合计")
    (audit,) = wrongly(filing, book, [{total: facts[total].value + 9_000_000}])
    (finding,) = accusing(audit)
    assert finding.proof is not None
    reach = facts[total].range()
    assert reach.lo <= finding.proof.ledger[total] <= reach.hi
    for check in finding.checks:
        if check.linear and check.rule.kind is RuleKind.LOGICAL and check.operator == "=":
            assert sum(o.coefficient * finding.proof.ledger[o.fact] for o in check.operands) + check.constant == 0
    assert Narrator(audit).proof(finding)


def test_two_figures_that_changed_places_are_one_finding(book: RuleBook) -> None:
    filing = family_filing(book, "全国决算", 1)
    facts = filing.all_facts
    row = [
        n for n, f in enumerate(facts) if f.address.table == "支出决算表" and f.address.row.startswith("2") and f.value
    ]
    basic = next(n for n in row if facts[n].address.column == "基本支出" and len(facts[n].address.row) == 7)
    project = at(filing, f"支出决算表[{facts[basic].address.row}].项目支出")
    values = {basic: facts[project].value, project: facts[basic].value}
    (audit,) = wrongly(filing, book, [values])
    found = [f for f in accusing(audit) if f.severity is Severity.ERROR]
    assert [{s.fact for s in f.suspects} for f in found] == [{basic, project}]
    assert all(s.cause is not None and s.cause.cause is Cause.SWAPPED for s in found[0].suspects)
    assert "互换" in Narrator(audit).message(found[0])


@pytest.mark.slow
def test_every_family_prints_figures_that_satisfy_its_rules(book: RuleBook) -> None:
    for family in book.forms.families:
        filing = family_filing(book, family, 0)
        (audit,) = audit_filings([filing], book)
        wrong = [f for f in audit.findings if f.verdict is Verdict.INCONSISTENT and f.main.linear]
        assert not wrong, (family, wrong[0].rule.id)
        for one in alike(seen(filing, book)):
            assert len(one.figures) > 1
            assert one.checks


def test_a_wrong_unit_among_many_rows_is_named_with_the_figure_it_came_from() -> None:
    """Rounding leaves a range for it; in that range one value is ten thousand times smaller. Nothing goes below zero."""
    codes = ("30201", "30202", "30207", "30211", "30213", "30226", "30228", "30299")
    basic = {code: 1_234_567 + 1_111_111 * number for number, code in enumerate(codes)}
    made = draft_of(Ledger("2130101", basic=basic, three=dict.fromkeys(THREE, (0, 0))), rule_book().forms)
    table = made.printed["基本支出明细表"]
    true = table["30202", ""]
    table["30202", ""] = f"{decimal.Decimal(true) * 10_000:.2f}"
    (audit,) = audit_filings([made.figures(rule_book())], rule_book())
    finding = next(f for f in audit.findings if f.severity is Severity.ERROR)
    first = finding.suspects[0]
    assert audit.facts[first.fact].address.row == "30202"
    assert first.cause is not None
    assert (first.cause.cause, Narrator(audit).suggested(first)) == (Cause.UNIT, true)
    assert all(suspect.suggested is None or suspect.suggested >= 0 for suspect in finding.suspects)
