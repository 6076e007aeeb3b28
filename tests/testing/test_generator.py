"""The generator as a public tool: clean in every family, format, style; the same bytes; years and departments agree."""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import auditor.testing as kit
import pytest
from auditor.cli.main import cli
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit, Severity
from auditor.model.facts import FilingKey
from auditor.model.filing import Filing
from auditor.model.numbers import State
from auditor.reports.json_report import filing_data
from auditor.store.saved_reports import load_report
from auditor.testing import Draft, Ledger, Model, RandomSource, Style, draft_of, draw_ledger, read_back, rendered
from auditor.testing.families import printable
from auditor.testing.filings import KEY, draft_of_family
from auditor.testing.generating import generate, generated
from auditor.testing.layouts import Head
from auditor.testing.ledger import THREE, spending_by_source
from auditor.testing.prose import WrittenProse
from auditor.testing.scoring.detection import failing
from click.testing import CliRunner
from hypothesis import find, given, settings
from hypothesis import strategies as st

from tests.conftest import rule_book

BOOK = rule_book()
FAMILIES = printable(BOOK)
HINTS = {"FA-X-25"}  # says "usually"


def loud(audit: Audit) -> list[str]:
    """The findings above info."""
    return [f"{f.rule.id} {f.main.statement}" for f in audit.findings if f.severity is not Severity.INFO]


def values(filing: Filing) -> dict[str, str]:
    return {str(fact.address): fact.text for fact in filing.facts}


def test_everything_public_is_there() -> None:
    assert all(getattr(kit, name) is not None for name in kit.__all__)
    with pytest.raises(AttributeError):
        kit.nothing  # noqa: B018


@pytest.mark.slow
@pytest.mark.parametrize("form", kit.FORMATS)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_read_back_from_every_format_and_accused_of_nothing(family: str, form: str) -> None:
    known = BOOK.forms.families[family]
    year = 2023 if known.report == "final_accounts" else 2024
    key = FilingKey(f"{known.places[0] if known.places else '示例'}市民政局", year, known.report, "unit")
    draft = draft_of_family(BOOK, family, 5, key=key)
    filing = read_back(draft, BOOK.forms, form)
    assert filing.key == key
    assert filing.unread == []
    wanted, found = values(draft.figures(BOOK)), values(filing)
    assert {address: found.get(address) for address in wanted} == wanted
    assert loud(audit_filings([filing], BOOK)[0]) == []


# what the long run accused wrongly: figures forced to foot in one table and not in another, one amount printed twice
@pytest.mark.slow
@pytest.mark.parametrize("number", [5210, 5264, 5638, 5774, 6128, 6376])
def test_counterexamples_of_the_long_run_are_accused_of_nothing(number: int) -> None:
    filing = read_back(generated(BOOK, number).draft, BOOK.forms, kit.FORMATS[number % len(kit.FORMATS)])
    assert (loud(audit_filings([filing], BOOK)[0]), filing.unread) == ([], [])


def test_a_figure_forced_by_two_digits_is_a_tail_and_one_off_by_more_is_not() -> None:
    """年末结转和结余 of 公开01表 prints 0.20 where 公开04表 prints 0.22: seven amounts lie between (5210)."""
    draft = generated(BOOK, 5210).draft
    summary = draft.printed["收入支出决算总表"]
    summary["支出/年末结转和结余", ""] = "0.11"
    (audit,) = audit_filings([read_back(draft, BOOK.forms)], BOOK)
    accused = [finding for finding in audit.findings if finding.severity is Severity.ERROR]
    assert "FA-X-24" in {check.rule.id for finding in accused for check in finding.checks}


def test_a_first_section_that_stands_twice_is_found() -> None:
    draft = generated(BOOK, 5210).draft
    assert draft.told is not None
    paragraphs = draft.told.paragraphs
    assert str(paragraphs[0][0]).startswith("一、")
    doubled = replace(draft, told=WrittenProse([*paragraphs[:2], *paragraphs]))
    (audit,) = audit_filings([read_back(doubled, BOOK.forms)], BOOK)
    assert [line.split()[0] for line in loud(audit)] == ["ST-S-09"]


