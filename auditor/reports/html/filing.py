"""The report of one filing: verdict, change list, findings, tails, the document as a map, what was not evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.engine.findings import Mark, Severity, Standing
from auditor.engine.tally import tally_of
from auditor.engine.verdicts import Verdict
from auditor.messages import language, say
from auditor.model.filing import PROSE_REASONS
from auditor.model.units import Rounding
from auditor.reports.headline import filing_kind, filing_title, sentence, verdict_parts
from auditor.reports.html.atlas import Atlas
from auditor.reports.html.changes import changes
from auditor.reports.html.document import counted, sections, tables
from auditor.reports.html.findings import finding_data, is_tail, tail_data
from auditor.reports.html.spots import spots
from auditor.reports.narrate import Narrator
from auditor.reports.pages import rendered
from auditor.reports.places import place_text, remarks
from auditor.store.waivers import STATES

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.reports.html.spots import Drawing

MAX_UNREAD = 200  # lines shown per reason; the rest is counted


def filing_html(audit: Audit, tool: dict[str, str], rounding: str, draw: Drawing | None = None) -> str:
    """Render the report of one filing.

    `rounding` is how figures were taken to be rounded; `draw` gives pictures of the original where it can.
    """
    narrator, atlas = Narrator(audit), Atlas(audit)
    found = [finding for finding in audit.findings if not is_tail(finding)]
    tails = [finding for finding in audit.findings if is_tail(finding)]
    numbers = {finding.id: number for number, finding in enumerate(found, 1)}
    pictures = spots(found, atlas, draw)
    rows, more_rows = changes(narrator, atlas, numbers)
    return rendered(
        "filing",
        title=filing_title(audit),
        kind=filing_kind(audit),
        unit=audit.filing.money_unit,
        tone=tone(audit),
        verdict=sentence(verdict_parts(audit)),
        key=audit.filing.key,
        ledger={verdict.key: audit.ledger[verdict] for verdict in Verdict},
        inconsistent=sum(finding.verdict is Verdict.INCONSISTENT for finding in found),
        total=_total(audit),
        decided=audit.decided,
        severities={severity.value: sum(f.severity is severity for f in found) for severity in Severity},
        changes=rows,
        more_changes=more_rows,
        findings=[finding_data(f, numbers[f.id], narrator, atlas, pictures.get(f.id, ())) for f in found],
        numbers=numbers | {finding.id: 0 for finding in tails},
        states=list(Standing),
        yaml_states={state.value: word for word, state in STATES.items()},
        since=audit.baseline,
        sinces={f.since.value for f in found if f.since},
        gone=audit.baseline.gone if audit.baseline else (),
        tails=[tail_data(f, narrator, atlas, Rounding(rounding)) for f in tails],
        tables=tables(atlas),
        sections=sections(atlas),
        marks=_marks(audit),
        prose_total=say("html.prose_total", told=audit.told, checked=audit.told_checked),
        announced=_announced(audit),
        unevaluated=_unevaluated(audit),
        **_read(audit),
        remarks=remarks(audit.filing),
        files=audit.filing.files,
        tool=tool,
        options=_options(audit, rounding),
    )


def tone(audit: Audit) -> str:
    """The colour of the verdict: bad, warn, ok, or none where nothing was decided."""
    worst = audit.worst()
    if worst is Severity.ERROR:
        return "bad"
    if not audit.decided and worst is None:
        return "none"
    return "warn" if worst is Severity.WARNING else "ok"


def _total(audit: Audit) -> str:
    numbers = [audit.ledger[verdict] for verdict in Verdict]
    tally = tally_of(audit)
    return say(
        "html.total",
        parts=" + ".join(str(number) for number in numbers if number),
        total=audit.ledger.checks,
        printed=tally.printed,
        read=tally.read,
        checked=tally.checked,
        share=share(audit),
        confirmed=audit.confirmed,
    )


def share(audit: Audit) -> str:
    """Checked numbers as a percentage of all that are printed, rounded down so that 100 % means all."""
    tally = tally_of(audit)
    if not tally.printed:
        return "—"
    tenths = tally.checked * 1000 // tally.printed
    return f"{tenths // 10}.{tenths % 10}%"


def _marks(audit: Audit) -> str:
    """How many figures of tables and prose have which mark; they add up to all that were read."""
    pairs = zip(audit.filing.facts, audit.marks, strict=False)
    marks = [mark for fact, mark in pairs if fact.is_figure or mark is Mark.UNREAD]
    return say("html.marks", count=len(marks), parts=counted(marks)) if marks else ""


def _options(audit: Audit, rounding: str) -> list[str]:
    options = [say(f"rounding.{rounding}")]
    if audit.filing.entity_kind:
        options.append(say("html.entity_kind", kind=audit.filing.entity_kind))
    return options


def _announced(audit: Audit) -> str:
    """Titles of the contents for which no table was found."""
    found = {table.title for table in audit.filing.tables}
    titles = [title for title in audit.filing.announced if title not in found]
    return say("read.announced", titles="、".join(titles)) if titles else ""


def _unevaluated(audit: Audit) -> list[dict[str, Any]]:
    """What was not evaluated, by reason and place, with the rules and how many checks of each."""
    groups: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for item in audit.not_evaluated:
        rules = groups.setdefault((say(item.reason.key), item.where), {})
        rules.setdefault(item.rule.id, [item.rule.text("title", language()), 0])[1] += item.count
    return [
        {
            "reason": reason,
            "where": where,
            "count": sum(count for _, count in rules.values()),
            "rules": [{"id": rule, "title": title, "count": count} for rule, (title, count) in rules.items()],
        }
        for (reason, where), rules in groups.items()
    ]


def _read(audit: Audit) -> dict[str, Any]:
    """What was read as what, and what was not read."""
    several = len(audit.filing.files) > 1
    forms = [
        {
            "title": table.title or table.table,
            "number": table.number,
            "table": table.table,
            "unit": table.unit,
            "place": place_text(table.place, file=several),
            "figures": sum(fact.is_figure for fact in table.facts),
            "href": f"t{number}" if table.view or table.reason else "",
            "state": say(table.reason) if table.reason else ("" if table.complete else say("read.incomplete")),
        }
        for number, table in enumerate(audit.filing.tables)
        if table.view or table.reason or table.title
    ]
    groups: dict[str, list[dict[str, str]]] = {}
    for item in sorted(audit.filing.unread, key=lambda item: item.reason in PROSE_REASONS):
        groups.setdefault(item.reason, []).append(
            {"place": place_text(item.place, file=several), "text": item.text, "candidates": "、".join(item.candidates)}
        )
    unread = [
        {"reason": say(reason), "count": len(rows), "rows": rows[:MAX_UNREAD], "more": max(0, len(rows) - MAX_UNREAD)}
        for reason, rows in groups.items()
    ]
    return {"forms": forms, "unread": unread, "unread_count": sum(len(rows) for rows in groups.values())}
