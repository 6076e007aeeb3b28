"""Pages that are pictures: told, recognised where the extra is installed, and never held against anybody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from auditor import limits
from auditor.cli.page_progress import tell_pages
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Mark, Severity
from auditor.errors import BadInputError
from auditor.model.facts import ReadBy
from auditor.readers import read_bytes
from auditor.readers.pdf import recognition, scanned_pages
from auditor.readers.pdf.page_content import Pdf
from auditor.readers.pdf.page_picture import SeenPage
from auditor.reading.filings import filing_of, group
from auditor.reports.html import filing_html
from auditor.reports.json_report import filing_data, tool_data
from auditor.reports.narrate import Narrator
from auditor.sandbox.guard import Guard
from auditor.testing.pdf_writer import ABOVE, LEFT, Font, Page, written

from tests.support.pdf_files import document, lines, remarks, rows, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.rules.book import RuleBook

WIDTHS = [200.0, 90.0, 90.0]
HEAD = [["项目", "决算数", LEFT], [ABOVE, "本年", "上年"]]
BODY = [
    ["一、一般公共服务支出", "1,234.50", "998.07"],
    ["二、教育支出", "65.43", ""],
    ["三、社会保障和就业支出", "208.91", "—"],
    ["合计", "1,508.84", "998.07"],
]


def drawn() -> Page:
    page = Page(440, 300)
    page.text(160, 40, "支出决算总表", size=18)
    page.text(30, 65, "单位：万元", size=11)
    page.table(30, 80, WIDTHS, [*HEAD, *BODY], size=11, height=22)
    page.text(30, 260, "2023年度支出合计1508.84万元，比上年增加510.77万元。", size=12)
    return page


def has_ink() -> bool:
    """Whether this machine has a font to draw Chinese with."""
    page = Page(60, 60)
    page.text(10, 40, "国", size=30)
    with Pdf(written([page]), "a.pdf") as pdf:
        return min(bytes(pdf.shown(0, 72).buffer)) < 128


def scanned(*pages: Page, dpi: int = 150, turn: int = 0, angle: float = 0.0, noise: float = 0.0) -> list[Page]:
    """The pages as pictures of themselves, as a scanner would give them."""
    import numpy as np

    out = []
    with Pdf(written(pages), "a.pdf") as pdf:
        for number, page in enumerate(pages):
            bitmap = pdf.shown(number, dpi)
            pixels: Any = bitmap.to_numpy().reshape(bitmap.height, bitmap.width)
            wide, high = (page.width, page.height) if turn % 2 == 0 else (page.height, page.width)
            pixels = np.rot90(pixels, turn).copy()
            if angle:
                import cv2

                matrix = cv2.getRotationMatrix2D((pixels.shape[1] / 2, pixels.shape[0] / 2), angle, 1.0)
                pixels = cv2.warpAffine(pixels, matrix, pixels.shape[::-1], borderValue=255)
            if noise:
                grain = np.random.default_rng(7).normal(-8, noise, pixels.shape)
                pixels = np.clip(pixels + grain, 0, 255).astype(np.uint8)
            picture = Page(wide, high)
            picture.picture(0, 0, wide, high, pixels.tobytes(), pixels.shape[1], pixels.shape[0])
            out.append(picture)
    return out


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "available", lambda: False)


@pytest.fixture
def extra() -> None:
    if not recognition.available():
        pytest.skip("the extra for recognising text is not installed (auditor[ocr])")
    if not has_ink():
        pytest.skip("no typeface of this machine draws Chinese (fonts-noto-cjk, fonts-wqy-zenhei)")


# -- told


@pytest.mark.usefixtures("no_extra")
def test_without_the_extra_scans_are_named_and_the_rest_is_read(book: RuleBook) -> None:
    picture = scanned(Page(), dpi=30)[0]
    read = document(filing_page("300.00"), picture, picture, Page())
    assert read.scans == [2, 3]
    assert read.recognised == []
    assert len(tables(read)) == 1
    filing = filing_of(read, book.forms)
    assert ("remark.scans", {"pages": "2–3"}) in [(remark.key, remark.values) for remark in filing.remarks]


@pytest.mark.usefixtures("no_extra")
def test_a_small_picture_and_a_ground_under_text_are_no_scans() -> None:
    logo, ground = Page(), Page()
    logo.picture(200, 100, 300, 200, b"\x80" * 100, 10, 10)
    ground.picture(0, 0, 595, 842, b"\xf0" * 100, 10, 10)
    for number in range(10):
        ground.text(60, 100 + 20 * number, "第一部分部门概况说明文字", size=12)
    read = document(logo, ground)
    assert read.scans == []
    assert read.recognised == []
    assert len(lines(read)) == 10


@pytest.mark.usefixtures("no_extra")
def test_letters_that_are_drawings_are_no_blank_page() -> None:
    page = Page()
    for number in range(60):
        x = 60 + number * 7
        page.operators.append(f"{x} 700 m " + " ".join(f"{x + k} {700 + k * k % 9} l" for k in range(1, 12)) + " f")
    assert document(page).scans == [1]


@pytest.mark.usefixtures("no_extra")
def test_a_page_whose_glyphs_have_no_codes_is_a_scan() -> None:
    page = Page()
    for number in range(5):
        page.text(
            60, 100 + 20 * number, "支出合计金额单位万元", font=Font(says=tuple((c, "") for c in "支出合计金额单位万"))
        )
    read = document(page)
    assert read.scans == [1]
    assert remarks(read)["remark.unmapped_glyphs"]["count"] == "45"


@pytest.mark.usefixtures("no_extra")
@pytest.mark.parametrize("under", [True, False])
def test_the_text_layer_of_a_scan_is_recognised_text(under: bool) -> None:
    """A scanner's own recognition: text that is not painted, or that the picture is laid over."""
    page, layer = Page(440, 300), Page(440, 300)
    page.picture(0, 0, 440, 300, b"\0\0\xff\xff" * (220 * 300), 880, 300)  # ink wherever a character may stand
    layer.text(30, 260, "2023年度支出合计1508.84万元，比上年增加510.77万元。", size=12, mode=0 if under else 3)
    page.fonts = layer.fonts
    page.operators = [*layer.operators, *page.operators] if under else [*page.operators, *layer.operators]
    read = document(page)
    assert read.recognised == [1]
    assert read.scans == []
    assert lines(read) == ["2023年度支出合计1508.84万元，比上年增加510.77万元。"]


