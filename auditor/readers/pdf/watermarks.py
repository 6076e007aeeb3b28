"""Watermarks: text that is printed across the pages and says nothing of what they disclose.

Text that runs aslant is none of the page's tables or sentences. Faint text that lies over other text, at the same
places page after page, is a watermark as well; faint text that lies by itself is content.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.readers.pdf.elements import Char
    from auditor.readers.pdf.page_content import PageContent

OVER = 3  # faint characters with others in their box that tell a watermark
REPEATED = 0.5  # share of the characters of a watermark that stand at the same place on another page
ALONE = 0.1  # on the only page: share of the faint characters that lie over others
SAME = 3.0  # points: characters this near are at the same place of two pages
SQUARE = 8.0  # points: characters are looked up by squares of this size
MOST_SQUARES = 400  # that are looked at for one character
TOLD = 30  # characters that are told of a watermark

Look = tuple[int, int, int, int]  # red, green, blue, opacity
PageRemark = tuple[str, dict[str, str]]
_Spot = tuple[str, int, int]


@dataclass(slots=True)
class _Class:
    """The faint characters of one look: how many, how many over others, on which pages, where."""

    count: int = 0
    over: int = 0
    pages: set[int] = field(default_factory=set)
    spots: Counter[_Spot] = field(default_factory=Counter)


class Watermarks:
    """Collects what may be watermarks, page by page, and takes out of the pages what is one."""

    def __init__(self) -> None:
        self.classes: dict[Look, _Class] = {}
        self.pages: set[int] = set()  # with a watermark
        self.text = ""

    def note(self, content: PageContent) -> None:
        """Take in the faint characters of a page."""
        if content.aslant:
            self._tell(content.number, content.aslant)
        if not content.faint:
            return
        taken = _squares(char for char in content.chars if id(char) not in content.faint)
        for char in content.chars:
            look = content.faint.get(id(char))
            if look is None:
                continue
            mine = self.classes.setdefault(look, _Class())
            mine.count += 1
            mine.over += _is_over(char, taken)
            mine.pages.add(content.number)
            mine.spots[char[5], round(char[1] / SAME), round(char[0] / SAME)] += 1

    def strip(self, content: PageContent) -> None:
        """Take the watermark out of a page, once all pages are noted."""
        marks = {id(char) for char in content.chars if self._is_mark(content.faint.get(id(char)))}
        if marks:
            self._tell(content.number, [char for char in content.chars if id(char) in marks])
            content.chars = [char for char in content.chars if id(char) not in marks]
            content.drawn = [char for char in content.drawn if id(char) not in marks]

    def _is_mark(self, look: Look | None) -> bool:
        known = self.classes.get(look) if look is not None else None
        if known is None or known.over < OVER:
            return False
        if len(known.pages) == 1:
            return known.over >= ALONE * known.count
        return sum(count for count in known.spots.values() if count > 1) >= REPEATED * known.count

    def _tell(self, page: int, chars: Sequence[Char]) -> None:
        self.pages.add(page)
        self.text = self.text or "".join(char[5] for char in chars)[:TOLD]

    def remarks(self) -> Iterator[PageRemark]:
        """What is to be told of them."""
        if self.pages:
            yield "remark.watermark", {"count": str(len(self.pages)), "text": self.text}


def _squares(chars: Iterator[Char]) -> dict[tuple[int, int], list[Char]]:
    """Characters by the square in which their middle lies."""
    out: dict[tuple[int, int], list[Char]] = {}
    for char in chars:
        x, y = _middle(char)
        out.setdefault((int(x / SQUARE), int(y / SQUARE)), []).append(char)
    return out


def _middle(char: Char) -> tuple[float, float]:
    return (char[1] + char[3]) / 2, char[0] - 0.3 * (char[4] - char[2])


def _is_over(char: Char, taken: dict[tuple[int, int], list[Char]]) -> bool:
    """Whether the middle of another character lies in the box of this one."""
    _, x0, y0, x1, y1, _ = char
    columns, lines = range(int(x0 / SQUARE), int(x1 / SQUARE) + 1), range(int(y0 / SQUARE), int(y1 / SQUARE) + 1)
    if len(columns) * len(lines) > MOST_SQUARES:
        return False
    for square in ((column, line) for column in columns for line in lines):
        for other in taken.get(square, ())[:64]:
            x, y = _middle(other)
            if x0 < x < x1 and y0 < y < y1:
                return True
    return False
