"""`auditor query NAME|SQL`: ask the store of a screening, read-only; its schema; its tables as Parquet files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.common import fail
from auditor.errors import AuditorError
from auditor.messages import printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.screening.store import Store


@click.command()
@click.argument("name", required=False)
@click.argument("values", nargs=-1)
@click.option(
    "--out",
    default="reports_out",
    show_default=True,
    type=click.Path(),
    help="auditor screen 的结果文件夹 / folder of the results of auditor screen",
)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--schema", "show_schema", is_flag=True, help="输出各表各栏的含义 / print the tables and columns")
@click.option(
    "--export", type=click.Path(file_okay=False), help="把各表写成 Parquet 文件 / write the tables as Parquet"
)
def query(
    name: str | None, values: tuple[str, ...], out: str, form: str, show_schema: bool, export: str | None
) -> None:
    """查询批量核对的结果：给出查询名（不给则列出）或 SQL，只读。

    Ask the results of a screening: a query by name (none given: they are listed) or SQL. Nothing is changed.
    """
    if show_schema:
        click.echo(schema_text(), nl=False)
        return
    from auditor.screening.store import Store

    if name is not None and export is not None:
        fail(AuditorError("store.one"))
    try:
        if name is None and export is None:
            click.echo(_named())
            return
        with Store(Path(out), read_only=True, free=export is not None and name is None) as store:
            if export is not None:
                count = store.export(Path(export))
                click.echo(say("store.exported", count=count, path=export))
            if name is not None:
                click.echo(_answer(store, name, values, form), nl=False)
    except AuditorError as error:
        fail(error)


def _answer(store: Store, name: str, values: Sequence[str], form: str) -> str:
    from auditor.screening.queries import QUERIES
    from auditor.yamlfiles.trees import nearest

    if name not in QUERIES and " " not in name.strip():
        near = nearest(name, QUERIES)
        raise AuditorError("store.unknown", name=name, near=near, known="、".join(QUERIES))
    if name in QUERIES and len(values) != len(QUERIES[name].values):
        raise AuditorError("store.values", name=name, wanted="、".join(QUERIES[name].values) or "—")
    columns, rows = store.ask(QUERIES[name].sql if name in QUERIES else name, values)
    return {"csv": _csv, "json": _json, "table": _table}[form](columns, rows)


def _named() -> str:
    from auditor.screening.queries import QUERIES

    return "\n".join(
        f"{' '.join([name, *(f'<{value}>' for value in query.values)]):28}  {query.what}"
        for name, query in QUERIES.items()
    )


def schema_text() -> str:
    """The schema of the store as Markdown."""
    from auditor.screening.store_schema import TABLES

    parts = []
    for table, columns in TABLES.items():
        lines = [f"| `{column.name}` | {column.type} | {column.what} |" for column in columns]
        parts.append("\n".join([f"### {table}", "", "| | | |", "|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Columns separated by tabs, one line for each row; nothing in them can steer the terminal."""
    lines = [columns, *([printable(_text(value)) for value in row] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    from auditor.reports.csv_report import defused

    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(defused(_text(value)) for value in row)
    return out.getvalue()


def _json(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    data = [dict(zip(columns, row, strict=True)) for row in rows]
    return json.dumps(data, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else str(value) if value is not None else None
