"""The keys of form files and of lists of codes, entry by entry."""

from __future__ import annotations

from auditor.model.facts import REPORTS
from auditor.model.tables import Layout
from auditor.model.units import FEN_PER, Kind
from auditor.yamlfiles.keys import Entry, Key, KeyShape

COLUMN = Entry(
    "column",
    (
        Key("column"),
        Key("header", KeyShape.TEXTS),
        Key("index", KeyShape.WHOLE),
        Key("kind", values=tuple(Kind)),
        Key("of_which", KeyShape.FLAG),
        Key("optional", KeyShape.FLAG),
    ),
)
ROW = Entry(
    "row",
    (
        Key("row", required=True),
        Key("label", KeyShape.TEXTS),
        Key("also", KeyShape.TEXTS),
        Key("found_by", KeyShape.TEXTS),
        Key("line", KeyShape.WHOLE),
        Key("of_which", KeyShape.FLAG),
        Key("optional", KeyShape.FLAG),
        Key("kind", values=tuple(Kind)),
        Key("unit"),
        Key("header", KeyShape.TEXTS),
    ),
)
CLASSES_OF_LANE = Entry("classes", (Key("codes", KeyShape.TEXTS, required=True), Key("lines", KeyShape.WHOLE)))
LANE = Entry(
    "lane",
    (
        Key("lane", required=True),
        Key("columns", KeyShape.ENTRIES, required=True, of=COLUMN),
        Key("rows", KeyShape.ENTRIES, of=ROW),
        Key("classes", KeyShape.ENTRY, of=CLASSES_OF_LANE),
    ),
)
TABLE = Entry(
    "table",
    (
        Key("table", required=True),
        Key("report", values=REPORTS),
        Key("layout", required=True, values=tuple(Layout)),
        Key("codes"),
        Key("lanes", KeyShape.ENTRIES, of=LANE),
        Key("columns", KeyShape.ENTRIES, of=COLUMN),
        Key("rows", KeyShape.ENTRIES, of=ROW),
        Key("row_groups", KeyShape.GROUPS),
        Key("column_groups", KeyShape.GROUPS),
        Key("absent", values=("zero", "skip", "required")),
        Key("prose", KeyShape.FLAG),
        Key("about", KeyShape.FLAG),
    ),
)
LIKE = Entry(
    "like",
    (
        Key("table", required=True),
        Key("like", required=True),
        Key("layout", values=tuple(Layout)),
        Key("codes"),
        Key("rows", KeyShape.ENTRIES, of=ROW),
    ),
)
FORM = Entry(
    "form",
    (
        Key("form"),
        Key("title", required=True),
        Key("also", KeyShape.TEXTS),
        Key("as"),
        Key("inner", KeyShape.TEXTS),
        Key("unit", values=tuple(FEN_PER)),
        Key("optional", KeyShape.FLAG),
        Key("lanes", KeyShape.GROUPS),
        Key("columns", KeyShape.TEXTS),
        Key("across", KeyShape.FLAG),
        Key("partial", KeyShape.FLAG),
    ),
)
FAMILY = Entry(
    "family",
    (
        Key("family", required=True),
        Key("report", values=REPORTS),
        Key("extends"),
        Key("places", KeyShape.TEXTS),
        Key("forms", KeyShape.ENTRIES, of=FORM),
    ),
)
FILE = Entry(
    "forms",
    (
        Key("lists", KeyShape.GROUPS),
        Key("tables", KeyShape.ENTRIES, of=TABLE),
        Key("families", KeyShape.ENTRIES, of=FAMILY),
    ),
)
CODE = Entry(
    "code",
    (
        Key("code", required=True),
        Key("name", required=True),
        Key("seen"),
        Key("also", KeyShape.TEXTS),
        Key("found_by", KeyShape.TEXTS),
        Key("status", values=("observed", "unverified")),
    ),
)
CONVENTION = Entry("convention", (Key("suffix", required=True), Key("name", required=True)))
TAXONOMY = Entry(
    "taxonomy",
    (
        Key("taxonomy", required=True),
        Key("levels", KeyShape.GROUPS, required=True),
        Key("conventions", KeyShape.ENTRIES, of=CONVENTION),
        Key("entries", KeyShape.ENTRIES, required=True, of=CODE),
    ),
)
