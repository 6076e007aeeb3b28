"""ZIP archives of filings: their files by name, with bounds; nothing is unpacked to disk."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from auditor.readers.packages import Package

if TYPE_CHECKING:
    import zipfile

MAX_FILES = 5000
_UTF8 = 0x800  # flag: the name is UTF-8


def members(data: bytes, file: str) -> list[tuple[str, str]]:
    """The files of an archive as (stored name, name to show), in order of the latter.

    Raises `BadInputError` for damaged or encrypted archives and for bombs.
    """
    from auditor.errors import BadInputError

    package = Package(data, file, "ZIP")
    try:
        out = []
        for info in package.names.values():
            shown = _name(info)
            path = PurePosixPath(shown)
            if info.is_dir() or any(part.startswith((".", "__MACOSX")) for part in path.parts):
                continue
            out.append((info.filename.lstrip("/"), shown))
        if len(out) > MAX_FILES:
            raise BadInputError("input.bomb", file=file)
        return sorted(out, key=lambda pair: pair[1])
    finally:
        package.close()


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; without the UTF-8 flag Chinese Windows wrote GBK."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def member(data: bytes, name: str, file: str) -> bytes:
    """One file of an archive."""
    package = Package(data, file, "ZIP")
    try:
        return package.read(name) or b""
    finally:
        package.close()
