"""Office packages (ZIP files of XML parts): opened with bounds on size, number and expansion of their parts.

Entities are never resolved, no DTD is loaded, nothing is fetched; parts are read whole only up to a limit.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from auditor.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PARTS = 20_000
MAX_PART = 200 * 1024 * 1024
MAX_TOTAL = 500 * 1024 * 1024
MAX_RATIO = 250  # expanded to packed size, where the expanded size matters at all
SMALL = 20 * 1024 * 1024


class Package:
    """One ZIP file. Raises `BadInputError` for a damaged or encrypted one, and for bombs."""

    def __init__(self, data: bytes, file: str, kind: str) -> None:
        self.file, self.kind = file, kind
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise BadInputError("input.damaged", file=file, kind=kind) from None
        total = sum(info.file_size for info in infos)
        if len(infos) > MAX_PARTS or total > MAX_TOTAL or (total > SMALL and total > MAX_RATIO * max(1, len(data))):
            raise BadInputError("input.bomb", file=file)
        if any(info.flag_bits & 1 for info in infos):
            raise BadInputError("input.encrypted", file=file, kind=kind)
        self.names = {info.filename.lstrip("/"): info for info in infos}

    def read(self, name: str, limit: int = MAX_PART) -> bytes | None:
        """One part, or None when it is not there. The stated size is not trusted."""
        info = self.names.get(name.lstrip("/"))
        if info is None:
            return None
        try:
            with self._zip.open(info) as part:
                data = part.read(limit + 1)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
            raise BadInputError("input.damaged", file=self.file, kind=self.kind) from None
        except Exception as error:
            if type(error).__name__ == "error":  # zlib.error
                raise BadInputError("input.damaged", file=self.file, kind=self.kind) from None
            raise
        if len(data) > limit:
            raise BadInputError("input.bomb", file=self.file)
        return data

    def xml(self, name: str) -> Any:
        """The root element of one XML part, or None when it is not there."""
        data = self.read(name)
        return None if data is None else parse_xml(data, self.file, self.kind)

    def events(self, name: str, tags: tuple[str, ...]) -> Iterator[Any]:
        """Elements of one large XML part as they end; each is emptied after use."""
        from lxml import etree

        data = self.read(name)
        if data is None:
            return
        try:
            for _, element in etree.iterparse(
                io.BytesIO(data), events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False,
                huge_tree=False,
            ):  # fmt: skip
                yield element
                element.clear()
        except etree.XMLSyntaxError:
            raise BadInputError("input.damaged", file=self.file, kind=self.kind) from None

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def parse_xml(data: bytes, file: str, kind: str) -> Any:
    """Parse XML without entities, DTD or network. Raises `BadInputError` for what is no XML."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BadInputError("input.damaged", file=file, kind=kind) from None
