"""Columns in another order, lanes the other way round, columns that say nothing or number the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.column_match import is_index_row, read_header
from auditor.model.labels import plain
from auditor.model.tables import Layout
from auditor.testing.varying.sheets import Copy, VariedSheet, whole_tables

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from auditor.model.document import Cell


def columns_moved(copy: Copy, pick: random.Random) -> bool:
    """Two figure columns change places, with their headers; the row that numbers the columns stays."""
    changed = False
    for sheets in whole_tables(copy):
        first = sheets[0]
        head = [row for row in first.rows[: first.head()] if not is_index_row(row)]
        paths = read_header(first.close(), first.head()).paths
        pairs = [
            (a, b)
            for part in first.segments()
            for a in part.figures
            for b in part.figures
            if a < b
            and head
            and paths[a][:-1] == paths[b][:-1]
            and all(_may_swap(row, a, b) for row in head)
            and all(_named_above(first, column, paths[column]) for column in (a, b))
        ]
        if not pairs:
            continue
        a, b = pick.choice(pairs)
        for row in (row for sheet in sheets for row in sheet.rows):
            if not is_index_row(row) and row[a] is not row[b]:
                row[a], row[b] = row[b], row[a]
        changed = True
    return changed


def _named_above(sheet: VariedSheet, column: int, path: Sequence[str]) -> bool:
    """Whether the header names a column where it stands (dumps may shift the one against the other)."""
    table = sheet.original.table(sheet.table)
    names = {fact.address.column for number in sheet.body() if (fact := sheet.fact(sheet.rows[number][column]))}
    headers = [text for c in (table.all_columns if table else ()) if c.name in names for text in c.headers]
    return bool(path) and any(plain(text.rsplit("/", 1)[-1]) == path[-1] for text in headers)


def _may_swap(row: Sequence[Cell], a: int, b: int) -> bool:
    """Whether two header cells can change places: one cell over both, or two that span nothing else."""
    if row[a] is row[b]:
        return True
    single = all(sum(other is row[at] for other in row) == 1 for at in (a, b))
    return single and bool(row[a].text) == bool(row[b].text)


def lanes_swapped(copy: Copy, _pick: random.Random) -> bool:
    """Expenditure on the left, revenue on the right."""
    changed = False
    for sheets in whole_tables(copy):
        table, parts = copy.original.table(sheets[0].table), sheets[0].segments()
        if table is None or table.layout is not Layout.LANES or len(parts) < 2:
            continue
        order = [column for part in reversed(parts) for column in (*part.labels, *part.figures)]
        order += [column for column in range(sheets[0].width) if column not in order]
        for sheet in sheets:
            sheet.rows = [[row[column] for column in order] for row in sheet.rows]
        changed = True
    return changed


def blank_columns(copy: Copy, pick: random.Random) -> bool:
    """A column without a word, anywhere."""
    changed = False
    for sheets in whole_tables(copy):
        at = pick.randint(0, sheets[0].width)
        for row in (row for sheet in sheets for row in sheet.rows):
            inside = 0 < at < len(row) and row[at - 1] is row[at]
            row.insert(at, row[at] if inside else sheets[0].blank())
        changed = True
    return changed


def numbered(copy: Copy, _pick: random.Random) -> bool:
    """A column 序号 at the left edge of tables of codes."""
    changed = False
    for sheets in whole_tables(copy):
        table = copy.original.table(sheets[0].table)
        if table is None or table.layout is not Layout.CODES:
            continue
        number = 0
        for sheet in sheets:
            head, body = sheet.head(), sheet.body()
            for at, row in enumerate(sheet.rows):
                text = "序号" if at == 0 and head else ""
                if at in body:
                    number += 1
                    text = str(number)
                row.insert(0, replace(sheet.blank(), raw=text))
        changed = True
    return changed
