"""What is dropped on the page: its files under numbers, their names as labels only, within bounds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError
from auditor.messages import printable
from auditor.readers import MAX_BYTES
from auditor.run.inputs import is_wanted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

MB = 1024 * 1024
MAX_FILES = 1000  # of one drop
MAX_DROP = 4096 * MB  # bytes of one drop
MAX_LABEL = 400  # characters


class State(StrEnum):
    """How far a file of a drop is."""

    WAITING = "waiting"  # for its bytes
    THERE = "there"
    READ = "read"
    FAILED = "failed"
    DONE = "done"


class TooMuchError(AuditorError):
    """More than is taken: files, or bytes."""


@dataclass(slots=True)
class Upload:
    """A file of a drop: its label (a name, with the folders that it came from), how far it is, what went wrong."""

    label: str
    state: State = State.WAITING
    why: list[str] = field(default_factory=list)
    filings: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name without folders: what readers and reports show."""
        return PurePosixPath(self.label).name or "?"


@dataclass(slots=True)
class Drop:
    """Files that were dropped together: they are audited in one run, as `auditor check` does with its arguments."""

    folder: Path
    files: list[Upload]
    kept: bool
    left_out: int = 0
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    stage: str = "upload"  # upload, queue, read, audit, done, stopped
    total: int = 0  # filings to be audited
    pages: tuple[int, int] | None = None  # of pictures that are being recognised
    summary: str = ""
    size: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.stage in ("done", "stopped")

    def path(self, number: int) -> Path:
        """Where a file lies: under its number, whatever it is called."""
        return self.folder / self.id / str(number)

    async def take(self, number: int, chunks: AsyncIterator[bytes]) -> None:
        """Write the bytes of a file. Raises `TooMuchError` where it, or the drop, is larger than is taken."""
        path = self.path(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        size = 0
        try:
            with path.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > MAX_BYTES:
                        raise TooMuchError("input.too_large", file=self.files[number].name, limit=MAX_BYTES // MB)
                    if self.size + size > MAX_DROP:
                        raise TooMuchError("serve.too_large", limit=MAX_DROP // MB)
                    file.write(chunk)
        except AuditorError as error:
            path.unlink(missing_ok=True)
            self.files[number].state = State.FAILED
            self.files[number].why.append(str(error))
            raise
        self.size += size
        self.files[number].state = State.THERE

    def data(self) -> dict[str, Any]:
        """How far it is, for the page."""
        return {
            "stage": self.stage,
            "over": self.is_over,
            "files": [{"state": file.state, "why": file.why, "filings": file.filings} for file in self.files],
            "total": self.total,
            "pages": self.pages,
            "summary": self.summary,
        }


def announced(folder: Path, items: Sequence[Any], *, kept: bool) -> tuple[Drop, list[int]]:
    """A drop of the files that a browser announces, and which of them are taken.

    Each item is a label and whether the file came with a folder: of a folder only what may be (part of) a filing is
    taken, as on the command line. Raises `TooMuchError` for too many, `ValueError` for what is no announcement.
    """
    named = [(_label(label), bool(inside)) for label, inside in items]
    taken = [number for number, (label, inside) in enumerate(named) if not inside or _is_wanted(label)]
    if len(taken) > MAX_FILES:
        raise TooMuchError("serve.too_many", count=len(taken), limit=MAX_FILES)
    return Drop(folder, [Upload(named[number][0]) for number in taken], kept, len(named) - len(taken)), taken


def _is_wanted(label: str) -> bool:
    return is_wanted(PurePosixPath(label).name)


def _label(text: Any) -> str:
    """A label as it is shown: one line, no folder above its own, not too long."""
    if not isinstance(text, str):
        raise TypeError
    parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return printable("/".join(parts))[-MAX_LABEL:] or "?"
