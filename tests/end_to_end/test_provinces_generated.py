"""A generated province: years that open as the last one closed, departments that are the sums of their units."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from auditor.cli.main import cli
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit, Severity
from auditor.messages import use_language
from auditor.model.entities import Entities, Expected
from auditor.reports.narrate import Narrator
from auditor.testing.filings import read_back
from auditor.testing.province import MOST_UNITS, Member, province, sizes
from click.testing import CliRunner

from tests.conftest import rule_book

BOOK = rule_book()


def known(members: list[Member]) -> Entities:
    return Entities.of([Expected(*member.due[:2], edition=member.key.edition) for member in members])


def loud(audit: Audit) -> list[str]:
    return [finding.rule.id for finding in audit.findings if finding.severity is not Severity.INFO]


def test_every_department_has_units_and_all_together_as_many_as_asked() -> None:
    some = sizes(20, 150, random.Random(1))  # noqa: S311
    assert (len(some), sum(some), min(some) >= 1, max(some) <= MOST_UNITS) == (20, 150, True, True)
    with pytest.raises(ValueError, match="19"):
        sizes(20, 19, random.Random(1))  # noqa: S311


@pytest.mark.slow
@pytest.mark.parametrize("told", [True, False])
def test_a_clean_province_is_accused_of_nothing_and_rules_between_filings_look_at_it(told: bool) -> None:
    members = list(province(BOOK, 2, 9, 3, told=told, seed=4))
    assert len(members) == 3 * (2 + 9)
    filings = [
        read_back(member.made.draft, BOOK.forms) if told else member.made.draft.figures(BOOK) for member in members
    ]
    audits = audit_filings(filings, BOOK, entities=known(members))
    assert [loud(audit) for audit in audits] == [[]] * len(members)
    judged = {rule for audit in audits for rule in audit.passed}
    judged |= {rule for audit in audits for finding in audit.findings for rule in finding.rule_ids}  # tails
    told_of = {"FA-K-04", "FA-K-05"} if told else set()
    assert judged >= {"FA-K-01", "FA-K-02", "FA-M-01", "FA-M-02", "FA-M-03"} | told_of


def test_a_wrong_figure_of_a_unit_is_a_finding_of_the_unit_and_a_hint_to_its_department() -> None:
    members = list(province(BOOK, 1, 3, 1, told=False, seed=4))
    income = ("收入/一般公共预算财政拨款收入", "")
    unit = next(member for member in members if member.key.edition == "unit")
    table = unit.made.draft.printed["收入支出决算总表"]
    before = table[income]
    table[income] = f"1{before}"
    filings = [member.made.draft.figures(BOOK) for member in members]
    department, accused, *others = audit_filings(filings, BOOK, entities=known(members))
    assert [len(loud(audit)) for audit in (department, accused, *others)] == [0, 1, 0, 0]
    (hint,) = [finding for finding in department.findings if finding.elsewhere]
    assert (hint.rule.id, hint.severity, hint.suspects) == ("FA-M-01", Severity.INFO, ())
    use_language("zh")
    assert "已在对方的报告中列为疑点" in Narrator(department).message(hint)


def test_a_department_that_is_wrong_itself_keeps_its_finding() -> None:
    members = list(province(BOOK, 1, 3, 1, told=False, seed=4))
    table = members[0].made.draft.printed["收入支出决算总表"]
    income = ("收入/一般公共预算财政拨款收入", "")
    table[income] = f"1{table[income]}"
    audits = audit_filings([member.made.draft.figures(BOOK) for member in members], BOOK, entities=known(members))
    assert [len(loud(audit)) for audit in audits] == [1, 0, 0, 0]


def test_the_command_writes_departments_with_their_list_and_the_key(tmp_path: Path) -> None:
    asked = ["generate", "--departments", "2", "--units", "5", "--years", "2", "--format", "txt", "--plant", "1"]
    done = CliRunner().invoke(cli, [*asked, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.txt")}
    assert len(files) == 2 * (2 + 5)
    lines = list(csv.reader(io.StringIO((tmp_path / "entities.csv").read_text(encoding="utf-8"))))
    assert len(lines) == 1 + len(files)
    key = list(csv.DictReader(io.StringIO((tmp_path / "key.csv").read_text(encoding="utf-8"))))
    assert key
    assert {line["file"] for line in key} <= files


@pytest.mark.parametrize("more", [["--units", "1"], ["--units", "1000"], ["--family", "全国预算"]])
def test_a_province_that_cannot_be_is_told(more: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["generate", "--departments", "2", "--out", str(tmp_path), *more])
    assert (done.exit_code, "Traceback" in done.output) == (2, False)
