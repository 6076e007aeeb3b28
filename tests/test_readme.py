"""Every block of code in the READMEs works as it stands, run as a new user would: in a folder with an environment.

No block is left out in silence: what cannot be run here stands in `NOT_RUN` with the reason, what takes long in `SLOW`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from auditor.cli.main import cli
from auditor.store.waivers import load_waivers
from auditor.testing.pdf_blocks import pdf_of
from click.testing import CliRunner

from tests.conftest import EXAMPLES, load_tested
from tests.support.documents import CLEAN, WRONG, archive, blocks, word, workbook

if TYPE_CHECKING:
    from auditor.rules.book import RuleBook

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
NOT_RUN = {
    "make demo": "installs packages from the network (its recipe is read below)",
    "python3 -m venv .venv": "the environment of the suite stands for it",
    ".venv/bin/pip install .": "installs packages from the network",
    ".venv/bin/pip install '.[serve]'": "installs packages from the network",
    "auditor serve": "serves until it is stopped (tests/serve/ starts it, asks it and stops it)",
    "auditor serve reports_out": "the same (tests/serve/test_office.py)",
    "auditor serve reports_out --share 192.168.1.20": "the same; the address is not of this machine",
    "py -m venv .venv": "needs Windows",
    r".venv\Scripts\pip install .": "needs Windows",
    r".venv\Scripts\auditor check examples": "needs Windows",
}
SLOW = (
    "auditor generate",
    "auditor screen",
    "auditor rules lint",
    "auditor rules test",
    "auditor rules coverage",
    "auditor rules rates",
    "auditor rules score",
    "auditor rules docs",
    "from auditor import audit, testing",
)
FINDINGS = "auditor check"  # may end with 1: there are findings


@dataclass(frozen=True)
class Block:
    """A block of code: its language, its lines without explanations, and the places where it stands."""

    language: str
    text: str
    places: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.split("\n") if line]

    @property
    def slow(self) -> list[str]:
        return [line for line in self.lines if line.removeprefix(".venv/bin/").startswith(SLOW)]


def blocks_of(name: str) -> list[Block]:
    """The blocks of a README in order."""
    text = (ROOT / name).read_text("utf-8")
    found = []
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        language, code = match[1], match[2]
        plain = "\n".join(re.sub(r"\s+#.*", "", line) for line in code.split("\n"))
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(language, plain if language in ("sh", "bat", "python") else code, (f"{name}:{line}",)))
    return found


def all_blocks() -> list[Block]:
    """The blocks of both READMEs, the same ones once."""
    known: dict[tuple[str, str], Block] = {}
    for name in READMES:
        for block in blocks_of(name):
            key = (block.language, block.text)
            known[key] = Block(*key, (*(known[key].places if key in known else ()), *block.places))
    return list(known.values())


def cases(*languages: str) -> list[object]:
    """The blocks of a language as cases; one with lines that take long is a slow case of its own, run whole."""
    found: list[object] = []
    for block in all_blocks():
        if block.language in languages:
            if block.slow:
                found.append(pytest.param(block, True, id=f"{block.places[0]}-whole", marks=pytest.mark.slow))
            if len(block.slow) < len(block.lines) and "from auditor" not in "".join(block.slow):
                found.append(pytest.param(block, False, id=block.places[0]))
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A new user's folder: the examples, an environment, some filings under the names that the READMEs use."""
    if sys.prefix == sys.base_prefix:
        pytest.skip("the suite runs without an environment, so there is none to activate")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    clean = CLEAN.read_text("utf-8")
    (tmp_path / "某单位2023年度决算.pdf").write_bytes(pdf_of(blocks(clean)))
    cover, tables, told = (clean.index(part) for part in ("\n\n", "第一部分 2023", "第二部分 2023年度单位决算情况说明"))
    word(tmp_path / "说明.docx", clean[:cover] + "\n\n" + clean[told:])
    workbook(tmp_path / "报表.xlsx", clean[tables:told])
    (tmp_path / "2023").mkdir()
    shutil.copy(CLEAN, tmp_path / "2023")
    archive(tmp_path / "各单位.zip", {WRONG.name: WRONG.read_text("utf-8")})
    return tmp_path


