"""Lint of rule books without data: one test per message, each with the place and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.authoring.review import LintRemark, Weight, review
from auditor.cli.main import cli
from auditor.messages import LANGUAGES, use_language
from click.testing import CliRunner

from tests.rules.test_rules import GOOD

if TYPE_CHECKING:
    from pathlib import Path

ASSERT = "  assert: 基本支出 <= 本年支出合计\n"
LOOP = "  for: row in 各行\n"
FORMS = """lists:
  我的名单: [甲, 乙]
tables:
  - table: 我的表
    layout: lanes
    lanes:
      - lane: ""
        columns: [{header: [金额]}]
        rows: [{row: 甲}, {row: 乙}, {row: 其中丙, of_which: true}, {row: 合计}]
    row_groups:
      各数: [甲, 乙]
families:
  - family: 我的表样
    report: final_accounts
    forms:
      - {form: 附表1, title: 我的表, as: 我的表}
"""
OWN = """- id: OWN-01
  title: 合计等于各数之和
  form: 我的表
  assert: 本表[合计] = sum(本表[各数])
  basis: 试验
  why: 合计由各数相加得出。
  fix: 核对各数。
  examples:
    pass: {甲: 1.00, 乙: 2.00, 合计: 3.00}
    fail: {甲: 1.00, 乙: 2.00, 合计: 4.00}
"""


def linted(folder: Path, rules: str, forms: str = "") -> list[LintRemark]:
    """The remarks on files of one's own, beside the program's."""
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_text(rules, encoding="utf-8")
    if forms:
        (folder / "forms").mkdir(exist_ok=True)
        (folder / "forms" / "b.yaml").write_text(forms, encoding="utf-8")
    return [
        remark for remark in review([folder]) if remark.where.startswith(("a.yaml", "forms/b.yaml", "phrases/c.yaml"))
    ]


def the_error(folder: Path, old: str, new: str) -> LintRemark:
    assert old in GOOD
    errors = [remark for remark in linted(folder, GOOD.replace(old, new)) if remark.weight is Weight.ERROR]
    assert len(errors) == 1, errors
    return errors[0]


@pytest.mark.slow
def test_the_own_book_has_no_error_and_no_warning() -> None:
    for language in LANGUAGES:
        use_language(language)
        remarks = review([])
        assert {remark.weight for remark in remarks} <= {Weight.INFO}
        assert all(remark.where and remark.text for remark in remarks)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        (ASSERT, "  assert: 基木支出 <= 本年支出合计\n", "a.yaml:5:11", "基本支出"),
        (ASSERT, "  assert: 基本支出 <= 本年支出和计\n", "a.yaml:5:19", "本年支出合计"),
        (ASSERT, "  assert: 本表[和计].基本支出 <= 本年支出合计\n", "a.yaml:5:14", "合计"),
        ("form: 支出决算表", "form: 支出结算表", "a.yaml:3:9", "最接近的是"),
        (ASSERT, "  assert: 基本支出 <= 30%\n", "a.yaml:5:11", "百分比"),
        (ASSERT, "  assert: 基本支出 = percent(项目支出, 本年支出合计)\n", "a.yaml:5:11", "百分比"),
        (ASSERT, "  assert: 本年支出合计 = 基本支出 + 项目支出 + 基本支出\n", "a.yaml:5:20", "加了两次"),
        (ASSERT, "  assert: 本年支出合计 = sum(支出构成) + 项目支出\n", "a.yaml:5:", "加了两次"),
        (ASSERT, "  assert: 本表[合计].本年支出合计 = sum(本表[299/各项].本年支出合计)\n", "a.yaml:5:", "选不到一行"),
        (LOOP, LOOP + "  when:\n    - 基本支出 > 5 万元\n    - 基本支出 < 3 万元\n", "a.yaml:7:7", "不可能成立"),
        (LOOP, LOOP + "  when: 1 > 2\n", "a.yaml:5:9", "不可能成立"),
        (LOOP, LOOP + "  when: [printed(基本支出), not printed(基本支出)]\n", "a.yaml:5:", "不可能成立"),
        (LOOP, LOOP + "  when: [基本支出 = 0, 基本支出 ≠ 0]\n", "a.yaml:5:", "不可能成立"),
        (LOOP, LOOP + "  when: count(本表[各类].基本支出) < 0\n", "a.yaml:5:", "不可能成立"),
        ("  basis: 试验\n", "  since: 2024\n  until: 2020\n  basis: 试验\n", "a.yaml:6:10", "2020"),
        ("    fail: {本年支出合计: 5.00, 基本支出: 6.00}\n", "", "a.yaml:10:5", "fail"),
        ("基本支出: 6.00}", "基本支出: 3.00}", "a.yaml:11", "相反"),
        ("{本年支出合计: 5.00, 基本支出: 4.00}", "{基本支出: 4.00, 本年支出合记: 5.00}", "a.yaml:10", "本年支出合计"),
        ("  form:", "  from:", "a.yaml:3:3", "form"),
        ("id: MY-01", "id: FA-T01-01", "a.yaml:1:7", "replaces"),
        ("title: 基本支出不超过本年支出合计", "title: [基本支出]", "a.yaml:2:10", "一段文字"),
        (ASSERT, "  assert: 基本支出 <= (本年支出合计)\n", "a.yaml:5:19", "看不懂"),
    ],
)
def test_every_mistake_is_answered_with_its_place_and_what_to_do(
    tmp_path: Path, old: str, new: str, where: str, said: str
) -> None:
    error = the_error(tmp_path, old, new)
    assert error.where.startswith(where), error
    assert said in error.text, error


def test_a_sign_before_a_rate_says_nothing_and_is_refused(tmp_path: Path) -> None:
    form = "form: 一般公共预算支出预算表\n"
    rate = "  assert: 增减率 = -growth(总计, 上年执行数)\n"
    good = GOOD.replace("form: 支出决算表\n", form).replace(ASSERT, rate)
    errors = [remark for remark in linted(tmp_path, good) if remark.weight is Weight.ERROR]
    assert "growth" in errors[0].text


def test_an_example_that_decides_nothing(tmp_path: Path) -> None:
    error = the_error(tmp_path, LOOP, LOOP + "  when: 本表[合计].项目支出 > 0\n")
    assert "没有得出结论" in error.text


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("基本支出 <=", "基木支出 <=") + GOOD.replace("MY-01", "MY-02").replace("  why:", "  way:")
    assert [r.where for r in linted(tmp_path, text) if r.weight is Weight.ERROR] == ["a.yaml:18:3", "a.yaml:5:11"]


def test_an_id_that_stands_twice(tmp_path: Path) -> None:
    (error,) = [r for r in linted(tmp_path, GOOD + GOOD) if r.weight is Weight.ERROR]
    assert error.where == "a.yaml:12:7"
    assert "a.yaml:1" in error.text


SLIPS = """- id: MY-20
  title: 合计
  title: 合计二
  form: 支出决算表
  assert: 基本支出 <= 本年支出合计
  kind: warn
  bassis: 试验
  why: 试验
  fix: 试验
  examples: {}
