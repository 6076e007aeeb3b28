"""What a reader gives: pages or sheets as a sequence of paragraphs and grids of cells, each with its place.

Nothing after the readers knows the file format. `raw` is the text as it stands in the file, `text` the same with
white space folded; wording and punctuation are left alone, because they are audited too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.facts import Place

_SPACE = re.compile(r"[\s\u3000\u00a0]+")
_BETWEEN_CJK = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef“”‘’]) (?=[\u2e80-\u9fff\uff00-\uffef“”‘’])")


@lru_cache(maxsize=65536)
def tidy(raw: str) -> str:
    """Fold white space; drop the spaces that layout puts between Chinese characters.

    >>> tidy("支 出  合 计 "), tidy("1 833.68")
    ('支出合计', '1 833.68')
    """
    return _BETWEEN_CJK.sub("", _SPACE.sub(" ", raw).strip())


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid. A cell that spans rows or columns stands (as the same object) at every place it covers."""

    raw: str
    place: Place
    rowspan: int = 1
    colspan: int = 1

    @property
    def text(self) -> str:
        """The cell's text with white space folded."""
        return tidy(self.raw)


class Part(NamedTuple):
    """One printed line of a paragraph: where in `raw` it begins, its page and box, and where each character begins.

    `edges` has one entry more than the line has characters: the right edge of the last.
    """

    start: int
    page: int
    box: tuple[float, float, float, float]
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line or paragraph of text. `raw` keeps leading and inner spaces: they show blank cells in some dumps.

    `parts` are its printed lines, where the format has pages.
    """

    raw: str
    place: Place
    parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """The paragraph's text with white space folded."""
        return tidy(self.raw)


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of cells, all rows of equal width. `spans_known` is false where merged cells came flattened.

    `continues` says that nothing but the page break stands between this grid and the one before, on whose columns it
    then is where it fits them; `borderless` that its columns were told by alignment only.
    """

    rows: tuple[tuple[Cell, ...], ...]
    place: Place
    spans_known: bool = False
    continues: bool = False
    borderless: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0


@dataclass(slots=True)
class Document:
    """One file as read: blocks in reading order, and remarks of the reader (message key and values).

    `pages` counts pages or sheets, `scans` are pages that hold a picture and no text, `recognised` pages whose text
    was recognised from a picture. `modified` is when the file says it was last changed (digits, YYYYMMDD…).
    """

    file: str
    sha256: str
    blocks: list[Paragraph | Grid] = field(default_factory=list)
    remarks: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pages: int = 0
    scans: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    modified: str = ""

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield the paragraphs in reading order."""
        return (block for block in self.blocks if isinstance(block, Paragraph))

    def grids(self) -> Iterator[Grid]:
        """Yield the grids in reading order."""
        return (block for block in self.blocks if isinstance(block, Grid))
