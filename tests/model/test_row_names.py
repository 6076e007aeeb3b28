"""Names of rows taken apart and written again."""

import pytest
from auditor.model.row_names import RowName

from tests.conftest import rule_book


@pytest.mark.parametrize(
    ("text", "lane", "code", "name", "occurrence"),
    [
        ("合计", "", "", "合计", 1),
        ("2080501", "", "2080501", "2080501", 1),
        ("支出/208#3", "支出", "208", "208", 3),
        ("收入/财政拨款/一般公共预算", "收入", "", "财政拨款/一般公共预算", 1),
        ("单位/甲局/2080501", "单位", "2080501", "甲局/2080501", 1),
        ("", "", "", "", 1),
        ("第3#x", "", "", "第3", 1),  # no occurrence: a text that no table gives
    ],
)
def test_the_parts_of_a_name(text: str, lane: str, code: str, name: str, occurrence: int) -> None:
    assert RowName.parse(text) == (lane, code, name, occurrence)


def test_every_row_of_every_form_is_written_as_it_was_read() -> None:
    names = [name for table in rule_book().forms.tables.values() for name in table.named_rows]
    assert len(names) > 150
    assert [name for name in names if str(RowName.parse(name)) != name] == []
    assert [name for name in names if str(RowName.parse(f"{name}#2")) != f"{name}#2"] == []