def test_tables_of_many_narrow_columns_stay_on_the_page() -> None:
    draft = draft_of_family(BOOK, "全国预算", 3)
    wanted, found = values(draft.figures(BOOK)), values(read_back(draft, BOOK.forms, "pdf"))
    assert {address: found.get(address) for address in wanted} == wanted


@pytest.mark.slow
@given(draft=kit.drafts(BOOK), form=st.sampled_from(kit.FORMATS))
@settings(max_examples=25)
def test_a_ledger_printed_by_any_model_is_accused_of_nothing(draft: Draft, form: str) -> None:
    filing = read_back(draft, BOOK.forms, form)
    assert filing.unread == []
    assert loud(audit_filings([filing], BOOK)[0]) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [67, 86, 108, 164, 174, 217, 282])
def test_print_models_that_were_accused_once(seed: int) -> None:
    """Totals that add up rounded columns and classes, in tables and against the text."""
    choice = random.Random(seed)  # noqa: S311
    for model in Model:
        style = Style(*choice.choice([("万元", 2), ("万元", 0), ("元", 0)]), zeros=State.BLANK, model=model)
        source = RandomSource(seed)
        draft = draft_of(draw_ledger(source, most=choice.choice([10**3, 10**6, 10**9])), BOOK.forms, style, KEY, source)
        assert loud(audit_filings([read_back(draft, BOOK.forms)], BOOK)[0]) == []


def test_amounts_of_zeros_and_ones_beside_codes_are_no_codes() -> None:
    """The figures of one block print only 0 and 1 in whole 万元, and the names of the next block follow."""
    basic = {"30101": 900000, "30111": 2000, "30302": 1000, "30299": 600000}
    ledger = Ledger("2080109", basic=basic, three=dict.fromkeys(THREE, (0, 0)))
    draft = draft_of(ledger, BOOK.forms, Style("万元", 0))
    filing = read_back(draft, BOOK.forms)
    codes = {fact.address.row for fact in filing.facts if fact.address.table == "基本支出明细表"}
    assert {"30101", "303", "30302"} <= codes
    assert values(filing) | values(draft.figures(BOOK)) == values(filing)


def test_small_filings_have_no_figures() -> None:
    draft = find(kit.drafts(BOOK), lambda _: True)
    amounts = [fact.value for fact in draft.figures(BOOK).facts]
    assert not any(amounts)


@pytest.mark.slow
def test_a_form_alone() -> None:
    filing = find(kit.figures(BOOK, "支出决算表"), lambda found: any(fact.value for fact in found.facts))
    assert {table.table for table in filing.tables} == {"支出决算表"}


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["FA-T01-05", "FA-TREE-01", "FA-T04-04", "FA-X-05", "BU-B02-01"])
def test_a_filing_that_breaks_one_rule_and_no_other(rule: str) -> None:
    family = "全国决算" if rule.startswith("FA") else "全国预算"
    filing = kit.breaking(draft_of_family(BOOK, family, 1).figures(BOOK), rule, BOOK)
    assert failing(BOOK.all_plans(), [filing], BOOK) == [{rule}]


@pytest.mark.slow
@given(filing=kit.broken(BOOK, "FA-T01-05"))
@settings(max_examples=3)
def test_filings_that_break_a_rule_are_drawn(filing: Filing) -> None:
    assert failing(BOOK.all_plans(), [filing], BOOK) == [{"FA-T01-05"}]


def test_a_rule_that_others_imply_cannot_be_broken_alone() -> None:
    with pytest.raises(kit.UnbreakableError):
        kit.breaking(draft_of_family(BOOK, "全国决算", 1).figures(BOOK), "FA-TREE-03", BOOK)