def new_rules(folder: Path) -> None:
    """Rules of one's own, as `auditor rules new our_rules` writes them."""
    made = CliRunner().invoke(cli, ["rules", "new", str(folder / "our_rules")], catch_exceptions=False)
    assert made.exit_code == 0


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line in a new terminal in which the line of the READMEs that activates was said."""
    (activate,) = {block.text.strip() for block in all_blocks() if "activate" in block.text}
    return subprocess.run(
        ["bash", "-c", f"{activate}\n{line}"], cwd=folder, capture_output=True, text=True, check=False, timeout=900
    )


# -- which blocks there are -------------------------------------------------------------------------------------


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ([(block.language, block.text) for block in blocks_of(name)] for name in READMES)
    commands = [pair for pair in english if pair[0] in ("sh", "bat")]
    assert commands == [pair for pair in chinese if pair[0] in ("sh", "bat")]
    assert [language for language, _ in english] == [language for language, _ in chinese]
    assert len(english) > 10


def test_every_block_has_a_test_and_what_is_not_run_is_named() -> None:
    assert {block.language for block in all_blocks()} == {"sh", "bat", "python", "toml", "yaml"}
    lines = {line for block in all_blocks() if block.language in ("sh", "bat") for line in block.lines}
    assert set(NOT_RUN) <= lines
    assert all(line in NOT_RUN for block in all_blocks() if block.language == "bat" for line in block.lines)


def test_what_make_demo_does_is_there() -> None:
    recipe = re.findall(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[0]
    assert "$(BIN)/auditor check examples --out reports_out --fail-on never" in recipe
    for target in re.findall(r"`make (\S+)`", (ROOT / "README.md").read_text("utf-8")):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text("utf-8"), target


# -- blocks of commands -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("block", "whole"), cases("sh"))
def test_commands(block: Block, whole: bool, home: Path) -> None:
    if "auditor rules new our_rules" not in block.text:
        new_rules(home)
    ran = 0
    for line in block.lines:
        if line in NOT_RUN or (line in block.slow and not whole):
            continue
        done = shell(home, line)
        allowed = (0, 1) if line.removeprefix(".venv/bin/").startswith(FINDINGS) else (0,)
        assert done.returncode in allowed, f"{line}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert "Traceback" not in done.stderr, line
        if line.startswith(("pytest", "auditor rules list", "auditor rules show", "auditor check")):
            assert done.stdout.strip(), line
        ran += 1
    assert ran or all(line in NOT_RUN for line in block.lines)


def test_rule_files_are_tests(home: Path) -> None:
    new_rules(home)
    (line,) = {line for block in all_blocks() for line in block.lines if line.startswith("pytest ")}
    done = shell(home, f"{line} -p no:cacheprovider")
    assert "4 passed" in done.stdout  # two rules, each with an example that passes and one that fails


# -- blocks of Python -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("block", "whole"), cases("python"))
def test_python(block: Block, whole: bool, home: Path) -> None:
    new_rules(home)
    (home / "test_own.py").write_text(block.text, encoding="utf-8")
    done = shell(home, "pytest -p no:cacheprovider test_own.py" if whole else "python test_own.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not whole or "2 passed" in done.stdout


# -- settings, waivers, rules -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("block", "whole"), cases("toml"))
def test_settings(block: Block, whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    new_rules(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("auditor.toml").write_text(block.text, encoding="utf-8")
    listed = CliRunner().invoke(cli, ["rules", "list"], catch_exceptions=False)
    assert listed.exit_code == 0
    (line,) = (line for line in listed.output.split("\n") if line.startswith("FA-X-05\t"))
    assert ("停用" in line) == ("[[off]]" in block.text)
    assert ("MY-01" in listed.output) == ("our_rules" in block.text)


@pytest.mark.parametrize(("block", "whole"), cases("yaml"))
def test_yaml(block: Block, whole: bool, tmp_path: Path, book: RuleBook) -> None:  # noqa: ARG001
    file = tmp_path / "shown.yaml"
    if "finding:" in block.text:
        file.write_text(block.text, encoding="utf-8")
        assert len(load_waivers(file, book.by_id)) == 3
        return
    (shown,) = yaml.safe_load(block.text)
    rule = book.by_id[shown["id"]]
    assert (rule.title, rule.basis, rule.why, rule.fix) == tuple(shown[key] for key in ("title", "basis", "why", "fix"))
    file.write_text(block.text.replace(shown["id"], "MY-T-01"), encoding="utf-8")
    assert "MY-T-01" in load_tested(tmp_path).by_id  # its examples hold


def test_the_schemas_take_the_starting_files(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    new_rules(tmp_path)
    for kind, file in (("rules", "my.yaml"), ("forms", "forms/my.yaml")):
        printed = CliRunner().invoke(cli, ["rules", "schema", kind], catch_exceptions=False).output
        validator = jsonschema.Draft202012Validator(json.loads(printed))
        text = (tmp_path / "our_rules" / file).read_text("utf-8")
        assert list(validator.iter_errors(yaml.safe_load(text))) == []
        wrong = text.replace("title:", "titel:", 1)
        assert not validator.is_valid(yaml.safe_load(wrong))
