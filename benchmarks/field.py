"""A folder of published filings: what is read and checked of them, what is said, which changed figures are found.

    python benchmarks/field.py FOLDER [--judged CSV] [--list] [--tables 2] [--texts 2] [--seed 0] [--only SUBSTR]
        [--limit N] [--every N] [--jobs 2] [--json OUT] [--compare OLD.json] [--missed] [--cache FOLDER]
        [--from RUN.json]

The place is the file name up to the first `_`. Published tables are printed by systems: more than about 0.3 errors a
filing, or a rule that fires in more than one filing in fifty without a page that shows it right, is nearly always a
fault of the program. For recall one printed figure at a time is changed in the document as read (any amount of any
table, any number of any sentence, by more than its last two digits), and all is bound and audited again.

What is read is kept in --cache (default: a folder of its own beside the rule cache), by the bytes of the file and the
sources of the readers. Columns: printed figures of tables, the share read and the share in an evaluated equality; the
same of the numbers of the text that state something; errors and warnings a filing; files of which less than half was
read and nothing is said; seconds of one core to bind and audit.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.rules.book import load_rules
from auditor.testing.field.judging import judged_of
from auditor.testing.field.measuring import FieldPlan, Measured, filings_in
from auditor.testing.field.running import measured
from auditor.testing.field.telling import (
    compared_lines,
    finding_lines,
    judged_line,
    place_lines,
    rate_lines,
    recall_lines,
    trial_lines,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.testing.field.judging import JudgedFinding


def main() -> None:
    options = asked().parse_args()
    judged = judged_of(options.judged) if options.judged else []
    files = loaded(options.run) if options.run else run(options)
    if options.json:
        options.json.write_text(json.dumps([file.as_data() for file in files], ensure_ascii=False, indent=1), "utf-8")
    for file in files:
        if file.refused:
            print(f"not audited: {file.file}: {file.refused}", file=sys.stderr)
    show(files, judged, options)


def asked() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="files with this in their names")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--every", type=int, default=1, help="every so-manyth file of each place: a sample")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tables", type=int, default=2, help="figures of tables to change in every file")
    parser.add_argument("--texts", type=int, default=2, help="numbers of the text to change in every file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--judged", type=Path, help="CSV: file,severity,rule,id,verdict,why,message")
    parser.add_argument("--list", action="store_true", help="print every error and warning")
    parser.add_argument("--missed", action="store_true", help="print every changed figure in a check that is not named")
    parser.add_argument("--json", type=Path, help="keep what was measured")
    parser.add_argument("--compare", type=Path, help="an earlier run, kept by --json")
    parser.add_argument("--from", dest="run", type=Path, help="show a run kept by --json and measure nothing")
    return parser


def default_cache() -> Path:
    """Where documents as read are kept: never in the repository."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "auditor-field"


def run(options: argparse.Namespace) -> list[Measured]:
    """Measure, the largest files first; returned by name."""
    book = load_rules()
    plan = FieldPlan(options.tables, options.texts, options.seed, options.cache)
    paths = sorted(
        filings_in(options.folder, options.only, options.limit, options.every), key=lambda path: -path.stat().st_size
    )
    files: list[Measured] = []
    start = time.perf_counter()
    for file in measured(paths, book, plan, options.jobs):
        files.append(file)
        print(f"\r{len(files)}/{len(paths)} {time.perf_counter() - start:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)
    return sorted(files, key=lambda file: file.file)


def loaded(path: Path) -> list[Measured]:
    return [Measured(**data) for data in json.loads(path.read_text("utf-8"))]


def show(files: Sequence[Measured], judged: Sequence[JudgedFinding], options: argparse.Namespace) -> None:
    parts = [place_lines(files), rate_lines(files, judged)]
    parts += [iter([judged_line(files, judged)])] if judged else []
    parts += [finding_lines(files, judged)] if options.list else []
    parts += [recall_lines(files)] if any(file.trials for file in files) else []
    parts += [trial_lines(files)] if options.missed else []
    parts += [compared_lines(loaded(options.compare), files)] if options.compare else []
    for part in parts:
        print("\n".join(part), end="\n\n")


if __name__ == "__main__":
    main()
