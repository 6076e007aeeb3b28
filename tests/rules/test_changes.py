"""Rules of one's own: added, in the place of others, turned off with a dated reason, for a place; and what reports say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from auditor.cli.main import cli
from auditor.errors import RuleError
from auditor.rules.book import load_rules
from auditor.rules.rule import Change
from click.testing import CliRunner

from tests.conftest import EXAMPLES
from tests.rules.test_rules import GOOD

if TYPE_CHECKING:
    from pathlib import Path

REPLACING = GOOD.replace("MY-01", "FA-T03-01").replace(
    "  basis: 试验\n", "  basis: 试验\n  replaces: {date: 2024-03-01, reason: 本地口径不同}\n"
)
OFF = "- {off: FA-T01-05, date: 2024-03-01, reason: 本地总表不平}\n"


def own(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_rule_takes_the_place_of_another_and_says_so(tmp_path: Path) -> None:
    before = load_rules(cache=False)
    after = load_rules([own(tmp_path, REPLACING)], cache=False)
    assert [rule.id for rule in after.rules] == [rule.id for rule in before.rules]
    assert after.by_id["FA-T03-01"].title == "基本支出不超过本年支出合计"
    (change,) = after.replaced
    assert (change.rule, change.date, change.reason) == ("FA-T03-01", "2024-03-01", "本地口径不同")
    assert change.title == before.by_id["FA-T03-01"].title


def test_rules_are_turned_off_in_a_folder_and_in_the_settings(tmp_path: Path) -> None:
    book = load_rules([own(tmp_path, OFF)], cache=False)
    assert "FA-T01-05" not in book.by_id
    assert [change.title for change in book.off] == ["收入总计等于支出总计"]
    more = load_rules([tmp_path], off=[Change("FA-T01-04", "2024-03-01", "试")])
    again = load_rules([tmp_path], off=[Change("FA-T01-04", "2024-03-01", "试")])  # from the cache
    assert [change.rule for change in more.off] == [change.rule for change in again.off] == ["FA-T01-05", "FA-T01-04"]
    assert len({book.sha256, more.sha256, load_rules().sha256}) == 3
    assert again.sha256 == more.sha256


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (REPLACING.replace("FA-T03-01", "FA-T03-91"), "FA-T03-01"),
        (REPLACING.replace("2024-03-01", "三月"), "2024-03-01"),
        (REPLACING.replace("{date: 2024-03-01, reason: 本地口径不同}", "{date: 2024-03-01}"), "reason"),
        (GOOD.replace("MY-01", "FA-T03-01"), "replaces"),
        (OFF.replace("FA-T01-05", "FA-T01-5"), "FA-T01-05"),
        (OFF.replace("2024-03-01", "2024-13-01"), "2024-03-01"),
        ("- {off: FA-T01-05}\n", "date"),
    ],
)
def test_mistakes_are_answered(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        load_rules([own(tmp_path, text)], cache=False)
    assert str(caught.value).startswith("a.yaml:")
    assert said in str(caught.value)


def test_the_report_says_what_was_off_and_replaced(tmp_path: Path) -> None:
    folder = own(tmp_path / "own", REPLACING)
    (tmp_path / "auditor.toml").write_text(
        'rules = ["own"]\n[[off]]\nrule = "FA-T01-05"\ndate = 2024-03-01\nreason = "本地总表不平"\n', encoding="utf-8"
    )
    config = str(tmp_path / "auditor.toml")
    file = next(EXAMPLES.glob("青山*.txt"))
    out = tmp_path / "out"
    result = CliRunner().invoke(
        cli, ["check", str(file), "--config", config, "--out", str(out), "--format", "json"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    tool = json.loads((out / f"{file.stem}.json").read_text(encoding="utf-8"))["tool"]
    assert [(c["rule"], c["title"], c["date"], c["reason"]) for c in tool["rules_off"]] == [
        ("FA-T01-05", "收入总计等于支出总计", "2024-03-01", "本地总表不平")
    ]
    assert [c["rule"] for c in tool["rules_replaced"]] == ["FA-T03-01"]
    listed = CliRunner().invoke(cli, ["rules", "list", "--config", config], catch_exceptions=False).output
    assert "停用（2024-03-01：本地总表不平）" in listed
    assert "代替原有规则（2024-03-01：本地口径不同）" in listed
    shown = CliRunner().invoke(cli, ["rules", "show", "FA-T01-05", "--config", config])
    assert shown.exit_code == 2
    assert "停用" in shown.stderr
    assert folder.is_dir()


@pytest.mark.parametrize(
    "off",
    ['off = "FA-T01-05"', '[[off]]\nrule = "FA-T01-05"\ndate = 2024-03-01', "[[off]]\nrule = 1\ndate = 2\nreason = 3"],
)
def test_a_wrong_off_in_the_settings_is_told(tmp_path: Path, off: str) -> None:
    (tmp_path / "auditor.toml").write_text(off, encoding="utf-8")
    result = CliRunner().invoke(cli, ["rules", "list", "--config", str(tmp_path / "auditor.toml")])
    assert result.exit_code == 2
    assert "[[off]]" in result.stderr


def test_a_rule_for_a_place_applies_only_there(tmp_path: Path) -> None:
    from auditor import Filing, audit
    from pandas import DataFrame

    rules = load_rules([own(tmp_path, GOOD.replace("  basis", "  place: [上海]\n  basis"))], cache=False)
    frame = DataFrame(
        {"科目编码": ["208"], "科目名称": ["社会保障和就业支出"], "本年支出合计": ["5.00"], "基本支出": ["6.00"]}
    )
    found = {}
    for entity in ("上海市某局", "北京市某局", ""):
        result = audit(Filing.from_frames({"支出决算表": frame}, entity=entity, year=2023), rules)
        found[entity] = set(result.checks[result.checks.rule == "MY-01"].verdict)
    assert found == {"上海市某局": {"inconsistent"}, "北京市某局": {"not_applicable"}, "": {"inconsistent"}}
