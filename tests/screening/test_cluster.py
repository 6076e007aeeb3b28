"""The same screening on a Dask cluster of local workers, one of them killed: the same bytes."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from auditor.screening.local_workers import LocalWorkers
from auditor.screening.screen import screen

from tests.support.screens import job, results, write_folder

if TYPE_CHECKING:
    from pathlib import Path

distributed = pytest.importorskip("distributed")


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_nothing(tmp_path: Path) -> None:
    from auditor.screening.cluster_workers import ClusterWorkers

    folder = write_folder(tmp_path / "in")
    local = LocalWorkers(2)
    try:
        here = screen(job(folder, tmp_path / "local"), local, lambda *_: None)
    finally:
        local.close()
    workers = ClusterWorkers("local", 2)
    killed: list[int] = []

    def kill(*_: object) -> None:
        """After the first answer: one of the workers is gone, with what it was doing."""
        if not killed:
            killed.append(next(iter(workers.client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    try:
        there = screen(job(folder, tmp_path / "cluster"), workers, kill)
    finally:
        workers.close()
    assert killed
    assert there.failed == here.failed
    assert there.done == here.done
    assert results(tmp_path / "cluster") == results(tmp_path / "local")


def test_an_address_where_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from auditor.errors import AuditorError
    from auditor.screening import cluster_workers

    monkeypatch.setattr(cluster_workers, "WAIT", "1s")
    with pytest.raises(AuditorError, match=r"127\.0\.0\.1:9"):
        cluster_workers.ClusterWorkers("tcp://127.0.0.1:9")
