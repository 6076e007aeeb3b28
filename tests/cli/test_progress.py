"""Progress on a terminal: every stage of a long run moves, and none says 100 % while another is still to come."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from auditor.cli import check
from auditor.cli.main import cli
from auditor.messages import say
from click.testing import CliRunner

from tests.conftest import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_stage_of_a_run_over_many_files_shows_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = sorted(EXAMPLES.glob("*.txt"))[:2]
    for source in sources:
        shutil.copy(source, tmp_path / source.name)
    steps: list[tuple[str, int, int]] = []
    before = check._bar

    def bar(stage: str, count: int) -> object:
        made = before(stage, count)
        update = made.update

        def told(n: int) -> None:
            steps.append((stage, n, count))
            update(n)

        monkeypatch.setattr(made, "update", told)
        return made

    monkeypatch.setattr(check, "_bar", bar)
    assert CliRunner().invoke(cli, ["check", str(tmp_path), "--out", str(tmp_path / "o")]).exit_code in (0, 1)
    stages = list(dict.fromkeys(stage for stage, _, _ in steps))
    assert stages == ["cli.reading", "cli.joining", "cli.auditing", "cli.writing"]
    for stage in stages:
        counts = [(n, count) for name, n, count in steps if name == stage]
        assert sum(n for n, _ in counts) == counts[0][1]
        assert len(counts) > 1  # it moves in between
    assert len({say(stage) for stage in stages}) == len(stages)


def test_progress_is_for_terminals_and_more_than_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check._bar("cli.writing", 9).hidden
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert not check._bar("cli.writing", 9).hidden
    assert check._bar("cli.writing", 1).hidden
