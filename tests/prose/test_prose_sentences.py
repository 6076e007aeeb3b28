"""Sentences of the 情况说明 and the claims that are read from them; numbers written into wordings read back."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from auditor.model.document import Paragraph
from auditor.model.facts import Place
from auditor.prose.claims import Claims, read_claims
from auditor.prose.code_names import Names
from auditor.prose.passages import passages_of
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import rule_book

FILE = Path(__file__).parent.parent / "prose" / "sentences.txt"


class Case(NamedTuple):
    name: str
    report: str
    text: str
    told: list[str]
    unread: list[str]
    aside: list[str]


def cases() -> list[Case]:
    """The cases of the file: `## name @report`, the text, and what is read of it."""
    out = []
    for block in FILE.read_text(encoding="utf-8").split("\n## ")[1:]:
        head, *lines = block.strip().splitlines()
        name, _, report = head.partition(" @")
        kinds: dict[str, list[str]] = {"=> ": [], "?? ": [], "~~ ": []}
        text: list[str] = []
        for line in lines:
            kinds.get(line[:3], text).append(line[3:] if line[:3] in kinds else line)
        out.append(Case(name, report or "final_accounts", "\n".join(text), *kinds.values()))
    return out


def claims_of(text: str, report: str = "final_accounts") -> Claims:
    """Read a text, one paragraph a line, without tables."""
    forms = rule_book().forms
    lexicon = forms.lexicon
    assert lexicon is not None
    lines = [Paragraph(line, Place(line=number)) for number, line in enumerate(text.splitlines(), 1)]
    names = Names([], forms)
    return read_claims(passages_of(lines, lexicon), lexicon, names, report=report, entity="青山县示例中心")


def written(claims: Claims) -> list[str]:
    """Every claim in the order of the text: `节[事项].量 数`, and behind a share its whole."""
    out = []
    for line in claims.lines:
        for column, told in line.told.items():
            number = told.number
            sign = "-" if told.sign < 0 else ""
            text = told.word if told.word and not number.unit else f"{sign}{number.text}{number.unit}"
            if column == "占比":
                text += f" / {line.whole.topic}[{line.whole.row}]" if line.whole else " / ?"
            place = (number.passage.pieces[0].place.line or 0, number.start)
            out.append((place, f"{line.topic}[{line.row}].{column} {text}"))
    return [text for _, text in sorted(out)]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_sentence_is_read_into_claims(case: Case) -> None:
    claims = claims_of(case.text, case.report)
    assert written(claims) == case.told
    assert [number.text + number.unit for number in claims.unread if number.unit] == case.unread
    aside = [f"{number.text}{number.unit} {reason.removeprefix('unread.')}" for number, reason in claims.aside]
    assert aside == case.aside


def test_every_number_of_the_cases_is_a_claim_or_is_listed() -> None:
    for case in cases():
        claims = claims_of(case.text, case.report)
        numbers = {
            (told.number.passage.pieces[0].place.line, told.number.start)
            for line in claims.lines
            for told in line.told.values()
            if told.number.unit or told.number.text[:1].isdigit()
        }
        assert len(numbers) + len(claims.unread) == claims.seen - sum(r != "unread.outside" for _, r in claims.aside)


# -- what is written reads back -----------------------------------------------------------------------------------

amounts = st.decimals(0, 10**7, places=2).map(lambda number: f"{number:.2f}")
printed = st.one_of(amounts, amounts.map(lambda text: f"{float(text):,.2f}"), st.integers(0, 10**6).map(str))
rates = st.decimals(0, 999, places=2).map(lambda number: f"{number:.2f}")
units = st.sampled_from(["万元", "元", "亿元"])
directions = st.sampled_from([("增加", ""), ("增长", ""), ("减少", "-"), ("下降", "-"), ("提高", ""), ("压减", "-")])
spaces = st.sampled_from(["", " ", "\u3000"])


@given(
    whole=printed,
    part=printed,
    rate=rates,
    unit=units,
    space=spaces,
    word=st.sampled_from(["占", "占比", "占支出合计的"]),
)
def test_amounts_and_shares_read_back(whole: str, part: str, rate: str, unit: str, space: str, word: str) -> None:
    text = f"三、支出决算情况说明\n本年支出合计{whole}{space}{unit}，其中：基本支出{space}{part}{unit}，{word}{space}{rate}%。"
    assert written(claims_of(text)) == [
        f"支出[支出合计].金额 {whole}{unit}",
        f"支出[基本支出].金额 {part}{unit}",
        f"支出[基本支出].占比 {rate}% / 支出[支出合计]",
    ]


@given(
    now=printed,
    change=printed,
    rate=rates,
    unit=units,
    words=st.tuples(directions, directions),
    base=st.sampled_from(["比上年", "与上年度相比，", "比2022年度", "较去年", "与2022年相比"]),
)
def test_changes_read_back_with_their_sign(
    now: str, change: str, rate: str, unit: str, words: tuple[tuple[str, str], tuple[str, str]], base: str
) -> None:
    (first, sign), (second, other) = words
    text = f"十、机关运行经费支出情况说明\n机关运行经费支出{now}{unit}，{base}{first}{change}{unit}，{second}{rate}%。"
    assert written(claims_of(text)) == [
        f"机关运行经费[合计].金额 {now}{unit}",
        f"机关运行经费[合计].变动额 {sign}{change}{unit}",
        f"机关运行经费[合计].变动率 {other}{rate}%",
    ]


@given(budget=printed, final=printed, rate=rates, unit=units, kind=st.sampled_from(["年初", "全年"]))
def test_budgets_finals_and_completion_read_back(budget: str, final: str, rate: str, unit: str, kind: str) -> None:
    text = (
        "五、一般公共预算财政拨款支出决算情况说明\n1.卫生健康支出（类）行政事业单位医疗（款）行政单位医疗（项）。"
        f"{kind}预算为{budget}{unit}，支出决算为{final}{unit}，完成{kind}预算的{rate}%。"
    )
    assert written(claims_of(text)) == [
        f"分科目[2101101].{kind}预算 {budget}{unit}",
        f"分科目[2101101].决算 {final}{unit}",
        f"分科目[2101101].完成率/{kind}预算 {rate}%",
    ]


@given(numbers=st.lists(st.integers(0, 9999), min_size=4, max_size=4))
def test_counts_read_back(numbers: list[int]) -> None:
    groups, people, batches, guests = numbers
    text = (
        f"七、“三公”经费财政拨款支出决算情况说明\n因公出国（境）费5.00万元，全年因公出国（境）团组{groups}个，累计{people}人次。"
        f"公务接待费1.00万元，国内公务接待{batches}批次，{guests}人次。"
    )
    told = written(claims_of(text))
    assert told[1:3] == [f"三公经费[因公出国（境）费].团组 {groups}个", f"三公经费[因公出国（境）费].人次 {people}人次"]
    assert told[-2:] == [
        f"三公经费[公务接待费/国内接待].批次 {batches}批次",
        f"三公经费[公务接待费/国内接待].人次 {guests}人次",
    ]


@given(
    noun=st.text(alphabet="甲乙丙丁戊己庚辛壬癸", min_size=2, max_size=8),
    amount=printed,
    rate=rates,
    before=st.sampled_from(["基本支出60.00万元；", "", "基本支出60.00万元，占60%；"]),
)
def test_a_number_of_an_unknown_noun_takes_no_other_subject(noun: str, amount: str, rate: str, before: str) -> None:
    text = f"三、支出决算情况说明\n2023年度支出合计100.00万元，其中：{before}{noun}{amount}万元，占{rate}%。"
    claims = claims_of(text)
    assert [number.text + number.unit for number in claims.unread] == [f"{amount}万元", f"{rate}%"]


@given(
    cut=st.integers(1, 80),
    text=st.sampled_from([case.text for case in cases() if case.text.count("\n") == 1]),
)
def test_hard_wrapped_lines_read_like_whole_ones(cut: int, text: str) -> None:
    heading, _, body = text.partition("\n")
    wrapped = "\n".join([heading, *(body[at : at + cut + 8] for at in range(0, len(body), cut + 8))])
    assert [line.split(" / ")[0] for line in written(claims_of(wrapped))] == [
        line.split(" / ")[0] for line in written(claims_of(text))
    ]
