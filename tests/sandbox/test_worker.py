"""The worker process: the same documents as without it, and bounds that cost one sentence and not the run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from auditor.errors import BadInputError
from auditor.limits import Limits
from auditor.model.document import Cell, Document, Grid, Paragraph, Part
from auditor.model.facts import Place
from auditor.readers import read_bytes
from auditor.sandbox import codec, read
from auditor.sandbox.guard import CrashError, Guard, shared
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import EXAMPLES, SHARED

HTML = "<html><body><h1>收入支出决算总表</h1><table><tr><td colspan=2>合计</td><td>1.00</td></tr></table></body></html>"
BIG = ("1.00," * 40 + "\n") * 15000


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    made = Guard()
    yield made
    made.close()


# -- what goes over the pipe ------------------------------------------------------------------------------------

texts = st.text(max_size=8)
small = st.integers(0, 3000)
boxes = st.none() | st.tuples(*[st.floats(0, 2000, width=32)] * 4)
places = st.builds(
    Place,
    st.just("a.pdf"),
    st.none() | small,
    st.none() | small,
    texts,
    st.none() | small,
    st.none() | small,
    texts,
    texts,
    boxes,
    texts,
    st.none() | small,
    st.none() | small,
)
cells = st.builds(Cell, texts, places, st.integers(1, 4), st.integers(1, 4))
parts = st.builds(Part, small, small, st.tuples(*[st.floats(0, 9)] * 4), st.lists(st.floats(0, 9)).map(tuple))
paragraphs = st.builds(Paragraph, texts, places, st.lists(parts, max_size=2).map(tuple))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    pool = draw(st.lists(cells, min_size=1, max_size=4))
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.tuples(*[st.sampled_from(pool)] * width), max_size=4))
    return Grid(tuple(rows), draw(places), draw(st.booleans()), draw(st.booleans()), draw(st.booleans()))


documents = st.builds(
    Document,
    st.just("a.pdf"),
    texts,
    st.lists(paragraphs | grids(), max_size=5),
    st.lists(st.tuples(texts, st.dictionaries(texts, texts, max_size=2)), max_size=2),
    small,
    st.lists(small, max_size=3),
    st.lists(small, max_size=3),
    texts,
)


@given(documents)
def test_a_document_comes_back_as_it_was(document: Document) -> None:
    import json

    back = codec.unpack(json.loads(codec.dumps(codec.pack(document))))
    assert back == document
    for old, new in zip(document.grids(), back.grids(), strict=True):
        shape = [[[a is b for b in row] for a in row] for row in old.rows]
        assert [[[a is b for b in row] for a in row] for row in new.rows] == shape  # a span stays one object


def test_halves_of_characters_do_not_break_the_pipe() -> None:
    assert codec.dumps({"a": "x\ud83d\ude00\ud83d"}).decode() == '{"a":"x\U0001f600\ufffd"}'


@pytest.mark.parametrize("broken", [None, [], {}, {"file": 1}, {"file": "a", "sha256": "", "remarks": 3}])
def test_what_is_no_document_is_refused(broken: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, IndexError, AttributeError)):
        codec.unpack(broken)


# -- the same documents -----------------------------------------------------------------------------------------


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "收入总表"
    for row in (
        ("收入总表",),
        ("单位：万元",),
        ("科目编码", "科目名称", "合计"),
        ("208", "社会保障", 1.5),
        ("", "合计", 1.5),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.save(path)
    return path


def test_the_worker_reads_what_this_process_would(tmp_path: Path, guard: Guard) -> None:
    path = workbook(tmp_path / "a.xlsx")
    assert guard.read(path, "a.xlsx") == read_bytes(path.read_bytes(), "a.xlsx")
    assert guard.read_bytes(HTML.encode(), "a.html") == read_bytes(HTML.encode(), "a.html")
    assert guard.read_bytes(HTML.encode(), "a.html").blocks


def test_real_files_come_through_the_worker_unchanged(guard: Guard) -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared filings are not here (../shared/filings)")
    paths = sorted((SHARED / "real").iterdir())[:4]
    assert paths
    for path in paths:
        assert guard.read(path, path.name) == read_bytes(path.read_bytes(), path.name)


def test_small_texts_are_read_here_and_others_in_the_worker(tmp_path: Path) -> None:
    shared().close()
    read(next(EXAMPLES.glob("*.txt")))
    assert shared()._process is None
    read(workbook(tmp_path / "a.xlsx"))
    assert shared()._process is not None


def test_an_error_of_the_reader_is_told_as_here(guard: Guard) -> None:
    for data, name in ((b"%PDF-1.7 nothing", "a.pdf"), (b"\x89PNG....", "b.png"), (b"Rar!....", "c.rar")):
        with pytest.raises(BadInputError) as here:
            read_bytes(data, name)
        with pytest.raises(BadInputError) as there:
            guard.read_bytes(data, name)
        assert str(here.value) == str(there.value)


# -- bounds -----------------------------------------------------------------------------------------------------


def test_a_file_that_takes_too_long_is_stopped_and_the_next_is_read() -> None:
    guard = Guard(Limits(seconds=0.4))
    guard.read_bytes(HTML.encode(), "ok.html")
    began = time.monotonic()
    with pytest.raises(BadInputError) as caught:
        guard.read_bytes(BIG.encode(), "big.csv")
    assert caught.value.key == "input.timeout"
    assert "big.csv 读取超过 0.4 秒" in str(caught.value)
    assert time.monotonic() - began < 5
    assert guard.read_bytes(HTML.encode(), "ok.html").blocks
    guard.close()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
def test_a_file_that_needs_too_much_memory_is_stopped_and_the_next_is_read() -> None:
    guard = Guard(Limits(memory=120))
    assert guard.read_bytes(HTML.encode(), "ok.html").blocks
    with pytest.raises(CrashError) as caught:
        guard.read_bytes(BIG.encode(), "big.csv")
    assert "big.csv" in str(caught.value)
    assert not caught.value.detail
    assert guard.read_bytes(HTML.encode(), "ok.html").blocks
    guard.close()


def test_a_worker_that_dies_is_told_and_replaced(guard: Guard) -> None:
    guard.read_bytes(HTML.encode(), "ok.html")
    process = guard._process
    assert process is not None
    process.kill()
    process.wait()
    assert guard.read_bytes(HTML.encode(), "ok.html").blocks
    assert guard._process is not process


def test_a_worker_serves_so_many_files_and_no_more() -> None:
    guard = Guard(Limits(files=2))
    workers = []
    for _ in range(4):
        guard.start()
        workers.append(guard._process)
        guard.read_bytes(HTML.encode(), "ok.html")
    assert workers[0] is workers[1] is not workers[2] is workers[3]
    guard.close()
    assert all(worker is not None and worker.poll() is not None for worker in workers)


def test_answers_that_are_none_count_as_a_crash(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (b"[]", b"{", b"7", b'{"document": {}}', b'{"error": "input.none", "values": {}}', b"[" * 100_000):
        monkeypatch.setattr(Guard, "_exchange", lambda *_, answer=answer: answer)
        with pytest.raises(CrashError):
            guard.read_bytes(HTML.encode(), "ok.html")


def test_nothing_is_imported_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "lxml", "auditor", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    guard = Guard()
    assert guard.read_bytes(HTML.encode(), "ok.html").blocks
    guard.close()
    assert not (tmp_path / "ran").exists()


def test_the_worker_stays_small() -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared filings are not here (../shared/filings)")
    path = SHARED / "real" / "jiangsu-congress-2018-budget.pdf"  # 31 pages
    guard = Guard()
    answer = guard._ask({"path": str(path), "name": path.name})
    guard.close()
    assert answer["document"]["pages"] == 31
    assert answer["peak"] < 80  # MB


def test_the_worker_imports_little() -> None:
    code = (
        "import sys, auditor.sandbox.worker, auditor.readers.pdf.pdf_reader, auditor.readers.workbook.workbook_reader, auditor.readers.word.docx\n"
        "print([name for name in ('numpy', 'pandas', 'scipy', 'click', 'yaml', 'lark', 'jinja2', 'PIL')"
        " if name in sys.modules])"
    )
    root = str(Path(codec.__file__).parent.parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": root}
    )
    assert done.stdout.strip() == "[]"
