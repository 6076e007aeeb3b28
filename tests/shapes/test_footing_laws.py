"""Laws of footings on generated tables: they foot, one wrong figure is named, hiding and renaming accuse nobody."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shapes.test_footings import audited

SEEDS = st.integers(0, 10_000)
COLUMNS = 3  # 合计, 基本支出, 项目支出
Rows = list[tuple[str, str, list[int]]]  # code, name, amounts in hundredths


def tree(seed: int) -> Rows:
    """A table of classes, sections and items whose amounts are drawn, with its total first."""
    draw = random.Random(seed)  # noqa: S311 — the same table for a seed
    rows: Rows = []
    for number in range(draw.randint(2, 4)):
        top = f"2{number:02}"
        sections: Rows = []
        for section in range(draw.randint(2, 3)):
            items = [item(draw, f"{top}{section:02}{n:02}") for n in range(draw.randint(2, 4))]
            sections += [(f"{top}{section:02}", f"款{section}", summed(items)), *items]
        rows += [(top, f"类{number}", summed([row for row in sections if len(row[0]) == 5])), *sections]
    return [("", "合计", summed([row for row in rows if len(row[0]) == 3])), *rows]


def item(draw: random.Random, code: str) -> tuple[str, str, list[int]]:
    parts = [draw.randint(1_000, 99_999), draw.randint(1_000, 99_999)]
    return code, f"项{code}", [sum(parts), *parts]


def summed(rows: Rows) -> list[int]:
    return [sum(row[2][column] for row in rows) for column in range(COLUMNS)]


def text(rows: Rows, hidden: frozenset[tuple[int, int]] = frozenset()) -> str:
    lines = ["科目|名称|合计|基本支出|项目支出", "---"]
    for number, (code, name, amounts) in enumerate(rows):
        cells = ["?" if (number, c) in hidden else f"{v // 100}.{v % 100:02}" for c, v in enumerate(amounts)]
        lines.append("|".join([code, name, *cells]))
    return "\n".join(lines)


def changed(rows: Rows, draw: random.Random) -> tuple[Rows, int, int]:
    """The same rows with one amount ten times as large, and where."""
    row, column = draw.randrange(len(rows)), draw.randrange(COLUMNS)
    wrong = [(code, name, list(amounts)) for code, name, amounts in rows]
    wrong[row][2][column] *= 10
    return wrong, row, column


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_a_table_that_foots_is_accused_of_nothing_and_one_wrong_figure_is_named(seed: int) -> None:
    rows = tree(seed)
    assert not audited(text(rows), stub=2).findings
    wrong, row, column = changed(rows, random.Random(seed))  # noqa: S311
    audit = audited(text(wrong), stub=2)
    (finding,) = audit.findings
    fact = audit.facts[finding.suspects[0].fact]
    assert (fact.address.row, fact.address.column) == (rows[row][0] or "合计", str(column + 2))


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_hiding_figures_makes_no_new_accusation(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    rows = tree(seed)
    for number in range(1, len(rows), 3):  # several wrong figures: more than a table is believed to have
        rows[number][2][draw.randrange(COLUMNS)] += 777
    before = {
        str(a.facts[o.fact].address)
        for a in [audited(text(rows), stub=2)]
        for f in a.findings
        for c in f.checks
        for o in c.operands
    }
    cells = [(row, column) for row in range(len(rows)) for column in range(COLUMNS)]
    after = audited(text(rows, frozenset(draw.sample(cells, len(cells) // 3))), stub=2)
    told = {str(after.facts[o.fact].address) for f in after.findings for c in f.checks for o in c.operands}
    assert told <= before


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_names_that_nobody_knows_accuse_nobody(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    renamed = [(code, draw.choice(["甲某", "乙某", name]), amounts) for code, name, amounts in tree(seed)]
    assert not audited(text(renamed).replace("基本支出", "甲栏"), stub=2).findings
