"""The kind of entity that a filing tells: 行政, 参公 or 事业, from its text or from the running costs of 公开10表."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.model.numbers import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.model.filing import Filing

_COSTS = {
    "机关运行经费/行政单位": "行政",
    "机关运行经费/参照公务员法管理事业单位": "参公",
}  # rows of 公开信息统计表


def told_kind(filing: Filing) -> str:
    """The kind of entity; '' where nothing tells it, or where several kinds are told (a department of many units)."""
    kinds = _told(filing) or set(_costs(filing))
    return kinds.pop() if len(kinds) == 1 else ""


def _told(filing: Filing) -> set[str]:
    """The kinds that the text tells; a count of units of one kind alone does not say that there are no others."""
    said = [m for outline in filing.outlines for m in outline.mentions if m.table == "性质"]
    counts = {mention.row: whole_number(mention.parts["数"]) or 0 for mention in said if "数" in mention.parts}
    plainly = {mention.row for mention in said if "数" not in mention.parts}
    return plainly | ({row for row, count in counts.items() if count} if len(counts) > 1 else set())


def _costs(filing: Filing) -> Iterator[str]:
    for table in filing.tables:
        if table.table == "公开信息统计表":
            for fact in table.facts:
                if fact.address.row in _COSTS and fact.state is State.VALUE:
                    yield _COSTS[fact.address.row]
