"""`auditor explain`: a finding of a written report, told whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from auditor.cli.main import cli
from click.testing import CliRunner

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def report(folder: Path) -> Path:
    CliRunner().invoke(cli, ["check", str(EXAMPLES), "--out", str(folder), "--fail-on", "never"])
    return next(p for p in folder.glob("*.json") if json.loads(p.read_text("utf-8")).get("findings"))


def test_a_finding_is_told_with_its_figures_its_repair_and_its_rule(tmp_path: Path) -> None:
    path = report(tmp_path)
    findings = json.loads(path.read_text("utf-8"))["findings"]
    one = next(f for f in findings if f["suspects"] and f["suspects"][0]["suggested"])
    outcome = CliRunner().invoke(cli, ["explain", one["id"], str(path)])
    assert outcome.exit_code == 0, outcome.output
    for text in (
        one["message"],
        one["id"],
        one["suspects"][0]["address"],
        one["suspects"][0]["suggested"],
        one["rule"],
    ):
        assert text in outcome.output
    english = CliRunner().invoke(cli, ["--lang", "en", "explain", one["id"][:9], str(path)])
    assert english.exit_code == 0
    assert "Basis" in english.output


@pytest.mark.slow
def test_what_is_no_finding_or_no_report_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = report(tmp_path)
    broken = tmp_path / "a.json"
    broken.write_text('{"findings": 3}', encoding="utf-8")
    for arguments in (["zz-zz", str(path)], ["x", str(broken)], ["x", str(tmp_path / "no.json")], ["", str(path)]):
        outcome = CliRunner().invoke(cli, ["explain", *arguments])
        assert outcome.exit_code == 2
        assert len(outcome.output.strip().splitlines()) == 1
