"""What a shape proposes: sums of one pattern, told apart by what speaks for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.model.footing import FootingKind, Licence
    from auditor.shapes.choose import Choice
    from auditor.shapes.figures import Figures


@dataclass(slots=True)
class Proposal:
    """Sums of one pattern in one lane: a tree, a total row, a total column.

    `figures` has what is summed along its first axis (turned, for columns). `family` names the pattern in all tables of
    a document alike, so that a table with one place of it can be judged by the others. `alone` says that its total is
    the only one of its lane and sums every other row, so that no other reading of it is left.
    """

    kind: FootingKind
    pattern: str
    family: str
    licence: Licence
    figures: Figures
    choices: list[Choice] = field(default_factory=list)
    alone: bool = False

    def count(self, what: str) -> int:
        """How many places hold, fail, are strong …, over all sums."""
        return sum(int(getattr(choice.reading.tally, what).sum()) for choice in self.choices)
