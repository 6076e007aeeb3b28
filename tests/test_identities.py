"""Every identity of the field is a rule, or stands in the README's table of limits with its reason."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.conftest import SHARED, rule_book

IDENTITIES = SHARED.parent / "domain" / "identities.csv"
READMES = ("README.md", "README.zh-CN.md")
ROOT = Path(__file__).parent.parent


def limits(readme: str) -> set[str]:
    """The identities in the table of limits; K001–K007 stands for seven."""
    rows = [
        line for line in (ROOT / readme).read_text(encoding="utf-8").splitlines() if re.match(r"  \| [A-Z]\d{3}", line)
    ]
    found = set()
    for row in rows:
        named, reason = row.strip(" |").split(" | ")
        assert len(reason) > 8, row
        for first, last in re.findall(r"([A-Z]\d{3})(?:–([A-Z]\d{3}))?", named):
            found |= {f"{first[0]}{n:03}" for n in range(int(first[1:]), int((last or first)[1:]) + 1)}
    return found


def test_both_readmes_name_the_same_limits() -> None:
    assert limits(READMES[0]) == limits(READMES[1]) != set()


def test_every_identity_is_a_rule_or_a_limit() -> None:
    if not IDENTITIES.is_file():
        pytest.skip("the shared identities are not here (../shared/domain/identities.csv)")
    with IDENTITIES.open(encoding="utf-8-sig", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    covered = {identity for rule in rule_book().rules for identity in rule.covers}
    assert known - covered <= limits(READMES[0])
    assert covered <= known
