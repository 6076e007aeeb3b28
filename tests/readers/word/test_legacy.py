"""Old word processor files: converted by LibreOffice where it is, else the text of a DOC from its piece table."""

from __future__ import annotations

import os
import random
import struct
import time
from pathlib import Path

import pytest
from auditor.errors import BadInputError
from auditor.model.document import Paragraph
from auditor.model.facts import FilingKey, Place
from auditor.readers import read_bytes
from auditor.readers.word import conversion
from auditor.readers.word import doc as doc_reader
from auditor.readers.word.conversion import convert, office
from auditor.testing.layouts import Layouts, Merge, grid_of
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.printed_ledger import Style, print_tables
from auditor.testing.text_files import DrawnBlock, docx_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import rule_book
from tests.support.office_files import kinds, ole, tables, texts

DATA = Path(__file__).parent.parent.parent / "data"

OFFICE = pytest.mark.skipif(not office(), reason="LibreOffice is not installed (package libreoffice)")
CELL, END = struct.pack("<HB", 0x2416, 1), struct.pack("<HBHB", 0x2416, 1, 0x2417, 1)

Line = tuple[str, bytes]  # a paragraph with its mark, and its properties


def row(*cells: tuple[str, int], merges: tuple[int, ...] = ()) -> list[Line]:
    """A row of cells, each a text (whose lines are paragraphs) and a width."""
    edges = [0]
    for _, width in cells:
        edges.append(edges[-1] + width)
    about = struct.pack(f"<B{len(edges)}h", len(cells), *edges)
    for number in range(len(cells)):
        about += struct.pack("<H18x", merges[number] if number < len(merges) else 0)
    end = END + struct.pack("<HH", 0xD608, len(about) + 1) + about
    out: list[Line] = []
    for text, _ in cells:
        *before, last = text.split("\n")
        out += [(f"{line}\r", CELL) for line in before]
        out.append((f"{last}\x07", CELL))
    return [*out, ("\x07", end)]


