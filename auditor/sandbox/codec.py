"""A document as compact JSON, and back: what the worker process sends.

Never pickle: the worker handles hostile files, and what it sends must not be able to do more than be wrong text. A
place is the list of its values without the file, cut after the last that says anything; a grid lists each cell once
and its rows as numbers of cells, so that a cell that spans rows or columns stays one object.
"""

from __future__ import annotations

import json
from dataclasses import fields
from operator import attrgetter
from typing import Any

from auditor.model.document import Cell, Document, Grid, Paragraph, Part
from auditor.model.facts import Place

MORE_TIME = b"more time"  # what the worker sends before each of many long pieces, with their numbers; and how often
MAX_MORE = 1000
MAX_BYTES = 96 * 1024 * 1024  # of one document

_FIELDS = tuple(field.name for field in fields(Place) if field.name != "file")
_DEFAULTS = tuple(getattr(Place(), name) for name in _FIELDS)
_BOX = _FIELDS.index("bbox")
_values = attrgetter(*_FIELDS)


def dumps(data: dict[str, Any]) -> bytes:
    """Write a message as JSON in UTF-8; halves of surrogate pairs become one character, or U+FFFD where alone."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-8")


def pack(document: Document) -> dict[str, Any]:
    """A document as plain data."""
    return {
        "file": document.file,
        "sha256": document.sha256,
        "remarks": document.remarks,
        "pages": document.pages,
        "scans": document.scans,
        "recognised": document.recognised,
        "modified": document.modified,
        "lost": list(document.lost.items()),
        "faults": document.faults,
        "blocks": [
            _pack_grid(block) if isinstance(block, Grid) else [block.raw, _pack_place(block.place), block.parts]
            for block in document.blocks
        ],
    }


def _pack_place(place: Place) -> list[Any]:
    values = _values(place)
    count = len(values)
    while count and values[count - 1] == _DEFAULTS[count - 1]:
        count -= 1
    return list(values[:count])


def _pack_grid(grid: Grid) -> dict[str, Any]:
    numbers: dict[int, int] = {}
    cells: list[list[Any]] = []
    rows: list[list[int]] = []
    for row in grid.rows:
        line = []
        for cell in row:
            number = numbers.get(id(cell))
            if number is None:
                number = numbers[id(cell)] = len(cells)
                cells.append([cell.raw, cell.rowspan, cell.colspan, _pack_place(cell.place)])
            line.append(number)
        rows.append(line)
    marks = [grid.spans_known, grid.continues, grid.borderless]
    return {"place": _pack_place(grid.place), "marks": marks, "cells": cells, "rows": rows}


def unpack(data: Any) -> Document:
    """A document from plain data. Raises `ValueError`, `TypeError`, `KeyError` or `IndexError` for anything else."""
    file = _text(data["file"])
    document = Document(file, _text(data["sha256"]))
    document.remarks = [
        (_text(key), {_text(name): _text(value) for name, value in values.items()}) for key, values in data["remarks"]
    ]
    document.pages = _number(data["pages"])
    document.scans = [_number(page) for page in data["scans"]]
    document.recognised = [_number(page) for page in data["recognised"]]
    document.modified = _text(data["modified"])
    document.lost = {_number(page): [_text(number) for number in numbers] for page, numbers in data["lost"]}
    document.faults = [_text(fault) for fault in data["faults"]]
    document.blocks = [
        _grid(block, file) if isinstance(block, dict) else _paragraph(block, file) for block in data["blocks"]
    ]
    return document


def _paragraph(block: list[Any], file: str) -> Paragraph:
    raw, place, parts = block
    return Paragraph(
        _text(raw),
        _place(place, file),
        tuple(Part(_number(at), _number(page), _box(box), tuple(edges)) for at, page, box, edges in parts),
    )


def _grid(data: dict[str, Any], file: str) -> Grid:
    cells = [
        Cell(_text(raw), _place(place, file), _number(rowspan), _number(colspan))
        for raw, rowspan, colspan, place in data["cells"]
    ]
    rows = tuple(tuple(cells[number] for number in row) for row in data["rows"])
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError
    spans_known, continues, borderless = data["marks"]
    return Grid(rows, _place(data["place"], file), bool(spans_known), bool(continues), bool(borderless))


def _place(values: list[Any], file: str) -> Place:
    if len(values) > _BOX and values[_BOX] is not None:
        values[_BOX] = _box(values[_BOX])
    return Place(file, *values)


def _box(values: Any) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = values
    return (float(x0), float(y0), float(x1), float(y1))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value
