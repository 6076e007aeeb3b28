"""The command as its users meet it: exit statuses, one sentence for every mistake, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from auditor.cli.main import cli
from click.testing import CliRunner, Result

from tests.conftest import EXAMPLES

CLEAN = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("青山"))
WRONG = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("清河"))

RULE = """- id: MY-01
  title: 项目支出不超过基本支出
  form: 支出决算表
  kind: hint
  assert: 本表[合计].项目支出 <= 本表[合计].基本支出
  basis: 本单位约定
  why: 试验
  fix: 核对两个数。
  examples:
    pass: {合计.项目支出: 1.00, 合计.基本支出: 2.00}
    fail: {合计.项目支出: 9.00, 合计.基本支出: 2.00}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="auditor")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def one_sentence(text: str) -> str:
    """The last line of what was said; a mistake is answered by one line, never by a traceback."""
    assert "Traceback" not in text
    return text.strip().splitlines()[-1]


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_clean_filing_ends_with_0_and_a_wrong_one_with_1(here: Path) -> None:
    assert run("check", CLEAN).exit_code == 0
    assert written(here / "reports_out") == sorted(
        [f"{CLEAN.stem}.html", f"{CLEAN.stem}.json", "index.html", "index.json"]
    )
    result = run("check", WRONG, "--out", "elsewhere")
    assert result.exit_code == 1
    assert "4 个错误" in one_sentence(result.stdout)
    assert run("check", WRONG, "--fail-on", "never").exit_code == 0
    assert run("check", WRONG, "--format", "json", "--out", "only").exit_code == 1
    assert written(here / "only") == sorted([f"{WRONG.stem}.json", "index.json"])


@pytest.mark.parametrize("formats", ["json", "csv,json", "html,json"])
def test_the_index_names_the_reports_that_were_written_and_no_others(here: Path, formats: str) -> None:
    assert run("check", CLEAN, "--format", formats).exit_code == 0
    (entry,) = json.loads((here / "reports_out" / "index.json").read_text(encoding="utf-8"))["filings"]
    named = {name: entry[name] for name in ("html", "json")}
    assert named == {name: f"{CLEAN.stem}.{name}" if name in formats.split(",") else None for name in named}
    assert set(filter(None, named.values())) <= set(written(here / "reports_out"))


def test_english(here: Path) -> None:
    result = run("--lang", "en", "check", WRONG)
    assert "4 error(s)" in one_sentence(result.stdout)
    assert "should be" in (here / "reports_out" / f"{WRONG.stem}.json").read_text(encoding="utf-8")


BAD_INPUTS = {
    "missing": (None, "找不到"),
    "empty.txt": (b"", "空"),
    "blank.txt": (b"\n \t\n", "空"),
    "binary.txt": (bytes(range(256)) * 50, "二进制"),
    "latin.txt": ("Prévisions détaillées".encode("latin-1") + b"\xff\xff\xff", "编码"),
    "letter.txt": ("各位同事：明天上午开会，请准时参加。\n".encode(), "没有认出"),
    "numbers.txt": (b"a,b,c\n1,2,3\n4,5,6\n", "没有认出"),
    "filing.ofd": (b"PK\x03\x04" + b"\0" * 100, ""),
    "folder": ("folder", "没有可以核对的文件"),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_bad_input_gets_one_sentence_and_2_and_the_others_are_audited(here: Path, name: str) -> None:
    content, part = BAD_INPUTS[name]
    path = here / name
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    result = run("check", path, WRONG)
    assert result.exit_code == 2
    said = result.stderr.strip().splitlines()
    assert len(said) == 1
    assert name in said[0]
    assert part in said[0]
    assert "4 个错误" in one_sentence(result.stdout)
    assert f"{WRONG.stem}.html" in written(here / "reports_out")
    index = json.loads((here / "reports_out" / "index.json").read_text(encoding="utf-8"))
    assert [entry["reason"] for entry in index["failed"]] == said


def test_a_folder_without_permission_is_told(here: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may read everything: run the tests as another user")
    locked = here / "locked.txt"
    locked.write_bytes(CLEAN.read_bytes())
    locked.chmod(0)
    result = run("check", locked)
    assert result.exit_code == 2
    assert "权限" in one_sentence(result.stderr)


@pytest.mark.slow
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8-bom", "gb18030", "utf-16", "crlf"],
)
def test_the_encodings_of_practice_give_the_same_findings(here: Path, encode: Callable[[str], bytes]) -> None:
    (here / "a.txt").write_bytes(encode(WRONG.read_text(encoding="utf-8")))
    run("check", "a.txt")
    run("check", WRONG, "--out", "plain")
    changed = json.loads((here / "reports_out" / "a.json").read_text(encoding="utf-8"))
    plain = json.loads((here / "plain" / f"{WRONG.stem}.json").read_text(encoding="utf-8"))
    assert [f["message"] for f in changed["findings"]] == [f["message"] for f in plain["findings"]]


def test_reports_of_files_with_one_name_do_not_overwrite_each_other(here: Path) -> None:
    for folder, source in (("a", CLEAN), ("b", WRONG)):
        (here / folder).mkdir()
        shutil.copy(source, here / folder / "index.txt")
    assert run("check", "a", "b").exit_code == 1
    names = written(here / "reports_out")
    assert "index.html" in names
    assert len([name for name in names if name.startswith("index-") and name.endswith(".html")]) == 2


@pytest.mark.slow
def test_files_are_grouped_by_what_they_say_unless_told_otherwise(here: Path) -> None:
    text = CLEAN.read_text(encoding="utf-8")
    cut = text.index("\n财政拨款收入支出决算总表\n")
    first, second = here / "a.txt", here / "b.txt"
    first.write_text(text[:cut], encoding="utf-8")
    second.write_text("\n".join(text.split("\n")[:2]) + "\n" + text[cut:], encoding="utf-8")
    assert run("check", "--as-one", first, second).stdout.splitlines()[-1].startswith("1 份文件")
    assert run("check", "--separate", first, second).stdout.splitlines()[-1].startswith("2 份文件")
    assert run("check", first, second).stdout.splitlines()[-1].startswith("1 份文件")
    assert run("check", CLEAN, WRONG).stdout.splitlines()[-1].startswith("2 份文件")


def test_settings_come_from_the_file(here: Path) -> None:
    (here / "own").mkdir()
    (here / "own" / "rules.yaml").write_text(RULE, encoding="utf-8")
    (here / "auditor.toml").write_text('rounding = "truncate"\nrules = ["own"]\nlang = "en"\n', encoding="utf-8")
    result = run("rules", "list")
    assert "MY-01" in result.stdout
    run("check", WRONG)
    assert "truncate" in (here / "reports_out" / f"{WRONG.stem}.html").read_text(encoding="utf-8").casefold()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('rounding = "up"', "half_up"),
        ("roundin = 1", "rounding"),
        ("rules = 3", "folder"),
        ("rounding = ", "auditor.toml"),
        ('rules = ["nowhere"]', "nowhere"),
    ],
)
def test_a_wrong_setting_is_told_and_nothing_is_written(here: Path, text: str, part: str) -> None:
    (here / "auditor.toml").write_text(text, encoding="utf-8")
    result = run("check", CLEAN)
    assert result.exit_code == 2
    assert part in one_sentence(result.stderr)
    assert not (here / "reports_out").exists()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (RULE.replace("title:", "titel:", 1), "rules.yaml:2"),
        (RULE.replace("项目支出 <=", "项日支出 <=", 1), "rules.yaml:5"),
        ("a: [", "rules.yaml"),
    ],
)
def test_a_wrong_rule_folder_is_told_with_file_and_line(here: Path, text: str, part: str) -> None:
    (here / "own").mkdir()
    (here / "own" / "rules.yaml").write_text(text, encoding="utf-8")
    result = run("check", CLEAN, "--rules", "own")
    assert result.exit_code == 2
    assert part in one_sentence(result.stderr)
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (here / "reports_out").exists()


