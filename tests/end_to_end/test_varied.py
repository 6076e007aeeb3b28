"""Varied copies of filings: printed another way, every figure is read alike or told as unread, and nobody is accused."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from auditor.sandbox import read
from auditor.testing.varying.comparing import Comparison, Judge
from auditor.testing.varying.copies import VARIATIONS, copies, varied
from auditor.testing.varying.generated import generated
from auditor.testing.varying.sheets import Copy, VariedSheet, copy_of, original_of

from tests.conftest import SHARED, rule_book

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.testing.varying.sheets import Original

FILES = sorted([*SHARED.glob("real/*"), *SHARED.glob("seeds/001_*"), *SHARED.glob("seeds/002_*")])


@cache
def judge_of(number: int) -> Judge:
    return Judge(original(number), rule_book())


@cache
def original(number: int) -> Original:
    return original_of(generated(rule_book().forms, number), rule_book().forms)


def told(result: Comparison) -> str:
    lists = (result.misread, result.silent, result.gained, result.accused, result.acquitted)
    return "\n".join(text for texts in lists for text in texts)


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIATIONS)
def test_every_variation_of_a_generated_filing_is_read_alike(name: str) -> None:
    """Alone, a variation costs no figure but where it damages a label or leaves merged cells to be guessed."""
    made = [(number, varied(original(number), [name], seed=1)) for number in (0, 1)]
    assert any(copy for _, copy in made)
    for number, copy in made:
        if copy is None:
            continue
        result = judge_of(number).compare(copy)
        assert result.clean, told(result)
        assert result.unread <= (6 if name in ("typo", "flattened") else 0), (name, result.unread)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(3))
def test_variations_together_never_mislead(number: int) -> None:
    several = [copy for copy in copies(original(number), len(VARIATIONS) + 4, seed=7) if len(copy.names) > 1]
    assert several
    for copy in several:
        result = judge_of(number).compare(copy)
        assert result.clean, f"{copy.names}: {told(result)}"


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES or [None], ids=lambda file: file.name[:24] if file else "absent")
def test_varied_copies_of_real_filings_never_mislead(file: Path | None) -> None:
    if file is None:
        pytest.skip("the shared filings are not here (../shared/filings)")
    made = original_of(read(file), rule_book().forms)
    judge = Judge(made, rule_book())
    chosen = [["columns_moved", "synonyms", "continued_with_header"], ["other_unit", "other_titles", "other_place"]]
    made_anew = [copy for seed, names in enumerate(chosen) if (copy := varied(made, names, seed)) is not None]
    assert made_anew
    for copy in made_anew:
        result = judge.compare(copy)
        assert result.clean, f"{copy.names}: {told(result)}"
        assert result.unread <= judge.figures / 4, f"{copy.names}: {result.unread} of {judge.figures} unread"


# -- the harness itself ------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_copies() -> None:
    made = original(0)
    once, again = ([copy.close() for copy in copies(made, 34, seed=3)] for _ in range(2))
    assert [[str(block) for block in document.blocks] for document in once] == [
        [str(block) for block in document.blocks] for document in again
    ]


def test_a_copy_without_variation_is_the_original() -> None:
    made = original(1)
    result = judge_of(1).compare(copy_of(made))
    assert result.clean
    assert (result.read, result.unread, result.gained) == (judge_of(1).figures, 0, [])


@pytest.mark.parametrize("name", VARIATIONS)
def test_every_variation_changes_something(name: str) -> None:
    made = original(1)
    copy = varied(made, [name], seed=2)
    if copy is None:
        assert name == "of_which"  # the final accounts have few rows below others
        return
    assert str(copy.close().blocks) != str(made.document.blocks)


def swapped(copy: Copy, first: str, second: str) -> None:
    """Let two cells of one table change places without their headers: what a wrong reading would see."""
    for sheet in copy.blocks:
        if isinstance(sheet, VariedSheet):
            at = {
                fact.address.column: (number, column)
                for number, row in enumerate(sheet.rows)
                for column, cell in enumerate(row)
                if (fact := sheet.fact(cell)) and fact.address.table == "支出决算表" and fact.address.row == "合计"
            }
            if {first, second} <= set(at):
                (r, a), (s, b) = at[first], at[second]
                sheet.rows[r][a], sheet.rows[s][b] = sheet.rows[s][b], sheet.rows[r][a]


def test_the_judge_sees_a_figure_under_the_wrong_column() -> None:
    copy = copy_of(original(1))
    swapped(copy, "基本支出", "项目支出")
    result = judge_of(1).compare(copy)
    assert any("支出决算表[合计].基本支出" in text for text in result.misread)
    assert result.accused


def test_the_judge_sees_a_figure_that_went_away() -> None:
    copy = copy_of(original(1))
    copy.blocks = [
        block for block in copy.blocks if not (isinstance(block, VariedSheet) and block.table == "收入决算表")
    ]
    result = judge_of(1).compare(copy)
    assert any(text.startswith("收入决算表") for text in result.silent)