- id: MY-20
  title: 重号
  form: 支出决算表
  assert: 基本支出 == 本年支出合计
  why: 试验
  fix: 试验
  examples: {}
"""


def test_every_slip_of_a_file_is_told_at_once_in_its_order(tmp_path: Path) -> None:
    errors = [r for r in linted(tmp_path, SLIPS) if r.weight is Weight.ERROR]
    assert [r.where for r in errors] == [
        "a.yaml:3:3",  # twice the same key
        "a.yaml:6:9",  # no such kind
        "a.yaml:7:3",  # a key misspelt: not told again as one that lacks
        "a.yaml:11:3",  # no basis
        "a.yaml:11:7",  # the id of another rule
        "a.yaml:14:17",  # a statement that cannot be read
    ]


def test_examples_of_the_own_rules_are_not_run_beside_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[str] = []
    monkeypatch.setattr("auditor.authoring.examples.check_examples", lambda rule, *_: run.append(rule.id))
    linted(tmp_path, GOOD)
    assert run == ["MY-01"]


def test_a_part_is_no_addend(tmp_path: Path) -> None:
    text = OWN.replace("= sum(本表[各数])", "= 本表[甲] + 本表[乙] + 本表[其中丙]")
    (error,) = [r for r in linted(tmp_path, text, FORMS) if r.weight is Weight.ERROR]
    assert error.where == "a.yaml:4:36"
    assert "其中" in error.text


def test_rules_that_cannot_hold_together(tmp_path: Path) -> None:
    more = OWN.replace("OWN-01", "OWN-02").replace("= sum(本表[各数])", "> 本表[甲] + 本表[乙]")
    more = more.replace("合计: 3.00", "合计: 3.50").replace("合计: 4.00", "合计: 2.00")
    (error,) = [r for r in linted(tmp_path, OWN + more, FORMS) if r.weight is Weight.ERROR]
    assert error.where == "a.yaml:1"
    assert "OWN-02、OWN-01 不能同时成立" in error.text


def test_numbers_that_contradict_each_other(tmp_path: Path) -> None:
    one = OWN.replace("sum(本表[各数])", "5 万元").replace("合计: 3.00", "合计: 5.00")
    other = one.replace("OWN-01", "OWN-02").replace("5 万元", "6 万元").replace("合计: 5.00", "合计: 6.00")
    errors = [r for r in linted(tmp_path, one + other, FORMS) if r.weight is Weight.ERROR]
    assert len(errors) == 1
    assert "不能同时成立" in errors[0].text


def test_what_follows_from_other_rules_and_what_leaves_only_zero_is_information(tmp_path: Path) -> None:
    twice = OWN.replace("OWN-01", "OWN-02").replace(
        "本表[合计] = sum(本表[各数])", "2 × 本表[合计] = 2 × 本表[甲] + 2 × 本表[乙]"
    )
    zero = (
        OWN.replace("OWN-01", "OWN-03")
        .replace("sum(本表[各数])", "本表[甲]")
        .replace("乙: 2.00, 合计: 3.00", "合计: 1.00")
    )
    remarks = linted(tmp_path, OWN + twice + zero, FORMS)
    assert all(remark.weight is Weight.INFO for remark in remarks)
    said = " ".join(remark.text for remark in remarks)
    assert "规则 OWN-02 可由其他规则推出" in said
    assert "只能为零" in said


def test_the_same_statement_in_scopes_that_overlap(tmp_path: Path) -> None:
    one, other = OWN.replace("  basis", "  until: 2022\n  basis"), OWN.replace("OWN-01", "OWN-02")
    remarks = linted(tmp_path, one + other.replace("  basis", "  since: 2022\n  basis"), FORMS)
    (warning,) = [r for r in remarks if r.weight is Weight.WARNING]
    assert warning.where == "a.yaml:12"
    assert "OWN-01" in warning.text
    apart = linted(tmp_path, one + other.replace("  basis", "  since: 2023\n  basis"), FORMS)
    assert not [r for r in apart if r.weight is Weight.WARNING]


def test_a_wording_that_no_rule_asks_for(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    said = "用语:\n" + "".join(
        f"  - {{row: {row}, says: '{row}的话', found: {row}的话, not_found: 别的话}}\n"
        for row in ("占位符", "没人问的")
    )
    (tmp_path / "phrases" / "wording.yaml").write_text(said, encoding="utf-8")
    told = review([tmp_path])
    remarks = [remark for remark in told if "没人问的" in remark.text]
    assert [remark for remark in told if remark.where.startswith("forms/")] == []  # the program's own are not told
    assert [(remark.where, remark.weight) for remark in remarks] == [("phrases/wording.yaml:3:11", Weight.INFO)]


def test_entries_that_nothing_uses(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    (tmp_path / "phrases" / "c.yaml").write_text("noise: [甲, 乙, 甲]\n", encoding="utf-8")
    forms = FORMS.replace(
        "      - {form: 附表1, title: 我的表, as: 我的表}\n",
        "      - {form: 附表1, title: 我的表, as: 我的表}\n      - {form: 附表2, title: 我的表, as: 我的表}\n",
    ).replace("      各数: [甲, 乙]\n", "      各数: [甲, 乙]\n      别的数: [甲]\n")
    forms = forms.replace(
        "families:", "  - table: 没人印的表\n    layout: cells\n    columns: [{column: 甲}]\nfamilies:"
    )
    remarks = linted(tmp_path, OWN, forms)
    assert [(r.where, r.weight) for r in remarks] == [
        ("forms/b.yaml:2:3", Weight.INFO),
        ("forms/b.yaml:12:7", Weight.INFO),
        ("forms/b.yaml:21:28", Weight.INFO),
        ("forms/b.yaml:13:12", Weight.INFO),
        ("phrases/c.yaml:1:15", Weight.INFO),
    ]
    for remark, said in zip(remarks, ("我的名单", "别的数", "我的表", "没人印的表", "甲"), strict=True):
        assert said in remark.text


def test_remarks_are_printed_in_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    one = LintRemark(Weight.ERROR, "a.yaml:3:3", "键重复\x1b[2J")
    monkeypatch.setattr("auditor.authoring.review.review", lambda *_: [one])
    shown = CliRunner().invoke(cli, ["rules", "lint"]).output
    assert shown.startswith("a.yaml:3:3\t错误\t键重复\ufffd[2J\n")
