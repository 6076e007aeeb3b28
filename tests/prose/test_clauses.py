"""Sentences by themselves: what is read of a sentence that no section's wording knows, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditor.engine.audit import audit_filings
from auditor.model.document import Paragraph
from auditor.model.facts import FilingKey, Place
from auditor.model.filing import Filing
from auditor.prose.claim_tables import prose_tables

from tests.conftest import rule_book

if TYPE_CHECKING:
    from auditor.engine.findings import Audit

HEAD = "六、其他事项说明"


def audit_of(text: str, report: str = "budget") -> Audit:
    book = rule_book()
    key = FilingKey("青山县示例中心", 2026, report, "unit")
    lines = [Paragraph(line, Place(line=n)) for n, line in enumerate([HEAD, *text.splitlines()], 1)]
    filing = Filing(key)
    filing.tables += prose_tables(lines, [], key, book.forms).tables
    return audit_filings([filing], book)[0]


def findings_of(text: str, report: str = "budget") -> list[tuple[str, str]]:
    """Severity and rule of everything that is said of a text, tails left aside."""
    audit = audit_of(text, report)
    found = [finding for finding in audit.findings if finding.severity.value != "info"]
    return [(finding.severity.value, finding.checks[0].rule.id) for finding in found]


RIGHT = [
    "2026年委托业务费预算1,391.68万元，比2025年预算增加333.83万元，增长31.56%。",
    "接待经费8.6万元，较上年增加1.5万元（21.1%）；差旅经费10万元，较上年减少1万元（9.1%）。",
    (
        "2026年预算支出1682.76万元，其中基本支出预算1208.20万元，占部门预算总支出的71.80%；"
        "项目支出预算474.56万元，占部门预算总支出的28.20%。2026年预算比2025年预算增加50.32万元，增长3.08%。"
    ),
    (
        "当年预算收入4,203.47万元，其中：一般公共预算拨款4,005.29万元、上年实户资金余额98.18万元、"
        "其他收入100.00万元，较上年增加142.30万元，增长3.50%。"
    ),
    "2026年会务预算数为7.61万元，2025年预算数为9.23万元，和2025年相比预算减少1.62万元。",
    "共有车辆324辆，其中，一般公务用车45辆、执法执勤用车0辆、特种专业技术用车34辆、其他用车245辆。",
    "支出预算减少49.81万元，其中基本支出增加75.19万元，项目支出减少125万元。",
    "项目支出100.00万元，包括：设备购置60.00万元、系统维护20.00万元。",
    (
        "使用非财政拨款结余3.00万元。\n收入预算增加406.29万元，其中一般公共预算收入增加524.29万元，国有资本经营预算收入减少100万元，"
        "其他收入增加67万元，使用非财政拨款结余减少85万元。"
    ),
    "收入预算增加406.29万元，其中一般公共预算收入增加524.29万元，其他收入增加67万元，另有结余动用减少了共85万元的安排。",
    "接待情况。因公出国费0万元；用车费38.08万元；接待费8.21万元。具体情况如下：1．因公出国费0万元。\n2．用车费38.08万元。\n3．接待费8.21万元。",
    (
        "公务接待支出预算为14.01万元，其中：外宾接待费0.01万元，国内接待费14.00万元。与2025年预算相比增加2.01万元，增长16.75%。"
    ),
    (
        "二、收入决算情况说明\n本年收入合计946.25万元，其中：财政拨款收入940.05万元，占99.34%；其他收入6.20万元，占0.66%；\n"
        "三、支出决算情况说明\n本年支出合计940.05万元，其中：基本支出736.91万元，占78.39%；项目支出203.14万元，占21.61%；"
    ),
    (
        "安全管理1,074.77万元，分别为：基础管理596.40万元；培训业务19.80万元；危化监管329.98万元；应急管理85.00万元。"
        "宣传业务43.59万元，用于宣传。"
    ),
    (
        "二、收入预算情况说明\n2026年收入预算1,050.00万元（本年预算收入900.00万元），其中：财政拨款收入600.00万元，占总收入的57.14%；"
        "事业收入300.00万元，占总收入的28.57%；上年结转150.00万元，占总收入的14.29%。"
    ),
    "2026年支出预算558,374.97万元。\n（一）基本支出245,618.84万元，占本年支出预算43.99%。\n（二）项目支出312,751.96万元，占本年支出预算56.01%。",
]
WRONG = [
    ("2026年会务预算83.99万元，比2025年年初预算数70.46万元增加15.53万元。", "PR-05"),
    (
        (
            "会务预算14.01万元，其中：会场费用0万元，资料费14.01万元。与2025年预算相比增长15.75%，其中会场费增加0万元，"
            "资料费增加2.01万元。"
        ),
        "PS-08",
    ),
    ("2026年委托业务费预算1,391.68万元，比2025年预算增加333.83万元，增长31.35%。", "PR-04"),
    ("接待经费8.6万元，较上年增加1.5万元（1.21%）。", "PR-04"),
    ("人员编制125人，其中行政编制111人，事业编制34人。", "PS-01"),
    ("2026年会务预算数为7.61万元，2025年预算数为9.23万元，和2025年相比预算减少1.26万元。", "PR-05"),
    ("基本支出预算1208.20万元，其中工资补贴预算474.56万元，占基本支出的39.72%。", "PR-01"),
    ("单位价值50万元以上设备8台，其中，单位价值100万元以上设备15台。", "PS-03"),
    ("共有车辆324辆，其中，一般公务用车45辆、执法执勤用车0辆、特种专业技术用车34辆、其他用车254辆。", "PS-01"),
    ("支出预算减少49.81万元，其中基本支出增加75.19万元，项目支出减少152万元。", "PS-01"),
    (
        (
            "项目支出7,816.49万元，具体包括：1.建设项目7.56万元，主要包括：办公大楼补漏7.56万元，用于修缮等。\n"
            "2.法律服务3,493.83万元，主要包括：考试工作500.00万元，用于考试；律师管理2,993.83万元。\n3.综合服务4,375.10万元。"
        ),
        "PS-01",
    ),
    (
        (
            "收入预算515,665.27万元。\n（一）财政拨款收入515,256.66万元。\n1.一般公共预算19,756.66万元。\n2.国有资本经营495,500.00万元。\n"
            "（二）其他资金收入0.50万元。\n（三）上年结转结余408.17万元。"
        ),
        "PS-01",
    ),
    ("检察监督190.00万元，与上年相比减少13.40万元，降幅0.66%。", "PR-04"),
    ("培训项目全年预算数260.00万元，执行数248.90万元，完成预算的85.73%。", "PR-13"),
]
OTHER_SCOPES = [
    (
        "政府采购预算总额6,546.82万元：政府采购货物预算1,267.79万元、政府采购工程预算465.53万元、政府采购服务预算4,813.5万元；"
        "其中一般公共预算拨款政府采购5,499.84万元：政府采购货物预算564.79万元、政府采购工程预算121.55万元、"
        "政府采购服务预算4,813.5万元。"
    ),
    (
        "（1）人员经费：①行政运行（2013201）1641.18万元，较上年增加309.87万元；"
        "（2）公用经费：①行政运行（2013201）124.00万元，较上年减少55.42万元。"
    ),
    "共有车辆2辆；单价100万元以上设备1台（套）。2026年计划购置车辆0辆；单价100万元以上设备0台（套）。",
    (
        "“三公”经费及会议费、培训费预算支出共263.72万元，其中：1、“三公”经费预算18.6万元；2、会议费预算174.6万元；"
        "3、培训费预算70.52万元。"
    ),
]


@pytest.mark.parametrize("text", [*RIGHT, *OTHER_SCOPES])
def test_a_right_sentence_is_left_alone(text: str) -> None:
    assert findings_of(text) == []


@pytest.mark.parametrize(("text", "rule"), WRONG)
def test_a_wrong_sentence_is_told(text: str, rule: str) -> None:
    assert findings_of(text) == [("error", rule)]


@pytest.mark.parametrize(
    ("text", "right"),
    [  # the figure whose misprint is the likeliest, and what it should be
        (
            "接待经费38.53万元，与上年相比减少1.15万元，减少1.15%。",
            ("38.53", 98_53_0000),
        ),  # 98.53 fits a range of values
        ("会务经费579.18万元，较上年增加35.40万元（24.62%）。", ("579.18", 179_18_0000)),
        ("共有车辆87辆，其中，应急保障用车1辆、执法执勤用车4辆、特种专业技术用车6辆、其他用车6辆。", ("87", 17)),
        (
            "业务费516.64万元，比上年增加16.64万元，增长3.22%。\n三、项目情况说明\n甲项目增加16.64万元。",
            ("3.22%", 3_330_000),  # worked out on this year's amount: no slip of digits, and 16.64 is told again
        ),
        (
            "业务费4996.56万元，包括：甲项经费1874.00万元、乙项经费23.40万元、丙项经费3109.16万元。\n（一）乙项经费23.40万元，用于购置。",
            ("1874.00", 1864_00_0000),  # what another sentence tells again is right
        ),
    ],
)
def test_the_figure_that_one_slip_explains_best_is_named_first(text: str, right: tuple[str, int]) -> None:
    audit = audit_of(text)
    named = [finding.suspects[0] for finding in audit.findings if finding.severity.value == "error"]
    assert [(audit.facts[one.fact].text, one.suggested) for one in named] == [right]


def test_one_wrong_sum_in_three_sentences_is_one_finding() -> None:
    sums = "业务费增加6915.49万元，其中基本支出减少8627.56万元，项目支出增加15496.49万元。"
    text = "\n".join((sums, f"一般公共预算{sums}", f"财政拨款{sums}"))
    errors = [one for one in audit_of(text).findings if one.severity.value == "error"]
    assert [len(one.checks) for one in errors] == [3]


def test_a_stock_is_not_what_will_be_bought() -> None:
    text = (
        "五、国有资产占用使用情况\n截至2025年12月31日，本单位共有车辆7辆。单位价值100万元（含）以上设备2台（套）。\n"
        "2026年单位预算安排购置车辆0辆。单位价值100万元（含）以上设备0台（套）。"
    )
    assert findings_of(text) == []


def test_a_list_that_text_interrupts_has_more_items() -> None:
    """The numbering goes on behind a line that is no item: the items before it are not all."""
    whole = "（一）项目支出100.00万元，具体包括：1.信访大厅运行40.00万元。\n2.信访专项30.00万元。\n"
    last = "3.信访培训20.00万元。\n4.信访宣传{}万元。\n"
    assert audit_of(whole + last.format("10.00")).findings == []
    assert audit_of(whole + last.format("12.00")).findings
    assert audit_of(f"{whole}安排职业年金5.00万元。\n{last.format('12.00')}").findings == []


def test_numbers_that_run_on_below_the_next_group_are_all_its_items() -> None:
    first = "（一）财政拨款收入50.00万元。\n1.一般公共预算20.00万元。\n2.政府性基金30.00万元。\n"
    second = "（二）其他各项收入4565.40万元。\n3.事业收入1000.00万元。\n4.经营收入{}万元。\n5.其他收入400.00万元。\n"
    assert audit_of(first + second.format("3165.40")).findings == []
    assert audit_of(first + second.format("3615.40")).findings
