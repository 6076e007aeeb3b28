"""Who may ask the page for what: the key, the host, the origin, the mark; what browsers may do with the answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra auditor[serve] is not installed")

from auditor.readers import MAX_BYTES
from auditor.serve import uploads
from auditor.serve.desk import Desk
from auditor.serve.door import MARK, Secrets
from auditor.serve.worker import REPORT
from starlette.testclient import TestClient

from tests.serve.desks import FINDING, HOME, KNOWN, PORT, add, client_of, desk_in, noted

READ = ("/", "/filings", "/own/desk.js", "/filing/ab-0", "/filing/ab-0/report", "/filing/ab-0/decisions", "/list")
CHANGE = (
    ("POST", "/drops"),
    ("PUT", f"/filing/ab-0/decisions/{FINDING}"),
    ("POST", "/filing/ab-0/delete"),
    ("POST", "/delete"),
    ("POST", "/end"),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_in(tmp_path)
    add(made, noted())
    yield made
    made.close()


@pytest.fixture
def client(desk: Desk) -> TestClient:
    return client_of(desk)


def test_secrets_are_long_and_new_every_time() -> None:
    one, other = Secrets(), Secrets()
    assert len({one.key, one.cookie, one.mark, other.key, other.cookie, other.mark}) == 6
    assert all(len(text) >= 43 for text in (one.key, one.cookie, one.mark))


@pytest.mark.parametrize("path", READ)
def test_without_the_key_nobody_sees_anything(desk: Desk, path: str) -> None:
    answer = client_of(desk, trusted=False).get(path)
    assert answer.status_code == 403
    assert "网址" in answer.text
    assert "某单位" not in answer.text
    assert KNOWN.mark not in answer.text


def test_the_key_of_the_address_becomes_a_cookie(desk: Desk) -> None:
    client = client_of(desk, trusted=False)
    assert client.get("/", params={"key": "x" * 43}).status_code == 403
    arrived = client.get("/", params={"key": KNOWN.key})
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/")
    cookie = arrived.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", "", f"0.0.0.0:{PORT}"]
)
def test_another_name_that_points_here_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(("method", "path"), CHANGE)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"http://127.0.0.1:{PORT + 1}"},
        {"origin": ""},
        {MARK: ""},
        {MARK: "x" * 43},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_what_changes_anything_comes_from_the_page_itself(
    desk: Desk, method: str, path: str, headers: dict[str, str]
) -> None:
    ended: list[bool] = []
    answer = client_of(desk, ended).request(method, path, headers=headers, json={"state": "changed"})
    assert answer.status_code == 403
    assert not ended
    assert not desk.notebook.decisions(noted().key)
    assert desk.notebook.count() == 1


def test_other_pages_may_link_here_and_not_read(client: TestClient) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=link).status_code == 200
    for other in ({"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}, {"sec-fetch-dest": "iframe"}):
        assert client.get("/", headers=link | other).status_code == 403


def test_what_a_browser_may_do_is_bounded(client: TestClient) -> None:
    for path in READ:
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        policy = headers["content-security-policy"]
        if path.endswith("/report"):
            assert policy.startswith("sandbox allow-scripts allow-modals allow-downloads;")
            assert "allow-same-origin" not in policy
        else:
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
    assert "http://" not in client.get("/own/desk.js").text
    assert "https://" not in client.get("/").text + client.get("/own/desk.css").text


PATHS = (
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "ab-0/../../x",
    "%2e%2e",
    "ab-..",
    "/etc/passwd",
    "C:\\x",
    "\x00",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_of_a_browser_reaches_the_disk(client: TestClient, desk: Desk, path: str) -> None:
    (desk.folder.parent / "x").mkdir()
    (desk.folder.parent / "x" / REPORT).write_text("geheim", encoding="utf-8")
    for asked in (f"/own/{path}", f"/filing/{path}/report", f"/filing/{path}", f"/drops/{path}"):
        answer = client.get(asked.replace("\x00", "%00"))
        assert answer.status_code == 404, asked
        assert "geheim" not in answer.text


@pytest.mark.parametrize("label", [*PATHS, "../" * 50 + "决算.pdf", "a" * 9000, "CON", "决算\n.pdf", "<img src=x>.pdf"])
def test_names_of_files_are_labels_only(client: TestClient, tmp_path: Path, label: str) -> None:
    before = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")}
    told = client.post("/drops", json={"files": [[label, False]], "keep": False}).json()
    assert client.put(f"/drops/{told['id']}/files/0", content=b"text").status_code == 200
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")} - before
    assert made == {Path("state/files") / told["id"], Path("state/files") / told["id"] / "0"}
    shown = told["labels"][0]
    assert len(shown) <= uploads.MAX_LABEL
    assert not {"..", "\n", "\x00"} & {*shown.split("/"), *shown}


def test_a_file_is_taken_once_and_only_where_it_was_announced(client: TestClient) -> None:
    told = client.post("/drops", json={"files": [["a.txt", False]], "keep": False}).json()
    assert client.put(f"/drops/{told['id']}/files/1", content=b"text").status_code == 404
    assert client.put("/drops/0000/files/0", content=b"text").status_code == 404
    assert client.put(f"/drops/{told['id']}/files/0", content=b"text").status_code == 200
    assert client.put(f"/drops/{told['id']}/files/0", content=b"other").status_code == 404


def test_uploads_have_bounds(client: TestClient, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert vars(uploads)["MAX_BYTES"] == MAX_BYTES
    many = {"files": [["a.txt", False]] * (uploads.MAX_FILES + 1), "keep": False}
    answer = client.post("/drops", json=many)
    assert answer.status_code == 413
    assert "1001" in answer.json()["why"]
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    monkeypatch.setattr(uploads, "MAX_DROP", 15)
    told = client.post("/drops", json={"files": [["a.txt", False]] * 3, "keep": False}).json()
    large, fits, over = (
        client.put(f"/drops/{told['id']}/files/{n}", content=b"x" * size) for n, size in ((0, 11), (1, 9), (2, 8))
    )
    assert (large.status_code, fits.status_code, over.status_code) == (413, 200, 413)
    assert [path.name for path in (desk.files / told["id"]).iterdir()] == ["1"]
    states = [file["state"] for file in client.get(f"/drops/{told['id']}").json()["files"]]
    assert states == ["failed", "there", "failed"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"files": 1, "keep": true}', b'{"files": [1]}', b'{"files": [[1, 2]], "keep": true}']
)
def test_what_is_no_announcement_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/drops", content=body).status_code == 400


def test_what_the_page_tells_has_a_bound(client: TestClient) -> None:
    assert client.post("/drops", content=b" " * (2 * 1024 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize(
    "said",
    [
        {"state": "nonsense"},
        {"remark": "x" * 4001},
        {"remark": 1},
        {"until": "tomorrow"},
        {"until": "2024-13-01"},
        [],
    ],
)
def test_what_is_no_decision_is_refused(client: TestClient, desk: Desk, said: object) -> None:
    assert client.put(f"/filing/ab-0/decisions/{FINDING}", json=said).status_code == 400
    assert client.put("/filing/ab-0/decisions/nonsense", json={"state": "changed"}).status_code == 400
    assert not desk.notebook.decisions(noted().key)


def test_texts_of_files_and_people_are_escaped(client: TestClient, desk: Desk) -> None:
    add(desk, noted("cd-0", title="<script>alert(1)</script>"))
    for path in ("/", "/filings", "/filing/cd-0"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_the_program_listens_on_this_machine_alone() -> None:
    from auditor.serve.server import _socket

    listening = _socket("127.0.0.1", 0)
    try:
        assert listening.getsockname()[0] == "127.0.0.1"
    finally:
        listening.close()
    assert HOME.startswith("http://127.0.0.1:")
