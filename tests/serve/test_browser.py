"""The page in a real browser: drag and drop, decisions, corrected drafts, by keyboard, in narrow windows, printed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

pytest.importorskip("starlette", reason="the extra auditor[serve] is not installed")

from auditor.cli.main import cli
from click.testing import CliRunner

from tests.conftest import EXAMPLES
from tests.reports.test_browser import FINE, PROBE
from tests.serve.test_rules import RULE
from tests.support.browser import CHROMIUM, Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (package chromium)"),
]
WRONG = next(EXAMPLES.glob("清河*.txt"))
OVER = "document.getElementById('stop').hidden && document.getElementById('stage').textContent"


class Program:
    """`auditor serve` in a process of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        state = ["--no-browser", "--state", str(folder / "state")]
        command = [sys.executable, "-m", "auditor.cli.main", "serve", *state, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.address = self.process.stdout.readline().split("：", 1)[1].split("（")[0]
        self.home = self.address.partition("?")[0]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path)
    yield made
    made.kill()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser"), local=True) as made:
        yield made


def dropped(browser: Browser, *paths: Path) -> None:
    """Drop files whose audit leads to the page of a filing, and wait for its report."""
    before = browser.run("location.pathname")
    browser.drop([path.resolve() for path in paths], y=60)
    browser.wait(f"location.pathname.startsWith('/filing/') && location.pathname !== {before!r}")
    browser.wait("performance.getEntriesByType('resource').some(one => one.name.endsWith('/decisions'))")


def decided(browser: Browser, state: str, remark: str) -> None:
    """Give the first finding a state and a remark, as its reader does, and wait until it is kept."""
    browser.run("document.getElementById('told').textContent = ''")
    for name, value in (("state", state), ("remark", remark)):
        browser.within(
            f"(() => {{ const f = document.querySelector('article [name={name}]'); f.value = {value!r};"
            " f.dispatchEvent(new Event('input', {bubbles: true})); })()"
        )
    assert browser.wait("document.getElementById('told').textContent") == "已保存"


def saved_list(browser: Browser, folder: Path) -> None:
    """Wait until the list is saved, take it for what it is, and delete it."""
    for _ in range(100):
        if found := [path for path in folder.iterdir() if path.suffix == ".xlsx"]:
            assert found[0].read_bytes().startswith(b"PK")
            found[0].unlink()
            return
        browser.wait("new Promise(done => setTimeout(() => done(true), 200))")
    raise AssertionError(list(folder.iterdir()))


def test_from_drop_to_a_corrected_draft(browser: Browser, program: Program, tmp_path: Path) -> None:
    browser.go(program.address)
    assert browser.run("location.search") == ""  # the key does not stay in the address
    dropped(browser, WRONG)
    assert browser.within("document.querySelector('main > section').id") == "changes"
    assert browser.within("document.querySelectorAll('#changes tbody tr').length") > 0
    top = "document.querySelector('#changes tbody tr').getBoundingClientRect()"
    assert browser.within(f"{top}.bottom < innerHeight")  # the first screen shows a change
    assert [url for url in browser.requests if not url.startswith((program.home, "data:"))] == []
    decided(browser, "changed", "已同财务核实")

    program.kill()  # as a crash would: nothing is said goodbye to
    again = Program(tmp_path)
    try:
        browser.go(again.address)
        browser.run("document.querySelector('.filings a').click()")
        browser.wait("!!document.getElementById('report')")
        kept = "document.querySelector('article [name=remark]').value"
        browser.wait("performance.getEntriesByType('resource').some(one => one.name.endsWith('/decisions'))")
        assert browser.within(kept) == "已同财务核实"
        assert browser.within("document.querySelector('article [name=state]').value") == "changed"

        printed, wanted = browser.within(
            "[...document.querySelectorAll('#changes tbody tr')].map(row => [row.cells[3].textContent,"
            " row.cells[4].textContent]).find(pair => pair[1])"
        )
        draft = tmp_path / "修改稿.txt"
        draft.write_text(WRONG.read_text("utf-8").replace(printed, wanted, 1), encoding="utf-8")
        dropped(browser, draft)
        assert "消失 1 个，新增 0 个" in browser.run("document.querySelector('.since').textContent")
        saved = browser.downloads()
        browser.run("document.querySelector('.tools a').click()")
        saved_list(browser, saved)
        browser.go(again.home)
        browser.run("window.confirm = () => true; document.getElementById('delete-all').click()")
        browser.wait("document.body.textContent.includes('还没有核对过文件')")
    finally:
        again.kill()