@pytest.mark.slow
@given(years=kit.two_years(BOOK, Style()))
@settings(max_examples=8)
def test_two_years_carry_over(years: tuple[Draft, Draft]) -> None:
    filings = [read_back(draft, BOOK.forms) for draft in years]
    assert [filing.key.year for filing in filings] == [2022, 2023]
    for audit in audit_filings(filings, BOOK):
        assert loud(audit) == []
    closing, opening = (
        draft.printed["收入支出决算总表"][row, ""]
        for draft, row in zip(years, ("支出/年末结转和结余", "收入/年初结转和结余"), strict=True)
    )
    assert closing == opening


@pytest.mark.slow
@given(department=kit.departments(BOOK, Style("元", 2)))
@settings(max_examples=8)
def test_a_department_sums_up_its_units(department: tuple[Draft, list[Draft]]) -> None:
    whole, units = department
    cell = ("支出/本年支出合计", "")
    parts = [draft.printed["收入支出决算总表"][cell] for draft in units]
    total = whole.printed["收入支出决算总表"][cell]
    assert round(100 * float(total)) == sum(round(100 * float(part)) for part in parts)
    filings = [read_back(draft, BOOK.forms) for draft in (whole, *units)]
    for audit in audit_filings(filings, BOOK):
        assert loud(audit) == []


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_ledgers_of_two_years_open_as_they_closed(seed: int) -> None:
    source = RandomSource(seed)
    last = draw_ledger(source)
    this = kit.draw_next(source, last)
    assert sum(this.opening.values()) == sum(last.closing.values())
    spent = spending_by_source(this)
    assert all(this.opening[key] <= spent[key] + this.closing[key] for key in this.opening)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = (
        [(made.name, made.data, made.planted) for made in generate(BOOK, 6, kit.FORMATS, plant=2, seed=3)]
        for _ in range(2)
    )
    assert first == second
    assert len({name for name, _, _ in first}) == 6
    assert [name for name, _, _ in generate_names(4)] != [name for name, _, _ in generate_names(5)]


def generate_names(seed: int) -> list[tuple[str, bytes, object]]:
    return [
        (made.data.hex()[:40] + str(len(made.data)), made.data, 0) for made in generate(BOOK, 2, ["txt"], seed=seed)
    ]


