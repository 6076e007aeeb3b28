"""Files of one filing are put together, and of several versions of one file the newest is audited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from auditor.messages import say
from auditor.model.document import Document
from auditor.model.filing import Filing
from auditor.readers.text.plain_text import read
from auditor.reading.filings import filing_of, group, numbers_text

from tests.conftest import EXAMPLES, rule_book

TEXT = next(path for path in EXAMPLES.glob("*.txt") if path.name.startswith("青山")).read_text(encoding="utf-8")
CUT = TEXT.index("\n财政拨款收入支出决算总表\n")
HEAD = "\n".join(TEXT.split("\n")[:2]) + "\n"
FIRST, SECOND = TEXT[:CUT], HEAD + TEXT[CUT:]


def part(text: str, file: str, modified: str = "") -> Filing:
    from hashlib import sha256

    document: Document = read(text.encode(), file=file, sha256=sha256(text.encode()).hexdigest())
    return filing_of(replace(document, modified=modified), rule_book().forms)


def grouped(*parts: Filing) -> list[Filing]:
    return group(parts, rule_book().forms)


def files(filing: Filing) -> list[str]:
    return [file.file for file in filing.files]


CHANGED = TEXT.replace("1", "2", 3)
assert CHANGED != TEXT


def test_files_with_different_tables_are_one_filing() -> None:
    (whole,) = grouped(part(FIRST, "说明.docx"), part(SECOND, "报表.xlsx"))
    assert files(whole) == ["说明.docx", "报表.xlsx"]
    printed = {table.table for table in whole.tables if not table.table.startswith("说明/")}
    assert printed == {table.table for table in part(TEXT, "a.txt").tables}
    assert not whole.remarks


def test_a_file_without_its_year_goes_to_the_only_filing_it_can_belong_to() -> None:
    import re

    undated = part(re.sub(r"20\d\d\s*年(?:度)?", "", SECOND), "报表.xlsx")
    assert undated.key.entity
    assert not undated.key.year
    (whole,) = grouped(undated, part(FIRST, "说明.docx"))
    assert sorted(files(whole)) == ["报表.xlsx", "说明.docx"]
    assert whole.key.year == 2023
    two = part(FIRST.replace("2023", "2022"), "上年.docx")
    assert len(grouped(undated, part(FIRST, "说明.docx"), two)) == 3


@pytest.mark.parametrize(
    ("versions", "best", "key"),
    [
        ([("a.pdf", "20240901"), ("b.pdf", "20240830120000")], "a.pdf", "remark.version_changed"),
        ([("a（更正）.pdf", ""), ("b.pdf", "20240830")], "a（更正）.pdf", "remark.version_named"),
        ([("a-v2.pdf", ""), ("b-v1.pdf", "")], "a-v2.pdf", "remark.version_named"),
        ([("a.pdf", ""), ("b.pdf", "")], "b.pdf", "remark.version_last"),
        ([("a.pdf", "20240901"), ("b.pdf", "20240901")], "b.pdf", "remark.version_last"),
    ],
)
def test_the_newest_version_counts_and_says_so(versions: list[tuple[str, str]], best: str, key: str) -> None:
    for order in (1, -1):
        made = [part(text, *about) for text, about in zip((TEXT, CHANGED), versions, strict=True)]
        (kept,) = grouped(*made[::order])
        assert files(kept) == [best]
        (remark,) = kept.remarks
        other = next(file for file, _ in versions if file != best)
        assert remark.key == key
        assert remark.values == {"file": best, "other": other}
        assert best in say(remark.key, **remark.values)


def test_copies_are_audited_once() -> None:
    (kept,) = grouped(part(TEXT, "a.txt"), part(TEXT, "b.txt"))
    assert [remark.key for remark in kept.remarks] == ["remark.copy"]
    assert len(grouped(part(FIRST, "a.txt"), part(SECOND, "b.txt"), part(SECOND, "c.txt"))) == 1


def test_what_prints_other_figures_is_no_version() -> None:
    other = part(TEXT.translate(str.maketrans("23456789", "34567892")).replace("3033", "2023"), "b.txt")
    if other.key != part(TEXT, "a.txt").key:
        other = replace(other, key=part(TEXT, "a.txt").key)
    assert len(grouped(part(TEXT, "a.txt"), other)) == 2


def test_texts_of_one_filing_are_told_from_versions_of_one_text() -> None:
    head = "青山县统计局2023年度部门决算公开说明\n"
    one = head + "\n".join(f"第{n}项支出决算为{n}.25万元，完成年初预算的100%。" for n in "一二三四五六七八")
    two = one.replace("25万元", "26万元")
    three = head + "\n".join(f"{n}类车辆保有量为3辆。" for n in "甲乙丙丁")
    assert len(part(one, "a.txt").tables) == 0
    (kept,) = grouped(part(one, "说明.docx"), part(two, "说明（更正）.docx"))
    assert files(kept) == ["说明（更正）.docx"]
    (both,) = grouped(part(one, "说明.docx"), part(three, "附件.docx"))
    assert files(both) == ["说明.docx", "附件.docx"]


def test_runs_of_pages_are_folded() -> None:
    assert numbers_text([3, 4, 5, 9, 11, 12]) == "3–5、9、11–12"
    assert numbers_text([]) == ""
