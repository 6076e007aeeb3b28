"""The rule author: a text is tried against an opened filing, and only a good one is saved, under a name of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra auditor[serve] is not installed")

from auditor.serve import rule_pages
from auditor.serve.desk import Desk
from auditor.serve.uploads import Drop
from starlette.testclient import TestClient

from tests.conftest import EXAMPLES
from tests.serve.desks import add, client_of, desk_in, noted

RULE = """- id: MY-01
  title: 收入总计等于支出总计
  form: 收入支出决算总表
  assert: 本表[收入/总计] = 本表[支出/总计]
  basis: 决算报表编制说明
  why: 收支平衡
  fix: 核对两个总计
  examples:
    pass: {"收入支出决算总表[收入/总计]": 5.00, "收入支出决算总表[支出/总计]": 5.00}
    fail: {"收入支出决算总表[收入/总计]": 5.00, "收入支出决算总表[支出/总计]": 6.00}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_in(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(desk: Desk) -> TestClient:
    return client_of(desk)


@pytest.mark.parametrize("name", ["../x", "..%2fx", "a.b", "A", "con ", "x" * 41, "%00", "规则", "-a", ""])
def test_names_of_rule_files_are_bounded(client: TestClient, desk: Desk, name: str) -> None:
    before = sorted(desk.folder.parent.rglob("*.yaml"))
    for answer in (
        client.get(f"/rules/file/{name}"),
        client.put(f"/rules/file/{name}", json={"text": RULE, "filing": ""}),
        client.post(f"/rules/file/{name}/delete"),
    ):
        assert answer.status_code in (400, 404, 405)
    assert sorted(desk.folder.parent.rglob("*.yaml")) == before


@pytest.mark.parametrize(
    "said", [[], {}, {"text": 1, "filing": ""}, {"text": "x" * 200_001, "filing": ""}, {"text": ""}]
)
def test_what_is_no_trial_is_refused(client: TestClient, said: Any) -> None:
    assert client.post("/rules/try", json=said).status_code == 400


def test_a_trial_that_takes_too_long_is_ended(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_pages, "SECONDS", 0.05)
    answer = client.post("/rules/try", json={"text": RULE, "filing": ""})
    assert answer.status_code == 400
    assert "没有结果" in answer.json()["why"]


def test_files_are_read_and_deleted(client: TestClient, desk: Desk) -> None:
    (desk.rules / "my.yaml").write_text(RULE, encoding="utf-8")
    assert client.get("/rules/file/my").json() == {"text": RULE}
    assert "已有的规则文件：my" in client.get("/rules").text
    client.post("/rules/file/my/delete")
    assert client.get("/rules/file/my").status_code == 404


@pytest.mark.slow
def test_a_rule_is_tried_saved_and_used(client: TestClient, desk: Desk) -> None:
    add(desk, noted())
    (desk.files / "ab" / "0").write_bytes(next(EXAMPLES.glob("清河*.txt")).read_bytes())
    tried = client.post("/rules/try", json={"text": RULE, "filing": "ab-0"}).json()
    assert tried["good"]
    assert [line.split()[:2] for line in tried["examples"]] == [["MY-01", "pass"], ["MY-01", "fail"]]
    assert any("收入 总计 1493.39 = 支出 总计 1493.39" in line for line in tried["checks"])
    start = client.post("/rules/try", json={"text": "", "filing": "ab-0"}).json()["start"]
    assert "form: 收入支出决算总表" in start
    for wrong in (RULE.replace("  why: 收支平衡\n", ""), RULE.replace("6.00", "5.00"), "nonsense: ["):
        assert not client.post("/rules/try", json={"text": wrong, "filing": ""}).json()["good"]
        assert client.put("/rules/file/my", json={"text": wrong, "filing": ""}).status_code == 400
    assert list(desk.rules.iterdir()) == []
    assert desk._task(Drop(desk.files, [], False)).rules == []
    assert client.put("/rules/file/my", json={"text": RULE, "filing": ""}).status_code == 200
    assert (desk.rules / "my.yaml").read_text("utf-8") == RULE
    again = client.put("/rules/file/other", json={"text": RULE, "filing": ""})
    assert again.json()["why"] == "没有保存：编号 MY-01 已用于 my.yaml。"
    assert desk._task(Drop(desk.files, [], False)).rules == [str(desk.rules)]
