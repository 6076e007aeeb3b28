"""What a reader gives: pages or sheets as a sequence of paragraphs and grids of cells, each with its place.

Nothing after the readers knows the file format. `raw` is the text as it stands in the file, `text` the same with
white space folded and radicals as the characters that they stand for; wording and punctuation are left alone, because
they are audited too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.model.facts import Place

_SPACE = re.compile(r"[\s\u3000\u00a0]+")
_BETWEEN_CJK = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef“”‘’]) (?=[\u2e80-\u9fff\uff00-\uffef“”‘’])")
# codes of their own for what looks like an ordinary character: some fonts say ⻓ and mean 长
_DOUBLES = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
# from U+2E80 on, by Unicode's Equivalent_Unified_Ideograph; the other doubles decompose to their character
_RADICALS = (
    "⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵\u2e9a旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋"
    "耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)


@lru_cache(maxsize=65536)
def tidy(raw: str) -> str:
    """Fold white space; drop the spaces that layout puts between Chinese characters; radicals become characters.

    >>> tidy("支 出  合 计 "), tidy("1 833.68"), tidy("⻓期（用⻋）")
    ('支出合计', '1 833.68', '长期（用车）')
    """
    return _BETWEEN_CJK.sub("", _SPACE.sub(" ", _DOUBLES.sub(_character, raw)).strip())


def _character(found: re.Match[str]) -> str:
    code = ord(found.group()) - 0x2E80
    return _RADICALS[code] if code < len(_RADICALS) else unicodedata.normalize("NFKC", found.group())


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

    def boxes(self, start: int, end: int) -> list[tuple[int, tuple[float, float, float, float]]]:
        """Where a stretch of `raw` is printed: a page and a box for every line that it touches."""
        out = []
        ends = [*(part.start for part in self.parts[1:]), len(self.raw)]
        for part, stop in zip(self.parts, ends, strict=True):
            if start < stop and end > part.start:
                last = len(part.edges) - 1
                left, right = part.edges[min(max(start - part.start, 0), last)], part.edges[min(end - part.start, last)]
                out.append((part.page, (left, part.box[1], right, part.box[3])))
        return out


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


def spans_kept(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a grid whose format can merge cells did so.

    A table that was pasted from flattened text has nothing merged and blanks in its first row, where the headings of
    several columns lost their width; what stands above which column is then not known from the cells.
    """
    first = rows[0] if rows else ()
    filled = next((column for column, cell in enumerate(first) if cell.raw.strip()), len(first))
    if all(cell.raw.strip() for cell in first[filled:]):
        return True
    return any(cell.colspan > 1 or cell.rowspan > 1 for row in rows for cell in row)


@dataclass(slots=True)
class Document:
    """One file as read: blocks in reading order, and remarks of the reader (message key and values).

    `pages` counts pages or sheets, `scans` are pages that hold a picture and no text, `recognised` pages whose text
    was recognised from a picture. `lost` are pages that a fault of the program left unread, each with the numbers
    printed on it; `faults` says what went wrong, for whoever mends it. `modified` is when the file says it was last
    changed (digits, YYYYMMDD…).
    """

    file: str
    sha256: str
    blocks: list[Paragraph | Grid] = field(default_factory=list)
    remarks: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pages: int = 0
    scans: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    modified: str = ""
    lost: dict[int, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def unread(self) -> list[int]:
        """The pages of which nothing is known: pictures that were not recognised, and pages that were lost."""
        return sorted({*self.scans, *self.lost})

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield the paragraphs in reading order."""
        return (block for block in self.blocks if isinstance(block, Paragraph))

    def grids(self) -> Iterator[Grid]:
        """Yield the grids in reading order."""
        return (block for block in self.blocks if isinstance(block, Grid))
