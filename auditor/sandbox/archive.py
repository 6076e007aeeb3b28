"""ZIP archives of filings: their files by name, with bounds; nothing is unpacked to disk."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.messages import printable
from auditor.readers.office_packages import Package

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

MAX_FILES = 5000
_UTF8 = 0x800  # flag: the name is UTF-8


class Archive:
    """One ZIP file. Raises `BadInputError` for damaged or encrypted ones and for bombs.

    `members` are its files as (stored name, name to show), in order of the latter.
    """

    def __init__(self, data: bytes, file: str) -> None:
        self._package = Package(data, file, "ZIP")
        if len(self._package.names) > MAX_FILES:
            raise BadInputError("input.bomb", file=file)
        self.members = sorted(self._members(), key=lambda pair: pair[::-1])
        self._shown = dict(self.members)

    def _members(self) -> Iterator[tuple[str, str]]:
        for stored, info in self._package.names.items():
            shown = printable(_name(info))
            if not info.is_dir() and not is_hidden(shown):
                yield stored, shown

    def shown(self, stored: str) -> str:
        """The name to show of a member."""
        return self._shown.get(stored, printable(stored))

    def read(self, stored: str, name: str) -> bytes:
        """The bytes of one member; `name` is shown when it is missing or empty."""
        data = self._package.read(stored)
        if data is None:
            raise BadInputError("input.missing", file=name)
        if not data.strip():
            raise BadInputError("input.empty", file=name)
        return data


def is_hidden(path: str) -> bool:
    """Tell hidden and temporary files, also by the folders they stand in.

    >>> is_hidden("2023/a.pdf"), is_hidden("../a.pdf"), is_hidden("__MACOSX/._a.pdf"), is_hidden("~$a.docx")
    (False, False, True, True)
    """
    return any(
        part.startswith((".", "~$", "__MACOSX")) and part not in (".", "..") for part in PurePosixPath(path).parts
    )


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
