"""One evaluated check: its rule, its figures, its gap, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.engine.verdicts import Note, Verdict

if TYPE_CHECKING:
    from auditor.engine.judge.rates import Rate
    from auditor.model.footing import Footing
    from auditor.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Operand:
    """One fact of a check with its coefficient in left − right, and the side on which it stands."""

    fact: int  # position in the filing's facts
    coefficient: int
    left: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """One evaluated check that is not plainly consistent.

    `gap` is left minus right on the printed numbers, `allowed` the largest gap that rounding explains, both in the
    smallest step times `scale`. `detail` holds what sets and predicates have to say.
    """

    rule: Rule
    statement: str
    verdict: Verdict
    operands: tuple[Operand, ...]
    gap: int = 0
    allowed: int = 0
    scale: int = 1
    note: Note = Note.NONE
    operator: str = "="
    linear: bool = True
    constant: int = 0
    detail: str = ""
    unlisted: bool = False  # one side has figures in the rule and none in print
    rate: Rate | None = None  # what a rate or a comparing word should be
    footing: Footing | None = None  # the relation that the table itself shows, where it is one

    @property
    def compares(self) -> bool:
        """Whether figures were compared (and not sets of names, or what is printed)."""
        return self.linear or self.rate is not None