# -- recognised only as far as it can matter; what recognises is stood in for, all else is as it is


class Recogniser:
    """Recognises pages by the grey of their picture: what it says of each, and what it does first."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *says: str) -> None:
        self.says = says
        self.seen: list[int] = []
        self.before: Callable[[], None] = lambda: None
        monkeypatch.setattr(recognition, "available", lambda: True)
        monkeypatch.setattr(recognition, "recognise", self)

    def __call__(self, pixels: Any, scale: float) -> Any:
        number = int(pixels[pixels.shape[0] // 2][pixels.shape[1] // 2]) // 10
        self.seen.append(number)
        self.before()
        high, wide = pixels.shape
        text = self.says[number - 1] if number <= len(self.says) else "合同条款"
        chars = [(100.0, 60 + 12.0 * n, 90.0, 72 + 12.0 * n, 102.0, char) for n, char in enumerate(text)]
        return SeenPage(wide / scale, high / scale, (1, 0, 0, 1, 0, 0), chars, [], [])


def pictures(count: int) -> list[Page]:
    """So many pages that are pictures, each of its own grey."""
    pages = [Page() for _ in range(count)]
    for number, page in enumerate(pages, 1):
        page.picture(0, 0, 595, 842, bytes([number * 10 + 5]) * 100, 10, 10)
    return pages


def test_what_does_not_look_like_a_filing_is_recognised_for_two_pages_only(
    monkeypatch: pytest.MonkeyPatch, book: RuleBook
) -> None:
    recogniser = Recogniser(monkeypatch)
    read = document(*pictures(19))
    assert recogniser.seen == [1, 2]
    assert (read.recognised, read.scans) == ([1, 2], list(range(3, 20)))
    assert "remark.scans_unlike" in remarks(read)
    with pytest.raises(BadInputError) as caught:
        filing_of(read, book.forms)
    assert "3–19" in str(caught.value)


def test_blank_pictures_are_looked_at_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser = Recogniser(monkeypatch, *[""] * 9)
    read = document(*pictures(9))
    assert recogniser.seen == [1, 2, 3, 4]
    assert read.scans == list(range(1, 10))


def test_what_looks_like_a_filing_is_recognised_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what was recognised, by another page, or by the name of the file."""
    recogniser = Recogniser(monkeypatch, "测试局", "2023年度部门决算")
    assert document(*pictures(6)).recognised == [1, 2, 3, 4, 5, 6]
    text = Page()
    text.text(60, 100, "测试局2023年度部门决算情况说明如下，现予公开")
    assert document(*pictures(6), text).recognised == [1, 2, 3, 4, 5, 6]
    recogniser.says = ()
    assert document(*pictures(6)).recognised == [1, 2]
    assert read_bytes(written(pictures(6)), "2023年部门决算.pdf").recognised == [1, 2, 3, 4, 5, 6]


