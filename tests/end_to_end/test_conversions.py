"""The same tables in every format: written, read again, the same figures under the same names, the same findings."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.verdicts import Verdict
from auditor.errors import BadInputError
from auditor.model.document import Cell, Document, Grid, Paragraph
from auditor.model.facts import FilingKey, Place
from auditor.model.filing import Filing
from auditor.model.numbers import State
from auditor.readers import read_bytes
from auditor.readers.text.plain_text import read as read_text
from auditor.readers.word.conversion import convert, office
from auditor.reading.filings import filing_of, merge
from auditor.rules.book import RuleBook
from auditor.sandbox.archive import Archive
from auditor.testing.layouts import Layouts, Merge, grid_of
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.pdf_programs import browser, pdf_of_office, pdf_of_page
from auditor.testing.printed_ledger import FAMILY, Printed, Style, print_tables
from auditor.testing.text_files import DrawnBlock, csv_zip_of, docx_of, html_of, text_of, xlsx_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import EXAMPLES, rule_book, seed

KEY = FilingKey("青山县示例中心", 2023, "final_accounts", "unit")

WRITERS: dict[str, tuple[str, Callable[[list[DrawnBlock]], bytes]]] = {
    "docx": ("a.docx", docx_of),
    "xlsx": ("a.xlsx", xlsx_of),
    "xlsx, one sheet": ("a.xlsx", lambda blocks: xlsx_of(blocks, stacked=True)),
    "xlsx, numbers as text": ("a.xlsx", lambda blocks: xlsx_of(blocks, numbers=False)),
    "html": ("a.html", html_of),
    "html in GBK": ("a.html", lambda blocks: html_of(blocks, encoding="gbk")),
    "csv in zip": ("a.zip", csv_zip_of),
    "csv in zip, GB18030": ("a.zip", lambda blocks: csv_zip_of(blocks, encoding="gb18030", delimiter=";")),
}


def read_back(data: bytes, name: str) -> Filing:
    """Read a written file; of an archive its files together, but for those in which nothing is recognised."""
    if not name.endswith(".zip"):
        return whole(read_bytes(data, name))
    archive = Archive(data, name)
    parts = []
    for stored, shown in archive.members:
        try:
            parts.append(filing_of(read_bytes(archive.read(stored, shown), f"{name}!{shown}"), rule_book().forms))
        except BadInputError as error:
            assert error.key == "input.nothing_recognised"
    return merge(parts, rule_book().forms)


def whole(document: Document) -> Filing:
    """The filing of one document, with its prose."""
    return merge([filing_of(document, rule_book().forms)], rule_book().forms)


def figures(filing: Filing) -> dict[str, str]:
    """What is printed in tables that have a form: a grid without one has a shape, its lines have none."""
    known = (fact for fact in filing.facts if fact.is_figure and not fact.address.table.startswith("其他表/"))
    return {str(fact.address): "".join(fact.text.split()) for fact in known}


def outcome(filing: Filing) -> tuple[object, object]:
    """Findings with their suspects, and how many checks there are of each verdict."""
    book = rule_book()
    about_figures = RuleBook(
        tuple(rule for rule in book.rules if not rule.id.startswith(("ST-", "SH-"))), book.forms, book.sha256
    )  # how a filing is built and worded differs with the format, and lines without a grid have no shape
    (audit,) = audit_filings([filing], about_figures)
    found = sorted(
        (
            f.rule.id,
            f.severity.value,
            f.verdict.key,
            tuple(sorted(str(audit.facts[s.fact].address) for s in f.suspects)),
        )
        for f in audit.findings
    )
    return found, {verdict.key: audit.ledger[verdict] for verdict in Verdict}


@cache
def document(name: str) -> Document:
    path = seed(name) if name.isdigit() else next(EXAMPLES.glob(f"{name}*.txt"))
    return read_text(path.read_bytes(), file=path.name, sha256="")


@cache
def original(name: str) -> tuple[Filing, dict[str, str], object]:
    filing = whole(document(name))
    return filing, figures(filing), outcome(filing)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("name", ["001", "002", "青山", "清河"])
def test_the_tables_of_a_text_are_read_alike_from_every_format(name: str, kind: str) -> None:
    """The dumps lost their merged cells, and the written files have none either: nothing may be read by guess."""
    filing, expected, found = original(name)
    file, writer = WRITERS[kind]
    back = read_back(writer(document(name).blocks), file)
    assert figures(back) == expected
    assert outcome(back) == found
    if not file.endswith(".zip"):  # whose files each tell but a part of whose they are
        assert back.key == filing.key


@cache
def printed(name: str) -> Printed:
    """The tables of a seed filing as they stand there; what is cut off in the dump stays blank."""
    tables = {form.table for form in rule_book().forms.families[FAMILY].forms}
    filing, expected, _ = original(name)
    return {
        table.table: {(f.address.row, f.address.column): expected.get(str(f.address), "") for f in table.facts}
        for table in filing.tables
        if table.table in tables
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("name", ["000", "001", "004"])
def test_the_tables_of_a_seed_in_the_official_layout_are_read_alike_from_every_format(name: str, kind: str) -> None:
    filing, expected, _ = original(name)
    blocks = Layouts(rule_book().forms, Style(), filing.key, official=True).blocks(printed(name))
    file, writer = WRITERS[kind]
    back = read_back(writer(blocks), file)
    assert figures(back) == {k: text for k, text in expected.items() if k.split("[")[0].split(".")[0] in printed(name)}
    if name == "001":  # the others have tables or figures that the national layout does not print
        back.about = []
        alone = filing_of(
            document(name), rule_book().forms
        )  # without its prose and outline, and tables beside the form's
        alone.tables = [table for table in alone.tables if table.table in printed(name)]
        assert outcome(back) == outcome(alone)
    if not file.endswith(".zip"):
        assert back.key == filing.key


@pytest.mark.slow
@given(number=st.integers(0, 10**6), kind=st.sampled_from(list(WRITERS)))
@settings(max_examples=24)
def test_any_ledger_reads_back_from_any_format(number: int, kind: str) -> None:
    style = [Style(), Style("元", 2), Style("万元", 4, zeros=State.BLANK), Style(trim=True)][number % 4]
    tables = print_tables(roll_up(draw_ledger(RandomSource(number), most=10**9)), style, rule_book().forms)
    blocks = Layouts(rule_book().forms, style, KEY, official=bool(number % 3)).blocks(tables)
    file, writer = WRITERS[kind]
    filing = read_back(writer(blocks), file)
    assert filing.key == KEY
    assert [(item.text, item.reason) for item in filing.unread] == []
    read = {(f.address.table, f.address.row, f.address.column): f.text for f in filing.facts if f.text}
    assert read == {
        (t, row, column): text for t, cells in tables.items() for (row, column), text in cells.items() if text
    }


@pytest.mark.office
@pytest.mark.parametrize("target", ["xls", "ods", "xlsx"])
def test_workbooks_that_libreoffice_wrote_are_read_alike(target: str) -> None:
    if not office():
        pytest.skip("LibreOffice is not installed (package libreoffice)")
    style = Style("万元", 2)
    tables = print_tables(roll_up(draw_ledger(RandomSource(11), most=400_000_000)), style, rule_book().forms)
    data = xlsx_of(Layouts(rule_book().forms, style, KEY, official=True).blocks(tables))
    made = convert(office(), data, ".xlsx", target)
    assert made is not None
    first, second = read_bytes(data, "a.xlsx"), read_bytes(made, f"a.{target}")
    assert [_plain(block) for block in first.blocks] == [_plain(block) for block in second.blocks]
    assert second.remarks == []


def _plain(block: DrawnBlock) -> object:
    if isinstance(block, Paragraph):
        return block.raw
    return [[(cell.raw, cell.rowspan, cell.colspan) for cell in row] for row in block.rows]


PDF = {
    "docx": lambda blocks: pdf_of_office(docx_of(blocks), ".docx"),
    "xlsx": lambda blocks: pdf_of_office(xlsx_of(blocks), ".xlsx"),
    "html": lambda blocks: pdf_of_page(html_of(blocks)),
}


@pytest.mark.office
@pytest.mark.browser
@pytest.mark.parametrize("kind", PDF)
@pytest.mark.parametrize("number", [11, 127])
def test_printed_pdfs_are_read_alike(number: int, kind: str) -> None:
    """Two producers, three ways to draw a table."""
    if not (browser() if kind == "html" else office()):
        pytest.skip(
            "no Chromium is installed (package chromium)"
            if kind == "html"
            else "LibreOffice is not installed (package libreoffice)"
        )
    style = Style() if number == 11 else Style("元", 2)
    tables = print_tables(roll_up(draw_ledger(RandomSource(number), most=400_000_000)), style, rule_book().forms)
    blocks = Layouts(rule_book().forms, style, KEY, official=True).blocks(tables)
    plain = whole(read_text(text_of(blocks).encode(), file="a.txt", sha256=""))
    data = PDF[kind](blocks)
    assert data is not None
    filing = read_back(data, "a.pdf")
    assert filing.key == KEY
    assert figures(filing) == figures(plain)
    assert outcome(filing) == outcome(plain)


@pytest.mark.office
@pytest.mark.browser
@pytest.mark.parametrize("kind", ["docx", "html"])
@pytest.mark.parametrize("name", ["001", "清河"])
def test_a_text_printed_as_pdf_is_read_alike(name: str, kind: str) -> None:
    """Tables without merged cells, broken over pages wherever they end, and the prose between them."""
    if not (browser() if kind == "html" else office()):
        pytest.skip(
            "no Chromium is installed (package chromium)"
            if kind == "html"
            else "LibreOffice is not installed (package libreoffice)"
        )
    filing, expected, found = original(name)
    data = PDF[kind](document(name).blocks)
    assert data is not None
    back = read_back(data, "a.pdf")
    assert back.key == filing.key
    assert figures(back) == expected
    assert outcome(back) == found


# -- the writers ------------------------------------------------------------------------------------------------


def sample() -> list[DrawnBlock]:
    grid = grid_of(
        [
            ["项目", Merge.LEFT, "合计", "其中\n小计"],
            ["编码", "名称", Merge.UP, Merge.UP],
            ["208", "社会保障 & <就业>", "1,234.50", "-0.10"],
            ["02", "", "12.30%", "(1.00)"],
        ]
    )
    return [
        Paragraph("收入决算表", Place()),
        Paragraph("单位：万元", Place()),
        grid,
        Paragraph("注：一行\x07字", Place()),
    ]


@pytest.mark.parametrize("kind", [kind for kind in WRITERS if not kind.startswith("csv")])
def test_writers_keep_texts_and_merged_cells(kind: str) -> None:
    file, writer = WRITERS[kind]
    assert writer(sample()) == writer(sample())
    back = read_bytes(writer(sample()), file)
    (grid,) = back.grids()
    assert [[cell.raw for cell in row] for row in grid.rows] == [
        ["项目", "项目", "合计", "其中\n小计"],
        ["编码", "名称", "合计", "其中\n小计"],
        ["208", "社会保障 & <就业>", "1,234.50", "-0.10"],
        ["02", "", "12.30%", "(1.00)"],
    ]
    assert (grid.rows[0][0].colspan, grid.rows[0][2].rowspan, grid.spans_known) == (2, 2, True)
    assert grid.rows[0][0] is grid.rows[0][1]
    assert [p.text for p in back.paragraphs()] == ["收入决算表", "单位：万元", "注：一行字"]


def test_an_archive_of_csv_files_names_them_by_their_tables() -> None:
    blocks = [Paragraph("2023年度", Place()), Paragraph("某局决算", Place()), *sample(), *sample()]
    with zipfile.ZipFile(io.BytesIO(csv_zip_of(blocks))) as package:
        assert package.namelist() == ["01封面.txt", "02收入决算表.csv", "03收入决算表-3.csv"]
        text = package.read("02收入决算表.csv").decode("utf-8-sig")
        assert text.startswith('收入决算表\r\n单位：万元\r\n项目,,合计,"其中\n小计"\r\n')


def test_text_has_one_line_per_row() -> None:
    assert text_of(sample()).splitlines()[2:6] == [
        "项目\t\t合计\t其中 小计",
        "编码\t名称\t\t",
        "208\t社会保障 & <就业>\t1,234.50\t-0.10",
        "02\t\t12.30%\t(1.00)",
    ]


def test_ragged_rows_stay_ragged() -> None:
    """A text gives no column to the cells that a row does not print; DOCX and HTML keep that."""
    rows = read_text(b"a\tb\tc\n1\t\n2\t3\tx\n", file="a.txt", sha256="").blocks
    for writer, file in ((docx_of, "a.docx"), (html_of, "a.html")):
        (grid,) = read_bytes(writer(rows), file).grids()
        assert [[cell.place.column for cell in row] for row in grid.rows] == [[1, 2, 3], [1, 2, None], [1, 2, 3]]


def test_pages_are_written_to_disk_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _, writer in WRITERS.values():
        writer(sample())
    assert list(tmp_path.iterdir()) == []


def test_merges_that_reach_nowhere_are_told() -> None:
    with pytest.raises(KeyError):
        grid_of([[Merge.LEFT, "a"]])
    assert isinstance(grid_of([["a"]]).rows[0][0], Cell)
    assert isinstance(sample()[2], Grid)


@pytest.mark.slow
@pytest.mark.parametrize("cut", [1, 2])
def test_a_page_may_end_within_the_header_of_a_table(cut: int) -> None:
    """Every table is cut after its first or second row, as page breaks do."""
    tables = print_tables(roll_up(draw_ledger(RandomSource(11), most=400_000_000)), Style(), rule_book().forms)
    blocks = Layouts(rule_book().forms, Style(), KEY, official=True).blocks(tables)
    parts: list[DrawnBlock] = []
    for block in blocks:
        if isinstance(block, Grid):
            parts += [replace(block, rows=block.rows[:cut]), replace(block, rows=block.rows[cut:], continues=True)]
        else:
            parts.append(block)
    whole_, cut_ = Document("a.pdf", "", blocks=blocks), Document("a.pdf", "", blocks=parts)
    assert figures(whole(cut_)) == figures(whole(whole_))
    assert outcome(whole(cut_)) == outcome(whole(whole_))
