"""What a file is, told by its content; what is not read is answered by one sentence with the way out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from auditor.errors import BadInputError
from auditor.messages import use_language
from auditor.readers import read_bytes
from auditor.readers.detect import kind_of
from auditor.sandbox import read
from auditor.testing.drawing import package

from tests.support.office_files import ole, sheet_bytes, word_bytes

DATA = Path(__file__).parent.parent / "data"


def workbook() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def stored() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.pdf", b"%PDF-1.7")
    return out.getvalue()


KINDS: dict[str, tuple[bytes, str]] = {
    "PDF": (b"%PDF-1.7\n", "PDF"),
    "PDF after junk": (b"\xef\xbb\xbf\r\n%PDF-1.4\n", "PDF"),
    "XLSX": (workbook(), "XLSX"),
    "XLSB": (package({"xl/workbook.bin": b"x"}), "XLSB"),
    "DOCX": (word_bytes(""), "DOCX"),
    "ODS": (sheet_bytes(), "ODS"),
    "ODT": (package({"mimetype": "application/vnd.oasis.opendocument.text"}), "ODT"),
    "PPTX": (package({"ppt/presentation.xml": b"x"}), "PPTX"),
    "OFD": (package({"OFD.xml": b"x"}), "OFD"),
    "ZIP": (package({"a.txt": b"x"}), "ZIP"),
    "ZIP with a PDF stored as it is": (stored(), "ZIP"),
    "a broken ZIP": (b"PK\x03\x04rest", "ZIP"),
    "XLS": ((DATA / "rich.xls").read_bytes(), "XLS"),
    "XLS of Excel 95": (ole({"Book": b"x"}), "XLS"),
    "DOC": (ole({"WordDocument": b"x", "1Table": b"x"}), "DOC"),
    "DOC with a workbook in it": (ole({"ObjectPool": b"x", "WordDocument": b"x", "Workbook": b"x"}), "DOC"),
    "XLS that speaks of encryption": (ole({"Workbook": "EncryptedPackage WordDocument".encode("utf-16-le")}), "XLS"),
    "PPT": (ole({"PowerPoint Document": b"x"}), "PPT"),
    "WPS": (ole({"CONTENTS": b"x"}), "WPS"),
    "encrypted": (ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "ENCRYPTED"),
    "another OLE file": (ole({"Anything": b"x"}), "OLE"),
    "a broken OLE file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "BROKEN"),
    "RTF": (b"  {\\rtf1 x}", "RTF"),
    "PNG": (b"\x89PNG\r\n\x1a\n", "PNG"),
    "JPEG": (b"\xff\xd8\xff\xe0", "JPEG"),
    "TIFF": (b"II*\x00", "TIFF"),
    "RAR": (b"Rar!\x1a\x07\x00", "RAR"),
    "7Z": (b"7z\xbc\xaf\x27\x1c", "7Z"),
    "HTML": (b"<html><body>x", "HTML"),
    "HTML in UTF-16": ("\ufeff<html><body>x".encode("utf-16-le"), "HTML"),
    "a page saved as one file": (
        b"From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html><body>",
        "MHT",
    ),
    "a page of its own saved as one file": (b"MIME-Version: 1.0\nContent-Type: text/html\n\nPGh0bWw+", "MHT"),
    "a workbook of 2003 in XML": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Table>',
        "XMLSS",
    ),
    "another XML": (b'<?xml version="1.0"?><note/>', "XML"),
    "text": ("收入支出决算总表".encode("gb18030"), "TEXT"),
    "text with signs": ("收入 < 支出，比例 > 1".encode(), "TEXT"),
    "nothing": (b"", "TEXT"),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".xls", ""])
def test_kinds_are_told_by_content_whatever_the_name(name: str, suffix: str) -> None:
    data, kind = KINDS[name]
    assert kind_of(data, f"a{suffix}") == kind


def test_only_text_is_told_from_csv_by_its_name() -> None:
    assert kind_of(b"a,b", "a.CSV") == "CSV"
    assert kind_of(b"a\tb", "a.tsv") == "CSV"
    assert kind_of(b"a,b", "a.txt") == "TEXT"
    assert kind_of(b"<html><p>a,b", "a.csv") == "HTML"


NOT_READ = {
    "OFD": ("a.ofd", "input.format", "另存为 PDF 或 XLSX"),
    "PPTX": ("a.pptx", "input.format", "另存为 PDF 或 XLSX"),
    "PPT": ("a.dps", "input.format", "另存为 PDF 或 XLSX"),
    "another OLE file": ("a.et", "input.format", "另存为 PDF 或 XLSX"),
    "a page saved as one file": ("a.mht", "input.damaged", "重新导出"),
    "a workbook of 2003 in XML": ("a.xls", "input.damaged", "重新导出"),
    "another XML": ("a.xml", "input.format", "另存为 PDF 或 XLSX"),
    "PNG": ("a.png", "input.picture", "文字识别"),
    "TIFF": ("a.tif", "input.picture", "文字识别"),
    "RAR": ("a.rar", "input.archive_member", "解压"),
    "a broken OLE file": ("a.doc", "input.damaged", "重新导出"),
    "encrypted": ("a.xlsx", "input.encrypted", "去掉密码"),
    "XLSB": ("a.xlsb", "input.damaged", "重新导出"),
}


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_not_read_gets_one_sentence_with_the_way_out(name: str) -> None:
    file, key, way = NOT_READ[name]
    with pytest.raises(BadInputError) as caught:
        read_bytes(KINDS[name][0], file)
    assert caught.value.key == key
    assert way in str(caught.value)
    use_language("en")
    assert str(caught.value).startswith(file)
    assert "\n" not in str(caught.value)


def test_a_table_program_of_another_house_is_read_where_it_saves_old_workbooks(tmp_path: Path) -> None:
    """An .et is an old workbook under another name."""
    path = tmp_path / "收入决算表.et"
    path.write_bytes((DATA / "rich.xls").read_bytes())
    assert next(read(path).grids()).rows[0][0].text == "科目"
