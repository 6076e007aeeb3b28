"""Quotation marks that have no partner in their paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.digits import is_digits

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAIRS = {"”": "“", "》": "《"}
_STRAIGHT = '"'
_MARKS = "“”《》" + _STRAIGHT


def unpaired_quotes(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a quotation mark stands alone, with a few characters beside it.

    >>> [text[a:b] for text in ["开展“检查”、优秀案例”活动", "甲“乙”丙"] for a, b in unpaired_quotes(text)]
    ['优秀案例”']
    """
    if not any(mark in text for mark in _MARKS):
        return
    lone: list[int] = []
    for closing, opening in _PAIRS.items():
        waiting: list[int] = []
        for at, char in enumerate(text):
            if char == opening:
                if opening == "“" and waiting:  # quotations of this sort are not nested
                    lone.append(waiting.pop())
                waiting.append(at)
            elif char == closing:
                if waiting:
                    waiting.pop()
                else:
                    lone.append(at)
        lone += waiting
    straight = [at for at, char in enumerate(text) if char == _STRAIGHT and not is_digits(text[at - 1 : at])]
    if len(straight) % 2:
        lone.append(straight[-1])
    for at in sorted(lone):
        closes = text[at] in _PAIRS
        yield (max(0, at - 4), at + 1) if closes else (at, min(len(text), at + 5))
