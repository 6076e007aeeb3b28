"""Planted errors: each is one finding that names the figure and its true value."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.engine.verdicts import Verdict
from auditor.model.facts import Address
from auditor.model.numbers import parse_literal
from auditor.readers import read_bytes
from auditor.reading.filings import filing_of, finished, read_filing
from auditor.testing.examples import write_examples
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.planting import CAUSES, plant
from auditor.testing.printed_ledger import Style, filing_of_print, print_tables

if TYPE_CHECKING:
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def test_the_examples_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_examples(tmp_path)
    written = list(tmp_path.iterdir())
    assert {path.name for path in written} == {path.name for path in EXAMPLES.iterdir()}
    for made in written:
        assert (EXAMPLES / made.name).read_bytes() == made.read_bytes(), made.name


def test_every_planted_error_of_the_examples_is_found_and_nothing_else(book: RuleBook) -> None:
    with (EXAMPLES / "key.csv").open(encoding="utf-8") as file:
        key = {(row["table"], row["row"], row["column"]): row for row in csv.DictReader(file)}
    paths = sorted(EXAMPLES.glob("*.txt"))
    assert {row["file"] for row in key.values()} < {path.name for path in paths}  # one with defects, one without
    for path in paths:
        (audit,) = audit_filings([read_filing([path], book.forms)], book)
        found = [f for f in audit.findings if f.verdict is Verdict.INCONSISTENT and f.severity is not Severity.INFO]
        if not any(row["file"] == path.name for row in key.values()):
            assert found == []
            continue
        named = {}
        for finding in found:
            assert finding.severity is Severity.ERROR
            suspect = finding.suspects[0]
            fact = audit.facts[suspect.fact]
            named[fact.address.table, fact.address.row, fact.address.column] = (finding, suspect.suggested)
            assert (
                len(finding.suspects) == 1 or fact.address.table == "三公经费表"
            )  # one row of figures: no cross-check
        assert set(named) == set(key)
        for place, (finding, suggested) in named.items():
            true = parse_literal(key[place]["true"]).digits * 10_000
            assert suggested is not None
            assert abs(suggested - true) <= finding.main.allowed


SHARES = "\n\n三、支出决算情况说明\n2023年度支出合计100.00万元，其中：基本支出60.00万元，占60.00%；项目支出40.00万元，占40.00%。\n"


@pytest.mark.slow
def test_filings_audited_together_are_judged_as_each_alone(book: RuleBook) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") + SHARES for path in sorted(EXAMPLES.glob("*.txt"))}

    def filing(name: str) -> Filing:
        document = read_bytes(texts[name].encode(), name)
        return finished(filing_of(document, book.forms), book.forms)

    alone = {name: audit_filings([filing(name)], book)[0] for name in texts}
    for order in (list(texts), list(texts)[::-1]):
        together = audit_filings([filing(name) for name in order], book)
        for name, audit in zip(order, together, strict=True):
            assert any(table.also for table in audit.filing.tables)
            assert [finding.id for finding in audit.findings] == [finding.id for finding in alone[name].findings]
            assert audit.ledger == alone[name].ledger
            assert audit.marks == alone[name].marks


@pytest.mark.parametrize("cause", CAUSES)
def test_a_corrupted_code_table_is_blamed_on_its_cell(book: RuleBook, cause: str) -> None:
    printed = print_tables(roll_up(draw_ledger(RandomSource(127), most=4 * 10**8)), Style(), book.forms)
    error = plant(printed, "支出决算表", "2080505", "基本支出", cause)
    assert error is not None
    (audit,) = audit_filings([filing_of_print(printed, Style())], book)
    (finding,) = [f for f in audit.findings if f.severity is Severity.ERROR]
    assert audit.facts[finding.suspects[0].fact].address == Address("支出决算表", "2080505", "基本支出")
    assert len(finding.suspects) == 1
    assert len(finding.checks) > 1


def test_two_independent_errors_stay_two(book: RuleBook) -> None:
    printed = print_tables(roll_up(draw_ledger(RandomSource(127), most=4 * 10**8)), Style(), book.forms)
    assert plant(printed, "支出决算表", "2080505", "基本支出", "transposed")
    assert plant(printed, "基本支出明细表", "30113", "", "factor_ten")
    (audit,) = audit_filings([filing_of_print(printed, Style())], book)
    errors = [f for f in audit.findings if f.severity is Severity.ERROR]
    assert {audit.facts[f.suspects[0].fact].address.table for f in errors} == {"支出决算表", "基本支出明细表"}
    assert len(errors) == 2


def test_finding_ids_depend_on_the_place_only(book: RuleBook) -> None:
    ids = []
    for cause in ("transposed", "digit"):
        printed = print_tables(roll_up(draw_ledger(RandomSource(127), most=4 * 10**8)), Style(), book.forms)
        assert plant(printed, "支出决算表", "2080505", "基本支出", cause)
        (audit,) = audit_filings([filing_of_print(printed, Style())], book)
        ids.append([f.id for f in audit.findings if f.severity is Severity.ERROR])
    assert ids[0] == ids[1]
