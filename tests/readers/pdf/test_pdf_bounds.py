"""PDF files that are locked, damaged, or too much: one sentence, or what can be read, never a crash."""

from __future__ import annotations

import time
import zlib

import pytest
from auditor.errors import BadInputError
from auditor.readers import read_bytes
from auditor.readers.pdf import page_content, page_drawing, pdf_reader
from auditor.testing.pdf_writer import Page, written
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pdf_files import document, lines, secured, tables

WIDTHS = [160.0, 90.0]
BODY = [["支出", "1,234.50"], ["合计", "1,234.50"]]


def simple(count: int = 1) -> list[Page]:
    pages = []
    for number in range(count):
        page = Page()
        page.text(60, 60, f"第{number + 1}张表的标题")
        page.table(60, 80, WIDTHS, BODY)
        pages.append(page)
    return pages


def refusal(data: bytes) -> BadInputError:
    with pytest.raises(BadInputError) as caught:
        read_bytes(data, "某局.pdf")
    assert "某局.pdf" in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


# -- passwords


def test_a_file_with_an_owner_password_only_is_read() -> None:
    read = read_bytes(secured(simple(), owner="geheim"), "a.pdf")
    assert tables(read) == [BODY]
    assert lines(read) == ["第1张表的标题"]


def test_a_file_with_a_user_password_is_refused_in_one_sentence() -> None:
    assert refusal(secured(simple(), owner="geheim", user="kennwort")).key == "input.encrypted"


# -- damage


def test_a_file_cut_off_in_the_middle_is_refused() -> None:
    data = written(simple(3))
    for share in (0.05, 0.3, 0.6, 0.9):
        assert refusal(data[: int(len(data) * share)]).key == "input.damaged"


def test_a_file_without_its_end_is_read_with_a_remark() -> None:
    data = written(simple(2))
    cut = data[: data.rindex(b"startxref")]
    read = read_bytes(cut, "a.pdf")
    assert len(tables(read)) == 2
    assert ("remark.truncated", {}) in read.remarks
    assert ("remark.truncated", {}) not in document(*simple(2)).remarks


def test_bytes_after_the_end_are_no_damage() -> None:
    read = read_bytes(written(simple()) + b"\r\n" + bytes(2000), "a.pdf")
    assert tables(read) == [BODY]
    assert not read.remarks


def test_a_missing_page_is_named() -> None:
    data = written(simple(3), compress=False)
    broken = data.replace(b"/Count 3", b"/Count 4")
    error = refusal(broken)
    assert error.key == "input.damaged_page"
    assert error.values["page"] == 4


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=30))
def test_damaged_bytes_never_crash(changes: list[tuple[int, int]]) -> None:
    data = bytearray(written(simple(2), compress=False))
    for position, byte in changes:
        data[position % len(data)] = byte
    try:
        read_bytes(bytes(data), "a.pdf")
    except BadInputError as error:
        assert str(error)


# -- bounds


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "MAX_PAGES", 4)
    assert lines(document(*simple(4)))
    error = refusal(written(simple(5)))
    assert (error.key, error.values["limit"]) == ("input.too_many_pages", 4)


def test_a_count_of_pages_that_is_a_lie_is_refused_at_once() -> None:
    data = written(simple(3), compress=False).replace(b"/Type /Pages /Count 3", b"/Count 999999        ")
    start = time.perf_counter()
    assert refusal(data).key == "input.too_many_pages"
    assert time.perf_counter() - start < 1


def test_too_many_objects_and_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    page = simple()[0]
    page.operators += ["0 0 10 10 re f"] * 500
    assert tables(document(page)) == [BODY]
    monkeypatch.setattr(page_drawing, "MAX_OBJECTS", 400)
    assert refusal(written([page])).key == "input.page_too_complex"
    monkeypatch.undo()
    monkeypatch.setattr(page_content, "MAX_CHARS", 10)
    assert refusal(written([page])).key == "input.page_too_complex"


def test_a_drawing_of_many_strokes_does_not_hide_the_table_beside_it() -> None:
    page = simple()[0]
    for number in range(30_000):
        x, y = 300 + number % 200, 300 + number // 200
        page.operators.append(f"{x} {y} m {x + 0.9} {y} l S")
    assert tables(document(page)) == [BODY]


def test_covers_without_end_take_bounded_time() -> None:
    page = Page()
    for number in range(300):
        page.text(10, 10 + number, "字1" * 50, size=5)
    for _ in range(10_000):
        page.box(0, 0, 595, 842, fill=1.0)
    start = time.perf_counter()
    read = document(page)
    assert time.perf_counter() - start < 5
    assert not lines(read)
    assert read.remarks[0][0] == "remark.hidden_text"


@pytest.mark.parametrize("size", [14400.0, 1e7, 0.001])
def test_pages_of_absurd_size_are_looked_at_in_bounded_memory(size: float) -> None:
    page = Page(size, size)
    page.text(10, size - 20 if size > 20 else 0, "白色的字", gray=1.0)
    assert document(page).pages == 1


def test_a_picture_of_a_page_has_bounded_size() -> None:
    with page_content.Pdf(written([Page(14400, 14400)]), "a.pdf") as opened:
        picture = opened.picture(0, dpi=600)
    assert picture.width * picture.height <= 1.01 * page_content.MAX_PIXELS


def test_a_content_that_swells_is_read() -> None:
    data = zlib.compress(b" " * 20_000_000, 9)
    page = Page()
    page.operators.append(" " * 20_000_000)
    page.text(60, 60, "标题")
    assert len(data) < 100_000
    assert lines(document(page)) == ["标题"]
