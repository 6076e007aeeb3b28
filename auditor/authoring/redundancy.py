"""What the equalities of a rule book say together: which contradict each other, which follow from the others.

Exact arithmetic modulo a large prime decides on rank; nothing is rounded. A rule that follows from others is no
fault: redundancy is what makes wrong figures locatable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from auditor.authoring.filled_filing import filled_filing
from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.verdicts import Reason
from auditor.rules.nodes import Relation
from auditor.rules.rule import RuleKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.model.tables import Family
    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Rule

PRIME = (1 << 61) - 1
CONSTANT = -1  # the number beside the figures


@dataclass(slots=True)
class EquationRow:
    """One check of the filled filing: `sum of weight × figure` compared with zero by `operator`."""

    rule: Rule
    operator: str
    terms: dict[int, int]


@dataclass(slots=True)
class Clash:
    """Rules that cannot hold together (figure empty), or only where a figure is always zero."""

    rules: tuple[Rule, ...]
    figure: str = ""


@dataclass(slots=True)
class Together:
    """What one family's rules say together."""

    family: str
    clashes: list[Clash] = field(default_factory=list)
    implied: list[Rule] = field(default_factory=list)


def together(book: RuleBook, family: Family) -> Together:
    """Tell which rules that must hold, whatever is printed, contradict each other or follow from others."""
    filing = filled_filing(family, book.forms)
    names = [str(fact.address) for fact in filing.facts]
    rows = list(_rows(book, family))
    equal = [row for row in rows if row.operator == "="]
    solved = _Solved(equal)
    out = Together(family.name)
    seen = set()
    for clash in (*solved.clashes(names), *solved.broken([row for row in rows if row.operator != "="])):
        ids = tuple(rule.id for rule in clash.rules)
        if ids not in seen:
            seen.add(ids)
            out.clashes.append(clash)
    out.implied = solved.implied()
    return out


def _rows(book: RuleBook, family: Family) -> Iterator[EquationRow]:
    """Every unconditional linear check of a rule that must hold, on the filled filing."""
    plans = [
        plan
        for rule in book.rules
        if rule.kind is RuleKind.LOGICAL and not rule.when and not rule.once
        for plan in book.plans(rule)
        if plan.rows is None or not plan.rows.where
    ]
    evaluation = evaluate(plans, Chunk.of([filled_filing(family, book.forms)], book.forms))
    for outcome in evaluation.outcomes:
        statement = outcome.statement
        if not isinstance(statement, Relation) or outcome.linear is None or outcome.plan.alternatives:
            continue
        known = np.nonzero(outcome.reason == Reason.NONE)[0]
        operands = outcome.linear.of(known)
        for number, check in enumerate(known):
            mine = operands.instance == number
            terms: dict[int, int] = {}
            for position, weight in zip(operands.position[mine], operands.coefficient[mine], strict=True):
                terms[int(position)] = terms.get(int(position), 0) + int(weight)
            terms[CONSTANT] = int(outcome.linear.constant[check])
            terms = {figure: weight for figure, weight in terms.items() if weight}
            if terms:
                yield EquationRow(outcome.plan.rule, statement.operator, terms)


class _Solved:
    """Equalities brought to reduced form; every row remembers of which equalities it is made."""

    def __init__(self, rows: list[EquationRow]) -> None:
        self.rows = rows
        self.pivots: dict[int, tuple[dict[int, int], dict[int, int]]] = {}  # figure → row, what it is made of
        self.nothing: list[dict[int, int]] = []  # combinations that give 0 = 0
        self.absurd: list[dict[int, int]] = []  # and those that give 0 = a number
        for number, row in enumerate(rows):
            terms, made = self.reduce(row.terms, {number: 1})
            figures = [figure for figure in terms if figure != CONSTANT]
            if figures:
                self._pivot(min(figures), terms, made)
            else:
                (self.absurd if terms else self.nothing).append(made)

    def reduce(self, terms: dict[int, int], made: dict[int, int]) -> tuple[dict[int, int], dict[int, int]]:
        """A row without the figures that others are solved for."""
        terms, made = {figure: weight % PRIME for figure, weight in terms.items()}, dict(made)
        for figure in [figure for figure in terms if figure in self.pivots]:
            row, by = self.pivots[figure]
            _subtract(terms, row, terms[figure], made, by)
        return terms, made

    def _pivot(self, figure: int, terms: dict[int, int], made: dict[int, int]) -> None:
        inverse = pow(terms[figure], -1, PRIME)
        terms = {other: weight * inverse % PRIME for other, weight in terms.items()}
        made = {number: weight * inverse % PRIME for number, weight in made.items()}
        for row, by in self.pivots.values():
            if figure in row:
                _subtract(row, terms, row[figure], by, made)
        self.pivots[figure] = (terms, made)

    def clashes(self, names: list[str]) -> Iterator[Clash]:
        """Equalities that cannot hold together, and those that leave a figure nothing but zero."""
        for made in self.absurd:
            yield Clash(self._rules(made))
        for figure, (row, made) in sorted(self.pivots.items()):
            if set(row) == {figure} and len(self._rules(made)) > 1:
                yield Clash(self._rules(made), names[figure])

    def broken(self, rows: list[EquationRow]) -> Iterator[Clash]:
        """Comparisons that the equalities make false."""
        for row in rows:
            terms, made = self.reduce(row.terms, {})
            if set(terms) <= {CONSTANT}:
                value = terms.get(CONSTANT, 0)
                value = value - PRIME if value > PRIME // 2 else value
                if not _true(row.operator, value):
                    yield Clash((row.rule, *self._rules(made)))

    def implied(self) -> list[Rule]:
        """Rules all of whose checks follow from the checks of the other rules."""
        by_rule: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows):
            by_rule.setdefault(row.rule.id, []).append(number)
        return [self.rows[own[0]].rule for own in by_rule.values() if self._follow(own)]

    def _follow(self, own: list[int]) -> bool:
        """Whether some rows are in the span of the others: no combination that gives 0 = 0 ties them together."""
        return _rank([{n: made[n] for n in own if n in made} for made in self.nothing]) == len(own)

    def _rules(self, made: dict[int, int]) -> tuple[Rule, ...]:
        rules = (self.rows[number].rule for number in sorted(made))
        return tuple({rule.id: rule for rule in rules}.values())


def _subtract(
    terms: dict[int, int], row: dict[int, int], weight: int, made: dict[int, int], by: dict[int, int]
) -> None:
    """Take `weight` times a row from another one, and note it."""
    for target, source in ((terms, row), (made, by)):
        for key, value in source.items():
            left = (target.get(key, 0) - weight * value) % PRIME
            if left:
                target[key] = left
            else:
                target.pop(key, None)


def _rank(rows: list[dict[int, int]]) -> int:
    """The rank of some sparse rows."""
    pivots: dict[int, dict[int, int]] = {}
    for given in rows:
        row = dict(given)
        while row:
            lead = min(row)
            if lead not in pivots:
                inverse = pow(row[lead], -1, PRIME)
                pivots[lead] = {key: value * inverse % PRIME for key, value in row.items()}
                break
            _subtract(row, pivots[lead], row[lead], {}, {})
    return len(pivots)


def _true(operator: str, value: int) -> bool:
    return {"<": value < 0, ">": value > 0, "≤": value <= 0, "≥": value >= 0, "≠": value != 0}[operator]