def test_recognition_is_bounded_by_page_and_by_file_and_what_is_left_is_named(
    monkeypatch: pytest.MonkeyPatch, book: RuleBook
) -> None:
    recogniser = Recogniser(monkeypatch, "测试局2023年度部门决算", "", "全年支出合计100.00万元。", "完")
    monkeypatch.setattr(limits, "SCAN_SECONDS", 0.5)
    recogniser.before = lambda: time.sleep(30 if recogniser.seen[-1] == 2 else 0)
    read = document(*pictures(4))
    assert (read.recognised, read.scans) == ([1, 3, 4], [2])
    assert remarks(read)["remark.slow_scan"] == {"page": "2", "limit": "0.5"}
    keys = {remark.key: remark.values for remark in filing_of(read, book.forms).remarks}
    assert keys["remark.scans_left"] == {"pages": "2"}
    recogniser.before = lambda: None
    monkeypatch.setattr(limits, "SCANS_SECONDS", -1)
    read = document(*pictures(4))
    assert (read.recognised, read.scans) == ([], [1, 2, 3, 4])
    assert "remark.scans_time" in remarks(read)


def test_progress_is_told_page_by_page(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Recogniser(monkeypatch, "2023年度部门决算")
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(limits._Hooks, "more_time", lambda done, total: told.append((done, total)))
    document(*pictures(3))
    assert told == [(0, 3), (1, 3), (2, 3)]
    guard = Guard()
    guard.on_pages = tell_pages
    for said in (b"more time 2 3", b"more time", b"more time -1 x", b"more time 1234567 3"):
        guard._tell(said)
    assert capsys.readouterr().err.count("\r") == 2


# -- recognised


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize(
    "how",
    [{}, {"angle": 0.8, "noise": 8.0}, {"turn": 1, "angle": -1.4}, {"turn": 2}],
    ids=lambda how: "-".join(how) or "clean",
)
def test_a_scanned_page_is_read_as_if_it_had_text(how: dict[str, Any]) -> None:
    read = document(*scanned(drawn(), **how))
    assert read.recognised == [1]
    assert read.scans == []
    (grid,) = read.grids()
    merged = [["项目", "决算数", "决算数"], ["项目", "本年", "上年"]]
    assert rows(grid) == [*merged, *BODY]
    assert grid.spans_known
    (title, unit, sentence) = lines(read)
    assert title.replace(" ", "") == "支出决算总表"
    assert unit.startswith("单位")
    assert "1508.84万元" in sentence
    assert "510.77万元" in sentence


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize(("turn", "angle"), [(0, 1.2), (1, 0.0), (3, 0.7)])
def test_what_is_recognised_stands_where_the_page_shows_it(turn: int, angle: float) -> None:
    import math

    page = drawn()
    (plain,) = document(page).grids()
    (found,) = document(*scanned(page, turn=turn, angle=angle)).grids()
    wide, high = (page.width, page.height) if turn % 2 == 0 else (page.height, page.width)
    for before, after in zip(plain.rows[3], found.rows[3], strict=True):
        assert before.place.bbox is not None
        assert after.place.bbox is not None
        x, y = (before.place.bbox[0] + before.place.bbox[2]) / 2, (before.place.bbox[1] + before.place.bbox[3]) / 2
        x, y = [(x, y), (y, page.width - x), (page.width - x, page.height - y), (page.height - y, x)][turn]
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        dx, dy = x - wide / 2, y - high / 2
        x, y = wide / 2 + dx * cos + dy * sin, high / 2 - dx * sin + dy * cos
        x0, y0, x1, y1 = after.place.bbox
        assert (x0 + x1) / 2 == pytest.approx(x, abs=2.5)
        assert (y0 + y1) / 2 == pytest.approx(y, abs=2.5)


@pytest.mark.usefixtures("extra")
def test_a_table_without_rulings_is_recognised_by_alignment() -> None:
    page = Page()
    page.table(60, 110, WIDTHS, [["项目", "本年", "上年"], *BODY], size=11, height=22, ruled=False)
    (grid,) = document(*scanned(page)).grids()
    assert grid.borderless
    assert [row[1].raw for row in grid.rows][1:] == [row[1] for row in BODY]


@pytest.mark.usefixtures("extra")
def test_a_picture_of_a_table_beside_text_is_recognised_and_a_photograph_is_not() -> None:
    table = scanned(drawn())[0]
    page = Page()
    for number in range(6):
        page.text(60, 60 + 16 * number, "本部门2023年度收入支出决算情况说明如下", size=11)
    (pixels, wide, high) = table.pictures[0]
    page.picture(60, 200, 500, 500, pixels, wide, high)
    read = document(page)
    assert read.recognised == [1]
    assert tables(read)[0][-1] == BODY[-1]
    assert lines(read)[0] == "本部门2023年度收入支出决算情况说明如下"
    photograph = Page()
    for number in range(6):
        photograph.text(60, 60 + 16 * number, "本部门2023年度收入支出决算情况说明如下", size=11)
    grain = bytes((x * y * 7) % 251 for y in range(200) for x in range(200))
    photograph.picture(50, 200, 545, 700, grain, 200, 200)
    assert document(photograph).recognised == []


@pytest.mark.usefixtures("extra")
def test_a_cell_that_cannot_be_recognised_is_unreadable_and_not_empty() -> None:
    page = drawn()
    page.box(285, 149, 318, 166, fill=0.3)  # a smear over an amount
    (grid,) = document(*scanned(page)).grids()
    assert grid.rows[3][1].raw not in ("", BODY[1][1])
    assert grid.rows[2][1].raw == BODY[0][1]


@pytest.mark.usefixtures("extra")
def test_a_table_goes_on_from_one_scanned_page_to_the_next() -> None:
    first, second = Page(), Page()
    first.table(60, 110, WIDTHS, [*HEAD, *BODY[:2]], size=11, height=22)
    second.table(60, 60, WIDTHS, BODY[2:], size=11, height=22)
    grids = list(document(*scanned(first, second)).grids())
    assert [grid.continues for grid in grids] == [False, True]
    assert rows(grids[1]) == BODY[2:]


@pytest.mark.usefixtures("extra")
def test_more_scans_than_bearable_are_left_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanned_pages, "MAX_RECOGNISED", 1)
    read = document(*scanned(drawn(), drawn()))
    assert (read.recognised, read.scans) == ([1], [2])
    assert remarks(read)["remark.many_scans"] == {"limit": "1"}


