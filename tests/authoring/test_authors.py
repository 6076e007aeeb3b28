"""As a new rule author would: from `rules new` to a finding in a report, with every mistake on the way answered."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from auditor.authoring.cookbook import recipes
from auditor.authoring.examples import run_examples
from auditor.authoring.file_schemas import form_schema, role_schema, rule_schema, standard_schema
from auditor.cli.main import cli
from auditor.messages import LANGUAGES, use_language
from auditor.rules.explain import sections
from auditor.rules.nodes import NODES, walk
from auditor.rules.resolve import plans_of
from click.testing import CliRunner, Result

from tests.conftest import EXAMPLES, load_tested, rule_book

FILING = """青山县民政局2023年度部门决算

培训与差旅费明细表
单位：万元
项目	年初预算	全年执行
培训费	2.00	1.50
差旅费	3.00	3.40
合计	5.00	5.40
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def change(path: Path, *pairs: tuple[str, str]) -> None:
    """Edit a file as an author does; what is edited must be there."""
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


RENAMED_FORM = (
    ("我的会议培训费表", "差旅培训费表"),
    ("会议费培训费支出情况表", "培训与差旅费明细表"),
    ("{column: 预算数, header: [预算数, 年初预算]}", "{column: 预算数, header: 年初预算}"),
    ("{column: 决算数}", "{column: 决算数, header: 全年执行}"),
    ("会议费", "差旅费"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert run("rules", "new", str(tmp_path / "our_rules")).exit_code == 0
    return tmp_path / "our_rules"


def test_from_nothing_to_a_finding(folder: Path, tmp_path: Path) -> None:
    assert run("rules", "test", "--rules", str(folder)).exit_code == 0
    assert "0 个错误，0 个警告" in run("rules", "lint", "--rules", str(folder)).output
    change(folder / "forms" / "my.yaml", *RENAMED_FORM)
    answer = run("rules", "test", "--rules", str(folder))  # the rules still name the old table
    assert answer.exit_code == 2
    assert answer.stderr.startswith("my.yaml:5:9: ")
    assert "我的会议培训费表" in answer.stderr
    change(folder / "my.yaml", ("我的会议培训费表", "差旅培训费表"), ("会议费", "差旅费"))
    assert "预算数 | 决算数" in (folder / "my.yaml").read_text(encoding="utf-8")
    answer = run("rules", "test", "MY-01", "--rules", str(folder))  # its example prints the header 决算数, now 全年执行
    assert answer.exit_code == 0, answer.output  # a column is still known by its name
    change(folder / "my.yaml", ("项目 | 预算数 | 决算数", "项目 | 年初预算 | 全年执行"))
    assert run("rules", "test", "--rules", str(folder)).exit_code == 0
    assert "0 个错误，0 个警告" in run("rules", "lint", "--rules", str(folder)).output
    file = tmp_path / "决算.txt"
    file.write_text(FILING, encoding="utf-8")
    read = run("read", str(file), "--rules", str(folder)).output
    assert "差旅培训费表[差旅费].决算数" in read
    out = tmp_path / "out"
    checked = run("check", str(file), "--rules", str(folder), "--out", str(out))
    assert checked.exit_code == 1
    data = json.loads((out / "决算.json").read_text(encoding="utf-8"))
    found = {rule: finding for finding in data["findings"] for rule in finding["rules"]}
    assert {rule for rule in found if rule.startswith("MY-")} == {"MY-01", "MY-02"}
    assert found["MY-01"]["severity"] == "error"
    assert found["MY-01"]["difference"] == "0.50"
    assert found["MY-02"] is found["MY-01"]  # mending the one figure settles both
    assert (out / "决算.html").is_file()


def test_the_starting_files_are_not_overwritten(folder: Path) -> None:
    again = run("rules", "new", str(folder))
    assert again.exit_code == 2
    assert "my.yaml" in again.stderr
    assert run("rules", "new", str(folder), "--id", "B2").exit_code == 0
    wrong = run("rules", "new", str(folder), "--id", "小-1")
    assert wrong.exit_code == 2
    assert "MY" in wrong.stderr


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_on_every_standard_table_work_as_they_are_written(tmp_path: Path, language: str) -> None:
    book = rule_book()
    tables = [t.name for t in book.forms.tables.values() if not (t.prose or t.about) and t.layout != "list"]
    assert len(tables) > 20
    for number, table in enumerate(tables):
        result = run("--lang", language, "rules", "new", str(tmp_path), "--form", table, "--id", f"T{number}")
        assert result.exit_code == 0, result.output
    loaded = load_tested(tmp_path)  # raises where an example does not behave as said
    assert len(loaded.rules) == len(book.rules) + 2 * len(tables)


def test_a_table_that_is_not_known_is_answered_with_the_nearest(tmp_path: Path) -> None:
    answer = run("rules", "new", str(tmp_path), "--form", "支出结算表")
    assert answer.exit_code == 2
    assert "支出预算表" in answer.stderr or "支出决算表" in answer.stderr


FORM_MISTAKES = [
    (("layout: lanes", "layout: lane"), "lanes"),
    (("{row: 会议费}", "{raw: 会议费}"), "row"),
    (("as: 我的会议培训费表", "as: 我的会议培训表"), "我的会议培训费表"),
    (("unit: 万元", "unit: 百元"), "万元"),
    (("各项费用: [会议费, 培训费]", "各项费用: [会议费, 培训费"), "YAML"),
    (("families:", "familys:"), "families"),
    (("report: final_accounts", "report: final"), "final_accounts"),
]


@pytest.mark.parametrize(("pair", "said"), FORM_MISTAKES)
def test_mistakes_in_forms_are_answered(folder: Path, pair: tuple[str, str], said: str) -> None:
    change(folder / "forms" / "my.yaml", pair)
    for command in ("test", "lint"):
        answer = run("rules", command, "--rules", str(folder))
        assert answer.exit_code == 2
        text = answer.stderr if command == "test" else answer.output
        assert re.search(r"forms/my\.yaml:\d+:\d+", text), text
        assert said in text


def test_an_example_that_differs_is_shown_with_its_checks(folder: Path) -> None:
    change(folder / "my.yaml", ("合计.决算数: 6.00", "合计.决算数: 5.00"))
    answer = run("rules", "test", "--rules", str(folder))
    assert answer.exit_code == 2
    assert re.search(r"MY-02\tfail\tmy.yaml:\d+\t不符", answer.output)
    assert "一致  我的会议培训费表" in answer.output


def fixture(folder: Path, said: str) -> Result:
    (folder / "fixtures").mkdir(exist_ok=True)
    file = next(EXAMPLES.glob("清河*.txt"))
    (folder / "fixtures" / "a.txt").write_bytes(file.read_bytes())
    (folder / "fixtures" / "a.yaml").write_text(f"files: a.txt\n{said}", encoding="utf-8")
    return run("rules", "test", "--rules", str(folder))


def test_fixtures_are_run(folder: Path) -> None:
    good = fixture(folder, "fails: [FA-T03-01]\nholds: [FA-T01-05]\nsuspects: ['支出决算表[2080505].基本支出']\n")
    assert good.exit_code == 0, good.output
    assert "1 个样本" in good.output
    bad = fixture(
        folder, "fails: [FA-T01-05, MY-01]\nholds: [FA-T03-01, MY-02]\nsuspects: ['支出决算表[合计].基本支出']\n"
    )
    assert bad.exit_code == 2
    lines = [line for line in bad.output.splitlines() if line.startswith("fixtures/a.yaml")]
    assert len(lines) == 5
    unknown = fixture(folder, "fails: FA-T03-1\n")
    assert unknown.exit_code == 2
    assert unknown.stderr.startswith("fixtures/a.yaml:2:8: ")
    assert "FA-T03-01" in unknown.stderr


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.rule.id)
def test_every_recipe_of_the_cookbook_works(recipe: object) -> None:
    rule = recipe.rule  # type: ignore[attr-defined]
    results = run_examples(rule, plans_of(rule, rule_book().forms), rule_book().forms)
    assert {result.passes for result in results} == {True, False}
    assert all(result.as_said for result in results)
    assert recipe.source.startswith(f"- id: {rule.id}")  # type: ignore[attr-defined]
    assert rule.text("title", "en") != rule.title


def test_the_cookbook_has_a_recipe_for_every_kind_of_statement() -> None:
    parts = ("loops", "when", "statements", "any_of", "otherwise")
    used = {type(node).__name__ for r in recipes() for part in parts for node in walk(getattr(r.rule, part))}
    rare = {"Phrases", "Membership", "RowChoice"}  # words of lists: told under the keys
    assert set(NODES) - used <= rare


class _Page(HTMLParser):
    """Collects links, scripts and what is loaded from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a":
            self.links.append(values.get("href") or "")
        elif values.get("src") or tag == "link":
            self.loads.append(tag)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_book_is_written_as_pages_that_link_and_load_nothing(tmp_path: Path, language: str) -> None:
    assert run("--lang", language, "rules", "docs", "--out", str(tmp_path)).exit_code == 0
    files = {path.name for path in tmp_path.iterdir()}
    assert {f"{rule.id}.html" for rule in rule_book().rules} <= files
    for path in tmp_path.iterdir():
        page, text = _Page(), path.read_text(encoding="utf-8")
        page.feed(text)
        assert "default-src &#39;none&#39;" in text, path
        assert text.count("<script>") == text.count("script-src") == (path.name == "index.html"), path
        assert not page.loads, path
        assert {link for link in page.links if not link.startswith("#")} <= files, path
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'type="search"' in index
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in index
    again = tmp_path / "again"
    run("--lang", language, "rules", "docs", "--out", str(again))
    assert (again / "index.html").read_bytes() == (tmp_path / "index.html").read_bytes()


def test_pages_escape_what_rules_say(folder: Path, tmp_path: Path) -> None:
    change(folder / "my.yaml", ("title: 合计等于各项费用之和", "title: <script>alert(1)</script>"))
    run("rules", "docs", "--rules", str(folder), "--out", str(tmp_path / "out"))
    for name in ("index.html", "MY-01.html"):
        assert "<script>alert" not in (tmp_path / "out" / name).read_text(encoding="utf-8")


def test_the_terminal_and_the_page_tell_the_same() -> None:
    rule = rule_book().by_id["FA-X-35"]
    shown = run("rules", "show", rule.id).output
    use_language("zh")
    for section in sections(rule):
        for line in section.lines:
            assert line in shown
    assert {"show.statement", "show.why", "show.fix", "show.basis", "show.pass", "show.fail"} <= {
        section.key for section in sections(rule)
    }


def test_every_rule_and_form_file_fits_the_schema_that_editors_use() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    book = rule_book()
    root = Path(book.folders[0])
    rules = jsonschema.Draft202012Validator(rule_schema(book))
    others = {
        "forms": jsonschema.Draft202012Validator(form_schema(book)),
        "roles": jsonschema.Draft202012Validator(role_schema()),
        "standard": jsonschema.Draft202012Validator(standard_schema(book)),
    }
    for path in sorted(root.rglob("*.yaml")):
        kind = path.relative_to(root).parts[0]
        if kind not in ("phrases", "taxonomy"):
            validator = others.get(kind, rules)
            errors = list(validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8"))))
            assert not errors, (path, errors[0])
    assert not rules.is_valid([{"id": "A-1", "titel": "x"}])


def test_schemas_are_printed(folder: Path) -> None:
    for kind in ("rules", "forms", "standard"):
        printed = json.loads(run("rules", "schema", kind, "--rules", str(folder)).output)
        assert "我的会议培训费表" in json.dumps(printed, ensure_ascii=False)
        assert printed["$schema"].endswith("2020-12/schema")


def test_what_contributing_names_is_there() -> None:
    root = Path(__file__).parent.parent.parent
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for heading in ("A rule", "A form", "A phrase", "A reader", "An output"):
        steps = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        assert len(re.findall(r"^\d\. ", steps, re.MULTILINE)) >= 3
    names = re.findall(r"`((?:auditor|rules|tests)/[\w./*]+)`", text)
    assert len(names) > 20
    for name in names:
        assert list(root.glob(name.rstrip("/"))), name
    changed = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    rules = re.findall(r"\b(?:FA|BU)-[A-Z]+-\d+", changed)
    assert rules
    for rule in rules:
        assert rule in rule_book().by_id
