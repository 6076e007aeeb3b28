"""What the checks of a filing can see of each figure: by which checks, from what change on, and told from which others.

The signature of a figure is its column in the check matrix. Two figures whose columns are equal or proportional stand
in the same checks in the same way: whatever one of them could be blamed for, so could the other, and no rule book can
tell them apart on this filing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.matrix import CheckMatrix
from auditor.engine.verdicts import Verdict
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from auditor.engine.evaluation import Evaluation
    from auditor.engine.matrix import Rows
    from auditor.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class SeenBy:
    """One check of a figure: its rule, which instance of it, and the figure's weight (of a rate: how it moves it)."""

    rule: Rule
    statement: str
    weight: int
    row: int  # of the check matrix


@dataclass(frozen=True, slots=True)
class Signature:
    """What the checks see of one figure.

    `figure` is its position in the filing's facts. `checks` are the evaluated equalities, rates and comparisons in
    which it stands; empty: nothing sees it. `least` is the smallest change that some check always finds, up or down,
    whatever the tails are, in the smallest step of the figure's kind (分; millionths of a percent); None where no
    equality between amounts sees it. `alike` are the figures that no check tells from it, `always` says that a rule
    that must hold (and not one to be explained) is among the checks.
    """

    figure: int
    checks: tuple[SeenBy, ...]
    least: int | None
    alike: tuple[int, ...]
    always: bool

    @property
    def unique(self) -> bool:
        """Tell whether it is told from every other figure."""
        return bool(self.checks) and not self.alike


def signatures_of(evaluation: Evaluation, filing: int = 0) -> dict[int, Signature]:
    """The signature of every figure of one filing of an evaluation that any equality touches, by position.

    Positions count from the filing's first fact (as in `Audit.facts`). Equalities that fail count like the others:
    what they can see does not depend on the verdict.
    """
    from auditor.engine.audit import instance_text

    wanted = np.zeros(evaluation.chunk.size, dtype=np.bool_)
    wanted[filing] = True
    rows = CheckMatrix(evaluation, wanted).rows(filing)
    start = int(np.searchsorted(evaluation.chunk.facts.filing, filing))
    columns: dict[int, dict[int, int]] = {}
    for row in range(len(rows)):
        for figure, weight in rows.terms(row, start).items():
            columns.setdefault(figure, {})[row] = weight
    least = _least(rows, columns)
    classes: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for figure in sorted(columns):
        classes.setdefault(_normal(columns[figure]), []).append(figure)
    seen = [(rows.outcome_of(row).plan.rule, instance_text(rows.outcome_of(row), int(rows.instance[row])))
            for row in range(len(rows))]  # fmt: skip
    out = {}
    for members in classes.values():
        for figure in members:
            checks = tuple(SeenBy(*seen[row], weight, row) for row, weight in sorted(columns[figure].items()))
            others = tuple(other for other in members if other != figure)
            always = any(check.rule.kind is RuleKind.LOGICAL for check in checks)
            out[figure] = Signature(figure, checks, least.get(figure), others, always)
    return dict(sorted(out.items()))


def _normal(column: dict[int, int]) -> tuple[tuple[int, int], ...]:
    """A column up to a factor: proportional columns give the same."""
    items = sorted(column.items())
    shared = gcd(*(weight for _, weight in items)) * (1 if items[0][1] > 0 else -1)
    return tuple((row, weight // shared) for row, weight in items)


def _least(rows: Rows, columns: dict[int, dict[int, int]]) -> dict[int, int]:
    """For each figure the smallest change that always breaks one of its equalities between amounts."""
    gap, slack = (values.tolist() for values in rows.widest(np.arange(len(rows))))
    usable = [_holds(rows, row) for row in range(len(rows))]
    out: dict[int, int] = {}
    for figure, column in columns.items():
        up, down = [], []
        for row, weight in column.items():
            if usable[row]:
                room, size = slack[row], abs(weight)
                shift = gap[row] if weight > 0 else -gap[row]
                up.append((room - shift) // size + 1)
                down.append((room + shift) // size + 1)
        if up:
            out[figure] = max(min(up), min(down), 1)
    return out


def _holds(rows: Rows, row: int) -> bool:
    """Tell whether a row is an equality between amounts that holds as printed."""
    outcome = rows.outcome_of(row)
    return outcome.forms is None and outcome.verdict[int(rows.instance[row])] != Verdict.INCONSISTENT
