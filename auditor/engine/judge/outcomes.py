"""What an evaluation yields: outcomes per statement, rules that bound nothing, counts, marks on facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.engine.verdicts import Reason, Verdict
from auditor.rules.nodes import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.engine.bind.equality import Equality
    from auditor.engine.bind.instances import Instances
    from auditor.engine.bind.operands import Linear
    from auditor.engine.facts.chunk import Chunk
    from auditor.engine.facts.fact_table import Bytes, Flags, Ints, Longs
    from auditor.engine.judge.equalities import Judged
    from auditor.engine.judge.rates import Rate, RateForms
    from auditor.model.footing import Footing
    from auditor.rules.plan import Plan


@dataclass(slots=True)
class Outcome:
    """The checks of one statement of one plan in a chunk, as parallel arrays over instances.

    `linear` (where the statement is linear) holds the operands; `gap`, `lo`, `hi` are in the smallest step times
    `linear.scale`. `operands` holds the positions of other statements' facts as (instance, position).
    """

    plan: Plan
    statement: Any
    instances: Instances
    verdict: Bytes
    reason: Bytes
    note: Bytes
    gap: Longs
    lo: Longs
    hi: Longs
    allowed: Longs | None = None
    linear: Linear | None = None
    operands: tuple[Ints, Ints] | None = None
    equality: Equality | None = None
    rates: dict[int, Rate] = field(default_factory=dict)  # per failing instance: what the rate or word should be
    forms: RateForms | None = None  # the figures of rates
    footings: tuple[Footing, ...] = ()  # what the shape of a table proposed, one per check
    lacking: Flags | None = None  # holds without parts that are not there: a gap would prove nothing

    @classmethod
    def of(
        cls,
        plan: Plan,
        statement: Any,
        instances: Instances,
        judged: Judged,
        reason: Bytes,
        verdict: Bytes,
        **more: Any,
    ) -> Outcome:
        """The outcome of a relation that was judged, its verdicts as they are once reasons are known."""
        told = (judged.note, judged.gap, judged.lo, judged.hi, judged.allowed)
        return cls(plan, statement, instances, verdict, reason, *told, **more)

    @property
    def filing(self) -> Ints:
        """The filing of each check."""
        return self.instances.filing

    def pieces(self) -> Iterable[tuple[Ints | None, Ints]]:
        """The facts compared, as (instance of each, position); without an instance: one of every check."""
        if self.linear is not None:
            return ((piece.instance, piece.position) for piece in self.linear.pieces)
        return () if self.operands is None else (self.operands,)

    def positions(self, check: int) -> list[int]:
        """The positions of the facts that a check compares."""
        pair = self.linear.flat[:2] if self.linear is not None else self.operands
        if pair is None:
            return []
        first, last = np.searchsorted(pair[0], [check, check + 1])
        return [int(p) for p in pair[1][first:last]]


@dataclass(slots=True)
class Vacant:
    """The checks of a plan that bound nothing: one per filing, with its reason."""

    plan: Plan
    filing: Ints
    reason: Bytes


@dataclass
class Evaluation:
    """All outcomes of a rule book over one chunk."""

    chunk: Chunk
    outcomes: list[Outcome] = field(default_factory=list)
    vacant: list[Vacant] = field(default_factory=list)

    def counts(self) -> Longs:
        """How many checks of each filing have each verdict: shape (filings, verdicts)."""
        out = np.zeros((self.chunk.size, len(Verdict)), dtype=np.int64)
        for outcome in self.outcomes:
            key = outcome.filing.astype(np.int64) * len(Verdict) + outcome.verdict
            out += np.bincount(key, minlength=out.size).reshape(out.shape)
        for vacant in self.vacant:
            verdict = np.where(vacant.reason < Reason.FOREIGN, Verdict.NOT_EVALUATED, Verdict.NOT_APPLICABLE)
            key = vacant.filing.astype(np.int64) * len(Verdict) + verdict
            out += np.bincount(key, minlength=out.size).reshape(out.shape)
        return out

    @cached_property
    def marks(self) -> tuple[Flags, Flags]:
        """Per fact: operand of an evaluated equality; and in a consistent check and in none that is not."""
        size = len(self.chunk.facts)
        checked, good, bad = (np.zeros(size, dtype=np.bool_) for _ in range(3))
        for outcome in self.outcomes:
            if not (isinstance(outcome.statement, Relation) and outcome.statement.operator == "="):
                continue
            for instance, position in outcome.pieces():
                if not outcome.verdict.any():  # all consistent
                    checked[position] = True
                    good[position] = True
                    continue
                verdict = outcome.verdict if instance is None else outcome.verdict[instance]
                checked[position[verdict <= Verdict.INCONSISTENT]] = True
                good[position[verdict == Verdict.CONSISTENT]] = True
                bad[position[(verdict == Verdict.ROUNDING) | (verdict == Verdict.INCONSISTENT)]] = True
        return checked, good & ~bad


def instance_text(outcome: Outcome, i: int) -> str:
    """Which instance of its rule a check is: row, column, values; for ordering and for the trace."""
    instances = outcome.instances
    parts = []
    if instances.rows is not None:
        block = instances.chunk.block(outcome.plan.rows.table if outcome.plan.rows else outcome.plan.table)
        parts.append(block.rows[int(instances.rows[i])] if block else "")
    if instances.columns is not None:
        table = outcome.plan.rows.table if outcome.plan.rows else outcome.plan.table
        parts.append(instances.chunk.tables[table].column_names[int(instances.columns[i])])
    parts += [texts[int(numbers[i])] for texts, numbers in instances.values.values()]
    return "·".join(part for part in parts if part)
