"""Causes that act on a whole table or column: a wrong unit of measure, a wrong sign. Tried before single figures.

A table printed in 万元 under a line that says 元 fails every comparison with other tables, and by the same factor. What
one factor explains everywhere, and nothing that holds speaks against, is one finding on the unit and none on a figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from auditor.engine.verdicts import Verdict
from auditor.model.units import FEN_PER, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.engine.checks import Check
    from auditor.engine.localise.equations import Equations
    from auditor.model.facts import Fact

LEAST = 3  # comparisons that one factor has to explain
FEWEST = 2  # and where the other tables are measured in another unit than this one
TELLING = 100  # last digits from which on a figure tells one factor from another
AGAINST = 4  # explained comparisons that outweigh one that speaks against


class WholeScope(NamedTuple):
    """What a cause acts on: a table, or one column of it."""

    table: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class WholeCause:
    """A table or column whose figures are all off by one factor, and the comparisons that hold once it is undone.

    `printed` and `right` are units of measure; both are empty where the sign is wrong.
    """

    scope: WholeScope
    printed: str
    right: str
    factor: Fraction
    checks: tuple[Check, ...]


def whole_causes(
    failing: Sequence[Check], facts: Sequence[Fact], prose: Iterable[str], equations: Equations
) -> list[WholeCause]:
    """The causes that explain failing comparisons between tables, the most telling first; `prose` names no tables."""
    between = [check for check in failing if _is_between(check, facts)]
    found: list[WholeCause] = []
    while True:
        best = _best(between, facts, frozenset(prose), equations)
        if best is None:
            return found
        found.append(best)
        settled = {id(check) for check in best.checks}
        between = [check for check in between if id(check) not in settled]


def _is_between(check: Check, facts: Sequence[Fact]) -> bool:
    if not check.compares or check.operator != "=" or check.verdict is not Verdict.INCONSISTENT:
        return False
    return len({(facts[o.fact].address.table, facts[o.fact].address.column) for o in check.operands}) > 1


def _best(
    between: Sequence[Check], facts: Sequence[Fact], prose: frozenset[str], equations: Equations
) -> WholeCause | None:
    votes: dict[tuple[WholeScope, str, Fraction], list[Check]] = {}
    for check in between:
        for key in _explaining(check, facts, prose):
            votes.setdefault(key, []).append(check)
    usual = _usual_unit(facts, prose)
    able = []
    for (scope, right, factor), checks in votes.items():
        cause = _cause(scope, right, factor, checks, between, facts)
        least = FEWEST if cause.printed and cause.printed != usual and cause.right == usual else LEAST
        against = _against(cause, facts, equations)
        if len(checks) >= max(least, AGAINST * against + 1) and _is_main(cause, checks, between, facts):
            able.append((len(checks) - against, cause.right == usual, not scope.column, cause))
    return max(able, key=lambda one: one[:3])[3] if able else None


def _explaining(
    check: Check, facts: Sequence[Fact], prose: frozenset[str]
) -> Iterable[tuple[WholeScope, str, Fraction]]:
    """The factors on a table or column with which a comparison between amounts holds."""
    if not check.linear:
        return
    tables = {facts[o.fact].address.table for o in check.operands}
    scopes = [WholeScope(table) for table in tables] if len(tables) > 1 else []
    scopes += sorted({WholeScope(facts[o.fact].address.table, facts[o.fact].address.column) for o in check.operands})
    for scope in sorted(scopes):
        if scope.table in prose:
            continue
        units = {facts[o.fact].unit for o in check.operands if _is_in(facts[o.fact], scope)}
        if len(units) != 1 or not units <= FEN_PER.keys():
            continue
        scale = FEN_PER[units.pop()]
        for right, worth in FEN_PER.items():
            factor = Fraction(worth, scale)
            if factor != 1 and _holds(check, scope, factor, facts):
                yield scope, right, factor
        if scope.column and _holds(check, scope, Fraction(-1), facts):
            yield scope, "", Fraction(-1)


def _is_in(fact: Fact, scope: WholeScope) -> bool:
    address = fact.address
    return fact.kind is Kind.AMOUNT and address.table == scope.table and scope.column in ("", address.column)


def _holds(check: Check, scope: WholeScope, factor: Fraction, facts: Sequence[Fact]) -> bool:
    """Whether a failing comparison holds once the figures in a scope are multiplied, each to its last digit."""
    up, down = factor.numerator, factor.denominator
    gap, room, telling = check.gap * down, check.allowed * down, False
    for operand in check.operands:
        fact = facts[operand.fact]
        if _is_in(fact, scope):
            gap += operand.coefficient * fact.value * (up - down)
            room += abs(operand.coefficient) * fact.step * max(abs(up), down)
            telling |= abs(fact.value) >= TELLING * fact.step
    return telling and abs(gap) <= room


def _cause(
    scope: WholeScope,
    right: str,
    factor: Fraction,
    checks: Sequence[Check],
    between: Sequence[Check],
    facts: Sequence[Fact],
) -> WholeCause:
    """The cause with all that it explains: comparisons between amounts that hold then, and rates that rest on it."""
    inside = next(facts[o.fact] for o in checks[0].operands if _is_in(facts[o.fact], scope))
    rates = [c for c in between if c.rate is not None and any(_is_in(facts[o.fact], scope) for o in c.operands)]
    explained = sorted([*checks, *rates], key=lambda c: (not c.linear, len(c.operands), c.rule.id, c.statement))
    return WholeCause(scope, inside.unit if right else "", right, factor, tuple(explained))


def _usual_unit(facts: Sequence[Fact], prose: frozenset[str]) -> str:
    """The unit of measure of most tables of amounts."""
    units = {fact.address.table: fact.unit for fact in facts if fact.kind is Kind.AMOUNT}
    named = [unit for table, unit in sorted(units.items()) if table not in prose and "@" not in table]
    return max(named, key=named.count) if named else ""


def _is_main(cause: WholeCause, checks: Sequence[Check], between: Sequence[Check], facts: Sequence[Fact]) -> bool:
    """Whether a cause explains nearly all that fails between its table or column and others."""
    ours = [c for c in between if c.linear and len({_is_in(facts[o.fact], cause.scope) for o in c.operands}) > 1]
    figures = {o.fact for c in checks for o in c.operands if _is_in(facts[o.fact], cause.scope)}
    return len(figures) >= FEWEST and 5 * len(checks) >= 4 * len(ours)


def _against(cause: WholeCause, facts: Sequence[Fact], equations: Equations) -> int:
    """How many comparisons of the scope with other figures hold as printed: each speaks against the cause."""
    rows = equations.rows
    own = [n for n, fact in enumerate(facts) if _is_in(fact, cause.scope) and fact.value]
    if not own or "@" in cause.scope.table:  # of a partner's figures the rows of this filing tell nothing
        return 0
    mine = set(own)
    count = 0
    for row in rows.touching(np.array(own, dtype=np.int64) + equations.start).tolist():
        if rows.verdict[row] != Verdict.INCONSISTENT and rows.outcome_of(row).forms is None:
            terms = rows.terms(row, equations.start)
            count += any(n not in mine and facts[n].value for n in terms) and len(terms) > 1
    return count
