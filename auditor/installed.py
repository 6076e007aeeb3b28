"""What is installed: the version of the program, and the folder of its own rules."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def own_rules() -> Path:
    """The folder of the rules that come with the program: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).parent / "_rules"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "rules"


def program_version() -> str:
    """The version of the installed program."""
    try:
        return version("auditor")
    except PackageNotFoundError:
        return "0"
