"""pandas tables as a filing: each frame is a grid with a title, read by the same code as any printed table."""

from __future__ import annotations

from decimal import Decimal
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditor.errors import BadInputError
from auditor.forms.printed_table import Found
from auditor.forms.table_facts import bind_table
from auditor.model.document import Cell, Grid
from auditor.model.facts import Place
from auditor.model.labels import plain
from auditor.reading.families import family_of
from auditor.yamlfiles.trees import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.forms.book import FormBook
    from auditor.model.filing import Filing
    from auditor.model.tables import Form, Table

FLOAT_DECIMALS = 6  # a float in 万元 down to 分


def read_frames(
    frames: Mapping[str, pd.DataFrame], filing: Filing, *, unit: str, forms: FormBook | None = None
) -> None:
    """Read frames by title into a filing that has none yet; `unit` is that of their numbers (万元).

    Raises `BadInputError` for a title that no form carries.
    """
    if forms is None:
        from auditor.forms.loading import load_forms
        from auditor.installed import own_rules

        forms = load_forms([own_rules()])
    for title, frame in frames.items():
        table, carriers = _table(title, filing.key.report, forms)
        found = Found(title, carriers, Place(table=title), grids=[grid_of(frame, title)])
        read, unread = bind_table(found, table, forms, unit)
        filing.tables.append(read)
        filing.unread.extend(unread)
    filing.family = family_of([t.table for t in filing.tables], list(frames), filing.key.report, forms)


def _table(title: str, report: str, forms: FormBook) -> tuple[Table, tuple[Form, ...]]:
    if title in forms.tables:
        return forms.tables[title], ()
    carriers = forms.forms_by_title.get(plain(title), ())
    names = [form.table for form in carriers if form.table and forms.tables[form.table].report == report]
    if not names:
        raise BadInputError(
            "frames.unknown_title", title=title, near=nearest(title, [*forms.tables, *forms.forms_by_title])
        )
    return forms.tables[names[0]], carriers


def grid_of(frame: pd.DataFrame, title: str) -> Grid:
    """Turn a frame into a grid: its column names as header rows, its cells as printed texts."""
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    heads = [label if isinstance(label, tuple) else (label,) for label in frame.columns]
    depth = max((len(head) for head in heads), default=1)
    rows: list[list[str]] = [
        [_name(head[level]) if level < len(head) else "" for head in heads] for level in range(depth)
    ]
    spans_known = depth > 1 or all(rows[0]) if rows else True
    rows += [[as_printed(value) for value in record] for record in frame.itertuples(index=False, name=None)]
    cells = tuple(
        tuple(Cell(text, Place(table=title, row=number, column=column)) for column, text in enumerate(row, 1))
        for number, row in enumerate(rows, 1)
    )
    return Grid(cells, Place(table=title), spans_known=spans_known)


def _name(label: Any) -> str:
    text = str(label)
    return "" if text.startswith("Unnamed:") else text


def as_printed(value: Any) -> str:
    """Write a cell's value as it would be printed: missing values as blanks, numbers by their shortest decimals."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float):
        if isnan(value):
            return ""
        text = format(Decimal(repr(value)).quantize(Decimal(1).scaleb(-FLOAT_DECIMALS)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
