"""Measure one published filing: what was read and checked, what was said of it, which changed figures were found."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.errors import BadInputError
from auditor.model.units import Rounding
from auditor.reading.filings import filing_of, merge
from auditor.reports.json_report import summary_data
from auditor.reports.narrate import Narrator
from auditor.testing.field.keeping import document_of
from auditor.testing.field.recall import base_of, sample, trials

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.engine.findings import Audit
    from auditor.rules.book import RuleBook

SKIPPED = (".csv", ".md", ".json")  # files beside the filings
ASKING = (Severity.ERROR, Severity.WARNING)


class FieldPlan(NamedTuple):
    """How to measure: how many figures of tables and text to change in each file, by which seed; where reading is kept.

    `mode` is how figures were rounded.
    """

    tables: int = 0
    texts: int = 0
    seed: int = 0
    cache: Path | None = None
    mode: Rounding = Rounding.HALF_UP


@dataclass(frozen=True, slots=True)
class Measured:
    """One file measured, as plain data. `refused` says why it was not audited.

    `seconds` are by the clock for reading (in a process of its own), of this process for the rest. `findings`
    are the errors and warnings (severity, rule, id, message); `trials` the changed figures.
    """

    file: str
    refused: str
    seconds: dict[str, float]
    summary: dict[str, Any]
    findings: list[dict[str, str]]
    trials: list[dict[str, Any]]

    @property
    def place(self) -> str:
        """Where it was published."""
        return place_of(self.file)

    @property
    def silent(self) -> bool:
        """Whether nothing is said of it although less than half of its printed figures were read."""
        facts = self.summary.get("facts", {"printed": 0, "read": 0})
        return not self.refused and not self.findings and facts["read"] * 2 < facts["printed"]

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


def filings_in(folder: Path, only: str = "", limit: int | None = None, every: int = 1) -> list[Path]:
    """The files of a folder that are filings, by name; every so-manyth of each place.

    Raises `BadInputError` where it is no folder.
    """
    if not folder.is_dir():
        raise BadInputError("input.missing", file=str(folder))
    found = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in SKIPPED)
    places: dict[str, list[Path]] = {}
    for path in found:
        if only in path.name and not path.name.startswith("."):
            places.setdefault(place_of(path.name), []).append(path)
    return [path for mine in places.values() for path in mine[::every]][:limit]


def place_of(name: str) -> str:
    """Where a file was published: its name up to the first `_`."""
    return name.split("_", maxsplit=1)[0]


def measure(path: Path, book: RuleBook, plan: FieldPlan) -> Measured:
    """Read, bind and audit one file, then change some of its figures one at a time."""
    kept = document_of(path, plan.cache)
    seconds = {"read": round(kept.seconds, 3)}
    if kept.document is None:
        return Measured(path.name, kept.refused, seconds, {}, [], [])
    start = time.process_time()  # not of the clock: other work on the machine is not measured
    try:
        filing = merge([filing_of(kept.document, book.forms)], book.forms)
    except BadInputError as error:
        return Measured(path.name, str(error), seconds, {}, [], [])
    (audit,) = audit_filings([filing], book, plan.mode)
    seconds["rest"] = round(time.process_time() - start, 3)
    chosen = sample(kept.document, plan.tables, plan.texts, plan.seed) if plan.tables or plan.texts else []
    made = trials(kept.document, base_of(filing, audit), chosen, book, plan.mode) if chosen else ()
    return Measured(path.name, "", seconds, summary_data(audit), _findings(audit), [asdict(trial) for trial in made])


def _findings(audit: Audit) -> list[dict[str, str]]:
    narrator = Narrator(audit)
    return [
        {
            "severity": finding.severity.value,
            "rule": finding.rule.id,
            "id": finding.id,
            "message": narrator.message(finding),
        }
        for finding in audit.findings
        if finding.severity in ASKING
    ]
