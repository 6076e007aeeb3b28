"""Which proposed sums may accuse: what the document obeys, and where it breaks it in one or two cells at most.

A pattern that fails in several places is a misreading of ours: it is dropped and told, never a finding. A place that
cannot be tried counts against a pattern like one that fails, so that hiding figures never makes an accusation.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from auditor.model.footing import FootingKind, Licence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.model.facts import Address
    from auditor.shapes.choose import Choice
    from auditor.shapes.proposal import Proposal

MIN_EVIDENCE = 5  # places that must obey a relation which no label states
EVIDENCE_PER_FAILURE = 5
PER_FAILURE = 10  # rows that must obey a total column for each row that breaks it, from the second on
MAX_CELLS = 2  # wrong figures that one table is believed to have
MIN_TABLES = 1  # of a document that obey a pattern, where a table has but one place of it


class Broken(NamedTuple):
    """A place in which an accepted sum fails: by how much each of its figures would have to change."""

    choice: int  # identity
    changes: dict[Address, int]


@dataclass(slots=True)
class Licensed:
    """The sums of one table that are checks, and the patterns that were dropped (with failing and obeying places)."""

    kept: list[tuple[Proposal, Choice]] = field(default_factory=list)
    dropped: list[tuple[str, int, int]] = field(default_factory=list)


class Pool:
    """How the tables of one document obey each family of patterns."""

    def __init__(self, tables: Sequence[Sequence[Proposal]]) -> None:
        self._obeyed: dict[str, set[int]] = defaultdict(set)
        self._broken: dict[str, set[int]] = defaultdict(set)
        for number, proposals in enumerate(tables):
            for one in proposals:
                if one.family and one.count("holds") and not one.count("fails"):
                    self._obeyed[one.family].add(number)
                elif one.family and (one.count("fails") or one.count("unknown")):
                    self._broken[one.family].add(number)

    def supports(self, family: str, table: int) -> bool:
        """Whether enough other tables obey a family, and hardly any breaks it."""
        obeyed, broken = self._obeyed[family] - {table}, self._broken[family] - {table}
        return len(obeyed) >= MIN_TABLES and len(obeyed) > 4 * len(broken)


def licensed(proposals: Sequence[Proposal], table: int, pool: Pool) -> Licensed:
    """Choose among the proposals of one table of a document."""
    out = Licensed()
    accused: list[tuple[Proposal, Choice]] = []
    unsupported: list[tuple[Proposal, Choice]] = []
    for one in proposals:
        good, bad = _parted(one.choices)
        if not bad:
            if _may_hold(one):
                out.kept += [(one, choice) for choice in good]
            continue
        if not _believable(one, good, bad):
            out.dropped.append((one.pattern, one.count("fails"), one.count("holds")))
            if one.kind is FootingKind.TREE and 2 * len(bad) <= len(good):
                out.kept += [(one, choice) for choice in good]
            continue
        out.kept += [(one, choice) for choice in good]
        single = [(one, choice) for choice in bad if _single(one, choice)]
        if len(single) < len(bad):
            out.dropped.append((one.pattern, one.count("fails"), one.count("holds")))
        confirmed = one.family == "上下级·科目" and any(
            other.kind is FootingKind.ROWS and other.count("holds") and not other.count("fails") for other in proposals
        )
        told = _supported(one, table, pool, confirmed=confirmed) or _by_label(one, proposals)
        (accused if told else unsupported).extend(single)
    accused, unsupported = _corroborated(accused, unsupported)
    if few_cells([place for _, choice in accused for place in places(_, choice)]):
        out.kept += accused
    else:
        unsupported += accused
    out.dropped += [(one.pattern, c.reading.tally.failed, c.reading.tally.held) for one, c in unsupported]
    return out


def _parted(choices: Iterable[Choice]) -> tuple[list[Choice], list[Choice]]:
    good: list[Choice] = []
    bad: list[Choice] = []
    for choice in choices:
        (bad if choice.reading.tally.failed else good).append(choice)
    return good, bad


def _may_hold(one: Proposal) -> bool:
    """Whether a pattern that nothing contradicts is a check: by its label, or because enough places obey it."""
    if one.licence is Licence.LABEL:
        return True
    return (one.count("holds") >= MIN_EVIDENCE and one.count("strong") > 0) or one.count("strong") >= 3


def _believable(one: Proposal, good: Sequence[Choice], bad: Sequence[Choice]) -> bool:
    """Whether a pattern fails so seldom that the figures may be wrong and not our reading."""
    held, against = one.count("holds"), one.count("fails") + one.count("unknown")
    if one.licence is Licence.EVIDENCE and (held < EVIDENCE_PER_FAILURE * against or not one.count("strong")):
        return False
    if one.kind is FootingKind.TREE:
        doubtful = sum(choice.reading.tally.doubtful > 0 for choice in good)
        return len(bad) + doubtful <= max(MAX_CELLS, (len(good) + len(bad)) // PER_FAILURE)
    if one.kind is FootingKind.COLUMNS:
        return against <= max(1, held // PER_FAILURE)
    return against <= 1


def _single(one: Proposal, choice: Choice) -> bool:
    """Whether one wrong figure can be behind a sum: it breaks a row relation in one column only."""
    tally = choice.reading.tally
    if one.kind is FootingKind.COLUMNS:
        return choice.settled
    once = tally.failed + tally.doubtful + int(tally.bare.sum()) == 1
    return choice.settled and once and not _doubled(one, choice)


def _doubled(one: Proposal, choice: Choice) -> bool:
    """Whether the parts are about two or three times their total: rows of several levels were added up."""
    place = np.nonzero(choice.reading.tally.fails)[0][0].item()
    total = abs(one.figures.value[choice.reading.sum.total, place].item())
    parts = abs(total - choice.reading.tally.gap[place].item()) if total else 0
    several = len(choice.reading.sum.parts) > 2
    return several and any(abs(parts - times * total) * 20 <= total * times for times in (2, 3)) and total > 0


def _by_label(one: Proposal, proposals: Sequence[Proposal]) -> bool:
    """Whether a label alone leaves but one reading of a total: one wrong figure cannot take that away.

    It is the only total of a plain list, that of the roots of a tree of codes which the table obeys everywhere, or one
    whose rows a larger total sums rightly. What it lacks is no printed figure: a row that was put to the wrong total is
    no wrong figure.
    """
    if one.kind is not FootingKind.ROWS or one.licence is not Licence.LABEL:
        return False
    trees = [other for other in proposals if other.kind is FootingKind.TREE]
    rooted = bool(one.family) and any(
        other.family == "上下级·科目" and other.count("strong") >= MIN_EVIDENCE and not other.count("fails")
        for other in trees
    )
    told = one.alone or rooted or _covered(one, proposals)
    return told and not any(_is_printed(one, choice) for choice in one.choices)


def _covered(one: Proposal, proposals: Sequence[Proposal]) -> bool:
    """Whether another total of the lane sums the rows of a failing one, and some more, as it should."""
    mine = [choice.reading.sum for choice in one.choices]
    larger = [
        choice.reading
        for other in proposals
        if other is not one and other.kind is FootingKind.ROWS and other.figures is one.figures
        for choice in other.choices
        if not choice.reading.tally.failed and choice.reading.tally.strong.any()
    ]
    return all(
        len(small.parts) > 1
        and any(
            set(small.parts) < set(r.sum.parts) and small.total not in {line for _, line in r.sum.parts} for r in larger
        )
        for small in mine
    )


def _is_printed(one: Proposal, choice: Choice) -> bool:
    """Whether the gap of a failing sum is a figure of its lane."""
    tally, figures = choice.reading.tally, one.figures
    gaps = np.abs(tally.gap[tally.fails])
    return bool(np.isin(gaps, np.abs(figures.value[figures.value != 0])).any())


def _supported(one: Proposal, table: int, pool: Pool, *, confirmed: bool) -> bool:
    """Whether a pattern is obeyed elsewhere: in this table, else in others of the document.

    A tree of codes is `confirmed` by a total row that agrees with its roots, where all that fails has several parts.
    """
    held, failed = one.count("holds"), one.count("fails")
    if held > failed and (one.count("strong") or held >= MIN_EVIDENCE):
        return True
    several = all(len(c.reading.sum.parts) > 1 for c in one.choices if c.reading.tally.failed)
    if one.licence is Licence.LABEL and ((confirmed and several) or (held >= failed and one.count("strong"))):
        return True
    return one.licence is Licence.LABEL and pool.supports(one.family, table)


Pairs = list[tuple["Proposal", "Choice"]]


def _corroborated(accused: Pairs, unsupported: Pairs) -> tuple[Pairs, Pairs]:
    """Failing sums that no place supports, and one figure with the same change explains together with another sum.

    The other is of another kind, down where this goes across: sums that one header or one stub proposes are misread
    together, when a part is put under the wrong total. Two totals down tell the same where what they lack is no figure
    of the table.
    """
    if not unsupported:
        return accused, unsupported
    broken = [
        (one.kind if _is_printed(one, choice) else place.choice, place)
        for one, choice in (*accused, *unsupported)
        for place in places(one, choice)
    ]
    told = {
        place.choice
        for kind, place in broken
        for other_kind, other in broken
        if kind != other_kind and any(other.changes.get(a) == change for a, change in place.changes.items())
    }
    raised = [pair for pair in unsupported if id(pair[1]) in told and pair[0].licence is Licence.LABEL]
    return [*accused, *raised], [pair for pair in unsupported if pair not in raised]


def places(one: Proposal, choice: Choice) -> list[Broken]:
    """The places in which a sum fails."""
    out, reading = [], choice.reading
    for place in np.nonzero(reading.tally.fails)[0].tolist():
        gap = reading.tally.gap[place].item()
        lines = [(-1, reading.sum.total), *reading.sum.parts]
        named = [(one.figures.address[line][place], sign * gap) for sign, line in lines]
        out.append(Broken(id(choice), {address: change for address, change in named if address is not None}))
    return out


def few_cells(broken: Sequence[Broken]) -> bool:
    """Whether a few wrong figures, each changed by one amount, explain all places."""
    left = list(broken)
    for _ in range(MAX_CELLS):
        if not left:
            return True
        counts: dict[tuple[Address, int], int] = defaultdict(int)
        for place in left:
            for change in place.changes.items():
                counts[change] += 1
        if not counts:
            return False
        best = max(sorted(counts), key=counts.__getitem__)
        left = [place for place in left if place.changes.get(best[0]) != best[1]]
    return not left
