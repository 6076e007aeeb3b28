"""A rule that a table breaks nearly everywhere is suspect itself; what no few figures explain is no error."""

from __future__ import annotations

import pandas as pd
import pytest
from auditor.api import Filing
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.messages import use_language
from auditor.reports.narrate import Narrator

from tests.conftest import rule_book

CODES = {
    "201": "一般公共服务支出",
    "205": "教育支出",
    "208": "社会保障和就业支出",
    "210": "卫生健康支出",
    "213": "农林水支出",
}


def spending(gaps: list[int]) -> Filing:
    """A table of five classes whose totals are so much more than their two parts."""
    basic, project = [1000, 2200, 3100, 450, 77], [30, 410, 5, 66, 700]
    frame = pd.DataFrame(
        {
            "科目编码": list(CODES),
            "科目名称": list(CODES.values()),
            "本年支出合计": [f"{b + p + gap}.00" for b, p, gap in zip(basic, project, gaps, strict=True)],
            "基本支出": [f"{value}.00" for value in basic],
            "项目支出": [f"{value}.00" for value in project],
            **dict.fromkeys(("上缴上级支出", "经营支出", "对附属单位补助支出"), ["0.00"] * 5),
        }
    )
    return Filing.from_frames({"支出决算表": frame}, entity="示例单位", year=2023, forms=rule_book().forms)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rule_that_most_rows_break_is_a_hint_on_the_rule(language: str) -> None:
    (audit,) = audit_filings([spending([3, 0, 50, 71, 900])], rule_book())
    (finding,) = [one for one in audit.findings if one.main.compares]
    assert finding.severity is Severity.INFO
    assert finding.doubt is not None
    assert (finding.doubt.failing, finding.doubt.tried) == (4, 5)
    use_language(language)
    narrator = Narrator(audit)
    assert ("5 处中有 4 处" if language == "zh" else "4 of the 5 places") in narrator.message(finding)
    assert narrator.how(finding) != finding.rule.text("fix", language)


def test_a_rule_that_two_rows_break_stays_an_error() -> None:
    (audit,) = audit_filings([spending([0, 0, 50, 71, 0])], rule_book())
    errors = [one for one in audit.findings if one.severity is Severity.ERROR and one.main.compares]
    assert len(errors) == 2
    assert all(one.doubt is None for one in errors)
