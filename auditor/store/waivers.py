"""`waivers.yaml`: what people have decided about findings; accepted ones are shown, counted apart, never hidden.

A list of entries. Each names a finding by its id, or by rule, entity and address; `state` is one of 待核实, 已确认,
已改, 不改. An entry without a state, or with 不改, accepts the finding: it needs a reason, who accepted it, and until
when (a date, that day included). The other states only mark a finding in the reports.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.engine.findings import Review, Standing
from auditor.model.filing import Remark
from auditor.yamlfiles.keys import Entry, Key, KeyShape
from auditor.yamlfiles.trees import Map, a_list, a_map, a_text, check_keys, fail, nearest, parse, read_bytes, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from auditor.engine.findings import Audit, Finding
    from auditor.model.facts import FilingKey

WAIVERS = "waivers.yaml"
STATES = {
    "待核实": Standing.OPEN,
    "已确认": Standing.CONFIRMED,
    "已改": Standing.CHANGED,
    "不改": Standing.WAIVED,
}
WAIVER = Entry(
    "waiver",
    (
        Key("finding"),
        Key("rule"),
        Key("entity"),
        Key("year", KeyShape.WHOLE),
        Key("address"),
        Key("state", values=tuple(STATES)),
        Key("reason"),
        Key("who"),
        Key("until"),
        Key("remark"),
    ),
)
ACCEPTING = ("reason", "who", "until")  # what an entry must say that accepts a finding
_ID = re.compile(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){2}(?:-\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry: which findings it means, and what was decided about them. Empty (or 0) fields fit any."""

    review: Review
    finding: str = ""
    rule: str = ""
    entity: str = ""
    year: int = 0
    address: str = ""

    def fits(self, key: FilingKey) -> bool:
        """Whether it speaks of a filing with this key, as far as it says."""
        return self.entity in ("", key.entity) and self.year in (0, key.year)

    def means(self, finding: Finding, addresses: set[str]) -> bool:
        """Whether it means a finding of a filing that it fits; `addresses` are the finding's figures."""
        if self.finding:
            return self.finding == finding.id
        return self.rule in finding.rule_ids and self.address in addresses


def load_waivers(path: Path, rules: Iterable[str]) -> tuple[Waiver, ...]:
    """Read a file of waivers; `rules` are the ids that there are. Raises `RuleError` with file and line."""
    data = read_bytes(path, path.name)
    if not data.strip():
        return ()
    known = frozenset(rules)
    return tuple(_waiver(a_map(node), known) for node in a_list(parse(data, path.name)))


def _waiver(item: Map, rules: frozenset[str]) -> Waiver:
    WAIVER.check(item)
    state = STATES[item.get("state", "不改")]
    if state is Standing.WAIVED:
        check_keys(item, WAIVER.names, required=ACCEPTING)
    if ("finding" in item) == ("rule" in item):
        fail(item, "waiver.finding_or_rule")
    if "rule" in item:
        check_keys(item, WAIVER.names, required=("entity", "address"))
        if item["rule"] not in rules:
            fail(item["rule"], "waiver.unknown_rule", name=str(item["rule"]), near=nearest(item["rule"], rules))
    finding = _said(item, "finding")
    if finding and not _ID.fullmatch(finding):
        fail(item["finding"], "waiver.finding_id", value=finding)
    review = Review(
        state,
        _said(item, "reason"),
        _said(item, "who"),
        _until(item),
        _said(item, "remark"),
        file=item.file,
        line=item.line,
    )
    return Waiver(
        review, finding, _said(item, "rule"), _said(item, "entity"), whole(item, "year") or 0, _said(item, "address")
    )


def _said(item: Map, key: str) -> str:
    """The text under a key, which says something where it is given."""
    if key not in item:
        return ""
    text = a_text(item[key])
    if not text.strip():
        fail(text, "rules.missing_key", name=key)
    return text.strip()


def _until(item: Map) -> dt.date | None:
    text = _said(item, "until")
    if not text:
        return None
    if not _DATE.fullmatch(text):
        fail(item["until"], "waiver.date", value=text)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        fail(item["until"], "waiver.date", value=text)


def apply_waivers(audits: Sequence[Audit], waivers: Sequence[Waiver], today: dt.date) -> list[Remark]:
    """Write on every finding what was decided about it, and return what is wrong with the waivers.

    An entry that names a finding by its id is taken before one that names a rule; of several alike the first. An
    expired one is shown and accepts nothing.
    """
    used: set[int] = set()
    order = sorted(range(len(waivers)), key=lambda number: not waivers[number].finding)
    for audit in audits:
        mine = [number for number in order if waivers[number].fits(audit.filing.key)]
        audit.findings = [_reviewed(finding, audit, waivers, mine, used, today) for finding in audit.findings]
    remarks: list[Remark] = []
    for number, waiver in enumerate(waivers):
        if number not in used:
            if not waiver.entity or any(waiver.fits(audit.filing.key) for audit in audits):
                remarks.append(_remark("waiver.unused", waiver))
        elif waiver.review.state is Standing.WAIVED and waiver.review.is_past(today):
            remarks.append(_remark("waiver.expired", waiver))
    return remarks


def _reviewed(
    finding: Finding, audit: Audit, waivers: Sequence[Waiver], order: Sequence[int], used: set[int], today: dt.date
) -> Finding:
    operands = {operand.fact for check in finding.checks for operand in check.operands}
    addresses = {str(audit.facts[fact].address) for fact in operands.union(s.fact for s in finding.suspects)}
    found = [number for number in order if waivers[number].means(finding, addresses)]
    used.update(found)
    if not found:
        return finding
    review = waivers[found[0]].review
    expired = review.state is Standing.WAIVED and review.is_past(today)
    return replace(finding, review=replace(review, expired=expired))


def _remark(key: str, waiver: Waiver) -> Remark:
    review = waiver.review
    values = {
        "line": str(review.line),
        "until": str(review.until or ""),
        "who": review.who,
        "name": waiver.finding or f"{waiver.rule} {waiver.entity} {waiver.address}",
    }
    return Remark(key, {"file": review.file, **values}, review.file)
