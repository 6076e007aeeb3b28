"""What the office asks of a screening: filings ranked and filtered, units over the years, rules with all their hits.

Everything is counted, filtered and cut into pages in DuckDB. The store is opened for each request and closed again, so
that a screening that runs meanwhile can write.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.digits import whole_number
from auditor.engine.findings import Severity
from auditor.model.facts import FilingKey
from auditor.screening.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PAGE = 50  # lines shown at once
MOST = 20_000  # findings in one list that is taken away
COLUMNS = 14  # rules with a column of their own in the picture
CHOICES = 300  # offered of departments, places
_FEW = f"LIMIT {CHOICES}"
REPORTS = ("final_accounts", "budget")

# A filing and the folder at the top that it came from (省、市、县 mostly), the worst first as in the ranking.
_FILINGS = """
WITH homes AS (
  SELECT partition, entity AS printed_name, year, report, min(split_part(file, '/', 1)) AS place
  FROM sources WHERE contains(file, '/') GROUP BY ALL
), all_filings AS (
  SELECT f.*, coalesce(h.place, '') AS place,
    CASE WHEN f.errors > 0 THEN 2 WHEN f.warnings > 0 THEN 1 ELSE 0 END AS tier
  FROM filings f LEFT JOIN homes h USING (partition, printed_name, year, report)
)"""
_WORST = "tier DESC, errors DESC, warnings DESC, at_stake DESC, entity, year, report, filing"
_KEY = "f.printed_name || chr(31) || f.year || chr(31) || f.report || chr(31) || f.edition || chr(31) || d.id"
_HIT = (
    "d.partition, d.filing, f.entity, f.printed_name, f.department, f.year, f.report, f.edition, d.id, d.rule, "
    "d.title, d.severity, d.verdict, d.kind, d.printed, d.expected, d.difference, d.unit, d.at_stake, d.message, "
    "d.place, d.file, d.address, d.waived, f.report_file"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; empty (or 0) means any. `state` and `who` are those of decisions."""

    text: str = ""
    place: str = ""
    department: str = ""
    year: int = 0
    report: str = ""
    rule: str = ""
    severity: str = ""
    state: str = ""
    who: str = ""
    entity: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Wanted:
        """Read what an address says; nonsense is any."""
        texts = {one.name: said.get(one.name, "").strip()[:200] for one in fields(cls)}
        year = texts.pop("year")
        for name, known in (("severity", set(Severity)), ("report", set(REPORTS))):
            texts[name] = texts[name] if texts[name] in known else ""
        number = whole_number(year, 4) or 0
        return cls(**texts, year=number)  # all others are texts

    def said(self) -> dict[str, str]:
        """What an address says of it."""
        return {one.name: str(value) for one in fields(self) if (value := getattr(self, one.name))}


class Decided(NamedTuple):
    """Findings by what people decided: those `within` the ids (see `decision_id`), or all others."""

    ids: Sequence[str]
    within: bool = True


class Page(NamedTuple):
    """A page of lines, its number, how many pages and lines there are."""

    rows: list[dict[str, Any]]
    number: int
    last: int
    total: int


