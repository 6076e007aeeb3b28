"""A chunk of filings ready for binding: facts, blocks, what became of each table, partners in other contexts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from auditor.engine.facts.blocks import Block, CodeTree, build_lists, build_tree
from auditor.engine.facts.fact_table import UNUSABLE, Bytes, FactTable, Flags, Ints, Longs, ranges
from auditor.engine.facts.proposed import bound_footings
from auditor.model.entities import Entities
from auditor.model.tables import Layout
from auditor.model.units import Rounding
from auditor.rules.contexts import LONE_UNIT, PARTNERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.engine.facts.proposed import BoundFooting
    from auditor.forms.book import FormBook
    from auditor.model.facts import FilingKey
    from auditor.model.filing import Filing
    from auditor.model.footing import FootingKind
    from auditor.model.tables import Table


class Status(IntEnum):
    """What became of one standard table in one filing."""

    FOREIGN = 0  # not printed by this family
    MISSING = 1  # should be there
    UNREAD = 2  # found and not readable
    PARTIAL = 3  # rows may be lost
    READ = 4  # read to its end


@dataclass(frozen=True, slots=True)
class FilingInfo:
    """What rules may ask of a filing besides its facts."""

    key: FilingKey
    family: str = ""
    entity_kind: str = ""
    status: dict[str, Status] = field(default_factory=dict)  # table → what became of it
    left_out: dict[str, frozenset[str]] = field(default_factory=dict)  # table → what its form does not print
    names: dict[tuple[str, str], str] = field(default_factory=dict)  # (table, row) → label as printed
    unknown_rows: frozenset[tuple[str, str]] = frozenset()  # (table, lane) with rows that no row of the form explains
    unknown_columns: frozenset[str] = frozenset()  # tables with columns that no column of the form explains
    withheld: frozenset[str] = frozenset()  # tables of which the document withholds parts by law; '' for all of them


class Chunk:
    """Some filings ready for binding: facts, ranges, blocks, table status, partners."""

    def __init__(
        self,
        infos: Sequence[FilingInfo],
        facts: FactTable,
        book: FormBook,
        mode: Rounding = Rounding.HALF_UP,
        dynamic: dict[str, Table] | None = None,
        entities: Entities | None = None,
    ) -> None:
        self.infos = list(infos)
        self.entities = entities or Entities()
        self.facts = facts
        self.book = book
        self.mode = mode
        self.tables = book.tables | (dynamic or {})
        self.size = len(self.infos)
        self.sound = not np.isin(facts.state, UNUSABLE).any()  # every fact of the chunk can be used
        self.footings: dict[FootingKind, list[BoundFooting]] = {}
        self._blocks: dict[str, Block | None] = {}
        self._trees: dict[str, CodeTree] = {}
        self._status: dict[str, Bytes] = {}
        self._left_out: dict[str, dict[str, Flags]] = {}

    @classmethod
    def of(
        cls,
        filings: Sequence[Filing],
        book: FormBook,
        mode: Rounding = Rounding.HALF_UP,
        entities: Entities | None = None,
    ) -> Chunk:
        """Make a chunk of filings that were read."""
        dynamic = {name: table for filing in filings for name, table in filing.dynamic.items()}
        infos = [info_of(filing, book) for filing in filings]
        chunk = cls(infos, FactTable.from_filings(filings), book, mode, dynamic, entities)
        chunk.footings = bound_footings(filings)
        return chunk

    def block(self, table: str) -> Block | None:
        """The block of a standard table, or None when no filing of the chunk prints it."""
        if table not in self._blocks:
            block = None
            if table in self.facts.tables:
                number = self.facts.tables.index(table)
                sel = np.nonzero(self.facts.table == number)[0]
                also = self.facts.also[self.facts.also[:, 1] == number]
                block = Block(self.tables[table], self.facts, sel, also, self.size) if len(sel) or len(also) else None
            self._blocks[table] = block
        return self._blocks[table]

    def tree(self, table: str) -> CodeTree | None:
        """The tree of codes of a table (in the text: of its lists), or None when no filing prints it."""
        block = self.block(table)
        listed = block is not None and block.table.prose and block.table.layout is Layout.LIST
        if block is None or not (listed or block.table.layout is Layout.CODES):
            return None
        if table not in self._trees and listed:
            self._trees[table] = build_lists(block)
        if table not in self._trees:
            self._trees[table] = build_tree(block, sorted(self.book.taxonomies[block.table.codes].levels.values()))
        return self._trees[table]

    def reach(self, position: Ints) -> tuple[Longs, Longs]:
        """The lowest and highest integers that print as the facts at some positions."""
        return ranges(self.facts.value[position], self.facts.step[position], self.mode)

    def leaves_out(self, table: str) -> bool:
        """Whether any filing's form of a table prints only a part of it."""
        self.left_out(table, "")
        return bool(self._left_out[table])

    def left_out(self, table: str, name: str) -> Flags | None:
        """In which filings the form of a table does not print a lane, row or column; None where all print it."""
        if table not in self._left_out:
            found: dict[str, Flags] = {}
            for number, info in enumerate(self.infos):
                for missing in info.left_out.get(table, ()):
                    if missing not in found:
                        found[missing] = np.zeros(self.size, dtype=np.bool_)
                    found[missing][number] = True
            self._left_out[table] = found
        return self._left_out[table].get(name)

    def unknown_rows(self, table: str, lane: str) -> Flags | None:
        """In which filings a lane of a table has rows with figures and without a name; None where none has."""
        flags = np.array([(table, lane) in info.unknown_rows for info in self.infos], dtype=np.bool_)
        return flags if flags.any() else None

    def unknown_columns(self, table: str) -> Flags:
        """In which filings a table has figures under columns that its form does not know."""
        return np.array([table in info.unknown_columns for info in self.infos], dtype=np.bool_)

    def status(self, table: str) -> Bytes:
        """What became of a table, per filing (codes of `Status`)."""
        if not self._status:
            self._all_status()
        if table not in self._status:
            self._status[table] = np.full(self.size, Status.FOREIGN, dtype=np.uint8)
        return self._status[table]

    def _all_status(self) -> None:
        """What a family prints is missing until a filing says what became of it."""
        family = self.keys["family"]
        for name in dict.fromkeys(family.tolist()):
            if name in self.book.families:
                for table in self.book.families[name].tables():
                    self._status.setdefault(table, np.full(self.size, Status.FOREIGN, dtype=np.uint8))
                    self._status[table][family == name] = Status.MISSING
        alike: dict[tuple[tuple[str, Status], ...], list[int]] = {}  # most filings have the same tables
        for number, info in enumerate(self.infos):
            alike.setdefault(tuple(info.status.items()), []).append(number)
        for known, numbers in alike.items():
            for table, status in known:
                if table not in self._status:
                    self._status[table] = np.full(self.size, Status.FOREIGN, dtype=np.uint8)
                self._status[table][numbers] = status

    @cached_property
    def keys(self) -> dict[str, npt.NDArray[np.object_]]:
        """Entity, report, edition, family, kind of entity and year of every filing, as arrays."""
        infos = self.infos
        columns = {
            "entity": [info.key.entity for info in infos],
            "report": [info.key.report for info in infos],
            "edition": [info.key.edition for info in infos],
            "family": [info.family for info in infos],
            "entity_kind": [info.entity_kind for info in infos],
        }
        out = {name: np.array(values, dtype=np.object_) for name, values in columns.items()}
        out["year"] = np.array([info.key.year for info in infos], dtype=np.object_)
        return out

    @cached_property
    def partners(self) -> dict[str, Ints]:
        """For every context (上年, 预算, 决算, 唯一单位), the filing that is the partner of each, or −1."""
        out = {
            context: np.fromiter(
                (self._known.find(change(key)) if key.entity and key.year else -1 for key in self._known.keys),
                dtype=np.int32,
                count=self.size,
            )
            for context, change in PARTNERS.items()
        }
        lone = (units[0] if len(units) == 1 else -1 for units in self.units)
        out[LONE_UNIT] = np.fromiter(lone, dtype=np.int32, count=self.size)
        return out

    @cached_property
    def _known(self) -> Known:
        return Known([info.key._replace(entity=self.entities.name(info.key.entity)) for info in self.infos])

    @cached_property
    def units(self) -> list[tuple[int, ...]]:
        """The filings of the units of each filing's department; none where they are not all known and at hand."""
        return [self._units(key) if key.edition == "department" else () for key in self._known.keys]

    def _units(self, key: FilingKey) -> tuple[int, ...]:
        found = [self._known.find(key._replace(entity=n, edition="unit")) for n in self.entities.units(key.entity)]
        return () if -1 in found else tuple(found)


