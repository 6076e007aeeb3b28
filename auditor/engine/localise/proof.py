"""Prove tails: one unrounded ledger exists that satisfies every identity exactly and prints as shown.

Each figure may be anywhere in its range, each equality that must hold has to hold exactly. A linear program proposes
the ledger, group by group of equations that share figures; it counts as a proof only when whole 分 satisfy every
equation and print every figure. Where none is found the tails may still be lawful (a forced total, a sum of rounded
parts), and nothing is concluded (rounding.md 11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.engine.checks import Check
    from auditor.model.units import Range

MAX_FIGURES = 4000  # in one group; beyond, nothing is said


@dataclass(frozen=True, slots=True)
class Identity:
    """Σ coefficient · figure + constant = 0, exactly; `tail` is its check where the print shows a gap."""

    terms: Mapping[int, int]
    constant: int
    tail: Check | None


@dataclass(frozen=True)
class Proof:
    """A ledger in the smallest step that prints as shown and satisfies all identities of its group."""

    ledger: Mapping[int, int]
    tails: tuple[Check, ...]

    def shifted(self, by: int) -> Proof:
        """The same with its figures numbered otherwise."""
        return Proof({figure + by: value for figure, value in self.ledger.items()}, self.tails)


def prove(
    identities: Sequence[Identity], ranges: Mapping[int, Range], hidden: Mapping[int, Range] | None = None
) -> list[Proof]:
    """Return a proof for every group of identities with tails for which one is found.

    `hidden` are the ranges of printed zeros that may hide a remainder (rounding.md 2); they are asked only where exact
    zeros leave no ledger.
    """
    proofs = _within(identities, ranges)
    known = {id(tail) for proof in proofs for tail in proof.tails}
    if hidden and any(one.tail is not None and id(one.tail) not in known for one in identities):
        for proof in _within(identities, {**ranges, **hidden}):
            fresh = tuple(tail for tail in proof.tails if id(tail) not in known)
            proofs += [Proof(proof.ledger, fresh)] if fresh else []
    return proofs


def _within(identities: Sequence[Identity], ranges: Mapping[int, Range]) -> list[Proof]:
    return [proof for group in _groups(identities, ranges) if (proof := _solved(group, ranges)) is not None]


def _groups(identities: Sequence[Identity], ranges: Mapping[int, Range]) -> list[list[Identity]]:
    """Identities that share a figure with room in its range, where any of them has a tail."""
    parent = list(range(len(identities)))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    home: dict[int, int] = {}
    for number, identity in enumerate(identities):
        for figure in identity.terms:
            if ranges[figure].lo < ranges[figure].hi:
                parent[find(number)] = find(home.setdefault(figure, number))
    groups: dict[int, list[Identity]] = {}
    for number, identity in enumerate(identities):
        groups.setdefault(find(number), []).append(identity)
    return [group for group in groups.values() if any(identity.tail is not None for identity in group)]


def _solved(group: Sequence[Identity], ranges: Mapping[int, Range]) -> Proof | None:
    figures = sorted({figure for identity in group for figure in identity.terms})
    if len(figures) > MAX_FIGURES:
        return None
    start = _proposed(group, figures, ranges)
    if start is None:
        return None
    ledger = dict(zip(figures, start, strict=True))
    holds = all(
        sum(weight * ledger[figure] for figure, weight in identity.terms.items()) + identity.constant == 0
        for identity in group
    )
    prints = all(ranges[figure].lo <= value <= ranges[figure].hi for figure, value in ledger.items())
    tails = tuple(identity.tail for identity in group if identity.tail is not None)
    return Proof(ledger, tails) if holds and prints else None


def _proposed(group: Sequence[Identity], figures: Sequence[int], ranges: Mapping[int, Range]) -> list[int] | None:
    """A ledger near the middle of the ranges, as whole numbers; None where the program finds none."""
    import highspy  # not scipy's door to the same solver: that one imports half of scipy, 0.4 s of every check
    import numpy as np

    row = {figure: number for number, figure in enumerate(figures)}
    low = np.array([ranges[figure].lo for figure in figures], dtype=np.int64)
    high = np.array([ranges[figure].hi for figure in figures], dtype=np.int64)
    # x = low + y with 0 ≤ y ≤ high − low: small numbers, so that rounding to whole ones is safe
    right = [
        -float(identity.constant + sum(weight * int(low[row[figure]]) for figure, weight in identity.terms.items()))
        for identity in group
    ]
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(figures), len(group)
    program.col_cost_, program.col_lower_ = np.zeros(len(figures)), np.zeros(len(figures))
    program.col_upper_ = (high - low).astype(float)
    program.row_lower_ = program.row_upper_ = np.array(right)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.cumsum([0, *(len(identity.terms) for identity in group)])
    program.a_matrix_.index_ = np.array([row[figure] for identity in group for figure in identity.terms])
    program.a_matrix_.value_ = np.array([float(weight) for identity in group for weight in identity.terms.values()])
    # the solver itself: the Python class over it prints a banner that no option turns off
    solver = highspy.Highs.__base__()  # type: ignore[misc]
    for option, value in {"output_flag": False, "threads": 1, "solver": "simplex"}.items():  # the same on any machine
        solver.setOptionValue(option, value)
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return [int(value) for value in low + np.rint(solver.getSolution().col_value).astype(np.int64)]
