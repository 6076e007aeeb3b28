"""A store that is damaged, or of another version, is kept under another name and made again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import duckdb
import pytest
from auditor.errors import AuditorError
from auditor.screening.store import STORE, Store


def made(folder: Path) -> bytes:
    with Store(folder) as store:
        store.expect([("某局", "", 2023, "budget", "", True, ["表"])])
    return (folder / STORE).read_bytes()


@pytest.mark.parametrize(
    "data",
    [b"SQLite format 3\x00" + bytes(5000), b"x", b"", bytes(20_000), Random(1).randbytes(30_000)],  # noqa: S311
    ids=range(5),
)
def test_what_is_no_store_is_set_aside(data: bytes, tmp_path: Path) -> None:
    (tmp_path / STORE).write_bytes(data)
    with Store(tmp_path) as store:
        assert store.ask("SELECT count(*) FROM runs")[1] == [(0,)]
        assert "screening-1.damaged" in store.remark
    assert (tmp_path / "screening-1.damaged").read_bytes() == data
    with Store(tmp_path) as store:
        assert store.remark == ""


def test_a_store_of_another_version_is_set_aside(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / STORE)) as engine:
        engine.execute("CREATE TABLE runs (run INTEGER)")
    with Store(tmp_path) as store:
        assert "screening-1.damaged" in store.remark
        assert store.ask("SELECT count(*) FROM sources")[1] == [(0,)]


@pytest.mark.parametrize("at", range(0, 12_288, 512))
def test_a_damaged_head_costs_a_sentence(at: int, tmp_path: Path) -> None:
    data = bytearray(made(tmp_path))
    data[at : at + 64] = bytes(byte ^ 0x55 for byte in data[at : at + 64])
    (tmp_path / STORE).write_bytes(data)
    with Store(tmp_path) as store:
        store.expect([])
        assert store.ask("SELECT count(*) FROM expected")[1] == [(0,)]


def test_a_store_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    import subprocess
    import sys

    made(tmp_path)
    code = f"import duckdb, time; c = duckdb.connect({str(tmp_path / STORE)!r}); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        try:
            with pytest.raises(AuditorError), Store(tmp_path):
                pass
        finally:
            other.kill()
    assert [path.name for path in tmp_path.iterdir()] == [STORE]
