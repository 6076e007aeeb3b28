"""The reports in a real browser: opened from disk without network, by keyboard, in narrow windows, and printed."""

from __future__ import annotations

import json
import struct
import time
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from auditor.annotate.page_pictures import Picture, Region, checked, draw
from auditor.engine.audit import audit_filings
from auditor.engine.findings import Audit, Standing
from auditor.model.units import Rounding
from auditor.readers import read_bytes
from auditor.reading.filings import filing_of, finished, read_filing
from auditor.reports.html import filing_html, index_html
from auditor.reports.json_report import tool_data
from auditor.store.waivers import load_waivers
from auditor.testing.pdf_blocks import pdf_of

from tests.conftest import EXAMPLES, rule_book
from tests.readers.pdf.test_pdf_filings import blocks
from tests.reports.test_html import many
from tests.support.browser import CHROMIUM, Browser

TOOL = tool_data("0", "0" * 64)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (package chromium)"),
]

# What a reader of this window would meet: things beyond its edge, dead links, faint text, nameless controls.
PROBE = """(() => {
const seen = [...document.querySelectorAll("body *")].filter(e => e.getClientRects().length);
const wide = seen.filter(e => !e.closest(".scroll") && !e.classList.contains("skip")
  && e.getBoundingClientRect().right > innerWidth + 1).length;
const dead = [...document.querySelectorAll("a[href^='#']")].filter(a => !document.getElementById(a.hash.slice(1))).length;
const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
  if (!/, 0\\)$|transparent/.test(c)) return c; } return "rgb(255, 255, 255)"; };
const faint = seen.filter(e => {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) return false;
  const a = light(getComputedStyle(e).color), b = light(behind(e));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5; }).map(e => e.className || e.tagName);
const nameless = seen.filter(e => e.matches("input,select,textarea,button,img,[tabindex='0']")
  && !(e.labels && e.labels.length) && !e.textContent.trim() && !e.getAttribute("aria-label") && !e.alt).length;
return {page: document.documentElement.scrollWidth - innerWidth, wide, dead, faint: [...new Set(faint)], nameless};
})()"""
FINE = {"page": 0, "wide": 0, "dead": 0, "faint": [], "nameless": 0}


@cache
def pdf_filing() -> bytes:
    """A filing as PDF, with two wrong figures."""
    return pdf_of(blocks(rule_book(), 29, planted=True))


def audits() -> dict[str, Audit]:
    book = rule_book()
    found = {
        path.stem: audit_filings([read_filing([path], book.forms)], book, Rounding.HALF_UP)[0]
        for path in sorted(EXAMPLES.glob("*.txt"))
    }
    document = read_bytes(pdf_filing(), "示例.pdf")
    filing = finished(filing_of(document, book.forms), book.forms)
    return found | {"示例": audit_filings([filing], book, Rounding.HALF_UP)[0]}


def drawn(sha256: str, regions: Sequence[Region]) -> list[Picture | None]:
    return checked(draw(pdf_filing(), "示例.pdf", sha256, regions), len(regions))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    found = audits()
    texts = {stem: filing_html(audit, TOOL, "half_up", drawn) for stem, audit in found.items()}
    texts["index"] = index_html(list(found.items()), [("坏.txt", "坏.txt 是空文件：请确认导出或下载是否完整。")], TOOL)
    made: dict[str, Path] = {}
    for name, text in texts.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture
def wrong(pages: dict[str, Path]) -> Path:
    return next(path for name, path in pages.items() if name.startswith("清河"))


def test_pages_open_from_disk_and_ask_for_nothing(browser: Browser, pages: dict[str, Path]) -> None:
    for path in pages.values():
        browser.open(path)
        assert [url for url in browser.requests if not url.startswith(("data:image/png;", "file:"))] == []
        assert len([url for url in browser.requests if url.startswith("file:")]) == 1


@pytest.mark.parametrize("width", [360, 720, 1280])
def test_pages_fit_their_window_and_can_be_read(browser: Browser, pages: dict[str, Path], width: int) -> None:
    for name, path in pages.items():
        browser.open(path, width=width)
        assert browser.run(PROBE) == FINE, name
        browser.run("document.querySelectorAll('details').forEach(part => { part.open = true })")
        assert browser.run(PROBE) == FINE, name


def test_pages_are_whole_without_their_script(browser: Browser, pages: dict[str, Path]) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        for path in pages.values():
            browser.open(path)
            assert browser.run("document.querySelectorAll('input,select,button,textarea').length") == 0
            assert browser.run("[...document.querySelectorAll('article,main tr')].filter(e => e.hidden).length") == 0
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)


