"""How often each rule fires on published filings: one that fires often and was never shown right is doubtful itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from auditor.messages import say
from auditor.testing.field.judging import UNJUDGED, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.testing.field.judging import JudgedFinding
    from auditor.testing.field.measuring import Measured

ONE_IN = 50  # a rule may fire in one published filing of so many before a page must show it right


@dataclass(frozen=True, slots=True)
class FiringRate:
    """A rule at one severity: its findings, in how many of the audited files, and how many are judged how."""

    rule: str
    severity: str
    audited: int
    findings: int
    files: int
    true: int
    false: int
    unjudged: int

    @property
    def doubtful(self) -> bool:
        """Whether it fires in more than one file in fifty and no judged finding shows it right."""
        return self.files * ONE_IN > self.audited and not self.true


def rates_of(files: Sequence[Measured], judged: Sequence[JudgedFinding] = ()) -> list[FiringRate]:
    """The rates of all rules that fired, errors first, those in most files first."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for file in files:
        for finding in file.findings:
            one = counts.setdefault((finding["severity"], finding["rule"]), Counter())
            one.update(["findings", verdict_of(file.file, finding, judged)])
        for key in {(finding["severity"], finding["rule"]) for finding in file.findings}:
            counts[key]["files"] += 1
    audited = sum(not file.refused for file in files)
    rates = [
        FiringRate(rule, severity, audited, one["findings"], one["files"], one["true"], one["false"], one[UNJUDGED])
        for (severity, rule), one in counts.items()
    ]
    return sorted(rates, key=lambda rate: (rate.severity, -rate.files, -rate.findings, rate.rule))


def rates_data(rates: Sequence[FiringRate]) -> list[dict[str, Any]]:
    """The rates for other programs."""
    return [{**asdict(rate), "doubtful": rate.doubtful} for rate in rates]


def rates_lines(rates: Sequence[FiringRate], files: Sequence[Measured]) -> Iterator[str]:
    """The rates in words, and how many rules are doubtful."""
    for rate in rates:
        said = say(
            "rates.line",
            severity=say(f"severity.{rate.severity}"),
            findings=rate.findings,
            files=rate.files,
            true=rate.true,
            false=rate.false,
            unjudged=rate.unjudged,
        )
        yield f"{rate.rule}\t{said}" + (f"\t{say('rates.doubtful')}" if rate.doubtful else "")
    yield say(
        "rates.total",
        files=sum(not file.refused for file in files),
        refused=sum(bool(file.refused) for file in files),
        rules=len(rates),
        doubtful=sum(rate.doubtful for rate in rates),
    )


def rates_table(rates: Sequence[FiringRate]) -> Iterator[str]:
    """The rates as a table in Markdown."""
    yield say("rates.table")
    yield "|---|---|--:|--:|--:|--:|--:|---|"
    for rate in rates:
        mark = say("rates.doubtful") if rate.doubtful else ""
        yield (
            f"| {rate.rule} | {say(f'severity.{rate.severity}')} | {rate.findings} | {rate.files} / {rate.audited} "
            f"| {rate.true} | {rate.false} | {rate.unjudged} | {mark} |"
        )
