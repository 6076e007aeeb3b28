"""No worker outlives the process that started it, however that ends and whatever the worker is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
import os, sys, time
from auditor.sandbox.guard import Guard
guard = Guard()
guard.read_bytes("一、收入\\n".encode(), "a.txt")
print(guard._process.pid, flush=True)
if sys.argv[1] == "ends":
    os._exit(0)
time.sleep(60)
"""
SECONDS = 20


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("how", ["ends", signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGHUP], ids=str)
@pytest.mark.parametrize(
    "stopped", [False, pytest.param(True, marks=pytest.mark.skipif(sys.platform != "linux", reason="F_SETSIG"))]
)
def test_a_worker_dies_with_its_parent(how: signal.Signals | str, stopped: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(how)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        if stopped:  # as busy in foreign code as can be
            os.kill(worker, signal.SIGSTOP)
        if isinstance(how, signal.Signals):
            parent.send_signal(how)
        parent.wait(SECONDS)
    end = time.monotonic() + SECONDS
    while is_alive(worker) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(worker)
