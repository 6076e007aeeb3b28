"""The unit of money of a table stands above it, in the heads of its columns, or below it."""

from __future__ import annotations

import pytest
from auditor.forms.printed_table import Found
from auditor.forms.stated_unit import stated_unit
from auditor.model.document import Cell, Grid, Paragraph
from auditor.model.facts import Place

PLACE = Place("a.txt")


@pytest.mark.parametrize(
    ("head", "below", "unit"),
    [
        ("本年支出合计（元）", "", "元"),
        ("本年支出合计", "单位：元", "元"),
        ("本年支出合计（元）", "单位：万元", "元"),  # what the heads say counts more
        ("人均支出（元）", "", ""),  # of one column alone
        ("本年支出合计", "注：以元为单位：元的表见附件", ""),
    ],
)
def test_the_unit_may_stand_in_the_heads_or_below(head: str, below: str, unit: str) -> None:
    rows = [("科目名称", head), ("合计", "11.00")]
    grid = Grid(tuple(tuple(Cell(text, PLACE) for text in row) for row in rows), PLACE)
    found = Found("支出决算表", (), PLACE, grids=[grid], below=[Paragraph(below, PLACE)] if below else [])
    assert stated_unit(found) == unit
    found.above.append(Paragraph("金额单位：千元", PLACE))
    assert stated_unit(found) == "千元"
