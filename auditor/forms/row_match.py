"""Which printed row is which row of the standard table.

Rows with names are matched by label, then by the group they stand in, then by 行次 and order; rows of code tables by
their code, which may have to be recovered. A label that only locates its row (`found_by`) is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from auditor.forms.codes import recover
from auditor.forms.read_plan import UnmatchedError
from auditor.model.facts import ReadBy
from auditor.model.labels import plain, without
from auditor.model.numbers import LOST
from auditor.model.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from auditor.forms.printed_table import PrintedRow
    from auditor.model.tables import Lane, Row, Table, Taxonomy

LIKE = 0.8  # similarity at which a label still locates the row of its 行次


@dataclass(slots=True)
class NamedRow:
    """A printed row and the row of the standard table that it is ('' where unknown)."""

    printed: PrintedRow
    name: str = ""
    row: Row | None = None
    read_by: ReadBy = ReadBy.PRINTED
    official: str = ""  # the official label, where the printed one differs
    reason: str = ""  # why it has no name


@dataclass(slots=True)
class Naming:
    """The rows of a table by name, and the names of rows that should be there and are not."""

    rows: list[NamedRow] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def name_rows(
    rows: Sequence[PrintedRow], table: Table, taxonomy: Taxonomy, labels: Container[str] = frozenset()
) -> Naming:
    """Name every printed row of a table of lanes or codes. Raises `UnmatchedError` for codes of another kind.

    `labels` are the plain labels of all rows that are known, of this table or another: each is the right name of what
    it names, and no misspelling of a label like it (本年收入合计 is not 收入合计).
    """
    naming = _lanes(rows, table, taxonomy, labels) if table.layout is Layout.LANES else _codes(rows, table, taxonomy)
    found = {named.name for named in naming.rows if named.name}
    naming.missing = [row.name for row in table.named_rows.values() if row.name not in found and not row.optional]
    return naming


def _lanes(rows: Sequence[PrintedRow], table: Table, taxonomy: Taxonomy, labels: Container[str]) -> Naming:
    naming = Naming()
    for lane in table.lanes:
        printed = [row for row in rows if row.lane == lane.name]
        naming.rows.extend(_Lane(lane, taxonomy, labels).name(printed))
    return naming


class _Lane:
    """Names the rows of one lane, in printed order."""

    def __init__(self, lane: Lane, taxonomy: Taxonomy, labels: Container[str]) -> None:
        self.lane = lane
        self.labels = labels
        self.taxonomy = taxonomy
        self.classes = dict(lane.classes) if lane.classes is not None else {}
        self.used: set[str] = set()
        self.position = 0  # order of the row named last

    def name(self, printed: Sequence[PrintedRow]) -> list[NamedRow]:
        named = [NamedRow(row) for row in printed if row.label or any(cell.text for _, cell in row.cells)]
        for item in named:
            self._match(item)
        return named

    def _match(self, item: NamedRow) -> None:
        label = plain(item.printed.label)
        if not label:
            item.reason = "unread.no_label"
            return
        row = self._by_label(item, label)
        if row is not None:
            self._take(item, row)
            return
        if self.lane.classes is not None:
            code = self.taxonomy.class_of(label)
            if code:
                self._take_class(item, code, label)
                return
        self._by_line(item, label)

    def _by_label(self, item: NamedRow, label: str) -> Row | None:
        """The row whose label this is; group, 行次 and order decide among several."""
        fitting = [
            row
            for row in self.lane.rows
            if row.name not in self.used and any(plain(text) == label for text in (*row.labels, *row.found_by))
        ]
        parent = plain(item.printed.parents[-1]) if item.printed.parents else ""
        fitting = [row for row in fitting if self._has_parent(row, parent)]
        if len(fitting) < 2:
            return fitting[0] if fitting else None
        if parent:
            grouped = [
                row
                for row in fitting
                if plain(row.parent.rsplit("/", 1)[-1]) == parent
                or (row.labels[0] in ("小计", "合计") and plain(row.last) == parent)
            ]
            fitting = grouped or fitting
        if item.printed.line is not None:
            numbered = [row for row in fitting if row.line == item.printed.line]
            fitting = numbered or fitting
        order = {row.name: number for number, row in enumerate(self.lane.rows)}
        return min(fitting, key=lambda row: (order[row.name] < self.position, order[row.name]))

    def _has_parent(self, row: Row, group: str) -> bool:
        """Whether the row that a row stands below is printed: before it, or as the label of its group."""
        above = next((other for other in self.lane.rows if other.name == row.parent), None)
        if above is None or above.name in self.used:
            return True
        return group in {plain(text) for text in (*above.labels, above.last)}

    def _take(self, item: NamedRow, row: Row) -> None:
        item.name, item.row = row.name, row
        label = plain(item.printed.label)
        if not any(plain(text) == label for text in row.labels):
            item.official = row.labels[0]
        self.used.add(row.name)
        order = [other.name for other in self.lane.rows]
        self.position = order.index(row.name)

    def _take_class(self, item: NamedRow, code: str, label: str) -> None:
        item.name = f"{self.lane.name}/{code}" if self.lane.name else code
        official = list(self.taxonomy.names[code])
        accepted = {plain(text) for entry in official for text in (entry.name, *entry.also)}
        if label not in accepted and label not in {without(text, "支出") for text in accepted}:
            item.official = official[-1].name
        self.used.add(item.name)

    def _by_line(self, item: NamedRow, label: str) -> None:
        """A label that is nearly the one its 行次 stands for: misspelt, but located.

        A row below another is meant only where the other was printed before.
        """
        named_else = label in self.labels or label in self.taxonomy.by_name  # the right name of something else
        if named_else or LOST in label:
            item.reason = "unread.unknown_row"
            return
        line = item.printed.line
        close: dict[str, tuple[str, Row | None]] = {}
        for row in self.lane.rows:
            reachable = (line is None or row.line == line) and self._has_parent(row, "")
            if reachable and any(_like(text, label) for text in row.labels):
                close[row.name] = (row.labels[0], row)
        for code, number in self.classes.items():
            name = self.taxonomy.name_of(code)
            near = abs(len(plain(name)) - len(label)) <= 1  # 其他公安支出 is no misspelt 其他支出
            same = near if line is None else number == line
            if same and _like(name, label):
                close[f"{self.lane.name}/{code}"] = (self.taxonomy.name_of(code), None)
        close = {name: found for name, found in close.items() if name not in self.used}
        if len(close) == 1:
            ((item.name, (item.official, item.row)),) = close.items()
            self.used.add(item.name)
        else:
            item.reason = "unread.unknown_row"


def _like(known: str, label: str) -> bool:
    """Whether a printed label is nearly a known one."""
    return SequenceMatcher(None, plain(known), label).ratio() >= LIKE


def _codes(rows: Sequence[PrintedRow], table: Table, taxonomy: Taxonomy) -> Naming:
    labels = {plain(label): (row, label in row.labels) for row in table.rows for label in (*row.labels, *row.found_by)}
    named = [NamedRow(row) for row in rows]
    units: list[str] = []  # codes of units printed so far
    for item in named:
        _code_or_total(item, labels, units)
    codes_printed = [row.code for row in rows if row.code]
    if sum(code[:1] in taxonomy.leads for code in codes_printed) < len(codes_printed) / 2:
        raise UnmatchedError("unread.other_codes")
    lost = [item for item in named if not item.name and not item.reason]
    if lost:
        codes = recover([item.printed.label for item in lost], taxonomy)
        for item, code in zip(lost, codes, strict=True):
            item.name = code
            item.read_by = ReadBy.RECOVERED
            item.reason = "" if code else "unread.lost_code"
            item.official = _official(code, item.printed.label, taxonomy)
    return Naming(named)


def _official(code: str, label: str, taxonomy: Taxonomy) -> str:
    """The official name of a code that was told by a label nearly its name; '' where the label is one of its names."""
    entries = taxonomy.names.get(code, ())
    known = {plain(text) for entry in entries for text in (entry.name, *entry.also, *entry.found_by)}
    known |= {without(text, "支出") for text in known}
    mine = {plain(label), without(plain(label), "支出")}
    return entries[-1].name if entries and not mine & known else ""


def _code_or_total(item: NamedRow, labels: dict[str, tuple[Row, bool]], units: list[str]) -> None:
    printed = item.printed
    total = labels.get(plain(printed.label))
    if total and not printed.code:
        item.name, item.row = total[0].name, total[0]
        if not total[1]:
            item.official = total[0].labels[0]
    elif printed.code:
        item.name = printed.code
    elif printed.unit_code:
        above = [code for code in units if printed.unit_code.startswith(code) and printed.unit_code != code]
        item.name = "/".join(["单位", *sorted(dict.fromkeys(above), key=len), printed.unit_code])
        units.append(printed.unit_code)
    elif not printed.label or not (printed.lost or len(printed.cells) > 0):
        item.reason = "unread.no_label"
    elif not printed.lost:
        item.reason = "unread.unknown_row"
