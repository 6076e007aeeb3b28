"""Office packages (ZIP files of XML parts): opened with bounds on size, number and expansion of their parts.

Entities are never resolved, a DTD is refused, nothing is fetched; parts are read whole only up to a limit.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from auditor.digits import digits_of
from auditor.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_PARTS = 20_000
MAX_PART = 200 * 1024 * 1024
MAX_TREE = 60 * 1024 * 1024  # of a part that is held in memory as a whole
MAX_TOTAL = 500 * 1024 * 1024
MAX_RATIO = 250  # expanded to packed size, where the expanded size matters at all
SMALL = 20 * 1024 * 1024

_CORE = "docProps/core.xml"
_STRICT = b"http://purl.oclc.org/ooxml/"  # "strict" files name the same things by other addresses
_TRANSITIONAL = tuple(
    (_STRICT + new, b"http://schemas.openxmlformats.org/" + old)
    for new, old in (
        (b"spreadsheetml/main", b"spreadsheetml/2006/main"),
        (b"wordprocessingml/main", b"wordprocessingml/2006/main"),
        (b"officeDocument/relationships", b"officeDocument/2006/relationships"),
    )
)


class Package:
    """One ZIP file. Raises `BadInputError` for a damaged or encrypted one, and for bombs."""

    def __init__(self, data: bytes, file: str, kind: str) -> None:
        self.file, self.kind = file, kind
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise self.damaged() from None
        total = sum(info.file_size for info in infos)
        if len(infos) > MAX_PARTS or total > MAX_TOTAL or (total > SMALL and total > MAX_RATIO * max(1, len(data))):
            raise BadInputError("input.bomb", file=file)
        if any(info.flag_bits & 1 for info in infos):
            raise BadInputError("input.encrypted", file=file, kind=kind)
        self.names = {info.filename.lstrip("/"): info for info in infos}

    def damaged(self) -> BadInputError:
        """The error that says so."""
        return BadInputError("input.damaged", file=self.file, kind=self.kind)

    def read(self, name: str, limit: int = MAX_PART) -> bytes | None:
        """One part, or None when it is not there. The stated size is not trusted."""
        info = self.names.get(name.lstrip("/"))
        if info is None:
            return None
        try:
            with self._zip.open(info) as part:
                data = part.read(limit + 1)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error):
            raise self.damaged() from None
        if len(data) > limit:
            raise BadInputError("input.bomb", file=self.file)
        return data

    def xml(self, name: str) -> Any:
        """The root element of one XML part, or None when it is not there."""
        from lxml import etree

        data = self.read(name, MAX_TREE)
        if data is None:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(_transitional(data), parser)
        except (etree.XMLSyntaxError, ValueError):
            raise self.damaged() from None
        self._refuse_dtd(root)
        return root

    def events(self, name: str, tags: tuple[str, ...], slim: Callable[[bytes], bytes] | None = None) -> Iterator[Any]:
        """Elements of one large XML part as they end; each is emptied after use.

        `slim` may take out of the part what says nothing, before it is parsed.
        """
        from lxml import etree

        data = self.read(name)
        if data is None:
            return
        first = True
        data = _transitional(data)
        try:
            for _, element in etree.iterparse(
                io.BytesIO(slim(data) if slim is not None else data),
                events=("end",),
                tag=tags,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            ):
                if first:
                    self._refuse_dtd(element)
                    first = False
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except (etree.XMLSyntaxError, ValueError):
            raise self.damaged() from None

    def _refuse_dtd(self, element: Any) -> None:
        if element.getroottree().docinfo.internalDTD is not None:
            raise self.damaged()

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the package: (kind, part) by identity."""
        folder, base = posixpath.split(name)
        root = self.xml(f"{folder}/_rels/{base}.rels".lstrip("/"))
        out: dict[str, tuple[str, str]] = {}
        for element in root if root is not None else ():
            if element.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
            out[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], target.lstrip("/"))
        return out

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def _transitional(data: bytes) -> bytes:
    if _STRICT in data[:4096]:
        for strict, transitional in _TRANSITIONAL:
            data = data.replace(strict, transitional)
    return data


def modified(package: Package) -> str:
    """When an Office package says it was last changed, as digits, or ''."""
    root = package.xml(_CORE)
    if root is None:
        return ""
    for element in root.iter("{http://purl.org/dc/terms/}modified"):
        return digits_of(element.text or "")[:14]
    return ""
