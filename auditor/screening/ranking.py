"""What a screening shows: filings ranked, who has not published, which tables are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.model.entities import Entities
    from auditor.screening.store import Store

# The worst first: severity, then whether the figures were read for certain, then money, then how many.
RANKED = """
SELECT row_number() OVER (ORDER BY {order}) AS rank, entity, department, year, report, edition, errors, warnings,
  infos, at_stake, confidence, unread, checked, missing_tables, files, versions, report_file,
  partition, filing
FROM (
  SELECT *, CASE WHEN read + unread = 0 THEN 0
    ELSE 100 * (read - least(unsure, read)) // (read + unread) END AS confidence,
    CASE WHEN errors > 0 THEN 2 WHEN warnings > 0 THEN 1 ELSE 0 END AS tier
  FROM filings
) ORDER BY {order}
""".format(order="tier DESC, confidence < 90, at_stake DESC, errors DESC, warnings DESC, entity, year, report, filing")

DUE = """
SELECT DISTINCT year, report FROM filings WHERE year > 0 AND report <> '' ORDER BY year, report
"""


def expected_lines(store: Store, entities: Entities) -> list[tuple[Any, ...]]:
    """For every filing that is due by the list: whether it was found, and which tables it lacks.

    A line of the list that names no year or report is due for each that the screening has found.
    """
    _, due = store.ask(DUE)
    _, rows = store.ask("SELECT entity, year, report, edition, missing_tables FROM filings ORDER BY ALL")
    found: dict[tuple[str, int, str], list[tuple[str, list[str]]]] = {}
    for entity, year, report, edition, missing in rows:
        found.setdefault((entity, year, report), []).append((edition, missing))
    lines: dict[tuple[Any, ...], None] = {}
    for line in entities.expected:
        name = entities.name(line.entity)
        for year, report in due if not (line.year and line.report) else [(line.year, line.report)]:
            if line.year not in (0, year) or line.report not in ("", report):
                continue
            fitting = [
                missing
                for edition, missing in found.get((name, year, report), ())
                if not line.edition or edition in ("", line.edition)
            ]
            lacking = tuple(sorted(set.intersection(*map(set, fitting)))) if fitting else ()
            lines[name, line.department, year, report, line.edition, bool(fitting), lacking] = None
    return [(*line[:6], list(line[6])) for line in lines]
