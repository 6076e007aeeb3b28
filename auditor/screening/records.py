"""What is known of a screening: sources with their parts, partitions, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from auditor.model.facts import FilingKey


@dataclass(frozen=True)
class SourcePart:
    """One document of a source as the journal knows it: the member of an archive, its hash, whose filing it is."""

    member: str
    sha256: str
    key: FilingKey


@dataclass(frozen=True)
class ScreenedFile:
    """A file that was read: its size and time, its hash, its documents, and what could not be read, with the reason."""

    file: str  # below the folder that is screened
    size: int
    modified: int  # nanoseconds
    mark: str
    sha256: str = ""
    parts: tuple[SourcePart, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()

    @property
    def parts_data(self) -> list[tuple[object, ...]]:
        """The parts as plain data."""
        return [(part.member, part.sha256, tuple(part.key)) for part in self.parts]


@dataclass(frozen=True)
class Partition:
    """Filings that are audited together: every part of some departments. `parts` are (file, number of its part)."""

    name: str
    mark: str
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Done:
    """What became of a partition: filings and findings in numbers, what could not be audited, names of its reports."""

    name: str
    mark: str
    filings: int = 0
    errors: int = 0
    warnings: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    reports: tuple[str, ...] = ()


class OutputError(AuditorError):
    """What is made cannot be written: a full disk, say. Work stops; what was written before stays."""

    def __reduce__(self) -> tuple[object, ...]:
        return _output_error, (self.values,)


def _output_error(values: dict[str, str]) -> OutputError:
    return OutputError("input.write", **values)
