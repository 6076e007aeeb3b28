"""Damaged copies of files, as transfers, broken programs and attackers make them: for fuzzing the readers.

Packages (XLSX, DOCX, ODS, ZIP) are also damaged inside their parts and packed again, and PDFs inside their compressed
streams, because a wrong checksum would stop every reader at the door.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"2",
    b"255",
    b"65536",
    b"2147483647",
    b"2147483648",
    b"-2147483649",
    b"99999999999",
    b"18446744073709551616",
    b"1e308",
    b"0.0000001",
    b"NaN",
    b"9" * 400,
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_TAG = re.compile(rb"<[^<>]{1,400}>")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
MAX_EXPANDED = 20_000_000


def damaged(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """A damaged copy; `others` are files from which pieces may come. The same `random` gives the same bytes."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if data.startswith(b"PK") and random.random() < 0.7:
            data = _package(data, random, others)
        elif b"%PDF-" in data[:1024] and random.random() < 0.5:
            data = _pdf(data, random, others)
        else:
            data = _text(data, random, others)
    return data


def _text(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Damage bytes; of a text in UTF-8 mostly so that it stays one, because the readers decode strictly."""
    out = _bytes(data, random, others)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return out
    return out.decode("utf-8", "ignore").encode("utf-8") if random.random() < 0.8 else out


def _bytes(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return random.choice(_WAYS)(data, random, others)


def _truncated(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _flipped(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    out = bytearray(data)
    for _flip in range(random.choice((1, 4, 40)) if out else 0):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def _filled(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, random)
    fill = random.choice((b"\x00", b"\xff", b"<", b"(", bytes([random.randrange(256)])))
    return data[:start] + fill * (end - start) + data[end:]


def _cut(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _repeated(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, random, 2000)
    return data[:end] + data[start:end] * random.choice((1, 2, 300)) + data[end:]


def _spliced(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    other = random.choice(others) if others else data
    start, end = _span(data, random)
    first, last = _span(other, random)
    return data[:start] + other[first:last] + data[random.choice((start, end)) :]


def _numbered(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Another number in the place of one."""
    return _exchanged(data, _NUMBER, random, lambda _old: random.choice(NUMBERS))


def _tagged(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """A tag dropped, repeated or nested many times."""
    return _exchanged(data, _TAG, random, lambda old: old * random.choice((0, 2, 400, 5000)))


_WAYS: tuple[Callable[[bytes, Random, Sequence[bytes]], bytes], ...] = (
    _truncated,
    _flipped,
    _filled,
    _cut,
    _repeated,
    _spliced,
    _numbered,
    _numbered,
    _tagged,
)


def _exchanged(data: bytes, pattern: re.Pattern[bytes], random: Random, made: Callable[[bytes], bytes]) -> bytes:
    """Put something else in the place of up to three matches after random positions."""
    for _ in range(random.choice((1, 1, 3))):
        found = pattern.search(data, random.randrange(len(data) + 1)) or pattern.search(data)
        if found is None:
            return _flipped(data, random, ())
        data = data[: found.start()] + made(found.group()) + data[found.end() :]
    return data


def _span(data: bytes, random: Random, most: int = 20_000) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.randrange(1, random.choice((8, 200, most))))


def _package(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Damage one part of a package and pack it again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = [info for info in package.infolist() if not info.is_dir() and info.file_size < MAX_EXPANDED]
            if not infos:
                return _bytes(data, random, others)
            parts = [(info.filename, package.read(info)) for info in infos]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError):
        return _bytes(data, random, others)
    chosen = random.randrange(len(parts))
    name, content = parts[chosen]
    way = random.random()
    if way < 0.05:
        parts.pop(chosen)
    elif way < 0.1:
        parts.append((name, content))
    elif way < 0.15:
        parts[chosen] = (name, parts[random.randrange(len(parts))][1])
    else:
        parts[chosen] = (name, _bytes(content, random, [part for _, part in parts]))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            with catch_warnings():  # names that stand twice are meant
                simplefilter("ignore", UserWarning)
                package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 1)
    return made.getvalue()


def _pdf(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Damage one stream of a PDF, compressed or not, and put it back."""
    found = _STREAM.search(data, random.randrange(len(data))) or _STREAM.search(data)
    if found is None:
        return _bytes(data, random, others)
    try:
        opener = zlib.decompressobj()
        content = opener.decompress(found[1], MAX_EXPANDED)
        stream = zlib.compress(_bytes(content, random, others), 1)
    except zlib.error:
        stream = _bytes(found[1], random, others)
    return data[: found.start(1)] + stream + data[found.end(1) :]
