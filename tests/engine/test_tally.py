"""Nothing is hidden: every printed number is counted, in tables known and unknown and in the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from auditor.model.numbers import BROKEN, is_printed_number, parse_literal
from click.testing import Result

from tests.end_to_end.test_own import run

TABLE = """支出决算表
公开03表
单位：万元
科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出\t上缴上级支出\t经营支出\t对附属单位补助支出
\t合计\t10.00\t6.00\t4.00\t0.00\t0.00\t0.00
208\t社会保障和就业支出\t10.00\t6.00\t4.00\t0.00\t0.00\t0.00
"""
UNKNOWN = """
学生资助发放情况
批次\t发放额\t余额
第一批\t1.50\t2.50
第二批\t#REF!\t########
"""
HEAD = "某县档案馆2023年度单位决算\n\n"
TEXT = "\n支出决算情况说明\n\n2023年度支出合计10.00万元。另有摊位租金3.30万元。\n"


def checked(folder: Path, text: str, *options: str) -> tuple[dict[str, Any], Result]:
    path = folder / "决算.txt"
    path.write_text(text, encoding="utf-8")
    result = run("check", path, "--out", folder / "out", "--format", "html,json,md", *options)
    report: dict[str, Any] = json.loads((folder / "out" / "决算.json").read_text("utf-8"))
    return report, result


def test_numbers_of_unknown_tables_and_of_the_text_are_printed_and_told_before_the_verdict(tmp_path: Path) -> None:
    whole, _ = checked(tmp_path, HEAD + TABLE)
    report, result = checked(tmp_path, HEAD + TABLE + UNKNOWN + TEXT)
    facts, prose = report["summary"]["facts"], report["summary"]["prose"]
    assert facts["printed"] == facts["read"] + facts["unread"]
    assert facts["printed"] >= whole["summary"]["facts"]["printed"] + 4 + 2
    assert prose["told"] + prose["unexplained"] + prose["aside"] == 2
    head = result.stdout.splitlines()[0]
    verdict = head.partition("：")[2]
    assert verdict.startswith(f"印有 {facts['printed']} 个数字，读出 {facts['read']} 个，核对 ")
    assert f"有 {facts['unread']} 个数字没有读出" in verdict
    assert "2 格印的是 #REF! 等错误值、#### 或不全的数字" in verdict
    assert "；没有发现错误" not in verdict
    assert "；核对过的数字没有发现错误" in verdict
    assert f"印有 {facts['printed']} 个数字" in result.stdout.splitlines()[-1]
    for page in ("index.html", "决算.html", "决算.md"):
        assert f"印有 {facts['printed']} 个数字" in (tmp_path / "out" / page).read_text("utf-8")


def test_too_little_coverage_ends_a_gate_with_2(tmp_path: Path) -> None:
    _, enough = checked(tmp_path, HEAD + TABLE + UNKNOWN, "--min-checked", "0.5")
    assert enough.exit_code == 0
    _, few = checked(tmp_path, HEAD + TABLE + UNKNOWN, "--min-checked", "0.9")
    assert few.exit_code == 2
    assert "--min-checked" in few.stderr


def test_a_final_account_without_a_table_is_told(tmp_path: Path) -> None:
    _, result = checked(tmp_path, HEAD + TEXT)
    assert "文件中没有一张表" in result.stdout.splitlines()[0]
    assert "：没有发现错误" not in result.stdout


@pytest.mark.parametrize("cell", ["#REF!", "#DIV/0!", "#N/A", "########", "＃＃＃＃"])
def test_cells_that_show_no_number_say_why(cell: str) -> None:
    assert is_printed_number(parse_literal(cell))
    assert parse_literal(cell).reason in BROKEN


@pytest.mark.parametrize("cell", ["#1", "#REF", "详见附表"])
def test_other_words_are_just_no_numbers(cell: str) -> None:
    assert parse_literal(cell).reason == "unread.not_a_number"
