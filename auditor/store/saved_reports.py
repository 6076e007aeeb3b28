"""Reports of earlier runs (JSON), read back: they may come from anywhere, so nothing in them is taken on trust."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.engine.findings import Severity
from auditor.errors import AuditorError
from auditor.model.facts import FilingKey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class SavedFinding:
    """A finding as an earlier report tells it; `addresses` are the figures it accuses, or all it compares."""

    id: str
    rule: str
    title: str
    severity: str
    verdict: str
    message: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedReport:
    """An earlier report: of which filing, its findings, and its figures (address → number with unit).

    `figures` is None where it was written before reports listed them.
    """

    file: str
    key: FilingKey
    findings: tuple[SavedFinding, ...]
    figures: dict[str, str] | None
    rules_sha256: str = ""
    files: frozenset[str] = frozenset()  # names of the files of the filing


def load_json(path: Path) -> dict[str, Any]:
    """The report of one filing as data. Raises `AuditorError` when it is none."""
    data = _parsed(path)
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise AuditorError("explain.no_report", file=path.name)
    return data


def load_report(path: Path) -> SavedReport:
    """The report of one filing. Raises `AuditorError` when it is none."""
    return _report(path.name, load_json(path))


def load_reports(paths: Iterable[Path]) -> list[SavedReport]:
    """The reports given, and those in folders given, in order of names; what else lies there is passed over."""
    reports: list[SavedReport] = []
    for path in paths:
        if not path.is_dir():
            reports.append(load_report(path))
            continue
        inside = [report for file in sorted(path.glob("*.json")) if (report := _one_of_many(file)) is not None]
        if not inside:
            raise AuditorError("baseline.none", path=str(path))
        reports += inside
    return reports


def _one_of_many(path: Path) -> SavedReport | None:
    """The report in one file of a folder; None where it is something else."""
    data = _parsed(path)
    return _report(path.name, data) if isinstance(data, dict) and "findings" in data else None


def _parsed(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AuditorError("input.too_large", file=path.name, limit=MAX_BYTES // 1024**2)
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise AuditorError("input.missing", file=str(path)) from None
    except OSError as error:
        raise AuditorError("input.os", file=str(path), why=error.strerror or str(error)) from None
    except (ValueError, RecursionError):
        raise AuditorError("explain.no_report", file=path.name) from None


def _report(name: str, data: dict[str, Any]) -> SavedReport:
    try:
        about = data["filing"]
        key = FilingKey(
            _text(about["entity"]),
            _number(about["year"] or 0),
            *(_text(about[part] or "") for part in ("report", "edition")),
        )
        figures = {a: _text(text) for a, text in data["figures"].items()} if "figures" in data else None
        findings = tuple(_finding(item) for item in data["findings"])
        files = frozenset(_text(file["file"]) for file in about["files"])
        return SavedReport(name, key, findings, figures, _text(data["tool"]["rules_sha256"]), files)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise AuditorError("explain.no_report", file=name) from None


def _finding(item: dict[str, Any]) -> SavedFinding:
    accused = item["suspects"] or item["figures"]
    identity, rule, title, severity, verdict, message = (
        _text(item[name]) for name in ("id", "rule", "title", "severity", "verdict", "message")
    )
    if severity not in set(Severity):
        raise ValueError
    addresses = tuple(sorted({_text(figure["address"]) for figure in accused}))
    return SavedFinding(identity, rule, title, severity, verdict, message, addresses)


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
