"""Reports: the contract of the JSON, the text of the HTML (golden files), safety, the same bytes twice."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import string
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import auditor.reports
import pytest
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit
from auditor.messages import LANGUAGES, catalogue, use_language
from auditor.model.units import Rounding
from auditor.readers.text.plain_text import read
from auditor.reading.filings import filing_of, read_filing
from auditor.reports.html import filing_html, index_html
from auditor.reports.json_report import dumps, filing_data, index_data, tool_data
from auditor.reports.run import Run
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import EXAMPLES, rule_book, seed

GOLDEN = Path(__file__).parent.parent / "golden"
TOOL = tool_data("0", "0" * 64)
TEMPLATES = Path(auditor.reports.__file__).parent / "templates"
OWN_SCRIPTS = [[path.read_text(encoding="utf-8")] for path in sorted(TEMPLATES.glob("*.js"))]
FILES = sorted(EXAMPLES.glob("*.txt"))


@cache
def audited(path: Path) -> Audit:
    return audit_filings([read_filing([path], rule_book().forms)], rule_book(), Rounding.HALF_UP)[0]


INERT = ("style", "script", "template")


class Text(HTMLParser):
    """The text that a reader sees, line by line, and the tags and attributes of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.inert = 0  # open tags whose content nobody sees
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inert += tag in INERT
        if tag == "script":
            self.scripts.append("")
        if tag in ("p", "tr", "h1", "h2", "h3", "div", "summary", "li", "dt", "caption", "br"):
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inert -= tag in INERT
        if tag in ("td", "th", "span", "a", "strong"):
            self.lines[-1:] = ["".join(self.lines[-1:]) + " "]

    def handle_data(self, data: str) -> None:
        if self.inert and self.lasttag == "script":
            self.scripts[-1] += data
        if not self.inert:
            self.lines[-1:] = ["".join(self.lines[-1:]) + data]

    def text(self) -> str:
        lines = (" ".join(line.split()) for line in self.lines)
        return "\n".join(line for line in lines if line) + "\n"


def golden(name: str, text: str) -> None:
    """Compare with a golden file; `AUDITOR_GOLDEN=write` writes it again, to be read before it is committed."""
    path = GOLDEN / name
    if os.environ.get("AUDITOR_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:2])
def test_the_text_of_the_page_is_the_golden_one(path: Path, language: str) -> None:
    use_language(language)
    page = Text(filing_html(audited(path), TOOL, "half_up"))
    golden(f"{path.stem}.{language}.txt", page.text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:2])
def test_the_json_is_the_golden_one(path: Path) -> None:
    golden(f"{path.stem}.json", dumps(filing_data(audited(path), TOOL)))


def test_the_index_is_the_golden_one() -> None:
    audits = [(path.stem, audited(path)) for path in FILES]
    golden("index.zh.txt", Text(index_html(audits, [("坏.txt", "坏.txt 是空文件。")], TOOL)).text())


def all_audits() -> list[Audit]:
    return [audited(path) for path in FILES]


KEYS = {
    "": "tool filing summary findings not_evaluated unread tables figures baseline remarks",
    "filing": "entity year report edition family money_unit files",
    "summary": "checks consistent rounding inconsistent not_evaluated not_applicable broken_rule facts figures prose waived since severities",
    "finding": "id rule title kind severity verdict message formula expected actual difference range unit at_stake figures "
    "suspects also missing_row accused_elsewhere proof rules review since",
    "figure": "address text value unit state read_by place",
    "suspect": "figure address printed suggested cause evidence because",
}


def keys(name: str) -> set[str]:
    return set(KEYS[name].split())


def check_contract(data: dict[str, Any]) -> None:
    assert set(data) == keys("")
    assert set(data["filing"]) == keys("filing")
    assert set(data["summary"]) == keys("summary")
    for finding in data["findings"]:
        assert set(finding) == keys("finding")
        for figure in finding["figures"]:
            assert set(figure) == keys("figure")
        for suspect in finding["suspects"]:
            assert set(suspect) == keys("suspect")
            assert finding["figures"][suspect["figure"]]["address"] == suspect["address"]
        for name in ("expected", "actual", "difference", "range", "at_stake"):
            assert finding[name] is None or re.fullmatch(r"-?\d+(\.\d+)?", finding[name])


