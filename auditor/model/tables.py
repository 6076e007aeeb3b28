"""Standard tables, the forms of each place that implement them, and the lists of codes: data read from YAML.

A standard table names its rows and columns once; rules name standard tables only. A form says how one family
(a place and period) titles and prints a standard table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from auditor.model.labels import plain, without
from auditor.model.units import Kind


class Layout(StrEnum):
    """How a table is built."""

    LANES = "lanes"  # label rows, one or more lanes side by side
    CODES = "codes"  # rows keyed by code, in one or several blocks
    CELLS = "cells"  # one row of figures under a header
    LIST = "list"  # rows that name themselves: tasks, projects
    SHEET = "sheet"  # all about one project: its name is the row


PROSE = "说明/"  # how the names of tables of sentences begin
SELF_NAMED = (Layout.LIST, Layout.SHEET)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures: its canonical path, how headers print it, its 栏次, and what it measures."""

    name: str
    headers: tuple[str, ...] = ()
    index: int | None = None
    kind: Kind = Kind.AMOUNT
    of_which: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One named row: canonical path (with its lane), the labels that print it, its 行次.

    `found_by` are labels that locate the row although they are not its right name, `headers` are how columns name it
    where the table is printed across. A row `of_which` (其中) is a part of another one and no addend beside it.
    """

    name: str
    labels: tuple[str, ...] = ()
    found_by: tuple[str, ...] = ()
    line: int | None = None
    optional: bool = False
    kind: Kind | None = None
    unit: str = ""
    headers: tuple[str, ...] = ()
    of_which: bool = False

    @property
    def last(self) -> str:
        """The last segment of the path."""
        return self.name.rsplit("/", 1)[-1]

    @property
    def parent(self) -> str:
        """The path without its last segment and its lane."""
        return "/".join(self.name.split("/")[:-1])


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of a table of lanes: its columns, its named rows, and the classes it lists (code → 行次)."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    classes: tuple[tuple[str, int | None], ...] | None = None
    class_names: frozenset[str] = frozenset()  # plain, without 支出


@dataclass(frozen=True)
class Table:
    """A standard table; without `report` it is one of both kinds of filings."""

    name: str
    report: str
    layout: Layout
    codes: str = ""  # the taxonomy of its codes: functional, economic
    lanes: tuple[Lane, ...] = ()
    columns: tuple[Column, ...] = ()  # of codes and cells
    rows: tuple[Row, ...] = ()  # named rows of a table of codes: 合计, footers
    row_groups: dict[str, tuple[str, ...]] = field(default_factory=dict)  # path → rows, or code prefixes
    column_groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    absent: str = "zero"  # what an unlisted code counts as: zero, skip, required
    generic: bool = False  # bound by its header words only: no form describes it
    prose: bool = False  # claims of the text, not a printed table
    unprinted: tuple[Column, ...] = ()  # columns of the standard table that this part of it leaves out
    about: bool = False  # told of the filing (how it is built and worded), not printed in it

    @cached_property
    def all_columns(self) -> tuple[Column, ...]:
        """Every column once, those of lanes in order."""
        found: dict[str, Column] = {}
        for column in self.columns:
            found.setdefault(column.name, column)
        for lane in self.lanes:
            for column in lane.columns:
                found.setdefault(column.name, column)
        return tuple(found.values())

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The canonical names of all columns."""
        return tuple(column.name for column in self.all_columns)

    @cached_property
    def named_rows(self) -> dict[str, Row]:
        """Every row with a fixed name, by path."""
        rows = {row.name: row for row in self.rows}
        for lane in self.lanes:
            rows |= {row.name: row for row in lane.rows}
        return rows

    @cached_property
    def lane_by_name(self) -> dict[str, Lane]:
        """The lanes by name."""
        return {lane.name: lane for lane in self.lanes}

    def printed(self, form: Form) -> Table:
        """The part of this table that a form prints, in its order."""
        table = self
        if form.lanes:
            table = replace(table, lanes=tuple(_part_of(table.lane_by_name[name], rows) for name, rows in form.lanes))
        if form.columns:
            keep = frozenset(form.columns)
            lanes = tuple(
                replace(lane, columns=tuple(c for c in lane.columns if not c.name or c.name in keep))
                for lane in table.lanes
            )
            order = {name: number for number, name in enumerate(form.columns)}
            columns = sorted((c for c in table.columns if c.name in keep), key=lambda column: order[column.name])
            table = replace(table, lanes=lanes, columns=tuple(columns))
        kept = set(table.column_names)
        return replace(table, unprinted=tuple(column for column in self.all_columns if column.name not in kept))

    def left_out(self, form: Form) -> frozenset[str]:
        """The names of lanes, rows and columns of this table that a form does not print."""
        printed = self.printed(form)
        lanes = {lane.name for lane in self.lanes} - {lane.name for lane in printed.lanes}
        rows = set(self.named_rows) - set(printed.named_rows)
        columns = set(self.column_names) - set(printed.column_names)
        return frozenset(lanes | rows | columns)


CLASSES = "各类"  # the rows of a lane that print the classes


def _part_of(lane: Lane, rows: tuple[str, ...]) -> Lane:
    """A lane with some of its rows, in the order of print; no rows given means all, `各类` its classes."""
    if not rows:
        return lane
    by_name = {row.name: row for row in lane.rows}
    names = [f"{lane.name}/{name}" if lane.name else name for name in rows if name != CLASSES]
    return replace(lane, rows=tuple(by_name[name] for name in names))


