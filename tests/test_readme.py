"""What the READMEs show works as it stands: rule files as tests, tests of one's own, schemas that take the starting files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from auditor.cli.main import cli
from click.testing import CliRunner

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
PLUGIN = ["-p", "no:auditor", "-p", "auditor.testing.plugin", "-p", "no:cacheprovider", "-p", "no:xdist"]


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A folder with rules of one's own, as `auditor rules new our_rules` writes them."""
    made = CliRunner().invoke(cli, ["rules", "new", str(tmp_path / "our_rules")], catch_exceptions=False)
    assert made.exit_code == 0
    return tmp_path


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, "--rootdir", str(folder), *arguments], cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_rule_files_are_tests_with_the_command_of_the_readmes(firm: Path) -> None:
    commands = {
        re.findall(r"^pytest (our_rules.*?)\s*#", (ROOT / name).read_text("utf-8"), re.MULTILINE)[0] for name in READMES
    }
    (command,) = commands
    done = run_pytest(firm, *command.split())
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout  # two rules, each with an example that passes and one that fails


@pytest.mark.slow
@pytest.mark.parametrize("name", READMES)
def test_the_tests_of_ones_own_pass(firm: Path, name: str) -> None:
    (block,) = re.findall(
        r"```python\n(from auditor import audit, testing\n.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL
    )
    (firm / "test_own.py").write_text(block, encoding="utf-8")
    done = run_pytest(firm, "test_own.py")
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_the_schemas_take_the_starting_files(firm: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for kind, file in (("rules", "my.yaml"), ("forms", "forms/my.yaml")):
        printed = CliRunner().invoke(cli, ["rules", "schema", kind], catch_exceptions=False).output
        validator = jsonschema.Draft202012Validator(json.loads(printed))
        text = (firm / "our_rules" / file).read_text("utf-8")
        assert list(validator.iter_errors(yaml.safe_load(text))) == []
        wrong = text.replace("title:", "titel:", 1)
        assert not validator.is_valid(yaml.safe_load(wrong))
