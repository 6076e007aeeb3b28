"""Old word processor files (DOC, WPS, RTF, ODT): converted by LibreOffice where it is installed.

Without it the text of a DOC is still read from its piece table, with its tables as plain rows; the report says so.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.readers import text, word
from auditor.readers.limits import OFFICE_MEMORY, room

if TYPE_CHECKING:
    from auditor.document import Document

TIMEOUT = 90  # seconds for one conversion
MAX_NESTED = 8
MAX_CHARS = 10_000_000
_PLACES = ("/Applications/LibreOffice.app/Contents/MacOS/soffice", r"C:\Program Files\LibreOffice\program\soffice.exe")
SUFFIX = {"DOC": ".doc", "WPS": ".wps", "RTF": ".rtf", "ODT": ".odt"}


def office() -> str:
    """The path of LibreOffice, or ''."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), "")


def read(data: bytes, *, file: str, sha256: str, kind: str) -> Document:
    """Read a DOC, WPS, RTF or ODT. Raises `BadInputError` with the way out where that is not possible."""
    program = office()
    if program:
        document = word.read(_converted(data, file, kind, program), file=file, sha256=sha256)
        document.remarks.append(("remark.converted", {"kind": kind}))
        return document
    if kind != "DOC":
        raise BadInputError("input.needs_office", file=file, kind=kind)
    document = text.read(piece_text(data, file).encode("utf-8"), file=file, sha256=sha256)
    document.remarks.append(("remark.plain_doc", {}))
    return document


def _converted(data: bytes, file: str, kind: str, program: str) -> bytes:
    made = convert(program, data, SUFFIX[kind], "docx")
    if made is None:
        raise BadInputError("input.not_converted", file=file, kind=kind)
    return made


def convert(program: str, data: bytes, suffix: str, target: str) -> bytes | None:
    """Let LibreOffice convert a file (its bytes and suffix) to `docx`, `pdf` or another format; None where it fails.

    It works in a folder and with a profile of its own, runs no macros, follows no links, and takes no longer than
    `TIMEOUT` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="auditor-") as folder:
        source, profile = Path(folder) / f"in{suffix}", Path(folder) / "profile"
        source.write_bytes(data)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        command = [
            program, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
            f"-env:UserInstallation={profile.as_uri()}", "--convert-to", target, "--outdir",
            str(Path(folder) / "out"), str(source),
        ]  # fmt: skip
        if not _ran(command, {**os.environ, "HOME": folder}):
            return None
        made = Path(folder) / "out" / f"in.{target}"
        return made.read_bytes() if made.is_file() else None


_SECURITY = "/org.openoffice.Office.Common/Security/Scripting"
_SETTINGS = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in (
            (_SECURITY, "DisableMacrosExecution", "true"),
            (_SECURITY, "MacroSecurityLevel", "3"),
            (_SECURITY, "BlockUntrustedRefererLinks", "true"),
            ("/org.openoffice.Office.Calc/Content/Update", "Link", "1"),  # never
            ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),  # never
            ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),  # by hand: to where nothing listens
            ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
            ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
            ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
            ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
        )
    )
    + "</oor:items>\n"
)


def _ran(command: list[str], environment: dict[str, str]) -> bool:
    """Run a program; one that takes too long is ended together with what it has started."""
    try:
        with room(OFFICE_MEMORY):
            process = subprocess.Popen(  # noqa: S603 — a program found on PATH, with arguments of our own
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
            )
    except OSError:
        return False
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        process.terminate()  # its starter passes that on
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return False
    return True


# -- the text of a DOC, from its piece table --------------------------------------------------------------------

_MAGIC = 0xA5EC
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_CLX = 0x01A2  # where the header says where the piece table stands
_TEXT_LENGTH = 0x4C
_FIELD = re.compile("\x13[^\x13\x14\x15]*\x14|\x13[^\x13\x14\x15]*\x15|[\x15\x01\x02\x03\x05\x08\x1e\x1f]")


def piece_text(data: bytes, file: str) -> str:
    """The main text of a DOC: paragraphs as lines, rows of tables as lines with tabs.

    Source: [MS-DOC] 2.5 (Fib), 2.8.35 (PlcPcd). Raises `BadInputError` when the file is damaged or encrypted.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            main = ole.openstream("WordDocument").read()
            flags = _flags(main, file)
            table = ole.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
        return _lines(_pieces(main, table))
    except (OSError, struct.error, IndexError, ValueError):
        raise BadInputError("input.damaged", file=file, kind="DOC") from None


def _flags(main: bytes, file: str) -> int:
    magic, flags = struct.unpack_from("<H", main, 0)[0], struct.unpack_from("<H", main, 0x0A)[0]
    if magic != _MAGIC:
        raise BadInputError("input.damaged", file=file, kind="DOC")
    if flags & _ENCRYPTED:
        raise BadInputError("input.encrypted", file=file, kind="DOC")
    return int(flags)


def _pieces(main: bytes, table: bytes) -> str:
    start, size = struct.unpack_from("<II", main, _CLX)
    clx = table[start : start + size]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise ValueError
    length = struct.unpack_from("<I", clx, at + 1)[0]
    plc = clx[at + 5 : at + 5 + length]
    count = (length - 4) // 12
    limits = struct.unpack_from(f"<{count + 1}I", plc, 0)
    if any(b < a for a, b in pairwise(limits)) or limits[-1] > MAX_CHARS:
        raise ValueError
    out = []
    for number in range(count):
        place = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)[0]
        chars = limits[number + 1] - limits[number]
        if place & 0x40000000:
            begin = (place & ~0x40000000) // 2
            out.append(main[begin : begin + chars].decode("cp1252", "replace"))
        else:
            out.append(main[place : place + 2 * chars].decode("utf-16-le", "replace"))
    whole = struct.unpack_from("<I", main, _TEXT_LENGTH)[0]
    return "".join(out)[:whole]


def _lines(raw: str) -> str:
    """Paragraph marks to line ends, cell marks to tabs."""
    for _ in range(MAX_NESTED):  # fields inside fields
        shorter = _FIELD.sub("", raw)
        if shorter == raw:
            break
        raw = shorter
    raw = raw.replace("\x0b", "\r").replace("\x0c", "\r").replace("\x0e", "\r").replace("\t", " ")
    out: list[str] = []
    cells: list[str] = []
    for part in re.split("(\x07)", raw):
        if part == "\x07":
            continue
        if "\r" not in part:
            cells.append(part)
            continue
        head, _, rest = part.rpartition("\r")
        if cells and "\r" not in head and len(cells) > 1:
            cells.append(part.replace("\r", ""))
            continue
        out += _rows(cells)
        out += head.split("\r")
        cells = [rest]
    return "\n".join(out + _rows(cells))


def _rows(cells: list[str]) -> list[str]:
    """Cut the cells of a table into rows: every row ends with an empty mark, so one field in so many is empty."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) < 3:
        return ["".join(cells)] if any(cells) else []
    padded = [*cells, ""]
    for width in range(3, len(padded) + 1):
        if len(padded) % width == 0 and not any(padded[width - 1 :: width]):
            rows = [padded[at : at + width - 1] for at in range(0, len(padded), width)]
            return ["\t".join(row) for row in rows]
    return ["\t".join(cells)]
