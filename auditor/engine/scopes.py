"""Which filings a rule is meant for: report, edition, kind of entity, family, years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.verdicts import Reason

if TYPE_CHECKING:
    from auditor.engine.chunk import Bytes, Chunk, FilingInfo, Flags
    from auditor.rules.rule import Rule


def scope_of(rule: Rule, chunk: Chunk) -> tuple[Flags, Bytes]:
    """Return which filings a rule is meant for, and for the others why it does not apply or cannot be told."""
    reasons = np.fromiter((_reason(rule, info) for info in chunk.infos), dtype=np.uint8, count=chunk.size)
    return reasons == Reason.NONE, reasons


def _reason(rule: Rule, info: FilingInfo) -> int:
    key = info.key
    if rule.report and key.report and rule.report != key.report:
        return Reason.SCOPE
    if rule.edition and key.edition and rule.edition != key.edition:
        return Reason.SCOPE
    if rule.family and info.family and info.family not in rule.family:
        return Reason.SCOPE
    if key.year and not rule.since <= key.year <= rule.until:
        return Reason.SCOPE
    if rule.entity_kind:
        if not info.entity_kind:
            return Reason.UNKNOWN_KIND
        if info.entity_kind not in rule.entity_kind:
            return Reason.SCOPE
    return Reason.NONE
