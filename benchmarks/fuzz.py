"""Damaged copies of files the whole way: readers in workers with bounds, forms, rules, every format of reports, store.

    python benchmarks/fuzz.py [FOLDER…] [--cases 4000] [--seed 1] [--jobs 2] [--readers] [--keep DIR]

Every case must end in reports that are what they say, or in one sentence: no crash, no fault of the program, no hang.
Into every second text hostile words are put. One case of ten is also screened. What does not pass is
written to --keep. Without folders the files are those of `examples/` and documents
of every kind made from them. Run on purpose (`make fuzz`); a small fixed set runs in the tests.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from auditor.errors import BadInputError  # noqa: E402
from auditor.limits import Limits  # noqa: E402
from auditor.rules.book import load_rules  # noqa: E402
from auditor.sandbox.guard import CrashError, Guard  # noqa: E402
from auditor.testing.damage import damaged  # noqa: E402

LIMITS = Limits(seconds=30, memory=1024)
SLOW = 30.0  # seconds of the processor that forms, rules and reports may take
SCREENED = 10  # one case of so many is screened too
MAX_SIZE = 2_000_000  # larger files are left out: the cases should be many


def corpus(folders: list[str]) -> list[tuple[str, bytes]]:
    """The files to damage, by name."""
    from tests.support.documents import CLEAN, WRONG, archive_bytes, page, pdf, word, workbook

    files = {
        path: path.read_bytes() for folder in folders for path in sorted(Path(folder).rglob("*")) if path.is_file()
    }
    found = [(path.name, data) for path, data in files.items() if 0 < len(data) <= MAX_SIZE]
    if not found:
        with tempfile.TemporaryDirectory() as folder:
            text = WRONG.read_text(encoding="utf-8")
            book, letter = workbook(Path(folder) / "a.xlsx", text), word(Path(folder) / "a.docx", text)
            found = [("a.xlsx", book.read_bytes()), ("a.docx", letter.read_bytes())]
        found += [("a.txt", WRONG.read_bytes()), ("b.txt", CLEAN.read_bytes()), ("a.html", page(text))]
        found += [("a.pdf", pdf(text)), ("b.pdf", pdf(CLEAN.read_text(encoding="utf-8")))]
        found += [("a.csv", text.replace("\t", ",").encode()), ("a.zip", archive_bytes({"a.txt": text}))]
    return found


class Runner:
    """Runs cases in one process, with a worker of its own."""

    def __init__(self, files: list[tuple[str, bytes]], seed: int, *, readers: bool = False) -> None:
        self.files, self.seed, self.readers = files, seed, readers
        self.guard = Guard(LIMITS)
        self.book = load_rules()

    def case(self, number: int) -> tuple[str, bytes]:
        """The name and bytes of one case; the same number gives the same bytes."""
        from tests.support.whole_way import hostile

        random = Random(f"{self.seed} {number}")  # noqa: S311 — wanted: the same every time
        name, data = random.choice(self.files)
        return name, hostile(damaged(data, random, [other for _, other in self.files]), random)

    def run(self, number: int) -> tuple[str, str]:
        """The outcome of one case, and the detail where it is a fault."""
        name, data = self.case(number)
        if not self.readers:
            return self._whole_way(number, name, data)
        try:
            if name.endswith(".zip"):
                return self._archive(data, name)
            self.guard.read_bytes(data, name)
        except CrashError as error:
            return "CRASH", error.detail or "the worker died"
        except BadInputError as error:
            str(error)
            return ("HANG" if error.key == "input.timeout" else error.key), ""
        return "read", ""

    def _whole_way(self, number: int, name: str, data: bytes) -> tuple[str, str]:
        """Through everything, with a look at every report."""
        from tests.support.whole_way import go, screened

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "in" / name
            path.parent.mkdir()
            path.write_bytes(data)
            began = time.process_time()
            try:
                outcome = go(path, self.book)
                if number % SCREENED == 0:
                    screened(path.parent, Path(folder) / "out")
            except Exception:  # noqa: BLE001 — the point of it all
                return "FAULT", traceback.format_exc()
            taken = time.process_time() - began
        if taken > SLOW:
            return "SLOW", f"{taken:.1f} s"
        known = {"input.timeout": "HANG", "input.crashed": "CRASH", "input.fault": "CRASH"}
        return known.get(outcome, outcome), ""

    def _archive(self, data: bytes, name: str) -> tuple[str, str]:
        """Read every member of an archive."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            for stored, _ in self.guard.members(path, name) or ():
                self.guard.read(path, name, stored)
        return "read", ""


_runner: list[Runner] = []


def start(files: list[tuple[str, bytes]], seed: int, readers: bool) -> None:
    _runner.append(Runner(files, seed, readers=readers))


def run(number: int) -> tuple[int, str, str]:
    return (number, *_runner[0].run(number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--cases", type=int, default=4000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", default="")
    parser.add_argument("--readers", action="store_true", help="the readers only")
    arguments = parser.parse_args()
    files = corpus(arguments.folders)
    began = time.monotonic()
    outcomes: Counter[str] = Counter()
    numbers = range(arguments.first, arguments.first + arguments.cases)
    with ProcessPoolExecutor(
        arguments.jobs, initializer=start, initargs=(files, arguments.seed, arguments.readers)
    ) as pool:
        for number, outcome, detail in pool.map(run, numbers, chunksize=20):
            outcomes[outcome] += 1
            if detail or outcome.isupper():
                print(f"case {number}: {outcome}\n{detail}", flush=True)
                if arguments.keep:
                    _keep(files, arguments.seed, number, Path(arguments.keep))
    for outcome, count in outcomes.most_common():
        print(f"{count:7} {outcome}")
    print(f"{arguments.cases} cases on {len(files)} files in {time.monotonic() - began:.0f} s")
    raise SystemExit(any(outcome.isupper() for outcome in outcomes))


def _keep(files: list[tuple[str, bytes]], seed: int, number: int, folder: Path) -> None:
    runner = object.__new__(Runner)
    runner.files, runner.seed = files, seed
    name, data = runner.case(number)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}-{name}").write_bytes(data)


if __name__ == "__main__":
    main()
