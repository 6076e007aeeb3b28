"""What is known to be wrong in the shared filings comes out in its class, also in varied copies of them."""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.engine.verdicts import Verdict
from auditor.reading.filings import read_filing
from auditor.reports.narrate import Narrator

from tests.conftest import SHARED, rule_book

if TYPE_CHECKING:
    from auditor.engine.findings import Audit

LIST = SHARED / "expected.csv"
_SAYS = {
    "table missing": "支出决算表",
    "empty page": "空白页",
    "glyphs without text": "文字应印得完整",
}  # where no words are given
CLASSES = {"error": Severity.ERROR, "warning": Severity.WARNING, "hint": Severity.INFO}


class Known(NamedTuple):
    """One line of the list: a filing, the class, and the words or figures of each of its places."""

    file: str
    sort: str
    places: tuple[tuple[str, ...], ...]
    note: str


def squeezed(text: str) -> str:
    return "".join(text.split()).replace(",", "").replace("，", "").replace("“", "").replace("”", "")


def known() -> list[Known]:
    if not LIST.is_file():
        return []
    out = []
    with LIST.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            groups = [group for group in row["numbers_or_text"].split(";") if group.strip()]
            places = tuple(tuple(squeezed(word) for word in re.split(r"[/\s]+", group) if word) for group in groups)
            places = places or ((_SAYS.get(row["note"].partition(";")[0], ""),),)
            out.append(Known(row["file"], row["class"], places, row["note"]))
    return out


@cache
def audited(file: str) -> Audit:
    return audit_filings([read_filing([LIST.parent / "real" / file], rule_book().forms)], rule_book())[0]


@cache
def told(file: str) -> tuple[tuple[Severity, Verdict, str], ...]:
    """Every finding with all that it says: its sentence, the figures of its checks, and the sentences they stand in."""
    audit, out = audited(file), []
    narrator = Narrator(audit)
    for finding in audit.findings:
        words = [narrator.message(finding)]
        for check in finding.checks:
            facts = [audit.facts[operand.fact] for operand in check.operands]
            words += [part for fact in facts for part in (narrator.label(fact), fact.text, fact.place.quote)]
        out.append((finding.severity, finding.verdict, squeezed(" ".join(words))))
    return tuple(out)


@pytest.mark.parametrize(
    "item", known() or [None], ids=lambda item: f"{item.file[:24]}: {item.note[:40]}" if item else "absent"
)
def test_what_is_known_of_the_filings_comes_out_in_its_class(item: Known | None) -> None:
    if item is None:
        pytest.skip("the shared filings are not here (../shared/filings)")
    findings = told(item.file)
    if not item.places[0][0]:  # of the tables as a whole
        wrong = [
            f
            for f in audited(item.file).findings
            if f.rule.id.startswith(("FA-", "BU-")) and f.severity is not Severity.INFO
        ]
        assert wrong == []
        return
    for words in item.places:
        hits = [(severity, verdict) for severity, verdict, text in findings if all(word in text for word in words)]
        if item.sort in CLASSES:
            assert (CLASSES[item.sort], Verdict.INCONSISTENT) in hits, (words, hits)
        else:
            assert all(severity is Severity.INFO for severity, _ in hits), (words, hits)
