"""Errors that a user meets: one sentence with what, where and what to do, and exit status 2."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from auditor.messages import printable, say


class AuditorError(Exception):
    """A problem that the user can mend; `key` names its sentence in the message catalogues."""

    exit_code = 2

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        return printable(say(self.key, **self.values))


class BadInputError(AuditorError):
    """A file that cannot be audited: missing, empty, binary, undecodable, or nothing of a filing in it."""


DEEP = 3  # places in the program that a fault is told with

# What a fault of the program raises; limits and bad input have errors of their own.
FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def where(fault: BaseException) -> str:
    """A fault of the program in one line: what, and where in which version; no data of the file, no path of a machine.

    >>> try:
    ...     [][1]
    ... except LookupError as fault:
    ...     where(fault).startswith("auditor ")
    True
    """
    from auditor.installed import program_version

    ours, package = [], Path(__file__).parent
    for frame, line in traceback.walk_tb(fault.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(package):
            ours.append(f"{file.relative_to(package).as_posix()}:{line}")
    return f"auditor {program_version()}: {type(fault).__name__} {' < '.join(reversed(ours[-DEEP:]))}"


class RuleError(AuditorError):
    """A rule, form or taxonomy file that is not right; says file, line and, where it is known, column."""

    def __init__(self, key: str, *, file: str = "", line: int = 0, column: int = 0, **values: Any) -> None:
        super().__init__(key, **values)
        self.file = file
        self.line = line
        self.column = column

    @property
    def where(self) -> str:
        """The place as editors read it: file:line:column."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        return where + super().__str__()