class Office:
    """The results of a screening."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = threading.local()
        with Store(folder, read_only=True):
            pass  # that there is none is told at once

    @contextmanager
    def open(self) -> Iterator[None]:
        """Open the store once for several questions of this thread."""
        with Store(self.folder, read_only=True) as store:
            self._open.store = store
            try:
                yield
            finally:
                del self._open.store

    def _ask(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        store: Store | None = getattr(self._open, "store", None)
        if store is None:
            with self.open():
                return self._ask(sql, values)
        columns, rows = store.ask(sql, values)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    # -- filings ------------------------------------------------------------------------------------------------

    def filings(self, wanted: Wanted, number: int, decided: Decided | None) -> Page:
        """A page of filings, the worst first."""
        where, values = _filings_where(wanted, decided)
        return self._page(f"{_FILINGS} SELECT * FROM all_filings f WHERE {where}", _WORST, values, number)

    def _page(self, sql: str, order: str, values: Sequence[Any], number: int) -> Page:
        count = int(self._ask(f"SELECT count(*) AS n FROM ({sql})", values)[0]["n"])
        last = max(1, -(-count // PAGE))
        number = min(max(1, number), last)
        rows = self._ask(f"{sql} ORDER BY {order} LIMIT {PAGE} OFFSET {(number - 1) * PAGE}", values)
        return Page(rows, number, last, count)

    def filing(self, partition: str, filing: str) -> dict[str, Any] | None:
        """One filing."""
        rows = self._ask("SELECT * FROM filings WHERE partition = $1 AND filing = $2", (partition, filing))
        return rows[0] if rows else None

    def report(self, filing: Mapping[str, Any]) -> Path | None:
        """Where the HTML report on a filing lies; None where none was written, or the store names another place."""
        name = filing["report_file"]
        path = (self.folder / name).with_suffix(".html")
        home = (self.folder / "reports").resolve()
        return path if name and path.resolve().is_relative_to(home) and path.is_file() else None

    def totals(self, wanted: Wanted, decided: Decided | None) -> list[dict[str, Any]]:
        """Filings, those with errors, errors and warnings, year by year."""
        where, values = _filings_where(wanted, decided)
        return self._ask(
            f"{_FILINGS} SELECT year, count(*) AS filings, count(*) FILTER (errors > 0) AS wrong, "
            f"sum(errors) AS errors, sum(warnings) AS warnings FROM all_filings f "
            f"WHERE {where} GROUP BY year ORDER BY year",
            values,
        )

    def departments(self, wanted: Wanted, decided: Decided | None) -> list[dict[str, Any]]:
        """The same by departments, the worst first; units without one stand under their own name."""
        where, values = _filings_where(wanted, decided)
        return self._ask(
            f"{_FILINGS} SELECT if(department = '', entity, department) AS department, "
            "count(DISTINCT entity) AS units, count(*) AS filings, count(*) FILTER (errors > 0) AS wrong, "
            f"sum(errors) AS errors, sum(warnings) AS warnings FROM all_filings f WHERE {where} GROUP BY 1 "
            f"ORDER BY errors DESC, warnings DESC, 1 {_FEW}",
            values,
        )

    def choices(self) -> dict[str, list[Any]]:
        """What there is to choose from: places, departments, years, rules."""
        places = self._ask(
            f"{_FILINGS} SELECT DISTINCT place FROM all_filings WHERE place <> '' ORDER BY 1 LIMIT {CHOICES}"
        )
        departments = self._ask(
            f"SELECT DISTINCT department FROM filings WHERE department <> '' ORDER BY 1 LIMIT {CHOICES}"
        )
        years = self._ask("SELECT DISTINCT year FROM filings WHERE year > 0 ORDER BY 1")
        rules = self._ask(
            "SELECT rule, min(title) AS title FROM findings WHERE verdict <> 'rounding' GROUP BY 1 "
            "ORDER BY count(*) DESC, 1"
        )
        return {
            "places": [row["place"] for row in places],
            "departments": [row["department"] for row in departments],
            "years": [row["year"] for row in years],
            "rules": rules,
        }

    def picture(self, filings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Rules × some filings: how many findings each has of each rule, the rules with most findings first."""
        names = [f"{row['partition']}\x1f{row['filing']}" for row in filings]
        counts = self._ask(
            "SELECT partition || chr(31) || filing AS name, rule, min(title) AS title, count(*) AS n FROM findings "
            "WHERE verdict <> 'rounding' AND NOT waived AND partition || chr(31) || filing IN (SELECT unnest($1)) "
            "GROUP BY ALL",
            (names,),
        )
        together: dict[str, int] = {}
        for row in counts:
            together[row["rule"]] = together.get(row["rule"], 0) + row["n"]
        rules = sorted(together, key=lambda rule: (-together[rule], rule))[:COLUMNS]
        titles = {row["rule"]: row["title"] for row in counts}
        cells = {(row["name"], row["rule"]): row["n"] for row in counts}
        lines = [[cells.get((name, rule), 0) for rule in rules] for name in names]
        most = max((n for line in lines for n in line), default=1)
        return {
            "rules": [(rule, titles[rule]) for rule in rules],
            "lines": [[(n, -(-4 * n // most)) for n in line] for line in lines],
        }

    # -- findings -----------------------------------------------------------------------------------------------

    def hits(self, wanted: Wanted, number: int, decided: Decided | None) -> Page:
        """A page of findings."""
        where, values = _hits_where(wanted, decided)
        return self._page(_hits(where), "tier DESC, entity, year, report, rule, id", values, number)

    def all_hits(self, wanted: Wanted, decided: Decided | None) -> list[dict[str, Any]]:
        """All findings that are asked for, up to `MOST`."""
        where, values = _hits_where(wanted, decided)
        return self._ask(f"{_hits(where)} ORDER BY tier DESC, entity, year, report, rule, id LIMIT {MOST}", values)

    def rule_years(self, rule: str) -> list[dict[str, Any]]:
        """What a rule found over the years: filings that it was checked in, those that it fails in."""
        return self._ask(
            "SELECT year, count(*) FILTER (failed + consistent > 0) AS filings, count(*) FILTER (failed > 0) AS wrong, "
            "sum(consistent) AS consistent, sum(failed) AS failed FROM rules WHERE rule = $1 GROUP BY 1 ORDER BY 1",
            (rule,),
        )

    def unit_years(self, entity: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The filings of a unit by year, and how many findings each has of each rule."""
        filings = self._ask(
            "SELECT * FROM filings WHERE entity = $1 ORDER BY year, report, edition, filing LIMIT 60", (entity,)
        )
        counts = self._ask(
            "SELECT partition, filing, rule, min(title) AS title, count(*) AS n FROM findings "
            "WHERE entity = $1 AND verdict <> 'rounding' GROUP BY ALL ORDER BY rule",
            (entity,),
        )
        return filings, counts


def decision_id(key: FilingKey, finding: str) -> str:
    """A finding of a filing as one text."""
    return "\x1f".join([key.entity, str(key.year), key.report, key.edition, finding])


def key_of(row: Mapping[str, Any]) -> FilingKey:
    """The key of the filing in a line: with the name as printed, as when the filing is dropped on the page."""
    return FilingKey(row["printed_name"], row["year"], row["report"], row["edition"])


class _Where:
    """Conditions and the values that are bound to them."""

    def __init__(self) -> None:
        self.parts: list[str] = ["TRUE"]
        self.values: list[Any] = []

    def add(self, condition: str, value: Any) -> None:
        """Add a condition with one value, which stands as `?` in it."""
        self.values.append(value)
        self.parts.append(condition.replace("?", f"${len(self.values)}"))

    def filing(self, wanted: Wanted) -> None:
        """What is asked of the filing."""
        if wanted.text:
            self.add("(contains(f.entity, ?) OR contains(f.printed_name, ?) OR list_contains(f.files, ?))", wanted.text)
        if wanted.place:
            self.add("f.place = ?", wanted.place)
        if wanted.department:
            self.add("(f.department = ? OR f.entity = ?)", wanted.department)
        if wanted.year:
            self.add("f.year = ?", wanted.year)
        if wanted.report:
            self.add("f.report = ?", wanted.report)
        if wanted.entity:
            self.add("f.entity = ?", wanted.entity)

    def finding(self, wanted: Wanted, decided: Decided | None) -> None:
        """What is asked of a finding."""
        if wanted.rule:
            self.add("list_contains(d.rules, ?)", wanted.rule)
        if wanted.severity:
            self.add("d.severity = ?", wanted.severity)
        if decided is not None:
            self.add(f"{_KEY} {'IN' if decided.within else 'NOT IN'} (SELECT unnest(?))", list(decided.ids))


def _filings_where(wanted: Wanted, decided: Decided | None) -> tuple[str, list[Any]]:
    """The filings that fit, and have a finding that fits where one is asked for."""
    where = _Where()
    where.filing(wanted)
    if wanted.rule or wanted.severity or decided is not None:
        outer, where.parts = where.parts, []
        where.finding(wanted, decided)
        inner = " AND ".join(where.parts)
        found = "SELECT 1 FROM findings d WHERE d.partition = f.partition AND d.filing = f.filing"
        where.parts = [*outer, f"EXISTS ({found} AND d.verdict <> 'rounding' AND {inner})"]
    return " AND ".join(where.parts), where.values


def _hits_where(wanted: Wanted, decided: Decided | None) -> tuple[str, list[Any]]:
    where = _Where()
    where.filing(wanted)
    where.finding(wanted, decided)
    return " AND ".join(where.parts), where.values


def _hits(where: str) -> str:
    return (
        f"{_FILINGS} SELECT {_HIT}, CASE d.severity WHEN 'error' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END AS tier "
        "FROM findings d JOIN all_filings f ON f.partition = d.partition AND f.filing = d.filing "
        f"WHERE d.verdict <> 'rounding' AND {where}"
    )
