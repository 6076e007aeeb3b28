"""`auditor diff`: two reports on one unit held against each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from auditor.cli.main import cli
from click.testing import CliRunner, Result

from tests.conftest import EXAMPLES

WRONG = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("清河"))


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def report(folder: Path, text: str) -> Path:
    """The report on a text, in a folder of its own."""
    folder.mkdir()
    (folder / "a.txt").write_text(text, "utf-8")
    run("check", folder / "a.txt", "--out", folder, "--format", "json")
    return folder / "a.json"


def compared(old: Path, new: Path) -> dict[str, Any]:
    result = run("diff", old, new, "--json")
    assert result.exit_code == 0
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def test_a_corrected_figure_ends_its_finding(tmp_path: Path) -> None:
    text = WRONG.read_text("utf-8")
    old = report(tmp_path / "old", text)
    new = report(tmp_path / "new", text.replace("93.74", "39.74", 1))
    data = compared(old, new)
    assert [finding["addresses"] for finding in data["findings"]["gone"]] == [["支出决算表[2080505].基本支出"]]
    assert data["findings"]["new"] == []
    assert data["figures"] == [{"address": "支出决算表[2080505].基本支出", "old": "93.74 万元", "new": "39.74 万元"}]
    kept = json.loads(new.read_text("utf-8"))["findings"]
    assert [finding["id"] for finding in data["findings"]["unchanged"]] == [finding["id"] for finding in kept]
    assert data["summary"] == {"gone": 1, "new": 0, "unchanged": len(kept), "figures": 1}
    back = compared(new, old)
    assert [finding["id"] for finding in back["findings"]["new"]] == [data["findings"]["gone"][0]["id"]]
    said = run("diff", old, new).stdout
    assert "支出决算表[2080505].基本支出  93.74 万元 → 39.74 万元" in said
    assert "消失 1" in said


def test_findings_of_another_year_are_the_same_by_rule_and_figures(tmp_path: Path) -> None:
    text = WRONG.read_text("utf-8")
    old = report(tmp_path / "old", text)
    new = report(tmp_path / "new", text.replace("2023", "2024").replace("2022", "2023"))
    data = compared(old, new)
    assert (data["old"]["year"], data["new"]["year"]) == (2023, 2024)
    assert data["findings"]["gone"] == data["findings"]["new"] == []
    assert data["findings"]["unchanged"]


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    old = report(tmp_path / "old", WRONG.read_text("utf-8"))
    data = json.loads(old.read_text("utf-8"))
    del data["figures"]
    data["filing"]["entity"], data["tool"]["rules_sha256"] = "某局", "1"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(data), "utf-8")
    said = run("diff", old, other).stdout
    for part in ("单位不同", "规则集不同", "无法比较"):
        assert part in said
    assert compared(old, other)["figures"] is None
    for bad in ("index.json", "gone.json"):
        result = run("diff", old, old.parent / bad)
        assert result.exit_code == 2
        assert len(result.stderr.strip().splitlines()) == 1