@pytest.mark.usefixtures("extra")
def test_an_empty_scan_stays_a_scan() -> None:
    read = document(*scanned(Page(), dpi=60))
    assert (read.recognised, read.scans) == ([], [1])


@pytest.mark.usefixtures("extra")
def test_the_worker_process_recognises_within_its_bounds() -> None:
    from auditor.limits import Limits
    from auditor.sandbox.guard import Guard

    guard = Guard(Limits(seconds=60))
    try:
        read = guard.read_bytes(written(scanned(drawn())), "a.pdf")
    finally:
        guard.close()
    assert read.recognised == [1]
    assert tables(read)[0][-1] == BODY[-1]


# -- what rests on recognised figures accuses nobody


def filing_page(total: str) -> Page:
    page = Page()
    page.text(190, 40, "测试局2023年度部门决算", size=16)
    page.text(220, 80, "收入决算表", size=16)
    page.text(450, 100, "单位：万元", size=10)
    head = [
        "科目编码",
        "科目名称",
        "本年收入合计",
        "财政拨款收入",
        "上级补助收入",
        "事业收入",
        "经营收入",
        "附属单位上缴收入",
        "其他收入",
    ]
    body = [
        ["", "合计", total, "300.00", "", "", "", "", ""],
        ["208", "社会保障和就业支出", "200.00", "200.00", "", "", "", "", ""],
        ["20805", "行政事业单位养老支出", "200.00", "200.00", "", "", "", "", ""],
        ["2080505", "机关事业单位基本养老保险缴费支出", "200.00", "200.00", "", "", "", "", ""],
        ["210", "卫生健康支出", "100.00", "100.00", "", "", "", "", ""],
        ["21011", "行政事业单位医疗", "100.00", "100.00", "", "", "", "", ""],
        ["2101101", "行政单位医疗", "100.00", "100.00", "", "", "", "", ""],
    ]
    page.table(30, 110, [52.0, 110.0, 62.0, 62.0, 50.0, 50.0, 50.0, 50.0, 48.0], [head, *body], size=9, height=20)
    return page


