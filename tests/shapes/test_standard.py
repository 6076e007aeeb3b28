"""Standard tables that title, header and rows tell, whatever city prints them: no form of the place is needed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.errors import RuleError
from auditor.forms.row_match import name_rows
from auditor.model.filing import BoundBy, Filing
from auditor.readers.text.plain_text import read
from auditor.reading.filings import filing_of, merge
from auditor.reports.places import table_notes
from auditor.rules.book import load_rules
from auditor.shapes.column_roles import ColumnKey, Keys
from auditor.shapes.described import check_described, described_of
from auditor.shapes.roles import vocabulary_of

from tests.conftest import rule_book

INCOME = """某市财政局2026年部门预算
部门综合预算收入总表
单位：万元
单位名称\t部门预算/合计\t本年收入/一般公共预算拨款\t本年收入/政府性基金拨款\t本年收入/事业收入\t本年收入/摊位费\t上年结余、结转
合计\t105.00\t80.00\t10.00\t5.00\t3.00\t7.00
局机关\t60.00\t50.00\t5.00\t2.00\t1.00\t2.00
某中心\t45.00\t30.00\t5.00\t3.00\t2.00\t5.00
"""
EXPENSE = """
部门综合预算支出总表
单位：万元
科目编码\t科目名称\t支出总计\t基本支出\t项目支出\t事业单位经营支出
\t合计\t105.00\t70.00\t35.00\t
201\t一般公共服务支出\t{outer}\t65.00\t30.00\t
20106\t财政事务\t95.00\t65.00\t30.00\t
2010601\t行政运行\t65.00\t65.00\t\t
2010602\t一般行政管理事务\t30.00\t\t30.00\t
208\t社会保障和就业支出\t10.00\t5.00\t5.00\t
20805\t行政事业单位养老支出\t10.00\t5.00\t5.00\t
2080505\t机关事业单位基本养老保险缴费支出\t10.00\t5.00\t5.00\t
"""


def filing(text: str) -> Filing:
    book = rule_book().forms
    return merge([filing_of(read(text.encode(), file="某市.txt", sha256=""), book)], book)


def figures(made: Filing, table: str) -> dict[str, str]:
    return {str(f.address): f.text for f in made.facts if f.address.table == table and f.text}


def test_a_table_of_any_words_is_bound_to_the_standard_table_that_its_roles_tell() -> None:
    made = filing(INCOME + EXPENSE.format(outer="95.00"))
    income, expense = figures(made, "收入预算表"), figures(made, "支出预算表")
    assert income["收入预算表[合计].总计"] == "105.00"
    assert income["收入预算表[合计].一般公共预算"] == "80.00"
    assert income["收入预算表[合计].上年结转"] == "7.00"
    assert expense["支出预算表[2010602].项目支出"] == "30.00"
    assert {t.table: t.bound_by for t in made.tables if t.facts}["支出预算表"] is BoundBy.ROLES
    (table,) = [t for t in made.tables if t.table == "支出预算表"]
    assert any("支出预算表" in note for note in table_notes(table))


def test_no_figure_is_lost_or_counted_twice() -> None:
    made = filing(INCOME + EXPENSE.format(outer="95.00"))
    spots = [fact.place.spot for fact in made.facts if fact.is_figure]
    assert len(spots) == len(set(spots))
    assert made.unread == []
    own = figures(made, "其他表/部门综合预算收入总表")
    assert own["其他表/部门综合预算收入总表[合计].本年收入/摊位费"] == "3.00"  # no role: its own name
    assert not any(table.facts == [] for table in made.tables)


def test_rules_on_standard_tables_bind_to_it() -> None:
    (audit,) = audit_filings([filing(INCOME + EXPENSE.format(outer="96.00"))], rule_book())
    named = {check.rule.id for finding in audit.findings for check in finding.checks}
    assert "FA-TREE-01" in named


def test_sums_that_do_not_agree_make_it_a_guess_that_gives_hints_only() -> None:
    text = INCOME + EXPENSE.format(outer="12.00").replace("95.00\t65.00\t30.00", "55.00\t44.00\t33.00")
    made = filing(text)
    (table,) = [t for t in made.tables if t.table == "支出预算表"]
    assert table.bound_by is BoundBy.GUESS
    (audit,) = audit_filings([made], rule_book())
    about = [
        f
        for f in audit.findings
        for c in f.checks
        for o in c.operands
        if made.all_facts[o.fact].address.table == "支出预算表"
    ]
    assert {finding.severity for finding in about} <= {Severity.INFO}


def test_one_wrong_figure_makes_no_table_a_guess() -> None:
    small = (
        EXPENSE.format(outer="95.00")
        .split("208\t", maxsplit=1)[0]
        .replace("105.00\t70.00\t35.00", "95.00\t65.00\t30.00")
    )
    made = filing("某市财政局2026年部门预算\n" + small.replace("行政运行\t65.00", "行政运行\t56.00"))
    (table,) = [t for t in made.tables if t.table == "支出预算表"]
    assert table.bound_by is BoundBy.ROLES
    (audit,) = audit_filings([made], rule_book())
    assert [finding.severity for finding in audit.findings if finding.severity is Severity.ERROR]


def test_words_for_one_role_have_one_key_and_other_years_and_funds_another() -> None:
    keys = Keys(vocabulary_of(rule_book().forms.roots), {"一般公共预算", "财政拨款"}, 2026)
    assert keys.of_path(("2026年预算", "支出总计")) == ColumnKey()
    assert keys.of_path(("一般公共预算支出", "小计")) == ColumnKey()
    assert keys.of_path(("预算数", "项目支出", "项目支出总数")) == keys.of_path(("其中：项目支出",))
    assert keys.of_path(("2025年预算", "支出总计")) != ColumnKey()
    assert keys.of_path(("政府性基金预算",)) != ColumnKey()
    assert keys.of_path(("上年结转", "小计")) != ColumnKey()
    assert keys.of_path(("扣除基建项目后预算数",)) != ColumnKey()


def test_titles_that_describe_standard_tables_behave_as_their_examples_say() -> None:
    book = rule_book().forms
    check_described(book.roots, book.tables)
    assert len(described_of(book.roots)) > 10


@pytest.mark.parametrize(
    "text",
    [
        "tables:\n  - {table: 没有的表, title: 甲, found: 甲, not_found: 乙}\n",
        "tables:\n  - {table: 支出预算表, title: 甲, found: 乙, not_found: 丙}\n",
        "tables:\n  - {table: 支出预算表, title: '[', found: 甲, not_found: 乙}\n",
        "tables:\n  - {table: 支出预算表, title: 甲, found: 甲}\n",
    ],
)
def test_a_wrong_description_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "standard").mkdir()
    (tmp_path / "standard" / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError):
        check_described([tmp_path], rule_book().forms.tables)


def test_the_name_of_an_item_is_no_misspelt_name_of_a_class() -> None:
    from auditor.forms.printed_table import PrintedRow
    from auditor.model.facts import Place

    book = rule_book().forms
    table = book.tables["收支预算总表"]
    rows = [PrintedRow("功能分类", name, [], Place()) for name in ("其他公安支出", "其他教育支出", "其他支出")]
    naming = name_rows(rows, table, book.taxonomies["functional"], book.row_labels)
    assert [named.name for named in naming.rows] == ["", "", "功能分类/229"]


OWN_WORDS = """某市财政局2026年部门预算
经费安排一览表
单位：万元
科目编码\t科目名称\t市本级安排\t基本支出\t项目支出
\t合计\t105.00\t70.00\t35.00
201\t一般公共服务支出\t95.00\t65.00\t30.00
208\t社会保障和就业支出\t10.00\t5.00\t5.00
"""


def test_an_author_adds_the_words_of_a_city_in_a_folder_of_rules(tmp_path: Path) -> None:
    roles = "层次:\n  - role: 总计\n    says: ['^市本级安排$']\n    found: [市本级安排]\n    not_found: [安排]\n"
    titles = "tables:\n  - table: 支出预算表\n    title: ['经费安排一览表']\n    found: [经费安排一览表]\n    not_found: [一览表]\n"
    for folder, text in (("roles", roles), ("standard", titles)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "city.yaml").write_text(text, encoding="utf-8")
    without, with_own = rule_book().forms, load_rules([tmp_path]).forms
    made = [
        merge([filing_of(read(OWN_WORDS.encode(), file="某市.txt", sha256=""), book)], book)
        for book in (without, with_own)
    ]
    assert "支出预算表" not in {table.table for table in made[0].tables}
    assert figures(made[1], "支出预算表")["支出预算表[合计].总计"] == "105.00"


def test_a_table_of_very_many_cells_is_told_in_bounded_time() -> None:
    head = "科目编码\t科目名称\t" + "\t".join(f"合计{n}" for n in range(80))
    rows = "\n".join(f"{2010000 + n}\t项{n}\t" + "\t".join(["1.00"] * 80) for n in range(80))
    start = time.process_time()
    made = filing(f"某市财政局2026年部门预算\n支出预算总表\n单位：万元\n{head}\n{rows}\n")
    assert sum(fact.is_figure for fact in made.facts) == 80 * 80
    assert time.process_time() - start < 60
