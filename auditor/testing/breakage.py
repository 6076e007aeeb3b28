"""A filing that breaks one rule and no other: figures are moved so that every other equality still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.localise.check_matrix import CheckMatrix
from auditor.testing.corrupting import corrupted
from auditor.testing.scoring.detection import failing

if TYPE_CHECKING:
    from auditor.engine.facts.fact_table import Longs
    from auditor.engine.localise.check_matrix import MatrixRows
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook

BEYOND = 100  # how far beyond what rounding excuses, in the smallest step


class UnbreakableError(ValueError):
    """No change of the filing's amounts breaks the rule alone: it follows from others there, or binds no amounts."""


def breaking(filing: Filing, rule: str, book: RuleBook) -> Filing:
    """A copy of a clean filing in which figures are moved, as little as possible, so that only one rule fails.

    Raises `UnbreakableError` where that cannot be.
    """
    plans = book.all_plans()
    evaluation = evaluate(plans, Chunk.of([filing], book.forms))
    rows = CheckMatrix(evaluation).rows(0)
    (before,) = failing(plans, [filing], book)
    mine = [row for row in range(len(rows)) if rows.outcome_of(row).plan.rule.id == rule and _linear(rows, row)]
    for row in mine:
        for sign in (1, -1):
            change = _moved(filing, rows, row, sign)
            if change is None:
                continue
            facts = filing.all_facts
            out = corrupted(filing, {n: facts[n].value + int(by) for n, by in enumerate(change) if by})
            (found,) = failing(plans, [out], book)
            if found - before == {rule}:
                return out
    raise UnbreakableError(rule)


def _linear(rows: MatrixRows, row: int) -> bool:
    return rows.outcome_of(row).forms is None


def _moved(filing: Filing, rows: MatrixRows, broken: int, sign: int) -> Longs | None:
    """The smallest changes that move one check out of its range and no check of another rule, in steps; None: none."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, hstack

    facts = filing.all_facts
    step = np.array([max(1, fact.step) for fact in facts], dtype=np.int64)
    amounts = np.array([fact.is_figure and fact.step > 0 for fact in facts])
    number = list(range(len(rows)))
    _, slack = rows.widest(np.arange(len(rows)))
    owner = rows.owner
    data = rows.weight * step[rows.position]
    matrix = csr_matrix((data.astype(float), (owner, rows.position)), shape=(len(rows), len(facts)))
    rule = rows.outcome_of(broken).plan.rule.id
    others = [row for row in number if rows.outcome_of(row).plan.rule.id != rule]
    target = sign * (int(slack[broken]) + BEYOND * int(step[rows.position[owner == broken]].max()))
    equal = matrix[[*others, broken]]
    size = len(facts)
    values = np.array([max(0, fact.value) // by for fact, by in zip(facts, step, strict=True)])
    bounds = [(0, None if able else 0) for able in amounts] + [
        (0, int(most) if able else 0) for most, able in zip(values, amounts, strict=True)
    ]
    result = linprog(
        np.ones(2 * size),
        A_eq=hstack([equal, -equal]).tocsr(),
        b_eq=[*[0] * len(others), target],
        bounds=bounds,
        method="highs",
    )
    if not result.success:
        return None
    moved = np.rint(result.x[:size] - result.x[size:]).astype(np.int64) * step
    return np.asarray(moved, dtype=np.int64)
