"""Files that the commands write: whole or not at all, under names that every file system takes."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from auditor.errors import AuditorError
from auditor.readers import ARCHIVE_MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.filing import SourceFile

MAX_NAME = 180  # bytes
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
