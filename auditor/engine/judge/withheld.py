"""Totals above their printed parts where the document says that parts are withheld by law (trust.md, law 3).

A project or a subject that is secret counts in the totals and has no row. Where the filing says so, a total above what
is printed of it proves nothing; a total below it cannot come from that, and stays an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.verdicts import Reason, Verdict
from auditor.model.footing import FootingKind
from auditor.rules.nodes import Aggregate, Relation
from auditor.rules.plan import Rows

if TYPE_CHECKING:
    from auditor.engine.judge.outcomes import Evaluation, Outcome

OF_ROWS = (FootingKind.ROWS, FootingKind.TREE)


def spare_withheld(evaluation: Evaluation) -> None:
    """Leave totals open that lie above the sum of their rows, where rows are withheld."""
    infos = evaluation.chunk.infos
    if not any(info.withheld for info in infos):
        return
    for outcome in evaluation.outcomes:
        bad = np.nonzero(outcome.verdict == Verdict.INCONSISTENT)[0]
        if len(bad) and _sums_rows(outcome):
            for check in bad.tolist():
                if _is_above(outcome, check, infos[int(outcome.filing[check])].withheld):
                    outcome.verdict[check], outcome.reason[check] = Verdict.NOT_EVALUATED, Reason.WITHHELD


def _sums_rows(outcome: Outcome) -> bool:
    """Whether a statement says that one figure is the sum of the rows of a table, however many they are."""
    if outcome.linear is None:
        return False
    if outcome.footings:
        return outcome.plan.rule.footing in OF_ROWS
    statement = outcome.statement
    if not isinstance(statement, Relation) or statement.operator != "=" or len(statement.right.terms) != 1:
        return False
    parts = statement.right.terms[0].factor
    return isinstance(parts, Aggregate) and parts.function == "sum" and any(_open(item) for item in parts.items)


def _open(item: object) -> bool:
    rows = getattr(item, "rows", None)
    return rows is not None and rows.how in (Rows.SET, Rows.CHILDREN)


def _is_above(outcome: Outcome, check: int, withheld: frozenset[str]) -> bool:
    """Whether the one figure on the left is above the parts on the right, in a table with parts withheld."""
    assert outcome.linear is not None
    facts = outcome.instances.chunk.facts
    flat = outcome.linear.of(np.array([check]))
    left, right = flat.position[flat.left], flat.position[~flat.left]
    if len(left) != 1 or not len(right) or outcome.gap[check] <= 0:
        return False
    tables = {facts.tables[int(number)] for number in facts.table[right]}
    if any(outcome.instances.chunk.tables[table].prose for table in tables):
        return False  # a sentence lists what it says that it lists
    return "" in withheld or bool(tables & withheld)
