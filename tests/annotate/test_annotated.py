"""Annotated copies: a note at every doubtful figure, the rest of the file as it was; hostile files stay in the worker."""

from __future__ import annotations

import ctypes
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import pypdfium2
import pytest
from auditor.annotate import annotate, checked
from auditor.annotate.notes import MarginNote
from auditor.cli.main import cli
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit
from auditor.errors import BadInputError
from auditor.model.document import Document
from auditor.readers import read_bytes
from auditor.readers.pdf.page_content import display
from auditor.readers.text.plain_text import read as read_text
from auditor.reading.filings import filing_of, merge
from auditor.reports.annotated import notes_of
from auditor.sandbox.guard import Guard
from auditor.testing.pdf_blocks import pdf_of
from auditor.testing.pdf_writer import Page, written
from auditor.testing.text_files import DrawnBlock, docx_of, xlsx_of
from click.testing import CliRunner, Result
from lxml import etree
from openpyxl.comments import Comment
from pypdfium2 import raw

from tests.conftest import EXAMPLES, rule_book
from tests.support.office_files import book_bytes, word_bytes
from tests.support.pdf_files import secured

WRONG = next(EXAMPLES.glob("清河*.txt"))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WRITERS: dict[str, Callable[[list[DrawnBlock]], bytes]] = {"a.pdf": pdf_of, "a.xlsx": xlsx_of, "a.docx": docx_of}


@cache
def original(name: str) -> bytes:
    """The wrong example in another format."""
    return WRITERS[name](read_text(WRONG.read_bytes(), file=WRONG.name, sha256="").blocks)


@cache
def audited(name: str) -> Audit:
    part = filing_of(read_bytes(original(name), name), rule_book().forms)
    return audit_filings([merge([part], rule_book().forms)], rule_book())[0]


def notes(name: str) -> list[MarginNote]:
    return notes_of(audited(name))[name]


def copied(data: bytes, name: str, wanted: list[MarginNote]) -> tuple[bytes, int]:
    """A copy with notes, as the worker makes it and the parent takes it."""
    answer = json.loads(json.dumps(annotate(data, name, hashlib.sha256(data).hexdigest(), wanted)))
    copy = checked(answer)
    assert copy.data == checked(annotate(data, name, hashlib.sha256(data).hexdigest(), wanted)).data
    return copy.data, copy.placed


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


# -- PDF ------------------------------------------------------------------------------------------------------------


class Highlight(NamedTuple):
    page: int
    box: tuple[float, float, float, float]  # as displayed, from the top left
    text: str


def text_of(annotation: Any, key: bytes) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw.decode("utf-16-le").rstrip("\0")


def highlights(data: bytes) -> list[Highlight]:
    found = []
    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document, 1):
            (a, b, c, d, e, f), _, _ = display(page)
            for index in range(raw.FPDFPage_GetAnnotCount(page)):
                annotation = raw.FPDFPage_GetAnnot(page, index)
                assert raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_HIGHLIGHT
                rect = raw.FS_RECTF()
                assert raw.FPDFAnnot_GetRect(annotation, ctypes.byref(rect))
                xs = [a * x + c * y + e for x, y in ((rect.left, rect.bottom), (rect.right, rect.top))]
                ys = [b * x + d * y + f for x, y in ((rect.left, rect.bottom), (rect.right, rect.top))]
                found.append(Highlight(number, (min(xs), min(ys), max(xs), max(ys)), text_of(annotation, b"Contents")))
                raw.FPDFPage_CloseAnnot(annotation)
    return found


@pytest.mark.slow
def test_every_doubtful_figure_of_a_pdf_is_highlighted_in_its_box() -> None:
    copy, placed = copied(original("a.pdf"), "a.pdf", notes("a.pdf"))
    assert copy.startswith(original("a.pdf"))  # appended: the original's bytes are untouched
    found = highlights(copy)
    accused = {
        (fact.place.page, fact.place.bbox, finding.id)
        for finding in audited("a.pdf").findings
        for suspect in finding.suspects
        for fact in [audited("a.pdf").facts[suspect.fact]]
        if finding.verdict.key == "inconsistent"
    }
    assert accused
    assert len(found) == placed == len(notes("a.pdf"))
    for page, box, identity in accused:
        assert any(
            highlight.page == page and identity in highlight.text and highlight.box == pytest.approx(box, abs=0.2)
            for highlight in found
        )
    assert "39.74" in "".join(highlight.text for highlight in found)


def shown(data: bytes, number: int = 0) -> Any:
    with pypdfium2.PdfDocument(data) as document:
        return document[number].render(scale=1).to_numpy().astype(int)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("margins", [(0.0, 0.0, 0.0, 0.0), (30.0, 20.0, 10.0, 5.0)])
