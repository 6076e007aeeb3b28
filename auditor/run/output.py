"""Files that the commands write: whole or not at all, under names that every file system takes."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from auditor.errors import AuditorError
from auditor.messages import printable, say
from auditor.own import is_own_file
from auditor.sandbox import ARCHIVE_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.model.filing import SourceFile

MAX_NAME = 180  # bytes
OTHER = "-report"  # put behind a name that is not free
TAKEN = frozenset({"index", "疑点清单"})  # names of the reports on a whole run
_UNSAFE = re.compile(r"[^\w\-.（）()]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # on Windows


def stems(files: Sequence[SourceFile]) -> list[str]:
    """The names of the reports on these files: their stems, with six characters of the hash where two collide."""
    names = [_stem(file.file) for file in files]
    folded = [name.casefold() for name in names]
    found = [
        f"{name}-{file.sha256[:6]}" if folded.count(name.casefold()) > 1 or name.casefold() in TAKEN else name
        for name, file in zip(names, files, strict=True)
    ]
    seen: dict[str, int] = {}
    out = []
    for stem in found:  # the same file given twice
        seen[stem] = seen.get(stem, 0) + 1
        out.append(stem if seen[stem] == 1 else f"{stem}-{seen[stem]}")
    return out


def stem_of(file: SourceFile) -> str:
    """The name of the reports on a filing among any others: its first file's stem and six characters of its hash."""
    return f"{_stem(file.file)}-{file.sha256[:6]}"


def _stem(file: str) -> str:
    name = _UNSAFE.sub("_", PurePosixPath(file.replace(ARCHIVE_MARK, "/")).stem)
    while len(name.encode()) > MAX_NAME:
        name = name[:-1]
    name = name.strip(". ") or "filing"
    return f"{name}_" if _RESERVED.fullmatch(name) else name


class Outputs:
    """Reports in a folder: what lies there and is no report of this program, or is `kept`, is never written over.

    `kept` are paths that the run reads (an earlier report that it is compared with, say). A report whose name is taken
    so gets another one, and `told` says which.
    """

    def __init__(self, folder: Path, kept: Iterable[Path] = ()) -> None:
        self.folder = folder
        self._kept = {identity for path in kept if (identity := _identity(path)) is not None}
        self.told: list[str] = []

    def free_stems(self, stems: Sequence[str], endings: Iterable[str]) -> list[str]:
        """The names of the reports on some filings, changed where a report with one of the endings would not be free.

        All reports on a filing go by one name, so that they are found together and pages find one another.
        """
        endings = list(endings)
        names = {stem.casefold() for stem in stems}
        out = []
        for stem in stems:
            new, taken = stem, [ending for ending in endings if not self._is_free(f"{stem}{ending}")]
            number = 1
            while taken and (
                new == stem or new.casefold() in names or not all(self._is_free(f"{new}{ending}") for ending in endings)
            ):
                new, number = f"{stem}{OTHER}{f'-{number}' if number > 1 else ''}", number + 1
            names.add(new.casefold())
            out.append(new)
            for ending in taken:
                self._tell(f"{stem}{ending}", f"{new}{ending}")
        return out

    def write(self, name: str, content: str | bytes) -> str:
        """Write a report whole or not at all, and return its name. Raises `AuditorError` when it cannot be written."""
        new, number = name, 1
        while not self._is_free(new):
            path = PurePosixPath(name)
            new = path.with_name(f"{path.stem}{OTHER}{f'-{number}' if number > 1 else ''}{path.suffix}").as_posix()
            number += 1
        if new != name:
            self._tell(name, new)
        write_file(self.folder / new, content)
        return new

    def tell(self) -> None:
        """Say on the standard error which names were not free, once."""
        for line in self.told:
            click.echo(line, err=True)
        self.told.clear()

    def _tell(self, old: str, new: str) -> None:
        self.told.append(printable(say("input.kept", old=str(self.folder / old), new=str(self.folder / new))))

    def _is_free(self, name: str) -> bool:
        path = self.folder / name
        if not path.exists() and not path.is_symlink():
            return True
        return _identity(path) not in self._kept and is_own_file(path)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from all others, whatever its name; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all. Raises `AuditorError` when it cannot be written."""
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            name = file.name
            file.write(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise AuditorError("input.write", file=str(path), why=error.strerror or str(error)) from None
    finally:
        if name:
            Path(name).unlink(missing_ok=True)  # gone unless something went wrong, or somebody interrupted
