"""The pages that explain the house are true: files that they name exist, the drawing is that of the imports."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "CONTRIBUTING.md"])
NAMED = re.compile(r"`((?:[\w<>…]+/)+[\w.]*)(?::[^`]*)?`")


def names(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [name for name in NAMED.findall(text) if "<" not in name and "…" not in name]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    homes = (ROOT, ROOT / "auditor", ROOT / "auditor" / "engine", ROOT / "auditor" / "readers")
    assert [name for name in names(page) if not any((home / name).exists() for home in homes)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_pages_name_files_at_all() -> None:
    assert len(names(ROOT / "docs" / "architecture.md")) > 40


def test_the_drawing_is_that_of_the_imports() -> None:
    command = [sys.executable, str(ROOT / "docs" / "drawing.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0, "run: python docs/drawing.py"