def test_highlights_lie_where_the_page_shows_the_figure(turn: int, margins: tuple[float, float, float, float]) -> None:
    page = Page(400, 300, turn=turn, margins=margins)
    page.text(100, 120, "93.74", size=12)
    data = written([page])
    box = (98.0, 108.0, 140.0, 124.0)
    copy, placed = copied(data, "a.pdf", [MarginNote("error", "错误", page=1, box=box)])
    assert placed == 1
    changed = np.argwhere((shown(data) != shown(copy)).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert (left, top, right + 1, bottom + 1) == pytest.approx(box, abs=1.5)


def test_a_pdf_that_must_not_be_copied_and_one_cut_off_take_notes_too() -> None:
    page = Page(400, 300)
    page.text(100, 120, "93.74", size=12)
    note = MarginNote("warning", "需说明", page=1, box=(98.0, 108.0, 140.0, 124.0))
    whole = written([page])
    for data in (secured([page], owner="x"), whole[: whole.rindex(b"startxref")]):
        copy, placed = copied(data, "a.pdf", [note])
        assert placed == 1
        assert [highlight.text for highlight in highlights(copy)] == ["需说明"]


def test_notes_beyond_the_pages_are_not_placed() -> None:
    data = written([Page(400, 300)])
    box = (1.0, 1.0, 2.0, 2.0)
    assert copied(data, "a.pdf", [MarginNote("error", "x", page=7, box=box), MarginNote("error", "x", page=1)])[1] == 0


# -- Office ---------------------------------------------------------------------------------------------------------


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def untouched(before: bytes, after: bytes, changed: set[str]) -> None:
    old, new = parts(before), parts(after)
    for name, content in old.items():
        assert new[name] == content or name in changed, name


def figures(document: Document) -> dict[str, str]:
    filing = filing_of(document, rule_book().forms)
    return {str(fact.address): fact.text for fact in filing.facts if fact.is_figure}


def test_cells_of_a_workbook_get_comments_and_the_rest_stays() -> None:
    data = original("a.xlsx")
    copy, placed = copied(data, "a.xlsx", notes("a.xlsx"))
    assert placed == len(notes("a.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(copy))
    said = {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book
        for row in sheet
        for cell in row
        if cell.comment
    }
    for finding in audited("a.xlsx").findings:
        for suspect in finding.suspects:
            place = audited("a.xlsx").facts[suspect.fact].place
            assert finding.id in said[place.sheet, place.cell]
    assert figures(read_bytes(copy, "a.xlsx")) == figures(read_bytes(data, "a.xlsx"))
    sheets = {name for name in parts(data) if name.startswith("xl/worksheets/")}
    untouched(data, copy, sheets | {"[Content_Types].xml"})
    for name in sheets:
        before, after = (etree.fromstring(files[name]) for files in (parts(data), parts(copy)))
        for drawing in after.findall("{*}legacyDrawing"):
            after.remove(drawing)
        assert etree.tostring(before, method="c14n") == etree.tostring(after, method="c14n")


def test_comments_that_a_workbook_has_are_kept() -> None:
    book = openpyxl.Workbook()
    (sheet,) = book.worksheets
    sheet["A1"], sheet["B2"] = 1, 2
    sheet["A1"].comment = Comment("老批注", "王敏")
    sheet.freeze_panes = "B2"
    data = book_bytes(book)
    wanted = [
        MarginNote("error", "新一", page=1, row=1, column=1),
        MarginNote("error", "新二", page=1, row=2, column=2),
    ]
    copy, placed = copied(data, "a.xlsx", [*wanted, MarginNote("error", "无处", page=9, row=1, column=1)])
    assert placed == 2
    after = openpyxl.load_workbook(io.BytesIO(copy)).worksheets[0]
    assert after["A1"].comment is not None
    assert after["A1"].comment.text.split() == ["老批注", "新一"]
    assert after["A1"].comment.author == "王敏"
    assert after["B2"].comment is not None
    assert after["B2"].comment.text == "新二"
    assert after.freeze_panes == "B2"
    drawings = [content for name, content in parts(copy).items() if name.endswith(".vml")]
    assert [content.count(b"<v:shape ") + content.count(b":shape id=") > 1 for content in drawings] == [True]
    again, placed = copied(copy, "a.xlsx", wanted)  # notes upon notes
    assert placed == 2
    openpyxl.load_workbook(io.BytesIO(again))


def test_cells_and_paragraphs_of_a_text_document_get_comments_and_the_rest_stays() -> None:
    data = original("a.docx")
    copy, placed = copied(data, "a.docx", notes("a.docx"))
    assert placed == len(notes("a.docx")) > 0
    comments = etree.fromstring(parts(copy)["word/comments1.xml"])
    said = {c.get(f"{W}id"): "\n".join(t.text or "" for t in c.iter(f"{W}t")) for c in comments}
    root = etree.fromstring(parts(copy)["word/document.xml"])
    assert len(said) == placed
    for tag in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert {element.get(f"{W}id") for element in root.iter(f"{W}{tag}")} == set(said)
    for start in root.iter(f"{W}commentRangeStart"):
        cell = next(start.iterancestors(f"{W}tc"), None)
        around = cell if cell is not None else next(start.iterancestors(f"{W}p"))
        printed = "".join(text.text or "" for text in around.iter(f"{W}t"))
        assert printed.strip()
        if cell is not None:
            assert printed.strip() in said[start.get(f"{W}id")]
    assert figures(read_bytes(copy, "a.docx")) == figures(read_bytes(data, "a.docx"))
    untouched(data, copy, {"word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"})


def test_comments_of_a_text_document_are_kept_and_text_boxes_have_none_inside() -> None:
    box = f'<w:r><w:txbxContent xmlns:w="{W[1:-1]}"><w:p><w:r><w:t>盒</w:t></w:r></w:p></w:txbxContent></w:r>'
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/>'
        "</Relationships>"
    )
    old = f'<w:comments xmlns:w="{W[1:-1]}"><w:comment w:id="4"><w:p><w:r><w:t>老</w:t></w:r></w:p></w:comment></w:comments>'
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    data = word_bytes(
        f"<w:p><w:pPr/><w:r><w:t>一</w:t></w:r>{box}</w:p>",
        {"word/_rels/document.xml.rels": rels, "word/comments.xml": old, "[Content_Types].xml": types},
    )
    copy, placed = copied(
        data, "a.docx", [MarginNote("error", "甲", paragraph=1), MarginNote("error", "乙", paragraph=2)]
    )
    assert placed == 2
    comments = etree.fromstring(parts(copy)["word/comments.xml"])
    assert [comment.get(f"{W}id") for comment in comments] == ["4", "5", "6"]
    root = etree.fromstring(parts(copy)["word/document.xml"])
    assert len(list(root.iter(f"{W}commentReference"))) == 2
    assert not [
        m for m in root.iter(f"{W}commentRangeStart") if next(m.iterancestors(f"{W}txbxContent"), None) is not None
    ]
    assert next(root.iter(f"{W}p"))[0].tag == f"{W}pPr"


# -- the command, and what goes wrong -------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_writes_copies_beside_the_reports(tmp_path: Path) -> None:
    for name in WRITERS:
        (tmp_path / name).write_bytes(original(name))
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("2023/c.pdf", original("a.pdf"))
    result = run(
        "check",
        *(tmp_path / name for name in (*WRITERS, "b.zip")),
        WRONG,
        "--separate",
        "--out",
        tmp_path / "out",
        "--format",
        "annotated,json",
    )
    assert result.exit_code == 1
    found = {path.name for path in (tmp_path / "out").glob("*.annotated.*")}
    assert len(found) == 4
    assert {name.rpartition(".")[2] for name in found} == {"pdf", "xlsx", "docx"}
    assert "c.annotated.pdf" in found
    (warning,) = json.loads((tmp_path / "out" / "index.json").read_text("utf-8"))["warnings"]
    assert WRONG.name in warning
    assert warning in result.stderr


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.txt", WRONG.read_bytes(), "annotate.kind"),
        ("a.pdf", b"%PDF-1.7\n" + b"0" * 2000, "annotate.failed"),
        ("a.xlsx", b"PK\x03\x04" + b"0" * 2000, None),
    ],
)
def test_what_takes_no_notes_is_said(name: str, data: bytes, key: str | None) -> None:
    with pytest.raises(BadInputError) as raised:
        copied(data, name, [MarginNote("error", "x", page=1, box=(1.0, 1.0, 2.0, 2.0), row=1, column=1)])
    assert key is None or raised.value.key == key
    assert str(raised.value)


