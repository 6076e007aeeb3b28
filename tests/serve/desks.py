"""A desk with one filing on it, and a client that knows its secrets, without any audit."""

from __future__ import annotations

import json
from pathlib import Path

from auditor.model.facts import FilingKey
from auditor.serve.app import application
from auditor.serve.desk import Desk, Terms
from auditor.serve.door import MARK, Secrets
from auditor.serve.notebook import Noted, Source
from auditor.serve.worker import NOTES, REPORT
from starlette.testclient import TestClient

PORT = 4711
HOME = f"http://127.0.0.1:{PORT}"
KNOWN = Secrets()
KEY = FilingKey("某单位", 2023, "final_accounts", "unit")
FINDING = "0a1b-2c3d-4e5f"


def noted(identity: str = "ab-0", *, title: str = "某单位", kept: bool = False, errors: int = 1) -> Noted:
    source = Source("决算.txt", "0" * 64, 0, "")
    counts = (errors, 0, 0)
    return Noted(
        identity,
        "2024-08-01 09:00",
        KEY,
        title,
        "2023 年度单位决算",
        "bad",
        "有错。",
        counts,
        None,
        "",
        (source,),
        kept,
    )


def add(desk: Desk, one: Noted) -> None:
    """Put a filing on the desk with its original and a report."""
    desk.notebook.add(one)
    folder = desk.report(one, REPORT).parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).write_text("<!doctype html><p>报告</p>", encoding="utf-8")
    (folder / NOTES).write_text(json.dumps({}), encoding="utf-8")
    original = desk.files / one.drop / "0"
    original.parent.mkdir(parents=True, exist_ok=True)
    original.write_text("决算", encoding="utf-8")


def client_of(desk: Desk, ended: list[bool] | None = None, *, trusted: bool = True) -> TestClient:
    """A client as the page itself is; one that is not trusted knows no secret."""
    app = application(desk, KNOWN, PORT, lambda: (ended if ended is not None else []).append(True))
    headers = {MARK: KNOWN.mark, "origin": HOME} if trusted else {}
    cookies = {f"auditor-{PORT}": KNOWN.cookie} if trusted else {}
    return TestClient(app, HOME, headers=headers, cookies=cookies, follow_redirects=False)


def desk_in(folder: Path) -> Desk:
    return Desk(folder / "state", Terms())
