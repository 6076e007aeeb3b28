"""What a screening has done so far: one line of JSON per source that was read and per partition that was audited.

Lines are only added. Whatever ends a run, the lines before stand; a last line that was cut off is left away.
"""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any, Self

from auditor.errors import AuditorError
from auditor.model.facts import FilingKey
from auditor.screening.records import Done, OutputError, ScreenedFile, SourcePart

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from auditor.screening.records import Partition

FORMAT = 1


class Journal:
    """The journal of one folder of results. As a context manager it is open to one run at a time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.jsonl"
        self.sources: dict[str, ScreenedFile] = {}
        self.done: dict[str, Done] = {}
        self._file: Any = None

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("r+b" if self.path.exists() else "w+b", buffering=0)
        except OSError as error:
            raise _unwritten(self.path, error) from None
        _lock(self._file, self.path)
        self._file.seek(self._load())
        self._file.truncate()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _load(self) -> int:
        """Read the lines that are there; return where the last whole one ends."""
        end = 0
        for line in self._file.readlines():
            if not line.endswith(b"\n"):
                break
            end += len(line)
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError, IndexError):
                continue  # a line of another version, or damaged: the work is done again
        return end

    def _take(self, data: dict[str, Any]) -> None:
        if data["format"] != FORMAT:
            return
        if "partition" in data:
            failed = tuple((name, why) for name, why in data["failed"])
            self.done[data["partition"]] = Done(
                data["partition"], data["mark"], data["filings"], data["errors"], data["warnings"], failed
            )
            return
        parts = tuple(SourcePart(member, sha256, FilingKey(*key)) for member, sha256, key in data["parts"])
        failed = tuple((name, why) for name, why in data["failed"])
        self.sources[data["file"]] = ScreenedFile(
            data["file"], data["size"], data["modified"], data["mark"], data["sha256"], parts, failed
        )

    def read(self, source: ScreenedFile) -> None:
        """Note a source that was read."""
        self.sources[source.file] = source
        self._add(
            {
                "file": source.file,
                "size": source.size,
                "modified": source.modified,
                "mark": source.mark,
                "sha256": source.sha256,
                "parts": source.parts_data,
                "failed": source.failed,
            }
        )

    def audited(self, done: Done) -> None:
        """Note a partition that was audited."""
        self.done[done.name] = done
        self._add(
            {
                "partition": done.name,
                "mark": done.mark,
                "filings": done.filings,
                "errors": done.errors,
                "warnings": done.warnings,
                "failed": done.failed,
            }
        )

    def _add(self, data: dict[str, Any]) -> None:
        line = json.dumps({"format": FORMAT, **data}, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
        at = self._file.tell()
        try:
            written = self._file.write(line)
        except OSError as error:
            written, why = 0, error
        else:
            why = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if written != len(line):  # a disk that is full may take a part
            self._file.truncate(at)
            self._file.seek(at)
            raise _unwritten(self.path, why) from None

    def forget(self, files: Iterable[str], partitions: Iterable[Partition]) -> None:
        """Forget sources and partitions that are no more; their lines stay, and are passed over by the next run."""
        wanted, names = set(files), {partition.name for partition in partitions}
        self.sources = {file: source for file, source in self.sources.items() if file in wanted}
        self.done = {name: done for name, done in self.done.items() if name in names}


def _lock(file: Any, path: Path) -> None:
    """Keep a second run from the same folder, where the platform can. Raises `AuditorError`."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise AuditorError("screen.running", path=str(path.parent.parent)) from None


def _unwritten(path: Path, error: OSError) -> OutputError:
    return OutputError("input.write", file=str(path), why=error.strerror or str(error))
