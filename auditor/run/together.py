"""Filings audited with those that they see: what the doors of the program do with filings that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.engine.findings import Audit
    from auditor.model.entities import Entities
    from auditor.model.filing import Filing
    from auditor.rules.book import RuleBook
    from auditor.run.settings import Settings


def audited(
    filings: Sequence[Filing], book: RuleBook, settings: Settings, entities: Entities
) -> Iterator[list[tuple[int, Audit]]]:
    """Audit filings, those of one department together, so that each sees last year's, its budget, its units.

    One list for each department as it is done: the place of each filing among `filings`, and its audit.
    """
    if not filings:
        return
    from auditor.engine.audit import audit_filings

    by_entity: dict[str, list[int]] = {}
    for number, filing in enumerate(filings):
        by_entity.setdefault(entities.together(filing.key.entity) or f"?{number}", []).append(number)
    for members in by_entity.values():
        numbers = {id(filings[number]): number for number in members}
        audits = audit_filings([filings[number] for number in members], book, settings.rounding, entities)
        yield [(numbers[id(audit.filing)], audit) for audit in audits]
