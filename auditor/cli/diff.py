"""`auditor diff OLD.json NEW.json`: what has changed between two reports on one unit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.common import fail
from auditor.errors import AuditorError
from auditor.messages import printable, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.store.history import History
    from auditor.store.saved_reports import SavedFinding, SavedReport

FEW = 30  # findings and figures shown of each sort; the rest is counted


@click.command()
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，全部列出 / as JSON, with everything listed")
def diff(old: str, new: str, as_json: bool) -> None:
    """比较同一单位的两份 JSON 报告：消失、新增、原有的疑点，以及改动的数字。

    Compare two JSON reports on one unit: findings that are gone, new or as before, and figures that changed.
    """
    from auditor.store.history import compare, history_data
    from auditor.store.saved_reports import load_report

    try:
        history = compare(load_report(Path(old)), load_report(Path(new)))
    except AuditorError as error:
        fail(error)
    if as_json:
        from auditor.reports.json_report import dumps

        click.echo(dumps(history_data(history)), nl=False)
        return
    for line in history_lines(history):
        click.echo(printable(line))


def history_lines(history: History) -> Iterator[str]:
    """What the terminal shows of a history."""
    old, new = history.old, history.new
    yield say("diff.head", old=_title(old), new=_title(new))
    if old.key.entity != new.key.entity:
        yield say("diff.other_entity")
    if old.rules_sha256 != new.rules_sha256:
        yield say("diff.other_rules")
    for key, findings in (("gone", history.gone), ("new", history.came), ("unchanged", history.unchanged)):
        yield ""
        yield f"{say(f'since.{key}')} {len(findings)}"
        yield from _findings(findings)
    yield ""
    if history.figures is None:
        yield say("diff.no_figures")
        return
    yield say("diff.figures", count=len(history.figures))
    for figure in history.figures[:FEW]:
        yield f"  {figure.address}  {figure.old or '—'} → {figure.new or '—'}"
    if len(history.figures) > FEW:
        yield "  " + say("diff.more", count=len(history.figures) - FEW)


def _title(report: SavedReport) -> str:
    key = report.key
    about = " ".join(str(part) for part in (key.entity, key.year or "") if part)
    return f"{report.file}（{about}）" if about else report.file


def _findings(findings: Sequence[SavedFinding]) -> Iterator[str]:
    for finding in findings[:FEW]:
        weight = "verdict.rounding" if finding.verdict == "rounding" else f"severity.{finding.severity}"
        yield f"  {finding.id}  {say(weight)}  {finding.rule}  {finding.message}"
    if len(findings) > FEW:
        yield "  " + say("diff.more", count=len(findings) - FEW)
