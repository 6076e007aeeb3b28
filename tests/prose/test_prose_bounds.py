"""Hostile prose: whatever stands in a text, the work grows with its length and no faster."""

from __future__ import annotations

import re
import signal
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from auditor.engine.audit import audit_filings
from auditor.model.document import Paragraph
from auditor.model.facts import FilingKey, Place
from auditor.model.filing import Filing
from auditor.prose import claims, passages, subjects, tokens
from auditor.prose.claim_tables import prose_tables
from auditor.prose.code_names import Names

from tests.conftest import rule_book

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 50_000  # characters of a text: 150 kB
MOST = 4_000  # characters looked at for each character of the text, all patterns together
SECONDS = 60  # of the processor; a pattern that backtracks without bound takes years

TEXTS = {
    "digits": "1" * SIZE,
    "grouped digits": "1,111," * (SIZE // 6),
    "numbers": "1 " * (SIZE // 2),
    "percentages": "占1%" * (SIZE // 3),
    "the word for a share": "占" * SIZE,
    "classes": "教育（类）" * (SIZE // 5),
    "chains of classes": "支出（类）支出（款）" * (SIZE // 10),
    "lists opened": "其中：" * (SIZE // 3),
    "amounts": "支出合计1.00万元，" * (SIZE // 11),
    "shares": "基本支出1.00万元，占1%；" * (SIZE // 15),
    "purposes": "主要用于" * (SIZE // 4),
    "purposes that are almost lists": "主要用于教育，" * (SIZE // 7) + "1万元，占",
    "lists of names": "主要包括：办公费、" * (SIZE // 9),
    "many lists of names": "主要包括：办公费。" * (SIZE // 9),
    "comparing words": "支出合计1万元。" + "决算数等于预算数，" * (SIZE // 9),
    "years": "2023年度" * (SIZE // 6),
    "hyphens": "教育-普通-小学" * (SIZE // 8),
    "codes": "2050202教育" * (SIZE // 9),
    "brackets": "（" * (SIZE // 2) + "）" * (SIZE // 2),
    "characters before a number": "支出" * (SIZE // 2) + "1万元",
    "bases": "比上年" * (SIZE // 3) + "增加1万元",
    "huge numbers": "支出合计" + "9" * (SIZE // 2) + "万元，占" + "9" * (SIZE // 2) + "%",
    "points": "1." * (SIZE // 2),
    "numbers not seen whole": "1.\ufffd" * (SIZE // 6) + "支出1,234.\ufffd万元，" * (SIZE // 26),
    "the entity": "青山县示例中心" * (SIZE // 7) + "1万元",
    "ranges": "1-1" * (SIZE // 3),
    "spaces": " " * SIZE + "1万元",
    "reasons": "主要原因是。1万元" * (SIZE // 9),
    "thresholds": "占单价100万元（含）以上设备" * (SIZE // 15) + "1台",
    "lines": "\n".join(["支出1万元，"] * (SIZE // 7)),
    "items": "\n".join(["（一）支出1万元"] * (SIZE // 9)),
    "headings": "\n".join(["一、支出决算情况说明"] * (SIZE // 11)),
    "letters in lines": "\n".join("支" * (SIZE // 2)),
    "titles without numbers": "\n".join(["政府采购支出情况说明"] * (SIZE // 11)),
}


class Counting:
    """A pattern that counts the characters it is asked to look at."""

    def __init__(self, pattern: re.Pattern[str], seen: list[int]) -> None:
        self.compiled, self.seen = pattern, seen

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.compiled, name)
        if not callable(method):
            return method

        def counted(*args: Any, **keywords: Any) -> Any:
            text = args[1] if name == "sub" else args[0]
            start, end = 0, len(text)
            if name in ("finditer", "match"):
                start, end = [*args[1:], *[start, end][len(args) - 1 :]][:2]
            self.seen[0] += end - start
            return method(*args, **keywords)

        return counted


def counting(value: Any, seen: list[int]) -> Any:
    """The same value with every pattern in it counting."""
    if isinstance(value, re.Pattern):
        return Counting(value, seen)
    if isinstance(value, tuple):
        return type(value)(counting(item, seen) for item in value)
    if isinstance(value, dict):
        return {key: counting(item, seen) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: counting(getattr(value, field.name), seen) for field in fields(value)})
    return value


@contextmanager
def processor_time(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise AssertionError(f"more than {seconds} s of the processor")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


HEADINGS = ("三、支出决算情况说明", "五、一般公共预算财政拨款支出决算情况说明", "十二、国有资产占用情况说明", "")


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_the_work_grows_with_the_text_and_no_faster(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = rule_book().forms
    seen = [0]
    lexicon = counting(forms.lexicon, seen)
    for module in (claims, passages, subjects, tokens):
        for key, value in vars(module).items():
            if isinstance(value, re.Pattern):
                monkeypatch.setattr(module, key, Counting(value, seen))
    text = f"{HEADINGS[list(TEXTS).index(name) % len(HEADINGS)]}\n{TEXTS[name]}"
    lines = [Paragraph(line, Place()) for line in text.splitlines()]
    with processor_time(SECONDS):
        claims.read_claims(
            passages.passages_of(lines, lexicon),
            lexicon,
            Names([], forms),
            report="final_accounts",
            entity="青山县示例中心",
        )
    assert seen[0] <= MOST * len(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["amounts", "shares", "percentages", "many lists of names", "huge numbers", "items"])
def test_a_hostile_text_is_audited(name: str) -> None:
    book = rule_book()
    key = FilingKey("青山县示例中心", 2023, "final_accounts", "unit")
    lines = [Paragraph(line, Place(line=n)) for n, line in enumerate(f"{HEADINGS[0]}\n{TEXTS[name]}".splitlines(), 1)]
    with processor_time(SECONDS):
        prose = prose_tables(lines, [], key, book.forms)
        filing = Filing(key, tables=prose.tables, unread=prose.unread, passages=prose.passages)
        (audit,) = audit_filings([filing], book)
    assert audit.told == sum(fact.is_figure for fact in filing.facts)


@pytest.mark.slow
def test_more_numbers_than_any_filing_has_are_left_unread() -> None:
    lexicon = rule_book().forms.lexicon
    assert lexicon is not None
    lines = [Paragraph(f"支出合计{number}万元。", Place()) for number in range(claims.MAX_NUMBERS + 10)]
    read = claims.read_claims(passages.passages_of(lines, lexicon), lexicon, Names([], rule_book().forms))
    assert read.seen == claims.MAX_NUMBERS
    assert read.cut
