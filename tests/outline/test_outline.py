"""How filings are built and worded: contents, headings, years, names, wordings."""

from __future__ import annotations

from pathlib import Path

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit
from auditor.errors import RuleError
from auditor.installed import own_rules
from auditor.model.facts import FilingKey
from auditor.model.units import Kind
from auditor.phrases.privacy import is_bank_card, is_identity_number, masked
from auditor.phrases.wordings import check_wordings, load_wordings
from auditor.readers.text import html_pages
from auditor.readers.text import plain_text as reader
from auditor.reading.filings import bind_document, finished
from auditor.reports.narrate import Narrator

from tests.conftest import rule_book

KEY = FilingKey("示例县财政局", 2023, "final_accounts", "unit")


def audited(text: str, key: FilingKey = KEY) -> Audit:
    """The audit of a short document."""
    document = reader.read(text.encode(), file="说明.txt", sha256="")
    return audit_filings([finished(bind_document(document, key, rule_book().forms), rule_book().forms)], rule_book())[0]


def said(audit: Audit, rule: str) -> list[str]:
    """What the findings of a rule say."""
    return [Narrator(audit).message(finding) for finding in audit.findings if rule in finding.rule_ids]


def test_the_examples_of_every_wording_are_found_or_not_as_it_says() -> None:
    check_wordings([own_rules()])
    assert load_wordings([own_rules()]).wordings


def test_a_wording_whose_example_behaves_otherwise_is_refused_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    (tmp_path / "phrases" / "wording.yaml").write_text(
        "用语:\n  - row: 占位符\n    says: ['XX']\n    found: XX局\n    not_found:\n      - 某局\n      - XX所\n"
    )
    with pytest.raises(RuleError) as caught:
        check_wordings([tmp_path])
    assert str(caught.value).startswith("phrases/wording.yaml:7:9: ")


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        ("    says: ['(']\n    found: a\n    not_found: b\n", "正则"),
        ("    says: ['a']\n    found: a\n    not_found: b\n    in: 页脚\n", "页脚"),
        ("    says: ['a']\n    found: a\n    not_found: b\n    proof: 无\n", "proof"),
        (f"    says: ['{'a' * 700}']\n    found: a\n    not_found: b\n", "600"),
        ("    says: ['a']\n    found: []\n    not_found: b\n", "found"),
    ],
)
def test_wordings_that_mean_nothing_are_refused(tmp_path: Path, lines: str, part: str) -> None:
    (tmp_path / "phrases").mkdir()
    (tmp_path / "phrases" / "wording.yaml").write_text(f"用语:\n  - row: 占位符\n{lines}")
    with pytest.raises(RuleError, match=part):
        check_wordings([tmp_path])


def test_a_wording_is_told_once_with_its_places() -> None:
    text = "".join(f"{number}. XX局支出1.00万元。\n" for number in range(1, 9))
    audit = audited(text)
    (message,) = said(audit, "ST-W-01")
    assert "现有 8 处" in message
    assert "第 1 行" in message
    assert "另有 3 处" in message


def test_a_mark_for_what_is_struck_is_no_character_that_the_file_prints() -> None:
    def found(page: str) -> list[str]:
        document = html_pages.read(page.encode(), file="说明.html", sha256="")
        filing = finished(bind_document(document, KEY, rule_book().forms), rule_book().forms)
        return said(audit_filings([filing], rule_book())[0], "ST-W-13")

    assert found("<html><p>支出<s>600.00</s>万元</p></html>") == []
    assert len(found("<html><p>支出\ufffd万元</p></html>")) == 1


def test_words_are_no_printed_figures() -> None:
    audit = audited("XX局2023年度收入支出总计100.00万元。")
    words = [fact for fact in audit.facts if fact.kind is Kind.WORD]
    assert words
    assert not any(fact.is_figure for fact in words)
    assert (audit.printed, audit.told) == (0, 1)


def test_personal_numbers_are_told_by_their_check_digit_and_masked() -> None:
    assert is_identity_number("11010519491231002X")
    assert not is_identity_number("110105194912310021")
    assert not is_identity_number("11010519490231002X")
    assert is_bank_card("6222020200112233446")
    assert not is_bank_card("6222020200112233445")
    assert masked("证号11010519491231002X，电话13812345678。") == "证号110***********002X，电话138****5678。"
    assert masked("项目编码310107222141100083421") == "项目编码310107222141100083421"


