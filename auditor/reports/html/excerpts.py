"""The part of a table or of the text that a finding speaks of, with its figures framed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.reports.html.atlas import own_marks
from auditor.reports.html.document import cell_data, passage_data, plain_piece
from auditor.reports.places import place_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.findings import Finding, Mark
    from auditor.model.filing import ViewCell
    from auditor.reports.html.atlas import Atlas

MAX_ROWS = 16  # of one table, beside its header; the rest is counted
MAX_HEAD = 4  # rows of a header that are shown
MAX_PLACES = 3  # tables and passages shown for one finding; the rest is counted
MAX_TEXT = 320  # characters of a passage shown whole
AROUND = 160  # characters kept on either side of a number of a longer one, within its sentence
DOTS = "……"
_ENDS = "。；！？\n"


def excerpts(finding: Finding, atlas: Atlas) -> tuple[list[dict[str, Any]], int]:
    """What to show of the document for a finding, and how many tables and passages more it speaks of."""
    wanted: dict[tuple[str, int], list[int]] = {}  # table or passage → its figures
    facts = [suspect.fact for suspect in finding.suspects] + [operand.fact for operand in finding.main.operands]
    own = own_marks(finding, atlas.audit)
    marks = {fact: own[fact] for fact in facts if fact in own}
    for fact in dict.fromkeys(facts):
        if fact in atlas.cells:
            wanted.setdefault(("table", atlas.cells[fact].table), []).append(fact)
        elif fact in atlas.passages:
            wanted.setdefault(("text", atlas.passages[fact]), []).append(fact)
    made = [
        _rows(number, there, atlas, marks) if kind == "table" else _text(there, atlas, marks)
        for (kind, number), there in list(wanted.items())[:MAX_PLACES]
    ]
    return made, max(0, len(wanted) - MAX_PLACES)


# -- tables -----------------------------------------------------------------------------------------------------


def _rows(number: int, facts: Sequence[int], atlas: Atlas, marks: dict[int, Mark]) -> dict[str, Any]:
    table = atlas.table(number)
    rows = list(dict.fromkeys(atlas.cells[fact].row for fact in facts))
    chosen = sorted({*rows[:MAX_ROWS], *(head for row in rows[:MAX_ROWS] for head in _heads(table.view, row))})
    return {
        "kind": "table",
        "href": f"t{number}",
        "caption": table.title or table.table,
        "place": place_text(atlas.audit.facts[facts[0]].place, file=len(atlas.audit.filing.files) > 1),
        "rows": _cut(table.view, chosen, number, atlas, marks),
        "more": max(0, len(rows) - MAX_ROWS),
    }


def _heads(view: Sequence[Sequence[ViewCell]], row: int) -> range:
    """The rows of the header above a row, the last few where it is long."""
    last = next((at for at in range(row, -1, -1) if view[at] and all(cell.head for cell in view[at])), -1)
    first = last
    while first > 0 and last - first + 1 < MAX_HEAD and view[first - 1] and all(cell.head for cell in view[first - 1]):
        first -= 1
    return range(first, last + 1) if last >= 0 else range(0)


def _cut(
    view: Sequence[Sequence[ViewCell]], chosen: Sequence[int], number: int, atlas: Atlas, marks: dict[int, Mark]
) -> list[dict[str, Any]]:
    """The chosen rows; a cell that spans rows is shown in each stretch of them, rows left out are counted between."""
    covering = _covering(view, set(chosen))
    out: list[dict[str, Any]] = []
    before = None
    for row in chosen:
        if before is not None and row > before + 1 and not _is_head(view[before]):
            out.append({"gap": row - before - 1, "cells": []})
        fresh = before is None or row > before + 1
        end = row
        while end + 1 in covering:
            end += 1
        out.append(
            {
                "gap": 0,
                "cells": [
                    cell_data(
                        cell,
                        atlas.starts[number],
                        atlas,
                        marks=marks,
                        rowspan=min(top + cell.rowspan - 1, end) - row + 1,
                    )
                    for top, _, cell in covering[row]
                    if top == row or fresh
                ],
            }
        )
        before = row
    return out


def _is_head(row: Sequence[ViewCell]) -> bool:
    return bool(row) and all(cell.head for cell in row)


def _covering(view: Sequence[Sequence[ViewCell]], chosen: set[int]) -> dict[int, list[tuple[int, int, ViewCell]]]:
    """The cells that cover each chosen row, from left to right: their first row, their column, the cell."""
    taken: dict[int, set[int]] = {}
    out: dict[int, list[tuple[int, int, ViewCell]]] = {row: [] for row in sorted(chosen)}
    last = max(chosen, default=-1)
    for row, cells in enumerate(view[: last + 1]):
        column, used = 0, taken.pop(row, set())
        for cell in cells:
            while column in used:
                column += 1
            for below in range(row, min(row + cell.rowspan, last + 1)):
                if below in out:
                    out[below].append((row, column, cell))
                if below > row:
                    taken.setdefault(below, set()).update(range(column, column + cell.colspan))
            column += cell.colspan
    for covered in out.values():
        covered.sort(key=lambda item: item[1])
    return out


# -- text -------------------------------------------------------------------------------------------------------


def _text(facts: Sequence[int], atlas: Atlas, marks: dict[int, Mark]) -> dict[str, Any]:
    passage = atlas.passage(facts[0])
    pieces = list(passage_data(passage, atlas, marks=marks))
    return {
        "kind": "text",
        "caption": passage.heading,
        "place": place_text(passage.place, file=len(atlas.audit.filing.files) > 1),
        "pieces": pieces if len(passage.text) <= MAX_TEXT else _shortened(pieces),
    }


def _shortened(pieces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sentences of the figures that are meant; what is left out shows as dots."""
    text = "".join(piece["text"] for piece in pieces)
    kept = _sentences(pieces, text)
    out: list[dict[str, Any]] = []
    at = 0
    for piece in pieces:
        end = at + len(piece["text"])
        for low, high in kept:
            first, last = max(at, low), min(end, high)
            if first < last:
                out += [plain_piece(DOTS)] if first == low > 0 and not out else []
                out += [piece | {"text": text[first:last]}]
                out += [plain_piece(DOTS)] if last == high < len(text) else []
        at = end
    return out


def _sentences(pieces: Sequence[dict[str, Any]], text: str) -> list[tuple[int, int]]:
    """Where the sentences around the figures begin and end, overlapping ones joined."""
    out: list[tuple[int, int]] = []
    at = 0
    for piece in pieces:
        start, at = at, at + len(piece["text"])
        if not piece["mine"]:
            continue
        low = max((text.rfind(mark, 0, start) + 1 for mark in _ENDS), default=0)
        high = min((found + 1 for mark in _ENDS if (found := text.find(mark, at)) >= 0), default=len(text))
        low, high = max(low, start - AROUND), min(high, at + AROUND)
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return out or [(0, min(len(text), MAX_TEXT))]
