"""Findings that somebody held against their pages, as a CSV with the columns file, rule, verdict, message (and why)."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SPACE = re.compile(r"\s+")
MATCHED = 60  # characters of a message that tell a judged finding
COLUMNS = ("file", "rule", "verdict", "message")
VERDICTS = ("true", "false")
UNJUDGED = "unjudged"


class JudgedFinding(NamedTuple):
    """One judged finding: `verdict` is `true` or `false`, `why` says what the page shows."""

    file: str
    rule: str
    message: str
    verdict: str
    why: str = ""


def judged_of(path: Path) -> list[JudgedFinding]:
    """Read judged findings. Raises `BadInputError` where the file is none of them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise BadInputError("input.missing", file=str(path)) from None
    except (OSError, ValueError, csv.Error) as error:
        raise BadInputError("input.config", file=path.name, why=str(error)) from None
    for line, row in enumerate(rows, 2):
        lacking = [name for name in COLUMNS if not row.get(name)]
        if lacking or row["verdict"] not in VERDICTS:
            why = f"{line}: {'、'.join(lacking) or row['verdict']}"
            raise BadInputError("input.config", file=path.name, why=why)
    return [
        JudgedFinding(row["file"], row["rule"], row["message"], row["verdict"], row.get("why") or "") for row in rows
    ]


def verdict_of(file: str, finding: dict[str, str], judged: Sequence[JudgedFinding]) -> str:
    """What somebody found of a finding: true, false or unjudged."""
    for one in judged:
        if (one.file, one.rule) == (file, finding["rule"]) and _flat(one.message) == _flat(finding["message"]):
            return one.verdict
    return UNJUDGED


def _flat(message: str) -> str:
    """The beginning of a message without its spaces, by which a judged finding is known again."""
    return _SPACE.sub("", message)[:MATCHED]
