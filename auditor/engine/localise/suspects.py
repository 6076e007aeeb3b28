"""A figure that is most likely wrong, and what it should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.engine.localise.causes import Guess


@dataclass(frozen=True, slots=True)
class Suspect:
    """A figure that is most likely wrong: its fact, the value that would satisfy the checks, and those checks."""

    fact: int
    suggested: int | None  # in the smallest step; None where the checks do not agree on one
    because: tuple[str, ...]
    cause: Guess | None = None  # what may have happened to it
    word: str = ""  # for a word that compares: the one that its two figures ask for
