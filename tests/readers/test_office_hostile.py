"""Hostile and broken Office files: one sentence each, in little time and memory, or read as far as they are sound."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from auditor.errors import BadInputError
from auditor.limits import Limits
from auditor.model.document import Grid
from auditor.readers import read_bytes
from auditor.sandbox.guard import Guard
from auditor.testing.drawing import package
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.office_files import MAIN, book_of, ole, p, raw_book, rows_of, sheet_bytes, table, tbl, tc, word_bytes

DATA = Path(__file__).parent.parent / "data"
SECONDS = 15  # no file here may take longer, on a slow machine


def rows(*cells: str) -> str:
    return "<sheetData>" + "".join(f'<row r="{n}">{cell}</row>' for n, cell in enumerate(cells, 1)) + "</sheetData>"


def zeros(name: str, megabytes: int) -> bytes:
    return package({name: b"\0" * megabytes * 1024 * 1024})


def lying(data: bytes, name: str, size: int) -> bytes:
    """The same package, but its list of contents states another size for one part."""
    at = data.rindex(name.encode())  # in the central directory, which stands last
    return data[: at - 22] + struct.pack("<I", size) + data[at - 18 :]


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
DEEP = "<w:sdt><w:sdtContent>" * 3000 + "</w:sdtContent></w:sdt>" * 3000


def with_document(text: str) -> bytes:
    return package({"word/document.xml": text})


def word_root(before: str, body: str) -> str:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'{before}<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "bomb of zeros": ("a.xlsx", lambda: raw_book("", parts={"xl/x.bin": b"\0" * 60_000_000}), "input.bomb"),
    "bomb that states a small size": (
        "a.docx",
        lambda: lying(zeros("word/document.xml", 80), "word/document.xml", 1000),
        "input.damaged",
    ),
    "bomb in a document": (
        "a.docx",
        lambda: with_document(word_root("", p("一") * 900_000)),
        "input.bomb",
    ),
    "thousands of parts": ("a.xlsx", lambda: raw_book("", parts={f"x/{n}": b"" for n in range(20_001)}), "input.bomb"),
    "deep elements": ("a.docx", lambda: word_bytes(DEEP), "input.damaged"),
    "deep tables": ("a.docx", lambda: word_bytes(nested(60)), "input.too_deep"),
    "deep lists of rows": (
        "a.ods",
        lambda: sheet_bytes(
            "<table:table>" + "<table:table-row-group>" * 5000 + "</table:table-row-group>" * 5000 + "</table:table>"
        ),
        "input.damaged",
    ),
    "entities in a document": (
        "a.docx",
        lambda: with_document(word_root(LAUGHS, p("x").replace(">x<", ">&j;<"))),
        "input.damaged",
    ),
    "entities in a sheet": (
        "a.xlsx",
        lambda: raw_book(
            "",
            parts={
                "xl/worksheets/sheet1.xml": f'{LAUGHS}<worksheet xmlns="{MAIN}"><sheetData><row r="1">'
                '<c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
            },
        ),
        "input.damaged",
    ),
    "entities in attributes": (
        "a.xlsx",
        lambda: raw_book("", parts={"xl/styles.xml": f'{LAUGHS}<s xmlns="{MAIN}" a="&j;"/>'}),
        "input.damaged",
    ),
    "a file from outside": (
        "a.docx",
        lambda: with_document(word_root(OUTSIDE, p("x").replace(">x<", ">&e;<"))),
        "input.damaged",
    ),
    "a cell beyond the sheet": ("a.xlsx", lambda: raw_book(rows('<c r="ZZZ1"><v>1</v></c>')), "input.too_many_cells"),
    "a million columns": ("a.xlsx", lambda: raw_book(rows("<c><v>1</v></c>" * 1_000_000)), "input.too_many_cells"),
    "many columns of an open document": (
        "a.ods",
        lambda: sheet_bytes(
            '<table:table><table:table-row table:number-rows-repeated="1000000"><table:table-cell '
            'table:number-columns-repeated="16000"><text:p>1</text:p></table:table-cell></table:table-row></table:table>'
        ),
        "input.too_many_cells",
    ),
    "too many sheets": (
        "a.xlsx",
        lambda: raw_book(
            "", parts={"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets>{"<sheet/>" * 500}</sheets></workbook>'}
        ),
        "input.too_many_pages",
    ),
    "a wide table": ("a.docx", lambda: word_bytes(tbl([tc("一") for _ in range(600)])), "input.too_many_cells"),
    "spans of a web page": (
        "a.html",
        lambda: b"<table>" + b"<tr><td colspan=1000 rowspan=1000>1<td>2</tr>" * 3 + b"</table>",
        "input.too_many_cells",
    ),
    "deep web page": ("a.html", lambda: b"<html>" + b"<div>" * 100_000 + b"x", "input.too_deep"),
    "encrypted Office": (
        "a.xlsx",
        lambda: ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        "input.encrypted",
    ),
    "encrypted part of a ZIP": ("a.xlsx", lambda: encrypted(raw_book("")), "input.encrypted"),
    "encrypted open document": (
        "a.ods",
        lambda: package(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "META-INF/manifest.xml": "<manifest:encryption-data/>",
                "content.xml": b"\x01\x02",
            }
        ),
        "input.encrypted",
    ),
    "no sheets at all": ("a.xlsx", lambda: package({"xl/workbook.xml": "<x"}), "input.damaged"),
    "an old workbook cut short": ("a.xls", lambda: (DATA / "rich.xls").read_bytes()[:3000], "input.damaged"),
    "an old workbook with a password": (
        "a.xls",
        lambda: with_password((DATA / "rich.xls").read_bytes()),
        "input.encrypted",
    ),
    "an old workbook that is cut in its cells": (
        "a.xls",
        lambda: ole({"Workbook": workbook_stream()[:900]}),
        "input.damaged",
    ),
}


def nested(depth: int) -> str:
    inner = p("一")
    for _ in range(depth):
        inner = tbl([tc(inner + p("")), tc("x")])
    return inner


def encrypted(data: bytes) -> bytes:
    """Set the flag that says that a part is encrypted, in the list of contents of a package."""
    at = data.rindex(b"PK\x01\x02")
    return data[: at + 8] + bytes([data[at + 8] | 1]) + data[at + 9 :]


def with_password(data: bytes) -> bytes:
    """Turn the record after the first of a workbook (its interface header) into that of a password."""
    at = data.index(struct.pack("<HHH", 0x0809, 16, 0x0600))
    after = at + 4 + 16
    return data[:after] + struct.pack("<H", 0x002F) + data[after + 2 :]


def workbook_stream() -> bytes:
    import olefile

    with olefile.OleFileIO(str(DATA / "rich.xls")) as file:
        return bytes(file.openstream("Workbook").read())


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    made = Guard(Limits(seconds=SECONDS, memory=700))
    yield made
    made.close()


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_costs_one_sentence(name: str, guard: Guard) -> None:
    """Refused by the reader itself: neither the worker's clock nor its bound on memory is needed."""
    file, make, key = REFUSED[name]
    with pytest.raises(BadInputError) as caught:
        guard.read_bytes(make(), file)
    assert caught.value.key == key
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(file)


