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
WIDE = 24  # characters of a line that no column of a table holds
TOLD = 40  # characters that are told of a page
SHORT = 4  # characters of a line of a cell that hardly stands twice in a column by chance
SAME_LINE = 1.0  # points
SAME_COLUMN = 3.0  # points: lines that begin this near are of one column
GAP = 1.0  # of a character's height: what stands further apart is of two cells

PageRemark = tuple[str, dict[str, str]]


class _Held(NamedTuple):
    """All characters of a page as drawn, and which of them are not seen, or in a slice, by their identities."""

    drawn: list[Char]
    hidden: set[int]
    sliced: set[int]


class Unseen:
    """Collects what is not seen, page by page."""

    def __init__(self) -> None:
        self.seen: dict[int, str] = {}  # what a page shows, in the order in which it is drawn
        self.lines: dict[
            int, set[tuple[str, int]]
        ] = {}  # the lines of its cells that it shows whole, with their places
        self.held: dict[int, _Held] = {}
        self.unmapped: dict[int, int] = {}

    def note(self, content: PageContent) -> None:
        """Note what a page shows and what it does not."""
        hidden = {id(char) for char in content.hidden if 0 <= char[0] <= content.height}
        beyond = {id(char) for char in content.hidden} - hidden
        drawn = [char for char in content.drawn if id(char) not in beyond]
        self.seen[content.number] = "".join(char[5] for char in drawn if id(char) not in hidden)
        self.lines[content.number] = {
            _lined(drawn[first:end])
            for first, end in _lines(drawn)
            if not any(id(char) in hidden for char in drawn[first:end])
        }
        if hidden:
            self.held[content.number] = _Held(drawn, hidden, content.sliced)
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

        A line of which a slice shows is damage to see, unless it goes on over the page break or is shown in its column;
        a line as wide as running text is, wherever else it is printed.
        """
        drawn, hidden, sliced = self.held[page]
        near = [number for number in range(page - BESIDE, page + BESIDE + 1) if number in self.seen]
        printed = "\n".join(self.seen[number] for number in near)
        text = "".join(char[5] for char in drawn)
        for first, end in _stretches(drawn, hidden):
            slices = sum(id(char) in sliced for char in drawn[first:end])
            if slices >= WIDE:
                yield from drawn[first:end]
                continue
            if self._is_line_of(near, page, drawn[first:end]):
                continue
            if any(self._goes_on_at(number, drawn, first, end) for number in near if number != page):
                continue
            if slices >= LONG or not any(piece in printed for piece in _pieces(text, first, end)):
                yield from drawn[first:end]

    def _is_line_of(self, near: Sequence[int], page: int, chars: Sequence[Char]) -> bool:
        """Whether a line is shown in its column: on a page beside, or once more on its own page.

        A short one of which a slice shows is damage: many lines of a column may be like it.
        """
        sliced = any(id(char) in self.held[page].sliced for char in chars)
        short = len(chars) < SHORT
        if sliced and short:
            return False
        text, x = _lined(chars)
        pages = [number for number in near if number != page or not (sliced or short)]
        return any((text, x + shift) in self.lines[number] for number in pages for shift in (-1, 0, 1))

    def _goes_on_at(self, page: int, drawn: Sequence[Char], first: int, end: int) -> bool:
        """Whether a page shows what another does not between the same words."""
        held = self.held.get(page)
        if held is None:
            return False
        theirs = "".join(char[5] for char in held.drawn)
        for start, stop in ((max(0, end - LONG), end), (first, first + LONG)):
            piece = "".join(char[5] for char in drawn[start:stop])
            at = theirs.find(piece) if len(piece) == LONG else -1
            while at >= 0:
                same = held.drawn[at + max(first - start, 0) : at + min(end, stop) - start]
                if not any(id(char) in held.hidden for char in same):
                    return True
                at = theirs.find(piece, at + 1)
        return False


def _lined(chars: Sequence[Char]) -> tuple[str, int]:
    """A line by its text and where it begins."""
    return "".join(char[5] for char in chars), round(chars[0][1] / SAME_COLUMN)


def _lines(drawn: Sequence[Char]) -> Iterator[tuple[int, int]]:
    """Characters drawn one after the other on one line without a gap, as first and end."""
    first = 0
    for number in range(1, len(drawn)):
        if not _goes_on(drawn[number - 1], drawn[number]):
            yield first, number
            first = number
    if drawn:
        yield first, len(drawn)


def _goes_on(last: Char, char: Char) -> bool:
    return abs(char[0] - last[0]) <= SAME_LINE and abs(char[1] - last[3]) <= GAP * (last[4] - last[2])


def _stretches(drawn: Sequence[Char], hidden: set[int]) -> Iterator[tuple[int, int]]:
    """The pieces of lines of which nothing is seen."""
    for first, end in _lines(drawn):
        start = -1
        for number in range(first, end):
            if id(drawn[number]) not in hidden:
                if start >= 0:
                    yield start, number
                start = -1
            elif start < 0:
                start = number
        if start >= 0:
            yield start, end


def _pieces(text: str, first: int, end: int) -> Iterator[str]:
    """What must be found in print for a stretch to be printed there: itself, or a short one with its surroundings."""
    if end - first >= LONG:
        yield text[first:end]
        return
    for piece in (text[max(0, end - LONG) : end], text[first : first + LONG]):
        if len(piece) == LONG:
            yield piece
