"""Compare the reading and the findings of a varied copy with those of its original."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.engine.audit import audit_filings
from auditor.engine.verdicts import Verdict
from auditor.model.numbers import State
from auditor.rules.nodes import Predicate
from auditor.testing.varying.sheets import STAMP, read_whole

if TYPE_CHECKING:
    from auditor.engine.findings import Audit
    from auditor.forms.book import FormBook
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.testing.varying.sheets import Copy, Original

SaidFigure = tuple[str, str, str, int]  # table, row, column, value in the smallest step
Sign = tuple[str, frozenset[SaidFigure]]  # rule, the figures it binds


@dataclass(slots=True)
class Comparison:
    """How a copy was read: figures (other than zero) by what became of them, and findings that changed.

    `generic` are read under their code in a table without a form, `misread` have another address or value than in
    the original, `silent` are neither read nor told as unread, `gained` are read only in the copy; `accused` are
    contradictions that the original has not, `acquitted` those of the original whose figures are all read and which
    the copy has not.
    """

    read: int = 0
    unread: int = 0
    generic: int = 0
    misread: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    gained: list[str] = field(default_factory=list)
    accused: list[str] = field(default_factory=list)
    acquitted: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing misread, nothing lost in silence, nobody accused or acquitted."""
        return not (self.misread or self.silent or self.accused or self.acquitted)


def _said(fact: Fact) -> SaidFigure:
    return (fact.address.table, fact.address.row, fact.address.column, fact.value)


def _key(fact: Fact) -> str:
    """The stamp of a fact's cell; figures read from lines stand under their addresses."""
    return fact.place.quote if fact.place.quote.startswith(STAMP) else str(fact.address)


def _by_stamp(filing: Filing, book: FormBook) -> dict[str, list[SaidFigure]]:
    """What every stamped cell says, and every figure that was read from lines; not the claims of the prose."""
    prose = {table.name for table in book.tables.values() if table.prose}
    out: dict[str, list[SaidFigure]] = defaultdict(list)
    for fact in filing.facts:
        if fact.state is State.VALUE and fact.address.table not in prose:
            out[_key(fact)].append(_said(fact))
    return out


def _signs(audit: Audit) -> dict[Verdict, dict[Sign, tuple[str, set[SaidFigure]]]]:
    """The failing checks and the tails of an audit, by rule and figures: their names, and all that they bind."""
    out: dict[Verdict, dict[Sign, tuple[str, set[SaidFigure]]]] = {Verdict.INCONSISTENT: {}, Verdict.ROUNDING: {}}
    for finding in audit.findings:
        for check in finding.checks:
            facts = [audit.facts[operand.fact] for operand in check.operands]
            figures = frozenset(_said(fact) for fact in facts if fact.state is State.VALUE)
            bound = {_said(fact) for fact in facts}
            out[check.verdict][check.rule.id, figures] = (f"{check.rule.id} {check.statement}", bound)
    return out


def _of_order(rule: str, book: RuleBook) -> bool:
    """Whether a rule judges the order of rows."""
    plans = book.plans(book.by_id[rule])
    statements = [statement for plan in plans for statement in plan.statements]
    return any(isinstance(statement, Predicate) and statement.name == "ordered" for statement in statements)


class Judge:
    """Audits the original once and compares its copies."""

    def __init__(self, original: Original, book: RuleBook) -> None:
        self.original, self.book = original, book
        self.said = _by_stamp(original.filing, book.forms)
        self.texts = {_key(fact): fact.text for fact in original.filing.facts}
        self.audit = audit_filings([original.filing], book)[0]
        self.signs = _signs(self.audit)

    @property
    def figures(self) -> int:
        """How many figures other than zero are read in the original."""
        return sum(len(said) for said in self.said.values())

    def compare(self, copy: Copy) -> Comparison:
        """Read and audit a copy, and compare."""
        filing = read_whole(copy.close(), self.book.forms)
        audit = audit_filings([filing], self.book)[0]
        result = Comparison()
        now = _by_stamp(filing, self.book.forms)
        told = {item.place.quote for item in filing.unread} | {item.text for item in filing.unread}
        for stamp, before in self.said.items():
            after = now.get(stamp, [])
            wrong = [said for said in after if said not in before and not _under_own_labels(said, before)]
            result.generic += sum(_under_own_labels(said, before) for said in after)
            result.misread += [f"{_text(before[0])} → {_text(said)}" for said in wrong]
            result.read += sum(said in after for said in before)
            lost = [said for said in before if said not in after]
            result.unread += len(lost)
            if lost and not after and not told & {stamp, self.texts[stamp]}:
                result.silent += [_text(said) for said in lost]
        result.gained = [_text(said) for stamp, after in now.items() if stamp not in self.said for said in after]
        usable = {_said(fact) for fact in filing.facts if fact.state is not State.UNREADABLE}
        self._findings(copy, audit, usable, result)
        return result

    def _findings(self, copy: Copy, audit: Audit, read: set[SaidFigure], result: Comparison) -> None:
        signs = _signs(audit)
        before, tails = self.signs[Verdict.INCONSISTENT], self.signs[Verdict.ROUNDING]
        for sign, (text, _) in signs[Verdict.INCONSISTENT].items():
            if sign in before or ("finer" in copy.marks and sign in tails):
                continue
            if "order" in copy.marks and _of_order(sign[0], self.book):
                continue
            if "misspelt" in copy.marks and sign[0].startswith("ST-N"):
                continue
            if "renamed" in copy.marks and sign[0].startswith("ST-E"):
                continue
            result.accused.append(text)
        open_rules = {item.rule.id for item in audit.not_evaluated}
        for sign, (text, bound) in before.items():
            if sign[0] in open_rules or sign in signs[Verdict.INCONSISTENT] or not bound <= read:
                continue
            if copy.marks & {"finer", "order"} and sign in signs[Verdict.ROUNDING]:
                continue
            result.acquitted.append(text)


def _under_own_labels(said: SaidFigure, before: list[SaidFigure]) -> bool:
    """Whether a cell is read by the labels that stand beside it, in a table (or a part) that no form describes."""
    return said[0].startswith("其他表/") and any(said[3] == value for *_, value in before)


def _text(said: SaidFigure) -> str:
    table, row, column, value = said
    return f"{table}[{row}].{column}={value}"
