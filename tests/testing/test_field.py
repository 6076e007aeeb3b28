"""Measuring published filings: which figures can be changed, what a change leaves alone, what is found and told."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from auditor.cli.main import cli
from auditor.engine.audit import audit_filings
from auditor.errors import BadInputError
from auditor.model.document import Cell, Document, Grid, Paragraph
from auditor.model.facts import Place
from auditor.model.numbers import parse_literal
from auditor.model.units import Rounding
from auditor.sandbox import read
from auditor.testing.field import keeping
from auditor.testing.field.changing import changed, new_text
from auditor.testing.field.judging import JudgedFinding, judged_of
from auditor.testing.field.measuring import FieldPlan, Measured, filings_in, measure
from auditor.testing.field.rates import rates_of, rates_table
from auditor.testing.field.recall import base_of, sample, trials
from auditor.testing.field.running import measured
from auditor.testing.field.spots import amounts_of, spots_of
from auditor.testing.field.telling import compared_lines, place_lines, recall_lines, trial_lines
from auditor.testing.varying.generated import generated
from auditor.testing.varying.sheets import read_whole
from click.testing import CliRunner

from tests.support.documents import CLEAN, WRONG

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.rules.book import RuleBook
    from auditor.testing.field.recall import ChangeTrial


def _grid(*rows: list[str]) -> Grid:
    cells = [[Cell(raw, Place("a", row=n, column=c)) for c, raw in enumerate(row)] for n, row in enumerate(rows)]
    return Grid(tuple(map(tuple, cells)), Place("a"), spans_known=True)


def _tried(document: Document, book: RuleBook, tables: int, texts: int) -> list[ChangeTrial]:
    filing = read_whole(document, book.forms)
    (audit,) = audit_filings([filing], book)
    spots = sample(document, tables, texts, 0)
    return list(trials(document, base_of(filing, audit), spots, book, Rounding.HALF_UP))


def test_amounts_are_told_from_codes_ordinals_and_years_whether_or_not_a_form_knows_the_table() -> None:
    grid = _grid(
        ["序号", "科目编码", "养护路段", "里程补助", "年度", "人数"],
        ["1", "2010301", "东环路", "1,200.50", "2024", "15"],
        ["2", "2010302", "西环路", "0.00", "2024", "8"],
    )
    found = [(cell.raw, beside) for cell, beside in amounts_of(grid)]
    assert [text for text, _ in found] == ["1,200.50", "15"]


def test_a_change_replaces_one_figure_and_nothing_else(book: RuleBook) -> None:
    document = generated(book.forms, 1)
    line = Paragraph("本年收入合计1,234.56万元，比上年增长12.30%，购置50万元以上设备0台。", Place("a"))
    document = replace(document, blocks=[*document.blocks, line])
    spots = spots_of(document)
    assert [spot.text for spot in spots if spot.is_told] in (["1,234.56", "12.30"], ["12.30", "1,234.56"])
    assert [spot.key for spot in spots] == sorted(spot.key for spot in spots)
    for spot in spots:
        made = new_text(spot)
        if made is None:
            continue
        copy = changed(document, spot, made[0])
        differs = [n for n, (a, b) in enumerate(zip(document.blocks, copy.blocks, strict=True)) if a is not b]
        assert differs == [spot.block]
        old, new = document.blocks[spot.block], copy.blocks[spot.block]
        assert parse_literal(made[0]).digits != parse_literal(spot.text).digits
        if isinstance(old, Paragraph):
            assert isinstance(new, Paragraph)
            assert len(new.raw) == len(old.raw)
            continue
        assert isinstance(old, Grid)
        assert isinstance(new, Grid)
        pairs = [(a, b) for x, y in zip(old.rows, new.rows, strict=True) for a, b in zip(x, y, strict=True)]
        swapped = {(id(a), id(b)) for a, b in pairs if a is not b}
        assert len(swapped) == 1, "one cell, the same object wherever it stands"


@pytest.mark.slow
def test_what_is_changed_in_generated_tables_is_found_named_and_put_right(book: RuleBook) -> None:
    made = _tried(generated(book.forms, 1), book, 12, 0)
    assert len(made) == 12
    assert all(one.read and one.checked and one.found for one in made)
    assert sum(one.named for one in made) >= 11
    assert sum(one.repaired for one in made) >= 10


@pytest.mark.slow
def test_numbers_of_sentences_are_followed_into_their_facts(book: RuleBook) -> None:
    made = _tried(read(CLEAN), book, 0, 16)
    assert {one.kind for one in made} <= {"文字金额", "文字比率", "文字数量"}
    assert sum(one.read for one in made) >= 14
    assert all(one.address.startswith("说明/") for one in made if one.read)
    checked = [one for one in made if one.checked]
    assert len(checked) >= 10
    assert sum(one.found for one in checked) >= len(checked) - 2
    assert any(one.repaired for one in checked)


def test_a_figure_that_no_rule_sees_is_not_found(book: RuleBook) -> None:
    unseen = _grid(["路段", "数额"], ["东环路", "1,200.50"], ["西环路", "7,310.20"])
    document = generated(book.forms, 1)
    document = replace(document, blocks=[Paragraph("附：养护", Place("a")), unseen, *document.blocks])
    filing = read_whole(document, book.forms)
    (audit,) = audit_filings([filing], book)
    spots = [spot for spot in spots_of(document) if spot.text in ("1,200.50", "7,310.20")]
    made = list(trials(document, base_of(filing, audit), spots, book, Rounding.HALF_UP))
    assert len(made) == 2
    assert not any(one.found or one.named for one in made)


@pytest.mark.slow
def test_findings_that_were_there_before_are_no_find(book: RuleBook) -> None:
    """In a filing with errors a changed figure far from them is found by its own checks only."""
    made = _tried(read(WRONG), book, 6, 0)
    assert all(one.found for one in made if one.checked)
    assert all(one.rules for one in made if one.found)


def test_the_version_of_the_readers_depends_on_all_their_sources() -> None:
    assert all(list(keeping.ROOT.glob(pattern)) for pattern in keeping.SOURCES)
    assert len(list(keeping.ROOT.glob(keeping.SOURCES[0]))) > 20


@pytest.mark.slow
def test_documents_are_kept_as_read(book: RuleBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, kept = tmp_path / "filings", tmp_path / "kept"
    folder.mkdir()
    shutil.copy(CLEAN, folder / "甲_a.txt")
    first = measure(folder / "甲_a.txt", book, FieldPlan(2, 2, cache=kept))
    monkeypatch.setattr(keeping, "read", None)
    again = measure(folder / "甲_a.txt", book, FieldPlan(2, 2, cache=kept))
    assert again.summary == first.summary
    assert again.trials == first.trials
    assert again.seconds["read"] == first.seconds["read"]
    monkeypatch.setattr(keeping, "reader_version", lambda: "another")
    with pytest.raises(TypeError):
        measure(folder / "甲_a.txt", book, FieldPlan(cache=kept))


@pytest.mark.slow
def test_a_folder_is_measured_and_told(book: RuleBook, tmp_path: Path) -> None:
    shutil.copy(CLEAN, tmp_path / "甲_a.txt")
    shutil.copy(WRONG, tmp_path / "乙_b.txt")
    (tmp_path / "乙_c.txt").write_text("今天天气很好。", encoding="utf-8")
    (tmp_path / "judged.csv").write_text("none", encoding="utf-8")
    paths = filings_in(tmp_path)
    assert [path.name for path in paths] == ["乙_b.txt", "乙_c.txt", "甲_a.txt"]
    assert [path.name for path in filings_in(tmp_path, every=2)] == ["乙_b.txt", "甲_a.txt"]
    files = sorted(measured(paths, book, FieldPlan(2, 2), 2), key=lambda file: file.file)
    assert [bool(file.refused) for file in files] == [False, True, False]
    places = {line.split()[0]: line.split() for line in place_lines(files)}
    assert places["乙"][1:3] == ["2", "1"]
    assert places["甲"][2] == places["甲"][11] == "0"
    assert places["甲"][4] == "100.0%"
    assert places["甲"][9:11] == ["0.00", "0.00"]
    assert places["all"][1] == "3"
    assert sum(line.startswith("all tables") for line in recall_lines(files)) == 1
    assert [Measured(**json.loads(json.dumps(file.as_data()))).file for file in files] == [f.file for f in files]
    assert all("→" in line for line in compared_lines(files, files))
    missed = [file for file in files if any(one["checked"] and not one["named"] for one in file.trials)]
    assert bool(list(trial_lines(files))) is bool(missed)


def test_a_rule_that_fires_often_and_was_never_right_is_doubtful() -> None:
    def file(name: str, *rules: str) -> Measured:
        found = [{"severity": "error", "rule": rule, "id": "", "message": f"{rule} of {name}"} for rule in rules]
        return Measured(name, "", {}, {}, found, [])

    files = [file("a_1", "X", "Y", "Z"), file("a_2", "X", "X", "Y"), *(file(f"a_{n}") for n in range(3, 101))]
    files.append(file("a_101", "Y"))
    judged = [JudgedFinding("a_2", "Y", "Y of  a_2", "true"), JudgedFinding("a_1", "X", "X of a_1", "false")]
    by_rule = {rate.rule: rate for rate in rates_of(files, judged)}
    assert (by_rule["X"].findings, by_rule["X"].files, by_rule["X"].false) == (3, 2, 1)
    assert not by_rule["X"].doubtful, "2 of 101 are not more than one in fifty"
    assert not by_rule["Y"].doubtful, "shown right once"
    files[-1] = file("a_101", "X")
    by_rule = {rate.rule: rate for rate in rates_of(files, judged)}
    assert by_rule["X"].doubtful
    assert "| X | 错误 | 4 | 3 / 101 | 0 | 1 | 3 | 可疑 |" in list(rates_table(rates_of(files, judged)))


def test_judged_findings_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "judged.csv"
    path.write_text("file,rule,verdict,message\na,X,perhaps,m\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="2: perhaps"):
        judged_of(path)


@pytest.mark.slow
def test_the_command_counts_per_rule(tmp_path: Path) -> None:
    shutil.copy(WRONG, tmp_path / "乙_b.txt")
    shutil.copy(CLEAN, tmp_path / "甲_a.txt")
    result = CliRunner().invoke(cli, ["rules", "rates", str(tmp_path), "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert "可疑" in result.output
    assert "核对 2 份" in result.output
    result = CliRunner().invoke(cli, ["rules", "rates", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
