"""Lists of codes that users add as CSV, one per year or for several: `taxonomy/*.csv` beside the forms and rules.

The first line names the columns: 编码, 名称, and where known 起始年, 终止年 (or code, name, since, until). The first
digit of a code tells its list: 2 by function, 3 by economic nature of departments, 5 of the government.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.digits import is_digits, whole_number
from auditor.errors import RuleError
from auditor.model.tables import CodeEntry
from auditor.yamlfiles.trees import MAX_BYTES, nearest, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from auditor.model.tables import Taxonomy

COLUMNS = {
    "编码": "code",
    "名称": "name",
    "起始年": "since",
    "终止年": "until",
    "code": "code",
    "name": "name",
    "since": "since",
    "until": "until",
}
FIRST_YEAR, LAST_YEAR = 1990, 9999


def with_code_list(taxonomies: Mapping[str, Taxonomy], path: Path, file: str) -> dict[str, Taxonomy]:
    """The lists of codes with the entries of one CSV file added. Raises `RuleError` with file and line.

    What the file says of a code in a year stands above what was known of it.
    """
    added: dict[str, list[CodeEntry]] = defaultdict(list)
    for line, entry in _entries(path, file):
        added[_list_of(entry.code, taxonomies, file, line)].append(entry)
    return {
        name: replace(taxonomy, entries=(*taxonomy.entries, *added[name])) if name in added else taxonomy
        for name, taxonomy in taxonomies.items()
    }


def _list_of(code: str, taxonomies: Mapping[str, Taxonomy], file: str, line: int) -> str:
    """The list to which a code belongs, by its first digit and its length."""
    for name, taxonomy in taxonomies.items():
        if code[:1] in taxonomy.leads and len(code) in taxonomy.level_of_length:
            return name
    raise RuleError("forms.csv_code", file=file, line=line, code=code)


def _entries(path: Path, file: str) -> Iterator[tuple[int, CodeEntry]]:
    """Every line of a file as an entry, with its number."""
    data = read_bytes(path, file)
    if len(data) > MAX_BYTES:
        raise RuleError("rules.too_large", file=file, limit=MAX_BYTES // 1024**2)
    reader = csv.reader(io.StringIO(_decoded(data, file), newline=""))
    names: list[str] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not names:
                names = _columns(cells, file, reader.line_num)
                continue
            yield reader.line_num, _entry(dict(zip(names, cells, strict=False)), file, reader.line_num)
    except csv.Error as error:
        raise RuleError("forms.csv_damaged", file=file, line=reader.line_num, why=str(error)) from None
    if not names:
        raise RuleError("forms.csv_columns", file=file, line=1)


def _decoded(data: bytes, file: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RuleError("forms.csv_encoding", file=file, line=1)


def _columns(cells: list[str], file: str, line: int) -> list[str]:
    for cell in cells:
        if cell and cell not in COLUMNS:
            raise RuleError("forms.csv_column", file=file, line=line, name=cell, near=nearest(cell, COLUMNS))
    names = [COLUMNS.get(cell, "") for cell in cells]
    if not {"code", "name"} <= set(names):
        raise RuleError("forms.csv_columns", file=file, line=line)
    return names


def _entry(item: dict[str, str], file: str, line: int) -> CodeEntry:
    code, name = item.get("code", ""), item.get("name", "")
    if not (code.isascii() and is_digits(code)):
        raise RuleError("forms.csv_code", file=file, line=line, code=code)
    if not name:
        raise RuleError("forms.csv_name", file=file, line=line, code=code)
    since = _year(item.get("since", ""), FIRST_YEAR, file, line)
    until = _year(item.get("until", ""), LAST_YEAR, file, line)
    if since > until:
        raise RuleError("forms.csv_years", file=file, line=line, since=since, until=until)
    return CodeEntry(code, name, since, until)


def _year(text: str, default: int, file: str, line: int) -> int:
    if not text:
        return default
    year = whole_number(text, 4)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleError("forms.csv_year", file=file, line=line, value=text)
    return year
