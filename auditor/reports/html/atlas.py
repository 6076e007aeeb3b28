"""Where every figure stands on the page: its cell or passage, its anchor, and the findings that speak of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from auditor.engine.findings import Mark

if TYPE_CHECKING:
    from auditor.engine.findings import Audit, Finding
    from auditor.model.filing import ReadTable, TextView


class PrintedSpot(NamedTuple):
    """A cell of a table as printed: the number of the table among those of the filing, and of its row."""

    table: int
    row: int


class Atlas:
    """The tables and passages of one audit, and which findings speak of which of their figures."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.starts: list[int] = []  # of each table: the position of its first fact in the audit's list
        self.cells: dict[int, PrintedSpot] = {}  # fact → where it is shown
        self.passages: dict[int, int] = {}  # fact → number of its passage
        self.links: dict[int, list[str]] = {}  # fact → the findings that speak of it, the worst first
        self._find_cells()
        self.positions = {str(fact.address): number for number, fact in enumerate(audit.facts)}
        for number, passage in enumerate(audit.filing.passages):
            for span in passage.spans:
                if (known := self.positions.get(span.address)) is not None:
                    self.passages.setdefault(known, number)
        for finding in audit.findings:
            for fact in facts_of(finding):
                self.links.setdefault(fact, []).append(finding.id)

    def _find_cells(self) -> None:
        start = 0
        for number, table in enumerate(self.audit.filing.tables):
            self.starts.append(start)
            for row, cells in enumerate(table.view):
                found = (start + cell.fact for cell in cells if cell.fact is not None)
                self.cells |= dict.fromkeys(found, PrintedSpot(number, row))
            start += len(table.facts)

    def is_shown(self, fact: int) -> bool:
        """Whether a figure has a place in the document as shown."""
        return fact in self.cells or (fact in self.passages and is_told(self.passage(fact)))

    def anchor(self, fact: int) -> str:
        """The id of a figure in the document as shown, or '' where it has none or no finding speaks of it."""
        return f"n{fact}" if fact in self.links and self.is_shown(fact) else ""

    def passage(self, fact: int) -> TextView:
        """The passage in which a figure of the prose stands."""
        return self.audit.filing.passages[self.passages[fact]]

    def table(self, number: int) -> ReadTable:
        """A table of the filing."""
        return self.audit.filing.tables[number]


def facts_of(finding: Finding) -> list[int]:
    """The facts that a finding speaks of: suspects first, then the operands of all its checks."""
    found = [suspect.fact for suspect in finding.suspects]
    found += [operand.fact for check in finding.checks for operand in check.operands]
    return list(dict.fromkeys(found))


def is_told(passage: TextView) -> bool:
    """Whether a passage is shown: it holds numbers that are not in the profile, glossary or attachments."""
    return any(span.reason != "unread.outside" for span in passage.spans)


def own_marks(finding: Finding, audit: Audit) -> dict[int, Mark]:
    """How the figures of a finding are marked within it: its first suspect as one, unless it accuses nobody."""
    marks = {fact: audit.marks[fact] for fact in facts_of(finding) if fact < len(audit.marks)}
    if not finding.recognised:
        marks |= {suspect.fact: Mark.SUSPECT for suspect in finding.suspects[:1]}
    return marks
