"""Laws 1 and 10 on a folder of filings: what is said of a changed copy is held against what is said of the whole.

Parts are hidden at random, or called by words that nobody knows.

    python benchmarks/hiding.py FOLDER [--only SUBSTR] [--limit N] [--every N] [--seeds 3] [--first 0] [--ways rows,…]
        [--jobs 2] [--cache FOLDER]

Prints every error and warning that only the copy has, and, where parts are hidden, every suspect that only it is sure
of.
None may be.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from auditor.engine.audit import audit_filings
from auditor.errors import BadInputError
from auditor.reading.filings import filing_of, merge
from auditor.reports.narrate import Narrator
from auditor.rules.book import load_rules
from auditor.testing.field.hiding import WAYS, graver, hidden
from auditor.testing.field.keeping import document_of
from auditor.testing.field.measuring import filings_in
from auditor.testing.field.renaming import RENAMINGS, renamed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--ways", default=",".join([*WAYS, *RENAMINGS]))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    ways = options.ways.split(",")
    seeds = range(options.first, options.first + options.seeds)
    paths = filings_in(options.folder, options.only, options.limit, options.every)
    with ProcessPoolExecutor(options.jobs) as pool:
        done = pool.map(told_of, paths, *([one] * len(paths) for one in (options.cache, ways, seeds)))
        count = copies = 0
        for lines, made in done:
            copies += made
            count += len(lines)
            for line in lines:
                print(line, flush=True)
    print(f"{count} graver in {copies} copies of {len(paths)} files")


def told_of(path: Path, cache: Path | None, ways: list[str], seeds: range) -> tuple[list[str], int]:
    """A line for each graver finding of one file, and how many copies were audited."""
    book = load_rules()
    document = document_of(path, cache).document
    if document is None:
        return [], 0
    try:
        (whole,) = audit_filings([merge([filing_of(document, book.forms)], book.forms)], book, prove_clean=False)
    except BadInputError:
        return [], 0
    lines, made = [], 0
    for way in ways:
        for seed in seeds:
            try:
                filing = merge(
                    [filing_of((hidden if way in WAYS else renamed)(document, way, seed), book.forms)], book.forms
                )
            except BadInputError:
                continue
            (less,) = audit_filings([filing], book, prove_clean=False)
            made += 1
            narrator = Narrator(less)
            for one in graver(whole, less):
                if one.surer and way in RENAMINGS:
                    continue
                sort = "surer" if one.surer else one.finding.severity.value
                text = narrator.message(one.finding).replace("\n", " ")[:400]
                lines.append(f"{sort}\t{one.finding.rule.id}\t{way} {seed}\t{path.name}\t{text}")
    return lines, made


if __name__ == "__main__":
    main()