@pytest.mark.parametrize(
    "lines",
    [
        "第一部分 概况\n一、主要职能\n二、机构设置\n第二部分 说明\n三、收支说明\n四、其他说明",  # over the parts
        "一、文字部分\n第一部分 概况\n一、主要职能\n第二部分 说明\n一、收支说明\n二、表格部分",  # parts inside
        "第二部分 说明\n（二）本年度的建设项目预算安排较上年有所减少。\n（二）福利费科目不再纳入。",  # ones unseen
    ],
)
def test_numbers_that_run_on_or_nest_or_begin_unseen_are_right(lines: str) -> None:
    assert not said(audited(lines), "ST-S-09")


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("第一部分 概况\n一、主要职能\n第二部分 说明\n一、收支说明\n三、其他说明", "三、其他说明"),
        ("第一部分 概况\n一、主要职能\n三、机构设置\n第二部分 说明\n一、收支说明", "三、机构设置"),
        ("第一部分 概况\n一、主要职能\n第三部分 说明\n一、收支说明", "第三部分说明"),
        ("第一部分 概况\n一、主要职能\n第二部分 说明\n三、收支说明", "三、收支说明"),
    ],
)
def test_a_number_left_out_within_its_part_is_found(lines: str, wrong: str) -> None:
    (message,) = said(audited(lines), "ST-S-09")
    assert wrong in message


@pytest.mark.parametrize(
    ("below", "flagged"),
    [
        ("注：本表本年无发生额。", False),
        ("注：本表反映预算情况。\n本单位没有政府性基金的，仍保留该表格式，并作说明：\n说明：故本表无数据。", False),
        ("注：本套报表金额单位转换时可能存在尾数误差。", True),
        ("注：本套报表金额单位转换时可能存在尾数误差。\n三、其他说明\n本单位没有出国。", True),
    ],
)
def test_a_remark_that_says_why_a_table_is_empty_is_known_by_its_meaning(below: str, flagged: bool) -> None:
    def grid(*rows: tuple[str, ...]) -> str:
        return "<table>" + "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows) + "</table>"

    heads = ("科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出")
    full = grid(heads, ("", "合计", "10.00", "6.00", "4.00"), ("201", "一般公共服务支出", "10.00", "6.00", "4.00"))
    empty = grid(("科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"), ("", "合计", "", "", ""))
    body = f"<p>支出决算表</p>{full}<p>国有资本经营预算财政拨款支出决算表</p>{empty}"
    page = body + "".join(f"<p>{line}</p>" for line in below.split("\n"))
    document = html_pages.read(page.encode(), file="决算.html", sha256="")
    filing = finished(bind_document(document, KEY, rule_book().forms), rule_book().forms)
    assert bool(said(audit_filings([filing], rule_book())[0], "ST-S-05")) is flagged


def test_a_word_of_pay_is_no_word_of_performance() -> None:
    outline = audited("主要包括：基本工资、绩效工资。\n截至2023年12月31日，本单位共有车辆3辆。").filing.outlines[0]
    assert {mention.row for mention in outline.mentions if mention.table == "口径"} == {"国有资产占用"}


def test_the_last_title_of_the_contents_takes_no_text_for_its_table() -> None:
    listed = "示例县财政局2023年度单位决算\n目录\n一、文字部分\n第一部分单位概况\n二、表格部分\n（一）收入支出决算总表\n（二）支出决算表\n"
    body = "一、文字部分\n第一部分单位概况\n承担全县财政工作。\n项目支出12.00万元，预算数12.00万元，合计金额12.00万元。\n二、表格部分\n"
    document = reader.read((listed + body).encode(), file="说明.txt", sha256="")
    headings = {heading.text for heading in bind_document(document, KEY, rule_book().forms).outlines[0].headings}
    assert {"一、文字部分", "第一部分单位概况"} <= headings
    assert said(audited(listed + body), "ST-S-10") == []