class Known:
    """The filings of a chunk by key. A key that two filings have, or that may be either's, finds none."""

    def __init__(self, keys: Sequence[FilingKey]) -> None:
        self.keys = keys
        self._exact: dict[FilingKey, int] = {}
        self._vague: dict[FilingKey, list[int]] = {}  # by key without the edition
        for number, key in enumerate(keys):
            self._exact[key] = -1 if key in self._exact else number
            self._vague.setdefault(key._replace(edition=""), []).append(number)

    def find(self, key: FilingKey) -> int:
        """The filing with a key, or −1; an edition that is not told fits any where there is but one filing."""
        if key in self._exact:
            return self._exact[key]
        near = self._vague.get(key._replace(edition=""), ())
        return near[0] if len(near) == 1 and (not key.edition or not self.keys[near[0]].edition) else -1


def info_of(filing: Filing, book: FormBook) -> FilingInfo:
    """Return what rules may ask of a filing, with what became of each of its tables."""
    status: dict[str, Status] = {}
    names: dict[tuple[str, str], str] = {}
    left_out: dict[str, frozenset[str]] = {}
    unknown: set[tuple[str, str]] = set()
    family = book.families.get(filing.family)
    nameless = {read.instead_of or read.title for read in filing.tables if not read.table or read.instead_of}
    for read in (*filing.tables, *filing.about):
        if read.table:
            state = Status.READ if read.complete else Status.PARTIAL
            status[read.table] = Status.UNREAD if read.reason else state
            if read.instead_of in book.tables:
                status.setdefault(read.instead_of, Status.UNREAD)
            names |= {(read.table, row): label for row, label in read.names.items()}
            unknown |= {(read.table, lane) for lane in read.unknown_lanes}
            if read.left_out:
                left_out[read.table] = read.left_out
    hidden = bool(filing.unread_pages)  # what is not found may stand on a page of which nothing is known
    if family is not None:
        for form in family.forms:
            unread = hidden or form.title in nameless
            for table in (form.table, *form.inner):
                if table and table not in status and (unread or not form.optional):
                    status[table] = Status.UNREAD if unread else Status.MISSING
    columns = frozenset(read.table for read in filing.tables if read.unknown_columns)
    unknown_rows = frozenset(unknown)
    return FilingInfo(
        filing.key,
        filing.family,
        filing.entity_kind,
        status,
        left_out,
        names,
        unknown_rows,
        columns,
        frozenset(_withheld(filing)),
    )


def _withheld(filing: Filing) -> Iterator[str]:
    """The tables of which the document says that parts are withheld by law, and '' where it says so of the whole.

    A remark below a table speaks of the tables of its page; without pages nobody knows which it means.
    """
    said = [mention for outline in filing.outlines for mention in outline.mentions if mention.table == "未公开"]
    for mention in said:
        page = (mention.place.file, mention.place.page)
        if mention.row == "全文" or page[1] is None:
            yield ""
            continue
        for table in filing.tables:
            if any((fact.place.file, fact.place.page) == page for fact in table.facts):
                yield table.table
