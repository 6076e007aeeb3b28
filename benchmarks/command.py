"""How long the whole command takes from a cold start: `--help`, one filing with HTML and JSON, a folder.

Run on purpose (`make bench`), never asserted in tests.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))
FILINGS = ROOT.parent / "shared" / "filings"
ROUNDS = 7


def seconds(*arguments: str, cache: str) -> float:
    """Median time of the command in a new process."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        done = subprocess.run(  # noqa: S603 — our own command
            [sys.executable, "-m", "auditor.cli.main", *arguments],
            capture_output=True,
            check=False,
            env={**os.environ, "AUDITOR_CACHE": cache},
        )
        times.append(time.perf_counter() - start)
        if done.returncode not in (0, 1, 2):
            raise SystemExit(done.stderr.decode())
    return statistics.median(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache, out = f"{folder}/cache", f"{folder}/out"
        print(f"auditor --help:                         {seconds('--help', cache=cache):.3f} s")
        start = time.perf_counter()
        one = ["check", str(EXAMPLES[0]), "--out", out, "--fail-on", "never"]
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "auditor.cli.main", *one],
            capture_output=True,
            check=True,
            env={**os.environ, "AUDITOR_CACHE": cache},
        )
        print(f"one filing, rules compiled again:        {time.perf_counter() - start:.2f} s")
        print(f"one filing, HTML and JSON, cold start:  {seconds(*one, cache=cache):.2f} s")
        for path in [*sorted(FILINGS.glob("seeds/*.txt")), *sorted(FILINGS.glob("real/*.*"))]:
            taken = seconds("check", str(path), "--out", out, "--fail-on", "never", cache=cache)
            print(f"{path.name[:36]:38}  {taken:.2f} s")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"peak memory of the largest process:     {peak} MB")


if __name__ == "__main__":
    main()
