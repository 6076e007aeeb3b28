"""Linear forms over instances: which facts enter each relation, and with which coefficient.

A form is kept as the pieces from which it was built; most checks are decided on their sum alone, so the flat arrays
of all operands are made only where a gap must be explained or shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.engine.facts.fact_table import Flags, Ints, Longs


class TermFacts(NamedTuple):
    """The facts of one term: `instance` of each (rising; None: one fact of every instance), all with one weight."""

    instance: Ints | None
    position: Ints
    coefficient: int
    left: bool


class Operands(NamedTuple):
    """All operands of a form, flat and rising by instance; `left` flags those on the left of the relation."""

    instance: Ints
    position: Ints
    coefficient: Longs
    left: Flags


@dataclass
class Linear:
    """Linear forms over instances: Σ coefficient · fact + constant, left side minus right side.

    All coefficients are whole numbers; `scale` is the power of ten by which the form was multiplied.
    """

    pieces: Sequence[TermFacts]
    constant: Longs
    scale: int = 1

    def sum(self, values: Longs) -> Longs:
        """The value of each instance, when the facts have these values."""
        total = self.constant.copy()
        for piece in self.pieces:
            taken = values.take(piece.position)
            if piece.coefficient != 1:
                taken *= piece.coefficient
            if piece.instance is None:
                total += taken
            elif len(taken):
                owner, first = owners(piece.instance)
                total[owner] += np.add.reduceat(taken, first)
        return total

    def bounds(self, lo: Longs, hi: Longs) -> tuple[Longs, Longs]:
        """The lowest and highest value of each instance, when each operand is between `lo` and `hi`."""
        low, high = self.constant.copy(), self.constant.copy()
        flat = self.flat
        if len(flat.position):
            owner, first = owners(flat.instance)
            below, above = reach(flat.coefficient, lo, hi)
            low[owner] += np.add.reduceat(below, first)
            high[owner] += np.add.reduceat(above, first)
        return low, high

    @cached_property
    def flat(self) -> Operands:
        """All operands, sorted by instance, in the order of the terms within one."""
        return self.of(np.arange(len(self.constant)))

    def of(self, chosen: Longs) -> Operands:
        """The operands of the chosen instances (rising), renumbered from 0."""
        size = len(self.constant)
        number = np.full(size, -1, dtype=np.int32)
        number[chosen] = np.arange(len(chosen), dtype=np.int32)
        instances, positions = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
        for piece in self.pieces:
            if piece.instance is None:
                instances.append(number[chosen])
                positions.append(piece.position[chosen])
            else:
                kept = number[piece.instance]
                instances.append(kept[kept >= 0])
                positions.append(piece.position[kept >= 0])
        lengths = [len(part) for part in positions[1:]]
        instance, position = np.concatenate(instances), np.concatenate(positions)
        coefficient = np.repeat(np.array([piece.coefficient for piece in self.pieces], dtype=np.int64), lengths)
        left = np.repeat(np.array([piece.left for piece in self.pieces], dtype=np.bool_), lengths)
        order = np.argsort(instance, kind="stable")
        return Operands(instance[order], position[order], coefficient[order], left[order])


def owners(instance: Ints) -> tuple[Ints, Longs]:
    """The distinct instances of a rising array, and where each begins."""
    first = np.nonzero(np.diff(instance, prepend=-1))[0]
    return instance[first], first


def reach(coefficient: Longs, lo: Longs, hi: Longs) -> tuple[Longs, Longs]:
    """Lowest and highest product of a coefficient with a range."""
    low, high = coefficient * lo, coefficient * hi
    return np.minimum(low, high), np.maximum(low, high)
