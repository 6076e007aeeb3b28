"""What lies in a folder of results may be anything: it is told, kept under another name, and made again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from auditor.errors import AuditorError
from auditor.model.facts import FilingKey
from auditor.screening.job import Job
from auditor.screening.journal import HEADER, Journal
from auditor.screening.records import Done, ScreenedFile, SourcePart
from auditor.screening.screen import Screening, screen
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.screens import filing, job, results

SOURCE = ScreenedFile(
    "a.txt", 3, 4, "m", "s", (SourcePart("", "t", FilingKey("某局", 2023, "budget", "")),), (("a", "b"),)
)
DONE = Done("0-0", "n", 1, 2, 3, (("a", "b"),), ("a.json",))
HEAD = json.dumps(HEADER).encode() + b"\n"
NOT_LINES = [
    b"[]", b"7", b"null", b"{}", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"partition":' * 50_000, b"NaN", b"9" * 5000,
    b'{"partition": 7, "mark": "", "filings": 0, "errors": 0, "warnings": 0, "failed": [], "reports": []}',
    b'{"partition": "0-0", "mark": "", "filings": true, "errors": 0, "warnings": 0, "failed": [], "reports": []}',
    b'{"partition": "0-0", "mark": "", "filings": 0, "errors": 0, "warnings": 0, "failed": [["a"]], "reports": []}',
    b'{"partition": "0-0", "mark": "", "filings": 0, "errors": 0, "warnings": 0, "failed": {"ab": 1}, "reports": []}',
    b'{"file": "a", "size": -1, "modified": 0, "mark": "", "sha256": "", "parts": [], "failed": []}',
    b'{"file": "a", "size": 1e9, "modified": 0, "mark": "", "sha256": "", "parts": [], "failed": []}',
    b'{"file": "a", "size": 1, "modified": 0, "mark": "", "sha256": "", "parts": [["", "", ["a", "b", "", ""]]], "failed": []}',
    b'{"file": ["a"], "size": 1, "modified": 0, "mark": "", "sha256": "", "parts": [], "failed": []}',
]  # fmt: skip


def written(folder: Path) -> bytes:
    with Journal(folder) as journal:
        journal.read(SOURCE)
        journal.audited(DONE)
    return journal.path.read_bytes()


def test_a_journal_says_what_it_was_told(tmp_path: Path) -> None:
    data = written(tmp_path)
    for cut in (b"", b'{"file": "cut o'):  # as a line looks that was cut off
        (tmp_path / "journal.jsonl").write_bytes(data + cut)
        with Journal(tmp_path) as journal:
            assert (journal.sources, journal.done, journal.remark) == ({"a.txt": SOURCE}, {"0-0": DONE}, "")
        assert journal.path.read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["journal.jsonl"]


@pytest.mark.parametrize("line", NOT_LINES, ids=range(len(NOT_LINES)))
def test_a_line_that_no_run_wrote_is_set_aside_and_the_others_stand(line: bytes, tmp_path: Path) -> None:
    head, *rest = written(tmp_path).splitlines(keepends=True)
    damaged = head + line + b"\n" + b"".join(rest)
    (tmp_path / "journal.jsonl").write_bytes(damaged)
    with Journal(tmp_path) as journal:
        assert (journal.sources, journal.done) == ({"a.txt": SOURCE}, {"0-0": DONE})
        assert "journal-1.damaged" in journal.remark
        assert "\n" not in journal.remark
    assert (tmp_path / "journal-1.damaged").read_bytes() == damaged
    with Journal(tmp_path) as journal:  # it is told once
        assert (journal.sources, journal.remark) == ({"a.txt": SOURCE}, "")


@pytest.mark.parametrize(
    "first",
    [
        b'{"format": 1, "file": "a"}',
        b'{"auditor": "screen", "format": 3}',
        b"SQLite format 3\x00",
        b"[" * 90_000,
        b"\xff",
    ],
    ids=["older", "newer", "other", "deep", "bytes"],
)
def test_a_journal_of_another_version_is_set_aside_whole(first: bytes, tmp_path: Path) -> None:
    rest = b"".join(written(tmp_path).splitlines(keepends=True)[1:])
    (tmp_path / "journal.jsonl").write_bytes(first + b"\n" + rest)
    with Journal(tmp_path) as journal:
        assert not journal.sources
        assert "journal-1.damaged" in journal.remark
        journal.read(SOURCE)
    assert (tmp_path / "journal-1.damaged").read_bytes() == first + b"\n" + rest
    with Journal(tmp_path) as journal:
        assert (journal.sources, journal.remark) == ({"a.txt": SOURCE}, "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["file", "partition", "parts"]), inner),
)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(JSON.map(lambda data: json.dumps(data).encode()) | st.binary(max_size=40), max_size=6))
def test_no_journal_ends_a_run(lines: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    data = written(folder)
    (folder / "journal.jsonl").write_bytes(data + b"\n".join(lines) + b"\n")
    with Journal(folder) as journal:
        assert journal.done["0-0"] == DONE


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(AuditorError), Journal(tmp_path):
        pass
    with Journal(tmp_path):
        pass


class Here:
    """Works in this very process."""

    def run(self, work: Any, told: Job, pieces: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        yield from ((piece, work(told, piece)) for piece in pieces)

    def close(self) -> None:
        pass


def run(folder: Path, out: Path) -> Screening:
    return screen(job(folder, out), Here(), lambda *_: None)


@pytest.mark.slow
def test_what_a_user_deleted_or_damaged_is_written_again(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text(filing("某县甲服务中心", wrong=True), encoding="utf-8")
    assert run(folder, out).audited == 1
    first = results(out)
    assert next(iter(first)).startswith("results")
    assert list(first)[-1].startswith("reports")
    for name in (next(iter(first)), list(first)[-1]):
        path = out / name
        path.unlink() if name.startswith("reports") else path.write_bytes(path.read_bytes()[:-10])
        again = run(folder, out)
        assert (again.read, again.audited, again.remarks) == (0, 1, [])
        assert results(out) == first
    assert run(folder, out).audited == 0
    (out / ".screen" / "journal.jsonl").write_text("[" * 100_000 + "\n", encoding="utf-8")
    again = run(folder, out)
    assert (again.read, len(again.remarks)) == (1, 1)
    assert results(out) == first
