"""How fast PDF filings are read: pages per second on one core, memory of the reading process, a filing end to end.

Run on purpose (`make bench`), never asserted in tests. The real filings are taken where they are, else generated ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
REAL = sorted((ROOT.parent / "shared" / "filings" / "real").glob("*.pdf"))
ROUNDS = 5
_READ = """
import resource, sys, time
from pathlib import Path
from auditor.readers import read_bytes
files = [(path, Path(path).read_bytes()) for path in sys.argv[2:]]
for path, data in files[:1]:
    read_bytes(data, path)
best = {}
for _ in range(int(sys.argv[1])):
    for path, data in files:
        start = time.process_time()
        pages = read_bytes(data, path).pages
        taken = time.process_time() - start
        best[path] = min(best.get(path, (taken, pages)), (taken, pages))
for path, (taken, pages) in best.items():
    print(path, pages, taken, sep="\\t")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def generated(folder: Path, pages: int = 30) -> list[Path]:
    """Filings of about so many pages, printed from generated ledgers."""
    from auditor.model.document import Paragraph
    from auditor.model.facts import FilingKey, Place
    from auditor.rules.book import load_rules
    from auditor.testing.layouts import Layouts
    from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
    from auditor.testing.pdf_blocks import pdf_of
    from auditor.testing.printed_ledger import Style, print_tables

    forms = load_rules().forms
    said = "2023年度收入总计12,345.67万元，与上年相比增加1,234.56万元，主要原因是人员增加，相应的工资福利支出增加。"
    out = []
    for seed in (11, 29, 47):
        printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=400_000_000)), Style(), forms)
        key = FilingKey(f"示例单位{seed}", 2023, "final_accounts", "unit")
        blocks = Layouts(forms, Style(), key, official=True).blocks(printed)
        count = pdf_of(blocks).count(b"/Type /Page ")
        blocks += [Paragraph(said * 6, Place()) for _ in range(7 * max(0, pages - count))]
        out.append(folder / f"generated-{seed}.pdf")
        out[-1].write_bytes(pdf_of(blocks))
    return out


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = generated(folder)
        report(REAL or made)
        if REAL:
            print("generated filings:")
            report(made)
        whole(made[0], folder)


def report(files: list[Path]) -> None:
    done = subprocess.run(  # noqa: S603 — our own interpreter
        [sys.executable, "-c", _READ, str(ROUNDS), *map(str, files)], capture_output=True, text=True, check=True
    )
    *lines, memory = done.stdout.splitlines()
    pages = seconds = 0.0
    for line in lines:
        path, count, taken = line.split("\t")
        pages, seconds = pages + int(count), seconds + float(taken)
        print(f"{Path(path).stem[:48]:50}{count:>4} pages {1000 * float(taken) / int(count):6.2f} ms a page")
    print(f"tables and text, one core:{pages / seconds:29.0f} pages a second")
    print(f"peak memory of the reading process:{memory:>20} MB")


def whole(path: Path, folder: Path) -> None:
    """The command on one filing of 30 pages, from a cold start, HTML and JSON."""
    command = [sys.executable, "-m", "auditor.cli.main", "check", str(path), "--out", str(folder), "--fail-on", "never"]
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(  # noqa: S603 — our own command
            command, capture_output=True, check=True, env={**os.environ, "AUDITOR_CACHE": f"{folder}/cache"}
        )
        times.append(time.perf_counter() - start)
    print(f"a filing of 30 pages, end to end:{sorted(times)[len(times) // 2]:22.2f} s")


if __name__ == "__main__":
    main()
