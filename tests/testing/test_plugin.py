"""`pytest rules/`: rule files and fixtures as tests, with the rule's own words when one fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.testing.test_score import RULES

ROOT = Path(__file__).parent.parent.parent
STRONG = "{'[208].本年支出合计': 8.00, '[208].基本支出': 5.00, '[208].项目支出': 3.00}"
WRONG = "{'[208].本年支出合计': 8.50, '[208].基本支出': 5.00, '[208].项目支出': 3.00}"


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    plugin = ["-p", "no:auditor", "-p", "auditor.testing.plugin", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, "--rootdir", str(folder), *more],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def firm(folder: Path, fail: str) -> Path:
    rules = folder / "our_rules"
    rules.mkdir()
    (rules / "own.yaml").write_text(RULES.replace("{pass}", STRONG).replace("{fail}", fail), encoding="utf-8")
    (folder / "auditor.toml").write_text('rules = ["our_rules"]\n', encoding="utf-8")
    return rules


@pytest.mark.slow
def test_a_firm_tests_its_own_rules(tmp_path: Path) -> None:
    firm(tmp_path, WRONG)
    done = run(tmp_path, "our_rules", "-v")
    assert done.returncode == 0, done.stdout
    assert "X-1 pass" in done.stdout
    assert "X-1 fail" in done.stdout
    assert "2 passed" in done.stdout


@pytest.mark.slow
def test_an_example_that_comes_out_otherwise_is_told_in_the_words_of_the_rule(tmp_path: Path) -> None:
    firm(tmp_path, STRONG)
    done = run(tmp_path, "our_rules")
    assert done.returncode == 1
    assert "X-1\tfail\town.yaml:" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.slow
def test_generated_filings_contradict_a_wrong_rule(tmp_path: Path) -> None:
    rules = firm(tmp_path, WRONG)
    text = (rules / "own.yaml").read_text(encoding="utf-8")
    text = text.replace("本年支出合计 =", "2 × 本年支出合计 =").replace("合计': 8.00", "合计': 4.00")
    (rules / "own.yaml").write_text(text, encoding="utf-8")
    assert run(tmp_path, "our_rules").returncode == 0
    done = run(tmp_path, "our_rules", "--rule-properties", "1")
    assert done.returncode == 1
    assert "X-1 generated" in done.stdout


@pytest.mark.slow
def test_a_rule_that_the_settings_turn_off_is_no_test(tmp_path: Path) -> None:
    firm(tmp_path, WRONG)
    with (tmp_path / "auditor.toml").open("a", encoding="utf-8") as settings:
        settings.write('[[off]]\nrule = "X-1"\ndate = 2024-03-01\nreason = "not ours"\n')
    assert run(tmp_path, "our_rules").returncode == 5  # nothing collected


def test_other_yaml_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text("a: 1\n", encoding="utf-8")
    assert run(tmp_path, ".").returncode == 5  # nothing collected


@pytest.mark.slow
def test_fixtures_are_tests(tmp_path: Path) -> None:
    rules = firm(tmp_path, WRONG)
    (rules / "fixtures").mkdir()
    example = next((ROOT / "examples").glob("清河县*.txt"))
    (rules / "fixtures" / "one.txt").write_bytes(example.read_bytes())
    (rules / "fixtures" / "one.yaml").write_text("files: [one.txt]\nfails: [FA-T04-04]\n", encoding="utf-8")
    done = run(tmp_path, "our_rules", "-v")
    assert "one" in done.stdout
    assert done.returncode == 0, done.stdout
    (rules / "fixtures" / "one.yaml").write_text("files: [one.txt]\nholds: [FA-T04-04]\n", encoding="utf-8")
    assert "FA-T04-04" in run(tmp_path, "our_rules").stdout
