"""What people take away: the list with their decisions, the annotated copy of an original."""

from __future__ import annotations

import datetime as dt
import json
import re
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.engine.findings import Standing
from auditor.errors import AuditorError
from auditor.messages import say
from auditor.serve.notebook import Decision
from auditor.serve.worker import DATA, NOTES, ROWS
from auditor.store.waivers import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.model.facts import FilingKey
    from auditor.reports.listed_filing import ListedFiling
    from auditor.serve.desk import Desk
    from auditor.serve.notebook import Noted

FINDING = re.compile(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){2}(?:-\d{1,4})?")
_ODD = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
MAX_TEXT = {"remark": 4000, "who": 100, "until": 10}  # characters
COPIED = (".pdf", ".xlsx", ".xlsm", ".xltx", ".docx", ".docm", ".dotx")  # kinds that take notes


class Copy(NamedTuple):
    """An annotated copy: its name, its bytes."""

    name: str
    data: bytes


def checked(finding: str, said: Any) -> Decision | None:
    """A decision as the page tells it; None for what is none."""
    if not FINDING.fullmatch(finding) or not isinstance(said, dict):
        return None
    texts = {name: said.get(name, "") for name in Decision._fields}
    if not all(isinstance(text, str) for text in texts.values()):
        return None
    if any(len(texts[name]) > limit for name, limit in MAX_TEXT.items()) or texts["state"] not in ("", *Standing):
        return None
    try:
        if texts["until"]:
            dt.date.fromisoformat(texts["until"])
    except ValueError:
        return None
    return Decision(**texts)


def latest(filings: Iterable[Noted]) -> list[Noted]:
    """The last report on every filing; of those whose entity is unknown, on files of each name."""
    found = {(*noted.key, *(() if noted.key.entity else noted.files)): noted for noted in filings}
    return sorted(found.values(), key=lambda noted: (-noted.counts[0], -noted.counts[1], noted.title))


def list_of_findings(desk: Desk, filings: Sequence[Noted]) -> bytes:
    """疑点清单.xlsx of some filings, with what was decided about each finding."""
    from auditor.reports.findings_xlsx import list_of

    listed = [one for noted in filings if (one := _listed(desk, noted)) is not None]
    return list_of(listed, _tool(desk, filings), ())


def _tool(desk: Desk, filings: Sequence[Noted]) -> dict[str, str]:
    """What made the first of the reports."""
    from auditor.rules.book import program_version
    from auditor.store.saved_reports import load_report

    tool = {"version": program_version(), "rules_sha256": ""}
    for noted in filings[:1]:
        with suppress(AuditorError):
            tool["rules_sha256"] = load_report(desk.report(noted, DATA)).rules_sha256
    return tool


def _listed(desk: Desk, noted: Noted) -> ListedFiling | None:
    from auditor.reports.listed_filing import thawed

    try:
        kept = thawed(desk.report(noted, ROWS).read_text("utf-8"))[""]
    except (OSError, ValueError, KeyError):
        return None
    said = desk.notebook.decisions(noted.key)
    rows = (row._replace(**columns(said[row.id])) if row.id in said else row for row in kept.rows)
    return kept._replace(rows=tuple(rows))


def columns(decision: Decision) -> dict[str, str]:
    """The columns of a row that tell a decision: what accepts a finding is a reason, anything else a remark."""
    waived = decision.state == Standing.WAIVED
    return {
        "state": say(f"standing.{decision.state}") if decision.state else "",
        "reason": decision.remark if waived else "",
        "remark": "" if waived else decision.remark,
        "who": decision.who,
        "until": decision.until,
    }


def copies(desk: Desk, noted: Noted) -> list[tuple[int, str, bool]]:
    """The files of a filing that take notes: number, name, whether the original is still here."""
    return [
        (number, source.name, desk.original(noted, source) is not None)
        for number, source in enumerate(noted.sources)
        if PurePosixPath(source.name).suffix.lower() in COPIED
    ]


def annotated(desk: Desk, noted: Noted, number: int) -> Copy | None:
    """A copy of a file of a filing with notes; None where the original is here no more.

    Raises `AuditorError` where there is nothing to note, or it takes no notes.
    """
    from auditor.annotate.notes import MarginNote
    from auditor.sandbox import annotate

    source = noted.sources[number] if number < len(noted.sources) else None
    original = desk.original(noted, source) if source else None
    if source is None or original is None:
        return None
    notes = json.loads(desk.report(noted, NOTES).read_text("utf-8")).get(source.name, [])
    if not notes:
        raise AuditorError("serve.nothing_to_note", file=source.name)
    copy = annotate(original, source.member, source.sha256, [MarginNote(*note) for note in notes], source.name)
    name = PurePosixPath(source.name)
    return Copy(f"{name.stem}.annotated{name.suffix}", copy.data)


def waivers_yaml(decisions: Iterable[tuple[FilingKey, str, Decision]]) -> str:
    """Decisions as `waivers.yaml`; one that accepts a finding without reason, name or day stays to be looked into.

    Texts stand in double quotes, in which JSON and YAML agree.
    """
    words = {standing: word for word, standing in STATES.items()}
    lines = []
    for key, finding, decision in decisions:
        if not decision.state:
            continue
        state = Standing(decision.state)
        whole = all((decision.remark, decision.who, decision.until))
        accepted = state is Standing.WAIVED and whole
        told = {
            "finding": finding,
            "entity": key.entity,
            "year": key.year or "",
            "state": words[Standing.OPEN if state is Standing.WAIVED and not whole else state],
            "reason": decision.remark if accepted else "",
            "remark": "" if accepted else decision.remark,
            "who": decision.who,
            "until": decision.until,
        }
        entry = [f"{name}: {_quoted(value)}" for name, value in told.items() if value]
        lines.append("- " + "\n  ".join(entry) + "\n")
    return "".join(lines)


def _quoted(value: str | int) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _ODD.sub(lambda mark: f"\\u{ord(mark[0]):04x}", text)
