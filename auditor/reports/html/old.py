"""The HTML report of one filing and the index over many: self-contained, readable without scripts, printable."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditor.engine.results import Finding, Mark, Severity
from auditor.engine.verdicts import Note, Verdict
from auditor.filing import PROSE_REASONS
from auditor.messages import language, say
from auditor.reports.narrate import Narrator, filing_kind, filing_title, verdict_parts
from auditor.reports.places import left_out, place_text, remarks
from auditor.units import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment

    from auditor.engine.results import Audit
    from auditor.facts import Fact
    from auditor.filing import ReadTable, TextView, ViewCell

MAX_UNREAD = 200  # lines shown per reason; the rest is counted
MAX_VIEW_ROWS = 1500
SUSPECT_SHARE = 0.5  # a rule that fails in more than half of at least MIN_FILINGS filings is itself suspect
MIN_FILINGS = 4


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("auditor.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals["t"] = say
    return environment


@cache
def _style() -> Any:
    from markupsafe import Markup

    text = files("auditor.reports").joinpath("templates/style.css").read_text(encoding="utf-8")
    return Markup(text)


def filing_html(audit: Audit, tool: dict[str, str], rounding: str) -> str:
    """Render the report of one filing."""
    narrator = Narrator(audit)
    links = _links(audit)
    shown = [f for f in audit.findings if f.verdict is not Verdict.ROUNDING]
    tails = [f for f in audit.findings if f.verdict is Verdict.ROUNDING]
    unread = _unread(audit)
    return (
        _environment()
        .get_template("filing.html.j2")
        .render(
            lang="zh-CN" if language() == "zh" else "en",
            style=_style(),
            title=filing_title(audit),
            kind=filing_kind(audit),
            unit=audit.filing.money_unit,
            tone=_tone(audit),
            verdict=_sentence(verdict_parts(audit)),
            ledger={verdict.key: audit.ledger[verdict] for verdict in Verdict},
            total=_total(audit),
            decided=audit.decided,
            findings=[_finding(finding, narrator) for finding in shown],
            tails=[_tail(finding, narrator) for finding in tails],
            tables=[
                _table(table, audit, start, links) for table, start in _starts(audit) if table.view or table.reason
            ],
            sections=_sections(audit, links),
            prose_total=say("html.prose_total", told=audit.told, checked=audit.told_checked),
            announced=_announced(audit),
            unevaluated=_unevaluated(audit),
            unread=unread,
            unread_count=sum(group["count"] for group in unread),
            files=audit.filing.files,
            remarks=remarks(audit.filing),
            tool=tool,
            options=say(f"rounding.{rounding}"),
        )
    )


def _sentence(parts: Sequence[str]) -> str:
    joiner, end = ("；", "。") if language() == "zh" else ("; ", ".")
    return joiner.join(parts) + end


def _tone(audit: Audit) -> str:
    worst = audit.worst()
    if worst is Severity.ERROR:
        return "bad"
    if not audit.decided and worst is None:
        return "none"
    return "warn" if worst is Severity.WARNING else "ok"


def _total(audit: Audit) -> str:
    numbers = [audit.ledger[verdict] for verdict in Verdict]
    return say(
        "html.total",
        parts=" + ".join(str(number) for number in numbers if number),
        total=audit.ledger.checks,
        printed=audit.printed,
        checked=audit.checked,
        share=_share(audit),
        confirmed=audit.confirmed,
    )


def _share(audit: Audit) -> str:
    """Checked figures as a percentage with one decimal, rounded down so that 100 % means all."""
    if not audit.printed:
        return "—"
    tenths = audit.checked * 1000 // audit.printed
    return f"{tenths // 10}.{tenths % 10}%"


def _finding(finding: Finding, narrator: Narrator) -> dict[str, Any]:
    check = finding.main
    audit = narrator.audit
    facts = [audit.facts[operand.fact] for operand in check.operands]
    several = len(audit.filing.files) > 1
    listed = [o for o, fact in zip(check.operands, facts, strict=True) if fact.text.strip() or len(facts) <= 3]
    marks = {} if finding.recognised else {s.fact: Mark.SUSPECT for s in finding.suspects[:1]}
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "title": finding.rule.text("title", language()),
        "message": narrator.message(finding),
        "formula": narrator.formula(check) if check.linear else "",
        "quote": narrator.quote(check),
        "amounts": narrator.amounts(check),
        "suspects": [
            {
                "label": narrator.label(audit.facts[s.fact]),
                "printed": narrator.text(audit.facts[s.fact]),
                "suggested": None if s.suggested is None else narrator.value(s.suggested, audit.facts[s.fact]),
                "place": place_text(audit.facts[s.fact].place, file=several),
                "cause": narrator.cause(s),
            }
            for s in finding.suspects
        ],
        "because": "、".join(finding.rule_ids),
        "first": say("html.look" if finding.recognised else "html.suspect"),
        "operands": [
            {
                "label": narrator.label(audit.facts[o.fact]),
                "text": narrator.text(audit.facts[o.fact]),
                "interval": narrator.interval(audit.facts[o.fact]),
                "place": place_text(audit.facts[o.fact].place, file=several),
                "mark": _operand_mark(audit.facts[o.fact], marks.get(o.fact, audit.marks[o.fact])),
                "mark_text": say(f"mark.{marks.get(o.fact, audit.marks[o.fact]).value}"),
            }
            for o in listed
        ],
        "zero_operands": len(facts) - len(listed),
        "checks": [
            {
                "rule": c.rule.id,
                "title": c.rule.text("title", language()),
                "what": c.statement,
                "formula": narrator.formula(c),
            }
            for c in finding.checks
        ],
        "fix": finding.rule.text("fix", language()),
        "rule": finding.rule.id,
        "basis": finding.rule.basis,
        "kind": finding.rule.kind.value,
    }


def _operand_mark(fact: Fact, mark: Mark) -> str:
    return "word" if fact.kind is Kind.WORD else mark.value


def _tail(finding: Finding, narrator: Narrator) -> dict[str, Any]:
    check = finding.main
    like = narrator.model(check)
    return {
        "id": finding.id,
        "table": like.address.table if like else "",
        "title": finding.rule.text("title", language()),
        "formula": narrator.formula(check),
        "remark": narrator.message(finding) if check.note is not Note.NONE else "",
        "proof": narrator.proof(finding),
        "amounts": narrator.amounts(check),
    }


def _links(audit: Audit) -> dict[int, str]:
    """For every fact of a finding, the finding to jump to."""
    links: dict[int, str] = {}
    for finding in audit.findings:
        for check in finding.checks:
            for operand in check.operands:
                links.setdefault(operand.fact, finding.id)
    return links


def _starts(audit: Audit) -> list[tuple[ReadTable, int]]:
    """The tables with the position of their first fact in the audit's list."""
    out, start = [], 0
    for table in audit.filing.tables:
        out.append((table, start))
        start += len(table.facts)
    return out


