"""The reports in a real browser: they open from disk without network, are readable when narrow, and can be printed."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from auditor.engine.audit import audit_filings
from auditor.reading import read_filing
from auditor.reports.html import filing_html, index_html
from auditor.units import Rounding

from tests.conftest import EXAMPLES, rule_book

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars",
)  # fmt: skip
TOOL = {"name": "auditor", "version": "0", "rules_sha256": "0" * 64}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")

# Appended for the test only: writes into the page what a reader of that window would meet.
PROBE = """<script>
const wide = [...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll")
  && !e.classList.contains("skip") && e.getBoundingClientRect().right > innerWidth + 1).length;
const dead = [...document.querySelectorAll("a[href^='#']")].filter(a => !document.getElementById(a.hash.slice(1))).length;
function light(c) { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; }
function behind(e) { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
  if (!/, 0\\)$|transparent/.test(c)) return c; } return "rgb(255, 255, 255)"; }
const faint = [...document.querySelectorAll("body *")].filter(e => {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length) return false;
  const a = light(getComputedStyle(e).color), b = light(behind(e));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5; }).map(e => e.className || e.tagName);
document.body.dataset.probe = JSON.stringify({page: document.documentElement.scrollWidth - innerWidth, wide, dead,
  faint: [...new Set(faint)], loaded: performance.getEntriesByType("resource").length});
</script>"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    audits = [
        (path.stem, audit_filings([read_filing([path], rule_book().forms)], rule_book(), Rounding.HALF_UP)[0])
        for path in sorted(EXAMPLES.glob("*.txt"))
    ]
    texts = {stem: filing_html(audit, TOOL, "half_up") for stem, audit in audits}
    texts["index"] = index_html(audits, [("坏.txt", "坏.txt 是空文件：请确认导出或下载是否完整。")], TOOL)
    made: dict[str, Path] = {}
    for name, text in texts.items():
        made[name] = folder / f"{len(made)}.html"
        made[name].write_text(text.replace("<details", "<details open"), encoding="utf-8")
    return made


def browse(*arguments: str) -> str:
    done = subprocess.run(
        [str(CHROMIUM), *FLAGS, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=120, check=True
    )
    return done.stdout


@pytest.mark.parametrize("width", [360, 720, 1280])
def test_pages_fit_their_window_and_links_lead_somewhere(pages: dict[str, Path], width: int, tmp_path: Path) -> None:
    import html
    import json
    import re

    for path in pages.values():
        probed = tmp_path / path.name
        probed.write_text(path.read_text(encoding="utf-8") + PROBE, encoding="utf-8")
        # A window of the browser is at least 500 wide: a frame gives the narrow ones.
        text = probed.read_text(encoding="utf-8")
        frame = tmp_path / f"frame-{path.name}"
        frame.write_text(
            f'<iframe id="f" style="width:{width}px;height:900px;border:0" srcdoc="{html.escape(text)}"></iframe>'
            "<script>const f = document.getElementById('f'); f.onload = () => {"
            "document.title = f.contentDocument.body.dataset.probe}</script>",
            encoding="utf-8",
        )
        shown = browse("--virtual-time-budget=5000", "--dump-dom", frame.as_uri())
        found = re.search(r"<title>(.*?)</title>", shown)
        assert found
        probe = json.loads(html.unescape(found.group(1)))
        assert probe == {"page": 0, "wide": 0, "dead": 0, "faint": [], "loaded": 0}, (path.name, width)


def test_pages_are_drawn_and_not_blank(pages: dict[str, Path], tmp_path: Path) -> None:
    for name, path in pages.items():
        picture = tmp_path / "page.png"
        browse(f"--screenshot={picture}", "--window-size=1280,1600", path.as_uri())
        assert len(set(_pixels(picture)[::997])) > 4, name


def _pixels(path: Path) -> list[bytes]:
    """The raw bytes of a PNG's rows, in triples; enough to tell a drawn page from a blank one."""
    data = path.read_bytes()
    at, packed = 8, b""
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(packed)
    return [raw[i : i + 3] for i in range(0, len(raw) - 3, 3)]


def test_pages_are_printed(pages: dict[str, Path], tmp_path: Path) -> None:
    for path in pages.values():
        printed = tmp_path / "page.pdf"
        browse(f"--print-to-pdf={printed}", "--no-pdf-header-footer", path.as_uri())
        data = printed.read_bytes()
        assert data.startswith(b"%PDF-")
        assert len(data) > 20_000
