"""Parts of filings kept on disk between runs: what was read is not read again.

The bytes are a pickle, read back by a reader that makes nothing but the program's own records: a file that somebody
else has put there can be wrong, and can run nothing.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import hashlib
import importlib
import io
import pickle
import zlib
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError
from auditor.model.document import Paragraph
from auditor.model.facts import Fact, Place
from auditor.model.filing import ViewCell
from auditor.model.outline import Heading, Mention
from auditor.model.tables import Form
from auditor.yamlfiles.trees import Text

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.forms.book import FormBook
    from auditor.model.filing import Filing

MAX_BYTES = 500_000_000
_PLAIN = {("builtins", name): getattr(__import__("builtins"), name) for name in ("set", "frozenset", "complex")}
_PLAIN |= {("collections", "OrderedDict"): collections.OrderedDict}


def kept_name(file: str) -> str:
    """Under which name the parts of a source are kept: `ab/ab12….part`.

    >>> kept_name("a.pdf")[:3]
    'a7/'
    """
    digest = hashlib.sha256(file.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return f"{digest[:2]}/{digest}.part"


def freeze(parts: list[Filing], book: FormBook) -> bytes:
    """Write parts of filings as bytes."""
    out = io.BytesIO()
    _Writer(out, book).dump(parts)
    return zlib.compress(out.getvalue(), 1)


def thaw(path: Path, book: FormBook) -> list[Filing]:
    """Read parts of filings back. Raises `AuditorError` for a file that is not what `freeze` wrote."""
    try:
        opened = zlib.decompressobj()
        data = opened.decompress(path.read_bytes(), MAX_BYTES)
        parts: list[Filing] = _Reader(io.BytesIO(data), book).load()
    except (OSError, zlib.error, pickle.UnpicklingError, EOFError, *_WRONG) as error:
        raise AuditorError("screen.kept", file=path.name, why=str(error)) from None
    return parts


_WRONG = (AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError)


_FIELDS = {
    kind: tuple(field.name for field in dataclasses.fields(kind))
    for kind in (Fact, Place, ViewCell, Paragraph, Mention, Heading)
}


class _Writer(pickle.Pickler):
    """Forms are written by name: they belong to the rule book, not to the filing."""

    def __init__(self, out: io.BytesIO, book: FormBook) -> None:
        super().__init__(out, 5)
        self._names = {
            id(form): (family.name, number)
            for family in book.families.values()
            for number, form in enumerate(family.forms)
        }

    def reducer_override(self, obj: Any) -> Any:
        """Write the records of which there are thousands by their fields: they are made in half the time."""
        names = _FIELDS.get(type(obj))
        return NotImplemented if names is None else (type(obj), tuple(getattr(obj, name) for name in names))

    def persistent_id(self, obj: Any) -> Any:
        return self._names.get(id(obj)) if isinstance(obj, Form) else None


class _Reader(pickle.Unpickler):
    def __init__(self, data: io.BytesIO, book: FormBook) -> None:
        super().__init__(data)
        self._book = book

    def persistent_load(self, pid: Any) -> Form:
        family, number = pid
        form: Form = self._book.families[family].forms[number]
        return form

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the program's records or enumerations, or a plain collection; nothing else."""
        if (module, name) in _PLAIN:
            return _PLAIN[module, name]
        if module.startswith("auditor.") and "." not in name:
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type) and found.__module__ == module and _is_record(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _is_record(kind: type) -> bool:
    return dataclasses.is_dataclass(kind) or issubclass(kind, (tuple, enum.Enum, Text))