def shown(browser: Browser) -> list[str]:
    found = browser.run("[...document.querySelectorAll('article')].filter(e => !e.hidden).map(e => e.dataset.number)")
    assert isinstance(found, list)
    return found


def test_findings_are_filtered_by_keyboard(browser: Browser, wrong: Path) -> None:
    browser.open(wrong)
    assert shown(browser) == ["1", "2", "3", "4", "5"]
    browser.tab_to("input[name=q]")
    browser.type("住房公积金")
    assert shown(browser) == ["2"]
    assert browser.run("[...document.querySelectorAll('tr[data-f]')].filter(e => !e.hidden).length") == 1
    assert browser.run("document.querySelector('.tools [role=status]').textContent") == "显示 1 条，共 5 条疑点"
    browser.tab_to("button[name=clear]")
    browser.press("Enter")
    assert shown(browser) == ["1", "2", "3", "4", "5"]
    browser.open(wrong)
    browser.tab_to("input[name=severity][value=error]")
    browser.press(" ")
    assert shown(browser) == ["5"]  # the hint


def test_units_are_filtered_and_sorted_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    rows = (
        "[...document.querySelectorAll('table.list tbody tr')].filter(e => !e.hidden).map(e => e.cells[0].textContent)"
    )
    browser.open(pages["index"])
    assert len(browser.run(rows)) == 3
    browser.tab_to("input[name=q]")
    browser.type("fa-x-10")  # a rule that one of them breaks
    assert ["清河" in text for text in browser.run(rows)] == [True]
    browser.open(pages["index"])
    tails = "[...document.querySelectorAll('table.list tbody tr')].map(e => Number(e.cells[5].textContent))"
    before = browser.run(tails)
    browser.tab_to("th:nth-child(6) button")
    browser.press("Enter")
    assert browser.run(tails) == sorted(before, reverse=True) != before
    assert browser.run("document.querySelector('th[aria-sort]').textContent") == "尾差"
    browser.press("Enter")
    assert browser.run(tails) == before


def test_links_lead_from_a_finding_to_its_figures_and_back(browser: Browser, pages: dict[str, Path]) -> None:
    for name, path in pages.items():
        if name == "index":
            continue
        browser.open(path)
        found = browser.run("""[...document.querySelectorAll("article, .fold tr[id]")].map(part => {
          const homes = [...part.querySelectorAll("a[href^='#n']")].map(a => document.getElementById(a.hash.slice(1)));
          return [homes.length, homes.every(home => [...home.querySelectorAll("a")].some(a => a.hash === "#" + part.id))];
        })""")
        assert found
        assert all(count and back for count, back in found if count), name
        assert any(count for count, _ in found)


def test_a_link_opens_what_is_folded_and_takes_the_focus_there(browser: Browser, wrong: Path) -> None:
    browser.open(wrong)
    browser.run("document.querySelectorAll('details').forEach(part => { part.open = false })")
    target = browser.run("document.querySelector('article a[href^=\"#n\"]').hash.slice(1)")
    browser.tab_to("article a[href^='#n']")
    browser.press("Enter")
    for _ in range(50):
        if browser.run(f"document.activeElement.id === {json.dumps(target)}"):
            break
        time.sleep(0.02)
    assert browser.run("document.activeElement.id") == target
    assert browser.run("document.activeElement.closest('details').open")
    assert browser.run(
        "(box => box.top >= 0 && box.bottom <= innerHeight)(document.activeElement.getBoundingClientRect())"
    )
    browser.press("Tab")
    browser.press("Enter")  # the figure itself is the link back
    for _ in range(50):
        if browser.run("document.activeElement.tagName") == "ARTICLE":
            break
        time.sleep(0.02)
    assert browser.run("document.activeElement.tagName") == "ARTICLE"


def test_the_map_shows_figures_of_one_mark(browser: Browser, wrong: Path) -> None:
    browser.open(wrong)
    browser.run(
        "(box => { box.value = 'suspect'; box.dispatchEvent(new Event('input', {bubbles: true})) })"
        "(document.querySelector('#map-tools select'))"
    )
    seen = "[...document.querySelectorAll('.map td.n')].filter(e => e.getClientRects().length)"
    assert browser.run(f"{seen}.filter(e => e.matches('.suspect')).length") == 4
    assert browser.run(f"{seen}.every(e => e.parentElement.querySelector('.suspect'))")
    assert browser.run("document.querySelector('#map-tools [role=status]').textContent") == "4 个"