def check_counts(audit: Audit) -> None:
    summary = filing_data(audit, TOOL)["summary"]
    kinds = ("consistent", "rounding", "inconsistent", "not_evaluated", "not_applicable", "broken_rule")
    assert summary["checks"] == sum(summary[kind] for kind in kinds)
    assert summary["not_evaluated"] == sum(item.count for item in audit.not_evaluated)
    failed = {id(check) for finding in audit.findings for check in finding.checks}
    assert len(failed) == summary["rounding"] + summary["inconsistent"]
    assert sum(summary["severities"].values()) + summary["waived"] == len(audit.findings)
    figures = summary["figures"]
    assert figures["confirmed"] <= figures["checked"] <= figures["printed"]
    facts, prose = summary["facts"], summary["prose"]
    lost = facts["unread"] - prose["unexplained"] - prose["aside"]  # numbers of tables that were not read
    assert figures["printed"] + prose["told"] == facts["read"] + lost
    assert facts["printed"] == facts["read"] + facts["unread"]


def test_the_contract_holds_and_the_counts_add_up() -> None:
    for audit in all_audits():
        check_contract(json.loads(dumps(filing_data(audit, TOOL))))
        check_counts(audit)


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["000", "001", "002", "003", "004"])
def test_the_contract_holds_for_the_seeds(prefix: str) -> None:
    audit = audited(seed(prefix))
    check_contract(json.loads(dumps(filing_data(audit, TOOL))))
    check_counts(audit)
    check_page(filing_html(audit, TOOL, "half_up"))


def cut_out(text: str, begin: str, end: str) -> Audit:
    """A filing without what stands between two lines."""
    before, _, rest = text.partition(begin)
    text = f"{before}{begin}{end}{rest.partition(end)[2]}"
    document = read(text.encode(), file="a.txt", sha256="0" * 64)
    return audit_filings([filing_of(document, rule_book().forms)], rule_book(), Rounding.HALF_UP)[0]


def test_what_one_unread_table_keeps_from_being_evaluated_is_told_once_for_all_its_columns() -> None:
    text = FILES[0].read_text(encoding="utf-8")
    audit = cut_out(text, "公开05表\n", "2210201\t住房公积金")
    (told,) = (item for item in filing_data(audit, TOOL)["not_evaluated"] if item["rule"] == "FA-TREE-04")
    assert told == {"rule": "FA-TREE-04", "reason": "这张表读不出", "where": "一般公共预算支出表", "checks": 3}
    assert "FA-TREE-04 合计等于各单位行之和 ×3" in Text(filing_html(audit, TOOL, "half_up")).text()
    told_again = [(item.rule.id, item.reason, item.where) for item in audit.not_evaluated]
    assert len(set(told_again)) == len(told_again)


def test_a_row_that_is_not_there_is_told_once_for_all_columns() -> None:
    text = FILES[0].read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("本年收入合计\t27\t549.44"))
    audit = cut_out(text, f"{line}\n", "注：")
    told = [(item.where, item.count) for item in audit.not_evaluated if item.rule.id == "FA-T04-05"]
    assert told == [("财政拨款收入支出决算总表", 4)]


def check_page(html: str) -> None:
    """No script but the program's own, no outside address, every link leads somewhere, every id is there once."""
    page = Text(html)
    assert page.scripts in OWN_SCRIPTS
    (rule,) = (attrs["content"] or "" for _, attrs in page.tags if "http-equiv" in attrs)
    digest = base64.b64encode(hashlib.sha256(page.scripts[0].encode()).digest()).decode()
    assert rule.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}'" in rule
    names = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(names) == len(set(names))
    for tag, attrs in page.tags:
        assert tag not in ("link", "iframe", "object", "embed", "base")
        assert tag != "script" or not attrs
        assert tag != "form" or "action" not in attrs
        assert tag != "img" or (attrs["src"] or "").startswith("data:image/png;base64,")
        assert not any(name.startswith("on") for name in attrs)
        href = attrs.get("href")
        if href is not None:
            assert not re.match(r"[a-z]+:|//", href)
            assert not href.startswith("#") or href[1:] in names
    assert not re.search(r"https?:|\bfetch\b|XMLHttpRequest|WebSocket|innerHTML|\beval\b", html)
    assert "url(" not in html
    assert "@import" not in html


