"""Waivers and baselines: what people have decided is shown and counted apart; nothing is hidden, nothing is guessed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from auditor.cli.main import cli
from auditor.reports.formats import FORMATS
from auditor.store.waivers import load_waivers
from click.testing import CliRunner, Result

from tests.conftest import EXAMPLES, rule_book

WRONG = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("清河"))
ENTITY = "清河县公共就业服务中心"
SIGNED = "reason: 已核对凭证\n  who: 王敏\n  until: 2026-12-31"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def check(folder: str = "reports_out", *options: object, today: str = "2026-06-30") -> tuple[Result, dict[str, Any]]:
    result = run("check", WRONG, "--out", folder, "--format", "json", "--today", today, *options)
    return result, json.loads(Path(folder, f"{WRONG.stem}.json").read_text("utf-8"))


def errors(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in data["findings"] if finding["severity"] == "error"]


def test_waived_findings_are_shown_and_counted_apart() -> None:
    _, plain = check()
    first, *others = errors(plain)
    Path("waivers.yaml").write_text(f"- finding: {first['id']}\n  {SIGNED}\n", "utf-8")
    result, data = check()
    assert result.exit_code == 1  # the other errors stand
    assert not result.stderr
    assert data["summary"]["waived"] == 1
    assert data["summary"]["severities"]["error"] == len(others)
    assert [finding["id"] for finding in data["findings"]] == [finding["id"] for finding in plain["findings"]]
    (waived,) = [finding for finding in data["findings"] if finding["review"]]
    assert waived["id"] == first["id"]
    assert waived["review"] == {
        "state": "waived",
        "reason": "已核对凭证",
        "who": "王敏",
        "until": "2026-12-31",
        "remark": "",
        "expired": False,
    }
    assert "1 个疑点已豁免" in result.stdout
    told = run("explain", first["id"], Path("reports_out", f"{WRONG.stem}.json")).stdout
    assert "不改  王敏  2026-12-31  已核对凭证" in told
    assert f"{len(others)} 个错误" in result.stdout


@pytest.mark.slow
def test_a_rule_with_entity_and_address_waives_and_all_waived_is_clean() -> None:
    _, plain = check()
    entries = "".join(
        f"- rule: {finding['rule']}\n  entity: {ENTITY}\n  address: {finding['suspects'][0]['address']}\n  {SIGNED}\n"
        for finding in errors(plain)
    )
    Path("own.yaml").write_text(entries, "utf-8")
    result, data = check("out", "--waivers", "own.yaml")
    assert result.exit_code == 0
    assert data["summary"]["waived"] == len(errors(plain))
    Path("own.yaml").write_text(entries.replace(ENTITY, "某局"), "utf-8")
    result, data = check("out", "--waivers", "own.yaml")
    assert data["summary"]["waived"] == 0
    assert not result.stderr  # another entity's waivers are not unused: its filing was not audited


@pytest.mark.slow
def test_a_waiver_holds_on_its_last_day_and_not_after_it() -> None:
    _, plain = check()
    Path("waivers.yaml").write_text(f"- finding: {errors(plain)[0]['id']}\n  {SIGNED}\n", "utf-8")
    result, data = check(today="2026-12-31")
    assert data["summary"]["waived"] == 1
    result, data = check(today="2027-01-01")
    assert data["summary"]["waived"] == 0
    assert "已于 2026-12-31 到期" in result.stderr
    assert "waivers.yaml 第 1 行" in result.stderr
    assert next(finding for finding in data["findings"] if finding["review"])["review"]["expired"]


def test_an_unused_waiver_is_told() -> None:
    Path("waivers.yaml").write_text(f"- finding: 0000-0000-0000\n  {SIGNED}\n", "utf-8")
    result, _ = check()
    assert "0000-0000-0000" in result.stderr
    assert json.loads(Path("reports_out/index.json").read_text("utf-8"))["warnings"] == [result.stderr.strip()]


def test_several_files_of_waivers_count_together() -> None:
    _, plain = check()
    first, second, *_ = errors(plain)
    for name, finding in (("a.yaml", first), ("b.yaml", second)):
        Path(name).write_text(
            f'- finding: "{finding["id"]}"\n  entity: "{ENTITY}"\n  year: "2023"\n  {SIGNED}\n', "utf-8"
        )
    result, data = check("out", "--waivers", "a.yaml", "--waivers", "b.yaml")
    assert data["summary"]["waived"] == 2
    assert not result.stderr


@pytest.mark.slow
def test_a_state_marks_and_does_not_waive() -> None:
    _, plain = check()
    Path("waivers.yaml").write_text(
        f"- finding: {errors(plain)[0]['id']}\n  state: 待核实\n  remark: 已问财务科\n", "utf-8"
    )
    result, data = check()
    assert result.exit_code == 1
    assert data["summary"]["waived"] == 0
    (review,) = [finding["review"] for finding in data["findings"] if finding["review"]]
    assert (review["state"], review["remark"], review["until"]) == ("open", "已问财务科", None)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("- finding: c64d-1db4-ed8b\n  reason: x\n  who: y\n", "until"),
        ("- finding: c64d-1db4-ed8b\n  reson: x\n  who: y\n  until: 2026-01-01\n", "“reason”"),
        ("- finding: c64d-1db4-ed8b\n  reason: x\n  who: y\n  until: 2026-02-30\n", "2026-02-30"),
        ("- finding: c64d-1db4-ed8b\n  reason: x\n  who: ''\n  until: 2026-01-01\n", "who"),
        ("- finding: FA-T09-01\n  reason: x\n  who: y\n  until: 2026-01-01\n", "FA-T09-01"),
        ("- rule: FA-T09-1\n  entity: a\n  address: b\n  reason: x\n  who: y\n  until: 2026-01-01\n", "FA-T09-01"),
        ("- rule: FA-T09-01\n  entity: a\n  reason: x\n  who: y\n  until: 2026-01-01\n", "address"),
        ("- reason: x\n  who: y\n  until: 2026-01-01\n", "finding"),
        ("- finding: c64d-1db4-ed8b\n  state: 好\n", "待核实"),
        ("finding: c64d-1db4-ed8b\n", "列表"),
    ],
)
def test_a_mistake_in_the_waivers_is_told_with_its_line_and_nothing_is_written(text: str, part: str) -> None:
    Path("waivers.yaml").write_text(text, "utf-8")
    result = run("check", WRONG)
    assert result.exit_code == 2
    (said,) = result.stderr.strip().splitlines()
    assert said.startswith("waivers.yaml:")
    assert part in said
    assert not Path("reports_out").exists()


@pytest.mark.slow
def test_findings_are_new_as_before_or_gone_against_a_baseline() -> None:
    _, plain = check("old")
    old = Path("old", f"{WRONG.stem}.json")
    found = errors(plain)
    plain["findings"] = [finding for finding in plain["findings"] if finding["id"] != found[0]["id"]]
    plain["findings"].append({**found[1], "id": "ffff-ffff-ffff", "message": "以前的疑点"})
    old.write_text(json.dumps(plain), "utf-8")
    for baseline in (old, "old"):  # the report, or the folder that it lies in
        result, data = check("new", "--baseline", baseline)
        since = {finding["id"]: finding["since"] for finding in data["findings"]}
        assert since.pop(found[0]["id"]) == "new"
        assert set(since.values()) == {"unchanged"}
        assert data["summary"]["since"] == {"new": 1, "unchanged": len(since), "gone": 1}
        assert [gone["message"] for gone in data["baseline"]["gone"]] == ["以前的疑点"]
        assert "新增 1 个，消失 1 个" in result.stdout
    plain["filing"]["year"] = 2022
    old.write_text(json.dumps(plain), "utf-8")
    result, data = check("new", "--baseline", old)
    assert data["baseline"] is None
    assert old.name in result.stderr


@pytest.mark.slow
def test_filings_that_do_not_say_whose_they_are_are_compared_by_their_files() -> None:
    text = WRONG.read_text("utf-8").replace(ENTITY, "").replace("2023", "")
    for name in ("a", "b"):
        Path(f"{name}.txt").write_text(text.replace("93.74", "39.74") if name == "b" else text, "utf-8")
    run("check", "a.txt", "b.txt", "--separate", "--out", "old", "--format", "json")
    old = json.loads(Path("old/a.json").read_text("utf-8"))
    assert old["filing"]["entity"] == ""
    run("check", "a.txt", "--out", "new", "--format", "json", "--baseline", "old")
    data = json.loads(Path("new/a.json").read_text("utf-8"))
    assert data["baseline"] == {"file": "a.json", "gone": []}
    Path("a.txt").rename("c.txt")
    run("check", "c.txt", "--out", "new", "--format", "json", "--baseline", "old")
    assert json.loads(Path("new/c.json").read_text("utf-8"))["baseline"] is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [{}]}', '{"findings": [], "filing": {}}', "[" * 100000])
def test_what_is_no_report_is_no_baseline(text: str) -> None:
    Path("a.json").write_text(text, "utf-8")
    result = run("check", WRONG, "--baseline", "a.json")
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert not Path("reports_out").exists()


def test_the_waivers_of_both_readmes_load_and_say_the_same() -> None:
    root = Path(__file__).parent.parent.parent
    loaded = []
    for name in ("README.md", "README.zh-CN.md"):
        text = (root / name).read_text("utf-8")
        (example,) = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "until:" in block]
        Path("example.yaml").write_text(example, "utf-8")
        loaded.append(load_waivers(Path("example.yaml"), rule_book().by_id))
        assert all(f"`{form}`" in text for form in FORMATS)
    assert loaded[0] == loaded[1]
    assert len(loaded[0]) == 3
