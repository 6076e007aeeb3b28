"""The keys of form files and of lists of codes, entry by entry."""

from __future__ import annotations

from auditor.model.facts import REPORTS
from auditor.model.tables import Layout
from auditor.model.units import FEN_PER, Kind
from auditor.yamlfiles.keys import Entry, Key, Shape

COLUMN = Entry(
    "column",
    (
        Key("column"),
        Key("header", Shape.TEXTS),
        Key("index", Shape.WHOLE),
        Key("kind", values=tuple(Kind)),
        Key("of_which", Shape.FLAG),
        Key("optional", Shape.FLAG),
    ),
)
ROW = Entry(
    "row",
    (
        Key("row", required=True),
        Key("label", Shape.TEXTS),
        Key("also", Shape.TEXTS),
        Key("found_by", Shape.TEXTS),
        Key("line", Shape.WHOLE),
        Key("of_which", Shape.FLAG),
        Key("optional", Shape.FLAG),
        Key("kind", values=tuple(Kind)),
        Key("unit"),
        Key("header", Shape.TEXTS),
    ),
)
CLASSES_OF_LANE = Entry("classes", (Key("codes", Shape.TEXTS, required=True), Key("lines", Shape.WHOLE)))
LANE = Entry(
    "lane",
    (
        Key("lane", required=True),
        Key("columns", Shape.ENTRIES, required=True, of=COLUMN),
        Key("rows", Shape.ENTRIES, of=ROW),
        Key("classes", Shape.ENTRY, of=CLASSES_OF_LANE),
    ),
)
TABLE = Entry(
    "table",
    (
        Key("table", required=True),
        Key("report", values=REPORTS),
        Key("layout", required=True, values=tuple(Layout)),
        Key("codes"),
        Key("lanes", Shape.ENTRIES, of=LANE),
        Key("columns", Shape.ENTRIES, of=COLUMN),
        Key("rows", Shape.ENTRIES, of=ROW),
        Key("row_groups", Shape.GROUPS),
        Key("column_groups", Shape.GROUPS),
        Key("absent", values=("zero", "skip", "required")),
        Key("prose", Shape.FLAG),
        Key("about", Shape.FLAG),
    ),
)
LIKE = Entry(
    "like",
    (
        Key("table", required=True),
        Key("like", required=True),
        Key("layout", values=tuple(Layout)),
        Key("codes"),
        Key("rows", Shape.ENTRIES, of=ROW),
    ),
)
FORM = Entry(
    "form",
    (
        Key("form"),
        Key("title", required=True),
        Key("also", Shape.TEXTS),
        Key("as"),
        Key("inner", Shape.TEXTS),
        Key("unit", values=tuple(FEN_PER)),
        Key("optional", Shape.FLAG),
        Key("lanes", Shape.GROUPS),
        Key("columns", Shape.TEXTS),
        Key("across", Shape.FLAG),
        Key("partial", Shape.FLAG),
    ),
)
FAMILY = Entry(
    "family",
    (
        Key("family", required=True),
        Key("report", values=REPORTS),
        Key("extends"),
        Key("places", Shape.TEXTS),
        Key("forms", Shape.ENTRIES, of=FORM),
    ),
)
FILE = Entry(
    "forms",
    (
        Key("lists", Shape.GROUPS),
        Key("tables", Shape.ENTRIES, of=TABLE),
        Key("families", Shape.ENTRIES, of=FAMILY),
    ),
)
CODE = Entry(
    "code",
    (
        Key("code", required=True),
        Key("name", required=True),
        Key("seen"),
        Key("also", Shape.TEXTS),
        Key("found_by", Shape.TEXTS),
        Key("status", values=("observed", "unverified")),
    ),
)
CONVENTION = Entry("convention", (Key("suffix", required=True), Key("name", required=True)))
TAXONOMY = Entry(
    "taxonomy",
    (
        Key("taxonomy", required=True),
        Key("levels", Shape.GROUPS, required=True),
        Key("conventions", Shape.ENTRIES, of=CONVENTION),
        Key("entries", Shape.ENTRIES, required=True, of=CODE),
    ),
)
