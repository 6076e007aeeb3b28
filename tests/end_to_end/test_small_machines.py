"""Machines with little: few file handles, one core, no home that can be written to, no locale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES

SMALL = """
import os, resource, runpy, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
sys.argv = ["auditor", *sys.argv[1:]]
runpy.run_module("auditor.cli.main", run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="bounds of processes")
def test_a_small_machine_audits_as_any_other(tmp_path: Path) -> None:
    path = next(EXAMPLES.glob("清河*.txt"))
    (tmp_path / "home").mkdir(mode=0o500)
    small = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONPATH": str(EXAMPLES.parent)}
    small |= {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": "/dev/null/cache"}
    written = []
    for name, environment in (("small", small), ("any", {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)})):
        start = [SMALL] if name == "small" else ["from auditor.cli.main import main; main()"]
        done = subprocess.run(
            [sys.executable, "-c", *start, "--lang", "zh", "check", str(path), "--out", name, "--format", "json,html"],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr.decode("utf-8", "replace")  # findings
        assert b"Traceback" not in done.stderr
        written.append({one.name: one.read_bytes() for one in (tmp_path / name).iterdir()})
    assert len(written[0]) > 1
    assert written[0] == written[1]
