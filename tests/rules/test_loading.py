"""Loading the rule book: parsed and checked at once, examples run only where rules are tested, a cache of no authority."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import auditor
import pytest
from auditor.authoring import examples
from auditor.cli.main import cli
from auditor.errors import RuleError
from auditor.rules import compiled
from auditor.rules.book import load_rules
from auditor.rules.rule import Rule, entry_of, rule_to_data
from click.testing import CliRunner

from tests.conftest import EXAMPLES
from tests.rules.test_rules import GOOD

if TYPE_CHECKING:
    from auditor.yamlfiles.trees import Map

WRONG = GOOD.replace("基本支出: 6.00", "基本支出: 3.00")  # the failing example holds
OFF = "- {off: MY-01, date: 2024-03-01, reason: 试}\n"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def own(folder: Path, text: str, name: str = "a.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are parsed from now on."""
    names: list[str] = []
    before = compiled.items_of

    def told(data: bytes, name: str) -> list[Map]:
        names.append(name)
        return before(data, name)

    monkeypatch.setattr(compiled, "items_of", told)
    return names


@pytest.mark.slow
@pytest.mark.parametrize("command", [("test", "MY-01"), ("lint",)])
def test_rules_test_and_lint_refuse_a_rule_whose_example_does_not_hold(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    refused = CliRunner().invoke(cli, ["rules", *command, "--rules", str(own(tmp_path / "own", WRONG))])
    assert refused.exit_code == 2
    assert "MY-01" in refused.output


def test_a_check_runs_no_example(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, filing = own(tmp_path / "own", WRONG), str(next(EXAMPLES.glob("青山*.txt")))

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(examples, "run_cases", never)
    done = CliRunner().invoke(
        cli,
        ["check", filing, "--rules", str(folder), "--out", str(tmp_path / "out"), "--format", "json"],
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.output
    assert list(kept.iterdir())


@pytest.mark.usefixtures("kept")
def test_a_rule_without_examples_and_one_on_an_unknown_table_do_not_load(tmp_path: Path) -> None:
    for text, line in ((GOOD[: GOOD.index("  examples")], 1), (GOOD.replace("支出决算表", "支出结算表"), 3)):
        for _ in range(2):  # the second time there is a cache
            with pytest.raises(RuleError) as caught:
                load_rules([own(tmp_path / "own", text)])
            assert str(caught.value).startswith(f"a.yaml:{line}:")


@pytest.mark.usefixtures("kept")
def test_only_a_file_that_changed_is_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own(own(tmp_path / "own", GOOD), GOOD.replace("MY-01", "MY-02"), "b.yaml")
    names = parsed(monkeypatch)
    first = load_rules([folder])
    assert {"a.yaml", "b.yaml"} < set(names)
    names.clear()
    assert load_rules([folder]).rules == first.rules
    assert names == []
    changed = load_rules([own(folder, f"# 一句说明\n{GOOD}")])
    assert names == ["a.yaml"]
    assert changed.by_id["MY-01"].line == first.by_id["MY-01"].line + 1
    assert changed.sha256 != first.sha256


def test_the_cache_gives_the_rules_that_the_files_give(kept: Path, tmp_path: Path) -> None:
    folder = own(tmp_path / "own", GOOD)
    load_rules([folder])
    again = load_rules([folder])
    fresh = load_rules([folder], cache=False)
    assert list(kept.iterdir())
    assert [rule.id for rule in again.rules] == [rule.id for rule in fresh.rules]
    for one, other in zip(again.rules, fresh.rules, strict=True):
        assert rule_to_data(one) == rule_to_data(other)
        assert other.examples
    own(folder, OFF, "b.yaml")
    assert [change.rule for change in load_rules([folder]).off] == ["MY-01"]
    assert "MY-01" not in load_rules([folder]).by_id


FALSE = GOOD.replace("基本支出 <= 本年支出合计", "基本支出 >= 本年支出合计").encode()


def entry(kept: Path) -> Path:
    """The only entry of the cache: what `GOOD` gives."""
    compiled.kept_entries(GOOD.encode(), "a.yaml")
    (file,) = kept.iterdir()
    return file


def other(kept: Path) -> bytes:
    """A whole entry of this very program, which says the contrary."""
    before = set(kept.iterdir())
    compiled.kept_entries(FALSE, "a.yaml")
    (file,) = set(kept.iterdir()) - before
    return file.read_bytes()


@pytest.mark.parametrize("harm", ["cut", "changed", "exchanged", "empty", "folder"])
def test_a_damaged_entry_is_as_if_it_were_not_there(kept: Path, monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    file = entry(kept)
    data = file.read_bytes()
    names = parsed(monkeypatch)
    if harm == "folder":
        file.unlink()
        file.mkdir()
    else:
        changed = {
            "cut": data[:-3],
            "changed": data.replace(b"5.00", b"9.99").replace(b"logical", b"hint"),
            "empty": b"",
        }
        file.write_bytes(changed[harm] if harm in changed else other(kept))
    names.clear()
    (rule,) = compiled.kept_entries(GOOD.encode(), "a.yaml")
    assert names == ["a.yaml"]
    assert rule == replace(rule_of_good(), examples=())


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")
@pytest.mark.parametrize("harm", ["writable by others", "of another user"])
def test_an_entry_that_others_may_have_written_is_not_read(
    kept: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    file = entry(kept)
    names = parsed(monkeypatch)
    compiled.kept_entries(GOOD.encode(), "a.yaml")
    assert names == []  # as long as it is one's own
    if harm == "writable by others":
        file.chmod(0o666)
    elif os.geteuid() == 0:
        os.chown(file, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    compiled.kept_entries(GOOD.encode(), "a.yaml")
    assert names == ["a.yaml"]


def test_the_cache_does_not_grow_without_end(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "KEPT", 3)
    for number in range(8):
        compiled.kept_entries(f"# {number}\n{GOOD}".encode(), "a.yaml")
    assert len(list(kept.iterdir())) == 4


def test_wordings_are_tried_with_the_rules(tmp_path: Path) -> None:
    folder = own(tmp_path / "own", GOOD)
    own(folder / "phrases", "用语:\n  - {row: 甲, says: 乙, found: 丙, not_found: 丁}\n", "wording.yaml")
    refused = CliRunner().invoke(cli, ["rules", "test", "--rules", str(folder)])
    assert refused.exit_code == 2
    assert "phrases/wording.yaml:2" in refused.stderr


def rule_of_good() -> Rule:
    (item,) = compiled.items_of(GOOD.encode(), "a.yaml")
    rule = entry_of(item)
    assert isinstance(rule, Rule)
    return rule


def test_the_files_that_decide_how_rules_are_parsed_exist() -> None:
    assert [name for name in compiled._MADE_BY if not (Path(auditor.__file__).parent / name).is_file()] == []