def test_an_output_that_cannot_be_written_is_told_and_leaves_no_part(here: Path) -> None:
    (here / "reports_out").write_text("a file stands where the folder should be", encoding="utf-8")
    result = run("check", CLEAN)
    assert result.exit_code == 2
    assert "reports_out" in one_sentence(result.stderr)
    assert written(here) == ["reports_out"]


def test_a_full_disk_keeps_what_was_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced = Path.replace

    def full(self: Path, target: Path) -> Path:
        if Path(target).name == "index.html":
            raise OSError(28, "No space left on device")
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", full)
    result = run("check", CLEAN)
    assert result.exit_code == 2
    assert "No space left" in one_sentence(result.stderr)
    assert written(here / "reports_out") == sorted([f"{CLEAN.stem}.html", f"{CLEAN.stem}.json", "index.json"])


def test_read_shows_every_figure_under_its_address(here: Path) -> None:
    result = run("read", WRONG)
    assert result.exit_code == 0
    assert "支出决算表[2080505].基本支出\t93.74" in result.stdout
    assert "万元" in result.stdout
    gone = run("read", here / "gone.txt", WRONG)
    assert gone.exit_code == 2
    assert "支出决算表[2080505].基本支出\t93.74" in gone.stdout


def test_the_rule_book_is_listed_shown_and_tested() -> None:
    assert len(run("rules", "list").stdout.splitlines()) > 80
    assert run("rules", "list", "--form", "三公经费表").stdout.count("\n") < 20
    shown = run("rules", "show", "FA-T01-03")
    for part in ("核对什么", "为什么", "依据", "怎样改", "成立的例子", "不成立的例子", "01_summary.yaml:"):
        assert part in shown.stdout
    missing = run("rules", "show", "FA-T01-3")
    assert missing.exit_code == 2
    assert "FA-T01-03" in one_sentence(missing.stderr)
    assert run("rules", "test", "FA-T01-03").exit_code == 0


def test_a_rule_is_traced_through_a_file() -> None:
    result = run("rules", "trace", "FA-T01-03", WRONG)
    assert result.exit_code == 0
    assert "本年支出合计" in result.stdout
    unbound = run("rules", "trace", "BU-B04-04", WRONG)
    assert "这套表样没有这张表" in unbound.stdout


def test_help_and_misspelt_commands() -> None:
    for command in ((), ("check",), ("read",), ("rules",), ("rules", "trace")):
        assert run(*command, "--help").exit_code == 0
    result = run("chek")
    assert result.exit_code == 2
    assert "check" in one_sentence(result.stderr)
    assert run("--version").stdout.startswith("auditor")
