"""How many filings `auditor screen` reads and audits per second: by format, on one and two cores; memory; a second run.

Run on purpose (`make bench`), never asserted in tests. The filings are generated, all different: PDF of about 30 pages,
XLSX, text. `--many N` screens that many text filings too, to see what memory does as their number grows.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.testing.text_files import DrawnBlock

PAGES = 30
PLAIN = "认真贯彻落实各项决策部署，按照规定管理和使用资金。"
LINES = 30  # of them fill a page
SAID = "全年办理各类业务12,345件，比上年增加1,234件，增长11.11%，组织培训28期，参加培训1,560人次，走访企业156家。"
_RUN = """
import json, resource, sys, time
from auditor.cli.main import cli
start = time.perf_counter()
try:
    cli.main(args=sys.argv[1:], standalone_mode=False)
except SystemExit:
    pass
taken = time.perf_counter() - start
kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
print(json.dumps({"seconds": taken, "memory": [resource.getrusage(kind).ru_maxrss // 1024 for kind in kinds]}))
"""


def filings(count: int, start: int = 0) -> Iterator[tuple[str, list[DrawnBlock]]]:
    """Filings of generated ledgers: name, and blocks of the document."""
    from auditor.model.facts import FilingKey
    from auditor.rules.book import load_rules
    from auditor.testing.layouts import Layouts
    from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
    from auditor.testing.printed_ledger import Style, print_tables

    forms = load_rules().forms
    for seed in range(start, start + count):
        name = "示例县第" + "".join("零一二三四五六七八九"[int(digit)] for digit in f"{seed:05d}") + "服务中心"
        printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=400_000_000)), Style(), forms)
        key = FilingKey(name, 2023, "final_accounts", "unit")
        yield name, list(Layouts(forms, Style(), key, official=True).blocks(printed))


def written(blocks: list[DrawnBlock], kind: str) -> bytes:
    from auditor.model.document import Paragraph
    from auditor.model.facts import Place
    from auditor.testing.pdf_blocks import pdf_of
    from auditor.testing.text_files import text_of, xlsx_of

    if kind == "xlsx":
        return xlsx_of(blocks)
    if kind == "txt":
        return text_of(blocks).encode()
    short = PAGES - pdf_of(blocks).count(b"/Type /Page ")
    told = [Paragraph(SAID if number % LINES == 0 else PLAIN, Place()) for number in range(LINES * max(0, short))]
    return pdf_of([*blocks, *told])


def screened(folder: Path, out: Path, jobs: int, reports: str = "findings") -> tuple[float, list[int]]:
    """Seconds that the command takes in a new process, and MB of its largest process and the largest it started."""
    arguments = ["screen", str(folder), "--out", str(out), "--jobs", str(jobs), "--reports", reports]
    done = subprocess.run(  # noqa: S603 — our own command
        [sys.executable, "-c", _RUN, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return told["seconds"], told["memory"]


_WORK = """
import json, os, resource, sys
from auditor.screening.job import Job
from auditor.screening.partitions import partitions_of
from auditor.screening.work import audit_partition, read_source
from auditor.readers import close

def spent():
    return sum(sum(resource.getrusage(kind)[:2]) for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

job = Job(sys.argv[1], sys.argv[2], today="2026-01-01")
files = sorted(os.listdir(job.folder))
first = [read_source(job, file) for file in files[:2]]
audit_partition(job, partitions_of(first, job)[0])
close()
start = spent()
sources = [read_source(job, file) for file in files]
close()
middle = spent()
for partition in partitions_of(sources, job):
    audit_partition(job, partition)
print(json.dumps([(middle - start) / len(files), (spent() - middle) / len(files)]))
"""


def work(folder: Path, out: Path) -> tuple[float, float]:
    """Seconds of processor time that one filing takes to be read, and to be audited with its results written."""
    done = subprocess.run(  # noqa: S603 — our own interpreter
        [sys.executable, "-c", _WORK, str(folder), str(out)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    reading, auditing = json.loads(done.stdout)
    return reading, auditing


def formats(base: Path, count: int) -> None:
    made = list(filings(count))
    print(f"{count} filings of each; processor time without the start of the processes")
    print(f"{'':20}{'read, ms':>12}{'audit, ms':>12}{'a second and core':>20}{'one process':>14}{'two':>8}")
    for kind, what in (("pdf", f"PDF, {PAGES} pages"), ("xlsx", "XLSX"), ("txt", "text")):
        folder = base / kind
        folder.mkdir()
        for name, blocks in made:
            (folder / f"{name}.{kind}").write_bytes(written(blocks, kind))
        reading, auditing = work(folder, base / f"{kind}0")
        paces = [count / screened(folder, base / f"{kind}{jobs}", jobs)[0] for jobs in (1, 2)]
        pace = 1 / (reading + auditing)
        print(f"{what:20}{1000 * reading:12.0f}{1000 * auditing:12.0f}{pace:20.1f}{paces[0]:14.1f}{paces[1]:8.1f}")


def growth(base: Path, many: int) -> None:
    """Screen more and more text filings into one folder, each time again."""
    folder = base / "many"
    folder.mkdir()
    print(f"{'filings':>10}{'per second':>12}{'again':>12}{'this MB':>10}{'worker MB':>10}{'disk KB each':>14}")
    for number, (name, blocks) in enumerate(filings(many, 50_000), 1):
        (folder / f"{name}.txt").write_bytes(written(blocks, "txt"))
        if number in (many // 4, many // 2, many):
            out = base / f"many{number}"
            seconds, (own, worker) = screened(folder, out, 2)
            start = time.perf_counter()
            screened(folder, out, 2)
            again = number / (time.perf_counter() - start)
            size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / number / 1024
            print(f"{number:10}{number / seconds:12.1f}{again:12.0f}{own:10}{worker:10}{size:14.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=32)
    parser.add_argument("--many", type=int, default=256)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        formats(base, chosen.count)
        growth(base, chosen.many)


if __name__ == "__main__":
    main()
