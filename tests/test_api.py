"""The public door in Python: frames in, findings and checks out."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import auditor
import auditor.testing
import pandas as pd
import pytest
from auditor import Filing, audit
from auditor.errors import BadInputError

from tests.conftest import rule_book

HEAD = (
    "科目编码",
    "科目名称",
    "本年支出合计",
    "基本支出",
    "项目支出",
    "上缴上级支出",
    "经营支出",
    "对附属单位补助支出",
)
ROWS = [
    ("", "合计", "15.25", "11.15", "4.10", "", "", ""),
    ("208", "社会保障和就业支出", "15.25", "11.15", "4.10", "", "", ""),
    ("20805", "行政事业单位养老支出", "15.25", "11.15", "4.10", "", "", ""),
    ("2080501", "行政单位离退休", "15.25", "11.15", "4.10", "", "", ""),
]


def frame(*, wrong: bool = False) -> pd.DataFrame:
    rows = [list(row) for row in ROWS]
    if wrong:
        rows[3][3] = "12.15"
    return pd.DataFrame(rows, columns=list(HEAD))


def filing(table: pd.DataFrame, title: str = "支出决算表") -> Filing:
    return Filing.from_frames({title: table}, entity="青山县统计局", year=2023, forms=rule_book().forms)


def test_frames_that_agree_give_no_finding() -> None:
    result = audit(filing(frame()), rule_book())
    assert result.findings.empty
    assert set(result.checks["verdict"]) <= {"consistent", "not_evaluated", "not_applicable"}
    assert (result.checks["verdict"] == "consistent").sum() >= 10
    assert len(result.figures) == 12
    assert set(result.figures["mark"]) == {"confirmed"}


def test_a_wrong_figure_is_named_with_its_repair() -> None:
    findings = audit(filing(frame(wrong=True)), rule_book()).findings
    assert list(findings["severity"]) == ["error"]
    found = findings.iloc[0]
    assert (found["suspect"], found["printed"], found["suggested"]) == (
        "支出决算表[2080501].基本支出",
        "12.15",
        "11.15",
    )
    assert (found["entity"], found["year"]) == ("青山县统计局", 2023)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.map(lambda v: float(v) if v.replace(".", "").isdigit() and "." in v else v),
        lambda f: f.map(lambda v: Decimal(v) if "." in v else v),
        lambda f: f.map(lambda v: v or None),
        lambda f: f[[HEAD[0], HEAD[1], *reversed(HEAD[2:])]],
        lambda f: f.set_index(HEAD[0]),
        lambda f: f.sample(frac=1, random_state=3).reset_index(drop=True),
        lambda f: f.astype({HEAD[0]: "string"}),
        lambda f: f.set_axis(
            pd.MultiIndex.from_tuples([("项目", h) if i < 2 else (h, h) for i, h in enumerate(HEAD)]), axis=1
        ),
    ],
    ids=["floats", "decimals", "missing", "columns", "index", "rows", "dtype", "multiindex"],
)
def test_the_shape_of_the_frame_changes_nothing(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    assert not (audit(filing(change(frame())), rule_book()).findings["severity"] == "error").any()
    findings = audit(filing(change(frame(wrong=True))), rule_book()).findings
    errors = findings[findings["severity"] == "error"]
    assert list(errors["suspect"]) == ["支出决算表[2080501].基本支出"]
    assert [float(value) for value in errors["suggested"]] == [11.15]


def test_a_table_with_some_of_its_columns_passes_what_holds_and_blames_no_sum() -> None:
    """Columns left out of print may hold something: a sum that holds without them holds, a gap proves nothing."""
    some = list(HEAD[:5])
    result = audit(filing(frame()[some]), rule_book())
    sums = result.checks[(result.checks["rule"] == "FA-T03-01") & (result.checks["table"] == "支出决算表")]
    assert set(sums["verdict"]) == {"consistent"}
    assert result.findings.empty
    result = audit(filing(frame(wrong=True)[some]), rule_book())
    sums = result.checks[(result.checks["rule"] == "FA-T03-01") & (result.checks["table"] == "支出决算表")]
    assert set(sums["verdict"]) == {"consistent", "not_evaluated"}
    assert [list(rules) for rules in result.findings["rules"]] == [["FA-TREE-01"]]


def test_the_frame_itself_is_left_alone() -> None:
    given = frame()
    audit(filing(given), rule_book())
    pd.testing.assert_frame_equal(given, frame())


def test_official_titles_and_unknown_ones() -> None:
    long = "一般公共预算财政拨款支出决算表"
    table = frame().drop(columns=list(HEAD[5:]))
    assert audit(filing(table, long), rule_book()).figures["address"].str.startswith("一般公共预算支出表").all()
    with pytest.raises(BadInputError) as caught:
        filing(table, "支出决算标")
    assert "支出决算表" in str(caught.value)


def test_an_empty_frame_and_a_frame_of_something_else_pass_nothing() -> None:
    for table in (pd.DataFrame(), pd.DataFrame({"甲": [1, 2], "乙": ["a", "b"]})):
        result = audit(filing(table), rule_book())
        assert result.findings.empty
        assert not (result.checks["verdict"] == "consistent").any()


def test_the_matrix_of_checks_and_figures() -> None:
    result = audit(filing(frame()), rule_book())
    matrix = result.matrix()
    assert matrix.shape[1] == len(result.evaluation.chunk.facts)
    assert set(matrix.data) <= {-1, 1}
    values = result.evaluation.chunk.facts.value
    assert not (matrix @ values).any()


def test_two_years_are_seen_together() -> None:
    lanes = pd.DataFrame(
        [
            ("年初结转和结余", 29, "3.00", "本年支出合计", 58, "3.00"),
            ("", "", "", "年末结转和结余", 60, "8.00"),
        ],
        columns=pd.MultiIndex.from_tuples(
            [("收入", "项目"), ("收入", "行次"), ("收入", "金额"), ("支出", "项目"), ("支出", "行次"), ("支出", "金额")]
        ),
    )
    both = [
        Filing.from_frames({"收入支出决算总表": lanes}, entity="青山县统计局", year=year, forms=rule_book().forms)
        for year in (2022, 2023)
    ]
    result = audit(both, rule_book())
    assert set(result.checks["filing"]) == {0, 1}
    assert len(result.audits) == 2


def test_the_door_is_typed_documented_and_light() -> None:
    for name in auditor.testing.__all__:
        assert getattr(auditor.testing, name) is not None, name
    for name in auditor.__all__:
        assert getattr(auditor, name).__doc__
    with pytest.raises(AttributeError):
        auditor.nothing  # noqa: B018
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, auditor.cli.main; print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"pandas", "numpy", "scipy", "yaml", "jinja2", "lark"} & set(loaded)


def test_the_rules_travel_in_the_wheel(tmp_path: Path) -> None:
    """Build the wheel, unpack it, and audit from a folder where no rules lie."""
    pytest.importorskip("hatchling", reason="the build backend is not installed here")
    root = Path(__file__).parent.parent
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=root,
        check=True,
        capture_output=True,
    )
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    rules = {
        f"auditor/_rules/{path.relative_to(root / 'rules').as_posix()}" for path in (root / "rules").rglob("*.yaml")
    }
    assert rules <= set(names)
    assert "auditor/reports/templates/filing.html.j2" in names
    assert "auditor/rules/statement.lark" in names
    assert {"auditor/authoring/cookbook.yaml", "auditor/rules/templates/rules.yaml.j2"} <= set(names)
    example = next((root / "examples").glob("清河*.txt"))
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); from auditor.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, "check", str(example)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "4 个错误" in done.stdout
