"""Filings beside filings: last year's, the budget's, those of units; a partner that is not there decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Mark
from auditor.engine.verdicts import Reason, Verdict
from auditor.errors import AuditorError
from auditor.messages import use_language
from auditor.model.entities import Entities, Expected, normal
from auditor.model.facts import Address
from auditor.model.filing import Filing
from auditor.reading.entity_list import load_entities
from auditor.reports.formats import FORMATS
from auditor.reports.json_report import tool_data
from auditor.reports.run import Run
from auditor.testing.filings import told_filing

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.engine.findings import Audit
    from auditor.rules.book import RuleBook

OPENING = Address("收入支出决算总表", "收入/年初结转和结余", "")
UNITS = ("某县甲所", "某县乙所")
KNOWN = Entities.of([Expected(unit, "某县民政局") for unit in UNITS])


def keyed(filing: Filing, **key: object) -> Filing:
    return replace(filing, key=filing.key._replace(**key), files=list(filing.files))  # type: ignore[arg-type]


def changed(filing: Filing, wanted: dict[tuple[str, str, str], int]) -> Filing:
    """A filing whose figures at some addresses are others, in 分."""
    found = set()
    tables = []
    for table in filing.tables:
        facts = []
        for fact in table.facts:
            value = wanted.get(fact.address[:3])
            found.add(fact.address[:3])
            facts.append(fact if value is None else replace(fact, value=value, text=f"{value / 1_000_000:.2f}"))
        tables.append(replace(table, facts=facts))
    assert wanted.keys() <= found
    return replace(filing, tables=tables)


def failing(audit: Audit, prefix: str) -> set[str]:
    return {
        check.rule.id
        for finding in audit.findings
        if finding.verdict is Verdict.INCONSISTENT
        for check in finding.checks
        if check.rule.id.startswith(prefix)
    }


def lacking(audit: Audit, rule: str) -> set[Reason]:
    return {item.reason for item in audit.not_evaluated if item.rule.id == rule}


@pytest.fixture(scope="module")
def ledger(book: RuleBook) -> Filing:
    return keyed(told_filing(book, 5), entity="某县民政局")


def value(filing: Filing, table: str, row: str, column: str = "") -> int:
    return next(f.value for f in filing.facts if f.address.table == table and f.address[1:3] == (row, column))


def opening_column(filing: Filing) -> str:
    return next(f.address.column for f in filing.facts if f.address.row == OPENING.row)


def test_without_partners_nothing_across_filings_is_decided(book: RuleBook, ledger: Filing) -> None:
    (audit,) = audit_filings([ledger], book)
    assert not failing(audit, "FA-K") | failing(audit, "FA-L") | failing(audit, "FA-M")
    assert lacking(audit, "FA-K-01") == {Reason.NO_PARTNER}
    assert "FA-K-01" not in audit.passed


def test_the_opening_balance_is_compared_with_last_years_closing(book: RuleBook, ledger: Filing) -> None:
    column = opening_column(ledger)
    opening = value(ledger, OPENING.table, OPENING.row, column)
    end = (OPENING.table, "支出/年末结转和结余", column)
    last = changed(keyed(ledger, year=ledger.key.year - 1), {end: opening})
    good, _ = audit_filings([ledger, last], book)
    assert "FA-K-01" not in failing(good, "FA-K")
    assert good.passed["FA-K-01"] == 1
    wrong, before = audit_filings([ledger, changed(last, {end: opening + 5_000_000})], book)
    assert "FA-K-01" in failing(wrong, "FA-K")
    assert not failing(before, "FA-K")  # the year before has no partner of its own
    finding = next(f for f in wrong.findings if f.rule.id == "FA-K-01")
    names = [str(wrong.facts[operand.fact].address) for operand in finding.main.operands]
    assert any("@上年[支出/年末结转和结余]" in name for name in names)
    assert len(wrong.marks) == len(wrong.facts)
    own = len(wrong.filing.all_facts)
    assert set(wrong.marks[own:]) <= {Mark.UNCHECKED, Mark.CONTRADICTED}
    assert all(suspect.fact < own for finding in wrong.findings for suspect in finding.suspects)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_report_shows_figures_of_partners(book: RuleBook, ledger: Filing, language: str) -> None:
    use_language(language)
    last = keyed(ledger, year=ledger.key.year - 1)
    audits = audit_filings([ledger, last], book)
    assert failing(audits[0], "FA-K")
    run = Run([(str(n), audit) for n, audit in enumerate(audits)], tool_data("0", "0", book), "half_up")
    for name, form in FORMATS.items():
        if name == "annotated":
            continue
        for _, content in form.of_filing("0", audits[0], run):
            text = content if isinstance(content, str) else ""
            assert "@上年" in text or name in ("xlsx", "junit")


def doubled(filing: Filing) -> Filing:
    """The filing of a department with two units that each filed the same."""
    return changed(filing, {f.address[:3]: 2 * f.value for f in filing.facts if f.value and f.unit == "万元"})


@pytest.mark.slow
def test_a_department_is_the_sum_of_its_units(book: RuleBook, ledger: Filing) -> None:
    department = keyed(doubled(ledger), edition="department")
    units = [keyed(ledger, entity=unit, edition="unit") for unit in UNITS]
    audit = audit_filings([department, *units], book, entities=KNOWN)[0]
    assert not failing(audit, "FA-M")
    assert audit.passed["FA-M-01"]
    assert audit.passed["FA-M-02"]
    short = audit_filings([department, *units[:1]], book, entities=KNOWN)[0]
    assert lacking(short, "FA-M-01") == {Reason.NO_PARTNER}  # not all units are at hand
    unknown = audit_filings([department, *units], book)[0]
    assert lacking(unknown, "FA-M-01") == {Reason.NO_PARTNER}  # nor is it known whose they are
    column = opening_column(ledger)
    more = value(ledger, OPENING.table, OPENING.row, column) + 5_000_000
    wrong = [changed(units[0], {(OPENING.table, OPENING.row, column): more}), units[1]]
    assert "FA-M-01" in failing(audit_filings([department, *wrong], book, entities=KNOWN)[0], "FA-M")


def test_the_only_unit_files_what_its_department_files(book: RuleBook, ledger: Filing) -> None:
    known = Entities.of([Expected("某县民政局（本级）", "某县民政局")])
    department, unit = keyed(ledger, edition="department"), keyed(ledger, edition="unit", entity="某县民政局(本级)")
    audit = audit_filings([department, unit], book, entities=known)[0]
    assert audit.passed["FA-M-04"]
    assert not failing(audit, "FA-M")


def test_two_filings_with_one_key_are_no_partner(book: RuleBook, ledger: Filing) -> None:
    last = keyed(ledger, year=ledger.key.year - 1)
    audit = audit_filings([ledger, last, last], book)[0]
    assert lacking(audit, "FA-K-01") == {Reason.NO_PARTNER}


def test_names_are_made_alike_and_former_names_known() -> None:
    known = Entities.of(
        [Expected("某县卫生健康局", names=("某县卫生和计划生育局", "某县卫生局")), Expected("某县卫生局")]
    )
    assert known.name("某 县 卫生和计划生育局（本级）") == "某县卫生健康局"
    assert known.name("某县卫生局") == "某县卫生局"  # an entity of its own, whatever another was called
    assert normal("某县财政局(机关)") == normal("某县财政局（本级）") == "某县财政局"


@pytest.mark.parametrize(
    ("text", "told"),
    [("一,二\n", "单位"), ("单位,年度\n某局,去年\n", "2"), ("单位,报告\n某局,月报\n", "月报"), ("单位\n", None)],
)
def test_a_list_that_is_not_right_is_told(tmp_path: Path, text: str, told: str | None) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="gb18030")
    if told is None:
        assert load_entities(file).expected == ()
        return
    with pytest.raises(AuditorError, match=told):
        load_entities(file)
