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

    from auditor.testing.writers import Block

PAGES = 30
PLAIN = "认真贯彻落实各项决策部署，按照规定管理和使用资金。"
LINES = 30  # of them fill a page
SAID = "2023年度收入总计12,345.67万元，与上年相比增加1,234.56万元，主要原因是人员增加，相应的工资福利支出增加。"
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


def filings(count: int, start: int = 0) -> Iterator[tuple[str, list[Block]]]:
    """Filings of generated ledgers: name, and blocks of the document."""
    from auditor.facts import FilingKey
    from auditor.rules.book import load_rules
    from auditor.testing.layouts import Layouts
    from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
    from auditor.testing.printing import Style, print_tables

    forms = load_rules().forms
    for seed in range(start, start + count):
        name = "示例县第" + "".join("零一二三四五六七八九"[int(digit)] for digit in f"{seed:05d}") + "服务中心"
        printed = print_tables(roll_up(draw_ledger(RandomSource(seed), most=400_000_000)), Style(), forms)
        key = FilingKey(name, 2023, "final_accounts", "unit")
        yield name, list(Layouts(forms, Style(), key, official=True).blocks(printed))


def written(blocks: list[Block], kind: str) -> bytes:
    from auditor.document import Paragraph
    from auditor.facts import Place
    from auditor.testing.pdfprint import pdf_of
    from auditor.testing.writers import text_of, xlsx_of

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
        [sys.executable, "-c", _RUN, *arguments], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    return told["seconds"], told["memory"]


def formats(base: Path, count: int) -> None:
    made = list(filings(count))
    print(f"{'':28}{'one core':>12}{'two cores':>12}   (filings per second, {count} of each)")
    for kind, what in (("pdf", f"PDF, {PAGES} pages"), ("xlsx", "XLSX"), ("txt", "text")):
        folder = base / kind
        folder.mkdir()
        for name, blocks in made:
            (folder / f"{name}.{kind}").write_bytes(written(blocks, kind))
        paces = [count / screened(folder, base / f"{kind}{jobs}", jobs)[0] for jobs in (1, 2)]
        print(f"{what:28}{paces[0]:12.1f}{paces[1]:12.1f}")


def growth(base: Path, many: int) -> None:
    """Screen more and more text filings into one folder, each time anew."""
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
