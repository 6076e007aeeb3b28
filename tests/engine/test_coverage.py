"""Coverage: what the rules see of a filing, of forms, and the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from auditor import Filing, audit
from auditor.cli.main import cli
from auditor.engine.coverage import Coverage, Protection, coverage_of, total
from click.testing import CliRunner
from pandas import DataFrame

from tests.conftest import EXAMPLES, SHARED, rule_book


def made(**figures: str) -> Filing:
    """A 支出决算表 of one row."""
    return Filing.from_frames(
        {
            "支出决算表": DataFrame(
                {"科目编码": ["208"], "科目名称": ["社会保障和就业支出"], **{k: [v] for k, v in figures.items()}}
            )
        },
        entity="某单位",
        year=2023,
    )


def seen(coverage: Coverage) -> dict[str, Protection]:
    return {figure.fact.address.column: figure.seen for table in coverage.tables for figure in table.figures}


FULL = {
    "本年支出合计": "5.00",
    "基本支出": "3.00",
    "项目支出": "2.00",
    "上缴上级支出": "0",
    "经营支出": "0",
    "对附属单位补助支出": "0",
}


def test_figures_of_one_sum_are_found_and_not_told_apart() -> None:
    (coverage,) = coverage_of([made(**FULL)], rule_book())
    assert set(seen(coverage).values()) == {Protection.FOUND}
    (table,) = coverage.tables
    assert table.least is not None
    assert table.alone
    assert coverage.share(prose=False) == (6, 6)


def test_a_figure_without_an_equality_is_told_with_the_reason() -> None:
    (coverage,) = coverage_of([made(基本支出="3.00")], rule_book())
    (figure,) = coverage.tables[0].figures
    assert figure.seen is Protection.NOT
    assert figure.why
    assert total([coverage], prose=False) == (0, 1)


def test_the_share_is_that_of_the_report() -> None:
    (coverage,) = coverage_of([filing := made(本年支出合计="5.00", 基本支出="3.00", 项目支出="2.00")], rule_book())
    audited = audit(filing, rule_book()).audits[0]
    assert coverage.share(prose=False) == (audited.checked, audited.printed)


def test_the_smallest_change_is_always_found_and_a_smaller_one_may_not_be() -> None:
    full = {"本年支出合计": "5.00", "基本支出": "3.00", "项目支出": "2.00"}
    full |= dict.fromkeys(("上缴上级支出", "经营支出", "对附属单位补助支出"), "0.00")
    (coverage,) = coverage_of([made(**full)], rule_book())
    least = next(f.least for f in coverage.tables[0].figures if f.fact.address.column == "基本支出")
    assert least is not None
    digits = -(-least // 10_000)  # last digits of 0.01 万元

    def fails(change: int) -> bool:
        changed = full | {"基本支出": f"{(300 + change) / 100:.2f}"}
        checks = audit(made(**changed), rule_book()).checks
        return set(checks[checks.rule == "FA-T03-01"].verdict) == {"inconsistent"}

    assert fails(digits)
    assert fails(-digits)
    assert not fails(1)


@pytest.mark.slow
def test_forms_are_covered_without_any_filing(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["rules", "coverage", "--out", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0
    page = (tmp_path / "coverage.html").read_text(encoding="utf-8")
    assert 'class="n apart"' in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"http", page)
    share = re.search(r"（(\d+\.\d)%）", result.output.splitlines()[-2])
    assert share is not None
    assert float(share[1]) >= 98


def test_coverage_of_files(tmp_path: Path) -> None:
    file = str(next(EXAMPLES.glob("青山*.txt")))
    result = CliRunner().invoke(cli, ["rules", "coverage", file, "--out", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "1 份" in result.output
    assert CliRunner().invoke(cli, ["--lang", "en", "rules", "coverage", file]).exit_code == 0
    missing = CliRunner().invoke(cli, ["rules", "coverage", "nowhere.pdf"])
    assert missing.exit_code == 2
    assert "nowhere.pdf" in missing.stderr


@pytest.mark.slow
def test_of_the_real_filings_nearly_every_figure_of_a_table_is_checked() -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared filings are not here (../shared/filings)")
    files = [
        str(path) for part in ("seeds", "real") for path in sorted((SHARED / part).iterdir()) if path.suffix != ".csv"
    ]
    result = CliRunner().invoke(cli, ["rules", "coverage", *files], catch_exceptions=False)
    share = re.search(r"等式核对了 \d+ 个（(\d+\.\d)%）", result.output)
    assert share is not None
    assert float(share[1]) >= 86  # with scores and indicators, which no equation knows
    printed = missing = 0
    for name, count, left in re.findall(r"^ +(\S+?)：(\d+) 个数字，(\d+) 个没有核对", result.output, re.MULTILINE):
        if not name.startswith(("其他表/", "说明/")) and name != "项目自评汇总表":
            printed, missing = printed + int(count), missing + int(left)
    assert printed > 1000
    assert missing <= printed // 100


def test_a_rule_that_alone_protects_is_named() -> None:
    (coverage,) = coverage_of([made(**FULL)], rule_book())
    assert coverage.tables[0].alone
    assert set(coverage.tables[0].alone) <= set(rule_book().by_id)
