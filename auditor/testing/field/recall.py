"""Which changed figures of a filing are found, named and put right: one figure at a time, everything bound again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from auditor.engine.audit import audit_filings
from auditor.engine.findings import Severity
from auditor.errors import BadInputError
from auditor.model.numbers import parse_literal
from auditor.reading.filings import filing_of, merge
from auditor.reports.figures import FigureWords
from auditor.testing.field.changing import STAMP, changed, new_text
from auditor.testing.field.spots import spots_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.engine.checks import Check
    from auditor.engine.findings import Audit, Finding
    from auditor.model.document import Document
    from auditor.model.facts import Fact
    from auditor.model.filing import Filing
    from auditor.model.units import Rounding
    from auditor.rules.book import RuleBook
    from auditor.testing.field.spots import Spot

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class ChangeTrial:
    """One changed figure, and what came of it.

    `read`: it is a fact; `checked`: unchanged it stands in an evaluated equality; `found`: a new error or warning
    is about it; `named`: it is the first suspect of one; `repaired`: with the figure that was printed as suggestion;
    `hinted`: only a new hint is about it.
    """

    kind: str
    page: int | None
    old: str
    new: str
    how: str
    address: str = ""
    read: bool = False
    checked: bool = False
    found: bool = False
    named: bool = False
    repaired: bool = False
    hinted: bool = False
    rules: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether the figure stands in a sentence."""
        return self.kind.startswith("文字")


class Base(NamedTuple):
    """A filing as published: bound, audited; the failing checks of its findings."""

    filing: Filing
    audit: Audit
    failing: frozenset[tuple[object, ...]]


def base_of(filing: Filing, audit: Audit) -> Base:
    """What a changed filing is held against."""
    failing = frozenset(_key(check, audit) for finding in audit.findings for check in finding.checks)
    return Base(filing, audit, failing)


def sample(document: Document, tables: int, texts: int, seed: int) -> list[Spot]:
    """Some figures of the tables and some of the text, the same for the same document and seed."""
    spots = spots_of(document, seed)
    told = [spot for spot in spots if spot.is_told]
    return [spot for spot in spots if not spot.is_told][:tables] + told[:texts]


def trials(
    document: Document, base: Base, spots: Sequence[Spot], book: RuleBook, mode: Rounding
) -> Iterator[ChangeTrial]:
    """Change figures one at a time, bind each copy again, audit the copies together: none is a partner of another."""
    planned: list[tuple[Spot, str, str]] = []
    filings: list[Filing | None] = []
    for spot in spots:
        made = new_text(spot)
        if made is not None:
            planned.append((spot, *made))
            filings.append(_bound(changed(document, spot, made[0]), book))
    audits = iter(audit_filings([one for one in filings if one is not None], book, mode, prove_clean=False))
    for (spot, text, how), filing in zip(planned, filings, strict=True):
        trial = ChangeTrial(spot.kind, spot.page, spot.text.strip(), text.strip(), how)
        yield trial if filing is None else _judged(trial, spot, base, next(audits))


def _bound(document: Document, book: RuleBook) -> Filing | None:
    try:
        return merge([filing_of(document, book.forms)], book.forms)
    except BadInputError:
        return None


def _judged(trial: ChangeTrial, spot: Spot, base: Base, audit: Audit) -> ChangeTrial:
    """Look for the changed figure in what is new."""
    places = set(_changed_facts(spot, trial.new, base, audit))
    if not places:
        return trial
    addresses = [str(audit.facts[place].address) for place in sorted(places)]
    new = [finding for finding in audit.findings if _is_new(finding, places, base, audit)]
    asking = [finding for finding in new if finding.severity is not Severity.INFO]
    naming = [finding for finding in asking if finding.suspects and finding.suspects[0].fact in places]
    figures = FigureWords(audit)
    return ChangeTrial(
        trial.kind,
        trial.page,
        trial.old,
        trial.new,
        trial.how,
        addresses[0],
        read=True,
        checked=_was_checked(addresses, base),
        found=bool(asking),
        named=bool(naming),
        repaired=any(_same(figures.suggested(finding.suspects[0]), trial.old) for finding in naming),
        hinted=bool(new) and not asking,
        rules=tuple(dict.fromkeys(finding.rule.id for finding in new)),
    )


def _is_new(finding: Finding, places: set[int], base: Base, audit: Audit) -> bool:
    """Whether a finding is about the changed figure and rests on a check that did not fail before."""
    about = {operand.fact for check in finding.checks for operand in check.operands}
    about |= {suspect.fact for suspect in (*finding.suspects, *finding.also)}
    return not places.isdisjoint(about) and any(_key(check, audit) not in base.failing for check in finding.checks)


def _key(check: Check, audit: Audit) -> tuple[object, ...]:
    operands = (str(audit.facts[operand.fact].address) for operand in check.operands)
    return check.rule.id, check.statement, check.verdict, *operands


def _was_checked(addresses: Sequence[str], base: Base) -> bool:
    tested = zip(base.audit.filing.facts, base.audit.tested, strict=False)
    return not {str(fact.address) for fact, yes in tested if yes}.isdisjoint(addresses)


def _same(suggested: str, printed: str) -> bool:
    """Whether a suggestion is the figure that was printed, whatever its zeros, commas and sign."""
    found = _NUMBER.search(suggested)
    old = _NUMBER.search(printed)
    if found is None or old is None:
        return False
    a, b = parse_literal(found.group()), parse_literal(old.group())
    return a.digits * int(10**b.decimals) == b.digits * int(10**a.decimals)


# -- which facts the changed place became -----------------------------------------------------------------------


def _changed_facts(spot: Spot, text: str, base: Base, audit: Audit) -> Iterator[int]:
    facts = audit.filing.facts
    if not spot.is_told:
        stamped = [n for n, fact in enumerate(facts) if fact.place.quote == STAMP and fact.is_figure]
        yield from stamped or _differing(facts, text, base)
        return
    told = _told_address(base.filing, audit.filing)
    named = [n for n, fact in enumerate(facts) if told and str(fact.address) == told]
    yield from named or _differing(facts, text, base)


def _differing(facts: Sequence[Fact], text: str, base: Base) -> Iterator[int]:
    """Facts that print the new figure where the filing as published had another one or none."""
    before = {(fact.address, fact.text) for fact in base.filing.facts}
    for number, fact in enumerate(facts):
        if fact.is_figure and _same(fact.text, text) and (fact.address, fact.text) not in before:
            yield number


def _told_address(before: Filing, after: Filing) -> str:
    """The address of the number in which the passages of two filings differ, or ''."""
    if len(before.passages) != len(after.passages):
        return ""
    for old, new in zip(before.passages, after.passages, strict=True):
        if old.text != new.text and len(old.text) == len(new.text):
            at = next(n for n, (a, b) in enumerate(zip(old.text, new.text, strict=True)) if a != b)
            return next((span.address for span in new.spans if span.start <= at < span.end), "")
    return ""
