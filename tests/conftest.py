from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from auditor.authoring.examples import check_examples
from auditor.messages import use_language
from auditor.rules.book import RuleBook, load_rules
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).parent.parent.parent / "shared" / "filings"
SEEDS = SHARED / "seeds"
EXAMPLES = Path(__file__).parent.parent / "examples"

settings.register_profile(
    "suite", deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _chinese() -> None:
    use_language("zh")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("AUDITOR_CACHE")
    os.environ["AUDITOR_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["AUDITOR_CACHE"]
    else:
        os.environ["AUDITOR_CACHE"] = before


@cache
def rule_book() -> RuleBook:
    """The program's own rules; for property tests, which print their arguments when they fail."""
    return load_rules(cache=False)


def load_tested(folder: Path) -> RuleBook:
    """The rules of a folder beside the program's own, their examples run as `auditor rules test` runs them."""
    loaded = load_rules([folder], cache=False)
    for rule in loaded.rules:
        if rule.id not in rule_book().by_id:
            check_examples(rule, loaded.plans(rule), loaded.forms)
    return loaded


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return rule_book()


def seed(prefix: str) -> Path:
    """The seed filing whose name begins like this; the test is skipped where the folder is absent."""
    if not SEEDS.is_dir():
        pytest.skip("the shared filings are not here (../shared/filings/seeds)")
    return next(SEEDS.glob(f"{prefix}_*.txt"))
