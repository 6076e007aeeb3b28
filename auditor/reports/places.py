"""Places and remarks in words: `第 5 页，表中第 3 行第 2 列`, `工作表“收入总表” C12`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.messages import language, say
from auditor.model.filing import BoundBy
from auditor.reading.versions import LEFT_OUT

if TYPE_CHECKING:
    from auditor.model.facts import Place
    from auditor.model.filing import Filing, ReadTable, Remark


def place_text(place: Place, *, file: bool = False) -> str:
    """Say where something stands; with the name of its file where a filing has several."""
    parts = [place.file] if file and place.file else []
    if place.sheet:
        sheet = say("place.sheet", sheet=place.sheet)
        parts.append(f"{sheet} {place.cell}".rstrip())
    elif place.line is not None:
        if place.page is not None:
            parts.append(say("place.page", page=place.page))
        parts.append(say("place.line", line=place.line))
    else:
        if place.page is not None:
            parts.append(say("place.page", page=place.page))
        if place.grid is not None:
            parts.append(say("place.grid", grid=place.grid))
        if place.paragraph is not None:
            parts.append(say("place.paragraph", paragraph=place.paragraph))
        if place.row is not None and place.column is not None:
            key = "place.cell_of_table" if parts else "place.cell"
            parts.append(say(key, row=place.row, column=place.column))
    return ("，" if language() == "zh" else ", ").join(parts)


def place_data(place: Place) -> dict[str, Any]:
    """A place as plain data: what it has, and the cell as a spreadsheet names it."""
    data = {
        "file": place.file,
        "page": None if place.sheet else place.page,
        "sheet": place.sheet,
        "cell": place.cell,
        "line": place.line,
        "table": place.table,
        "row": place.row,
        "column": place.column,
        "grid": place.grid,
        "paragraph": place.paragraph,
        "section": place.section,
        "quote": place.quote,
        "bbox": list(place.bbox) if place.bbox else None,
    }
    return {key: value for key, value in data.items() if value not in (None, "")}


def remark_text(remark: Remark) -> str:
    """Say a remark of the readers."""
    return say(remark.key, **remark.values)


def remarks(filing: Filing) -> list[tuple[str, str]]:
    """The remarks on a filing as (file, sentence); the file is empty where the filing has but one."""
    several = len(filing.files) > 1
    return [(remark.file if several else "", remark_text(remark)) for remark in filing.remarks]


def left_out(filing: Filing) -> list[str]:
    """Which files were left out as older versions or copies, in sentences."""
    return [remark_text(remark) for remark in filing.remarks if remark.key in LEFT_OUT]


_BY = {BoundBy.ROLES: "read.by_roles", BoundBy.GUESS: "read.by_guess"}


def table_notes(table: ReadTable) -> list[str]:
    """What is to be known of a table as read: why it could not be, how it, its columns and codes were told."""
    notes = [say(table.reason)] if table.reason else []
    if not table.complete and not table.reason:
        notes.append(say("read.incomplete"))
    if table.bound_by in _BY:
        notes.append(say(_BY[table.bound_by], table=table.table))
    if table.instead_of:
        notes.append(say("read.instead", table=table.instead_of))
    if table.recovered:
        notes.append(say("read.recovered"))
    if table.borderless:
        notes.append(say("remark.borderless"))
    return notes
