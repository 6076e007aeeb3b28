"""Rows and columns by other names, ordinals and spellings."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from auditor.forms.column_match import is_index_row, read_header
from auditor.model.labels import plain
from auditor.testing.varying.sheets import Copy, VariedSheet, code, label_cells

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from auditor.model.document import Cell
    from auditor.model.tables import Table

_ORDINAL = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}[、.．]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[、.．](?!\d))\s*"
)
_OF_WHICH = re.compile(r"^\s*(?:其中|加|减)[:：]")


def _always(text: str) -> Callable[[Cell], str]:
    return lambda _: text


def _ordinal_of(text: str) -> str:
    found = _OF_WHICH.match(text)
    head = found.group() if found else ""
    ordinal = _ORDINAL.match(text[len(head) :])
    return head + (ordinal.group() if ordinal else "")


def synonyms(copy: Copy, pick: random.Random) -> bool:
    """Rows, columns and codes by other names that the forms accept."""
    changed = False
    for sheet in copy.sheets():
        table = copy.original.table(sheet.table)
        if table is None:
            continue
        for name, cell in list(label_cells(sheet)):
            row = table.named_rows.get(name)
            if row is not None:
                options = list(row.labels)
            else:
                taxonomy = copy.original.book.taxonomies[table.codes or "functional"]
                options = [text for entry in taxonomy.names.get(code(name), ()) for text in entry.also]
            new = pick.choice(options) if options else ""
            if new and plain(new) != plain(cell.text):
                text = _ordinal_of(cell.text) + new
                changed = sheet.rewrite(_always(text), [cell]) or changed
        changed = _other_headers(sheet, table, pick) or changed
    return changed


def _other_headers(sheet: VariedSheet, table: Table, pick: random.Random) -> bool:
    """Columns that one word heads under another word that the form accepts for them and for no other column."""
    words = Counter(plain(header) for column in table.all_columns for header in column.headers)
    paths = read_header(sheet.close(), sheet.head()).paths
    head = [row for row in sheet.rows[: sheet.head()] if not is_index_row(row)]
    changed = False
    for part in sheet.segments():
        name = sheet.row_name(sheet.body()[0], part)
        lane = table.lane_by_name.get(name.split("/", 1)[0]) or table.lane_by_name.get("")
        for at in part.figures:
            names = {fact.address.column for number in sheet.body() if (fact := sheet.fact(sheet.rows[number][at]))}
            column = next((c for c in (lane.columns if lane else table.columns) if {c.name} == names), None)
            if column is None or not head or len(paths[at]) != 1:
                continue
            options = [header for header in column.headers if "/" not in header and words[plain(header)] == 1]
            if options and paths[at][0] in {plain(header) for header in column.headers}:
                new = pick.choice(options)
                changed = sheet.rewrite(_always(new), [row[at] for row in head if row[at].text]) or changed
    return changed


def ordinals_dropped(copy: Copy, _pick: random.Random) -> bool:
    """Labels without their ordinals and without 其中：."""
    return _labels(copy, lambda text: text[len(_ordinal_of(text)) :] or text)


def ordinals_changed(copy: Copy, pick: random.Random) -> bool:
    """Labels under other ordinals, right or not."""
    styles = ("（{}）", "{}、", "{}.")

    def change(text: str) -> str:
        if not _ordinal_of(text) or _OF_WHICH.match(text):
            return text
        number = pick.randint(1, 9)
        style = pick.choice(styles)
        digit = str(number) if style.endswith(".") else "零一二三四五六七八九"[number]
        return style.format(digit) + text[len(_ordinal_of(text)) :]

    return _labels(copy, change)


def of_which(copy: Copy, pick: random.Random) -> bool:
    """Rows below others named 其中：…."""
    changed = False
    for sheet in copy.sheets():
        for name, cell in list(label_cells(sheet)):
            if name.count("/") > 1 and not _OF_WHICH.match(cell.text) and pick.random() < 0.7:
                text = "其中：" + cell.raw.strip()
                changed = sheet.rewrite(_always(text), [cell]) or changed
    return changed


def spaced_labels(copy: Copy, _pick: random.Random) -> bool:
    """Short labels letter-spaced, long ones broken over two lines; headers too."""

    def change(text: str) -> str:
        bare = text.strip()
        if not len(bare) >= 2 or re.search(r"[\d\s]", bare):
            return text
        return "　".join(bare) if len(bare) < 4 else f"{bare[: len(bare) // 2]}\n{bare[len(bare) // 2 :]}"

    changed = _labels(copy, change)
    for sheet in copy.sheets():
        head = [cell for row in sheet.rows[: sheet.head()] for cell in row]
        changed = sheet.rewrite(lambda cell: change(cell.raw), head) or changed
    return changed


def typo(copy: Copy, pick: random.Random) -> bool:
    """One label of every table misspelt: a character dropped, doubled or another."""
    changed = False
    for sheet in copy.sheets():
        cells = [cell for _, cell in label_cells(sheet) if len(plain(cell.text)) > 3]
        if not cells:
            continue
        cell = pick.choice(cells)
        start = len(_ordinal_of(cell.raw))
        at = pick.randint(start + 1, max(start + 1, len(cell.raw) - 1))
        middle = pick.choice(["", "错", cell.raw[at - 1] * 2])
        text = cell.raw[: at - 1] + middle + cell.raw[at:]
        changed = sheet.rewrite(_always(text), [cell]) or changed
    copy.marks.add("misspelt")
    return changed


def _labels(copy: Copy, change: Callable[[str], str]) -> bool:
    changed = False
    for sheet in copy.sheets():
        cells = [cell for _, cell in label_cells(sheet)]
        changed = sheet.rewrite(lambda cell: change(cell.raw), cells) or changed
    return changed
