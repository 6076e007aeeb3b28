"""PDF from documents, by programs of the machine: LibreOffice (DOCX, XLSX) or a Chromium browser (HTML)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from auditor.readers.word.conversion import convert, office

TIMEOUT = 90  # seconds
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str:
    """The path of a Chromium browser, or ''."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), "")


def pdf_of_office(data: bytes, suffix: str) -> bytes | None:
    """Print a DOCX or XLSX (`suffix` says which) with LibreOffice; None where it is not there or fails."""
    program = office()
    return convert(program, data, suffix, "pdf") if program else None


def pdf_of_page(page: bytes) -> bytes | None:
    """Print a web page with the browser, without network; None where there is none or it fails."""
    program = browser()
    if not program:
        return None
    with tempfile.TemporaryDirectory(prefix="auditor-") as folder:
        source, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_bytes(page)
        command = [
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-sync",
            "--disable-background-networking",
            "--disable-component-update",
            f"--user-data-dir={folder}/profile",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--no-pdf-header-footer",
            f"--print-to-pdf={made}",
            source.as_uri(),
        ]
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired):
            return None
        return made.read_bytes() if made.is_file() else None
