"""Cutting sheets into tables: nothing is lost, nothing is said twice, whatever stands where."""

from __future__ import annotations

from collections import Counter

from auditor.model.document import Cell, Grid
from auditor.model.facts import Place
from auditor.readers.workbook.block_cutting import cut, is_title
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = (
    "",
    "",
    "",
    "收入决算表",
    "支出决算表（某局）",
    "公开01表",
    "单位：万元",
    "编制单位：某局",
    "2023年度",
    "科目",
    "金额",
    "合计",
    "1.50",
    "2",
    "-",
    "注：含尾差",
    "二、经营收入",
    "2023年度",
    "负责辖区用人单位和个人办理社会保险登记，管理参保人员个人权益记录，核定待遇",
    "第一行\n第二行",
    "附件3：三公经费表",
)


@st.composite
def sheets(draw: st.DrawFn) -> list[list[Cell]]:
    """Cells of any of the words, some merged."""
    width, height = draw(st.integers(1, 7)), draw(st.integers(0, 14))
    cells = [
        [Cell(draw(st.sampled_from(WORDS)), Place(row=row, column=column)) for column in range(width)]
        for row in range(height)
    ]
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, 4)) if height else 0):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = min(top + draw(st.integers(0, 2)), height - 1), min(left + draw(st.integers(0, 6)), width - 1)
        area = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if area & taken:
            continue
        taken |= area
        one = Cell(cells[top][left].raw, Place(row=top, column=left), bottom - top + 1, right - left + 1)
        for row, column in area:
            cells[row][column] = one
    return cells


def said(cells: list[list[Cell]]) -> Counter[str]:
    one = {id(cell): cell for row in cells for cell in row}
    return Counter(line for cell in one.values() for line in cell.raw.splitlines() if line.strip())


@given(sheets())
@settings(max_examples=300)
def test_every_text_is_said_once_and_in_its_order(cells: list[list[Cell]]) -> None:
    out: Counter[str] = Counter()
    starts = []
    for block in cut(cells):
        if isinstance(block, Grid):
            out += said([list(row) for row in block.rows])
            assert all(len(row) == block.width for row in block.rows)
        else:
            out[block.raw] += 1
        starts.append(block.place.row or 0)
    assert out == said(cells)
    if not any(is_title(cell.text) for row in cells for cell in row):  # else tables may stand beside one another
        assert starts == sorted(starts)


@given(sheets())
def test_cutting_what_was_cut_changes_nothing(cells: list[list[Cell]]) -> None:
    for block in cut(cells):
        if isinstance(block, Grid):
            assert [part.rows for part in cut(block.rows) if isinstance(part, Grid)] == [block.rows]


def test_titles_are_told_from_numbers_of_forms() -> None:
    assert all(
        is_title(text) for text in ("收入决算表", "三公经费表（单位：元）", "附件3：三公经费表", "表一 收入情况")
    )
    assert not any(is_title(text) for text in ("公开01表", "（预算02表）", "表一", "附件2", "合计", "表格说明"))