def test_decisions_are_exported_as_the_file_that_the_next_run_takes_in(browser: Browser, wrong: Path) -> None:
    folder = browser.downloads()
    browser.open(wrong)
    browser.run("localStorage.clear()")
    browser.open(wrong)
    browser.run("""(() => {
      const fill = (box, name, value) => { const part = box.querySelector(`[name=${name}]`); part.value = value;
        part.dispatchEvent(new Event("input", {bubbles: true})); };
      const [first, second, third] = document.querySelectorAll("article .deal");
      fill(first, "state", "waived"); fill(first, "remark", "账证相符：\\"三公\\" 经费 # 不改\\n- 第二行");
      fill(second, "state", "changed"); fill(second, "remark", "已改为 39.74"); fill(third, "remark", "没有选状态");
    })()""")
    browser.tab_to("button[name=export]")
    browser.press("Enter")
    assert "疑点 1" in browser.run("document.querySelector('.tools [role=status]').textContent")
    assert browser.run("document.activeElement.name") == "who"
    browser.type("王敏")
    browser.run(
        "(box => { box.value = '2026-12-31'; box.dispatchEvent(new Event('input', {bubbles: true})) })"
        "(document.querySelector('article [name=until]'))"
    )
    browser.open(wrong)  # what was entered is kept
    browser.run("document.querySelector('button[name=export]').click()")
    path = folder / "waivers.yaml"
    for _ in range(100):
        if path.is_file():
            break
        time.sleep(0.05)
    waived, changed = load_waivers(path, ())
    ids = browser.run("[...document.querySelectorAll('article')].map(e => e.dataset.id)")
    assert [waived.finding, changed.finding] == ids[:2]
    assert waived.review.state is Standing.WAIVED
    assert waived.review.reason == '账证相符："三公" 经费 # 不改\n- 第二行'
    assert (waived.review.who, str(waived.review.until)) == ("王敏", "2026-12-31")
    assert (waived.entity, waived.year) == ("清河县公共就业服务中心", 2023)
    assert changed.review.state is Standing.CHANGED
    assert changed.review.remark == "已改为 39.74"


def test_pictures_of_the_original_frame_the_figures(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["示例"])
    assert browser.run("document.querySelectorAll('.spot img').length") >= 1
    assert browser.run("""[...document.querySelectorAll(".spot")].every(spot => {
      const img = spot.querySelector("img"), whole = img.getBoundingClientRect(), frames = [...spot.querySelectorAll("i")];
      return img.complete && img.naturalWidth > 100 && frames.length && frames.every(frame => {
        const box = frame.getBoundingClientRect();
        return box.width > 8 && box.height > 8 && box.left >= whole.left - 3 && box.right <= whole.right + 3
          && box.top >= whole.top - 3 && box.bottom <= whole.bottom + 3; });
    })""")


def test_pages_are_drawn_and_not_blank(browser: Browser, pages: dict[str, Path]) -> None:
    for name, path in pages.items():
        browser.open(path, height=1600)
        assert len(set(_pixels(browser.picture())[::997])) > 4, name


def _pixels(data: bytes) -> list[bytes]:
    """The raw bytes of a PNG's rows, in triples; enough to tell a drawn page from a blank one."""
    at, packed = 8, b""
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(packed)
    return [raw[i : i + 3] for i in range(0, len(raw) - 3, 3)]


def test_the_print_has_the_change_list_and_the_findings_and_no_controls(browser: Browser, wrong: Path) -> None:
    browser.open(wrong)
    document = pypdfium2.PdfDocument(browser.printed())
    texts = [page.get_textpage().get_text_range() for page in document]
    assert "修改清单" in texts[0]
    assert "93.74" in texts[0]
    assert "39.74" in texts[0]
    whole = "".join(texts)
    assert "可能的范围" in whole
    assert "导出处理意见" not in whole
    assert "备注" not in whole


def test_the_change_list_prints_alone(browser: Browser, wrong: Path) -> None:
    browser.open(wrong)
    browser.run("document.documentElement.classList.add('only-changes')")
    document = pypdfium2.PdfDocument(browser.printed())
    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    assert "清河县公共就业服务中心" in text
    assert "39.74" in text
    assert "可能的范围" not in text


def test_thousands_of_units_open_and_filter_at_once(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text(index_html(many(3000), [], TOOL), encoding="utf-8")
    assert path.stat().st_size < 3_000_000
    began = time.monotonic()
    browser.open(path)
    assert time.monotonic() - began < 20  # about one second on an idle machine
    browser.tab_to("input[name=q]")
    browser.type("第2999单位")
    assert browser.run("document.querySelector('.tools [role=status]').textContent") == "显示 1 份，共 3000 份"
