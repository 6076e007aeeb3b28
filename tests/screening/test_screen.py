"""A screening goes on where it was stopped, does nothing twice, and survives bad files, dying processes, full disks."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from auditor.cli.main import cli
from auditor.screening.local_workers import LocalWorkers, Lost
from auditor.screening.ranking import RANKED, expected_lines
from auditor.screening.records import OutputError
from auditor.screening.screen import Screening, screen
from auditor.screening.store import Store
from click.testing import CliRunner

from tests.support.screens import environment, filing, job, results, write_folder

STARTED = 60  # seconds until a run in a process of its own has begun to write


def run(folder: Path, out: Path, **options: bool) -> Screening:
    workers = LocalWorkers(2)
    try:
        return screen(job(folder, out), workers, lambda *_: None, **options)
    finally:
        workers.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("filings"))


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run that nothing stopped."""
    out = tmp_path_factory.mktemp("whole")
    run(folder, out)
    return out


def command(folder: Path, out: Path, *more: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "auditor.cli.main",
        "--lang",
        "zh",
        "screen",
        str(folder),
        "--out",
        str(out),
        "--format",
        "json",
        "--today",
        "2026-01-01",
        "--jobs",
        "2",
        *more,
    ]


@pytest.mark.slow
def test_finds_filings_in_folders_and_archives_and_leaves_older_versions_out(folder: Path, tmp_path: Path) -> None:
    done = run(folder, tmp_path)
    assert done.filings == 7
    assert [name for name, _ in done.failed] == ["坏.pdf"]
    with Store(tmp_path) as store:
        store.take_in(job(folder, tmp_path), done)
        _, rows = store.ask("SELECT entity, files, versions FROM filings WHERE len(versions) > 0")
        assert rows == [("某县气象局", ["决算（更正）.txt"], ["决算.txt"])]
        _, rows = store.ask("SELECT DISTINCT entity FROM filings ORDER BY entity")
        assert ("某县档案馆",) in rows
        columns, ranked = store.ask(RANKED)
    errors = [row[columns.index("errors")] for row in ranked]
    assert errors[0] > 0
    assert errors[-1] == 0
    assert [row[0] for row in ranked] == list(range(1, 8))


@pytest.mark.slow
def test_nothing_that_is_unchanged_is_done_again(folder: Path, tmp_path: Path) -> None:
    first = run(folder, tmp_path)
    assert first.read == 9 - 1  # nine documents in eight files
    before = results(tmp_path)
    again = run(folder, tmp_path)
    assert (again.read, again.audited, again.filings) == (0, 0, first.filings)
    assert again.failed == first.failed
    assert results(tmp_path) == before


@pytest.mark.slow
def test_one_process_writes_what_two_write(folder: Path, whole: Path, tmp_path: Path) -> None:
    workers = LocalWorkers(1)
    try:
        screen(job(folder, tmp_path), workers, lambda *_: None)
    finally:
        workers.close()
    assert results(tmp_path) == results(whole)


