"""Documents as read, kept in a folder: a folder of filings is measured many times and read once."""

from __future__ import annotations

import hashlib
import json
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import BadInputError
from auditor.readers import load
from auditor.sandbox import codec, read

if TYPE_CHECKING:
    from auditor.model.document import Document

ROOT = Path(__file__).parents[2]
SOURCES = (  # what a document as read depends on
    "readers/**/*.py",
    "model/document.py",
    "model/facts.py",
    "model/numbers.py",
    "sandbox/codec.py",
)


class KeptDocument(NamedTuple):
    """A file as read, or why it could not be read, and how long reading took (seconds, when it was read)."""

    document: Document | None
    refused: str
    seconds: float


@cache
def reader_version() -> str:
    """A name for what the readers give: another one after any change of their sources."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def document_of(path: Path, folder: Path | None) -> KeptDocument:
    """Read a file by the bounded reader, or take what the folder keeps of it as read by the same readers."""
    if folder is None:
        return _read(path)
    name = hashlib.sha256(path.name.encode() + b"\n" + load(path)).hexdigest()[:24]
    kept = folder / f"{name}-{reader_version()}.json"
    if kept.is_file():
        data = json.loads(kept.read_bytes())
        return KeptDocument(codec.unpack(data["document"]), "", data["seconds"])
    made = _read(path)
    if made.document is not None:
        folder.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{time.time_ns()}")
        part.write_bytes(codec.dumps({"seconds": made.seconds, "document": codec.pack(made.document)}))
        part.replace(kept)
    return made


def _read(path: Path) -> KeptDocument:
    start = time.perf_counter()
    try:
        return KeptDocument(read(path), "", time.perf_counter() - start)
    except BadInputError as error:
        return KeptDocument(None, str(error), time.perf_counter() - start)