def test_a_gap_between_printed_figures_is_an_error_and_between_recognised_ones_a_hint(book: RuleBook) -> None:
    read = document(filing_page("301.00"))
    (printed,) = audit_filings(group([filing_of(read, book.forms)], book.forms), book)
    assert Severity.ERROR in {finding.severity for finding in printed.findings}
    assert {fact.read_by for fact in printed.facts if fact.is_figure} == {ReadBy.PRINTED}
    read.recognised = [1]
    (audit,) = audit_filings(group([filing_of(read, book.forms)], book.forms), book)
    assert {fact.read_by for fact in audit.filing.facts} == {ReadBy.OCR}
    assert len(audit.findings) == len(printed.findings)
    assert {finding.severity for finding in audit.findings} == {Severity.INFO}
    assert Mark.SUSPECT not in audit.marks
    assert Mark.CONTRADICTED not in audit.marks
    narrator = Narrator(audit)
    for finding in audit.findings:
        assert finding.recognised
        assert narrator.message(finding).endswith("请先对照原件。")
    html = filing_html(audit, tool_data("1", ""), "half_up")
    assert "最可能有误：" not in html
    assert "第 1 页的文字由图片识别得来" in html
    data = filing_data(audit, {})
    assert {figure["read_by"] for finding in data["findings"] for figure in finding["figures"]} == {"ocr"}


def test_a_finding_on_printed_figures_stays_an_error_beside_a_recognised_page(book: RuleBook) -> None:
    read = document(filing_page("301.00"), Page())
    read.recognised = [2]
    (audit,) = audit_filings(group([filing_of(read, book.forms)], book.forms), book)
    assert Severity.ERROR in {finding.severity for finding in audit.findings}


@pytest.mark.usefixtures("extra")
def test_a_scanned_filing_gives_recognised_facts_and_no_error(book: RuleBook) -> None:
    read = read_bytes(written(scanned(filing_page("301.00"), dpi=200)), "a.pdf")
    (audit,) = audit_filings(group([filing_of(read, book.forms)], book.forms), book)
    figures = [fact for fact in audit.filing.facts if fact.is_figure]
    assert len(figures) == 14
    assert {fact.read_by for fact in figures} == {ReadBy.OCR}
    assert audit.findings
    assert {finding.severity for finding in audit.findings} == {Severity.INFO}