@pytest.mark.slow
def test_the_list_of_findings_joins_what_the_partitions_kept(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, (entity, wrong) in enumerate([("某县甲中心", False), ("某县乙中心", True), ("某县丙中心", True)]):
        (folder / f"{number}.txt").write_text(filing(entity, wrong=wrong), encoding="utf-8")
    arguments = ["screen", str(folder), "--out", str(tmp_path / "out"), "--format", "xlsx,csv", "--jobs", "1"]
    (made, listed) = (tmp_path / "out" / f"疑点清单.{ending}" for ending in ("xlsx", "csv"))
    assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    first = made.read_bytes()
    sheet = openpyxl.load_workbook(made).worksheets[0]
    ranked = list(csv.reader((tmp_path / "out" / "ranking.csv").open(encoding="utf-8-sig")))[1:]
    named = [row[1] for row in ranked if row[6] != "0"]
    assert len(named) == 2
    assert [str(sheet.cell(row, 1).value).split()[0] for row in range(5, sheet.max_row + 1)] == named
    rows = list(csv.reader(listed.open(encoding="utf-8-sig")))[1:]
    assert list(dict.fromkeys(row[0] for row in rows)) == named
    made.unlink()
    (folder / "2.txt").unlink()  # nothing is audited again but what was beside it
    assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    assert made.read_bytes() != first
    assert openpyxl.load_workbook(made).worksheets[0].max_row == 5
    assert not list((tmp_path / "out").glob("*-report*"))


@pytest.mark.slow
def test_a_file_that_was_touched_is_told_by_its_bytes(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", units=2)
    run(folder, tmp_path / "out")
    file = folder / "街道0" / "2023" / "0.txt"
    os.utime(file, (1, 1))
    assert run(folder, tmp_path / "out").read == 0
    stamp = file.stat()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("1", "2", 1), encoding="utf-8")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert run(folder, tmp_path / "out").read == 0  # size and time say that nothing changed
    assert run(folder, tmp_path / "out", rehash=True).read == 1


@pytest.mark.slow
def test_a_changed_file_is_audited_again_and_one_that_is_gone_leaves_the_results(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", units=2)
    out = tmp_path / "out"
    first = run(folder, out)
    file = folder / "街道1" / "2023" / "1.txt"
    file.write_text(filing("某县乙服务中心"), encoding="utf-8")
    with Store(out) as store:
        store.take_in(job(folder, out), first)
        assert run(folder, out).read == 1
        store.take_in(job(folder, out), run(folder, out))
        assert store.ask("SELECT errors FROM filings WHERE entity = '某县乙服务中心'")[1] == [(0,)]
        assert store.ask("SELECT count(*) FROM seen WHERE gone = 2 AND entity = '某县乙服务中心'")[1] > [(0,)]
        file.unlink()
        store.take_in(job(folder, out), run(folder, out))
        assert store.ask("SELECT count(*) FROM filings WHERE entity = '某县乙服务中心'")[1] == [(0,)]
        assert store.ask("SELECT max(run) FROM runs")[1] == [(3,)]


@pytest.mark.slow
def test_killed_at_any_point_it_goes_on(folder: Path, whole: Path, tmp_path: Path) -> None:
    journal = tmp_path / ".screen" / "journal.jsonl"
    for lines in (1, 4, 9):
        with subprocess.Popen(
            command(folder, tmp_path), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            end = time.monotonic() + STARTED
            while process.poll() is None and time.monotonic() < end:
                if journal.exists() and journal.read_bytes().count(b"\n") >= lines:
                    process.send_signal(signal.SIGKILL)
                    break
                time.sleep(0.005)
            process.wait(STARTED)
        with journal.open("ab") as file:
            file.write(b'{"format": 1, "file": "cut o')  # as a line looks that was cut off
    done = subprocess.run(command(folder, tmp_path), env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr  # one file is damaged
    assert results(tmp_path) == results(whole)
    with Store(tmp_path, read_only=True) as store:
        assert store.ask("SELECT count(*) FROM filings")[1] == [(7,)]


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["auditor", *sys.argv[2:]]
runpy.run_module("auditor.cli.main", run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="bounds of file sizes")
@pytest.mark.parametrize("limit", [3_000, 40_000, 400_000])
def test_a_full_disk_is_told_and_loses_nothing(folder: Path, whole: Path, tmp_path: Path, limit: int) -> None:
    told = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *command(folder, tmp_path)[3:]],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert "磁盘空间" in told.stderr, told.stderr
    assert "Traceback" not in told.stderr
    done = subprocess.run(command(folder, tmp_path), env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "坏.pdf" in done.stderr
    assert results(tmp_path) == results(whole)


def test_two_runs_do_not_write_to_one_folder(folder: Path, tmp_path: Path) -> None:
    from auditor.errors import AuditorError
    from auditor.screening.journal import Journal

    with Journal(tmp_path / ".screen"), pytest.raises(AuditorError):
        run(folder, tmp_path)


@pytest.mark.slow
def test_kept_parts_that_are_damaged_are_read_again(folder: Path, whole: Path, tmp_path: Path) -> None:
    run(folder, tmp_path)
    for path in (tmp_path / ".screen" / "parts").rglob("*.part"):
        path.write_bytes(b"no longer what it was")
    for name in ("results", "reports"):
        for path in sorted((tmp_path / name).rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
    assert run(folder, tmp_path).read == 0
    assert {k: v for k, v in results(tmp_path).items() if k.endswith(".parquet")} == {
        k: v for k, v in results(whole).items() if k.endswith(".parquet")
    }


def test_kept_parts_run_nothing(tmp_path: Path) -> None:
    import pickle
    import zlib

    from auditor.errors import AuditorError
    from auditor.screening.kept_parts import thaw

    from tests.conftest import rule_book

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(tmp_path / "ran"),)

    file = tmp_path / "x.part"
    for evil in (Evil(), [subprocess.Popen], rule_book().forms.tables, [Path("x")]):
        file.write_bytes(zlib.compress(pickle.dumps(evil)))
        if evil is not rule_book().forms.tables:
            with pytest.raises(AuditorError):
                thaw(file, rule_book().forms)
    assert not (tmp_path / "ran").exists()


# -- workers ----------------------------------------------------------------------------------------------------


def odd(_: object, number: int) -> int:
    """Work that kills its process."""
    if number == 3:
        os._exit(9)
    return number * number


def full(_: object, number: int) -> int:
    if number:
        raise OutputError("input.write", file="x", why="no room")
    return number


@pytest.mark.slow
def test_a_process_that_dies_costs_only_the_piece_that_kills_it(tmp_path: Path) -> None:
    workers = LocalWorkers(2)
    try:
        answers = dict(workers.run(odd, job(tmp_path, tmp_path), range(8)))
    finally:
        workers.close()
    assert isinstance(answers.pop(3), Lost)
    assert answers == {number: number * number for number in range(8) if number != 3}


def test_a_full_disk_in_a_worker_comes_through(tmp_path: Path) -> None:
    workers = LocalWorkers(1)
    try:
        with pytest.raises(OutputError, match="no room"):
            list(workers.run(full, job(tmp_path, tmp_path), range(2)))
    finally:
        workers.close()


# -- what is due --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_list_tells_who_has_not_published(folder: Path, tmp_path: Path) -> None:
    from auditor.reading.entity_list import load_entities

    listed = tmp_path / "名单.csv"
    listed.write_text(
        "单位名称,主管部门,曾用名,年度,报告\n某县甲服务中心,某县民政局,,2023,决算\n某县文书馆,某县民政局,某县档案馆,2023,决算\n"
        "某县水利局,,,2023,决算\n某县水利局,,,2023,预算\n",
        encoding="utf-8",
    )
    done = run(folder, tmp_path / "out")
    told = job(folder, tmp_path / "out", listed=str(listed))
    workers = LocalWorkers(2)
    try:
        done = screen(told, workers, lambda *_: None)
    finally:
        workers.close()
    assert done.audited == done.filings  # the list is an option: all are audited again
    assert done.read == 0
    with Store(tmp_path / "out") as store:
        store.take_in(told, done)
        lines = {line[0] + line[3]: line[5] for line in expected_lines(store, load_entities(listed))}
    assert lines == {
        "某县甲服务中心final_accounts": True,
        "某县文书馆final_accounts": True,  # known by its former name
        "某县水利局final_accounts": False,
        "某县水利局budget": False,
    }
