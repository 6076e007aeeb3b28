"""The list of entities that a user gives (CSV): departments, units, former names, filings that are due."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.errors import AuditorError
from auditor.model.entities import Entities, Expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


HEADERS = {
    "entity": ("单位", "单位名称", "名称", "entity"),
    "department": ("部门", "部门名称", "主管部门", "department"),
    "names": ("曾用名", "别名", "又名", "former names", "aliases"),
    "year": ("年度", "年份", "year"),
    "report": ("报告", "类型", "report"),
    "edition": ("版本", "口径", "edition"),
}
REPORTS = {"预算": "budget", "决算": "final_accounts", "budget": "budget", "final_accounts": "final_accounts"}
EDITIONS = {"部门": "department", "单位": "unit", "department": "department", "unit": "unit"}
ENCODINGS = ("utf-8-sig", "gb18030")
_SEVERAL = re.compile(r"[、;；|/]")
_YEAR = re.compile(r"20\d\d")


def load_entities(path: Path) -> Entities:
    """Read a list of entities (CSV with a line of headers). Raises `AuditorError` with the line that is not right."""
    text = _text(path)
    try:
        rows = list(csv.reader(io.StringIO(text), strict=False))
    except csv.Error as error:
        raise AuditorError("list.wrong", file=path.name, line=1, why=str(error)) from None
    columns = _columns(rows[0] if rows else [])
    if "entity" not in columns and "department" not in columns:
        raise AuditorError("list.no_entity", file=path.name, known="、".join(HEADERS["entity"][:2]))
    lines = [_line(row, columns, number, path.name) for number, row in enumerate(rows[1:], 2) if any(row)]
    return Entities.of([line for line in lines if line.entity])


def _text(path: Path) -> str:
    from auditor.readers import load

    data = load(path)
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AuditorError("input.encoding", file=path.name)


def _columns(header: Iterable[str]) -> dict[str, int]:
    """Where each column stands, told by its header."""
    cells = ["".join(cell.split()).lower() if not cell.isascii() else cell.strip().lower() for cell in header]
    return {
        name: next(number for number, cell in enumerate(cells) if cell in known)
        for name, known in HEADERS.items()
        if any(cell in known for cell in cells)
    }


def _line(row: Sequence[str], columns: dict[str, int], number: int, file: str) -> Expected:
    said = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
    year = _YEAR.search(said.get("year", ""))
    if said.get("year") and year is None:
        raise AuditorError("list.wrong", file=file, line=number, why=said["year"])
    department = said.get("department", "")
    edition = _one_of(said.get("edition", ""), EDITIONS, file, number)
    entity = said.get("entity", "")
    if not entity:
        entity, edition = department, edition or "department"
    return Expected(
        entity,
        department,
        tuple(name.strip() for name in _SEVERAL.split(said.get("names", "")) if name.strip()),
        (whole_number(year.group()) or 0) if year else 0,
        _one_of(said.get("report", ""), REPORTS, file, number),
        edition,
        number,
    )


def _one_of(text: str, known: dict[str, str], file: str, line: int) -> str:
    """What a cell says, told by the word in it. Raises `AuditorError` where it says something else."""
    if not text:
        return ""
    found = [value for word, value in known.items() if word in text]
    if not found:
        raise AuditorError("list.wrong", file=file, line=line, why=text)
    return found[0]
