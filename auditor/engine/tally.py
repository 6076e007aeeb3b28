"""How many numbers a filing prints, in tables known and unknown and in its text, and what became of them.

Silence is no pass: a verdict is read together with how much it rests on, so nothing that is printed is left out here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from auditor.model.filing import PROSE_REASONS
from auditor.model.numbers import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.engine.findings import Audit


_AMOUNT = re.compile(r"(?<![\d,])[\d,]++\.\d++")  # several in a cell where several cells came as one


class PrintedTally(NamedTuple):
    """Numbers of a filing (or of several). `printed` = `read` + `lost` + `unexplained` + `aside`.

    `lost` are numbers of tables that became no figure, `unexplained` those of the text that no phrase explains,
    `aside` those that the text gives in reasons, definitions and attachments; `checked` are operands of an equality.
    """

    read: int = 0
    checked: int = 0
    lost: int = 0
    unexplained: int = 0
    aside: int = 0

    @property
    def unread(self) -> int:
        """Numbers that are printed and were not read."""
        return self.lost + self.unexplained + self.aside

    @property
    def printed(self) -> int:
        """All numbers that are printed."""
        return self.read + self.unread

    @property
    def share(self) -> float:
        """The share of the printed numbers that were checked; 0 where none is printed."""
        return self.checked / self.printed if self.printed else 0.0

    @property
    def all_checked(self) -> bool:
        """Whether nothing that a check could concern is left unchecked."""
        return self.checked == self.read and not self.lost and not self.unexplained


def tally_of(audit: Audit) -> PrintedTally:
    """Count the numbers of a filing."""
    told = {str(fact.address) for fact in audit.filing.facts if fact.state is State.UNREADABLE}
    counts = {"lost": 0, "unexplained": 0, "aside": 0}
    listed: set[str] = set()
    for item in audit.filing.unread:
        kind = (
            "lost" if item.reason not in PROSE_REASONS else "unexplained" if item.reason == "unread.prose" else "aside"
        )
        counts[kind] += max(item.numbers, len(_AMOUNT.findall(item.text)) if kind == "lost" else 1)
        listed.update(item.candidates)
    counts["lost"] += len(told - listed)  # cells that are figures of a table and that no line above tells
    return PrintedTally(audit.printed + audit.told, audit.checked + audit.told_checked, **counts)


def together(tallies: Iterable[PrintedTally]) -> PrintedTally:
    """Several filings as one."""
    return PrintedTally(*map(sum, zip(PrintedTally(), *tallies, strict=True)))
