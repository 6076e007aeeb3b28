"""Nothing is destroyed: no report is written over what is no report, and reports are never audited as filings."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from auditor.cli.main import cli
from auditor.own import is_own, is_own_file
from click.testing import CliRunner, Result

from tests.conftest import EXAMPLES
from tests.support.documents import archive, page, pdf, word, workbook
from tests.support.screens import filing

WRONG = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("清河"))
TEXT = WRONG.read_text(encoding="utf-8")
ALL = "html,json,xlsx,csv,md,junit,sarif"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="auditor")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def originals(folder: Path) -> dict[str, str]:
    """A filing in each format in a folder of its own, as everyone keeps them; their hashes."""
    folder.mkdir()
    (folder / "甲.html").write_bytes(page(TEXT))
    workbook(folder / "乙.xlsx", TEXT)
    (folder / "index.txt").write_text(TEXT, encoding="utf-8")
    return hashes(folder)


def filings(out: Path) -> set[str]:
    """The files that the newest run audited."""
    index = json.loads(max(out.glob("index*.json"), key=lambda path: path.stat().st_mtime_ns).read_text("utf-8"))
    return {file for one in index["filings"] for file in one["files"]}


@pytest.mark.slow
def test_a_folder_that_takes_its_own_reports_three_times_keeps_its_files_and_its_filings(tmp_path: Path) -> None:
    folder = tmp_path / "公开"
    before = originals(folder)
    seen = []
    for _ in range(3):
        result = run("check", folder, "--separate", "--out", folder, "--format", ALL, "--fail-on", "never")
        assert result.exit_code == 0, result.output
        assert {name: digest for name, digest in hashes(folder).items() if name in before} == before
        seen.append(filings(folder))
    assert seen == [{"甲.html", "乙.xlsx", "index.txt"}] * 3
    assert "甲-report.html" in result.stderr
    assert "略过" in result.stderr  # what is not audited is told
    assert (folder / "甲-report.json").is_file()  # all reports on one filing go by one name
    written = sorted(path.name for path in folder.iterdir())
    run("check", folder, "--separate", "--out", folder, "--format", ALL, "--fail-on", "never")
    assert sorted(path.name for path in folder.iterdir()) == written


def test_a_document_that_is_no_input_is_not_written_over_either(tmp_path: Path) -> None:
    shutil.copy(WRONG, tmp_path)
    mine = tmp_path / f"{WRONG.stem}.html"
    mine.write_text("my own page", encoding="utf-8")
    (tmp_path / "index.json").write_text("{}", encoding="utf-8")
    result = run("check", tmp_path / WRONG.name, "--out", tmp_path)
    assert mine.read_text(encoding="utf-8") == "my own page"
    assert (tmp_path / "index.json").read_text(encoding="utf-8") == "{}"
    assert (tmp_path / "index-report.json").is_file()
    assert "index-report.json" in result.stderr


def test_a_report_that_the_run_is_compared_with_stays(tmp_path: Path) -> None:
    run("check", WRONG, "--out", tmp_path, "--format", "json")
    old = tmp_path / f"{WRONG.stem}.json"
    before = old.read_bytes()
    run("check", WRONG, "--out", tmp_path, "--format", "json", "--baseline", old)
    assert old.read_bytes() == before
    assert json.loads((tmp_path / f"{WRONG.stem}-report.json").read_text("utf-8"))["baseline"]["file"] == old.name


@pytest.mark.slow
def test_reports_given_by_hand_or_in_an_archive_are_no_filings(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("check", WRONG, "--out", out, "--format", ALL)
    reports = sorted(out.iterdir())
    again = run("check", WRONG, *reports, "--out", tmp_path / "two", "--format", "json", "--fail-on", "never")
    assert again.exit_code == 0
    assert filings(tmp_path / "two") == {WRONG.name}
    zipped = archive(tmp_path / "a.zip", {path.name: path.read_bytes() for path in [WRONG, *reports]})
    run("check", zipped, "--out", tmp_path / "three", "--format", "json")
    assert filings(tmp_path / "three") == {f"a.zip!{WRONG.name}"}
    nothing = run("check", *reports)
    assert nothing.exit_code == 2
    assert "略过" in nothing.stderr


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_report_and_copy_and_list_is_recognised_and_no_original_is(tmp_path: Path, lang: str) -> None:
    folder, out = tmp_path / "公开", tmp_path / "out"
    originals(folder)
    (folder / "丙.pdf").write_bytes(pdf(TEXT))
    word(folder / "丁.docx", TEXT)
    run("--lang", lang, "check", folder, "--separate", "--out", out, "--format", f"{ALL},annotated")
    run("--lang", lang, "read", folder / "甲.html", "--out", out)
    run("--lang", lang, "rules", "coverage", folder / "甲.html", "--out", out)
    files = list(out.iterdir())
    assert {"".join(path.suffixes[-2:]) for path in files} >= {
        ".annotated.pdf",
        ".annotated.xlsx",
        ".annotated.docx",
        ".html",
        ".json",
        ".xlsx",
        ".csv",
        ".md",
        ".sarif",
        ".junit.xml",
        ".read.xlsx",
        ".read.json",
    }
    assert [path.name for path in files if not is_own_file(path)] == []
    assert [path.name for path in folder.iterdir() if is_own_file(path)] == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\x05\x06" + b"\0" * 18,
        b"%PDF-1.4",
        b"auditor",
        b'{"tool": {"name": "auditors"}}',
        '单位,年度,本年支出合计\n某局,2023,"1.00"\n'.encode(),
        b"\xff\xfe\x00",
        b'"' * 5000,
    ],
)
def test_other_files_are_not_taken_for_reports(data: bytes) -> None:
    assert not is_own(data)


@pytest.mark.slow
def test_a_screening_writes_over_nothing_and_removes_nothing_of_others(tmp_path: Path) -> None:
    folder = tmp_path / "公开"
    folder.mkdir()
    (folder / "决算.txt").write_text(filing("某县档案馆", 2023, wrong=True), encoding="utf-8")
    (folder / "index.html").write_bytes(page(filing("某县气象局", 2023)))
    before = hashes(folder)
    for _ in range(2):
        result = run("screen", folder, "--out", folder, "--jobs", "1")
        assert {name: digest for name, digest in hashes(folder).items() if name in before} == before
        assert (result.exit_code, "2 份" in result.stdout) == (0, True), result.output
    (folder / "reports" / "2023").mkdir()
    (folder / "reports" / "2023" / "我的.docx").write_bytes(b"mine")
    refused = run("screen", folder, "--out", folder, "--jobs", "1")
    assert (refused.exit_code, (folder / "reports" / "2023" / "我的.docx").read_bytes()) == (2, b"mine")
    assert "reports/2023" in refused.stderr


def test_the_pages_of_a_rule_book_are_not_written_among_others(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    assert run("rules", "docs", "--out", tmp_path).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