READ: dict[str, tuple[str, Callable[[], bytes], list[list[str]]]] = {
    "a dimension that lies": (
        "a.xlsx",
        lambda: raw_book('<dimension ref="A1:XFD1048576"/>' + rows('<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c>')),
        [["1", "2"]],
    ),
    "formats to the end of the sheet": (
        "a.xlsx",
        lambda: raw_book(
            rows('<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="XFD1" s="1"/>')[:-12]
            + '<row r="1048576" s="1"><c r="A1048576" s="1"/></row></sheetData>'
        ),
        [["1", "2"]],
    ),
    "merged cells to the end of the sheet": (
        "a.xlsx",
        lambda: raw_book(
            rows('<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c>')
            + '<mergeCells><mergeCell ref="C1:XFD1048576"/><mergeCell ref="B1:A1"/><mergeCell ref="x"/></mergeCells>'
        ),
        [["1", "2"]],
    ),
    "absurd spans of a document": (
        "a.docx",
        lambda: word_bytes(tbl([tc("甲", '<w:gridSpan w:val="-3"/>'), tc("乙", '<w:gridSpan w:val="99999999999"/>')])),
        [["甲", "乙"]],
    ),
    "a far cell": (
        "a.xlsx",
        lambda: raw_book(
            rows('<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c>', '<c r="A9"/><c r="B1048576"><v>3</v></c>')
        ),
        [["1", "2"], *[["", ""]] * 50, ["", "3"]],
    ),
    "a far cell in small letters": (
        "a.xlsx",
        lambda: raw_book(rows('<c r="a1"><v>1</v></c><c r="xfd1"><v>2</v></c>')),
        [["1", *[""] * 50, "2"]],
    ),
    "absurd spans of a page": (
        "a.html",
        lambda: b"<table><tr><td colspan=1000000000>1</td><td rowspan=-2>2</td></tr></table>",
        [["1", "2"]],
    ),
    "hidden columns to the end of the sheet": (
        "a.xlsx",
        lambda: raw_book(
            '<cols><col min="3" max="99999999" hidden="1"/></cols>'
            + rows('<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c>')
        ),
        [["1", "2"]],
    ),
    "a part outside the package": (
        "a.xlsx",
        lambda: raw_book(rows('<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c>'), parts={"../../../../tmp/evil": b"x"}),
        [["1", "2"]],
    ),
}


