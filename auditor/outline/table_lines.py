"""A table about a filing in the making."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.model.facts import Address, Fact, Place
from auditor.model.filing import ReadTable
from auditor.model.numbers import State
from auditor.model.units import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lines:
    """Lines of facts; the same row again is its next occurrence."""

    def __init__(self, name: str) -> None:
        self.read = ReadTable(name, name, Place(table=name))
        self.seen: Counter[str] = Counter()

    def add(self, row: str, cells: Mapping[str, str | int | None], place: Place) -> None:
        """Add a line: words and counts by column; None where a page that was not read may tell another count."""
        self.seen[row] += 1
        where = replace(place, table=self.read.table)
        for column, value in cells.items():
            address = Address(self.read.table, row, column, self.seen[row])
            if value is None:
                unknown = Fact(address, Kind.COUNT, State.UNREADABLE, "", place=where, reason="unread.other_page")
                self.read.facts.append(unknown)
            elif isinstance(value, int):
                state = State.VALUE if value else State.ZERO
                self.read.facts.append(Fact(address, Kind.COUNT, state, str(value), value, place=where))
            else:
                state = State.VALUE if value else State.BLANK
                self.read.facts.append(Fact(address, Kind.WORD, state, value, place=where))