def _table(table: ReadTable, audit: Audit, start: int, links: dict[int, str]) -> dict[str, Any]:
    marks = audit.marks[start : start + len(table.facts)]
    bad = any(mark in (Mark.SUSPECT, Mark.CONTRADICTED, Mark.UNREAD) for mark in marks)
    counts = Counter(mark for mark, fact in zip(marks, table.facts, strict=True) if fact.is_figure)
    return {
        "title": table.title,
        "number": table.number,
        "place": place_text(table.place, file=len(audit.filing.files) > 1),
        "count": " ".join(f"{say(f'mark.{mark.value}')} {counts[mark]}" for mark in Mark if counts[mark]),
        "open": bad,
        "reason": say(table.reason) if table.reason else "",
        "recovered": table.recovered,
        "borderless": table.borderless,
        "misnamed": [
            say("html.misnamed", printed=table.names.get(row, ""), official=official)
            for row, official in table.misnamed.items()
        ],
        "rows": [[_cell(cell, start, audit, links) for cell in row] for row in table.view[:MAX_VIEW_ROWS]],
        "statement": table.statement,
    }


_LINKED = (Mark.SUSPECT, Mark.CONTRADICTED, Mark.ROUNDING)


def _cell(cell: ViewCell, start: int, audit: Audit, links: dict[int, str]) -> dict[str, Any]:
    mark = ""
    link = ""
    if cell.fact is not None:
        position = start + cell.fact
        known = audit.marks[position]
        if audit.facts[position].is_figure or known is Mark.UNREAD:
            mark = known.value
        if known in _LINKED:
            link = links.get(position, "")
    from markupsafe import Markup

    spans = (f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else "") + (
        f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    )
    return {
        "text": cell.text,
        "mark": mark,
        "link": link,
        "head": cell.head,
        "span": Markup(spans),
    }