def test_pages_stand_alone() -> None:
    for language in LANGUAGES:
        use_language(language)
        for audit in all_audits():
            check_page(filing_html(audit, TOOL, "half_up"))
        audits = [(str(number), audit) for number, audit in enumerate(all_audits())]
        check_page(index_html(audits, [], TOOL))


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes() -> None:
    for path in FILES:
        audits = [
            audit_filings([read_filing([path], rule_book().forms)], rule_book(), Rounding.HALF_UP)[0] for _ in range(2)
        ]
        assert len({dumps(filing_data(audit, TOOL)) for audit in audits}) == 1
        assert len({filing_html(audit, TOOL, "half_up") for audit in audits}) == 1
        assert len({dumps(index_data(Run([("a", audit)], TOOL, "half_up"))) for audit in audits}) == 1


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def test_what_a_filing_prints_is_shown_and_never_run() -> None:
    text = FILES[0].read_text(encoding="utf-8")
    text = text.replace("社会保障和就业支出", HOSTILE, 2).replace("单位决算", f"单位决算{HOSTILE}", 1)
    document = read(text.encode(), file=f"{HOSTILE}.txt", sha256="0" * 64)
    audit = audit_filings([filing_of(document, rule_book().forms)], rule_book(), Rounding.HALF_UP)[0]
    for html in (
        filing_html(audit, TOOL, "half_up"),
        index_html([(HOSTILE, audit)], [(HOSTILE, HOSTILE)], TOOL),
    ):
        page = Text(html)
        assert "alert(1)" in html
        assert page.scripts in OWN_SCRIPTS
        for tag, attrs in page.tags:
            assert tag != "img"
            assert "onerror" not in attrs


@pytest.mark.slow
@settings(max_examples=10)
@given(st.text(alphabet="<>&\"'${}%=+@-单位：万元决算表 \t\n0123456789.", max_size=300))
def test_any_text_in_a_filing_keeps_the_page_whole(noise: str) -> None:
    text = FILES[0].read_text(encoding="utf-8") + noise
    document = read(text.encode(), file="a.txt", sha256="0" * 64)
    audit = audit_filings([filing_of(document, rule_book().forms)], rule_book(), Rounding.HALF_UP)[0]
    check_page(filing_html(audit, TOOL, "half_up"))
    check_contract(json.loads(dumps(filing_data(audit, TOOL))))
    check_counts(audit)


def test_the_catalogues_say_the_same_things() -> None:
    chinese, english = catalogue("zh"), catalogue("en")
    assert list(chinese) == list(english)
    for key, sentence in chinese.items():
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (sentence, english[key])
        ]
        assert fields[0] == fields[1], key
        assert sentence.strip(), key
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"[（(“].*?[”)）]|本表", "", english[key])), key


def test_every_message_is_said_somewhere_and_every_said_one_exists() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(catalogue.__code__.co_filename).parent.parent.rglob("*")
        if path.suffix in (".py", ".j2") and "messages" not in path.parts
    )
    known = set(catalogue("zh"))
    sections = "|".join(sorted({key.split(".")[0] for key in known}))
    said = set(re.findall(rf"[\"']((?:{sections})\.[a-z_]+)[\"']", source))
    assert said <= known
    built = set(re.findall(r"[\"']([a-z_]+)\.(?:\{|\" ~)", source))  # f"mark.{…}", "severity." ~ …
    assert {key for key in known - said if key.split(".")[0] not in built} == {"near"}
