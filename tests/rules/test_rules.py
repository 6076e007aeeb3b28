"""The rule language and the rule files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from auditor.authoring.examples import run_examples
from auditor.errors import RuleError
from auditor.messages import LANGUAGES, use_language
from auditor.rules.explain import tell, tell_rule
from auditor.rules.nodes import dump, restore
from auditor.rules.rule import Rule, rule_from_data, rule_to_data
from auditor.rules.statement import parse_loop, parse_statement
from auditor.yamlfiles.trees import parse

from tests.conftest import load_tested, rule_book

GRAMMAR = [
    "本表[支出/本年支出合计] = sum(本表[支出/各类])",
    "本格 = sum(下级)",
    "本表[收入/{f}] + 本表[收入/年初结转和结余/{f}] = 本表[支出/本年支出合计].{f} + 本表[支出/年末结转和结余].{f}",
    "收入支出决算总表[支出/{c}] = 支出决算表[{c}].本年支出合计",
    "占比 = percent(金额, 全体)",
    "增减率 = growth(决算, 上年决算)",
    "增减率 = growth_by_change(决算, 增减额)",
    "比较词 = compare(决算, 年初预算)",
    "items(说明/基本支出[{b}].主要包括) same as names(基本支出明细表[{b}/各款] where 决算数 > 0)",
    "收入支出决算总表[收入/年初结转和结余] = 收入支出决算总表@上年[支出/年末结转和结余]",
    "三公经费表.预算数/合计 = 三公经费表.预算数/因公出国（境）费 + 2 × 三公经费表.预算数/公务接待费",
    "结构[支出决算表].次数 = 1",
    "exists(above(款))",
    "printed(占比)",
    "not blank(本表)",
    "once(本表[支出/208]#2)",
    "ordered(本表[各码])",
    "codes(政府性基金收支表[各类]) subset of {206, 207, 208}",
    "codes(甲表[各项]) disjoint from codes(乙表[各项])",
    "变动词 in phrase(减少)",
    "sum(各项.占比) = 100%",
    "本表[{支出/208, 支出/210}] > 30 万元",
    "count(说明/各节) - 1.5 × 决算 >= 0",
    "本表[支出/208] ≠ 0",
    "max(本表[支出/各类]) <= 本表[支出/本年支出合计]",
]


@pytest.mark.parametrize("text", GRAMMAR)
def test_every_construct_parses_is_cached_and_told_in_words(text: str) -> None:
    node = parse_statement(text)
    assert restore(json.loads(json.dumps(dump(node)))) == node
    for language in LANGUAGES:
        use_language(language)
        assert tell(node)


@pytest.mark.parametrize(
    "text", ["row in 有下级的行", "column in 金额栏", "c in 各类 where 决算数 > 0", "row in 支出/各行"]
)
def test_loops_parse(text: str) -> None:
    node = parse_loop(text)
    assert restore(dump(node)) == node


@pytest.mark.parametrize(
    "text", ["本表[支出/x] == 3", "a / b = c", "__import__('os')", "本表[支出", "= 3", "本表[支出/208] = ", "exists()"]
)
def test_what_is_no_statement_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_statement(text, file="a.yaml", line=7)
    assert str(caught.value).startswith("a.yaml:7: ")


@pytest.mark.parametrize("rule", rule_book().rules, ids=lambda rule: rule.id)
def test_the_examples_of_every_rule_behave_as_said(rule: Rule) -> None:
    results = run_examples(rule, rule_book().plans(rule), rule_book().forms)
    assert {result.passes for result in results} == {True, False}
    assert all(result.as_said for result in results)
    for language in LANGUAGES:
        use_language(language)
        assert tell_rule(rule)


def test_every_rule_says_what_why_how_and_from_where() -> None:
    for rule in rule_book().rules:
        for name in ("title", "why", "fix", "basis"):
            assert len(getattr(rule, name)) >= 4, (rule.id, name)
        assert rule.covers, rule.id


def test_rules_survive_the_cache() -> None:
    for rule in rule_book().rules:
        again = rule_from_data(json.loads(json.dumps(rule_to_data(rule), ensure_ascii=False)))
        assert rule_to_data(again) == rule_to_data(rule)


GOOD = """- id: MY-01
  title: 基本支出不超过本年支出合计
  form: 支出决算表
  for: row in 各行
  assert: 基本支出 <= 本年支出合计
  basis: 试验
  why: 部分不会大于全部。
  fix: 核对两个数。
  examples:
    pass: {本年支出合计: 5.00, 基本支出: 4.00}
    fail: {本年支出合计: 5.00, 基本支出: 6.00}
