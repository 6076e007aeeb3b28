"""The facts of filings that are audited together, as each sees them: its own, then what its checks take elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.facts.chunk import Chunk
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing


class FactPool:
    """All facts of a chunk, in the order of its long table."""

    def __init__(self, filings: Sequence[Filing], chunk: Chunk) -> None:
        self.filings, self.chunk = filings, chunk
        self.facts = [filing.all_facts for filing in filings]
        self.starts = np.cumsum([0, *map(len, self.facts)])

    def view(self, number: int) -> View:
        """The facts as one filing sees them."""
        return View(self, number)

    def partner_fact(self, position: int, number: int) -> Fact:
        """A fact of another filing, under the name it has for filing `number`: `表@上年[行].栏`."""
        other = int(np.searchsorted(self.starts, position, side="right")) - 1
        fact = self.facts[other][position - int(self.starts[other])]
        table = f"{fact.address.table}@{self._relation(number, other)}"
        return replace(fact, address=fact.address._replace(table=table))

    def _relation(self, number: int, other: int) -> str:
        for context, partners in self.chunk.partners.items():
            if partners[number] == other:
                return context
        return self.filings[other].key.entity


class View:
    """The facts of one filing, `size` of its own; those of partners come after them once they are asked for."""

    def __init__(self, pool: FactPool, number: int) -> None:
        self._pool, self._number = pool, number
        self.start = int(pool.starts[number])
        self.size = len(pool.facts[number])
        self.facts = list(pool.facts[number])
        self._given: dict[int, int] = {}

    def local(self, position: int) -> int:
        """Where a fact of the long table stands among `facts`."""
        if self.start <= position < self.start + self.size:
            return position - self.start
        if position not in self._given:
            self._given[position] = len(self.facts)
            self.facts.append(self._pool.partner_fact(position, self._number))
        return self._given[position]

    def position(self, local: int) -> int:
        """The other way round: where one of `facts` stands in the long table."""
        if local < self.size:
            return self.start + local
        return next(position for position, given in self._given.items() if given == local)
