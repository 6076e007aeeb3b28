"""Whose filing it is under whatever name: names made alike, former names and aliases, the units of a department.

Names come from filings as printed; what else is known of them (who is whose unit, what it was called before) comes from
a list that the user gives. Without one, names are only made alike.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_OWN = re.compile(r"[(（]?本级[)）]?$|[(（]机关[)）]$")


@lru_cache(maxsize=100_000)
def normal(name: str) -> str:
    """One spelling of a name: no blanks, half-width, without 本级 (the edition tells unit and department apart).

    >>> normal("某 县财政局（本级）"), normal("某县财政局")
    ('某县财政局', '某县财政局')
    """
    text = "".join(unicodedata.normalize("NFKC", name).split())
    return _OWN.sub("", text) or text


class Expected(NamedTuple):
    """One line of the list: an entity, its department, and which filings are due (empty or 0: any)."""

    entity: str
    department: str = ""
    names: tuple[str, ...] = ()
    year: int = 0
    report: str = ""
    edition: str = ""
    line: int = 0


@dataclass(frozen=True)
class Entities:
    """What is known of entities beyond their names as printed."""

    expected: tuple[Expected, ...] = ()
    _names: dict[str, str] = field(default_factory=dict)
    _units: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _homes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[Expected]) -> Entities:
        """Put the lines of a list together. A name that two entities claim means neither."""
        claims: dict[str, set[str]] = {}
        for line in lines:
            for name in line.names:
                claims.setdefault(normal(name), set()).add(normal(line.entity))
        own = {normal(line.entity) for line in lines}
        names = {name: next(iter(of)) for name, of in claims.items() if len(of) == 1 and name not in own}
        units: dict[str, dict[str, None]] = {}
        homes: dict[str, str] = {}
        for line in lines:
            if line.department and line.edition != "department":
                department = names.get(normal(line.department), normal(line.department))
                units.setdefault(department, {})[normal(line.entity)] = None
                homes.setdefault(normal(line.entity), department)
        return cls(tuple(lines), names, {name: tuple(some) for name, some in units.items()}, homes)

    def name(self, printed: str) -> str:
        """The name under which an entity is known, from a name as printed."""
        name = normal(printed)
        return self._names.get(name, name)

    def units(self, department: str) -> tuple[str, ...]:
        """All units of a department, as far as the list tells (none: not known)."""
        return self._units.get(self.name(department), ())

    def together(self, printed: str) -> str:
        """The name under which filings are audited together: that of the department, where it is known."""
        name = self.name(printed)
        return self._homes.get(name, name)
