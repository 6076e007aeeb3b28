"""Results of an audit as plain records: checks that did not hold, findings, the ledger, marks on every figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.engine.verdicts import Reason, Verdict

if TYPE_CHECKING:
    import datetime as dt

    from auditor.engine.checks import Check
    from auditor.engine.localise.grouping import RuleDoubt
    from auditor.engine.localise.lost_rows import LostRow
    from auditor.engine.localise.proof import Proof
    from auditor.engine.localise.suspects import Suspect
    from auditor.engine.localise.whole_tables import WholeCause
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing
    from auditor.rules.rule import Rule


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Mark(StrEnum):
    """What is known of one figure after all checks."""

    CONFIRMED = "confirmed"  # in a consistent check and in none that is not
    ROUNDING = "rounding"  # in a check with a tail
    CONTRADICTED = "contradicted"  # in a check that fails
    SUSPECT = "suspect"  # named by a finding
    UNCHECKED = "unchecked"  # no equality that holds touches it
    UNREAD = "unread"


class Standing(StrEnum):
    """What a reader has decided about a finding (处理状态)."""

    OPEN = "open"  # 待核实: to be looked into
    CONFIRMED = "confirmed"  # 已确认: an error indeed
    CHANGED = "changed"  # 已改: changed in the document since
    WAIVED = "waived"  # 不改: accepted, and stays


class Since(StrEnum):
    """How a finding stands against the baseline."""

    NEW = "new"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody has decided about a finding, why, and until which day; `file` and `line` say where it is written.

    `expired` is set by the run that finds that day in the past.
    """

    state: Standing
    reason: str = ""
    who: str = ""
    until: dt.date | None = None
    remark: str = ""
    expired: bool = False
    file: str = ""
    line: int = 0

    def is_past(self, today: dt.date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and self.until < today


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding of the baseline that is no more, as it was told there."""

    id: str
    rule: str
    severity: str
    verdict: str
    message: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The earlier report that a filing was compared with, and its findings that are gone."""

    file: str
    gone: tuple[Gone, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, told once. `checks` are those that fail because of it, the most telling first.

    `recognised` says that figures recognised from pictures are among them: it asks to look at the original, and
    accuses nobody. `elsewhere` are figures of partners that their own findings accuse, and whose repair settles it.
    `review` is what a reader has decided, `since` how it stands against the baseline, where given.
    """

    id: str
    severity: Severity
    verdict: Verdict
    checks: tuple[Check, ...]
    suspects: tuple[Suspect, ...] = ()
    unexplained: bool = False  # no few figures explain its checks
    proof: Proof | None = None  # an unrounded ledger that satisfies all equalities and prints as shown, or as repaired
    recognised: bool = False
    also: tuple[Suspect, ...] = ()  # figures that have to change with the suspect: computed or copied from it
    lost: LostRow | None = None  # the row that its table lacks
    elsewhere: tuple[int, ...] = ()
    doubt: RuleDoubt | None = (
        None  # its rule is broken nearly everywhere in the table: the rule is suspect, no figure is
    )
    whole: WholeCause | None = None  # what is wrong with a whole table or column: its unit of measure, its sign
    review: Review | None = None
    since: Since | None = None

    @property
    def waived(self) -> bool:
        """Whether it was accepted, and still is: shown, and counted apart."""
        return self.review is not None and self.review.state is Standing.WAIVED and not self.review.expired

    @property
    def main(self) -> Check:
        """The check that is shown."""
        return self.checks[0]

    @property
    def rule(self) -> Rule:
        """The rule of the check that is shown."""
        return self.main.rule

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Every rule that fails for this cause."""
        return tuple(dict.fromkeys(check.rule.id for check in self.checks))


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """Checks of one rule that could not be evaluated for one reason; `where` names a table or an address."""

    rule: Rule
    reason: Reason
    where: str
    count: int = 1


@dataclass(slots=True)
class CheckLedger:
    """The counts of checks by verdict; they add up."""

    counts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))

    @property
    def checks(self) -> int:
        """All checks."""
        return sum(self.counts.values())

    def __getitem__(self, verdict: Verdict) -> int:
        return self.counts[verdict]


@dataclass(slots=True)
class Audit:
    """Everything that one filing's audit says. `marks` runs parallel to `facts`."""

    filing: Filing
    facts: list[Fact]
    ledger: CheckLedger
    findings: list[Finding]
    not_evaluated: list[NotEvaluated]
    marks: list[Mark]
    printed: int = 0  # figures that the tables print
    checked: int = 0  # of these, operands of an evaluated equality
    confirmed: int = 0
    told: int = 0  # figures that the prose tells
    told_checked: int = 0
    has_tables: bool = True  # any table, known or not
    passed: dict[str, int] = field(default_factory=dict)  # rule → how many of its checks are consistent
    baseline: Baseline | None = None
    tested: list[bool] = field(default_factory=list)  # for every fact of the filing: operand of an evaluated equality

    @property
    def decided(self) -> bool:
        """Whether any figure, of a table or of the prose, took part in an equality."""
        return bool(self.checked or self.told_checked)

    def worst(self) -> Severity | None:
        """The severest finding that is not waived, or None."""
        present = {finding.severity for finding in self.findings if not finding.waived}
        return next((severity for severity in Severity if severity in present), None)

    def count(self, severity: Severity) -> int:
        """How many findings have a severity, waived ones left aside."""
        return sum(finding.severity is severity and not finding.waived for finding in self.findings)

    @property
    def waived(self) -> int:
        """How many findings were accepted."""
        return sum(finding.waived for finding in self.findings)
