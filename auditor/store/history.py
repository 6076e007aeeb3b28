"""The history of one unit: an earlier and a later report held against each other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.store.saved_reports import SavedFinding, SavedReport


class ChangedFigure(NamedTuple):
    """A figure that two reports print differently; empty where one does not print it."""

    address: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class History:
    """Two reports, the findings that went, came and stayed (as the later tells them), the figures that changed.

    `figures` is None where a report was written before reports listed them.
    """

    old: SavedReport
    new: SavedReport
    gone: tuple[SavedFinding, ...]
    came: tuple[SavedFinding, ...]
    unchanged: tuple[SavedFinding, ...]
    figures: tuple[ChangedFigure, ...] | None


def compare(old: SavedReport, new: SavedReport) -> History:
    """Hold two reports against each other.

    Findings of the same filing are the same by their id. Ids depend on entity, year and report, so those of different
    years are the same where one rule accuses the same figures.
    """
    name = _by_id if old.key[:3] == new.key[:3] else _by_figures
    before, after = {name(finding) for finding in old.findings}, {name(finding) for finding in new.findings}
    return History(
        old,
        new,
        _where(old.findings, name, before - after),
        _where(new.findings, name, after - before),
        _where(new.findings, name, before & after),
        _changed(old.figures, new.figures),
    )


def _by_id(finding: SavedFinding) -> object:
    return finding.id


def _by_figures(finding: SavedFinding) -> object:
    return finding.rule, finding.addresses


def _where(
    findings: Sequence[SavedFinding], name: Callable[[SavedFinding], object], wanted: set[object]
) -> tuple[SavedFinding, ...]:
    return tuple(finding for finding in findings if name(finding) in wanted)


def _changed(old: dict[str, str] | None, new: dict[str, str] | None) -> tuple[ChangedFigure, ...] | None:
    """The figures whose numbers differ, in the order of the later report; those that are no more last."""
    if old is None or new is None:
        return None
    addresses = dict.fromkeys([*new, *old])
    pairs = (ChangedFigure(address, old.get(address, ""), new.get(address, "")) for address in addresses)
    return tuple(pair for pair in pairs if pair.old != pair.new)


def history_data(history: History) -> dict[str, Any]:
    """A history as plain data."""
    lists = {"gone": history.gone, "new": history.came, "unchanged": history.unchanged}
    figures = None if history.figures is None else [figure._asdict() for figure in history.figures]
    counts = {name: len(findings) for name, findings in lists.items()}
    return {
        "old": _report_data(history.old),
        "new": _report_data(history.new),
        "summary": {**counts, "figures": None if figures is None else len(figures)},
        "findings": {name: [_finding_data(finding) for finding in findings] for name, findings in lists.items()},
        "figures": figures,
    }


def _report_data(report: SavedReport) -> dict[str, Any]:
    key = report.key
    return {
        "report_file": report.file,
        "entity": key.entity,
        "year": key.year or None,
        "report": key.report or None,
        "edition": key.edition or None,
        "rules_sha256": report.rules_sha256,
    }


def _finding_data(finding: SavedFinding) -> dict[str, Any]:
    return {**asdict(finding), "addresses": list(finding.addresses)}