@pytest.mark.slow
def test_generated_files_and_their_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from auditor.cli.main import main; main()", "--lang", "en", "generate"]
    done = subprocess.run(
        [*command, "--count", "3", "--plant", "2", "--format", "txt,xlsx", "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "key.csv").read_text(encoding="utf-8"))))
    assert list(rows[0]) == ["file", "table", "row", "column", "sentence", "printed", "true", "cause"]
    assert {row["file"] for row in rows} == {path.name for path in tmp_path.iterdir()} - {"key.csv"}
    wrong = subprocess.run(
        [*command, "--family", "全国决蒜", "--out", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


@pytest.mark.slow
def test_a_second_run_into_the_same_folder_keeps_the_answers_of_the_first(tmp_path: Path) -> None:
    def answers(*more: str) -> tuple[int, str, list[str]]:
        command = ["generate", "--count", "2", "--format", "txt", "--out", str(tmp_path), *more]
        done = CliRunner().invoke(cli, command, catch_exceptions=False)
        return done.exit_code, done.stderr, (tmp_path / "key.csv").read_text(encoding="utf-8").splitlines()

    first = answers("--plant", "2", "--seed", "1")[2]
    assert len(first) > 2
    second = answers("--plant", "1", "--family", "全国预算")[2]
    assert second[: len(first)] == first
    assert len(second) > len(first)
    assert answers("--seed", "1")[2] == [first[0], *second[len(first) :]]  # written again, without defects
    (tmp_path / "key.csv").write_text("not,ours\n", encoding="utf-8")
    status, said, key = answers("--seed", "3")
    assert (status, said.count("\n"), key) == (2, 1, ["not,ours"])
    assert len(list(tmp_path.glob("*.txt"))) == 4  # nothing was written


@pytest.mark.slow
def test_audits_of_different_units_do_not_touch() -> None:
    """audit(A + B) = audit(A) + audit(B), in either order."""
    filings = [read_back(generated(BOOK, number, plant=2, seed=9).draft, BOOK.forms) for number in range(4)]
    alone = [audit_filings([filing], BOOK)[0] for filing in filings]
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        for number, audit in zip(order, audit_filings([filings[n] for n in order], BOOK), strict=True):
            assert [f.id for f in audit.findings] == [f.id for f in alone[number].findings]
            assert audit.ledger == alone[number].ledger
            assert audit.marks == alone[number].marks


@pytest.mark.slow
def test_files_of_every_format_say_the_same() -> None:
    made = generated(BOOK, 7, plant=3, seed=1)
    found = []
    for form in kit.FORMATS:
        assert rendered(made.draft, form, BOOK.forms) == rendered(made.draft, form, BOOK.forms)
        (audit,) = audit_filings([read_back(made.draft, BOOK.forms, form)], BOOK)
        found.append(sorted(loud(audit)))
    assert found[0]
    assert all(one == found[0] for one in found)


def told(audits: list[Audit]) -> list[str]:
    return [json.dumps(filing_data(audit, {}), ensure_ascii=False, indent=1, default=str) for audit in audits]


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 3, 7])
def test_a_report_is_the_same_whatever_filings_share_a_chunk(size: int) -> None:
    filings = [read_back(generated(BOOK, number, plant=2, seed=3).draft, BOOK.forms) for number in range(7)]
    alone = [text for filing in filings for text in told(audit_filings([filing], BOOK))]
    chunks = [filings[at : at + size] for at in range(0, len(filings), size)]
    assert [text for chunk in chunks for text in told(audit_filings(chunk, BOOK))] == alone
    assert [text for chunk in chunks for text in told(audit_filings(chunk[::-1], BOOK))[::-1]] == alone


def test_a_report_that_is_read_back_says_what_the_audit_said(tmp_path: Path) -> None:
    (audit,) = audit_filings([read_back(generated(BOOK, 7, plant=3, seed=1).draft, BOOK.forms)], BOOK)
    file = tmp_path / "report.json"
    file.write_text(json.dumps(filing_data(audit, {"rules_sha256": "0"}), default=str), encoding="utf-8")
    saved = load_report(file)
    assert saved.key == audit.filing.key
    assert [(one.id, one.rule, one.severity, one.verdict) for one in saved.findings] == [
        (one.id, one.rule.id, one.severity.value, one.verdict.key) for one in audit.findings
    ]
    accused = [{str(audit.facts[suspect.fact].address) for suspect in one.suspects} for one in audit.findings]
    assert [set(one.addresses) for one, some in zip(saved.findings, accused, strict=True) if some] == [
        some for some in accused if some
    ]
    assert saved.figures is not None
    printed = {str(fact.address): fact for fact in audit.filing.facts if fact.is_figure}
    assert saved.figures.keys() == printed.keys()
    for address, text in saved.figures.items():
        assert "".join(printed[address].text.split()).rstrip("%") in text.replace(",", "")


def test_a_table_in_yuan_with_figures_of_ten_thousand_yuan_is_told_by_its_decimals() -> None:
    draft = draft_of(draw_ledger(RandomSource(3)), BOOK.forms, Style(decimals=4))
    table = "财政拨款收入支出决算总表"
    slipped = replace(draft, heads={table: Head(draft.key.entity, draft.key.year, "元")})
    (audit,) = audit_filings([read_back(slipped, BOOK.forms)], BOOK)
    assert {line.split()[0] for line in loud(audit)} == {"ST-S-15"}
    assert [item.text for item in audit.filing.unread if item.reason == "unread.too_fine"]
