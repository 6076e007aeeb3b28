"""The public door in Python: audit filings, get findings and checks as pandas frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditor.engine.audit import audit_filings
from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.judge.outcomes import instance_text
from auditor.engine.verdicts import Reason, Verdict
from auditor.messages import say
from auditor.model.facts import FilingKey
from auditor.model.filing import Filing as ReadFiling
from auditor.model.units import Rounding
from auditor.reading.frames import read_frames
from auditor.reports.narrate import Narrator
from auditor.rules.book import RuleBook, load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scipy.sparse import csr_matrix

    from auditor.engine.findings import Audit
    from auditor.engine.judge.outcomes import Evaluation
    from auditor.forms.book import FormBook


class Filing(ReadFiling):
    """A filing as the public door makes it: from frames. It is a filing like those read from files."""

    __slots__ = ()

    @classmethod
    def from_frames(
        cls,
        frames: Mapping[str, pd.DataFrame],
        *,
        entity: str = "",
        year: int = 0,
        report: str = "final_accounts",
        edition: str = "unit",
        unit: str = "万元",
        entity_kind: str = "",
        forms: FormBook | None = None,
    ) -> Filing:
        """Make a filing from pandas tables that are already at hand.

        `frames` maps a table's title (an official title or the name of a standard table) to a frame whose column
        names are the printed headers (a MultiIndex for headers over several rows) and whose cells are printed
        texts, `Decimal`, `int` or `float`; an index that is not a plain range counts as the first column. Numbers
        are in `unit`. A float is taken at its shortest decimal form, so pass texts or `Decimal` where trailing
        zeros matter. Raises `BadInputError` for a title that no form carries.

        >>> frame = pd.DataFrame({"科目编码": ["208"], "科目名称": ["社会保障和就业支出"], "本年支出合计": ["5.00"]})
        >>> filing = Filing.from_frames({"支出决算表": frame}, entity="某单位", year=2023)
        >>> [str(fact.address) for fact in filing.facts if fact.is_figure]
        ['支出决算表[208].本年支出合计']
        """
        filing = cls(FilingKey(entity, year, report, edition), entity_kind=entity_kind)
        read_frames(frames, filing, unit=unit, forms=forms)
        return filing


@dataclass(frozen=True)
class AuditFrames:
    """The result of an audit as frames.

    `findings`: one row per finding (entity, year, report, id, rule, severity, verdict, message, formula, expected,
    actual, difference, unit, suspect, printed, suggested). `checks`: one row per check (filing, rule, table,
    instance, verdict, reason, gap, lo, hi in 分 or the smallest step of its kind). `figures`: one row per printed
    figure with its mark. `audits` holds the records behind them.
    """

    findings: pd.DataFrame
    checks: pd.DataFrame
    figures: pd.DataFrame
    audits: tuple[Audit, ...]
    evaluation: Evaluation

    def matrix(self) -> csr_matrix:
        """The linear equalities as a sparse integer matrix: checks × facts, entries are coefficients."""
        from scipy.sparse import csr_matrix

        rows, columns, data, count = [], [], [], 0
        for outcome in self.evaluation.outcomes:
            if outcome.linear is not None and getattr(outcome.statement, "operator", "") == "=":
                flat = outcome.linear.flat
                rows.append(flat.instance + count)
                columns.append(flat.position)
                data.append(flat.coefficient)
                count += len(outcome.verdict)
        shape = (count, len(self.evaluation.chunk.facts))
        if not rows:
            return csr_matrix(shape, dtype=np.int64)
        entries = (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns)))
        return csr_matrix(entries, shape=shape, dtype=np.int64)


def audit(
    filings: ReadFiling | Iterable[ReadFiling],
    rules: RuleBook | None = None,
    rounding: Rounding | str = Rounding.HALF_UP,
) -> AuditFrames:
    """Audit one filing or several together and return frames.

    Filings given together see each other: last year's, the budget's. `rules` is a rule book (default: the program's
    own), `rounding` is `half_up`, `nearest` or `truncate`. Raises `ValueError` for another rounding, `RuleError`
    where the rule book does not load.

    >>> import pandas as pd
    >>> from auditor import Filing, audit
    >>> frame = pd.DataFrame({
    ...     "科目编码": ["", "208", "210"],
    ...     "科目名称": ["合计", "社会保障和就业支出", "卫生健康支出"],
    ...     "本年支出合计": ["15.00", "10.00", "4.00"],
    ... })
    >>> result = audit(Filing.from_frames({"支出决算表": frame}, entity="某单位", year=2023))
    >>> result.findings.loc[0, ["rule", "severity", "expected", "actual", "difference", "unit"]].tolist()
    ['FA-TREE-01', 'error', '14.00', '15.00', '1.00', '万元']
    >>> result.figures[["address", "text", "mark"]].iloc[1].tolist()
    ['支出决算表[208].本年支出合计', '10.00', 'contradicted']
    """
    chosen = [filings] if isinstance(filings, ReadFiling) else list(filings)
    book = rules or load_rules()
    mode = Rounding(rounding)
    audits = audit_filings(chosen, book, mode)
    dynamic = [table for filing in chosen for table in filing.dynamic.values()]
    evaluation = evaluate(book.all_plans(dynamic), Chunk.of(chosen, book.forms, mode))
    return AuditFrames(
        pd.DataFrame([row for one in audits for row in _finding_rows(one)], columns=_FINDING),
        pd.DataFrame(_check_rows(evaluation), columns=_CHECK),
        pd.DataFrame([row for one in audits for row in _figure_rows(one)], columns=_FIGURE),
        tuple(audits),
        evaluation,
    )


_FINDING = [
    "entity",
    "year",
    "report",
    "id",
    "rule",
    "kind",
    "severity",
    "verdict",
    "message",
    "formula",
    "expected",
    "actual",
    "difference",
    "range",
    "unit",
    "suspect",
    "printed",
    "suggested",
    "rules",
]
_CHECK = ["filing", "rule", "table", "instance", "verdict", "reason", "gap", "lo", "hi"]
_FIGURE = ["entity", "year", "report", "address", "text", "value", "step", "unit", "mark"]


def _finding_rows(one: Audit) -> Iterable[list[Any]]:
    narrator = Narrator(one)
    key = one.filing.key
    for finding in one.findings:
        amounts = narrator.amounts(finding.main)
        suspect = finding.suspects[0] if finding.suspects else None
        fact = one.facts[suspect.fact] if suspect else None
        suggested = (
            narrator.value(suspect.suggested, fact) if suspect and fact and suspect.suggested is not None else None
        )
        yield [
            key.entity,
            key.year,
            key.report,
            finding.id,
            finding.rule.id,
            finding.rule.kind.value,
            finding.severity.value,
            finding.verdict.key,
            narrator.message(finding),
            narrator.formula(finding.main),
            amounts.expected,
            amounts.actual,
            amounts.difference,
            amounts.allowed,
            amounts.unit,
            str(fact.address) if fact else None,
            fact.text if fact else None,
            suggested,
            list(finding.rule_ids),
        ]


def _check_rows(evaluation: Evaluation) -> Iterable[list[Any]]:
    rows: list[list[Any]] = []
    for outcome in evaluation.outcomes:
        for i in range(len(outcome.verdict)):
            verdict, reason = Verdict(int(outcome.verdict[i])), Reason(int(outcome.reason[i]))
            rows.append(
                [
                    int(outcome.filing[i]),
                    outcome.plan.rule.id,
                    outcome.plan.table,
                    instance_text(outcome, i),
                    verdict.key,
                    say(reason.key) if reason else "",
                    int(outcome.gap[i]),
                    int(outcome.lo[i]),
                    int(outcome.hi[i]),
                ]
            )
    for vacant in evaluation.vacant:
        for filing, code in zip(vacant.filing, vacant.reason, strict=True):
            reason = Reason(int(code))
            verdict = Verdict.NOT_EVALUATED if reason.applies else Verdict.NOT_APPLICABLE
            rows.append(
                [int(filing), vacant.plan.rule.id, vacant.plan.table, "", verdict.key, say(reason.key), 0, 0, 0]
            )
    return rows


def _figure_rows(one: Audit) -> Iterable[list[Any]]:
    key = one.filing.key
    for fact, mark in zip(one.filing.facts, one.marks, strict=False):
        if fact.is_figure:
            yield [
                key.entity,
                key.year,
                key.report,
                str(fact.address),
                fact.text,
                fact.value,
                fact.step,
                fact.unit,
                mark.value,
            ]
