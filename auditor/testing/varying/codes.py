"""Codes in one column or three, or in the cell of the name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.forms.codes import is_code
from auditor.forms.column_match import is_index_row
from auditor.model.tables import Layout
from auditor.testing.varying.sheets import Copy, SheetSegment, VariedSheet, code

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence


def codes_split(copy: Copy, pick: random.Random) -> bool:
    """The code in three columns 类|款|项 (208|05|01, 208|20805|2080501, or | |01), or three columns joined into one."""
    changed = False
    style = pick.choice(["parts", "whole", "own"])
    for sheet in copy.sheets():
        parts = sheet.segments()
        table = copy.original.table(sheet.table)
        if table is None or table.layout is not Layout.CODES or table.codes != "functional" or len(parts) != 1:
            continue
        rows = [n for n in sheet.body() if code(sheet.row_name(n, parts[0]))]
        names = {n: code(sheet.row_name(n, parts[0])) for n in rows}
        columns = [c for c in parts[0].labels if rows and all(sheet.rows[n][c].text == names[n] for n in rows)]
        if len(columns) == 1 and not sheet.spans_down(columns, rows):
            _split_codes(sheet, columns[0], rows, style)
            changed = True
        elif rows and not columns:
            changed = _join_codes(sheet, parts[0], rows) or changed
    return changed


def _split_codes(sheet: VariedSheet, column: int, rows: Sequence[int], style: str) -> None:
    head = sheet.head()
    last = max((n for n in range(head) if not is_index_row(sheet.rows[n])), default=0)
    for number, row in enumerate(sheet.rows):
        cell = row[column]
        if number not in rows:
            row[column + 1 : column + 1] = [cell, cell] if number < head else [sheet.blank(), sheet.blank()]
            continue
        code = cell.text.replace(" ", "")
        pieces = [code[:3], code[3:5], code[5:7]]
        deepest = max(at for at, piece in enumerate(pieces) if piece)
        if style == "own":
            pieces = [piece if at == deepest else "" for at, piece in enumerate(pieces)]
        elif style == "whole":
            pieces = [code[: 3 + 2 * at] if at <= deepest else "" for at in range(3)]
        row[column : column + 1] = [replace(cell, raw=piece) for piece in pieces]
    if not head:
        return
    names = [sheet.blank() for _ in range(3)]
    marked = [replace(cell, raw=text) for cell, text in zip(names, "类款项", strict=True)]
    above = sheet.rows[last]
    rest = [cell if sheet.grid.spans_known else sheet.blank() for cell in above]
    sheet.rows.insert(last + 1, [*rest[:column], *marked, *rest[column + 3 :]])


def _join_codes(sheet: VariedSheet, segment: SheetSegment, rows: Sequence[int]) -> bool:
    columns = [c for c in segment.labels if any(is_digits(sheet.rows[n][c].text) for n in rows)]
    if len(columns) != 3 or columns[2] - columns[0] != 2 or sheet.spans_down(columns, rows):
        return False
    first = columns[0]
    for number, row in enumerate(sheet.rows):
        if number in rows:
            row[first] = replace(row[first], raw=code(sheet.row_name(number, segment)))
        del row[first + 1 : first + 3]
    head = sheet.rows[: sheet.head()]
    for number, row in enumerate(head):
        if row[first].text == "类":
            if number and all(
                a is b or not a.text for at, (a, b) in enumerate(zip(row, head[number - 1], strict=True)) if at != first
            ):
                del sheet.rows[number]
            else:
                row[first] = replace(row[first], raw="科目编码")
    return True


def code_with_name(copy: Copy, _pick: random.Random) -> bool:
    """Code and name in one cell."""
    changed = False
    for sheet in copy.sheets():
        table = copy.original.table(sheet.table)
        if table is None or table.layout is not Layout.CODES:
            continue
        for part in sheet.segments():
            for number in sheet.body():
                if len(part.labels) < 2 or sheet.spans_down(part.labels, [number]):
                    continue
                code, name = (sheet.rows[number][column] for column in part.labels[-2:])
                if is_code(code.text) and name.text:
                    sheet.rows[number][part.labels[-2]] = sheet.blank()
                    sheet.rows[number][part.labels[-1]] = replace(name, raw=f"{code.text} {name.raw}")
                    changed = True
    return changed
