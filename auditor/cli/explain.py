"""`auditor explain`: one finding of a written report, told whole in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.common import config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import language, say
from auditor.store.saved_reports import load_json
from auditor.yamlfiles.trees import nearest

if TYPE_CHECKING:
    from auditor.rules.book import RuleBook


@click.command()
@click.argument("finding")
@click.argument("report", type=click.Path())
@config_option
@rules_option
def explain(finding: str, report: str, config: str | None, folders: tuple[str, ...]) -> None:
    """说明报告中的一个疑点：写的是什么、为什么不对、改成什么。

    Explain one finding of a JSON report: what is claimed, what follows, the gap, the suspect, the repair.
    """
    try:
        data = load_json(Path(report))
        found = _find(finding, data, Path(report))
        _, book = prepare(config, folders)
    except AuditorError as error:
        fail(error)
    for line in lines_of(found, book):
        click.echo(line)


def _find(identity: str, data: dict[str, Any], path: Path) -> dict[str, Any]:
    """The finding of this number, or whose number begins so. Raises `AuditorError` with the nearest numbers."""
    findings = [item for item in data["findings"] if isinstance(item, dict)]
    known = [str(item.get("id", "")) for item in findings]
    exact = [item for item, name in zip(findings, known, strict=True) if name == identity]
    begun = [item for item, name in zip(findings, known, strict=True) if identity and name.startswith(identity)]
    if len(exact or begun) != 1:
        raise AuditorError("explain.no_finding", file=path.name, name=identity, near=nearest(identity, known))
    return (exact or begun)[0]


def lines_of(found: dict[str, Any], book: RuleBook) -> list[str]:
    """What the terminal shows of a finding."""
    unit = f" {found['unit']}" if found.get("unit") else ""
    lines = [f"{say('severity.' + found['severity'])}  {found['title']}（{found['id']}）", "", found["message"]]
    if found.get("formula"):
        lines += ["", f"  {found['formula']}"]
    if found.get("difference"):
        lines.append(
            f"  {say('html.difference')} {found['difference']}{unit} · {say('html.allowed')} {found['range']}{unit}"
        )
    lines += ["", say("html.operands")]
    lines += [
        f"  {figure['address']}  {figure['text'] or '—'}  {_place(figure['place'])}" for figure in found["figures"]
    ]
    for suspect in found["suspects"]:
        said = f"  {suspect['address']}  {suspect['printed'] or '—'}"
        if suspect["suggested"] is not None:
            said += f" → {suspect['suggested']}"
        lines += ["", say("html.suspect"), said]
        lines += [f"  {suspect['evidence']}"] if suspect.get("evidence") else []
        lines.append(f"  {say('html.because', rules='、'.join(suspect['because']))}")
    lines += _review(found.get("review"))
    lines += ["", found["proof"]] if found.get("proof") else []
    for identity in found["rules"]:
        rule = book.by_id.get(identity)
        if rule is None:
            lines += ["", identity]
            continue
        told = {key: rule.text(key, language()) for key in ("title", "why", "fix")}
        lines += ["", f"{rule.id} {told['title']}", f"  {told['why']}"]
        lines += [f"  {say('html.fix')} {told['fix']}", f"  {say('html.basis')} {rule.basis}"]
    return lines


def _review(review: dict[str, Any] | None) -> list[str]:
    """What was decided about the finding."""
    if not review:
        return []
    state = say("standing.expired" if review["expired"] else f"standing.{review['state']}")
    said = [state, review["who"], review["until"], review["reason"], review["remark"]]
    return ["", f"{say('rows.state')}  {'  '.join(part for part in said if part)}"]


def _place(place: dict[str, Any]) -> str:
    from auditor.model.facts import Place
    from auditor.reports.places import place_text

    known: dict[str, Any] = {name: place.get(name) for name in ("page", "line", "row", "column", "grid", "paragraph")}
    return place_text(Place(file=place.get("file") or "", sheet=place.get("sheet") or "", **known))
