"""`auditor screen` and `auditor query` as their users meet them: lists, a page, a store that is asked and not changed."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import TYPE_CHECKING

import pytest
from auditor.cli.main import cli
from auditor.screening.queries import QUERIES
from auditor.screening.store_schema import TABLES
from click.testing import CliRunner, Result

from tests.support.screens import filing, write_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

UNITS = "单位名称,主管部门,曾用名,年度,报告\n某县甲服务中心,某县民政局,,2023,决算\n某县水利局,,,,\n=cmd(),,,2023,决算\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("screened")
    folder = write_folder(base / "in", units=2)
    (folder / "上年.txt").write_text(filing("某县甲服务中心", 2022), encoding="utf-8")
    listed = base / "名单.csv"
    listed.write_text(UNITS, encoding="utf-8")
    done = run("--lang", "en", "screen", folder, "--out", base / "out", "--expect", listed, "--jobs", 1)
    assert done.exit_code == 2, done.output  # one file is damaged
    assert "坏.pdf" in done.output
    assert "6 filing(s)" in done.output
    return base / "out"


@pytest.mark.slow
def test_the_lists_and_the_page(out: Path) -> None:
    ranked = rows(out / "ranking.csv")
    assert ranked[0][:2] == ["rank", "entity"]
    assert len(ranked) == 1 + 6
    assert [int(line[6]) for line in ranked[1:]] == sorted((int(line[6]) for line in ranked[1:]), reverse=True)
    expected = {(line[0], line[2]): line[5] for line in rows(out / "expected.csv")[1:]}
    assert expected["某县甲服务中心", "2023"] == "published"
    assert expected["某县水利局", "2022"] == expected["某县水利局", "2023"] == "not published"
    assert ("'=cmd()", "2023") in expected  # nothing that a spreadsheet would run
    assert [line[0] for line in rows(out / "failed.csv")[1:]] == ["坏.pdf"]
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "not published" in page
    for line in ranked[1:]:
        if line[-1]:
            assert (out / line[-1]).is_file()
            assert line[-1] in page


@pytest.mark.slow
def test_every_query_by_name_answers(out: Path) -> None:
    values = {"entity": "某县甲服务中心", "rule": "FA-K-01", "address": "收入支出决算总表[收入/总计]"}
    for name, query in QUERIES.items():
        given = [values[value.split("/")[1]] for value in query.values]
        done = run("query", name, *given, "--out", out, "--format", "json")
        assert done.exit_code == 0, done.output
        assert name in ("waivers", "changes") or json.loads(done.output), name
    assert run("query").output.count("\n") == len(QUERIES)


def test_a_unit_and_a_figure_over_the_years(out: Path) -> None:
    told = json.loads(run("query", "unit", "某县甲服务中心", "--out", out, "--format", "json").output)
    assert [line["year"] for line in told] == [2022, 2023]
    address = "收入支出决算总表[收入/总计]"
    figures = json.loads(run("query", "figure", "某县甲服务中心", address, "--out", out, "--format", "json").output)
    assert [line["year"] for line in figures] == [2022, 2023]
    sql = "SELECT count(*) AS n FROM rules WHERE rule = 'FA-K-01' AND consistent + failed > 0"
    assert json.loads(run("query", sql, "--out", out, "--format", "json").output) == [{"n": 1}]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM filings WHERE true",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY filings TO '/tmp/stolen.csv'",
        "SELECT nothing FROM filings",
        "ATTACH '/tmp/other.duckdb' AS other",
    ],
)
def test_what_asks_for_more_is_refused_in_one_sentence(out: Path, sql: str) -> None:
    before = (out / "screening.duckdb").read_bytes()
    done = run("query", sql, "--out", out)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert (out / "screening.duckdb").read_bytes() == before


def test_mistakes_are_told(out: Path, tmp_path: Path) -> None:
    assert "unit" in run("query", "unt", "--out", out).output
    assert run("query", "unit", "--out", out).exit_code == 2
    assert "auditor screen" in run("query", "runs", "--out", tmp_path).output
    assert run("screen", tmp_path / "nowhere").exit_code == 2
    (tmp_path / "list.csv").write_text("甲,乙\n", encoding="utf-8")
    assert "list.csv" in run("screen", tmp_path, "--expect", tmp_path / "list.csv", "--out", tmp_path / "o").output


def test_tables_are_written_as_parquet(out: Path, tmp_path: Path) -> None:
    import duckdb

    assert run("query", "--out", out, "--export", tmp_path).exit_code == 0
    assert {path.stem for path in tmp_path.glob("*.parquet")} == set(TABLES)
    with duckdb.connect() as engine:
        assert engine.execute(f"SELECT count(*) FROM '{tmp_path}/filings.parquet'").fetchall() == [(6,)]  # noqa: S608


def test_the_schema_tells_every_column(out: Path) -> None:
    told = run("query", "--schema").output
    from auditor.screening.store import Store

    with Store(out, read_only=True) as store:
        _, columns = store.ask("SELECT table_name, column_name FROM information_schema.columns")
    assert {table for table, _ in columns} == set(TABLES)
    assert all(f"| `{column}` |" in told for _, column in columns)


def test_a_store_that_is_gone_is_made_anew(out: Path, tmp_path: Path) -> None:
    copy = tmp_path / "again"
    for path in out.rglob("*"):
        if path.is_file() and path.name != "screening.duckdb":
            target = copy / path.relative_to(out)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    listed, folder = out.parent / "名单.csv", out.parent / "in"
    done = run("--lang", "en", "screen", folder, "--out", copy, "--expect", listed, "--jobs", 1)
    assert "0 file(s) read and 0 filing(s) audited" in done.output
    assert rows(copy / "ranking.csv") == rows(out / "ranking.csv")
    assert os.path.getsize(copy / "screening.duckdb") > 0  # noqa: PTH202
