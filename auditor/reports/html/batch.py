"""The page over all filings of a run: ranked units, findings by rule and by kind, rules × units, what is suspect."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from auditor.engine.findings import Severity
from auditor.engine.verdicts import Verdict
from auditor.messages import say
from auditor.reports.headline import filing_kind, filing_title
from auditor.reports.html.filing import share
from auditor.reports.narrate import Narrator
from auditor.reports.pages import rendered
from auditor.reports.places import left_out, remark_text
from auditor.reports.summary import failures, open_findings, ranked, summary_line, suspect_rules, titles_of
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.findings import Audit
    from auditor.model.filing import Remark

MAX_BARS = 10  # rules whose bars are shown at once; the others behind a click
MAX_RULES = 20  # rules with a column of their own in the picture; the others together
MAX_UNITS = 60  # filings with a row of their own in the picture; the others together


def index_html(
    audits: Sequence[tuple[str, Audit]],
    failed: Sequence[tuple[str, str]],
    tool: dict[str, str],
    warnings: Sequence[Remark] = (),
) -> str:
    """Render the index over all filings, the worst first; `warnings` are those of the run."""
    order = sorted(audits, key=lambda item: (-item[1].count(Severity.ERROR), -item[1].count(Severity.WARNING), item[0]))
    return rendered(
        "index",
        tone="bad" if any(audit.count(Severity.ERROR) for _, audit in audits) else "ok",
        verdict=summary_line(audits, failed),
        split=_split(audits, failed),
        filings=[_row(stem, audit) for stem, audit in order],
        years=sorted({filing_kind(audit) for _, audit in audits}),
        by_rule=_by_rule(audits),
        by_kind=_by_kind(audits),
        picture=_picture(order),
        suspect_rules=suspect_rules(audits),
        warnings=[remark_text(remark) for remark in warnings],
        failed=[{"file": file, "reason": reason} for file, reason in failed],
        tool=tool,
    )


def _split(audits: Sequence[tuple[str, Audit]], failed: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The files by the worst that was found in them; they add up to all."""
    counts: Counter[str] = Counter()
    for _, audit in audits:
        worst = audit.worst()
        if worst in (Severity.ERROR, Severity.WARNING):
            counts[worst.value] += 1
        else:
            counts["clean" if audit.decided else "undecided"] += 1
    counts["failed"] = len(failed)
    names = ("error", "warning", "clean", "undecided", "failed")
    return [{"name": name, "count": counts[name]} for name in names if counts[name] or name in names[:3]]


def _row(stem: str, audit: Audit) -> dict[str, Any]:
    narrator = Narrator(audit)
    first = next((f for f in audit.findings if f.verdict is not Verdict.ROUNDING and not f.waived), None)
    said = narrator.message(first) if first else ""
    hints = sum(f.severity is Severity.INFO and f.verdict is Verdict.INCONSISTENT for f in audit.findings)
    return {
        "href": f"{stem}.html",
        "entity": filing_title(audit),
        "files": "、".join(file.file for file in audit.filing.files),
        "left_out": left_out(audit.filing),
        "kind": filing_kind(audit),
        "errors": audit.count(Severity.ERROR),
        "warnings": audit.count(Severity.WARNING),
        "hints": hints,
        "waived": audit.waived,
        "tails": audit.ledger[Verdict.ROUNDING],
        "not_evaluated": audit.ledger[Verdict.NOT_EVALUATED],
        "share": share(audit),
        "first": said,
        "rules": " ".join(dict.fromkeys(rule for f in open_findings(audit) for rule in f.rule_ids)),
    }


# -- charts -----------------------------------------------------------------------------------------------------


def _by_rule(audits: Sequence[tuple[str, Audit]]) -> dict[str, Any]:
    """Rules by the number of filings that they fail in: the first few, and all others."""
    most_first, titles = ranked(failures(audits)), titles_of(audits)
    most = max((count for _, count in most_first), default=1)
    bars = [
        {"label": f"{rule} {titles[rule]}", "count": count, "width": count * 100 // most} for rule, count in most_first
    ]
    return {"bars": bars[:MAX_BARS], "others": bars[MAX_BARS:]}


def _by_kind(audits: Sequence[tuple[str, Audit]]) -> list[dict[str, Any]]:
    """Findings by the kind of their rule."""
    counts = Counter(finding.rule.kind for _, audit in audits for finding in open_findings(audit))
    most = max(counts.values(), default=1)
    return [
        {
            "label": say(f"kind.{kind.value}"),
            "kind": kind.value,
            "count": counts[kind],
            "width": counts[kind] * 100 // most,
        }
        for kind in RuleKind
    ]


def _picture(order: Sequence[tuple[str, Audit]]) -> dict[str, Any]:
    """Rules × units: how many findings of a filing fail which rule; what has no room of its own is put together."""
    rules = [rule for rule, _ in ranked(failures(order))]
    titles = titles_of(order)
    columns = rules[:MAX_RULES]
    counted = [
        (stem, audit, Counter(rule for f in open_findings(audit) for rule in f.rule_ids)) for stem, audit in order
    ]
    failing = [item for item in counted if item[2]]
    shown, rest = failing[:MAX_UNITS], failing[MAX_UNITS:]
    rows = [
        {
            "href": f"{stem}.html",
            "name": filing_title(audit),
            "kind": filing_kind(audit),
            "cells": _cells(counts, columns),
        }
        for stem, audit, counts in shown
    ]
    together: Counter[str] = Counter()
    for _, _, counts in rest:
        together.update(counts)
    return {
        "columns": [{"rule": rule, "title": titles[rule]} for rule in columns],
        "more_rules": max(0, len(rules) - MAX_RULES),
        "rows": rows,
        "rest": {"count": len(rest), "cells": _cells(together, columns)} if rest else None,
        "clean": len(counted) - len(failing),
    }


def _cells(counts: Counter[str], columns: Sequence[str]) -> list[int]:
    """The counts of some rules, and those of all others together."""
    others = sum(count for rule, count in counts.items() if rule not in columns)
    return [*(counts[rule] for rule in columns), others]
