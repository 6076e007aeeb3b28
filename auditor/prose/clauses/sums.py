"""The sums that a text states: lists and numbered passages whose parts are all there are.

That they are may be said (组成, a family of names, shares of a hundred percent), shown by the other lists of the text
that begin with the same words, or by the list itself: it closes, or one slip of a digit is all that it lacks. A list
with an amount that was not understood is no sum.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model.units import Kind
from auditor.phrases.patterns import NUMBER
from auditor.prose.claims import Told
from auditor.prose.clauses.fits import shares_make_a_whole, slipped, sums, value_of
from auditor.prose.clauses.layers import layers_of
from auditor.prose.clauses.lead import HEADS
from auditor.prose.tokens import Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.phrases.sentence_grammar import Grammar
    from auditor.prose.clauses.model import Clause, Listing, Sentences

SUMMED = (
    "金额",
    "决算",
    "预算安排",
    "预算执行",
    "年初预算",
    "全年预算",
    "预算",
    "上年",
    "变动额",
    "较预算变动额",
    "数量",
)
CHANGED = ("变动额", "较预算变动额")
MANY = 2  # a list of more parts that is one slip away from its total was meant to close
MOST_BEHIND = 400  # characters behind a list that are looked at
FAMILY = 4  # so many lists with the same opening words show what they mean
MOST_BROKEN = 4  # one of so many may break what the others show
_AMOUNT = re.compile(rf"{NUMBER}(?:亿|万|千)?元")
_ATTRIBUTE = re.compile(r"(?:比|较|占|完成|同比|环比|[增减]|上升|下降|提高|降低)[^，；]*$")
_EDGE = re.compile(r"[，：、\d]|主要|具体|分别")


@dataclass(slots=True)
class Sum:
    """A list whose items add up to its whole, or should."""

    phrase: str
    column: str
    whole: Told
    parts: list[tuple[str, Told]]

    @property
    def key(self) -> tuple[tuple[int, int], frozenset[tuple[int, int]]]:
        """What it adds up to what, wherever it was found."""
        spots = frozenset((id(told.number.passage), told.number.start) for _, told in self.parts)
        return (id(self.whole.number.passage), self.whole.number.start), spots


@dataclass(slots=True)
class Growth:
    """A rate of a whole whose change is told by its parts alone: their changes add up to it."""

    phrase: str
    amount: Told
    rate: Told
    parts: list[tuple[str, Told]]


@dataclass(slots=True)
class _Try:
    """A list in one measure that may be a sum."""

    listing: Listing
    column: str
    whole: Told
    items: list[Clause]
    parts: list[Told]
    exact: bool


def like(number: Number, other: Number) -> bool:
    """Whether two numbers count in the same unit."""
    return number.kind is other.kind and (number.kind is Kind.AMOUNT or number.unit == other.unit)


def sums_of(sentences: Sentences, grammar: Grammar) -> list[Sum]:
    """All sums of a text, each once."""
    found = [*_lists(sentences.lists, grammar), *_by_share(sentences.clauses), *_layers(sentences.clauses, grammar)]
    return list({one.key: one for one in reversed(found)}.values())[::-1]


def growths_of(sentences: Sentences) -> Iterator[Growth]:
    """`14.01万元，其中：A 0万元、B 14.01万元。比上年增长16.75%，其中A增加0万元，B增加2.01万元`: the rate of 2.01."""
    for listing in sentences.lists:
        told = listing.whole.told
        changes = [item.told["变动额"] for item in listing.items if "变动额" in item.told]
        if "变动率" not in told or "变动额" in told or "上年" in told or len(changes) < max(2, len(listing.items)):
            continue
        amounts = [one for one in _tries(listing) if one.exact and one.column in ("金额", "决算")]
        if amounts and not _lacks_an_item(listing):
            parts = [(item.phrase, change) for item, change in zip(listing.items, changes, strict=True)]
            yield Growth(listing.whole.phrase, amounts[0].whole, told["变动率"], parts)


# -- lists ------------------------------------------------------------------------------------------------------


def _lists(lists: Iterable[Listing], grammar: Grammar) -> Iterator[Sum]:
    tries = [one for listing in lists for one in _tries(listing)]
    held = Counter(_opening(one.listing) for one in tries if one.exact)
    tried = Counter(_opening(one.listing) for one in tries)
    exact = {id(one.listing) for one in tries if one.exact}
    closed = {id(one.listing) for one in tries if one.exact and one.column in HEADS and len(one.parts) > 1}
    for one in tries:
        opening = _opening(one.listing)
        shown = tried[opening] >= FAMILY and (tried[opening] - held[opening]) * MOST_BROKEN <= tried[opening]
        changes = one.column in CHANGED and id(one.listing) in closed  # the amounts say that the list is complete
        if _licensed(one, grammar, exact, shown=shown or changes):
            pairs = [(item.phrase, part) for item, part in zip(one.items, one.parts, strict=True)]
            yield Sum(one.listing.whole.phrase, one.column, one.whole, pairs)


def _licensed(one: _Try, grammar: Grammar, exact: set[int], *, shown: bool) -> bool:
    listing, items = one.listing, one.listing.items
    single = len(items) == 1
    if one.column in CHANGED and len({base for item in (listing.whole, *items) if (base := item.base)}) > 1:
        return False  # changes against different figures of the year before
    if one.exact:
        return not single or shown
    if listing.interrupted or _lacks_an_item(listing) or _closes_behind(one):
        return False
    if listing.sure and not single:
        said = listing.complete or _whole_shares(items) or grammar.closes([item.phrase for item in items])
        if said or (shown and len(items) > 1):
            return True
    apart = listing.sure or all(id(rival) in exact for rival in listing.rivals)
    return apart and (len(items) > MANY or shown) and slipped(one.whole, one.parts)


def _tries(listing: Listing) -> Iterator[_Try]:
    items = listing.items
    for column in SUMMED if items else ():
        whole = listing.whole.told.get(column)
        telling = [item for item in items if column not in CHANGED or not item.flat or column in item.told]
        parts = [item.told.get(column) or _plain(item, listing.whole, column) for item in telling]
        known = [part for part in parts if part is not None]
        if whole is None or len(known) != len(telling) or not all(like(part.number, whole.number) for part in known):
            continue
        if listing.whole.stem and any(item.stem == listing.whole.stem for item in items):
            continue  # the list is of something that was told before: an item of it is no whole of it
        if known and (len(items) > 1 or _nothing(whole) is False):
            yield _Try(listing, column, whole, telling, known, sums(whole, known))


def _plain(item: Clause, whole: Clause, column: str) -> Told | None:
    """The amount of an item that says no more of itself: it is what its whole is, a budget or a final figure."""
    heads = [name for name in HEADS if name in whole.told]
    plain = [name for name in HEADS if name in item.told] == ["金额"]
    return item.told["金额"] if plain and heads == [column] else None


def _nothing(told: Told) -> bool:
    value = value_of(told)
    return value is None or value[0] == 0


def _opening(listing: Listing) -> tuple[str, str, bool]:
    """What lists are alike: those of one heading that begin with the same words, of one part or of several."""
    return listing.whole.passage.heading, _EDGE.sub("", listing.words), len(listing.items) == 1


def _whole_shares(items: Sequence[Clause]) -> bool:
    rates = [item.told.get("占比") for item in items]
    known = [rate for rate in rates if rate is not None]
    return len(known) == len(items) and shares_make_a_whole(known)


def _lacks_an_item(listing: Listing) -> bool:
    """Whether an amount behind the last item of a list, in the same sentence, is none of its items."""
    last = listing.items[-1]
    text = last.passage.text
    at = max(told.number.end for told in last.told.values())
    behind = text[at : at + MOST_BEHIND].split("。", 1)[0]
    if listing.in_brackets:
        behind = behind.split("）", 1)[0]
    if listing.mark or ("；" in behind and listing.sep != "；"):
        behind = behind.split("；", 1)[0]
    for found in _AMOUNT.finditer(behind):
        words = re.split(r"[，；、]", behind[: found.start()])[-1]
        changes = "变动额" in last.told
        if words and (changes or not _ATTRIBUTE.search(words)):
            return True
    return False


def _closes_behind(one: _Try) -> bool:
    """Whether an amount behind the end of a list is just what it lacks: a stop was printed for a semicolon."""
    values = [value[0] for told in (one.whole, *one.parts) if (value := value_of(told)) is not None]
    gap = values[0] - sum(values[1:]) if len(values) > len(one.parts) else 0
    last = one.listing.items[-1]
    at = max(told.number.end for told in last.told.values())
    for found in _AMOUNT.finditer(last.passage.text, at, at + MOST_BEHIND):
        text = found.group().rstrip("亿万千元")
        number = Number(last.passage, found.start(), found.end(), text, found.group()[len(text) :])
        value = value_of(Told(number))
        if gap and value is not None and value[0] == gap:
            return True
    return False


# -- shares and layers ------------------------------------------------------------------------------------------


def _by_share(clauses: Iterable[Clause]) -> Iterator[Sum]:
    """Amounts whose shares of one whole make a hundred percent add up to it."""
    groups: dict[int, list[Clause]] = defaultdict(list)
    for clause in clauses:
        if "占比" in clause.told and "全体" in clause.borrowed and clause.amount is not None:
            groups[id(clause.borrowed["全体"])].append(clause)
    for items in groups.values():
        whole = items[0].borrowed["全体"]
        parts = [(item.phrase, told) for item in items if (told := item.amount) is not None]
        alike = all(like(told.number, whole.number) for _, told in parts)
        complete = len(parts) > 1 and alike and shares_make_a_whole([item.told["占比"] for item in items])
        known = [told for _, told in parts]
        if complete and (sums(whole, known) or slipped(whole, known)):  # shares hide what is small
            yield Sum("", "金额", whole, parts)


def _layers(clauses: Iterable[Clause], grammar: Grammar) -> Iterator[Sum]:
    """Numbered passages behind a total: where they close, or lack one slip of a digit."""
    for layer in layers_of(clauses, grammar):
        parts = [told for _, told in layer.items]
        near = [whole for whole in layer.wholes if all(like(part.number, whole[1].number) for part in parts)]
        exact = next((whole for whole in near if sums(whole[1], parts)), None)
        if exact is None and layer.from_first and len(near) == 1 and len(parts) > MANY and slipped(near[0][1], parts):
            exact = near[0]
        if exact is not None:
            yield Sum(exact[0], layer.column, exact[1], layer.items)
