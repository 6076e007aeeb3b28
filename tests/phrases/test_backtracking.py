"""Regular expressions of rule folders that may run for ever are refused; the program's own take no time to speak of."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from auditor.errors import RuleError
from auditor.phrases.backtracking import SAMPLES, runs_away
from auditor.phrases.patterns import compiled
from auditor.phrases.wordings import MOST_HITS, check_wordings, load_wordings
from auditor.yamlfiles.trees import Text

HANGS = ["(a+)+b", "(a*)*b", "(?:a|ab|b)*c", "(?:a?b?)*c", r"(?:\d+)+年", r"(?:[^，]+、?)+。", "((ab)*)*c", "(?=(a+)+b)a",
         "(?:.*,)*x", "(?:a?a?){9}b", "x(?:(?:a|b)+(?:b|c)+)+y", "(?:(?>(?:a+)+b))*", "(?:a{1,30}){1,30}b", r"(?:\w+\s?)*$"]  # fmt: skip
RUNS = ["(ab+)+c", r"(?:\d+、)+", "a*b*c*", "(?:a|b)*c", r"(?:\d{1,3}+,)*", "(?:[^。]++。)*", "(?>a+)+b", r"(?:\d{3})*年",
        "(?:支出|收入)+", "(?:甲(?:乙|丙)?丁)*", "(?:a{2}){3}", r"[一二三]{1,3}、"]  # fmt: skip


@pytest.mark.parametrize("source", HANGS)
def test_what_may_run_for_ever_is_refused_where_it_stands(source: str) -> None:
    node = Text.at(source, "phrases/wording.yaml", 7, 3)
    with pytest.raises(RuleError) as caught:
        compiled(source, node)
    assert "wording.yaml" in str(caught.value)
    assert ":7" in str(caught.value)


@pytest.mark.parametrize("source", RUNS)
def test_what_takes_one_way_is_taken(source: str) -> None:
    assert compiled(source, Text.at(source, "a.yaml", 1, 1)).pattern == source


@pytest.mark.parametrize("source", ["(" * 5000, "(?:" * 300 + "a" + ")*" * 300, "a{99999999999}"])
def test_the_judge_itself_is_bounded(source: str) -> None:
    began = time.process_time()
    with pytest.raises(RuleError):
        compiled(source, Text.at(source, "a.yaml", 1, 1), 100_000)
    assert time.process_time() - began < 10


def test_a_hostile_rule_folder_costs_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    (tmp_path / "phrases" / "wording.yaml").write_text(
        "用语:\n  - row: 甲\n    says:\n      - '(一+)+二'\n    found: 一二\n    not_found: " + "一" * 60 + "\n",
        encoding="utf-8",
    )
    for act in (lambda: load_wordings([tmp_path]), lambda: check_wordings([tmp_path])):
        with pytest.raises(RuleError, match=r"wording.yaml:\d"):
            act()


def test_many_places_of_one_wording_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    (tmp_path / "phrases" / "wording.yaml").write_text(
        "用语:\n  - row: 甲\n    says: 一\n    unless: 一三\n    found: 一二\n    not_found: 一三\n", encoding="utf-8"
    )
    (wording,) = load_wordings([tmp_path]).wordings
    assert [(hit.start, hit.end) for hit in wording.hits("一三一二一")] == [(2, 3), (4, 5)]
    assert len(list(wording.hits("一二" * 200_000))) == MOST_HITS


@pytest.fixture(scope="module")
def own() -> set[str]:
    """Every expression that the package compiles when it is imported and when it loads its own rules."""
    code = (
        "import re, sys, json; real = re.compile; seen = set()\n"
        "def told(source, flags=0):\n"
        "    if isinstance(source, str) and 'auditor' in sys._getframe(1).f_globals.get('__name__', ''): seen.add(source)\n"
        "    return real(source, flags)\n"
        "re.compile = told\n"
        "import pkgutil, importlib, auditor\n"
        "for module in pkgutil.walk_packages(auditor.__path__, 'auditor.'):\n"
        "    if not module.name.startswith(('auditor.testing', 'auditor.screening.cluster')): importlib.import_module(module.name)\n"
        "from auditor.rules.book import load_rules\n"
        "load_rules()\n"
        "print(json.dumps(sorted(seen)))"
    )
    import json
    import os
    import subprocess

    environment = {**os.environ, "AUDITOR_CACHE": ""}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    return set(json.loads(out.stdout))


@pytest.mark.slow
def test_own_expressions_never_run_for_ever(own: set[str]) -> None:
    assert len(own) > 300
    ordinals = r"^(?:[一二三四五六七八九十]{1,3}[、.．]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[、.．](?!\d)|[①-⑳])+"
    assert {source for source in own if runs_away(source)} - {ordinals} == set()


# these are only matched from the start of a text, or the text that they are given is bounded: a number, a name of a path
FROM_START = (r"[-—─]?∞%?|", r"\s*[-+]?\d(?:\.\d{1,15})?[Ee]", "[ \\t\\r\\n\\f]*\\+?(", "(?=[^0-9０-９]*[0-9０-９])[", r"\s*+\|?\s*+:?-",
              r"(\d)(?=(?:\d{3})+$)", r"[^均]*(?:金额", "(?P<rest>.{0,80}?)")  # fmt: skip
LENGTHS = (250, 1_000, 4_000, 16_000)
MOST_SECONDS = 0.25  # for 16,000 characters; a time that grows with their square is a second and more


@pytest.mark.slow
def test_own_expressions_take_linear_time(own: set[str]) -> None:
    """No expression takes long for a run of any character that it may read, at any length from short to long."""
    slow = {}
    for source in own:
        find = re.compile(source).match if source.startswith(FROM_START) else re.compile(source).findall
        for char in sorted({*SAMPLES[:12:3], *re.sub(r"\\.|[(){}\[\]?*+|^$.]", "", source)[:6]}):
            for length in LENGTHS:
                if min(_taken(find, char * length) for _ in range(2)) > MOST_SECONDS:
                    slow[source] = (char, length)
                    break
    assert slow == {}


def _taken(find: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    find(text)
    return time.process_time() - began
