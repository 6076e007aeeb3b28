"""Wordings as regular expressions of bounded length.

A wording is plain text with a few marks: `[a|b]` may be there or not, `…` stands for a short run of text without
punctuation, `{增减}` for one of the listed words, `{数}` for a number, `{全体}` for the whole of a share.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from auditor.model.numbers import LOST
from auditor.phrases.backtracking import runs_away
from auditor.yamlfiles.trees import fail

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# possessive, and never from the middle of another number: one look at every digit
NUMBER = rf"(?<![\d.,{LOST}])[-−]?+(?:\d{{1,3}}(?:,\d{{3}})++(?!\d)|\d++)(?:\.\d++)?+(?![\d.,]*+{LOST})"
# a number of which a character cannot be read
PART = rf"(?<![\d.,{LOST}])[-−]?+(?=[\d.,]*+{LOST})(?=[.,{LOST}]*+\d)[\d.,{LOST}]++"
_RUN = r"[^，。；：、]{0,30}?"
QUOTES = re.compile('[“”"「」『』]')
MOST = 200  # characters of one wording
MOST_PATTERN = 600  # characters of one regular expression
MOST_MADE = 100_000  # of one that is made of several


def any_word(words: Iterable[str]) -> str:
    """The alternative of some words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def any_of(patterns: Iterable[str]) -> str:
    """The alternative of some patterns, the longest first."""
    return "|".join(sorted(patterns, key=len, reverse=True))


def compiled(source: str, node: Any, most: int = MOST_PATTERN) -> re.Pattern[str]:
    """Compile a regular expression of a rule folder.

    Raises `RuleError` at `node` for one that is too long, for what is none at all, and for one that may run for ever.
    Another engine that never goes back (RE2) is no way out: it knows neither what stands before or behind (`(?<!…)`)
    nor possessive parts, which the wordings need.
    """
    if len(source) > most:
        fail(node, "wordings.too_long", text=source[:40])
    try:
        pattern = re.compile(source)
        if runs_away(source):
            fail(node, "wordings.runs_away", text=source[:60])
    except (re.error, OverflowError, RecursionError) as error:
        fail(node, "wordings.pattern", text=source[:60], why=str(error))
    return pattern


def pattern_of(text: str, slots: Mapping[str, str], node: Any) -> str:
    """Translate a wording into a regular expression; quotation marks do not count.

    Raises `RuleError` at `node` for a wording that is too long, has a bracket without its partner or an unknown slot.
    """
    text = QUOTES.sub("", text)
    if len(text) > MOST:
        fail(node, "phrases.too_long", text=text[:40])
    out, at = _parse(text, 0, slots, node, inside=False)
    if at < len(text):
        fail(node, "phrases.bracket", text=text)
    return out


def _parse(text: str, at: int, slots: Mapping[str, str], node: Any, *, inside: bool) -> tuple[str, int]:
    out = ""
    while at < len(text):
        char = text[at]
        if char == "[":
            inner, at = _parse(text, at + 1, slots, node, inside=True)
            if at >= len(text):
                fail(node, "phrases.bracket", text=text)
            out += f"(?:{inner})?"
        elif char == "]" and inside:
            return out, at
        elif char == "|":
            out += "|"
        elif char == "{":
            end = text.find("}", at)
            name = text[at + 1 : end]
            if end < 0 or name not in slots:
                fail(node, "phrases.slot", text=text, known="、".join(slots))
            out += slots[name]
            at = end
        elif char == "…":
            out += _RUN
        else:
            out += re.escape(char)
        at += 1
    return out, at
