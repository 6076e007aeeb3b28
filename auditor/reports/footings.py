"""What of a table is the total of what, in the words of the table: so that a reader sees why a check exists."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from auditor.messages import say
from auditor.model.footing import TOLD

if TYPE_CHECKING:
    from auditor.model.filing import Filing

MAX_RELATIONS = 20  # of one table


def footing_lines(filing: Filing) -> dict[str, list[str]]:
    """For every table by name the relations that its shape shows, each with the number of its places."""
    counts: dict[str, Counter[str]] = {}
    for one in (one for one in filing.footings if one.kind not in TOLD):
        counts.setdefault(one.total.table, Counter())[one.pattern] += 1
    out = {}
    for table, patterns in counts.items():
        shown = [say("read.footing", pattern=p, count=n) for p, n in list(patterns.items())[:MAX_RELATIONS]]
        out[table] = [*shown, "…"] if len(patterns) > MAX_RELATIONS else shown
    return out
