"""Two independent readers of ruled tables must agree with ours on real filings: every cell's text, rows and columns.

Where they do not, the rendered page was looked at: the pages listed below are those on which the oracle is wrong. On
these every number that either reader gives must still be the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from auditor.model.numbers import NUMERIC, parse_literal
from auditor.readers.pdf.line_flow import text_of
from auditor.readers.pdf.page_content import Pdf
from auditor.readers.pdf.ruled_tables import fill, find_tables
from auditor.testing.pdf_writer import ABOVE, LEFT, Page, written

from tests.conftest import SHARED

REAL = SHARED / "real"
FILES = sorted(path.name for path in REAL.glob("*.pdf"))

WHITE = "takes white fills above the table for rulings: the title becomes a row"
NESTED = "reads a narrow cell a second time, as a table of its own"
OPEN = "leaves out the boxes of the first column, whose left side is not ruled"
CLIPPED = "reads a character that a clip hides"
TURNED = "counts rows as columns on a page that is turned"
OVERHANG = "takes the ends of a ruling that reaches over the table for columns"
# oracle, file, pages → why the oracle is wrong there
WRONG: dict[tuple[str, str], dict[str, tuple[int, ...]]] = {
    ("pdfplumber", "jiangsu-committee-2019-budget-tables"): {WHITE: tuple(range(1, 13))},
    ("pdfplumber", "jiangsu-congress-2018-budget"): {WHITE: (11, 12, 13, 14, 15, 17)},
    ("pdfplumber", "shanghai-putuo-justice-unit-2026-budget"): {WHITE: (13,)},
    ("pdfplumber", "swu-2023-budget"): {
        NESTED: (16, 17, 18, 19, 20, 22, 23, 25, 26, 27, 28, 29, 30, 31, 33, 34, 35, 36, 37, 38, 39, 40),
        OPEN: (17, 18, 20, 21, 23, 31, 35, 37),
    },
    ("tablers", "jiangsu-committee-2019-budget-tables"): {
        CLIPPED: (12,),
        TURNED: (1, 2, 3, 4, 5, 7, 9, 10, 11),
    },
    ("tablers", "jiangsu-congress-2018-budget"): {OVERHANG: (18,)},
    ("tablers", "swu-2023-budget"): {OPEN: (17, 18, 20, 21, 23, 31, 35, 37)},
}


class Tables(NamedTuple):
    """The tables of one page: rows and columns of each, and how often each text stands in a cell."""

    shapes: list[tuple[int, int]]
    texts: Counter[str]

    def numbers(self) -> set[str]:
        """The different numbers in the cells."""
        return {text for text in self.texts if parse_literal(text).state in NUMERIC and text[0] not in "(（"}


def plain(text: str | None) -> str:
    return re.sub(r"\s", "", text or "")


def own(path: Path) -> dict[int, Tables]:
    out = {}
    with Pdf(path.read_bytes(), path.name) as pdf:
        for content in pdf:
            found = find_tables(content.across, content.down)
            if found:
                fill(found, content.chars)
                texts = (plain(text_of(cell.chars)) for table in found for cell in table.cells)
                shapes = [(len(table.ys) - 1, len(table.xs) - 1) for table in found]
                out[content.number] = Tables(shapes, Counter(text for text in texts if text))
    return out


def by_pdfplumber(path: Path, pages: Iterator[int]) -> dict[int, Tables]:
    pdfplumber = pytest.importorskip("pdfplumber")
    out = {}
    with pdfplumber.open(path) as pdf:
        for number in pages:
            found = pdf.pages[number - 1].find_tables()
            texts = (plain(text) for table in found for row in table.extract() for text in row)
            shapes = [(len(table.rows), max(len(row.cells) for row in table.rows)) for table in found]
            out[number] = Tables(shapes, Counter(text for text in texts if text))
            pdf.pages[number - 1].close()
    return out


def by_tablers(path: Path, pages: Iterator[int]) -> dict[int, Tables]:
    tablers = pytest.importorskip("tablers")
    wanted = set(pages)
    out = {}
    for number, page in enumerate(tablers.Document(str(path)).pages(), 1):
        if number in wanted:
            found = tablers.find_tables(page, extract_text=True)
            texts = (plain(cell.text) for table in found for cell in table.cells)
            shapes = [(len(table.rows), len(table.columns)) for table in found]
            out[number] = Tables(shapes, Counter(text for text in texts if text))
    return out


Oracle = Callable[[Path, Iterator[int]], dict[int, Tables]]
ORACLES: dict[Oracle, str] = {by_tablers: "tablers", by_pdfplumber: "pdfplumber"}


def test_pdfplumber_agrees_on_a_drawn_page(tmp_path: Path) -> None:
    """What the shared filings show in print, on a page that is here wherever the suite runs."""
    page = Page()
    head = [["项目", "决算数", LEFT, LEFT], [ABOVE, "合计", "本年", "上年"]]
    body = [
        ["基本支出", "1,234.50", "1,200.00", "34.50"],
        ["项目支出", "-5.00", "", "0.00"],
        ["合计", "1,229.50", "—", ""],
    ]
    page.table(60, 100, [120.0, 80.0, 80.0, 80.0], [*head, *body])
    page.table(60, 300, [200.0, 90.0], [["指标", "数"], ["数量指标", "12"], [ABOVE, "7"]])
    path = tmp_path / "drawn.pdf"
    path.write_bytes(written([page]))
    ours = own(path)
    assert [len(tables.shapes) for tables in ours.values()] == [2]
    assert by_pdfplumber(path, iter(ours)) == ours


@pytest.mark.slow
@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("name", FILES or [""])
def test_an_oracle_agrees_on_every_ruled_table(name: str, oracle: Oracle) -> None:
    if not name:
        pytest.skip("the shared filings are not here (../shared/filings/real)")
    path = REAL / name
    ours = own(path)
    assert ours
    theirs = oracle(path, iter(ours))
    wrong = WRONG.get((ORACLES[oracle], path.stem), {})
    known = {page for pages in wrong.values() for page in pages}
    differing = {page for page in ours if ours[page] != theirs[page]}
    assert differing <= known, {page: (ours[page], theirs[page]) for page in sorted(differing - known)[:2]}
    for page in differing:
        assert ours[page].numbers() == theirs[page].numbers(), page
