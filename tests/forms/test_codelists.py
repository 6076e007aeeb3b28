"""Lists of codes that users add as CSV beside their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.errors import RuleError
from auditor.rules.book import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.model.tables import Taxonomy


def taxonomy(folder: Path, text: str | bytes, name: str = "functional") -> Taxonomy:
    (folder / "taxonomy").mkdir(exist_ok=True)
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "taxonomy" / "2027.csv").write_bytes(data)
    return load_rules([folder], cache=False).forms.taxonomies[name]


def test_a_code_list_says_what_a_code_is_called_in_its_years(tmp_path: Path) -> None:
    made = taxonomy(tmp_path, "编码,名称,起始年,终止年\n2080505,新的养老科目,2027,2029\n2140999,从没见过的科目,,\n")
    assert made.name_of("2080505", 2026) == "机关事业单位基本养老保险缴费支出"
    assert made.name_of("2080505", 2028) == "新的养老科目"
    assert made.name_of("2140999") == "从没见过的科目"
    assert "2140999" in made.by_name["从没见过的科目"]


def test_the_first_digit_tells_the_list(tmp_path: Path) -> None:
    text = "code,name\n2990101,某项支出\n39999,其他支出\n50777,某项补助\n"
    assert taxonomy(tmp_path, text).name_of("2990101") == "某项支出"
    assert taxonomy(tmp_path, text, "economic").name_of("39999") == "其他支出"
    assert taxonomy(tmp_path, text, "government").name_of("50777") == "某项补助"


def test_spreadsheets_save_code_lists_in_their_own_way(tmp_path: Path) -> None:
    lines = "编码,名称,起始年,终止年\r\n\r\n 2990101 ,某项支出,2027,\r\n"
    assert taxonomy(tmp_path, lines.encode("utf-8-sig")).name_of("2990101", 2030) == "某项支出"
    assert taxonomy(tmp_path, lines.encode("gb18030")).name_of("2990101", 2027) == "某项支出"


def test_a_new_class_is_known_to_every_table(tmp_path: Path) -> None:
    taxonomy(tmp_path, "编码,名称\n235,某种新的支出\n")
    forms = load_rules([tmp_path], cache=False).forms
    assert "某种新的" in forms.tables["收支预算总表"].lane_by_name["功能分类"].class_names


def test_the_rules_are_compiled_anew_when_a_code_list_changes(tmp_path: Path) -> None:
    taxonomy(tmp_path, "编码,名称\n2990101,某项支出\n")
    before = load_rules([tmp_path], cache=False).sha256
    taxonomy(tmp_path, "编码,名称\n2990101,别的支出\n")
    assert load_rules([tmp_path], cache=False).sha256 != before


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "编码"),
        ("编码,起始年\n208,2027\n", 1, "编码、名称"),
        ("编码,名称,起始年份\n", 1, "起始年"),
        ("编码,名称\n208,社会保障和就业支出\n9080505,某项\n", 3, "9080505"),
        ("编码,名称\n2080,某项\n", 2, "2080"),
        ("编码,名称\n二〇八,某项\n", 2, "二〇八"),
        ("编码,名称\n2080505,\n", 2, "没有名称"),
        ("编码,名称,起始年\n2080505,某项,二七年\n", 2, "二七年"),
        ("编码,名称,起始年,终止年\n2080505,某项,2029,2027\n", 2, "2029"),
        (b"\x80\x81\xff\xff,\xff\n", 1, "UTF-8"),
    ],
)
def test_mistakes_in_code_lists_are_answered_with_place_and_remedy(
    tmp_path: Path, text: str | bytes, line: int, part: str
) -> None:
    with pytest.raises(RuleError) as caught:
        taxonomy(tmp_path, text)
    assert str(caught.value).startswith(f"taxonomy/2027.csv:{line}: ")
    assert part in str(caught.value)


def test_a_code_list_beyond_bounds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"taxonomy/2027\.csv"):
        taxonomy(tmp_path, "编码,名称\n" + "2080505,某项支出某项支出某项支出\n" * 120_000)