"""


def load(tmp_path: Path, text: str) -> None:
    (tmp_path / "own").mkdir(exist_ok=True)
    (tmp_path / "own" / "a.yaml").write_text(text, encoding="utf-8")
    load_tested(tmp_path)


def test_a_new_rule_loads(tmp_path: Path) -> None:
    load(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("title:", "titel:", 2, "title"),
        ("  why:", "  fix: 重复\n  why:", 9, "fix"),
        ("基本支出 <= ", "基木支出 <= ", 5, "基本支出"),
        ("支出决算表\n", "支出结算表\n", 3, "支出预算表"),
        ("各行", "各种行", 4, "各行"),
        ("assert: 基本支出 <= 本年支出合计", "assert: 基本支出 <= <= 本年支出合计", 5, "="),
        ("assert: 基本支出 <= 本年支出合计", "assert: 基本支出 = 基本支出", 5, "永远成立"),
        ("assert: 基本支出 <= 本年支出合计", "assert: 支出构成 <= 本年支出合计", 5, "sum"),
        ("assert: 基本支出 <= 本年支出合计", "assert: 本表[{c}].基本支出 <= 本年支出合计", 5, "for"),
        ("assert: 基本支出 <= 本年支出合计", "assert: 基本支出 <= 30%", 5, "百分比"),
        ("    fail: {本年支出合计: 5.00, 基本支出: 6.00}\n", "", 10, "fail"),
        ("基本支出: 6.00", "基本支出: 3.00", 11, "相反"),
        ("    pass: {本年支出合计: 5.00, 基本支出: 4.00}", "    pass: {收入决算表[合计].财政拨款收入: 1}", 0, ""),
        ("kind", "kind", 0, None),
        ("id: MY-01", "id: FA-T01-01", 1, "01_summary.yaml"),
        ("form: 支出决算表", "form: 支出决算表\n  kind: must", 4, "logical"),
        ("form: 支出决算表", "form: 支出决算表\n  since: 二〇一九", 4, "since"),
    ],
)
def test_mistakes_in_rules_are_answered_with_place_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, part: str | None
) -> None:
    if part is None:
        load(tmp_path, GOOD)
        return
    with pytest.raises(RuleError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert str(caught.value).startswith("own/a.yaml:")
    if line:
        assert caught.value.line == line, str(caught.value)
    assert part in str(caught.value)


def test_an_example_that_does_not_decide_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("for: row in 各行", "for: row in 各行\n  when: 本表[合计].项目支出 > 0")
    with pytest.raises(RuleError) as caught:
        load(tmp_path, text)
    assert caught.value.key == "rules.example_undecided"


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a: &x 1\nb: *x\n",
        "a: !!python/object:os.system 1\n",
        "a: [1, 2\n",
        "---\na: 1\n---\nb: 2\n",
        "just text",
        "[" * 5000,
        "",
    ],
)
def test_hostile_yaml_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text, "a.yaml")
    assert "a.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_scalars_keep_their_print() -> None:
    tree = parse("a: 217.40\nb: yes\nc: 2023-01-01\nd: 0x10\n", "a.yaml")
    assert isinstance(tree, dict)
    assert list(tree.values()) == ["217.40", "yes", "2023-01-01", "0x10"]


def test_another_filing_of_the_entity_is_seen_through_its_context(tmp_path: Path) -> None:
    text = """- id: MY-02
  title: 年初结转等于上年年末结转
  kind: explain
  assert: 收入支出决算总表[收入/年初结转和结余] = 收入支出决算总表@上年[支出/年末结转和结余]
  basis: 试验
  why: 结转不会凭空变化。
  fix: 核对两年的结转。
  examples:
    pass: {"收入支出决算总表[收入/年初结转和结余]": 3.00, "收入支出决算总表@上年[支出/年末结转和结余]": 3.00}
    fail: {"收入支出决算总表[收入/年初结转和结余]": 3.00, "收入支出决算总表@上年[支出/年末结转和结余]": 8.00}
"""
    load(tmp_path, text)


LANGUAGE_RULES = """- id: MY-03
  title: 至少一项成立
  form: 支出决算表
  any_of:
    - 本表[合计].基本支出 = 0
    - 本表[合计].基本支出 > 1 万元
  basis: 试验规则
  why: 试验 any_of。
  fix: 试验。
  examples:
    pass: [{合计.基本支出: 0.00}, {合计.基本支出: 2.00}]
    fail: {合计.基本支出: 0.50}
- id: MY-04
  title: 条件与否则
  form: 支出决算表
  when: 本表[合计].项目支出 > 0
  assert: 本表[合计].基本支出 > 0.10 万元
  otherwise: 本表[合计].基本支出 = 0
  basis: 试验规则
  why: 试验 otherwise。
  fix: 试验。
  examples:
    pass: [{合计.项目支出: 1.00, 合计.基本支出: 1.00}, {合计.项目支出: 0.00, 合计.基本支出: 0.00}]
    fail: [{合计.项目支出: 1.00, 合计.基本支出: 0.00}, {合计.项目支出: 0.00, 合计.基本支出: 1.00}]
- id: MY-05
  title: 有金额的款不超过三个
  form: 基本支出明细表
  assert: count(本表[各款] where 本格 > 0) <= 3
  basis: 试验规则
  why: 试验 count 和 where。
  fix: 试验。
  examples:
    pass: {"30101": 1.00, "30102": 1.00, "30103": 0.00, "30107": 1.00}
    fail: {"30101": 1.00, "30102": 1.00, "30103": 2.00, "30107": 1.00}
- id: MY-06
  title: 最大的类不超过合计
  form: 支出决算表
  assert:
    - max(本表[各类].本年支出合计) <= 本表[合计].本年支出合计
    - 0.5 × 本表[合计].本年支出合计 <= 本表[合计].基本支出
  basis: 试验规则
  why: 试验 max 和乘数。
  fix: 试验。
  examples:
    pass: {合计.本年支出合计: 5.00, 合计.基本支出: 3.00, "208.本年支出合计": 4.00}
    fail: [{合计.本年支出合计: 5.00, 合计.基本支出: 3.00, "208.本年支出合计": 6.00}, {合计.本年支出合计: 5.00, 合计.基本支出: 2.00}]
- id: MY-07
  title: 没有列 299 类
  form: 支出决算表
  assert: not exists(本表[299])
  basis: 试验规则
  why: 试验 not 和 exists。
  fix: 试验。
  examples:
    pass: {合计.本年支出合计: 5.00}
    fail: {合计.本年支出合计: 5.00, "299.本年支出合计": 5.00}
"""


def test_alternatives_conditions_counts_and_factors(tmp_path: Path) -> None:
    load(tmp_path, LANGUAGE_RULES)
