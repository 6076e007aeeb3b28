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

from auditor.engine.localise.check_matrix import CheckMatrix
from auditor.engine.verdicts import Verdict
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.engine.judge.outcomes import Evaluation
    from auditor.engine.localise.check_matrix import MatrixRows
    from auditor.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class SeenBy:
    """One check of a figure: its rule, which instance of it, and the figure's weight (of a rate: how it moves it).

    `row` is its number in the check matrix. `excused` is how far the weighted sum of changes may go, up or down,
    before the check surely fails, in the smallest step times the rule's scale; None for rates and comparisons.
    `spared` is how far it may go either way while the check surely holds.
    """

    rule: Rule
    statement: str
    weight: int
    row: int
    excused: int | None
    spared: int | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """What the checks see of one figure.

    `figure` is its position in the filing's facts. `checks` are the evaluated equalities, rates and comparisons in
    which it stands; empty: nothing sees it. `least` is the smallest change that some check always finds, up or down,
    whatever the tails are, in the smallest step of the figure's kind (分; millionths of a percent); None where no
    equality between amounts sees it. `alike` are the figures that no check tells from it, `always` says that a rule
    that must hold (and not one to be explained) is among the checks. `room` sums up how far each of its equalities may
    be off: a larger change is told from rounding by each of them.
    """

    figure: int
    checks: tuple[SeenBy, ...]
    least: int | None
    room: int
    alike: tuple[int, ...]
    always: bool

    @property
    def unique(self) -> bool:
        """Whether it is told from every other figure."""
        return bool(self.checks) and not self.alike


def signatures_of(evaluation: Evaluation, filing: int = 0) -> dict[int, Signature]:
    """The signature of every figure of one filing of an evaluation that any equality touches, by position.

    Positions count from the filing's first fact (as in `Audit.facts`). Equalities that fail count like the others:
    what they can see does not depend on the verdict.
    """
    from auditor.engine.judge.outcomes import instance_text

    wanted = np.zeros(evaluation.chunk.size, dtype=np.bool_)
    wanted[filing] = True
    rows = CheckMatrix(evaluation, wanted).rows(filing)
    start = int(np.searchsorted(evaluation.chunk.facts.filing, filing))
    columns: dict[int, dict[int, int]] = {}
    for row in range(len(rows)):
        for figure, weight in rows.terms(row, start).items():
            columns.setdefault(figure, {})[row] = weight
    excused, spared = _excused(rows), _spared(rows)
    least = {figure: _least(column, excused) for figure, column in columns.items()}
    classes: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for figure in sorted(columns):
        classes.setdefault(_normal(columns[figure]), []).append(figure)
    seen = [
        (rows.outcome_of(row).plan.rule, instance_text(rows.outcome_of(row), int(rows.instance[row])))
        for row in range(len(rows))
    ]
    out = {}
    for members in classes.values():
        for figure in members:
            checks = tuple(
                SeenBy(*seen[row], weight, row, _worst(excused[row]), spared[row])
                for row, weight in sorted(columns[figure].items())
            )
            others = tuple(other for other in members if other != figure)
            always = any(check.rule.kind is RuleKind.LOGICAL for check in checks)
            out[figure] = Signature(figure, checks, *least[figure], others, always)
    return dict(sorted(out.items()))


@dataclass(frozen=True, slots=True)
class Alike:
    """Figures that no check tells apart, and why: they stand in these checks only, and in each of them alike."""

    figures: tuple[int, ...]
    checks: tuple[SeenBy, ...]


def alike(signatures: Mapping[int, Signature]) -> list[Alike]:
    """The figures that cannot be told apart, class by class, in order of their positions."""
    firsts = (one for one in signatures.values() if one.alike and one.figure < one.alike[0])
    return [Alike((one.figure, *one.alike), one.checks) for one in firsts]


def _normal(column: dict[int, int]) -> tuple[tuple[int, int], ...]:
    """A column up to a factor: proportional columns give the same."""
    items = sorted(column.items())
    shared = gcd(*(weight for _, weight in items)) * (1 if items[0][1] > 0 else -1)
    return tuple((row, weight // shared) for row, weight in items)


Excused = tuple[int, int]  # how far up and down the sum of a check may go before it fails


def _excused(rows: MatrixRows) -> list[Excused | None]:
    """What each row excuses; None for rates, and for what fails as printed."""
    gap, slack = (values.tolist() for values in rows.widest(np.arange(len(rows))))
    return [
        (slack[row] - gap[row], slack[row] + gap[row])
        if rows.outcome_of(row).forms is None and int(rows.verdict[row]) != Verdict.INCONSISTENT
        else None
        for row in range(len(rows))
    ]


def _worst(excused: Excused | None) -> int | None:
    return None if excused is None else max(excused)


def _spared(rows: MatrixRows) -> list[int | None]:
    """How far the sum of each row may go either way as plain rounding; None for rates, and for what fails."""
    gap, slack = (values.tolist() for values in rows.room(np.arange(len(rows))))
    return [
        slack[row] - abs(gap[row])
        if rows.outcome_of(row).forms is None and int(rows.verdict[row]) != Verdict.INCONSISTENT
        else None
        for row in range(len(rows))
    ]


def _least(column: dict[int, int], excused: list[Excused | None]) -> tuple[int | None, int]:
    """The smallest change that always breaks one of a figure's equalities between amounts; and what all excuse."""
    up, down = [], []
    for row, weight in column.items():
        bounds = excused[row]
        if bounds is not None:
            more, less = bounds if weight > 0 else bounds[::-1]
            up.append(more // abs(weight) + 1)
            down.append(less // abs(weight) + 1)
    if not up:
        return None, 0
    return max(min(up), min(down), 1), sum(map(max, up, down))
