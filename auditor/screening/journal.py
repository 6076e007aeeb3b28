"""What a screening has done so far: one line of JSON per source that was read and per partition that was audited.

The first line says what the file is and in which version. Lines are only added. Whatever ends a run, the lines before
stand; a last line that was cut off is left away. A file of another version, and one with lines that no run wrote, is
kept under another name and told: what its sound lines say stands, the rest is done again.
"""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any, Self

from auditor.errors import AuditorError
from auditor.messages import printable, say
from auditor.model.facts import FilingKey
from auditor.screening.records import Done, OutputError, ScreenedFile, SourcePart

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from auditor.screening.records import Partition

HEADER = {"auditor": "screen", "format": 2}
MOST_ASIDE = 1000  # damaged files that are kept side by side
_WRONG = (ValueError, KeyError, TypeError, IndexError, RecursionError)


class Journal:
    """The journal of one folder of results. As a context manager it is open to one run at a time.

    `remark` tells that what was found there could not be used as it was; '' where it could.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.jsonl"
        self.sources: dict[str, ScreenedFile] = {}
        self.done: dict[str, Done] = {}
        self.remark = ""
        self._file: Any = None

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("r+b" if self.path.exists() else "w+b", buffering=0)
        except OSError as error:
            raise _unwritten(self.path, error) from None
        try:
            _lock(self._file, self.path)
            self._load()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _load(self) -> None:
        """Take what the lines say that are there; leave the file so that lines can be added."""
        lines = self._file.readlines()
        if lines and not lines[-1].endswith(b"\n"):
            lines.pop()
        if not lines:
            self._rewrite([])
            return
        if _parsed(lines[0]) != HEADER:
            aside = self._set_aside()
            self.remark = say("screen.journal_other", file=str(self.path), aside=aside)
            self._rewrite([])
            return
        sound = [line for line in lines[1:] if self._take(line)]
        if len(sound) + 1 < len(lines):
            aside = self._set_aside()
            count = len(lines) - 1 - len(sound)
            self.remark = say("screen.journal_damaged", file=str(self.path), count=count, aside=aside)
            self._rewrite(sound)
            return
        self._file.seek(sum(map(len, lines)))
        self._file.truncate()

    def _set_aside(self) -> str:
        """Copy the file under a name of its own, which is returned: the lock stays on this one."""
        import shutil

        names = (self.path.with_name(f"journal-{number}.damaged") for number in range(1, MOST_ASIDE))
        aside = next((name for name in names if not name.exists()), self.path.with_name("journal.damaged"))
        try:
            shutil.copyfile(self.path, aside)
        except OSError as error:
            raise _unwritten(aside, error) from None
        return printable(aside.name)

    def _rewrite(self, lines: list[bytes]) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._write((json.dumps(HEADER) + "\n").encode() + b"".join(lines))

    def _take(self, line: bytes) -> bool:
        """Take what a line says; whether it says anything that a run of this version wrote."""
        try:
            data = json.loads(line)
            if "partition" in data:
                done = _done(data)
                self.done[done.name] = done
            else:
                source = _source(data)
                self.sources[source.file] = source
        except _WRONG:
            return False
        return True

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
                "reports": done.reports,
            }
        )

    def _add(self, data: dict[str, Any]) -> None:
        self._write(json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")

    def _write(self, line: bytes) -> None:
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


# -- lines: nothing in them is taken on trust -------------------------------------------------------------------


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except _WRONG:
        return None


def _done(data: dict[str, Any]) -> Done:
    name, mark = (_is(str, data[key]) for key in ("partition", "mark"))
    filings, errors, warnings = (_count(data[key]) for key in ("filings", "errors", "warnings"))
    reports = tuple(_is(str, file) for file in _is(list, data["reports"]))
    return Done(name, mark, filings, errors, warnings, _failed(data), reports)


def _source(data: dict[str, Any]) -> ScreenedFile:
    file, mark, sha256 = (_is(str, data[key]) for key in ("file", "mark", "sha256"))
    size, modified = _count(data["size"]), _is(int, data["modified"])
    return ScreenedFile(file, size, modified, mark, sha256, tuple(map(_part, _is(list, data["parts"]))), _failed(data))


def _part(data: Any) -> SourcePart:
    member, sha256, (entity, year, report, edition) = data
    key = FilingKey(_is(str, entity), _count(year), _is(str, report), _is(str, edition))
    return SourcePart(_is(str, member), _is(str, sha256), key)


def _failed(data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((_is(str, name), _is(str, why)) for name, why in _is(list, data["failed"]))


def _count(value: Any) -> int:
    """A number of things, as large as the store can hold."""
    number: int = _is(int, value)
    if not 0 <= number < 2**63:
        raise ValueError
    return number


def _is(kind: type, value: Any) -> Any:
    """The value, if it is exactly of a kind (a truth is no number). Raises `TypeError`."""
    if type(value) is not kind:
        raise TypeError
    return value


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
