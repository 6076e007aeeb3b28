"""Which column of a shape is which column of a standard table: by what its header says, in any words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from auditor.model.labels import plain
from auditor.shapes.across import is_total_word
from auditor.shapes.roles import GENERAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.model.shape import ShapeColumn
    from auditor.model.tables import Column
    from auditor.shapes.roles import Vocabulary

_CARRIED = frozenset({"上年结转", "结转下年"})
_OF_THE_YEAR = frozenset({"本年", "预算数"})
_FISCAL = "财政拨款"
_OTHER_YEAR = "别年"


class ColumnKey(NamedTuple):
    """What tells one column from the others: carry-over, fund, nature, time, and what no role explains."""

    level: frozenset[str] = frozenset()
    fund: frozenset[str] = frozenset()
    nature: frozenset[str] = frozenset()
    time: frozenset[str] = frozenset()
    rest: tuple[str, ...] = ()


class Keys:
    """Keys of header paths, where all figures of a table share some roles and are of one year (0: not known)."""

    def __init__(self, vocabulary: Vocabulary, own: Iterable[str] = (), year: int = 0, lane: str = "") -> None:
        self.vocabulary = vocabulary
        self.own = frozenset(own)
        self.year = year
        self.lane = plain(lane)

    def of_path(self, path: Sequence[str]) -> ColumnKey:
        """The key of a header path; that of the total of all is empty."""
        texts = [text for part in path for text in part.split("/") if text and plain(text) != self.lane]
        if len(texts) > 1 and is_total_word(plain(texts[-1])):
            texts = texts[:-1]
        roles = self.vocabulary.of_path(texts)
        general = [text for text in roles.rest if GENERAL in self.vocabulary.of_label(text)]
        fund = roles.fund
        if len(fund) > 1:
            fund -= {_FISCAL}
        time = roles.time - _OF_THE_YEAR
        if roles.year and self.year and roles.year != self.year:
            time |= {_OTHER_YEAR}
        rest = tuple(plain(text) for text in roles.rest if text not in general and not is_total_word(plain(text)))
        return ColumnKey(roles.level & _CARRIED, fund - self.own, roles.nature - self.own, time, rest)


def matched(columns: Iterable[ShapeColumn], wanted: Sequence[Column], keys: Keys) -> dict[int, Column]:
    """The column of the standard table for each column of a shape (by position) that is surely one of them.

    Two columns of one key are not told apart and are none.
    """
    known = _known(wanted, keys)
    found: dict[ColumnKey, list[ShapeColumn]] = {}
    for column in columns:
        found.setdefault(keys.of_path(column.path), []).append(column)
    unknown = [column.position for key, places in found.items() if key not in known for column in places]
    out = {places[0].position: known[key] for key, places in found.items() if len(places) == 1 and key in known}
    for (whole,) in (places for places in (found.get(ColumnKey(), []),) if len(places) == 1):
        if _of_a_group(whole) and any(position < whole.position for position in unknown):
            out.pop(whole.position, None)
    return out


def _of_a_group(column: ShapeColumn) -> bool:
    """Whether a header names the total of a group: a column before it that nobody knows may be that of all."""
    texts = [text for part in column.path for text in part.split("/") if text]
    return len(texts) > 1 and is_total_word(plain(texts[-1])) and not is_total_word(plain(texts[0]))


def _known(wanted: Sequence[Column], keys: Keys) -> dict[ColumnKey, Column]:
    """The columns of a standard table by key: by their names, then by the headers that say more than 合计."""
    known: dict[ColumnKey, Column] = {}
    for column in wanted:
        known.setdefault(keys.of_path(column.name.split("/")), column)
    for column in wanted:
        for header in column.headers:
            key = keys.of_path(header.split("/"))
            if key != ColumnKey():
                known.setdefault(key, column)
    return known