def test_a_folder_with_wrong_files_says_so_in_place(browser: Browser, program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "各单位"
    (folder / "2023").mkdir(parents=True)
    for path in EXAMPLES.glob("*.txt"):
        shutil.copy(path, folder / "2023")
    (folder / "空.docx").write_bytes(b"")
    (folder / "便条.txt").write_text("明天开会。\n", encoding="utf-8")
    (folder / "缩略图.db").write_bytes(b"x")
    browser.go(program.address)
    browser.drop([folder])
    assert "2 份文件" in browser.wait(OVER)
    lines = browser.run("[...document.querySelectorAll('#files li')].map(line => line.innerText)")
    assert len(lines) == 4  # what no filing can be is not even sent
    text = "\n".join(lines)
    assert "空.docx 是空文件：请确认导出或下载是否完整。" in text
    assert "便条.txt 中没有认出部门预决算公开的标题、表格或金额" in text
    assert browser.run("document.querySelectorAll('.filings li').length") == 2


def test_pages_fit_narrow_windows_and_can_be_read(browser: Browser, program: Program) -> None:
    browser.go(program.address)
    dropped(browser, WRONG)
    filing = browser.run("location.href")
    for width in (360, 640, 1280):  # 640 is 1280 at 200 %
        for address in (program.home, filing):
            browser.go(address, width=width)
            browser.run("document.querySelectorAll('details').forEach(part => { part.open = true })")
            assert browser.run(PROBE) == FINE, (address, width)


def test_the_keyboard_alone_is_enough(browser: Browser, program: Program) -> None:
    browser.go(program.address)
    browser.tab_to("#pick-files")
    assert browser.run("getComputedStyle(document.activeElement.parentElement).outlineStyle") == "solid"
    browser.tab_to("#pick-folder")
    browser.tab_to("#keep")
    browser.press(" ")
    assert browser.run("document.getElementById('keep').checked")
    browser.choose("#pick-files", [WRONG.resolve()])
    browser.wait("location.pathname.startsWith('/filing/')")
    for selector in ("a[href='/']", "a[download]", "#print", "button.delete", "summary", "iframe"):
        browser.tab_to(selector)
    assert browser.run("document.getElementById('report').title").startswith("清河县")


def test_the_list_of_filings_is_printed(browser: Browser, program: Program) -> None:
    browser.go(program.address)
    dropped(browser, WRONG)
    browser.go(program.home)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        Path(file.name).write_bytes(browser.printed())
        text = pypdfium2.PdfDocument(file.name)[0].get_textpage().get_text_bounded()
    assert "清河县公共就业服务中心" in text
    assert "选择文件" not in text


def test_two_hundred_files_at_once_finish_with_a_summary(browser: Browser, program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "全县"
    folder.mkdir()
    for number in range(196):
        (folder / f"便条{number:03}.txt").write_text(f"明天开会，请 {number} 号参加。\n", encoding="utf-8")
    for number in range(2):
        for path in EXAMPLES.glob("*.txt"):
            text = path.read_text("utf-8").replace("清河县", f"清河{number}县").replace("青山县", f"青山{number}县")
            (folder / f"{number}{path.name}").write_text(text, encoding="utf-8")
    browser.go(program.address)
    browser.drop([folder])
    summary = browser.wait(OVER)
    assert summary.startswith("4 份文件：")
    assert "196 个文件无法核对" in summary
    states = browser.run("[...document.querySelectorAll('#files li')].map(line => line.className)")
    assert (len(states), states.count("done"), states.count("failed")) == (200, 4, 196)
    assert browser.run("document.querySelectorAll('.filings li').length") == 4


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results")
    done = CliRunner().invoke(cli, ["screen", str(EXAMPLES), "--out", str(out), "--format", "html,xlsx"])
    assert done.exit_code == 0, done.output
    return out


def test_the_office_from_the_ranking_to_the_list(browser: Browser, results: Path, tmp_path: Path) -> None:
    program = Program(tmp_path, str(results))
    try:
        browser.go(program.address)
        browser.run("document.querySelector('header a').click()")
        browser.wait("location.pathname === '/office' && !!document.querySelector('.ranked')")
        assert browser.run("document.querySelector('.ranked a').textContent").startswith("清河县")
        browser.run("document.querySelector('select[name=severity]').value = 'error'")
        browser.run("document.querySelector('form.filter').requestSubmit()")
        browser.wait(
            "location.search.includes('severity=error') && document.querySelectorAll('.ranked tbody tr').length === 1"
        )
        browser.go(f"{program.home}office?view=findings&severity=error")
        browser.run("document.querySelector('.deal select').value = 'confirmed'")
        browser.run("document.querySelector('.deal select').dispatchEvent(new Event('input', {bubbles: true}))")
        assert browser.wait("document.getElementById('told').textContent") == "已保存"
        browser.run("document.querySelector('.hits td:nth-child(2) a').click()")
        browser.wait("location.pathname === '/office/rule'")
        assert "已判断 1 个，其中 1 个确有问题" in browser.run("document.querySelector('.note').textContent")
        saved = browser.downloads()
        browser.run("document.querySelector('a[download]').click()")
        saved_list(browser, saved)
        browser.run("document.querySelector('.hits small a').click()")
        browser.wait("performance.getEntriesByType('resource').some(one => one.name.endsWith('/decisions'))")
        states = (
            "[...document.querySelectorAll('article [name=state]')].filter(one => one.value === 'confirmed').length"
        )
        assert browser.within(states) == 1
        for path in (
            "office",
            "office?view=departments",
            "office?view=findings",
            f"office/unit?entity={'清河县公共就业服务中心'}",
        ):
            for width in (360, 640, 1280):
                browser.go(program.home + path, width=width)
                assert browser.run(PROBE) == FINE, (path, width)
    finally:
        program.kill()


def test_a_rule_is_written_against_an_opened_filing(browser: Browser, program: Program) -> None:
    browser.go(program.address)
    dropped(browser, WRONG)
    browser.go(f"{program.home}rules")
    browser.run("document.getElementById('rule-text').focus()")
    browser.type(RULE)
    browser.wait("!document.getElementById('rule-save').disabled")
    checks = browser.run("document.getElementById('rule-checks').innerText")
    assert "收入 总计 1493.39 = 支出 总计 1493.39" in checks
    browser.run("document.getElementById('rule-save').click()")
    assert browser.wait("document.getElementById('told').textContent") == "已保存"
    for width in (360, 640, 1280):
        browser.go(f"{program.home}rules", width=width)
        assert browser.run(PROBE) == FINE, width
        assert "已有的规则文件：my" in browser.run("document.body.innerText")