@dataclass(frozen=True, slots=True)
class Form:
    """How a family prints a standard table; `table` is empty for a layout known by its title only.

    `inner` are smaller tables that stand inside the same grid. `lanes` (with their rows) and `columns` name the part
    of the standard table that this form prints, in its order; empty means all of it. `across` says that the rows are
    printed side by side, under headers that name them; `partial` that any of its rows may be left out of print.
    """

    family: str
    number: str
    title: str
    titles: tuple[str, ...]
    table: str
    unit: str = ""
    optional: bool = False
    inner: tuple[str, ...] = ()
    lanes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    columns: tuple[str, ...] = ()
    across: bool = False
    partial: bool = False

    @property
    def print(self) -> tuple[object, ...]:
        """What of which table it prints, and how: forms of different families may print alike."""
        return self.table, self.lanes, self.columns, self.across, self.partial


NEAR = 10  # characters at the start of an entity's name in which its place stands (中共江苏省委办公厅)


def is_of(entity: str, places: tuple[str, ...]) -> bool:
    """Whether an entity is in one of some places, as its name begins; so is one that is not known."""
    return not (entity and places) or any(place in entity[:NEAR] for place in places)


@dataclass(frozen=True, slots=True)
class Family:
    """The set of forms of a place and period; `places` are how names of its entities begin."""

    name: str
    report: str
    forms: tuple[Form, ...]
    places: tuple[str, ...] = ()

    def elsewhere(self, entity: str) -> bool:
        """Whether an entity (where it is known) is in none of the places of this family."""
        return not is_of(entity, self.places)

    def tables(self) -> frozenset[str]:
        """The standard tables that filings of this family print."""
        return frozenset(table for form in self.forms for table in (form.table, *form.inner) if table)


@dataclass(frozen=True)
class CodeEntry:
    """One code with one name, as seen in filings of some years."""

    code: str
    name: str
    since: int = 0
    until: int = 9999
    also: tuple[str, ...] = ()
    found_by: tuple[str, ...] = ()
    verified: bool = True

    @cached_property
    def said(self) -> frozenset[str]:
        """Its right names in plain form, with and without 支出."""
        names = {plain(name) for name in (self.name, *self.also)}
        return frozenset(names | {without(name, "支出") for name in names})


@dataclass(frozen=True)
class Taxonomy:
    """A list of codes: functional classes (2xx) or economic ones (3xx); different namespaces."""

    name: str
    levels: dict[str, int]  # 类: 3, 款: 5, 项: 7
    entries: tuple[CodeEntry, ...]
    conventions: tuple[tuple[str, str], ...] = ()  # suffix of a 项, its usual name

    @cached_property
    def level_of_length(self) -> dict[int, str]:
        """Level by number of digits."""
        return {length: level for level, length in self.levels.items()}

    @cached_property
    def by_name(self) -> dict[str, tuple[str, ...]]:
        """Codes by every plain form of their names, wrong ones included, shorter codes first."""
        found: dict[str, dict[str, None]] = {}
        for entry in self.entries:
            for name in (entry.name, *entry.also, *entry.found_by):
                key = plain(name)
                for variant in (key, without(key, "支出")):
                    found.setdefault(variant, {})[entry.code] = None
        return {name: tuple(sorted(codes, key=len)) for name, codes in found.items()}

    @cached_property
    def names(self) -> dict[str, tuple[CodeEntry, ...]]:
        """Entries by code."""
        found: dict[str, list[CodeEntry]] = {}
        for entry in self.entries:
            found.setdefault(entry.code, []).append(entry)
        return {code: tuple(entries) for code, entries in found.items()}

    def name_of(self, code: str, year: int = 0) -> str:
        """Return the name of a code in a year (the latest known where the year is unknown), or ''."""
        entries = self.names.get(code, ())
        fitting = [entry for entry in entries if not year or entry.since <= year <= entry.until]
        return (fitting or list(entries))[-1].name if entries else ""

    def replaced(self, code: str, name: str, year: int) -> str:
        """The name that a code has in a year, where a plain name is one that it had before and has no more; else ''."""
        entries = self.names.get(code, ())
        ends = [entry.until for entry in entries if name in entry.said]
        if not ends or max(ends) >= year:
            return ""
        new = [entry for entry in entries if name not in entry.said and max(ends) <= entry.since <= year]
        return new[-1].name if new else ""

    @cached_property
    def leads(self) -> frozenset[str]:
        """The digits with which codes of this list begin: 2 of functions, 3 and 5 of economic classes."""
        return frozenset(entry.code[:1] for entry in self.entries)

    @cached_property
    def class_names(self) -> frozenset[str]:
        """The plain names of the classes (first level), without 支出."""
        length = min(self.levels.values())
        named = (entry for entry in self.entries if len(entry.code) == length)
        return frozenset(without(plain(name), "支出") for entry in named for name in (entry.name, *entry.also))

    def class_of(self, label: str) -> str:
        """Return the code of the class (first level) that a label names, or ''."""
        key = plain(label)
        length = min(self.levels.values())
        for variant in (key, without(key, "支出")):
            for code in self.by_name.get(variant, ()):
                if len(code) == length:
                    return code
        return ""
