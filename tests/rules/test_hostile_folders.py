"""A damaged folder of rules is told in a sentence, or loads; whatever it holds, nothing else comes of it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from auditor.errors import RuleError
from auditor.installed import own_rules
from auditor.rules.book import load_rules
from auditor.testing.damage import damaged

FILES = sorted(path for path in own_rules().rglob("*.yaml") if path.stat().st_size < 40_000)


@pytest.mark.slow
def test_a_damaged_folder_of_rules_is_told(tmp_path: Path) -> None:
    told = 0
    for number in range(25):
        random = Random(f"rules {number}")  # noqa: S311 — the same every time
        path, other = random.choice(FILES), random.choice(FILES)
        copy = tmp_path / str(number) / path.relative_to(own_rules())
        copy.parent.mkdir(parents=True)
        copy.write_bytes(damaged(path.read_bytes(), random, [other.read_bytes()]))
        try:
            load_rules([tmp_path / str(number)], cache=False)
        except RuleError as error:
            assert "\n" not in str(error).strip()
            told += 1
    assert told > 10
