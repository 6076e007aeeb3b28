"""Characters to lines, and lines to paragraphs: soft wraps rejoined, page numbers and running heads left out.

A line follows the baseline of its characters, never their boxes: fonts mixed in one line stand at different heights.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.model.document import Paragraph, Part
from auditor.model.facts import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.readers.pdf.elements import Box, Char

SAME_LINE = 0.45  # of a character's height: how far baselines of one line may lie apart
WORD_GAP = 0.15  # of a character's height: a space between Latin letters or digits
MARK_GAP = 0.25  # the same beside Latin punctuation
CHUNK_GAP = 2.5  # of a character's height: what stands further apart is not one sentence
OVERPRINT = 0.3  # of a character's width: the same character printed again makes it bold
INDENT = 1.2  # of a character's height: how far in a new paragraph begins
CENTRED = 4.5  # of a character's height: a line that begins this far in is a title
OTHER_SIZE = 0.2  # share by which sizes of one paragraph's characters may differ
CELL_MARGINS = 12.0  # points: what stays free beside a full line of a cell
LINE_STEP = 2.6  # of a character's height: baselines further apart do not join
COLUMN = 0.55  # share of a page's width that a full line of running text takes
LONG = 15  # characters of a long line
FULL = 2  # full lines that tell the margins
HEAD, FOOT = 0.085, 0.9  # of the page's height: where running heads end, where page numbers begin

_PAGE_NUMBER = re.compile(r"^[\-—–·~\s第]*\d{1,4}[\-—–·~\s页/共\d]*$")
_OPENER = re.compile(r"^[（(“‘《〈「]*[A-Za-z0-9.,%％+\-]+|^.")
_ENDS = "。；：！？"
_CLOSERS = "，。；：、！？）)”’》〉」…%％"
_STARTS = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|第[一二三四五六七八九十]{1,3}部分|\d{1,2}[.．、](?!\d)|[①-⑳])"
)
_NUMERALS = frozenset("0123456789.,")
CHINESE = "\u2e80"  # from here on characters are as wide as high
NO_LEVEL, FAR, MOST_LEAD = 1.5, 4.0, 20  # characters: free at both sides of a centred text; before one at the right
SLACK = 0.1  # of a character: print is not exact
LATIN = "\x7f"  # the last character of Latin type
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(slots=True)
class TextLine:
    """One printed line, or one of the pieces of a line whose gaps are wide: text, box, where each character begins."""

    page: int
    base: float
    box: Box
    size: float
    text: str
    edges: tuple[float, ...]
    alone: bool = True  # the only piece of its line


def lines_of(chars: Iterable[Char]) -> list[list[Char]]:
    """Group characters into lines by baseline, each from left to right."""
    out: list[list[Char]] = []
    level = -1e9
    line: list[Char] = []
    for char in sorted(chars):
        high = char[4] - char[2]
        if char[0] - level <= SAME_LINE * max(4.0, high):
            line.append(char)
        else:
            level = char[0]
            line = [char]
            out.append(line)
    for line in out:
        line.sort(key=_left)
    return out


def _left(char: Char) -> float:
    return char[1]


def _apart(last: Char, char: Char) -> bool:
    """Whether a space stands between two Latin characters; others have none between them."""
    gap = WORD_GAP if last[5].isalnum() and char[5].isalnum() else MARK_GAP
    return char[1] - last[3] > gap * (char[4] - char[2])


def joined(line: Sequence[Char]) -> str:
    """The text of one line: overprints once, a space where Latin words stand apart."""
    out: list[str] = []
    last: Char | None = None
    for char in line:
        if last is not None:
            text = char[5]
            if text == last[5] and abs(char[1] - last[1]) < OVERPRINT * (char[3] - char[1]):
                continue
            if text <= LATIN and last[5] <= LATIN and _apart(last, char):
                out.append(" ")
        out.append(char[5])
        last = char
    return "".join(out)


def text_of(chars: Sequence[Char], box: Box | None = None) -> str:
    """The text of a cell: its lines one after the other.

    Where digits meet at the end of a line that had room for more (in a cell with this box), they are two numbers:
    a space parts them.
    """
    if not chars:
        return ""
    lines = lines_of(chars)
    out = joined(lines[0])
    for line, following in pairwise(lines):
        text = joined(following)
        if box is not None and out[-1] in _NUMERALS and text[0] in _NUMERALS:
            first, last = line[0], line[-1]
            free = box[2] - box[0] - (last[3] - first[1])
            out += " " if free > CELL_MARGINS + (last[3] - last[1]) else ""
        out += text
    return out


def lead_of(chars: Sequence[Char], box: Box) -> str:
    """How far the first line of a cell is set in, as full spaces: what stands left of it in whole characters.

    Words alone are set in to show a level; what is centred or stands at the right is not.
    """
    if not any("\u3400" <= char[5] <= "\u9fff" for char in chars):
        return ""
    line = lines_of(chars)[0]
    size = _size(line)
    left, right = line[0][1] - box[0], box[2] - line[-1][3]
    if size <= 0 or (left > NO_LEVEL * size and abs(left - right) < size) or (left > FAR * size and right < size):
        return ""
    return "\u3000" * min(MOST_LEAD, max(0, int(left / size + SLACK)))


def page_lines(chars: Sequence[Char], page: int) -> list[TextLine]:
    """The lines of running text on one page, top to bottom; pieces that stand far apart separately."""
    out: list[TextLine] = []
    for line in lines_of(chars):
        pieces = _pieces(line)
        for piece in pieces:
            text, edges = _with_edges(piece)
            if not text:
                continue
            _, _, tops, rights, bottoms, _ = zip(*piece, strict=True)
            box = (piece[0][1], min(tops), max(rights), max(bottoms))
            out.append(TextLine(page, line[0][0], box, _size(piece), text, edges, len(pieces) == 1))
    return out


def _size(chars: Sequence[Char]) -> float:
    """The size of the type: the width of Chinese characters, which are as wide as they are high; else from heights."""
    widths = sorted(char[3] - char[1] for char in chars if char[5] >= CHINESE)
    if widths:
        return widths[len(widths) // 2]
    heights = sorted(char[4] - char[2] for char in chars)
    return 0.75 * heights[len(heights) // 2]


def _pieces(line: list[Char]) -> list[list[Char]]:
    """Cut a line at its wide gaps, unless all its characters stand apart (a letterspaced title)."""
    gaps = [b[1] - a[3] for a, b in pairwise(line)]
    if not gaps:
        return [line]
    usual = sorted(gaps)[len(gaps) // 2]
    size = line[0][4] - line[0][2]
    cuts = [n + 1 for n, gap in enumerate(gaps) if gap > CHUNK_GAP * size and gap > 3 * max(0.0, usual)]
    return [line[a:b] for a, b in zip([0, *cuts], [*cuts, len(line)], strict=True)]


def _with_edges(line: Sequence[Char]) -> tuple[str, tuple[float, ...]]:
    """The text of a line, and the left edge of each of its characters, with the right edge of the last."""
    out: list[str] = []
    edges: list[float] = []
    last: Char | None = None
    for char in line:
        text = char[5]
        if last is not None:
            if text == last[5] and abs(char[1] - last[1]) < OVERPRINT * (char[3] - char[1]):
                continue
            if text <= LATIN and last[5] <= LATIN and _apart(last, char):
                out.append(" ")
                edges.append(round(last[3], 1))
        out.append(text)
        edges.append(round(char[1], 1))
        last = char
    if last is not None:
        edges.append(round(last[3], 1))
    return "".join(out), tuple(edges)


def without_furniture(pages: Sequence[tuple[Sequence[TextLine], float]]) -> list[list[TextLine]]:
    """Leave out page numbers, and heads that run over the pages (all but the first); pages come with their height."""
    heads = Counter(
        line.text
        for lines, height in pages
        for line in lines
        if line.box[1] < HEAD * height or line.base > FOOT * height
    )
    running = {text for text, count in heads.items() if count >= max(3, len(pages) // 3)}
    seen: set[str] = set()
    out = []
    for lines, height in pages:
        kept = []
        for line in lines:
            margin = line.box[1] < HEAD * height or line.base > FOOT * height
            if _PAGE_NUMBER.match(line.text) and (margin or (line is lines[-1] and line.alone)):
                continue
            if margin and line.text in running:
                if line.text in seen:
                    continue
                seen.add(line.text)
            kept.append(line)
        out.append(kept)
    return out


@dataclass(slots=True)
class Margins:
    """The left and right edge of the running text on a page."""

    left: float
    right: float


def margins_of(pages: Sequence[tuple[Sequence[TextLine], float]]) -> dict[int, Margins]:
    """The margins of the running text by page number; pages come with their width.

    They are told by full lines: wide ones that do not end a sentence. A page with too few of them has the margins of
    the other pages of its width; where none has, as between tables, nothing tells that a line is full.
    """
    found: dict[int, Margins] = {}
    full: dict[int, list[TextLine]] = {}
    starts: dict[int, list[float]] = {}
    for lines, width in pages:
        wide = [line for line in lines if _is_full(line, width)]
        full.setdefault(round(width), []).extend(wide)
        starts.setdefault(round(width), []).extend(_starts(lines))
        if len(wide) >= FULL:
            found[wide[0].page] = Margins(min(_starts(lines)), max(line.box[2] for line in wide))
    for lines, width in pages:
        wide = full[round(width)]
        if lines and lines[0].page not in found and len(wide) >= FULL:
            found[lines[0].page] = Margins(min(starts[round(width)]), max(line.box[2] for line in wide))
    return found


def _is_full(line: TextLine, width: float) -> bool:
    wide = line.box[2] - line.box[0] >= COLUMN * width
    return wide and line.alone and len(line.text) >= LONG and line.text[-1] not in _ENDS


def _starts(lines: Sequence[TextLine]) -> list[float]:
    """Where lines of running text begin: long ones, and shorter ones that begin under one another."""
    shorter = sorted(line.box[0] for line in lines if line.alone and LONG // 2 <= len(line.text) < LONG)
    return [line.box[0] for line in lines if line.alone and len(line.text) >= LONG] + [
        a for a, b in pairwise(shorter) if b - a < 1.0
    ]


def goes_on(line: TextLine, following: TextLine, margins: Margins | None) -> bool:
    """Whether the paragraph of `line` goes on in the following line."""
    if margins is None or not (line.alone and following.alone):
        return False
    size = max(line.size, 1.0)
    if line.page == following.page and following.base - line.base > LINE_STEP * size:
        return False
    if abs(line.size - following.size) > OTHER_SIZE * size or line.box[0] > margins.left + CENTRED * size:
        return False
    if following.box[0] > margins.left + INDENT * size or _STARTS.match(following.text):
        return False
    if following.text[0] in _CLOSERS:
        return True  # no paragraph begins with what closes a sentence
    word = _OPENER.match(following.text)
    needed = (len(word.group()) if word and word.group().isascii() else 2) * 0.6 * size
    if word and not word.group().isascii():
        needed = 1.0 * size
    if len(following.text) > 1 and following.text[1:2] in _CLOSERS:
        needed += size
    room = margins.right - line.box[2]
    if room > needed + 0.8 * size:
        return False
    return not (line.text[-1:] in "。；" and room > 1.5 * size)


def paragraphs_of(lines: Sequence[TextLine], margins: dict[int, Margins], file: str) -> list[Paragraph]:
    """Join the lines of one stretch of running text into paragraphs."""
    out: list[Paragraph] = []
    run: list[TextLine] = []
    for line in lines:
        if run and not goes_on(run[-1], line, margins.get(run[-1].page)):
            out.append(paragraph_of(run, file))
            run = []
        run.append(line)
    if run:
        out.append(paragraph_of(run, file))
    return out


def paragraph_of(lines: Sequence[TextLine], file: str) -> Paragraph:
    """One paragraph of its lines; every line keeps its place, so that a sentence can be found on the page."""
    text = ""
    parts = []
    for line in lines:
        if text and _LATIN.match(text[-1]) and _LATIN.match(line.text):
            text += " "
        parts.append(Part(len(text), line.page, _rounded(line.box), line.edges))
        text += line.text
    first = [line for line in lines if line.page == lines[0].page]
    box = (
        min(line.box[0] for line in first),
        min(line.box[1] for line in first),
        max(line.box[2] for line in first),
        max(line.box[3] for line in first),
    )
    return Paragraph(text, Place(file, page=lines[0].page, quote=text[:200], bbox=_rounded(box)), tuple(parts))


def _rounded(box: Box) -> Box:
    return (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))
