"""Text that the pages of a PDF hold and do not show, where it is not printed elsewhere; glyphs that say nothing.

A cell that runs over a page break is drawn whole on both pages, and each page shows its part; a heading that is drawn
twice may be seen once. Nothing is lost to the reader there, so nothing is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from auditor.readers.pdf.line_flow import joined, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.readers.pdf.elements import Char
    from auditor.readers.pdf.page_content import PageContent

LONG = 8  # characters that hardly stand twice by chance: a shorter piece is looked for with what is drawn around it
BESIDE = 1  # pages before and after on which a cell or a heading may be printed in full
TOLD = 40  # characters that are told of a page
SAME_LINE = 1.0  # points

PageRemark = tuple[str, dict[str, str]]


class _Held(NamedTuple):
    """All characters of a page as drawn, and the stretches of them that are not seen, as first and end."""

    drawn: list[Char]
    stretches: list[tuple[int, int]]
    sliced: set[int]


class Unseen:
    """Collects what is not seen, page by page."""

    def __init__(self) -> None:
        self.seen: dict[int, str] = {}  # what a page shows, in the order in which it is drawn
        self.held: dict[int, _Held] = {}
        self.unmapped: dict[int, int] = {}

    def note(self, content: PageContent) -> None:
        """Note what a page shows and what it does not."""
        hidden = {id(char) for char in content.hidden if 0 <= char[0] <= content.height}
        beyond = {id(char) for char in content.hidden} - hidden
        drawn = [char for char in content.drawn if id(char) not in beyond]
        self.seen[content.number] = "".join(char[5] for char in drawn if id(char) not in hidden)
        if hidden:
            self.held[content.number] = _Held(drawn, list(_stretches(drawn, hidden)), content.sliced)
        if content.unmapped:
            self.unmapped[content.number] = content.unmapped

    def remarks(self) -> Iterator[PageRemark]:
        """What is to be told of the pages, in their order."""
        for page in sorted({*self.held, *self.unmapped}):
            chars = list(self._nowhere(page)) if page in self.held else []
            if chars:
                text = "".join(joined(line) for line in lines_of(chars))[:TOLD]
                yield "remark.hidden_text", {"page": str(page), "count": str(len(chars)), "text": text}
            if page in self.unmapped:
                yield "remark.unmapped_glyphs", {"page": str(page), "count": str(self.unmapped[page])}

    def _nowhere(self, page: int) -> Iterator[Char]:
        """The characters of a page that are seen neither on it nor on the pages beside it.

        A line of which a slice shows is damage to see, wherever else it is printed.
        """
        drawn, stretches, sliced = self.held[page]
        printed = "\n".join(self.seen.get(number, "") for number in range(page - BESIDE, page + BESIDE + 1))
        text = "".join(char[5] for char in drawn)
        for first, end in stretches:
            damaged = sum(id(char) in sliced for char in drawn[first:end]) >= LONG
            if damaged or not any(piece in printed for piece in _pieces(text, first, end)):
                yield from drawn[first:end]


def _stretches(drawn: Sequence[Char], hidden: set[int]) -> Iterator[tuple[int, int]]:
    """Characters drawn one after the other on one line of which none is seen."""
    first = -1
    for number, char in enumerate(drawn):
        if first >= 0 and (id(char) not in hidden or abs(char[0] - drawn[number - 1][0]) > SAME_LINE):
            yield first, number
            first = -1
        if first < 0 and id(char) in hidden:
            first = number
    if first >= 0:
        yield first, len(drawn)


def _pieces(text: str, first: int, end: int) -> Iterator[str]:
    """What must be found in print for a stretch to be printed there: itself, or a short one with its surroundings."""
    if end - first >= LONG:
        yield text[first:end]
        return
    for piece in (text[max(0, end - LONG) : end], text[first : first + LONG]):
        if len(piece) == LONG:
            yield piece
