"""The names of rows inside a table: `支出/208`, `收入/财政拨款/一般公共预算`, `合计`, `208#2`."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from auditor.digits import begins_with_digit, whole_number


class RowName(NamedTuple):
    """A row's name taken apart. `RowName.parse` reads it, `str` writes it.

    `lane` is what stands before the first stroke (a lane, or a group of rows), `name` the rest; `code` is the last part
    of the name where it is a code, also one that was recovered by its name (`208·…`), else empty.

    >>> RowName.parse("支出/208#2")
    RowName(lane='支出', code='208', name='208', occurrence=2)
    >>> RowName.parse("收入/财政拨款/一般公共预算").last
    '一般公共预算'
    >>> str(RowName.parse("合计"))
    '合计'
    """

    lane: str
    code: str
    name: str
    occurrence: int = 1

    @staticmethod
    @lru_cache(maxsize=100_000)
    def parse(text: str) -> RowName:
        """Take a name apart; every text is one."""
        plain, _, again = text.partition("#")
        lane, stroke, name = plain.partition("/")
        if not stroke:
            lane, name = "", plain
        last = name.rsplit("/", 1)[-1]
        occurrence = whole_number(again, 6) or 1
        return RowName(lane, last if begins_with_digit(last) else "", name, occurrence)

    @property
    def path(self) -> str:
        """The name as its table knows it, without the occurrence."""
        return f"{self.lane}/{self.name}" if self.lane else self.name

    @property
    def head(self) -> str:
        """The first part: the lane where there is one, else all of the name."""
        return self.lane or self.name

    @property
    def last(self) -> str:
        """The last part: what is printed in the row itself."""
        return self.name.rsplit("/", 1)[-1]

    @property
    def above(self) -> str:
        """The path without its last part; the whole path where it has only one."""
        return self.path.rsplit("/", 1)[0]

    def __str__(self) -> str:
        return f"{self.path}#{self.occurrence}" if self.occurrence > 1 else self.path
