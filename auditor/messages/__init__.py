"""What the program says, in Chinese and English: catalogues of sentences by key.

The catalogues are plain dictionaries (`zh.py`, `en.py`) with the same keys; a test holds them together.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("zh", "en")
_UNSHOWN = r"\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
_CONTROL = re.compile(rf"[\x00-\x1f{_UNSHOWN}]")
_IN_LINES = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f{_UNSHOWN}]")
_language: ContextVar[str] = ContextVar("language", default="zh")


def use_language(language: str) -> None:
    """Make `language` (`zh` or `en`) the one in which `say` speaks from here on."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _language.set(language)


def language() -> str:
    """Return the language in use."""
    return _language.get()


def catalogue(name: str) -> Mapping[str, str]:
    """Return the whole catalogue of a language: key → sentence with `{placeholders}`."""
    return _catalogue(name)


@cache
def _catalogue(name: str) -> Mapping[str, str]:
    return cast("Mapping[str, str]", import_module(f"auditor.messages.{name}").MESSAGES)


def say(key: str, **values: Any) -> str:
    """Return the sentence of `key` in the language in use, filled with `values`.

    A value `near` (the known name most like a misspelt one) becomes a clause, and nothing where none is known.
    """
    sentences = catalogue(_language.get())
    if "near" in values:
        values["near"] = sentences["near"].format(near=values["near"]) if values["near"] else ""
    return sentences[key].format(**values)


def printable(text: str) -> str:
    r"""Return a text that a terminal shows as it is: no control characters, no change of direction, on one line.

    >>> printable("a\x1b[2Jb\nc")
    'a\ufffd[2Jb\ufffdc'
    """
    return _CONTROL.sub("\ufffd", text)


def clean(text: str) -> str:
    r"""Return a text as any report may hold it: as `printable` does, but lines and tabs stay.

    >>> clean("a\x00b\tc\nd\uffff")
    'a\ufffdb\tc\nd\ufffd'
    """
    return _IN_LINES.sub("\ufffd", text)
