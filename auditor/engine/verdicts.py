"""Verdicts of checks, and the reasons for those that were not evaluated or do not apply."""

from __future__ import annotations

from enum import IntEnum


class Verdict(IntEnum):
    """What came out of one check."""

    CONSISTENT = 0
    ROUNDING = 1
    INCONSISTENT = 2
    NOT_EVALUATED = 3
    NOT_APPLICABLE = 4
    BROKEN_RULE = 5

    @property
    def key(self) -> str:
        """The name used in reports: `consistent`, `not_evaluated`, and so on."""
        return self.name.lower()


class Reason(IntEnum):
    """Why a check has no verdict on its figures. Where several apply the highest is told.

    Below FOREIGN the check could not be evaluated; from FOREIGN on it does not apply.
    """

    NONE = 0
    UNPRINTED = 1  # some columns of the sum are not printed: a sum that holds without them holds, a gap proves nothing
    UNREAD_ROW = 2  # the table has rows with figures that no row of the form explains: likewise
    MISSING_COLUMN = 3
    MISSING_ROW = 4
    MISSING_TABLE = 5
    MARK = 6
    HIDDEN = 7
    UNREADABLE = 8
    UNREAD_TABLE = 9
    NO_PARTNER = 10
    ZERO_BASE = 11
    UNKNOWN_KIND = 12
    UNKNOWN_FACT = 13
    REPEATED = 14  # the code stands in several rows (unit after unit), and the rule does not say which
    OTHER_READING = 15  # by the shape of the table the total has other parts, and they give it
    WITHHELD = 16  # the document says that parts are withheld by law: a total above its printed parts proves nothing
    FOREIGN = 20  # the family of forms does not print the table
    SKIPPED = 21  # the code is not listed, and the rule says: skip
    NO_ROWS = 22  # the table has no rows of this sort
    CONDITION = 23  # `when` does not hold
    SCOPE = 24  # other report, edition, kind of entity, year or family

    @property
    def applies(self) -> bool:
        """Whether the check applies (and merely could not be evaluated)."""
        return self < Reason.FOREIGN

    @property
    def key(self) -> str:
        """The key of its message."""
        return f"reason.{self.name.lower()}"


class Note(IntEnum):
    """What a verdict rests on, besides the ranges."""

    NONE = 0
    OWN_PRECISION = 1  # 位数不齐: a coarse literal beside finer ones
    HIDDEN_IN_ZEROS = 2  # printed zeros that may hide a remainder
    TWO_PLACES = 3  # the same quantity in two tables, one of them summed from rounded parts
    TENSION = 4  # in range, but improbably far out for so many addends
    ONE_DIGIT = 5  # a rate that is one last digit off: cut off, or pushed so that shares add to 100
