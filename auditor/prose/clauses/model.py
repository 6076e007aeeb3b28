"""Clauses and lists: what the parser of sentences gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.prose.clauses.lead import HEADS

if TYPE_CHECKING:
    from auditor.prose.claims import Told
    from auditor.prose.passages import Passage


def stem_of(key: str) -> str:
    """A key without 支出 at its end, which says nothing of its own there."""
    return key.removesuffix("支出") or key


@dataclass(slots=True, eq=False)
class Clause:
    """One subject as one clause tells it: its phrase as printed, and its numbers by measure.

    `borrowed` are numbers of other clauses that this one is about as well (its amount, where a sentence goes on about
    a subject told before; the whole of a share; what it is a part of). `part_of` is the list it is an item of;
    `context` the words before a phrase that names nothing.
    """

    passage: Passage
    phrase: str
    key: str
    year: int = 0
    sort: str = ""
    told: dict[str, Told] = field(default_factory=dict)
    borrowed: dict[str, Told] = field(default_factory=dict)
    part_of: Listing | None = None
    context: str = ""
    aside: bool = False
    flat: bool = False  # as much as the year before, its words say
    base: str = ""  # which figure of the year before its change is a change against: 预算, 决算, 执行

    @property
    def amount(self) -> Told | None:
        """What the subject comes to."""
        for names in (self.told, self.borrowed):
            for name in HEADS:
                if name in names:
                    return names[name]
        return None

    @property
    def stem(self) -> str:
        """The key by which the subject is found again: 公务接待费支出 is 公务接待费."""
        return stem_of(self.key)

    def has(self, column: str) -> bool:
        """Whether a number of this measure is told."""
        return column in self.told or column in self.borrowed


@dataclass(slots=True, eq=False)
class Listing:
    """The parts that a clause names after itself.

    `complete` says that the words name all parts; `sure` that no other reading gives other items. `sep` is what
    stands between its first two items, `mark` the style of their numbering.
    """

    whole: Clause
    words: str
    complete: bool = False
    in_brackets: bool = False
    items: list[Clause] = field(default_factory=list)
    sep: str = ""
    mark: str = ""
    sure: bool = True
    suspended: bool = False  # text between numbered items
    kin: bool = False  # its items are told by their names from those of the list around it
    interrupted: bool = False  # its numbering goes on behind text that ended it: it has more items
    rivals: list[Listing] = field(default_factory=list)  # lists that some of its items may belong to as well


@dataclass(slots=True)
class Sentences:
    """What the sentences of a text tell: clauses and lists in the order of print."""

    clauses: list[Clause] = field(default_factory=list)
    lists: list[Listing] = field(default_factory=list)