def _sections(audit: Audit, links: dict[int, str]) -> list[dict[str, Any]]:
    """The prose by heading: passages with numbers, every number marked by what is known of it."""
    position = {str(fact.address): number for number, fact in enumerate(audit.facts)}
    sections: list[dict[str, Any]] = []
    for passage in audit.filing.passages:
        if not any(span.reason != "unread.outside" for span in passage.spans):
            continue
        pieces = [piece for span in _pieces(passage, position, audit, links) for piece in span]
        if not sections or sections[-1]["heading"] != passage.heading:
            place = place_text(passage.place, file=len(audit.filing.files) > 1)
            sections.append(
                {"heading": passage.heading, "place": place, "passages": [], "open": False, "counts": Counter()}
            )
        section = sections[-1]
        section["passages"].append(pieces)
        marks = [piece["mark"] for piece in pieces if piece["mark"]]
        section["counts"].update(marks)
        section["open"] = section["open"] or any(mark in ("suspect", "contradicted") for mark in marks)
    for section in sections:
        counts = section.pop("counts")
        section["count"] = " ".join(
            f"{say(f'mark.{mark.value}')} {counts[mark.value]}" for mark in Mark if counts[mark.value]
        )
    return sections


def _pieces(
    passage: TextView, position: dict[str, int], audit: Audit, links: dict[int, str]
) -> Iterator[list[dict[str, str]]]:
    """The text of a passage cut at its numbers."""
    at = 0
    for span in passage.spans:
        if span.start < at:
            continue
        known = position.get(span.address)
        mark = audit.marks[known] if known is not None else Mark.UNREAD
        link = links.get(known, "") if known is not None and mark in _LINKED else ""
        title = say(span.reason) if span.reason else _told_as(span.address, mark)
        yield [
            {"text": passage.text[at : span.start], "mark": "", "link": "", "title": ""},
            {"text": passage.text[span.start : span.end], "mark": mark.value, "link": link, "title": title},
        ]
        at = span.end
    yield [{"text": passage.text[at:], "mark": "", "link": "", "title": ""}]


def _told_as(address: str, mark: Mark) -> str:
    return f"{address} · {say(f'mark.{mark.value}')}"


def _announced(audit: Audit) -> str:
    """Titles of the contents for which no table was found."""
    found = {table.title for table in audit.filing.tables}
    titles = [title for title in audit.filing.announced if title not in found]
    return say("read.announced", titles="、".join(titles)) if titles else ""


def _unevaluated(audit: Audit) -> list[dict[str, Any]]:
    """What was not evaluated, by reason and place."""
    groups: dict[tuple[str, str], dict[str, int]] = {}
    for item in audit.not_evaluated:
        rules = groups.setdefault((say(item.reason.key), item.where), {})
        rules[item.rule.id] = rules.get(item.rule.id, 0) + item.count
    return [
        {"reason": reason, "where": where, "count": sum(rules.values()), "rules": "、".join(rules)}
        for (reason, where), rules in groups.items()
    ]


