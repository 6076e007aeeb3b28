"""Old word processor files (DOC, WPS, RTF, ODT): converted by LibreOffice where it is installed.

Without it a DOC is still read by own code, without automatic numbers and text boxes; the report says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import BadInputError
from auditor.limits import OFFICE_MEMORY, room
from auditor.readers.word import doc, docx

if TYPE_CHECKING:
    from auditor.model.document import Document

TIMEOUT: float = 90  # seconds for one conversion
GRACE: float = 5  # seconds to end in
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
        document = docx.read(_converted(data, file, kind, program), file=file, sha256=sha256)
        document.remarks.append(("remark.converted", {"kind": kind}))
        return document
    if kind != "DOC":
        raise BadInputError("input.needs_office", file=file, kind=kind)
    document = doc.read(data, file=file, sha256=sha256)
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
            program,
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nofirststartwizard",
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            target,
            "--outdir",
            str(Path(folder) / "out"),
            str(source),
        ]
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
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return False
    return True
