"""Changes and rates that stand apart from the amount they are of: in a later sentence, among items, behind a budget."""

from __future__ import annotations

import pytest

from tests.prose.test_clauses import findings_of

LATER = (
    "七、“三公”经费支出决算情况说明\n“三公”经费支出决算为{total}万元，其中：公务用车购置及运行维护费支出决算为9.00万元；"
    "公务接待费支出决算为1.50万元。\n2026年度“三公”经费支出决算数比2025年度减少{change}万元，其中：公务用车购置及运行维护费支出决算"
    "减少1.00万元，下降{car}%；公务接待费支出决算增加0.50万元，增长{guests}%。"
)
ITEMS = (
    "“三公”经费预算21.00万元，比上年减少{total}万元。其中：因公出国（境）费0万元，与上年持平；公务接待费5.00万元，"
    "比上年减少{guests}万元；公务用车运行维护费16.00万元，比上年减少1.50万元；公务用车购置费0万元，与上年持平。"
)
OF_BUDGET = (
    "公务用车支出决算为3.20万元，完成全年预算8万元的{car}%，比上年减少0.80万元，下降20%；维修支出决算为0万元，"
    "完成全年预算0万元的--%（基数为0，不可比），比上年增加0万元，增长--（基数为0，不可比）。"
)
NESTED = (
    "“三公”经费支出决算为{total}万元，比上年增加2.00万元，增长20%；比2019年（口径调整前）决算数减少3.00万元，降低20%。其中："
    "因公出国（境）费支出决算为2.00万元；公务用车购置及运行维护费支出决算为7.00万元；其中：公务用车购置支出决算为0万元；"
    "公务用车运行维护费支出决算为7.00万元；公务接待费支出决算为3.00万元。"
)
RIGHT = [
    "七、“三公”经费支出决算情况说明\n公务接待费支出0.90万元。其中：国内公务接待支出0.90万元，接待外宾0批次、0人次。",
    LATER.format(total="10.50", change="0.50", car="10", guests="50"),
    ITEMS.format(total="3.00", guests="1.50"),
    OF_BUDGET.format(car="40"),
    NESTED.format(total="12.00"),
    "项目支出130.00万元，具体包括：1.上级下达资金30.00万元，主要公益金30.00万元。\n2.文化活动60.00万元。\n3.维修改造40.00万元。",
]
WRONG = [
    (LATER.format(total="10.50", change="0.50", car="12", guests="50"), "PR-04"),
    (LATER.format(total="10.50", change="0.50", car="10", guests="25"), "PR-04"),
    (ITEMS.format(total="3.00", guests="2.75"), "PS-01"),
    (OF_BUDGET.format(car="45"), "PR-02"),
    (NESTED.format(total="18.00"), "PS-01"),
    ("事务经费520万元，比上年减少80万元，同比下降15.38%。", "PR-04"),
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_sentence_is_left_alone(text: str) -> None:
    assert findings_of(text, "final_accounts") == []


@pytest.mark.parametrize(("text", "rule"), WRONG)
def test_a_wrong_sentence_is_told(text: str, rule: str) -> None:
    assert {found for _, found in findings_of(text, "final_accounts")} == {rule}


@pytest.mark.parametrize(("last", "found"), [("500", []), ("510", [("error", "PS-01")])])
def test_what_is_joined_by_and_is_no_comparison(last: str, found: list[tuple[str, str]]) -> None:
    text = (
        f"年初预算数720.50万元，其中：社会保障和就业支出预算130.50万元，卫生健康支出90万元，农林水支出预算{last}万元。"
    )
    assert findings_of(text) == found


def test_all_of_an_amount_that_is_new_is_no_growth_by_a_hundred_percent() -> None:
    text = LATER.format(total="10.50", change="0.50", car="10", guests="100").replace("1.50万元", "0.50万元")
    assert ("warning", "PR-37") in findings_of(text.replace("10.50", "9.50"), "final_accounts")
