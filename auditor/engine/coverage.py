"""What a rule book sees of a filing: figures that no equality touches, from what change on others are found, by whom.

Only equalities count. A figure is *found* where some equality touches it, *told apart* where no other figure stands in
the same equalities in the same way, and *alone* where one rule is all that protects it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.localise.signatures import signatures_of
from auditor.engine.verdicts import Reason, Verdict
from auditor.messages import say
from auditor.model.units import Rounding
from auditor.rules.nodes import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.engine.judge.outcomes import Evaluation
    from auditor.engine.localise.signatures import Signature
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook


class Protection(StrEnum):
    """How well a figure is protected."""

    NOT = "not"  # no equality touches it
    FOUND = "found"  # a wrong one is found, but not told from others
    APART = "apart"  # and told from every other figure


@dataclass(frozen=True, slots=True)
class Figure:
    """What the rules see of one figure.

    `least` is the smallest change that is always found (in the smallest step of its kind; None where no sum between
    amounts sees it), `rules` are those whose equalities touch it, `why` says why none does.
    """

    fact: Fact
    seen: Protection
    least: int | None
    rules: tuple[str, ...]
    why: str = ""

    @property
    def alone(self) -> str:
        """The rule that alone protects it, or ''."""
        return self.rules[0] if len(self.rules) == 1 else ""


@dataclass(slots=True)
class TableCoverage:
    """One table (or section of the text) of a filing, its figures in the order of print."""

    table: str
    title: str
    prose: bool
    figures: list[Figure] = field(default_factory=list)

    def count(self, *seen: Protection) -> int:
        """How many figures are seen so."""
        return sum(figure.seen in seen for figure in self.figures)

    @property
    def least(self) -> int | None:
        """The largest of the smallest changes: what is always found wherever it happens."""
        return max((figure.least for figure in self.figures if figure.least is not None), default=None)

    @property
    def alone(self) -> Counter[str]:
        """The rules that alone protect figures, with how many."""
        return Counter(figure.alone for figure in self.figures if figure.alone)


@dataclass(slots=True)
class Coverage:
    """What the rules see of one filing; `unexplained` are numbers of the text that became no fact."""

    filing: Filing
    tables: list[TableCoverage]
    unexplained: int = 0

    def share(self, *, prose: bool) -> tuple[int, int]:
        """How many figures (of tables, or of the text with what was not understood) are checked, of how many."""
        tables = [table for table in self.tables if table.prose is prose]
        checked = sum(table.count(Protection.FOUND, Protection.APART) for table in tables)
        return checked, sum(len(table.figures) for table in tables) + (self.unexplained if prose else 0)


def coverage_of(filings: Sequence[Filing], book: RuleBook, mode: Rounding = Rounding.HALF_UP) -> list[Coverage]:
    """Tell of some filings, audited together, what the rule book sees of each."""
    dynamic = [table for filing in filings for table in filing.dynamic.values()]
    evaluation = evaluate(book.all_plans(dynamic), Chunk.of(filings, book.forms, mode))
    checked, _ = evaluation.marks
    why = _reasons(evaluation)
    starts = np.cumsum([0, *(len(filing.all_facts) for filing in filings)])
    out = []
    for number, filing in enumerate(filings):
        seen = signatures_of(evaluation, number)
        start = int(starts[number])
        titles = {read.table: read.title for read in filing.tables}
        tables: dict[str, TableCoverage] = {}
        for position, fact in enumerate(filing.facts):
            if fact.is_figure:
                name = fact.address.table
                prose = evaluation.chunk.tables[name].prose
                table = tables.setdefault(name, TableCoverage(name, titles.get(name, name), prose))
                at = start + position
                table.figures.append(_figure(fact, seen.get(position), why.get(at, ""), checked=bool(checked[at])))
        unexplained = sum(item.reason == "unread.prose" for item in filing.unread)
        out.append(Coverage(filing, list(tables.values()), unexplained))
    return out


def _figure(fact: Fact, signature: Signature | None, why: str, *, checked: bool) -> Figure:
    if not checked:
        return Figure(fact, Protection.NOT, None, (), why or say("covered.no_rule"))
    if signature is None:  # only alternatives of which one suffices, or questions asked once, touch it
        return Figure(fact, Protection.FOUND, None, ())
    rules = tuple(dict.fromkeys(check.rule.id for check in signature.checks))
    return Figure(fact, Protection.APART if signature.unique else Protection.FOUND, signature.least, rules)


def _reasons(evaluation: Evaluation) -> dict[int, str]:
    """Why the checks that name a figure are no evaluated equalities, by its position: comparisons, then reasons."""
    out: dict[int, str] = {}
    for outcome in evaluation.outcomes:
        if not isinstance(outcome.statement, Relation):
            continue
        for check in np.nonzero(outcome.verdict <= Verdict.NOT_APPLICABLE)[0]:
            i = int(check)
            reason = Reason(int(outcome.reason[i]))
            evaluated = outcome.verdict[i] <= Verdict.INCONSISTENT
            if evaluated and outcome.statement.operator == "=":
                continue
            text = say("covered.compared") if evaluated else f"{outcome.plan.rule.id}：{say(reason.key)}"
            for position in outcome.positions(i):
                out.setdefault(position, text)
    return out


def total(coverages: Iterable[Coverage], *, prose: bool) -> tuple[int, int]:
    """The shares of several filings together."""
    shares = [coverage.share(prose=prose) for coverage in coverages]
    return sum(share[0] for share in shares), sum(share[1] for share in shares)
