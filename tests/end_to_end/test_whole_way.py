"""Damaged and hostile files the whole way: reports that are what they say, or a sentence. `make fuzz` runs thousands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from auditor.testing.damage import damaged

from tests.conftest import rule_book
from tests.support.documents import WRONG, archive_bytes, page, pdf, word, workbook
from tests.support.whole_way import go, hostile, look_at, screened

TEXT = WRONG.read_text(encoding="utf-8")
SHORT = TEXT[: TEXT.index("\n支出决算表\n")]  # two tables
SETS, CASES = 6, 50


def corpus(folder: Path) -> list[tuple[str, bytes]]:
    book, letter = workbook(folder / "a.xlsx", SHORT), word(folder / "a.docx", SHORT)
    return [
        ("a.xlsx", book.read_bytes()), ("a.docx", letter.read_bytes()), ("a.html", page(SHORT)), ("a.pdf", pdf(SHORT)),
        ("a.txt", SHORT.encode()), ("a.csv", SHORT.replace("\t", ",").encode()), ("a.zip", archive_bytes({"a.txt": SHORT})),
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("part", range(SETS))
def test_damaged_files_give_sound_reports_or_a_sentence(part: int, tmp_path: Path) -> None:
    files = corpus(tmp_path)
    outcomes = Counter[str]()
    for number in range(part * CASES, (part + 1) * CASES):
        random = Random(f"whole {number}")  # noqa: S311 — the same every time
        name, data = files[number % len(files)]
        path = tmp_path / str(number) / name
        path.parent.mkdir()
        path.write_bytes(hostile(damaged(data, random, [other for _, other in files]), random))
        try:
            outcome = go(path, rule_book())
            if number % CASES == 0:
                screened(path.parent, tmp_path / "out")
        except Exception as error:
            error.add_note(f"case {number}: {name}")
            raise
        assert outcome not in ("input.timeout", "input.crashed", "input.fault"), number
        outcomes[outcome] += 1
    assert outcomes["read"] > CASES // 5
    assert outcomes["read"] < CASES


def test_the_look_at_reports_sees_what_it_should() -> None:
    for name, content in (
        ("a.html", "<html><body><zq9x></body></html>"),
        ("a.html", '<html><body><p onclick="1"></body></html>'),
        ("a.html", "<html><body>\x07</body></html>"),
        ("index.json", '{"a": "\\u0007"}'),
        ("index.json", "{}"),
        ("index.junit.xml", "<a><b></a>"),
        ("a.csv", "a,b\n1,2,3\n"),
        ("疑点清单.xlsx", b"PK"),
        ("a.annotated.docx", archive_bytes({"word/comments.xml": "<"})),
    ):
        with pytest.raises(Exception):  # noqa: B017, PT011 — of the parser of each kind
            look_at(name, content)
