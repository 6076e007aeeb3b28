"""What is read from a PDF is the same on every machine, whatever typefaces are installed there."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from auditor.annotate.page_pictures import Region
from auditor.readers.pdf import typefaces
from auditor.sandbox.guard import Guard
from auditor.testing.pdf_writer import SANS, Font, Page, written

if TYPE_CHECKING:
    from pathlib import Path

# Reads the file on standard input in a process of its own, whose pdfium looks for typefaces in the folders given, or
# where this machine keeps them; then takes the picture of the first page that people would see.
_READ = """
import ctypes, hashlib, json, sys
import pypdfium2
from pypdfium2 import raw
if sys.argv[1:]:
    folders = (ctypes.c_char_p * (len(sys.argv)))(*(name.encode() for name in sys.argv[1:]), None)
    paths = ctypes.cast(folders, ctypes.POINTER(ctypes.POINTER(ctypes.c_char)))
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths))
from auditor.readers import read_bytes
from auditor.readers.pdf.page_content import Pdf
from auditor.sandbox import codec
data = sys.stdin.buffer.read()
read = codec.dumps(codec.pack(read_bytes(data, "a.pdf"))).decode()
with Pdf(data, "a.pdf") as pdf:
    page = pdf.page(0)
    content, seen = repr(page), "".join(char[5] for char in page.chars)
    shown = hashlib.sha256(bytes(pdf.shown(0).buffer)).hexdigest()
    again = repr(pdf.page(0))
print(json.dumps([read, content, shown, again, seen]))
"""


def page() -> Page:
    """Type of every sort that the file does not hold, in the places where it matters whether there is ink."""
    page = Page()
    page.table(60, 60, [160.0, 90.0], [["项目", "决算数"], ["一般公共服务支出", "1,234.50"]])
    page.box(50, 180, 300, 210, fill=0.2)
    page.text(60, 200, "白字在深色底上", gray=1.0)
    page.text(60, 240, "白字在白纸上", gray=1.0)
    page.text(60, 270, "盖住的字")
    page.box(50, 258, 300, 275, fill=1.0)
    page.text(60, 300, "没有编码的字", font=Font(says=(("编", ""),)))
    for line, name in enumerate(("Helvetica", "Arial", "Calibri-Bold", "SimSun", "Wingdings", "NoSuchFace")):
        font = SANS if line == 0 else Font(name)
        page.text(60, 340 + 20 * line, "Total 1,234.50", font=font)
        page.text(200, 340 + 20 * line, "white 9", font=font, gray=1.0)
        page.box(300, 325 + 20 * line, 400, 344 + 20 * line, fill=0.3)
        page.text(310, 340 + 20 * line, "light 8.5", font=font, gray=1.0)
    return page


def read_with(data: bytes, *folders: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", _READ, *folders], input=data, capture_output=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_the_same_is_read_with_and_without_typefaces(tmp_path: Path) -> None:
    data = written([page()])
    without = read_with(data, str(tmp_path))
    here = read_with(data)
    assert here[0] == without[0]
    assert here[1] == without[1]
    assert without[3] == without[1]  # taking a picture changes nothing where there is nothing to take
    assert "白字在深色底上" in without[4]
    assert "没有\ufffd码的字" in without[4]
    assert "白字在白纸上" not in without[4]
    assert "盖住的字" not in without[4]
    for text, count in (("Total1,234.50", 6), ("light8.5", 6), ("white9", 0)):
        assert without[4].count(text) == count
    if here[2] == without[2]:
        pytest.skip("no typeface of this machine draws Chinese: both runs were without (fonts-noto-cjk)")


def test_reading_asks_nothing_of_the_machine() -> None:
    """No answer of the machine's can matter if it is not asked; what people are shown is drawn with its typefaces."""
    asked = []

    class Machine:
        """The interface to the machine's typefaces: has none."""

        contents = property(lambda self: self)

        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return lambda *_: 0

    fake = typefaces._Faces(None)
    fake.machine = Machine()
    gb2312, ansi = typefaces._CHINESE[0], 0
    assert fake.MapFont(None, 400, 0, gb2312, 0, b"SimSun") == typefaces._HANDLE
    assert fake.MapFont(None, 400, 0, ansi, 0, b"Arial") is None
    assert fake.GetFont(None, b"SimSun") is None
    fake.EnumFonts(None, 1)
    assert not asked
    fake.real = True
    fake.MapFont(None, 400, 0, gb2312, 0, b"SimSun")
    assert asked == ["EnumFonts", "MapFont"]
    assert fake.tainted


def test_a_worker_that_drew_with_the_machines_typefaces_reads_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(written([page()]))
    guard = Guard()
    try:
        first = guard.read(path, "a.pdf")
        reader = guard._process
        guard.pictures(path, "a.pdf", "", first.sha256, [Region(1, 50.0, 100.0)])
        assert guard._process is reader
        guard.pictures(path, "a.pdf", "", first.sha256, [Region(1, 50.0, 100.0)])
        assert guard._process is reader
        assert guard.read(path, "a.pdf") == first
        assert guard._process is not reader
    finally:
        guard.close()
