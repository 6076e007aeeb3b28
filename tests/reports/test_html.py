"""The parts of the HTML report: order of the change list, excerpts, pictures within bounds, why a tail is one."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import auditor.reports
import pytest
from auditor.annotate.page_pictures import MAX_PNG, SIGNATURE, Picture, Region, checked, draw, png_of
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit, Review, Severity, Since, Standing
from auditor.engine.verdicts import Verdict
from auditor.model.filing import ViewCell
from auditor.model.units import Rounding
from auditor.readers import read_bytes
from auditor.reading.filings import filing_of, finished, read_filing
from auditor.reports.html import filing_html, index_html, spots
from auditor.reports.html.atlas import Atlas
from auditor.reports.html.changes import changes
from auditor.reports.html.excerpts import _covering, excerpts
from auditor.reports.html.findings import is_tail
from auditor.reports.json_report import tool_data
from auditor.reports.narrate import Narrator
from auditor.reports.summary import suspect_rules
from auditor.sandbox import pictures
from auditor.testing.pdf_blocks import pdf_of

from tests.conftest import EXAMPLES, rule_book
from tests.readers.pdf.test_pdf_filings import blocks

TOOL = tool_data("0", "0" * 64)
WRONG, TAILS = sorted(EXAMPLES.glob("*.txt"))


@cache
def pdf() -> bytes:
    return pdf_of(blocks(rule_book(), 29, planted=True))


@cache
def audited(name: str = "") -> Audit:
    """The audit of an example, or of a PDF with two planted errors."""
    book = rule_book()
    if name:
        return audit_filings([read_filing([EXAMPLES / name], book.forms)], book)[0]
    return audit_filings([finished(filing_of(read_bytes(pdf(), "a.pdf"), book.forms), book.forms)], book)[0]


def copied(audit: Audit) -> Audit:
    return replace(audit, findings=list(audit.findings))


# -- the change list --------------------------------------------------------------------------------------------


def listed(audit: Audit) -> list[dict[str, str]]:
    numbers = {finding.id: number for number, finding in enumerate(audit.findings, 1)}
    return changes(Narrator(audit), Atlas(audit), numbers)[0]


def test_the_change_list_follows_the_document_and_says_from_what_to_what() -> None:
    audit = audited(WRONG.name)
    rows = listed(audit)
    lines = [int(re.search(r"\d+", row["place"]).group()) for row in rows]  # type: ignore[union-attr]
    assert lines == sorted(lines)
    assert ("93.74", "39.74") in [(row["printed"], row["to"]) for row in rows]
    wrong = {finding.id for finding in audit.findings if finding.verdict is not Verdict.ROUNDING}
    assert {row["id"] for row in rows} == wrong  # no tail among them
    assert len(wrong) == 5


def test_what_was_accepted_is_not_on_the_change_list_but_on_the_page() -> None:
    audit = copied(audited(WRONG.name))
    review = Review(Standing.WAIVED, "账证相符", "王敏", None)
    audit.findings[0] = replace(audit.findings[0], review=review, since=Since.NEW)
    assert audit.findings[0].id not in {row["id"] for row in listed(audit)}
    html = filing_html(audit, TOOL, "half_up")
    article = html[html.index(f'id="f-{audit.findings[0].id}"') :].split("</article>")[0]
    assert "账证相符" in article
    assert "王敏" in article
    assert 'data-state="waived"' in article
    assert 'data-since="new"' in article
    assert "1 个疑点已豁免" in html


# -- excerpts ---------------------------------------------------------------------------------------------------


def test_an_excerpt_holds_every_figure_of_its_finding_below_the_header() -> None:
    audit = audited()
    atlas = Atlas(audit)
    found = [finding for finding in audit.findings if not is_tail(finding)]
    assert found
    for finding in found:
        shown, more = excerpts(finding, atlas)
        assert not more
        mine = [cell for part in shown for row in part["rows"] for cell in row["cells"] if cell["mine"]]
        wanted = {operand.fact for operand in finding.main.operands} | {s.fact for s in finding.suspects}
        assert {cell["href"] for cell in mine} == {f"n{fact}" for fact in wanted}
        assert all(any(cell["head"] for cell in part["rows"][0]["cells"]) for part in shown)
        assert [cell["mark"] for cell in mine].count("suspect") == 1


def test_cells_that_span_rows_keep_their_columns_in_an_excerpt() -> None:
    tall = ViewCell("两行", rowspan=3)
    view = [[tall, ViewCell("甲", colspan=2)], [ViewCell("乙"), ViewCell("1")], [ViewCell("丙"), ViewCell("2")]]
    covering = _covering(view, {1, 2})
    assert [[(top, column, cell.text) for top, column, cell in covering[row]] for row in (1, 2)] == [
        [(0, 0, "两行"), (1, 1, "乙"), (1, 2, "1")],
        [(0, 0, "两行"), (2, 1, "丙"), (2, 2, "2")],
    ]


# -- pictures ---------------------------------------------------------------------------------------------------


def test_regions_of_a_pdf_are_drawn_alike_every_time_and_only_of_the_file_that_was_read(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(pdf()).hexdigest()
    regions = [Region(1, 10.0, 90.0), Region(99, 0, 10), Region(1, 90.0, 10.0), Region(1, -50.0, 5000.0)]
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf())
    first, beyond, upside, whole = pictures(path, "", sha256, regions)
    assert first is not None
    assert first == checked(draw(pdf(), "a.pdf", sha256, regions), 4)[0]
    assert first.png.startswith(SIGNATURE)
    assert len(first.png) < 30_000
    assert (first.box[1], round(first.box[3])) == (10.0, 90)
    assert beyond is upside is None
    assert whole is not None
    assert whole.box[1] == 0
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("某局/a.pdf", pdf())
    assert pictures(tmp_path / "a.zip", "某局/a.pdf", sha256, regions[:1]) == [first]
    path.write_bytes(pdf() + b"\n")  # another file by now
    assert pictures(path, "", sha256, regions) == [None] * 4
    assert draw(b"no pdf at all", "a.pdf", hashlib.sha256(b"no pdf at all").hexdigest(), regions) == []


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "png",
        [],
        [{}],
        [None],
        [{"png": "!", "box": [0, 0, 1, 1], "size": [1, 1]}],
        [{"png": base64.b64encode(b"<svg onload=x>").decode(), "box": [0, 0, 1, 1], "size": [1, 1]}],
        [{"png": base64.b64encode(SIGNATURE).decode(), "box": [0, 0, float("nan"), 1], "size": [1, 1]}],
        [{"png": base64.b64encode(SIGNATURE).decode(), "box": [0, 0, 1, 1], "size": [10**9, 1]}],
        [{"png": base64.b64encode(SIGNATURE).decode(), "box": [1, 1, 0, 0], "size": [1, 1]}],
        [{"png": base64.b64encode(SIGNATURE + bytes(MAX_PNG)).decode(), "box": [0, 0, 1, 1], "size": [1, 1]}],
    ],
)
def test_what_the_worker_sends_is_no_picture_until_it_looks_like_one(answer: object) -> None:
    assert checked(answer, 1) == [None]


def test_a_picture_has_sixteen_greys_and_its_size() -> None:
    import numpy as np
    import pypdfium2  # noqa: F401 — the same numpy arrays come from there

    data = png_of(np.array([[0, 128, 255], [255, 128, 0]], dtype=np.uint8))
    assert data[16:24] == (3).to_bytes(4, "big") + (2).to_bytes(4, "big")
    assert data[24] == 4


def test_pictures_beyond_what_a_report_may_weigh_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    audit = audited()

    def drawing(_: str, regions: list[Region]) -> list[Picture | None]:
        return [Picture(SIGNATURE + bytes(1000), (0, region.top, 500, region.bottom), 500, 100) for region in regions]

    monkeypatch.setattr(spots, "MAX_BYTES", 1500)
    html = filing_html(audit, TOOL, "half_up", drawing)  # type: ignore[arg-type]
    assert html.count("data:image/png;base64,") == 1
    assert "图片已达上限" in html
    assert "图片已达上限" not in filing_html(audit, TOOL, "half_up", lambda _, regions: [None] * len(regions))


def test_a_report_with_pictures_stays_small() -> None:
    html = filing_html(
        audited(), TOOL, "half_up", lambda sha256, regions: checked(draw(pdf(), "a.pdf", sha256, regions), len(regions))
    )
    assert html.count("data:image/png;base64,") >= 2
    assert len(html.encode()) < 500_000


# -- tails ------------------------------------------------------------------------------------------------------


def test_a_tail_is_explained_by_how_many_figures_are_rounded_to_what() -> None:
    audit = audited(TAILS.name)
    narrator = Narrator(audit)
    told = [narrator.why_tail(finding.main, Rounding.HALF_UP) for finding in audit.findings if is_tail(finding)]
    assert all(text.endswith("不必修改。") for text in told)
    sums = [
        re.match(
            r"(\d+) 个数都印到 0.01 万元，每个数与实际最多差 0.005，合起来最多可差 (0\.\d\d) 万元；这里差 (0\.\d\d)",
            text,
        )
        for text in told
    ]
    found = [(int(match[1]), match[2], match[3]) for match in sums if match]
    assert found
    for count, allowed, difference in found:
        assert allowed in (f"0.{count // 2:02}", f"0.{(count - 1) // 2:02}")  # half up rounds no figure down by 0.005
        assert difference <= allowed


def test_a_tail_too_long_to_be_likely_stands_with_the_findings() -> None:
    audit = copied(audited(TAILS.name))
    audit.findings[0] = replace(audit.findings[0], severity=Severity.WARNING)
    assert audit.findings[0].verdict is Verdict.ROUNDING
    html = filing_html(audit, TOOL, "half_up")
    assert f'<article id="f-{audit.findings[0].id}"' in html
    assert f'<tr id="f-{audit.findings[1].id}"' in html


# -- the index --------------------------------------------------------------------------------------------------


def many(count: int) -> list[tuple[str, Audit]]:
    base = [audited(WRONG.name), audited(TAILS.name)]
    out = []
    for number in range(count):
        audit = base[number % 2]
        key = audit.filing.key._replace(entity=f"第{number}单位")
        out.append((f"u{number}", replace(audit, filing=replace(audit.filing, key=key))))
    return out


def test_the_index_counts_what_it_does_not_list_one_by_one() -> None:
    html = index_html(many(300), [], TOOL)
    assert html.count("<tr data-rules=") == 300
    assert "其余 90 份文件" in html  # 150 of 300 break rules, 60 have a row of their own
    assert "另有 150 份文件没有违反任何规则" in html
    assert len(html.encode()) / 300 < 1200


def test_a_rule_that_fails_wherever_it_is_checked_is_suspect_itself() -> None:
    wrong = [item for item in many(12) if item[1].findings[0].severity is Severity.ERROR]
    named = {entry["rule"]: entry for entry in suspect_rules(wrong)}
    assert named["FA-T09-01"] | {"title": ""} == {"rule": "FA-T09-01", "title": "", "failed": 6, "checked": 6}
    assert suspect_rules(wrong[:3]) == []
    assert "FA-T09-01" not in {entry["rule"] for entry in suspect_rules(many(12))}


# -- colours ----------------------------------------------------------------------------------------------------

PAIRS = {
    "paper": ("ink", "soft", "bad", "tail", "ok", "none", "link", "mine"),
    "wash": ("ink", "soft", "link"),
    "badbg": ("bad",),
    "tailbg": ("tail", "ink"),
    "okbg": ("ok", "bad", "ink", "link"),
    "nonebg": ("none", "ink"),
}


def light(colour: str) -> float:
    """The relative luminance of #rrggbb (or #rgb), as WCAG 2 defines it."""
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", PAIRS)
def test_colours_of_text_stand_out_from_their_ground(ground: str) -> None:
    style = (Path(auditor.reports.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+):#([0-9a-f]{3,6})\b", style))
    for name in PAIRS[ground]:
        high, low = sorted((light(colours[name]), light(colours[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ground)