def doc(
    lines: list[Line],
    *,
    flags: int = 0x0200,
    magic: int = 0xA5EC,
    short: frozenset[int] = frozenset(),
    limits: list[int] | None = None,
    data: bytes = b"",
) -> bytes:
    """A DOC of these paragraphs; those in `short` are stored in one byte a character, in a piece of their own.

    Source: [MS-DOC] 2.5.1 (FibBase), 2.8.35 (PlcPcd), 2.9.38 (Clx), 2.8.6 (PlcBtePapx), 2.9.177 (PapxFkp).
    """
    main = bytearray(struct.pack("<H", magic).ljust(0x600, b"\0"))
    struct.pack_into("<H", main, 0x0A, flags)
    places, ends, stops = [], [0], [len(main)]
    for number, (text, _) in enumerate(lines):
        one = number in short
        places.append(len(main) * 2 | 0x40000000 if one else len(main))
        main += text.encode("cp1252" if one else "utf-16-le")
        ends.append(ends[-1] + len(text))
        stops.append(len(main))
    struct.pack_into("<I", main, 0x4C, ends[-1])
    plc = struct.pack(f"<{len(ends)}I", *(limits or ends)) + b"".join(struct.pack("<HIH", 0, at, 0) for at in places)
    clx = b"\x01\x02\x00ab" + b"\x02" + struct.pack("<I", len(plc)) + plc
    pages = []
    for number, (_, about) in enumerate(lines):  # a page of properties for each paragraph
        main += b"\0" * (-len(main) % 512)
        pages.append(len(main) // 512)
        body = struct.pack("<H", 0) + about
        page = bytearray(512)
        struct.pack_into("<II", page, 0, stops[number], stops[number + 1])
        page[8] = 30 if about else 0
        held = bytes([0, (len(body) + 1) // 2]) + body if len(body) % 2 == 0 else bytes([(len(body) + 1) // 2]) + body
        page[60 : 60 + len(held)] = held
        page[511] = 1
        main += page
    papx = struct.pack(f"<{len(stops)}I{len(pages)}I", *stops, *pages)
    struct.pack_into("<II", main, 0x0102, 16, len(papx))
    struct.pack_into("<II", main, 0x01A2, 16 + len(papx), len(clx))
    streams = {"WordDocument": bytes(main), "1Table" if flags & 0x0200 else "0Table": b"\0" * 16 + papx + clx}
    return ole(streams | ({"Data": data} if data else {}))


def plain(*texts_: str) -> list[Line]:
    return [(f"{text}\r", b"") for text in texts_]


TABLE = [
    *plain("2023年度", "收入决算表", "单位：万元"),
    *row(("项目", 2000), ("合计", 1000), merges=(0, 0x60)),
    *row(("编码", 1000), ("名称", 1000), ("", 1000), merges=(0, 0, 0x20)),
    *row(("208", 1010), ("社会保障\n和就业", 990), ("1.50", 1000)),
    *row(("合计", 1000), ("", 1000), ("1.50", 1000), merges=(1, 2, 0)),
    *plain("表后", "段落"),
    *row(("甲", 1000), ("乙", 1000)),
    *row(("", 1000), ("1", 1000)),
]


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "office", lambda: "")


# -- without LibreOffice ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_office")
def test_without_libreoffice_a_doc_is_read_with_its_merged_cells_and_that_is_said() -> None:
    document = read_bytes(doc(TABLE), "a.doc")
    assert kinds(document) == "PPPGPPG"
    assert texts(document) == ["2023年度", "收入决算表", "单位：万元", "表后", "段落"]
    first, second = document.grids()
    assert [[cell.text for cell in row] for row in first.rows] == [
        ["项目", "项目", "合计"],
        ["编码", "名称", "合计"],
        ["208", "社会保障和就业", "1.50"],
        ["合计", "合计", "1.50"],
    ]
    assert first.rows[2][1].raw == "社会保障\n和就业"
    assert [(c.rowspan, c.colspan) for c in (first.rows[0][0], first.rows[0][2], first.rows[3][0])] == [
        (1, 2),
        (2, 1),
        (1, 2),
    ]
    assert first.rows[0][2] is first.rows[1][2]
    assert (first.spans_known, first.place.grid, first.rows[2][2].place.row, first.rows[2][2].place.column) == (
        True,
        1,
        3,
        3,
    )
    assert [[cell.text for cell in row] for row in second.rows] == [["甲", "乙"], ["", "1"]]
    assert document.remarks == [("remark.plain_doc", {})]


@pytest.mark.parametrize("flags", [0, 0x0200])
def test_pieces_of_one_and_two_bytes_a_character(flags: int) -> None:
    lines = [("Total ", b""), ("合计", b""), (" 1.50\r", b""), *row(("a", 900), ("甲", 900))]
    document = doc_reader.read(doc(lines, flags=flags, short=frozenset({0, 2, 3})), file="a.doc", sha256="")
    assert texts(document) == ["Total 合计 1.50"]
    assert tables(document) == [[["a", "甲"]]]


def test_cells_merged_across_are_told_whichever_way_they_are_marked() -> None:
    for merges in ((1, 2, 1, 2), (2, 1, 2, 1), (3, 1, 3, 1)):
        lines = [
            *row(("收入", 900), ("", 900), ("支出", 900), ("", 900), merges=merges),
            *row(("甲", 900), ("1", 900), ("乙", 900), ("2", 900)),
        ]
        (grid,) = doc_reader.read(doc(lines), file="a.doc", sha256="").grids()
        assert [cell.text for cell in grid.rows[0]] == ["收入", "收入", "支出", "支出"]


def test_properties_that_stand_elsewhere() -> None:
    """Rows of many columns do not fit and are kept in another stream."""
    cells = row(("甲", 900), ("1", 900))
    huge = struct.pack("<H", len(cells[-1][1])) + cells[-1][1]
    lines = [*cells[:-1], ("\x07", struct.pack("<HI", 0x6646, 4))]
    document = doc_reader.read(doc(lines, data=b"\0" * 4 + huge), file="a.doc", sha256="")
    assert tables(document) == [[["甲", "1"]]]


def test_frames_of_one_cell_are_text() -> None:
    document = doc_reader.read(doc([*row(("第一行\n第二行", 900)), *plain("x")]), file="a.doc", sha256="")
    assert texts(document) == ["第一行", "第二行", "x"]
    assert list(document.grids()) == []


def test_fields_notes_and_breaks() -> None:
    raw = "甲\x13 HYPERLINK \x13 x \x14y\x15 \x14乙\x15丙\x02\x05\x0b丁\x0c戊\x1e己\r"
    assert texts(doc_reader.read(doc([(raw, b"")]), file="a.doc", sha256="")) == ["甲乙丙", "丁", "戊己"]


def test_fields_inside_fields_inside_fields_end() -> None:
    start = time.monotonic()
    doc_reader.read(doc([("\x13" * 200_000 + "甲" + "\x15" * 200_000, b"")]), file="a.doc", sha256="")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (doc(TABLE, flags=0x0300), "input.encrypted"),
        (doc(TABLE, magic=0x1234), "input.damaged"),
        (doc(plain("x"), limits=[0, 4_000_000_000]), "input.damaged"),
        (doc(plain("x"), limits=[9, 3]), "input.damaged"),
        (ole({"WordDocument": b"\xec\xa5"}), "input.damaged"),
        (ole({"WordDocument": b"\xec\xa5".ljust(0x600, b"\0"), "0Table": b"\0"}), "input.damaged"),
        (
            doc([line for n in range(45) for line in row(("x", 31 * n + 31), *[("x", 1395)] * 12)]),
            "input.too_many_cells",
        ),
    ],
    ids=["password", "magic", "far", "backwards", "short", "empty", "wide"],
)
@pytest.mark.usefixtures("no_office")
def test_a_doc_that_cannot_be_read_is_told(data: bytes, key: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_bytes(data, "a.doc")
    assert caught.value.key == key


@given(seed=st.integers(0, 10**9))
@settings(max_examples=60)
def test_a_damaged_doc_is_read_or_refused(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311
    data = bytearray(doc(TABLE))
    for _ in range(source.randrange(1, 30)):
        data[source.randrange(1024, len(data))] ^= 1 << source.randrange(8)
    try:
        for grid in doc_reader.read(bytes(data), file="a.doc", sha256="").grids():
            assert all(len(cells) == grid.width for cells in grid.rows)
    except BadInputError as error:
        assert error.key in ("input.damaged", "input.encrypted", "input.too_many_cells")


@pytest.mark.parametrize(("data", "name"), [(b"{\\rtf1 x}", "a.rtf"), (ole({"CONTENTS": b"x"}), "a.wps")])
@pytest.mark.usefixtures("no_office")
def test_what_only_libreoffice_reads_says_so(data: bytes, name: str) -> None:
    with pytest.raises(BadInputError, match="LibreOffice") as caught:
        read_bytes(data, name)
    assert caught.value.key == "input.needs_office"


# -- with LibreOffice -------------------------------------------------------------------------------------------

SOURCE: list[DrawnBlock] = [
    Paragraph("收入决算表", Place()),
    grid_of(
        [
            ["项目", Merge.LEFT, "合计"],
            ["编码", "名称", Merge.UP],
            ["208", "社会保障和就业支出", "1.50"],
            ["合计", Merge.LEFT, "1.50"],
        ]
    ),
    Paragraph("注：含尾差。", Place()),
]
EXPECTED = [
    ["项目", "项目", "合计"],
    ["编码", "名称", "合计"],
    ["208", "社会保障和就业支出", "1.50"],
    ["合计", "合计", "1.50"],
]


@pytest.mark.office
@OFFICE
@pytest.mark.parametrize(("target", "kind"), [("doc", "DOC"), ("rtf", "RTF"), ("odt", "ODT")])
def test_libreoffice_converts_with_merged_cells(target: str, kind: str) -> None:
    made = convert(office(), docx_of(SOURCE), ".docx", target)
    assert made is not None
    document = read_bytes(made, f"a.{target}")
    assert texts(document) == ["收入决算表", "注：含尾差。"]
    assert tables(document) == [EXPECTED]
    assert document.remarks == [("remark.converted", {"kind": kind})]


@pytest.mark.usefixtures("no_office")
def test_a_doc_that_libreoffice_wrote_is_read_without_it() -> None:
    """tests/data/table.doc was saved by LibreOffice from the blocks above."""
    document = read_bytes((DATA / "table.doc").read_bytes(), "a.doc")
    assert texts(document) == ["收入决算表", "注：含尾差。"]
    assert tables(document) == [EXPECTED]
    (grid,) = document.grids()
    assert (grid.rows[0][0].colspan, grid.rows[0][2].rowspan) == (2, 2)


@pytest.mark.office
@OFFICE
def test_own_code_and_libreoffice_read_the_same_doc_alike() -> None:
    """Every cell, every span, every line of a whole disclosure."""
    style, key = Style(), FilingKey("青山县示例中心", 2023, "final_accounts", "unit")
    printed = print_tables(roll_up(draw_ledger(RandomSource(7), most=10**9)), style, rule_book().forms)
    made = convert(
        office(), docx_of(Layouts(rule_book().forms, style, key, official=True).blocks(printed)), ".docx", "doc"
    )
    assert made is not None
    first, second = read_bytes(made, "a.doc"), doc_reader.read(made, file="a.doc", sha256="")
    assert texts(first) == texts(second)
    shapes = [
        [[[(cell.raw, cell.rowspan, cell.colspan) for cell in row] for row in grid.rows] for grid in one.grids()]
        for one in (first, second)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.office
@OFFICE
def test_a_broken_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInputError) as caught:
        read_bytes(ole({"WordDocument": b"x"}), "a.doc")
    assert caught.value.key in ("input.not_converted", "input.damaged")
    assert list(tmp_path.iterdir()) == []


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.skipif(os.name == "nt", reason="a script as program")
@pytest.mark.parametrize("script", ["exit 0", "exit 7", "kill -9 $$", "sleep 60", "trap '' TERM; sleep 60 & wait"])
def test_a_conversion_that_fails_or_hangs_costs_one_sentence(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "TIMEOUT", 0.5)
    monkeypatch.setattr(conversion, "GRACE", 0.5)
    monkeypatch.setattr(conversion, "office", lambda: program(tmp_path / "soffice", script))
    start = time.monotonic()
    with pytest.raises(BadInputError) as caught:
        read_bytes(doc(TABLE), "a.doc")
    assert caught.value.key == "input.not_converted"
    assert time.monotonic() - start < 10


@pytest.mark.skipif(os.name == "nt", reason="a script as program")
def test_a_conversion_gets_a_profile_of_its_own_that_runs_no_macros(tmp_path: Path) -> None:
    script = f'for a in "$@"; do case "$a" in -env:UserInstallation=*) cp -r "${{a#-env:UserInstallation=file://}}" {tmp_path}/seen;; esac; done; env > {tmp_path}/env'
    assert convert(program(tmp_path / "soffice", script), b"x", ".doc", "docx") is None
    settings = (tmp_path / "seen" / "user" / "registrymodifications.xcu").read_text(encoding="utf-8")
    assert '"DisableMacrosExecution" oor:op="fuse"><value>true' in settings
    assert '"BlockUntrustedRefererLinks" oor:op="fuse"><value>true' in settings
    home = next(
        line for line in (tmp_path / "env").read_text(encoding="utf-8").splitlines() if line.startswith("HOME=")
    )
    assert home != f"HOME={Path.home()}"
    assert not Path(home.removeprefix("HOME=")).exists()  # gone with the conversion