@pytest.mark.parametrize("name", READ)
def test_a_file_that_lies_about_its_size_is_read_as_it_is(name: str) -> None:
    file, make, expected = READ[name]
    data = make()
    start = time.monotonic()
    assert table(data, file) == expected
    assert time.monotonic() - start < SECONDS


def test_a_target_outside_the_package_is_not_opened() -> None:
    """A sheet that says it lies on the disk is no sheet of this file."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="x/worksheet" Target="../../../../etc/passwd"/></Relationships>'
    )
    document = read_bytes(raw_book("", parts={"xl/_rels/workbook.xml.rels": relations}), "a.xlsx")
    assert document.blocks == []


SOUND = {
    "a.xlsx": lambda: book_of(rows_of(["收入决算表"], ["科目", "金额"], ["合计", 1.5])),
    "a.docx": lambda: word_bytes(p("收入决算表") + tbl([tc("科目"), tc("金额")], [tc("合计"), tc("1.50")])),
    "a.ods": lambda: sheet_bytes(
        "<table:table><table:table-row><table:table-cell><text:p>合计</text:p></table:table-cell></table:table-row></table:table>"
    ),
    "a.xls": (DATA / "rich.xls").read_bytes,
    "a.html": "<html><h1>收入决算表</h1><table><tr><td>合计<td rowspan=2>1.5</table>".encode,
}


@pytest.mark.parametrize("name", SOUND)
def test_every_truncation_gives_a_document_or_one_sentence(name: str) -> None:
    data = SOUND[name]()
    for end in range(1, len(data), max(1, len(data) // 60)):
        try:
            read_bytes(data[:end], name)
        except BadInputError as error:
            assert "\n" not in str(error)


@given(seed=st.integers(0, 10**9), name=st.sampled_from([name for name in SOUND if name != "a.xls"]))
@settings(max_examples=150)
def test_damaged_bytes_give_a_document_or_one_sentence(seed: int, name: str) -> None:
    source = random.Random(seed)  # noqa: S311
    data = SOUND[name]()
    if name == "a.html":
        parts = {name: data}
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            parts = {info.filename: file.read(info) for info in file.infolist()}
    chosen = source.choice(list(parts))
    content = bytearray(parts[chosen])
    for _ in range(source.randrange(1, 12)):
        if content:
            content[source.randrange(len(content))] ^= 1 << source.randrange(8)
    changed = bytes(content) if name == "a.html" else package(parts | {chosen: bytes(content)})
    try:
        for block in read_bytes(changed, name).blocks:
            assert not isinstance(block, Grid) or all(len(row) == block.width for row in block.rows)
    except BadInputError as error:
        assert "\n" not in str(error)


@given(seed=st.integers(0, 10**9))
@settings(max_examples=25)
def test_a_damaged_old_workbook_costs_one_sentence_even_where_the_library_gives_up(seed: int) -> None:
    """What reads the values of an XLS is not ours: it runs in the worker, and may bring that down and nothing else."""
    source = random.Random(seed)  # noqa: S311
    data = bytearray(SOUND["a.xls"]())
    for _ in range(source.randrange(1, 20)):
        data[source.randrange(512, len(data))] ^= 1 << source.randrange(8)
    try:
        _WORKER.read_bytes(bytes(data), "a.xls")
    except BadInputError as error:
        assert "\n" not in str(error)


_WORKER = Guard(Limits(seconds=SECONDS, memory=700))


@pytest.fixture(scope="module", autouse=True)
def _worker_ends() -> Iterator[None]:
    yield
    _WORKER.close()