def _unread(audit: Audit) -> list[dict[str, Any]]:
    """What was not read, by reason; prose last."""
    groups: dict[str, list[dict[str, str]]] = {}
    several = len(audit.filing.files) > 1
    for item in sorted(audit.filing.unread, key=lambda item: item.reason in PROSE_REASONS):
        groups.setdefault(item.reason, []).append(
            {"place": place_text(item.place, file=several), "text": item.text, "candidates": "、".join(item.candidates)}
        )
    return [
        {"reason": say(reason), "count": len(rows), "rows": rows[:MAX_UNREAD], "more": max(0, len(rows) - MAX_UNREAD)}
        for reason, rows in groups.items()
    ]


def index_html(audits: Sequence[tuple[str, Audit]], failed: Sequence[tuple[str, str]], tool: dict[str, str]) -> str:
    """Render the index over all filings, the worst first."""
    order = sorted(audits, key=lambda item: (-item[1].count(Severity.ERROR), -item[1].count(Severity.WARNING), item[0]))
    errors = sum(audit.count(Severity.ERROR) for _, audit in audits)
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            lang="zh-CN" if language() == "zh" else "en",
            style=_style(),
            tone="bad" if errors else "ok",
            verdict=summary_line(audits, failed),
            filings=[_index_row(stem, audit) for stem, audit in order],
            by_rule=_by_rule(audits),
            suspect_rules=suspect_rules(audits),
            failed=[why for _, why in failed],
            tool=tool,
        )
    )


def summary_line(audits: Sequence[tuple[str, Audit]], failed: Sequence[tuple[str, str]]) -> str:
    """Count filings and findings by severity in one line."""
    return say(
        "cli.done",
        filings=len(audits),
        errors=sum(audit.count(Severity.ERROR) for _, audit in audits),
        warnings=sum(audit.count(Severity.WARNING) for _, audit in audits),
        infos=sum(audit.count(Severity.INFO) for _, audit in audits),
        tails=sum(audit.ledger[Verdict.ROUNDING] for _, audit in audits),
        failed=len(failed),
    )


def _index_row(stem: str, audit: Audit) -> dict[str, Any]:
    narrator = Narrator(audit)
    first = next((f for f in audit.findings if f.verdict is not Verdict.ROUNDING), None)
    return {
        "href": f"{stem}.html",
        "entity": filing_title(audit),
        "files": "、".join(file.file for file in audit.filing.files),
        "left_out": left_out(audit.filing),
        "kind": filing_kind(audit),
        "errors": audit.count(Severity.ERROR),
        "warnings": audit.count(Severity.WARNING),
        "tails": audit.ledger[Verdict.ROUNDING],
        "not_evaluated": audit.ledger[Verdict.NOT_EVALUATED],
        "share": _share(audit),
        "first": narrator.message(first) if first else "",
    }


def _failures(audits: Sequence[tuple[str, Audit]]) -> Counter[str]:
    """How many filings each rule fails in."""
    counts: Counter[str] = Counter()
    for _, audit in audits:
        counts.update({rule for f in audit.findings if f.verdict is Verdict.INCONSISTENT for rule in f.rule_ids})
    return counts


def _by_rule(audits: Sequence[tuple[str, Audit]]) -> list[dict[str, Any]]:
    counts = _failures(audits)
    titles = {c.rule.id: c.rule.text("title", language()) for _, a in audits for f in a.findings for c in f.checks}
    most = max(counts.values(), default=1)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10]
    return [{"rule": rule, "title": titles[rule], "count": n, "width": n * 100 // most} for rule, n in ranked]


def suspect_rules(audits: Sequence[tuple[str, Audit]]) -> list[str]:
    """Rules that fail in most filings of a batch: they are suspect themselves."""
    if len(audits) < MIN_FILINGS:
        return []
    counts = _failures(audits)
    return sorted(f"{rule}：{n} / {len(audits)}" for rule, n in counts.items() if n > len(audits) * SUSPECT_SHARE)
