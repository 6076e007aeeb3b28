"""Load the forms and the lists of codes from YAML (`rules/forms`, `rules/taxonomy`) into a `FormBook`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.digits import whole_number
from auditor.forms.book import FormBook
from auditor.forms.code_lists import with_code_list
from auditor.forms.file_keys import (
    CLASSES_OF_LANE,
    CODE,
    COLUMN,
    CONVENTION,
    FAMILY,
    FILE,
    FORM,
    LANE,
    LIKE,
    ROW,
    TABLE,
    TAXONOMY,
)
from auditor.model.tables import CLASSES, CodeEntry, Column, Family, Form, Lane, Layout, Row, Table, Taxonomy
from auditor.model.units import Kind
from auditor.yamlfiles.keys import flag
from auditor.yamlfiles.trees import Map, a_list, a_map, a_text, choice, fail, load, nearest, texts, whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def load_forms(roots: Iterable[Path]) -> FormBook:
    """Load every form and taxonomy file below the given rule folders, later folders adding to earlier ones.

    Raises `RuleError` (file, line, what to do) for anything that is not right.
    """
    roots = list(roots)
    tables: dict[str, Table] = {}
    families: dict[str, Family] = {}
    lists: dict[str, tuple[str, ...]] = {}
    taxonomies = _taxonomies(roots)
    pending: list[Map] = []
    for root in roots:
        for path in sorted((root / "forms").glob("*.yaml")):
            tree = load(path, f"forms/{path.name}")
            FILE.check(tree)
            for key, items in a_map(tree.get("lists", Map("", 0))).items():
                lists[str(key)] = tuple(str(a_text(item)) for item in a_list(items))
            for node in a_list(tree.get("tables", [])) if "tables" in tree else ():
                table = _table(a_map(node), taxonomies, tables)
                if table.name in tables:
                    fail(node, "forms.duplicate_table", name=table.name)
                tables[table.name] = table
            pending.extend(a_map(node) for node in (a_list(tree["families"]) if "families" in tree else ()))
    for node in pending:
        family = _family(node, tables, families)
        families[family.name] = family
    return FormBook(tables, families, lists, taxonomies, tuple(roots))


def _taxonomies(roots: Iterable[Path]) -> dict[str, Taxonomy]:
    """Every list of codes, by name."""
    taxonomies: dict[str, Taxonomy] = {}
    for root in roots:
        for path in sorted((root / "taxonomy").glob("*.yaml")):
            taxonomy = _taxonomy(load(path, f"taxonomy/{path.name}"))
            taxonomies[taxonomy.name] = taxonomy
    for root in roots:
        for path in sorted((root / "taxonomy").glob("*.csv")):
            taxonomies = with_code_list(taxonomies, path, f"taxonomy/{path.name}")
    return taxonomies


def _taxonomy(tree: Map) -> Taxonomy:
    TAXONOMY.check(tree)
    entries = []
    for node in a_list(tree["entries"]):
        item = a_map(node)
        CODE.check(item)
        since, _, until = str(item.get("seen", "0-9999")).partition("-")
        first, last = whole_number(since, 4), whole_number(until or since, 4)
        if first is None or last is None:
            fail(item["seen"], "rules.expected_number", name="seen", value=str(item["seen"]))
        entries.append(
            CodeEntry(
                str(item["code"]),
                str(item["name"]),
                first,
                last,
                texts(item, "also"),
                texts(item, "found_by"),
                item.get("status", "observed") == "observed",
            )
        )
    conventions = [a_map(node) for node in a_list(tree["conventions"])] if "conventions" in tree else []
    for item in conventions:
        CONVENTION.check(item)
    usual = tuple((str(item["suffix"]), str(item["name"])) for item in conventions)
    lengths = a_map(tree["levels"])
    levels = {str(level): whole(lengths, level) or 0 for level in lengths}
    return Taxonomy(str(tree["taxonomy"]), levels, tuple(entries), usual)


def _column(node: Any) -> Column:
    item = a_map(node)
    COLUMN.check(item)
    name = str(item.get("column", ""))
    headers = texts(item, "header") or (name,)
    if name and name not in headers and name.rsplit("/", 1)[-1] not in headers:
        headers = (name, *headers)
    return Column(
        name,
        headers,
        whole(item, "index"),
        Kind(str(item.get("kind", Kind.AMOUNT))),
        flag(item, "of_which"),
        flag(item, "optional"),
    )


def _row(node: Any, lane: str) -> Row:
    item = a_map(node)
    ROW.check(item)
    name = str(item["row"])
    labels = (texts(item, "label") or (name.rsplit("/", 1)[-1],)) + texts(item, "also")
    kind = item.get("kind")
    return Row(
        f"{lane}/{name}" if lane else name,
        labels,
        texts(item, "found_by"),
        whole(item, "line"),
        flag(item, "optional"),
        Kind(str(kind)) if kind is not None else None,
        str(item.get("unit", "")),
        texts(item, "header"),
        flag(item, "of_which"),
    )


def _lane(node: Any, table: Map) -> Lane:
    item = a_map(node)
    LANE.check(item)
    name = str(item["lane"])
    classes = None
    if "classes" in item:
        spec = a_map(item["classes"])
        CLASSES_OF_LANE.check(spec)
        first = whole(spec, "lines")
        classes = tuple(
            (code, None if first is None else first + offset) for offset, code in enumerate(texts(spec, "codes"))
        )
    rows = tuple(_row(row, name) for row in (a_list(item["rows"]) if "rows" in item else ()))
    if len({row.name for row in rows}) < len(rows):
        fail(item, "forms.duplicate_row", name=str(table["table"]))
    return Lane(name, tuple(_column(column) for column in a_list(item["columns"])), rows, classes)


def _table(item: Map, taxonomies: dict[str, Taxonomy], tables: dict[str, Table]) -> Table:
    if "like" in item:
        return _like(item, taxonomies, tables)
    TABLE.check(item)
    layout = Layout(str(item["layout"]))
    codes = choice(item, "codes", taxonomies, "")
    if layout is Layout.CODES and not codes:
        fail(item, "rules.missing_key", name="codes")
    groups = {
        key: {str(name): texts(a_map(item[key]), name) for name in a_map(item[key])} if key in item else {}
        for key in ("row_groups", "column_groups")
    }
    lanes = tuple(_lane(node, item) for node in (a_list(item["lanes"]) if "lanes" in item else ()))
    if codes:
        lanes = tuple(replace(lane, class_names=taxonomies[codes].class_names) for lane in lanes)
    table = Table(
        str(item["table"]),
        str(item.get("report", "")),
        layout,
        codes or "functional",
        lanes,
        tuple(_column(node) for node in (a_list(item["columns"]) if "columns" in item else ())),
        tuple(_row(node, "") for node in (a_list(item["rows"]) if "rows" in item else ())),
        groups["row_groups"],
        groups["column_groups"],
        str(item.get("absent", "zero")),
        prose=flag(item, "prose"),
        about=flag(item, "about"),
    )
    for group, names in table.column_groups.items():
        for name in names:
            if name not in table.column_names:
                fail(
                    item["column_groups"],
                    "forms.unknown_column",
                    group=group,
                    name=name,
                    near=nearest(name, table.column_names),
                )
    return table


def _like(item: Map, taxonomies: dict[str, Taxonomy], tables: dict[str, Table]) -> Table:
    """A table with the columns of another one, under its own name, with its own layout and rows where given."""
    LIKE.check(item)
    other = tables.get(str(item["like"]))
    if other is None:
        fail(item["like"], "forms.unknown_table", name=str(item["like"]), near=nearest(str(item["like"]), tables))
    layout = Layout(str(item.get("layout", other.layout)))
    rows = tuple(_row(node, "") for node in (a_list(item["rows"]) if "rows" in item else ()))
    codes = choice(item, "codes", taxonomies, other.codes)
    return replace(other, name=str(item["table"]), layout=layout, codes=codes, rows=rows or other.rows)


def _family(node: Map, tables: dict[str, Table], families: dict[str, Family]) -> Family:
    FAMILY.check(node)
    family = str(node["family"])
    base: tuple[Form, ...] = ()
    report = str(node.get("report", ""))
    if "extends" in node:
        parent = families.get(str(node["extends"]))
        if parent is None:
            fail(
                node["extends"],
                "forms.unknown_family",
                name=str(node["extends"]),
                near=nearest(str(node["extends"]), families),
            )
        base, report = parent.forms, report or parent.report
    forms = list(base)
    for child in a_list(node["forms"]) if "forms" in node else ():
        item = a_map(child)
        FORM.check(item)
        table, inner = str(item.get("as", "")), texts(item, "inner")
        for name in (table, *inner):
            if name and name not in tables:
                fail(item.get("as"), "forms.unknown_table", name=name, near=nearest(name, tables))
        lanes, columns = _printed_part(item, tables.get(table))
        form = Form(
            family,
            str(item.get("form", "")),
            str(item["title"]),
            texts(item, "also"),
            table,
            str(item.get("unit", "")),
            flag(item, "optional"),
            inner,
            lanes,
            columns,
            flag(item, "across"),
            flag(item, "partial"),
        )
        forms = [other for other in forms if not (table and other.table == table and other.family != family)] + [form]
    return Family(family, report, tuple(forms), texts(node, "places"))


def _printed_part(item: Map, table: Table | None) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...]]:
    """The lanes (with their rows) and columns that a form says it prints; every name must be the table's."""
    lanes: list[tuple[str, tuple[str, ...]]] = []
    if table is None:
        return (), ()
    for name, node in (a_map(item["lanes"]) if "lanes" in item else {}).items():
        lane = table.lane_by_name.get(str(name))
        if lane is None:
            fail(name, "forms.unknown_lane", name=str(name), near=nearest(str(name), table.lane_by_name))
        known = {row.name.removeprefix(f"{lane.name}/") if lane.name else row.name for row in lane.rows}
        rows = texts(a_map(item["lanes"]), name)
        for row in rows:
            if row not in known and not (row == CLASSES and lane.classes is not None):
                fail(node, "forms.unknown_row", name=row, near=nearest(row, known))
        lanes.append((lane.name, rows))
    columns = texts(item, "columns")
    for column in columns:
        if column not in table.column_names:
            fail(item["columns"], "forms.unknown_printed_column", name=column, near=nearest(column, table.column_names))
    return tuple(lanes), columns
