"""What was read from one file as plain data: tables, figures, paragraphs with their places, and what was not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.messages import say
from auditor.model.facts import value_text
from auditor.reports.json_report import table_data
from auditor.reports.places import place_data, remark_text

if TYPE_CHECKING:
    from auditor.model.document import Document, Grid
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing


def read_data(document: Document, filing: Filing, tool: dict[str, str]) -> dict[str, Any]:
    """The document as read and bound; numbers as decimal strings, `printed` as the table looks."""
    key = filing.key
    return {
        "tool": tool,
        "file": {"file": document.file, "sha256": document.sha256, "pages": document.pages},
        "filing": {
            "entity": key.entity or None,
            "year": key.year or None,
            "report": key.report or None,
            "edition": key.edition or None,
            "family": filing.family or None,
        },
        "tables": [
            {
                **table_data(table),
                "facts": [fact_data(fact) for fact in table.facts],
                "printed": [[cell.text for cell in row] for row in table.view],
            }
            for table in filing.tables
        ],
        "other_tables": [
            {"place": place_data(grid.place), "printed": [[cell.text for cell in row] for row in grid.rows]}
            for grid in other_grids(document, filing)
        ],
        "announced": list(filing.announced),
        "paragraphs": [
            {"text": paragraph.text, "place": place_data(paragraph.place)} for paragraph in document.paragraphs()
        ],
        "unread": [
            {
                "text": item.text,
                "reason": say(item.reason),
                "place": place_data(item.place),
                "candidates": list(item.candidates),
            }
            for item in filing.unread
        ],
        "remarks": [remark_text(remark) for remark in filing.remarks],
    }


def fact_data(fact: Fact) -> dict[str, Any]:
    """One fact: its address in parts, what is printed, what it is worth."""
    address = fact.address
    return {
        "address": str(address),
        "row": address.row,
        "column": address.column,
        "occurrence": address.occurrence,
        "text": fact.text,
        "state": fact.state.value,
        "value": value_text(fact.value, fact.kind, fact.unit, fact.decimals) if fact.is_figure else None,
        "unit": fact.unit,
        "read_by": fact.read_by.value,
        "reason": say(fact.reason) if fact.reason else None,
        "place": place_data(fact.place),
    }


def other_grids(document: Document, filing: Filing) -> list[Grid]:
    """The grids of the document of which no cell became a fact and no table shows the rows."""
    spots = {fact.place.spot for fact in filing.facts}
    shown = {tuple(cell.text for cell in row) for table in filing.tables for row in table.view}
    return [
        grid
        for grid in document.grids()
        if not any(cell.place.spot in spots for row in grid.rows for cell in row)
        and not all(tuple(cell.text for cell in row) in shown for row in grid.rows)
    ]
