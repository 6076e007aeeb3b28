"""Hostile, broken and odd files from the command line: one sentence, status 2, the rest goes on, nothing half-written."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import struct
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from auditor.errors import BadInputError
from auditor.limits import Limits
from auditor.model.document import Document
from auditor.model.filing import Filing
from auditor.reading.filings import filing_of, merge
from auditor.sandbox.guard import Guard, shared
from auditor.testing.damage import damaged
from auditor.testing.pdf_writer import Page, written

from tests.cli.test_cli import here, run
from tests.cli.test_cli import written as names_in
from tests.conftest import rule_book
from tests.support.documents import WRONG, archive_bytes, page, pdf, word, workbook

__all__ = ["here"]
TEXT = WRONG.read_text(encoding="utf-8")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SECRET = "the content of another file"  # noqa: S105 — a text


def sheet(body: str) -> bytes:
    """An XLSX whose only sheet has this XML."""
    return archive_bytes(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{body}</worksheet>',
        }
    )


def document(body: str, head: str = "") -> bytes:
    """A DOCX with this body."""
    return archive_bytes({"word/document.xml": f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'})


def laughs() -> str:
    """Entities that expand to gigabytes, and one that names a file."""
    names = "abcdefghi"
    lines = [f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names)]
    return f'<!DOCTYPE x [<!ENTITY a "{"ha" * 50}">{"".join(lines)}<!ENTITY f SYSTEM "secret.txt">]>'


def encrypted_zip(data: bytes) -> bytes:
    """The same archive with the flag of encryption on every member."""
    out = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = out.find(mark)
        while position >= 0:
            out[position + at] |= 1
            position = out.find(mark, position + 4)
    return bytes(out)


def oversized_zip() -> bytes:
    """An archive whose member says that it is small and expands to much."""
    data = archive_bytes({"a.txt": b"\x00" * 30_000_000})
    out = bytearray(data)
    central = out.rfind(b"PK\x01\x02")
    struct.pack_into("<I", out, central + 24, 1000)
    return bytes(out)


def secured_pdf() -> bytes:
    """A PDF that wants a password."""
    drawn = Page()
    drawn.text(50, 50, "收入支出决算总表")
    key = "<" + "41" * 32 + ">"
    return written(
        [drawn],
        secured=lambda _, data: data,
        trailer=f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >> ",
    )


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "炸弹.xlsx": (lambda: sheet("<sheetData/>" + " " * 30_000_000), "展开后过大"),
    "炸弹.docx": (lambda: document(" " * 30_000_000), "展开后过大"),
    "谎报.zip": (oversized_zip, "已损坏"),
    "很多.zip": (lambda: archive_bytes({f"{n}.txt": "" for n in range(6000)}), "展开后过大"),
    "深.docx": (lambda: document("<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000), ""),
    "深.html": (lambda: b"<html>" + b"<div>" * 100_000 + "决算".encode() + b"</div>" * 100_000, ""),
    "深表.html": (lambda: b"<html>" + b"<table><tr><td>" * 20_000, ""),
    "深.rtf": (lambda: b"{\\rtf1" + b"{" * 200_000, ""),
    "实体.docx": (lambda: document("<w:p><w:r><w:t>&i;&f;</w:t></w:r></w:p>", laughs()), ""),
    "实体.html": ((laughs() + "<html><body><p>&i;&f;</p></body></html>").encode, "没有认出"),
    "大格.html": (
        lambda: b'<html><table><tr><td rowspan="999999999" colspan="999999999">1</td></tr></table></html>' * 50,
        "",
    ),
    "大格.docx": (
        lambda: document(
            '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
        ),
        "",
    ),
    "大格.xlsx": (
        lambda: sheet('<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        "没有认出",
    ),
    "合并.xlsx": (
        lambda: sheet(
            '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells count="1">'
            '<mergeCell ref="A1:XFD1048576"/></mergeCells>'
        ),
        "",
    ),
    "密码.pdf": (secured_pdf, "密码"),
    "密码.zip": (lambda: encrypted_zip(archive_bytes({"a.txt": TEXT})), "密码"),
    "密码.docx": (lambda: OLE + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 1000, "密码"),
    "半个.pdf": (lambda: pdf(TEXT)[:3000], ""),
    "半个.xlsx": (lambda: archive_bytes({"xl/workbook.xml": "<a/>"})[:-10], ""),
    "空壳.xlsx": (lambda: archive_bytes({"xl/workbook.xml": "<a/>"}), ""),
    "空壳.docx": (lambda: archive_bytes({"word/document.xml": "<a/>"}), ""),
    "空壳.pdf": (lambda: b"%PDF-1.7\n%%EOF", "已损坏"),
    "坏.xls": (lambda: OLE + "Workbook".encode("utf-16-le") + b"\xff" * 5000, "已损坏"),
    "坏.doc": (lambda: OLE + "WordDocument".encode("utf-16-le") + b"\xff" * 5000, ""),
    "图.pdf": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "图片"),
    "程序.xlsx": (lambda: b"MZ" + b"\0" * 1000, "不能读取"),
    "套.zip": (lambda: archive_bytes({"b.zip": archive_bytes({"c.txt": TEXT})}), "是压缩包"),
    "别的.zip": (lambda: archive_bytes({"a.py": "x", "b.jpg": "y"}), "没有可以核对的文件"),
    "档.rar": (lambda: b"Rar!\x1a\x07\x01\x00" + b"\0" * 100, "是压缩包"),
}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(shared(), "limits", Limits(seconds=60, memory=1024))
    yield
    shared().close()


def audited_with(*bad: object) -> list[str]:
    """Check files together with a good one; return the sentences about them."""
    result = run("check", *bad, WRONG)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    said = result.stderr.strip().splitlines()
    assert len(said) == len(bad), said
    assert result.stdout.splitlines()[-1].startswith("1 份文件：4 个错误")
    assert names_in(Path("reports_out")) == sorted(
        ["index.html", "index.json", f"{WRONG.stem}.html", f"{WRONG.stem}.json"]
    )
    index = json.loads(Path("reports_out/index.json").read_text(encoding="utf-8"))
    assert [entry["reason"] for entry in index["failed"]] == said
    assert "ha" * 50 not in result.output
    assert SECRET not in result.output
    return said


def test_every_hostile_file_costs_one_sentence(here: Path) -> None:
    (here / "secret.txt").write_text(SECRET, encoding="utf-8")
    for name, (make, _) in CASES.items():
        (here / name).write_bytes(make())
    said = audited_with(*CASES)
    for name, (_, words) in CASES.items():
        assert any(name in sentence and words in sentence for sentence in said), (name, said)


@pytest.mark.slow
def test_a_file_that_takes_too_long_or_too_much(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a.csv").write_text(("1.00," * 40 + "\n") * 15_000, encoding="utf-8")
    monkeypatch.setattr(shared(), "limits", Limits(seconds=0.5))
    assert "a.csv 读取超过 0.5 秒" in audited_with("a.csv")[0]
    shared().close()
    if sys.platform == "linux":
        monkeypatch.setattr(shared(), "limits", Limits(memory=120))
        assert "a.csv 使读取程序中断" in audited_with("a.csv")[0]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer for a process")
@pytest.mark.parametrize("step", ["filing_of", "merge"])
def test_tables_and_prose_that_take_too_long(here: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    from auditor.reading import filings

    before: Callable[..., Filing] = getattr(filings, step)

    def slow(first: Document | list[Filing], *others: object, **options: object) -> Filing:
        file = first.file if isinstance(first, Document) else first[0].files[0].file
        while file == "slow.txt":
            re.search(r"(1+1+)+2", "1" * 24)  # an expression that goes back and back is stopped too
        return before(first, *others, **options)

    monkeypatch.setattr(filings, step, slow)
    monkeypatch.setattr("auditor.limits.BIND_SECONDS", 3)  # the good file needs some of it on a busy machine
    (here / "slow.txt").write_text(TEXT.replace("清河", "青河"), encoding="utf-8")
    assert "slow.txt 读取超过" in audited_with("slow.txt")[0]


def test_what_is_no_file(here: Path) -> None:
    (here / "目录.pdf").mkdir()
    (here / "断.pdf").symlink_to("nowhere")
    (here / "环.pdf").symlink_to("环.pdf")
    names = {
        "目录.pdf": "没有可以核对的文件",
        "没有.pdf": "找不到",
        "/dev/null": "不是文件",
        "断.pdf": "找不到",
        "环.pdf": "",
        "长" * 300: "长",
    }
    if hasattr(os, "mkfifo"):
        os.mkfifo(here / "管道.pdf")
        names["管道.pdf"] = "不是文件"
    said = audited_with(*names)
    for name, words in names.items():
        assert any(name in sentence and words in sentence for sentence in said), (name, said)


def test_links_in_folders_lead_nowhere(here: Path) -> None:
    (here / "外").mkdir()
    (here / "外" / "b.txt").write_text(TEXT.replace("清河", "别处"), encoding="utf-8")
    (here / "内").mkdir()
    (here / "内" / "a.txt").write_text(TEXT, encoding="utf-8")
    (here / "内" / "链.txt").symlink_to(here / "外" / "b.txt")
    (here / "内" / "夹").symlink_to(here / "外", target_is_directory=True)
    (here / "内" / "圈").symlink_to(here / "内", target_is_directory=True)
    (here / "内" / "假.txt").mkdir()
    result = run("check", "内")
    assert result.stdout.splitlines()[-1].startswith("1 份文件")
    assert not result.stderr


BAD_NAME = "a\x1b[31m\nb\u202etxt.exe"


def test_names_with_control_characters_are_shown_harmless(here: Path) -> None:
    (here / f"{BAD_NAME}.pdf").write_bytes(b"%PDF-1.7")
    (said,) = audited_with(f"{BAD_NAME}.pdf")
    assert "a\ufffd[31m\ufffdb\ufffdtxt.exe" in said
    (here / f"{BAD_NAME}.txt").write_text(TEXT, encoding="utf-8")
    result = run("check", f"{BAD_NAME}.txt", "--out", "o")
    assert result.exit_code == 1
    for text in (result.output, *(path.read_text(encoding="utf-8") for path in (here / "o").iterdir())):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert all(name.isprintable() for name in names_in(here / "o"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_are_no_text(here: Path) -> None:
    name = os.fsdecode(b"\xb9\xab\xbf\xaa.txt")
    (here / name).write_text(TEXT, encoding="utf-8")
    (here / os.fsdecode(b"\xff.pdf")).write_bytes(b"%PDF-1.7")
    result = run("check", ".")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[-1].startswith("1 份文件：4 个错误")
    assert run("check", name, "--out", "o").exit_code == 1


def test_members_cannot_leave_the_report_folder(here: Path) -> None:
    members: dict[str, str | bytes] = {"../../逃.txt": TEXT, "/etc/绝对.txt": TEXT.replace("清河", "青河")}
    (here / "下").mkdir()
    (here / "下" / "a.zip").write_bytes(archive_bytes(members))
    result = run("check", "下/a.zip", "--out", "下/报告")
    assert result.exit_code == 1, result.output
    assert [name for name in names_in(here / "下" / "报告") if name.endswith("html")] == [
        "index.html",
        "绝对.html",
        "逃.html",
    ]
    assert names_in(here) == ["下"]


def test_members_that_stand_twice_and_names_of_devices(here: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("con.txt", "x")
        with pytest.warns(UserWarning, match="Duplicate"):
            package.writestr("con.txt", TEXT)
    (here / "a.zip").write_bytes(made.getvalue())
    assert run("check", "a.zip").exit_code == 1
    assert "con_.html" in names_in(here / "reports_out")


def test_texts_of_a_file_cannot_steer_the_terminal(here: Path) -> None:
    bad = "\x1b[2J\u202e"
    text = TEXT.replace("社会保障和就业支出", f"社会保障和就业支出{bad}", 2).replace("清河县", f"清河县{bad}", 1)
    (here / "a.html").write_bytes(page(text))
    (here / "b.txt").write_text(text.replace("清河", "青河"), encoding="utf-8")
    for command in (
        ("check", "a.html", "b.txt"),
        ("read", "a.html", "b.txt"),
        ("rules", "trace", "FA-T01-03", "b.txt"),
    ):
        result = run(*command)
        assert result.exit_code in (0, 1), result.output
        assert len(result.stdout.splitlines()) >= 2
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output
    assert "\ufffd[2J" in run("read", "b.txt").stdout


def test_one_bad_file_among_many(here: Path) -> None:
    for number, make in enumerate((lambda: b"%PDF", lambda: archive_bytes({"word/document.xml": "<"}), secured_pdf)):
        (here / f"{number}.pdf").write_bytes(make())
    workbook(here / "a.xlsx", TEXT)
    word(here / "b.docx", TEXT.replace("清河", "青河"))
    result = run("check", ".")
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 3
    assert result.stdout.splitlines()[-1].startswith("2 份文件：8 个错误")
    assert {"a.html", "b.html"} < set(names_in(here / "reports_out"))


@pytest.mark.slow
def test_damaged_copies_are_read_or_refused(here: Path) -> None:
    """A small fixed set of what `benchmarks/fuzz.py` runs by the thousand."""
    text = TEXT[: TEXT.index("\n支出决算表\n")]  # two tables
    files = [
        ("a.xlsx", workbook(here / "a.xlsx", text).read_bytes()),
        ("a.docx", word(here / "a.docx", text).read_bytes()),
        ("a.html", page(text)),
        ("a.pdf", pdf(text)),
        ("a.txt", text.encode()),
    ]
    guard = Guard(Limits(seconds=20))
    outcomes = Counter[str]()
    for number in range(150):
        name, data = files[number % len(files)]
        copy = damaged(data, Random(number), [other for _, other in files])  # noqa: S311 — the same every time
        assert copy == damaged(data, Random(number), [other for _, other in files])  # noqa: S311
        try:
            merge([filing_of(guard.read_bytes(copy, name), rule_book().forms)], rule_book().forms)
            outcomes["read"] += 1
        except BadInputError as error:
            assert error.key not in ("input.crashed", "input.timeout"), (number, getattr(error, "detail", ""))
            assert name in str(error)
            outcomes["refused"] += 1
    guard.close()
    assert outcomes["read"] > 30
    assert outcomes["refused"] > 20
