"""`fail: each figure`: every figure of the passing examples, wrong alone, larger and smaller, must be noticed.

One line for what would be two examples per figure; `each figure of pass 2` means the second passing example only. A
change that leaves the rule nothing to decide (a condition no longer holds) says nothing and is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from auditor.digits import whole_number
from auditor.yamlfiles.trees import Map, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

EACH_FIGURE = re.compile(r"each figure(?: of pass ([1-9]\d*))?")
PART = 8  # a wrong figure is off by an eighth, and never by less than the last digit but one
_FIGURE = re.compile(r"(-?)(\d[\d,]*)(?:\.(\d+))?(%|％)?")
_PRINTED = re.compile(r"(?<![\d.])-?\d[\d,]*\.\d+")  # in tables and sentences: codes and years have no decimals


def each_figure(data: Any) -> tuple[bool, int]:
    """Whether an example stands for wrong figures, and in which passing example (0: in all of them)."""
    found = EACH_FIGURE.fullmatch(data.strip()) if isinstance(data, Text) else None
    return found is not None, (whole_number(found[1] or "") or 0) if found else 0


def changed(data: Any) -> Iterator[tuple[str, Any]]:
    """The data of an example with one figure wrong, and what is wrong in it."""
    if isinstance(data, Text):
        yield from _changed_text(data)
        return
    for key, value in data.items():
        printed = "\n" in str(value).strip()
        for told, new in _changed_text(value) if printed else ((f"{key}: {new}", new) for new in wrong(str(value))):
            out = Map(data.file, data.line, data.column)
            out.update({name: Text.at(str(new), "", 0, 0) if name == key else old for name, old in data.items()})
            yield told, out


def _changed_text(text: Text) -> Iterator[tuple[str, Text]]:
    for found in _PRINTED.finditer(text):
        for new in wrong(found[0]):
            whole = text[: found.start()] + new + text[found.end() :]
            yield f"{found[0]} → {new}", Text.at(whole, text.file, text.line, text.column)


def wrong(figure: str) -> Iterator[str]:
    """A figure printed larger and smaller (a zero only larger); nothing for what is no figure.

    >>> list(wrong("461.84")), list(wrong("0.58")), list(wrong("3")), list(wrong("10%"))
    (['519.57', '404.11'], ['0.68', '0.48'], ['4', '2'], ['12%', '8%'])
    """
    found = _FIGURE.fullmatch(figure.strip())
    if found is None:
        return
    sign, whole, fraction, percent = found[1], found[2].replace(",", ""), found[3] or "", found[4] or ""
    value = whole_number(f"{whole}{fraction}")
    if value is None:
        return
    value = -value if sign else value
    step = max(-(-abs(value) // PART), 10 if fraction else 1)
    for new in (value + step, value - step) if value else (step,):
        digits = str(abs(new)).zfill(len(fraction) + 1)
        decimals = f".{digits[len(digits) - len(fraction) :]}" if fraction else ""
        yield f"{'-' if new < 0 else ''}{digits[: len(digits) - len(fraction)]}{decimals}{percent}"