def test_a_strict_workbook_takes_no_notes() -> None:
    strict = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        for name, content in parts(original("a.xlsx")).items()
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in strict.items():
            archive.writestr(name, content)
    with pytest.raises(BadInputError) as raised:
        copied(out.getvalue(), "a.xlsx", [MarginNote("error", "x", page=1, row=1, column=1)])
    assert raised.value.key == "annotate.strict"


def test_the_worker_annotates_the_file_that_was_read_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(original("a.xlsx"))
    sha256 = hashlib.sha256(original("a.xlsx")).hexdigest()
    guard = Guard()
    try:
        copy = guard.annotate(path, path.name, "", sha256, notes("a.xlsx"))
        assert copy.data == copied(original("a.xlsx"), "a.xlsx", notes("a.xlsx"))[0]
        path.write_bytes(original("a.docx"))
        with pytest.raises(BadInputError) as raised:
            guard.annotate(path, path.name, "", sha256, notes("a.xlsx"))
        assert raised.value.key == "annotate.changed"
    finally:
        guard.close()


@pytest.mark.parametrize(
    "answer", [None, {}, {"copy": "§"}, {"copy": "AA==", "kind": "EXE", "placed": 1}, {"copy": ""}]
)
def test_what_the_worker_sends_is_not_trusted(answer: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — whatever it is
        checked(answer)
