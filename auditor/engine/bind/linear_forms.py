"""Bring both sides of a relation to one linear form over facts: left minus right, whole coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.engine.bind.equality import Equality
from auditor.engine.bind.operands import Linear, TermFacts
from auditor.engine.bind.references import bind_ref, unprinted_column
from auditor.engine.bind.selections import doubtful, unprinted
from auditor.engine.verdicts import Reason
from auditor.model.row_names import RowName
from auditor.model.units import FEN_PER, PERCENT_SCALE
from auditor.rules.contexts import UNITS
from auditor.rules.nodes import Aggregate, Relation, WrittenNumber
from auditor.rules.plan import Ref, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from auditor.engine.bind.instances import Instances
    from auditor.engine.bind.selections import Segments
    from auditor.engine.facts.fact_table import Bytes, Ints, Longs

    Select = Callable[[Ref, Instances], Segments]  # binds a selection and keeps the rows that meet its conditions


@dataclass(slots=True)
class Built:
    """A linear form over instances, and why some cannot be evaluated."""

    linear: Linear
    reason: Bytes


def build(statement: Relation, instances: Instances, select: Select) -> Built:
    """Bring both sides to one linear form: left − right."""
    size = len(instances)
    reason = np.zeros(size, dtype=np.uint8)
    scale = _scale(statement)
    pieces: list[TermFacts] = []
    constant = np.zeros(size, dtype=np.int64)
    alone = len({(ref.table, ref.context) for ref in refs_of(statement)}) <= 1
    for side, expression in ((1, statement.left), (-1, statement.right)):
        for term in expression.terms:
            weight = side * term.sign * term.digits * (scale // 10**term.decimals)
            if isinstance(term.factor, WrittenNumber):
                constant += weight * _worth(term.factor)
                continue
            if isinstance(term.factor, Aggregate) and term.factor.function == "count":
                constant += weight * _counted(term.factor, instances, reason, select)
                continue
            for at, position, why in _factor_pieces(term.factor, instances, select, alone=alone):
                pieces.append(TermFacts(at, position, weight, side > 0))
                np.maximum(reason, why, out=reason)
    return Built(Linear(pieces, constant, scale), reason)


def _factor_pieces(
    factor: Any, instances: Instances, select: Select, *, alone: bool
) -> Iterable[tuple[Ints | None, Ints, Bytes]]:
    if isinstance(factor, Ref):
        bound = bind_ref(factor, instances)
        bound.reason[unprinted_column(factor, instances, bound, alone=alone)] = Reason.UNPRINTED
        known = bound.position >= 0
        if known.all():
            yield None, bound.position, bound.reason
        else:
            at = np.nonzero(known)[0].astype(np.int32)
            yield at, bound.position[at], bound.reason
    elif isinstance(factor, Aggregate):
        selected = [select(item, instances) for item in factor.items]
        foreign = np.logical_and.reduce([segments.reason == Reason.FOREIGN for segments in selected])
        for item, segments in zip(factor.items, selected, strict=True):
            if factor.function != "sum":
                yield _picked(factor.function, segments, instances)
                continue
            reason = segments.reason.copy()
            reason[(reason == Reason.FOREIGN) & ~foreign] = Reason.NONE  # what a form does not print adds nothing
            reason = np.maximum(reason, doubtful(item, instances) * np.uint8(Reason.UNREAD_ROW))
            lacking = unprinted(item, instances) & (reason == Reason.NONE)
            yield segments.instance, segments.position, np.where(lacking, np.uint8(Reason.UNPRINTED), reason)


def _counted(factor: Aggregate, instances: Instances, reason: Bytes, select: Select) -> Longs:
    """How many rows a selection has, per instance."""
    total = np.zeros(len(instances), dtype=np.int64)
    for item in factor.items:
        segments = select(item, instances)
        pairs = np.unique(np.stack([segments.instance, segments.rows]), axis=1)
        total += np.bincount(pairs[0], minlength=len(instances))
        np.maximum(reason, segments.reason, out=reason)
        np.maximum(reason, doubtful(item, instances) * np.uint8(Reason.UNREAD_ROW), out=reason)
    return total


def _picked(function: str, segments: Segments, instances: Instances) -> tuple[Ints, Ints, Bytes]:
    """`min` and `max` take one fact of each instance."""
    values = instances.chunk.facts.value[segments.position]
    order = np.lexsort((values if function == "min" else -values, segments.instance))
    instance = segments.instance[order]
    first = np.nonzero(np.diff(instance, prepend=-1))[0]
    return instance[first], segments.position[order][first], segments.reason


def _scale(statement: Relation) -> int:
    """The power of ten that makes every coefficient whole."""
    most = max((term.decimals for e in (statement.left, statement.right) for term in e.terms), default=0)
    return int(10**most)


def _worth(number: WrittenNumber) -> int:
    """A number written in a rule, in the smallest step of its unit."""
    scale = PERCENT_SCALE if number.unit == "%" else FEN_PER.get(number.unit, 1)
    return int(number.digits * scale // 10**number.decimals)


def equality_of(statement: Relation, *, conditional: bool) -> Equality:
    """Tell what kind of equality a relation states: two sides of one account, a sum, one quantity printed twice.

    Two tables print the same quantity only where both name the same row, without a condition; otherwise the two
    quantities are merely alike (income and expense where nothing is carried over, a function and an economic code).
    What the text tells again is the same quantity.
    """
    refs = list(refs_of(statement))
    if any(ref.rows.how is Rows.FIRST for ref in refs):
        return Equality.SAME
    if any(ref.context == UNITS for ref in refs):
        return Equality.UNITS
    if len({(ref.table, ref.context) for ref in refs}) > 1:
        same_row = len({RowName.parse(ref.rows.text).last for ref in refs}) == 1
        return Equality.SAME if same_row and not conditional else Equality.ALIKE
    single = all(
        len(side.terms) == 1 and isinstance(side.terms[0].factor, Ref) for side in (statement.left, statement.right)
    )
    return Equality.BALANCE if single else Equality.SUM


def refs_of(statement: Relation) -> Iterable[Ref]:
    """Yield every reference of a relation."""
    for expression in (statement.left, statement.right):
        for term in expression.terms:
            if isinstance(term.factor, Ref):
                yield term.factor
            elif isinstance(term.factor, Aggregate):
                yield from term.factor.items
