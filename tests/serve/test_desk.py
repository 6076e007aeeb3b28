"""What the page keeps and deletes, the list with decisions, the command, and the real work on real files."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra auditor[serve] is not installed")

from auditor.cli.main import cli
from auditor.reports.listed_filing import ListedFiling, kept
from auditor.reports.rows import FindingRow
from auditor.rules.rule import RuleKind
from auditor.serve.desk import Desk
from auditor.serve.notebook import Decision, Notebook
from auditor.serve.server import OneProgram
from auditor.serve.worker import DATA, REPORT, ROWS
from click.testing import CliRunner
from starlette.testclient import TestClient

from tests.conftest import EXAMPLES
from tests.serve.desks import FINDING, KEY, add, client_of, desk_in, noted

WRONG = next(EXAMPLES.glob("清河*.txt"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_in(tmp_path)
    yield made
    made.close()


def test_decisions_are_on_disk_before_the_page_says_so(desk: Desk) -> None:
    add(desk, noted())
    said = {"state": "waived", "remark": "印刷如此", "who": "甲", "until": "2030-01-01"}
    assert client_of(desk).put(f"/filing/ab-0/decisions/{FINDING}", json=said).status_code == 200
    other = Notebook(desk.folder / "notes.sqlite")  # as another process would read it, without any goodbye
    assert other.decisions(KEY) == {FINDING: Decision(**said)}
    other.close()
    assert client_of(desk).get("/filing/ab-0/decisions").json() == {FINDING: said}
    client_of(desk).put(f"/filing/ab-0/decisions/{FINDING}", json={})
    assert desk.notebook.decisions(KEY) == {}


def test_files_that_nobody_asked_to_keep_go_when_the_program_stops(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    add(desk, noted("ab-0", kept=False))
    add(desk, noted("cd-0", kept=True))
    desk.close()
    assert [path.name for path in desk.files.iterdir()] == ["cd"]
    assert sorted(path.name for path in desk.reports.iterdir()) == ["ab", "cd"]


def test_files_that_a_killed_program_left_go_when_it_starts_again(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    add(desk, noted("ab-0", kept=False))
    (desk.reports / "ef" / "0").mkdir(parents=True)  # written, and never noted
    again = desk_in(tmp_path)
    assert list(again.files.iterdir()) == []
    assert [path.name for path in again.reports.iterdir()] == ["ab"]
    again.close()


def test_one_button_deletes_everything(desk: Desk) -> None:
    add(desk, noted("ab-0", kept=True, title="某绝密单位"))
    desk.notebook.decide(KEY, FINDING, Decision("changed", "绝密备注"))
    assert client_of(desk).post("/delete").status_code == 200
    assert "还没有核对过文件" in client_of(desk).get("/").text
    assert desk.notebook.decisions(KEY) == {}
    assert list(desk.files.iterdir()) == list(desk.reports.iterdir()) == []
    left = b"".join(path.read_bytes() for path in desk.folder.glob("notes.sqlite*"))
    assert "绝密".encode() not in left


def test_one_filing_is_deleted_with_what_was_decided_about_it(desk: Desk) -> None:
    add(desk, noted("ab-0"))
    add(desk, noted("cd-0"))
    desk.notebook.decide(KEY, FINDING, Decision("changed"))
    client_of(desk).post("/filing/ab-0/delete")
    assert desk.notebook.decisions(KEY)  # the other draft has the same finding
    client_of(desk).post("/filing/cd-0/delete")
    assert not desk.notebook.decisions(KEY)
    assert list(desk.files.iterdir()) == []
    assert client_of(desk).get("/filing/ab-0").status_code == 404


def test_the_list_of_filings_has_pages_and_orders(desk: Desk) -> None:
    for number in range(120):
        desk.notebook.add(noted(f"ab-{number}", title=f"单位{number:03}", errors=number % 7))
    text = client_of(desk).get("/filings").text
    assert "共 120 份" in text
    assert text.index("单位119") < text.index("单位118")
    assert "单位005" in client_of(desk).get("/filings?page=2").text
    first = client_of(desk).get("/filings?order=errors").text
    assert first.index("单位118") < first.index("单位111")
    assert "单位117" not in first.split("单位118")[0]
    for nonsense in ("?page=x", "?page=0", "?page=99999999999", "?order=;DROP", "?page=-1"):
        assert client_of(desk).get(f"/filings{nonsense}").status_code == 200


def test_the_workbook_says_what_was_decided(desk: Desk) -> None:
    add(desk, noted())
    texts = dict.fromkeys(FindingRow._fields, "")
    row = FindingRow(**texts | {"id": FINDING, "sort": next(iter(RuleKind)).value})
    listed = ListedFiling("某单位", "2023", (1, 0, 0, 0, 0, 0), "决算.txt", (row,), ())
    desk.report(noted(), ROWS).write_text(kept({"": listed}), encoding="utf-8")
    desk.notebook.decide(KEY, FINDING, Decision("changed", "已同财务核实"))
    for path in ("/filing/ab-0/list", "/list"):
        answer = client_of(desk).get(path)
        assert "%E7%96%91%E7%82%B9%E6%B8%85%E5%8D%95.xlsx" in answer.headers["content-disposition"]
        with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
            text = package.read("xl/sharedStrings.xml").decode()
        assert "已同财务核实" in text
        assert "已改" in text


def test_a_copy_needs_the_original(desk: Desk) -> None:
    add(desk, noted())
    assert client_of(desk).get("/filing/ab-0/copy/0").status_code == 400  # nothing to note in it
    assert client_of(desk).get("/filing/ab-0/copy/1").status_code == 404
    (desk.files / "ab" / "0").unlink()
    assert client_of(desk).get("/filing/ab-0/copy/0").status_code == 404


def test_a_folder_brings_only_what_may_be_a_filing(desk: Desk) -> None:
    files = [["2023/决算.pdf", True], ["2023/Thumbs.db", True], ["2023/.x/决算.doc", True], ["照片.png", False]]
    told = client_of(desk).post("/drops", json={"files": files, "keep": False}).json()
    assert told["taken"] == [0, 2, 3]
    assert told["labels"][0] == "2023/决算.pdf"


def test_a_second_program_finds_the_first_and_a_dead_one_is_no_hindrance(tmp_path: Path) -> None:
    first = OneProgram(tmp_path)
    first.tell("http://127.0.0.1:1/?key=x")
    second = OneProgram(tmp_path)
    assert not second.is_first
    assert second.other() == "http://127.0.0.1:1/?key=x"
    if os.name != "nt":
        assert (tmp_path / "address").stat().st_mode & 0o077 == 0
    second.close()
    first.close()
    third = OneProgram(tmp_path)
    assert third.is_first
    third.close()


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.cli.serve.NEEDED", ("no_such_module",))
    done = CliRunner().invoke(cli, ["serve"])
    assert done.exit_code == 2
    assert done.output.strip() == "网页需要另外安装两个软件包：请运行 pip install 'auditor[serve]'。"


def test_other_commands_do_not_import_the_server() -> None:
    code = "import sys; from auditor.cli.main import cli\ntry: cli(['--help'])\nexcept SystemExit: pass\n"
    code += "print([name for name in ('starlette', 'uvicorn', 'auditor.serve.app') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert "serve" in done.stdout


def finished(client: TestClient, files: list[tuple[str, bytes]], *, keep: bool = False) -> dict[str, object]:
    """Drop files and wait until they are audited."""
    told = client.post("/drops", json={"files": [[name, False] for name, _ in files], "keep": keep}).json()
    for number, (_, data) in enumerate(files):
        assert client.put(f"/drops/{told['id']}/files/{number}", content=data).status_code == 200
    client.post(f"/drops/{told['id']}/start")
    for _ in range(600):
        now: dict[str, object] = client.get(f"/drops/{told['id']}").json()
        if now["over"]:
            return now
        time.sleep(0.1)
    raise AssertionError(now)


@pytest.mark.slow
def test_files_are_audited_as_on_the_command_line(desk: Desk, tmp_path: Path) -> None:
    client = client_of(desk)
    files = [(WRONG.name, WRONG.read_bytes()), ("空.txt", b""), ("照片.pdf", b"\x89PNG\r\n\x1a\n" + b"x" * 40)]
    now = finished(client, files)
    assert [file["state"] for file in now["files"]] == ["done", "failed", "failed"]  # type: ignore[attr-defined]
    assert now["files"][1]["why"] == ["空.txt 是空文件：请确认导出或下载是否完整。"]  # type: ignore[index]
    done = CliRunner().invoke(cli, ["check", str(WRONG), "--out", str(tmp_path / "out"), "--fail-on", "never"])
    assert done.exit_code == 0
    (filing,) = desk.notebook.all()
    for name in (DATA, REPORT):
        there = (tmp_path / "out" / f"{WRONG.stem}{Path(name).suffix}").read_text("utf-8")
        assert desk.report(filing, name).read_text("utf-8") == there
    report = json.loads(desk.report(filing, DATA).read_text("utf-8"))
    assert filing.counts[0] == report["summary"]["severities"]["error"] > 0
    assert client.get("/filing/" + filing.id + "/list").status_code == 200


@pytest.mark.slow
def test_a_corrected_draft_says_what_is_gone_and_what_stays(desk: Desk) -> None:
    client, text = client_of(desk), WRONG.read_text("utf-8")
    finished(client, [(WRONG.name, WRONG.read_bytes())])
    first = next(desk.notebook.all())
    report = json.loads(desk.report(first, DATA).read_text("utf-8"))
    suspect = next(suspect for finding in report["findings"] for suspect in finding["suspects"] if suspect["suggested"])
    wanted = f"{float(suspect['suggested']):,.2f}"
    assert text.count(suspect["printed"]) == 1
    finished(client, [("修改稿.txt", text.replace(suspect["printed"], wanted).encode())])
    _, second = desk.notebook.all()
    assert second.since is not None
    gone, new, unchanged = second.since
    assert gone >= 1
    assert new == 0
    assert unchanged == sum(first.counts) - gone - sum(f["verdict"] == "rounding" for f in report["findings"])
    assert "消失 " in client.get(f"/filing/{second.id}").text


@pytest.mark.slow
def test_a_killed_program_has_kept_what_was_decided(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "auditor.cli.main", "serve", "--no-browser", "--state", str(tmp_path / "state")]
    add(desk := desk_in(tmp_path), noted(kept=True))
    desk.close()

    def started() -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        return process, process.stdout.readline().split("：", 1)[1].split("（")[0]

    def asked(address: str, path: str, said: object = None) -> object:
        home, _, _ = address.partition("/?")
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = opener.open(address).read().decode()
        mark = page.split('name="auditor-mark" content="')[1].split('"')[0]
        method = "PUT" if said else "GET"
        data = json.dumps(said).encode() if said else None
        headers = {"x-auditor": mark, "origin": home}
        request = urllib.request.Request(home + path, data, headers, method=method)  # noqa: S310 — of this machine
        return json.loads(opener.open(request).read())

    process, address = started()
    asked(address, f"/filing/ab-0/decisions/{FINDING}", {"state": "changed", "remark": "改了"})
    process.send_signal(signal.SIGKILL)
    process.wait()
    process, address = started()
    try:
        kept_there = asked(address, "/filing/ab-0/decisions")
        assert kept_there == {FINDING: {"state": "changed", "remark": "改了", "who": "", "until": ""}}
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
