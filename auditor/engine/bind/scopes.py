"""Which filings a rule is meant for: report, edition, kind of entity, family, place, years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.verdicts import Reason
from auditor.model.tables import is_of
from auditor.rules.rule import LAST_YEAR

if TYPE_CHECKING:
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Flags
    from auditor.rules.rule import Rule


def scope_of(rule: Rule, chunk: Chunk) -> tuple[Flags, Bytes]:
    """Return which filings a rule is meant for, and for the others why it does not apply or cannot be told.

    What is not known of a filing (its report, edition, family, entity, year) keeps no rule away; an unknown kind of
    entity leaves the rules that depend on it unevaluated.
    """
    reasons = np.zeros(chunk.size, dtype=np.uint8)
    keys = chunk.keys
    if rule.entity_kind:
        kind = keys["entity_kind"]
        reasons[~np.isin(kind, rule.entity_kind)] = Reason.SCOPE
        reasons[kind == ""] = Reason.UNKNOWN_KIND
    for name, wanted in (("report", rule.report), ("edition", rule.edition)):
        if wanted:
            reasons[(keys[name] != "") & (keys[name] != wanted)] = Reason.SCOPE
    if rule.family:
        reasons[(keys["family"] != "") & ~np.isin(keys["family"], rule.family)] = Reason.SCOPE
    if rule.place:
        reasons[[not is_of(str(entity), rule.place) for entity in keys["entity"]]] = Reason.SCOPE
    if rule.since or rule.until < LAST_YEAR:
        year = keys["year"].astype(np.int64)
        reasons[(year > 0) & ((year < rule.since) | (year > rule.until))] = Reason.SCOPE
    return reasons == Reason.NONE, reasons
