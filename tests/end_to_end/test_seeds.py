"""The five seed filings: what is read, what is not, and what is found. Skipped where they are absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.model.facts import ReadBy
from auditor.model.numbers import State, parse_literal
from auditor.reading.filings import read_filing

from tests.conftest import seed
from tests.support.seed_tables import SEED_000, SEED_004, Keyed

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook


def read(prefix: str, book: RuleBook) -> Filing:
    return read_filing([seed(prefix)], book.forms)


def audited(prefix: str, book: RuleBook) -> Audit:
    return audit_filings([read(prefix, book)], book)[0]


@pytest.mark.parametrize(("prefix", "keyed"), [("000", SEED_000), ("004", SEED_004)])
def test_every_figure_is_read_as_keyed_in_by_hand(book: RuleBook, prefix: str, keyed: Keyed) -> None:
    filing = read(prefix, book)
    forms = [table for table in filing.tables if table.table and not table.table.startswith(("说明/", "项目自评"))]
    assert [table.table for table in forms] == list(keyed)
    for table in forms:
        rows: dict[str, list[str | None]] = {}
        for fact in table.facts:
            text = "".join(fact.text.split()) if fact.state is State.VALUE else None
            rows.setdefault(fact.address.row, []).append(text)
        read_rows = {row: _trimmed(texts) for row, texts in rows.items()}
        assert {row: texts for row, texts in read_rows.items() if texts} == keyed[table.table], table.table


def _trimmed(texts: list[str | None]) -> list[str | None]:
    while texts and texts[-1] is None:
        texts.pop()
    return texts


@pytest.mark.parametrize("prefix", ["000", "001", "002", "004"])
def test_every_official_table_of_the_table_seeds_is_read(book: RuleBook, prefix: str) -> None:
    """A table that is found and not read is no error to any other test: it is listed, and its checks are not made."""
    assert [(table.title, table.reason) for table in read(prefix, book).tables if table.table and table.reason] == []


@pytest.mark.parametrize("prefix", ["001", "002"])
def test_every_figure_of_the_tab_separated_seeds_is_read_or_listed(book: RuleBook, prefix: str) -> None:
    """An independent count: every number on a line of an official table is a fact, or is told as unread."""
    filing = read(prefix, book)
    lines = seed(prefix).read_text(encoding="utf-8").splitlines()
    figures = {(fact.place.line, "".join(fact.text.split())) for fact in filing.facts if fact.is_figure}
    told = {item.place.line for item in filing.unread}
    official = [t for t in filing.tables if t.table]
    counted = 0
    for number, line in enumerate(lines, 1):
        inside = any(t.place.line and t.place.line < number <= t.place.line + 60 for t in official)
        for text in line.split("\t"):
            literal = parse_literal(text)
            if "\t" in line and inside and literal.state is State.VALUE and literal.decimals:
                assert (number, "".join(text.split())) in figures or number in told, (number, text)
                counted += 1
    assert counted > 20, counted


def test_a_cut_off_cell_is_unreadable_and_never_guessed(book: RuleBook) -> None:
    filing = read("000", book)
    (fact,) = [f for f in filing.facts if str(f.address) == "收入支出决算总表[支出/总计]"]
    assert (fact.state, fact.text, fact.reason) == (State.UNREADABLE, "83", "unread.cut_off")
    audit = audited("000", book)
    assert {item.rule.id for item in audit.not_evaluated} >= {"FA-T01-04", "FA-T01-05"}


def test_lost_codes_are_recovered_and_marked(book: RuleBook) -> None:
    filing = read("000", book)
    table = next(t for t in filing.tables if t.table == "支出决算表")
    assert table.recovered
    codes = {f.address.row for f in table.facts if f.read_by is ReadBy.RECOVERED}
    assert {"208", "20805", "2080505", "2080508", "2210201"} <= codes
    other = next(t for t in filing.tables if t.table == "基本支出明细表")
    assert not other.recovered


def test_identity_of_the_seeds(book: RuleBook) -> None:
    keys = {prefix: read(prefix, book).key for prefix in ("000", "001", "002", "003", "004")}
    assert keys["000"] == ("洛阳市西工区社会保险中心", 2023, "final_accounts", "unit")
    assert keys["001"] == ("焦作市人力资源社会保障电子政务中心", 2023, "final_accounts", "unit")
    assert keys["002"][1:] == (2021, "budget", "department")
    assert keys["003"] == ("四川省攀枝花市东区社会保险事务中心", 2023, "final_accounts", "department")
    assert keys["004"][:3] == ("长治市屯留区社会保险中心", 2023, "final_accounts")


@pytest.mark.parametrize(("prefix", "family"), [("001", "全国决算"), ("002", "河南预算"), ("004", "山西决算")])
def test_the_family_is_told_by_the_tables(book: RuleBook, prefix: str, family: str) -> None:
    assert read(prefix, book).family == family


@pytest.mark.parametrize(
    ("prefix", "errors", "warnings"),
    [
        ("000", ["ST-K-01"], ["FA-P-06", "FA-P-08", "PR-33"]),
        ("001", [], ["FA-X-31", "PT-22", "ST-E-02"]),
        ("002", ["BU-B04-04", "ST-K-03", "ST-S-01", "ST-S-05"], ["BU-B10-04", "ST-S-14"]),
        ("003", [], ["ST-S-03", "ST-W-09"]),
        ("004", [], ["FA-X-33", "FA-X-36", "PR-34", "ST-S-09"]),
    ],
)
def test_findings_of_the_seeds(book: RuleBook, prefix: str, errors: list[str], warnings: list[str]) -> None:
    """Each was read against its document; see the closing remarks of every rule."""
    audit = audited(prefix, book)
    for severity, expected in ((Severity.ERROR, errors), (Severity.WARNING, warnings)):
        assert [f.rule.id for f in audit.findings if f.severity is severity] == expected


def test_the_stray_figure_of_002_is_named_with_its_repair(book: RuleBook) -> None:
    audit = audited("002", book)
    (finding,) = [f for f in audit.findings if f.rule.id == "BU-B04-04"]
    (suspect,) = finding.suspects
    assert str(audit.facts[suspect.fact].address) == "财政拨款收支预算总表[功能分类/214].合计"
    assert suspect.suggested == 0
    assert set(finding.rule_ids) == {"BU-B04-03", "BU-B04-04"}


def test_prose_without_tables_is_checked_within_itself(book: RuleBook) -> None:
    audit = audited("003", book)
    assert audit.printed == 0
    assert audit.told > 140
    found = [f for f in audit.findings if not f.rule.id.startswith("ST-")]
    assert [f.rule.id for f in found] == ["PR-01", "PR-30"]  # a share pushed to add to 100, shares of nothing
    assert {f.severity for f in found} == {Severity.INFO}
    reasons = {item.reason.key for item in audit.not_evaluated}
    assert reasons == {"reason.missing_table", "reason.zero_base", "reason.unreadable"}
    assert "收入支出决算总表" in audit.filing.announced
    assert not audit.filing.unread  # every number is a claim, or set aside with its reason


def test_every_printed_figure_of_the_table_seeds_is_checked(book: RuleBook) -> None:
    for prefix in ("000", "001", "002", "004"):
        audit = audited(prefix, book)
        known = [fact for fact in audit.facts if not fact.address.table.startswith("其他表/")]
        others = sum(fact.is_figure for fact in audit.facts) - sum(fact.is_figure for fact in known)
        scores = others + sum("得分" in fact.address.column for fact in known)  # nothing follows from them
        assert audit.printed - audit.checked - scores <= 1, prefix
