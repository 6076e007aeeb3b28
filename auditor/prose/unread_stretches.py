"""What follows a stretch of text that cannot be read says nothing for certain: its subject may stand in that stretch.

A single lost character spoils a word; from two on a name, an item or a clause may be lost. Numbers behind it are then
unknown up to the next heading, and what the section lists may be more than was read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.model.numbers import LOST, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.model.filing import ReadTable, TextView

STRETCH = LOST * 2


def leave_open(tables: Iterable[ReadTable], passages: Sequence[TextView]) -> None:
    """Make unknown what stands behind unread stretches of the passages, and open the tables that they tell of."""
    if not any(STRETCH in passage.text for passage in passages):
        return
    behind: set[str] = set()  # addresses
    near: set[str] = set()
    for run in _runs(passages):
        unread = False
        touched = {span.address for passage in run for span in passage.spans if span.address}
        for passage in run:
            at = 0 if unread else passage.text.find(STRETCH)
            if at >= 0:
                unread = True
                behind |= {span.address for span in passage.spans if span.address and span.start >= at}
        if unread:
            near |= touched
    for table in tables:
        addresses = [str(fact.address) for fact in table.facts]
        table.complete = table.complete and near.isdisjoint(addresses)
        table.facts = [
            replace(fact, state=State.UNREADABLE, value=0, reason="unread.behind") if address in behind else fact
            for fact, address in zip(table.facts, addresses, strict=True)
        ]


def _runs(passages: Iterable[TextView]) -> Iterable[list[TextView]]:
    """The passages under one heading each, in order."""
    run: list[TextView] = []
    for passage in passages:
        if run and run[-1].heading != passage.heading:
            yield run
            run = []
        run.append(passage)
    if run:
        yield run
