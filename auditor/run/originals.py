"""Where the files of a run lie, by the hash of their bytes: for reports that show the original."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from auditor.annotate.notes import Annotated, MarginNote
    from auditor.annotate.page_pictures import Picture, Region
    from auditor.run.inputs import Opened


class Originals:
    """The files that were read: path, and the stored name where it is a member of an archive."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Path, str]] = {}

    def noted(self, items: Iterable[Opened]) -> Iterator[Opened]:
        """Pass on what was read, and note where it lies."""
        for item in items:
            if item.document is not None:
                self._files[item.document.sha256] = (item.path, item.member)
            yield item

    def pictures(self, sha256: str, regions: Sequence[Region]) -> list[Picture | None]:
        """Draw regions of a PDF of this run; None for what cannot be drawn: the file is gone, changed, or no PDF."""
        from auditor.sandbox import pictures

        path, member = self._files.get(sha256, (None, ""))
        if path is None:
            return [None] * len(regions)
        try:
            return pictures(path, member, sha256, regions)
        except AuditorError:
            return [None] * len(regions)

    def annotated(self, sha256: str, notes: Sequence[MarginNote]) -> Annotated | None:
        """Write notes into a copy of a file of this run; None where it is not at hand. Raises `BadInputError`."""
        from auditor.sandbox import annotate

        path, member = self._files.get(sha256, (None, ""))
        return None if path is None else annotate(path, member, sha256, notes)
