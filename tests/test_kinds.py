"""Every kind of file from the command line: folders, archives, several files of one filing, places, remarks, output."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import SHARED
from tests.documents import CLEAN, WRONG, archive, archive_bytes, page, pdf, word, workbook
from tests.test_cli import here, one_sentence, run, written

__all__ = ["here"]
pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no default style")
TEXT = WRONG.read_text(encoding="utf-8")


def findings(path: Path) -> list[str]:
    return [finding["message"] for finding in json.loads(path.read_text(encoding="utf-8"))["findings"]]


def test_every_kind_gives_the_findings_of_the_text(here: Path) -> None:
    run("check", WRONG, "--out", "text")
    plain = findings(here / "text" / f"{WRONG.stem}.json")
    (here / "c.html").write_bytes(page(TEXT))
    (here / "d.pdf").write_bytes(pdf(TEXT))
    for path in (workbook(here / "a.xlsx", TEXT), word(here / "b.docx", TEXT), here / "c.html", here / "d.pdf"):
        result = run("check", path, "--out", "kinds")
        assert result.exit_code == 1, result.output
        assert findings(here / "kinds" / f"{path.stem}.json") == plain


@pytest.mark.parametrize(
    ("make", "words", "keys"),
    [
        (lambda path: workbook(path / "a.xlsx", TEXT), ("工作表“", "” D"), {"sheet", "cell", "row", "column"}),
        (lambda path: word(path / "a.docx", TEXT), ("个表格", "表中第"), {"grid", "row", "column"}),
    ],
)
def test_places_are_told_in_the_words_of_the_kind(
    here: Path, make: object, words: tuple[str, ...], keys: set[str]
) -> None:
    assert callable(make)
    path = make(here)
    result = run("check", path)
    figures = [
        figure
        for finding in json.loads((here / "reports_out" / "a.json").read_text(encoding="utf-8"))["findings"]
        for figure in finding["figures"]
    ]
    assert all(keys <= set(figure["place"]) for figure in figures)
    shown = (here / "reports_out" / "a.html").read_text(encoding="utf-8")
    listed = run("read", path).stdout
    for word_ in words:
        assert word_ in result.stdout
        assert word_ in shown
        assert word_ in listed


def test_cells_are_named_as_the_spreadsheet_names_them(here: Path) -> None:
    path = workbook(here / "a.xlsx", TEXT)
    run("check", path)
    book = openpyxl.load_workbook(path)
    data = json.loads((here / "reports_out" / "a.json").read_text(encoding="utf-8"))
    places = [(figure["place"], figure["text"]) for finding in data["findings"] for figure in finding["figures"]]
    assert len(places) > 5
    for place, text in places:
        assert (book[place["sheet"]][place["cell"]].value or "").strip() == text


def test_folders_are_searched_for_what_readers_read(here: Path) -> None:
    folder = here / "公开"
    (folder / "子").mkdir(parents=True)
    for name in (".隐藏", "__MACOSX", "reports_out"):
        (folder / name).mkdir()
        (folder / name / "a.txt").write_text(TEXT, encoding="utf-8")
    workbook(folder / "子" / "a.xlsx", TEXT)
    for name in ("key.csv", "README.md", "readme.txt", "~$a.docx", ".DS_Store", "._a.pdf", "照片.jpg", "程序.py"):
        (folder / name).write_text("nothing", encoding="utf-8")
    (folder / "link.txt").symlink_to(WRONG)
    (folder / "away").symlink_to(WRONG.parent, target_is_directory=True)
    result = run("check", folder, "--out", folder / "报告")
    assert result.exit_code == 1, result.output
    assert not result.stderr
    assert written(folder / "报告") == ["a.html", "a.json", "index.html", "index.json"]
    again = run("check", folder, "--out", folder / "报告")  # its own reports are no filings
    assert again.stdout == result.stdout
    (folder / "版式.ofd").write_bytes(archive_bytes({"OFD.xml": "<OFD/>"}))
    told = run("check", folder, "--out", folder / "报告")
    assert told.exit_code == 2
    assert "OFD" in one_sentence(told.stderr)


def test_the_files_of_an_archive_are_files(here: Path) -> None:
    workbook(here / "a.xlsx", TEXT)
    path = archive(here / "决算.zip", {
        "2023/a.xlsx": (here / "a.xlsx").read_bytes(), "2023/b.txt": CLEAN.read_bytes(), "2023/README.txt": "x",
        "__MACOSX/2023/._a.xlsx": b"x", ".x/c.txt": TEXT, "2023/内层.zip": archive_bytes({"a.txt": "a"}),
        "2023/坏.pdf": b"%PDF-1.7", "2023/空.docx": b"", "2023/图.png": b"x",
    })  # fmt: skip
    result = run("check", path)
    assert result.exit_code == 2
    said = result.stderr.strip().splitlines()
    assert [line.split(" ")[0] for line in said] == [
        f"决算.zip!2023/{name}" for name in ("内层.zip", "坏.pdf", "空.docx")
    ]
    assert "是压缩包" in said[0]
    assert [name for name in written(here / "reports_out") if name.endswith("html")] == [
        "a.html",
        "b.html",
        "index.html",
    ]
    index = json.loads((here / "reports_out" / "index.json").read_text(encoding="utf-8"))
    assert index["filings"][0]["files"] == ["决算.zip!2023/a.xlsx"]
    assert [entry["file"] for entry in index["failed"]] == [
        f"决算.zip!2023/{n}" for n in ("内层.zip", "坏.pdf", "空.docx")
    ]


def test_names_in_archives_of_chinese_windows(here: Path) -> None:
    name = "二〇二三年决算.txt"
    made = archive_bytes({"x" * len(name.encode("gb18030")): TEXT})
    (here / "a.zip").write_bytes(made.replace(b"x" * len(name.encode("gb18030")), name.encode("gb18030")))
    assert zipfile.ZipFile(here / "a.zip").namelist() != [name]
    assert run("check", "a.zip").exit_code == 1
    assert f"{Path(name).stem}.html" in written(here / "reports_out")


def test_the_files_of_one_filing_are_audited_as_one(here: Path) -> None:
    cut = TEXT.index("\n财政拨款收入支出决算总表\n")
    head = "\n".join(TEXT.split("\n")[:2]) + "\n"
    (here / "决算").mkdir()
    word(here / "决算" / "说明.docx", TEXT[:cut])
    workbook(here / "决算" / "报表.xlsx", head + TEXT[cut:])
    result = run("check", "决算")
    assert result.stdout.splitlines()[-1].startswith("1 份文件：4 个错误")
    data = json.loads((here / "reports_out" / "报表.json").read_text(encoding="utf-8"))
    assert [file["file"] for file in data["filing"]["files"]] == ["报表.xlsx", "说明.docx"]
    assert "说明.docx，" in (here / "reports_out" / "报表.html").read_text(encoding="utf-8")  # places name their file


def test_an_older_version_is_left_out_and_named(here: Path) -> None:
    (here / "a（更正）.txt").write_text(TEXT, encoding="utf-8")
    (here / "b.txt").write_text(TEXT.replace("单位决算", "单位决算 ", 1), encoding="utf-8")
    result = run("check", "b.txt", "a（更正）.txt")
    assert result.stdout.splitlines()[-1].startswith("1 份文件")
    assert "没有核对 b.txt" in result.stdout
    assert "没有核对 b.txt" in (here / "reports_out" / "a（更正）.html").read_text(encoding="utf-8")
    assert run("check", "--separate", "b.txt", "a（更正）.txt").stdout.splitlines()[-1].startswith("2 份文件")


def test_remarks_of_the_readers_are_shown_everywhere(here: Path) -> None:
    path = workbook(here / "a.xlsx", TEXT, hidden=True)
    remark = "工作表“草稿”是隐藏的，没有读取"
    assert remark in run("check", path).stdout
    assert remark in run("read", path).stdout
    assert remark in (here / "reports_out" / "a.html").read_text(encoding="utf-8")
    data = json.loads((here / "reports_out" / "a.json").read_text(encoding="utf-8"))
    assert data["remarks"] == [{"file": "a.xlsx", "text": remark}]
    both = run("check", "--as-one", path, CLEAN)
    assert f"a.xlsx {remark}" in both.stdout


# -- what was read, as files ------------------------------------------------------------------------------------


def test_what_was_read_is_written_to_be_compared(here: Path) -> None:
    path = workbook(here / "a.xlsx", TEXT, hidden=True)
    result = run("read", path, "--out", "读")
    assert result.exit_code == 0
    assert written(here / "读") == ["a.read.json", "a.read.xlsx"]
    data = json.loads((here / "读" / "a.read.json").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(here / "读" / "a.read.xlsx")
    source = openpyxl.load_workbook(path)
    assert [table["table"] for table in data["tables"]] == book.sheetnames[1 : len(data["tables"]) + 1]
    count = 0
    for table in data["tables"]:
        shown = {tuple(row[:8]) for row in book[table["table"]].iter_rows(values_only=True)}
        printed = [
            [str(value or "") for value in row] for row in source[table["place"]["sheet"]].iter_rows(values_only=True)
        ]
        assert all(
            [cell.strip() for cell in row] in [[c.strip() for c in r][: len(row)] for r in printed]
            for row in table["printed"]
        )
        for fact in table["facts"]:
            value = source[fact["place"]["sheet"]][fact["place"]["cell"]].value or ""
            assert value.strip() == fact["text"]
            rows = [row for row in shown if row[0] == fact["row"] and (row[1] or "") == fact["column"]]
            assert any((row[2] or "") == fact["text"] for row in rows)
            count += fact["value"] is not None
            assert fact["value"] is None or any(row[4] == float(fact["value"]) for row in rows)
    assert count > 300
    assert data["remarks"] == ["工作表“草稿”是隐藏的，没有读取"]


def test_the_same_file_gives_the_same_bytes(here: Path) -> None:
    path = workbook(here / "a.xlsx", TEXT)
    for folder in ("one", "two"):
        assert run("read", path, "--out", folder).exit_code == 0
    for name in written(here / "one"):
        assert (here / "one" / name).read_bytes() == (here / "two" / name).read_bytes()


def test_only_the_formats_asked_for_are_written(here: Path) -> None:
    assert run("read", WRONG, "--out", "读", "--format", "xlsx").exit_code == 0
    assert written(here / "读") == [f"{WRONG.stem}.read.xlsx"]
    wrong = run("read", WRONG, "--out", "读", "--format", "pdf")
    assert wrong.exit_code == 2
    assert "xlsx, json" in one_sentence(wrong.stderr)


def test_texts_stay_texts_whatever_they_begin_with(here: Path) -> None:
    text = TEXT.replace("\n", '\n=HYPERLINK("http://x","1")\n@SUM(1)\n+1\n-2+3\n', 1).replace(
        "社会保障", "=1+1社会保障"
    )
    path = here / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert run("read", path, "--out", "读").exit_code == 0
    with zipfile.ZipFile(here / "读" / "a.read.xlsx") as package:
        parts = {name: package.read(name).decode() for name in package.namelist() if name.endswith((".xml", ".rels"))}
    assert "=HYPERLINK" in parts["xl/sharedStrings.xml"]
    assert not any("<f>" in part or "<f " in part for name, part in parts.items() if "worksheets/" in name)
    assert not any('TargetMode="External"' in part for part in parts.values())
    book = openpyxl.load_workbook(here / "读" / "a.read.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert len(risky) > 4
    assert all(cell.quotePrefix for cell in risky)


def test_grids_that_are_no_known_table_are_written_too(here: Path) -> None:
    (here / "a.html").write_bytes(page(TEXT + "\n甲\t乙\n别的\t7.77\n"))
    assert run("read", "a.html", "--out", "读").exit_code == 0
    data = json.loads((here / "读" / "a.read.json").read_text(encoding="utf-8"))
    assert [grid["printed"] for grid in data["other_tables"]] == [[["甲", "乙"], ["别的", "7.77"]]]
    values = [
        row
        for sheet in openpyxl.load_workbook(here / "读" / "a.read.xlsx")
        for row in sheet.iter_rows(values_only=True)
    ]
    assert any(row[:2] == ("别的", "7.77") for row in values)


def test_bad_files_are_told_and_the_others_written(here: Path) -> None:
    (here / "坏.pdf").write_bytes(b"%PDF-1.7")
    result = run("read", "坏.pdf", WRONG, "--out", "读")
    assert result.exit_code == 2
    assert "坏.pdf" in one_sentence(result.stderr)
    assert len(written(here / "读")) == 2


def test_real_files_are_read_into_files(here: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared filings are not here (../shared/filings)")
    name = "shanghai-putuo-justice-unit-2026-budget"
    assert run("read", SHARED / "real" / f"{name}.pdf", "--out", "读").exit_code == 0
    data = json.loads((here / "读" / f"{name}.read.json").read_text(encoding="utf-8"))
    printed = [table for table in data["tables"] if table["printed"]]
    facts = [fact for table in printed for fact in table["facts"] if fact["value"]]
    assert len(facts) > 300
    assert all({"page", "row", "column", "bbox"} <= set(fact["place"]) for fact in facts)
