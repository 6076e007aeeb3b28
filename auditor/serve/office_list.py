"""疑点清单.xlsx over what the office asks for, with what was decided about each finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from auditor.messages import say
from auditor.reports.findings_xlsx import list_of
from auditor.reports.headline import key_text
from auditor.reports.listed_filing import ListedFiling, thawed
from auditor.reports.rows import FindingRow
from auditor.serve.decided import columns
from auditor.serve.office import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from auditor.serve.notebook import Decision, Notebook

_NAME = re.compile(r"[\w.\-（）()]+")


def office_list(folder: Path, hits: Sequence[Mapping[str, Any]], notebook: Notebook) -> bytes:
    """The list of findings; what a screening kept of a row is taken where it is there."""
    from auditor.rules.book import program_version

    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for hit in hits:
        groups.setdefault((hit["partition"], hit["filing"]), []).append(hit)
    kept: dict[str, dict[str, ListedFiling]] = {}
    filings = []
    for (partition, filing), mine in groups.items():
        if partition not in kept:
            kept[partition] = _kept(folder, partition)
        said = notebook.decisions(key_of(mine[0]))
        filings.append(_listed(mine, kept[partition].get(filing), said))
    return list_of(filings, {"version": program_version(), "rules_sha256": ""}, ())


def _kept(folder: Path, partition: str) -> dict[str, ListedFiling]:
    """What a screening kept for its lists; nothing where it wrote none."""
    if not _NAME.fullmatch(partition):
        return {}
    try:
        return thawed((folder / ".screen" / "rows" / f"{partition}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _listed(hits: Sequence[Mapping[str, Any]], kept: ListedFiling | None, said: Mapping[str, Decision]) -> ListedFiling:
    known = {row.id: row for row in kept.rows} if kept else {}
    rows = [known.get(hit["id"]) or _row(hit) for hit in hits]
    rows = [row._replace(**columns(said[row.id])) if row.id in said else row for row in rows]
    first = hits[0]
    counts = tuple(sum(hit["severity"] == one for hit in hits) for one in ("error", "warning", "info"))
    files = kept.files if kept else first["file"]
    kind = key_text(first["year"], first["report"], first["edition"])
    return ListedFiling(first["printed_name"], kind, (*counts, 0, 0, 0), files, tuple(rows), ())


def _row(hit: Mapping[str, Any]) -> FindingRow:
    """A row of what the store tells: all but the formula and the advice."""
    stake = f"{hit['at_stake']:f}".rstrip("0").rstrip(".") if hit["at_stake"] else ""
    texts = dict.fromkeys(FindingRow._fields, "") | {
        "entity": hit["printed_name"],
        "filing": key_text(hit["year"], hit["report"], hit["edition"]),
        "year": str(hit["year"] or ""),
        "sort": hit["kind"],
        "severity": say(f"severity.{hit['severity']}"),
        "at_stake": stake,
    }
    same = ("place", "address", "printed", "expected", "difference", "unit", "message", "rule", "title", "id", "file")
    return FindingRow(**texts | {name: hit[name] or "" for name in same})
