"""Files read, drawn and annotated in a worker process, so that a hostile one costs a sentence and not the run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from auditor.messages import printable
from auditor.readers import load, read_bytes, refuse_own

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from auditor.annotate.notes import Annotated, MarginNote
    from auditor.annotate.page_pictures import Picture, Region
    from auditor.model.document import Document


HEAD = 1024 * 1024  # a text smaller than this is read in this process
ARCHIVE_MARK = "!"  # 决算.zip!2023/某局.pdf: a file inside an archive


def read(path: Path, member: str = "", name: str = "") -> Document:
    """Read one file, or one member of a ZIP archive (by its stored name), in a worker process; small texts here.

    `name` is the one to show of a file that does not lie under its own.
    Raises `BadInputError` when the file is missing, empty, too large, damaged, encrypted, of a kind that is not read,
    or takes too much time or memory; the message says what to do.
    """
    from auditor.readers.detect import CONTAINERS, kind_of

    name = printable(name or path.name)
    head = load(path, HEAD, name)
    if not member and len(head) < HEAD and not head.startswith(CONTAINERS) and kind_of(head, name) == "TEXT":
        refuse_own(head, name)
        return read_bytes(head, name)
    from auditor.sandbox.guard import shared

    return shared().read(path, name, member)


def members(path: Path, name: str = "") -> list[tuple[str, str]] | None:
    """The files in a ZIP archive as (stored name, name to show), or None for a file that is no archive."""
    if not load(path, 4, name).startswith(b"PK"):
        return None
    from auditor.sandbox.guard import shared

    return shared().members(path, printable(name or path.name))


def pictures(path: Path, member: str, sha256: str, regions: Sequence[Region]) -> list[Picture | None]:
    """Draw regions of the pages of a PDF (a member of an archive by its stored name), in the worker process.

    None for what cannot be drawn, and for all where the file is not the one with this hash any more. Raises
    `BadInputError` where it can no longer be read.
    """
    from auditor.sandbox.guard import shared

    return shared().pictures(path, printable(path.name), member, sha256, regions)


def annotate(path: Path, member: str, sha256: str, notes: Sequence[MarginNote], name: str = "") -> Annotated:
    """Write notes into a copy of a file (a member of an archive by its stored name), in the worker process.

    Raises `BadInputError` where the file can no longer be read, is not the one with this hash any more, or is of a
    kind that takes no notes.
    """
    from auditor.sandbox.guard import shared

    return shared().annotate(path, printable(name or path.name), member, sha256, notes)


def on_pages(tell: Callable[[int, int], None] | None) -> None:
    """Say who is told, while a file is read, how many of how many pages that are pictures have been looked at."""
    from auditor.sandbox.guard import shared

    shared().on_pages = tell


def close() -> None:
    """End the worker process, if there is one."""
    guard = sys.modules.get("auditor.sandbox.guard")
    if guard is not None:
        guard.shared().close()
