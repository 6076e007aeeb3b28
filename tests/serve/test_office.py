"""The office: results of a screening filtered and in pages, decisions, lists, and what others may read of it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra auditor[serve] is not installed")

from auditor.errors import AuditorError
from auditor.model.facts import FilingKey
from auditor.screening.result_files import append
from auditor.screening.store import Store
from auditor.screening.store_schema import TABLES
from auditor.serve.app import application, shared_application
from auditor.serve.desk import Desk
from auditor.serve.door import MARK
from auditor.serve.notebook import Decision
from auditor.serve.office import PAGE, Office, Wanted
from auditor.store.waivers import load_waivers
from starlette.testclient import TestClient

from tests.serve.desks import HOME, KNOWN, PORT, desk_in

SHARED = "192.0.2.1:4712"
UNITS = 40


def line(table: str, **values: Any) -> tuple[Any, ...]:
    """A line of a table of the store, empty where nothing is said."""
    empty = {"VARCHAR": "", "VARCHAR[]": [], "BOOLEAN": False}
    assert set(values) <= {column.name for column in TABLES[table]}
    return tuple(values.get(column.name, empty.get(column.type, 0)) for column in TABLES[table])


def fill(folder: Path) -> None:
    """Two places, three departments, two years; unit 7 has an error of each of two rules in 2023."""
    filings, findings, sources, rules = [], [], [], []
    for number in range(UNITS):
        for year in (2022, 2023):
            name, wrong = f"单位{number:02}", number == 7 and year == 2023
            about = {"entity": name, "year": year, "report": "final_accounts", "edition": "unit"}
            at = {"partition": f"p{number}", "filing": f"{name}-{year}"}
            home = f"局{number % 3}"
            filings.append(
                line(
                    "filings",
                    **at,
                    **about,
                    printed_name=name,
                    department=home,
                    errors=2 * wrong,
                    files=[f"{name}.pdf"],
                )
            )
            sources.append(
                line("sources", file=f"{'甲县' if number % 2 else '乙县'}/{name}.pdf", partition=f"p{number}", **about)
            )
            rules.append(line("rules", **at, entity=name, year=year, rule="FA-1", consistent=1, failed=int(wrong)))
            for rule in ("FA-1", "FA-2") if wrong else ():
                told = {"id": f"0a1b-2c3d-000{rule[-1]}", "rule": rule, "rules": [rule], "kind": "logical"}
                findings.append(
                    line(
                        "findings",
                        **at,
                        **about,
                        **told,
                        severity="error",
                        verdict="inconsistent",
                        message="<b>差 1</b>",
                    )
                )
    with Store(folder) as store:
        for table, lines in (("filings", filings), ("findings", findings), ("sources", sources), ("rules", rules)):
            append(store.engine, table, lines)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    fill(folder)
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_in(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(desk: Desk, results: Path) -> TestClient:
    app = application(desk, KNOWN, PORT, lambda: None, Office(results))
    headers, cookies = {MARK: KNOWN.mark, "origin": HOME}, {f"auditor-{PORT}": KNOWN.cookie}
    return TestClient(app, HOME, headers=headers, cookies=cookies, follow_redirects=False)


WRONG = FilingKey("单位07", 2023, "final_accounts", "unit")
DECIDE = "/office/filing/p7/%E5%8D%95%E4%BD%8D07-2023/decisions/0a1b-2c3d-0001"


def counted(client: TestClient, query: str) -> int:
    """How many filings or findings the office says there are."""
    answer = client.get(f"/office?{query}")
    assert answer.status_code == 200
    found = re.search(r"共 (\d+) ", answer.text)
    assert found
    return int(found[1])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2 * UNITS),
        ("year=2023", UNITS),
        ("text=单位07", 2),
        ("text=单位07.pdf", 2),
        ("place=甲县", UNITS),
        ("department=局1", 26),
        ("rule=FA-2", 1),
        ("severity=error", 1),
        ("severity=error&year=2022", 0),
        ("report=budget", 0),
        ("year=nonsense&severity=nonsense&page=-3&view=nonsense", 2 * UNITS),
        ("text=' OR 1=1 --", 0),
        ("view=findings", 2),
        ("view=findings&rule=FA-1", 1),
        ("view=findings&state=none", 2),
        ("view=findings&state=confirmed", 0),
    ],
)
def test_filters(client: TestClient, query: str, count: int) -> None:
    assert counted(client, query) == count


def test_the_worst_is_first_and_pages_are_cut_in_the_database(client: TestClient) -> None:
    first, second = client.get("/office").text, client.get("/office?page=2").text
    ranked = [re.findall(r"<td><a href=\"/office/unit\?entity=[^\"]*\">(单位\d\d)", text) for text in (first, second)]
    assert ranked[0][0] == "单位07"
    assert [len(names) for names in ranked] == [PAGE, 2 * UNITS - PAGE]
    assert "第 1 页，共 2 页" in first
    assert "FA-2" in first  # of the picture of rules and filings


def test_departments_and_years_are_summed(client: TestClient) -> None:
    text = client.get("/office?view=departments").text
    assert re.findall(r"department=[^\"]*\">(局\d)", text)[0] == "局1"
    assert text.index("局1") < text.index("历年")


def test_a_unit_has_its_years_side_by_side(client: TestClient) -> None:
    text = client.get("/office/unit?entity=单位07").text
    assert text.index("2022 年度单位决算") < text.index("2023 年度单位决算")
    assert "&lt;b&gt;差 1" in text
    assert client.get("/office/unit?entity=谁").status_code == 404


def test_a_finding_is_given_to_a_person_and_judged(client: TestClient, desk: Desk, tmp_path: Path) -> None:
    assert "还没有人判断过" in client.get("/office/rule?rule=FA-1").text
    said = {"state": "confirmed", "who": "王会计", "remark": "已打电话", "until": ""}
    assert client.put(DECIDE, json=said).status_code == 200
    assert desk.notebook.decisions(WRONG) == {"0a1b-2c3d-0001": Decision(**said)}
    assert counted(client, "view=findings&who=王会计") == 1
    assert counted(client, "view=findings&state=confirmed") == 1
    assert counted(client, "view=findings&state=none") == 1
    assert counted(client, "state=confirmed") == 1
    assert "已判断 1 个，其中 1 个确有问题（100%）" in client.get("/office/rule?rule=FA-1").text
    desk.notebook.decide(WRONG, "0a1b-2c3d-0002", Decision("waived", '如\u2028"此"', "甲", "2030-01-01"))
    file = tmp_path / "waivers.yaml"
    file.write_bytes(client.get("/office/waivers").content)
    one, other = load_waivers(file, ("FA-1", "FA-2"))
    assert (one.finding, one.entity, one.year, one.review.state.value) == (
        "0a1b-2c3d-0001",
        "单位07",
        2023,
        "confirmed",
    )
    assert (other.review.reason, other.review.who) == ('如\u2028"此"', "甲")


def test_the_list_has_what_is_asked_for_with_decisions(client: TestClient, desk: Desk) -> None:
    desk.notebook.decide(WRONG, "0a1b-2c3d-0002", Decision("changed", "改好了"))
    texts = []
    for query in ("", "?rule=FA-2", "?rule=FA-1"):
        with zipfile.ZipFile(io.BytesIO(client.get(f"/office/list{query}").content)) as package:
            texts.append(package.read("xl/sharedStrings.xml").decode())
    assert ["改好了" in text for text in texts] == [True, True, False]
    assert ["FA-1" in text for text in texts] == [True, False, True]


def test_others_read_and_change_nothing(desk: Desk, results: Path) -> None:
    app = shared_application(desk, KNOWN, SHARED, Office(results))
    other = TestClient(app, f"http://{SHARED}", follow_redirects=False)
    assert other.get("/office").status_code == 403
    assert other.get("/", params={"key": KNOWN.key}).status_code == 303
    text = other.get("/office?view=findings").text
    assert "单位07" in text
    assert KNOWN.mark not in text
    assert '<select name="state"><option value="">未处理' not in text
    headers = {MARK: KNOWN.mark, "origin": f"http://{SHARED}"}
    assert other.put(DECIDE, json={"state": "changed"}, headers=headers).status_code in (404, 405)
    for method, path in (
        ("POST", "/drops"),
        ("POST", "/delete"),
        ("POST", "/end"),
        ("GET", "/filings"),
        ("GET", "/list"),
    ):
        assert other.request(method, path, headers=headers).status_code == 404
    assert other.get("/office", headers={"host": f"127.0.0.1:{PORT}"}).status_code == 421
    assert not desk.notebook.decisions(WRONG)


def test_reports_come_from_the_folder_of_the_results_alone(client: TestClient, results: Path) -> None:
    office, outside = Office(results), results.parent / "x.html"
    outside.write_text("geheim", encoding="utf-8")
    inside = results / "reports" / "p7" / "单位07-2023.html"
    inside.parent.mkdir(parents=True)
    inside.write_text("<!doctype html>", encoding="utf-8")
    for name, there in (
        ("reports/p7/单位07-2023.html", True),
        ("../x.html", False),
        (str(outside), False),
        ("", False),
    ):
        assert (office.report({"report_file": name}) is not None) == there, name
    assert client.get("/office/filing/p7/%E5%8D%95%E4%BD%8D07-2023/report").status_code == 404  # the store names none
    for path in ("p7/x", "..%2f/x", "p7/%2e%2e"):
        assert client.get(f"/office/filing/{path}/report").status_code == 404


def test_a_folder_without_results_is_told(tmp_path: Path) -> None:
    with pytest.raises(AuditorError):
        Office(tmp_path)


def test_what_an_address_says_comes_back_in_links() -> None:
    wanted = Wanted.of({"text": " 甲 ", "year": "2023", "rule": "FA-1", "nonsense": "x"})
    assert wanted.said() == {"text": "甲", "year": "2023", "rule": "FA-1"}
    assert Wanted.of(wanted.said()) == wanted
