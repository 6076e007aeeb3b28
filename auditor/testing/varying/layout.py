"""Cells, titles and pages laid out another way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.column_match import is_index_row
from auditor.model.document import Cell, Paragraph
from auditor.testing.varying.sheets import Copy, VariedSheet, title_of

if TYPE_CHECKING:
    import random

MOST_REMARKS = 6  # lines between a title and its table that go into the table


def flattened(copy: Copy, _pick: random.Random) -> bool:
    """Merged cells printed once, at their first place, as in text dumps."""
    changed = False
    for sheet in copy.sheets():
        if not sheet.grid.spans_known:
            continue
        seen: set[int] = set()
        for row in sheet.rows:
            for column, cell in enumerate(row):
                if id(cell) in seen:
                    row[column] = sheet.blank()
                else:
                    seen.add(id(cell))
                    row[column] = replace(cell, rowspan=1, colspan=1)
        sheet.grid = replace(sheet.grid, spans_known=False)
        changed = True
    return changed


def one_header_row(copy: Copy, pick: random.Random) -> bool:
    """The rows of the header joined into one: with the words above, or the lowest words only."""
    changed = False
    joined = pick.random() < 0.5
    for sheet in copy.sheets():
        head = [number for number in range(sheet.head()) if not is_index_row(sheet.rows[number])]
        if len(head) < 2 or not sheet.grid.spans_known:
            continue
        line = []
        for column in range(sheet.width):
            cells = list({id(sheet.rows[n][column]): sheet.rows[n][column] for n in head}.values())
            texts = [cell.text for cell in cells if cell.text]
            line.append(replace(cells[-1], raw=("".join(texts) if joined else texts[-1]) if texts else ""))
        sheet.rows[head[0] : head[-1] + 1] = [line]
        changed = True
    return changed


def titled_inside(copy: Copy, _pick: random.Random) -> bool:
    """Title and remarks as rows of the grid, as wide as the grid."""
    return _moved_inside(copy, with_title=True)


def remarks_inside(copy: Copy, _pick: random.Random) -> bool:
    """Remarks (unit, year, whose it is) as rows of the grid."""
    return _moved_inside(copy, with_title=False)


def _moved_inside(copy: Copy, *, with_title: bool) -> bool:
    changed = False
    for sheet in list(copy.sheets()):
        lines = copy.above(sheet)
        titles = [at for at in lines if title_of(copy, copy.blocks[at])]
        if not titles or sheet.width < 2:
            continue
        first = titles[-1] if with_title else titles[-1] + 1
        below = (block for at in lines if at >= first and isinstance(block := copy.blocks[at], Paragraph))
        taken = [block for block in below if block.text]
        if not 0 < len(taken) <= MOST_REMARKS:
            continue
        rows = [[Cell(p.raw, replace(sheet.grid.place, quote=""), 1, sheet.width)] * sheet.width for p in taken]
        sheet.rows[:0] = rows
        copy.blocks = [b for at, b in enumerate(copy.blocks) if not (at >= first and at in lines)]
        changed = True
    return changed


def continued(copy: Copy, _pick: random.Random) -> bool:
    """Tables cut by page breaks, the rows going on without a header."""
    return _cut(copy, _pick, "bare")


def continued_with_header(copy: Copy, pick: random.Random) -> bool:
    """Tables cut by page breaks, the header repeated."""
    return _cut(copy, pick, "header")


def continued_with_remarks(copy: Copy, pick: random.Random) -> bool:
    """Tables cut by page breaks, the remarks and the header repeated."""
    return _cut(copy, pick, "remarks")


def continued_with_title(copy: Copy, pick: random.Random) -> bool:
    """Tables cut by page breaks, title, remarks and header repeated."""
    return _cut(copy, pick, "title")


def _cut(copy: Copy, pick: random.Random, what: str) -> bool:
    changed = False
    for sheet in list(copy.sheets()):
        head, body = sheet.head(), sheet.body()
        if len(body) < 4 or (what != "bare" and not head):
            continue
        cut = pick.choice(body[2:])
        if any(a is b and a.text for a, b in zip(sheet.rows[cut - 1], sheet.rows[cut], strict=True)):
            continue
        page = sheet.grid.place.page
        place = replace(sheet.grid.place, page=page + 1 if page else None)
        lines = [copy.blocks[at] for at in copy.above(sheet)]
        titles = [n for n, line in enumerate(lines) if title_of(copy, line)]
        if what in ("title", "remarks"):
            lines = lines[titles[-1] + (what == "remarks") :] if titles else []
            if not lines:
                continue
        else:
            lines = []
        mark: list[Paragraph | VariedSheet] = [Paragraph(f"- {page} -", replace(place, quote=""))] if page else []
        rows = [list(row) for row in [*(sheet.rows[:head] if what != "bare" else []), *sheet.rows[cut:]]]
        below = VariedSheet(replace(sheet.grid, place=place, continues=not lines), rows, sheet.original)
        sheet.rows = sheet.rows[:cut]
        at = next(n for n, block in enumerate(copy.blocks) if block is sheet)
        copy.blocks[at + 1 : at + 1] = [*mark, *lines, below]
        changed = True
    return changed
