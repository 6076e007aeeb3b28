"""A number is one run of print: what pieces of text with different looks say together.

A raised note mark behind a number is no digit of it, what was struck out is not said, what has the colour of the
paper is not seen, and digits of another size are another number. What is left of a number that such a piece cuts is
unreadable: the mark `LOST` stands in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from auditor.digits import hexadecimal, is_digits
from auditor.model.numbers import LOST, State, parse_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OTHER_SIZE = 0.7  # digits this much smaller than those before them are not of one number with them
NEAR = 40  # characters looked at before and after a piece
TOLD, LONG = 5, 30  # pieces that are told of a file, and characters of each
PAPER = 0.92  # lightness from which a colour cannot be told from white paper

_FIGURES = frozenset("0123456789０１２３４５６７８９.,．")
_DIGIT = re.compile("[0-9０-９]")
_LATIN = re.compile("[A-Za-z]")
_AMOUNT = re.compile(r"(?=[^0-9０-９]*[0-9０-９])[\s0-9０-９.,．，%％()（）万亿千元\-−－]*+")
_HEX = re.compile(r"#?(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})|#([0-9A-Fa-f]{3})")


class Run(NamedTuple):
    """One piece of text that looks the same throughout. `size` is that of its type in any measure, 0 if not known."""

    text: str
    raised: bool = False  # above or below the line
    struck: bool = False
    pale: bool = False  # not seen: in the colour of what is behind it
    size: float = 0.0


@dataclass(slots=True)
class Unsaid:
    """What a file holds and does not say: the texts, for its remarks."""

    struck: list[str] = field(default_factory=list)
    pale: list[str] = field(default_factory=list)

    def remarks(self) -> list[tuple[str, dict[str, str]]]:
        """What is to be told of it."""
        out = []
        for key, texts in (("remark.struck_words", self.struck), ("remark.pale_words", self.pale)):
            if texts:
                text = "、".join(text[:LONG] for text in texts[:TOLD])
                out.append((key, {"count": str(len(texts)), "text": text}))
        return out


def said(runs: Iterable[Run], unsaid: Unsaid, where: str = "") -> str:
    """The text that runs say together, with `LOST` where a number cannot be told.

    What is not said is noted, with `where`.

    >>> said([Run("600.00", struck=True), Run("511.64")], Unsaid()), said([Run("7"), Run("1", raised=True)], Unsaid())
    ('511.64', '7')
    """
    pieces = _joined(runs)
    if len(pieces) == 1 and not (pieces[0].struck or pieces[0].pale):
        return pieces[0].text
    out: list[str] = []
    before = ""  # the end of what is said
    size = 0.0  # of what is said last
    has_line = any(not piece.raised and piece.text.strip() for piece in pieces)
    for piece, after in zip(pieces, _following(pieces), strict=True):
        if piece.struck or piece.pale:
            _note(piece, unsaid, where)
            text = _instead(piece, before, after)
        elif piece.raised and has_line and _DIGIT.search(piece.text):
            text = _of_raised(piece.text, before, after)
        else:
            parts = _is_figure(before[-1:]) and _is_figure(piece.text[:1]) and _differs(size, piece.size)
            text = LOST + piece.text if parts else piece.text
            size = piece.size
        out.append(text)
        before = (before + text)[-NEAR:]
    return "".join(out)


def is_paper(colour: str | None) -> bool:
    """Whether a colour, as six hexadecimal digits (or eight, opacity first, or `#fff`), looks like white paper.

    >>> is_paper("FFFFFF"), is_paper("FFFEFEFE"), is_paper("#fff"), is_paper("C00000"), is_paper("auto")
    (True, True, True, False, False)
    """
    found = _HEX.fullmatch(colour.strip()) if colour else None
    if found is None:
        return False
    digits = found[1] or "".join(digit * 2 for digit in found[2])
    return min(hexadecimal(digits[at : at + 2]) or 0 for at in (0, 2, 4)) >= PAPER * 255


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Runs of one look as one; white space has no look."""
    looks = ((run if run.text.strip() else Run(run.text, size=run.size)) for run in runs if run.text)
    return [
        Run("".join(run.text for run in same), *look) for look, same in groupby(looks, key=itemgetter(slice(1, None)))
    ]


def _following(pieces: Sequence[Run]) -> list[str]:
    """Of each piece, the text that is said after it."""
    out: list[str] = []
    text = ""
    for piece in reversed(pieces):
        out.append(text)
        text = text if piece.struck or piece.pale else (piece.text + text)[:NEAR]
    return out[::-1]


def _note(piece: Run, unsaid: Unsaid, where: str) -> None:
    text = " ".join([where, *piece.text.split()]).strip()
    (unsaid.struck if piece.struck else unsaid.pale).append(text)


def _instead(piece: Run, before: str, after: str) -> str:
    """What stands for a piece that is not said, between the texts before and after it.

    Its correction stands beside it, or it was a number of which nothing is left. A zero that is not seen is a blank.
    """
    gap = " " if piece.text != piece.text.strip() else ""
    if _is_figure(before[-1:]) and _is_figure(after[:1]):
        return gap or LOST
    beside = before.rstrip()[-1:], after.lstrip()[:1]
    if not _AMOUNT.fullmatch(piece.text) or any(map(_DIGIT.match, beside)):
        return gap
    if piece.pale and parse_literal(piece.text).state is State.ZERO:
        return gap
    return LOST


def _of_raised(text: str, before: str, after: str) -> str:
    """What a raised piece with digits says: an exponent of a unit itself, the mark of a note nothing.

    Decimals, or digits in the middle of a number, are no mark of a note.
    """
    last, following = before[-1:], after[:1]
    if _LATIN.match(last):
        return text
    is_part = _is_figure(last) and (_is_figure(following) or not is_digits(last) or "." in text)
    return LOST if is_part else ""


def _is_figure(char: str) -> bool:
    return bool(char) and char in _FIGURES


def _differs(size: float, other: float) -> bool:
    return min(size, other) > 0 and min(size, other) <= OTHER_SIZE * max(size, other)
