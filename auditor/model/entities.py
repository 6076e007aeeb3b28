"""Whose filing it is under whatever name: names made alike, former names and aliases, the units of a department.

Names come from filings as printed; what else is known of them (who is whose unit, what it was called before) comes from
a list that the user gives. Without one, names are only made alike.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

HEADERS = {
    "entity": ("单位", "单位名称", "名称", "entity"),
    "department": ("部门", "部门名称", "主管部门", "department"),
    "names": ("曾用名", "别名", "又名", "former names", "aliases"),
    "year": ("年度", "年份", "year"),
    "report": ("报告", "类型", "report"),
    "edition": ("版本", "口径", "edition"),
}
REPORTS = {"预算": "budget", "决算": "final_accounts", "budget": "budget", "final_accounts": "final_accounts"}
EDITIONS = {"部门": "department", "单位": "unit", "department": "department", "unit": "unit"}
ENCODINGS = ("utf-8-sig", "gb18030")
_OWN = re.compile(r"[(（]?本级[)）]?$|[(（]机关[)）]$")
_SEVERAL = re.compile(r"[、;；|/]")
_YEAR = re.compile(r"20\d\d")


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


def load_entities(path: Path) -> Entities:
    """Read a list of entities (CSV with a line of headers). Raises `AuditorError` with the line that is not right."""
    text = _text(path)
    try:
        rows = list(csv.reader(io.StringIO(text), strict=False))
    except csv.Error as error:
        raise AuditorError("list.wrong", file=path.name, line=1, why=str(error)) from None
    columns = _columns(rows[0] if rows else [])
    if "entity" not in columns and "department" not in columns:
        raise AuditorError("list.no_entity", file=path.name, known="、".join(HEADERS["entity"][:2]))
    lines = [_line(row, columns, number, path.name) for number, row in enumerate(rows[1:], 2) if any(row)]
    return Entities.of([line for line in lines if line.entity])


def _text(path: Path) -> str:
    from auditor.readers import load

    data = load(path)
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AuditorError("input.encoding", file=path.name)


def _columns(header: Iterable[str]) -> dict[str, int]:
    """Where each column stands, told by its header."""
    cells = ["".join(cell.split()).lower() if not cell.isascii() else cell.strip().lower() for cell in header]
    return {
        name: next(number for number, cell in enumerate(cells) if cell in known)
        for name, known in HEADERS.items()
        if any(cell in known for cell in cells)
    }


def _line(row: Sequence[str], columns: dict[str, int], number: int, file: str) -> Expected:
    said = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
    year = _YEAR.search(said.get("year", ""))
    if said.get("year") and year is None:
        raise AuditorError("list.wrong", file=file, line=number, why=said["year"])
    department = said.get("department", "")
    edition = _one_of(said.get("edition", ""), EDITIONS, file, number)
    entity = said.get("entity", "")
    if not entity:
        entity, edition = department, edition or "department"
    return Expected(
        entity,
        department,
        tuple(name.strip() for name in _SEVERAL.split(said.get("names", "")) if name.strip()),
        int(year.group()) if year else 0,
        _one_of(said.get("report", ""), REPORTS, file, number),
        edition,
        number,
    )


def _one_of(text: str, known: dict[str, str], file: str, line: int) -> str:
    """What a cell says, told by the word in it. Raises `AuditorError` where it says something else."""
    if not text:
        return ""
    found = [value for word, value in known.items() if word in text]
    if not found:
        raise AuditorError("list.wrong", file=file, line=line, why=text)
    return found[0]
