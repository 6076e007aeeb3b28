"""Merged ranges that overlap: no program writes them, and they cost no more than the sheet."""

from __future__ import annotations

import time

import pytest
from auditor.errors import BadInputError
from auditor.model.document import Grid, Paragraph
from auditor.readers.workbook.sheets import Sheet, blocks_of


def laid_out(merges: list[tuple[int, int, int, int]]) -> list[Paragraph | Grid]:
    sheet = Sheet("a.xlsx", "表一", 1)
    sheet.texts = {(row, column): f"{row}.{column}" for row in range(200) for column in range(10)}
    sheet.merges = merges
    return blocks_of(sheet)


def test_ranges_that_overlap_without_end_are_refused_in_time() -> None:
    began = time.process_time()
    with pytest.raises(BadInputError):
        laid_out([(0, 0, 1_048_575, 16_383)] * 60_000)
    laid_out([(number % 190, 0, number % 190 + 1, 1) for number in range(60_000)])
    laid_out([(number + 300, 0, 1_048_575, 16_383) for number in range(60_000)])
    assert time.process_time() - began < 5


def test_a_merged_cell_covers_its_places() -> None:
    (grid,) = [block for block in laid_out([(3, 0, 4, 1), (9, 9, 8, 8)]) if isinstance(block, Grid)]
    assert {grid.rows[row][column].text for row in (3, 4) for column in (0, 1)} == {"3.0"}
    assert (grid.rows[3][0].rowspan, grid.rows[3][0].colspan) == (2, 2)
    assert (grid.rows[5][0].text, grid.rows[9][9].text) == ("5.0", "9.9")
