"""A generated province, screened: all of it as figures, some hundreds of its filings as PDF, XLSX and DOCX documents.

    python benchmarks/province.py [--departments 200] [--units 1500] [--years 3] [--documents 600] [--seed 0]

The run over the documents is killed twice and meets a full disk in between; then its findings are held against the key
of the planted errors. As root (Linux) the disk is a small one of its own; else files are bounded in size.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from auditor.model.filing import SourceFile
from auditor.rules.book import load_rules
from auditor.run.output import write_file
from auditor.screening.job import Job
from auditor.screening.journal import Journal
from auditor.screening.kept_parts import freeze, kept_name
from auditor.screening.records import ScreenedFile, SourcePart
from auditor.screening.store import Store
from auditor.testing.generating import as_file
from auditor.testing.province import LIST_HEAD, province

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.rules.book import RuleBook
    from auditor.testing.defects import Planted
    from auditor.testing.province import Member

ROOT = Path(__file__).parent.parent
FORMATS = ("pdf", "xlsx", "docx")
SMALL = "24m"  # of the disk that gets full
LARGE = "4g"
STUB = "figures only\n"
OF_TEXT = ("说明/", "用语", "年份", "结构", "名称", "日期")


class Key(NamedTuple):
    """What was planted in which file, and which files are of one department."""

    planted: dict[str, tuple[Planted, ...]]
    department: dict[str, str]


def write_list(file: Path, members: Sequence[Member]) -> None:
    lines = [LIST_HEAD, *(member.due for member in members)]
    write_file(file, "".join(",".join(map(str, line)) + "\n" for line in lines))


def as_documents(book: RuleBook, members: Iterable[Member], folder: Path) -> Key:
    """Write filings as documents, the formats in turn."""
    key = Key({}, {})
    for number, member in enumerate(members):
        made = as_file(member.made, FORMATS[number % len(FORMATS)], book)
        write_file(folder / str(member.key.year) / made.name, made.data)
        key.planted[made.name], key.department[made.name] = made.planted, member.department
    return key


def as_figures(book: RuleBook, members: Iterable[Member], folder: Path, out: Path) -> Key:
    """Keep filings as a screening keeps what it has read, so that auditing is all that is left to do."""
    job = Job(str(folder), str(out))
    key = Key({}, {})
    with Journal(out / ".screen") as journal:
        for member in members:
            name = f"{member.key.entity}{member.key.year}{member.key.edition}.txt"
            write_file(folder / name, STUB)
            filing = member.made.draft.figures(book)
            digest = hashlib.sha256(name.encode()).hexdigest()
            filing.files = [SourceFile(name, digest)]
            write_file(job.kept / kept_name(name), freeze([filing], book.forms))
            status = (folder / name).stat()
            part = SourcePart("", digest, member.key)
            journal.read(ScreenedFile(name, status.st_size, status.st_mtime_ns, job.reading_mark, digest, (part,)))
            key.planted[name], key.department[name] = member.made.planted, member.department
    return key


def command(folder: Path, out: Path, listed: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "auditor.cli.main",
        "screen",
        str(folder),
        "--out",
        str(out),
        "--expect",
        str(listed),
        "--format",
        "json",
        "--jobs",
        "2",
    ]


def run(asked: Sequence[str], limit: int = 0) -> tuple[int, float, str]:
    """Run a screening to its end: exit status, seconds, what it said."""
    bound = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n" if limit else ""
    code = f"{bound}import sys, runpy; sys.argv = sys.argv[1:]; runpy.run_module(sys.argv[0], run_name='__main__')"
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 — our own command
        [sys.executable, "-c", code, *asked[2:]], env=environment(), capture_output=True, text=True, check=False
    )
    return done.returncode, time.perf_counter() - start, done.stdout + done.stderr


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def killed(asked: Sequence[str], out: Path, lines: int) -> int:
    """Run a screening until its journal has so many lines, and kill it; return how many it had."""
    journal = out / ".screen" / "journal.jsonl"
    process = subprocess.Popen(  # noqa: S603
        asked, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while process.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < lines):
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return journal.read_bytes().count(b"\n")


@contextlib.contextmanager
def disk(at: Path) -> Iterator[bool]:
    """A small disk of its own for the results, where that can be had."""
    at.mkdir()
    mounted = (
        sys.platform == "linux" and os.geteuid() == 0 and _mount("-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(at))
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(at)], check=False)  # noqa: S603, S607


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0  # noqa: S603, S607


def held_against(key: Key, out: Path) -> None:
    """Say how the findings above info stand to what was planted."""
    with Store(out, read_only=True) as store:
        _, rows = store.ask(
            "SELECT f.files[1], g.rule, g.address, g.message, flatten(list(c.figures)) FROM findings g "
            "JOIN filings f USING (partition, filing) JOIN checks c ON c.partition = g.partition "
            "AND c.filing = g.filing AND c.finding = g.id WHERE g.severity <> 'info' GROUP BY ALL ORDER BY ALL"
        )
    across = {rule.id for rule in load_rules().rules if any(written.text.count("@") for written in rule.written)}
    wrong, partner, told = [], Counter[str](), Counter[str]()
    found: set[tuple[str, int]] = set()
    guilty = {key.department[file] for file, planted in key.planted.items() if planted}
    for path, rule, address, message, figures in rows:
        file = Path(path).name
        behind = [n for n, one in enumerate(key.planted[file]) if touches(one, address, message, figures)]
        found |= {(file, number) for number in behind}
        if behind:
            told["of a planted error"] += 1
        elif rule in across and key.department[file] in guilty:
            partner[rule] += 1
        else:
            wrong.append(f"  {file}: {rule} {address} {message}")
    planted = [(file, number, one) for file, some in key.planted.items() for number, one in enumerate(some)]
    missed = [f"  {file}: {one}" for file, number, one in planted if (file, number) not in found]
    print(
        f"planted {len(planted)} in {len({file for file, _, _ in planted})} of {len(key.planted)} filings, "
        f"found {len(found)}; findings above info {len(rows)}: {dict(told)}, of a partner's error {dict(partner)}, "
        f"of nothing planted {len(wrong)}"
    )
    print(*[f"not found:{line}" for line in missed[:20]], *[f"accused:{line}" for line in wrong[:20]], sep="\n")


def touches(planted: Planted, address: str, message: str, figures: Sequence[str]) -> bool:
    """Whether a finding speaks of what was planted: the table and row, or the text."""
    named = [address, *figures]
    if planted.sentence:
        return any(name.startswith(OF_TEXT) for name in named)
    text = " ".join([*named, message])
    return planted.table in text or planted.true in text


def screened(name: str, asked: Sequence[str], count: int) -> None:
    status, seconds, said = run(asked)
    print(f"{name}: exit {status}, {seconds:.1f} s, {count / seconds:.1f} filings a second")
    print("  " + said.strip().splitlines()[-1])


def documents(book: RuleBook, members: list[Member], base: Path, listed: Path) -> None:
    """The run that is stopped three times; the list names all of the province, so that no sum lacks a unit unsaid."""
    folder, out = base / "documents", base / "disk"
    key = as_documents(book, members, folder)
    count = len(members)
    asked = command(folder, out, listed)
    with disk(out) as own:
        print(f"documents: {count}, {sum(p.stat().st_size for p in folder.rglob('*.*')) / 1e6:.0f} MB")
        start = time.perf_counter()
        print(f"killed when {killed(asked, out, count // 3)} lines stood in the journal")
        status, _, said = run(asked, 0 if own else 400_000)
        print(f"full disk: exit {status}, " + said.strip().splitlines()[-1])
        if own:
            _mount("-o", f"remount,size={LARGE}", str(out))
        print(f"killed when {killed(asked, out, count + 2)} lines stood in the journal")
        screened("the last run", asked, count)
        print(f"all four together {time.perf_counter() - start:.0f} s")
        held_against(key, out)
        screened("again, nothing changed", asked, count)
    screened("without a stop", command(folder, base / "whole", listed), count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("departments", 200), ("units", 1500), ("years", 3), ("documents", 600), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    book = load_rules()
    size = (options.departments, options.units, options.years)
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        members = list(province(book, *size, told=False, plant=1, seed=options.seed))
        listed = base / "entities.csv"
        write_list(listed, members)
        key = as_figures(book, members, base / "figures", base / "out")
        asked = command(base / "figures", base / "out", listed)
        screened(f"figures: {len(members)} filings", asked, len(members))
        held_against(key, base / "out")
        screened("again, nothing changed", asked, len(members))
        del members
        told = province(book, *size, plant=2, seed=options.seed)  # the same departments, now with their texts
        documents(book, list(islice(told, options.documents)), base, listed)


if __name__ == "__main__":
    main()
