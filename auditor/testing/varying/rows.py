"""Rows in another order, and rows that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.testing.varying.sheets import Copy, VariedSheet, code

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence


def rows_shuffled(copy: Copy, pick: random.Random) -> bool:
    """Codes beside their siblings in another order, parents before children."""
    return _reordered(copy, pick, legal=True)


def rows_anyhow(copy: Copy, pick: random.Random) -> bool:
    """Codes in any order, children before parents too."""
    return _reordered(copy, pick, legal=False)


def _reordered(copy: Copy, pick: random.Random, *, legal: bool) -> bool:
    changed = False
    lost = {table.table for table in copy.original.filing.tables if table.recovered}
    again = {fact.address.table for fact in copy.original.filing.facts if fact.address.occurrence > 1}
    for sheet in copy.sheets():
        if sheet.table in lost or sheet.table in again:
            continue  # where print lost the codes, or lists them once per unit, their order is all there is
        for segment in sheet.segments():
            rows = [n for n in sheet.body() if code(sheet.row_name(n, segment))]
            columns = (*segment.labels, *segment.figures)
            if len(rows) < 2 or sheet.spans_down(columns, rows):
                continue
            names = [code(sheet.row_name(n, segment)) for n in rows]
            order = _siblings(names, pick) if legal else pick.sample(range(len(rows)), len(rows))
            _permute(sheet, columns, rows, order)
            changed = changed or order != list(range(len(rows)))
    copy.marks |= {"order"} if changed else set()
    return changed


def _siblings(codes: Sequence[str], pick: random.Random) -> list[int]:
    """Positions in an order in which every subtree moves as a whole."""

    def shuffled(members: list[int]) -> list[int]:
        groups: list[list[int]] = []
        for member in members:
            if groups and codes[member].startswith(codes[groups[-1][0]]) and codes[member] != codes[groups[-1][0]]:
                groups[-1].append(member)
            else:
                groups.append([member])
        pick.shuffle(groups)
        return [at for group in groups for at in (group[0], *shuffled(group[1:]))]

    return shuffled(list(range(len(codes))))


def _permute(sheet: VariedSheet, columns: Sequence[int], rows: Sequence[int], order: Sequence[int]) -> None:
    cells = [[sheet.rows[number][column] for column in columns] for number in rows]
    for number, source in zip(rows, order, strict=True):
        for column, cell in zip(columns, cells[source], strict=True):
            sheet.rows[number][column] = cell


def total_moved(copy: Copy, _pick: random.Random) -> bool:
    """The row 合计 at the other end of the table."""
    changed = False
    for sheet in copy.sheets():
        body, parts = sheet.body(), sheet.segments()
        if len(parts) != 1 or len(body) < 2:
            continue
        totals = [n for n in body if sheet.row_name(n, parts[0]) == "合计"]
        if len(totals) != 1 or sheet.spans_down(range(sheet.width), totals):
            continue
        row = sheet.rows.pop(totals[0])
        body = sheet.body()
        sheet.rows.insert(body[0] if totals[0] > body[0] else body[-1] + 1, row)
        changed = True
    copy.marks |= {"order"} if changed else set()
    return changed


def blank_rows(copy: Copy, pick: random.Random) -> bool:
    """Rows without a word between the rows of the body and after it."""
    changed = False
    for sheet in copy.sheets():
        for _ in range(pick.randint(1, 3)):
            at = pick.choice([*sheet.body()[1:], len(sheet.rows)])
            if at < len(sheet.rows) and any(a is b for a, b in zip(sheet.rows[at - 1], sheet.rows[at], strict=True)):
                continue
            sheet.rows.insert(at, [sheet.blank() for _ in range(sheet.width)])
            changed = True
    return changed
